"""The server over HTTP."""

import asyncio
import gzip
import json
import threading
import time
from collections.abc import Iterator, Mapping, Sequence

import pytest
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.resources import Resource

from landline.intake import server
from landline.intake.admission import MOST_OF_ONE
from landline.intake.body import MOST_BYTES
from landline.intake.form import Service
from landline.intake.refusal import unavailable
from landline.intake.roster import Roster
from landline.intake.roster_keeper import RosterKeeper
from tests.intake.serving import GRANTED, LINES, Archive, Running, serving

FOREIGN = "vpce-0ffffffffffffffff"


@pytest.fixture
def running() -> Iterator[Running]:
    with serving() as server_:
        yield server_


def test_what_is_taken_is_named_and_answered(running: Running) -> None:
    status, _, body = running.ask(b'{"a":1}\n{"spoke":"other"}\n')

    assert (status, json.loads(body)["taken"]) == (200, 2)
    assert [(one.spoke, one.account, one.endpoint_id, bytes(one.record)) for one in running.archive.kept] == [
        ("payments", "222222222222", GRANTED, b'{"a":1}'),
        ("payments", "222222222222", GRANTED, b'{"spoke":"other"}'),
    ]
    assert [one.id for one in running.archive.kept] == [f"{json.loads(body)['request']}-{n}" for n in (0, 1)]


def test_a_body_may_be_compressed(running: Running) -> None:
    assert running.ask(gzip.compress(b'{"a":1}'), {**LINES, "content-encoding": "gzip"})[0] == 200
    assert [bytes(one.record) for one in running.archive.kept] == [b'{"a":1}']


def test_otlp_is_answered_in_its_own_encoding(running: Running) -> None:
    request = ExportLogsServiceRequest()
    request.resource_logs.add().scope_logs.add().log_records.add().body.string_value = "x"
    protobuf = {**LINES, "content-type": "application/x-protobuf"}

    answers = [
        running.ask(request.SerializeToString(), protobuf, "/v1/logs"),
        running.ask(b"{}", {**LINES, "content-type": "application/json"}, "/v1/logs"),
    ]

    assert [(status, headers["content-type"], body) for status, headers, body in answers] == [
        (200, "application/x-protobuf", b""),
        (200, "application/json", b"{}"),
    ]
    assert len(running.archive.kept) == 1


@pytest.mark.parametrize("compression", [Compression.NoCompression, Compression.Gzip])
def test_the_exporter_of_opentelemetry_is_understood(running: Running, compression: Compression) -> None:
    """The real one."""
    exporter = OTLPLogExporter(
        f"http://127.0.0.1:{running.port}/v1/logs",
        headers={"x-landline-endpoint-id": GRANTED},
        compression=compression,
    )
    provider = LoggerProvider(Resource({"service.name": "checkout"}), shutdown_on_exit=False)
    provider.add_log_record_processor(BatchLogRecordProcessor(exporter, schedule_delay_millis=60_000))
    for number in range(300):
        provider.get_logger("shop").emit(body=f"line {number}", severity_text="INFO")

    assert provider.force_flush()
    provider.shutdown()

    kept = [json.loads(bytes(one.record)) for one in running.archive.kept]
    assert [one["log"]["body"]["stringValue"] for one in kept] == [f"line {n}" for n in range(300)]
    assert {one["resource"]["attributes"][0]["value"]["stringValue"] for one in kept} == {"checkout"}
    assert {one.spoke for one in running.archive.kept} == {"payments"}


def test_the_same_request_again_gives_the_same_ids(running: Running) -> None:
    for key in ("one", "one", "two"):
        running.ask(b'{"a":1}', {**LINES, "idempotency-key": key})
    first, again, other = [one.id for one in running.archive.kept]

    assert first == again != other


@pytest.mark.parametrize(
    ("headers", "body", "status", "said"),
    [
        ({"content-type": "application/x-ndjson"}, b"{}", 403, "did not say which endpoint"),
        ({**LINES, "x-landline-endpoint-id": "vpce-0a1b2c3d, vpce-0a1b2c3e"}, b"{}", 403, "did not say"),
        ([*LINES.items(), ("x-landline-endpoint-id", FOREIGN)], b"{}", 403, "did not say which endpoint"),
        ({**LINES, "x-landline-endpoint-id": FOREIGN}, b"{}", 403, f"{FOREIGN} has no grant for logging"),
        ({**LINES, "content-type": "text/plain"}, b"{}", 415, "write one of application/x-ndjson"),
        ({**LINES, "content-encoding": "br"}, b"{}", 415, "write gzip"),
        (LINES, b'{"a":1}\n{', 400, "line 2 is not JSON"),
        ({**LINES, "idempotency-key": "x" * 256}, b"{}", 400, "Idempotency-Key"),
        (LINES, b" " * (MOST_BYTES + 1), 413, "larger than 4194304 bytes"),
    ],
)
def test_what_is_refused_says_why_and_leaves_nothing(
    running: Running,
    headers: Sequence[tuple[str, str]] | Mapping[str, str],
    body: bytes,
    status: int,
    said: str,
) -> None:
    answered, answer_headers, answer = running.ask(body, headers)

    assert (answered, "retry-after" in answer_headers) == (status, False)
    assert said in json.loads(answer)["error"]
    assert running.archive.kept == []


@pytest.mark.parametrize("path", ["/", "/v1/logs/", "/v1/traces"])
def test_other_paths_are_not_there(running: Running, path: str) -> None:
    assert running.ask(b"{}", path=path)[0] == 404
    assert running.archive.kept == []


def test_nothing_is_acknowledged_that_aws_did_not_take(running: Running) -> None:
    running.archive.fails = unavailable("the archive does not take records at the moment")
    status, headers, _ = running.ask(b"{}")
    assert (status, headers["retry-after"]) == (503, "5")


def test_a_fault_of_the_server_is_no_loss_of_the_clients(running: Running) -> None:
    """503 and not 500, which no exporter of OTLP sends again."""
    running.archive.fails = ZeroDivisionError("a fault")
    status, headers, _ = running.ask(b"{}")
    assert (status, headers["retry-after"]) == (503, "5")


def test_nothing_is_acknowledged_before_aws_has_taken_it(running: Running) -> None:
    running.archive.goes_on.clear()
    answers: list[int] = []
    asking = threading.Thread(target=lambda: answers.append(running.ask(b"{}")[0]))
    asking.start()
    asking.join(0.3)
    assert answers == []

    running.archive.goes_on.set()
    asking.join()
    assert answers == [200]


def test_one_endpoint_cannot_take_all_there_is(running: Running) -> None:
    running.archive.goes_on.clear()
    answers: list[int] = []
    asking = [
        threading.Thread(target=lambda: answers.append(running.ask(b"{}")[0])) for _ in range(MOST_OF_ONE + 3)
    ]
    for one in asking:
        one.start()
    while len(answers) < 3:
        time.sleep(0.005)
    assert answers == [429] * 3

    running.archive.goes_on.set()
    for one in asking:
        one.join()
    assert sorted(answers) == [200] * MOST_OF_ONE + [429] * 3


def test_a_roster_that_is_too_old_names_nobody(running: Running) -> None:
    assert running.ask(b"{}")[0] == 200
    running.reading["fails"] = OSError("no route to ec2")
    while (answer := running.ask(b"{}"))[0] == 200:
        time.sleep(0.05)
    assert (answer[0], answer[1]["retry-after"]) == (503, "5")

    running.reading["fails"] = None
    assert running.ask(b"{}")[0] == 200


def test_health_is_that_the_roster_was_read_once(running: Running) -> None:
    while running.ask(path="/healthz", method="GET", headers={})[0] != 200:
        time.sleep(0.005)
    running.reading["fails"] = OSError("no route to ec2")
    time.sleep(0.2)
    assert running.ask(path="/healthz", method="GET", headers={})[0] == 200


def test_a_server_that_never_read_a_roster_is_not_healthy() -> None:
    def read() -> Roster:
        raise OSError("no route to ec2")

    async def asked() -> int:
        app = server.application("logging", Service({}, Archive()), RosterKeeper(read))
        sent: list[int] = []

        async def send(message: dict[str, object]) -> None:
            if message["type"] == "http.response.start":
                sent.append(int(str(message["status"])))

        scope = {"type": "http", "method": "GET", "path": "/healthz", "headers": [], "query_string": b""}
        await app(scope, None, send)  # type: ignore[arg-type] # nothing is received
        return sent[0]

    assert asyncio.run(asked()) == 503
