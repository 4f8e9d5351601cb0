"""Who administers GuardDuty and Security Hub for the organisation: what the baselines must agree on."""
# ruff: noqa: E501 - messages stand here as people read them

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from landline.settings import load_estate, load_stack
from tests.settings.files import HUB, changed, write

if TYPE_CHECKING:
    from pathlib import Path


def baseline(account: str, settings: str = "", region: str = "eu-west-1") -> str:
    return f'config:\n  aws:region: {region}\n  landline:baseline:\n    account: "{account}"\n{settings}'


MANAGEMENT = baseline("999999999999", "    administrator: audit\n")
AUDIT = baseline("555555555555", "    administers: {management: organization}\n")
MEMBER = baseline("222222222222", "    guardduty: organization\n    security_hub: organization\n")
ORGANIZATION = {"organization": MANAGEMENT, "audit": AUDIT, "member": MEMBER}


def problems(directory: Path, changes: dict[str, str]) -> list[str]:
    loaded = load_estate(write(directory, ORGANIZATION | changes))
    assert (loaded.estate is None) == bool(loaded.problems)
    return [str(problem).removeprefix(f"{directory}/Pulumi.") for problem in loaded.problems]


def test_an_organisation_with_an_administrator_has_no_problem(tmp_path: Path) -> None:
    assert problems(tmp_path, {}) == []


def test_either_end_is_loaded_with_the_other(tmp_path: Path) -> None:
    write(tmp_path, ORGANIZATION)
    for name in ("organization", "audit"):
        _, estate = load_stack(tmp_path, name)
        assert set(estate.stacks) == {"organization", "audit"}
    assert set(load_stack(tmp_path, "member")[1].stacks) == {"member"}


def test_the_administrator_comes_before_and_after_whoever_designates_it(tmp_path: Path) -> None:
    estate = load_estate(write(tmp_path, ORGANIZATION)).estate
    assert estate is not None
    assert estate.deployment_order() == (("audit", "member"), ("organization",), ("audit",))


TWICE = {
    "other": changed(MANAGEMENT, "eu-west-1", "us-east-1").replace("audit", "elsewhere"),
    "elsewhere": baseline("666666666666", "    administers: {management: other}\n", "us-east-1"),
}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (
            {"organization": changed(MANAGEMENT, "audit", "adit")},
            [
                (
                    "audit.yaml: landline:baseline.administers.management: does not designate audit (organization); "
                    "write administrator: audit in Pulumi.organization.yaml"
                ),
                (
                    "organization.yaml: landline:baseline.administrator: names no baseline stack (adit); "
                    "did you mean audit?"
                ),
            ],
        ),
        (
            {"audit": changed(AUDIT, "    administers: {management: organization}\n", "")},
            [
                (
                    "organization.yaml: landline:baseline.administrator: does not say that it administers for "
                    "organization (audit); write administers: {management: organization} in Pulumi.audit.yaml"
                )
            ],
        ),
        (
            {"audit": changed(AUDIT, "555555555555", "999999999999").replace("eu-west-1", "eu-west-2")},
            [
                (
                    "organization.yaml: landline:baseline.administrator: is in the management account itself, which "
                    "AWS advises against: who administers findings could do everything in the organisation (audit); "
                    "name the baseline of another account"
                ),
                (
                    "organization.yaml: landline:baseline.administrator: is in eu-west-2, and this baseline "
                    "designates in eu-west-1 (audit); name that account's baseline in eu-west-1"
                ),
            ],
        ),
        (
            TWICE,
            [
                (
                    "other.yaml: landline:baseline.administrator: is in account 666666666666, and organization "
                    "designates 555555555555; AWS takes one administrator for all Regions (elsewhere); "
                    "name a baseline of account 555555555555"
                )
            ],
        ),
        (
            {name: text.replace("666666666666", "555555555555") for name, text in TWICE.items()},
            [],
        ),
        (
            {name: text.replace("999999999999", "888888888888") for name, text in TWICE.items()},
            [
                (
                    "other.yaml: landline:baseline.administrator: is designated by account 888888888888, and "
                    "organization designates from 999999999999; an organisation has one management account "
                    "(elsewhere); keep administrator in the baselines of that account"
                )
            ],
        ),
        (
            {
                "audit": changed(
                    AUDIT, "{management: organization}", "{management: organization, accounts: none}"
                )
            },
            [
                f"member.yaml: landline:baseline.{name}: is left to the organisation, and audit turns it on nowhere "
                f"(organization); write {name}: true"
                for name in ("guardduty", "security_hub")
            ],
        ),
        (
            {"audit": AUDIT + "    security_hub: false\n"},
            [
                (
                    "member.yaml: landline:baseline.security_hub: is left to the organisation, and audit turns it on "
                    "nowhere (organization); write security_hub: true"
                )
            ],
        ),
        (
            {"audit": AUDIT + "    security_hub: false\n    guardduty: false\n"},
            [
                (
                    "audit.yaml: landline:baseline: administers neither GuardDuty nor Security Hub: both are off here; "
                    "write guardduty: true or security_hub: true, or remove administers"
                ),
            ],
        ),
        (
            {"audit": AUDIT + "    guardduty: organization\n"},
            [
                (
                    "audit.yaml: landline:baseline: administers guardduty and leaves it to the organisation; "
                    "write guardduty: true"
                )
            ],
        ),
        (
            {"audit": AUDIT + "    administrator: member\n"},
            [
                (
                    "audit.yaml: landline:baseline: both administers and names an administrator; keep administrator "
                    "in the management account's baseline, administers in the other's"
                ),
            ],
        ),
        (
            {"audit": changed(AUDIT, "management: organization", "accounts: some")},
            [
                (
                    "audit.yaml: landline:baseline.administers.accounts: is not one of the known values (some); write one of all, new, none"
                ),
                (
                    "audit.yaml: landline:baseline.administers.management: is missing; "
                    "write management: baseline-organization"
                ),
            ],
        ),
    ],
)
def test_what_disagrees_is_told_with_what_to_write(
    tmp_path: Path, changes: dict[str, str], told: list[str]
) -> None:
    found = problems(tmp_path, changes)
    assert [line for line in told if line not in found] == []
    assert bool(found) == bool(told)


def test_an_administrator_elsewhere_may_turn_on_what_is_left_to_the_organisation(tmp_path: Path) -> None:
    loaded = load_estate(write(tmp_path, {"member": MEMBER}))
    assert loaded.problems == ()


def test_findings_need_the_security_hub_of_the_hubs_account(tmp_path: Path) -> None:
    hub = changed(HUB, "{kind: findings-intake}", "{kind: findings-intake, security_hub: true}")
    off = baseline("111111111111", "    security_hub: false\n")
    write(tmp_path, {"hub": hub, "floor": off})
    (problem,) = load_estate(tmp_path).problems
    assert str(problem).removeprefix(f"{tmp_path}/Pulumi.") == (
        "hub.yaml: landline:hub.services.security.backend.security_hub: needs Security Hub, which floor has off in "
        "the hub's account (true); write security_hub: true in Pulumi.floor.yaml, or false here"
    )
    for floor in (baseline("111111111111"), baseline("222222222222", "    security_hub: false\n")):
        assert load_estate(write(tmp_path, {"hub": hub, "floor": floor})).problems == ()
    assert load_estate(write(tmp_path, {"hub": HUB, "floor": off})).problems == ()
