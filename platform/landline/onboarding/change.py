"""A change to one stack file, judged together with all others before anything is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from landline.errors import UsageError
from landline.settings.crosscheck import cross_check
from landline.settings.load import StackFiles, in_order, parse_content, read_stacks
from landline.settings.stack_file import path_of, read_text, write_text

if TYPE_CHECKING:
    from pathlib import Path

    from landline.settings.problem import Problem


@dataclass(frozen=True, slots=True)
class Change:
    """What one stack's file says now, and what it is to say."""

    stack: str
    file: Path
    before: str | None
    """None when there is no file yet."""
    after: str
    warnings: tuple[str, ...] = ()
    """What whoever makes it may not have meant."""


def change_of(directory: Path, stack: str, after: str) -> Change:
    """The change that makes the file of `stack` say `after`. Raises `UsageError` when it cannot be read."""
    file = path_of(directory, stack)
    return Change(stack, file, read_text(file) if file.exists() else None, after)


def judge(directory: Path, change: Change) -> tuple[Problem, ...]:
    """What the change leaves to be said: the warnings and findings in the changed file.

    Raises `UsageError` with every error that the change brings: those in the file itself, and those between
    it and the other files that are not there without it.
    """
    found = read_stacks(directory)
    before = {str(problem) for problem in _all(found)}
    parsed = parse_content(change.file, change.stack, change.after.encode())
    # A directory that holds no stack file yet is a problem that the change solves.
    problems = [item for item in found.problems if item.file not in (str(change.file), str(directory))]
    after = StackFiles(
        (),
        (
            *(outline for outline in found.outlines if outline.name != change.stack),
            *(() if parsed.outline is None else (parsed.outline,)),
        ),
        (found.unreadable - {change.stack}) | (set() if parsed.outline else {change.stack}),
        (*problems, *parsed.problems),
    )
    told = in_order(_all(after))
    errors = [
        str(problem)
        for problem in told
        if problem.severity == "error" and (problem.file == str(change.file) or str(problem) not in before)
    ]
    if errors:
        raise UsageError("\n".join(errors))
    return tuple(problem for problem in told if problem.file == str(change.file))


def write(change: Change) -> None:
    """Put the change in its file's place. Call it under `sole_writer`, with the change made there too."""
    write_text(change.file, change.after)


def _all(found: StackFiles) -> tuple[Problem, ...]:
    return (*found.problems, *cross_check(found.outlines, found.unreadable))
