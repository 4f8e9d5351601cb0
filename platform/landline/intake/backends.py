"""What each kind of backend takes, and where it goes."""

from landline.errors import UsageError
from landline.intake import lines, otlp
from landline.intake.config import Config, LogArchive
from landline.intake.firehose import Firehose, firehose_client
from landline.intake.form import Service


def service(config: Config) -> Service:
    """The paths and the delivery of the configured backend."""
    match config.backend:
        case LogArchive(stream):
            return Service(
                {"/v1/logs": (otlp.PROTOBUF, otlp.JSON), "/v1/lines": (lines.LINES, lines.JSON)},
                Firehose(firehose_client(config.region), stream),
            )
        case _:
            raise UsageError("LANDLINE_BACKEND (findings-intake): only log-archive is served")
