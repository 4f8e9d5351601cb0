"""A world in a process beside this one: its imports and its calls take another core than the programs do."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from landline.estate.call import REGIONAL
from landline.sandbox.beside import beside
from landline.sandbox.stacks import Stacks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from landline.sandbox.doer import Doer


@dataclass(frozen=True, slots=True)
class WorldBeside:
    """A running world; `stacks` are its only subject, and lead to its places."""

    stacks: Doer[Stacks]

    def place(self, account: str, region: str) -> PlaceBeside:
        """The account and Region, for readers and for changes by hand."""
        return PlaceBeside(account, region, self.stacks)


NOWHERE = ("000000000000", "us-east-1")
"""An account and Region in which nobody makes anything."""
FIRST_CALLS = {
    "cloudtrail": "describe_trails",
    "cloudwatch": "describe_alarms",
    "ecs": "list_clusters",
    "events": "list_event_buses",
    "firehose": "list_delivery_streams",
    "guardduty": "list_detectors",
    "iam": "list_roles",
    "kms": "list_keys",
    "logs": "describe_log_groups",
    "route53": "list_hosted_zones",
    "s3": "list_buckets",
    "secretsmanager": "list_secrets",
    "securityhub": "list_members",
    "sns": "list_topics",
    "ssm": "describe_parameters",
}
"""A read of each service that no snapshot reads: the first call takes ten times as long as the next."""


@contextmanager
def world_beside() -> Iterator[WorldBeside]:
    """A running world, see `beside` for where. While nobody asks it readies itself.

    The first job ends with ModuleNotFoundError where the sandbox's extra is not installed.
    """
    reads = [(call.service, call.command.replace("-", "_")) for call in REGIONAL]
    first = [partial(_called_once, *call) for call in (*FIRST_CALLS.items(), *reads)]
    with beside(_running, first) as stacks:
        yield WorldBeside(stacks)


@contextmanager
def _running() -> Iterator[Stacks]:
    import landline.sandbox.resources.table  # noqa: F401 - read now, while the other process reads the programs
    from landline.sandbox.world import World

    with World() as world:
        yield Stacks(world.place)


def _called_once(service: str, operation: str, stacks: Stacks) -> None:
    """Calls it without a trace: the ids of what is made hang on how many random numbers were drawn."""
    from moto.moto_api._internal import mock_random

    drawn = mock_random.getstate()
    try:
        getattr(stacks.place(*NOWHERE).client(service), operation)()
    finally:
        mock_random.setstate(drawn)


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
