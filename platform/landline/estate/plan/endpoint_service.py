"""Endpoint services, and who may connect to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from landline.estate.plan.draft import Draft, Place, made_with, tags
from landline.estate.plan.reference import ENDPOINT_SERVICE
from landline.estate.plan.resource import has_unknown
from landline.estate.plan.translation import Translation

if TYPE_CHECKING:
    from landline.estate.plan.resource import Resource


def _service(draft: Draft, resource: Resource, place: Place) -> None:
    name = draft.identity(resource)
    item = draft.find("ServiceConfigurations", "ServiceId", name)
    if item is None:
        item = draft.add(
            place,
            "ServiceConfigurations",
            {
                "ServiceId": name,
                "ServiceName": resource.known("serviceName") or made_with(name, "serviceName"),
                "ServiceState": "Available",
            },
        )
        draft.put(place, "AllowedPrincipals", name, [])
    accept = resource.inputs.get("acceptanceRequired")
    # What is unknown counts as not asked for: then whoever is allowed connects.
    item["AcceptanceRequired"] = accept is True
    item["Tags"] = tags(resource)
    if resource.changes("allowedPrincipals"):
        listed, before = (values.get("allowedPrincipals") or [] for values in (resource.inputs, resource.old))
        if has_unknown(listed):
            draft.unknown(resource, "allowedPrincipals")
            return
        for one in before:
            if one not in listed:
                _forbid(draft, name, one)
        for one in listed:
            _permit(draft, resource, place, name, one)


def _permit(draft: Draft, resource: Resource, place: Place, service: str, principal: str) -> None:
    home = draft.home("ServiceConfigurations", "ServiceId", service) or place
    if not draft.shows(home, "AllowedPrincipals", service):
        draft.note(f"{resource}: who else may connect to {service} is in no document")
        draft.put(home, "AllowedPrincipals", service, [])
    permitted = draft.items(home, "AllowedPrincipals", service)
    if all(item.get("Principal") != principal for item in permitted):
        item = {"PrincipalType": _principal_type(principal), "Principal": principal, "ServiceId": service}
        draft.add(home, "AllowedPrincipals", item, service)


def _principal_type(principal: str) -> str:
    if principal == "*":
        return "All"
    kind = principal.rsplit(":", 1)[-1].split("/")[0]
    return {"root": "Account", "role": "Role", "user": "User"}.get(kind, "Account")


def _without_service(draft: Draft, resource: Resource, place: Place) -> None:
    draft.drop("VpcEndpointConnections", "ServiceId", resource.id)
    draft.drop("ServiceConfigurations", "ServiceId", resource.id)


def _principal(draft: Draft, resource: Resource, place: Place) -> None:
    service = draft.required(resource, "vpcEndpointServiceId")
    if service is None:
        return
    principal = resource.known("principalArn")
    if principal is None:
        draft.unknown(resource, "principalArn")
    else:
        _permit(draft, resource, place, service, principal)


def _without_principal(draft: Draft, resource: Resource, place: Place) -> None:
    """Nobody's connection ends with it ("AWS PrivateLink guide, Configure an endpoint service")."""
    _forbid(draft, str(resource.known("vpcEndpointServiceId")), resource.known("principalArn"))


def _forbid(draft: Draft, service: str, principal: str | None) -> None:
    home = draft.home("ServiceConfigurations", "ServiceId", service)
    if home is not None and draft.shows(home, "AllowedPrincipals", service):
        permitted = draft.items(home, "AllowedPrincipals", service)
        rest = [item for item in permitted if item.get("Principal") != principal]
        draft.put(home, "AllowedPrincipals", service, rest)


TYPES = (
    Translation(ENDPOINT_SERVICE, _service, _without_service),
    Translation(
        "aws:ec2/vpcEndpointServiceAllowedPrinciple:VpcEndpointServiceAllowedPrinciple",
        _principal,
        _without_principal,
    ),
)
"""Rows for endpoint services, before the endpoints that lead to them."""
