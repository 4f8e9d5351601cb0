"""Runs the README: its commands, its stack files and its test module, so that it cannot rot."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest

from landline.cli.application import landline
from landline.exit_codes import ExitCode

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
EXECUTABLE = Path(sys.executable).with_name("landline")

IDS = re.compile(r"\b(vpce-svc|vpce|vpc|subnet|rtb|eni|igw|sg)-[0-9a-f]{17}\b")
ELLIPSIS = "…"
ONBOARDING = ("catalogue", "request", "check", "review", "grant", "renew", "expire", "revoke")
"""The commands of the two teams, in the README's order."""


@dataclass(frozen=True, slots=True)
class Console:
    """One command of a console block, and the output that the README shows."""

    command: str
    output: str


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def consoles() -> list[Console]:
    found = []
    for block in blocks("console"):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            found.append(Console(command, output))
    return found


def shown(command: str) -> list[str]:
    """The outputs that the README shows for `command`, in order."""
    outputs = [console.output for console in consoles() if console.command == command]
    assert outputs, f"README.md shows no `{command}`"
    return outputs


def pattern(output: str) -> re.Pattern[str]:
    """What a real output must match: ``…`` stands for anything, and on a line of its own for any lines.

    Identifiers and addresses differ from world to world and are compared by kind.
    """
    lines = []
    for line in anonymous(output).splitlines():
        if line.strip() == ELLIPSIS:
            lines.append(r"(?:.*\n)*?")
        else:
            lines.append(".*".join(re.escape(part) for part in line.split(ELLIPSIS)) + r"\n")
    return re.compile("".join(lines))


def anonymous(text: str) -> str:
    return re.sub(r"\b(10\.\d+)\.\d+\.\d+\b", r"\1.x.x", IDS.sub(r"\1-id", text))


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A directory with the example's stack files, to run commands in."""
    (tmp_path / "stacks").mkdir()
    for file in (ROOT / "stacks").glob("Pulumi.*.yaml"):
        shutil.copy(file, tmp_path / "stacks")
    return tmp_path


def run(directory: Path, command: str) -> tuple[int, str]:
    """The exit code of a `landline` command in `directory`, and what it says on both streams."""
    program, *arguments = shlex.split(command)
    assert program == "landline"
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PYTEST_"))}
    done = subprocess.run(  # noqa: S603 - this environment's own command
        [EXECUTABLE, *arguments],
        cwd=directory,
        env={**kept, "NO_COLOR": "1", "PYTHONUTF8": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
        timeout=180,
    )
    return done.returncode, done.stdout


def assert_shown(output: str, expected: str) -> None:
    assert pattern(expected).fullmatch(anonymous(output)), (
        f"README.md shows\n\n{expected}\nand the command says\n\n{output}"
    )


def test_the_demo_and_the_proof_of_what_it_kept(checkout: Path) -> None:
    """One demo: its whole story as the README tells it, then the kept leak by the README's own command."""
    (told,) = shown('make demo ARGS="--keep demo"')
    assert "@$(VENV)/bin/landline demo $(ARGS)\n" in (ROOT / "Makefile").read_text(encoding="utf-8")

    code, said = run(checkout, "landline demo --keep demo")
    assert code == ExitCode.DONE, said
    assert_shown(said, told)

    verify = "landline verify --dump demo/leak --grants demo/grants.json"
    (told,) = shown(verify)
    code, said = run(checkout, verify)
    assert code == ExitCode.FINDING, said
    assert_shown(said, told)

    question = "landline reach payments logging --dump demo/before --stacks stacks --protocol tcp --port 443"
    (told,) = shown(question)
    code, said = run(checkout, question)
    assert code == ExitCode.DONE, said
    assert_shown(said, told)


def test_a_spoke_asks_and_is_answered(checkout: Path, git: Callable[..., None]) -> None:
    """What both teams do, command by command, in the repository that the example's stack files make."""
    git(checkout, "init", "--quiet")
    git(checkout, "add", ".")
    git(checkout, "commit", "--quiet", "--message", "Begin")
    told = [one for one in consoles() if one.command.split()[1] in ONBOARDING]
    assert [one.command.split()[1] for one in told] == [*ONBOARDING]

    written = blocks("yaml")[0]
    for one in told:
        code, said = run(checkout, one.command)
        assert code == ExitCode.DONE, said
        assert_shown(said, one.output)
        if one.command.startswith("landline request"):
            assert (checkout / "stacks" / "Pulumi.billing.yaml").read_text(encoding="utf-8") == written


def test_a_service_of_ones_own_can_be_added_as_it_is_written(checkout: Path) -> None:
    (service,) = [block for block in blocks("yaml") if "kind: targets" in block]
    with (checkout / "stacks" / "Pulumi.hub.yaml").open("a", encoding="utf-8") as file:
        file.write(service)
    code, said = run(checkout, "landline check")
    assert code == ExitCode.DONE, said
    code, said = run(checkout, "landline catalogue")
    assert "ledger.hub.landline.internal" in said


def test_what_is_asked_of_aws_services_can_be_written_as_it_stands(checkout: Path) -> None:
    (access,) = [block for block in blocks("yaml") if "aws_owned" in block]
    file = checkout / "stacks" / "Pulumi.payments.yaml"
    listed = file.read_text(encoding="utf-8")
    file.write_text(listed.replace("    aws: [s3, dynamodb, kms, sts]\n", access), encoding="utf-8")
    code, said = run(checkout, "landline check")

    assert access in file.read_text(encoding="utf-8")
    assert code == ExitCode.DONE, said


def test_the_test_module_passes_in_a_project_of_its_own(checkout: Path) -> None:
    (module,) = blocks("python")
    (checkout / "test_estate.py").write_text(module, encoding="utf-8")

    options = ("-q", "-p", "no:cacheprovider", "-p", "no:xdist", f"--rootdir={checkout}")
    done = subprocess.run(  # noqa: S603 - this Python
        [sys.executable, "-m", "pytest", *options, "test_estate.py"],
        cwd=checkout,
        env={name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PYTEST_"))},
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=180,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 passed" in done.stdout


def test_every_command_and_option_named_exists() -> None:
    """Those that need AWS are not run; that their options exist is checked."""
    lines = [line for block in blocks("sh") for line in block.splitlines() if line.startswith("landline ")]
    lines += re.findall(r"`(landline [a-z][^`]*)`", README)
    lines += [console.command for console in consoles() if console.command.startswith("landline ")]
    named = {line.removesuffix(f" {ELLIPSIS}") for line in lines} - {"landline"}
    assert {line.split()[1] for line in named if len(line.split()) > 1} >= {"check", "dump", "verify"}

    for line in sorted(named):
        _, *words = shlex.split(line, comments=True)
        if not words or words == [ELLIPSIS]:
            continue
        command: click.Command | None = landline
        while isinstance(command, click.Group) and words:
            command = command.commands.get(words.pop(0))
        assert command is not None, f"README.md: `{line}`: there is no such command"
        known = {option for parameter in command.params for option in parameter.opts}
        for word in words:
            assert not word.startswith("--") or word in known, f"README.md: `{line}`: there is no {word}"


def test_the_exit_codes_are_all_of_them() -> None:
    rows = re.findall(r"^\| (\d+) \| ", README, re.MULTILINE)

    assert [int(row) for row in rows] == [int(code) for code in ExitCode]


def test_what_it_links_and_lays_out_is_there() -> None:
    links = [link for link in re.findall(r"\]\(([^)]+)\)", README) if not link.startswith("https://")]
    paths = [
        path
        for cell in re.findall(r"^\| (`[a-z_/.]+`(?:, `[a-z_/.]+`)*) \|", README, re.MULTILINE)
        for path in re.findall(r"`([^`]+)`", cell)
    ]
    assert links
    assert "stacks/" in paths

    files = [link.partition("#")[0] for link in links]
    assert [path for path in (*files, *paths) if not (ROOT / path).exists()] == []
    for file, _, anchor in (link.partition("#") for link in links):
        headings = re.findall(r"^#+ (.*)$", (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE)
        assert not anchor or anchor in {heading.lower().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("PROVEN\n", "VIOLATED\n"),
        ("a …\n", "b c\n"),
        ("one\n…\nthree\n", "one\ntwo\n"),
        ("one\n", "one\ntwo\n"),
        ("vpc-0123456789abcdef0\n", "igw-0123456789abcdef0\n"),
    ],
)
def test_another_output_is_not_taken_for_the_one_shown(told: str, said: str) -> None:
    with pytest.raises(AssertionError):
        assert_shown(said, told)
