"""What AWS refuses for good, where people look: a line of the log, and a metric.

The metric needs no call and no permission: CloudWatch Logs makes one of each line that is written in its
embedded metric format ("Amazon CloudWatch User Guide, Using the PutLogEvents API to send manually-created
embedded metric format logs"). Nothing is published while nothing is refused.
"""

import logging
import time
from typing import TextIO

import msgspec

NAMESPACE = "Landline/Intake"
METRIC = "RecordsRefused"
"""Records that a place refuses for good, each time that they are handed to it."""
DIMENSION = "ServiceId"
"""The endpoint service's id."""

_log = logging.getLogger("landline.intake.denial")


def tell(place: str, records: int, why: str) -> None:
    """Logs that a place refuses so many records, and will until somebody mends it."""
    _log.error(
        "%s refuses %d records for good: %s", place, records, why, extra={"place": place, "records": records}
    )


def count_on(out: TextIO, service_id: str) -> None:
    """From now on each denial is a metric of the service too, on `out`, which is the container's log."""
    _log.addHandler(_Counting(out, service_id))


class _Counting(logging.Handler):
    def __init__(self, out: TextIO, service_id: str) -> None:
        super().__init__()
        self._out = out
        self._service_id = service_id

    def emit(self, record: logging.LogRecord) -> None:
        """Writes the line ("Amazon CloudWatch User Guide, Specification: Embedded metric format")."""
        metrics = {
            "Namespace": NAMESPACE,
            "Dimensions": [[DIMENSION]],
            "Metrics": [{"Name": METRIC, "Unit": "Count"}],
        }
        line = {
            "_aws": {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [metrics]},
            DIMENSION: self._service_id,
            METRIC: getattr(record, "records", 1),
            "place": getattr(record, "place", ""),
        }
        self._out.write(f"{msgspec.json.encode(line).decode()}\n")
        self._out.flush()
