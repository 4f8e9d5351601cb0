"""The baselines of an organisation, declared in their order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from landline.errors import UsageError
from tests.program.estate import deploy_all, deploy_stack
from tests.settings.files import write

if TYPE_CHECKING:
    from pathlib import Path


def baseline(account: str, settings: str = "") -> str:
    return (
        "config:\n  aws:region: eu-west-1\n  landline:baseline:\n"
        f'    account: "{account}"\n    trail: false\n{settings}'
    )


@pytest.fixture
def stacks(tmp_path: Path) -> Path:
    return write(
        tmp_path,
        {
            "organization": baseline("999999999999", "    administrator: audit\n"),
            "audit": baseline(
                "555555555555",
                "    security_hub: false\n    administers: {management: organization, accounts: new}\n",
            ),
            "member": baseline("222222222222", "    guardduty: organization\n"),
        },
    )


def test_the_administrator_configures_once_it_is_designated(stacks: Path) -> None:
    first = deploy_stack("audit", {}, stacks)
    assert first.of("OrganizationConfiguration") == []
    assert len(first.of("Detector")) == 1

    deployed = deploy_all(stacks)
    (designated,) = deployed["organization"].of("OrganizationAdminAccount")
    assert designated.token == "aws:guardduty/organizationAdminAccount:OrganizationAdminAccount"
    assert designated.inputs["adminAccountId"] == "555555555555"
    assert deployed["organization"].outputs["administrator"] == "555555555555"
    (configured,) = deployed["audit"].of("OrganizationConfiguration")
    assert configured.inputs["autoEnableOrganizationMembers"] == "NEW"
    assert deployed["member"].of("Detector") == []
    assert len(deployed["member"].of("Account")) == 1


def test_it_stops_when_another_one_is_designated(stacks: Path) -> None:
    other = {"contract": 1, "kind": "baseline", "account": "999999999999", "region": "eu-west-1"}
    for outputs in (other, {**other, "administrator": "666666666666"}):
        assert deploy_stack("audit", {"organization": outputs}, stacks).of("OrganizationConfiguration") == []
    with pytest.raises(UsageError, match="administrator is 7"):
        deploy_stack("audit", {"organization": {**other, "administrator": 7}}, stacks)
    with pytest.raises(UsageError, match="kind is 'hub'"):
        deploy_stack("audit", {"organization": {**other, "kind": "hub"}}, stacks)
