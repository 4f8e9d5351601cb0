"""EC2's answers without a wire: from moto's objects to what boto3 returns, without HTTP and XML.

Two thirds of the sandbox's calls go to EC2, and most of their time into text that is written and read again
in the same process. The operation, its parameters and its result are moto's own; so are the names under which
the result's members are found. What comes out is what botocore's parser makes of moto's XML, and a test
compares the two.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any
from urllib.parse import urlparse

from botocore.utils import parse_timestamp
from moto.core.responses import ActionResult, EmptyResult
from moto.core.serialize import EC2Serializer, XFormedAttributePicker
from moto.core.utils import get_service_model
from moto.ec2.responses import EC2Response
from moto.utilities.utils import get_partition

if TYPE_CHECKING:
    from collections.abc import Mapping

Answer = tuple[int, "Mapping[str, str]", Any]
"""Status, headers, and the body: a string, or the result of the operation as boto3 returns it."""


class _Result:
    """A result that is not XML yet."""

    def __init__(self, value: object) -> None:
        self.value = value


def answer(operation: str, request: Mapping[str, Any], region: str, account: str) -> Answer:
    """Moto's answer to a serialised EC2 request (`botocore.serialize`), in this Region and account.

    Refusals come as moto's XML. Raises NotImplementedError for an operation that moto lacks.
    """
    responder = _responder(request, region, account)
    status, headers, body = responder.call_action()
    if not isinstance(body, _Result):
        return status, headers, body
    model = get_service_model("ec2").operation_model(operation)
    tree: dict[str, Any] = {}
    if model.output_shape is not None:
        serializer: Any = EC2Serializer(
            operation_model=model,
            value_picker=XFormedAttributePicker(
                response_transformers=responder.RESPONSE_KEY_PATH_TO_TRANSFORMER
            ),
        )
        serializer._serialize(tree, body.value, model.output_shape, "")  # noqa: SLF001 - all of it but the text
        tree = _python(model.output_shape, tree)
    tree["ResponseMetadata"] = {"HTTPStatusCode": status, "HTTPHeaders": dict(headers), "RetryAttempts": 0}
    return status, headers, tree


def _responder(request: Mapping[str, Any], region: str, account: str) -> Any:  # noqa: ANN401 - moto's own types
    """Moto's object for one call, as its `setup_class` would leave it."""
    responder: Any = EC2Response()
    url = urlparse(request["url"])
    values = {key: str(value) for key, value in request["body"].items()}
    headers = {**request["headers"], "Host": url.netloc}
    responder.is_werkzeug_request = False
    responder.parsed_url, responder.uri = url, request["url"]
    responder.path = responder.raw_path = url.path
    responder.method, responder.headers = request["method"], headers
    responder.body = responder.raw_body = ""
    responder.form_data, responder.uri_match = values, {}
    responder.querystring = responder.data = {key: [value] for key, value in values.items()}
    responder.region, responder.partition = region, get_partition(region)
    responder.access_key, responder.current_account = responder.get_access_key(), account
    responder.response_headers = {"server": "amazon.com"}
    responder.parse_parameters(_Values(values, request["method"], headers, url.path))
    as_text = responder.serialized

    def serialized(result: ActionResult) -> tuple[int, dict[str, Any], Any]:
        if type(result) not in (ActionResult, EmptyResult) or isinstance(result.result, Exception):
            status, headers, body = as_text(result)
            return status, headers, body
        return 200, dict(responder.response_headers), _Result(result.result)

    responder.serialized = serialized
    return responder


class _Values:
    """The part of a request that moto's parser of parameters reads."""

    def __init__(self, values: Mapping[str, str], method: str, headers: Mapping[str, str], path: str) -> None:
        self.values, self.method, self.headers, self.path = values, method, headers, path
        self.data = b""
        self.content_type = headers.get("Content-Type", "")


def _python(shape: Any, value: Any) -> Any:  # noqa: ANN401 - botocore's shapes, and what they describe
    """What botocore makes of the XML of `value`, which moto has put into the names and lists of `shape`."""
    kind = shape.type_name
    if kind == "structure":
        if not isinstance(value, dict):
            return {}
        named = (
            (name, member, member.serialization.get("name", name)) for name, member in shape.members.items()
        )
        return {name: _python(member, value[key]) for name, member, key in named if key in value}
    if kind == "list":
        items = next(iter(value.values()), []) if isinstance(value, dict) else value or []
        return [_python(shape.member, item) for item in items]
    if isinstance(value, bool):
        value = "true" if value else "false"
    text = "" if value is None else str(value)
    return _SCALARS.get(kind, str)(text)


_SCALARS: Mapping[str, Any] = {
    "boolean": lambda text: text == "true",
    "integer": int,
    "long": int,
    "float": float,
    "double": float,
    "timestamp": parse_timestamp,
    "blob": base64.b64decode,
}
