"""Hands records to Data Firehose, until all are taken."""

import asyncio
import logging
import random
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config as ClientConfig
from botocore.exceptions import BotoCoreError, ClientError

from landline.intake.batches import batches
from landline.intake.record import Stamped
from landline.intake.refusal import unavailable

if TYPE_CHECKING:
    from mypy_boto3_firehose import FirehoseClient
    from mypy_boto3_firehose.type_defs import PutRecordBatchOutputTypeDef

_log = logging.getLogger("landline.intake.firehose")

ATTEMPTS = 6
CONNECTIONS = 16


def firehose_client(region: str) -> "FirehoseClient":
    """A client that asks once: how often it is asked again is decided in one place, here."""
    return boto3.session.Session(region_name=region).client(
        "firehose",
        config=ClientConfig(
            connect_timeout=3,
            read_timeout=10,
            max_pool_connections=CONNECTIONS,
            retries={"mode": "standard", "total_max_attempts": 1},
        ),
    )


def back_off(attempt: int) -> float:
    """Seconds before the attempt of that number (1 is the second): random, up to 100 ms, later to 3 s."""
    return random.uniform(0, min(3.0, 0.1 * 2 ** (attempt - 1)))  # noqa: S311 - spreads load, keeps no secret


class Firehose:
    """The `Delivery` to a stream. It writes one JSON line a record; a batch follows the one before it."""

    def __init__(
        self, client: "FirehoseClient", stream: str, pause: Callable[[int], float] = back_off
    ) -> None:
        self._client = client
        self._stream = stream
        self._pause = pause

    async def deliver(self, records: Sequence[Stamped]) -> None:
        """See `Delivery`."""
        for batch in batches([record.line() for record in records]):
            await self._put(batch)

    async def _put(self, batch: tuple[bytes, ...]) -> None:
        left, why = batch, ""
        for attempt in range(ATTEMPTS):
            if attempt:
                await asyncio.sleep(self._pause(attempt))
            left, why = await asyncio.to_thread(self._put_once, left)
            if not left:
                return
        _log.error("%s did not take %d of %d records: %s", self._stream, len(left), len(batch), why)
        raise unavailable("the archive does not take records at the moment")

    def _put_once(self, batch: tuple[bytes, ...]) -> tuple[tuple[bytes, ...], str]:
        """What of a batch was not taken, and why."""
        try:
            answer = self._client.put_record_batch(
                DeliveryStreamName=self._stream, Records=[{"Data": line} for line in batch]
            )
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] < 500 and not _throttled(error):
                _log.error("%s refuses records: %s", self._stream, error)
                raise unavailable("the archive does not take records at the moment") from error
            return batch, str(error)
        except BotoCoreError as error:
            return batch, str(error)
        return not_taken(batch, answer)


def _throttled(error: ClientError) -> bool:
    return any(word in error.response["Error"]["Code"] for word in ("Throttl", "LimitExceeded", "TooMany"))


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
