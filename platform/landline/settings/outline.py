"""What a stack file says that concerns other stacks, as far as it can be read.

Cross-checks work on outlines, so that a mistake in one key of a file does not hide what is wrong between its
other keys and other files: all of it comes out in one run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from landline.settings.baseline import ADMINISTERED
from landline.settings.fields import (
    AccountId,
    Cidr,
    Date,
    OtherRegion,
    Place,
    PrivateDnsName,
    PublicDomain,
    Role,
    StackName,
    ZoneId,
)

if TYPE_CHECKING:
    from datetime import date
    from ipaddress import IPv4Network
    from pathlib import Path

    from landline.settings.problem import Problem, Severity
    from landline.settings.stack import Kind, Positions, Stack

Value = TypeVar("Value")

_STACK_NAME: TypeAdapter[str] = TypeAdapter(StackName)
_ACCOUNT: TypeAdapter[str] = TypeAdapter(AccountId)
_ACCOUNTS: TypeAdapter[tuple[str, ...]] = TypeAdapter(tuple[AccountId, ...])
_ROLE: TypeAdapter[str | None] = TypeAdapter(Role | None)
_CIDR: TypeAdapter[IPv4Network] = TypeAdapter(Cidr)
_ZONES: TypeAdapter[tuple[str, ...]] = TypeAdapter(tuple[ZoneId, ...])
_REGIONS: TypeAdapter[tuple[str, ...]] = TypeAdapter(tuple[OtherRegion, ...])
_DOMAIN: TypeAdapter[str] = TypeAdapter(PublicDomain)
_PRIVATE_NAME: TypeAdapter[str] = TypeAdapter(PrivateDnsName)
_UNTIL: TypeAdapter[date | None] = TypeAdapter(Date | None)


@dataclass(frozen=True, slots=True)
class Term:
    """How long a service is requested or granted."""

    until: date | None
    """The last day; None for no end."""
    readable: bool = True
    """False when the file gives a last day that is no date."""


@dataclass(frozen=True, slots=True)
class Outline:
    """One stack as other stacks see it.

    None stands for what is missing, cannot be read or has no place in its kind.
    """

    name: str
    file: Path
    kind: Kind
    positions: Positions
    region: str | None
    account: str | None
    role: str | None
    hub: str | None
    spoke: str | None
    cidr: IPv4Network | None
    zones: tuple[str, ...] | None
    services: Mapping[str, Term] | None
    aws: tuple[str, ...]
    ports: Mapping[str, int]
    """How many ports each service of a hub listens on."""
    endpoints: Mapping[str, int]
    """How many endpoints each service of a hub expects, where the file says so."""
    accounts: tuple[str, ...] | None
    """The accounts that a hub takes for spokes; None for any."""
    regions: tuple[str, ...] | None
    """The other Regions that a hub serves; none for other kinds."""
    private_names: Mapping[str, str]
    """The private DNS names that a hub's services have, by the service."""
    public_domain: str | None
    """The domain of a hub's public zone; None without one."""
    price_limit: int | None
    """US dollars a month."""
    administrator: str | None = None
    """The baseline that a management account's baseline designates."""
    management: str | None = None
    """The management account's baseline, as the administrator's names it."""
    takes_in: str | None = None
    """In which accounts an administrator turns things on: ``all``, ``new`` or ``none``."""
    watched: Mapping[str, object] = field(default_factory=dict)
    """A baseline's `guardduty` and `security_hub`."""
    importing: tuple[str, ...] = ()
    """The services of a hub whose findings Security Hub imports."""

    @property
    def named(self) -> tuple[str, ...]:
        """The stacks that it names."""
        names = (self.hub, self.spoke, self.administrator, self.management)
        return tuple(name for name in names if name is not None)

    def problem(self, severity: Severity, keys: tuple[str | int, ...], message: str, remedy: str) -> Problem:
        """A problem with the value at `keys`, counted from the stack's own settings."""
        return self.positions.problem(
            severity, str(self.file), (f"landline:{self.kind}", *keys), message, remedy
        )


def outline(
    name: str, file: Path, kind: Kind, region: str | None, settings: Mapping[Any, Any], positions: Positions
) -> Outline:
    """The outline of a stack whose file holds `settings`."""
    where = Place(region)
    network = settings.get("network")
    network = network if isinstance(network, Mapping) else {}
    services = settings.get("services")
    aws = settings.get("aws")
    regions = settings.get("regions")
    zone = settings.get("public_zone")
    administers = settings.get("administers")
    administers = administers if isinstance(administers, Mapping) else {}
    return Outline(
        name=name,
        file=file,
        kind=kind,
        positions=positions,
        region=region,
        account=_read(_ACCOUNT, settings.get("account"), where),
        role=_read(_ROLE, settings.get("role"), where),
        hub=_read(_STACK_NAME, settings.get("hub"), where),
        spoke=_read(_STACK_NAME, settings.get("spoke"), where),
        cidr=_read(_CIDR, network.get("cidr"), where),
        zones=_read(_ZONES, network.get("zones"), where),
        services={key: _term(service) for key, service in services.items()}
        if isinstance(services, Mapping)
        else None,
        aws=tuple(item for item in aws if isinstance(item, str))
        if isinstance(aws, (list, tuple, Mapping))
        else (),
        ports=_ports(services) if isinstance(services, Mapping) else {},
        endpoints=_endpoints(services) if isinstance(services, Mapping) else {},
        accounts=_read(_ACCOUNTS, settings.get("accounts"), where),
        regions=() if regions is None else _read(_REGIONS, regions, where),
        private_names=_private_names(services) if isinstance(services, Mapping) else {},
        public_domain=_read(_DOMAIN, zone.get("domain"), where) if isinstance(zone, Mapping) else None,
        price_limit=limit if type(limit := settings.get("price_limit")) is int else None,
        administrator=_read(_STACK_NAME, settings.get("administrator"), where),
        management=_read(_STACK_NAME, administers.get("management"), where),
        takes_in=str(administers.get("accounts", "all")) if administers else None,
        importing=_importing(services) if isinstance(services, Mapping) else (),
        watched={name: settings.get(name, True) for name in ADMINISTERED} if kind == "baseline" else {},
    )


def outline_of(stack: Stack) -> Outline:
    """The outline of a stack without errors."""
    settings = stack.settings.model_dump(mode="json")
    return outline(stack.name, stack.file, stack.kind, stack.region, settings, stack.positions)


def _term(service: object) -> Term:
    until = service.get("until") if isinstance(service, Mapping) else None
    if until is None:
        return Term(None, readable=isinstance(service, Mapping))
    day = _read(_UNTIL, until, Place())
    return Term(day, readable=day is not None)


def _importing(services: Mapping[str, object]) -> tuple[str, ...]:
    backends = {
        name: service.get("backend") for name, service in services.items() if isinstance(service, Mapping)
    }
    return tuple(
        name
        for name, backend in backends.items()
        if isinstance(backend, Mapping) and backend.get("security_hub") is True
    )


def _ports(services: Mapping[str, object]) -> dict[str, int]:
    listed = {
        name: service.get("ports") for name, service in services.items() if isinstance(service, Mapping)
    }
    return {name: len(ports) for name, ports in listed.items() if isinstance(ports, (list, tuple))}


def _private_names(services: Mapping[str, object]) -> dict[str, str]:
    named = {
        name: _read(_PRIVATE_NAME, service.get("private_dns_name"), Place())
        for name, service in services.items()
        if isinstance(service, Mapping)
    }
    return {name: private for name, private in named.items() if private is not None}


def _endpoints(services: Mapping[str, object]) -> dict[str, int]:
    listed = {
        name: service.get("endpoints") for name, service in services.items() if isinstance(service, Mapping)
    }
    return {name: endpoints for name, endpoints in listed.items() if type(endpoints) is int}


def _read(adapter: TypeAdapter[Value], value: object, where: Place) -> Value | None:
    if value is None:
        return None
    try:
        return adapter.validate_python(value, context=where)
    except ValidationError:
        # The file's own problems say what is wrong with it; here it only counts as not known.
        return None
