"""What the environment tells the server."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from landline.errors import UsageError

LISTEN = "127.0.0.1:8080"
"""Where the front expects the server. Nothing outside the task may reach it: it believes the front's
header."""

HELP = """\
Serves the intake of one service of a hub until SIGTERM. Everything is told by the environment:

  LANDLINE_SERVICE       the service's name in the hub's stack
  LANDLINE_SERVICE_ID    the endpoint service's id, vpce-svc-…
  LANDLINE_HUB           the hub's stack name
  LANDLINE_LISTEN        127.0.0.1:<port> (default: 127.0.0.1:8080)
  AWS_REGION             the Region's code; credentials as every AWS SDK takes them
  LANDLINE_BACKEND       log-archive or findings-intake

  of a log-archive:      LANDLINE_STREAM, the Data Firehose stream; LANDLINE_LOG_GROUP, if it keeps one
  of a findings-intake:  LANDLINE_BUCKET, LANDLINE_BUS, LANDLINE_SOURCE (of the events), LANDLINE_ACCOUNT and
                         LANDLINE_SECURITY_HUB (on or off)

Each request names the VPC endpoint that it came through, which in a hub the front does:

  curl -H "X-Landline-Endpoint-Id: vpce-…" -H "Content-Type: application/x-ndjson" --data-binary @app.jsonl \\
    http://127.0.0.1:8080/v1/lines
"""


@dataclass(frozen=True, slots=True)
class LogArchive:
    """The backend that keeps logs."""

    stream: str
    """The Data Firehose stream's name."""
    log_group: str | None = None
    """The CloudWatch log group that gets the records too."""


@dataclass(frozen=True, slots=True)
class FindingsIntake:
    """The backend that keeps findings and passes them on."""

    bucket: str
    """The S3 bucket's name."""
    bus: str
    """The EventBridge bus's name."""
    source: str
    """The ``source`` of the events."""
    account: str
    """The hub's account, whose Security Hub imports the findings."""
    security_hub: bool
    """Whether it does."""


Backend = LogArchive | FindingsIntake


@dataclass(frozen=True, slots=True)
class Config:
    """One server: which service it is, where it listens and what it hands on to."""

    service: str
    """The service's name in the hub's stack."""
    service_id: str
    """The endpoint service's id, ``vpce-svc-…``."""
    hub: str
    """The hub's name, below which the grants write who the spokes are."""
    region: str
    host: str
    port: int
    """0 for a free one."""
    backend: Backend


def read_config(environment: Mapping[str, str]) -> Config:
    """The server's configuration, or a `UsageError` that names everything missing or wrong at once."""
    wrong: list[str] = []

    def needed(name: str, pattern: str = ".+", write: str = "a value") -> str:
        value = environment.get(name, "")
        if not re.fullmatch(pattern, value):
            wrong.append(
                f"{name} ({value!r}): write {write}" if value else f"{name} is not set: write {write}"
            )
        return value

    listen = environment.get("LANDLINE_LISTEN", LISTEN)
    place = re.fullmatch(r"(127\.0\.0\.1):([0-9]{1,5})", listen)
    if place is None or int(place[2]) > 65535:
        wrong.append(f"LANDLINE_LISTEN ({listen!r}): write 127.0.0.1:<port>")
    service = needed("LANDLINE_SERVICE", write="the service's name in the hub's stack")
    service_id = needed(
        "LANDLINE_SERVICE_ID", "vpce-svc-[0-9a-f]{8,17}", "the endpoint service's id, vpce-svc-…"
    )
    hub = needed("LANDLINE_HUB", "[A-Za-z0-9_.-]+", "the hub's stack name")
    region = needed("AWS_REGION", "[a-z0-9-]+", "the Region's code")
    kind = needed("LANDLINE_BACKEND", "log-archive|findings-intake", "log-archive or findings-intake")
    backend: Backend | None = None
    if kind == "findings-intake":
        backend = FindingsIntake(
            bucket=needed("LANDLINE_BUCKET", write="the S3 bucket's name"),
            bus=needed("LANDLINE_BUS", write="the EventBridge bus's name"),
            source=needed("LANDLINE_SOURCE", write="the events' source"),
            account=needed("LANDLINE_ACCOUNT", "[0-9]{12}", "the hub's account id"),
            security_hub=needed("LANDLINE_SECURITY_HUB", "on|off", "on or off") == "on",
        )
    elif kind == "log-archive":
        backend = LogArchive(
            stream=needed("LANDLINE_STREAM", write="the Data Firehose stream's name"),
            log_group=environment.get("LANDLINE_LOG_GROUP") or None,
        )
    if wrong or place is None or backend is None:
        raise UsageError(
            "The intake's environment is not complete:\n" + "\n".join(f"  {one}" for one in wrong)
        )
    return Config(service, service_id, hub, region, place[1], int(place[2]), backend)
