"""Everything that can be said of the stack files without AWS."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from landline.exit_codes import ExitCode
from landline.settings.crosscheck import cross_check, run_out
from landline.settings.load import in_order, read_stacks
from landline.settings.nearest import choose, with_hubs
from landline.settings.problem import Problem, printable
from landline.settings.validation import closest

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from pathlib import Path

    from landline.settings.outline import Outline

SCHEMA = 1
"""The version of the JSON document."""


@dataclass(frozen=True, slots=True)
class Check:
    """What was checked, and what is wrong with it."""

    stacks: tuple[str, ...]
    """The names of the stacks that were checked, sorted."""
    problems: tuple[Problem, ...]
    """In the order of files, lines and key paths."""

    @property
    def exit_code(self) -> ExitCode:
        """USAGE if a problem is an error, FINDING if one is a finding, else DONE: warnings do not fail."""
        severities = {problem.severity for problem in self.problems}
        if "error" in severities:
            return ExitCode.USAGE
        return ExitCode.FINDING if "finding" in severities else ExitCode.DONE


def check(directory: Path, stacks: tuple[str, ...], today: date) -> Check:
    """Checks the stack files in `directory`: each by itself, then against each other, then their last days.

    All files are read, because they speak of each other. If `stacks` names some, only the problems in their
    files, and in those of the hubs, spokes and grants that they hang on, are given. `today` decides what has
    run out. Raises nothing for what the files hold.
    """
    found = read_stacks(directory)
    problems = [
        *found.problems,
        *cross_check(found.outlines, found.unreadable),
        *run_out(found.outlines, today),
    ]
    names = {outline.name for outline in found.outlines} | found.unreadable
    if stacks:
        problems.extend(_unknown(directory, name, names) for name in stacks if name not in names)
        outlines = with_hubs(found.outlines, choose(found.outlines, found.unreadable))
        chosen = _with_what_they_hang_on(stacks, outlines)
        files = {str(directory / f"Pulumi.{name}.yaml") for name in chosen} | {str(directory)}
        problems = [problem for problem in problems if problem.file in files]
        names &= chosen
    return Check(tuple(sorted(names)), in_order(problems))


def lines(check: Check) -> tuple[str, ...]:
    """One line for each problem, and one that sums up."""
    counts = _counts(check)
    told = [f"{number} {kind if number == 1 else kind + 's'}" for kind, number in counts.items() if number]
    number = len(check.stacks)
    summary = f"{number} {'stack' if number == 1 else 'stacks'} checked: {', '.join(told) or 'no problems'}"
    return (*(f"{problem.severity}: {problem}" for problem in check.problems), summary)


def document(check: Check) -> dict[str, Any]:
    """The check as a JSON document, version `SCHEMA`."""
    return {
        "schema": SCHEMA,
        "exit_code": int(check.exit_code),
        "stacks": [printable(name) for name in check.stacks],
        "counts": _counts(check),
        "problems": [
            {
                "severity": problem.severity,
                "file": printable(problem.file),
                "line": problem.line,
                "key_path": printable(problem.key_path),
                "message": problem.message,
                "value": problem.value,
                "remedy": problem.remedy,
            }
            for problem in check.problems
        ],
    }


def _counts(check: Check) -> dict[str, int]:
    return {
        severity: sum(problem.severity == severity for problem in check.problems)
        for severity in ("error", "finding", "warning")
    }


def _with_what_they_hang_on(names: Iterable[str], outlines: Iterable[Outline]) -> set[str]:
    by_name = {outline.name: outline for outline in outlines}
    chosen = set(names)
    chosen |= {grant.name for grant in by_name.values() if grant.kind == "grant" and grant.spoke in chosen}
    for name in tuple(chosen & by_name.keys()):
        chosen |= {other for other in (by_name[name].hub, by_name[name].spoke) if other is not None}
    return chosen


def _unknown(directory: Path, name: str, names: Iterable[str]) -> Problem:
    guess = closest(name, names)
    return Problem(
        severity="error",
        file=str(directory),
        line=None,
        key_path="",
        message="holds no such stack",
        value=name,
        remedy=f"did you mean {guess}?" if guess else "name a stack by <stack> of Pulumi.<stack>.yaml",
    )
