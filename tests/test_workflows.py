"""The example workflows and owners: valid, and naming only commands and stack files that there are."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

import click
import pytest
import yaml

from landline.cli.application import landline
from landline.settings import load_estate

ROOT = Path(__file__).parent.parent
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yaml"))


def test_they_are_valid_workflows() -> None:
    assert len(WORKFLOWS) == 4
    done = subprocess.run(  # noqa: S603 - the test's own
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows", *WORKFLOWS],
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def commands(workflow: Path) -> list[list[str]]:
    """Every `landline` command line that a workflow runs."""
    jobs = yaml.safe_load(workflow.read_text())["jobs"]
    runs = [step["run"] for job in jobs.values() for step in job["steps"] if "run" in step]
    lines = [line.strip() for run in runs for line in run.splitlines()]
    return [shlex.split(re.split(r"\s[|>]", line)[0]) for line in lines if line.startswith("landline ")]


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
def test_they_run_commands_and_options_that_there_are(workflow: Path) -> None:
    found = commands(workflow)
    assert found
    for _, name, *arguments in found:
        command = landline.commands[name]
        context = click.Context(command, info_name=name, resilient_parsing=True)
        command.make_parser(context).parse_args(list(arguments))


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
def test_nothing_from_outside_is_pasted_into_a_script(workflow: Path) -> None:
    """What a pull request's author writes reaches scripts through the environment alone."""
    jobs = yaml.safe_load(workflow.read_text())["jobs"]
    for job in jobs.values():
        assert job["timeout-minutes"] <= 60
        for step in job["steps"]:
            assert "${{" not in step.get("run", "")


def test_every_stack_file_has_an_owner_and_every_owner_a_stack_file() -> None:
    rules = [
        line.split()
        for line in (ROOT / ".github" / "CODEOWNERS").read_text().splitlines()
        if line and not line.startswith("#")
    ]
    estate = load_estate(ROOT / "stacks").estate
    assert estate is not None
    for stack in estate:
        path = f"/stacks/{stack.file.name}"
        owner = [owners for pattern, *owners in rules if pattern == "*" or fnmatch(path, pattern)][-1]
        team = estate.spokes[stack.name].team if stack.name in estate.spokes else "platform"
        assert owner == [f"@example/{team}"], path
    named = {pattern.removeprefix("/stacks/") for pattern, *_ in rules if pattern.startswith("/stacks/")}
    assert named <= {stack.file.name for stack in estate}
