"""Pulumi's AWS SDK, a class at a time.

`pulumi_aws` leaves a service's package (`pulumi_aws.ec2`, …) unread until its first attribute is asked for,
and then reads all of it: for the services of the components some 500 modules, more than two seconds, of which
they use a tenth. `read_by_name` makes these packages read the one module of the class that is asked for. The
SDK's generator names it: the class's name in snake case. What is not found by that rule reads the whole
package, as ever, and the classes are the same objects either way.

Half of what such a module declares are the `TypedDict` twins of its classes (`VpcArgsDict`), a third of the
time to read it. They are left plain dictionaries here: only type checkers read their keys. Of a service's
hundreds of input classes a program uses a few, so each is made when it is used.
"""

from __future__ import annotations

import builtins
import importlib
import re
import sys
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypedDict
from unittest.mock import patch

import pulumi
import pulumi_aws

if TYPE_CHECKING:
    from collections.abc import Iterator

_UNREAD = "_LazyModule"
"""The class of a package that was not read yet (`pulumi._utils`)."""


def read_by_name() -> None:
    """Lets every service's package that was not read yet read a class at a time. Twice does no harm."""
    prefix = f"{pulumi_aws.__name__}."
    for name, module in list(sys.modules.items()):
        if name.startswith(prefix) and type(module).__name__ == _UNREAD:
            module.__class__ = _by_name(type(module))


def _by_name(unread: Any) -> type[ModuleType]:  # noqa: ANN401 - a class of Pulumi's own
    class ByName(unread):  # type: ignore[misc]
        """A package that reads one of its modules where a name says which."""

        def __getattribute__(self, name: str) -> Any:  # noqa: ANN401 - whatever the package holds
            own = ModuleType.__getattribute__(self, "__dict__")
            if name in own:
                return own[name]
            found = _found(own, name)
            return super().__getattribute__(name) if found is None else found

    return ByName


def _found(package: dict[str, Any], name: str) -> Any:  # noqa: ANN401 - a class, a function or a module
    """What the package with these attributes holds under this name; None if no rule finds it."""
    stem = _module_of(name)
    if not any(Path(path, f"{stem}.py").is_file() for path in package["__path__"]):
        return None
    with _reading():
        module = importlib.import_module(f"{package['__name__']}.{stem}")
    return module if stem == name else vars(module).get(name)


def _module_of(name: str) -> str:
    if not name[:1].isupper():
        return name.removesuffix("_output")
    if name.endswith(("Args", "ArgsDict")):
        return "_inputs"
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


@contextmanager
def _reading() -> Iterator[None]:
    """While it lasts, the SDK's modules make a dictionary of what they declare as a `TypedDict`.

    And the bodies of input classes wait until somebody asks for something of the class.
    """
    build: Any = builtins.__build_class__
    mark: Any = pulumi.input_type

    def build_class(body: Any, name: str, *bases: Any, **options: Any) -> Any:  # noqa: ANN401 - any class at all
        module = body.__globals__["__name__"]
        if not options and module.startswith(f"{pulumi_aws.__name__}."):
            if bases == (TypedDict,):
                return type(name, (dict,), {"__module__": module})
            if bases == () and module.endswith("._inputs"):
                return _Late(name, (), {"__module__": module, _LATER: lambda: build(body, name)})
        return build(body, name, *bases, **options)

    def input_type(cls: Any) -> Any:  # noqa: ANN401 - a class
        if type(cls) is not _Late:
            return mark(cls)
        body = type.__getattribute__(cls, _LATER)
        setattr(cls, _LATER, lambda: mark(body()))
        return cls

    with (
        patch.object(builtins, "__build_class__", build_class),
        patch.object(pulumi, "input_type", input_type),
    ):
        yield


_LATER = "_landline_later"
"""Under this name a class that is not made yet has what makes it."""


class _Late(type):
    """A class whose body has not run; asked for anything, it becomes what its body makes of it."""

    def __getattribute__(cls, name: str) -> Any:  # noqa: ANN401 - whatever a class has
        return getattr(_made(cls), name)

    def __call__(cls, *args: Any, **options: Any) -> Any:  # noqa: ANN401 - an object of the class
        return _made(cls)(*args, **options)


class _Made(type):
    """A class whose body has run late."""


def _made(late: Any) -> Any:  # noqa: ANN401 - a class, the same
    late.__class__ = _Made
    made = vars(late)[_LATER]()
    delattr(late, _LATER)
    for key, value in vars(made).items():
        if key not in ("__dict__", "__weakref__"):
            setattr(late, key, value)
    return late
