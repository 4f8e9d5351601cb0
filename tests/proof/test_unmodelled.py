"""What is shown and not modelled leaves a question open; what is withdrawn or the estate's own does not."""

import pytest

from tests.proof.dump import REGION, SPOKE, Dump, add_isolated, isolated, route
from tests.proof.judge import open_questions, verdict


def test_traffic_mirroring_is_an_open_question() -> None:
    dump = isolated()
    session = {"TrafficMirrorSessionId": "tms-1", "TrafficMirrorTargetId": "tmt-1"}
    dump.add("TrafficMirrorSessions", **session, NetworkInterfaceId="eni-vpc-a")

    assert verdict(dump).verdict == "unproven"
    assert any("tms-1" in why for why in open_questions(dump)["network-link"])


@pytest.mark.parametrize(
    ("who", "state", "open_"),
    [
        ({"AwsAccountId": "999999999999"}, "granted", 1),
        ({"AwsAccountId": "999999999999"}, "pending", 1),
        ({"AwsAccountId": "999999999999"}, "revoked", 0),
        ({"AwsService": "somebody.amazonaws.com"}, "granted", 1),
        ({"AwsAccountId": SPOKE}, "granted", 0),
    ],
)
def test_permissions_for_others_are_open_questions(who: dict[str, str], state: str, open_: int) -> None:
    dump = isolated()
    permission = {"NetworkInterfacePermissionId": "eni-perm-1", "Permission": "INSTANCE-ATTACH"}
    dump.add("NetworkInterfacePermissions", **permission, **who, NetworkInterfaceId="eni-vpc-a",
             PermissionState={"State": state})  # fmt: skip

    assert len(open_questions(dump).get("external-network", ())) == open_


@pytest.mark.parametrize(
    ("state", "attachment", "open_"),
    [
        ("available", "attached", 1),
        ("available", "detaching", 1),
        ("available", "detached", 0),
        ("deleted", "attached", 0),
    ],
)
def test_a_proxy_on_a_nat_gateway_leaves_the_way_out_open(state: str, attachment: str, open_: int) -> None:
    """The application's VPC has nothing but an endpoint; no route of it leads anywhere."""
    dump = isolated()
    add_isolated(dump, "vpc-b", "10.1.0.0/16")
    dump.nat("nat-b", "subnet-vpc-b", "10.1.1.20")
    [gateway] = dump.all("NatGateways")
    gateway["State"] = state
    gateway["AttachedAppliances"] = [
        {"Type": "network-firewall-proxy", "ApplianceArn": "arn:aws:network-firewall:eu-west-1:2:proxy/p",
         "VpcEndpointId": "vpce-proxy", "AttachmentState": attachment}
    ]  # fmt: skip

    assert len(open_questions(dump).get("internet-egress", ())) == open_
    assert verdict(dump).verdict == ("unproven" if open_ else "proven")


def test_a_public_pool_that_a_route_table_takes_in_is_open() -> None:
    dump = isolated()
    dump.internet_gateway()
    dump.table("rtb-pool", "vpc-a", [route("198.51.100.0/24", NetworkInterfaceId="eni-vpc-a")])
    assert verdict(dump).verdict == "proven"

    dump.all("RouteTables")[-1]["Associations"] = [
        {"Main": False, "PublicIpv4Pool": "ipv4pool-ec2-1", "AssociationState": {"State": "associated"}}
    ]
    assert set(open_questions(dump)) == {"internet-egress", "internet-ingress"}
    dump.all("RouteTables")[-1]["Associations"][0]["AssociationState"]["State"] = "disassociated"
    assert verdict(dump).verdict == "proven"


@pytest.mark.parametrize("where", ["Reservations", "SecondaryInterfaces"])
def test_interfaces_in_secondary_networks_are_open_questions(where: str) -> None:
    dump = isolated()
    item = {"SecondaryInterfaceId": "si-1", "SecondaryNetworkId": "sn-1"}
    if where == "Reservations":
        dump.add(
            where, Instances=[{"InstanceId": "i-vpc-a", "VpcId": "vpc-a", "SecondaryInterfaces": [item]}]
        )
    else:
        dump.add(where, **item, Attachment={"InstanceId": "i-vpc-a", "DeviceIndex": 0})

    assert [set(whys) for whys in open_questions(dump).values()] == [
        {"si-1 joins i-vpc-a to sn-1, which is not modelled"}
    ]


def multicast(options: dict[str, str], domains: list[dict[str, str]] | None = None) -> Dump:
    dump = isolated()
    add_isolated(dump, "vpc-b", "10.1.0.0/16")
    dump.transit("tgw-1", {name: [f"subnet-{name}"] for name in ("vpc-a", "vpc-b")}, {"tgw-rtb-1": []})
    dump.all("TransitGateways")[0]["Options"] = options
    for item in domains or ():
        dump.add("TransitGatewayMulticastDomains", TransitGatewayMulticastDomainId="tgw-mcast-1", **item)
    if domains == []:
        dump.places[SPOKE, REGION]["TransitGatewayMulticastDomains"] = []
    return dump


@pytest.mark.parametrize(
    ("options", "domains", "answer"),
    [
        ({"MulticastSupport": "disable"}, None, "proven"),
        ({}, None, "proven"),
        ({"MulticastSupport": "enable"}, None, "unproven"),
        ({"MulticastSupport": "enable"}, [], "proven"),
        ({"MulticastSupport": "enable"}, [{"TransitGatewayId": "tgw-1", "State": "available"}], "unproven"),
        ({"MulticastSupport": "enable"}, [{"TransitGatewayId": "tgw-1", "State": "deleted"}], "proven"),
        ({"MulticastSupport": "enable"}, [{"TransitGatewayId": "tgw-2", "State": "available"}], "proven"),
    ],
)
def test_multicast_takes_no_route(
    options: dict[str, str], domains: list[dict[str, str]] | None, answer: str
) -> None:
    assert verdict(multicast(options, domains)).verdict == answer


def test_whose_multicast_domains_are_not_shown_are_open() -> None:
    dump = multicast({"MulticastSupport": "enable"}, [])
    dump.all("TransitGateways")[0]["OwnerId"] = "999999999999"

    assert verdict(dump).verdict == "unproven"
    assert verdict(dump.drop("TransitGateways")).verdict == "unproven"


@pytest.mark.parametrize(
    ("first", "device", "open_"), [(1, 1, 1), (1, 0, 0), (2, 1, 0), (None, 1, 0), (0, 1, 0)]
)
def test_an_interface_in_an_outposts_local_network_is_open(
    first: int | None, device: int, open_: int
) -> None:
    dump = isolated()
    dump.all("Subnets")[0]["EnableLniAtDeviceIndex"] = first
    dump.interface("eni-lni", "subnet-vpc-a", "10.0.1.30", instance="i-vpc-a")["Attachment"][
        "DeviceIndex"
    ] = device

    assert len(open_questions(dump).get("external-network", ())) == open_
    assert verdict(dump).verdict == ("unproven" if open_ else "proven")


@pytest.mark.parametrize("support", ["enabled", "enabling", "disabling", "disabled", None])
def test_addresses_that_an_attachment_translates_are_open(support: str | None) -> None:
    dump = multicast({})
    for name in ("vpc-a", "vpc-b"):
        dump.table(f"rtb-{name}", name, [route("10.0.0.0/8", TransitGatewayId="tgw-1")], f"subnet-{name}")
    for item in dump.all("TransitGatewayAttachments"):
        item |= {} if support is None else {"NatGatewaySupport": support}

    assert verdict(dump).verdict == ("proven" if support in (None, "disabled") else "unproven")
