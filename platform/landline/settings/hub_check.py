"""What must hold between a hub and the stacks that name it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from landline.settings.regions import OPT_IN, UNREACHED_ZONES, ZONE_PREFIXES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from landline.settings.outline import Outline
    from landline.settings.problem import Problem

RULES = 60
"""The default quota of inbound rules of a security group, L-0EA8095F ("Amazon VPC User Guide, Amazon VPC
quotas"). A rule that names a prefix list counts as often as the list's largest size."""
MOST_RULES = 1000
"""Rules for each security group times groups for each interface cannot exceed this (same page)."""


def check_hub(hub: Outline, stacks: Mapping[str, Outline]) -> Iterator[Problem]:
    """Every problem of one hub with other stacks, and with what AWS lets it offer."""
    grants = [stack for stack in stacks.values() if stack.kind == "grant" and stack.hub == hub.name]
    yield from _check_rules(hub, grants)
    yield from _check_regions(hub)
    yield from _check_private_names(hub)
    yield from _check_endpoints(hub, grants)


def _check_rules(hub: Outline, grants: Sequence[Outline]) -> Iterator[Problem]:
    """Each grant takes one rule for each port, which weighs as many rules as its prefix list has entries."""
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


def _check_endpoints(hub: Outline, grants: Sequence[Outline]) -> Iterator[Problem]:
    """The hub's own file says how many endpoints are planned, so that a grant never plans the hub anew."""
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


def _check_regions(hub: Outline) -> Iterator[Problem]:
    """What another Region asks of a hub, as far as files tell.

    ("AWS PrivateLink guide, Share your services, Cross-Region access".)
    """
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
