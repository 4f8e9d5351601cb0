"""What the installed pulumi_aws says of a resource type: its inputs with their types, and its outputs."""

from __future__ import annotations

import collections.abc
import difflib
import enum
import functools
import importlib
import importlib.metadata
import inspect
import threading
import types
import typing
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws
from pulumi import _types
from pulumi.runtime import rpc

from landline.sandbox.unknown import UNKNOWN

SDK_VERSION = importlib.metadata.version("pulumi-aws")
"""The installed pulumi_aws, such as ``7.51.1``."""


_loading = threading.Lock()
"""pulumi_aws loads its modules when they are first used, and a second thread would see half a module."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """One input that pulumi_aws would not take."""

    path: str
    """Where: ``subnetIds[0]``, ``dnsOptions.dnsRecordIpType``."""
    reason: str
    """What is wrong, and what to write instead where that is clear."""


def resource_class(token: str) -> type[pulumi.Resource] | None:
    """The class of the type `token` (``aws:ec2/vpc:Vpc``), or None when pulumi_aws has no such type."""
    package, _, rest = token.partition(":")
    module = rpc.get_resource_module(package, rest.partition(":")[0], "")
    if module is None:
        return None
    info = typing.cast("dict[str, Any]", module.mod_info)  # type: ignore[attr-defined]
    name = info["classes"].get(token)
    if name is None:
        return None
    with _loading:
        return typing.cast("type[pulumi.Resource]", getattr(importlib.import_module(info["fqn"]), name))


@functools.cache
def output_names(token: str) -> frozenset[str]:
    """All outputs of a type that pulumi_aws has, inputs included, without ``id``."""
    cls = resource_class(token)
    return frozenset() if cls is None else frozenset(_types.resource_types(cls)) - {"id", "urn"}


def mistakes(token: str, inputs: dict[str, Any]) -> tuple[Mistake, ...]:
    """All that is wrong with `inputs` of a type that pulumi_aws has: unknown, missing, or of the wrong type.

    The AWS provider forgives some of it (``"443"`` for 443); this does not. Unknown values pass.
    """
    cls = resource_class(token)
    if cls is None:
        return (Mistake("", f"pulumi_aws {SDK_VERSION} has no resource type {token}"),)
    module = importlib.import_module(cls.__module__)
    # pulumi_aws says InitArgs where a nested type has taken the name with Args.
    args = getattr(module, f"{cls.__name__}InitArgs", None) or getattr(module, f"{cls.__name__}Args")
    return tuple(_object_mistakes(args, inputs, ""))


def provider_mistakes(config: dict[str, Any]) -> tuple[Mistake, ...]:
    """All that is wrong with the decoded configuration of an `aws.Provider`, as `mistakes` finds it."""
    return tuple(_object_mistakes(pulumi_aws.ProviderArgs, config, ""))


def provider_input_types() -> dict[str, Any]:
    """The settings of `aws.Provider` under their names on the wire, each with its type."""
    return _inputs_of(pulumi_aws.ProviderArgs).types


@dataclass(frozen=True, slots=True)
class _Inputs:
    """The properties of one input class, under their names on the wire."""

    types: dict[str, Any]
    required: frozenset[str]


@functools.cache
def _inputs_of(args: type) -> _Inputs:
    names = _types.input_type_py_to_pulumi_names(args)
    parameters = inspect.signature(args).parameters.values()
    required = frozenset(names[p.name] for p in parameters if p.default is inspect.Parameter.empty)
    return _Inputs(_types.input_type_types(args), required)


def _object_mistakes(args: type, value: dict[str, Any], path: str) -> collections.abc.Iterator[Mistake]:
    inputs = _inputs_of(args)
    given = {name for name, item in value.items() if item is not None}
    for name in sorted(inputs.required - given):
        yield Mistake(_join(path, name), f"required input {name!r} is missing")
    for name, item in value.items():
        if name in inputs.types:
            yield from _mistakes(inputs.types[name], item, _join(path, name))
        else:
            close = difflib.get_close_matches(name, inputs.types, n=1)
            hint = f"did you mean {close[0]!r}?" if close else f"it has {', '.join(sorted(inputs.types))}"
            yield Mistake(_join(path, name), f"there is no input {name!r}; {hint}")


def _mistakes(annotation: Any, value: Any, path: str) -> collections.abc.Iterator[Mistake]:  # noqa: ANN401 - types are values here
    if value is None or value == UNKNOWN:
        return
    members = _members(annotation)
    found = [list(_member_mistakes(member, value, path)) for member in members]
    if found and all(found):
        # Of a union's members the one that fits best is what the writer meant.
        yield from min(found, key=len)


def _member_mistakes(annotation: Any, value: Any, path: str) -> collections.abc.Iterator[Mistake]:  # noqa: ANN401
    origin = typing.get_origin(annotation) or annotation
    if origin is Any or not isinstance(origin, type):
        return
    if _types.is_input_type(origin):
        if isinstance(value, dict):
            yield from _object_mistakes(origin, value, path)
        else:
            yield _wrong(path, "an object", value)
    elif issubclass(origin, collections.abc.Mapping):
        if isinstance(value, dict):
            item_type = (typing.get_args(annotation) or (str, Any))[1]
            for key, item in value.items():
                yield from _mistakes(item_type, item, f'{path}["{key}"]')
        else:
            yield _wrong(path, "an object", value)
    elif issubclass(origin, enum.Enum):
        # AWS adds values faster than the SDK, so the enumeration's base decides, as for the provider.
        yield from _member_mistakes(origin.__mro__[1], value, path)
    elif issubclass(origin, str):
        if not isinstance(value, str):
            yield _wrong(path, "a string", value)
    elif issubclass(origin, collections.abc.Sequence):
        if isinstance(value, list):
            item_type = (typing.get_args(annotation) or (Any,))[0]
            for index, item in enumerate(value):
                yield from _mistakes(item_type, item, f"{path}[{index}]")
        else:
            yield _wrong(path, "a list", value)
    elif issubclass(origin, bool):
        if not isinstance(value, bool):
            yield _wrong(path, "true or false", value)
    elif issubclass(origin, int):
        if not isinstance(value, int) or isinstance(value, bool):
            yield _wrong(path, "a whole number", value)
    elif issubclass(origin, float):
        if not isinstance(value, int | float) or isinstance(value, bool):
            yield _wrong(path, "a number", value)
    elif not isinstance(value, dict):
        yield _wrong(path, f"a {origin.__name__}", value)


def _members(annotation: Any) -> tuple[Any, ...]:  # noqa: ANN401 - types are values here
    """What an `Input[…]` may hold once it is resolved: its union without None, `Awaitable` and `Output`."""
    if typing.get_origin(annotation) not in {typing.Union, types.UnionType}:
        return (annotation,)
    wrappers = {types.NoneType, collections.abc.Awaitable, pulumi.Output}
    return tuple(
        inner
        for member in typing.get_args(annotation)
        if (typing.get_origin(member) or member) not in wrappers
        for inner in _members(member)
    )


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _wrong(path: str, wanted: str, value: object) -> Mistake:
    return Mistake(path, f"must be {wanted}, not {value!r}")
