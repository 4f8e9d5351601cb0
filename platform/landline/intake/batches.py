"""Records by the batch, as many as one call of Data Firehose takes."""

from collections.abc import Iterator, Sequence

from landline.intake.refusal import too_large

MOST_RECORDS = 500
MOST_RECORD_BYTES = 1000 * 1024
"""Before base64 encoding."""
MOST_BATCH_BYTES = 4 * 1024 * 1024
"""("Amazon Data Firehose API Reference, PutRecordBatch": "up to 500 records. Each record in the request can
be as large as 1,000 KB (before base64 encoding), up to a limit of 4 MB for the entire request".)"""

_AROUND = 64
"""What the call itself weighs for each record and for itself, at most."""


def weight(line: bytes) -> int:
    """What a record weighs in a call.

    Whether AWS counts the whole request before or after base64 is not said: assumed is after, the larger.
    """
    return (len(line) + 2) // 3 * 4 + _AROUND


def batches(lines: Sequence[bytes]) -> Iterator[tuple[bytes, ...]]:
    """All lines in their order; `RefusedError` (413) before the first batch if one of them is too large."""
    for position, line in enumerate(lines, 1):
        if len(line) > MOST_RECORD_BYTES:
            raise too_large(
                f"record {position} has {len(line)} bytes with its stamp: send at most {MOST_RECORD_BYTES}"
            )
    return _cut(lines)


def _cut(lines: Sequence[bytes]) -> Iterator[tuple[bytes, ...]]:
    batch: list[bytes] = []
    heavy = _AROUND
    for line in lines:
        if batch and (len(batch) == MOST_RECORDS or heavy + weight(line) > MOST_BATCH_BYTES):
            yield tuple(batch)
            batch, heavy = [], _AROUND
        batch.append(line)
        heavy += weight(line)
    if batch:
        yield tuple(batch)
