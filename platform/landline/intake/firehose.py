"""Hands records to Data Firehose, until all are taken."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import boto3

from landline.intake.batches import batches
from landline.intake.handing_over import ONCE, back_off, hand_over
from landline.intake.record import Stamped
from landline.intake.taken import Taken

if TYPE_CHECKING:
    from mypy_boto3_firehose import FirehoseClient
    from mypy_boto3_firehose.type_defs import PutRecordBatchOutputTypeDef


def firehose_client(region: str) -> "FirehoseClient":
    """A client that asks once."""
    return boto3.session.Session(region_name=region).client("firehose", config=ONCE)


class Firehose:
    """The `Delivery` to a stream. It writes one JSON line a record; a batch follows the one before it.

    A request that was taken in part and comes again to the same process is not doubled.
    """

    def __init__(
        self, client: "FirehoseClient", stream: str, pause: Callable[[int], float] = back_off
    ) -> None:
        self._client = client
        self._stream = stream
        self._pause = pause
        self._taken = Taken()

    async def deliver(self, records: Sequence[Stamped]) -> None:
        """See `Delivery`."""
        with self._taken.attempt(records) as attempt:
            ids = {record.line(): record.id for record in attempt.left}

            def put(batch: tuple[bytes, ...]) -> tuple[tuple[bytes, ...], str]:
                left, why = self._put_once(batch)
                attempt.add(ids[line] for line in set(batch).difference(left))
                return left, why

            for batch in batches(list(ids)):
                await hand_over("the archive", put, batch, self._pause)

    def _put_once(self, batch: tuple[bytes, ...]) -> tuple[tuple[bytes, ...], str]:
        """What of a batch was not taken, and why."""
        answer = self._client.put_record_batch(
            DeliveryStreamName=self._stream, Records=[{"Data": line} for line in batch]
        )
        return not_taken(batch, answer)


def not_taken(
    batch: tuple[bytes, ...], answer: "PutRecordBatchOutputTypeDef"
) -> tuple[tuple[bytes, ...], str]:
    """What of a batch an answer does not say was taken, and the first reason it gives.

    A record is taken if its entry, at the same place, has an id and no error ("PutRecordBatch"). An answer
    with another number of entries says nothing of any.
    """
    entries = answer["RequestResponses"]
    if len(entries) != len(batch):
        return batch, f"{len(entries)} answers for {len(batch)} records"
    failed = [
        (line, entry.get("ErrorCode", "no record id"))
        for line, entry in zip(batch, entries, strict=True)
        if entry.get("ErrorCode") or not entry.get("RecordId")
    ]
    return tuple(line for line, _ in failed), failed[0][1] if failed else ""
