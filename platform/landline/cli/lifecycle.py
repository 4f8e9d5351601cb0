"""`landline preview`, `landline up`, `landline refresh` and `landline destroy`."""

from __future__ import annotations

import json
import os
import shlex
import signal
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, ParamSpec, TypeVar

import click

from landline.cli.options import common_options, examples
from landline.cli.stacks_directory import estate_of, found, stacks_option
from landline.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from landline.cli.terminal import Terminal
    from landline.deploy.deployment import Deployment, Outcome
    from landline.deploy.execution import Execution
    from landline.deploy.plan import Operation, Plan
    from landline.settings import Estate

P = ParamSpec("P")
R = TypeVar("R")


def _shared(function: Callable[P, R]) -> Callable[P, R]:
    """What all four take."""
    for decorate in (
        common_options,
        click.option("--json", "as_json", is_flag=True, help="Print events as JSON lines on stdout."),
        click.option(
            "--parallel",
            metavar="N",
            type=click.IntRange(1, 64),
            default=lambda: min(4, os.cpu_count() or 1),
            help="How many stacks at a time (default: 4, or one for each CPU if there are fewer).",
        ),
        click.option(
            "--sandbox",
            is_flag=True,
            help="In the sandbox that `landline sandbox serve` runs, or in one that ends with the command.",
        ),
        stacks_option("The stack files (default: the nearest stacks/, upwards from here)."),
        click.argument("names", nargs=-1, metavar="[STACK]..."),
    ):
        function = decorate(function)
    return function


_yes = click.option("--yes", "-y", is_flag=True, help="Do not ask.")
_mend = click.option(
    "--mend",
    is_flag=True,
    help="Take off the lock of a killed run, look in AWS for what it left half made, and go on.",
)
_no_changes = click.option("--expect-no-changes", is_flag=True, help="Exit 1 when anything changes.")


@click.command(
    short_help="Show what `up` would change.",
    epilog=examples("landline preview", "landline preview payments --json", "landline preview --sandbox"),
)
@_shared
@_no_changes
@click.pass_obj
def preview(
    terminal: Terminal,
    names: tuple[str, ...],
    stacks_directory: Path | None,
    *,
    sandbox: bool,
    parallel: int,
    as_json: bool,
    expect_no_changes: bool,
) -> int:
    """Show what `landline up` would change, and what it would be refused for. Changes nothing.

    Without names, all stacks. Exits 1 when `up` would be refused.
    """
    run = _Run(terminal, stacks_directory, "preview", names, sandbox=sandbox, as_json=as_json)
    return run.run(parallel, yes=True, expect_no_changes=expect_no_changes)


@click.command(
    short_help="Deploy the stack files.",
    epilog=examples(
        "landline up",
        "landline up hub grant-payments --yes",
        "landline up --sandbox --expect-no-changes",
        'landline up hub --allow live-connections --reason "CHG-7: payments agreed"',
        "landline up --mend",
    ),
)
@_shared
@_yes
@_mend
@_no_changes
@click.option(
    "--allow",
    metavar="RULE",
    multiple=True,
    type=click.STRING,
    help="Go on against this rule; needs --reason.",
)
@click.option(
    "--reason", metavar="TEXT", multiple=True, help="Why; kept in the stack's tags. One for each --allow."
)
@click.pass_obj
def up(
    terminal: Terminal,
    names: tuple[str, ...],
    stacks_directory: Path | None,
    *,
    sandbox: bool,
    parallel: int,
    as_json: bool,
    expect_no_changes: bool,
    yes: bool,
    mend: bool,
    allow: tuple[str, ...],
    reason: tuple[str, ...],
) -> int:
    """Deploy the stack files: baselines, hubs, grants, spokes, and grants again to accept.

    Without names, all stacks. Independent stacks go side by side, and what fails stops only what hangs on it.
    State is in your own Pulumi backend. Each stack is previewed first; what the guards find there is refused
    before anything is made.
    """
    if len(allow) != len(reason):
        raise UsageError(f"{len(allow)} --allow and {len(reason)} --reason: give a reason for each rule")
    if not all(text.strip() for text in reason):
        raise UsageError("--reason is empty; write why, and who agreed: it is kept in the stack's tags")
    run = _Run(terminal, stacks_directory, "up", names, sandbox=sandbox, as_json=as_json)
    return run.run(
        parallel,
        yes=yes,
        mend=mend,
        expect_no_changes=expect_no_changes,
        allow=dict(zip(allow, reason, strict=True)),
    )


@click.command(
    short_help="Bring the state in line with AWS.",
    epilog=examples("landline refresh", "landline refresh payments --expect-no-changes"),
)
@_shared
@_mend
@_no_changes
@click.pass_obj
def refresh(
    terminal: Terminal,
    names: tuple[str, ...],
    stacks_directory: Path | None,
    *,
    sandbox: bool,
    parallel: int,
    as_json: bool,
    expect_no_changes: bool,
    mend: bool,
) -> int:
    """Read every deployed resource from AWS into the state. Changes nothing in AWS.

    Without names, all stacks.
    """
    run = _Run(terminal, stacks_directory, "refresh", names, sandbox=sandbox, as_json=as_json)
    return run.run(parallel, yes=True, mend=mend, expect_no_changes=expect_no_changes)


@click.command(
    short_help="Delete what the stacks have made.",
    epilog=examples("landline destroy grant-payments", "landline destroy --yes"),
)
@_shared
@_yes
@_mend
@click.pass_obj
def destroy(
    terminal: Terminal,
    names: tuple[str, ...],
    stacks_directory: Path | None,
    *,
    sandbox: bool,
    parallel: int,
    as_json: bool,
    yes: bool,
    mend: bool,
) -> int:
    """Delete what the stacks have made: grants, spokes, hubs, baselines.

    Without names, all stacks. Destroying a grant rejects its spoke's connections. Destroying a hub says who
    would be cut off, and rejects them before their service goes.
    """
    run = _Run(terminal, stacks_directory, "destroy", names, sandbox=sandbox, as_json=as_json)
    return run.run(parallel, yes=yes, mend=mend)


class _Run:
    """One of the commands, from its options to its exit code."""

    def __init__(
        self,
        terminal: Terminal,
        stacks_directory: Path | None,
        operation: Operation,
        names: tuple[str, ...],
        *,
        sandbox: bool,
        as_json: bool,
    ) -> None:
        from landline.deploy.plan import plan

        self._terminal = terminal
        self._given = stacks_directory
        self._directory = found(stacks_directory)
        self._estate: Estate = estate_of(self._directory)
        self._operation: Operation = operation
        self._plan: Plan = plan(self._estate, operation, names)
        self._sandbox = sandbox
        self._json = as_json

    def run(
        self,
        parallel: int,
        *,
        yes: bool,
        mend: bool = False,
        expect_no_changes: bool = False,
        allow: dict[str, str] | None = None,
    ) -> int:
        from landline.cli.deploying import Display, Summary, doing
        from landline.cli.where import where
        from landline.deploy.deployment import Deployment, Options
        from landline.deploy.execution import Execution
        from landline.deploy.guards import RULES
        from landline.deploy.stacks import quiet_left_programs
        from landline.testing.sandboxed import quiet_pulumi_aws

        for rule in allow or {}:
            if rule not in RULES:
                raise UsageError(f"--allow {rule}: nothing is refused for that; rules: {', '.join(RULES)}")
        with (
            quiet_pulumi_aws(),
            quiet_left_programs(),
            where(self._estate, self._directory, sandbox=self._sandbox) as place,
            Display(self._terminal, self._plan, as_json=self._json) as display,
        ):
            if place.kind == "a sandbox of this run" and self._operation in ("refresh", "destroy"):
                raise UsageError(
                    f"there is nothing to {self._operation}: no sandbox is being served; start one in "
                    "another shell: landline sandbox serve"
                )
            deployment = Deployment(
                self._estate, place.stacks, place.place, display.tell, Options(mend=mend, allow=allow or {})
            )
            deployment.begin()
            for name in deployment.strays():
                self._terminal.warning(_stray(name))
            self._confirm(deployment, yes=yes)
            self._terminal.progress(f"{doing(self._operation).capitalize()} in {place.kind}")
            execution: Execution[Outcome] = Execution(
                self._plan, deployment.do, lambda outcome: bool(outcome.changes), parallel
            )
            with _interruptible(self._terminal, execution, deployment) as interrupted:
                for ending in execution.endings_as_they_come():
                    display.ended(ending)
        order = [planned.task for planned in self._plan]
        endings = sorted(execution.endings.values(), key=lambda ending: order.index(ending.task))
        summary = Summary(self._operation, endings, self.arguments, interrupted=bool(interrupted))
        if self._json:
            self._terminal.result(json.dumps(summary.document()))
        else:
            for line in summary.lines(self._terminal):
                self._terminal.result(line)
        return summary.exit_code(expect_no_changes=expect_no_changes)

    @property
    def arguments(self) -> str:
        """The options that lead a command to go on to the same stacks in the same place."""
        stacks = "" if self._given is None else f" --stacks {shlex.quote(str(self._given))}"
        return stacks + (" --sandbox" if self._sandbox else "")

    def _confirm(self, deployment: Deployment, *, yes: bool) -> None:
        """Ask before anything is made or deleted; without a terminal, say what to give instead."""
        from landline.deploy.guards import who

        cut = ""
        if self._operation == "destroy":
            hubs = [planned.task.stack for planned in self._plan if planned.task.stack in self._estate.hubs]
            living = [one for hub in hubs for one in deployment.living(self._estate[hub])]
            if living:
                cut = f"This cuts off {who(living, self._estate)}. "
        asks = self._operation in ("up", "destroy") and (not self._sandbox or cut)
        if yes or not asks:
            if cut:
                self._terminal.warning(cut.strip())
            return
        names = ", ".join(dict.fromkeys(planned.task.stack for planned in self._plan))
        question = f"{cut}{self._operation.capitalize()} {names}?"
        if not sys.stdin.isatty() or self._json:
            raise UsageError(f"{question} Nobody can be asked here; say --yes")
        if not click.confirm(question, err=True):
            raise click.Abort


def _stray(name: str) -> str:
    return (
        f"stack {name} is deployed, and no stack file describes it: what it made still stands, and so does "
        f"the access that it grants; bring Pulumi.{name}.yaml back, landline destroy {name}, then delete "
        "the file"
    )


@contextmanager
def _interruptible(
    terminal: Terminal, execution: Execution[Outcome], deployment: Deployment
) -> Iterator[list[int]]:
    """Ctrl-C and SIGTERM stop the engines, which end what they are at; gives the signals that came."""
    came: list[int] = []

    def stop(number: int, _: object) -> None:
        came.append(number)
        execution.interrupt()
        deployment.stacks.interrupt()
        if len(came) == 1:
            terminal.warning("stopping: the engines end what they are at; Ctrl-C again stops them at once")

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield came
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
