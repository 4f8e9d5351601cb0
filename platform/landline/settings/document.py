"""Reads one stack file: plain values, and where in the file each of them stands.

A stack file is a small part of YAML. Aliases, tags and merge keys are refused, so that a file cannot be
larger than it looks; numbers with a leading zero are refused, because some readers take them for octal.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

import yaml

from landline.settings.problem import Problem, key_path, shorten

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LARGEST_FILE = 1 << 20
"""In bytes."""
DEEPEST_NESTING = 32

Path = tuple[str | int, ...]
Value = None | bool | int | float | str | date | dict[str, "Value"] | tuple["Value", ...]

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # PyYAML built without libyaml has no C loader
_NULL = frozenset(("", "~", "null", "Null", "NULL"))
_BOOLEAN = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INTEGER = re.compile(r"[-+]?[0-9]+", re.ASCII)
_LEADING_ZERO = re.compile(r"[-+]?0[0-9]+", re.ASCII)
_FLOAT = re.compile(r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))(?:[eE][-+]?[0-9]+)?", re.ASCII)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_LONGEST_NUMBER = 20
"""In characters: a longer number is none that a stack file can mean, and stays text."""


@dataclass(frozen=True, slots=True)
class Document:
    """A stack file's values. Lists are tuples; only dates, numbers, true, false and null are not text."""

    root: Mapping[str, Value]
    lines: Mapping[Path, int] = field(default_factory=dict)
    """The line of each key's or item's value, counted from 1."""
    texts: Mapping[Path, str] = field(default_factory=dict)
    """Each plain or quoted value as the file spells it."""


class UnreadableError(Exception):
    """A file that cannot be read as a stack file at all. Carries its one problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


def read_document(file: str, content: bytes) -> tuple[Document, tuple[Problem, ...]]:
    """The values in `content`, and what is wrong with single ones.

    Single ones are keys given twice and numbers with a leading zero. Raises `UnreadableError` if `content` is
    no YAML, no mapping, larger than `LARGEST_FILE`, nested deeper than `DEEPEST_NESTING`, or uses aliases,
    tags or several documents.
    """
    return _Reader(file).read(content)


class _Reader:
    def __init__(self, file: str) -> None:
        self.file = file
        self.lines: dict[Path, int] = {}
        self.texts: dict[Path, str] = {}
        self.problems: list[Problem] = []
        self.reached: Path = ()
        """The last key that was read: where a mistake of grammar is, as far as it can be told."""

    def read(self, content: bytes) -> tuple[Document, tuple[Problem, ...]]:
        if len(content) > LARGEST_FILE:
            raise self.unreadable(
                None, (), f"is larger than {LARGEST_FILE} bytes", "write one stack's settings only"
            )
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            raise self.unreadable(
                line, (), f"is not UTF-8 text (line {line})", "save the file as UTF-8"
            ) from None
        try:
            root = self.document(iter(yaml.parse(text, Loader=_LOADER)))
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line = 1 if mark is None else mark.line + 1
            raise self.unreadable(
                line,
                self.reached,
                f"is no YAML (line {line}): {error.problem or error.context}",
                "correct the indentation, quotes and brackets there",
            ) from None
        except yaml.reader.ReaderError as error:
            line = text.count("\n", 0, error.position) + 1
            raise self.unreadable(
                line,
                (),
                f"holds a character that YAML does not allow (line {line})",
                "remove it, or escape it in quotes",
            ) from None
        return Document(root, self.lines, self.texts), tuple(self.problems)

    def document(self, events: Iterator[Any]) -> Mapping[str, Value]:
        root: Value = None
        documents = 0
        for event in events:
            match event:
                case yaml.DocumentStartEvent():
                    documents += 1
                    if documents > 1:
                        raise self.unreadable(
                            _line(event),
                            (),
                            "holds more than one document",
                            "write one file for each stack",
                        )
                case yaml.StreamStartEvent() | yaml.StreamEndEvent() | yaml.DocumentEndEvent():
                    pass
                case _:
                    root = self.value(event, events, ())
        if not isinstance(root, dict):
            raise self.unreadable(
                None, (), "holds no mapping", "write `config:` with the stack's keys under it"
            )
        return root

    def value(self, event: Any, events: Iterator[Any], path: Path) -> Value:  # noqa: ANN401 - yaml's events share no type
        line = _line(event)
        self.lines[path] = line
        if len(path) > DEEPEST_NESTING:
            raise self.unreadable(
                line, path[:3], f"is nested deeper than {DEEPEST_NESTING} levels", "write it flat"
            )
        if event.anchor is not None:
            raise self.unreadable(
                line,
                path,
                "uses an anchor or alias, and a stack file must say everything where it stands",
                "write it out",
            )
        if event.tag is not None and event.tag != "!":
            raise self.unreadable(line, path, f"has the tag {shorten(event.tag)}", "remove the tag")
        match event:
            case yaml.MappingStartEvent():
                return self.mapping(events, path)
            case yaml.SequenceStartEvent():
                return self.sequence(events, path)
            case _:
                return self.scalar(event, path, line)

    def mapping(self, events: Iterator[Any], path: Path) -> dict[str, Value]:
        found: dict[str, Value] = {}
        first_lines: dict[str, int] = {}
        while not isinstance(event := next(events), yaml.MappingEndEvent):
            line = _line(event)
            if (
                not isinstance(event, yaml.ScalarEvent)
                or event.anchor is not None
                or event.tag not in (None, "!")
            ):
                raise self.unreadable(
                    line, path, "has a key that is no plain text", "write each key as a word"
                )
            if event.value == "<<" and event.implicit[0]:
                raise self.unreadable(line, path, "uses a merge key (<<)", "write the keys out")
            key = event.value
            self.reached = (*path, key)
            if key in found:
                self.value(next(events), events, (*path, key))
                self.problems.append(
                    self.problem(
                        line,
                        (*path, key),
                        f"is given twice, first in line {first_lines[key]}",
                        None,
                        "keep one of the two",
                    )
                )
                continue
            first_lines[key] = line
            found[key] = self.value(next(events), events, (*path, key))
        return found

    def sequence(self, events: Iterator[Any], path: Path) -> tuple[Value, ...]:
        found: list[Value] = []
        while not isinstance(event := next(events), yaml.SequenceEndEvent):
            found.append(self.value(event, events, (*path, len(found))))
        return tuple(found)

    def scalar(self, event: Any, path: Path, line: int) -> Value:  # noqa: ANN401 - yaml's events share no type
        text: str = event.value
        self.texts[path] = text
        if not event.implicit[0]:
            return text
        if text in _NULL:
            return None
        if text in _BOOLEAN:
            return _BOOLEAN[text]
        if _LEADING_ZERO.fullmatch(text) and _is_ours(path):
            self.problems.append(
                self.problem(
                    line,
                    path,
                    "is a number with a leading zero, which YAML readers take for octal",
                    text,
                    f'write it in quotes: "{shorten(text)}"',
                )
            )
            return text
        if len(text) <= _LONGEST_NUMBER and _INTEGER.fullmatch(text):
            return int(text)
        if len(text) <= _LONGEST_NUMBER and _FLOAT.fullmatch(text):
            return float(text)
        if _DATE.fullmatch(text):
            try:
                return date.fromisoformat(text)
            except ValueError:
                return text
        return text

    def problem(self, line: int | None, path: Path, message: str, value: str | None, remedy: str) -> Problem:
        shown = path[1:] if path[:1] == ("config",) and len(path) > 1 else path
        return Problem("error", self.file, line, key_path(shown), message, value, remedy)

    def unreadable(self, line: int | None, path: Path, message: str, remedy: str) -> UnreadableError:
        return UnreadableError(self.problem(line, path, message, None, remedy))


def _is_ours(path: Path) -> bool:
    """Other packages' configuration is Pulumi's to read."""
    return len(path) > 1 and path[0] == "config" and str(path[1]).startswith(("landline:", "aws:region"))


def _line(event: yaml.Event) -> int:
    return 1 if event.start_mark is None else event.start_mark.line + 1
