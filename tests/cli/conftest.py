from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest

from landline.cli import run

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parent.parent.parent


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command line came to."""

    code: int
    stdout: str
    stderr: str


class Landline(Protocol):
    def __call__(self, *arguments: str) -> Outcome: ...


@pytest.fixture
def landline(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Landline:
    """Runs one command line in this process, without colours or credentials from outside."""
    for name in ("AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)

    def invoke(*arguments: str) -> Outcome:
        capfd.readouterr()
        code = run(arguments)
        said = capfd.readouterr()
        return Outcome(code, said.out, said.err)

    return invoke


@pytest.fixture
def stacks(tmp_path: Path) -> Callable[..., Path]:
    """Writes the example stack files to a new directory, with some of them replaced."""

    def write(**replaced: str) -> Path:
        directory = tmp_path / "stacks"
        directory.mkdir()
        for file in sorted((ROOT / "stacks").glob("Pulumi.*.yaml")):
            (directory / file.name).write_text(file.read_text())
        for name, text in replaced.items():
            (directory / f"Pulumi.{name}.yaml").write_text(text)
        return directory

    return write
