"""The server over HTTP, with a roster and a delivery of the tests' own."""

import asyncio
import gzip
import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field

import pytest
import uvicorn
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest

from landline.intake import lines, otlp, server
from landline.intake.admission import MOST_OF_ONE
from landline.intake.body import MOST_BYTES
from landline.intake.form import Service
from landline.intake.record import Stamped
from landline.intake.refusal import unavailable
from landline.intake.roster import Connection, Roster, Spoke, build
from landline.intake.roster_keeper import Pace, RosterKeeper

GRANTED, FOREIGN = "vpce-0a1b2c3d4e5f60718", "vpce-0ffffffffffffffff"
LINES = {"content-type": "application/x-ndjson", "x-landline-endpoint-id": GRANTED}


@dataclass
class Archive:
    """A delivery that keeps what it was given, or refuses it, or waits."""

    kept: list[Stamped] = field(default_factory=list)
    fails: Exception | None = None
    goes_on: threading.Event = field(default_factory=threading.Event)

    async def deliver(self, records: Sequence[Stamped]) -> None:
        await asyncio.to_thread(self.goes_on.wait, 30)
        if self.fails is not None:
            raise self.fails
        self.kept.extend(records)


@dataclass
class Running:
    archive: Archive
    port: int
    reading: dict[str, Exception | None]

    def ask(
        self,
        body: bytes = b"",
        headers: Sequence[tuple[str, str]] | Mapping[str, str] = LINES,
        path: str = "/v1/lines",
        method: str = "POST",
    ) -> tuple[int, Mapping[str, str], bytes]:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as connection:
            connection.putrequest(method, path)
            for name, value in headers.items() if isinstance(headers, Mapping) else headers:
                connection.putheader(name, value)
            connection.putheader("content-length", str(len(body)))
            connection.endheaders(body)
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()


@pytest.fixture
def running() -> Iterator[Running]:
    archive = Archive()
    archive.goes_on.set()
    reading: dict[str, Exception | None] = {"fails": None}

    def read() -> Roster:
        if (error := reading["fails"]) is not None:
            raise error
        return build(
            "logging",
            [Connection(GRANTED, "222222222222", "available")],
            [Spoke("222222222222", "payments", "red", ("logging",))],
        )

    service = Service(
        {"/v1/logs": (otlp.PROTOBUF, otlp.JSON), "/v1/lines": (lines.LINES, lines.JSON)}, archive
    )
    keeper = RosterKeeper(read, Pace(every=0.05, at_least_apart=0.01, oldest=0.5, wait=1.0))
    app = server.application("logging", service, keeper)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        config = uvicorn.Config(app, http="h11", ws="none", log_config=None, lifespan="on")
        runs = uvicorn.Server(config)
        thread = threading.Thread(target=runs.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            while not runs.started:
                assert thread.is_alive()
                time.sleep(0.005)
            yield Running(archive, listening.getsockname()[1], reading)
        finally:
            archive.goes_on.set()
            runs.should_exit = True
            thread.join()


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
