"""What became of a resource whose creation was cut short: AWS may have made it, and only AWS can say so.

The engine writes down that it begins to create something, and its inputs, before it calls the provider; its
id comes with the answer. An engine that is killed in between leaves the operation pending. For each type this
says how to find the thing again, so that it is neither made twice nor lost.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from landline.deploy.lookups import LOOKUPS, Adopted
from landline.errors import ToolError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from landline.deploy.place import Place

    Inputs = Mapping[str, Any]


def find(place: Place, token: str, inputs: Inputs, known: Collection[str]) -> Adopted | None:
    """The thing that a cut-short creation of type `token` from `inputs` has left in AWS, or None.

    `known` are the ids that the stack's state holds already; none of them is given. An id that follows from
    the inputs is given whether or not the thing exists: the engine's refresh tells. None too for types whose
    creation is a setting, which the next one sets again.

    Raises:
        ToolError: the type is not known here, several things fit, or AWS does not answer.

    """
    if token in AGAIN:
        return None
    if token in FROM_INPUTS:
        found = [Adopted(FROM_INPUTS[token](place, inputs))]
    elif token in LOOKUPS:
        try:
            found = list(LOOKUPS[token](place, inputs))
        except ClientError as error:
            if error.response.get("Error", {}).get("Code", "").endswith(("NotFound", "NotFoundException")):
                return None
            raise ToolError(f"{token}: looking for what was left half made: {error}") from error
    else:
        raise ToolError(
            f"{token}: its creation was cut short, and how to find one is not known here; look for it in "
            f"account {place.account}, {place.region}, and tell the engine its id: "
            "pulumi refresh --import-pending-creates"
        )
    new = [one for one in found if one.id not in known]
    if len(new) > 1:
        raise ToolError(
            f"{token}: its creation was cut short, and several fit what it asked for: "
            f"{', '.join(one.id for one in new)}; delete those that nobody uses, in account {place.account}, "
            f"{place.region}"
        )
    return new[0] if new else None


AGAIN = frozenset(
    (
        "aws:ebs/encryptionByDefault:EncryptionByDefault",
        "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl",
        "aws:ec2/defaultRouteTable:DefaultRouteTable",
        "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
        "aws:ec2/vpcBlockPublicAccessOptions:VpcBlockPublicAccessOptions",
        "aws:ec2/vpcEndpointServiceAllowedPrinciple:VpcEndpointServiceAllowedPrinciple",
        "aws:guardduty/organizationConfiguration:OrganizationConfiguration",
        "aws:lb/targetGroupAttachment:TargetGroupAttachment",
        "aws:route53/resolverFirewallConfig:ResolverFirewallConfig",
        "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock",
        "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
        "aws:s3/bucketPolicy:BucketPolicy",
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        "aws:s3/bucketVersioning:BucketVersioning",
        "aws:vpc/endpointServicePrivateDnsVerification:EndpointServicePrivateDnsVerification",
        "aws:securityhub/organizationConfiguration:OrganizationConfiguration",
    )
)
"""Types that put a setting: putting it once more changes nothing, and there is nothing to double."""


def _named(name: str = "name") -> Callable[[Place, Inputs], str]:
    return lambda _, inputs: str(inputs[name])


FROM_INPUTS: Mapping[str, Callable[[Place, Inputs], str]] = {
    "aws:cloudtrail/trail:Trail": lambda place, i: place.arn("cloudtrail", f"trail/{i['name']}"),
    "aws:cloudwatch/dashboard:Dashboard": _named("dashboardName"),
    "aws:cloudwatch/eventBus:EventBus": _named(),
    "aws:cloudwatch/eventRule:EventRule": lambda _, i: f"{i.get('eventBusName') or 'default'}/{i['name']}",
    "aws:cloudwatch/logGroup:LogGroup": _named(),
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": _named("policyName"),
    "aws:cloudwatch/metricAlarm:MetricAlarm": _named(),
    "aws:ec2/vpcEndpointConnectionAccepter:VpcEndpointConnectionAccepter": (
        lambda _, i: f"{i['vpcEndpointServiceId']}_{i['vpcEndpointId']}"
    ),
    "aws:ecs/cluster:Cluster": lambda place, i: place.arn("ecs", f"cluster/{i['name']}"),
    "aws:ecs/service:Service": (
        lambda place, i: place.arn("ecs", f"service/{str(i['cluster']).rpartition('/')[2]}/{i['name']}")
    ),
    "aws:guardduty/organizationAdminAccount:OrganizationAdminAccount": _named("adminAccountId"),
    "aws:iam/role:Role": _named(),
    "aws:iam/rolePolicy:RolePolicy": lambda _, i: f"{i['role']}:{i['name']}",
    "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream": (
        lambda place, i: place.arn("firehose", f"deliverystream/{i['name']}")
    ),
    "aws:kms/alias:Alias": _named(),
    "aws:route53/record:Record": lambda _, i: f"{i['zoneId']}_{i['name']}_{i['type']}",
    "aws:route53/resolverFirewallRule:ResolverFirewallRule": (
        lambda _, i: f"{i['firewallRuleGroupId']}:{i['firewallDomainListId']}"
    ),
    "aws:s3/bucket:Bucket": _named("bucket"),
    "aws:securityhub/account:Account": lambda place, _: place.account,
    "aws:securityhub/organizationAdminAccount:OrganizationAdminAccount": _named("adminAccountId"),
    "aws:sns/topic:Topic": lambda place, i: place.arn("sns", i["name"]),
    "aws:ssm/parameter:Parameter": _named(),
}
"""Types whose id follows from their inputs (Pulumi Registry, the Import section of each type)."""
