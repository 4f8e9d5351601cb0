"""Questions over load balancers, PrivateLink and gateway endpoints."""

import pytest

from landline import network, proof
from landline.errors import UsageError
from landline.proof import Answer
from tests.proof.dump import HUB, SPOKE, Dump, Item, add_isolated, entry, isolated, permission, route

NLB = "arn:aws:elasticloadbalancing:eu-west-1:111111111111:loadbalancer/net/front/0123456789abcdef"
GROUP = "arn:aws:elasticloadbalancing:eu-west-1:111111111111:targetgroup/back/fedcba9876543210"


def ask(dump: Dump, source: str, destination: str, port: int | None = None) -> Answer:
    return proof.reach(network.read(dump.bytes()), source, destination, proof.asked("any", port))


def balanced(
    dump: Dump, *, kind: str = "ip", health: str = "healthy", inbound: list[Item] | None = None, **extra: str
) -> Dump:
    """An NLB that listens to 443, with a target at 10.0.3.5 port 8443; `inbound` are the target's rules."""
    dump.subnet("subnet-lb", "vpc-a", "10.0.2.0/24")
    dump.subnet("subnet-back", "vpc-a", "10.0.3.0/24")
    dump.group("sg-back", "vpc-a", inbound)
    dump.group("sg-lb", "vpc-a", [permission("tcp", "10.0.0.0/8", (443, 443))])
    node = dump.interface("eni-lb", "subnet-lb", "10.0.2.5", group="sg-lb", kind="network_load_balancer")
    node["Description"] = "ELB net/front/0123456789abcdef"
    dump.interface("eni-back", "subnet-back", "10.0.3.5", group="sg-back", instance="i-back")
    lb = {"LoadBalancerName": "front", "Type": "network", "VpcId": "vpc-a", "SecurityGroups": ["sg-lb"]}
    dump.add("LoadBalancers", LoadBalancerArn=NLB, **lb, **extra)
    forward = [{"Type": "forward", "TargetGroupArn": GROUP}]
    dump.add(
        "Listeners",
        ListenerArn=NLB + "/listener",
        LoadBalancerArn=NLB,
        Port=443,
        Protocol="TCP",
        DefaultActions=forward,
    )
    group = {"TargetGroupName": "back", "Protocol": "TCP", "Port": 8443, "TargetType": kind, "VpcId": "vpc-a"}
    dump.add("TargetGroups", TargetGroupArn=GROUP, **group)
    target = {"Id": "10.0.3.5" if kind == "ip" else "i-back", "Port": 8443}
    described = [{"Target": target, "TargetHealth": {"State": health}}] if health else []
    dump.file("describe-target-health-back", {"TargetHealthDescriptions": described})
    return dump


ONLY_THE_NODE = [permission("tcp", "10.0.2.0/24", (8443, 8443))]
ONLY_CLIENTS = [permission("tcp", "10.0.1.0/24", (8443, 8443))]


def test_a_load_balancer_takes_what_it_listens_to() -> None:
    dump = balanced(isolated())
    taken, refused = ask(dump, "eni-vpc-a", "front", 443), ask(dump, "eni-vpc-a", NLB, 80)

    assert taken.path[-1] == "eni-lb"
    assert [item.ports for item in taken.allowed] == [(443, 443)]
    assert refused.blocked_by is not None
    assert refused.blocked_by.kind in ("security-group", "no-listener")
    dump.all("SecurityGroups")[-1]["IpPermissions"] = [permission("tcp", "10.0.0.0/8", (0, 65535))]
    unheard = ask(dump, "eni-vpc-a", "front", 80)
    assert unheard.blocked_by is not None
    assert (unheard.blocked_by.kind, unheard.blocked_by.id) == ("no-listener", NLB)


def test_a_target_is_reached_over_its_load_balancer_on_the_listeners_port() -> None:
    answer = ask(balanced(isolated(), inbound=ONLY_THE_NODE), "eni-vpc-a", "i-back", 443)

    assert (answer.verdict, answer.two_way) == ("reachable", True)
    assert "eni-lb" in answer.path
    assert answer.path[-1] == "eni-back"
    assert [item.ports for item in answer.allowed] == [(443, 443)]
    assert any("default" in item for item in answer.assumptions)


def test_an_instance_target_sees_the_clients_address() -> None:
    seen = balanced(isolated(), kind="instance", inbound=ONLY_CLIENTS)
    unseen = balanced(isolated(), kind="instance", inbound=ONLY_THE_NODE)

    assert ask(seen, "eni-vpc-a", "i-back", 443).verdict == "reachable"
    assert ask(unseen, "eni-vpc-a", "i-back", 443).verdict == "blocked"


@pytest.mark.parametrize(
    ("health", "verdict"), [("healthy", "reachable"), ("unused", "blocked"), ("", "blocked")]
)
def test_a_target_gets_packets_while_it_is_in_use(health: str, verdict: str) -> None:
    answer = ask(balanced(isolated(), health=health, inbound=ONLY_THE_NODE), "eni-vpc-a", "i-back", 443)

    assert answer.verdict == verdict


def test_unknown_listeners_leave_the_question_open() -> None:
    answer = ask(balanced(isolated()).drop("Listeners"), "eni-vpc-a", "front", 443)

    assert answer.verdict == "unproven"
    assert any("Listeners" in why for why in answer.why)


def serviced(
    *, enforce: str = "on", state: str = "available", inbound: str = "10.9.0.0/16", endpoint: bool = True
) -> Dump:
    """A hub's service behind an NLB, and a spoke at 10.9.0.0/16 with an endpoint to it."""
    dump = isolated("vpc-a", "10.0.0.0/16", HUB)
    key = "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic"
    balanced(dump, inbound=ONLY_THE_NODE, **{key: enforce})
    dump.all("SecurityGroups")[-1]["IpPermissions"] = [permission("tcp", inbound, (443, 443))]
    dump.service("vpce-svc-1", "logging", [f"arn:aws:iam::{SPOKE}:root"])
    dump.all("ServiceConfigurations")[0]["NetworkLoadBalancerArns"] = [NLB]
    dump.connection("vpce-svc-1", "vpce-1", SPOKE, state)
    dump.at(SPOKE)
    dump.vpc("vpc-s", "10.9.0.0/16")
    dump.subnet("subnet-s", "vpc-s", "10.9.1.0/24")
    dump.interface("eni-s", "subnet-s", "10.9.1.10", instance="i-s")
    if endpoint:
        dump.group("sg-e", "vpc-s", [permission("tcp", "10.9.1.0/24", (443, 443))])
        dump.interface("eni-e", "subnet-s", "10.9.1.20", group="sg-e", kind="vpc_endpoint")
        dump.add(
            "VpcEndpoints",
            VpcEndpointId="vpce-1",
            VpcId="vpc-s",
            VpcEndpointType="Interface",
            ServiceName="com.amazonaws.vpce.eu-west-1.vpce-svc-1",
            State="available",
            OwnerId=SPOKE,
            SubnetIds=["subnet-s"],
            NetworkInterfaceIds=["eni-e"],
        )
    return dump


def test_a_spoke_reaches_a_service_over_its_endpoint() -> None:
    answer = ask(serviced(), SPOKE, "logging")

    assert (answer.verdict, answer.two_way) == ("reachable", True)
    assert [
        hop for hop in answer.path if hop in ("eni-s", "eni-e", "vpce-1", "vpce-svc-1", "eni-lb", "eni-back")
    ] == [
        "eni-s",
        "eni-e",
        "vpce-1",
        "vpce-svc-1",
        "eni-lb",
        "eni-back",
    ]
    assert [item.ports for item in answer.allowed] == [(443, 443)]
    assert ask(serviced(), "i-s", "vpce-svc-1", 22).verdict == "blocked"


def test_the_hubs_security_group_sees_the_clients_own_address() -> None:
    refused = ask(serviced(inbound="10.8.0.0/16"), SPOKE, "logging")

    assert refused.blocked_by is not None
    assert (refused.blocked_by.kind, refused.blocked_by.id) == ("security-group", "sg-lb")
    assert "from 10.9.1.10" in refused.blocked_by.message
    assert ask(serviced(inbound="10.8.0.0/16", enforce="off"), SPOKE, "logging").verdict == "reachable"


def test_a_connection_that_is_rejected_carries_nothing() -> None:
    answer = ask(serviced(state="rejected"), SPOKE, "logging")

    assert answer.blocked_by is not None
    assert (answer.blocked_by.kind, answer.blocked_by.id) == ("endpoint-state", "vpce-1")


def test_a_spoke_without_an_endpoint_is_told_so() -> None:
    answer = ask(serviced(endpoint=False), SPOKE, "logging")

    assert answer.blocked_by is not None
    assert (answer.blocked_by.kind, answer.blocked_by.id) == ("no-endpoint", "vpce-svc-1")


def test_a_spoke_without_workloads_is_asked_as_if_it_had_one() -> None:
    dump = serviced()
    dump.places[SPOKE, "eu-west-1"]["NetworkInterfaces"] = [
        item for item in dump.all("NetworkInterfaces") if item["NetworkInterfaceId"] != "eni-s"
    ]
    answer = ask(dump, SPOKE, "logging")

    assert answer.verdict == "reachable"
    assert any("put in its place" in item for item in answer.assumptions)
    assert ask(dump, "eni-e", "logging").verdict == "blocked"


def test_a_gateway_endpoint_takes_what_its_prefix_list_names() -> None:
    dump = isolated()
    dump.add(
        "PrefixLists",
        PrefixListId="pl-s3",
        PrefixListName="com.amazonaws.eu-west-1.s3",
        Cidrs=["52.218.0.0/17"],
    )
    dump.add(
        "VpcEndpoints", VpcEndpointId="vpce-s3", VpcId="vpc-a", VpcEndpointType="Gateway", State="available"
    )
    dump.table("rtb-s3", "vpc-a", [route("pl-s3", GatewayId="vpce-s3")], "subnet-vpc-a")
    inside, beside = ask(dump, "eni-vpc-a", "52.218.1.1"), ask(dump, "eni-vpc-a", "52.219.1.1")

    assert (inside.verdict, inside.two_way, inside.path[-1]) == ("reachable", True, "vpce-s3")
    assert ask(dump, "eni-vpc-a", "vpce-s3").verdict == "reachable"
    assert ask(dump, "eni-vpc-a", "internet").verdict == "blocked"
    assert beside.blocked_by is not None
    assert beside.blocked_by.kind == "no-route"
    assert ask(dump.drop("PrefixLists"), "eni-vpc-a", "52.219.1.1").verdict == "unproven"


def test_answers_of_a_gateway_endpoint_pass_the_subnets_acl() -> None:
    dump = isolated()
    dump.add(
        "PrefixLists",
        PrefixListId="pl-s3",
        PrefixListName="com.amazonaws.eu-west-1.s3",
        Cidrs=["52.218.0.0/17"],
    )
    dump.add(
        "VpcEndpoints", VpcEndpointId="vpce-s3", VpcId="vpc-a", VpcEndpointType="Gateway", State="available"
    )
    dump.acl("acl-b", "vpc-a", [entry(100, egress=True)])
    dump.subnet("subnet-b", "vpc-a", "10.0.2.0/24", acl="acl-b")
    dump.interface("eni-b", "subnet-b", "10.0.2.10")
    dump.table("rtb-s3", "vpc-a", [route("pl-s3", GatewayId="vpce-s3")], "subnet-b")

    assert not ask(dump, "eni-b", "52.218.1.1").two_way


def test_the_internet_is_out_of_reach_for_want_of_a_route_not_for_a_gateway_endpoint() -> None:
    dump = isolated()
    dump.add(
        "VpcEndpoints", VpcEndpointId="vpce-s3", VpcId="vpc-a", VpcEndpointType="Gateway", State="available"
    )
    dump.add(
        "PrefixLists",
        PrefixListId="pl-s3",
        PrefixListName="com.amazonaws.eu-west-1.s3",
        Cidrs=["52.218.0.0/17"],
    )
    dump.table(
        "rtb-s3",
        "vpc-a",
        [{"DestinationPrefixListId": "pl-s3", "GatewayId": "vpce-s3", "State": "active"}],
        "subnet-vpc-a",
    )
    answer = proof.reach(network.read(dump.bytes()), "eni-vpc-a", "internet")

    assert answer.blocked_by is not None
    assert (answer.blocked_by.kind, answer.blocked_by.id) == ("no-route", "rtb-s3")


def test_what_stands_in_for_a_subnet_is_one_hop_with_it() -> None:
    dump = isolated()

    assert proof.described(network.read(dump.bytes()), ("subnet-vpc-a", "subnet-vpc-a", "internet")) == (
        "subnet subnet-vpc-a",
        "internet",
    )


def test_what_stops_packets_to_a_service_is_told_of_the_senders_own_endpoint() -> None:
    dump = serviced()
    dump.group("sg-s", "vpc-s", egress=[permission("tcp", "0.0.0.0/0", (443, 443))])
    dump.interface("eni-w", "subnet-s", "10.9.1.11", group="sg-s", instance="i-w")
    dump.vpc("vpc-o", "10.8.0.0/16")
    dump.subnet("subnet-o", "vpc-o", "10.8.1.0/24")
    dump.interface("eni-o", "subnet-o", "10.8.1.20", kind="vpc_endpoint")
    own = dump.all("VpcEndpoints")[0]
    other = {"VpcEndpointId": "vpce-0", "VpcId": "vpc-o", "SubnetIds": ["subnet-o"]}
    dump.add("VpcEndpoints", **(own | other | {"NetworkInterfaceIds": ["eni-o"]}))
    answer = ask(dump, "i-w", "logging", 80)

    assert answer.blocked_by is not None
    assert answer.blocked_by.id == "sg-s"
    assert "10.9.1.20" in answer.blocked_by.message


def twins() -> Dump:
    """A second service of the same name, of the hub's in another Region, which nobody is connected to."""
    dump = serviced()
    dump.at(HUB, "eu-central-1")
    dump.service("vpce-svc-0-far", "logging", [])
    return dump


def test_of_two_services_of_a_name_the_senders_own_is_meant() -> None:
    answer = ask(twins(), SPOKE, "logging")

    assert answer.verdict == "reachable"
    assert "vpce-svc-1" in answer.path
    far = ask(twins(), SPOKE, "vpce-svc-0-far").blocked_by
    assert far is not None
    assert far.kind == "no-endpoint"


def test_of_two_services_of_a_name_a_stranger_has_to_say_which() -> None:
    dump = twins()
    for place in dump.places.values():
        place["VpcEndpoints"] = []

    with pytest.raises(UsageError, match=r"vpce-svc-0-far in .*eu-central-1, vpce-svc-1 in .*eu-west-1\)"):
        ask(dump, SPOKE, "logging")


ALB = "arn:aws:elasticloadbalancing:eu-west-1:111111111111:loadbalancer/app/front/0123456789abcdef"
OTHER_GROUP = GROUP.replace("/back/", "/other/")


def ruled(*, application: bool = True) -> Dump:
    """A load balancer with a second target group, which is in use and is no listener's default."""
    dump = balanced(isolated(), inbound=ONLY_THE_NODE)
    if application:
        dump.all("LoadBalancers")[0] |= {"Type": "application", "LoadBalancerArn": ALB}
        dump.all("Listeners")[0] |= {"LoadBalancerArn": ALB, "Protocol": "HTTP"}
        front = next(item for item in dump.all("NetworkInterfaces") if item.get("Description"))
        front |= {"Description": "ELB app/front/0123456789abcdef", "InterfaceType": "interface"}
    dump.interface("eni-other", "subnet-back", "10.0.3.6", group="sg-back")
    group = {
        "TargetGroupName": "other",
        "Protocol": "HTTP",
        "Port": 8443,
        "TargetType": "ip",
        "VpcId": "vpc-a",
    }
    dump.add("TargetGroups", TargetGroupArn=OTHER_GROUP, **group, LoadBalancerArns=[ALB])
    described = [{"Target": {"Id": "10.0.3.6", "Port": 8443}, "TargetHealth": {"State": "healthy"}}]
    dump.file("describe-target-health-other", {"TargetHealthDescriptions": described})
    return dump


def test_what_only_a_rule_forwards_to_is_open() -> None:
    dump = ruled()
    assert ask(dump, "eni-vpc-a", "eni-back", 443).verdict == "reachable"

    answer = ask(dump, "eni-vpc-a", "eni-other", 443)
    assert answer.verdict == "unproven"
    assert answer.why == (f"a rule of {ALB} decides by the request whether other gets it",)

    dump.all("TargetGroups")[-1]["LoadBalancerArns"] = []
    assert ask(dump, "eni-vpc-a", "eni-other", 443).verdict == "blocked"


def test_network_load_balancers_have_no_rules() -> None:
    dump = ruled(application=False)
    dump.all("TargetGroups")[-1]["LoadBalancerArns"] = [NLB]

    assert ask(dump, "eni-vpc-a", "eni-other", 443).verdict == "blocked"


@pytest.mark.parametrize("lost", ["Listeners", "TargetGroups", "describe-target-health-back"])
def test_a_load_balancer_that_is_not_shown_in_full_may_lead_anywhere(lost: str) -> None:
    dump = balanced(isolated(), inbound=ONLY_THE_NODE)
    dump.drop(lost).files = {name: data for name, data in dump.files.items() if lost not in name}

    assert ask(dump, "eni-vpc-a", "i-back", 443).verdict == "unproven"


def test_a_target_in_a_peers_vpc_is_reached() -> None:
    dump = balanced(isolated())
    add_isolated(dump, "vpc-b", "10.1.0.0/16")
    dump.peering("pcx-1", ("vpc-a", "10.0.0.0/16"), ("vpc-b", "10.1.0.0/16"))
    dump.table("rtb-lb", "vpc-a", [route("10.1.0.0/16", VpcPeeringConnectionId="pcx-1")], "subnet-lb")
    dump.table("rtb-b", "vpc-b", [route("10.0.0.0/16", VpcPeeringConnectionId="pcx-1")], "subnet-vpc-b")
    target = {"Target": {"Id": "10.1.1.10", "Port": 8443}, "TargetHealth": {"State": "healthy"}}
    dump.file("describe-target-health-back", {"TargetHealthDescriptions": [target]})
    answer = ask(dump, "eni-vpc-a", "eni-vpc-b", 443)

    assert (answer.verdict, answer.two_way) == ("reachable", True)
    assert {"eni-lb", "pcx-1", "eni-vpc-b"} <= set(answer.path)


def test_a_target_that_no_document_shows_is_open() -> None:
    dump = serviced()
    target = {"Target": {"Id": "10.77.0.5", "Port": 8443}, "TargetHealth": {"State": "healthy"}}
    name = next(name for name in dump.files if "target-health" in name)
    dump.files[name] = {"TargetHealthDescriptions": [target]}
    answer = ask(dump, SPOKE, "logging", 443)

    assert answer.verdict == "unproven"
    assert any("10.77.0.5" in why for why in answer.why)
