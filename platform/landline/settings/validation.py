"""From a stack file's values to a `Stack`, with every problem in the project's own words."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from landline.settings.backends import BACKEND_KINDS
from landline.settings.by_key import ByKey
from landline.settings.common import Settings
from landline.settings.fields import Place
from landline.settings.outline import Outline, outline
from landline.settings.problem import Problem, Severity, key_path, shorten
from landline.settings.regions import REGION_CODE, ZONE_PREFIXES
from landline.settings.stack import SETTINGS, AnySettings, Kind, Positions, Stack

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic_core import ErrorDetails

    from landline.settings.document import Document
    from landline.settings.document import Path as Keys

PULUMI_KEYS = ("config", "encryptedkey", "encryptionsalt", "environment", "secretsprovider")
"""What a stack file may hold besides its configuration ("Pulumi project and stack configuration, Stack
settings file")."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a stack file holds."""

    stack: Stack | None
    """None if a problem is an error."""
    outline: Outline | None
    """None if the file does not say which kind of stack it describes."""
    problems: tuple[Problem, ...]
    """All of them, not the first only."""


def parse_stack(file: Path, name: str, document: Document) -> Parsed:
    """What `document` says of the stack `name`. Raises nothing for what it holds."""
    parser = _Parser(file, name, document)
    stack = parser.parse()
    errors = any(problem.severity == "error" for problem in parser.problems)
    return Parsed(None if errors else stack, parser.outline, tuple(parser.problems))


def closest(word: str, known: Iterable[str]) -> str | None:
    """The known word that `word` most likely stands for, or None."""
    # One wrong letter of two or three is a larger part of the word.
    cutoff = 0.5 if len(word) <= 3 else 0.6
    return next(iter(difflib.get_close_matches(word[:100], sorted(known), n=1, cutoff=cutoff)), None)


class _Parser:
    def __init__(self, file: Path, name: str, document: Document) -> None:
        self.file = file
        self.name = name
        self.document = document
        self.problems: list[Problem] = []
        self.outline: Outline | None = None

    def parse(self) -> Stack | None:
        for key in self.document.root:
            if key not in PULUMI_KEYS:
                self.unknown((key,), PULUMI_KEYS)
        config = self.document.root.get("config")
        if not isinstance(config, dict):
            self.report(
                (),
                "has no `config:` mapping",
                "write `config:` with aws:region and one landline:<kind> under it",
            )
            return None
        region = self.region(config)
        kind = self.kind(config)
        return None if kind is None else self.settings(kind, config[f"landline:{kind}"], region)

    def region(self, config: Mapping[str, Any]) -> str | None:
        keys = ("config", "aws:region")
        remedy = "write the Region's code: aws:region: eu-west-1"
        if "aws:region" not in config:
            self.report(keys, "is missing", remedy)
            return None
        region = config["aws:region"]
        if not isinstance(region, str) or not REGION_CODE.fullmatch(region):
            self.report(keys, "is no AWS Region", remedy)
            return None
        if region not in ZONE_PREFIXES:
            guess = closest(region, ZONE_PREFIXES)
            self.report(
                keys,
                "is no Region that this version of landline knows, so its zones are not checked",
                f"write {guess} if you meant that" if guess else "check its spelling",
                severity="warning",
            )
        return region

    def kind(self, config: Mapping[str, Any]) -> Kind | None:
        known = tuple(f"landline:{kind}" for kind in SETTINGS)
        for key in config:
            if ":" not in key:
                guess = closest(f"landline:{key}", known)
                self.report(
                    ("config", key),
                    "is a key without a namespace",
                    f"write {guess}" if guess else f"write <namespace>:{shorten(key)}",
                )
            elif key.split(":", 1)[0] == "landline" and key not in known:
                self.unknown(("config", key), known)
        found: list[Kind] = [kind for kind in SETTINGS if f"landline:{kind}" in config]
        if len(found) == 1:
            return found[0]
        if found:
            self.report(
                ("config", f"landline:{found[1]}"),
                f"stands beside landline:{found[0]}, and a file describes one stack",
                "write a file for each",
            )
        elif not any(key.startswith("landline:") or ":" not in key for key in config):
            self.report(("config",), "says of no kind what it is", f"write one of {', '.join(known)}")
        return None

    def settings(self, kind: Kind, raw: object, region: str | None) -> Stack | None:
        root = ("config", f"landline:{kind}")
        account = raw.get("account") if isinstance(raw, dict) else None
        known_account = account if isinstance(account, str) and re.fullmatch(r"[0-9]{12}", account) else None
        model = SETTINGS[kind]
        positions = self.positions(root)
        self.outline = outline(
            self.name, self.file, kind, region, raw if isinstance(raw, dict) else {}, positions
        )
        try:
            settings = model.model_validate(raw, context=Place(region, known_account))
        except ValidationError as error:
            for details in error.errors(include_url=False):
                self.translate(model, root, raw, details)
            return None
        return None if region is None else Stack(self.name, self.file, region, settings, positions)

    def positions(self, root: Keys) -> Positions:
        size = len(root)
        return Positions(
            lines={
                key_path(keys[1:]): line for keys, line in self.document.lines.items() if keys[:size] == root
            },
            texts={
                key_path(keys[1:]): text for keys, text in self.document.texts.items() if keys[:size] == root
            },
        )

    def translate(self, model: type[AnySettings], root: Keys, raw: object, details: ErrorDetails) -> None:
        keys = locate(raw, details["loc"])
        example = example_at(model, keys, raw)
        match details["type"]:
            case "extra_forbidden":
                parent = model_at(model, keys[:-1], raw)
                known = keys_at(model, keys[:-1], raw)
                refused = None if parent is None else parent.refused_keys.get(str(keys[-1]))
                if refused is None:
                    self.unknown((*root, *keys), known)
                else:
                    self.report((*root, *keys), *refused)
            case "landline":
                context = details.get("ctx", {})
                self.report((*root, *keys), str(context["message"]), str(context["remedy"]))
            case "missing":
                self.report((*root, *keys), "is missing", f"write {keys[-1]}: {example}")
            case "union_tag_not_found":
                self.report((*root, *keys, "kind"), "is missing", f"write kind: {' or '.join(BACKEND_KINDS)}")
            case "union_tag_invalid":
                tag = str(details.get("ctx", {}).get("tag", ""))
                self.choice((*root, *keys, "kind"), tag, BACKEND_KINDS)
            case "literal_error" if isinstance(value_at(raw, keys), Mapping):
                own = ", ".join(str(key) for key in _keys_of(value_at(raw, keys)))
                remedy = f"write a mapping instead of the list, {own} as it is and the others with {{}}"
                self.report((*root, *keys), "is a mapping, and the others of the list are names", remedy)
            case "literal_error":
                choices = choices_at(model, keys, raw)
                self.choice((*root, *keys), self.document.texts.get((*root, *keys), ""), choices)
            case "too_short" if len(_keys_of(value_at(raw, keys))) >= details.get("ctx", {}).get(
                "min_length", 0
            ):
                pass  # Enough entries are there; those that are wrong are reported themselves.
            case kind:
                message, remedy = _WORDS.get(kind, (details["msg"], "write for example {example}"))
                context = {"example": example, **details.get("ctx", {})}
                self.report((*root, *keys), message.format_map(context), remedy.format_map(context))

    def choice(self, keys: Keys, word: str, choices: Collection[str]) -> None:
        guess = closest(word, choices)
        known = ", ".join(sorted(choices))
        if len(choices) == 1:
            self.report(keys, f"can only be {known}", f"write {known}, or leave it out")
            return
        self.report(
            keys,
            "is not one of the known values",
            f"did you mean {guess}? known: {known}" if guess else f"write one of {known}",
        )

    def unknown(self, keys: Keys, known: Iterable[str]) -> None:
        word = str(keys[-1])
        guess = closest(word, known)
        listed = ", ".join(sorted(known))
        self.report(
            keys,
            "is an unknown key",
            f"did you mean {guess}? known: {listed}" if guess else f"remove it; known: {listed}",
        )

    def report(self, keys: Keys, message: str, remedy: str, *, severity: Severity = "error") -> None:
        line = next(
            (
                self.document.lines[keys[:size]]
                for size in range(len(keys), 0, -1)
                if keys[:size] in self.document.lines
            ),
            None,
        )
        shown = keys[1:] if len(keys) > 1 and keys[0] == "config" else keys
        text = self.document.texts.get(keys)
        self.problems.append(Problem(severity, str(self.file), line, key_path(shown), message, text, remedy))


_WORDS = {
    "bool_type": ("is neither true nor false", "write true or false"),
    "dict_type": ("is no mapping", "write {example}"),
    "mapping_type": ("is no mapping", "write {example}"),
    "model_type": ("is no mapping", "write {example}"),
    "model_attributes_type": ("is no mapping", "write {example}"),
    "tuple_type": ("is no list", "write {example}"),
    "string_type": ("is no text", "write for example {example}"),
    "string_pattern_mismatch": ("has not the form that is wanted", "write for example {example}"),
    "int_type": ("is no whole number", "write for example {example}"),
    "greater_than_equal": ("is too small", "write {ge} or more"),
    "less_than_equal": ("is too large", "write {le} or less"),
    "too_short": (
        "holds too few: {min_length} or more are needed",
        "write for example {example}",
    ),
    "too_long": ("holds too many: {max_length} are the most", "write fewer"),
}


_UNIONS: Mapping[int | str, Collection[str]] = {"backend": BACKEND_KINDS, "aws": ("list", "mapping")}
"""How pydantic tells apart the forms that a key's value may have."""


def locate(raw: object, loc: tuple[int | str, ...]) -> Keys:
    """The keys in the file behind a pydantic location.

    A location also names the members of unions, and says `[key]` when a mapping's key is wrong.
    """
    keys: list[int | str] = []
    value: Any = raw
    for at, step in enumerate(loc):
        last = at == len(loc) - 1
        if step == "[key]" or step in _UNIONS.get(keys[-1] if keys else "", ()):
            continue
        if step in _keys_of(value):
            value = value[step]
        elif not last:
            continue
        keys.append(step)
    return tuple(keys)


def value_at(raw: object, keys: Keys) -> object:
    """The file's value at `keys`, or None."""
    value: Any = raw
    for key in keys:
        if key not in _keys_of(value):
            return None
        value = value[key]
    return value


def _keys_of(value: object) -> Collection[int | str]:
    if isinstance(value, Mapping):
        return value.keys()
    return range(len(value)) if isinstance(value, tuple) else ()


def annotation_at(annotation: Any, keys: Keys, raw: object) -> Any:  # noqa: ANN401 - annotations share no type
    """The type that the settings want at `keys`, or None where there is no such place.

    `raw`, the file's values, tells the kind of a backend.
    """
    members = _members(annotation)
    models = [member for member in members if isinstance(member, type) and issubclass(member, BaseModel)]
    if len(models) > 1:
        kind = raw.get("kind") if isinstance(raw, Mapping) else None
        models = [model for model in models if kind in get_args(model.model_fields["kind"].annotation)]
    if not keys:
        return models[0] if models else annotation
    key, rest = keys[0], keys[1:]
    inner = raw.get(key) if isinstance(raw, Mapping) else None
    if models:
        found = models[0].model_fields.get(str(key))
        return None if found is None else annotation_at(found.annotation, rest, inner)
    for member in members:
        origin, args = get_origin(member), get_args(member)
        if isinstance(member, ByKey) and key in member.models:
            return annotation_at(member.models[str(key)], rest, inner)
        if origin is Mapping:
            return annotation_at(args[1], rest, inner)
        if origin is tuple and isinstance(key, int):
            return annotation_at(args[0], rest, None)
    return None


def model_at(model: type[Settings], keys: Keys, raw: object) -> type[Settings] | None:
    """The settings model at `keys`, or None if there is something else."""
    found = annotation_at(model, keys, raw)
    return found if isinstance(found, type) and issubclass(found, Settings) else None


def keys_at(model: type[Settings], keys: Keys, raw: object) -> tuple[str, ...]:
    """The keys that may stand in the mapping at `keys`."""
    found = annotation_at(model, keys, raw)
    if isinstance(found, type) and issubclass(found, Settings):
        return tuple(found.model_fields)
    return tuple(name for member in _members(found) if isinstance(member, ByKey) for name in member.models)


def choices_at(model: type[Settings], keys: Keys, raw: object) -> tuple[str, ...]:
    """The words that may stand at `keys`."""
    return tuple(
        flow(choice)
        for member in _members(annotation_at(model, keys, raw))
        if get_origin(member) is Literal
        for choice in get_args(member)
    )


def example_at(model: type[Settings], keys: Keys, raw: object) -> str:
    """An example of what may stand at `keys`, or at the key above them that has one."""
    for size in range(len(keys), 0, -1):
        parent = model_at(model, keys[: size - 1], raw)
        found = None if parent is None else parent.model_fields.get(str(keys[size - 1]))
        if parent is None and size == len(keys) and keys_at(model, keys[:-1], raw):
            return "{}"
        if found is not None and found.examples:
            return (
                flow(found.examples[0])
                if size == len(keys)
                else f"{keys[size - 1]}: {flow(found.examples[0])}"
            )
        if found is not None and size == len(keys):
            choices = choices_at(model, keys, raw)
            if choices:
                return " or ".join(choices)
    return f"what schema.json allows for {model.__name__}"


def flow(value: object) -> str:
    """A value as it is written in YAML, on one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(flow(item) for item in value) + "]"
    return f'"{value}"' if isinstance(value, str) and value.isdecimal() else str(value)


def _strip(annotation: Any) -> Any:  # noqa: ANN401 - annotations share no type
    while get_origin(annotation) is Annotated:
        first, *more = get_args(annotation)
        annotation = next((part for part in more if isinstance(part, ByKey)), first)
    return annotation


def _members(annotation: Any) -> tuple[Any, ...]:  # noqa: ANN401 - annotations share no type
    annotation = _strip(annotation)
    if get_origin(annotation) in (Union, UnionType):
        return tuple(
            member for part in get_args(annotation) for member in _members(part) if member is not type(None)
        )
    return (annotation,)
