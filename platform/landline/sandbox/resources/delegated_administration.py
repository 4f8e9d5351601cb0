"""Delegated administration of GuardDuty and Security Hub: who administers, and what new accounts get."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from landline.sandbox.resource_type import Made, Properties, ResourceType
from landline.sandbox.resources.support import (
    arguments,
    error_code,
    made,
    nothing_to_delete,
    nothing_to_update,
    now,
)

if TYPE_CHECKING:
    from landline.sandbox.resource_type import Place

_NOBODY = ("BadRequestException", "AccessDeniedException")
"""What a service answers who is not, or no longer, its administrator."""


def _administrator(service: str, member: str) -> ResourceType:
    """The row of who administers `service`; its lists name an account in `member`."""

    def create(place: Place, properties: Properties) -> Made:
        account = properties["adminAccountId"]
        place.client(service).enable_organization_admin_account(AdminAccountId=account)
        return made(place, account, properties, read)

    def read(place: Place, resource_id: str, known: Properties) -> Properties | None:
        found = place.client(service).list_organization_admin_accounts()["AdminAccounts"]
        if resource_id not in [one[member] for one in found]:
            return None
        return {**known, "id": resource_id, "adminAccountId": resource_id}

    def delete(place: Place, resource_id: str, outputs: Properties) -> None:
        if read(place, resource_id, outputs) is not None:
            place.client(service).disable_organization_admin_account(AdminAccountId=resource_id)

    return ResourceType(
        token=f"aws:{service}/organizationAdminAccount:OrganizationAdminAccount",
        create=create,
        read=read,
        update=nothing_to_update,
        delete=delete,
        replace_on=frozenset({"adminAccountId"}),
        inputs=frozenset({"adminAccountId"}),
    )


def _configure_guardduty(place: Place, properties: Properties) -> None:
    place.client("guardduty").update_organization_configuration(
        DetectorId=properties["detectorId"],
        AutoEnableOrganizationMembers=properties["autoEnableOrganizationMembers"],
    )


def _create_guardduty_configuration(place: Place, properties: Properties) -> Made:
    _configure_guardduty(place, properties)
    return made(place, properties["detectorId"], properties, _read_guardduty_configuration)


def _read_guardduty_configuration(place: Place, resource_id: str, known: Properties) -> Properties | None:
    try:
        found = place.client("guardduty").describe_organization_configuration(DetectorId=resource_id)
    except ClientError as error:
        if error_code(error) in _NOBODY:
            return None
        raise
    return {
        **known,
        "id": resource_id,
        "detectorId": resource_id,
        "autoEnableOrganizationMembers": found["AutoEnableOrganizationMembers"],
    }


def _update_guardduty_configuration(
    place: Place,
    resource_id: str,
    old: Properties,  # noqa: ARG001 - the table's interface
    new: Properties,
) -> Properties:
    _configure_guardduty(place, new)
    return now(place, resource_id, new, _read_guardduty_configuration)


_HUB_CONFIGURATION = {"autoEnable": "AutoEnable", "autoEnableStandards": "AutoEnableStandards"}


def _create_hub_configuration(place: Place, properties: Properties) -> Made:
    place.client("securityhub").update_organization_configuration(**arguments(properties, _HUB_CONFIGURATION))
    return made(place, place.account, properties, _read_hub_configuration)


def _read_hub_configuration(place: Place, resource_id: str, known: Properties) -> Properties | None:
    try:
        found = place.client("securityhub").describe_organization_configuration()
    except ClientError as error:
        if error_code(error) in _NOBODY:
            return None
        raise
    return {
        **known,
        "id": resource_id,
        **{name: found[member] for name, member in _HUB_CONFIGURATION.items()},
    }


def _update_hub_configuration(
    place: Place,
    resource_id: str,
    old: Properties,  # noqa: ARG001 - the table's interface
    new: Properties,
) -> Properties:
    place.client("securityhub").update_organization_configuration(**arguments(new, _HUB_CONFIGURATION))
    return now(place, resource_id, new, _read_hub_configuration)


def _delete_hub_configuration(place: Place, resource_id: str, outputs: Properties) -> None:
    # The provider's "resets Security Hub to a local organization configuration with auto enable false".
    if _read_hub_configuration(place, resource_id, outputs) is not None:
        place.client("securityhub").update_organization_configuration(
            AutoEnable=False, AutoEnableStandards="NONE"
        )


TYPES = (
    _administrator("guardduty", "AdminAccountId"),
    ResourceType(
        token="aws:guardduty/organizationConfiguration:OrganizationConfiguration",  # noqa: S106
        create=_create_guardduty_configuration,
        read=_read_guardduty_configuration,
        update=_update_guardduty_configuration,
        # The provider's too: it "performs no actions on removal".
        delete=nothing_to_delete,
        replace_on=frozenset({"detectorId"}),
        inputs=frozenset({"detectorId", "autoEnableOrganizationMembers"}),
    ),
    _administrator("securityhub", "AccountId"),
    ResourceType(
        token="aws:securityhub/organizationConfiguration:OrganizationConfiguration",  # noqa: S106
        create=_create_hub_configuration,
        read=_read_hub_configuration,
        update=_update_hub_configuration,
        delete=_delete_hub_configuration,
        inputs=frozenset(_HUB_CONFIGURATION),
    ),
)
"""The rows of this noun family."""
