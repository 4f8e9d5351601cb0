"""Plans and states as snapshots: the verdict before is that after, and a leak is found before it is made."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pulumi_aws
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landline import network, proof
from landline.errors import UsageError
from landline.estate.plan import TRANSLATIONS, planned, read_plan
from landline.estate.plan.reference import PROPERTIES
from landline.estate.plan.resource import SIGNATURE, UNKNOWN, has_unknown
from landline.estate.plan.silent import LOUD, MODULES, TYPES, UNLESS
from landline.onboarding.grants import grants_document
from landline.settings import load_estate
from tests.estate.plans import STEPS, document, snapshot
from tests.estate.plans.preview import (
    GROUP,
    NETWORK,
    OTHER_TABLE,
    SPOKE,
    SUBNET,
    TABLE,
    VPC,
    Preview,
    before,
    internet_gateway,
    recorded,
    route,
    workload,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from landline.estate.plan import Planned
    from landline.proof import Grants, Verdict


@cache
def grants() -> Grants:
    estate = load_estate(Path(__file__).parents[2] / "stacks").estate
    assert estate is not None
    return proof.read_grants(json.dumps(grants_document(estate, None)).encode())


def judge(files: Mapping[str, bytes]) -> Verdict:
    return proof.verify(network.read(files), grants(), evidence="plan")


def essence(verdict: Verdict) -> dict[str, Any]:
    """A verdict without ids: what it says, of which accounts, how much was looked at, and what is open."""
    return {
        "verdict": verdict.verdict,
        "findings": sorted((f.rule, f.severity, f.account, f.two_way, len(f.path)) for f in verdict.findings),
        "granted": [(entry.spoke, entry.service) for entry in verdict.access.granted],
        "extra": [(entry.spoke, entry.service) for entry in verdict.access.extra],
        "missing": [(entry.spoke, entry.service) for entry in verdict.access.missing],
        "checked": verdict.checked,
        "open": [(item.rule, item.why) for item in verdict.not_checked if item.open],
    }


def found(verdict: Verdict, rule: str) -> list[tuple[str, ...]]:
    return [f.path for f in verdict.findings if f.rule == rule and f.severity == "violation"]


# A plan says what the update will bring


@pytest.mark.parametrize("step", STEPS)
def test_the_verdict_on_a_preview_is_that_on_what_it_makes(step: str) -> None:
    plan = planned(read_plan(document(f"{step}.preview")), before(step))
    assert plan.unknown == ()
    assert essence(judge(plan.snapshot)) == essence(judge(snapshot(step)))


def test_all_previews_one_upon_another_end_in_the_whole_estate() -> None:
    files: Mapping[str, bytes] = snapshot("0")
    for step in ("1-baseline-payments", "2-hub"):
        files = planned(read_plan(document(f"{step}.preview")), files).snapshot
    assert essence(judge(files)) == essence(judge(snapshot("2-hub")))


def test_recorded_states_alone_are_the_estate() -> None:
    files: Mapping[str, bytes] | None = None
    for step in (*STEPS[:3], *STEPS[4:]):
        files = planned(read_plan(document(f"{step}.state")), files).snapshot
    assert files is not None
    verdict, after = essence(judge(files)), essence(judge(snapshot(STEPS[-1])))
    # The recorded snapshots have no documents for remote access and Route 53 Profiles; a state says what is
    # there of them.
    assert {rule for rule, _ in after["open"]} <= {"remote-access", "dns-egress"}
    after |= {"verdict": "proven", "open": []}
    assert verdict == after


def test_without_a_base_it_is_assumed_that_there_is_nothing_else() -> None:
    verdict = judge(planned(read_plan(document(f"{SPOKE}.preview"))).snapshot)
    assert any("holds nothing but" in text for text in verdict.assumptions)
    assert dict(verdict.checked)["vpcs"] == 1


def test_a_base_without_the_account_of_the_plan_leaves_it_open() -> None:
    base = {path: data for path, data in before(SPOKE).items() if not path.startswith("333333333333")}
    plan = planned(read_plan(document(f"{SPOKE}.preview")), base)
    assert any("no Vpcs document for 333333333333/eu-west-1" in why for why in plan.unknown)


def test_the_same_plan_gives_the_same_bytes_and_changes_no_base() -> None:
    base = before(SPOKE)
    copy = dict(base)
    first, second = (planned(read_plan(document(f"{SPOKE}.preview")), base) for _ in range(2))
    assert first == second
    assert base == copy


# Leaks, before they are made


def test_an_internet_gateway_in_a_spoke_is_found_with_its_path() -> None:
    preview = Preview()
    workload(preview, associatePublicIpAddress=True)
    route(preview, gatewayId=internet_gateway(preview))
    plan = preview.planned()
    verdict = judge(plan.snapshot)
    (path,) = found(verdict, "internet-egress")
    assert path == (
        "planned:orders:Instance:vm:primaryNetworkInterface",
        "planned:orders:Subnet:orders-network-subnet-euw1-az1",
        "planned:orders:RouteTable:orders-network-routes-euw1-az1",
        "planned:orders:InternetGateway:door",
        "internet",
    )
    source = plan.sources["planned:orders:RouteTable:orders-network-routes-euw1-az1"]
    assert (source.stack, source.urn) == ("orders", TABLE)
    assert (source.position or "").startswith("components/private_network.py#")


def test_a_door_that_nobody_stands_at_yet_is_latent() -> None:
    preview = Preview()
    route(preview, gatewayId=internet_gateway(preview))
    latent = {f.rule for f in judge(preview.planned().snapshot).findings if f.severity == "latent"}
    assert latent == {"internet-egress", "internet-ingress"}


def test_a_nat_gateway_is_found() -> None:
    preview = Preview()
    workload(preview)
    internet_gateway_ = internet_gateway(preview)
    other = f"{NETWORK}aws:ec2/subnet:Subnet::orders-network-subnet-euw1-az2"
    nat = preview.create("aws:ec2/natGateway:NatGateway", "nat", subnetId=other)
    preview.create(
        "aws:ec2/route:Route",
        "up",
        {"destinationCidrBlock": "0.0.0.0/0"},
        routeTableId=OTHER_TABLE,
        gatewayId=internet_gateway_,
    )
    route(preview, natGatewayId=nat)
    (path,) = found(judge(preview.planned().snapshot), "internet-egress")
    assert "planned:orders:NatGateway:nat" in path


def test_a_peering_with_another_vpc_is_found() -> None:
    preview = Preview()
    workload(preview)
    other, _ = neighbour(preview)
    peering = preview.create(
        "aws:ec2/vpcPeeringConnection:VpcPeeringConnection",
        "link",
        {"autoAccept": True},
        vpcId=VPC,
        peerVpcId=other,
    )
    inputs = {"destinationCidrBlock": "10.99.0.0/16"}
    preview.create(
        "aws:ec2/route:Route", "across", inputs, routeTableId=TABLE, vpcPeeringConnectionId=peering
    )
    (path,) = found(judge(preview.planned().snapshot), "network-link")
    assert path[-1] == "planned:orders:Instance:other:primaryNetworkInterface"


def test_a_service_for_everybody_is_found() -> None:
    preview = Preview("2-hub")
    for step in preview.steps:
        if step["newState"]["type"] == "aws:ec2/vpcEndpointService:VpcEndpointService":
            step["newState"]["inputs"]["allowedPrincipals"] = ["*"]
    assert ("*", "planned:hub:VpcEndpointService:hub-logging-endpoint-service") in found(
        judge(preview.planned().snapshot), "open-service"
    )


def test_turning_block_public_access_off_opens_what_it_closed() -> None:
    preview = Preview()
    workload(preview, associatePublicIpAddress=True)
    route(preview, gatewayId=internet_gateway(preview))
    options = "aws:ec2/vpcBlockPublicAccessOptions:VpcBlockPublicAccessOptions"
    preview.create(options, "bpa", {"internetGatewayBlockMode": "block-bidirectional"})
    assert not found(judge(preview.planned().snapshot), "internet-egress")
    preview.steps[-1]["newState"]["inputs"]["internetGatewayBlockMode"] = "off"
    assert found(judge(preview.planned().snapshot), "internet-egress")


def test_an_opened_default_security_group_lets_out_who_names_none() -> None:
    preview = Preview()
    preview.create("aws:ec2/instance:Instance", "vm", {"associatePublicIpAddress": True}, subnetId=SUBNET)
    route(preview, gatewayId=internet_gateway(preview))
    assert not found(judge(preview.planned().snapshot), "internet-egress")
    default = (
        f"{NETWORK}aws:ec2/defaultSecurityGroup:DefaultSecurityGroup::orders-network-default-security-group"
    )
    rule = {"protocol": "-1", "fromPort": 0, "toPort": 0, "cidrBlocks": ["0.0.0.0/0"]}
    preview.state(default)["inputs"]["egress"] = [rule]
    assert found(judge(preview.planned().snapshot), "internet-egress")


def test_two_vpcs_on_one_transit_gateway_are_found() -> None:
    preview = Preview()
    workload(preview)
    other, target = neighbour(preview)
    gateway = preview.create("aws:ec2transitgateway/transitGateway:TransitGateway", "hub")
    attachment = "aws:ec2transitgateway/vpcAttachment:VpcAttachment"
    preview.create(attachment, "here", transitGatewayId=gateway, vpcId=VPC, subnetIds=[SUBNET])
    preview.create(attachment, "there", transitGatewayId=gateway, vpcId=other, subnetIds=[target])
    inputs = {"destinationCidrBlock": "10.99.0.0/16"}
    preview.create("aws:ec2/route:Route", "across", inputs, routeTableId=TABLE, transitGatewayId=gateway)
    plan = preview.planned()
    assert plan.unknown == ()
    (path,) = found(judge(plan.snapshot), "network-link")
    assert "planned:orders:TransitGateway:hub" in path
    assert path[-1] == "planned:orders:Instance:other:primaryNetworkInterface"


def test_what_passes_routes_by_in_a_plan_is_open() -> None:
    preview = Preview()
    gateway = preview.create(
        "aws:ec2transitgateway/transitGateway:TransitGateway", "hub", {"multicastSupport": "enable"}
    )
    attachment = "aws:ec2transitgateway/vpcAttachment:VpcAttachment"
    preview.create(attachment, "here", transitGatewayId=gateway, vpcId=VPC, subnetIds=[SUBNET])
    whys = [item.why for item in judge(preview.planned().snapshot).not_checked if item.open]
    assert any("multicast" in why for why in whys)

    preview = Preview()
    inputs = {"cidrBlock": "10.0.9.0/24", "enableLniAtDeviceIndex": 1}
    preview.create("aws:ec2/subnet:Subnet", "outpost", inputs, vpcId=VPC)
    whys = [item.why for item in judge(preview.planned().snapshot).not_checked if item.open]
    assert any("local network interfaces" in why for why in whys)


def test_a_transit_gateway_table_of_its_own_joins_nothing_until_it_has_a_route() -> None:
    preview = Preview()
    workload(preview)
    other, target = neighbour(preview)
    declined = {"defaultRouteTableAssociation": "disable", "defaultRouteTablePropagation": "disable"}
    gateway = preview.create("aws:ec2transitgateway/transitGateway:TransitGateway", "hub", declined)
    attachment = "aws:ec2transitgateway/vpcAttachment:VpcAttachment"
    here = preview.create(attachment, "here", transitGatewayId=gateway, vpcId=VPC, subnetIds=[SUBNET])
    there = preview.create(attachment, "there", transitGatewayId=gateway, vpcId=other, subnetIds=[target])
    table = preview.create("aws:ec2transitgateway/routeTable:RouteTable", "own", transitGatewayId=gateway)
    preview.create(
        "aws:ec2transitgateway/routeTableAssociation:RouteTableAssociation",
        "here",
        transitGatewayRouteTableId=table,
        transitGatewayAttachmentId=here,
    )
    inputs = {"destinationCidrBlock": "10.99.0.0/16"}
    preview.create("aws:ec2/route:Route", "across", inputs, routeTableId=TABLE, transitGatewayId=gateway)
    assert not found(judge(preview.planned().snapshot), "network-link")
    preview.create(
        "aws:ec2transitgateway/routeTablePropagation:RouteTablePropagation",
        "there",
        transitGatewayRouteTableId=table,
        transitGatewayAttachmentId=there,
    )
    assert found(judge(preview.planned().snapshot), "network-link")


def test_remote_access_is_found() -> None:
    preview = Preview()
    assert not found(judge(preview.planned().snapshot), "remote-access")
    connect = "aws:ec2transitgateway/instanceConnectEndpoint:InstanceConnectEndpoint"
    preview.create(connect, "connect", subnetId=SUBNET, securityGroupIds=[GROUP])
    preview.create("aws:ec2clientvpn/endpoint:Endpoint", "vpn", vpcId=VPC)
    preview.create("aws:verifiedaccess/endpoint:Endpoint", "verified", securityGroupIds=[GROUP])
    paths = found(judge(preview.planned().snapshot), "remote-access")
    assert {path[-1].split(":")[-1] for path in paths} == {"connect", "vpn", "verified"}


def test_a_service_network_joins_a_vpc() -> None:
    preview = Preview()
    shared = preview.create("aws:vpclattice/serviceNetwork:ServiceNetwork", "shared")
    association = "aws:vpclattice/serviceNetworkVpcAssociation:ServiceNetworkVpcAssociation"
    preview.create(association, "joined", vpcIdentifier=VPC, serviceNetworkIdentifier=shared)
    plan = preview.planned()
    assert plan.unknown == ()
    assert [path[0] for path in found(judge(plan.snapshot), "network-link")] == [
        "planned:orders:Vpc:orders-network-vpc"
    ]


def test_an_internet_facing_load_balancer_is_found() -> None:
    preview = Preview()
    route(preview, gatewayId=internet_gateway(preview))
    anything = {"protocol": "-1", "fromPort": 0, "toPort": 0, "cidrBlocks": ["0.0.0.0/0"]}
    rules = {"ingress": [anything], "egress": [anything]}
    group = preview.create("aws:ec2/securityGroup:SecurityGroup", "lb", rules, vpcId=VPC)
    preview.create(
        "aws:lb/loadBalancer:LoadBalancer",
        "lb",
        {"loadBalancerType": "application", "internal": True},
        subnets=[SUBNET],
        securityGroups=[group],
    )
    assert not found(judge(preview.planned().snapshot), "internet-ingress")
    preview.steps[-1]["newState"]["inputs"]["internal"] = False
    assert found(judge(preview.planned().snapshot), "internet-ingress")


def neighbour(preview: Preview) -> tuple[str, str]:
    """Another VPC with somebody in it who takes anything; the URNs of the VPC and its subnet."""
    other = preview.create("aws:ec2/vpc:Vpc", "other", {"cidrBlock": "10.99.0.0/16"})
    subnet = preview.create("aws:ec2/subnet:Subnet", "other", {"cidrBlock": "10.99.0.0/24"}, vpcId=other)
    anything = {"protocol": "-1", "fromPort": 0, "toPort": 0, "cidrBlocks": ["0.0.0.0/0"]}
    group = preview.create(
        "aws:ec2/securityGroup:SecurityGroup", "other", {"ingress": [anything]}, vpcId=other
    )
    preview.create("aws:ec2/instance:Instance", "other", subnetId=subnet, vpcSecurityGroupIds=group)
    return other, subnet


# What is changed and what goes


def leaking() -> tuple[Preview, Mapping[str, bytes]]:
    """A preview that opens a spoke, and the estate as if it had been made."""
    preview = Preview()
    workload(preview, associatePublicIpAddress=True)
    route(preview, gatewayId=internet_gateway(preview))
    return preview, preview.planned().snapshot


def after(base: Mapping[str, bytes], *steps: dict[str, Any]) -> Planned:
    places = {"orders": ("333333333333", "eu-west-1")}
    return planned(read_plan(json.dumps({"steps": steps}).encode()), base, places)


def made(preview: Preview, name: str, **inputs: object) -> dict[str, Any]:
    """The state of a resource of the plan once it is made, under the name that stands for its id."""
    state = next(step["newState"] for step in preview.steps if step["urn"].endswith(f"::{name}"))
    noun = state["type"].rsplit(":", 1)[-1]
    return {**state, "id": f"planned:orders:{noun}:{name}", "inputs": state["inputs"] | inputs}


def test_deleting_the_route_closes_what_it_opened() -> None:
    preview, base = leaking()
    assert found(judge(base), "internet-egress")
    known = {
        "routeTableId": "planned:orders:RouteTable:orders-network-routes-euw1-az1",
        "gatewayId": "planned:orders:InternetGateway:door",
    }
    gone = made(preview, "out", **known)
    plan = after(base, {"op": "delete", "urn": gone["urn"], "oldState": gone})
    assert plan.unknown == ()
    assert not found(judge(plan.snapshot), "internet-egress")


@pytest.mark.parametrize(
    ("gateway", "argument", "rule"),
    [
        ("InternetGateway", "internetGatewayId", "internet-egress"),
        ("VpnGateway", "vpnGatewayId", "external-network"),
    ],
)
def test_an_attachment_opens_what_a_route_leads_to_and_its_deletion_closes_it(
    gateway: str, argument: str, rule: str
) -> None:
    preview = Preview()
    workload(preview, associatePublicIpAddress=True)
    small = gateway[0].lower() + gateway[1:]
    door = preview.create(f"aws:ec2/{small}:{gateway}", "door")
    route(preview, gatewayId=door)
    apart = judge(preview.planned().snapshot)
    preview.create(
        f"aws:ec2/{small}Attachment:{gateway}Attachment", "hinge", {}, vpcId=VPC, **{argument: door}
    )
    base = preview.planned().snapshot
    assert (found(apart, rule), bool(found(judge(base), rule))) == ([], True)

    gone = made(preview, "hinge", **{argument: f"planned:orders:{gateway}:door"})
    plan = after(base, {"op": "delete", "urn": gone["urn"], "oldState": gone})
    assert plan.unknown == ()
    assert not found(judge(plan.snapshot), rule)


def test_deleting_block_public_access_opens_what_it_closed() -> None:
    preview, _ = leaking()
    options = "aws:ec2/vpcBlockPublicAccessOptions:VpcBlockPublicAccessOptions"
    preview.create(options, "bpa", {"internetGatewayBlockMode": "block-bidirectional"})
    base = preview.planned().snapshot
    assert not found(judge(base), "internet-egress")
    gone = made(preview, "bpa")
    assert found(
        judge(after(base, {"op": "delete", "urn": gone["urn"], "oldState": gone}).snapshot), "internet-egress"
    )


def test_what_is_retained_stays() -> None:
    preview, base = leaking()
    gone = made(preview, "out", routeTableId="planned:orders:RouteTable:orders-network-routes-euw1-az1")
    gone["retainOnDelete"] = True
    assert found(
        judge(after(base, {"op": "delete", "urn": gone["urn"], "oldState": gone}).snapshot), "internet-egress"
    )


def test_narrowing_a_rule_closes_and_widening_it_opens() -> None:
    preview, base = leaking()
    group = "planned:orders:SecurityGroup:orders-clients"
    old = made(preview, "anything", securityGroupId=group)
    new = made(preview, "anything", securityGroupId=group, cidrIpv4="10.48.0.0/20")
    narrowed = after(base, {"op": "update", "urn": old["urn"], "oldState": old, "newState": new}).snapshot
    assert not found(judge(narrowed), "internet-egress")
    widened = after(narrowed, {"op": "update", "urn": old["urn"], "oldState": new, "newState": old}).snapshot
    assert found(judge(widened), "internet-egress")


def test_an_update_leaves_alone_what_it_does_not_change() -> None:
    """A rule made by hand is no part of the state; only changing the inline rules removes it."""
    preview, base = leaking()
    files = dict(base)
    path = "333333333333/eu-west-1/landline-plan-SecurityGroups.json"
    groups = json.loads(files[path])
    by_hand = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    next(g for g in groups["SecurityGroups"] if g["GroupId"].endswith("orders-clients"))["IpPermissions"] = [
        by_hand
    ]
    files[path] = json.dumps(groups).encode()
    old = made(preview, "orders-clients", ingress=[])
    new = made(preview, "orders-clients", ingress=[], tags={"a": "b"})

    def rules(new: dict[str, Any]) -> list[Any]:
        step = {"op": "update", "urn": old["urn"], "oldState": old, "newState": new}
        listed = json.loads(after(files, step).snapshot[path])["SecurityGroups"]
        (group,) = [g for g in listed if g["GroupId"].endswith("orders-clients")]
        return list(group["IpPermissions"])

    assert rules(new) == [by_hand]
    mine = {"protocol": "tcp", "fromPort": 443, "toPort": 443, "cidrBlocks": ["10.0.0.0/8"]}
    (only,) = rules(new | {"inputs": new["inputs"] | {"ingress": [mine]}})
    assert only["FromPort"] == 443


def test_replacing_gives_a_new_id_and_takes_the_old_one_away() -> None:
    preview, base = leaking()
    new = made(preview, "door")
    there = {path: data.replace(new["id"].encode(), b"igw-old") for path, data in base.items()}
    step = {"op": "replace", "urn": new["urn"], "oldState": new | {"id": "igw-old"}, "newState": new}
    path = "333333333333/eu-west-1/landline-plan-InternetGateways.json"
    gateways = json.loads(after(there, step).snapshot[path])["InternetGateways"]
    assert [item["InternetGatewayId"] for item in gateways] == [new["id"]]


# What a plan does not tell


def test_an_association_with_one_of_two_tables_is_unproven_and_named() -> None:
    preview = Preview()
    name = "orders-network-route-association-euw1-az1"
    association = f"{NETWORK}aws:ec2/routeTableAssociation:RouteTableAssociation::{name}"
    preview.state(association)["propertyDependencies"]["routeTableId"] = [TABLE, OTHER_TABLE]
    plan = preview.planned()
    assert any(name in why and "routeTableId" in why for why in plan.unknown)
    assert any(item.open and "routeTableId" in item.why for item in judge(plan.snapshot).not_checked)


def test_a_route_to_an_unknown_target_is_in_doubt_where_packets_take_it() -> None:
    preview = Preview()
    workload(preview)
    route(preview, gatewayId=[])  # type: ignore[arg-type] # it comes from no resource at all
    whys = [item.why for item in judge(preview.planned().snapshot).not_checked if item.open]
    assert any("gatewayId of aws:ec2/route:Route out of stack orders" in why for why in whys)


def test_a_list_of_as_many_unknowns_as_it_comes_from_is_them() -> None:
    preview = Preview()
    workload(preview)
    name = "planned:orders:Instance:vm:primaryNetworkInterface"
    groups = [
        [group["GroupId"] for group in item["Groups"]]
        for item in json.loads(
            preview.planned().snapshot["333333333333/eu-west-1/landline-plan-NetworkInterfaces.json"]
        )["NetworkInterfaces"]
        if item["NetworkInterfaceId"] == name
    ]
    assert groups == [["planned:orders:SecurityGroup:orders-clients"]]


def test_a_list_with_more_unknowns_than_it_comes_from_is_unproven() -> None:
    preview = Preview()
    workload(preview, vpcSecurityGroupIds=[UNKNOWN, UNKNOWN])
    assert any("vpcSecurityGroupIds" in why for why in preview.planned().unknown)


@pytest.mark.parametrize(
    "token",
    [
        "aws:ec2/verifiedNothing:VerifiedNothing",
        "aws:rds/instance:Instance",
        "kubernetes:core/v1:Service",
        "command:local:Command",
    ],
)
def test_a_type_that_is_not_known_to_be_silent_is_unproven_by_name(token: str) -> None:
    preview = Preview()
    preview.create(token, "thing")
    (why,) = preview.planned().unknown
    assert token in why


@pytest.mark.parametrize(
    "token", ["aws:s3/bucket:Bucket", "aws:kms/key:Key", "random:index/randomId:RandomId"]
)
def test_a_silent_type_changes_nothing(token: str) -> None:
    preview = Preview()
    plain = preview.planned()
    preview.create(token, "thing")
    assert preview.planned() == plain


@pytest.mark.parametrize(
    ("token", "inputs"),
    [
        ("aws:cloudwatch/eventTarget:EventTarget", {"ecsTarget": {"launchType": "FARGATE"}}),
        ("aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream", {"os": {"vpcConfig": {"a": 1}}}),
    ],
)
def test_an_input_that_needs_interfaces_makes_a_silent_type_heard(token: str, inputs: dict[str, Any]) -> None:
    preview = Preview()
    preview.create(token, "thing")
    assert preview.planned().unknown == ()
    preview.steps[-1]["newState"]["inputs"] = inputs
    assert token in preview.planned().unknown[0]


def test_an_interrupted_operation_leaves_a_recorded_state_open() -> None:
    state = json.loads(document(f"{SPOKE}.state"))
    vpc = next(one for one in state["deployment"]["resources"] if one["urn"] == VPC)
    state["deployment"]["pending_operations"] = [{"resource": vpc, "type": "updating"}]
    (why,) = planned(read_plan(json.dumps(state).encode())).unknown
    assert f"updating {VPC}" in why


def test_a_secret_is_unknown_where_pulumi_keeps_it() -> None:
    preview = Preview()
    preview.state(SUBNET)["inputs"]["cidrBlock"] = {
        SIGNATURE: "1b47061264138c4ac30d75fd1eb44270",
        "ciphertext": "x",
    }
    assert any("cidrBlock" in why for why in preview.planned().unknown)


def test_an_unknown_account_is_unproven() -> None:
    preview = Preview()
    preview.steps = [step for step in preview.steps if "pulumi:providers:aws" not in step["urn"]]
    assert any("account or Region" in why for why in preview.planned().unknown)
    data = json.dumps({"steps": preview.steps}).encode()
    told = planned(read_plan(data), before(SPOKE), {"orders": ("333333333333", "eu-west-1")})
    assert told.unknown == ()


SHOWN = tuple(
    (number, name)
    for number, step in enumerate(Preview().steps)
    if step["newState"]["type"] in TRANSLATIONS and TRANSLATIONS[step["newState"]["type"]].rule == "all"
    for name in step["newState"].get("propertyDependencies") or ()
    if has_unknown(step["newState"]["inputs"].get(name))
)
"""Every unknown input of the spoke that bears on the model."""


def alone(preview: Preview, *require: str) -> tuple[Planned, Verdict]:
    """The spoke where nobody else has a grant: then it is all that was granted, and all that there is."""
    granted = {
        "organization": "o-a1b2c3d4e5",
        "hub": "111111111111",
        "grants": [{"spoke": "333333333333", "service": "logging"}],
    }
    plan = planned(read_plan(preview.document()), recorded("3-grant-orders"))
    model, answer = network.read(plan.snapshot), proof.read_grants(json.dumps(granted).encode())
    return plan, proof.verify(model, answer, evidence="plan", require=require)


@given(st.sets(st.sampled_from(SHOWN), min_size=1, max_size=3))
@settings(max_examples=10)
def test_whatever_the_preview_keeps_to_itself_nothing_is_proven(hidden: set[tuple[int, str]]) -> None:
    preview = Preview()
    assert len(SHOWN) > 20
    for number, name in hidden:
        preview.steps[number]["newState"]["propertyDependencies"].pop(name)
    plan, verdict = alone(preview)
    assert verdict.verdict != "proven"
    for number in {number for number, _ in hidden}:
        urn = preview.steps[number]["urn"]
        names = {name for one, name in hidden if one == number}
        assert any(urn.rsplit("::", 1)[-1] in why and any(n in why for n in names) for why in plan.unknown)


def test_with_all_of_it_the_spoke_is_proven() -> None:
    plan, verdict = alone(Preview())
    assert (plan.unknown, verdict.verdict) == ((), "proven")


FLOW_LOG = "aws:ec2/flowLog:FlowLog"
QUERY_LOGS = "aws:route53/resolverQueryLogConfig:ResolverQueryLogConfig"
ASSOCIATION = "aws:route53/resolverQueryLogConfigAssociation:ResolverQueryLogConfigAssociation"


def of_type(preview: Preview, token: str) -> list[dict[str, Any]]:
    return [step["newState"] for step in preview.steps if step["newState"]["type"] == token]


def with_query_logs() -> Preview:
    preview = Preview()
    if not of_type(preview, ASSOCIATION):
        config = preview.create(QUERY_LOGS, "queries", {"destinationArn": UNKNOWN})
        preview.create(ASSOCIATION, "queried", resolverQueryLogConfigId=config, resourceId=VPC)
    return preview


def unlogged(verdict: Verdict) -> list[str]:
    """What is not logged in the spoke's account: the recorded base may have no logs of the hub."""
    return [
        f.message for f in verdict.findings if f.rule == "unlogged-network" and f.account == "333333333333"
    ]


def test_what_a_preview_says_of_logs_decides_whether_the_spoke_is_logged() -> None:
    plan, verdict = alone(with_query_logs(), "logging")
    assert (plan.unknown, unlogged(verdict)) == ((), [])
    assert not [note for note in verdict.not_checked if note.rule == "unlogged-network"]

    without = with_query_logs()
    without.steps = [step for step in without.steps if step["newState"]["type"] != ASSOCIATION]
    [said] = unlogged(alone(without, "logging")[1])
    assert said.endswith("is not logged: nothing logs its resolver's queries")
    partly = with_query_logs()
    of_type(partly, FLOW_LOG)[0]["inputs"]["trafficType"] = "REJECT"
    assert "records REJECT alone" in unlogged(alone(partly, "logging")[1])[0]


@pytest.mark.parametrize(
    ("token", "name"),
    [(FLOW_LOG, "vpcId"), (ASSOCIATION, "resourceId"), (ASSOCIATION, "resolverQueryLogConfigId")],
)
def test_what_a_preview_keeps_to_itself_of_logs_leaves_that_rule_open_alone(token: str, name: str) -> None:
    preview = with_query_logs()
    of_type(preview, token)[0]["propertyDependencies"].pop(name)

    _, verdict = alone(preview, "logging")
    assert {note.rule for note in verdict.not_checked if note.open} == {"unlogged-network"}
    assert alone(preview)[1].verdict == "proven"


def test_every_type_named_here_is_one_of_pulumi_aws() -> None:
    """A token with a slip of the pen would never be met, and what it guards against would pass."""
    named = {*TRANSLATIONS, *LOUD, *UNLESS, *TYPES, *(t for types in PROPERTIES.values() for t in types)}
    there = tokens()
    assert len(there) > 1000
    assert named - there <= {"aws:elasticloadbalancingv2/loadBalancer:LoadBalancer"}
    assert {token.split(":")[1].split("/")[0] for token in there} >= MODULES
    assert not named & TYPES & TRANSLATIONS.keys()


def tokens() -> set[str]:
    """The type tokens of the installed pulumi_aws, and those it had before, out of its source."""
    now = re.compile(r"""(?:__init__\(\s*|type_=)['"](aws:[^'"]+)['"]""")
    files = Path(pulumi_aws.__file__).parent.rglob("*.py")
    return {token for file in files for token in now.findall(file.read_text())}


# Files that are no plan


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "is empty"),
        (b"Previewing update (dev):\n", "is no JSON"),
        (b"[]", "is neither a preview nor a state"),
        (b'{"Vpcs": []}', "is neither a preview nor a state"),
        (b'{"steps": [{"op": "create"}]}', "is not as Pulumi writes it"),
        (b'{"diagnostics": [{"severity": "error", "message": "no"}]}', "the preview failed: no"),
        (b'{"steps": [{"op": "conjure", "urn": "urn:pulumi:a::b::c::d"}]}', "conjure"),
    ],
)
def test_what_is_no_plan_is_refused_with_the_command_that_makes_one(data: bytes, what: str) -> None:
    with pytest.raises(UsageError, match=f"plan.json: .*{what}") as error:
        read_plan(data, "plan.json")
    assert "mend that first" in str(error.value) or (
        "pulumi preview --json" in str(error.value) and "pulumi stack export" in str(error.value)
    )


@given(
    st.integers(0, len(Preview().steps) - 1),
    st.sampled_from(["inputs", "propertyDependencies", "type", "provider"]),
    st.none()
    | st.integers()
    | st.lists(st.integers(), max_size=2)
    | st.dictionaries(st.text(), st.integers()),
)
@settings(max_examples=20)
def test_a_hostile_preview_is_laid_or_refused(number: int, name: str, value: object) -> None:
    preview = Preview()
    preview.steps[number]["newState"][name] = value
    try:
        plan, _ = alone(preview)
    except UsageError:
        return
    assert plan.snapshot


@pytest.mark.parametrize("routes", [5, [5], ["x"]])
def test_inputs_in_no_shape_of_pulumis_are_refused(routes: object) -> None:
    preview = Preview()
    preview.state(TABLE)["inputs"] |= {"routes": routes}
    with pytest.raises(UsageError, match="cannot be laid over the snapshot"):
        preview.planned()
