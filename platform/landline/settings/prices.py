"""List prices, dated, with their sources. For comparing, never for an invoice."""

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
    """Where its figure was read, and of when that is."""
    hourly: bool = False
    """Whether it is charged for every hour, of which a month has `HOURS`."""

    @property
    def month(self) -> Decimal:
        """One unit for a whole month, in US dollars."""
        return self.dollars * HOURS if self.hourly else self.dollars


INTERFACE_ENDPOINT = Price(
    Decimal("0.01"), "endpoint and zone, an hour", "awsnegotiations.com, May 2026", hourly=True
)
ENDPOINT_DATA = Price(
    Decimal("0.01"), "GB through interface endpoints, up to 1 PB a month", "AWS PrivateLink pricing, undated"
)
LOAD_BALANCER = Price(
    Decimal("0.0225"), "load balancer, an hour", "awsnegotiations.com, May 2026", hourly=True
)
FARGATE_CPU = Price(
    Decimal("0.04048"), "vCPU (Linux, x86), an hour", "cloudburn.io and wring.co, March 2026", hourly=True
)
FARGATE_MEMORY = Price(
    Decimal("0.004445"), "GB of memory (Linux, x86), an hour", "wring.co, March 2026", hourly=True
)
KEY = Price(Decimal(1), "key", "AWS KMS pricing, undated; cloudburn.io, March 2026")
HOSTED_ZONE = Price(Decimal("0.50"), "hosted zone, of the first 25", "ns1.com, undated")
ALARM = Price(
    Decimal("0.10"),
    "metric of an alarm; an anomaly band is taken for three",
    "c3x.dev, undated; the three are an assumption",
)
DASHBOARD = Price(Decimal(3), "dashboard, beyond an account's first three", "coralogix.com, undated")
SECRET = Price(Decimal("0.40"), "secret", "hivebook.wiki, undated")

NOTE = "list prices of US East (N. Virginia), without data, taxes and discounts; other Regions differ"


def endpoint_month(zones: int) -> Decimal:
    """What one interface endpoint costs a month in `zones` zones, in US dollars, data apart.

    It is billed by the hour in every zone, whatever its connection's state (AWS PrivateLink pricing).
    """
    return INTERFACE_ENDPOINT.month * zones


def spoke_month(lines: Collection[int], aws: Collection[str], zones: int) -> Decimal:
    """What a spoke's endpoints cost a month, in US dollars, data apart.

    `lines` has the number of zones of each endpoint to a hub service; `aws` are the AWS services, whose
    interface endpoints are in all of the spoke's `zones`.
    """
    interfaces = sum(name in INTERFACE_SERVICES for name in aws)
    return sum((endpoint_month(count) for count in lines), endpoint_month(zones) * interfaces)
