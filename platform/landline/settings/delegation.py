"""What holds between the baselines of an organisation that has GuardDuty and Security Hub administered.

The management account designates an account, in each Region; that account is the same in all Regions ("AWS
Security Hub User Guide, Designating a Security Hub administrator account"; "Amazon GuardDuty User Guide,
Managing GuardDuty accounts with AWS Organizations").
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from landline.settings.naming_stacks import named

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from landline.settings.outline import Outline
    from landline.settings.problem import Problem


def check_delegation(
    stack: Outline, stacks: Mapping[str, Outline], unreadable: Collection[str]
) -> Iterator[Problem]:
    """Every problem of one baseline with the others."""
    if stack.administrator is not None:
        yield from _check_management(stack, stacks, unreadable)
    if stack.management is not None:
        yield from _check_administrator(stack, stacks, unreadable)
    yield from _check_member(stack, stacks)


def check_importing(hub: Outline, stacks: Mapping[str, Outline]) -> Iterator[Problem]:
    """Where a hub's findings go to Security Hub, it must not be off in the hub's own account and Region.

    An account without a baseline may have it on by other means: nothing is said of it.
    """
    for other in stacks.values():
        if (
            other.kind == "baseline"
            and None not in (hub.account, hub.region)
            and (other.account, other.region) == (hub.account, hub.region)
            and other.watched.get("security_hub") is False
        ):
            for name in hub.importing:
                yield hub.problem(
                    "error",
                    ("services", name, "backend", "security_hub"),
                    f"needs Security Hub, which {other.name} has off in the hub's account",
                    f"write security_hub: true in {other.file.name}, or false here",
                )


def _check_management(
    stack: Outline, stacks: Mapping[str, Outline], unreadable: Collection[str]
) -> Iterator[Problem]:
    key = ("administrator",)
    administrator = yield from named(stack, "baseline", stack.administrator, stacks, unreadable, key)
    if administrator is not None:
        if administrator.account is not None and administrator.account == stack.account:
            yield stack.problem(
                "error",
                key,
                "is in the management account itself, which AWS advises against: who administers findings "
                "could do everything in the organisation",
                "name the baseline of another account",
            )
        elif administrator.management != stack.name:
            yield stack.problem(
                "error",
                key,
                f"does not say that it administers for {stack.name}",
                f"write administers: {{management: {stack.name}}} in {administrator.file.name}",
            )
        if None not in (administrator.region, stack.region) and administrator.region != stack.region:
            yield stack.problem(
                "error",
                key,
                f"is in {administrator.region}, and this baseline designates in {stack.region}",
                f"name that account's baseline in {stack.region}",
            )
    for other in stacks.values():
        if other.administrator is None or other.name >= stack.name:
            continue  # Of two that disagree the second is told.
        if None not in (other.account, stack.account) and other.account != stack.account:
            yield stack.problem(
                "error",
                key,
                f"is designated by account {stack.account}, and {other.name} designates from "
                f"{other.account}; an organisation has one management account",
                "keep administrator in the baselines of that account",
            )
            continue
        theirs = stacks.get(other.administrator)
        if administrator is None or theirs is None or None in (administrator.account, theirs.account):
            continue
        if administrator.account != theirs.account:
            yield stack.problem(
                "error",
                key,
                f"is in account {administrator.account}, and {other.name} designates {theirs.account}; AWS "
                "takes one administrator for all Regions",
                f"name a baseline of account {theirs.account}",
            )


def _check_administrator(
    stack: Outline, stacks: Mapping[str, Outline], unreadable: Collection[str]
) -> Iterator[Problem]:
    key = ("administers", "management")
    management = yield from named(stack, "baseline", stack.management, stacks, unreadable, key)
    if management is not None and management.administrator != stack.name:
        yield stack.problem(
            "error",
            key,
            f"does not designate {stack.name}",
            f"write administrator: {stack.name} in {management.file.name}",
        )


def _check_member(stack: Outline, stacks: Mapping[str, Outline]) -> Iterator[Problem]:
    """What is left to the organisation must be what its administrator turns on.

    An administrator that is not among the stacks may be somebody else's: nothing is said of it.
    """
    for other in stacks.values():
        if other.management is None or other.region != stack.region:
            continue
        for name, value in stack.watched.items():
            if value == "organization" and (other.takes_in == "none" or other.watched.get(name) is False):
                yield stack.problem(
                    "error",
                    (name,),
                    f"is left to the organisation, and {other.name} turns it on nowhere",
                    f"write {name}: true",
                )
