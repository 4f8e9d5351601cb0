"""Both teams, from no stack file to access that ended, with commands alone: in the sandbox, on the engine."""

from __future__ import annotations

import gc
import json
from typing import TYPE_CHECKING, Any

import pytest

from landline.cli import run
from tests.engine.road import sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from landline.deploy.engine import Engine

pytestmark = pytest.mark.engine

SPOKES = {"payments": "222222222222", "orders": "333333333333"}


@pytest.fixture
def served(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("LANDLINE_SANDBOX", str(tmp_path / "sandbox.json"))
    monkeypatch.delenv("PULUMI_BACKEND_URL", raising=False)
    monkeypatch.chdir(tmp_path)
    with sandbox(tmp_path):
        yield
    # Otherwise some later test is blamed for what the SDK leaves behind.
    gc.collect()


class Teams:
    """Runs commands as the two teams do, in a directory with `stacks/`."""

    def __init__(self, capfd: pytest.CaptureFixture[str]) -> None:
        self._capfd = capfd

    def __call__(self, *arguments: str, code: int = 0) -> str:
        self._capfd.readouterr()
        ended = run(arguments)
        said = self._capfd.readouterr()
        assert ended == code, (arguments, said)
        return said.out

    def states(self) -> dict[tuple[str, str], str]:
        """Where each request stands, by what AWS says now."""
        self("dump", "--out", "dump", "--stacks", "stacks", "--role", "landline-audit")
        told = self("status", "--dump", "dump", "--state", "--sandbox", "--json")
        shown: dict[str, Any] = json.loads(told)
        assert [why.split(":")[0] for why in shown["unread"]] == ["git"]
        return {(line["spoke"], line["service"]): line["state"] for line in shown["lines"]}


def test_both_teams(
    served: None, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    teams = Teams(capfd)
    for name, value in json.loads(teams("sandbox", "env", "--json"))["environment"].items():
        monkeypatch.setenv(name, value)

    # The platform team begins.
    teams(
        *("init", "--organization", "o-a1b2c3d4e5", "--account", "111111111111", "--region", "eu-west-1"),
        *("--zone", "euw1-az1", "--zone", "euw1-az2", "--cidr", "10.0.0.0/20"),
    )
    teams("up", "--sandbox", "--yes")
    assert "logging.hub.landline.internal" in teams("catalogue")
    offers = json.loads(teams("catalogue", "--live", "--sandbox", "--json"))["services"]
    assert [offer["service"] for offer in offers if "vpce-svc-" in offer["service_name"]] == [
        "logging",
        "security",
    ]

    # Two spoke teams ask, and the platform team answers.
    for number, (spoke, account) in enumerate(SPOKES.items()):
        teams(
            *("request", "new", spoke, "--team", spoke, "--contact", f"{spoke}@example.com"),
            *("--account", account, "--cidr", f"10.{40 + number}.0.0/20", "--aws", "s3"),
            *("--service", "logging", "--reason", "ship application logs", "--until", "2099-06-30"),
        )
    teams("request", "new", "payments", "--service", "security", "--reason", "upload findings")
    assert set(teams.states().values()) == {"checked"}
    waits = teams("up", "orders", "--sandbox", "--yes", code=1)
    assert "so all of orders waits and nothing of it is deployed" in waits
    assert "landline grant orders logging --approved REFERENCE" in waits
    teams("preview", "orders", "--expect-no-changes", "--sandbox", code=1)
    assert "waits" in teams("up", "hub", "--sandbox", "--yes") + teams("preview", "--sandbox")
    for spoke in SPOKES:
        teams("grant", spoke, "--approved", f"SEC-{spoke}")
    assert set(teams.states().values()) == {"granted"}
    teams("up", "--sandbox", "--yes")
    assert teams.states() == {
        ("orders", "logging"): "proven",
        ("payments", "logging"): "proven",
        ("payments", "security"): "proven",
    }
    teams("verify", "--dump", "dump", "--stacks", "stacks")

    # One is renewed, which deploys nothing; another is revoked, and only its connection ends.
    teams("renew", "payments", "logging", "--until", "2099-12-31", "--approved", "SEC-2")
    teams("revoke", "orders")
    assert teams.states()["orders", "logging"] == "revoked"
    teams("verify", "--dump", "dump", "--stacks", "stacks", code=1)
    teams("up", "grant-orders", "grant-payments", "--sandbox", "--yes")
    assert teams.states() == {
        ("orders", "logging"): "revoked",
        ("payments", "logging"): "proven",
        ("payments", "security"): "proven",
    }
    teams("verify", "--dump", "dump", "--stacks", "stacks")

    # An auditor asks why payments has what it has.
    teams("evidence", "payments", "--dump", "dump")
    teams("evidence", "--check", "evidence-payments.json", "--dump", "dump")
    document: dict[str, Any] = json.loads((tmp_path / "evidence-payments.json").read_text())
    assert document["proof"]["verdict"] == "proven"
    assert "approved SEC-2" in json.dumps(document["lines"])
    assert {probe["refused"] for probe in document["negative_probe"]["probes"]} == {True}
