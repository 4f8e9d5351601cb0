"""Values that only an update will know. A module of its own, for where Pulumi's runtime is not read."""

from __future__ import annotations

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""Stands for such a value; the engine sends it, and takes it, in previews (`pulumi.runtime.rpc.UNKNOWN`)."""


def has_unknown(value: object) -> bool:
    """Whether `value` is unknown or holds an unknown anywhere inside."""
    match value:
        case dict():
            return any(has_unknown(item) for item in value.values())
        case list():
            return any(has_unknown(item) for item in value)
        case _:
            return value == UNKNOWN
