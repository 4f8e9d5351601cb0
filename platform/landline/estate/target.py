"""A target: one account and Region to read, and the credentials to read it with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Target:
    """One account in one Region.

    The session must carry credentials of that account: the account's id is what the snapshot is filed under.
    """

    account: str
    """The twelve-digit account id."""
    region: str
    """The Region's code, such as ``eu-west-1``."""
    session: Any
    """A `boto3.Session`, or another maker of clients: ``client(service, region_name=…, config=…)``."""
    of_the_sandbox: bool = False
    """Whether the sandbox said whose account it is, and no AWS (`landline.evidence`)."""
