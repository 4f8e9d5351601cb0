"""What AWS refuses about PrivateLink, through boto3: code and, where users meet it, text."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.places import (
    HUB,
    OTHER,
    REGION,
    SPOKE,
    balancer,
    connect,
    ec2,
    network,
    refused,
    service,
    states,
)

if TYPE_CHECKING:
    from landline.sandbox.world import World

ALLOW = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}


def test_an_unknown_service(world: World) -> None:
    spoke = network(world, SPOKE)
    name = "com.amazonaws.vpce.eu-west-1.vpce-svc-0123456789abcdef0"

    code, text = refused(lambda: connect(world, spoke, name))

    assert (code, text) == ("InvalidServiceName", f"The Vpc Endpoint Service '{name}' does not exist")


def test_an_aws_service_that_does_not_exist(world: World) -> None:
    spoke = network(world, SPOKE)

    assert (
        refused(lambda: connect(world, spoke, "com.amazonaws.eu-west-1.nonsense"))[0] == "InvalidServiceName"
    )


def test_a_principal_that_is_not_allowed(world: World) -> None:
    """The allow-list gates discovery, so a stranger is told that there is no such service."""
    hub = network(world, HUB)
    offered = service(world, hub, admits=(OTHER,))
    spoke = network(world, SPOKE)

    assert refused(lambda: connect(world, spoke, offered.name))[0] == "InvalidServiceName"
    shown = ec2(world, SPOKE).describe_vpc_endpoint_services()["ServiceNames"]
    assert offered.name not in shown


def test_nobody_is_allowed_by_default(world: World) -> None:
    offered = service(world, network(world, HUB), admits=())

    assert refused(lambda: connect(world, network(world, SPOKE), offered.name))[0] == "InvalidServiceName"


def test_a_zone_that_the_service_lacks(world: World) -> None:
    offered = service(world, network(world, HUB))
    spoke = network(world, SPOKE)

    code, text = refused(
        lambda: connect(world, spoke, offered.name, SubnetIds=[spoke.subnets[0], spoke.subnets[2]])
    )

    assert code == "InvalidParameter"
    assert text == (
        f"The VPC endpoint service {offered.name} does not support the availability zone of the subnet: "
        f"{spoke.subnets[2]}."
    )


def test_two_subnets_in_one_zone(world: World) -> None:
    offered = service(world, network(world, HUB))
    spoke = network(world, SPOKE)
    twin = ec2(world, SPOKE).create_subnet(
        VpcId=spoke.vpc, CidrBlock="10.0.9.0/24", AvailabilityZoneId="euw1-az1"
    )["Subnet"]["SubnetId"]

    code, _ = refused(lambda: connect(world, spoke, offered.name, SubnetIds=[spoke.subnets[0], twin]))

    assert code == "DuplicateSubnetsInSameZone"


def test_a_service_of_another_region(world: World) -> None:
    offered = service(world, network(world, HUB))
    far = network(world, SPOKE, region="eu-central-1")

    def create() -> object:
        return ec2(world, SPOKE, "eu-central-1").create_vpc_endpoint(
            VpcId=far.vpc, ServiceName=offered.name, VpcEndpointType="Interface", SubnetIds=list(far.subnets)
        )

    assert refused(create)[0] == "InvalidServiceName"


def test_private_dns_without_dns_hostnames(world: World) -> None:
    spoke = network(world, SPOKE, names=False)

    code, text = refused(lambda: connect(world, spoke, "com.amazonaws.eu-west-1.kms", PrivateDnsEnabled=True))

    assert code == "InvalidParameter"
    assert text.startswith("Enabling private DNS requires both enableDnsSupport and enableDnsHostnames")


def test_private_dns_of_a_service_without_a_private_name(world: World) -> None:
    offered = service(world, network(world, HUB))
    spoke = network(world, SPOKE)

    code, text = refused(lambda: connect(world, spoke, offered.name, PrivateDnsEnabled=True))

    assert code == "InvalidParameter"
    assert "does not provide a private DNS name" in text


def test_private_dns_with_an_unverified_name(world: World) -> None:
    offered = service(world, network(world, HUB))
    ec2(world, HUB).modify_vpc_endpoint_service_configuration(
        ServiceId=offered.id, PrivateDnsName="logging.example.com"
    )

    code, text = refused(lambda: connect(world, network(world, SPOKE), offered.name, PrivateDnsEnabled=True))

    assert code == "InvalidParameter"
    assert "has not verified" in text


def test_two_endpoints_for_one_private_name_in_a_vpc(world: World) -> None:
    spoke = network(world, SPOKE)
    name = "com.amazonaws.eu-west-1.kms"
    connect(world, spoke, name, PrivateDnsEnabled=True)

    code, text = refused(lambda: connect(world, spoke, name, PrivateDnsEnabled=True))

    assert code == "InvalidParameter"
    assert "conflicting DNS domain for kms.eu-west-1.amazonaws.com" in text
    assert connect(world, spoke, name)["PrivateDnsEnabled"] is False, (
        "without private DNS a second one is fine"
    )


def test_an_endpoint_policy_on_a_custom_service(world: World) -> None:
    offered = service(world, network(world, HUB))
    policy = json.dumps({"Statement": [ALLOW]})

    code, text = refused(lambda: connect(world, network(world, SPOKE), offered.name, PolicyDocument=policy))

    assert code == "InvalidParameter"
    assert "policies are not supported" in text


@pytest.mark.parametrize(
    "policy",
    [
        "{",
        "[]",
        "{}",
        json.dumps({"Statement": []}),
        json.dumps({"Statement": [{**ALLOW, "Effect": "Maybe"}]}),
        json.dumps({"Statement": [{k: v for k, v in ALLOW.items() if k != "Principal"}]}),
        json.dumps({"Statement": [ALLOW], "Id": "x" * 20_480}),
    ],
    ids=["no JSON", "list", "no statement", "empty", "effect", "no principal", "over 20,480 characters"],
)
def test_a_malformed_endpoint_policy(world: World, policy: str) -> None:
    spoke = network(world, SPOKE)

    code, _ = refused(lambda: connect(world, spoke, "com.amazonaws.eu-west-1.kms", PolicyDocument=policy))

    assert code == "InvalidPolicyDocument"


def test_a_policy_of_20480_characters_is_taken(world: World) -> None:
    room = 20_480 - len(json.dumps({"Statement": [ALLOW], "Id": ""}))
    policy = json.dumps({"Statement": [ALLOW], "Id": "x" * room})

    endpoint = connect(world, network(world, SPOKE), "com.amazonaws.eu-west-1.kms", PolicyDocument=policy)

    assert endpoint["PolicyDocument"] == policy


def test_the_accepted_lane_waits_for_its_owner(world: World) -> None:
    offered = service(world, network(world, HUB), accepted=True)
    endpoint = connect(world, network(world, SPOKE), offered.name)["VpcEndpointId"]
    assert states(world) == {endpoint: "pendingAcceptance"}

    ec2(world, HUB).accept_vpc_endpoint_connections(ServiceId=offered.id, VpcEndpointIds=[endpoint])

    assert states(world) == {endpoint: "available"}
    assert ec2(world, SPOKE).describe_vpc_endpoints()["VpcEndpoints"][0]["State"] == "available"


def test_the_standing_lane_is_available_at_once(world: World) -> None:
    offered = service(world, network(world, HUB))

    endpoint = connect(world, network(world, SPOKE), offered.name)

    assert endpoint["State"] == "available"


def test_rejection_cuts_an_available_connection_and_is_final(world: World) -> None:
    offered = service(world, network(world, HUB))
    endpoint = connect(world, network(world, SPOKE), offered.name)["VpcEndpointId"]
    hub = ec2(world, HUB)

    hub.reject_vpc_endpoint_connections(ServiceId=offered.id, VpcEndpointIds=[endpoint])

    assert states(world) == {endpoint: "rejected"}
    again = hub.accept_vpc_endpoint_connections(ServiceId=offered.id, VpcEndpointIds=[endpoint])
    assert again["Unsuccessful"][0]["Error"]["Code"] == "InvalidState"
    assert states(world) == {endpoint: "rejected"}


def test_removing_the_principal_alone_cuts_nothing(world: World) -> None:
    offered = service(world, network(world, HUB))
    spoke = network(world, SPOKE)
    endpoint = connect(world, spoke, offered.name)["VpcEndpointId"]

    ec2(world, HUB).modify_vpc_endpoint_service_permissions(
        ServiceId=offered.id, RemoveAllowedPrincipals=[f"arn:aws:iam::{SPOKE}:root"]
    )

    assert states(world) == {endpoint: "available"}
    assert refused(lambda: connect(world, spoke, offered.name))[0] == "InvalidServiceName"


def test_only_the_owner_decides_on_a_connection(world: World) -> None:
    offered = service(world, network(world, HUB), accepted=True)
    endpoint = connect(world, network(world, SPOKE), offered.name)["VpcEndpointId"]

    def accept() -> object:
        return ec2(world, SPOKE).accept_vpc_endpoint_connections(
            ServiceId=offered.id, VpcEndpointIds=[endpoint]
        )

    assert refused(accept)[0] == "InvalidVpcEndpointServiceId.NotFound"
    assert states(world) == {endpoint: "pendingAcceptance"}


def test_deleting_a_service_with_live_connections(world: World) -> None:
    offered = service(world, network(world, HUB))
    endpoint = connect(world, network(world, SPOKE), offered.name)["VpcEndpointId"]
    hub = ec2(world, HUB)

    answer = hub.delete_vpc_endpoint_service_configurations(ServiceIds=[offered.id])
    assert answer["Unsuccessful"][0]["Error"]["Code"] == "ExistingVpcEndpointConnections"

    hub.reject_vpc_endpoint_connections(ServiceId=offered.id, VpcEndpointIds=[endpoint])
    assert hub.delete_vpc_endpoint_service_configurations(ServiceIds=[offered.id])["Unsuccessful"] == []
    assert hub.describe_vpc_endpoint_service_configurations()["ServiceConfigurations"] == []


def test_deleting_a_load_balancer_that_a_service_uses(world: World) -> None:
    offered = service(world, network(world, HUB))
    elbv2 = world.place(HUB, REGION).client("elbv2")

    assert refused(lambda: elbv2.delete_load_balancer(LoadBalancerArn=offered.balancer))[0] == "ResourceInUse"

    ec2(world, HUB).delete_vpc_endpoint_service_configurations(ServiceIds=[offered.id])
    elbv2.delete_load_balancer(LoadBalancerArn=offered.balancer)
    assert elbv2.describe_load_balancers()["LoadBalancers"] == []


def test_a_load_balancer_with_a_group_that_is_not_there(world: World) -> None:
    hub, elbv2 = network(world, HUB), world.place(HUB, REGION).client("elbv2")

    def make() -> Any:  # noqa: ANN401
        return elbv2.create_load_balancer(
            Name="n",
            Type="network",
            Subnets=[hub.subnets[0]],
            SecurityGroups=[hub.group, "sg-0123456789abcdef0"],
        )

    assert refused(make)[0] == "InvalidSecurityGroup"
    assert elbv2.describe_load_balancers()["LoadBalancers"] == []


def test_a_network_acl_association_that_is_not_there_and_an_acl_that_is_not(world: World) -> None:
    hub, client = network(world, HUB), ec2(world, HUB)

    def associations() -> list[str]:
        acls = client.describe_network_acls(Filters=[{"Name": "vpc-id", "Values": [hub.vpc]}])["NetworkAcls"]
        return sorted(one["NetworkAclAssociationId"] for acl in acls for one in acl["Associations"])

    before, acl = associations(), client.create_network_acl(VpcId=hub.vpc)["NetworkAcl"]["NetworkAclId"]
    for association, wanted, code in (
        ("aclassoc-nope", acl, "InvalidAssociationID.NotFound"),
        (before[0], "acl-nope", "InvalidNetworkAclID.NotFound"),
    ):
        assert (
            refused(
                partial(
                    client.replace_network_acl_association, AssociationId=association, NetworkAclId=wanted
                )
            )[0]
            == code
        )
    assert associations() == before


def test_one_load_balancer_for_two_services(world: World) -> None:
    offered = service(world, network(world, HUB))

    def second() -> object:
        return ec2(world, HUB).create_vpc_endpoint_service_configuration(
            NetworkLoadBalancerArns=[offered.balancer]
        )

    code, text = refused(second)
    assert code == "InvalidParameter"
    assert offered.id in text


def test_a_service_behind_no_network_load_balancer(world: World) -> None:
    def create() -> object:
        return ec2(world, HUB).create_vpc_endpoint_service_configuration(
            NetworkLoadBalancerArns=[
                f"arn:aws:elasticloadbalancing:{REGION}:{HUB}:loadbalancer/net/none/0123456789abcdef"
            ]
        )

    assert refused(create)[0] == "InvalidLoadBalancerArn"


def test_detaching_the_load_balancer_of_a_connected_service(world: World) -> None:
    hub = network(world, HUB)
    offered = service(world, hub)
    connect(world, network(world, SPOKE), offered.name)
    second = balancer(world, hub)

    def swap() -> object:
        return ec2(world, HUB).modify_vpc_endpoint_service_configuration(
            ServiceId=offered.id,
            AddNetworkLoadBalancerArns=[second],
            RemoveNetworkLoadBalancerArns=[offered.balancer],
        )

    assert refused(swap)[0] == "InvalidState"


def test_a_load_balancer_without_a_group_never_gets_one(world: World) -> None:
    hub = network(world, HUB)
    elbv2 = world.place(HUB, REGION).client("elbv2")
    bare, grouped = balancer(world, hub, groups=False), balancer(world, hub)

    def give() -> object:
        return elbv2.set_security_groups(LoadBalancerArn=bare, SecurityGroups=[hub.group])

    def take() -> object:
        return elbv2.set_security_groups(LoadBalancerArn=grouped, SecurityGroups=[])

    assert refused(give)[0] == "InvalidConfigurationRequest"
    assert refused(take)[0] == "InvalidConfigurationRequest"


@pytest.mark.parametrize(
    "principal",
    [
        "222222222222",
        "arn:aws:iam::222222222222:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_x",
        "arn:aws:organizations::111111111111:organization/o-a1b2c3d4e5",
        "arn:aws:iam::2222:root",
        "",
    ],
)
def test_a_principal_of_a_form_that_aws_does_not_take(world: World, principal: str) -> None:
    offered = service(world, network(world, HUB), admits=())

    def permit() -> object:
        return ec2(world, HUB).modify_vpc_endpoint_service_permissions(
            ServiceId=offered.id, AddAllowedPrincipals=[principal]
        )

    assert refused(permit)[0] == "InvalidParameter"


def test_a_second_gateway_endpoint_for_a_service_on_a_route_table(world: World) -> None:
    spoke = network(world, SPOKE)
    client = ec2(world, SPOKE)
    table = client.create_route_table(VpcId=spoke.vpc)["RouteTable"]["RouteTableId"]
    wanted = {"VpcId": spoke.vpc, "ServiceName": "com.amazonaws.eu-west-1.s3", "RouteTableIds": [table]}
    client.create_vpc_endpoint(**wanted)

    assert refused(lambda: client.create_vpc_endpoint(**wanted))[0] == "RouteAlreadyExists"


def test_a_gateway_endpoint_for_a_service_that_has_none(world: World) -> None:
    spoke = network(world, SPOKE)

    code, text = refused(
        lambda: ec2(world, SPOKE).create_vpc_endpoint(
            VpcId=spoke.vpc, ServiceName="com.amazonaws.eu-west-1.kms"
        )
    )

    assert code == "InvalidParameter"
    assert "available service types ([Interface])" in text


@pytest.mark.parametrize("noun", ["subnet", "group", "vpc"])
def test_deleting_what_an_endpoint_stands_on(world: World, noun: str) -> None:
    spoke = network(world, SPOKE)
    connect(world, spoke, "com.amazonaws.eu-west-1.kms")
    client = ec2(world, SPOKE)
    delete = {
        "subnet": lambda: client.delete_subnet(SubnetId=spoke.subnets[0]),
        "group": lambda: client.delete_security_group(GroupId=spoke.group),
        "vpc": lambda: client.delete_vpc(VpcId=spoke.vpc),
    }[noun]

    assert refused(delete)[0] == "DependencyViolation"


def test_deleting_a_group_that_a_rule_of_another_names(world: World) -> None:
    spoke = network(world, SPOKE)
    client = ec2(world, SPOKE)
    user = client.create_security_group(VpcId=spoke.vpc, GroupName="user", Description="user")["GroupId"]
    rule = {
        "IpProtocol": "tcp",
        "FromPort": 443,
        "ToPort": 443,
        "UserIdGroupPairs": [{"GroupId": spoke.group}],
    }
    client.authorize_security_group_ingress(GroupId=user, IpPermissions=[rule])

    assert refused(lambda: client.delete_security_group(GroupId=spoke.group))[0] == "DependencyViolation"


def test_a_parameter_that_the_sandbox_does_not_model_is_no_silent_success(world: World) -> None:
    spoke = network(world, SPOKE)

    with pytest.raises(NotImplementedError, match="DnsOptions"):
        connect(world, spoke, "com.amazonaws.eu-west-1.kms", DnsOptions={"DnsRecordIpType": "ipv4"})


def prefix_list(world: World, *cidrs: str) -> str:
    answer = ec2(world, HUB).create_managed_prefix_list(
        PrefixListName="clients",
        AddressFamily="IPv4",
        MaxEntries=len(cidrs),
        Entries=[{"Cidr": cidr} for cidr in cidrs],
    )
    return str(answer["PrefixList"]["PrefixListId"])


def test_a_prefix_list_takes_no_more_entries_than_its_size(world: World) -> None:
    hub, name = ec2(world, HUB), prefix_list(world, "10.0.0.0/24")
    more = [{"Cidr": "10.0.1.0/24"}]

    def add() -> object:
        return hub.modify_managed_prefix_list(PrefixListId=name, CurrentVersion=1, AddEntries=more)

    assert refused(add)[0] == "PrefixListMaxEntriesExceeded"
    hub.modify_managed_prefix_list(PrefixListId=name, MaxEntries=2)
    add()
    assert (
        refused(lambda: hub.modify_managed_prefix_list(PrefixListId=name, MaxEntries=1))[0]
        == "PrefixListMaxEntriesExceeded"
    )
    assert (
        refused(
            lambda: hub.create_managed_prefix_list(
                PrefixListName="small",
                AddressFamily="IPv4",
                MaxEntries=1,
                Entries=[*more, {"Cidr": "10.0.2.0/24"}],
            )
        )[0]
        == "PrefixListMaxEntriesExceeded"
    )


def test_a_prefix_list_changes_its_size_or_its_entries(world: World) -> None:
    hub, name = ec2(world, HUB), prefix_list(world, "10.0.0.0/24")

    code, _ = refused(
        lambda: hub.modify_managed_prefix_list(
            PrefixListId=name, CurrentVersion=1, MaxEntries=2, AddEntries=[{"Cidr": "10.0.1.0/24"}]
        )
    )

    assert code == "InvalidParameterCombination"


def test_an_old_version_of_a_prefix_list_cannot_be_changed(world: World) -> None:
    hub, name = ec2(world, HUB), prefix_list(world, "10.0.0.0/24", "10.0.1.0/24")
    gone = [{"Cidr": "10.0.1.0/24"}]
    hub.modify_managed_prefix_list(PrefixListId=name, CurrentVersion=1, RemoveEntries=gone)

    code, _ = refused(
        lambda: hub.modify_managed_prefix_list(PrefixListId=name, CurrentVersion=1, AddEntries=gone)
    )

    assert code == "PrefixListVersionMismatch"


@pytest.mark.parametrize(("name", "size"), [("com.amazonaws.mine", 1), ("mine", 0), ("mine", 1001)])
def test_a_prefix_list_of_an_impossible_name_or_size(world: World, name: str, size: int) -> None:
    code, _ = refused(
        lambda: ec2(world, HUB).create_managed_prefix_list(
            PrefixListName=name, AddressFamily="IPv4", MaxEntries=size
        )
    )

    assert code == "InvalidParameterValue"


def test_a_prefix_list_in_use_stays(world: World) -> None:
    hub, name = ec2(world, HUB), prefix_list(world, "10.0.0.0/24")
    group = hub.create_security_group(GroupName="g", Description="g", VpcId=network(world, HUB).vpc)[
        "GroupId"
    ]
    rule = [{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "PrefixListIds": [{"PrefixListId": name}]}]
    hub.authorize_security_group_ingress(GroupId=group, IpPermissions=rule)

    assert refused(lambda: hub.delete_managed_prefix_list(PrefixListId=name))[0] == "DependencyViolation"
    hub.revoke_security_group_ingress(GroupId=group, IpPermissions=rule)
    hub.delete_managed_prefix_list(PrefixListId=name)
    code, _ = refused(lambda: hub.delete_managed_prefix_list(PrefixListId=name))
    assert code == "InvalidPrefixListID.NotFound"


def test_a_prefix_list_of_another_owner_cannot_be_changed(world: World) -> None:
    hub = ec2(world, HUB)
    [aws] = hub.describe_managed_prefix_lists(
        Filters=[{"Name": "prefix-list-name", "Values": ["com.amazonaws.eu-west-1.s3"]}]
    )["PrefixLists"]

    code, _ = refused(lambda: hub.modify_managed_prefix_list(PrefixListId=aws["PrefixListId"], MaxEntries=5))

    assert code == "InvalidPrefixListID.NotFound"


@pytest.mark.parametrize(
    ("operation", "arguments", "code"),
    [
        (
            "create_vpc_endpoint_service_configuration",
            {"NetworkLoadBalancerArns": []},
            "InvalidParameter",
        ),
        (
            "modify_vpc_endpoint",
            {"VpcEndpointId": "vpce-0123456789abcdef0", "AddSubnetIds": ["subnet-1"]},
            "InvalidVpcEndpointId.NotFound",
        ),
        (
            "create_vpc_endpoint_connection_notification",
            {"ConnectionNotificationArn": f"arn:aws:sns:{REGION}:{HUB}:t", "ConnectionEvents": ["Accept"]},
            "InvalidParameter",
        ),
        (
            "modify_vpc_endpoint_connection_notification",
            {"ConnectionNotificationId": "vpce-nfn-0123456789abcdef0", "ConnectionEvents": ["Accept"]},
            "InvalidConnectionNotification",
        ),
        (
            "create_vpc_block_public_access_exclusion",
            {"InternetGatewayExclusionMode": "allow-egress"},
            "InvalidParameterCombination",
        ),
        (
            "delete_vpc_block_public_access_exclusion",
            {"ExclusionId": "vpcbpa-exclude-0123456789abcdef0"},
            "InvalidVpcBlockPublicAccessExclusionId.NotFound",
        ),
    ],
)
def test_what_is_incomplete_or_unknown(
    world: World, operation: str, arguments: dict[str, object], code: str
) -> None:
    assert refused(lambda: getattr(ec2(world, HUB), operation)(**arguments))[0] == code


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"SubnetIds": ["subnet-0123456789abcdef0"]}, "InvalidSubnetID.NotFound"),
        ({"SecurityGroupIds": ["sg-0123456789abcdef0"]}, "InvalidGroup.NotFound"),
        ({"RouteTableIds": ["rtb-0123456789abcdef0"]}, "InvalidParameter"),
    ],
)
def test_an_interface_endpoint_of_what_is_not_there(world: World, more: dict[str, Any], code: str) -> None:
    offered = service(world, network(world, HUB))
    spoke = network(world, SPOKE)

    assert refused(lambda: connect(world, spoke, offered.name, **more))[0] == code


def test_a_filter_without_a_name(world: World) -> None:
    for describe in ("describe_vpc_endpoints", "describe_vpc_endpoint_connections"):
        call = getattr(ec2(world, HUB), describe)
        assert refused(partial(call, Filters=[{"Values": ["x"]}]))[0] == "MissingParameter"


def test_an_endpoint_without_a_service(world: World) -> None:
    home = network(world, SPOKE)
    call = ec2(world, SPOKE).create_vpc_endpoint

    assert refused(lambda: call(VpcId=home.vpc, VpcEndpointType="Interface"))[0] == "MissingParameter"


@pytest.mark.parametrize(
    "change",
    [
        {"AddSubnetIds": ["subnet-1"]},
        {"RemoveSecurityGroupIds": ["sg-1"]},
        {"PrivateDnsEnabled": True},
    ],
)
def test_a_gateway_endpoint_is_not_changed_like_an_interface(world: World, change: dict[str, Any]) -> None:
    """Nothing that is asked for is dropped in silence."""
    client, home = ec2(world, SPOKE), network(world, SPOKE)
    made = client.create_vpc_endpoint(VpcId=home.vpc, ServiceName=f"com.amazonaws.{REGION}.s3")
    endpoint = made["VpcEndpoint"]["VpcEndpointId"]

    code, text = refused(lambda: client.modify_vpc_endpoint(VpcEndpointId=endpoint, **change))
    assert (code, "Gateway endpoints take neither" in text) == ("InvalidParameter", True)
    assert client.modify_vpc_endpoint(VpcEndpointId=endpoint, ResetPolicy=True)["Return"]


def test_an_interface_endpoint_gets_no_route_tables(world: World) -> None:
    offered, home = service(world, network(world, HUB)), network(world, SPOKE)
    endpoint = connect(world, home, offered.name)["VpcEndpointId"]
    modify = ec2(world, SPOKE).modify_vpc_endpoint
    for change in ({"AddRouteTableIds": ["rtb-1"]}, {"RemoveRouteTableIds": ["rtb-1"]}):
        assert refused(partial(modify, VpcEndpointId=endpoint, **change)) == (
            "InvalidParameter",
            "Interface endpoints take no route tables",
        )


def test_a_load_balancers_subnet_mapping_names_its_subnet(world: World) -> None:
    arn = balancer(world, network(world, HUB))
    elbv2 = world.place(HUB, REGION).client("elbv2")

    code, _ = refused(lambda: elbv2.set_subnets(LoadBalancerArn=arn, SubnetMappings=[{"AllocationId": "a"}]))
    assert code == "ValidationError"


@pytest.mark.parametrize(
    ("family", "cidr", "taken"),
    [
        ("IPv4", "10.0.0.0/8", True),
        ("IPv6", "2001:db8::/32", True),
        ("IPv4", "::/0", False),
        ("IPv4", "junk", False),
        ("IPv5", "10.0.0.0/8", False),
    ],
)
def test_a_prefix_list_holds_ranges_of_its_family(
    world: World, family: str, cidr: str, *, taken: bool
) -> None:
    client = ec2(world, HUB)
    given = {"PrefixListName": "x", "MaxEntries": 2, "AddressFamily": family}

    def create() -> Any:  # noqa: ANN401 - boto3's answer
        return client.create_managed_prefix_list(**given, Entries=[{"Cidr": cidr}])

    if not taken:
        assert refused(create)[0] == "InvalidParameterValue"
        return
    made = create()["PrefixList"]
    for wrong in ("junk", "::/0" if family == "IPv4" else "10.0.0.0/8"):
        change = {"PrefixListId": made["PrefixListId"], "CurrentVersion": 1, "AddEntries": [{"Cidr": wrong}]}
        code, _ = refused(partial(client.modify_managed_prefix_list, **change))
        assert code == "InvalidParameterValue"
    entries = client.get_managed_prefix_list_entries(PrefixListId=made["PrefixListId"])["Entries"]
    assert [entry["Cidr"] for entry in entries] == [cidr]


def test_dns_firewall_rules_and_values_that_are_none(world: World) -> None:
    resolver: Any = world.place(SPOKE, REGION).client("route53resolver")
    domains = resolver.create_firewall_domain_list(CreatorRequestId="d", Name="d")["FirewallDomainList"]["Id"]
    group = resolver.create_firewall_rule_group(CreatorRequestId="g", Name="g")["FirewallRuleGroup"]["Id"]
    rule = {"CreatorRequestId": "r", "FirewallRuleGroupId": group, "Priority": 1, "Name": "r"}
    listed = {**rule, "FirewallDomainListId": domains, "Action": "BLOCK"}

    for call in (
        lambda: resolver.create_firewall_rule(**rule, Action="ALLOW"),
        lambda: resolver.update_firewall_rule(FirewallRuleGroupId=group),
        lambda: resolver.delete_firewall_rule(FirewallRuleGroupId=group),
        lambda: resolver.create_firewall_rule(**listed, BlockResponse="SILENCE"),
        lambda: resolver.update_firewall_domains(
            FirewallDomainListId=domains, Operation="SUM", Domains=["a"]
        ),
        lambda: resolver.update_firewall_config(
            ResourceId=network(world, SPOKE).vpc, FirewallFailOpen="MAYBE"
        ),
    ):
        assert refused(call)[0] == "ValidationException"
    with pytest.raises(NotImplementedError, match="BlockResponse OVERRIDE"):
        resolver.create_firewall_rule(**listed, BlockResponse="OVERRIDE")
    assert resolver.list_firewall_rules(FirewallRuleGroupId=group)["FirewallRules"] == []
