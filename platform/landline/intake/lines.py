"""JSON lines, and JSON objects by the array: what Fluent Bit's and Vector's HTTP outputs send."""

from collections.abc import Sequence
from typing import Any

import msgspec

from landline.intake.form import Form
from landline.intake.record import MOST_RECORDS, Record
from landline.intake.refusal import RefusedError, malformed, too_large

_OBJECT = msgspec.json.Decoder(dict[str, Any])
_ARRAY = msgspec.json.Decoder(list[msgspec.Raw])


def parse_lines(body: bytes) -> Sequence[Record]:
    """One record a line; blank lines count, but are none."""
    lines = [(number, line) for number, line in enumerate(body.split(b"\n"), 1) if line.strip()]
    _bounded(len(lines))
    return [_record(f"line {number}", line) for number, line in lines]


def parse_json(body: bytes) -> Sequence[Record]:
    """One object, or an array of objects."""
    if not body.lstrip().startswith(b"["):
        return [_record("the body", body)]
    try:
        items = _ARRAY.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise malformed(f"the body is not JSON: {error}") from error
    _bounded(len(items))
    return [_record(f"item {number} of the array", bytes(item)) for number, item in enumerate(items, 1)]


def _bounded(count: int) -> None:
    if count > MOST_RECORDS:
        raise too_large(f"{count} records in one request: send at most {MOST_RECORDS}")


def _record(where: str, text: bytes) -> Record:
    try:
        # Decoded to be judged: what is kept is the client's own text, whose numbers no decoder has rounded.
        _OBJECT.decode(text)
        return Record("json", msgspec.json.format(text, indent=-1))
    except msgspec.ValidationError as error:
        raise malformed(f"{where} is no JSON object: {error}") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise malformed(f"{where} is not JSON: {error}") from error
    except RecursionError as error:
        raise malformed(f"{where} is nested too deeply") from error


def taken(count: int, request_id: str) -> bytes:
    """How many records were taken, and with which beginning of their ids."""
    return msgspec.json.encode({"taken": count, "request": request_id})


def refused(refusal: RefusedError) -> bytes:
    """What is wrong, as JSON."""
    return msgspec.json.encode({"error": refusal.message})


LINES = Form(
    ("application/x-ndjson", "application/ndjson", "application/jsonl", "application/json-lines"),
    parse_lines,
    taken,
    refused,
    "application/json",
)
JSON = Form(("application/json",), parse_json, taken, refused, "application/json")
