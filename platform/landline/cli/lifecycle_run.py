"""One run of `landline preview`, `up`, `refresh` or `destroy`, from its options to its exit code."""

from __future__ import annotations

import json
import shlex
import signal
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from landline.cli.stacks_directory import estate_of, found
from landline.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from landline.cli.terminal import Terminal
    from landline.deploy.deployment import Deployment, Outcome
    from landline.deploy.execution import Execution
    from landline.deploy.plan import Operation, Plan
    from landline.settings import Estate


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What all four commands take."""

    terminal: Terminal
    names: tuple[str, ...]
    """The stacks; none means all."""
    stacks_directory: Path | None
    """None means the nearest."""
    sandbox: bool
    parallel: int
    as_json: bool

    @property
    def again(self) -> str:
        """The options that lead a command to go on to the same stacks in the same place."""
        stacks = (
            "" if self.stacks_directory is None else f" --stacks {shlex.quote(str(self.stacks_directory))}"
        )
        return stacks + (" --sandbox" if self.sandbox else "")


class Run:
    """What `operation` does to the stacks that the options name.

    Raises `UsageError` for stack files with errors and for names that no stack file describes.
    """

    def __init__(self, options: RunOptions, operation: Operation) -> None:
        from landline.deploy.plan import plan

        self._options = options
        self._terminal = options.terminal
        self._directory = found(options.stacks_directory)
        self._terminal.progress(f"Checking the stack files in {self._directory}")
        self._estate: Estate = estate_of(self._directory)
        self._operation: Operation = operation
        self._plan: Plan = plan(self._estate, operation, options.names)

    def run(
        self,
        *,
        yes: bool,
        mend: bool = False,
        expect_no_changes: bool = False,
        allow: dict[str, str] | None = None,
    ) -> int:
        """Do it, tell of it as it goes, and return the exit code."""
        from landline.cli.deploying import Display, Summary, doing
        from landline.cli.where import where
        from landline.deploy.deployment import Deployment, Options
        from landline.deploy.execution import Execution
        from landline.deploy.guards import RULES
        from landline.deploy.left_programs import quiet_left_programs
        from landline.testing.sandboxed import quiet_pulumi_aws

        for rule in allow or {}:
            if rule not in RULES:
                raise UsageError(f"--allow {rule}: nothing is refused for that; rules: {', '.join(RULES)}")
        self._terminal.progress(
            f"Starting the Pulumi engine{' and the sandbox' if self._options.sandbox else ''}"
        )
        with _handlers_kept():
            with (
                quiet_pulumi_aws(),
                quiet_left_programs(),
                where(self._estate, self._directory, sandbox=self._options.sandbox) as place,
                Display(self._terminal, self._plan, as_json=self._options.as_json) as display,
            ):
                if place.kind == "a sandbox of this run" and self._operation in ("refresh", "destroy"):
                    raise UsageError(
                        f"there is nothing to {self._operation}: no sandbox is being served; start one in "
                        "another shell: landline sandbox serve"
                    )
                deployment = Deployment(
                    self._estate,
                    place.stacks,
                    place.place,
                    display.tell,
                    Options(mend=mend, allow=allow or {}),
                )
                deployment.begin()
                for name in deployment.strays():
                    self._terminal.warning(_stray(name))
                self._confirm(deployment, yes=yes)
                self._terminal.progress(f"{doing(self._operation).capitalize()} in {place.kind}")
                execution: Execution[Outcome] = Execution(
                    self._plan, deployment.do, lambda outcome: bool(outcome.changes), self._options.parallel
                )
                with _interruptible(self._terminal, execution, deployment) as interrupted:
                    for ending in execution.endings_as_they_come():
                        display.ended(ending)
                    stopped = bool(interrupted)
            order = [planned.task for planned in self._plan]
            endings = sorted(execution.endings.values(), key=lambda ending: order.index(ending.task))
            summary = Summary(
                self._operation,
                endings,
                self._options.again,
                named=self._options.names,
                interrupted=stopped,
            )
            if self._options.as_json:
                self._terminal.result(json.dumps(summary.document()))
            else:
                for line in summary.lines(self._terminal):
                    self._terminal.result(line)
        return summary.exit_code(expect_no_changes=expect_no_changes)

    def _confirm(self, deployment: Deployment, *, yes: bool) -> None:
        """Ask before anything is made or deleted; without a terminal, say what to give instead."""
        from landline.deploy.guards import who

        cut = ""
        if self._operation == "destroy":
            hubs = [planned.task.stack for planned in self._plan if planned.task.stack in self._estate.hubs]
            living = [one for hub in hubs for one in deployment.living(self._estate[hub])]
            if living:
                cut = f"This cuts off {who(living, self._estate)}. "
        asks = self._operation in ("up", "destroy") and (not self._options.sandbox or cut)
        if yes or not asks:
            if cut:
                self._terminal.warning(cut.strip())
            return
        names = ", ".join(dict.fromkeys(planned.task.stack for planned in self._plan))
        question = f"{cut}{self._operation.capitalize()} {names}?"
        if not sys.stdin.isatty() or self._options.as_json:
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
    """Ctrl-C and SIGTERM stop the engines, which end what they are at; gives the signals that came.

    Afterwards nothing is left to stop, and both are ignored, so that one more does not cost the summary.
    """
    came: list[int] = []

    def stop(number: int, _: object) -> None:
        came.append(number)
        execution.interrupt()
        deployment.stacks.interrupt()
        if len(came) <= len(_STOPS):
            terminal.warning(_STOPS[len(came) - 1])

    for number in _STOPPING:
        signal.signal(number, stop)
    try:
        yield came
    finally:
        for number in _STOPPING:
            signal.signal(number, signal.SIG_IGN)


_STOPS = (
    "stopping: the engines end what they are at; Ctrl-C again stops them at once",
    "stopping at once: what is under way stays half made; Ctrl-C once more kills engines that do not end",
)
_STOPPING = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def _handlers_kept() -> Iterator[None]:
    """Leaves what Ctrl-C and SIGTERM do as it was."""
    before = {number: signal.getsignal(number) for number in _STOPPING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
