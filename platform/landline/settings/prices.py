"""List prices, dated, with their source. For comparing, never for an invoice."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from landline.settings.aws_services import INTERFACE_SERVICES

if TYPE_CHECKING:
    from collections.abc import Collection

HOURS = 730
"""Hours in a month, as AWS's own calculator counts."""


@dataclass(frozen=True, slots=True)
class Price:
    """A list price in US dollars."""

    dollars: Decimal
    unit: str
    source: str
    """The page, and when its figure was read."""


INTERFACE_ENDPOINT = Price(
    Decimal("0.01"), "endpoint, zone and hour", "AWS PrivateLink pricing, US East (N. Virginia), May 2026"
)
NOTE = "list prices of US East (N. Virginia), without data, taxes and discounts; other Regions differ"


def endpoint_month(zones: int) -> Decimal:
    """What one interface endpoint costs a month in `zones` zones, in US dollars, data apart.

    It is billed by the hour in every zone, whatever its connection's state (AWS PrivateLink pricing).
    """
    return INTERFACE_ENDPOINT.dollars * HOURS * zones


def spoke_month(lines: Collection[int], aws: Collection[str], zones: int) -> Decimal:
    """What a spoke's endpoints cost a month, in US dollars, data apart.

    `lines` has the number of zones of each endpoint to a hub service; `aws` are the AWS services, whose
    interface endpoints are in all of the spoke's `zones`.
    """
    interfaces = sum(name in INTERFACE_SERVICES for name in aws)
    return sum((endpoint_month(count) for count in lines), endpoint_month(zones) * interfaces)
