from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from landline import proof
from landline.cli.verify import verify
from landline.estate import write
from tests.estate.plans import STEPS, document
from tests.estate.plans.preview import SPOKE, Preview, before, internet_gateway, route, workload
from tests.proof.dump import EMPTY

from .conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .conftest import Landline

PLACE = "333333333333/eu-west-1"
VPC, SUBNET, TABLE, INTERFACE, GATEWAY = "vpc-1", "subnet-1", "rtb-1", "eni-1", "igw-1"
ALL = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
GRANTS = {"organization": "o-a1b2c3d4e5", "hub": "111111111111", "grants": []}


LOGS = {
    "FlowLogs": [
        {
            "FlowLogId": "fl-1",
            "ResourceId": VPC,
            "TrafficType": "ALL",
            "FlowLogStatus": "ACTIVE",
            "DeliverLogsStatus": "SUCCESS",
        }
    ],
    "ResolverQueryLogConfigs": [{"Id": "rslvr-qlc-1", "Status": "CREATED"}],
    "ResolverQueryLogConfigAssociations": [
        {"ResolverQueryLogConfigId": "rslvr-qlc-1", "ResourceId": VPC, "Status": "ACTIVE", "Error": "NONE"}
    ],
}


def entries(action: str = "allow") -> list[dict[str, Any]]:
    return [
        {
            "RuleNumber": 100,
            "Protocol": "-1",
            "RuleAction": action,
            "Egress": egress,
            "CidrBlock": "0.0.0.0/0",
        }
        for egress in (True, False)
    ]


def documents(*, route: bool, gateway: bool, public: bool) -> dict[str, list[dict[str, Any]]]:
    """By hand, in the shapes that the AWS CLI prints: one VPC, one interface, and a leak on request."""
    local = {"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "State": "active"}
    default = {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": GATEWAY, "State": "active"}
    return {
        **{key: [] for key in EMPTY},
        "Vpcs": [
            {
                "VpcId": VPC,
                "OwnerId": "333333333333",
                "CidrBlock": "10.0.0.0/16",
                "State": "available",
                "CidrBlockAssociationSet": [
                    {"CidrBlock": "10.0.0.0/16", "CidrBlockState": {"State": "associated"}}
                ],
            }
        ],
        "Subnets": [
            {"SubnetId": SUBNET, "VpcId": VPC, "OwnerId": "333333333333", "CidrBlock": "10.0.0.0/24"}
        ],
        "RouteTables": [
            {
                "RouteTableId": TABLE,
                "VpcId": VPC,
                "OwnerId": "333333333333",
                "Associations": [{"Main": True, "RouteTableId": TABLE}],
                "Routes": [local, *([default] if route else [])],
            }
        ],
        "NetworkAcls": [
            {
                "NetworkAclId": "acl-1",
                "VpcId": VPC,
                "OwnerId": "333333333333",
                "IsDefault": True,
                "Entries": entries(),
                "Associations": [{"NetworkAclId": "acl-1", "SubnetId": SUBNET}],
            }
        ],
        "SecurityGroups": [
            {
                "GroupId": "sg-1",
                "VpcId": VPC,
                "OwnerId": "333333333333",
                "IpPermissions": [],
                "IpPermissionsEgress": [ALL],
            }
        ],
        "NetworkInterfaces": [
            {
                "NetworkInterfaceId": INTERFACE,
                "VpcId": VPC,
                "SubnetId": SUBNET,
                "OwnerId": "333333333333",
                "InterfaceType": "interface",
                "Groups": [{"GroupId": "sg-1"}],
                "PrivateIpAddress": "10.0.0.10",
                "SourceDestCheck": True,
                "Status": "in-use",
                "PrivateIpAddresses": [
                    {
                        "PrivateIpAddress": "10.0.0.10",
                        "Primary": True,
                        **({"Association": {"PublicIp": "3.3.3.3"}} if public else {}),
                    }
                ],
            }
        ],
        "InternetGateways": [
            {
                "InternetGatewayId": GATEWAY,
                "OwnerId": "333333333333",
                "Attachments": [{"VpcId": VPC, "State": "available"}],
            }
        ]
        if gateway
        else [],
    }


@pytest.fixture
def dump(tmp_path: Path) -> Callable[..., Path]:
    def write(*, route: bool = False, gateway: bool = False, public: bool = False, without: str = "") -> Path:
        directory = tmp_path / "dump"
        (directory / PLACE).mkdir(parents=True)
        shown = documents(route=route, gateway=gateway, public=public)
        for number, (key, items) in enumerate(shown.items()):
            if key != without:
                (directory / PLACE / f"{number}.json").write_text(json.dumps({key: items}))
        options = {"VpcBlockPublicAccessOptions": {"InternetGatewayBlockMode": "off"}}
        (directory / PLACE / "bpa.json").write_text(json.dumps(options))
        dns = {"VpcId": VPC, "EnableDnsSupport": {"Value": False}}
        (directory / PLACE / "dns.json").write_text(json.dumps(dns))
        return directory

    return write


def test_an_isolated_dump_is_proven(landline: Landline, dump: Callable[..., Path]) -> None:
    outcome = landline("verify", "--dump", str(dump()))

    assert (outcome.code, outcome.stderr) == (0, "")
    assert outcome.stdout.startswith("proven (snapshot)")


def test_a_leak_is_a_finding_with_its_path(landline: Landline, dump: Callable[..., Path]) -> None:
    outcome = landline("verify", "--dump", str(dump(route=True, gateway=True, public=True)), "--json")

    document = json.loads(outcome.stdout)
    assert outcome.code == 1
    assert (document["schema"], document["verdict"], document["evidence"]) == (1, "violated", "snapshot")
    [egress] = [finding for finding in document["findings"] if finding["rule"] == "internet-egress"]
    assert (egress["severity"], egress["account"], egress["vpc"]) == ("violation", "333333333333", VPC)
    assert egress["path"][0] == INTERFACE
    assert {TABLE, GATEWAY} < set(egress["path"])


def test_what_is_required_besides_is_checked_and_shown(landline: Landline, dump: Callable[..., Path]) -> None:
    directory = dump()
    for key, items in LOGS.items():
        (directory / PLACE / f"{key}.json").write_text(json.dumps({key: items}))
    asked = landline("verify", "--dump", str(directory), "--require", "logging", "--json")

    document = json.loads(asked.stdout)
    assert (asked.code, document["verdict"], document["checked"]["flow_logs"]) == (0, "proven", 1)
    (directory / PLACE / "FlowLogs.json").write_text('{"FlowLogs": []}')
    lacking = landline("verify", "--dump", str(directory), "--require", "logging", "--json")
    [finding] = json.loads(lacking.stdout)["findings"]
    assert (lacking.code, finding["rule"], finding["resource"]) == (1, "unlogged-network", VPC)
    unasked = landline("verify", "--dump", str(directory), "--json")
    document = json.loads(unasked.stdout)
    assert (unasked.code, document["findings"]) == (0, [])
    assert "unlogged-network" not in {note["rule"] for note in document["not_checked"]}
    assert "flow_logs" not in document["checked"]


def test_what_is_required_and_not_shown_is_unproven(landline: Landline, dump: Callable[..., Path]) -> None:
    outcome = landline("verify", "--dump", str(dump()), "--require", "logging")

    assert outcome.code == 3
    assert "unlogged-network: no FlowLogs document for 333333333333/eu-west-1" in outcome.stdout


def test_only_what_the_prover_knows_can_be_required(landline: Landline, dump: Callable[..., Path]) -> None:
    option = next(one for one in verify.params if one.name == "require")
    assert {*option.type.choices} == proof.OPTIONAL.keys()  # type: ignore[attr-defined] # click's Choice
    assert landline("verify", "--dump", str(dump()), "--require", "logs").code == 2


def test_a_missing_document_is_unproven(landline: Landline, dump: Callable[..., Path]) -> None:
    outcome = landline("verify", "--dump", str(dump(without="RouteTables")), "--json")

    document = json.loads(outcome.stdout)
    assert (outcome.code, document["verdict"]) == (3, "unproven")
    assert any("RouteTables" in note["why"] for note in document["not_checked"])


def test_latent_fails_only_when_strict(landline: Landline, dump: Callable[..., Path]) -> None:
    directory = str(dump(gateway=True))
    lax = landline("verify", "--dump", directory, "--json")
    strict = landline("verify", "--dump", directory, "--json", "--strict")

    assert (lax.code, strict.code) == (0, 1)
    assert {finding["severity"] for finding in json.loads(lax.stdout)["findings"]} == {"latent"}
    assert lax.stdout == strict.stdout
    assert strict.stderr.startswith("warning: --strict: ")


def test_grants_come_from_a_file_or_from_stack_files(
    landline: Landline, dump: Callable[..., Path], stacks: Callable[..., Path], tmp_path: Path
) -> None:
    made = dump()
    directory = str(made)
    # The hub's account is read, and offers nothing.
    hub = made / "111111111111" / "eu-west-1"
    hub.mkdir(parents=True, exist_ok=True)
    (hub / "services.json").write_text('{"ServiceConfigurations": []}')
    (tmp_path / "grants.json").write_text(json.dumps(GRANTS))
    nobody = landline("verify", "--dump", directory, "--grants", str(tmp_path / "grants.json"), "--json")
    granted = landline("verify", "--dump", directory, "--stacks", str(stacks()), "--json")

    assert json.loads(nobody.stdout)["access"]["missing"] == []
    missing = {(one["spoke"], one["service"]) for one in json.loads(granted.stdout)["access"]["missing"]}
    assert missing == {("222222222222", "logging"), ("222222222222", "security"), ("333333333333", "logging")}
    assert granted.code == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--hub", "hub"], "give --stacks too"),
        (["--grants", "{file}", "--stacks", "{folder}"], "give one of them"),
        (["--grants", "{file}"], "grants"),
    ],
)
def test_usage_errors_say_what_to_do(
    landline: Landline, dump: Callable[..., Path], tmp_path: Path, arguments: list[str], message: str
) -> None:
    (tmp_path / "grants.json").write_text("[]")
    given = [one.format(file=tmp_path / "grants.json", folder=tmp_path) for one in arguments]
    outcome = landline("verify", "--dump", str(dump()), *given)

    assert (outcome.code, outcome.stdout) == (2, "")
    assert message in outcome.stderr
    assert "Traceback" not in outcome.stderr


@pytest.mark.parametrize("what", ["nothing", "stack files"])
def test_what_is_no_dump_is_called_so(landline: Landline, tmp_path: Path, what: str) -> None:
    if what == "stack files":
        shutil.copytree(ROOT / "stacks", tmp_path, dirs_exist_ok=True)
    outcome = landline("verify", "--dump", str(tmp_path), "--json")

    assert (outcome.code, json.loads(outcome.stdout)["verdict"]) == (3, "unproven")
    assert f"error: {tmp_path} is no dump: " in outcome.stderr


def test_a_directory_that_is_not_there_is_a_usage_error(landline: Landline, tmp_path: Path) -> None:
    outcome = landline("verify", "--dump", str(tmp_path / "nowhere"))

    assert outcome.code == 2
    assert "nowhere" in outcome.stderr


@pytest.fixture
def leak(tmp_path: Path) -> list[str]:
    """A preview that opens a new spoke, and the dump that it is laid over."""
    preview = Preview()
    workload(preview, associatePublicIpAddress=True)
    route(preview, gatewayId=internet_gateway(preview))
    (tmp_path / "preview.json").write_bytes(preview.document())
    write(before(SPOKE), tmp_path / "dump")
    return ["--plan", str(tmp_path / "preview.json"), "--dump", str(tmp_path / "dump")]


def test_a_preview_that_opens_a_spoke_is_refused_with_the_path(landline: Landline, leak: list[str]) -> None:
    outcome = landline("verify", *leak, "--json")
    verdict = json.loads(outcome.stdout)
    (finding,) = verdict["findings"][:1]

    assert (outcome.code, verdict["evidence"], finding["rule"]) == (1, "plan", "internet-egress")
    assert finding["path"][0] == "planned:orders:Instance:vm:primaryNetworkInterface"
    assert finding["path"][-2:] == ["planned:orders:InternetGateway:door", "internet"]


def test_a_finding_of_a_plan_points_at_the_stack_file(landline: Landline, leak: list[str]) -> None:
    outcome = landline("verify", *leak, "--stacks", str(ROOT / "stacks"), "--sarif")
    results = json.loads(outcome.stdout)["runs"][0]["results"]
    egress = next(item for item in results if item["ruleId"] == "internet-egress")

    assert outcome.code == 1
    uri = egress["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == f"{ROOT}/stacks/Pulumi.orders.yaml"


def test_recorded_states_are_proven_as_a_snapshot(landline: Landline, tmp_path: Path) -> None:
    files = [tmp_path / f"{step}.json" for step in STEPS if step != "4-grant-payments"]
    for file in files:
        file.write_bytes(document(f"{file.stem}.state"))
    given = [text for file in files for text in ("--state", str(file))]
    outcome = landline("verify", *given, "--stacks", str(ROOT / "stacks"), "--json")
    verdict = json.loads(outcome.stdout)

    assert (outcome.code, verdict["verdict"], verdict["evidence"]) == (0, "proven", "snapshot")
    assert sum("holds nothing but what the stacks make" in text for text in verdict["assumptions"]) == 3


def test_a_plan_is_no_state_and_a_readme_is_neither(landline: Landline, leak: list[str]) -> None:
    swapped = landline("verify", "--state", leak[1])
    neither = landline("verify", "--plan", str(ROOT / "README.md"))
    nothing = landline("verify")

    assert [outcome.code for outcome in (swapped, neither, nothing)] == [2, 2, 2]
    assert f"write --plan {leak[1]}" in swapped.stderr
    assert "pulumi preview --json" in neither.stderr
    assert "give --dump DIR, --plan FILE or --state FILE" in nothing.stderr


def test_the_same_dump_gives_the_same_bytes(landline: Landline, dump: Callable[..., Path]) -> None:
    directory = str(dump(route=True, gateway=True, public=True))

    assert landline("verify", "--dump", directory, "--json") == landline(
        "verify", "--dump", directory, "--json"
    )
    assert landline("verify", "--dump", directory) == landline("verify", "--dump", directory)
