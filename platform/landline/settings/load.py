"""Reads the stack files of a directory."""

from __future__ import annotations

import re
import stat
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from landline.errors import UsageError
from landline.settings.crosscheck import cross_check
from landline.settings.document import LARGEST_FILE, UnreadableError, read_document
from landline.settings.estate import Estate
from landline.settings.fields import STACK_NAME_LENGTH, STACK_NAME_PATTERN
from landline.settings.nearest import choose
from landline.settings.problem import Problem
from landline.settings.spoke import AUTO, SpokeSettings
from landline.settings.validation import Parsed, parse_stack

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from pathlib import Path

    from landline.settings.outline import Outline
    from landline.settings.stack import Stack

_STACK_FILE = re.compile(r"Pulumi\.(?P<name>.*)\.(?P<suffix>yaml|yml|json)", re.DOTALL | re.IGNORECASE)
_STACK_NAME = re.compile(STACK_NAME_PATTERN, re.ASCII)


@dataclass(frozen=True, slots=True)
class Loaded:
    """An estate, and what is wrong with its files."""

    estate: Estate | None
    """None when a problem is an error."""
    problems: tuple[Problem, ...]
    """In the order of files, lines and key paths."""


def load_estate(directory: Path) -> Loaded:
    """The estate whose stack files lie in `directory`, with all problems of all files that hang on no date.

    Raises nothing for what the files hold. `landline.settings.crosscheck.check_estate` adds what has run out.
    """
    found = read_stacks(directory)
    problems = in_order((*found.problems, *cross_check(found.outlines, found.unreadable)))
    return Loaded(None if has_errors(problems) else Estate.of(found.stacks), problems)


def load_stack(directory: Path, name: str) -> tuple[Stack, Estate]:
    """The stack `name`, and the estate of it and the stacks that it names.

    Those are a grant's hub and spoke, a spoke's hub, and the other end of a delegation. Other files in
    `directory` are not read, unless a spoke says `hub: auto`: then every hub's is, and one that cannot be
    read is an error. Raises `UsageError` with every problem if one is an error.
    """
    if not is_stack_name(name):
        raise UsageError(
            f"{name!r} is no stack name; write letters, digits, hyphens, underscores and full stops"
        )
    stacks: dict[str, Stack] = {}
    outlines: list[Outline] = []
    problems: list[Problem] = []
    unreadable: set[str] = set()
    wanted = [name]
    seen: set[str] = set()
    while wanted:
        current = wanted.pop()
        file = directory / f"Pulumi.{current}.yaml"
        if current in seen or (current != name and not file.exists()):
            continue
        seen.add(current)
        parsed = read_stack(file, current)
        problems.extend(parsed.problems)
        if parsed.stack is not None:
            stacks[current] = parsed.stack
        if parsed.outline is None:
            unreadable.add(current)
        else:
            outlines.append(parsed.outline)
            named = set(parsed.outline.named)
            if parsed.outline.kind == "spoke" and AUTO in named:
                named = {*(named - {AUTO}), *_possible_hubs(directory)}
            wanted.extend(other for other in sorted(named) if other not in seen)
    found = in_order((*problems, *cross_check(outlines, unreadable)))
    errors = [str(problem) for problem in found if problem.severity == "error"]
    if errors:
        raise UsageError("\n".join(errors))
    estate = Estate.of(_with_hubs(stacks.values(), outlines, unreadable))
    return estate[name], estate


def _possible_hubs(directory: Path) -> Iterator[str]:
    """The stacks that `hub: auto` may stand for: the hubs, and those whose kind cannot be read."""
    found = read_stacks(directory)
    yield from (outline.name for outline in found.outlines if outline.kind == "hub")
    yield from (name for name in found.unreadable if is_stack_name(name))


def _with_hubs(
    stacks: Iterable[Stack], outlines: Iterable[Outline], unreadable: Collection[str]
) -> Iterator[Stack]:
    """The stacks, with the nearest hub where a spoke says `hub: auto` and there is one."""
    chosen = choose(outlines, unreadable)
    for stack in stacks:
        nearest = chosen.get(stack.name)
        if nearest is None or nearest.hub is None or not isinstance(stack.settings, SpokeSettings):
            yield stack
        else:
            yield replace(stack, settings=stack.settings.model_copy(update={"hub": nearest.hub}))


@dataclass(frozen=True, slots=True)
class StackFiles:
    """What a directory's stack files hold, errors or not."""

    stacks: tuple[Stack, ...]
    """Those without errors. A spoke that says `hub: auto` names its hub here, if there is a nearest."""
    outlines: tuple[Outline, ...]
    """Those that say which kind they are, as they are written."""
    unreadable: frozenset[str]
    """The names of the others."""
    problems: tuple[Problem, ...]


def read_stacks(directory: Path) -> StackFiles:
    """The stacks in `directory`, each judged by itself."""
    try:
        files = sorted(file for file in directory.iterdir() if _STACK_FILE.fullmatch(file.name))
    except OSError as error:
        problem = _file_problem(
            directory,
            f"cannot be read as a directory: {error.strerror}",
            "run in a checkout, or name the directory of the stack files",
        )
        return StackFiles((), (), frozenset(), (problem,))
    if not files:
        problem = _file_problem(
            directory, "holds no stack file", "write a stack's settings to Pulumi.<stack>.yaml in it"
        )
        return StackFiles((), (), frozenset(), (problem,))
    stacks: list[Stack] = []
    outlines: list[Outline] = []
    unreadable: set[str] = set()
    problems: list[Problem] = []
    for file in files:
        match = _STACK_FILE.fullmatch(file.name)
        name = match["name"] if match else ""
        misnamed = _misnamed(file, name)
        if misnamed is not None:
            problems.append(misnamed)
            unreadable.add(name)
            continue
        parsed = read_stack(file, name)
        problems.extend(parsed.problems)
        if parsed.stack is not None:
            stacks.append(parsed.stack)
        if parsed.outline is not None:
            outlines.append(parsed.outline)
        else:
            unreadable.add(name)
    return StackFiles(
        tuple(_with_hubs(stacks, outlines, unreadable)),
        tuple(outlines),
        frozenset(unreadable),
        tuple(problems),
    )


def read_stack(file: Path, name: str) -> Parsed:
    """What `file` says of the stack `name`. Raises nothing for what it holds, or if it cannot be read."""
    content = _content(file)
    if isinstance(content, Problem):
        return Parsed(None, None, (content,))
    return parse_content(file, name, content)


def parse_content(file: Path, name: str, content: bytes) -> Parsed:
    """What `file` would say of the stack `name` if it held `content`. Raises nothing for what that is."""
    try:
        document, problems = read_document(str(file), content)
    except UnreadableError as error:
        return Parsed(None, None, (error.problem,))
    parsed = parse_stack(file, name, document)
    # A value that the reader refused is not judged twice.
    refused = {problem.key_path for problem in problems}
    others = tuple(problem for problem in parsed.problems if problem.key_path not in refused)
    return Parsed(None if problems else parsed.stack, parsed.outline, (*problems, *others))


def is_stack_name(name: str) -> bool:
    """Whether Pulumi takes `name` for a stack, and no file system reads it as a path."""
    return len(name) <= STACK_NAME_LENGTH and _STACK_NAME.fullmatch(name) is not None


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """By file, line and key path, each once."""
    return tuple(sorted(dict.fromkeys(problems), key=lambda problem: problem.order))


def has_errors(problems: Iterable[Problem]) -> bool:
    """Whether one of them is an error."""
    return any(problem.severity == "error" for problem in problems)


def _misnamed(file: Path, name: str) -> Problem | None:
    if not is_stack_name(name):
        return _file_problem(
            file,
            "has no stack's name",
            "name it Pulumi.<stack>.yaml with letters, digits, hyphens, underscores and single full stops",
        )
    if file.name != f"Pulumi.{name}.yaml":
        return _file_problem(
            file, "is not read as a stack file under this name", f"rename it to Pulumi.{name}.yaml"
        )
    return None


def _content(file: Path) -> bytes | Problem:
    try:
        if file.resolve().parent != file.parent.resolve():
            return _file_problem(
                file, "is a link that leads out of the directory", "put the file itself there"
            )
        if not stat.S_ISREG(file.stat().st_mode):
            return _file_problem(file, "is no regular file", "put a file there")
        with file.open("rb") as opened:
            return opened.read(LARGEST_FILE + 1)
    except (OSError, RuntimeError) as error:  # RuntimeError: a loop of links
        reason = getattr(error, "strerror", None) or str(error)
        return _file_problem(file, f"cannot be read: {reason}", "make it a file that you may read")


def _file_problem(file: Path, message: str, remedy: str) -> Problem:
    return Problem("error", str(file), None, "", message, None, remedy)
