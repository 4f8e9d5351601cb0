"""Findings on their way to the archive, the bus and Security Hub, in moto's AWS."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import TYPE_CHECKING, Any

import boto3
import msgspec
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from moto import mock_aws

from landline.intake.event_bus import MOST_BYTES, MOST_ENTRIES, EventBus, entry, size
from landline.intake.finding_archive import Archive
from landline.intake.finding_delivery import FindingDelivery
from landline.intake.findings import MistakenError, judged
from landline.intake.handing_over import ATTEMPTS
from landline.intake.refusal import RefusedError
from landline.intake.security_hub import MOST_FINDINGS, SecurityHub
from tests.intake.samples import HUB, NOON, ORDERS, PAYMENTS, asff, ocsf, sent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from landline.intake.record import Stamped

SERVICES = ("s3", "events", "securityhub", "logs")
BUCKET, BUS, GROUP, SOURCE = "findings-1", "findings", "/aws/events/findings", "landline.findings"


class Failing:
    """A client whose answers are what a test says, for as many calls as it says, and AWS's own after that."""

    def __init__(self, client: Any, operation: str, *answers: Any) -> None:  # noqa: ANN401 - boto3 makes them
        self._client = client
        self._operation = operation
        self._answers = list(answers)
        self.calls: list[dict[str, Any]] = []

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - likewise
        if name != self._operation:
            return getattr(self._client, name)

        def call(**arguments: Any) -> Any:  # noqa: ANN401 - likewise
            self.calls.append(arguments)
            answer = self._answers.pop(0) if self._answers else getattr(self._client, name)
            if isinstance(answer, Exception):
                raise answer
            return answer(**arguments)

        return call


def refusal(code: str, status: int = 400) -> ClientError:
    return ClientError(
        {"Error": {"Code": code, "Message": "no"}, "ResponseMetadata": {"HTTPStatusCode": status}},  # type: ignore[typeddict-item]
        "Call",
    )


class Aws:
    """The hub's bucket, bus and Security Hub, as they begin."""

    def __init__(self, clients: dict[str, Any]) -> None:
        self.s3, self.events, self.hub, self.logs = (clients[name] for name in SERVICES)
        self.s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": HUB.region})
        self.s3.put_bucket_encryption(
            Bucket=BUCKET,
            ServerSideEncryptionConfiguration={
                "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}]
            },
        )
        self.events.create_event_bus(Name=BUS)
        self.events.put_rule(Name="all", EventBusName=BUS, EventPattern=f'{{"source": ["{SOURCE}"]}}')
        self.logs.create_log_group(logGroupName=GROUP)
        arn = f"arn:aws:logs:{HUB.region}:123456789012:log-group:{GROUP}"
        self.events.put_targets(Rule="all", EventBusName=BUS, Targets=[{"Id": "1", "Arn": arn}])
        self.hub.enable_security_hub(EnableDefaultStandards=False)

    def process(self, *, security_hub: bool = True) -> FindingDelivery:
        """A new one."""
        return FindingDelivery(
            Archive(self.s3, BUCKET),
            EventBus(self.events, BUS, SOURCE),
            self.hub if security_hub else None,
            HUB,
            pause=lambda _: 0,
        )

    def deliver(self, records: Sequence[Stamped], process: FindingDelivery | None = None) -> None:
        asyncio.run((process or self.process()).deliver(records))

    def archived(self) -> dict[str, list[dict[str, Any]]]:
        """Key → the lines of the object."""
        keys = [one["Key"] for one in self.s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])]
        texts = {key: self.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read() for key in keys}
        return {key: [msgspec.json.decode(line) for line in text.splitlines()] for key, text in texts.items()}

    def passed_on(self) -> list[dict[str, Any]]:
        found = self.logs.filter_log_events(logGroupName=GROUP)["events"]
        return [msgspec.json.decode(one["message"]) for one in found]

    def imported(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.hub.get_findings(MaxResults=100)["Findings"]
        return found


@pytest.fixture(scope="module")
def clients() -> dict[str, Any]:
    """Made once: reading their models takes longer than all calls of a test."""
    session = boto3.session.Session(
        aws_access_key_id=HUB.account, aws_secret_access_key="x", region_name=HUB.region
    )
    made: Callable[[str], Any] = session.client  # type: ignore[assignment]
    return {name: made(name) for name in SERVICES}


@pytest.fixture
def aws(clients: dict[str, Any]) -> Iterator[Aws]:
    with mock_aws():
        yield Aws(clients)


def test_each_finding_is_kept_and_passed_on_and_those_in_asff_are_imported(aws: Aws) -> None:
    aws.deliver(sent(asff(), ocsf(), asff(Id="scan/44")))
    ((key, lines),) = aws.archived().items()
    assert key.startswith("findings/2026/11/26/222222222222/payments/")
    assert [line["kind"] for line in lines] == ["asff", "ocsf", "asff"]
    assert {(line["spoke"], line["account"], line["team"]) for line in lines} == {
        ("payments", "222222222222", "payments")
    }
    assert aws.s3.head_object(Bucket=BUCKET, Key=key)["ServerSideEncryption"] == "aws:kms"
    events = aws.passed_on()
    assert [event["detail"] for event in events] == lines
    assert [event["detail-type"] for event in events] == ["ASFF finding", "OCSF finding", "ASFF finding"]
    assert {event["source"] for event in events} == {SOURCE}
    assert [one["Id"] for one in aws.imported()] == [
        "222222222222/payments/scan/42",
        "222222222222/payments/scan/44",
    ]
    assert all(one["ProductFields"]["landline/spoke"] == "payments" for one in aws.imported())


def test_sent_again_a_request_is_the_same_object_and_the_same_findings(aws: Aws) -> None:
    aws.deliver(sent(asff(), ocsf()))
    aws.deliver(sent(asff(), ocsf(), at=NOON + timedelta(minutes=3)))
    assert len(aws.archived()) == 1
    assert len(aws.imported()) == 1
    assert len({event["detail"]["id"] for event in aws.passed_on()}) == 2


def test_spokes_with_the_same_ids_stay_apart(aws: Aws) -> None:
    aws.deliver(sent(asff()))
    aws.deliver(sent(asff(AwsAccountId=ORDERS.account), client=ORDERS))
    assert sorted(key.split("/")[5] for key in aws.archived()) == ["orders", "payments"]
    assert len(aws.imported()) == 2


def test_spokes_of_one_account_stay_apart(aws: Aws) -> None:
    for client in (PAYMENTS, replace(PAYMENTS, endpoint_id="vpce-0f1e2d3c4b5a69788", spoke="ledger")):
        aws.deliver(sent(asff(), client=client))
    assert sorted(one["Id"] for one in aws.imported()) == [
        "222222222222/ledger/scan/42",
        "222222222222/payments/scan/42",
    ]


def test_one_mistake_keeps_the_whole_request_out(aws: Aws) -> None:
    with pytest.raises(MistakenError):
        aws.deliver(sent(asff(), asff(AwsAccountId=ORDERS.account)))
    assert (aws.archived(), aws.passed_on(), aws.imported()) == ({}, [], [])


def test_without_security_hub_archive_and_bus_are_all(aws: Aws) -> None:
    aws.deliver(sent(asff()), aws.process(security_hub=False))
    assert len(aws.archived()) == len(aws.passed_on()) == 1
    assert aws.imported() == []


def test_what_is_not_kept_is_not_passed_on(aws: Aws) -> None:
    aws.s3 = Failing(aws.s3, "put_object", *[refusal("AccessDenied", 403)])
    with pytest.raises(RefusedError, match="archive") as caught:
        aws.deliver(sent(asff()))
    assert (caught.value.status, caught.value.retry_after) == (503, 60)
    assert (aws.passed_on(), aws.imported()) == ([], [])


@pytest.mark.parametrize(
    "fault",
    [refusal("SlowDown", 503), refusal("ThrottlingException"), EndpointConnectionError(endpoint_url="x")],
)
def test_passing_faults_are_ridden_out(aws: Aws, fault: Exception) -> None:
    aws.s3 = Failing(aws.s3, "put_object", fault, fault)
    aws.events = Failing(aws.events, "put_events", fault)
    aws.hub = Failing(aws.hub, "batch_import_findings", fault)
    aws.deliver(sent(asff()))
    assert len(aws.s3.calls) == 3
    assert len(aws.archived()) == len(aws.passed_on()) == len(aws.imported()) == 1


def test_faults_that_last_are_not_acknowledged(aws: Aws) -> None:
    aws.events = Failing(aws.events, "put_events", *[refusal("ThrottlingException")] * 6)
    with pytest.raises(RefusedError, match="the bus") as caught:
        aws.deliver(sent(asff()))
    assert (caught.value.status, caught.value.retry_after) == (503, 5)
    assert len(aws.archived()) == len(aws.imported()) == 1


def test_events_that_were_not_taken_come_again_alone(aws: Aws) -> None:
    real = aws.events.put_events

    def half(Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803 - AWS's name
        results = real(Entries=Entries[::2])["Entries"]
        whole = [
            results.pop(0) if place % 2 == 0 else {"ErrorCode": "InternalFailure"}
            for place in range(len(Entries))
        ]
        return {"FailedEntryCount": len(Entries) // 2, "Entries": whole}

    aws.events = Failing(aws.events, "put_events", half)
    aws.deliver(sent(*[asff(Id=f"scan/{number}") for number in range(7)]))
    assert [len(call["Entries"]) for call in aws.events.calls] == [7, 3]
    assert sorted(event["detail"]["record"]["Id"] for event in aws.passed_on()) == [
        f"222222222222/payments/scan/{number}" for number in range(7)
    ]


def test_an_answer_for_another_number_of_events_counts_for_none(aws: Aws) -> None:
    aws.events = Failing(aws.events, "put_events", *[lambda **_: {"FailedEntryCount": 0, "Entries": []}] * 6)
    with pytest.raises(RefusedError, match="the bus"):
        aws.deliver(sent(asff()))


def _failing(code: str, *places: int) -> Callable[..., dict[str, Any]]:
    def answer(Findings: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803 - AWS's name
        failed = [
            {"Id": Findings[place]["Id"], "ErrorCode": code, "ErrorMessage": "because"} for place in places
        ]
        return {
            "FailedCount": len(failed),
            "SuccessCount": len(Findings) - len(failed),
            "FailedFindings": failed,
        }

    return answer


def test_what_security_hub_may_take_later_comes_again_alone(aws: Aws) -> None:
    aws.hub = Failing(aws.hub, "batch_import_findings", _failing("InternalError", 1))
    aws.deliver(sent(asff(), ocsf(), asff(Id="2"), asff(Id="3")))
    assert [len(call["Findings"]) for call in aws.hub.calls] == [3, 1]
    assert [one["Id"] for one in aws.imported()] == ["222222222222/payments/2"]


def test_what_security_hub_refuses_is_named_and_everything_else_is_taken(aws: Aws) -> None:
    aws.hub = Failing(aws.hub, "batch_import_findings", _failing("InvalidInput", 1))
    with pytest.raises(MistakenError, match="InvalidInput: because") as caught:
        aws.deliver(sent(asff(), ocsf(), asff(Id="2")))
    assert caught.value.status == 422
    assert [one.index for one in caught.value.mistakes] == [2]
    assert len(aws.passed_on()) == 3


def test_failures_that_are_not_named_count_for_all(aws: Aws) -> None:
    def nameless(Findings: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803 - AWS's name
        return {"FailedCount": 1, "SuccessCount": len(Findings) - 1, "FailedFindings": []}

    aws.hub = Failing(aws.hub, "batch_import_findings", *[nameless] * 6)
    with pytest.raises(RefusedError, match="Security Hub"):
        aws.deliver(sent(asff()))


FAULTS = {
    "fine": (),
    "passing": (refusal("ThrottlingException"),) * ATTEMPTS,
    "for good": (refusal("AccessDeniedException", 403),) * 100,
}


@pytest.mark.parametrize(
    ("archive", "hub", "bus"), [case for case in product(FAULTS, FAULTS, FAULTS) if set(case) != {"fine"}]
)
def test_whatever_fails_nothing_is_lost_or_doubled_and_what_is_refused_is_told(
    aws: Aws, caplog: pytest.LogCaptureFixture, archive: str, hub: str, bus: str
) -> None:
    """One request, sent until it is acknowledged, of two batches for the bus."""
    findings = [asff(Id=f"scan/{number}") for number in range(MOST_ENTRIES + 2)]
    aws.s3 = Failing(aws.s3, "put_object", *FAULTS[archive])
    aws.hub = Failing(aws.hub, "batch_import_findings", *FAULTS[hub])
    # The second batch is the one that fails.
    aws.events = Failing(aws.events, "put_events", aws.events.put_events, *FAULTS[bus])

    statuses: list[int] = []
    process = aws.process()
    while len(statuses) <= 3:
        try:
            aws.deliver(sent(*findings, at=NOON + timedelta(minutes=len(statuses))), process)
        except RefusedError as failed:
            statuses.append(failed.status)
        else:
            break

    told = {record.place for record in caplog.records if record.name == "landline.intake.denial"}  # type: ignore[attr-defined]
    events = [event["detail"]["record"]["Id"] for event in aws.passed_on()]
    if archive == "for good":
        # The client has it, and nobody else.
        assert statuses == [503] * 4
        assert (aws.archived(), aws.imported(), events, told) == ({}, [], [], {"the archive"})
        return
    assert statuses == [503] * [archive, hub, bus].count("passing")
    assert len(aws.archived()) == 1
    assert len(aws.s3.calls) == (ATTEMPTS + 1 if archive == "passing" else 1)
    assert len(aws.imported()) == (0 if hub == "for good" else len(findings))
    assert len(events) == len(set(events)) == (MOST_ENTRIES if bus == "for good" else len(findings))
    assert told == {name for name, how in (("Security Hub", hub), ("the bus", bus)) if how == "for good"}


def test_the_same_sent_on_purpose_is_passed_on_again(aws: Aws) -> None:
    """What was acknowledged is not held against whoever sends it once more."""
    aws.events = Failing(aws.events, "put_events", *FAULTS["passing"])
    process = aws.process()
    with pytest.raises(RefusedError):
        aws.deliver(sent(asff()), process)
    for _ in range(2):
        aws.deliver(sent(asff()), process)
    assert len(aws.passed_on()) == 2


@pytest.mark.parametrize(("archive", "hub"), [("passing", "fine"), ("fine", "passing")])
def test_what_fails_before_the_bus_doubles_nothing_in_another_process_either(
    aws: Aws, archive: str, hub: str
) -> None:
    aws.s3 = Failing(aws.s3, "put_object", *FAULTS[archive])
    aws.hub = Failing(aws.hub, "batch_import_findings", *FAULTS[hub])
    with pytest.raises(RefusedError):
        aws.deliver(sent(asff()))
    aws.deliver(sent(asff()))
    assert len(aws.archived()) == len(aws.imported()) == len(aws.passed_on()) == 1


def test_another_process_doubles_events_under_their_ids_at_most(aws: Aws) -> None:
    aws.events = Failing(aws.events, "put_events", aws.events.put_events, *FAULTS["passing"])
    findings = [asff(Id=str(number)) for number in range(MOST_ENTRIES + 1)]
    with pytest.raises(RefusedError):
        aws.deliver(sent(*findings))
    aws.deliver(sent(*findings))
    assert len(aws.archived()) == 1
    assert len(aws.imported()) == len(findings)
    assert len({event["detail"]["id"] for event in aws.passed_on()}) == len(findings)
    assert len(aws.passed_on()) == len(findings) + MOST_ENTRIES


def test_an_event_that_is_refused_for_good_holds_up_no_other(
    aws: Aws, caplog: pytest.LogCaptureFixture
) -> None:
    real = aws.events.put_events

    def first(Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803 - AWS's name
        results = real(Entries=Entries[1:])["Entries"]
        return {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "InvalidArgument"}, *results]}

    aws.events = Failing(aws.events, "put_events", first)
    aws.deliver(sent(asff(), asff(Id="2"), asff(Id="3")))
    assert len(aws.events.calls) == 1
    assert len(aws.passed_on()) == 2
    assert "the bus refuses 1 records for good: InvalidArgument" in caplog.text


def test_a_place_that_refuses_for_good_is_asked_once_a_request(
    aws: Aws, caplog: pytest.LogCaptureFixture
) -> None:
    aws.hub = Failing(aws.hub, "batch_import_findings", *FAULTS["for good"])
    aws.deliver(sent(*[asff(Id=str(number)) for number in range(MOST_FINDINGS * 2 + 1)]))
    assert len(aws.hub.calls) == 1
    counts = [record.records for record in caplog.records if record.name == "landline.intake.denial"]  # type: ignore[attr-defined]
    assert counts == [MOST_FINDINGS, MOST_FINDINGS + 1]


def test_batches_hold_what_a_call_takes_and_lose_nothing() -> None:
    findings = judged(
        sent(*[asff(Id=str(number % 150), Description="x" * (number % 1000 + 1)) for number in range(250)]),
        HUB,
    )
    bus = EventBus(None, BUS, SOURCE)  # type: ignore[arg-type]
    passed = list(bus.batches(findings))
    assert [finding for batch in passed for finding in batch] == list(findings)
    for batch in passed:
        assert len(batch) <= MOST_ENTRIES
        assert sum(size(entry(finding, BUS, SOURCE)) for finding in batch) < MOST_BYTES
    imported = list(SecurityHub(None).batches(findings))  # type: ignore[arg-type]
    assert [finding for batch in imported for finding in batch] == list(findings)
    for batch in imported:
        assert len(batch) <= MOST_FINDINGS
        assert len({finding.document["Id"] for finding in batch}) == len(batch)


def test_large_findings_go_one_a_call() -> None:
    large = [
        asff(
            Id=str(number),
            Note={"Text": "x" * 200_000, "UpdatedBy": "s", "UpdatedAt": "2026-11-26T12:00:00Z"},
        )
        for number in range(40)
    ]
    findings = judged(sent(*large), HUB)
    assert [len(batch) for batch in EventBus(None, BUS, SOURCE).batches(findings)] == [1] * 40  # type: ignore[arg-type]
    assert [len(batch) for batch in SecurityHub(None).batches(findings)] == [29, 11]  # type: ignore[arg-type]
