"""What must hold between the stacks of an estate. Pure: today's date is given, never read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from landline.settings.aws_services import INTERFACE_SERVICES
from landline.settings.delegation import check_delegation, check_importing
from landline.settings.naming_stacks import named
from landline.settings.nearest import choose, with_hubs
from landline.settings.outline import outline_of
from landline.settings.prices import spoke_month
from landline.settings.regions import OPT_IN, UNREACHED_ZONES, ZONE_PREFIXES, line_zones
from landline.settings.uniqueness import check_uniqueness
from landline.settings.validation import closest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from datetime import date

    from landline.settings.estate import Estate
    from landline.settings.outline import Outline
    from landline.settings.problem import Problem

INTERFACE_ENDPOINTS = 50
"""The default quota of interface endpoints in a VPC, L-29B6F2EB ("AWS PrivateLink guide, AWS PrivateLink
quotas")."""
RULES = 60
"""The default quota of inbound rules of a security group, L-0EA8095F ("Amazon VPC User Guide, Amazon VPC
quotas"). A rule that names a prefix list counts as often as the list's largest size."""
MOST_RULES = 1000
"""Rules for each security group times groups for each interface cannot exceed this (same page)."""


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
        if stack.kind == "spoke":
            problems.extend(_check_spoke(stack, stacks, unreadable, granted))
        elif stack.kind == "grant":
            problems.extend(_check_grant(stack, stacks, unreadable))
        elif stack.kind == "hub":
            problems.extend(_check_rules(stack, stacks.values()))
            problems.extend(_check_regions(stack))
            problems.extend(_check_private_names(stack))
            problems.extend(_check_endpoints(stack, stacks.values()))
            problems.extend(check_importing(stack, stacks))
        elif stack.kind == "baseline":
            problems.extend(check_delegation(stack, stacks, unreadable))
    return (*problems, *check_uniqueness(stacks.values()))


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


def _check_spoke(
    spoke: Outline,
    stacks: Mapping[str, Outline],
    unreadable: Collection[str],
    granted: Mapping[tuple[str | None, str | None], set[str]],
) -> Iterator[Problem]:
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
    yield from _check_services(spoke, hub)
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
                "is requested and not granted, so the endpoint cannot be made yet",
                f"have the platform team grant {name} to {spoke.name}",
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


def _check_rules(hub: Outline, stacks: Iterable[Outline]) -> Iterator[Problem]:
    """Each grant takes one rule for each port, which weighs as many rules as its prefix list has entries."""
    grants = [stack for stack in stacks if stack.kind == "grant" and stack.hub == hub.name]
    for name in hub.services or ():
        rules = hub.ports.get(name, 0) * sum(name in (grant.services or ()) for grant in grants)
        if rules > MOST_RULES:
            yield hub.problem(
                "error",
                ("services", name),
                f"needs {rules} rules on its load balancer, and an interface takes {MOST_RULES} at most",
                "offer it a second time under another name, and grant some spokes that one",
            )
        elif rules > RULES:
            yield hub.problem(
                "warning",
                ("services", name),
                f"needs {rules} rules on its load balancer's security group, and the default quota is "
                f"{RULES}",
                f"have AWS raise the quota L-0EA8095F of inbound rules, up to {MOST_RULES}",
            )


def _check_endpoints(hub: Outline, stacks: Iterable[Outline]) -> Iterator[Problem]:
    """The hub's own file says how many endpoints are planned, so that a grant never plans the hub anew."""
    grants = [stack for stack in stacks if stack.kind == "grant" and stack.hub == hub.name]
    for name, planned in hub.endpoints.items():
        granted = sum(name in (grant.services or ()) for grant in grants)
        if granted > planned:
            yield hub.problem(
                "warning",
                ("services", name, "endpoints"),
                f"is less than the {granted} spokes that are granted {name}, so an alarm comes when all are "
                "connected",
                f"write {granted}, and deploy {hub.name}",
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


def _check_regions(hub: Outline) -> Iterator[Problem]:
    """What another Region asks of a hub, as far as files tell (same page)."""
    for at, region in enumerate(hub.regions or ()):
        if region in OPT_IN:
            yield hub.problem(
                "warning",
                ("regions", at),
                "is a Region that an account has to enable before its services can serve it",
                f"have {region} enabled in account {hub.account or 'of this hub'}",
            )
        elif region not in ZONE_PREFIXES:
            yield hub.problem(
                "warning",
                ("regions", at),
                "is no Region that this version of landline knows",
                "check its spelling",
            )
    unreached = [zone for zone in hub.zones or () if zone in UNREACHED_ZONES]
    if hub.regions and unreached:
        yield hub.problem(
            "error",
            ("network", "zones"),
            f"holds {', '.join(unreached)}, for which AWS has no access from other Regions",
            f"write other zones of {hub.region}, or remove regions",
        )


def _parent(domain: str) -> str:
    """The domain above one that has any above it but a public suffix's label."""
    return domain.partition(".")[2] if domain.count(".") > 1 else domain


def _check_private_names(hub: Outline) -> Iterator[Problem]:
    """A name is proven in the hub's zone, and a VPC takes one zone of a name.

    ("AWS PrivateLink guide, Manage DNS names for VPC endpoint services"; "Amazon Route 53 API Reference,
    AssociateVPCWithHostedZone".)
    """
    first: dict[str, str] = {}
    for service, name in hub.private_names.items():
        keys = ("services", service, "private_dns_name")
        domain = name.removeprefix("*.")
        other = first.setdefault(domain, service)
        if hub.public_domain is None:
            yield hub.problem(
                "error",
                keys,
                "needs a public zone that proves to AWS whose it is",
                f"write public_zone: {{id: Z0123456789ABCDEFGHIJ, domain: {_parent(domain)}}}, or remove "
                "the name: spokes have the local one",
            )
        elif domain != hub.public_domain and not domain.endswith(f".{hub.public_domain}"):
            yield hub.problem(
                "error",
                keys,
                f"lies outside the hub's public zone {hub.public_domain}",
                f"write a name in it: {service}.{hub.public_domain}",
            )
        if other != service:
            yield hub.problem(
                "error",
                keys,
                f"needs a zone {domain} in each spoke's network, and so does service {other}: a network "
                "takes one of a name",
                f"write another name: {service}.{domain}",
            )


def _check_grant(
    grant: Outline, stacks: Mapping[str, Outline], unreadable: Collection[str]
) -> Iterator[Problem]:
    hub = yield from named(grant, "hub", grant.hub, stacks, unreadable)
    spoke = yield from named(grant, "spoke", grant.spoke, stacks, unreadable)
    if hub is not None:
        if grant.region is not None and hub.region is not None and grant.region != hub.region:
            yield grant.problem(
                "error",
                ("hub",),
                f"is in {hub.region}, and this grant is in {grant.region}",
                f"write aws:region: {hub.region}: a grant is deployed beside its hub",
            )
        yield from _check_role(grant, hub)
        yield from _check_services(grant, hub)
    if spoke is None:
        return
    if spoke.hub is not None and grant.hub is not None and spoke.hub != grant.hub:
        yield grant.problem(
            "error",
            ("hub",),
            f"is not the hub that spoke {spoke.name} asks, which is {spoke.hub}",
            f"write hub: {spoke.hub}",
        )
    elif spoke.services is not None:
        yield from _check_requests(grant, spoke, hub)


def _check_role(grant: Outline, hub: Outline) -> Iterator[Problem]:
    if grant.role is None or not grant.role.startswith("arn:") or hub.account is None:
        return
    account = grant.role.split(":")[4]
    if account != hub.account:
        yield grant.problem(
            "error",
            ("role",),
            f"is a role of account {account}, and a grant is deployed in its hub's account",
            f"write the role's name, or a role of account {hub.account}",
        )


def _check_requests(grant: Outline, spoke: Outline, hub: Outline | None) -> Iterator[Problem]:
    unknown = set() if hub is None or hub.services is None else set(grant.services or ()) - set(hub.services)
    for name, term in (grant.services or {}).items():
        request = (spoke.services or {}).get(name)
        if name in unknown:
            continue  # A slip of the pen gets one line, not two.
        if request is None:
            yield grant.problem(
                "error",
                ("services", name),
                f"is granted, and spoke {spoke.name} does not request it",
                "remove it, or have the spoke's team request it first",
            )
        elif (
            term.readable and request.until is not None and (term.until is None or term.until > request.until)
        ):
            yield grant.problem(
                "warning",
                ("services", name) if term.until is None else ("services", name, "until"),
                f"is granted for longer than spoke {spoke.name} requests, which is until {request.until}",
                f"write until: {request.until}",
            )


def _check_services(stack: Outline, hub: Outline) -> Iterator[Problem]:
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
