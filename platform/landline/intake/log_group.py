"""Hands records to CloudWatch Logs too, once the archive has them."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING

from landline.intake.handing_over import back_off, pass_on
from landline.intake.refusal import too_large
from landline.intake.taken import Taken

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from mypy_boto3_logs import CloudWatchLogsClient

    from landline.intake.form import Delivery
    from landline.intake.record import Stamped

MOST_EVENTS = 10_000
MOST_BATCH_BYTES = 1_048_576
MOST_EVENT_BYTES = 256 * 1024
"""("Amazon CloudWatch Logs API Reference, PutLogEvents"; where AWS takes larger events by now, this still
fits.)"""
EVENT_BYTES = 26
"""What each event counts beside its message (same page)."""


class ArchiveAndLogGroup:
    """The `Delivery` to an archive, and from there to a log group: acknowledged once both have everything.

    Where the log group fails after the archive took a request, the same request sent again goes to the log
    group alone. Where it refuses for good, as a group that somebody deleted does, the archive is enough.
    """

    def __init__(
        self,
        archive: Delivery,
        client: CloudWatchLogsClient,
        group: str,
        stream: str,
        pause: Callable[[int], float] = back_off,
    ) -> None:
        """`stream` is one of this process alone; it is made with the first record."""
        self._archive = archive
        self._client = client
        self._group = group
        self._stream = stream
        self._pause = pause
        self._archived = Taken()
        self._logged = Taken()

    async def deliver(self, records: Sequence[Stamped]) -> None:
        """See `Delivery`."""
        with self._archived.attempt(records) as archived, self._logged.attempt(records) as logged:
            messages = {record.line().decode().rstrip("\n"): record.id for record in logged.left}
            batches = list(_batches(list(messages)))
            if archived.left:
                await self._archive.deliver(archived.left)
                archived.add(record.id for record in archived.left)

            def put(batch: tuple[str, ...]) -> tuple[tuple[str, ...], str]:
                left, why = self._put(batch)
                if not left:
                    logged.add(messages[message] for message in batch)
                return left, why

            await pass_on("CloudWatch Logs", put, batches, self._pause)

    def _put(self, batch: tuple[str, ...]) -> tuple[tuple[str, ...], str]:
        """What of a batch was not taken, and why."""
        try:
            return self._put_once(batch)
        except self._client.exceptions.ResourceNotFoundException:
            # The stream, before the first record, and another thread may be faster; without the group this
            # fails, and says so.
            with suppress(self._client.exceptions.ResourceAlreadyExistsException):
                self._client.create_log_stream(logGroupName=self._group, logStreamName=self._stream)
            return self._put_once(batch)

    def _put_once(self, batch: tuple[str, ...]) -> tuple[tuple[str, ...], str]:
        now = int(time.time() * 1000)
        answer = self._client.put_log_events(
            logGroupName=self._group,
            logStreamName=self._stream,
            logEvents=[{"timestamp": now, "message": message} for message in batch],
        )
        rejected = answer.get("rejectedLogEventsInfo")
        # Too old or too new: all have the time of the call.
        return (batch, f"rejected: {rejected}") if rejected else ((), "")


def _batches(messages: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """All messages in their order; `RefusedError` (413) if one of them is too large."""
    batch: list[str] = []
    heavy = 0
    for position, message in enumerate(messages, 1):
        weight = len(message.encode()) + EVENT_BYTES
        if weight > MOST_EVENT_BYTES:
            raise too_large(
                f"record {position} has {weight - EVENT_BYTES} bytes with its stamp: "
                f"send at most {MOST_EVENT_BYTES - EVENT_BYTES}"
            )
        if batch and (len(batch) == MOST_EVENTS or heavy + weight > MOST_BATCH_BYTES):
            yield tuple(batch)
            batch, heavy = [], 0
        batch.append(message)
        heavy += weight
    if batch:
        yield tuple(batch)
