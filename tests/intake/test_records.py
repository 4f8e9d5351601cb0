import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from http import HTTPStatus

import pytest
from google.rpc.status_pb2 import Status
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest

from landline.intake import lines, otlp
from landline.intake.form import form_of
from landline.intake.record import MOST_RECORDS, Client, Record, Request, stamp
from landline.intake.refusal import RefusedError, unavailable

CLIENT = Client("vpce-0a1b2c3d4e5f60718", "222222222222", "payments", "payments-team", "account")
AT = datetime(2026, 11, 26, 22, 0, tzinfo=UTC)

OBJECTS = st.dictionaries(
    st.text(max_size=8) | st.sampled_from(["endpoint_id", "account", "spoke", "record", "id"]),
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
        max_leaves=6,
    ),
    max_size=4,
)


def kept(records: Sequence[Record], key: str | None = None, body: bytes = b"") -> list[dict[str, object]]:
    request = Request(CLIENT.endpoint_id, "/v1/lines", key, body)
    stamped = stamp(records, request, CLIENT, "logging", AT)
    return [json.loads(one.line()) for one in stamped]


@given(st.lists(OBJECTS, max_size=5))
def test_a_client_overwrites_nothing_of_the_stamp(objects: list[dict[str, object]]) -> None:
    body = "\n".join(json.dumps(one) for one in objects).encode()

    records = kept(lines.parse_lines(body))

    assert [one.pop("record") for one in records] == objects
    assert [{name: value for name, value in one.items() if name != "id"} for one in records] == [
        {
            "id_from": "body",
            "received_at": "2026-11-26T22:00:00.000000Z",
            "endpoint_id": "vpce-0a1b2c3d4e5f60718",
            "account": "222222222222",
            "spoke": "payments",
            "team": "payments-team",
            "known_by": "account",
            "service": "logging",
            "kind": "json",
        }
    ] * len(objects)


@given(st.lists(OBJECTS, max_size=5), st.sampled_from([None, 0, 3]))
def test_an_array_gives_the_same_records_as_lines(
    objects: list[dict[str, object]], indent: int | None
) -> None:
    """However it is laid out: each record is one line."""
    body = json.dumps(objects, indent=indent).encode()

    records = lines.parse_json(body)

    assert [json.loads(one.text) for one in records] == objects
    assert not any(b"\n" in one.text for one in records)


def test_numbers_are_kept_as_they_were_written() -> None:
    text = b'{"amount":0.10000000000000000000000001,"id":123456789012345678901234567890}'

    assert lines.parse_lines(text)[0].text == text


def test_ids_tell_records_apart_and_are_the_same_again() -> None:
    records = lines.parse_lines(b'{"a":1}\n{"a":1}')
    ids = [
        [one["id"] for one in kept(records, key, body)] for key in (None, "", "k") for body in (b"1", b"2")
    ]

    assert [[one["id"] for one in kept(records, "k", b"2")]] == ids[-1:]
    assert len({one for some in ids for one in some}) == 12
    assert {one["id_from"] for one in kept(records, "k")} == {"idempotency-key"}
    other = Request("vpce-0ffffffffffffffff", "/v1/lines", "k", b"2").id
    assert not any(str(one).startswith(other) for one in ids[-1])


@pytest.mark.parametrize(
    ("parse", "body", "said"),
    [
        (lines.parse_lines, b'{"a":1}\n\n{"a":}', "line 3 is not JSON"),
        (lines.parse_lines, b"[1]", "line 1 is no JSON object"),
        (lines.parse_lines, b'{"a":NaN}', "line 1 is not JSON"),
        (lines.parse_lines, b'{"a":"\xff"}', "line 1 is not JSON"),
        (lines.parse_lines, b'{"a":"\\ud800"}', "line 1 is not JSON"),
        (lines.parse_lines, b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "line 1 is nested too deeply"),
        (lines.parse_lines, b'{"a":1}{"b":2}', "line 1 is not JSON"),
        (lines.parse_json, b'[{"a":1},2]', "item 2 of the array is no JSON object"),
        (lines.parse_json, b'[{"a":1},', "the body is not JSON"),
        (lines.parse_json, b"", "the body is not JSON"),
        (otlp.parse_protobuf, b"\xff\xff", "the body is no ExportLogsServiceRequest"),
        (otlp.parse_json, b"[]", "the body is no JSON object"),
        (otlp.parse_json, b'{"resourceLogs":{"a":1}}', "the body is no ExportLogsServiceRequest"),
        (otlp.parse_json, b'{"\\ud800":1}', "the body is no ExportLogsServiceRequest"),
        (otlp.parse_json, b"[" * 100_000, "the body is no ExportLogsServiceRequest"),
        (
            otlp.parse_json,
            b'{"resourceLogs":[{"scopeLogs":[{"logRecords":[{},{"traceId":"abc"}]}]}]}',
            r"resourceLogs\[0\].scopeLogs\[0\].logRecords\[1\].traceId \('abc'\): write 32 hexadecimal",
        ),
    ],
)
def test_what_is_malformed_is_told_where_and_why(
    parse: Callable[[bytes], Sequence[Record]], body: bytes, said: str
) -> None:
    with pytest.raises(RefusedError, match=said) as refused:
        parse(body)
    assert refused.value.status == HTTPStatus.BAD_REQUEST


def logs(count: int) -> ExportLogsServiceRequest:
    request = ExportLogsServiceRequest()
    resource = request.resource_logs.add()
    resource.resource.attributes.add(key="service.name").value.string_value = "checkout"
    scope = resource.scope_logs.add()
    scope.scope.name = "app"
    for number in range(count):
        log = scope.log_records.add(time_unix_nano=2**63 + number, trace_id=b"\x01" * 16, severity_number=9)
        log.body.string_value = f"line {number}"
    return request


JSON_LOGS = {
    "resourceLogs": [
        {
            "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "checkout"}}]},
            "scopeLogs": [
                {
                    "scope": {"name": "app"},
                    "logRecords": [
                        {
                            "timeUnixNano": str(2**63 + number),
                            "traceId": "01" * 16,
                            "severityNumber": 9,
                            "body": {"stringValue": f"line {number}"},
                            "newInALaterVersion": {},
                        }
                        for number in range(3)
                    ],
                }
            ],
        }
    ]
}


def test_both_encodings_of_otlp_give_the_same_records() -> None:
    from_protobuf = otlp.parse_protobuf(logs(3).SerializeToString())
    from_json = otlp.parse_json(json.dumps(JSON_LOGS).encode())

    assert from_protobuf == from_json
    assert json.loads(from_json[2].text) == {
        "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "checkout"}}]},
        "resourceSchemaUrl": "",
        "scope": {"name": "app"},
        "scopeSchemaUrl": "",
        "log": {
            "timeUnixNano": str(2**63 + 2),
            "traceId": "01" * 16,
            "severityNumber": 9,
            "body": {"stringValue": "line 2"},
        },
    }


def test_nothing_is_taken_as_nothing() -> None:
    assert (otlp.parse_protobuf(b""), otlp.parse_json(b"{}"), lines.parse_lines(b"\n\n")) == ([], [], [])


@pytest.mark.parametrize(
    ("parse", "body"),
    [
        (lines.parse_lines, b"{}\n" * (MOST_RECORDS + 1)),
        (lines.parse_json, b"[" + b"{}," * MOST_RECORDS + b"{}]"),
        (otlp.parse_protobuf, logs(MOST_RECORDS + 1).SerializeToString()),
    ],
    ids=["lines", "array", "otlp"],
)
def test_too_many_records_are_refused(parse: Callable[[bytes], Sequence[Record]], body: bytes) -> None:
    with pytest.raises(RefusedError, match=str(MOST_RECORDS)) as refused:
        parse(body)
    assert refused.value.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE


def test_a_resource_is_not_multiplied_without_bound() -> None:
    """It stands once in a request, and with each of its records afterwards."""
    request = logs(100)
    request.resource_logs[0].resource.attributes[0].value.string_value = "x" * 200_000

    with pytest.raises(RefusedError, match="each with its resource and scope, have more than") as refused:
        otlp.parse_protobuf(request.SerializeToString())
    assert refused.value.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    del request.resource_logs[0].scope_logs[0].log_records[50:]
    assert len(otlp.parse_protobuf(request.SerializeToString())) == 50


@pytest.mark.parametrize("parse", [otlp.parse_protobuf, otlp.parse_json])
def test_what_holds_no_record_is_counted_too(parse: Callable[[bytes], Sequence[Record]]) -> None:
    empty = (
        b"\x0a\x00" * 10_001
        if parse is otlp.parse_protobuf
        else b'{"resourceLogs":[' + b"{}," * 10_000 + b"{}]}"
    )

    with pytest.raises(RefusedError, match="10001 resourceLogs") as refused:
        parse(empty)
    assert refused.value.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE


def test_otlp_is_refused_in_its_own_words() -> None:
    """Its body is a Status ("OTLP Specification, Failures")."""
    status = Status.FromString(otlp.PROTOBUF.refused(unavailable("not now")))

    assert (status.code, status.message) == (14, "not now")
    assert json.loads(otlp.JSON.refused(unavailable("not now"))) == {"code": 14, "message": "not now"}


@pytest.mark.parametrize("named", [None, "text/plain", "application/json-seq"])
def test_another_content_type_is_told_which_are_taken(named: str | None) -> None:
    with pytest.raises(RefusedError, match="application/x-protobuf, application/json") as refused:
        form_of((otlp.PROTOBUF, otlp.JSON), named)
    assert refused.value.status == HTTPStatus.UNSUPPORTED_MEDIA_TYPE


def test_a_content_type_is_read_without_its_parameters() -> None:
    assert form_of((otlp.PROTOBUF, otlp.JSON), "Application/JSON; charset=utf-8") is otlp.JSON
