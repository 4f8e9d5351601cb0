"""The demo as a whole: what it shows, what it keeps, and that it fails when a step does not come out."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

from landline.cli import demonstration, run
from landline.cli.leak import Leak
from landline.errors import ToolError
from landline.onboarding import grants as grants_module

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .conftest import Landline

STACKS = Path(__file__).parent.parent.parent / "stacks"
PAYMENTS, ORDERS = "222222222222", "333333333333"


@dataclass(frozen=True, slots=True)
class Shown:
    code: int
    document: dict[str, Any]
    progress: list[str]
    kept: Path

    def step(self, name: str) -> dict[str, Any]:
        return next(step for step in self.document["steps"] if step["step"] == name)


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Shown:
    """One run with --json and --keep."""
    kept = tmp_path_factory.mktemp("demo") / "kept"
    with redirect_stdout(io.StringIO()) as stdout, redirect_stderr(io.StringIO()) as stderr:
        code = run(["demo", "--json", "--keep", str(kept), "--stacks", str(STACKS)])
    return Shown(code, json.loads(stdout.getvalue()), stderr.getvalue().splitlines(), kept)


def test_it_comes_to_its_end_with_every_step(shown: Shown) -> None:
    steps = [(step["step"], step.get("proof", {}).get("verdict")) for step in shown.document["steps"]]

    assert (shown.code, shown.document["schema"]) == (0, 1)
    assert steps == [
        ("deploy", None),
        ("connections", None),
        ("prove", "proven"),
        ("leak", "violated"),
        ("revoke", None),
        ("prove", "proven"),
    ]
    assert {step["proof"]["evidence"] for step in shown.document["steps"] if "proof" in step} == {"wiring"}


def test_every_stack_is_deployed_and_told_on_stderr(shown: Shown) -> None:
    stacks = [stack["stack"] for stack in shown.step("deploy")["stacks"]]

    assert set(stacks) == {file.name.split(".")[1] for file in STACKS.glob("Pulumi.*.yaml")}
    told = [line for line in shown.progress if line.startswith("[")]
    assert [line.split()[2].rstrip(":") for line in told] == stacks
    assert told[-1].startswith(f"[{len(stacks)}/{len(stacks)}] ")


def test_the_leak_is_shown_hop_by_hop(shown: Shown) -> None:
    step = shown.step("leak")
    [finding] = [one for one in step["proof"]["findings"] if one["rule"] == "internet-egress"]

    assert finding["account"] == ORDERS
    assert finding["path"][0] == step["leak"]["network_interface"]
    assert finding["path"][-2:] == [step["leak"]["internet_gateway"], "internet"]


def test_a_revocation_rejects_in_both_lanes_and_the_others_stay(shown: Shown) -> None:
    step = shown.step("revoke")
    states = {(one["account"], one["service"]): one["state"] for one in step["connections"]}
    standing = {
        one["endpoint"]
        for one in step["connections"]
        if (one["account"], one["service"]) == (PAYMENTS, "logging")
    }

    assert step["account"] == PAYMENTS
    assert states == {
        (PAYMENTS, "logging"): "rejected",
        (PAYMENTS, "security"): "rejected",
        (ORDERS, "logging"): "available",
    }
    assert set(step["outlived"]) == standing
    assert not any(grant["spoke"] == PAYMENTS for grant in shown.document["steps"][-1]["grants"]["grants"])


@pytest.mark.parametrize(
    ("snapshot", "grants", "code"),
    [("before", "grants", 0), ("leak", "grants", 1), ("after", "grants-after", 0), ("after", "grants", 1)],
)
def test_what_is_kept_can_be_proven_again(
    shown: Shown, landline: Landline, snapshot: str, grants: str, code: int
) -> None:
    dump, file = shown.kept / snapshot, shown.kept / f"{grants}.json"
    outcome = landline("verify", "--dump", str(dump), "--grants", str(file), "--require", "logging", "--json")

    assert outcome.code == code, outcome.stdout
    if snapshot != "after":
        proofs = {"before": shown.step("prove")["proof"], "leak": shown.step("leak")["proof"]}
        assert json.loads(outcome.stdout) == proofs[snapshot]


def test_the_text_says_it_all_and_what_to_do_next(tmp_path: Path) -> None:
    """In a process of its own, from a directory below the checkout, with a spinner on a terminal."""
    pty = pytest.importorskip("pty", reason="pseudo terminals are a Unix thing")
    script = "import sys; from landline.cli import run; sys.exit(run(sys.argv[1:]))"
    terminal, stderr = pty.openpty()
    process = subprocess.Popen(  # noqa: S603 - this Python, with the script above
        [sys.executable, "-c", script, "demo", "--keep", str(tmp_path / "kept")],
        cwd=STACKS,
        env={name: value for name, value in os.environ.items() if name not in ("CI", "NO_COLOR")},
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
    )
    os.close(stderr)
    spun = threading.Thread(target=_drain, args=(terminal,))
    spun.start()
    text, _ = process.communicate(timeout=300)
    spun.join()
    os.close(terminal)

    assert process.returncode == 0
    order = [
        "Endpoint connections, as the hub sees them",
        "PROVEN (wiring; ",
        "3 flow logs, 3 query log associations)",
        "Who reaches what",
        "granted; available",
        "Open a leak by hand",
        "VIOLATED (wiring; ",
        "internet-egress: ",
        "→ internet",
        "Close the leak, and revoke payments: destroy the stack grant-payments",
        "to security: rejected by its accepter",
        "to logging: outlived the stack, rejected",
        "PROVEN (wiring; ",
        "All of it came to what it must. Next:",
        f"landline verify --dump {tmp_path / 'kept'}/leak --grants {tmp_path / 'kept'}/grants.json",
    ]
    position = 0
    for words in order:
        position = text.index(words, position) + 1
    assert "\x1b[" not in text


def _drain(terminal: int) -> None:
    """Read what nobody looks at, until the other end has closed it; Linux says so with EIO."""
    with suppress(OSError):
        while os.read(terminal, 65536):
            pass


def test_a_leak_that_is_not_there_fails_the_demo(landline: Landline, monkeypatch: pytest.MonkeyPatch) -> None:
    """The demo checks the prover, not the other way round: nothing opened, nothing found, exit 4."""

    @contextmanager
    def nothing(_ec2: object, _cidr: str) -> Iterator[Leak]:
        yield Leak("vpc-1", "eni-1", "igw-1", ())

    monkeypatch.setattr(demonstration, "open_leak", nothing)
    outcome = landline("demo", "--json", "-q", "--stacks", str(STACKS))

    assert (outcome.code, outcome.stdout) == (4, "")
    assert outcome.stderr.startswith(
        "error: the demo failed its own check: the leaking estate must be violated, "
        "and the proof says:\nproven"
    )


def test_the_first_mistake_is_told_not_what_came_of_it(
    landline: Landline, monkeypatch: pytest.MonkeyPatch
) -> None:
    documented = grants_module.grants_document

    def refused(_ec2: object, _cidr: str) -> NoReturn:
        raise ToolError("DependencyViolation: came of it")

    monkeypatch.setattr(demonstration, "open_leak", refused)
    monkeypatch.setattr(grants_module, "grants_document", lambda estate: documented(estate) | {"grants": []})
    outcome = landline("demo", "--json", "-q", "--stacks", str(STACKS))

    assert (outcome.code, outcome.stdout) == (4, "")
    assert outcome.stderr.startswith(
        "error: the demo failed its own check: the deployed estate must be proven, "
        "and the proof says:\nviolated"
    )
    assert "came of it" not in outcome.stderr


KILL = """
import os, signal, sys
from landline.cli import demonstration, run

def read(_stacks):
    return sorted({"pulumi", "pulumi_aws", "pydantic"} & sys.modules.keys())

def die(ec2, _cidr):
    print(ec2._place._stacks.begin(read).result())
    for child in open(f"/proc/self/task/{os.getpid()}/children").read().split():
        os.kill(int(child), signal.SIGKILL)
    ec2.describe_vpcs()

demonstration.open_leak = die
sys.exit(run(["demo", "--json", "-q"]))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the sandbox has no process of its own")
def test_a_sandbox_that_dies_ends_the_demo() -> None:
    """And its process has not read what only programs need."""
    done = subprocess.run(  # noqa: S603 - this Python, with the script above
        [sys.executable, "-c", KILL],
        cwd=STACKS.parent,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )

    assert (done.returncode, done.stdout) == (4, "[]\n")
    assert done.stderr.startswith("error: the process that works beside this one was ended by SIGKILL")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the sandbox has no process of its own")
def test_an_interrupted_demo_leaves_no_process_behind() -> None:
    script = "import sys; from landline.cli import run; sys.exit(run(['demo']))"
    process = subprocess.Popen(  # noqa: S603 - this Python, with the script above
        [sys.executable, "-c", script],
        cwd=STACKS.parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stderr is not None
    while not (line := process.stderr.readline()).startswith("[1/"):
        assert line
    # As Ctrl-C does, to all processes of the terminal.
    os.killpg(process.pid, signal.SIGINT)
    stdout, stderr = process.communicate(timeout=60)

    assert (process.returncode, stdout) == (130, "")
    assert "Traceback" not in stderr
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)


def test_an_estate_without_a_grant_has_nothing_to_revoke(
    landline: Landline, stacks: Callable[..., Path]
) -> None:
    directory = stacks()
    for file in directory.glob("Pulumi.grant-*.yaml"):
        file.unlink()
    outcome = landline("demo", "--stacks", str(directory))

    assert (outcome.code, outcome.stdout) == (2, "")
    assert (
        "the demo needs a hub, a spoke and a grant, and what can be deployed holds "
        "1 hubs, 0 spokes and 0 grants" in (outcome.stderr)
    )


def test_a_directory_with_something_else_is_refused_before_anything_starts(
    landline: Landline, tmp_path: Path
) -> None:
    (tmp_path / "leak").mkdir()
    (tmp_path / "leak" / "notes.txt").write_text("mine")
    outcome = landline("demo", "--keep", str(tmp_path), "--stacks", str(STACKS))

    assert (outcome.code, outcome.stdout) == (2, "")
    assert "holds notes.txt" in outcome.stderr
    assert "Starting" not in outcome.stderr
