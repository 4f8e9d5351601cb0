"""Private DNS names: the proof of a service's own, and that a VPC has one zone of a name.

A private name gives the VPC a hidden private hosted zone, which its customer's zones can collide with ("AWS
PrivateLink guide, Manage DNS names for VPC endpoint services"). Assumed: a wildcard's zone is the one below
the asterisk; which server answers for a domain is not modelled, so a TXT record counts in any public zone of
the world that the record's name lies in; AWS sees it at once, and says ``failed`` where it is not there.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial, wraps
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from moto.ec2.responses import EC2Response

from landline.sandbox.handshake import EndpointService, Refused, zone_of
from landline.sandbox.operations.answering import Call, Document, ec2_operation
from landline.sandbox.patching import Patch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from landline.sandbox.state import WorldState


def patches(state: WorldState) -> list[Patch]:
    """The verification, which moto lacks, and Route 53's refusal of a second zone of a name in a VPC."""
    from moto.route53.models import Route53Backend

    verify: Any = partial(_verify, state)
    verify.__name__ = "start_vpc_endpoint_service_private_dns_verification"
    backend: Any = Route53Backend
    return [
        Patch(EC2Response, verify.__name__, ec2_operation({"ServiceId"}, verify), adds=True),
        Patch(backend, "create_hosted_zone", _create(state, backend.create_hosted_zone)),
        Patch(
            backend,
            "associate_vpc_with_hosted_zone",
            _associate(state, backend.associate_vpc_with_hosted_zone),
        ),
    ]


def proof_of(service: EndpointService) -> Document:
    """The TXT record that AWS asks for, as PrivateDnsNameConfiguration: its subdomain and its value."""
    digest = sha256(f"{service.id} {service.private_dns_names[0]}".encode()).hexdigest()
    state = (
        "verified"
        if service.private_dns_verified
        else "failed"
        if service.private_dns_failed
        else "pendingVerification"
    )
    return {
        "State": state,
        "Type": "TXT",
        "Value": f"vpce:{digest[:20].upper()}",
        "Name": f"_{digest[20:40]}",
    }


def _verify(state: WorldState, call: Call, given: Document) -> Document:
    service = state.handshake.service(given["ServiceId"], call.current_account)
    if not service.private_dns_names:
        raise Refused("InvalidParameter", f"The service {service.id} has no private DNS name")
    proof, domain = proof_of(service), zone_of(service.private_dns_names[0])
    # Proving a domain proves what is below it, too (same page).
    labels = domain.split(".")
    above = [".".join(labels[at:]) for at in range(len(labels) - 1)]
    wanted = {name for one in above for name in (one, f"{proof['Name']}.{one}")}
    seen = any(name in wanted and value == proof["Value"] for name, value in _public_texts())
    changed = replace(service, private_dns_verified=seen, private_dns_failed=not seen)
    state.handshake = state.handshake.reconfigure(changed)
    return {"ReturnValue": True}


def _backends() -> Iterator[Any]:
    from moto.route53.models import route53_backends

    for account in list(route53_backends.values()):
        yield from list(account.values())


def _public_texts() -> Iterator[tuple[str, str]]:
    """The name and each value of every TXT record of a public zone; values without their quotes."""
    for backend in _backends():
        for zone in backend.zones.values():
            for record in [] if zone.private_zone else zone.rrsets:
                if record.type == "TXT":
                    for value in record.records:
                        yield record.name.rstrip(".").lower(), value.strip('"')


def zones_in(vpc: str) -> frozenset[str]:
    """The names of the private hosted zones that are associated with a VPC."""
    return frozenset(
        zone.name.rstrip(".").lower()
        for backend in _backends()
        for zone in backend.zones.values()
        if zone.private_zone and any(one["vpc_id"] == vpc for one in zone.vpcs)
    )


def _create(state: WorldState, create: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(create)
    def create_hosted_zone(backend: Any, name: str, **given: Any) -> Any:  # noqa: ANN401 - moto's own types
        if given.get("private_zone") and given.get("vpcid"):
            _refuse_second(state, given["vpcid"], name)
        return create(backend, name, **given)

    return create_hosted_zone


def _associate(state: WorldState, associate: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(associate)
    def associate_vpc_with_hosted_zone(backend: Any, zone_id: str, vpcid: str, vpcregion: str) -> Any:  # noqa: ANN401
        zone = backend.get_hosted_zone(zone_id)
        if not any(one["vpc_id"] == vpcid for one in zone.vpcs):
            _refuse_second(state, vpcid, zone.name)
        return associate(backend, zone_id, vpcid, vpcregion)

    return associate_vpc_with_hosted_zone


def _refuse_second(state: WorldState, vpc: str, name: str) -> None:
    """A VPC takes one private zone of a name.

    ("Amazon Route 53 API Reference, CreateHostedZone and AssociateVPCWithHostedZone".) Assumed: the hidden
    zone of an endpoint's private name counts as one, as the other way round.
    """
    from moto.route53.exceptions import Route53ClientError

    wanted = name.rstrip(".").lower()
    hidden = {
        zone_of(private)
        for one in state.handshake.connections.values()
        if one.vpc == vpc and one.private_dns
        for private in state.handshake.behind(one).private_dns_names
    }
    if wanted in zones_in(vpc) | hidden:
        message = f"The VPC {vpc} is already associated with another hosted zone named {wanted}."
        raise Route53ClientError("ConflictingDomainExists", message)
