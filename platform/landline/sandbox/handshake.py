"""The endpoint-connection handshake of AWS PrivateLink, as a pure state machine that can refuse.

A `Handshake` holds every endpoint service and every endpoint connection of a world, across accounts. Each
method is one call that AWS takes; it gives the state after the call, or raises `Refused` with AWS's own
error code. Nothing here knows moto, boto3 or time.

Where each refusal is from:

- ``InvalidServiceName`` for an unknown service, one that the caller may not discover, and one in another
  Region that the endpoint does not name or that does not serve the endpoint's; the allow-list gates creation
  and discovery ("AWS PrivateLink guide, Configure an endpoint service", and "Share your services, Cross-
  Region access"; the code is the one that users saw without the name, terraform-provider-aws pull request
  40583).
- ``InvalidParameter`` for a zone that the service lacks, for private DNS without the VPC's DNS attributes,
  without a private name, before acceptance, or with a name that the VPC already has ("AWS PrivateLink
  guide, Access an AWS service using an interface VPC endpoint" and "Manage DNS names for VPC endpoint
  services").
- ``ExistingVpcEndpointConnections`` for deleting a service with live connections ("AWS PrivateLink guide,
  Delete an endpoint service").
- ``InvalidVpcEndpointService.NotFound``, ``InvalidVpcEndpointServiceId.NotFound`` and
  ``InvalidVpcEndpointId.NotFound`` as the EC2 API reference's error codes list them.

Assumed, because AWS documents the refusal but not its code: ``InvalidParameter`` for an endpoint policy on
a custom service, for an unverified private name, for a load balancer that has a service already, for a
principal ARN with an IAM path, for zones that cross-Region access does not support, on either side, for a
Region that does not exist, and for removing a service's own Region from those that it serves;
``InvalidState`` for accepting a rejected connection (the consumer has to ask anew), and for detaching a load
balancer from a service that has connections.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class Refused(Exception):  # noqa: N818 - the state machine refuses; that is no fault of it
    """AWS would refuse the call, with this code and text."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


class ConnectionState(StrEnum):
    """The state of an endpoint as its owner and the service's owner see it, spelled as the API answers."""

    PENDING_ACCEPTANCE = "pendingAcceptance"
    AVAILABLE = "available"
    REJECTED = "rejected"


UNREACHED_ZONES = frozenset({"use1-az3", "usw1-az2", "apne1-az3", "apne2-az2", "apne2-az4"})
"""AZ ids without cross-Region access ("AWS PrivateLink guide, Share your services, Cross-Region access").

Settings have them too, and read pydantic, which a world's process has no time for; a test compares them.
"""

LIVE = frozenset({ConnectionState.PENDING_ACCEPTANCE, ConnectionState.AVAILABLE})
"""States that keep a service from being deleted."""


@dataclass(frozen=True, slots=True)
class EndpointService:
    """An endpoint service: a customer's, behind Network Load Balancers, or one of AWS's own."""

    id: str
    name: str
    """``com.amazonaws.vpce.<region>.<id>``, or ``com.amazonaws.<region>.<service>`` for AWS's own."""
    account: str
    """The owner's account id, or ``amazon``."""
    region: str
    zone_ids: frozenset[str]
    """Zones by AZ id: zone names differ between accounts, ids do not."""
    acceptance_required: bool = True
    load_balancers: tuple[str, ...] = ()
    principals: frozenset[str] = frozenset()
    private_dns_names: tuple[str, ...] = ()
    private_dns_verified: bool = False
    private_dns_failed: bool = False
    """Whether the last attempt to verify it found no record."""
    policy_supported: bool = False
    supported_regions: frozenset[str] = frozenset()

    @property
    def custom(self) -> bool:
        """Whether a customer offers it; AWS's own services let everyone in and accept at once."""
        return self.account != "amazon"

    def admits(self, account: str, caller: str) -> bool:
        """Whether `caller` (an ARN) of `account` may discover and connect. Nobody may, by default."""
        if not self.custom or account == self.account:
            return True
        root = f":iam::{account}:root"
        return any(p == "*" or p == caller or p.endswith(root) for p in self.principals)


@dataclass(frozen=True, slots=True)
class Connection:
    """An interface endpoint and what became of its request."""

    endpoint: str
    account: str
    region: str
    vpc: str
    service: str
    """The service's id."""
    zones: Mapping[str, str]
    """Subnet id → AZ id, one subnet a zone."""
    private_dns: bool
    state: ConnectionState


@dataclass(frozen=True, slots=True)
class EndpointRequest:
    """What a consumer asks for with CreateVpcEndpoint, and what the answer depends on."""

    endpoint: str
    account: str
    caller: str
    """The ARN that signs the call."""
    region: str
    vpc: str
    service_name: str
    zones: Mapping[str, str]
    """Subnet id → AZ id."""
    service_region: str | None = None
    """Another Region's service; None for one in the endpoint's own Region."""
    private_dns: bool = False
    has_policy: bool = False
    vpc_zones: frozenset[str] = frozenset()
    """Names of the private hosted zones that the VPC has already."""
    vpc_dns_support: bool = True
    vpc_dns_hostnames: bool = True


@dataclass(frozen=True, slots=True)
class Handshake:
    """All services and connections at one moment."""

    services: Mapping[str, EndpointService] = field(default_factory=lambda: MappingProxyType({}))
    """By id."""
    connections: Mapping[str, Connection] = field(default_factory=lambda: MappingProxyType({}))
    """By endpoint id."""
    withdrawn: Mapping[str, EndpointService] = field(default_factory=lambda: MappingProxyType({}))
    """Services that are no more, by id: rejected endpoints outlive theirs, and keep its name."""

    def service(self, service_id: str, owner: str) -> EndpointService:
        """The service of `owner` with this id; Refused when it has none such."""
        found = self.services.get(service_id)
        if found is None or found.account != owner:
            raise Refused(
                "InvalidVpcEndpointServiceId.NotFound",
                f"The VpcEndpointService Id '{service_id}' does not exist",
            )
        return found

    def behind(self, connection: Connection) -> EndpointService:
        """The service that an endpoint asked for, whether or not it is still offered."""
        return self.services.get(connection.service) or self.withdrawn[connection.service]

    def connection(self, endpoint_id: str) -> Connection:
        """The connection of this endpoint; Refused when there is none."""
        found = self.connections.get(endpoint_id)
        if found is None:
            raise Refused(
                "InvalidVpcEndpointId.NotFound", f"The Vpc Endpoint Id '{endpoint_id}' does not exist"
            )
        return found

    def connections_of(self, service_id: str) -> tuple[Connection, ...]:
        """The service's connections in the order in which they were asked for."""
        return tuple(c for c in self.connections.values() if c.service == service_id)

    def service_behind(self, load_balancer: str) -> EndpointService | None:
        """The service that uses this load balancer, if one does."""
        return next((s for s in self.services.values() if load_balancer in s.load_balancers), None)

    def discoverable(self, name: str, region: str, account: str, caller: str) -> EndpointService | None:
        """The service of that name as the caller sees it from `region`; None when it does not."""
        for service in self.services.values():
            reachable = region == service.region or region in service.supported_regions
            if service.name == name and reachable and service.admits(account, caller):
                return service
        return None

    # The provider's side.

    def offer(self, service: EndpointService) -> Handshake:
        """CreateVpcEndpointServiceConfiguration."""
        for load_balancer in service.load_balancers:
            _refuse_taken(self.service_behind(load_balancer), load_balancer, service.id)
        _refuse_regions(service)
        return replace(self, services={**self.services, service.id: service})

    def reconfigure(self, changed: EndpointService) -> Handshake:
        """ModifyVpcEndpointServiceConfiguration: `changed` takes the place of the service with its id.

        Connections stay as they are: neither a stricter acceptance nor a lapsed private name cuts anything.
        """
        current = self.service(changed.id, changed.account)
        for load_balancer in changed.load_balancers:
            _refuse_taken(self.service_behind(load_balancer), load_balancer, changed.id)
        _refuse_regions(changed)
        detached = set(current.load_balancers) - set(changed.load_balancers)
        if detached and any(c.state in LIVE for c in self.connections_of(changed.id)):
            message = (
                f"{', '.join(sorted(detached))} cannot leave {changed.id}, which has connected endpoints"
            )
            raise Refused("InvalidState", message)
        return replace(self, services={**self.services, changed.id: changed})

    def permit(self, service_id: str, owner: str, add: frozenset[str], remove: frozenset[str]) -> Handshake:
        """ModifyVpcEndpointServicePermissions. Removing a principal leaves its connections as they are."""
        service = self.service(service_id, owner)
        for principal in sorted(add):
            _refuse_malformed(principal)
        principals = (service.principals | add) - remove
        return replace(self, services={**self.services, service_id: replace(service, principals=principals)})

    def accept(self, service_id: str, owner: str, endpoint_id: str) -> Handshake:
        """AcceptVpcEndpointConnections for one endpoint; nothing changes where it is available already."""
        connection = self._connection_to(service_id, owner, endpoint_id)
        if connection.state is ConnectionState.REJECTED:
            message = f"{endpoint_id} is {connection.state} and cannot be accepted: its owner has to ask anew"
            raise Refused("InvalidState", message)
        return self._with(replace(connection, state=ConnectionState.AVAILABLE))

    def reject(self, service_id: str, owner: str, endpoint_id: str) -> Handshake:
        """RejectVpcEndpointConnections for one endpoint: it cuts an available connection, too."""
        connection = self._connection_to(service_id, owner, endpoint_id)
        return self._with(replace(connection, state=ConnectionState.REJECTED))

    def withdraw(self, service_id: str, owner: str) -> Handshake:
        """DeleteVpcEndpointServiceConfigurations for one service."""
        found = self.services.get(service_id)
        if found is None or found.account != owner:
            message = f"The VpcEndpointService Id '{service_id}' does not exist"
            raise Refused("InvalidVpcEndpointService.NotFound", message)
        if any(c.state in LIVE for c in self.connections_of(service_id)):
            message = f"Service {service_id} has existing active VPC Endpoint connections: reject them first"
            raise Refused("ExistingVpcEndpointConnections", message)
        services = {k: v for k, v in self.services.items() if k != service_id}
        return replace(self, services=services, withdrawn={**self.withdrawn, service_id: found})

    # The consumer's side.

    def request(self, wanted: EndpointRequest) -> Handshake:
        """CreateVpcEndpoint of type Interface.

        The connection is available at once on AWS's own services and on those that require no acceptance,
        and waits for the owner otherwise.
        """
        region = wanted.service_region or wanted.region
        service = self.discoverable(wanted.service_name, wanted.region, wanted.account, wanted.caller)
        if service is None or service.region != region:
            raise Refused(
                "InvalidServiceName", f"The Vpc Endpoint Service '{wanted.service_name}' does not exist"
            )
        if wanted.has_policy and not service.policy_supported:
            message = f"Endpoint policies are not supported by the service {service.name}"
            raise Refused("InvalidParameter", message)
        _refuse_zones(service, wanted.zones, remote=service.region != wanted.region)
        waits = service.custom and service.acceptance_required
        connection = Connection(
            endpoint=wanted.endpoint,
            account=wanted.account,
            region=wanted.region,
            vpc=wanted.vpc,
            service=service.id,
            zones=MappingProxyType(dict(wanted.zones)),
            private_dns=False,
            state=ConnectionState.PENDING_ACCEPTANCE if waits else ConnectionState.AVAILABLE,
        )
        asked = self._with(connection)
        if not wanted.private_dns:
            return asked
        return asked.name_privately(
            wanted.endpoint,
            dns_support=wanted.vpc_dns_support,
            dns_hostnames=wanted.vpc_dns_hostnames,
            zones=wanted.vpc_zones,
        )

    def name_privately(
        self,
        endpoint_id: str,
        *,
        dns_support: bool,
        dns_hostnames: bool,
        zones: frozenset[str] = frozenset(),
    ) -> Handshake:
        """Switches private DNS on for an endpoint whose VPC has these DNS attributes and private zones."""
        connection = self.connection(endpoint_id)
        service = self.behind(connection)
        if not (dns_support and dns_hostnames):
            raise Refused(
                "InvalidParameter",
                "Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes "
                f"set to true for {connection.vpc}",
            )
        if not service.private_dns_names:
            raise Refused(
                "InvalidParameter",
                f"Private DNS can't be enabled because the service {service.name} does not provide a private "
                "DNS name.",
            )
        if not service.private_dns_verified:
            message = (
                f"Private DNS can't be enabled because {service.name} has not verified its private DNS name."
            )
            raise Refused("InvalidParameter", message)
        if connection.state is not ConnectionState.AVAILABLE:
            raise Refused(
                "InvalidParameter",
                "Private DNS can only be enabled after the endpoint connection is accepted by the owner of "
                f"{service.name}.",
            )
        wanted = {zone_of(name) for name in service.private_dns_names}
        taken = set(zones)
        for other in self.connections.values():
            if other.vpc == connection.vpc and other.endpoint != endpoint_id and other.private_dns:
                taken |= {zone_of(name) for name in self.behind(other).private_dns_names}
        if wanted & taken:
            raise Refused(
                "InvalidParameter",
                "private-dns-enabled cannot be set because there is already a conflicting DNS domain for "
                f"{min(wanted & taken)} in the VPC {connection.vpc}",
            )
        return self._with(replace(connection, private_dns=True))

    def name_publicly(self, endpoint_id: str) -> Handshake:
        """Switches private DNS off for an endpoint."""
        return self._with(replace(self.connection(endpoint_id), private_dns=False))

    def move(self, endpoint_id: str, zones: Mapping[str, str]) -> Handshake:
        """ModifyVpcEndpoint's subnets: the endpoint has interfaces in exactly these (subnet id → AZ id)."""
        connection = self.connection(endpoint_id)
        service = self.behind(connection)
        _refuse_zones(service, zones, remote=service.region != connection.region)
        return self._with(replace(connection, zones=MappingProxyType(dict(zones))))

    def leave(self, endpoint_id: str) -> Handshake:
        """DeleteVpcEndpoints for one endpoint."""
        self.connection(endpoint_id)
        return replace(self, connections={k: v for k, v in self.connections.items() if k != endpoint_id})

    def _connection_to(self, service_id: str, owner: str, endpoint_id: str) -> Connection:
        self.service(service_id, owner)
        connection = self.connections.get(endpoint_id)
        if connection is None or connection.service != service_id:
            message = f"The Vpc Endpoint Id '{endpoint_id}' does not exist"
            raise Refused("InvalidVpcEndpointId.NotFound", message)
        return connection

    def _with(self, connection: Connection) -> Handshake:
        return replace(self, connections={**self.connections, connection.endpoint: connection})


def zone_of(private_name: str) -> str:
    """The zone that AWS gives a VPC for a private name.

    Assumed: a wildcard's is the one below its asterisk.
    """
    return private_name.removeprefix("*.")


def _refuse_taken(owner: EndpointService | None, load_balancer: str, service_id: str) -> None:
    if owner is not None and owner.id != service_id:
        message = (
            f"The load balancer {load_balancer} is already associated with the endpoint service {owner.id}"
        )
        raise Refused("InvalidParameter", message)


def _refuse_malformed(principal: str) -> None:
    """A principal is ``*`` or the ARN of an account, or of a role or user without a path.

    (EC2 API reference, ModifyVpcEndpointServicePermissions.)
    """
    if principal == "*":
        return
    parts = principal.split(":")
    resource = parts[5] if len(parts) == 6 else ""
    kind, _, name = resource.partition("/")
    account = parts[4] if len(parts) == 6 else ""
    shaped = parts[0] == "arn" and parts[2:4] == ["iam", ""] and len(account) == 12 and account.isdecimal()
    named = kind in {"role", "user"} and name != "" and "/" not in name
    if not (shaped and (resource == "root" or named)):
        raise Refused("InvalidParameter", f"Invalid principal: {principal}")


def _refuse_regions(service: EndpointService) -> None:
    """A service serves other Regions only from zones that they can reach."""
    unreached = sorted(service.zone_ids & UNREACHED_ZONES)
    if service.custom and unreached and service.supported_regions - {service.region}:
        message = f"Cross-region access is not supported for the availability zones {', '.join(unreached)}"
        raise Refused("InvalidParameter", message)


def _refuse_zones(service: EndpointService, zones: Mapping[str, str], *, remote: bool) -> None:
    """One subnet a zone, each in a zone of the service. Zones need not match across Regions."""
    seen: set[str] = set()
    for subnet, zone in zones.items():
        if zone in seen:
            message = f"Found another VPC endpoint subnet in the availability zone of {subnet}"
            raise Refused("DuplicateSubnetsInSameZone", message)
        seen.add(zone)
        if remote and zone in UNREACHED_ZONES:
            message = (
                f"Cross-region access is not supported for the availability zone of the subnet: {subnet}."
            )
            raise Refused("InvalidParameter", message)
        if not remote and zone not in service.zone_ids:
            raise Refused(
                "InvalidParameter",
                f"The VPC endpoint service {service.name} does not support the availability zone of the "
                f"subnet: {subnet}.",
            )
