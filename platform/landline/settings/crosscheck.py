"""What must hold between the stacks of an estate. Pure: today's date is given, never read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from landline.settings.delegation import check_delegation, check_importing
from landline.settings.grant_check import check_grant
from landline.settings.hub_check import check_hub
from landline.settings.nearest import choose, with_hubs
from landline.settings.outline import outline_of
from landline.settings.spoke_check import check_spoke
from landline.settings.uniqueness import check_uniqueness

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date

    from landline.settings.estate import Estate
    from landline.settings.outline import Outline
    from landline.settings.problem import Problem


def check_estate(estate: Estate, today: date) -> tuple[Problem, ...]:
    """Every problem between stacks, and what has run out: its last day is before `today`."""
    outlines = tuple(outline_of(stack) for stack in estate)
    return (*cross_check(outlines), *run_out(outlines, today))


def cross_check(outlines: Iterable[Outline], unreadable: Collection[str] = ()) -> tuple[Problem, ...]:
    """Every problem between stacks that hangs on no date.

    `unreadable` names stacks whose files cannot even be outlined: what that explains is not reported again.
    """
    written = sorted(outlines, key=lambda stack: stack.name)
    chosen = choose(written, unreadable)
    stacks = {stack.name: stack for stack in with_hubs(written, chosen)}
    granted: dict[tuple[str | None, str | None], set[str]] = {}
    for stack in stacks.values():
        if stack.kind == "grant":
            granted.setdefault((stack.spoke, stack.hub), set()).update(stack.services or ())
    problems: list[Problem] = [
        stacks[name].problem("error", ("hub",), nearest.message, nearest.remedy)
        for name, nearest in chosen.items()
        if nearest.hub is None
    ]
    for stack in stacks.values():
        if stack.cidr is not None and stack.cidr.is_global:
            problems.append(_public(stack))
        if stack.kind == "spoke":
            problems.extend(check_spoke(stack, stacks, unreadable, granted))
        elif stack.kind == "grant":
            problems.extend(check_grant(stack, stacks, unreadable))
        elif stack.kind == "hub":
            problems.extend(check_hub(stack, stacks))
            problems.extend(check_importing(stack, stacks))
        elif stack.kind == "baseline":
            problems.extend(check_delegation(stack, stacks, unreadable))
    return (*problems, *check_uniqueness(stacks.values()))


def _public(stack: Outline) -> Problem:
    """AWS takes such a range, and recommends those of RFC 1918 ("Amazon VPC User Guide, VPC CIDR blocks")."""
    return stack.problem(
        "warning",
        ("network", "cidr"),
        "is a public range, whose owner's addresses on the internet the network would take for its own",
        "write a private one, such as 10.40.0.0/20, unless the range is yours",
    )


def run_out(outlines: Iterable[Outline], today: date) -> tuple[Problem, ...]:
    """A finding for each request and each grant whose last day is before `today`."""
    problems: list[Problem] = []
    for stack in outlines:
        if stack.kind == "spoke":
            what, remedy = "the request", "ask for a later day, or remove the service"
        else:
            what, remedy = "the grant", "renew it with a new approval, or remove it: nothing is cut by itself"
        for name, term in (stack.services or {}).items():
            if term.until is not None and term.until < today:
                days = (today - term.until).days
                ago = "yesterday" if days == 1 else f"{days} days ago"
                problems.append(
                    stack.problem(
                        "finding", ("services", name, "until"), f"is past: {what} ran out {ago}", remedy
                    )
                )
    return tuple(problems)
