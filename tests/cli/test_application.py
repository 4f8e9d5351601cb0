"""How the command line behaves as a whole: what it imports, where it writes, how it ends."""
# ruff: noqa: S603 - the subprocesses are this Python with this file's own scripts

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest

from landline import __version__
from landline.cli import application
from landline.cli.options import common_options
from landline.errors import LandlineError, ToolError, UnprovenError, UsageError
from landline.exit_codes import ExitCode

if TYPE_CHECKING:
    from landline.cli.terminal import Terminal

    from .conftest import Landline

ROOT = Path(__file__).parents[2]
COMMANDS = sorted(application.landline.commands)
HEAVY = ("boto3", "botocore", "moto", "msgspec", "pulumi", "pulumi_aws", "pydantic", "rich", "yaml")


def test_importing_the_cli_imports_nothing_heavy() -> None:
    script = "import sys, landline.cli; print(*{name.split('.')[0] for name in sys.modules})"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, text=True)
    imported = done.stdout.split()

    assert "click" in imported
    assert [name for name in HEAVY if name in imported] == []


def test_help_imports_no_stage_either() -> None:
    script = "import sys; from landline.cli import run; run(['--help']); print(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, text=True)

    loaded = {name for name in done.stderr.split() if name.startswith("landline.")}
    assert {name.split(".")[1] for name in loaded} == {"cli", "errors", "exit_codes"}


def test_help_ends_with_two_examples_and_the_exit_codes(landline: Landline) -> None:
    outcome = landline("--help")

    assert outcome.code == 0
    _, _, end = outcome.stdout.partition("Examples:\n")
    examples, _, codes = end.partition("\n\n")
    assert [line.split()[0] for line in examples.splitlines()] == ["landline", "landline"]
    shown = {int(line.split()[0]) for line in codes.splitlines()[1:]}
    assert shown == {int(code) for code in ExitCode}


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_explains_itself_with_two_examples(landline: Landline, command: str) -> None:
    outcome = landline(command, "-h")

    assert outcome.code == 0
    examples = outcome.stdout.partition("Examples:\n")[2].splitlines()
    assert len(examples) >= 2
    assert all("landline " in line for line in examples)


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_takes_the_common_options(command: str) -> None:
    names = {name for option in application.landline.commands[command].params for name in option.opts}

    assert {"-v", "--verbose", "-q", "--quiet", "--no-color", "--debug"} <= names


def test_the_version_is_the_packages(landline: Landline) -> None:
    assert landline("--version").stdout == f"landline {__version__}\n"


def test_an_unknown_command_is_a_usage_error(landline: Landline) -> None:
    outcome = landline("chek")

    assert (outcome.code, outcome.stdout) == (2, "")
    assert "No such command 'chek'" in outcome.stderr


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (UsageError("write 10.0.0.0/16"), 2, "error: write 10.0.0.0/16\n"),
        (UnprovenError("no routes"), 3, "error: no routes\n"),
        (ToolError("AWS said no"), 4, "error: AWS said no\n"),
        (LandlineError("other"), 4, "error: other\n"),
        (KeyError("x"), 4, "error: unexpected KeyError: 'x'; --debug shows the trace\n"),
        (KeyboardInterrupt(), 130, "\nerror: interrupted\n"),
    ],
)
def test_an_error_ends_with_its_code_and_one_message(
    landline: Landline, monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int, message: str
) -> None:
    def fail() -> None:
        raise error

    monkeypatch.setitem(application.landline.commands, "fail", click.Command("fail", callback=fail))
    outcome = landline("fail")

    assert (outcome.code, outcome.stdout, outcome.stderr) == (code, "", message)


@pytest.mark.parametrize("error", [UsageError("mine"), KeyError("x")])
def test_debug_shows_the_trace(landline: Landline, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fail() -> None:
        raise error

    monkeypatch.setitem(application.landline.commands, "fail", click.Command("fail", callback=fail))
    outcome = landline("--debug", "fail")

    assert "Traceback (most recent call last)" in outcome.stderr
    assert "--debug" not in outcome.stderr


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [([], ["progress"]), (["-v"], ["progress", "detail"]), (["-q"], []), (["-q", "-v"], ["progress"])],
)
@pytest.mark.parametrize("before", [True, False])
def test_options_count_before_and_after_the_command(
    landline: Landline,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    shown: list[str],
    *,
    before: bool,
) -> None:
    @click.command("speak")
    @common_options
    @click.pass_obj
    def speak(terminal: Terminal) -> None:
        terminal.progress("progress")
        terminal.detail("detail")
        terminal.result("result")

    monkeypatch.setitem(application.landline.commands, "speak", speak)
    outcome = landline(*arguments, "speak") if before else landline("speak", *arguments)

    assert outcome.stderr.split() == shown
    assert outcome.stdout == "result\n"


@pytest.mark.parametrize(("variable", "arguments"), [("1", []), ("", ["--no-color"])])
def test_no_color_is_obeyed_on_a_terminal(variable: str, arguments: list[str]) -> None:
    """Without either, an error on a terminal is coloured; with one of them it is plain."""
    pty = pytest.importorskip("pty", reason="pseudo terminals are a Unix thing")

    def said(variable: str, *arguments: str) -> bytes:
        script = "import sys; from landline.cli import run; sys.exit(run(sys.argv[1:]))"
        reader, writer = pty.openpty()
        subprocess.run(
            [sys.executable, "-c", script, *arguments, "dump"],
            stderr=writer,
            env={**os.environ, "NO_COLOR": variable, "TERM": "xterm"},
            check=False,
        )
        os.close(writer)
        return os.read(reader, 4096)

    assert b"\x1b[31m" in said("")
    assert b"\x1b[" not in said(variable, *arguments)


def test_a_reader_that_goes_away_is_no_trace(tmp_path: Path) -> None:
    script = (
        "import sys, click; from landline.cli import application as a\n"
        "def much():\n for _ in range(999): print('x' * 9999)\n"
        "a.landline.add_command(click.Command('much', callback=much))\n"
        "sys.exit(a.run(['much']))"
    )
    errors = tmp_path / "stderr"
    with errors.open("wb") as stderr:
        process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=stderr)
        assert process.stdout is not None
        process.stdout.read(1)
        process.stdout.close()

        assert process.wait(timeout=60) == ExitCode.FAILED
    assert errors.read_bytes() == b""


@pytest.mark.skipif(sys.platform == "win32", reason="signals are a Unix thing")
def test_ctrl_c_ends_with_130() -> None:
    script = (
        "import sys, time, click; from landline.cli import application as a\n"
        "def wait():\n print('ready', flush=True)\n time.sleep(60)\n"
        "a.landline.add_command(click.Command('wait', callback=wait))\n"
        "sys.exit(a.run(['wait']))"
    )
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=60)

    assert process.returncode == ExitCode.INTERRUPTED
    assert stderr.strip() == b"error: interrupted"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts_ask_landline(landline: Landline, shell: str) -> None:
    outcome = landline("completion", shell)

    assert outcome.code == 0
    assert "_LANDLINE_COMPLETE" in outcome.stdout


def test_completion_knows_commands() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import sys; from landline.cli import run; sys.exit(run([]))"],
        env={
            **os.environ,
            "_LANDLINE_COMPLETE": "bash_complete",
            "COMP_WORDS": "landline ver",
            "COMP_CWORD": "1",
        },
        capture_output=True,
        check=True,
    )

    assert done.stdout == b"plain,verify\n"


@pytest.mark.parametrize(
    "arguments", [("sandbox", "serve"), ("preview", "--sandbox"), ("check", "hub", "--prove"), ("price",)]
)
def test_without_the_sandboxs_extra_it_is_named(arguments: tuple[str, ...], tmp_path: Path) -> None:
    script = (
        "import sys\n"
        "sys.modules |= dict.fromkeys(('moto', 'werkzeug'))\n"
        "from landline.cli import main\n"
        "main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "LANDLINE_SANDBOX": str(tmp_path / "sandbox.json")},
    )
    assert done.returncode == ExitCode.USAGE
    assert re.search(
        r"^error: the sandbox needs \w+, which is not installed; in a checkout of Landline: "
        r"pip install '\.\[sandbox\]'$",
        done.stderr,
        re.MULTILINE,
    ), done.stderr
