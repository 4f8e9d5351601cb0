"""Compares what was acknowledged with what is on disk."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.intake.sender import Sender, claimed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tests.intake.aws_side import Line


@dataclass(frozen=True, slots=True)
class Count:
    """What became of all records."""

    sent: int
    spokes: int
    requests: int
    acknowledged: int
    kept: int
    """Lines on disk."""
    lost: int
    """Acknowledged, and not on disk."""
    foreign: int
    """On disk, and never sent."""
    misnamed: int
    """On disk under a name other than that of who sent it."""
    doubled: int
    """On disk more than once."""
    indistinct: int
    """Doubled under another id, or of one id with another record: what a reader could not sort out."""

    def __str__(self) -> str:
        return (
            f"{self.sent} records of {self.spokes} spokes in {self.requests} requests: {self.acknowledged} "
            f"acknowledged, {self.kept} on disk, {self.lost} lost, {self.doubled} doubled "
            f"({self.indistinct} not to be told by id), {self.misnamed} misnamed, {self.foreign} of nobody"
        )


def count(
    senders: Iterable[Sender], kept: Sequence[Mapping[str, Any]], names: Mapping[str, Line], service: str
) -> Count:
    """`names` are the spokes' own, by the name that a record claims."""
    senders = list(senders)
    sent = {(one.line.spoke, number) for one in senders for batch in one.batches for number in batch.numbers}
    acknowledged = {(one.line.spoke, number) for one in senders for number in one.acknowledged}
    found = [(claimed(dict(record)), record) for record in kept]
    times = Counter(record for record, _ in found)
    ids = {(record, kept["id"]) for record, kept in found}
    return Count(
        sent=len(sent),
        spokes=len({one.line.spoke for one in senders}),
        requests=sum(one.requests for one in senders),
        acknowledged=len(acknowledged),
        kept=len(found),
        lost=len(acknowledged - set(times)),
        foreign=sum(record not in sent for record in times),
        misnamed=sum(not _named(names.get(record[0]), kept, service) for record, kept in found),
        doubled=sum(number > 1 for number in times.values()),
        indistinct=2 * len(ids) - len({record for record, _ in ids}) - len({one for _, one in ids}),
    )


def _named(line: Line | None, kept: Mapping[str, Any], service: str) -> bool:
    return (
        line is not None
        and service == kept["service"]
        and (
            line.spoke,
            line.team,
            line.account,
            line.endpoint_id,
        )
        == (kept["spoke"], kept["team"], kept["account"], kept["endpoint_id"])
    )
