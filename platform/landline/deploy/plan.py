"""Which stacks an operation touches, and which of them wait for which: pure, from the stack files alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from landline.settings import BaselineSettings, GrantSettings, HubSettings, SpokeSettings

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from landline.settings import Estate, Stack

Operation = Literal["preview", "up", "refresh", "destroy"]


@dataclass(frozen=True, slots=True)
class Task:
    """One operation on one stack."""

    stack: str
    operation: Operation
    again: Literal["", "to accept", "to administer"] = ""
    """What a stack comes once more for: a grant to accept what its spoke asked for, the administrator's
    baseline to say what other accounts get."""

    @property
    def turn(self) -> Literal[1, 2]:
        """2 for a stack that comes once more."""
        return 2 if self.again else 1

    def __str__(self) -> str:
        return f"{self.stack} ({self.again})" if self.again else self.stack


@dataclass(frozen=True, slots=True)
class Planned:
    """A task, what must be done before it, and what makes it worth doing."""

    task: Task
    after: frozenset[Task] = frozenset()
    """It is not started when one of these failed or was not started."""
    if_changed: frozenset[Task] = frozenset()
    """Not empty: it has nothing to do unless one of these changed something. They are in `after` too."""


Plan = tuple[Planned, ...]
"""In an order in which they could be done one by one."""


def plan(estate: Estate, operation: Operation, names: Collection[str] = ()) -> Plan:
    """The tasks for the stacks of these names, or for all stacks of the estate.

    `up`: baselines first, because they close what a network could open, the administrator's before the one
    that designates it and again after it, unless that is unchanged; hubs; grants, which permit; spokes,
    which connect; and again the grants with a service in the accepted lane, unless their spoke is unchanged.
    `destroy`: grants first, so that connections are rejected while both ends stand; spokes; hubs; baselines.
    `preview` and `refresh`: every stack by itself, in the order of `up`.

    Raises `UsageError` for a name that no stack has.
    """
    chosen = tuple(stack for stack in estate if not names or stack.name in names)
    for name in names:
        _ = estate[name]
    match operation:
        case "up":
            return tuple(_up(estate, chosen))
        case "destroy":
            return tuple(_destroy(estate, chosen))
        case _:
            return tuple(
                Planned(Task(stack.name, operation)) for kind in _UP for stack in chosen if _is(stack, kind)
            )


_UP = (BaselineSettings, HubSettings, GrantSettings, SpokeSettings)
_DOWN = (GrantSettings, SpokeSettings, HubSettings, BaselineSettings)


def _is(stack: Stack, kind: type) -> bool:
    return isinstance(stack.settings, kind)


def _designates(stack: Stack) -> bool:
    return isinstance(stack.settings, BaselineSettings) and stack.settings.administrator is not None


def needs(stack: Stack) -> tuple[str, ...]:
    """The stacks that must stand before this one can be deployed: a grant's and a spoke's hub."""
    settings = stack.settings
    return (settings.hub,) if isinstance(settings, GrantSettings | SpokeSettings) else ()


def _up(estate: Estate, chosen: tuple[Stack, ...]) -> Iterator[Planned]:
    names = {stack.name for stack in chosen}

    def waits(stack: Stack) -> frozenset[Task]:
        before = {*_baselines_of(estate, stack), *needs(stack)}
        if isinstance(stack.settings, BaselineSettings) and stack.settings.administrator is not None:
            before.add(stack.settings.administrator)
        if _is(stack, SpokeSettings) and (grant := estate.grant_of(stack)) is not None:
            before.add(grant.name)
        return frozenset(Task(name, "up") for name in before & names)

    for kind in _UP:
        for stack in sorted(chosen, key=_designates):
            if _is(stack, kind):
                yield Planned(Task(stack.name, "up"), waits(stack))
        for stack in chosen if kind is BaselineSettings else ():
            settings = stack.settings
            if not isinstance(settings, BaselineSettings) or settings.administers is None:
                continue
            if stack.name in estate.administering and settings.administers.management in names:
                designating = Task(settings.administers.management, "up")
                yield Planned(
                    Task(stack.name, "up", "to administer"),
                    frozenset({Task(stack.name, "up"), designating}),
                    frozenset({designating}),
                )
    accepting = set(estate.deployment_order()[-1]) & estate.grants.keys() if len(estate) else set()
    for stack in chosen:
        settings = stack.settings
        if isinstance(settings, GrantSettings) and stack.name in accepting and settings.spoke in names:
            spoke = Task(settings.spoke, "up")
            yield Planned(
                Task(stack.name, "up", "to accept"),
                frozenset({Task(stack.name, "up"), spoke}),
                frozenset({spoke}),
            )


def _destroy(estate: Estate, chosen: tuple[Stack, ...]) -> Iterator[Planned]:
    names = {stack.name for stack in chosen}

    def waits(stack: Stack) -> frozenset[Task]:
        if _is(stack, BaselineSettings):
            before = {one.name for one in estate if stack.name in _baselines_of(estate, one)}
            # AWS keeps the detector of an account that is designated.
            before |= {name for name, one in estate.baselines.items() if one.administrator == stack.name}
        elif _is(stack, HubSettings):
            before = {one.name for one in estate if stack.name in needs(one)}
        elif _is(stack, SpokeSettings):
            grant = estate.grant_of(stack)
            before = {grant.name} if grant else set()
        else:
            before = set()
        return frozenset(Task(name, "destroy") for name in before & names)

    for kind in _DOWN:
        for stack in sorted(chosen, key=_designates, reverse=True):
            if _is(stack, kind):
                yield Planned(Task(stack.name, "destroy"), waits(stack))


def _baselines_of(estate: Estate, stack: Stack) -> set[str]:
    """The baselines of the account and Region in which a stack is deployed."""
    if _is(stack, BaselineSettings):
        return set()
    place = (estate.account_of(stack), stack.region)
    return {
        name for name in estate.baselines if (estate.account_of(estate[name]), estate[name].region) == place
    }
