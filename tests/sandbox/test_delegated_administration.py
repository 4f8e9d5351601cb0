"""Who may say who administers GuardDuty and Security Hub, and what the administrator may say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.places import HUB, OTHER, REGION, SPOKE, refused

if TYPE_CHECKING:
    from landline.sandbox.world import World

MANAGEMENT, ADMINISTRATOR = OTHER, HUB
CODES = {
    "guardduty": ("BadRequestException", "BadRequestException"),
    "securityhub": ("AccessDeniedException", "ResourceConflictException"),
}


def client(world: World, service: str, account: str, region: str = REGION) -> Any:  # noqa: ANN401
    return world.place(account, region).client(service)


def configure(world: World, service: str, account: str) -> None:
    settings: dict[str, Any] = {"AutoEnable": True}
    if service == "guardduty":
        settings = {"DetectorId": "d" * 32, "AutoEnableOrganizationMembers": "NEW"}
    client(world, service, account).update_organization_configuration(**settings)


@pytest.mark.parametrize("service", CODES)
def test_one_account_designates_one_account_in_all_regions(world: World, service: str) -> None:
    management = client(world, service, MANAGEMENT)
    management.enable_organization_admin_account(AdminAccountId=ADMINISTRATOR)
    client(world, service, MANAGEMENT, "eu-west-2").enable_organization_admin_account(
        AdminAccountId=ADMINISTRATOR
    )
    (shown,) = management.list_organization_admin_accounts()["AdminAccounts"]
    assert ADMINISTRATOR in shown.values()
    assert client(world, service, SPOKE).list_organization_admin_accounts()["AdminAccounts"] == []

    may_not, conflict = CODES[service]
    elsewhere = client(world, service, MANAGEMENT, "eu-west-3")
    assert refused(lambda: elsewhere.enable_organization_admin_account(AdminAccountId=SPOKE))[0] == conflict
    stranger = client(world, service, SPOKE)
    assert refused(lambda: stranger.enable_organization_admin_account(AdminAccountId=SPOKE))[0] == may_not
    assert (
        refused(lambda: stranger.disable_organization_admin_account(AdminAccountId=ADMINISTRATOR))[0]
        == may_not
    )


@pytest.mark.parametrize("service", CODES)
def test_the_administrator_alone_configures_until_it_is_withdrawn(world: World, service: str) -> None:
    may_not, conflict = CODES[service]
    assert refused(lambda: configure(world, service, ADMINISTRATOR))[0] == may_not

    management = client(world, service, MANAGEMENT)
    management.enable_organization_admin_account(AdminAccountId=ADMINISTRATOR)
    configure(world, service, ADMINISTRATOR)
    assert refused(lambda: configure(world, service, MANAGEMENT))[0] == may_not

    wrong = refused(lambda: management.disable_organization_admin_account(AdminAccountId=SPOKE))
    assert wrong[0] == conflict
    management.disable_organization_admin_account(AdminAccountId=ADMINISTRATOR)
    assert management.list_organization_admin_accounts()["AdminAccounts"] == []
    assert refused(lambda: configure(world, service, ADMINISTRATOR))[0] == may_not


def test_what_is_not_modelled_is_refused(world: World) -> None:
    client(world, "securityhub", MANAGEMENT).enable_organization_admin_account(AdminAccountId=ADMINISTRATOR)
    hub = client(world, "securityhub", ADMINISTRATOR)
    assert hub.describe_organization_configuration()["AutoEnable"] is False
    guardduty = client(world, "guardduty", MANAGEMENT)
    guardduty.enable_organization_admin_account(AdminAccountId=ADMINISTRATOR)
    with pytest.raises(NotImplementedError, match="features"):
        client(world, "guardduty", ADMINISTRATOR).update_organization_configuration(
            DetectorId="d" * 32, Features=[]
        )
