"""Records in the archive and in a log group, moto's."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws

from landline.intake.backends import service
from landline.intake.config import Config, LogArchive
from landline.intake.log_group import EVENT_BYTES, MOST_EVENT_BYTES, ArchiveAndLogGroup
from landline.intake.record import Client, Record, Request, Stamped, stamp
from landline.intake.refusal import RefusedError, unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

GROUP = "hub-logging-records"
CLIENT = Client("vpce-0a1b2c3d4e5f60718", "222222222222", "payments", "payments-team", "account")


class Archive:
    """An archive that remembers, or that takes nothing."""

    def __init__(self, *, taking: bool = True) -> None:
        self.taken: list[Stamped] = []
        self._taking = taking

    async def deliver(self, records: Sequence[Stamped]) -> None:
        if not self._taking:
            raise unavailable("the archive does not take anything at the moment")
        self.taken.extend(records)


def stamped(*texts: str) -> tuple[Stamped, ...]:
    records = [Record("json", json.dumps({"text": text}).encode()) for text in texts]
    return stamp(records, Request("e", "/", None, b""), CLIENT, "logging", datetime.now(UTC))


@pytest.fixture
def logs(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    with mock_aws():
        client = boto3.session.Session(region_name="eu-west-1").client("logs")
        client.create_log_group(logGroupName=GROUP)
        yield client


def messages(logs: Any) -> list[str]:  # noqa: ANN401
    found = logs.filter_log_events(logGroupName=GROUP)["events"]
    return [json.loads(event["message"])["record"]["text"] for event in found]


def deliver(delivery: ArchiveAndLogGroup, *texts: str) -> None:
    asyncio.run(delivery.deliver(stamped(*texts)))


def test_records_are_in_both_with_who_sent_them(logs: Any) -> None:  # noqa: ANN401
    archive = Archive()
    delivery = ArchiveAndLogGroup(archive, logs, GROUP, "task-1", lambda _: 0)
    deliver(delivery, "one", "two")
    deliver(delivery, "three")

    assert messages(logs) == ["one", "two", "three"]
    (event, *_) = logs.filter_log_events(logGroupName=GROUP)["events"]
    assert json.loads(event["message"])["spoke"] == "payments"
    assert [json.loads(bytes(one.record))["text"] for one in archive.taken] == ["one", "two", "three"]
    (stream,) = logs.describe_log_streams(logGroupName=GROUP)["logStreams"]
    assert stream["logStreamName"] == "task-1"


def test_many_records_go_in_several_calls(logs: Any) -> None:  # noqa: ANN401
    texts = [f"{number} " + "x" * 200_000 for number in range(12)]
    deliver(ArchiveAndLogGroup(Archive(), logs, GROUP, "task-1"), *texts)

    assert sorted(messages(logs)) == sorted(texts)


def test_what_the_archive_does_not_take_is_in_neither(logs: Any) -> None:  # noqa: ANN401
    with pytest.raises(RefusedError) as refused:
        deliver(ArchiveAndLogGroup(Archive(taking=False), logs, GROUP, "task-1"), "one")

    assert refused.value.status == 503
    assert messages(logs) == []


def test_a_record_that_is_too_large_is_refused_before_anything_is_handed_over(logs: Any) -> None:  # noqa: ANN401
    archive = Archive()
    delivery = ArchiveAndLogGroup(archive, logs, GROUP, "task-1")
    around = len(stamped("")[0].line()) - 1
    deliver(delivery, "x" * (MOST_EVENT_BYTES - EVENT_BYTES - around))
    archive.taken.clear()
    with pytest.raises(RefusedError) as refused:
        deliver(delivery, "one", "x" * (MOST_EVENT_BYTES - EVENT_BYTES - around + 1))

    assert (refused.value.status, archive.taken, len(messages(logs))) == (413, [], 1)


def test_without_the_group_the_archive_is_enough_and_somebody_is_told(
    logs: Any,  # noqa: ANN401
    caplog: pytest.LogCaptureFixture,
) -> None:
    archive = Archive()
    deliver(ArchiveAndLogGroup(archive, logs, "no-such-group", "task-1", lambda _: 0), "one")

    assert len(archive.taken) == 1
    assert "CloudWatch Logs refuses 1 records for good" in caplog.text


def test_what_one_of_them_has_is_not_handed_to_it_again(logs: Any, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ANN401
    archive = Archive()
    delivery = ArchiveAndLogGroup(archive, logs, GROUP, "task-1", lambda _: 0)
    texts = [f"{number} " + "x" * 200_000 for number in range(8)]
    real = delivery._put_once  # noqa: SLF001
    calls: list[int] = []

    def once_and_no_more(batch: tuple[str, ...]) -> tuple[tuple[str, ...], str]:
        calls.append(len(batch))
        return real(batch) if len(calls) == 1 else (batch, "later")

    logs.create_log_stream(logGroupName=GROUP, logStreamName="task-1")
    monkeypatch.setattr(delivery, "_put_once", once_and_no_more)
    with pytest.raises(RefusedError) as refused:
        deliver(delivery, *texts)
    assert refused.value.status == 503
    assert len(messages(logs)) == calls[0] < len(texts)

    monkeypatch.setattr(delivery, "_put_once", real)
    deliver(delivery, *texts)
    assert len(archive.taken) == len(texts)
    assert sorted(messages(logs)) == sorted(texts)


def test_events_that_are_rejected_are_not_acknowledged(logs: Any, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ANN401
    logs.create_log_stream(logGroupName=GROUP, logStreamName="task-1")
    # As if the task's clock were a year late.
    monkeypatch.setattr("landline.intake.log_group.time.time", lambda: 1_700_000_000.0)
    with pytest.raises(RefusedError) as refused:
        deliver(ArchiveAndLogGroup(Archive(), logs, GROUP, "task-1", lambda _: 0), "one")

    assert refused.value.status == 503
    assert messages(logs) == []


@pytest.mark.parametrize(("group", "kind"), [(GROUP, "ArchiveAndLogGroup"), (None, "Firehose")])
def test_the_configuration_decides(logs: Any, group: str | None, kind: str) -> None:  # noqa: ANN401
    config = Config(
        *("logging", "vpce-svc-0a1b2c3d", "hub", "eu-west-1", "127.0.0.1"), 0, LogArchive("stream", group)
    )
    assert type(service(config).delivery).__name__ == kind
