"""Ways in from the internet."""

from tests.proof.dump import entry, isolated, permission, public, route
from tests.proof.judge import finding, latent, open_questions, verdict, violations

IN = ("internet-ingress", "vpc-a", "igw-a")


def test_the_path_starts_at_the_internet() -> None:
    found = finding(public(), "internet-ingress")

    assert found.path == ("internet", "igw-a", "subnet-vpc-a", "eni-public")
    assert found.two_way is True


def test_one_way_arrival_counts_where_the_route_covers_other_destinations() -> None:
    dump = public()
    dump.all("NetworkAcls")[0]["Entries"] = [entry(100, egress=False)]

    assert violations(dump) == {IN: False}


def test_a_security_group_without_ingress_stops_it() -> None:
    dump = public()
    dump.group("sg-shut", "vpc-a", ingress=[permission("-1", "10.0.0.0/8")])
    dump.all("NetworkInterfaces")[-1]["Groups"] = [{"GroupId": "sg-shut"}]

    assert IN not in violations(dump)


def test_an_open_port_is_enough() -> None:
    dump = public()
    dump.group("sg-ssh", "vpc-a", ingress=[permission("tcp", "203.0.113.0/24", (22, 22))])
    dump.all("NetworkInterfaces")[-1]["Groups"] = [{"GroupId": "sg-ssh"}]

    assert "203.0.113.0 to 10.0.1.20 port 22" in finding(dump, "internet-ingress").message


def test_a_public_address_in_a_subnet_without_a_route_to_the_gateway_is_latent() -> None:
    dump = public()
    dump.all("RouteTables")[-1]["Associations"] = []
    dump.subnet("subnet-other", "vpc-a", "10.0.7.0/24")
    dump.table("rtb-other", "vpc-a", [route("0.0.0.0/0", GatewayId="igw-a")], "subnet-other")

    assert IN in latent(dump)
    assert any("without a route to the internet gateway" in text for text in verdict(dump).assumptions)


def test_nat_gateways_take_nothing_that_nobody_asked_for() -> None:
    dump = public()
    dump.all("NetworkInterfaces").pop()
    dump.nat("nat-a", "subnet-vpc-a", "10.0.1.5")

    assert IN not in violations(dump)


def test_global_accelerator_needs_neither_route_nor_public_address() -> None:
    dump = isolated()
    dump.internet_gateway()
    dump.interface("eni-ga", "subnet-vpc-a", "10.0.1.30", kind="global_accelerator_managed")

    assert violations(dump) == {IN: True}

    dump.all("InternetGateways").clear()

    assert violations(dump) == {}


def test_ipv6_arrives_at_global_addresses_unless_the_interface_denies_it() -> None:
    dump = isolated()
    dump.internet_gateway()
    six = dump.interface("eni-six", "subnet-vpc-a", "10.0.1.66", v6="2600:1f18:0:100::6")
    dump.table("rtb-six", "vpc-a", [route("::/0", GatewayId="igw-a")], "subnet-vpc-a")

    assert IN in violations(dump)

    six["DenyAllIgwTraffic"] = True

    assert IN not in violations(dump)


def test_private_ipv6_addresses_are_not_reached() -> None:
    dump = isolated()
    dump.internet_gateway()
    dump.interface("eni-six", "subnet-vpc-a", "10.0.1.66", v6="fd00::6")
    dump.table("rtb-six", "vpc-a", [route("::/0", GatewayId="igw-a")], "subnet-vpc-a")

    assert violations(dump) == {}


def test_an_edge_route_table_hands_packets_to_the_appliance_first() -> None:
    dump = public()
    dump.subnet("subnet-edge", "vpc-a", "10.0.8.0/24")
    dump.interface("eni-edge", "subnet-edge", "10.0.8.8", check=False, public="198.51.100.88")
    dump.table("rtb-edge", "vpc-a", [route("10.0.1.0/24", NetworkInterfaceId="eni-edge")], edge="igw-a")
    dump.table("rtb-appliance", "vpc-a", [route("0.0.0.0/0", GatewayId="igw-a")], "subnet-edge")

    assert "eni-edge" in finding(dump, "internet-ingress").path

    dump.group("sg-shut", "vpc-a", ingress=[], egress=[])
    appliance = dump.all("NetworkInterfaces")[-1]
    appliance["Groups"] = [{"GroupId": "sg-shut"}]

    assert IN not in violations(dump)


def test_an_edge_route_to_a_gateway_load_balancer_endpoint_is_unproven() -> None:
    dump = public()
    endpoint = {"VpcEndpointId": "vpce-g", "VpcId": "vpc-a", "VpcEndpointType": "GatewayLoadBalancer"}
    dump.add("VpcEndpoints", **endpoint, ServiceName="com.amazonaws.eu-west-1.x", SubnetIds=["subnet-vpc-a"])
    dump.table("rtb-edge", "vpc-a", [route("10.0.1.0/24", GatewayId="vpce-g")], edge="igw-a")

    assert any("vpce-g" in why for why in open_questions(dump)["internet-ingress"])


def test_an_edge_route_to_an_appliance_without_a_public_address_carries_nothing() -> None:
    dump = public()
    dump.subnet("subnet-edge", "vpc-a", "10.0.8.0/24")
    dump.interface("eni-edge", "subnet-edge", "10.0.8.8", check=False)
    dump.table("rtb-edge", "vpc-a", [route("10.0.1.0/24", NetworkInterfaceId="eni-edge")], edge="igw-a")
    dump.table("rtb-appliance", "vpc-a", [route("0.0.0.0/0", GatewayId="igw-a")], "subnet-edge")

    assert violations(dump) == {("internet-egress", "vpc-a", "igw-a"): False}


def test_what_a_gateways_table_hands_to_one_interface_those_like_it_do_not_have() -> None:
    """The table names an interface without a public address, which takes nothing for others."""
    dump = public()
    dump.interface("eni-plain", "subnet-vpc-a", "10.0.1.30")
    edge = dump.table("rtb-edge", "vpc-a", [], edge="igw-a")
    edge["Routes"] = [route("10.0.0.0/16", NetworkInterfaceId="eni-plain")]

    assert violations(dump) == {("internet-egress", "vpc-a", "igw-a"): False}
    edge["Routes"] = [route("10.0.0.0/16", NetworkInterfaceId="eni-public")]
    assert violations(dump) == {IN: True, ("internet-egress", "vpc-a", "igw-a"): True}
