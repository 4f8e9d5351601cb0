"""How to find in AWS what a creation that was cut short may have made, for types whose id AWS makes up."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from landline.deploy.place import Place

    Inputs = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Adopted:
    """The id under which AWS holds the thing, and what else the provider needs to read it."""

    id: str
    outputs: Mapping[str, Any] = field(default_factory=dict)


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
