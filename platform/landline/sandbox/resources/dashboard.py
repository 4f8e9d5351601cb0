"""CloudWatch dashboards."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NoReturn

from botocore.exceptions import ClientError

from landline.sandbox.resource_type import AutoName, Made, Properties, ResourceType
from landline.sandbox.resources.support import forgiving_absence, found, made, now

if TYPE_CHECKING:
    from collections.abc import Iterator

    from landline.sandbox.resource_type import Place

_TYPES = frozenset({"alarm", "explorer", "log", "metric", "text"})
_NEEDED = {"alarm": "alarms", "log": "query", "text": "markdown"}


def _refuse(message: str) -> NoReturn:
    raise ClientError({"Error": {"Code": "InvalidParameterInput", "Message": message}}, "PutDashboard")


def _check(name: str, body: str) -> None:
    """Refuses a body that AWS refuses.

    ("Amazon CloudWatch API Reference, PutDashboard" and "Dashboard Body Structure and Syntax".) The texts are
    ours. Not checked: what logs and explorer widgets ask, and whether a metric that is named exists; AWS does
    not look either.
    """
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,255}", name):
        _refuse(f"DashboardName has 1 to 255 letters, digits, hyphens and underscores, not {name!r}")
    try:
        document = json.loads(body)
    except ValueError as error:
        _refuse(f"The field DashboardBody must be a valid JSON object: {error}")
    widgets = document.get("widgets") if isinstance(document, dict) else None
    if not isinstance(widgets, list) or len(widgets) > 500:
        _refuse("The dashboard's widgets are an array of at most 500")
    for number, widget in enumerate(widgets):
        for problem in _problems(widget):
            _refuse(f"widgets/{number}: {problem}")


def _problems(widget: Any) -> Iterator[str]:  # noqa: ANN401 - whatever the body holds
    properties = widget.get("properties") if isinstance(widget, dict) else None
    if not isinstance(properties, dict) or widget.get("type") not in _TYPES:
        yield f"needs properties, and a type of {', '.join(sorted(_TYPES))}"
        return
    for name, least, most in (("width", 1, 24), ("height", 1, 1000), ("x", 0, 23), ("y", 0, None)):
        value = widget.get(name, least)
        if type(value) is not int or value < least or (most is not None and value > most):
            yield f"{name} is {value!r}, not a whole number from {least}"
    if widget["type"] in _NEEDED and not properties.get(_NEEDED[widget["type"]]):
        yield f"a widget of type {widget['type']} needs {_NEEDED[widget['type']]}"
    if widget["type"] == "metric":
        yield from _metric_problems(properties)


def _metric_problems(properties: dict[str, Any]) -> Iterator[str]:
    if not properties.get("region"):
        yield "a metric widget needs a region"
    lines = properties.get("metrics")
    if not isinstance(lines, list) or not lines:
        if not properties.get("annotations"):
            yield "a metric widget needs metrics or annotations"
        return
    if len(lines) > 500:
        yield "a metric widget has at most 500 metrics"
    for line in lines:
        names = [one for one in line if isinstance(one, str)] if isinstance(line, list) else []
        options = line[-1] if isinstance(line, list) and line and isinstance(line[-1], dict) else {}
        # A line is a namespace, a metric's name and pairs of dimension and value, or an expression.
        if ("expression" in options) == bool(names) or len(names) % 2 or len(names) > 62:
            yield f"{json.dumps(line)} is no metric with its dimensions, and no expression"


def _put(place: Place, properties: Properties) -> None:
    name, body = properties["dashboardName"], properties["dashboardBody"]
    _check(name, body)
    place.client("cloudwatch").put_dashboard(DashboardName=name, DashboardBody=body)


def _create(place: Place, properties: Properties) -> Made:
    _put(place, properties)
    return made(place, properties["dashboardName"], properties, _read)


def _read(place: Place, name: str, known: Properties) -> Properties | None:
    dashboard = found(lambda: place.client("cloudwatch").get_dashboard(DashboardName=name))
    if dashboard is None:
        return None
    return {
        **known,
        "id": name,
        "dashboardName": name,
        "dashboardArn": f"arn:aws:cloudwatch::{place.account}:dashboard/{name}",
        "dashboardBody": dashboard["DashboardBody"],
    }


def _update(place: Place, name: str, old: Properties, new: Properties) -> Properties:  # noqa: ARG001
    _put(place, new)
    return now(place, name, new, _read)


def _delete(place: Place, name: str, outputs: Properties) -> None:  # noqa: ARG001 - the table's interface
    with forgiving_absence():
        place.client("cloudwatch").delete_dashboards(DashboardNames=[name])


TYPES = (
    ResourceType(
        token="aws:cloudwatch/dashboard:Dashboard",  # noqa: S106 - a Pulumi type token
        create=_create,
        read=_read,
        update=_update,
        delete=_delete,
        replace_on=frozenset({"dashboardName"}),
        inputs=frozenset({"dashboardName", "dashboardBody"}),
        autoname=AutoName(property="dashboardName", max_length=255),
    ),
)
"""The rows of this noun family."""
