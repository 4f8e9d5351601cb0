"""All stacks together."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

from landline.errors import UsageError
from landline.settings.baseline import BaselineSettings
from landline.settings.grant import GrantSettings
from landline.settings.hub import HubSettings
from landline.settings.regions import partition
from landline.settings.spoke import SpokeSettings
from landline.settings.validation import closest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from landline.settings.stack import Stack


@dataclass(frozen=True)
class Estate:
    """The stacks of one directory by name, in the order of their names."""

    stacks: Mapping[str, Stack]

    @classmethod
    def of(cls, stacks: Iterable[Stack]) -> Estate:
        """The estate of these stacks."""
        ordered = sorted(stacks, key=lambda stack: stack.name)
        return cls(MappingProxyType({stack.name: stack for stack in ordered}))

    def __getitem__(self, name: str) -> Stack:
        """The stack of this name. Raises `UsageError` if there is none."""
        stack = self.stacks.get(name)
        if stack is None:
            raise UsageError(f"no stack is named {name}; stacks: {', '.join(self.stacks) or 'none'}")
        return stack

    def __iter__(self) -> Iterator[Stack]:
        return iter(self.stacks.values())

    def __len__(self) -> int:
        return len(self.stacks)

    @cached_property
    def baselines(self) -> Mapping[str, BaselineSettings]:
        """The baselines' settings by stack name."""
        return {stack.name: stack.settings for stack in self if isinstance(stack.settings, BaselineSettings)}

    @cached_property
    def hubs(self) -> Mapping[str, HubSettings]:
        """The hubs' settings by stack name."""
        return {stack.name: stack.settings for stack in self if isinstance(stack.settings, HubSettings)}

    @cached_property
    def grants(self) -> Mapping[str, GrantSettings]:
        """The grants' settings by stack name."""
        return {stack.name: stack.settings for stack in self if isinstance(stack.settings, GrantSettings)}

    @cached_property
    def spokes(self) -> Mapping[str, SpokeSettings]:
        """The spokes' settings by stack name."""
        return {stack.name: stack.settings for stack in self if isinstance(stack.settings, SpokeSettings)}

    def spoke(self, name: str) -> SpokeSettings:
        """The settings of the spoke stack of this name. Raises `UsageError` if there is none."""
        settings = self.spokes.get(name)
        if settings is None:
            guess = closest(name, self.spokes)
            raise UsageError(
                f"no spoke stack is named {name}"
                + (f", did you mean {guess}?" if guess else "")
                + f"; spokes: {', '.join(self.spokes) or 'none'}"
            )
        return settings

    @cached_property
    def administering(self) -> tuple[str, ...]:
        """The baselines that can say what other accounts get once another baseline has designated them."""
        return tuple(
            name
            for name, one in self.baselines.items()
            if one.administers is not None and one.administers.management in self.baselines
        )

    def hub_of(self, stack: Stack) -> Stack:
        """The hub that a spoke or a grant names.

        Raises `UsageError` for a stack of another kind, or if there is no such hub.
        """
        if not isinstance(stack.settings, (GrantSettings, SpokeSettings)):
            raise UsageError(f"stack {stack.name} is a {stack.kind}, and only a spoke or a grant has a hub")
        hub = self[stack.settings.hub]
        if not isinstance(hub.settings, HubSettings):
            raise UsageError(f"stack {stack.name} names {hub.name} as its hub, which is a {hub.kind}")
        return hub

    def grant_of(self, spoke: Stack) -> Stack | None:
        """The grant that answers a spoke's requests, or None if there is none yet.

        Raises `UsageError` for a stack of another kind.
        """
        if not isinstance(spoke.settings, SpokeSettings):
            raise UsageError(f"stack {spoke.name} is a {spoke.kind}, and only a spoke has a grant")
        return self._answers.get((spoke.name, spoke.settings.hub))

    def ungranted(self, spoke: Stack) -> tuple[str, ...]:
        """The services that a spoke requests and no grant grants: AWS makes no endpoint for them.

        Raises `UsageError` for a stack of another kind.
        """
        answer = self.grant_of(spoke)
        requested = self.spokes[spoke.name].services
        granted = () if answer is None else self.grants[answer.name].services
        return tuple(name for name in requested if name not in granted)

    @cached_property
    def waiting(self) -> Mapping[str, str]:
        """The spokes that ask for what is not granted, by name, each with what it waits for."""
        return {
            name: not_granted(name, services)
            for name in self.spokes
            if (services := self.ungranted(self[name]))
        }

    def without_waiting(self) -> Estate:
        """The estate without the spokes that wait and without the grants to them."""
        return Estate.of(
            stack
            for stack in self
            if stack.name not in self.waiting
            and not (isinstance(stack.settings, GrantSettings) and stack.settings.spoke in self.waiting)
        )

    @cached_property
    def _answers(self) -> Mapping[tuple[str, str], Stack]:
        """The grants' stacks by spoke and hub; the first where there are two, which the check refuses."""
        found: dict[tuple[str, str], Stack] = {}
        for name, grant in self.grants.items():
            found.setdefault((grant.spoke, grant.hub), self.stacks[name])
        return found

    def account_of(self, stack: Stack) -> str:
        """The id of the account in which a stack is deployed. A grant's is its hub's."""
        settings = stack.settings
        if isinstance(settings, GrantSettings):
            return self.account_of(self.hub_of(stack))
        return settings.account

    def role_arn_of(self, stack: Stack) -> str | None:
        """The ARN of the role to assume when deploying a stack, or None for the caller's own credentials."""
        role = stack.settings.role
        if role is None or role.startswith("arn:"):
            return role
        return f"arn:{partition(stack.region)}:iam::{self.account_of(stack)}:role/{role}"

    def deployment_order(self) -> tuple[tuple[str, ...], ...]:
        """Stack names in rounds; those of one round can be deployed side by side.

        Baselines, of those the organisation's administrator's before the one that designates it, and once
        more after that; hubs, grants (permit), spokes (connect), and once more the grants with a service in
        the accepted lane (accept): AWS lets an account ask for a connection only after it was permitted, and
        accepts it only after it exists.
        """
        designating = tuple(name for name, one in self.baselines.items() if one.administrator is not None)
        first = tuple(name for name in self.baselines if name not in designating)
        hubs = self.hubs
        accepting = tuple(
            name
            for name, grant in self.grants.items()
            if grant.hub in hubs
            and any(
                hubs[grant.hub].services[service].lane == "accepted"
                for service in grant.services
                if service in hubs[grant.hub].services
            )
        )
        rounds = (
            first,
            designating,
            self.administering,
            tuple(hubs),
            tuple(self.grants),
            tuple(self.spokes),
            accepting,
        )
        return tuple(names for names in rounds if names)


def not_granted(spoke: str, services: Iterable[str]) -> str:
    """What a spoke waits for that requests `services` without a grant, and what to do."""
    asked = tuple(services)
    names = ", ".join(asked)
    are = "are" if len(asked) > 1 else "is"
    return (
        f"{names} {are} requested and not granted, so all of {spoke} waits and nothing of it is deployed; "
        f"have the platform team grant {names} to {spoke}: {grant_command(spoke, asked)}"
    )


def grant_command(spoke: str, services: Iterable[str]) -> str:
    """The command that grants `services` to `spoke`, but for the reference to an approval."""
    return f"landline grant {spoke} {' '.join(services)} --approved REFERENCE"
