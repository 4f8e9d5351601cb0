"""The one seam between moto and what the sandbox adds to it: patches that last as long as a world does."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Patch:
    """One attribute of moto that a world replaces, or adds, while it runs."""

    target: Any
    """The class, instance or module that holds the attribute."""
    name: str
    value: Any
    adds: bool = False
    """True where moto has no such attribute: an operation that it lacks."""


def applied(patches: Iterable[Patch]) -> ExitStack:
    """A context in which all `patches` hold, and after which moto is as it was.

    Raises AttributeError for a patch that replaces what moto does not have: moto has changed, and the
    sandbox's model of it no longer fits.
    """
    with ExitStack() as stack:
        for each in patches:
            if each.adds and hasattr(each.target, each.name):
                message = f"{each.target!r} now has {each.name}: compare it with the sandbox's own"
                raise AttributeError(message)
            stack.enter_context(patch.object(each.target, each.name, each.value, create=each.adds))
        return stack.pop_all()
