"""What AWS refuses for good, as a metric."""

from __future__ import annotations

import io
import json
import logging
from typing import TYPE_CHECKING

import pytest

from landline.intake import denial

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def out() -> Iterator[io.StringIO]:
    log = logging.getLogger("landline.intake.denial")
    before = list(log.handlers)
    text = io.StringIO()
    denial.count_on(text, "vpce-svc-0a1b2c3d")
    yield text
    log.handlers = before


def test_each_is_a_line_in_the_embedded_metric_format(out: io.StringIO) -> None:
    denial.tell("Security Hub", 7, "InvalidAccessException: it is off\nin this account")
    (line,) = map(json.loads, out.getvalue().splitlines())
    (metrics,) = line["_aws"]["CloudWatchMetrics"]
    assert isinstance(line["_aws"]["Timestamp"], int)
    assert metrics == {
        "Namespace": "Landline/Intake",
        "Dimensions": [["ServiceId"]],
        "Metrics": [{"Name": "RecordsRefused", "Unit": "Count"}],
    }
    # Every name that the metric has stands beside it ("Specification: Embedded metric format").
    assert (line["ServiceId"], line["RecordsRefused"]) == ("vpce-svc-0a1b2c3d", 7)
    assert line["place"] == "Security Hub"


def test_nothing_is_published_while_nothing_is_refused(out: io.StringIO) -> None:
    logging.getLogger("landline.intake").error("another fault")
    assert out.getvalue() == ""
