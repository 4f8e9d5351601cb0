"""Spokes that send, as an exporter does: what is not acknowledged is sent again, with the same key."""

from __future__ import annotations

import gzip
import http.client
import json
import random
import socket
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest

from tests.components.running_front import endpoint_tlv, proxy_header

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator, Sequence

    from tests.intake.aws_side import Line

COME_AGAIN = (429, 502, 503, 504)
"""("OTLP Specification, Retryable Response Codes".)"""


@dataclass(frozen=True, slots=True)
class Batch:
    """One request: its records' numbers, and how they are written."""

    path: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    numbers: tuple[int, ...]


def batches(spoke: str, numbers: Sequence[int], seed: int) -> Iterator[Batch]:
    """All numbers, in requests of different sizes and forms.

    Records that may hold anything claim another spoke's name, under the very keys of the stamp.
    """
    chance = random.Random(seed)  # noqa: S311 - a seeded test
    rest = list(numbers)
    while rest:
        # One that takes the intake more than one call to the stream, and many small ones.
        size = 700 if len(rest) > 1000 else chance.choice([1, 2, 5, 10, 25, 60])
        taken, rest = tuple(rest[:size]), rest[size:]
        path, media_type, body = chance.choice([_lines, _array, _protobuf, _json])(spoke, taken)
        headers = [("content-type", media_type)]
        if chance.random() < 0.5:
            body = gzip.compress(body, 1)
            headers.append(("content-encoding", "gzip"))
        if chance.random() < 0.5:
            headers.append(("idempotency-key", f"{spoke}-{taken[0]}"))
        yield Batch(path, tuple(headers), body, taken)


def _plain(spoke: str, number: int) -> dict[str, object]:
    return {
        "from": spoke,
        "number": number,
        "spoke": "somebody else",
        "endpoint_id": "vpce-00000000",
        "id": "0",
    }


def _lines(spoke: str, numbers: Sequence[int]) -> tuple[str, str, bytes]:
    body = "\n".join(json.dumps(_plain(spoke, number)) for number in numbers)
    return "/v1/lines", "application/x-ndjson", body.encode()


def _array(spoke: str, numbers: Sequence[int]) -> tuple[str, str, bytes]:
    body = json.dumps([_plain(spoke, number) for number in numbers], indent=1)
    return "/v1/lines", "application/json", body.encode()


def _protobuf(spoke: str, numbers: Sequence[int]) -> tuple[str, str, bytes]:
    request = ExportLogsServiceRequest()
    resource = request.resource_logs.add()
    resource.resource.attributes.add(key="from").value.string_value = spoke
    scope = resource.scope_logs.add()
    for number in numbers:
        scope.log_records.add(trace_id=number.to_bytes(16)).body.int_value = number
    return "/v1/logs", "application/x-protobuf", request.SerializeToString()


def _json(spoke: str, numbers: Sequence[int]) -> tuple[str, str, bytes]:
    records = [{"body": {"intValue": str(number)}, "traceId": f"{number:032x}"} for number in numbers]
    resource = {"attributes": [{"key": "from", "value": {"stringValue": spoke}}]}
    document = {"resourceLogs": [{"resource": resource, "scopeLogs": [{"logRecords": records}]}]}
    return "/v1/logs", "application/json", json.dumps(document).encode()


def claimed(record: dict[str, object]) -> tuple[str, int]:
    """Who a kept record says it is from, in its client's own words, and its number."""
    own = record["record"]
    assert isinstance(own, dict)
    if record["kind"] == "json":
        return own["from"], own["number"]
    number = int(own["log"]["body"]["intValue"])
    assert int(own["log"]["traceId"], 16) == number
    return own["resource"]["attributes"][0]["value"]["stringValue"], number


@dataclass
class Sender:
    """One client of one spoke, over one connection that it makes again when it breaks."""

    line: Line
    port: int
    trust: ssl.SSLContext
    batches: Sequence[Batch]
    on_acknowledged: Callable[[int], None] = lambda _: None
    give_up: float = 120.0
    """Seconds after which a request that is never taken fails the test."""
    acknowledged: list[int] = field(default_factory=list)
    requests: int = 0
    failure: str = ""

    def run(self) -> None:
        """Sends all batches, in their order."""
        connection: http.client.HTTPConnection | None = None
        try:
            for batch in self.batches:
                deadline = time.monotonic() + self.give_up
                while True:
                    self.requests += 1
                    try:
                        connection = connection or connect(self.line.endpoint_id, self.port, self.trust)
                        connection.request("POST", batch.path, batch.body, dict(batch.headers))
                        answer = connection.getresponse()
                        said = answer.read()
                    except (OSError, http.client.HTTPException):
                        if connection is not None:
                            connection.close()
                        connection = None
                        time.sleep(0.05)
                    else:
                        if answer.status == 200:
                            self.acknowledged += batch.numbers
                            self.on_acknowledged(len(batch.numbers))
                            break
                        if answer.status not in COME_AGAIN:
                            self.failure = f"{answer.status} for {batch.headers}: {said[:500]!r}"
                            return
                        time.sleep(0.05)
                    if time.monotonic() > deadline:
                        self.failure = f"a request was not taken in {self.give_up:g} s"
                        return
        finally:
            if connection is not None:
                connection.close()


def connect(endpoint_id: str, port: int, trust: ssl.SSLContext) -> http.client.HTTPConnection:
    """A connection as the load balancer hands it on: PROXY header with the endpoint's id, TLS, HTTP/1.1."""
    raw = socket.create_connection(("127.0.0.1", port), timeout=60)
    try:
        raw.sendall(proxy_header(endpoint_tlv(endpoint_id)))
        secured = trust.wrap_socket(raw, server_hostname="localhost")
    except BaseException:
        with suppress(OSError):
            raw.close()
        raise
    connection = http.client.HTTPConnection("localhost")
    connection.sock = secured
    connection.auto_open = 0
    return connection


def send_all(senders: Sequence[Sender]) -> None:
    """Runs them side by side, and returns when the last one is done."""
    threads = [threading.Thread(target=one.run) for one in senders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
