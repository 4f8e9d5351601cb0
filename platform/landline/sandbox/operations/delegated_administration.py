"""Who administers GuardDuty and Security Hub for the organisation, and what new accounts get.

A world is one organisation, and whoever designates an administrator first is its management account: moto's
organisation would have to be made first, which no stack does. What is refused, and where AWS says so:

- Only the management account designates, and one administrator at a time, in each Region ("Amazon GuardDuty
API Reference, EnableOrganizationAdminAccount"; "AWS Security Hub API Reference,
EnableOrganizationAdminAccount"). - It is the same account in every Region ("AWS Security Hub User Guide,
Designating a Security Hub administrator account"; "Amazon GuardDuty User Guide, Managing GuardDuty accounts
with AWS Organizations"). - Only the administrator changes what new accounts get
(UpdateOrganizationConfiguration of both).

The codes are assumed: BadRequestException is the only one of GuardDuty's for it; of Security Hub's,
AccessDenied and ResourceConflict fit. Not modelled: what designating and new accounts turn on elsewhere.
"""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from moto.core.exceptions import JsonRESTError
from moto.guardduty import urls as guardduty_urls
from moto.guardduty.responses import GuardDutyResponse
from moto.securityhub import urls as security_hub_urls
from moto.securityhub.responses import SecurityHubResponse

from landline.sandbox.patching import Patch

if TYPE_CHECKING:
    from collections.abc import Callable

    from landline.sandbox.state import WorldState

GUARDDUTY, SECURITY_HUB = "guardduty", "securityhub"

_REFUSED = {
    GUARDDUTY: ("BadRequestException", "BadRequestException"),
    SECURITY_HUB: ("AccessDeniedException", "ResourceConflictException"),
}
"""Service → the code for who may not, and for what is otherwise already."""

_BEGINNING: dict[str, dict[str, Any]] = {
    GUARDDUTY: {
        "autoEnable": False,
        "autoEnableOrganizationMembers": "NONE",
        "memberAccountLimitReached": False,
    },
    SECURITY_HUB: {
        "AutoEnable": False,
        "AutoEnableStandards": "DEFAULT",
        "MemberAccountLimitReached": False,
        "OrganizationConfiguration": {"ConfigurationType": "LOCAL", "Status": "ENABLED"},
    },
}
"""Service → what DescribeOrganizationConfiguration answers at first."""


class _Call(Protocol):
    """The part of moto's response objects that these operations use."""

    current_account: str
    region: str
    body: Any


def patches(state: WorldState) -> list[Patch]:
    """The operations on delegated administration, over `state`."""
    paths = {
        **guardduty_urls.url_paths,
        "{0}/admin/disable$": GuardDutyResponse.dispatch,
        "{0}/detector/(?P<detector_id>[^/]+)/admin$": GuardDutyResponse.dispatch,
    }
    hub_paths = {
        **security_hub_urls.url_paths,
        "{0}/organization/admin$": SecurityHubResponse.dispatch,
        "{0}/organization/admin/disable$": SecurityHubResponse.dispatch,
    }
    return [
        Patch(guardduty_urls, "url_paths", paths),
        Patch(security_hub_urls, "url_paths", hub_paths),
        *_operations(state, GUARDDUTY, GuardDutyResponse, "adminAccountId"),
        *_operations(state, SECURITY_HUB, SecurityHubResponse, "AdminAccountId"),
    ]


def _operations(state: WorldState, service: str, response: type, account_key: str) -> list[Patch]:
    operations: dict[str, Callable[[_Call], dict[str, Any]]] = {
        "enable_organization_admin_account": partial(_designate, state, service, account_key),
        "disable_organization_admin_account": partial(_withdraw, state, service, account_key),
        "list_organization_admin_accounts": partial(_list, state, service),
        "describe_organization_configuration": partial(_configuration, state, service),
        "update_organization_configuration": partial(_configure, state, service),
    }
    return [
        Patch(response, name, _answering(operation), adds=not hasattr(response, name))
        for name, operation in operations.items()
    ]


def _answering(operation: Callable[[_Call], dict[str, Any]]) -> Callable[[_Call], str]:
    def answer(call: _Call) -> str:
        return json.dumps(operation(call))

    return answer


def _refused(service: str, message: str, *, conflict: bool = False) -> JsonRESTError:
    return JsonRESTError(_REFUSED[service][conflict], message)


def _given(call: _Call) -> dict[str, Any]:
    given: dict[str, Any] = json.loads(call.body) if call.body else {}
    return given


def _management(state: WorldState, service: str, call: _Call) -> str:
    """The calling account, which must be the one that designated whoever is designated."""
    for manager, _ in state.administrators.values():
        if manager != call.current_account:
            raise _refused(service, "only the organization's management account can do this")
    return call.current_account


def _designate(state: WorldState, service: str, key: str, call: _Call) -> dict[str, Any]:
    wanted = _given(call)[key]
    manager = _management(state, service, call)
    for (other, region), (_, named) in state.administrators.items():
        if other == service and named != wanted:
            message = f"account {named} is the delegated administrator in {region}; it is one in all Regions"
            raise _refused(service, message, conflict=True)
    state.administrators[service, call.region] = (manager, wanted)
    return {}


def _withdraw(state: WorldState, service: str, key: str, call: _Call) -> dict[str, Any]:
    _management(state, service, call)
    named = state.administrators.get((service, call.region), ("", ""))[1]
    if named != _given(call)[key]:
        raise _refused(
            service, "the account is not the organization's delegated administrator", conflict=True
        )
    del state.administrators[service, call.region]
    state.organization_configurations.pop((service, call.region), None)
    return {}


def _list(state: WorldState, service: str, call: _Call) -> dict[str, Any]:
    manager, named = state.administrators.get((service, call.region), ("", ""))
    shown = named and manager == call.current_account
    if service == GUARDDUTY:
        accounts = [{"adminAccountId": named, "adminStatus": "ENABLED"}] if shown else []
        return {"adminAccounts": accounts}
    return {"AdminAccounts": [{"AccountId": named, "Status": "ENABLED"}] if shown else []}


def _administrator(state: WorldState, service: str, call: _Call) -> tuple[str, str]:
    if state.administrators.get((service, call.region), ("", ""))[1] != call.current_account:
        raise _refused(service, "only the organization's delegated administrator can do this")
    return (service, call.region)


def _configuration(state: WorldState, service: str, call: _Call) -> dict[str, Any]:
    place = _administrator(state, service, call)
    return state.organization_configurations.get(place, _BEGINNING[service])


def _configure(state: WorldState, service: str, call: _Call) -> dict[str, Any]:
    place = _administrator(state, service, call)
    given = _given(call)
    unknown = given.keys() - _BEGINNING[service].keys()
    if unknown:
        message = (
            f"the sandbox's update_organization_configuration does not model {', '.join(sorted(unknown))}"
        )
        raise NotImplementedError(message)
    state.organization_configurations[place] = {**_configuration(state, service, call), **given}
    return {}
