"""A document: the bytes that the AWS CLI prints for one call."""

from __future__ import annotations

import base64
import json
from datetime import date, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def as_cli(response: Mapping[str, object]) -> bytes:
    """`response`, as boto3 gave it, in the words of the AWS CLI.

    Times are ISO 8601 and binary values base64 (AWS CLI user guide, "AWS CLI configuration options":
    ``cli_timestamp_format``, ``cli_binary_format``); what HTTP said of the answer is left out.

    Raises:
        TypeError: a value is none that boto3 gives.

    """
    document = {key: value for key, value in response.items() if key != "ResponseMetadata"}
    return json.dumps(document, indent=4, ensure_ascii=False, default=_plain).encode() + b"\n"


def _plain(value: object) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes | bytearray):
        return base64.b64encode(value).decode()
    raise TypeError(f"a {type(value).__name__} is no value of an AWS response: {value!r}")
