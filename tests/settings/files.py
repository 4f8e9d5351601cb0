"""A small estate as text, to be changed by the tests that need it otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

HUB = """\
config:
  aws:region: eu-west-1
  landline:hub:
    organization: o-a1b2c3d4e5
    account: "111111111111"
    network: {cidr: 10.0.0.0/20, zones: [euw1-az1, euw1-az2]}
    services:
      logging: {backend: {kind: log-archive, retention_days: 400}, ports: [443], lane: standing}
      security: {backend: {kind: findings-intake}, ports: [443], lane: accepted}
"""
SPOKE = """\
config:
  aws:region: eu-west-1
  landline:spoke:
    hub: hub
    team: payments
    contact: payments-oncall@example.com
    account: "222222222222"
    network: {cidr: 10.40.0.0/20, zones: [euw1-az1, euw1-az2]}
    services:
      logging: {reason: ship application logs, until: 2027-06-30}
    aws: [s3, kms]
"""
GRANT = """\
config:
  aws:region: eu-west-1
  landline:grant:
    hub: hub
    spoke: payments
    services:
      logging: {until: 2027-06-30, approved: SEC-42}
"""
BASELINE = """\
config:
  aws:region: eu-west-1
  landline:baseline:
    account: "222222222222"
"""
ESTATE = {"hub": HUB, "payments": SPOKE, "grant-payments": GRANT, "baseline-payments": BASELINE}
OTHER_SPOKE = (
    SPOKE.replace("team: payments", "team: orders")
    .replace("222222222222", "333333333333")
    .replace("10.40.", "10.48.")
)


def write(directory: Path, stacks: Mapping[str, str]) -> Path:
    """Writes one file for each stack, and gives the directory."""
    for name, text in stacks.items():
        (directory / f"Pulumi.{name}.yaml").write_text(text, encoding="utf-8")
    return directory


def changed(text: str, old: str, new: str) -> str:
    """`text` with `old`, which it must hold, replaced."""
    assert old in text, f"{old!r} is not in the file, so the test would change nothing"
    return text.replace(old, new)
