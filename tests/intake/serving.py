"""The server on the loopback address, with a roster and a delivery of the tests' own."""

import asyncio
import http.client
import socket
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field

import uvicorn

from landline.intake import lines, otlp, server
from landline.intake.form import Service
from landline.intake.record import Stamped
from landline.intake.roster import Connection, Roster, Spoke, build
from landline.intake.roster_keeper import Pace, RosterKeeper

GRANTED = "vpce-0a1b2c3d4e5f60718"
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


@contextmanager
def serving() -> Iterator[Running]:
    """The server with both of the log archive's paths, one granted endpoint, and an archive in memory."""
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
