"""What stacks tell each other: their outputs' names and shapes, written and read in one place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, cast

from components import local_name
from landline.errors import UsageError

if TYPE_CHECKING:
    from components import AccountBaseline, Grant, Hub, Spoke
    from landline.settings import HubSettings, SpokeSettings, Stack

CONTRACT = 1
"""The version of the outputs. It grows when a reader of the old ones would misread the new ones."""

Outputs = Mapping[str, Any]
"""A stack's outputs by name; when they are being written, with `pulumi.Output` values in them."""


@dataclass(frozen=True, slots=True)
class ServiceOutputs:
    """One service that a hub offers."""

    service_name: str
    """What an endpoint names: ``com.amazonaws.vpce.<region>.vpce-svc-…``."""
    service_id: str
    service_arn: str
    security_group_id: str
    """The group of the load balancer."""
    ports: tuple[int, ...]
    lane: Literal["standing", "accepted"]
    zones: tuple[str, ...]
    """The AZ ids in which it is offered."""
    local_name: str
    """Its name inside spokes."""
    private_dns_name: str | None = None
    """Its own name there, if it has one."""


@dataclass(frozen=True, slots=True)
class HubOutputs:
    """What spokes and grants read of a hub."""

    account: str
    region: str
    organization: str
    services: Mapping[str, ServiceOutputs]


@dataclass(frozen=True, slots=True)
class BaselineOutputs:
    """What an administrator's baseline reads of that of the management account."""

    account: str
    region: str
    administrator: str | None
    """The account that it designates."""


@dataclass(frozen=True, slots=True)
class SpokeOutputs:
    """What a grant reads of a spoke."""

    account: str
    region: str
    cidr: str
    vpc_id: str
    client_security_group_id: str
    """What workloads attach to use the lines."""
    endpoints: Mapping[str, str]
    """Endpoint ids by the hub's service."""
    local_names: Mapping[str, str]
    """Names to call, by the hub's service."""


def baseline_exports(
    stack: Stack, account: str, baseline: AccountBaseline, administrator: str | None = None
) -> Outputs:
    """A baseline's outputs, which `read_baseline` reads; `administrator` is whom it designates."""
    designated = {} if administrator is None else {"administrator": administrator}
    return {**_head(stack, account), "default_vpc_ids": baseline.default_vpc_ids, **designated}


def hub_exports(stack: Stack, settings: HubSettings, hub: Hub) -> Outputs:
    """A hub's outputs, which `read_hub` reads.

    `certificate_secrets` alone is for people: the ARN of the secret for each service's certificate.
    """
    return {
        **_head(stack, settings.account),
        "organization": settings.organization,
        "certificate_secrets": dict(hub.certificate_secrets),
        "services": {
            name: {
                "service_name": hub.services[name].service_name,
                "service_id": hub.services[name].service_id,
                "service_arn": hub.services[name].service_arn,
                "security_group_id": hub.services[name].security_group_id,
                "ports": list(service.ports),
                "lane": service.lane,
                "zones": list(settings.network.zones),
                "local_name": local_name(name, stack.name),
                **(
                    {} if service.private_dns_name is None else {"private_dns_name": service.private_dns_name}
                ),
            }
            for name, service in settings.services.items()
        },
    }


def grant_exports(stack: Stack, account: str, spoke: str, grant: Grant) -> Outputs:
    """A grant's outputs."""
    return {
        **_head(stack, account),
        "spoke": spoke,
        "principals": dict(grant.principals),
        "accepted": dict(grant.accepted),
    }


def spoke_exports(stack: Stack, settings: SpokeSettings, spoke: Spoke) -> Outputs:
    """A spoke's outputs, which `read_spoke` reads."""
    return {
        **_head(stack, settings.account),
        "cidr": str(settings.network.cidr),
        "vpc_id": spoke.vpc_id,
        "client_security_group_id": spoke.client_security_group_id,
        "endpoints": dict(spoke.endpoints),
        "local_names": dict(spoke.local_names),
    }


def read_hub(stack: str, outputs: Outputs) -> HubOutputs:
    """A hub's outputs as `hub_exports` wrote them, for the stack of this name.

    Raises `UsageError` when there are none, when they follow a newer contract or when they are those of
    something else.
    """
    if "contract" not in outputs:
        raise UsageError(f"stack {stack} has no landline outputs: run `landline up {stack}` first")
    reader = _Reader.of(stack, outputs, "hub")
    return HubOutputs(
        account=reader.text("account"),
        region=reader.text("region"),
        organization=reader.text("organization"),
        services=MappingProxyType(
            {name: _service(reader.at("services", name)) for name in reader.mapping("services")}
        ),
    )


def read_baseline(stack: str, outputs: Outputs) -> BaselineOutputs | None:
    """A baseline's outputs as `baseline_exports` wrote them, or None while there are none.

    Raises `UsageError` when they follow a newer contract or are those of something else.
    """
    if "contract" not in outputs:
        return None
    reader = _Reader.of(stack, outputs, "baseline")
    return BaselineOutputs(
        account=reader.text("account"),
        region=reader.text("region"),
        administrator=reader.text("administrator") if "administrator" in outputs else None,
    )


def read_spoke(stack: str, outputs: Outputs) -> SpokeOutputs | None:
    """A spoke's outputs as `spoke_exports` wrote them, or None while there are none.

    Raises `UsageError` when they follow a newer contract or are those of something else.
    """
    if "contract" not in outputs:
        return None
    reader = _Reader.of(stack, outputs, "spoke")
    return SpokeOutputs(
        account=reader.text("account"),
        region=reader.text("region"),
        cidr=reader.text("cidr"),
        vpc_id=reader.text("vpc_id"),
        client_security_group_id=reader.text("client_security_group_id"),
        endpoints=reader.texts_by_name("endpoints"),
        local_names=reader.texts_by_name("local_names"),
    )


def _head(stack: Stack, account: str) -> Outputs:
    return {"contract": CONTRACT, "kind": stack.kind, "account": account, "region": stack.region}


def _service(reader: _Reader) -> ServiceOutputs:
    lane = reader.text("lane")
    if lane not in ("standing", "accepted"):
        raise reader.wrong("lane", lane, "standing or accepted")
    return ServiceOutputs(
        service_name=reader.text("service_name"),
        service_id=reader.text("service_id"),
        service_arn=reader.text("service_arn"),
        security_group_id=reader.text("security_group_id"),
        ports=reader.ports("ports"),
        lane=cast("Literal['standing', 'accepted']", lane),
        zones=reader.texts("zones"),
        local_name=reader.text("local_name"),
        private_dns_name=reader.text("private_dns_name") if reader.has("private_dns_name") else None,
    )


class _Reader:
    """Takes outputs apart and says where they are not what the contract promises."""

    def __init__(self, stack: str, outputs: Outputs, path: str = "") -> None:
        self._stack, self._outputs, self._path = stack, outputs, path

    @classmethod
    def of(cls, stack: str, outputs: Outputs, kind: str) -> _Reader:
        """A reader of the outputs of a stack of this kind, whose contract it knows."""
        reader = cls(stack, outputs)
        contract = _whole(outputs["contract"])
        if contract is None:
            raise reader.wrong("contract", outputs["contract"], "a whole number")
        if contract > CONTRACT:
            raise UsageError(
                f"stack {stack} was deployed by a newer landline: its outputs follow contract {contract}, "
                f"and this one reads up to {CONTRACT}; upgrade landline"
            )
        if outputs.get("kind") != kind:
            raise reader.wrong("kind", outputs.get("kind"), kind)
        return reader

    def wrong(self, key: str, value: object, expected: str) -> UsageError:
        return UsageError(
            f"stack {self._stack}: output {self._path}{key} is {value!r} instead of {expected}; "
            f"run `landline up {self._stack}` again"
        )

    def at(self, key: str, name: str) -> _Reader:
        value = self.mapping(key)[name]
        if not isinstance(value, Mapping):
            raise self.wrong(f"{key}.{name}", value, "an object")
        return _Reader(self._stack, cast("Outputs", value), f"{self._path}{key}.{name}.")

    def mapping(self, key: str) -> Outputs:
        value = self._outputs.get(key)
        if not isinstance(value, Mapping):
            raise self.wrong(key, value, "an object")
        return cast("Outputs", value)

    def has(self, key: str) -> bool:
        return key in self._outputs

    def text(self, key: str) -> str:
        value = self._outputs.get(key)
        if not isinstance(value, str) or not value:
            raise self.wrong(key, value, "a text")
        return value

    def texts_by_name(self, key: str) -> Mapping[str, str]:
        values = self.mapping(key)
        for name, value in values.items():
            if not isinstance(value, str) or not value:
                raise self.wrong(f"{key}.{name}", value, "a text")
        return MappingProxyType(dict(values))

    def texts(self, key: str) -> tuple[str, ...]:
        values = self._list(key)
        if not all(isinstance(value, str) and value for value in values):
            raise self.wrong(key, values, "a list of texts")
        return tuple(values)

    def ports(self, key: str) -> tuple[int, ...]:
        values = self._list(key)
        ports = tuple(port for port in map(_whole, values) if port is not None)
        if len(ports) != len(values):
            raise self.wrong(key, values, "a list of ports")
        return ports

    def _list(self, key: str) -> list[Any]:
        value = self._outputs.get(key)
        if not isinstance(value, Sequence) or isinstance(value, str):
            raise self.wrong(key, value, "a list")
        return list(value)


def _whole(value: object) -> int | None:
    """The whole number that `value` is; the engine keeps all numbers as floating point."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return int(value) if isinstance(value, float) and value.is_integer() else None
