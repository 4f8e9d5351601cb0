import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError
from hypothesis import given
from hypothesis import strategies as st

from landline.intake.batches import MOST_RECORD_BYTES
from landline.intake.firehose import Firehose, not_taken
from landline.intake.handing_over import ATTEMPTS, back_off
from landline.intake.record import Client, Record, Request, Stamped, stamp
from landline.intake.refusal import RefusedError

Answer = dict[str, Any] | Exception

CLIENT = Client("vpce-0a1b2c3d4e5f60718", "222222222222", "payments", "payments-team", "account")


def stamped(texts: Sequence[bytes]) -> tuple[Stamped, ...]:
    records = [Record("json", text) for text in texts]
    return stamp(records, Request("e", "/", None, b""), CLIENT, "logging", datetime.now(UTC))


def error(code: str, status: int) -> ClientError:
    response = {"Error": {"Code": code, "Message": "no"}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(cast("Any", response), "PutRecordBatch")


class Stream:
    """A stream that answers each call with what `answers` says: the positions that it does not take, or an
    error; once they are used up it takes all.
    """  # noqa: D205 - one sentence

    def __init__(self, *answers: set[int] | Exception) -> None:
        self.answers = list(answers)
        self.taken: list[bytes] = []
        self.calls: list[int] = []

    def put_record_batch(
        self,
        *,
        DeliveryStreamName: str,  # noqa: ARG002, N803 - AWS's names
        Records: list[dict[str, bytes]],  # noqa: N803
    ) -> dict[str, Any]:
        self.calls.append(len(Records))
        answer = self.answers.pop(0) if self.answers else set[int]()
        if isinstance(answer, Exception):
            raise answer
        entries: list[dict[str, str]] = []
        for position, record in enumerate(Records):
            if position in answer:
                entries.append({"ErrorCode": "ServiceUnavailableException", "ErrorMessage": "Slow down."})
            else:
                entries.append({"RecordId": f"{len(self.taken)}"})
                self.taken.append(record["Data"])
        return {"FailedPutCount": len(answer), "RequestResponses": entries}

    def process(self) -> Firehose:
        return Firehose(cast("Any", self), "stream", lambda _: 0.0)

    def deliver(self, records: Sequence[Stamped], process: Firehose | None = None) -> None:
        asyncio.run((process or self.process()).deliver(records))


@given(st.lists(st.sets(st.integers(0, 6)), max_size=ATTEMPTS - 1))
def test_what_was_not_taken_is_sent_again_and_nothing_else(failing: list[set[int]]) -> None:
    records = stamped([b'{"n":%d}' % number for number in range(7)])
    stream = Stream(*failing)

    stream.deliver(records)

    assert sorted(stream.taken) == sorted(one.line() for one in records)
    assert sum(stream.calls) == 7 + sum(
        len({position for position in positions if position < call})
        for positions, call in zip(failing, stream.calls, strict=False)
    )


@pytest.mark.parametrize(
    "failing",
    [
        [{3}] + [{0}] * ATTEMPTS,
        [error("ServiceUnavailableException", 503)] * ATTEMPTS,
        [error("ThrottlingException", 400)] * ATTEMPTS,
        [ConnectTimeoutError(endpoint_url="https://firehose")] * ATTEMPTS,
    ],
)
def test_what_is_never_taken_is_refused_in_the_end(failing: list[set[int] | Exception]) -> None:
    stream = Stream(*failing)

    with pytest.raises(RefusedError) as refused:
        stream.deliver(stamped([b"{}"] * 5))
    assert (refused.value.status, refused.value.retry_after, len(stream.calls)) == (503, 5, ATTEMPTS)


def test_a_request_that_comes_again_hands_over_the_rest_alone() -> None:
    texts = [b'{"n":%d}' % number for number in range(600)]
    stream = Stream(set(), *[{0}] * ATTEMPTS)
    process = stream.process()
    with pytest.raises(RefusedError):
        stream.deliver(stamped(texts), process)
    assert len(stream.taken) == 599

    # The time of the stamp is another one by now.
    stream.deliver(stamped(texts), process)
    assert stream.calls[-1] == 1
    assert len(stream.taken) == 600
    # Whoever sends an acknowledged request again means it.
    stream.deliver(stamped(texts), process)
    assert len(stream.taken) == 1200


def test_what_no_second_attempt_mends_is_refused_at_once() -> None:
    stream = Stream(error("ResourceNotFoundException", 400))

    with pytest.raises(RefusedError) as refused:
        stream.deliver(stamped([b"{}"]))
    assert (refused.value.status, refused.value.retry_after, stream.calls) == (503, 60, [1])


def test_a_batch_follows_the_one_before_it_and_none_follows_one_that_failed() -> None:
    stream = Stream(set(), *[{0}] * ATTEMPTS)

    with pytest.raises(RefusedError):
        stream.deliver(stamped([b"{}"] * 1200))
    assert stream.calls == [500, 500] + [1] * (ATTEMPTS - 1)


def test_a_record_that_is_too_large_lets_none_of_its_request_through() -> None:
    stream = Stream()

    with pytest.raises(RefusedError) as refused:
        stream.deliver(stamped([b"{}"] * 600 + [b'{"a":"%s"}' % (b"x" * MOST_RECORD_BYTES)]))
    assert (refused.value.status, stream.calls) == (413, [])


@pytest.mark.parametrize(
    ("entries", "left"),
    [
        ([{"RecordId": "1"}, {"RecordId": "2"}], ()),
        ([{"RecordId": "1"}, {"RecordId": "2", "ErrorCode": "InternalFailure"}], (b"b",)),
        ([{"RecordId": "1"}, {}], (b"b",)),
        ([{"RecordId": "1"}], (b"a", b"b")),
        ([], (b"a", b"b")),
    ],
)
def test_only_what_the_answer_says_was_taken_counts(
    entries: list[dict[str, str]], left: tuple[bytes, ...]
) -> None:
    """Whatever `FailedPutCount` says."""
    answer = {"FailedPutCount": 0, "RequestResponses": entries, "Encrypted": True}

    assert not_taken((b"a", b"b"), cast("Any", answer))[0] == left


def test_the_pauses_stay_within_their_bounds() -> None:
    assert all(0 <= back_off(attempt) <= min(3.0, 0.1 * 2 ** (attempt - 1)) for attempt in range(1, 20))
