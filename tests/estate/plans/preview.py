"""The recorded preview of a new spoke, and what a program could add to it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from landline.estate.plan import planned, read_plan
from landline.estate.plan.resource import UNKNOWN
from tests.estate.plans import STEPS, document, snapshot

if TYPE_CHECKING:
    from landline.estate.plan import Planned

SPOKE = "5-orders"
PREFIX = "urn:pulumi:orders::landline::"
NETWORK = f"{PREFIX}landline:index:Spoke$landline:index:PrivateNetwork$"
VPC = f"{NETWORK}aws:ec2/vpc:Vpc::orders-network-vpc"
SUBNET = f"{NETWORK}aws:ec2/subnet:Subnet::orders-network-subnet-euw1-az1"
TABLE = f"{NETWORK}aws:ec2/routeTable:RouteTable::orders-network-routes-euw1-az1"
OTHER_TABLE = f"{NETWORK}aws:ec2/routeTable:RouteTable::orders-network-routes-euw1-az2"
GROUP = f"{PREFIX}landline:index:Spoke$aws:ec2/securityGroup:SecurityGroup::orders-clients"
PROVIDER = f"{PREFIX}pulumi:providers:aws::aws::{UNKNOWN}"


def before(step: str) -> dict[str, bytes]:
    return recorded(("0", *STEPS)[STEPS.index(step)])


def recorded(step: str) -> dict[str, bytes]:
    """A recorded snapshot, with empty documents of logs where the recording is older than they are."""
    files = snapshot(step)
    for place in {path.rsplit("/", 1)[0] for path in files}:
        for kind in ("FlowLogs", "ResolverQueryLogConfigs", "ResolverQueryLogConfigAssociations"):
            files.setdefault(f"{place}/{kind}.json", json.dumps({kind: []}).encode())
    return files


class Preview:
    """The recorded preview of a new spoke, to which further resources are added as a program would."""

    def __init__(self, step: str = SPOKE) -> None:
        self.step = step
        self.steps: list[dict[str, Any]] = json.loads(document(f"{step}.preview"))["steps"]

    def create(
        self, token: str, name: str, inputs: dict[str, Any] | None = None, **comes_from: str | list[str]
    ) -> str:
        """Each keyword is an unknown input, with the URN or URNs that it comes from."""
        urn = f"{PREFIX}{token}::{name}"
        sources = {key: [value] if isinstance(value, str) else value for key, value in comes_from.items()}
        state = {
            "urn": urn,
            "custom": True,
            "type": token,
            "provider": PROVIDER,
            "inputs": dict.fromkeys(comes_from, UNKNOWN) | (inputs or {}),
            "propertyDependencies": sources,
        }
        self.steps.append({"op": "create", "urn": urn, "provider": PROVIDER, "newState": state})
        return urn

    def state(self, urn: str) -> dict[str, Any]:
        found: dict[str, Any] = next(step for step in self.steps if step["urn"] == urn)["newState"]
        return found

    def document(self) -> bytes:
        return json.dumps({"steps": self.steps}).encode()

    def planned(self) -> Planned:
        return planned(read_plan(self.document()), before(self.step))


def workload(preview: Preview, **inputs: object) -> str:
    """An instance that may say anything to anybody, as far as its group goes."""
    preview.create(
        "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
        "anything",
        {"cidrIpv4": "0.0.0.0/0", "ipProtocol": "-1"},
        securityGroupId=GROUP,
    )
    return preview.create(
        "aws:ec2/instance:Instance",
        "vm",
        {"vpcSecurityGroupIds": [UNKNOWN], **inputs},
        subnetId=SUBNET,
        vpcSecurityGroupIds=GROUP,
    )


def internet_gateway(preview: Preview) -> str:
    gateway = preview.create("aws:ec2/internetGateway:InternetGateway", "door")
    preview.create(
        "aws:ec2/internetGatewayAttachment:InternetGatewayAttachment",
        "door",
        vpcId=VPC,
        internetGatewayId=gateway,
    )
    return gateway


def route(preview: Preview, table: str | list[str] = TABLE, **target: str) -> None:
    inputs = {"destinationCidrBlock": "0.0.0.0/0"}
    preview.create("aws:ec2/route:Route", "out", inputs, routeTableId=table, **target)
