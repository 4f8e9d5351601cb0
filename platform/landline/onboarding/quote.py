"""What a stack costs a month by list price, counted on what the stack makes."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol

from landline.settings import prices

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from landline.settings.prices import Price

SCHEMA = 1
CENT = Decimal("0.01")


class Resource(Protocol):
    """A resource that a stack has made."""

    @property
    def token(self) -> str:
        """Its Pulumi type."""
        ...

    @property
    def inputs(self) -> Mapping[str, Any]:
        """Its inputs, by the provider's names."""
        ...

    @property
    def outputs(self) -> Mapping[str, Any]:
        """Its outputs, by the provider's names."""
        ...


@dataclass(frozen=True, slots=True)
class Item:
    """One row of a quote."""

    what: str
    quantity: Decimal
    """In the price's unit, the hours apart."""
    price: Price

    @property
    def month(self) -> Decimal:
        """US dollars a month, to the cent."""
        return (self.quantity * self.price.month).quantize(CENT)


@dataclass(frozen=True, slots=True)
class Quote:
    """What one stack costs a month, use apart."""

    stack: str
    kind: str
    items: tuple[Item, ...]
    by_use: tuple[str, ...]
    """What is charged by use, and so is in no item."""
    unknown: tuple[str, ...]
    """Types of resources of which nobody wrote down whether they have a price."""

    @property
    def month(self) -> Decimal:
        """US dollars a month, to the cent."""
        return sum((item.month for item in self.items), Decimal(0)).quantize(CENT)


BY_USE: Mapping[str, str] = MappingProxyType(
    {
        "aws:cloudtrail/trail:Trail": "network activity events, by the event",
        "aws:cloudwatch/eventBus:EventBus": "events, by the event",
        "aws:cloudwatch/logGroup:LogGroup": "logs, by the GB taken in and kept",
        "aws:ec2/flowLog:FlowLog": "flow logs, by the GB",
        "aws:route53/resolverQueryLogConfig:ResolverQueryLogConfig": "logs of queries, by the GB",
        "aws:ecs/service:Service": "what tasks keep on disk beyond 20 GB",
        "aws:guardduty/detector:Detector": "GuardDuty, by what it analyses",
        "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream": "Firehose, by the GB",
        "aws:kms/key:Key": "requests to keys",
        "aws:lb/loadBalancer:LoadBalancer": "capacity units of load balancers",
        "aws:route53/resolverFirewallRuleGroupAssociation:ResolverFirewallRuleGroupAssociation": (
            "queries through DNS Firewall, and domains on its lists"
        ),
        "aws:route53/zone:Zone": "queries to hosted zones",
        "aws:s3/bucket:Bucket": "what buckets keep, by the GB",
        "aws:securityhub/account:Account": "Security Hub, by checks and findings",
        "aws:sns/topic:Topic": "messages of topics, by the message",
    }
)
"""What use of these types is charged, beside a price for having them or alone."""

FREE = frozenset(
    {
        "aws:cloudwatch/eventRule:EventRule",
        "aws:cloudwatch/eventTarget:EventTarget",
        "aws:cloudwatch/logResourcePolicy:LogResourcePolicy",
        "aws:cloudwatch/queryDefinition:QueryDefinition",
        "aws:ebs/encryptionByDefault:EncryptionByDefault",
        "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl",
        "aws:ec2/defaultRouteTable:DefaultRouteTable",
        "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
        "aws:ec2/managedPrefixList:ManagedPrefixList",
        "aws:ec2/networkAcl:NetworkAcl",
        "aws:ec2/routeTable:RouteTable",
        "aws:guardduty/organizationAdminAccount:OrganizationAdminAccount",
        "aws:guardduty/organizationConfiguration:OrganizationConfiguration",
        "aws:securityhub/organizationAdminAccount:OrganizationAdminAccount",
        "aws:securityhub/organizationConfiguration:OrganizationConfiguration",
        "aws:ec2/routeTableAssociation:RouteTableAssociation",
        "aws:ec2/securityGroup:SecurityGroup",
        "aws:ec2/subnet:Subnet",
        "aws:ec2/vpc:Vpc",
        "aws:ec2/vpcBlockPublicAccessOptions:VpcBlockPublicAccessOptions",
        "aws:ec2/vpcEndpointConnectionAccepter:VpcEndpointConnectionAccepter",
        "aws:ec2/vpcEndpointConnectionNotification:VpcEndpointConnectionNotification",
        "aws:ec2/vpcEndpointService:VpcEndpointService",
        "aws:ec2/vpcEndpointServiceAllowedPrinciple:VpcEndpointServiceAllowedPrinciple",
        "aws:ecs/cluster:Cluster",
        "aws:ecs/taskDefinition:TaskDefinition",
        "aws:iam/role:Role",
        "aws:iam/rolePolicy:RolePolicy",
        "aws:kms/alias:Alias",
        "aws:lb/listener:Listener",
        "aws:lb/targetGroup:TargetGroup",
        "aws:lb/targetGroupAttachment:TargetGroupAttachment",
        "aws:route53/record:Record",
        "aws:route53/resolverFirewallConfig:ResolverFirewallConfig",
        "aws:route53/resolverFirewallDomainList:ResolverFirewallDomainList",
        "aws:route53/resolverFirewallRule:ResolverFirewallRule",
        "aws:route53/resolverFirewallRuleGroup:ResolverFirewallRuleGroup",
        "aws:route53/resolverQueryLogConfigAssociation:ResolverQueryLogConfigAssociation",
        "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock",
        "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
        "aws:s3/bucketPolicy:BucketPolicy",
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        "aws:s3/bucketVersioning:BucketVersioning",
        "aws:sns/topicSubscription:TopicSubscription",
        "aws:ssm/parameter:Parameter",
        "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    }
)
"""Types for which AWS charges nothing, or nothing beyond what they belong to."""


def quote(stack: str, kind: str, resources: Sequence[Resource], *, gigabytes: Decimal = Decimal(0)) -> Quote:
    """What the stack that has made `resources` costs a month.

    `gigabytes` go through its interface endpoints a month, both ways together, up to 1 PB.
    """
    data = ("data", prices.ENDPOINT_DATA, gigabytes)
    quantities: defaultdict[tuple[str, Price], Decimal] = defaultdict(Decimal)
    for what, price, quantity in (*_counted(resources), data):
        quantities[what, price] += quantity
    items = (Item(what, count, price) for (what, price), count in quantities.items() if count)
    tokens = {resource.token for resource in resources}
    return Quote(
        stack,
        kind,
        items=tuple(items),
        by_use=tuple(sorted({BY_USE[token] for token in tokens & BY_USE.keys()})),
        unknown=tuple(sorted(tokens - _PRICED.keys() - BY_USE.keys() - FREE)),
    )


def document(quotes: Sequence[Quote]) -> dict[str, Any]:
    """Quotes as a JSON document, version `SCHEMA`; amounts are strings, in US dollars a month."""
    return {
        "schema": SCHEMA,
        "stacks": [
            {
                "stack": one.stack,
                "kind": one.kind,
                "month_usd": str(one.month),
                "items": [
                    {
                        "what": item.what,
                        "quantity": str(item.quantity),
                        "unit": item.price.unit,
                        "price_usd": str(item.price.dollars),
                        "month_usd": str(item.month),
                        "source": item.price.source,
                    }
                    for item in one.items
                ],
                "by_use": list(one.by_use),
                "unknown": list(one.unknown),
            }
            for one in quotes
        ],
        "month_usd": str(total(quotes)),
        "prices": prices.NOTE,
    }


def total(quotes: Iterable[Quote]) -> Decimal:
    """All quotes together, in US dollars a month."""
    return sum((one.month for one in quotes), Decimal(0)).quantize(CENT)


_Counted = tuple[str, "Price", Decimal]


def _counted(resources: Iterable[Resource]) -> Iterator[_Counted]:
    tasks: dict[str, Mapping[str, Any]] = {}
    for resource in resources:
        # A service comes after its task definition, from which it has the ARN.
        if resource.token == "aws:ecs/taskDefinition:TaskDefinition":  # noqa: S105 - a Pulumi type
            tasks[resource.outputs["arn"]] = resource.inputs
        elif resource.token == "aws:ecs/service:Service":  # noqa: S105 - a Pulumi type
            yield from _tasks(resource.inputs, tasks[resource.inputs["taskDefinition"]])
        elif resource.token in _PRICED:
            yield from _PRICED[resource.token](resource.inputs)


def _tasks(service: Mapping[str, Any], definition: Mapping[str, Any]) -> Iterator[_Counted]:
    """A task's size is in CPU units, of which 1024 are a vCPU, and in MiB."""
    count = Decimal(service["desiredCount"])
    yield "tasks", prices.FARGATE_CPU, count * Decimal(definition["cpu"]) / 1024
    yield "tasks", prices.FARGATE_MEMORY, count * Decimal(definition["memory"]) / 1024


def _endpoint(inputs: Mapping[str, Any]) -> Iterator[_Counted]:
    if inputs.get("vpcEndpointType") == "Interface":
        # Services of others are named com.amazonaws.vpce.<region>.vpce-svc-<id>.
        whose = "hub services" if ".vpce-svc-" in inputs["serviceName"] else "AWS services"
        yield f"endpoints to {whose}", prices.INTERFACE_ENDPOINT, Decimal(len(inputs["subnetIds"]))


def _alarm(inputs: Mapping[str, Any]) -> Iterator[_Counted]:
    """Each metric of an alarm counts; one with a band as three, for the metric and the band's two bounds."""
    metrics = sum("metric" in query for query in inputs.get("metricQueries") or ()) or 1
    yield "alarms", prices.ALARM, Decimal(3 * metrics if inputs.get("thresholdMetricId") else metrics)


def _one(what: str, price: Price) -> Callable[[Mapping[str, Any]], Iterator[_Counted]]:
    return lambda _: iter(((what, price, Decimal(1)),))


_PRICED: Mapping[str, Callable[[Mapping[str, Any]], Iterator[_Counted]]] = MappingProxyType(
    {
        "aws:cloudwatch/dashboard:Dashboard": _one("dashboards", prices.DASHBOARD),
        "aws:cloudwatch/metricAlarm:MetricAlarm": _alarm,
        "aws:ec2/vpcEndpoint:VpcEndpoint": _endpoint,
        "aws:kms/key:Key": _one("keys", prices.KEY),
        "aws:lb/loadBalancer:LoadBalancer": _one("load balancers", prices.LOAD_BALANCER),
        "aws:route53/zone:Zone": _one("hosted zones", prices.HOSTED_ZONE),
        "aws:secretsmanager/secret:Secret": _one("secrets", prices.SECRET),
    }
)
