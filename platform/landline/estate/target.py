"""A target: one account and Region to read, and the credentials to read it with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol


class ClientMaker(Protocol):
    """What `collect` needs of a `boto3.Session`."""

    def client(self, service_name: str, *, region_name: str, config: Any) -> Any:  # noqa: ANN401 - boto3 types both so
        """A client for `service_name` in `region_name`."""


@dataclass(frozen=True, slots=True)
class Target:
    """One account in one Region.

    The session must carry credentials of that account: the account's id is what the snapshot is filed under.
    """

    account: str
    """The twelve-digit account id."""
    region: str
    """The Region's code, such as ``eu-west-1``."""
    session: ClientMaker
