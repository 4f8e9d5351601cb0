"""What holds for all tests, and what the oracle's and the data path's say when the run ends."""

import json
import signal
import subprocess
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from hypothesis import settings

from tests.oracle import shares

# How long an example takes depends on who else uses the machine; speed is measured in benchmarks/.
settings.register_profile("landline", deadline=None)
settings.load_profile("landline")

COUNTS = pytest.StashKey[Counter[str]]()
DATA_PATH = pytest.StashKey[list[str]]()


def pytest_configure(config: pytest.Config) -> None:
    """Prepares to keep what the oracle's and the data path's tests record."""
    # A shell that runs the tests in the background has them ignore Ctrl-C, and so would what they start.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    config.stash[COUNTS] = Counter()
    config.stash[DATA_PATH] = []
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Tally(config.stash[COUNTS], config.stash[DATA_PATH]), "tally")


class Tally:
    """Adds up what each block of estates recorded; xdist brings the workers' properties along."""

    def __init__(self, counts: Counter[str], data_path: list[str]) -> None:
        self.counts = counts
        self.data_path = data_path

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Takes one test's figures."""
        if report.when == "call":
            self.counts.update(_recorded(report.user_properties))
            self.data_path.extend(str(said) for name, said in report.user_properties if name == "data-path")


def _recorded(properties: Iterable[tuple[str, object]]) -> Counter[str]:
    found: Counter[str] = Counter()
    for name, value in properties:
        if name == "oracle-counts":
            found.update(json.loads(str(value)))
    return found


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fails the run where a verdict or a route target was too rare among many estates."""
    counts = session.config.stash[COUNTS]
    if counts and shares.lacking(counts) and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Prints the figures, and what was too rare."""
    counts = terminalreporter.config.stash[COUNTS]
    if counts:
        terminalreporter.write_line(shares.said(counts))
        for rare in shares.lacking(counts):
            terminalreporter.write_line(f"oracle: too rare: {rare}", red=True)
    for said in terminalreporter.config.stash[DATA_PATH]:
        terminalreporter.write_line(said)


@pytest.fixture
def git(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Runs git in a directory, as a user of its own."""
    for name, value in {
        "GIT_AUTHOR_NAME": "Test",
        "GIT_AUTHOR_EMAIL": "test@example.com",
        "GIT_COMMITTER_NAME": "Test",
        "GIT_COMMITTER_EMAIL": "test@example.com",
        "GIT_CONFIG_GLOBAL": "/dev/null",
    }.items():
        monkeypatch.setenv(name, value)

    def invoke(where: Path, *arguments: str) -> None:
        subprocess.run(["git", "-C", str(where), *arguments], check=True)  # noqa: S603, S607 - the test's own

    return invoke
