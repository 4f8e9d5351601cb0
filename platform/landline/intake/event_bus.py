"""Passes findings on to an EventBridge bus."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from landline.intake import denial

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_events.type_defs import PutEventsRequestEntryTypeDef

    from landline.intake.findings import Finding, Format

DETAIL_TYPES: dict[Format, str] = {"asff": "ASFF finding", "ocsf": "OCSF finding"}
MOST_ENTRIES = 10
"""("Amazon EventBridge API Reference, PutEvents".)"""
MOST_BYTES = 256 * 1024
"""Of all entries of a call. AWS raised it to 1 MB in January 2026 ("AWS Compute Blog, More room to build:
serverless services now support payloads up to 1 MB"), and its pages for China still say 256 KB; a finding
fits into either."""

FOR_GOOD = frozenset(
    {
        "AccessDeniedException",
        "InvalidAccountIdException",
        "InvalidArgument",
        "MalformedDetail",
        "NotAuthorizedForDetailTypeException",
        "NotAuthorizedForSourceException",
        "RedactionFailure",
    }
)
"""Codes of single events that are not to be sent again ("Amazon EventBridge API Reference,
PutEventsResultEntry")."""


def entry(finding: Finding, bus: str, source: str) -> PutEventsRequestEntryTypeDef:
    """The event of a finding, whose detail is what the archive keeps: rules match on ``detail.spoke``."""
    return {
        "EventBusName": bus,
        "Source": source,
        "DetailType": DETAIL_TYPES[finding.format],
        "Detail": msgspec.json.encode(finding.stamped).decode(),
    }


def size(one: PutEventsRequestEntryTypeDef) -> int:
    """What an entry counts ("Amazon EventBridge User Guide, Calculating PutEvents event entry size")."""
    return sum(
        len(text.encode()) for text in (one.get("Source"), one.get("DetailType"), one.get("Detail")) if text
    )


class EventBus:
    """A bus. A batch that was taken in part comes again with the rest only."""

    def __init__(self, client: EventBridgeClient, bus: str, source: str) -> None:
        self._client = client
        self._bus = bus
        self._source = source

    def batches(self, findings: Sequence[Finding]) -> Iterator[tuple[Finding, ...]]:
        """All findings in their order, as many at once as a call takes."""
        batch: list[Finding] = []
        heavy = 0
        for finding in findings:
            weight = size(entry(finding, self._bus, self._source))
            if batch and (len(batch) == MOST_ENTRIES or heavy + weight >= MOST_BYTES):
                yield tuple(batch)
                batch, heavy = [], 0
            batch.append(finding)
            heavy += weight
        if batch:
            yield tuple(batch)

    def put(self, findings: tuple[Finding, ...]) -> tuple[tuple[Finding, ...], str]:
        """What of a batch is to come again, and the first reason: its entry, at the same place, has no id.

        What the bus refuses for good is told, and does not come again.
        """
        answer = self._client.put_events(
            Entries=[entry(finding, self._bus, self._source) for finding in findings]
        )
        results = answer["Entries"]
        if len(results) != len(findings):
            return findings, f"{len(results)} answers for {len(findings)} events"
        failed: list[tuple[Finding, str]] = []
        refused: list[str] = []
        for finding, one in zip(findings, results, strict=True):
            why = f"{one.get('ErrorCode', 'no event id')}: {one.get('ErrorMessage', '')}"
            if one.get("ErrorCode") in FOR_GOOD:
                refused.append(why)
            elif one.get("ErrorCode") or not one.get("EventId"):
                failed.append((finding, why))
        if refused:
            denial.tell("the bus", len(refused), refused[0])
        return tuple(finding for finding, _ in failed), failed[0][1] if failed else ""
