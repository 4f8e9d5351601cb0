"""The real chain on the loopback address: AWS, the intake and Envoy, each a process that can be killed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Any

import msgspec

from components.front import CERTIFICATE_VARIABLE, KEY_VARIABLE, front_command, front_configuration
from tests.components.running_front import Certificate, envoy, free_port, self_signed
from tests.intake.aws_side import ACCOUNT, REGION, WEATHER_PATH, Weather, Where
from tests.intake.stacks import LATE, write_stacks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

PATIENCE = 120.0
"""Seconds until a process must have started; the machine may be busy."""


@dataclass
class Process:
    """A server that is started, killed and started again on the same port."""

    command: Sequence[str]
    environment: Mapping[str, str]
    port: int
    log: Path
    _running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Returns before it listens."""
        with self.log.open("ab") as log:
            self._running = subprocess.Popen(  # noqa: S603 - the project's own server, and Envoy
                self.command, env={**os.environ, **self.environment}, stdout=log, stderr=log
            )

    def kill(self) -> None:
        """SIGKILL: nothing that is only in its memory outlives it."""
        if self._running is not None:
            self._running.kill()
            self._running.wait()
            self._running = None

    @property
    def pid(self) -> int | None:
        return None if self._running is None else self._running.pid


@dataclass
class Chain:
    """What runs, and where its clients connect to."""

    where: Where
    records: Path
    """What the stream has taken, a record a line."""
    certificate: Certificate
    intake: Process
    front: Process
    _aws: subprocess.Popen[str] = field(repr=False)

    def weather(self, weather: Weather) -> None:
        """How the stream fails from now on."""
        request = urllib.request.Request(  # noqa: S310 - the test's own server
            f"{self.where.url}{WEATHER_PATH}", msgspec.json.encode(weather), method="POST"
        )
        urllib.request.urlopen(request, timeout=PATIENCE).close()  # noqa: S310

    def deploy_later(self) -> None:
        """Grants and deploys the spoke that was left out."""
        assert self._aws.stdin is not None
        self._aws.stdin.write("\n")
        self._aws.stdin.flush()
        self.where = _read(self._aws)

    def kept(self) -> list[dict[str, Any]]:
        """Every record that the stream has taken, in its order."""
        return [json.loads(line) for line in self.records.read_bytes().splitlines()]


def _read(aws: subprocess.Popen[str]) -> Where:
    output: IO[str] | None = aws.stdout
    assert output is not None
    line = output.readline()
    assert line, "the AWS side ended before it served"
    return msgspec.json.decode(line, type=Where)


def aws_environment(url: str) -> dict[str, str]:
    """Credentials of the hub's account for the sandbox at `url`, and of nothing else."""
    return {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": ACCOUNT,
        "AWS_SECRET_ACCESS_KEY": "sandbox",
        "AWS_SESSION_TOKEN": "",
        "AWS_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


@contextmanager
def running_chain(directory: Path) -> Iterator[Chain]:
    """All three, started and answering, until the block ends."""
    program = envoy()
    stacks = directory / "stacks"
    stacks.mkdir()
    write_stacks(stacks)
    records = directory / "records.jsonl"
    aws = subprocess.Popen(  # noqa: S603 - a module of the tests
        [sys.executable, "-m", "tests.intake.aws_side", str(stacks), str(records), LATE],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    started: list[Process] = []
    try:
        where = _read(aws)
        certificate = self_signed()
        intake = _intake(where, directory / "intake.log")
        front = _front(program, certificate, intake.port, directory / "front.log")
        for one in (intake, front):
            one.start()
            started.append(one)
        yield Chain(where, records, certificate, intake, front, aws)
    finally:
        for one in started:
            one.kill()
        assert aws.stdin is not None
        assert aws.stdout is not None
        aws.stdin.close()
        try:
            aws.wait(30)
        except subprocess.TimeoutExpired:
            aws.kill()
            aws.wait()
        aws.stdout.close()


def _intake(where: Where, log: Path) -> Process:
    port = free_port()
    environment = {
        **aws_environment(where.url),
        "LANDLINE_SERVICE": "logging",
        "LANDLINE_SERVICE_ID": where.service_id,
        "LANDLINE_HUB": "hub",
        "LANDLINE_BACKEND": "log-archive",
        "LANDLINE_STREAM": where.stream,
        "LANDLINE_LISTEN": f"127.0.0.1:{port}",
    }
    return Process([sys.executable, "-m", "landline.intake"], environment, port, log)


def _front(program: str, certificate: Certificate, intake_port: int, log: Path) -> Process:
    port = free_port()
    configuration: Any = front_configuration({"tls": True, "port": port, "intake_port": intake_port})
    configuration["static_resources"]["listeners"][0]["address"]["socket_address"]["address"] = "127.0.0.1"
    environment = {CERTIFICATE_VARIABLE: certificate.chain, KEY_VARIABLE: certificate.key}
    return Process([program, *front_command(configuration)], environment, port, log)


def until(reached: Callable[[], bool], chain: Chain) -> None:
    """Waits until `reached()` is true; if it never is, shows what the servers said."""
    deadline = time.monotonic() + PATIENCE
    while not reached():
        said = "\n".join(one.log.read_text()[-2000:] for one in (chain.intake, chain.front))
        assert time.monotonic() < deadline, f"not in {PATIENCE:g} s:\n{said}"
        time.sleep(0.05)
