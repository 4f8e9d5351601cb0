"""What became of a resource whose creation was cut short: AWS may have made it, and only AWS can say so.

The engine writes down that it begins to create something, and its inputs, before it calls the provider; its
id comes with the answer. An engine that is killed in between leaves the operation pending. For each type this
says how to find the thing again, so that it is neither made twice nor lost.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from botocore.exceptions import ClientError

from landline.errors import ToolError
from landline.settings.regions import partition

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    Inputs = Mapping[str, Any]


class Session(Protocol):
    """Makes clients of one account; a `boto3.Session` is one."""

    def client(self, service_name: str, **options: Any) -> Any:  # noqa: ANN401 - boto3 makes them at run time
        """A client, of `region_name` if given."""
        ...


@dataclass(frozen=True, slots=True)
class Place:
    """The account and Region of a stack, and access to it."""

    account: str
    region: str
    session: Session

    def client(self, service: str) -> Any:  # noqa: ANN401
        """The boto3 client of this place."""
        return self.session.client(service, region_name=self.region)

    def arn(self, service: str, resource: str) -> str:
        """The ARN of something in this place."""
        return f"arn:{partition(self.region)}:{service}:{self.region}:{self.account}:{resource}"


@dataclass(frozen=True, slots=True)
class Adopted:
    """The id under which AWS holds the thing, and what else the provider needs to read it."""

    id: str
    outputs: Mapping[str, Any] = field(default_factory=dict)


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


def _tagged(
    place: Place, operation: str, key: str, inputs: Inputs, **filters: str
) -> Iterator[dict[str, Any]]:
    """What the EC2 operation lists under all of the inputs' tags and `filters`, `_` in them for `-`."""
    wanted = {f"tag:{name}": value for name, value in (inputs.get("tagsAll") or {}).items()}
    wanted |= {name.replace("_", "-"): value for name, value in filters.items()}
    pages = place.client("ec2").get_paginator(operation)
    for page in pages.paginate(Filters=[{"Name": name, "Values": [value]} for name, value in wanted.items()]):
        yield from page[key]


def _vpc(place: Place, i: Inputs) -> Iterator[Adopted]:
    for vpc in _tagged(place, "describe_vpcs", "Vpcs", i, cidr=i["cidrBlock"]):
        yield Adopted(vpc["VpcId"])


def _subnet(place: Place, i: Inputs) -> Iterator[Adopted]:
    for subnet in _tagged(place, "describe_subnets", "Subnets", {}, vpc_id=i["vpcId"]):
        # A VPC has a range once.
        if subnet["CidrBlock"] == i["cidrBlock"]:
            yield Adopted(subnet["SubnetId"])


def _security_group(place: Place, i: Inputs) -> Iterator[Adopted]:
    for group in _tagged(place, "describe_security_groups", "SecurityGroups", {}, vpc_id=i["vpcId"]):
        # A VPC has a name once.
        if group["GroupName"] == i["name"]:
            yield Adopted(group["GroupId"])


def _route_table(place: Place, i: Inputs) -> Iterator[Adopted]:
    for table in _tagged(place, "describe_route_tables", "RouteTables", i, vpc_id=i["vpcId"]):
        yield Adopted(table["RouteTableId"])


def _association(place: Place, i: Inputs) -> Iterator[Adopted]:
    for table in place.client("ec2").describe_route_tables(RouteTableIds=[i["routeTableId"]])["RouteTables"]:
        for association in table["Associations"]:
            if association.get("SubnetId") == i["subnetId"]:
                yield Adopted(association["RouteTableAssociationId"])


def _network_acl(place: Place, i: Inputs) -> Iterator[Adopted]:
    for acl in _tagged(place, "describe_network_acls", "NetworkAcls", i, vpc_id=i["vpcId"]):
        yield Adopted(acl["NetworkAclId"])


def _flow_log(place: Place, i: Inputs) -> Iterator[Adopted]:
    wanted = (i.get("tagsAll") or {}).items()
    for page in place.client("ec2").get_paginator("describe_flow_logs").paginate():
        for log in page["FlowLogs"]:
            tags = {tag["Key"]: tag["Value"] for tag in log.get("Tags", ())}
            if log["ResourceId"] == i["vpcId"] and wanted <= tags.items():
                yield Adopted(log["FlowLogId"])


def _endpoint(place: Place, i: Inputs) -> Iterator[Adopted]:
    for endpoint in _tagged(place, "describe_vpc_endpoints", "VpcEndpoints", i, vpc_id=i["vpcId"]):
        gone = endpoint["State"].lower() in {"deleting", "deleted"}
        if endpoint["ServiceName"] == i["serviceName"] and not gone:
            yield Adopted(endpoint["VpcEndpointId"])


def _endpoint_service(place: Place, i: Inputs) -> Iterator[Adopted]:
    wanted = set(i["networkLoadBalancerArns"])
    pages = place.client("ec2").get_paginator("describe_vpc_endpoint_service_configurations").paginate()
    for page in pages:
        for service in page["ServiceConfigurations"]:
            # A load balancer belongs to one service.
            if wanted & set(service.get("NetworkLoadBalancerArns", ())):
                yield Adopted(service["ServiceId"])


def _notification(place: Place, i: Inputs) -> Iterator[Adopted]:
    about = ("ServiceId", "vpcEndpointServiceId"), ("VpcEndpointId", "vpcEndpointId")
    pages = place.client("ec2").get_paginator("describe_vpc_endpoint_connection_notifications").paginate()
    for page in pages:
        for one in page["ConnectionNotificationSet"]:
            if one["ConnectionNotificationArn"] == i["connectionNotificationArn"] and all(
                (one.get(member) or None) == (i.get(name) or None) for member, name in about
            ):
                yield Adopted(one["ConnectionNotificationId"])


def _subscription(place: Place, i: Inputs) -> Iterator[Adopted]:
    pages = place.client("sns").get_paginator("list_subscriptions_by_topic").paginate(TopicArn=i["topic"])
    for page in pages:
        for one in page["Subscriptions"]:
            # Until somebody confirms it, a subscription is listed without an ARN.
            if (one["Protocol"], one["Endpoint"]) == (i["protocol"], i["endpoint"]) and one[
                "SubscriptionArn"
            ].startswith("arn:"):
                yield Adopted(one["SubscriptionArn"])


def _rule(place: Place, i: Inputs, *, egress: bool) -> Iterator[Adopted]:
    """A group has no rule twice; the end of a rule is one of four."""
    pages = place.client("ec2").get_paginator("describe_security_group_rules")
    for page in pages.paginate(Filters=[{"Name": "group-id", "Values": [i["securityGroupId"]]}]):
        for rule in page["SecurityGroupRules"]:
            ends = (
                (rule.get("CidrIpv4"), i.get("cidrIpv4")),
                (rule.get("CidrIpv6"), i.get("cidrIpv6")),
                (rule.get("PrefixListId"), i.get("prefixListId")),
                ((rule.get("ReferencedGroupInfo") or {}).get("GroupId"), i.get("referencedSecurityGroupId")),
                (_port(rule.get("FromPort")), _port(i.get("fromPort"))),
                (_port(rule.get("ToPort")), _port(i.get("toPort"))),
                (rule["IpProtocol"], i["ipProtocol"]),
            )
            if rule["IsEgress"] is egress and all(
                (there or None) == (asked or None) for there, asked in ends
            ):
                yield Adopted(rule["SecurityGroupRuleId"])


def _port(port: float | None) -> int | None:
    """The engine keeps all numbers as floating point; -1 is all ports, as none is."""
    return None if port is None or port == -1 else int(port)


def _prefix_list(place: Place, i: Inputs) -> Iterator[Adopted]:
    for found in _tagged(place, "describe_managed_prefix_lists", "PrefixLists", {}):
        if found["PrefixListName"] == i["name"] and found.get("OwnerId") == place.account:
            yield Adopted(found["PrefixListId"])


def _balancer(place: Place, i: Inputs) -> Iterator[Adopted]:
    for one in place.client("elbv2").describe_load_balancers(Names=[i["name"]])["LoadBalancers"]:
        yield Adopted(one["LoadBalancerArn"])


def _target_group(place: Place, i: Inputs) -> Iterator[Adopted]:
    for one in place.client("elbv2").describe_target_groups(Names=[i["name"]])["TargetGroups"]:
        yield Adopted(one["TargetGroupArn"])


def _listener(place: Place, i: Inputs) -> Iterator[Adopted]:
    answer = place.client("elbv2").describe_listeners(LoadBalancerArn=i["loadBalancerArn"])
    for one in answer["Listeners"]:
        # A load balancer listens on a port once.
        if one.get("Port") == _port(i.get("port")):
            yield Adopted(one["ListenerArn"])


def _event_target(place: Place, i: Inputs) -> Iterator[Adopted]:
    bus = i.get("eventBusName") or "default"
    answer = place.client("events").list_targets_by_rule(Rule=i["rule"], EventBusName=bus)
    for target in answer["Targets"]:
        if target["Arn"] == i["arn"]:
            yield Adopted(f"{bus}-{i['rule']}-{target['Id']}", {"targetId": target["Id"]})


def _task_definition(place: Place, i: Inputs) -> Iterator[Adopted]:
    answer = place.client("ecs").list_task_definitions(familyPrefix=i["family"], sort="DESC")
    # A family's newest; the engine makes a new one for each change and keeps the family's name for its id.
    for arn in answer["taskDefinitionArns"][:1]:
        yield Adopted(i["family"], {"arn": arn})


def _detector(place: Place, _: Inputs) -> Iterator[Adopted]:
    # An account has one in a Region.
    for detector in place.client("guardduty").list_detectors()["DetectorIds"]:
        yield Adopted(detector)


def _key(place: Place, i: Inputs) -> Iterator[Adopted]:
    kms = place.client("kms")
    wanted = (i.get("tagsAll") or {}).items()
    for page in kms.get_paginator("list_keys").paginate():
        for key in page["Keys"]:
            about = kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"]
            if about["KeyManager"] != "CUSTOMER" or about["KeyState"] == "PendingDeletion":
                continue
            tags = {
                one["TagKey"]: one["TagValue"] for one in kms.list_resource_tags(KeyId=key["KeyId"])["Tags"]
            }
            if about["Description"] == (i.get("description") or "") and wanted <= tags.items():
                yield Adopted(key["KeyId"])


def _zone(place: Place, i: Inputs) -> Iterator[Adopted]:
    vpc = i["vpcs"][0]
    answer = place.client("route53").list_hosted_zones_by_vpc(
        VPCId=vpc["vpcId"], VPCRegion=vpc.get("vpcRegion") or place.region
    )
    for zone in answer["HostedZoneSummaries"]:
        # A VPC has a zone of a name once.
        if zone["Name"].rstrip(".") == str(i["name"]).rstrip("."):
            yield Adopted(zone["HostedZoneId"])


def _secret(place: Place, i: Inputs) -> Iterator[Adopted]:
    named = {"Key": "name", "Values": [i["name"]]}
    for page in place.client("secretsmanager").get_paginator("list_secrets").paginate(Filters=[named]):
        for secret in page["SecretList"]:
            # The filter finds names that begin so; an account has a name once in a Region.
            if secret["Name"] == i["name"]:
                yield Adopted(secret["ARN"])


def _of_resolver(operation: str, key: str) -> Callable[[Place, Inputs], Iterator[Adopted]]:
    def lookup(place: Place, i: Inputs) -> Iterator[Adopted]:
        for page in place.client("route53resolver").get_paginator(operation).paginate():
            for one in page[key]:
                if one["Name"] == i["name"]:
                    yield Adopted(one["Id"])

    return lookup


def _firewall_association(place: Place, i: Inputs) -> Iterator[Adopted]:
    answer = place.client("route53resolver").list_firewall_rule_group_associations(
        FirewallRuleGroupId=i["firewallRuleGroupId"], VpcId=i["vpcId"]
    )
    for one in answer["FirewallRuleGroupAssociations"]:
        yield Adopted(one["Id"])


def _query_log_association(place: Place, i: Inputs) -> Iterator[Adopted]:
    pages = place.client("route53resolver").get_paginator("list_resolver_query_log_config_associations")
    for page in pages.paginate():
        for one in page["ResolverQueryLogConfigAssociations"]:
            # A VPC has a configuration once.
            there = (one["ResolverQueryLogConfigId"], one["ResourceId"])
            if there == (i["resolverQueryLogConfigId"], i["resourceId"]):
                yield Adopted(one["Id"])


def _query_definition(place: Place, i: Inputs) -> Iterator[Adopted]:
    answer = place.client("logs").describe_query_definitions(queryDefinitionNamePrefix=i["name"])
    for one in answer["queryDefinitions"]:
        if one["name"] == i["name"]:
            yield Adopted(one["queryDefinitionId"])


LOOKUPS: Mapping[str, Callable[[Place, Inputs], Iterable[Adopted]]] = {
    "aws:cloudwatch/eventTarget:EventTarget": _event_target,
    "aws:cloudwatch/queryDefinition:QueryDefinition": _query_definition,
    "aws:ec2/flowLog:FlowLog": _flow_log,
    "aws:ec2/managedPrefixList:ManagedPrefixList": _prefix_list,
    "aws:ec2/networkAcl:NetworkAcl": _network_acl,
    "aws:ec2/routeTable:RouteTable": _route_table,
    "aws:ec2/routeTableAssociation:RouteTableAssociation": _association,
    "aws:ec2/securityGroup:SecurityGroup": _security_group,
    "aws:ec2/subnet:Subnet": _subnet,
    "aws:ec2/vpc:Vpc": _vpc,
    "aws:ec2/vpcEndpoint:VpcEndpoint": _endpoint,
    "aws:ec2/vpcEndpointConnectionNotification:VpcEndpointConnectionNotification": _notification,
    "aws:ec2/vpcEndpointService:VpcEndpointService": _endpoint_service,
    "aws:ecs/taskDefinition:TaskDefinition": _task_definition,
    "aws:guardduty/detector:Detector": _detector,
    "aws:kms/key:Key": _key,
    "aws:lb/listener:Listener": _listener,
    "aws:lb/loadBalancer:LoadBalancer": _balancer,
    "aws:lb/targetGroup:TargetGroup": _target_group,
    "aws:route53/resolverFirewallDomainList:ResolverFirewallDomainList": _of_resolver(
        "list_firewall_domain_lists", "FirewallDomainLists"
    ),
    "aws:route53/resolverFirewallRuleGroup:ResolverFirewallRuleGroup": _of_resolver(
        "list_firewall_rule_groups", "FirewallRuleGroups"
    ),
    "aws:route53/resolverFirewallRuleGroupAssociation:ResolverFirewallRuleGroupAssociation": (
        _firewall_association
    ),
    "aws:route53/resolverQueryLogConfig:ResolverQueryLogConfig": _of_resolver(
        "list_resolver_query_log_configs", "ResolverQueryLogConfigs"
    ),
    "aws:route53/resolverQueryLogConfigAssociation:ResolverQueryLogConfigAssociation": (
        _query_log_association
    ),
    "aws:route53/zone:Zone": _zone,
    "aws:secretsmanager/secret:Secret": _secret,
    "aws:sns/topicSubscription:TopicSubscription": _subscription,
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": lambda p, i: _rule(p, i, egress=True),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": lambda p, i: _rule(p, i, egress=False),
}
"""Types whose id AWS makes up."""
