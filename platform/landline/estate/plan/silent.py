"""Resource types that are known to carry no packets and to let none pass, by module.

A type that neither this list nor a translation names makes the verdict `unproven`. A module is here only if
none of its types has an interface in a VPC, stands in a packet's way, or changes who may connect.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

MODULES = frozenset(
    {
        "accessanalyzer",
        "account",
        "acm",
        "acmpca",
        "athena",
        "auditmanager",
        "backup",
        "billing",
        "budgets",
        "chatbot",
        "cloudtrail",
        "cloudwatch",
        "codeartifact",
        "codecommit",
        "computeoptimizer",
        "costexplorer",
        "costoptimizationhub",
        "cur",
        "detective",
        "dlm",
        "dynamodb",
        "ebs",
        "ecr",
        "ecrpublic",
        "guardduty",
        "iam",
        "identitystore",
        "inspector",
        "inspector2",
        "kinesis",
        "kms",
        "lakeformation",
        "macie",
        "macie2",
        "oam",
        "organizations",
        "paymentcryptography",
        "rbin",
        "resourceexplorer",
        "resourcegroups",
        "rolesanywhere",
        "s3",
        "s3control",
        "schemas",
        "secretsmanager",
        "securityhub",
        "securitylake",
        "servicequotas",
        "sfn",
        "shield",
        "signer",
        "sns",
        "sqs",
        "ssoadmin",
        "xray",
    }
)
"""Modules of pulumi_aws all of whose types are silent.

Services that are reached over AWS's own endpoints, and controls that only look. Firehose (kinesis) delivers
from outside the customer's VPCs.
"""

LOUD = frozenset(
    {
        "aws:cloudwatch/eventConnection:EventConnection",
        "aws:kms/customKeyStore:CustomKeyStore",
        "aws:kinesis/analyticsApplication:AnalyticsApplication",
    }
)
"""Types of those modules that can have interfaces in a VPC, or reach into one."""

UNLESS: Mapping[str, str] = {
    "aws:cloudwatch/eventTarget:EventTarget": "ecsTarget",
    "aws:codebuild/project:Project": "vpcConfig",
    "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream": "vpcConfig",
    "aws:scheduler/schedule:Schedule": "ecsParameters",
}
"""Types that are silent unless they have an input that puts interfaces into subnets."""

TYPES = frozenset(
    {
        "aws:alb/listener:Listener",
        "aws:alb/listenerCertificate:ListenerCertificate",
        "aws:alb/listenerRule:ListenerRule",
        "aws:alb/targetGroup:TargetGroup",
        "aws:alb/targetGroupAttachment:TargetGroupAttachment",
        "aws:ec2/ami:Ami",
        "aws:ec2/amiCopy:AmiCopy",
        "aws:ec2/amiFromInstance:AmiFromInstance",
        "aws:ec2/amiLaunchPermission:AmiLaunchPermission",
        "aws:ec2/capacityReservation:CapacityReservation",
        "aws:ec2/customerGateway:CustomerGateway",
        "aws:ec2/dedicatedHost:DedicatedHost",
        "aws:ec2/defaultCreditSpecification:DefaultCreditSpecification",
        "aws:ec2/imageBlockPublicAccess:ImageBlockPublicAccess",
        "aws:ec2/instanceMetadataDefaults:InstanceMetadataDefaults",
        "aws:ec2/keyPair:KeyPair",
        "aws:ec2/launchTemplate:LaunchTemplate",
        "aws:ec2/networkInsightsAnalysis:NetworkInsightsAnalysis",
        "aws:ec2/networkInsightsPath:NetworkInsightsPath",
        "aws:ec2/placementGroup:PlacementGroup",
        "aws:ec2/serialConsoleAccess:SerialConsoleAccess",
        "aws:ec2/snapshotCreateVolumePermission:SnapshotCreateVolumePermission",
        "aws:ec2/subnetCidrReservation:SubnetCidrReservation",
        "aws:ec2/volumeAttachment:VolumeAttachment",
        "aws:ec2/vpcEndpointConnectionNotification:VpcEndpointConnectionNotification",
        "aws:ec2/vpcNetworkPerformanceMetricSubscription:VpcNetworkPerformanceMetricSubscription",
        "aws:ec2clientvpn/route:Route",
        "aws:ecs/accountSettingDefault:AccountSettingDefault",
        "aws:ecs/capacityProvider:CapacityProvider",
        "aws:ecs/cluster:Cluster",
        "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders",
        "aws:ecs/tag:Tag",
        "aws:ecs/taskDefinition:TaskDefinition",
        "aws:lambda/alias:Alias",
        "aws:lambda/eventSourceMapping:EventSourceMapping",
        "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig",
        "aws:lambda/layerVersion:LayerVersion",
        "aws:lambda/layerVersionPermission:LayerVersionPermission",
        "aws:lambda/permission:Permission",
        "aws:lb/listener:Listener",
        "aws:lb/listenerCertificate:ListenerCertificate",
        "aws:lb/listenerRule:ListenerRule",
        "aws:lb/targetGroup:TargetGroup",
        "aws:lb/targetGroupAttachment:TargetGroupAttachment",
        "aws:lb/trustStore:TrustStore",
        "aws:lb/trustStoreRevocation:TrustStoreRevocation",
        "aws:ram/resourceShareAccepter:ResourceShareAccepter",
        "aws:route53/delegationSet:DelegationSet",
        "aws:route53/healthCheck:HealthCheck",
        "aws:route53/hostedZoneDnsSec:HostedZoneDnsSec",
        "aws:route53/keySigningKey:KeySigningKey",
        "aws:route53/queryLog:QueryLog",
        "aws:route53/record:Record",
        "aws:route53/recordsExclusive:RecordsExclusive",
        "aws:route53/resolverDnsSecConfig:ResolverDnsSecConfig",
        "aws:route53/vpcAssociationAuthorization:VpcAssociationAuthorization",
        "aws:route53/zone:Zone",
        "aws:route53/zoneAssociation:ZoneAssociation",
        "aws:ssm/association:Association",
        "aws:ssm/document:Document",
        "aws:ssm/maintenanceWindow:MaintenanceWindow",
        "aws:ssm/maintenanceWindowTarget:MaintenanceWindowTarget",
        "aws:ssm/parameter:Parameter",
        "aws:ssm/patchBaseline:PatchBaseline",
        "aws:ssm/patchGroup:PatchGroup",
        "aws:ssm/resourceDataSync:ResourceDataSync",
        "aws:ssm/serviceSetting:ServiceSetting",
        "aws:vpc/endpointServicePrivateDnsVerification:EndpointServicePrivateDnsVerification",
        "aws:vpclattice/accessLogSubscription:AccessLogSubscription",
        "aws:vpclattice/authPolicy:AuthPolicy",
        "aws:vpclattice/listener:Listener",
        "aws:vpclattice/listenerRule:ListenerRule",
        "aws:vpclattice/service:Service",
        "aws:vpclattice/serviceNetwork:ServiceNetwork",
        "aws:vpclattice/targetGroup:TargetGroup",
    }
)
"""Single types of modules that also hold others.

Names in DNS carry no packets to their addresses by themselves; listeners and targets pass on what has reached
a load balancer's interface already.
"""

PROVIDERS = frozenset({"archive", "pulumi", "random", "std", "time", "tls"})
"""Other providers that reach no network.

Every other one may: Kubernetes makes load balancers in AWS, a command runs anything.
"""


def silent(token: str, inputs: Mapping[str, Any]) -> bool:
    """Whether a resource is known to carry nothing."""
    package, _, rest = token.partition(":")
    if package != "aws":
        return package in PROVIDERS
    if token in UNLESS:
        return not _holds(inputs, UNLESS[token])
    return token in TYPES or (token not in LOUD and rest.partition("/")[0] in MODULES)


def _holds(value: object, name: str) -> bool:
    match value:
        case dict():
            return bool(value.get(name)) or any(_holds(item, name) for item in value.values())
        case list():
            return any(_holds(item, name) for item in value)
        case _:
            return False
