"""OTLP/HTTP logs, in protobuf and in JSON ("OTLP Specification, OTLP/HTTP")."""

import json
from base64 import b64encode
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

import msgspec
from google.protobuf.json_format import MessageToDict, ParseDict, ParseError
from google.protobuf.message import DecodeError, Message
from google.rpc.status_pb2 import Status
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest

from landline.intake.form import Form
from landline.intake.record import MOST_RECORDS, Record
from landline.intake.refusal import RefusedError, malformed, too_large

MOST_TEXT_BYTES = 16 * 1024 * 1024
"""All records of a request, each with the resource and scope that stand once in the request."""

_ID_BYTES = {"traceId": 16, "spanId": 8}

_CODES = {
    HTTPStatus.BAD_REQUEST: 3,
    HTTPStatus.FORBIDDEN: 7,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: 8,
    HTTPStatus.TOO_MANY_REQUESTS: 8,
    HTTPStatus.SERVICE_UNAVAILABLE: 14,
}
"""google.rpc.Code: INVALID_ARGUMENT, PERMISSION_DENIED, RESOURCE_EXHAUSTED, UNAVAILABLE; else UNKNOWN."""


def parse_protobuf(body: bytes) -> Sequence[Record]:
    """The log records of an `ExportLogsServiceRequest`."""
    try:
        request = ExportLogsServiceRequest.FromString(body)
    except DecodeError as error:
        raise malformed(f"the body is no ExportLogsServiceRequest: {error}") from error
    return _records(request)


def parse_json(body: bytes) -> Sequence[Record]:
    """The same from OTLP's JSON, where trace and span ids are hexadecimal and unknown fields are left out."""
    try:
        document = json.loads(body)
        if not isinstance(document, dict):
            raise malformed("the body is no JSON object")
        _hexadecimal_ids(document)
        request = ParseDict(document, ExportLogsServiceRequest(), ignore_unknown_fields=True)
    except (ParseError, ValueError, RecursionError, SystemError) as error:
        # SystemError is protobuf's for a name that is no Unicode, a lone surrogate.
        raise malformed(f"the body is no ExportLogsServiceRequest: {error}") from error
    return _records(request)


def _hexadecimal_ids(document: dict[str, Any]) -> None:
    """Turns ids into the base64 that protobuf's JSON means by bytes; the parser judges all else."""
    for place, record in _records_of(document):
        for name, length in _ID_BYTES.items():
            if (text := record.get(name)) is None:
                continue
            try:
                value = bytes.fromhex(text)
            except (TypeError, ValueError):
                value = b"?"
            if len(value) not in (0, length):
                raise malformed(f"{place}.{name} ({text!r}): write {2 * length} hexadecimal digits")
            record[name] = b64encode(value).decode()


def _records_of(document: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    found: list[tuple[str, Any]] = [("", document)]
    for name in ("resourceLogs", "scopeLogs", "logRecords"):
        lists = [
            (place, outer[name])
            for place, outer in found
            if isinstance(outer, dict) and isinstance(outer.get(name), list)
        ]
        _bounded(name, sum(len(inners) for _, inners in lists))
        found = [
            (f"{place}.{name}[{position}]".lstrip("."), inner)
            for place, inners in lists
            for position, inner in enumerate(inners)
        ]
    return [(place, record) for place, record in found if isinstance(record, dict)]


def _records(request: ExportLogsServiceRequest) -> Sequence[Record]:
    _bounded("resourceLogs", len(request.resource_logs))
    _bounded("scopeLogs", sum(len(resource.scope_logs) for resource in request.resource_logs))
    _bounded(
        "logRecords",
        sum(len(scope.log_records) for resource in request.resource_logs for scope in resource.scope_logs),
    )
    found: list[Record] = []
    room = MOST_TEXT_BYTES
    for resource in request.resource_logs:
        written_resource = _written(resource.resource)
        for scope in resource.scope_logs:
            around = {
                "resource": written_resource,
                "resourceSchemaUrl": resource.schema_url,
                "scope": _written(scope.scope),
                "scopeSchemaUrl": scope.schema_url,
            }
            for log in scope.log_records:
                plain = _plain(log)
                for name, value in (("traceId", log.trace_id), ("spanId", log.span_id)):
                    if value:
                        plain[name] = value.hex()
                found.append(Record("otlp", msgspec.json.encode({**around, "log": plain})))
                room -= len(found[-1].text)
                if room < 0:
                    raise too_large(
                        f"the records, each with its resource and scope, have more than {MOST_TEXT_BYTES} "
                        "bytes: send fewer at once"
                    )
    return found


def _bounded(name: str, count: int) -> None:
    if count > MOST_RECORDS:
        raise too_large(f"{count} {name} in one request: send at most {MOST_RECORDS}")


def _written(message: Message) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(_plain(message)))


def _plain(message: Message) -> dict[str, Any]:
    return MessageToDict(message, use_integers_for_enums=True)


def _status(refusal: RefusedError) -> Status:
    return Status(code=_CODES.get(refusal.status, 2), message=refusal.message)


PROTOBUF = Form(
    ("application/x-protobuf",),
    parse_protobuf,
    # An empty ExportLogsServiceResponse: nothing was rejected.
    lambda _count, _request: b"",
    lambda refusal: _status(refusal).SerializeToString(),
    "application/x-protobuf",
)
JSON = Form(
    ("application/json",),
    parse_json,
    lambda _count, _request: b"{}",
    lambda refusal: json.dumps(MessageToDict(_status(refusal))).encode(),
    "application/json",
)
