"""Finds the stack that another one names, and what it asks of it that is not there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from landline.settings.validation import closest

if TYPE_CHECKING:
    from collections.abc import Collection, Generator, Iterator, Mapping

    from landline.settings.outline import Outline
    from landline.settings.problem import Problem
    from landline.settings.stack import Kind


def named(
    stack: Outline,
    kind: Kind,
    name: str | None,
    stacks: Mapping[str, Outline],
    unreadable: Collection[str],
    keys: tuple[str, ...] = (),
) -> Generator[Problem, None, Outline | None]:
    """The stack of a kind that `stack` names, under the key `kind` or `keys`, or None if there is none."""
    found = None if name is None else stacks.get(name)
    if found is None:
        if name is not None and name not in unreadable:
            known = sorted(other.name for other in stacks.values() if other.kind == kind)
            guess = closest(name, known)
            if guess:
                remedy = f"did you mean {guess}?"
            else:
                remedy = (
                    f"write one of {', '.join(known[:10])}"
                    if known
                    else f"write the {kind}'s stack file first"
                )
            yield stack.problem("error", keys or (kind,), f"names no {kind} stack", remedy)
        return None
    if found.kind != kind:
        yield stack.problem(
            "error",
            keys or (kind,),
            f"names a {found.kind}, not a {kind}",
            f"write the name of a {kind} stack",
        )
        return None
    return found


def check_services(stack: Outline, hub: Outline) -> Iterator[Problem]:
    """A problem for each service of a spoke or a grant that its hub does not have."""
    if hub.services is None:
        return
    for name in stack.services or ():
        if name not in hub.services:
            guess = closest(name, hub.services)
            known = ", ".join(sorted(hub.services))
            yield stack.problem(
                "error",
                ("services", name),
                f"is no service of hub {hub.name}",
                f"did you mean {guess}? known: {known}" if guess else f"write one of {known}",
            )
