"""The example workflows and owners: valid, and naming only commands and stack files that there are."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest
import yaml

from landline.cli.application import landline
from landline.settings import load_estate

if TYPE_CHECKING:
    from collections.abc import Mapping

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


def steps_run(workflow: str, folder: Path, ends: Mapping[str, int]) -> tuple[dict[str, int], str]:
    """The exit codes of a workflow's steps that GitHub would run, by what they run; and what they print.

    As GitHub does it: each in the shell that is named for it ("Workflow syntax for GitHub Actions,
    `jobs.<job_id>.steps[*].shell`"), and after one that failed only those whose condition lets them. Programs
    are stand-ins: they print their command line, and exit with what `ends` says of its first two words, else
    with 0.
    """
    document = yaml.safe_load((ROOT / ".github" / "workflows" / f"{workflow}.yaml").read_text())
    [job] = document["jobs"].values()
    programs = folder / "bin"
    programs.mkdir()
    cases = "".join(f'  "{words}") exit {code};;\n' for words, code in ends.items())
    for name in ("landline", "gh", "git", "pip"):
        told = f'#!/bin/sh\necho "{name} $*"\ncase "{name} $1" in\n{cases}esac\n'
        (programs / name).write_text(told)
        (programs / name).chmod(0o755)
    (folder / "script").touch()
    codes: dict[str, int] = {}
    printed = ""
    for step in (step for step in job["steps"] if "run" in step):
        condition = step.get("if", "success()")
        if any(codes.values()) and "always()" not in condition and "!cancelled()" not in condition:
            continue
        (folder / "script").write_text(step["run"])
        shell = step.get("shell", document.get("defaults", {}).get("run", {}).get("shell"))
        options = {None: ["-e"], "bash": ["--noprofile", "--norc", "-eo", "pipefail"]}[shell]
        done = subprocess.run(  # noqa: S603 - the repository's own
            ["/bin/bash", *options, folder / "script"],
            check=False,
            capture_output=True,
            text=True,
            cwd=folder,
            env={
                "PATH": f"{programs}:{os.environ['PATH']}",
                "GITHUB_STEP_SUMMARY": str(folder / "summary"),
                "BASE": "origin/main",
                "NUMBER": "7",
            },
        )
        codes[step.get("name", step["run"])] = done.returncode
        printed += done.stdout + done.stderr
    return codes, printed


@pytest.mark.parametrize(
    ("workflow", "command", "step"),
    [
        ("pull-request", "landline review", "Say what the change does"),
        ("weekly", "landline expire", "List what runs out, and prepare the revocations"),
    ],
)
def test_what_a_command_finds_is_not_lost_in_a_pipe(
    workflow: str, command: str, step: str, tmp_path: Path
) -> None:
    codes, _ = steps_run(workflow, tmp_path, {command: 1})
    assert codes[step] == 1


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_in_which_all_is_well_ends_well(workflow: Path, tmp_path: Path) -> None:
    codes, _ = steps_run(workflow.stem, tmp_path, {})
    assert codes
    assert set(codes.values()) == {0}


def test_a_review_that_fails_is_told_and_the_rest_is_checked_too(tmp_path: Path) -> None:
    codes, printed = steps_run("pull-request", tmp_path, {"landline review": 2})
    assert codes["Comment"] == codes["Check and prove"] == 0
    assert "landline review" in (tmp_path / "review.md").read_text()
    assert "gh pr comment 7" in printed


def test_revocations_are_proposed_only_when_they_were_prepared(tmp_path: Path) -> None:
    ends = {"git diff": 1}
    codes, printed = steps_run("weekly", tmp_path, ends)
    assert "gh pr create" in printed
    assert codes["Propose them"] == 0
    (tmp_path / "again").mkdir()
    codes, printed = steps_run("weekly", tmp_path / "again", ends | {"landline expire": 2})
    assert "Propose them" not in codes
    assert "gh pr create" not in printed


@pytest.mark.parametrize(("code", "deploys"), [(0, True), (1, True), (2, False), (4, False)])
def test_one_teams_expired_access_blocks_nobody_and_broken_files_block_all(
    code: int, *, deploys: bool, tmp_path: Path
) -> None:
    codes, printed = steps_run("deploy", tmp_path, {"landline check": code})
    assert codes["Check"] == (0 if deploys else code)
    assert ("landline up --yes" in printed) is deploys
    assert ("::warning" in printed) is (code == 1)


def test_a_partial_dump_is_verified_and_the_job_fails(tmp_path: Path) -> None:
    codes, printed = steps_run("nightly", tmp_path, {"landline dump": 4, "landline verify": 3})
    assert "landline verify --dump dump" in printed
    assert sorted(codes.values())[-2:] == [3, 4]
