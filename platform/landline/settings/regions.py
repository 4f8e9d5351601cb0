"""What a Region's code says: its AZ ids and its partition."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

REGION_CODE = re.compile(r"[a-z]{2,4}(-[a-z]+){1,2}-[0-9]")
"""The shape of every Region code in botocore's endpoint data, such as ``eu-west-1`` or ``us-gov-west-1``."""

ZONE_ID = re.compile(r"(?P<prefix>[a-z]{2,6}[0-9])-az[0-9]{1,2}")
"""The shape of an Availability Zone's id. Local and Wavelength Zones look different (``usw2-lax1-az1``)."""

ZONE_PREFIXES = {
    "af-south-1": "afs1",
    "ap-east-1": "ape1",
    "ap-east-2": "ape2",
    "ap-northeast-1": "apne1",
    "ap-northeast-2": "apne2",
    "ap-northeast-3": "apne3",
    "ap-south-1": "aps1",
    "ap-south-2": "aps2",
    "ap-southeast-1": "apse1",
    "ap-southeast-2": "apse2",
    "ap-southeast-3": "apse3",
    "ap-southeast-4": "apse4",
    "ap-southeast-5": "apse5",
    "ap-southeast-6": "apse6",
    "ap-southeast-7": "apse7",
    "ca-central-1": "cac1",
    "ca-west-1": "caw1",
    "cn-north-1": "cnn1",
    "cn-northwest-1": "cnnw1",
    "eu-central-1": "euc1",
    "eu-central-2": "euc2",
    "eu-north-1": "eun1",
    "eu-south-1": "eus1",
    "eu-south-2": "eus2",
    "eu-west-1": "euw1",
    "eu-west-2": "euw2",
    "eu-west-3": "euw3",
    "il-central-1": "ilc1",
    "me-central-1": "mec1",
    "me-south-1": "mes1",
    "mx-central-1": "mxc1",
    "sa-east-1": "sae1",
    "us-east-1": "use1",
    "us-east-2": "use2",
    "us-gov-east-1": "usge1",
    "us-gov-west-1": "usgw1",
    "us-west-1": "usw1",
    "us-west-2": "usw2",
}
"""The prefix of a Region's AZ ids ("AWS Regions and Availability Zones, AWS Availability Zones"; the page
leaves out China and GovCloud, whose prefixes follow the same rule). AWS promises no rule, so a Region that is
not listed here is not judged."""

OPT_IN = frozenset(
    {
        "af-south-1",
        "ap-east-1",
        "ap-east-2",
        "ap-south-2",
        "ap-southeast-3",
        "ap-southeast-4",
        "ap-southeast-5",
        "ap-southeast-6",
        "ap-southeast-7",
        "ca-west-1",
        "eu-central-2",
        "eu-south-1",
        "eu-south-2",
        "il-central-1",
        "me-central-1",
        "me-south-1",
        "mx-central-1",
    }
)
"""Regions that an account has to enable before it can use them ("AWS Account Management Reference Guide,
Enable or disable AWS Regions in your account")."""

UNREACHED_ZONES = frozenset({"use1-az3", "usw1-az2", "apne1-az3", "apne2-az2", "apne2-az4"})
"""AZ ids for which cross-Region access is not supported ("AWS PrivateLink guide, Share your services, Cross-
Region access"). The components, which import nothing of landline, and the sandbox's handshake have them too;
a test holds them together."""

_PARTITIONS = (
    ("cn-", "aws-cn"),
    ("us-gov-", "aws-us-gov"),
    ("us-iso-", "aws-iso"),
    ("us-isob-", "aws-iso-b"),
    ("eu-isoe-", "aws-iso-e"),
    ("us-isof-", "aws-iso-f"),
    ("eusc-", "aws-eusc"),
)


def partition(region: str) -> str:
    """The partition in the ARNs of a Region's resources, such as ``aws`` or ``aws-us-gov``."""
    return next((name for prefix, name in _PARTITIONS if region.startswith(prefix)), "aws")


def line_zones(
    zones: Iterable[str], region: str | None, offered: Collection[str], hub_region: str | None
) -> tuple[str, ...]:
    """The AZ ids of a spoke in which its lines to a hub lie.

    Those that both have; across Regions, where zones need not match, all that can be reached from elsewhere
    ("AWS PrivateLink guide, Share your services, Cross-Region access"). A Region that is not known counts as
    the other's.
    """
    if region is None or hub_region is None or region == hub_region:
        return tuple(zone for zone in zones if zone in offered)
    return tuple(zone for zone in zones if zone not in UNREACHED_ZONES)


def is_foreign(zone: str, region: str) -> bool:
    """Whether `zone` is certainly no Availability Zone of `region`."""
    match = ZONE_ID.fullmatch(zone)
    if match is None or ZONE_PREFIXES.get(region) == match["prefix"]:
        return False
    return region in ZONE_PREFIXES or match["prefix"] in ZONE_PREFIXES.values()
