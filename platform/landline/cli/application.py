"""The command group, and how every command ends: its exit code, its message, never a traceback unasked."""

from __future__ import annotations

import os
import sys
import traceback
from typing import TYPE_CHECKING, NoReturn

import click

from landline import __version__
from landline.cli.catalogue import catalogue
from landline.cli.check import check
from landline.cli.completion import completion
from landline.cli.demo import demo
from landline.cli.diff import diff
from landline.cli.dump import dump
from landline.cli.engine import engine
from landline.cli.evidence import evidence
from landline.cli.expire import expire
from landline.cli.grant import grant, renew, revoke
from landline.cli.init import init
from landline.cli.lifecycle import destroy, preview, refresh, up
from landline.cli.options import common_options, examples
from landline.cli.price import price
from landline.cli.reach import reach
from landline.cli.request import request
from landline.cli.review import review
from landline.cli.sandbox import sandbox
from landline.cli.schema import schema
from landline.cli.status import status
from landline.cli.terminal import Terminal
from landline.cli.verify import verify
from landline.errors import LandlineError
from landline.exit_codes import ExitCode

if TYPE_CHECKING:
    from collections.abc import Sequence


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=examples(
        "landline demo", "landline check && landline verify --dump dump --stacks stacks", exit_codes=True
    ),
)
@click.version_option(__version__, message="landline %(version)s")
@common_options
def landline() -> None:
    """Shared services over AWS PrivateLink, and a proof that nothing else connects."""


for command in (
    catalogue,
    check,
    completion,
    demo,
    destroy,
    diff,
    dump,
    evidence,
    engine,
    expire,
    grant,
    init,
    preview,
    price,
    reach,
    refresh,
    renew,
    request,
    review,
    revoke,
    sandbox,
    schema,
    status,
    up,
    verify,
):
    landline.add_command(command)


def main() -> NoReturn:
    """Run the command line of this process and exit with one of `ExitCode`."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code. Results are on stdout, all else on stderr."""
    terminal = Terminal()
    # To look for plugins pydantic reads what every installed package says of itself; ours need none.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    try:
        code = landline.main(list(arguments), prog_name="landline", standalone_mode=False, obj=terminal)
        sys.stdout.flush()
    except BaseException as error:  # noqa: BLE001, RUF100 - the one place where every ending gets its exit code
        return _ending(error, terminal)
    return int(code or ExitCode.DONE)


def _ending(error: BaseException, terminal: Terminal) -> int:
    if terminal.debug and not isinstance(error, click.exceptions.Abort | SystemExit):
        traceback.print_exception(error, file=sys.stderr)
    match error:
        case click.exceptions.Abort() | KeyboardInterrupt():
            terminal.error("interrupted")
            return ExitCode.INTERRUPTED
        case click.ClickException():
            error.show()
            return ExitCode.USAGE
        case LandlineError():
            terminal.error(str(error))
            return error.exit_code
        case SystemExit() if os.environ.get("_LANDLINE_COMPLETE"):
            return error.code if isinstance(error.code, int) else ExitCode.DONE
        case BrokenPipeError() | SystemExit():
            # click leaves with SystemExit when whoever read the output has gone. Nothing can be told to them;
            # what is still buffered must not raise again when the interpreter flushes it.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return ExitCode.FAILED
        case _:
            hint = "" if terminal.debug else "; --debug shows the trace"
            terminal.error(f"unexpected {type(error).__name__}: {error}{hint}")
            return ExitCode.FAILED
