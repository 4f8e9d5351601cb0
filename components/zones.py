"""In which zones a line can lie."""

from collections.abc import Sequence

from components.errors import ArgumentError

UNREACHED = frozenset({"use1-az3", "usw1-az2", "apne1-az3", "apne2-az2", "apne2-az4"})
"""AZ ids for which cross-Region access is not supported ("AWS PrivateLink guide, Share your services, Cross-
Region access")."""


def shared_zones(service: str, zones: Sequence[str], offered: Sequence[str]) -> tuple[str, ...]:
    """The AZ ids that a spoke and a service of its Region both have: its endpoint can be in those alone.

    ("AWS PrivateLink guide, Create a service powered by AWS PrivateLink".) Raises `ArgumentError` when there
    is none.
    """
    shared = tuple(zone for zone in zones if zone in offered)
    if not shared:
        raise ArgumentError(
            f"network.zones: {', '.join(zones)} shares no zone with the service {service}, which is offered "
            f"in {', '.join(offered)}; write one of those"
        )
    return shared


def reaching_zones(service: str, zones: Sequence[str], service_region: str) -> tuple[str, ...]:
    """The AZ ids of a spoke in which its endpoint to a service of another Region can be.

    They need not match the service's. Raises `ArgumentError` when there is none.
    """
    reaching = tuple(zone for zone in zones if zone not in UNREACHED)
    if not reaching:
        raise ArgumentError(
            f"network.zones: from {', '.join(zones)} AWS reaches no other Region, and the service {service} "
            f"is in {service_region}; write other zones"
        )
    return reaching
