"""What must hold between a spoke, its hub and the grants that it has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from landline.settings.aws_services import INTERFACE_SERVICES
from landline.settings.estate import grant_command
from landline.settings.naming_stacks import check_services, named
from landline.settings.prices import spoke_month
from landline.settings.regions import OPT_IN, UNREACHED_ZONES, line_zones

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from landline.settings.outline import Outline
    from landline.settings.problem import Problem

INTERFACE_ENDPOINTS = 50
"""The default quota of interface endpoints in a VPC, L-29B6F2EB ("AWS PrivateLink guide, AWS PrivateLink
quotas")."""


def check_spoke(
    spoke: Outline,
    stacks: Mapping[str, Outline],
    unreadable: Collection[str],
    granted: Mapping[tuple[str | None, str | None], set[str]],
) -> Iterator[Problem]:
    """Every problem of one spoke with other stacks; `granted` are services, by the spoke and the hub."""
    services = spoke.services or {}
    endpoints = len(services) + sum(name in INTERFACE_SERVICES for name in spoke.aws)
    if endpoints > INTERFACE_ENDPOINTS:
        yield spoke.problem(
            "error",
            ("services",),
            f"and aws need {endpoints} interface endpoints, and a VPC's quota is {INTERFACE_ENDPOINTS}",
            "ask for fewer services, or spread them over two spokes",
        )
    hub = yield from named(spoke, "hub", spoke.hub, stacks, unreadable)
    if hub is None:
        return
    yield from check_services(spoke, hub)
    if hub.accounts is not None and spoke.account is not None and spoke.account not in hub.accounts:
        yield spoke.problem(
            "error",
            ("account",),
            f"is none of the accounts that hub {hub.name} takes",
            f"write the spoke's own account, or have the platform team add it to accounts in {hub.file.name}",
        )
    yield from _check_price(spoke, hub)
    if spoke.region is not None and hub.region is not None and spoke.region != hub.region:
        yield from _check_across_regions(spoke, hub)
    elif services:
        yield from _check_zones(spoke, hub)
    answer = granted.get((spoke.name, hub.name))
    if answer is None and unreadable:
        return  # One of the unreadable files may well be the missing grant.
    for name in services:
        if name not in (answer or ()) and name in (hub.services or {}):
            yield spoke.problem(
                "warning",
                ("services", name),
                "is requested and not granted, so no endpoint can be made for it and the whole spoke waits",
                f"have the platform team grant {name} to {spoke.name}: {grant_command(spoke.name, (name,))}",
            )


def _check_price(spoke: Outline, hub: Outline) -> Iterator[Problem]:
    if spoke.price_limit is None or spoke.zones is None or hub.zones is None:
        return
    shared = len(line_zones(spoke.zones, spoke.region, hub.zones, hub.region))
    price = spoke_month([shared] * len(spoke.services or ()), spoke.aws, len(spoke.zones))
    if price > spoke.price_limit:
        yield spoke.problem(
            "finding",
            ("price_limit",),
            f"is less than the endpoints' list price of ${price} a month",
            "ask for fewer services or zones, or raise the limit",
        )


def _check_zones(spoke: Outline, hub: Outline) -> Iterator[Problem]:
    if spoke.zones is None or hub.zones is None:
        return
    shared = [zone for zone in spoke.zones if zone in hub.zones]
    offered = ", ".join(hub.zones)
    if not shared:
        yield spoke.problem(
            "error",
            ("network", "zones"),
            f"shares no zone with hub {hub.name}, and an endpoint can only be in a zone that its service has",
            f"write two or more of {offered}",
        )
    elif len(shared) == 1:
        yield spoke.problem(
            "warning",
            ("network", "zones"),
            f"shares one zone with hub {hub.name} ({shared[0]}), so the lines fail when that zone does",
            f"write two or more of {offered}",
        )


def _check_across_regions(spoke: Outline, hub: Outline) -> Iterator[Problem]:
    """What AWS wants of a line to another Region.

    ("AWS PrivateLink guide, Share your services, Cross-Region access".)
    """
    if hub.regions is None or hub.region is None:
        return  # The hub's own file says what is wrong with them.
    if spoke.region not in hub.regions:
        served = ", ".join(hub.regions) or "no other Region"
        yield spoke.problem(
            "error",
            ("hub",),
            f"is in {hub.region} and serves {served} besides, and this spoke is in {spoke.region}",
            f"have the platform team add {spoke.region} to regions in {hub.file.name}, or name a hub in "
            f"{spoke.region}",
        )
        return
    if hub.region in OPT_IN and spoke.services:
        yield spoke.problem(
            "warning",
            ("hub",),
            f"is in {hub.region}, which an account has to enable before it can name it",
            f"have {hub.region} enabled in account {spoke.account or 'of this spoke'}",
        )
    if not spoke.services or spoke.zones is None:
        return
    reached = line_zones(spoke.zones, spoke.region, (), hub.region)
    left_out = ", ".join(zone for zone in spoke.zones if zone in UNREACHED_ZONES)
    if not reached:
        yield spoke.problem(
            "error",
            ("network", "zones"),
            f"holds only {left_out}, from where AWS reaches no other Region",
            f"write other zones of {spoke.region}, or name a hub in {spoke.region}",
        )
    elif len(reached) == 1:
        yield spoke.problem(
            "warning",
            ("network", "zones"),
            f"leaves the lines in {reached[0]} alone, as AWS reaches no other Region from {left_out}: they "
            "fail when that zone does",
            f"write two or more other zones of {spoke.region}",
        )
