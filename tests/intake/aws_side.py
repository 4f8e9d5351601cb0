"""AWS on the loopback address, in a process of its own: an estate in the sandbox, and a stream to disk.

EC2's and Systems Manager's answers are the sandbox's, of the stacks that it deployed. Data Firehose's
PutRecordBatch is answered here, because what it takes must be on disk: each record goes to a file before the
answer. It holds the limits of the API, and fails as a test asks it to.

``python -m tests.intake.aws_side STACKS RECORDS LATER`` prints one line of JSON, `Where`, and serves until
its input ends. A line of input deploys the spoke LATER, and has it say where once more.
"""

from __future__ import annotations

import base64
import json
import os
import random
import sys
import threading
import warnings
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from werkzeug.wrappers import Request, Response

from landline.sandbox.aws_endpoint import AwsEndpoint, serving_aws
from landline.sandbox.estate import Sandbox
from landline.settings import load_estate

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIEnvironment

ACCOUNT, REGION = "111111111111", "eu-west-1"
WEATHER_PATH = "/_test/weather"


class Line(msgspec.Struct, frozen=True):
    """One spoke's way to the service."""

    spoke: str
    team: str
    account: str
    endpoint_id: str


class Where(msgspec.Struct, frozen=True):
    """What the deployed estate gave ids to, and where AWS is."""

    url: str
    service_id: str
    stream: str
    lines: tuple[Line, ...]


class Weather(msgspec.Struct, frozen=True):
    """How PutRecordBatch fails; each figure is a share, 0 to 1."""

    records: float = 0
    """Records that an answer says were not taken."""
    calls: float = 0
    """Calls that are refused whole, with nothing taken."""
    answers: float = 0
    """Calls of which all is taken, and the answer is lost."""
    denied: bool = False
    """Whether every call is denied, as by a policy."""
    most: int = 1_000_000
    """How often the same record is refused, alone or with its call: after that it is taken."""
    seed: int = 0


class Stream:
    """A stream into a file, a record a line."""

    def __init__(self, name: str, file: Path) -> None:
        self.name = name
        self._lock = threading.Lock()
        self._file = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self.weather(Weather())

    def weather(self, weather: Weather) -> None:
        with self._lock:
            self._weather, self._random = weather, random.Random(weather.seed)  # noqa: S311 - a seeded test
            self._refused = Counter[bytes]()

    def put_record_batch(self, call: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Status and body of the answer ("Amazon Data Firehose API Reference, PutRecordBatch")."""
        with self._lock:
            weather, chance = self._weather, self._random.random
            records = [base64.b64decode(record["Data"], validate=True) for record in call["Records"]]
            if not 0 < len(records) <= 500:
                return _error("ValidationException", f"{len(records)} records")
            if max(map(len, records)) > 1000 * 1024 or sum(map(len, records)) > 4 * 1024 * 1024:
                return _error("InvalidArgumentException", "too large")
            if weather.denied:
                return _error("AccessDeniedException", "is not authorized to perform")
            due = [self._refused[record] >= weather.most for record in records]
            if chance() < weather.calls and not any(due):
                self._refused.update(records)
                return 503, _error("ServiceUnavailableException", "Slow down.")[1]
            entries: list[dict[str, str]] = []
            taken: list[bytes] = []
            for record, taken_now in zip(records, due, strict=True):
                if chance() < weather.records and not taken_now:
                    self._refused[record] += 1
                    entries.append({"ErrorCode": "ServiceUnavailableException", "ErrorMessage": "Slow down."})
                else:
                    taken.append(record)
                    entries.append({"RecordId": f"{self._random.getrandbits(128):032x}"})
            os.write(self._file, b"".join(taken))
            if chance() < weather.answers:
                return _error("InternalFailure", "lost", 500)
            failed = len(records) - len(taken)
            return 200, {"FailedPutCount": failed, "Encrypted": True, "RequestResponses": entries}


def _error(code: str, message: str, status: int = 400) -> tuple[int, dict[str, Any]]:
    return status, {"__type": code, "message": message}


class AwsSide(AwsEndpoint):
    """The sandbox's endpoint with the stream in front of it (WSGI)."""

    def __init__(self, sandbox: Sandbox, stream: Stream) -> None:
        super().__init__(sandbox.world.process, str)
        self._stream = stream

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answers one request."""
        if environ["PATH_INFO"] == WEATHER_PATH:
            self._stream.weather(msgspec.json.decode(Request(environ).get_data(), type=Weather))
            return Response(status=204)(environ, start_response)
        if environ.get("HTTP_X_AMZ_TARGET") != "Firehose_20150804.PutRecordBatch":
            return super().__call__(environ, start_response)
        call = json.loads(Request(environ).get_data())
        if call["DeliveryStreamName"] == self._stream.name:
            status, answer = self._stream.put_record_batch(call)
        else:
            status, answer = _error("ResourceNotFoundException", f"{call['DeliveryStreamName']} is not there")
        response = Response(json.dumps(answer), status, mimetype="application/x-amz-json-1.1")
        return response(environ, start_response)


def _where(sandbox: Sandbox, url: str) -> Where:
    """What the estate is called in AWS: each endpoint by its owner's account, not by what the hub sees."""
    hub = sandbox.world.place(ACCOUNT, REGION)
    (service,) = hub.client("ec2").describe_vpc_endpoint_service_configurations()["ServiceConfigurations"]
    (stream,) = hub.client("firehose").list_delivery_streams()["DeliveryStreamNames"]
    lines = tuple(
        Line(name, spoke.team, spoke.account, endpoint["VpcEndpointId"])
        for name, spoke in sandbox.estate.spokes.items()
        for endpoint in sandbox.world.place(spoke.account, REGION)
        .client("ec2")
        .describe_vpc_endpoints()["VpcEndpoints"]
        if endpoint["ServiceName"] == service["ServiceName"]
    )
    return Where(url, service["ServiceId"], stream, lines)


def main(stacks: Path, records: Path, later: str) -> None:
    """Deploys all but the spoke `later` and its grant, and says where; deploys them when a line is read."""
    estate = load_estate(stacks).estate
    assert estate is not None, load_estate(stacks).problems
    with Sandbox(estate) as sandbox, warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        order = [name for group in estate.deployment_order() for name in group]
        for name in order:
            if not name.endswith(later):
                sandbox.up(name)
        stream = Stream(_where(sandbox, "").stream, records)
        with serving_aws(AwsSide(sandbox, stream)) as port:
            url = f"http://127.0.0.1:{port}"
            _say(_where(sandbox, url))
            for _ in sys.stdin:
                for name in order:
                    if name.endswith(later):
                        sandbox.up(name)
                _say(_where(sandbox, url))


def _say(where: Where) -> None:
    sys.stdout.write(f"{msgspec.json.encode(where).decode()}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
