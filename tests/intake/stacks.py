"""A small estate: one hub that keeps logs, and spokes that are granted to send them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from pathlib import Path

SPOKES = {
    "payments": ("red", "222222222222"),
    "orders": ("blue", "333333333333"),
    "claims": ("blue", "444444444444"),
    "ledger": ("red", "555555555555"),
    "late": ("green", "666666666666"),
}
"""Each spoke's team and account."""
LATE = "late"
"""The one that a test deploys while the hub already serves the others."""

ZONES = ["euw1-az1", "euw1-az2"]


def write_stacks(directory: Path) -> None:
    def stack(name: str, kind: str, settings: dict[str, object]) -> None:
        config = {"aws:region": "eu-west-1", f"landline:{kind}": settings}
        (directory / f"Pulumi.{name}.yaml").write_text(yaml.safe_dump({"config": config}))

    backend = {"kind": "log-archive", "retention_days": 400}
    stack(
        "hub",
        "hub",
        {
            "organization": "o-a1b2c3d4e5",
            "account": "111111111111",
            "network": {"cidr": "10.0.0.0/20", "zones": ZONES},
            "services": {"logging": {"backend": backend, "ports": [443], "lane": "standing"}},
        },
    )
    for number, (spoke, (team, account)) in enumerate(SPOKES.items()):
        stack(
            spoke,
            "spoke",
            {
                "hub": "hub",
                "team": team,
                "contact": f"{team}@example.com",
                "account": account,
                "network": {"cidr": f"10.{40 + number}.0.0/20", "zones": ZONES},
                "services": {"logging": {"reason": "ship application logs"}},
            },
        )
        stack(
            f"grant-{spoke}",
            "grant",
            {"hub": "hub", "spoke": spoke, "services": {"logging": {"approved": "SEC-42"}}},
        )
