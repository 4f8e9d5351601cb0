"""What Batfish's model of AWS leaves out, some of it without a word (its docs/aws_network_modeling.md).

Each gap has an estate of its own in the shape that AWS prints today.
"""

import pytest

from tests.proof.dump import SPOKE, Dump, Item, entry, isolated, permission, public, route
from tests.proof.judge import finding, open_questions, verdict, violations

OUT = ("internet-egress", "vpc-a", "igw-a")
IN = ("internet-ingress", "vpc-a", "igw-a")
V6 = "2600:1f18:0:100::/56"


def dual_stack() -> Dump:
    """A VPC with both families, an internet gateway, and an interface without any public IPv4 address."""
    dump = Dump()
    dump.vpc(v6=V6)
    dump.subnet("subnet-a", "vpc-a", "10.0.1.0/24")
    dump.all("Subnets")[0]["Ipv6CidrBlockAssociationSet"] = [
        {"Ipv6CidrBlock": "2600:1f18:0:100::/64", "Ipv6CidrBlockState": {"State": "associated"}}
    ]
    dump.interface("eni-a", "subnet-a", "10.0.1.10", v6="2600:1f18:0:100::10", instance="i-a")
    dump.internet_gateway()
    return dump


def test_ipv6_leaves_and_arrives_by_routes_of_its_own() -> None:
    dump = dual_stack()
    assert violations(dump) == {}

    dump.table("rtb-a", "vpc-a", [route("::/0", GatewayId="igw-a")], "subnet-a")
    assert violations(dump) == {OUT: True, IN: True}
    assert "2600:1f18:0:100::10" in finding(dump, "internet-egress").message


def test_ipv6_rules_of_filters_are_told_from_ipv4_ones() -> None:
    dump = dual_stack()
    dump.table("rtb-a", "vpc-a", [route("::/0", GatewayId="igw-a")], "subnet-a")
    only_v4 = [permission("-1", "0.0.0.0/0")]
    dump.all("SecurityGroups")[0] |= {"IpPermissions": only_v4, "IpPermissionsEgress": only_v4}
    assert violations(dump) == {}

    dump.all("SecurityGroups")[0]["IpPermissionsEgress"] = [permission("tcp", "::/0", (443, 443))]
    assert violations(dump) == {OUT: True}

    entries = [entry(100, egress=True, block="::/0"), entry(100, egress=False, block="0.0.0.0/0")]
    dump.all("NetworkAcls")[0]["Entries"] = entries
    assert violations(dump) == {OUT: False}


def test_ipv6_leaves_by_an_egress_only_gateway_and_by_nat64() -> None:
    dump = dual_stack()
    attached = [{"VpcId": "vpc-a", "State": "attached"}]
    dump.add("EgressOnlyInternetGateways", EgressOnlyInternetGatewayId="eigw-a", Attachments=attached)
    dump.subnet("subnet-nat", "vpc-a", "10.0.2.0/24")
    dump.nat("nat-a", "subnet-nat", "10.0.2.5")
    dump.table("rtb-nat", "vpc-a", [route("0.0.0.0/0", GatewayId="igw-a")], "subnet-nat")
    routes = [
        route("2000::/3", EgressOnlyInternetGatewayId="eigw-a"),
        route("64:ff9b::/96", NatGatewayId="nat-a"),
    ]
    dump.table("rtb-a", "vpc-a", routes, "subnet-a")

    assert violations(dump) == {("internet-egress", "vpc-a", "eigw-a"): True, OUT: True}


@pytest.mark.parametrize(
    ("kind", "owner"),
    [
        ("network_load_balancer", "amazon-elb"),
        ("lambda", "amazon-aws"),
        ("efs", "amazon-aws"),
        ("branch", "amazon-aws"),
        ("interface", "amazon-rds"),
    ],
)
def test_interfaces_that_services_own_count_with_their_public_addresses(kind: str, owner: str) -> None:
    dump = isolated()
    dump.internet_gateway()
    dump.table("rtb-a", "vpc-a", [route("0.0.0.0/0", GatewayId="igw-a")], "subnet-vpc-a")
    assert violations(dump) == {}

    item = dump.interface("eni-owned", "subnet-vpc-a", "10.0.1.77", public="198.51.100.77", kind=kind)
    item |= {"RequesterManaged": True, "RequesterId": owner}
    item["Association"] = {"PublicIp": "198.51.100.77", "IpOwnerId": owner}

    assert violations(dump) == {OUT: True, IN: True}
    assert finding(dump, "internet-egress").path[0] == "eni-owned"


def listed(owner: str, *blocks: str) -> Dump:
    """A route to an internet gateway by a prefix list, and a public address behind it."""
    dump = isolated()
    dump.internet_gateway()
    dump.add("PrefixLists", PrefixListId="pl-1", PrefixListName="ours", OwnerId=owner, AddressFamily="IPv4")
    dump.file("get-managed-prefix-list-entries-pl-1", {"Entries": [{"Cidr": block} for block in blocks]})
    dump.table("rtb-a", "vpc-a", [route("pl-1", GatewayId="igw-a")], "subnet-vpc-a")
    dump.interface("eni-public", "subnet-vpc-a", "10.0.1.20", public="198.51.100.20")
    return dump


def test_customer_managed_prefix_lists_are_expanded_in_routes() -> None:
    assert OUT in violations(listed(SPOKE, "0.0.0.0/0"))
    assert OUT in violations(listed(SPOKE, "203.0.113.0/24", "8.8.8.0/24"))
    assert OUT not in violations(listed(SPOKE, "10.0.0.0/8"))
    assert OUT not in violations(listed(SPOKE))
    assert any("pl-1" in why for why in open_questions(listed("999999999999"))["internet-egress"])


def test_customer_managed_prefix_lists_are_expanded_in_security_groups() -> None:
    dump = public()
    dump.all("NetworkInterfaces").pop(0)
    rule = {"IpProtocol": "-1", "PrefixListIds": [{"PrefixListId": "pl-1"}]}
    dump.all("SecurityGroups")[0] |= {"IpPermissions": [], "IpPermissionsEgress": [rule]}
    dump.add("PrefixLists", PrefixListId="pl-1", PrefixListName="ours", OwnerId=SPOKE)
    dump.file("get-managed-prefix-list-entries-pl-1", {"Entries": [{"Cidr": "10.0.0.0/8"}]})
    assert violations(dump) == {}

    dump.file("get-managed-prefix-list-entries-pl-1", {"Entries": [{"Cidr": "8.8.8.8/32"}]})
    assert violations(dump) == {OUT: True}


def behind_nat(**nat: object) -> Dump:
    """A private subnet behind a NAT gateway in the format of the day."""
    dump = isolated()
    dump.internet_gateway()
    dump.subnet("subnet-nat", "vpc-a", "10.0.2.0/24")
    dump.table("rtb-nat", "vpc-a", [route("0.0.0.0/0", GatewayId="igw-a")], "subnet-nat")
    dump.table("rtb-a", "vpc-a", [route("0.0.0.0/0", NatGatewayId="nat-a")], "subnet-vpc-a")
    dump.add("NatGateways", NatGatewayId="nat-a", VpcId="vpc-a", State="available", **nat)
    return dump


def test_a_nat_gateway_of_today_with_several_addresses() -> None:
    addresses: list[Item] = [
        {"AllocationId": "eipalloc-1", "NetworkInterfaceId": "eni-nat", "PrivateIp": "10.0.2.5",
         "PublicIp": "198.51.100.5", "AssociationId": "eipassoc-1", "IsPrimary": True, "Status": "succeeded"},
        {"AllocationId": "eipalloc-2", "NetworkInterfaceId": "eni-nat", "PrivateIp": "10.0.2.6",
         "PublicIp": "198.51.100.6", "AssociationId": "eipassoc-2", "Status": "succeeded"},
    ]  # fmt: skip
    dump = behind_nat(
        SubnetId="subnet-nat",
        ConnectivityType="public",
        AvailabilityMode="zonal",
        NatGatewayAddresses=addresses,
        CreateTime="2026-03-01T00:00:00+00:00",
        Tags=[],
    )

    assert violations(dump) == {OUT: True}

    # The second address is one like the first: by itself it is a way out, too.
    addresses[0].pop("PublicIp")
    addresses[0]["Status"] = "failed"
    assert violations(dump) == {OUT: True}


def test_a_nat_gateway_in_regional_mode() -> None:
    dump = behind_nat(
        ConnectivityType="public",
        AvailabilityMode="regional",
        AutoScalingIps="enabled",
        AutoProvisionZones="enabled",
        RouteTableId="rtb-regional",
        NatGatewayAddresses=[
            {"AllocationId": "eipalloc-1", "PublicIp": "198.51.100.5", "Status": "succeeded",
             "AvailabilityZone": "eu-west-1a", "AvailabilityZoneId": "euw1-az1"}
        ],
    )  # fmt: skip
    assert any("rtb-regional" in why or "nat-a" in why for why in open_questions(dump)["internet-egress"])

    dump.table("rtb-regional", "vpc-a", [route("0.0.0.0/0", GatewayId="igw-a")])
    assert violations(dump) == {OUT: True}


def test_a_private_nat_gateway_is_no_way_to_the_internet() -> None:
    dump = behind_nat(
        SubnetId="subnet-nat",
        ConnectivityType="private",
        NatGatewayAddresses=[{"PrivateIp": "10.0.2.5", "NetworkInterfaceId": "eni-nat"}],
    )

    assert violations(dump) == {}


def past_an_appliance(**target: str) -> Dump:
    """A private subnet routed to an instance that has a public address and the check off."""
    dump = public()
    dump.all("NetworkInterfaces")[-1] |= {
        "SourceDestCheck": False,
        "Attachment": {"InstanceId": "i-nat", "DeviceIndex": 0, "Status": "attached"},
    }
    dump.subnet("subnet-inner", "vpc-a", "10.0.3.0/24")
    dump.interface("eni-inner", "subnet-inner", "10.0.3.3", kind="lambda")
    dump.table("rtb-inner", "vpc-a", [route("0.0.0.0/0", **target)], "subnet-inner")
    return dump


@pytest.mark.parametrize(
    "target",
    [
        {"NetworkInterfaceId": "eni-public"},
        {"InstanceId": "i-nat", "InstanceOwnerId": SPOKE},
        {"InstanceId": "i-nat", "NetworkInterfaceId": "eni-public"},
        {"IpAddress": "10.0.1.20"},
    ],
)
def test_routes_to_appliances_are_followed(target: dict[str, str]) -> None:
    dump = past_an_appliance(**target)
    for item in dump.all("NetworkInterfaces"):
        if item["NetworkInterfaceId"] != "eni-inner":
            item["InterfaceType"] = "vpc_endpoint"  # it forwards, and sends nothing of its own
    assert finding(dump, "internet-egress").path[0] == "eni-inner"

    dump.all("NetworkInterfaces")[1]["SourceDestCheck"] = True
    assert OUT not in violations(dump)


def test_a_next_hop_that_is_nobodys_address_is_unproven() -> None:
    dump = past_an_appliance(IpAddress="10.0.1.99")

    assert any("10.0.1.99" in why for why in open_questions(dump)["internet-egress"])


def test_routes_to_gateway_load_balancer_endpoints_are_followed_and_unproven() -> None:
    dump = isolated()
    dump.subnet("subnet-gwlbe", "vpc-a", "10.0.4.0/28")
    dump.interface("eni-gwlbe", "subnet-gwlbe", "10.0.4.4", kind="gateway_load_balancer_endpoint")
    dump.add(
        "VpcEndpoints",
        VpcEndpointId="vpce-1",
        VpcEndpointType="GatewayLoadBalancer",
        VpcId="vpc-a",
        ServiceName="com.amazonaws.vpce.eu-west-1.vpce-svc-1",
        State="available",
        SubnetIds=["subnet-gwlbe"],
        NetworkInterfaceIds=["eni-gwlbe"],
    )
    dump.table("rtb-a", "vpc-a", [route("0.0.0.0/0", GatewayId="vpce-1")], "subnet-vpc-a")
    assert any("vpce-1" in why for why in open_questions(dump)["internet-egress"])

    dump.internet_gateway()
    dump.table("rtb-gwlbe", "vpc-a", [route("0.0.0.0/0", GatewayId="igw-a")], "subnet-gwlbe")
    dump.interface("eni-public", "subnet-vpc-a", "10.0.1.20", public="198.51.100.20")
    assert verdict(dump).verdict == "violated"
    assert "vpce-1" in finding(dump, "internet-egress").path
