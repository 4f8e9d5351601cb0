"""Which hub `hub: auto` stands for: the nearest, by a rule that a reader of the files can follow."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from landline.settings.spoke import AUTO

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from landline.settings.outline import Outline


@dataclass(frozen=True, slots=True)
class Nearest:
    """The hub that a spoke gets, or why it gets none."""

    hub: str | None
    message: str = ""
    """What is wrong, when there is none."""
    remedy: str = ""


def choose(outlines: Iterable[Outline], unreadable: Collection[str] = ()) -> Mapping[str, Nearest]:
    """The hub of each spoke that says `hub: auto`, by the spoke's name.

    It is the one hub in the spoke's own Region; where there is none, the one hub that serves that Region from
    its own ("AWS PrivateLink guide, Share your services, Cross-Region access", recommends the former). None
    and several are no choice. Where a file that decides it cannot be read, the spoke is left out: that file's
    own problem says so.
    """
    stacks = tuple(outlines)
    hubs = sorted((stack for stack in stacks if stack.kind == "hub"), key=lambda hub: hub.name)
    if unreadable or any(hub.region is None or hub.regions is None for hub in hubs):
        return {}
    return {
        stack.name: nearest(stack.region, hubs)
        for stack in stacks
        if stack.kind == "spoke" and stack.hub == AUTO and stack.region is not None
    }


def with_hubs(outlines: Iterable[Outline], chosen: Mapping[str, Nearest]) -> tuple[Outline, ...]:
    """The outlines, with the hub that was chosen for them; None where `auto` chose nothing."""
    return tuple(
        replace(stack, hub=chosen[stack.name].hub if stack.name in chosen else None)
        if stack.kind == "spoke" and stack.hub == AUTO
        else stack
        for stack in outlines
    )


def nearest(region: str, hubs: Collection[Outline]) -> Nearest:
    """The hub of `hubs` that is nearest to a Region."""
    here = [hub.name for hub in hubs if hub.region == region]
    serving = [hub.name for hub in hubs if region in (hub.regions or ())]
    for names, what in ((here, f"are in {region}"), (serving, f"serve {region} from their own Regions")):
        if len(names) == 1:
            return Nearest(names[0])
        if names:
            listed = ", ".join(names)
            return Nearest(None, f"chooses none of {listed}, which all {what}", f"write one of {listed}")
    known = ", ".join(f"{hub.name} ({hub.region})" for hub in hubs) or "none"
    return Nearest(
        None,
        f"finds no hub in {region}, and none that serves {region} from its own; hubs: {known}",
        f"write the name of a hub in {region}, or have the platform team add {region} to a hub's regions",
    )
