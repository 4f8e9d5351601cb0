"""Endpoint services: their configurations, their allow-lists, and what a consumer discovers."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from moto.ec2.responses import EC2Response

from landline.sandbox.handshake import EndpointService, Refused
from landline.sandbox.operations.answering import (
    Call,
    Document,
    ec2_operation,
    flag,
    new_id,
    selected,
    tags_given,
    tags_of,
)
from landline.sandbox.operations.aws_services import GATEWAY, aws_service, known_services
from landline.sandbox.operations.private_names import proof_of
from landline.sandbox.patching import Patch

if TYPE_CHECKING:
    from collections.abc import Iterable

    from landline.sandbox.state import WorldState

_FILTERS = {
    "service-id": "ServiceId",
    "service-name": "ServiceName",
    "service-state": "ServiceState",
    "owner": "Owner",
    "service-type": "_Types",
}


def patches(state: WorldState) -> list[Patch]:
    """The operations on endpoint services, over `state`."""
    operations = {
        "create_vpc_endpoint_service_configuration": (
            {
                "AcceptanceRequired",
                "NetworkLoadBalancerArns",
                "PrivateDnsName",
                "SupportedIpAddressTypes",
                "SupportedRegions",
                "TagSpecifications",
            },
            _create,
        ),
        "describe_vpc_endpoint_service_configurations": ({"ServiceIds", "Filters"}, _describe),
        "modify_vpc_endpoint_service_configuration": (
            {
                "ServiceId",
                "AcceptanceRequired",
                "PrivateDnsName",
                "RemovePrivateDnsName",
                "AddNetworkLoadBalancerArns",
                "RemoveNetworkLoadBalancerArns",
                "AddSupportedRegions",
                "RemoveSupportedRegions",
            },
            _modify,
        ),
        "delete_vpc_endpoint_service_configurations": ({"ServiceIds"}, _delete),
        "describe_vpc_endpoint_service_permissions": ({"ServiceId", "Filters"}, _permissions),
        "modify_vpc_endpoint_service_permissions": (
            {"ServiceId", "AddAllowedPrincipals", "RemoveAllowedPrincipals"},
            _permit,
        ),
        "describe_vpc_endpoint_services": ({"ServiceNames", "Filters", "ServiceRegions"}, _discover),
    }
    return [
        Patch(EC2Response, name, ec2_operation(takes, _named(name, partial(answer, state))))
        for name, (takes, answer) in operations.items()
    ]


def _named(name: str, answer: Any) -> Any:  # noqa: ANN401 - a partial, which takes no name of its own
    answer.__name__ = name
    return answer


def _create(state: WorldState, call: Call, given: Document) -> Document:
    balancers = tuple(given.get("NetworkLoadBalancerArns", ()))
    if not balancers:
        raise Refused("InvalidParameter", "At least one Network Load Balancer must be specified")
    service_id = new_id("vpce-svc")
    name = given.get("PrivateDnsName")
    service = EndpointService(
        id=service_id,
        name=f"com.amazonaws.vpce.{call.region}.{service_id}",
        account=call.current_account,
        region=call.region,
        zone_ids=zones_of(call, balancers),
        acceptance_required=flag(given.get("AcceptanceRequired", True)),
        load_balancers=balancers,
        private_dns_names=(name,) if name else (),
        supported_regions=frozenset({call.region, *_regions(call, given.get("SupportedRegions", ()))}),
    )
    if set(given.get("SupportedIpAddressTypes", ())) - {"ipv4"}:
        message = "the sandbox does not model endpoint services over IPv6"
        raise NotImplementedError(message)
    state.handshake = state.handshake.offer(service)
    call.ec2_backend.create_tags([service_id], tags_given(given))
    return {"ServiceConfiguration": configuration(call, service)}


def _regions(call: Call, names: Iterable[str]) -> frozenset[str]:
    unknown = sorted(set(names) - set(call.ec2_backend.zones))
    if unknown:
        raise Refused("InvalidParameter", f"Invalid Region: {', '.join(unknown)}")
    return frozenset(names)


def zones_of(call: Call, load_balancers: Iterable[str]) -> frozenset[str]:
    """AZ ids of the load balancers; Refused for one that is no Network Load Balancer of the place."""
    from moto.elbv2.models import elbv2_backends

    known = elbv2_backends[call.current_account][call.region].load_balancers
    zones: set[str] = set()
    for arn in load_balancers:
        balancer = known.get(arn)
        if balancer is None or balancer.type != "network":
            raise Refused("InvalidLoadBalancerArn", f"{arn} is not a Network Load Balancer of this account")
        zones.update(subnet.availability_zone_id for subnet in balancer.subnets)
    return frozenset(zones)


def configuration(call: Call, service: EndpointService) -> Document:
    """The service as DescribeVpcEndpointServiceConfigurations shows it to its owner."""
    document: Document = {
        "ServiceType": [{"ServiceType": "Interface"}],
        "ServiceId": service.id,
        "ServiceName": service.name,
        "ServiceState": "Available",
        "AvailabilityZoneIds": sorted(service.zone_ids),
        "AvailabilityZones": zone_names(call, service),
        "AcceptanceRequired": service.acceptance_required,
        "ManagesVpcEndpoints": False,
        "NetworkLoadBalancerArns": list(service.load_balancers),
        "SupportedIpAddressTypes": ["ipv4"],
        "BaseEndpointDnsNames": [f"{service.id}.{service.region}.vpce.amazonaws.com"],
        "Tags": tags_of(call.ec2_backend, service.id),
        "SupportedRegions": [
            {"Region": region, "ServiceState": "Available"} for region in sorted(service.supported_regions)
        ],
    }
    if service.private_dns_names:
        document["PrivateDnsName"] = service.private_dns_names[0]
        document["PrivateDnsNameConfiguration"] = proof_of(service)
    return document


def zone_names(call: Call, service: EndpointService) -> list[str]:
    """The service's zones under the names that the calling account has for them."""
    zones = call.ec2_backend.zones.get(service.region, [])
    return sorted(zone.name for zone in zones if zone.zone_id in service.zone_ids)


def _own(state: WorldState, call: Call) -> list[EndpointService]:
    home = (call.current_account, call.region)
    return [s for s in state.handshake.services.values() if (s.account, s.region) == home]


def _describe(state: WorldState, call: Call, given: Document) -> Document:
    own = {service.id: service for service in _own(state, call)}
    for service_id in given.get("ServiceIds", ()):
        state.handshake.service(service_id, call.current_account)
    chosen = [own[i] for i in given.get("ServiceIds") or own if i in own]
    documents = [configuration(call, service) for service in chosen]
    return {"ServiceConfigurations": selected(documents, given.get("Filters", ()), _FILTERS)}


def _modify(state: WorldState, call: Call, given: Document) -> Document:
    service = state.handshake.service(given["ServiceId"], call.current_account)
    removed = set(given.get("RemoveNetworkLoadBalancerArns", ()))
    added = [a for a in given.get("AddNetworkLoadBalancerArns", ()) if a not in service.load_balancers]
    balancers = (*(a for a in service.load_balancers if a not in removed), *added)
    regions = service.supported_regions | _regions(call, given.get("AddSupportedRegions", ()))
    if service.region in given.get("RemoveSupportedRegions", ()):
        message = f"{service.id} is in {service.region} and must stay accessible from it"
        raise Refused("InvalidParameter", message)
    changed = replace(
        service,
        load_balancers=balancers,
        # A zone that joined the load balancer joins the service with any modify call, not before ("AWS
        # PrivateLink guide, Configure an endpoint service").
        zone_ids=zones_of(call, balancers),
        supported_regions=regions - set(given.get("RemoveSupportedRegions", ())),
    )
    if "AcceptanceRequired" in given:
        changed = replace(changed, acceptance_required=flag(given["AcceptanceRequired"]))
    if given.get("PrivateDnsName"):
        changed = replace(
            changed,
            private_dns_names=(given["PrivateDnsName"],),
            private_dns_verified=False,
            private_dns_failed=False,
        )
    if flag(given.get("RemovePrivateDnsName", False)):
        changed = replace(changed, private_dns_names=(), private_dns_verified=False, private_dns_failed=False)
    state.handshake = state.handshake.reconfigure(changed)
    return {"Return": True}


def _delete(state: WorldState, call: Call, given: Document) -> Document:
    unsuccessful = []
    for service_id in given.get("ServiceIds", ()):
        try:
            state.handshake = state.handshake.withdraw(service_id, call.current_account)
        except Refused as refusal:
            unsuccessful.append(unsuccessful_item(service_id, refusal))
            continue
        call.ec2_backend.tags.pop(service_id, None)
        notifications = state.notifications.get((call.current_account, call.region), {})
        for notification in [k for k, v in notifications.items() if v.get("ServiceId") == service_id]:
            del notifications[notification]
    return {"Unsuccessful": unsuccessful}


def unsuccessful_item(resource_id: str, refusal: Refused) -> Document:
    """One entry of an answer's Unsuccessful list: such calls succeed, and refuse item by item."""
    return {"ResourceId": resource_id, "Error": {"Code": refusal.code, "Message": refusal.message}}


def _permissions(state: WorldState, call: Call, given: Document) -> Document:
    service = state.handshake.service(given["ServiceId"], call.current_account)
    documents = [
        {"Principal": principal, "PrincipalType": _principal_type(principal), "ServiceId": service.id}
        for principal in sorted(service.principals)
    ]
    fields = {"principal": "Principal", "principal-type": "PrincipalType"}
    return {"AllowedPrincipals": selected(documents, given.get("Filters", ()), fields)}


def _principal_type(principal: str) -> str:
    if principal == "*":
        return "All"
    resource = principal.split(":")[-1]
    return {"root": "Account"}.get(resource, "Role" if resource.startswith("role/") else "User")


def _permit(state: WorldState, call: Call, given: Document) -> Document:
    before = state.handshake.service(given["ServiceId"], call.current_account).principals
    add = frozenset(given.get("AddAllowedPrincipals", ()))
    remove = frozenset(given.get("RemoveAllowedPrincipals", ()))
    state.handshake = state.handshake.permit(given["ServiceId"], call.current_account, add, remove)
    added = [
        {"Principal": p, "PrincipalType": _principal_type(p), "ServiceId": given["ServiceId"]}
        for p in sorted(add - before)
    ]
    return {"AddedPrincipals": added, "ReturnValue": True}


def region_zone_ids(call: Call, region: str) -> frozenset[str]:
    """AZ ids of the Region."""
    return frozenset(zone.zone_id for zone in call.ec2_backend.zones.get(region, ()))


def caller_arn(call: Call) -> str:
    """The ARN that signs the call: the role where STS has handed out the key, else the account's root."""
    from moto.iam.models import iam_backends

    keys = iam_backends[call.current_account][call.partition].access_keys
    key = keys.get(getattr(call, "access_key", ""))
    role = getattr(key, "role_arn", None)
    return str(role) if role else f"arn:{call.partition}:iam::{call.current_account}:root"


def _discover(state: WorldState, call: Call, given: Document) -> Document:
    regions = given.get("ServiceRegions") or [call.region]
    services: list[EndpointService] = []
    for region in regions:
        zone_ids = region_zone_ids(call, region)
        own = (aws_service(f"com.amazonaws.{region}.{s}", region, zone_ids) for s in sorted(known_services()))
        services.extend(service for service in own if service is not None)
    caller = caller_arn(call)
    for service in state.handshake.services.values():
        visible = state.handshake.discoverable(service.name, call.region, call.current_account, caller)
        if service.custom and service.region in regions and visible is not None:
            services.append(service)
    documents = [_detail(call, service) for service in services]
    for name in given.get("ServiceNames", ()):
        if all(document["ServiceName"] != name for document in documents):
            raise Refused("InvalidServiceName", f"The Vpc Endpoint Service '{name}' does not exist")
    wanted = set(given.get("ServiceNames", ()))
    documents = [d for d in documents if not wanted or d["ServiceName"] in wanted]
    chosen = sorted(selected(documents, given.get("Filters", ()), _FILTERS), key=lambda d: d["ServiceName"])
    return {"ServiceNames": [d["ServiceName"] for d in chosen], "ServiceDetails": chosen}


def _detail(call: Call, service: EndpointService) -> Document:
    types = ["Interface"]
    if not service.custom and service.name.rsplit(".", 1)[-1] in GATEWAY:
        types.insert(0, "Gateway")
    document: Document = {
        "ServiceName": service.name,
        "ServiceId": service.id,
        "ServiceType": [{"ServiceType": t} for t in types],
        "_Types": types,
        "ServiceRegion": service.region,
        "AvailabilityZoneIds": sorted(service.zone_ids),
        "AvailabilityZones": zone_names(call, service),
        "Owner": service.account,
        "BaseEndpointDnsNames": [f"{service.id}.{service.region}.vpce.amazonaws.com"],
        "VpcEndpointPolicySupported": service.policy_supported,
        "AcceptanceRequired": service.acceptance_required,
        "ManagesVpcEndpoints": False,
        # Tags belong to the owner; another account sees none of them.
        "Tags": tags_of(call.ec2_backend, service.id) if service.account == call.current_account else [],
        "SupportedIpAddressTypes": ["ipv4"],
    }
    if service.private_dns_names and service.private_dns_verified:
        document["PrivateDnsName"] = service.private_dns_names[0]
        document["PrivateDnsNames"] = [{"PrivateDnsName": name} for name in service.private_dns_names]
        document["PrivateDnsNameVerificationState"] = "verified"
    return document
