"""Finding the engine: which one is taken, and what is said when none will do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from landline.deploy.engine import find_engine
from landline.errors import ToolError

if TYPE_CHECKING:
    from pathlib import Path


def cli(path: Path, answer: str = "v3.259.0") -> Path:
    """A program that answers `version`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'#!/bin/sh\nprintf "%s\\n" "{answer}"\n')
    path.chmod(0o755)
    return path


def test_the_variable_wins_over_path_and_path_over_the_checkout(tmp_path: Path) -> None:
    named = cli(tmp_path / "named" / "pulumi-dev", "3.300.0")
    installed = cli(tmp_path / "path" / "pulumi", "v3.270.1")
    built = cli(tmp_path / "engine" / "bin" / "pulumi")
    path = {"PATH": str(installed.parent)}

    first = find_engine(path | {"LANDLINE_PULUMI": str(named)}, tmp_path)
    assert (first.path, first.version, first.found_by) == (named, "3.300.0", "LANDLINE_PULUMI")
    second = find_engine(path, tmp_path)
    assert (second.path, second.version, second.found_by) == (installed, "3.270.1", "PATH")
    third = find_engine({}, tmp_path)
    assert (third.path, third.version, third.found_by) == (built, "3.259.0", "make engine")


def test_without_any_the_message_names_the_three_ways(tmp_path: Path) -> None:
    with pytest.raises(ToolError, match=r"No Pulumi engine.*make engine.*LANDLINE_PULUMI"):
        find_engine({"PATH": str(tmp_path)}, tmp_path)


def test_what_is_built_in_a_checkout_is_missed_in_a_checkout_alone(tmp_path: Path) -> None:
    """An installed package has no engine/ above it, so the path there would lead nobody anywhere."""
    with pytest.raises(ToolError) as outside:
        find_engine({"PATH": str(tmp_path)}, tmp_path)
    assert str(tmp_path) not in str(outside.value)
    (tmp_path / "engine").mkdir()
    (tmp_path / "engine" / "go.mod").touch()
    with pytest.raises(ToolError, match=f"{tmp_path}/engine/bin/pulumi is not there"):
        find_engine({"PATH": str(tmp_path)}, tmp_path)


def test_a_variable_that_names_nothing_is_no_reason_to_take_another(tmp_path: Path) -> None:
    cli(tmp_path / "engine" / "bin" / "pulumi")
    with pytest.raises(ToolError, match=r"LANDLINE_PULUMI: '/nowhere/pulumi' is no program"):
        find_engine({"LANDLINE_PULUMI": "/nowhere/pulumi"}, tmp_path)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ("v3.249.0", "needed is 3.250.0 or newer"),
        ("v4.0.0", "below 4"),
        ("", "has no version"),
        ("dev", "no version"),
    ],
)
def test_an_engine_of_the_wrong_version_is_refused(tmp_path: Path, answer: str, message: str) -> None:
    cli(tmp_path / "engine" / "bin" / "pulumi", answer)
    with pytest.raises(ToolError, match=message):
        find_engine({}, tmp_path)


def test_an_engine_that_fails_is_refused(tmp_path: Path) -> None:
    broken = cli(tmp_path / "engine" / "bin" / "pulumi")
    broken.write_text("#!/bin/sh\nexit 3\n")
    with pytest.raises(ToolError, match="does not answer `version`"):
        find_engine({}, tmp_path)
