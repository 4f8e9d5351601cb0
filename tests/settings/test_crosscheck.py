"""What must hold between stacks: each rule fires, and stays quiet when it should."""

# ruff: noqa: E501, ISC004 - messages stand here as people read them

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from landline.settings import check_estate, load_estate
from tests.settings.files import BASELINE, ESTATE, GRANT, HUB, OTHER_SPOKE, SPOKE, changed, write

if TYPE_CHECKING:
    from pathlib import Path

    from landline.settings import Problem


def told(directory: Path, stacks: dict[str, str]) -> list[str]:
    """The problems of an estate as text, each from its severity and its stack's file on."""
    problems: tuple[Problem, ...] = load_estate(write(directory, stacks)).problems
    return [f"{problem.severity}: {problem}".replace(f"{directory}/Pulumi.", "") for problem in problems]


UNKNOWN_HUB = changed(SPOKE, "hub: hub", "hub: hbu")
RULES = {
    "unknown hub": (
        {"payments": UNKNOWN_HUB},
        ["error: payments.yaml: landline:spoke.hub: names no hub stack (hbu); did you mean hub?"],
    ),
    "a spoke as hub": (
        {"payments": changed(SPOKE, "hub: hub", "hub: payments")},
        [
            "error: payments.yaml: landline:spoke.hub: names a spoke, not a hub (payments); "
            "write the name of a hub stack",
        ],
    ),
    "unknown service": (
        {
            "payments": changed(
                SPOKE, "    services:", "    services:\n      login: {reason: log in somewhere}"
            )
        },
        [
            "error: payments.yaml: landline:spoke.services.login: is no service of hub hub; "
            "did you mean logging? known: logging, security",
        ],
    ),
    "unknown service in a grant": (
        {"grant-payments": GRANT + "      audit: {approved: SEC-1}\n"},
        [
            "error: grant-payments.yaml: landline:grant.services.audit: is no service of hub hub; "
            "write one of logging, security",
        ],
    ),
    "grant without request": (
        {"grant-payments": GRANT + "      security: {approved: SEC-1}\n"},
        [
            "error: grant-payments.yaml: landline:grant.services.security: is granted, and spoke payments does not "
            "request it; remove it, or have the spoke's team request it first",
        ],
    ),
    "grant for no spoke": (
        {"grant-ordres": changed(GRANT, "spoke: payments", "spoke: paymnts")},
        [
            "error: grant-ordres.yaml: landline:grant.spoke: names no spoke stack (paymnts); did you mean payments?",
        ],
    ),
    "request without grant": (
        {"payments": changed(SPOKE, "    aws:", "      security: {reason: upload findings}\n    aws:")},
        [
            "warning: payments.yaml: landline:spoke.services.security: is requested and not granted, so no endpoint "
            "can be made for it and the whole spoke waits; have the platform team grant security to payments: "
            "landline grant payments security --approved REFERENCE",
        ],
    ),
    "second grant": (
        {"grant-payments-2": GRANT},
        [
            "error: grant-payments-2.yaml: landline:grant.spoke: has a grant for hub hub already, in stack "
            "grant-payments (payments); write all services of payments in grant-payments, and destroy this stack",
        ],
    ),
    "grant longer than the request": (
        {"grant-payments": changed(GRANT, "2027-06-30", "2027-07-01")},
        [
            "warning: grant-payments.yaml: landline:grant.services.logging.until: is granted for longer than spoke "
            "payments requests, which is until 2027-06-30 (2027-07-01); write until: 2027-06-30",
        ],
    ),
    "grant without end for a request with one": (
        {"grant-payments": changed(GRANT, "until: 2027-06-30, ", "")},
        [
            "warning: grant-payments.yaml: landline:grant.services.logging: is granted for longer than spoke "
            "payments requests, which is until 2027-06-30; write until: 2027-06-30",
        ],
    ),
    "a public range": (
        {"payments": changed(SPOKE, "10.40.0.0/20", "8.8.0.0/20")},
        [
            "warning: payments.yaml: landline:spoke.network.cidr: is a public range, whose owner's addresses on the "
            "internet the network would take for its own (8.8.0.0/20); write a private one, such as 10.40.0.0/20, "
            "unless the range is yours",
        ],
    ),
    "a range shared by carriers": ({"payments": changed(SPOKE, "10.40.0.0/20", "100.64.0.0/20")}, []),
    "grant shorter than the request": ({"grant-payments": changed(GRANT, "2027-06-30", "2027-06-29")}, []),
    "grant in another Region": (
        {"grant-payments": changed(GRANT, "eu-west-1", "eu-west-2")},
        [
            "error: grant-payments.yaml: landline:grant.hub: is in eu-west-1, and this grant is in eu-west-2 (hub); "
            "write aws:region: eu-west-1: a grant is deployed beside its hub",
        ],
    ),
    "grant with another account's role": (
        {
            "grant-payments": changed(
                GRANT, "hub: hub", "hub: hub\n    role: arn:aws:iam::222222222222:role/x"
            )
        },
        [
            "error: grant-payments.yaml: landline:grant.role: is a role of account 222222222222, and a grant is "
            "deployed in its hub's account (arn:aws:iam::222222222222:role/x); "
            "write the role's name, or a role of account 111111111111",
        ],
    ),
    "grant with its hub's role": (
        {
            "grant-payments": changed(
                GRANT, "hub: hub", "hub: hub\n    role: arn:aws:iam::111111111111:role/x"
            )
        },
        [],
    ),
    "spoke in another Region": (
        {"payments": SPOKE.replace("eu-west-1", "eu-west-2").replace("euw1", "euw2")},
        [
            "error: payments.yaml: landline:spoke.hub: is in eu-west-1 and serves no other Region besides, and this "
            "spoke is in eu-west-2 (hub); have the platform team add eu-west-2 to regions in Pulumi.hub.yaml, or name "
            "a hub in eu-west-2",
        ],
    ),
    "no shared zone": (
        {"payments": changed(SPOKE, "[euw1-az1, euw1-az2]", "[euw1-az3, euw1-az4]")},
        [
            "error: payments.yaml: landline:spoke.network.zones: shares no zone with hub hub, and an endpoint can "
            "only be in a zone that its service has; write two or more of euw1-az1, euw1-az2",
        ],
    ),
    "one shared zone": (
        {"payments": changed(SPOKE, "[euw1-az1, euw1-az2]", "[euw1-az3, euw1-az2]")},
        [
            "warning: payments.yaml: landline:spoke.network.zones: shares one zone with hub hub (euw1-az2), so the "
            "lines fail when that zone does; write two or more of euw1-az1, euw1-az2",
        ],
    ),
    "no shared zone, no hub service": (
        {
            "isolated": SPOKE.replace("[euw1-az1, euw1-az2]", "[euw1-az3, euw1-az4]").replace(
                "services:\n      logging: {reason: ship application logs, until: 2027-06-30}", "services: {}"
            )
        },
        [],
    ),
    "second spoke of one account": (
        {"x-orders": OTHER_SPOKE.replace("333333333333", "222222222222")},
        [
            "error: x-orders.yaml: landline:spoke.services.logging: is requested by spoke payments of the same account "
            "too, and the allow-list names accounts, so one grant lets in both; "
            "give each spoke an account of its own, or keep one of the two requests",
            "warning: x-orders.yaml: landline:spoke.services.logging: is requested and not granted, so no endpoint "
            "can be made for it and the whole spoke waits; have the platform team grant logging to x-orders: "
            "landline grant x-orders logging --approved REFERENCE",
        ],
    ),
    "the very same range": (
        {
            "x-orders": OTHER_SPOKE.replace("10.48.", "10.40."),
            "grant-x-orders": changed(GRANT, "spoke: payments", "spoke: x-orders"),
        },
        [],
    ),
    "overlapping ranges": (
        {
            "x-orders": OTHER_SPOKE.replace("10.48.0.0/20", "10.40.0.0/19"),
            "grant-x-orders": changed(GRANT, "spoke: payments", "spoke: x-orders"),
        },
        [],
    ),
    "the hub's own range": ({"payments": changed(SPOKE, "10.40.0.0/20", "10.0.0.0/20")}, []),
    "second baseline": (
        {"baseline-2": BASELINE},
        [
            "error: baseline-payments.yaml: landline:baseline.account: has a baseline in eu-west-1 already, in stack "
            "baseline-2 (222222222222); keep one of the two: its settings exist once in an account and Region",
        ],
    ),
    "names that differ in full stops and capitals": (
        {"Baseline.payments": changed(BASELINE, "eu-west-1", "eu-west-2")},
        [
            "error: baseline-payments.yaml: landline:baseline: belongs to a stack whose resources would be named like "
            "those of Baseline.payments; give one of the two files a name that differs in more than capitals and full stops",
        ],
    ),
    "an account that the hub takes": (
        {"hub": changed(HUB, "    network:", '    accounts: ["222222222222"]\n    network:')},
        [],
    ),
    "an account that the hub does not take": (
        {"hub": changed(HUB, "    network:", '    accounts: ["999999999999"]\n    network:')},
        [
            "error: payments.yaml: landline:spoke.account: is none of the accounts that hub hub takes (222222222222); "
            "write the spoke's own account, or have the platform team add it to accounts in Pulumi.hub.yaml",
        ],
    ),
    # Two zones: an endpoint to logging and one to kms, 730 hours at a cent; s3 is a gateway endpoint.
    "a price within the limit": (
        {"payments": changed(SPOKE, "    aws:", "    price_limit: 30\n    aws:")},
        [],
    ),
    "a price above the limit": (
        {"payments": changed(SPOKE, "    aws:", "    price_limit: 29\n    aws:")},
        [
            "finding: payments.yaml: landline:spoke.price_limit: is less than the endpoints' list price of $29.20 a "
            "month (29); ask for fewer services or zones, or raise the limit",
        ],
    ),
    "a baseline in each Region": ({"baseline-2": changed(BASELINE, "eu-west-1", "eu-west-2")}, []),
}


@pytest.mark.parametrize(("stacks", "expected"), RULES.values(), ids=RULES)
def test_rule(tmp_path: Path, stacks: dict[str, str], expected: list[str]) -> None:
    found = told(tmp_path, ESTATE | stacks)
    # A spoke that names no hub, or another Region's, leaves its grant without a request: not what is tested here.
    own = [line for line in found if "is not the hub that spoke" not in line]
    assert sorted(own) == sorted(expected)


def test_a_grant_names_the_hub_that_its_spoke_asks(tmp_path: Path) -> None:
    other_hub = HUB.replace("10.0.0.0", "10.1.0.0")
    found = told(
        tmp_path, ESTATE | {"hub-2": other_hub, "grant-payments": changed(GRANT, "hub: hub", "hub: hub-2")}
    )
    assert (
        "error: grant-payments.yaml: landline:grant.hub: is not the hub that spoke payments asks, which is hub (hub-2); "
        "write hub: hub"
    ) in found


def test_the_quota_of_interface_endpoints(tmp_path: Path) -> None:
    def hub_with(count: int) -> dict[str, str]:
        offered = "".join(
            f"      s{n}: {{backend: {{kind: findings-intake}}, ports: [443], lane: standing}}\n"
            for n in range(count)
        )
        wanted = "".join(f"      s{n}: {{reason: needed for the test}}\n" for n in range(count))
        return {
            "hub": HUB[: HUB.index("      logging:")] + offered,
            "payments": SPOKE[: SPOKE.index("      logging:")]
            + wanted
            + "    aws: [s3, dynamodb, kms, sts]\n",
        }

    assert not [line for line in told(tmp_path, hub_with(48)) if "interface endpoints" in line]
    assert [line for line in told(tmp_path, hub_with(49)) if "interface endpoints" in line] == [
        "error: payments.yaml: landline:spoke.services: and aws need 51 interface endpoints, and a VPC's quota is 50; "
        "ask for fewer services, or spread them over two spokes",
    ]


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2027, 6, 30), []),
        (date(2027, 7, 1), ["ran out yesterday", "ran out yesterday"]),
        (date(2027, 7, 10), ["ran out 10 days ago", "ran out 10 days ago"]),
    ],
)
def test_what_has_run_out_is_a_finding(tmp_path: Path, today: date, expected: list[str]) -> None:
    estate = load_estate(write(tmp_path, ESTATE)).estate
    assert estate is not None
    problems = check_estate(estate, today)
    assert {problem.severity for problem in problems} <= {"finding"}
    assert [problem.message.partition("ran out")[2] for problem in problems] == [
        text.removeprefix("ran out") for text in expected
    ]


def test_an_unreadable_hub_is_not_called_unknown(tmp_path: Path) -> None:
    found = told(tmp_path, ESTATE | {"hub": "config: {"})
    assert len(found) == 1
    assert found[0].startswith("error: hub.yaml: config: is no YAML (line 2)")


def test_an_unreadable_grant_leaves_no_warning_of_a_missing_one(tmp_path: Path) -> None:
    found = told(tmp_path, ESTATE | {"grant-payments": "config: {"})
    assert len(found) == 1
    assert "is no YAML" in found[0]


def test_the_budget_of_rules(tmp_path: Path) -> None:
    """A grant takes a rule for each port: 60 by default, 1000 at most."""
    ports = ", ".join(str(port) for port in range(1, 31))
    stacks = {"hub": changed(HUB, "ports: [443], lane: standing", f"ports: [{ports}], lane: standing")}
    for number in range(34):
        account = f"{number + 333333333333}"
        stacks[f"spoke-{number:02}"] = OTHER_SPOKE.replace("333333333333", account).replace(
            "10.48.0.0/20", f"10.{48 + number}.0.0/20"
        )

    def said(count: int) -> list[str]:
        directory = tmp_path / str(count)
        directory.mkdir()
        grants = {
            f"grant-{number:02}": GRANT.replace("spoke: payments", f"spoke: spoke-{number:02}")
            for number in range(count)
        }
        return [line for line in told(directory, stacks | grants) if "rules" in line]

    assert said(2) == []
    assert said(3) == [
        "warning: hub.yaml: landline:hub.services.logging: needs 90 rules on its load balancer's security group, and "
        "the default quota is 60; have AWS raise the quota L-0EA8095F of inbound rules, up to 1000"
    ]
    assert said(34) == [
        "error: hub.yaml: landline:hub.services.logging: needs 1020 rules on its load balancer, and an interface "
        "takes 1000 at most; offer it a second time under another name, and grant some spokes that one"
    ]


def test_more_grants_than_endpoints_are_planned(tmp_path: Path) -> None:
    planned = changed(HUB, "ports: [443], lane: standing", "ports: [443], lane: standing, endpoints: 1")
    second = {"orders": OTHER_SPOKE, "grant-orders": changed(GRANT, "spoke: payments", "spoke: orders")}

    assert told(tmp_path, ESTATE | {"hub": planned}) == []
    assert told(tmp_path, ESTATE | {"hub": planned} | second) == [
        "warning: hub.yaml: landline:hub.services.logging.endpoints: is less than the 2 spokes that are granted "
        "logging, so an alarm comes when all are connected (1); write 2, and deploy hub"
    ]
