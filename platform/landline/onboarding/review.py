"""What a change of stack files does: who gains and loses what, what it touches, what it costs."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from landline.onboarding.loosening import Loosening, loosened
from landline.settings import GrantSettings, SpokeSettings
from landline.settings.crosscheck import cross_check
from landline.settings.load import in_order, read_stacks
from landline.settings.prices import spoke_month
from landline.settings.regions import line_zones

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date
    from pathlib import Path

    from landline.settings import Estate, Stack
    from landline.settings.grant import GrantedService
    from landline.settings.load import StackFiles

Move = Literal["gains", "loses", "keeps until", "is approved anew", "asks for", "no longer asks for"]


@dataclass(frozen=True, slots=True, order=True)
class AccessChange:
    """One spoke's access to one service, or its request for it, that the change makes other than it was."""

    spoke: str
    account: str
    hub: str
    service: str
    move: Move
    lane: str
    reason: str
    until: date | None = field(compare=False)
    approved: str | None = field(compare=False)
    """None for a request."""
    was_until: date | None = field(compare=False, default=None)
    was_approved: str | None = field(compare=False, default=None)


@dataclass(frozen=True, slots=True, order=True)
class TouchedStack:
    """A stack that the change makes other than it was, or whose deployment reads one that is."""

    name: str
    kind: str
    how: Literal["new", "gone", "changed", "reads a changed hub", "answers a changed spoke"]


@dataclass(frozen=True, slots=True)
class PriceChange:
    """A spoke's endpoints, in US dollars of list price a month, data apart."""

    spoke: str
    before: Decimal
    after: Decimal


@dataclass(frozen=True, slots=True)
class Review:
    """A change of stack files as its reviewers see it."""

    refused: tuple[str, ...]
    """Why it cannot be merged, whatever anybody thinks of it: one line for each error."""
    warnings: tuple[str, ...]
    access: tuple[AccessChange, ...]
    touched: tuple[TouchedStack, ...]
    prices: tuple[PriceChange, ...]
    loosened: tuple[Loosening, ...]
    proof: tuple[str, ...] = ()
    """What the sandbox says of the touched stacks, before and after; empty where it was not asked."""

    @property
    def empty(self) -> bool:
        """Whether the change does nothing to any stack."""
        return not (self.touched or self.refused)


def review(before: Path, after: Path) -> Review:
    """Compare the stack files in two directories. What `before` has wrong counts as not there.

    Raises nothing for what the files hold: errors of `after` are refusals.
    """
    old_files, new_files = read_stacks(before), read_stacks(after)
    old, new = _estate(old_files), _estate(new_files)
    told = in_order((*new_files.problems, *cross_check(new_files.outlines, new_files.unreadable)))
    earlier = {_unplaced(str(item), before) for item in _problems(old_files)}
    changed = _changed(old, new)
    errors = [str(item) for item in told if item.severity == "error"]
    warnings = [
        str(item) for item in told if item.severity != "error" and _unplaced(str(item), after) not in earlier
    ]
    return Review(
        refused=(*errors, *_taken_accounts(old, new)),
        warnings=tuple(warnings),
        access=tuple(sorted(_access(old, new))),
        touched=tuple(sorted(_touched(old, new, changed))),
        prices=tuple(_prices(old, new)),
        loosened=tuple(
            item
            for name in sorted(changed & new.stacks.keys())
            for item in loosened(old.stacks.get(name), new.stacks[name])
        ),
    )


def _estate(files: StackFiles) -> Estate:
    from landline.settings import Estate

    return Estate.of(files.stacks)


def _problems(files: StackFiles) -> tuple[object, ...]:
    return (*files.problems, *cross_check(files.outlines, files.unreadable))


def _unplaced(line: str, directory: Path) -> str:
    return line.replace(f"{directory}/", "", 1)


def _changed(old: Estate, new: Estate) -> set[str]:
    """The stacks whose settings differ, and those that only one side has. Remarks in files do not count."""
    return {
        name
        for name in old.stacks.keys() | new.stacks.keys()
        if _said(old.stacks.get(name)) != _said(new.stacks.get(name))
    }


def _said(stack: Stack | None) -> object:
    return None if stack is None else (stack.region, stack.settings)


def _taken_accounts(old: Estate, new: Estate) -> Iterator[str]:
    """An account that is another spoke's: a change that takes over what was granted to it."""
    owner = {settings.account: name for name, settings in old.spokes.items()}
    for name, settings in new.spokes.items():
        other = owner.get(settings.account)
        if other is None or other == name or other not in new.spokes:
            continue
        if new.spokes[other].team != settings.team and (
            name not in old.spokes or old.spokes[name].account != settings.account
        ):
            yield (
                f"{new[name].file}: landline:spoke.account: is the account of spoke {other} of team "
                f"{new.spokes[other].team} ({settings.account}); write team {settings.team}'s own account"
            )


Key = tuple[str, str, str]


def _grants(estate: Estate) -> dict[Key, GrantedService]:
    return {
        (grant.spoke, grant.hub, service): term
        for grant in estate.grants.values()
        if grant.spoke in estate.spokes
        for service, term in grant.services.items()
    }


def _access(old: Estate, new: Estate) -> Iterator[AccessChange]:
    was, now = _grants(old), _grants(new)
    for key in was.keys() | now.keys():
        before, after = was.get(key), now.get(key)
        if before is None and after is not None:
            yield _change(new, key, "gains", after)
        elif after is None and before is not None:
            yield _change(old, key, "loses", before)
        elif before is not None and after is not None:
            accounts = {estate.spokes[key[0]].account for estate in (old, new)}
            if len(accounts) > 1:
                yield _change(old, key, "loses", before)
                yield _change(new, key, "gains", after)
            elif before.until != after.until:
                yield _change(new, key, "keeps until", after, before)
            elif before.approved != after.approved:
                yield _change(new, key, "is approved anew", after, before)
    asked, asks = _requests(old), _requests(new)
    for key in asks.keys() - asked.keys() - now.keys():
        yield _change(new, key, "asks for", None)
    for key in asked.keys() - asks.keys() - was.keys():
        yield _change(old, key, "no longer asks for", None)


def _requests(estate: Estate) -> dict[Key, object]:
    return {
        (name, spoke.hub, service): request
        for name, spoke in estate.spokes.items()
        for service, request in spoke.services.items()
    }


def _change(
    estate: Estate,
    key: Key,
    move: Move,
    term: GrantedService | None,
    was: GrantedService | None = None,
) -> AccessChange:
    spoke, hub, service = key
    settings = estate.spokes[spoke]
    request = settings.services.get(service)
    offered = estate.hubs[hub].services.get(service) if hub in estate.hubs else None
    until = term.until if term is not None else None if request is None else request.until
    return AccessChange(
        spoke=spoke,
        account=settings.account,
        hub=hub,
        service=service,
        move=move,
        lane="unknown" if offered is None else offered.lane,
        reason="" if request is None else request.reason,
        until=until,
        approved=None if term is None else term.approved,
        was_until=None if was is None else was.until,
        was_approved=None if was is None else was.approved,
    )


def _touched(old: Estate, new: Estate, changed: set[str]) -> Iterator[TouchedStack]:
    for name in changed:
        stack = new.stacks.get(name) or old.stacks[name]
        how: Literal["new", "gone", "changed"] = (
            "new" if name not in old.stacks else "gone" if name not in new.stacks else "changed"
        )
        yield TouchedStack(name, stack.kind, how)
    for stack in new:
        if stack.name in changed:
            continue
        settings = stack.settings
        if isinstance(settings, GrantSettings | SpokeSettings) and settings.hub in changed:
            yield TouchedStack(stack.name, stack.kind, "reads a changed hub")
        elif isinstance(settings, GrantSettings) and settings.spoke in changed:
            yield TouchedStack(stack.name, stack.kind, "answers a changed spoke")


def _prices(old: Estate, new: Estate) -> Iterator[PriceChange]:
    for name in sorted(old.spokes.keys() | new.spokes.keys()):
        before, after = _month(old, name), _month(new, name)
        if before != after:
            yield PriceChange(name, before, after)


def _month(estate: Estate, spoke: str) -> Decimal:
    settings = estate.spokes.get(spoke)
    if settings is None:
        return Decimal(0)
    hub = estate.hubs.get(settings.hub)
    own = settings.network.zones
    zones = (
        len(own)
        if hub is None
        else len(line_zones(own, estate[spoke].region, hub.network.zones, estate[settings.hub].region))
    )
    return spoke_month([zones] * len(settings.services), settings.aws, len(settings.network.zones))


def questions(shown: Review) -> Mapping[str, tuple[str, ...]]:
    """The five questions that a person answers, each with what there is to answer it from."""
    opened = [item for item in shown.access if item.move in ("gains", "keeps until", "asks for")]

    def each(text: str) -> tuple[str, ...]:
        return tuple(
            text.format(
                who=f"{item.spoke} → {item.service}",
                reason=item.reason or "none is written",
                lane=item.lane,
                until=item.until or "no end",
            )
            for item in opened
        )

    return {
        "Is the reason good?": each("{who}: {reason}"),
        "Is the lane right?": each("{who}: {lane}"),
        "Is this data allowed in that service?": each("{who}: {reason}"),
        "Is the last day sensible?": each("{who}: {until}"),
        "Is a loosened default justified?": tuple(
            f"{item.stack}: {item.key_path}: {item.before} → {item.after}; {item.why}"
            for item in shown.loosened
        ),
    }
