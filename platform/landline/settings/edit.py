"""Changes single values of a stack file's text, and leaves every other byte as it is.

An edit is made on the text and not on parsed values, so that comments, order, quotes and line endings stay.
Afterwards the new text is read again, and must say what it said before, with the change and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import yaml

from landline.errors import UsageError
from landline.settings.document import UnreadableError, read_document
from landline.settings.problem import key_path

if TYPE_CHECKING:
    from landline.settings.document import Value

Keys = tuple[str, ...]
Written = str | date | Mapping[str, "Written"] | tuple[str, ...]
"""What an edit can write: text, dates, lists of texts and mappings."""

_PLAIN = re.compile(r"[A-Za-z](?:[A-Za-z0-9._/@+-]| (?=[A-Za-z0-9]))*", re.ASCII)
_ONE_LINE = 1 << 30
_NOT_TEXT = frozenset(("true", "false", "null", "yes", "no", "on", "off", "y", "n"))


@dataclass(frozen=True, slots=True)
class Edit:
    """One change: the value at `keys` becomes `value`, or goes with its key where `value` is None.

    The mapping above it must exist, apart from the last one, which is added when it is missing.
    """

    keys: Keys
    value: Written | None


def edited(file: str, text: str, *edits: Edit) -> str:
    """`text` with the changes made one after the other.

    `file` is named in errors. Raises `UsageError` if `text` cannot be read as a stack file, a key is not
    there, or the place is written in a way that cannot be changed without touching its surroundings; the
    message says what to write by hand.
    """
    for edit in edits:
        before = _values(file, text)
        new = _applied(file, text, edit)
        if _values(file, new) != _expected(file, before, edit):
            raise _by_hand(file, edit)
        text = new
    return text


def written(value: Written) -> str:
    """`value` as a stack file spells it, on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {written(item)}" for key, item in value.items()) + "}"
    if isinstance(value, tuple):
        return "[" + ", ".join(written(item) for item in value) + "]"
    if isinstance(value, date):
        return f'"{value.isoformat()}"'  # without the quotes Pulumi rewrites it as a time of day
    if _PLAIN.fullmatch(value) and value.lower() not in _NOT_TEXT:
        return value
    quoted: str = yaml.safe_dump(value, default_style='"', width=_ONE_LINE)
    return quoted.removesuffix("\n")


def _values(file: str, text: str) -> Value:
    try:
        document, problems = read_document(file, text.encode())
    except UnreadableError as error:
        raise UsageError(str(error.problem)) from None
    if problems:
        raise UsageError("\n".join(str(problem) for problem in problems))
    return dict(document.root)


def _expected(file: str, before: Value, edit: Edit) -> Value:
    def changed(value: Value, keys: Keys) -> Value:
        inside = {} if value is None else value
        if not isinstance(inside, dict):
            raise _by_hand(file, edit)
        key, rest = keys[0], keys[1:]
        kept = dict(inside)
        if rest:
            kept[key] = changed(inside.get(key), rest)
        elif edit.value is None:
            kept.pop(key, None)
        else:
            kept[key] = _plain(edit.value)
        return kept

    return changed(before, edit.keys)


def _plain(value: Written) -> Value:
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return value.isoformat() if isinstance(value, date) else value


def _applied(file: str, text: str, edit: Edit) -> str:
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    key: yaml.Node | None = None
    for step, name in enumerate(edit.keys):
        last = step == len(edit.keys) - 1
        if not isinstance(node, yaml.MappingNode):
            empty = isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:null"
            if last and edit.value is not None and key is not None and node is not None and empty:
                return _filled(text, key, node, name, edit.value)
            raise _by_hand(file, edit)
        found = next((pair for pair in node.value if pair[0].value == name), None)
        if found is None:
            return _without_key(file, text, node, step, edit)
        if last and edit.value is None:
            return _removed(text, node, found[0], key)
        key, node = found
    if edit.value is None:
        raise _by_hand(file, edit)
    if isinstance(node, yaml.ScalarNode) and node.style not in ("|", ">"):
        new = written(edit.value)
        if node.start_mark.index == node.end_mark.index:
            new = f" {new}"
        return text[: node.start_mark.index] + new + text[node.end_mark.index :]
    if isinstance(node, yaml.CollectionNode) and node.flow_style:
        return text[: node.start_mark.index] + written(edit.value) + text[node.end_mark.index :]
    raise _by_hand(file, edit)


def _without_key(file: str, text: str, node: yaml.MappingNode, step: int, edit: Edit) -> str:
    """`text` where the key at `step` of the edit is missing from `node`."""
    rest = edit.keys[step + 1 :]
    if edit.value is None:
        raise UsageError(
            f"{file}: {_shown(edit.keys)}: is not there, so it cannot be removed; check its name"
        )
    if len(rest) > 1:
        raise _by_hand(file, edit)
    value: Written = {rest[0]: edit.value} if rest else edit.value
    return _added(text, node, edit.keys[step], value)


def _added(text: str, node: yaml.MappingNode, name: str, value: Written) -> str:
    entry = f"{name}: {written(value)}"
    if node.flow_style:
        if not node.value:
            at = node.start_mark.index + 1
            return text[:at] + entry + text[at:]
        at = _end(node.value[-1][1])
        return f"{text[:at]}, {entry}{text[at:]}"
    newline = _newline(text)
    indent = " " * node.value[0][0].start_mark.column
    at = _end(node.value[-1][1])
    if text[at - 1 : at] != "\n":
        at = _next_line(text, at)
    # Comments below the last entry are about it, or about what once stood there.
    while re.match(rf"{indent}[ \t]*#", text[at : _next_line(text, at)]):
        at = _next_line(text, at)
    before = "" if text[at - 1 : at] == "\n" else newline
    return f"{text[:at]}{before}{indent}{entry}{newline}{text[at:]}"


def _filled(text: str, key: yaml.Node, node: yaml.Node, name: str, value: Written) -> str:
    """`text` with an entry in a mapping of which only the key is written."""
    entry = written({name: value})
    if node.start_mark.index < node.end_mark.index:
        return text[: node.start_mark.index] + entry + text[node.end_mark.index :]
    at = text.index(":", key.end_mark.index) + 1
    return f"{text[:at]} {entry}{text[at:]}"


def _removed(text: str, node: yaml.MappingNode, key: yaml.Node, above: yaml.Node | None) -> str:
    """`text` without the entry of `key` in `node`, which is the value of the key `above`."""
    position = next(at for at, pair in enumerate(node.value) if pair[0] is key)
    value = node.value[position][1]
    if node.flow_style:
        if len(node.value) == 1:
            start, end = node.start_mark.index + 1, node.end_mark.index - 1
        elif position == len(node.value) - 1:
            start, end = _end(node.value[position - 1][1]), _end(value)
        else:
            start, end = key.start_mark.index, node.value[position + 1][0].start_mark.index
        return text[:start] + text[end:]
    start = text.rfind("\n", 0, key.start_mark.index) + 1
    end = _end(value)
    if text[end - 1 : end] != "\n":
        end = _next_line(text, end)
    if len(node.value) > 1 or above is None:
        return text[:start] + text[end:]
    # The mapping stays, empty: nothing at all would read as null.
    at = text.index(":", above.end_mark.index) + 1
    return f"{text[:at]} {{}}{text[at:start]}{text[end:]}"


def _end(node: yaml.Node) -> int:
    """Where a value ends: a block collection's own mark lies behind the comments that follow it."""
    while isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        node = last[1] if isinstance(last, tuple) else last
    index: int = node.end_mark.index
    return index


def _next_line(text: str, at: int) -> int:
    line_end = text.find("\n", at)
    return len(text) if line_end < 0 else line_end + 1


def _newline(text: str) -> str:
    first = text.find("\n")
    return "\r\n" if first > 0 and text[first - 1] == "\r" else "\n"


def _shown(keys: Keys) -> str:
    return key_path(keys[1:] if keys[0] == "config" else keys)


def _by_hand(file: str, edit: Edit) -> UsageError:
    what = "remove it" if edit.value is None else f"write {edit.keys[-1]}: {written(edit.value)}"
    return UsageError(
        f"{file}: {_shown(edit.keys)}: is written in a way that cannot be changed without touching what "
        f"stands around it; {what} there by hand"
    )
