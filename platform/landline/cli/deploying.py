"""How a deployment shows: live on a terminal, line by line elsewhere, or as JSON lines; and its summary."""

from __future__ import annotations

import json
import sys
import threading
import time
from contextlib import ExitStack
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Self

from landline.errors import LandlineError
from landline.exit_codes import ExitCode

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from landline.cli.terminal import Terminal
    from landline.deploy.deployment import Outcome
    from landline.deploy.events import Event, Stepped
    from landline.deploy.execution import Ending
    from landline.deploy.plan import Operation, Plan, Task
    from landline.deploy.steps import Changes

_DOING = {"preview": "previewing", "up": "deploying", "refresh": "refreshing", "destroy": "destroying"}
_COLORS = {"done": "green", "unneeded": "green", "failed": "red", "not started": "yellow"}


class Display:
    """Tells what happens, from several threads: progress on stderr; JSON lines, if asked for, on stdout."""

    def __init__(self, terminal: Terminal, planned: Plan, *, as_json: bool) -> None:
        self._terminal = terminal
        self._planned = planned
        self._json = as_json
        self._lock = threading.Lock()
        self._began: dict[Task, float] = {}
        self._lines: dict[Task, str] = {}
        self._counts: dict[Task, int] = {}
        self._warnings: dict[Task, list[str]] = {}
        self._stack = ExitStack()
        self._live: Any = None

    def __enter__(self) -> Self:
        if self._terminal.redraws and not self._json:
            from rich.console import Console
            from rich.live import Live

            self._live = Live(
                console=Console(stderr=True), transient=True, refresh_per_second=8, get_renderable=self._rows
            )
            self._stack.enter_context(self._live)
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def tell(self, event: Event) -> None:
        """One event of a deployment."""
        from landline.deploy.events import Began, Noted, Stepped, Warned

        with self._lock:
            task = event.task
            match event:
                case Began():
                    self._began[task] = time.monotonic()
                    self._lines[task] = "begins"
                    self._emit("began", task)
                    self._line(f"{task}: begins")
                case Noted():
                    self._emit("note", task, text=event.text)
                    self._line(f"{task}: {event.text}")
                case Warned():
                    self._warnings.setdefault(task, []).append(event.text)
                    self._terminal.warning(f"{task.stack}: {event.text}")
                case Stepped() if event.step.operation != "same":
                    self._stepped(event)

    def ended(self, ending: Ending[Outcome]) -> None:
        """One task has ended."""
        with self._lock:
            task = ending.task
            self._lines.pop(task, None)
            now = time.monotonic()
            seconds = now - self._began.get(task, now)
            warnings = self._warnings.pop(task, [])
            self._emit("ended", task, seconds=round(seconds, 1), warnings=warnings, **_ending(ending))
            if ending.status != "unneeded":
                text = f"{task}: {in_words(ending)}"
                self._line(f"{text} ({seconds:.0f} s)" if task in self._began else text)

    def _stepped(self, event: Stepped) -> None:
        step, task = event.step, event.task
        done = "" if event.begins else "failed" if step.failed else "done"
        self._emit(
            "step",
            task,
            phase=event.phase,
            op=step.operation,
            type=step.token,
            name=step.name,
            state=done or "began",
        )
        if not event.begins:
            self._counts[task] = self._counts.get(task, 0) + 1
        about = f"{step.operation} {step.token.rpartition(':')[2]} {step.name}"
        self._lines[task] = f"{event.phase}: {about}"
        if event.phase != "preview" and (done or step.failed):
            self._terminal.detail(f"{task}: {about}: {done}")

    def _line(self, text: str) -> None:
        if self._json:
            return
        if self._live is not None:
            self._live.console.print(text, highlight=False, markup=False)
        else:
            self._terminal.progress(text)

    def _emit(self, event: str, task: Task, **about: object) -> None:
        if self._json:
            line = {"event": event, "stack": task.stack, "operation": task.operation, "turn": task.turn}
            sys.stdout.write(json.dumps(line | about) + "\n")
            sys.stdout.flush()

    def _rows(self) -> Any:  # noqa: ANN401 - rich is loaded late
        from rich.table import Table

        grid = Table.grid(padding=(0, 2))
        with self._lock:
            for task, line in self._lines.items():
                seconds = time.monotonic() - self._began[task]
                grid.add_row(str(task), f"{seconds:3.0f} s", f"{self._counts.get(task, 0)} resources", line)
        return grid


def in_words(ending: Ending[Outcome]) -> str:
    """How a task ended, in one line."""
    from landline.deploy.guards import RefusedError
    from landline.deploy.stacks import InterruptedOperationError

    outcome = ending.result
    match ending.status:
        case "done" if outcome is not None and outcome.waits:
            return f"waits: {outcome.waits}"
        case "done" if outcome is not None:
            cut = _cut(len(outcome.rejected))
            return _counted(outcome.changes) + cut
        case "failed" if isinstance(ending.error, InterruptedOperationError):
            return "interrupted"
        case "failed" if isinstance(ending.error, RefusedError):
            return "refused"
        case "not started" if ending.waits_for:
            return f"not started: it waits for {', '.join(map(str, ending.waits_for))}"
        case _:
            return ending.status


def _cut(rejected: int) -> str:
    return f"; rejected {rejected} connection{'' if rejected == 1 else 's'}" if rejected else ""


def _counted(changes: Changes) -> str:
    counts = asdict(changes)
    same = counts.pop("same")
    told = [f"{count} {name}" for name, count in counts.items() if count]
    return ", ".join(told) if told else f"no change ({same} as they are)"


def _ending(ending: Ending[Outcome]) -> dict[str, object]:
    from landline.deploy.guards import RefusedError

    about: dict[str, object] = {"status": ending.status}
    if ending.result is not None:
        outcome = ending.result
        about |= {
            "changes": asdict(outcome.changes),
            "resources": [
                {"op": step.operation, "type": step.token, "name": step.name, "changed": list(step.changed)}
                for step in outcome.steps
            ],
            "refusals": [asdict(refusal) for refusal in outcome.refusals],
            "rejected": [asdict(connection) for connection in outcome.rejected],
        }
        if outcome.waits:
            about["waits"] = outcome.waits
    if ending.error is not None:
        about["error"] = str(ending.error)
        if isinstance(ending.error, RefusedError):
            about["refusals"] = [asdict(refusal) for refusal in ending.error.refusals]
    if ending.waits_for:
        about["waits_for"] = [task.stack for task in ending.waits_for]
    return about


class Summary:
    """All endings of a run: what is done, what failed, what was not started, and how to go on."""

    def __init__(
        self,
        operation: Operation,
        endings: Sequence[Ending[Outcome]],
        arguments: str,
        *,
        named: Collection[str],
        interrupted: bool,
    ) -> None:
        """`named` are the stacks that the user named; none means all."""
        self._operation = operation
        self._endings = endings
        self._arguments = arguments
        self._named = frozenset(named)
        self._interrupted = interrupted

    def _of(self, *statuses: str) -> list[Ending[Outcome]]:
        return [ending for ending in self._endings if ending.status in statuses]

    @property
    def changed(self) -> bool:
        """Whether anything changes, or changed."""
        return any(ending.result is not None and bool(ending.result.changes) for ending in self._endings)

    @property
    def next_command(self) -> str:
        """What to run to go on, once what failed is mended; empty when nothing is left."""
        left = sorted({ending.task.stack for ending in self._of("failed", "not started")})
        return f"landline {self._operation} {' '.join(left)}{self._arguments}" if left else ""

    @property
    def waiting(self) -> frozenset[str]:
        """The stacks with which nothing was begun, as what they need is not there yet."""
        return frozenset(
            one.task.stack for one in self._endings if one.result is not None and one.result.waits
        )

    def exit_code(self, *, expect_no_changes: bool) -> ExitCode:
        """The worst of all endings. A stack that was named and waits is a finding."""
        if self._interrupted:
            return ExitCode.INTERRUPTED
        errors = [ending.error for ending in self._of("failed")]
        codes = {error.exit_code if isinstance(error, LandlineError) else ExitCode.FAILED for error in errors}
        if codes:
            return codes.pop() if len(codes) == 1 else ExitCode.FAILED
        refused = any(ending.result is not None and ending.result.refusals for ending in self._endings)
        if refused or self.waiting & self._named or (expect_no_changes and self.changed):
            return ExitCode.FINDING
        return ExitCode.DONE

    def lines(self, terminal: Terminal) -> list[str]:
        """For the end of a run on a terminal or in a log."""
        from landline.deploy.stacks import InterruptedOperationError

        lines = []
        for ending in self._endings:
            if ending.status == "unneeded":
                continue
            outcome = ending.result
            if outcome is not None and outcome.waits:
                lines.append(f"{terminal.style('waits', fg='yellow')}  {ending.task}: {outcome.waits}")
                continue
            mark = terminal.style(ending.status, fg=_COLORS[ending.status])
            lines.append(f"{mark}  {ending.task}: {in_words(ending)}")
            if outcome is not None and self._operation == "preview":
                lines += [
                    f"      {_change(step.operation)} {step.token} {step.name}" for step in outcome.steps
                ]
                lines += [f"      would be refused: {refusal}" for refusal in outcome.refusals]
            if outcome is not None:
                lines += [
                    f"      rejected {one.endpoint} of {one.account} at {one.service}"
                    for one in outcome.rejected
                ]
        for ending in self._of("failed"):
            if not isinstance(ending.error, InterruptedOperationError):
                lines += ["", f"{ending.task}:", *(f"  {line}" for line in str(ending.error).splitlines())]
        if self.next_command:
            lines += ["", f"To go on: {self.next_command}"]
        return lines

    def document(self) -> dict[str, object]:
        """The last of the JSON lines."""
        return {
            "event": "summary",
            "operation": self._operation,
            "done": sorted({ending.task.stack for ending in self._of("done", "unneeded")} - self.waiting),
            "waiting": sorted(self.waiting),
            "failed": sorted({ending.task.stack for ending in self._of("failed")}),
            "not_started": sorted({ending.task.stack for ending in self._of("not started")}),
            "changed": self.changed,
            "interrupted": self._interrupted,
            "next": self.next_command,
        }


def _change(operation: str) -> str:
    return {"create": "+", "update": "~", "delete": "-"}.get(operation, f"± ({operation})")


def doing(operation: Operation) -> str:
    """What is being done, for the beginning of a run."""
    return _DOING[operation]
