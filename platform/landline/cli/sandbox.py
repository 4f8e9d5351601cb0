"""`landline sandbox`."""

from __future__ import annotations

import json
import os
import shlex
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TypeVar

import click

from landline.cli.options import common_options, examples, json_option
from landline.errors import ToolError, UsageError
from landline.exit_codes import ExitCode

if TYPE_CHECKING:
    from collections.abc import Callable

    from landline.cli.terminal import Terminal
    from landline.sandbox.served import Served

P = ParamSpec("P")
R = TypeVar("R")

_PORT = click.IntRange(0, 65535)


@click.group(
    short_help="Serve an estate without an AWS account.",
    epilog=examples(
        "landline sandbox serve --state estate.jsonl",
        'eval "$(landline sandbox env)" && pulumi up --stack hub && aws ec2 describe-vpcs',
    ),
)
@common_options
def sandbox() -> None:
    """Serve an estate without an AWS account to Pulumi and the AWS CLI, on this machine only."""


def _who_options(function: Callable[P, R]) -> Callable[P, R]:
    """Add ``--account`` and ``--region``: whose API the exported variables lead to."""
    for decorate in (
        click.option(
            "--region",
            metavar="REGION",
            default="eu-west-1",
            show_default=True,
            help="The Region that AWS_REGION names.",
        ),
        click.option(
            "--account",
            metavar="ID",
            default="111111111111",
            show_default=True,
            callback=_account,
            help="The account whose API AWS_ACCESS_KEY_ID leads to; any twelve digits.",
        ),
    ):
        function = decorate(function)
    return function


def _account(context: click.Context, parameter: click.Parameter, value: str) -> str:
    if len(value) != 12 or not value.isdecimal():
        raise click.BadParameter(f"{value!r} is not a twelve-digit account id", context, parameter)
    return value


@sandbox.command(
    short_help="Run the sandbox until it is interrupted.",
    epilog=examples(
        "landline sandbox serve",
        "landline sandbox serve --state estate.jsonl --provider-port 7001 --port 7002",
    ),
)
@click.option(
    "--state",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Keep the estate in FILE, from call to call, and begin with what it holds. It holds AWS calls as "
    "text and no code.",
)
@click.option("--port", metavar="PORT", type=_PORT, default=0, help="AWS's API (default: a free port).")
@click.option(
    "--provider-port", metavar="PORT", type=_PORT, default=0, help="The provider (default: a free port)."
)
@_who_options
@json_option
@common_options
@click.pass_obj
def serve(
    terminal: Terminal,
    state: Path | None,
    port: int,
    provider_port: int,
    account: str,
    region: str,
    *,
    as_json: bool,
) -> int:
    """Run the sandbox until it is interrupted, and print the variables that lead there.

    Both doors lead to the same accounts: a Pulumi provider that `pulumi up` attaches to, and AWS's API over
    HTTP. In the API an account's twelve digits are its access key id, and a role assumed in another account
    leads there. It listens on 127.0.0.1 alone.
    """
    from landline.sandbox.served import default_file, serving_sandbox
    from landline.testing.sandboxed import needing_the_extra

    stopped = threading.Event()
    before = signal.signal(signal.SIGTERM, lambda *_: stopped.set())
    try:
        with (
            needing_the_extra(),
            serving_sandbox(state=state, port=port, provider_port=provider_port) as served,
        ):
            terminal.result(_exports(served, account, region, as_json=as_json))
            sys.stdout.flush()
            terminal.progress(
                f"The sandbox runs (process {served.pid}; {default_file()} says where). "
                'In another shell: eval "$(landline sandbox env)". Ctrl-C ends it.'
            )
            stopped.wait()
    finally:
        signal.signal(signal.SIGTERM, before)
    return ExitCode.DONE


@sandbox.command(
    short_help="Print the variables that lead to the running sandbox.",
    epilog=examples('eval "$(landline sandbox env)"', "landline sandbox env --account 222222222222 --json"),
)
@_who_options
@json_option
@common_options
@click.pass_obj
def env(terminal: Terminal, account: str, region: str, *, as_json: bool) -> int:
    """Print the variables under which Pulumi, the AWS CLI and every AWS SDK use the running sandbox.

    Profiles, and endpoints of single services, which would lead to AWS all the same, are unset.
    """
    from landline.sandbox.served import find_served

    terminal.result(_exports(find_served(), account, region, as_json=as_json))
    return ExitCode.DONE


@sandbox.command(
    short_help="Write the running sandbox's state to a file.",
    epilog=examples(
        "landline sandbox save estate.jsonl",
        "landline sandbox serve --state estate.jsonl",
    ),
)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@common_options
@click.pass_obj
def save(terminal: Terminal, file: Path) -> int:
    """Write the running sandbox's state to FILE, for `landline sandbox serve --state FILE`."""
    from landline.sandbox.served import find_served, state_of

    served = find_served()
    if served.state is not None and file.resolve() == Path(served.state):
        raise UsageError(f"{file}: the sandbox keeps its state there by itself; name another file")
    try:
        file.write_text(state_of(served))
    except OSError as error:
        raise ToolError(f"{file}: cannot be written: {error.strerror}; name another file") from error
    terminal.progress(f"{file}: the state of the sandbox that runs as process {served.pid}")
    return ExitCode.DONE


def _exports(served: Served, account: str, region: str, *, as_json: bool) -> str:
    from landline.sandbox.served import in_the_way

    variables = served.environment(account, region)
    unset = in_the_way(os.environ)
    if as_json:
        return json.dumps(
            {
                "pid": served.pid,
                "provider_port": served.provider_port,
                "endpoint_port": served.endpoint_port,
                "state": served.state,
                "environment": variables,
                "unset": unset,
            },
            indent=2,
        )
    exports = [f"export {name}={shlex.quote(value)}" for name, value in variables.items()]
    return "\n".join((f"unset {' '.join(unset)}", *exports))
