"""A world in a process beside this one: its imports and its calls take another core than the programs do."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from landline.sandbox.beside import beside
from landline.sandbox.stacks import Stacks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from landline.sandbox.beside import Doer


@dataclass(frozen=True, slots=True)
class WorldBeside:
    """A running world; `stacks` are its only subject, and lead to its places."""

    stacks: Doer[Stacks]

    def place(self, account: str, region: str) -> PlaceBeside:
        """The account and Region, for readers and for changes by hand."""
        return PlaceBeside(account, region, self.stacks)


@contextmanager
def world_beside() -> Iterator[WorldBeside]:
    """A running world, see `beside` for where.

    The first job ends with ModuleNotFoundError where the sandbox's extra is not installed.
    """
    with beside(_running) as stacks:
        yield WorldBeside(stacks)


@contextmanager
def _running() -> Iterator[Stacks]:
    import landline.sandbox.resources.table  # noqa: F401 - read now, while the other process reads the programs
    from landline.sandbox.world import World

    with World() as world:
        yield Stacks(world.place)


@dataclass(frozen=True, slots=True)
class PlaceBeside:
    """One account and Region of it."""

    account: str
    region: str
    _stacks: Doer[Stacks]

    def client(self, service: str) -> ClientBeside:
        """Stands for the boto3 client of `service`."""
        return ClientBeside(self, service)

    def call(self, service: str, operation: str, arguments: dict[str, Any], *, paged: bool) -> Any:  # noqa: ANN401
        """What boto3's client answers, or its pages where `paged`."""
        job = self._stacks.begin(
            _called, self.account, self.region, service, operation, arguments, paged=paged
        )
        return job.result()


class ClientBeside:
    """Stands for a boto3 client: its operations, and their paginators."""

    def __init__(self, place: PlaceBeside, service: str) -> None:
        self._place = place
        self._service = service

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        return lambda **arguments: self._place.call(self._service, operation, arguments, paged=False)

    def get_paginator(self, operation: str) -> PaginatorBeside:
        """Stands for boto3's paginator of this operation."""
        return PaginatorBeside(self._place, self._service, operation)


@dataclass(frozen=True, slots=True)
class PaginatorBeside:
    """Stands for a paginator; all pages come at once."""

    _place: PlaceBeside
    _service: str
    _operation: str

    def paginate(self, **arguments: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - boto3's own
        """The pages."""
        pages: list[dict[str, Any]] = self._place.call(self._service, self._operation, arguments, paged=True)
        return pages


def _called(
    stacks: Stacks,
    account: str,
    region: str,
    service: str,
    operation: str,
    arguments: dict[str, Any],
    *,
    paged: bool,
) -> Any:  # noqa: ANN401 - boto3's answers are plain dictionaries
    client = stacks.place(account, region).client(service)
    if paged:
        return list(client.get_paginator(operation).paginate(**arguments))
    return getattr(client, operation)(**arguments)
