"""What the sandbox adds to moto, as a plain boto3 reader sees it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from landline.sandbox.operations import empty_lists
from tests.sandbox.places import (
    HUB,
    REGION,
    SPOKE,
    balancer,
    connect,
    ec2,
    network,
    refused,
    service,
)

if TYPE_CHECKING:
    from landline.sandbox.world import World


class TestEndpointService:
    def test_it_shows_its_zones_by_id_and_its_tags(self, world: World) -> None:
        offered = service(world, network(world, HUB))
        hub = ec2(world, HUB)
        hub.create_tags(Resources=[offered.id], Tags=[{"Key": "Name", "Value": "logging"}])

        shown = hub.describe_vpc_endpoint_service_configurations(
            Filters=[{"Name": "tag:Name", "Values": ["logging"]}]
        )["ServiceConfigurations"]

        assert [s["ServiceId"] for s in shown] == [offered.id]
        assert shown[0]["AvailabilityZoneIds"] == ["euw1-az1", "euw1-az2"]
        assert shown[0]["AcceptanceRequired"] is False

    def test_a_consumer_sees_what_it_may_use(self, world: World) -> None:
        offered = service(world, network(world, HUB), accepted=True)

        details = ec2(world, SPOKE).describe_vpc_endpoint_services(ServiceNames=[offered.name])
        detail = details["ServiceDetails"][0]

        assert (detail["Owner"], detail["AcceptanceRequired"], detail["VpcEndpointPolicySupported"]) == (
            HUB,
            True,
            False,
        )
        assert detail["AvailabilityZoneIds"] == ["euw1-az1", "euw1-az2"]

    def test_a_zone_of_the_load_balancer_joins_with_a_modify_call_only(self, world: World) -> None:
        hub = network(world, HUB)
        offered = service(world, hub)
        world.place(HUB, REGION).client("elbv2").set_subnets(
            LoadBalancerArn=offered.balancer, Subnets=list(hub.subnets)
        )

        def zones() -> list[str]:
            shown = ec2(world, HUB).describe_vpc_endpoint_service_configurations()
            return list(shown["ServiceConfigurations"][0]["AvailabilityZoneIds"])

        assert zones() == ["euw1-az1", "euw1-az2"]
        ec2(world, HUB).modify_vpc_endpoint_service_configuration(ServiceId=offered.id)
        assert zones() == ["euw1-az1", "euw1-az2", "euw1-az3"]

    def test_permissions_are_listed_with_their_kind(self, world: World) -> None:
        offered = service(world, network(world, HUB))

        shown = ec2(world, HUB).describe_vpc_endpoint_service_permissions(ServiceId=offered.id)

        assert [(p["Principal"], p["PrincipalType"]) for p in shown["AllowedPrincipals"]] == [
            (f"arn:aws:iam::{SPOKE}:root", "Account")
        ]


class TestInterfaceEndpoint:
    def test_its_interfaces_are_requester_managed_and_in_its_subnets(self, world: World) -> None:
        spoke = network(world, SPOKE)
        endpoint = connect(world, spoke, "com.amazonaws.eu-west-1.kms")

        interfaces = ec2(world, SPOKE).describe_network_interfaces()["NetworkInterfaces"]

        assert {i["NetworkInterfaceId"] for i in interfaces} == set(endpoint["NetworkInterfaceIds"])
        assert {i["SubnetId"] for i in interfaces} == set(spoke.subnets[:2])
        for interface in interfaces:
            assert interface["InterfaceType"] == "vpc_endpoint"
            assert interface["RequesterManaged"] is True
            assert [g["GroupId"] for g in interface["Groups"]] == [spoke.group]
            assert "Association" not in interface, "an endpoint has no public address"

    def test_without_a_group_it_gets_the_default_one(self, world: World) -> None:
        endpoint = connect(world, network(world, SPOKE), "com.amazonaws.eu-west-1.kms", SecurityGroupIds=[])

        assert [group["GroupName"] for group in endpoint["Groups"]] == ["default"]

    def test_its_names_are_regional_first_then_zonal_then_private(self, world: World) -> None:
        spoke = network(world, SPOKE)
        endpoint = connect(world, spoke, "com.amazonaws.eu-west-1.kms", PrivateDnsEnabled=True)

        names = [entry["DnsName"] for entry in endpoint["DnsEntries"]]

        assert names[0].startswith(endpoint["VpcEndpointId"])
        assert len(names) == 1 + 2 + 1
        assert names[-1] == "kms.eu-west-1.amazonaws.com"

    def test_subnets_groups_and_policy_change_in_place(self, world: World) -> None:
        spoke = network(world, SPOKE)
        client = ec2(world, SPOKE)
        endpoint = connect(world, spoke, "com.amazonaws.eu-west-1.kms")["VpcEndpointId"]
        other = client.create_security_group(VpcId=spoke.vpc, GroupName="other", Description="other")[
            "GroupId"
        ]
        policy = json.dumps(
            {"Statement": [{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}]}
        )

        client.modify_vpc_endpoint(
            VpcEndpointId=endpoint,
            AddSubnetIds=[spoke.subnets[2]],
            RemoveSubnetIds=[spoke.subnets[0]],
            AddSecurityGroupIds=[other],
            RemoveSecurityGroupIds=[spoke.group],
            PolicyDocument=policy,
        )

        shown = client.describe_vpc_endpoints(VpcEndpointIds=[endpoint])["VpcEndpoints"][0]
        assert shown["SubnetIds"] == list(spoke.subnets[1:])
        assert [g["GroupId"] for g in shown["Groups"]] == [other]
        assert shown["PolicyDocument"] == policy
        interfaces = client.describe_network_interfaces()["NetworkInterfaces"]
        assert {i["SubnetId"] for i in interfaces} == set(spoke.subnets[1:])
        assert all([g["GroupId"] for g in i["Groups"]] == [other] for i in interfaces)

    def test_a_refused_change_changes_nothing(self, world: World) -> None:
        offered = service(world, network(world, HUB))
        spoke = network(world, SPOKE)
        endpoint = connect(world, spoke, offered.name)["VpcEndpointId"]
        client = ec2(world, SPOKE)
        before = client.describe_vpc_endpoints()["VpcEndpoints"]

        refused(lambda: client.modify_vpc_endpoint(VpcEndpointId=endpoint, AddSubnetIds=[spoke.subnets[2]]))

        assert client.describe_vpc_endpoints()["VpcEndpoints"] == before

    def test_deleting_it_frees_everything(self, world: World) -> None:
        spoke = network(world, SPOKE)
        client = ec2(world, SPOKE)
        endpoint = connect(world, spoke, "com.amazonaws.eu-west-1.kms")["VpcEndpointId"]

        client.delete_vpc_endpoints(VpcEndpointIds=[endpoint])

        assert client.describe_network_interfaces()["NetworkInterfaces"] == []
        assert client.describe_vpc_endpoints()["VpcEndpoints"] == []
        client.delete_security_group(GroupId=spoke.group)
        client.delete_subnet(SubnetId=spoke.subnets[0])

    @pytest.mark.parametrize(
        ("name", "value", "matches"),
        [
            ("vpc-endpoint-type", "Interface", True),
            ("vpc-endpoint-state", "rejected", False),
            ("service-name", "com.amazonaws.eu-west-1.kms", True),
            ("tag:team", "payments", True),
            ("tag:team", "orders", False),
        ],
    )
    def test_filters(self, world: World, name: str, value: str, matches: bool) -> None:  # noqa: FBT001
        tags = [{"ResourceType": "vpc-endpoint", "Tags": [{"Key": "team", "Value": "payments"}]}]
        connect(world, network(world, SPOKE), "com.amazonaws.eu-west-1.kms", TagSpecifications=tags)

        shown = ec2(world, SPOKE).describe_vpc_endpoints(Filters=[{"Name": name, "Values": [value]}])

        assert bool(shown["VpcEndpoints"]) is matches

    def test_an_unknown_filter_is_an_error(self, world: World) -> None:
        connect(world, network(world, SPOKE), "com.amazonaws.eu-west-1.kms")

        with pytest.raises(NotImplementedError, match="weather"):
            ec2(world, SPOKE).describe_vpc_endpoints(Filters=[{"Name": "weather", "Values": ["fine"]}])


def test_a_gateway_endpoint_shows_in_its_route_tables(world: World) -> None:
    spoke = network(world, SPOKE)
    client = ec2(world, SPOKE)
    table = client.create_route_table(VpcId=spoke.vpc)["RouteTable"]["RouteTableId"]

    def routes() -> set[tuple[str, str]]:
        shown = client.describe_route_tables(RouteTableIds=[table])["RouteTables"][0]["Routes"]
        return {
            (r["DestinationPrefixListId"], r["GatewayId"]) for r in shown if "DestinationPrefixListId" in r
        }

    endpoint = client.create_vpc_endpoint(VpcId=spoke.vpc, ServiceName="com.amazonaws.eu-west-1.s3")
    endpoint_id = endpoint["VpcEndpoint"]["VpcEndpointId"]
    assert routes() == set()

    client.modify_vpc_endpoint(VpcEndpointId=endpoint_id, AddRouteTableIds=[table])
    lists = client.describe_prefix_lists()["PrefixLists"]
    s3 = next(p["PrefixListId"] for p in lists if p["PrefixListName"] == "com.amazonaws.eu-west-1.s3")
    assert routes() == {(s3, endpoint_id)}

    client.delete_vpc_endpoints(VpcEndpointIds=[endpoint_id])
    assert routes() == set()


class TestLoadBalancer:
    def test_it_has_an_interface_in_each_subnet(self, world: World) -> None:
        hub = network(world, HUB)
        arn = balancer(world, hub)

        interfaces = ec2(world, HUB).describe_network_interfaces()["NetworkInterfaces"]

        assert ":loadbalancer/net/" in arn
        assert {i["SubnetId"] for i in interfaces} == set(hub.subnets[:2])
        assert {i["InterfaceType"] for i in interfaces} == {"network_load_balancer"}
        assert all(i["Description"] == f"ELB {arn.split(':loadbalancer/')[1]}" for i in interfaces)
        assert all("Association" not in i for i in interfaces)

    def test_one_that_faces_the_internet_has_public_addresses(self, world: World) -> None:
        hub = network(world, HUB)
        world.place(HUB, REGION).client("elbv2").create_load_balancer(
            Name="open", Type="network", Scheme="internet-facing", Subnets=[hub.subnets[0]]
        )

        interface = ec2(world, HUB).describe_network_interfaces()["NetworkInterfaces"][0]

        assert interface["Association"]["PublicIp"]

    def test_enforcement_is_on_where_there_is_a_group(self, world: World) -> None:
        hub = network(world, HUB)
        elbv2 = world.place(HUB, REGION).client("elbv2")
        arn = balancer(world, hub)
        name = "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic"

        assert elbv2.describe_load_balancers()["LoadBalancers"][0][name] == "on"
        elbv2.set_security_groups(LoadBalancerArn=arn, SecurityGroups=[hub.group], **{name: "off"})
        assert elbv2.describe_load_balancers()["LoadBalancers"][0][name] == "off"

    def test_its_interfaces_go_with_it(self, world: World) -> None:
        arn = balancer(world, network(world, HUB))

        world.place(HUB, REGION).client("elbv2").delete_load_balancer(LoadBalancerArn=arn)

        assert ec2(world, HUB).describe_network_interfaces()["NetworkInterfaces"] == []


def test_a_fargate_task_has_an_interface_and_is_a_target(world: World) -> None:
    hub = network(world, HUB)
    place = world.place(HUB, REGION)
    ecs, elbv2 = place.client("ecs"), place.client("elbv2")
    group = elbv2.create_target_group(
        Name="tasks", Protocol="TCP", Port=8443, VpcId=hub.vpc, TargetType="ip"
    )["TargetGroups"][0]["TargetGroupArn"]
    ecs.create_cluster(clusterName="c")
    ecs.register_task_definition(
        family="f",
        networkMode="awsvpc",
        requiresCompatibilities=["FARGATE"],
        cpu="256",
        memory="512",
        containerDefinitions=[{"name": "front", "image": "x", "portMappings": [{"containerPort": 8443}]}],
    )
    ecs.create_service(
        cluster="c",
        serviceName="s",
        taskDefinition="f",
        desiredCount=2,
        launchType="FARGATE",
        loadBalancers=[{"targetGroupArn": group, "containerName": "front", "containerPort": 8443}],
        networkConfiguration={
            "awsvpcConfiguration": {"subnets": list(hub.subnets[:2]), "securityGroups": [hub.group]}
        },
    )

    def addresses() -> set[str]:
        shown = ec2(world, HUB).describe_network_interfaces()["NetworkInterfaces"]
        return {i["PrivateIpAddress"] for i in shown}

    def targets() -> set[str]:
        health = elbv2.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
        return {h["Target"]["Id"] for h in health}

    assert len(addresses()) == 2
    assert targets() == addresses()
    ecs.update_service(cluster="c", service="s", desiredCount=1)
    assert len(addresses()) == 1
    assert targets() == addresses()
    ecs.delete_service(cluster="c", service="s", force=True)
    assert addresses() == set()
    assert targets() == set()


class TestBlockPublicAccess:
    def test_the_switch_is_of_one_account_and_region(self, world: World) -> None:
        ec2(world, HUB).modify_vpc_block_public_access_options(InternetGatewayBlockMode="block-bidirectional")

        def mode(account: str, region: str = REGION) -> str:
            answer = ec2(world, account, region).describe_vpc_block_public_access_options()
            return str(answer["VpcBlockPublicAccessOptions"]["InternetGatewayBlockMode"])

        assert mode(HUB) == "block-bidirectional"
        assert mode(SPOKE) == "off"
        assert mode(HUB, "eu-central-1") == "off"

    def test_exclusions_of_a_vpc_and_a_subnet(self, world: World) -> None:
        spoke = network(world, SPOKE)
        client = ec2(world, SPOKE)
        made = client.create_vpc_block_public_access_exclusion(
            VpcId=spoke.vpc, InternetGatewayExclusionMode="allow-egress"
        )["VpcBlockPublicAccessExclusion"]
        client.create_vpc_block_public_access_exclusion(
            SubnetId=spoke.subnets[0], InternetGatewayExclusionMode="allow-bidirectional"
        )

        shown = client.describe_vpc_block_public_access_exclusions()["VpcBlockPublicAccessExclusions"]
        assert {e["ResourceArn"].rsplit(":", 1)[1] for e in shown} == {
            f"vpc/{spoke.vpc}",
            f"subnet/{spoke.subnets[0]}",
        }

        client.delete_vpc_block_public_access_exclusion(ExclusionId=made["ExclusionId"])
        assert (
            len(client.describe_vpc_block_public_access_exclusions()["VpcBlockPublicAccessExclusions"]) == 1
        )

    def test_an_unknown_mode(self, world: World) -> None:
        def switch() -> Any:  # noqa: ANN401
            return ec2(world, HUB).modify_vpc_block_public_access_options(InternetGatewayBlockMode="shut")

        assert refused(switch)[0] == "InvalidParameterValue"


class TestNotification:
    def topic(self, world: World, source: str = "*", *, service: str = "vpce.amazonaws.com") -> str:
        """A topic of the hub's to which PrivateLink may publish about the account or ARN `source`."""
        key = "aws:SourceAccount" if source.isdecimal() else "aws:SourceArn"
        statement = {
            "Effect": "Allow",
            "Principal": {"Service": service},
            "Action": "SNS:Publish",
            "Resource": f"arn:aws:sns:{REGION}:{HUB}:connections",
            "Condition": {"StringLike": {key: source}},
        }
        answer = (
            world.place(HUB, REGION)
            .client("sns")
            .create_topic(
                Name="connections",
                Attributes={"Policy": json.dumps({"Version": "2012-10-17", "Statement": [statement]})},
            )
        )
        return str(answer["TopicArn"])

    def test_it_is_kept_and_goes_with_its_service(self, world: World) -> None:
        offered = service(world, network(world, HUB))
        hub = ec2(world, HUB)
        topic = self.topic(world, HUB)

        hub.create_vpc_endpoint_connection_notification(
            ServiceId=offered.id, ConnectionNotificationArn=topic, ConnectionEvents=["Connect", "Reject"]
        )

        shown = hub.describe_vpc_endpoint_connection_notifications()["ConnectionNotificationSet"]
        assert [(n["ServiceId"], n["ConnectionEvents"]) for n in shown] == [
            (offered.id, ["Connect", "Reject"])
        ]
        hub.delete_vpc_endpoint_service_configurations(ServiceIds=[offered.id])
        assert hub.describe_vpc_endpoint_connection_notifications()["ConnectionNotificationSet"] == []

    @pytest.mark.parametrize(
        ("topic", "events"), [("arn:aws:sqs:eu-west-1:1:q", ["Connect"]), ("arn:aws:sns:r:1:t", ["Smile"])]
    )
    def test_what_it_refuses(self, world: World, topic: str, events: list[str]) -> None:
        offered = service(world, network(world, HUB))

        def notify() -> Any:  # noqa: ANN401
            return ec2(world, HUB).create_vpc_endpoint_connection_notification(
                ServiceId=offered.id, ConnectionNotificationArn=topic, ConnectionEvents=events
            )

        assert refused(notify)[0] == "InvalidParameter"

    @pytest.mark.parametrize(
        ("source", "principal", "taken"),
        [
            (HUB, "vpce.amazonaws.com", True),
            (SPOKE, "vpce.amazonaws.com", False),
            (f"arn:aws:ec2:{REGION}:{HUB}:vpc-endpoint-service/*", "vpce.amazonaws.com", True),
            (f"arn:aws:ec2:{REGION}:{HUB}:vpc-endpoint/*", "vpce.amazonaws.com", False),
            (HUB, "cloudwatch.amazonaws.com", False),
        ],
    )
    def test_the_topic_has_to_let_it_publish(
        self, world: World, source: str, principal: str, *, taken: bool
    ) -> None:
        offered = service(world, network(world, HUB))
        topic = self.topic(world, source, service=principal)

        def notify() -> Any:  # noqa: ANN401
            return ec2(world, HUB).create_vpc_endpoint_connection_notification(
                ServiceId=offered.id, ConnectionNotificationArn=topic, ConnectionEvents=["Connect"]
            )

        if taken:
            assert notify()["ConnectionNotification"]["ServiceId"] == offered.id
        else:
            assert refused(notify)[0] == "InvalidParameter"

    def test_the_topic_has_to_be_there(self, world: World) -> None:
        offered = service(world, network(world, HUB))

        def notify() -> Any:  # noqa: ANN401
            return ec2(world, HUB).create_vpc_endpoint_connection_notification(
                ServiceId=offered.id,
                ConnectionNotificationArn=f"arn:aws:sns:{REGION}:{HUB}:nobodys",
                ConnectionEvents=["Connect"],
            )

        assert "does not exist" in refused(notify)[1]


class TestDnsFirewall:
    def garden(self, world: World) -> tuple[Any, str, str, str]:
        """A walled garden on a VPC: client, rule group, association, domain list."""
        resolver = world.place(SPOKE, REGION).client("route53resolver")
        domains = resolver.create_firewall_domain_list(CreatorRequestId="d", Name="allowed")
        domains_id = domains["FirewallDomainList"]["Id"]
        resolver.update_firewall_domains(
            FirewallDomainListId=domains_id, Operation="ADD", Domains=["kms.eu-west-1.amazonaws.com"]
        )
        group = resolver.create_firewall_rule_group(CreatorRequestId="g", Name="garden")
        group_id = group["FirewallRuleGroup"]["Id"]
        resolver.create_firewall_rule(
            CreatorRequestId="r",
            FirewallRuleGroupId=group_id,
            FirewallDomainListId=domains_id,
            Priority=100,
            Action="ALLOW",
            Name="allow",
        )
        association = resolver.associate_firewall_rule_group(
            CreatorRequestId="a",
            FirewallRuleGroupId=group_id,
            VpcId=network(world, SPOKE).vpc,
            Priority=101,
            Name="own",
            MutationProtection="ENABLED",
        )["FirewallRuleGroupAssociation"]["Id"]
        return resolver, group_id, association, domains_id

    def test_it_is_readable_as_it_was_written(self, world: World) -> None:
        resolver, group, _, domains = self.garden(world)

        assert resolver.list_firewall_domains(FirewallDomainListId=domains)["Domains"] == [
            "kms.eu-west-1.amazonaws.com."
        ]
        rules = resolver.list_firewall_rules(FirewallRuleGroupId=group)["FirewallRules"]
        assert [(r["Priority"], r["Action"]) for r in rules] == [(100, "ALLOW")]
        shown = resolver.list_firewall_rule_group_associations()["FirewallRuleGroupAssociations"]
        assert [(a["FirewallRuleGroupId"], a["MutationProtection"]) for a in shown] == [(group, "ENABLED")]

    def test_a_vpc_fails_closed_by_default(self, world: World) -> None:
        resolver = world.place(SPOKE, REGION).client("route53resolver")
        vpc = network(world, SPOKE).vpc

        assert (
            resolver.get_firewall_config(ResourceId=vpc)["FirewallConfig"]["FirewallFailOpen"] == "DISABLED"
        )
        resolver.update_firewall_config(ResourceId=vpc, FirewallFailOpen="ENABLED")
        assert resolver.list_firewall_configs()["FirewallConfigs"][0]["FirewallFailOpen"] == "ENABLED"

    def test_what_it_refuses(self, world: World) -> None:
        resolver, group, association, domains = self.garden(world)

        def code(call: Any) -> str:  # noqa: ANN401
            return refused(call)[0]

        assert code(lambda: resolver.delete_firewall_domain_list(FirewallDomainListId=domains)) == (
            "ConflictException"
        )
        assert code(lambda: resolver.delete_firewall_rule_group(FirewallRuleGroupId=group)) == (
            "ConflictException"
        )
        protected = {"FirewallRuleGroupAssociationId": association}
        assert code(lambda: resolver.disassociate_firewall_rule_group(**protected)) == "ConflictException"
        missing = {"FirewallRuleGroupId": "rslvr-frg-none"}
        assert code(lambda: resolver.get_firewall_rule_group(**missing)) == "ResourceNotFoundException"

        resolver.update_firewall_rule_group_association(**protected, MutationProtection="DISABLED")
        resolver.disassociate_firewall_rule_group(**protected)
        assert resolver.list_firewall_rule_group_associations()["FirewallRuleGroupAssociations"] == []

    @pytest.mark.parametrize("priority", [100, 9900])
    def test_the_priorities_of_firewall_manager_are_not_ours(self, world: World, priority: int) -> None:
        resolver, group, _, _ = self.garden(world)

        def associate() -> Any:  # noqa: ANN401
            return resolver.associate_firewall_rule_group(
                CreatorRequestId="b",
                FirewallRuleGroupId=group,
                VpcId=network(world, SPOKE).vpc,
                Priority=priority,
                Name="other",
            )

        assert refused(associate)[0] == "ValidationException"


class TestEmptyLists:
    """What nobody can make in the sandbox is listed, and there is none of it."""

    @pytest.mark.parametrize("name", sorted(empty_lists.EC2))
    def test_ec2s(self, world: World, name: str) -> None:
        answer = getattr(ec2(world, HUB), name)()

        assert answer[empty_lists.EC2[name]] == []

    @pytest.mark.parametrize(
        ("service", "operation", "key"),
        [
            ("vpc-lattice", "list_resource_configurations", "items"),
            ("vpc-lattice", "list_resource_gateways", "items"),
            ("vpc-lattice", "list_service_network_vpc_associations", "items"),
            ("route53profiles", "list_profile_associations", "ProfileAssociations"),
        ],
    )
    def test_other_services(self, world: World, service: str, operation: str, key: str) -> None:
        client = world.place(HUB, REGION).client(service)

        assert getattr(client, operation)()[key] == []

    def test_nothing_is_answered_that_would_make_one(self, world: World) -> None:
        with pytest.raises(NotImplementedError):
            ec2(world, HUB).create_instance_connect_endpoint(SubnetId="subnet-1")
        with pytest.raises(NotImplementedError):
            world.place(HUB, REGION).client("route53profiles").create_profile(Name="one")
