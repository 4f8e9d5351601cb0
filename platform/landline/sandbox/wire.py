"""A resource's properties on Pulumi's wire: protobuf structs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from google.protobuf.json_format import MessageToDict
from google.protobuf.struct_pb2 import Struct

if TYPE_CHECKING:
    from landline.sandbox.resource_type import Properties


def from_struct(struct: Struct) -> Properties:
    """The properties in `struct`, whole numbers as `int`: protobuf knows floating point only."""
    return {key: _whole(value) for key, value in MessageToDict(struct).items()}


def to_struct(properties: Properties) -> Struct:
    """`properties` as a protobuf struct."""
    struct = Struct()
    struct.update(properties)
    return struct


def _whole(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    match value:
        case float() if value.is_integer():
            return int(value)
        case dict():
            return {key: _whole(item) for key, item in value.items()}
        case list():
            return [_whole(item) for item in value]
        case _:
            return value
