"""The whole road on the real engine, with the commands that a user runs: from empty to empty."""

from __future__ import annotations

import gc
import json
import sys
from typing import TYPE_CHECKING, Any

import pytest

from landline.cli import run
from landline.exit_codes import ExitCode
from tests.engine.road import HUB, REGION, SPOKES, census, sandbox, write_baseline, write_hub, write_spoke

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from landline.deploy.engine import Engine
    from landline.sandbox.served import Served

pytestmark = pytest.mark.engine


@pytest.fixture
def served(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    monkeypatch.setenv("LANDLINE_SANDBOX", str(tmp_path / "sandbox.json"))
    monkeypatch.delenv("PULUMI_BACKEND_URL", raising=False)
    with sandbox(tmp_path) as serving:
        yield serving
    # Otherwise some later test is blamed for what the SDK leaves behind.
    gc.collect()


class Road:
    """Runs commands on stack files, and reads their JSON lines."""

    def __init__(self, stacks: Path, capfd: pytest.CaptureFixture[str]) -> None:
        self.stacks = stacks
        self._capfd = capfd

    def run(self, command: str, *arguments: str) -> tuple[int, dict[str, dict[str, Any]]]:
        """The exit code, and the last ending of each stack."""
        self._capfd.readouterr()
        options = ("--stacks", str(self.stacks), "--sandbox", "--parallel", "2", "--json")
        code = run((command, *arguments, *options))
        said = self._capfd.readouterr()
        events = [json.loads(line) for line in said.out.splitlines()]
        assert events, said.err
        # For whoever reads the log of a failed test.
        sys.stdout.write(said.err + said.out)
        assert events[-1]["event"] == "summary"
        return code, {event["stack"]: event for event in events if event["event"] == "ended"}

    def done(self, command: str, *arguments: str) -> dict[str, dict[str, int]]:
        """The changes of each stack that did not stay as it was; grants that came to accept count twice."""
        code, endings = self.run(command, *arguments)
        assert code == ExitCode.DONE, endings
        changes = {name: ending["changes"] for name, ending in endings.items() if "changes" in ending}
        return {name: counts for name, counts in changes.items() if any(counts[key] for key in _CHANGING)}


_CHANGING = ("created", "updated", "replaced", "deleted")


def connections(served: Served) -> dict[tuple[str, str], str]:
    """State by spoke and service, as the hub's account sees it."""
    from landline.estate.endpoint_connection import endpoint_connections
    from landline.sandbox.served_session import ServedSession

    ec2 = ServedSession(HUB, served.endpoint_url).client("ec2", region_name=REGION)
    names = {account: name for name, account in SPOKES.items()}
    return {(names[one.account], one.service): one.state for one in endpoint_connections(ec2)}


def test_the_whole_road(served: Served, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    empty = census(served, *SPOKES)
    road = Road(tmp_path / "stacks", capfd)
    write_hub(road.stacks, "logging", "security")
    write_baseline(road.stacks)
    write_spoke(road.stacks, "payments", "logging", "security")
    write_spoke(road.stacks, "orders", "logging")
    two = {"hub", "baseline-payments", "grant-payments", "grant-orders", "payments", "orders"}

    # Nothing is there, so that only what hangs on nothing can be previewed; and a preview makes nothing.
    code, endings = road.run("preview")
    assert code == ExitCode.DONE
    assert {name for name, ending in endings.items() if "waits" not in ending} == {"hub", "baseline-payments"}
    assert census(served, *SPOKES) == empty

    # Hub, two grants, two spokes, baseline.
    assert set(road.done("up")) == two
    assert connections(served) == {
        ("payments", "logging"): "available",
        ("payments", "security"): "available",
        ("orders", "logging"): "available",
    }
    full = census(served, *SPOKES)

    # A second run, and a refresh, change nothing.
    assert road.done("up", "--expect-no-changes") == {}
    assert road.done("refresh", "--expect-no-changes") == {}
    assert census(served, *SPOKES) == full

    # A third spoke joins: only its own two stacks change.
    write_spoke(road.stacks, "stores", "logging")
    assert set(road.done("up")) == {"stores", "grant-stores"}
    assert connections(served)["stores", "logging"] == "available"

    # A grant is revoked, in both lanes; the others stay.
    revoked = road.run("destroy", "grant-payments", "--yes")
    assert revoked[0] == ExitCode.DONE
    assert connections(served) == {
        ("payments", "logging"): "rejected",
        ("payments", "security"): "rejected",
        ("orders", "logging"): "available",
        ("stores", "logging"): "available",
    }

    # Granted again, the spoke asks anew with new endpoints: AWS takes no rejected connection back.
    assert set(road.done("up", "payments", "grant-payments")) == {"grant-payments", "payments"}
    assert set(connections(served).values()) == {"available"}
    assert road.run("destroy", "grant-payments", "--yes")[0] == ExitCode.DONE

    # A hub's destruction says who would be cut off, and does not begin without a yes.
    code = run(("destroy", "--stacks", str(road.stacks), "--sandbox"))
    said = capfd.readouterr().err
    assert code == ExitCode.USAGE
    assert "orders (333333333333) from logging" in said
    assert "payments (222222222222)" not in said
    assert connections(served)["orders", "logging"] == "available"

    # All of it goes, but what the baseline keeps on purpose.
    assert set(road.done("destroy", "--yes")) == (two | {"stores", "grant-stores"}) - {"grant-payments"}
    assert census(served, *SPOKES) == empty
