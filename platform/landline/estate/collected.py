"""What a collection comes to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from landline.evidence import is_mark

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Failure:
    """A call that gave no document: the document is missing from the snapshot, never empty in it."""

    account: str
    region: str
    command: str
    """The call as the AWS CLI spells it, such as ``ec2 describe-vpcs``."""
    path: str
    """The document that is missing."""
    code: str
    """AWS's error code, or the class of the error that kept the call from reaching AWS."""
    message: str
    action: str | None
    """The IAM action that was denied, None where access was not what was missing."""

    def __str__(self) -> str:
        """*Where: what: why; what to do*, in one line."""
        remedy = f"; allow {self.action}" if self.action else ""
        return f"{self.account}/{self.region}: {self.command}: {self.code}: {self.message}{remedy}"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a collection is: `done` of `total` calls. `total` grows as more to ask about is found."""

    account: str
    region: str
    command: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Collected:
    """A snapshot and the calls that it lacks; both sorted, so that the same estate gives the same value."""

    snapshot: Mapping[str, bytes]
    failures: tuple[Failure, ...]

    @property
    def of_the_sandbox(self) -> bool:
        """Whether the sandbox answered, and no AWS; the snapshot is marked then."""
        return any(map(is_mark, self.snapshot))
