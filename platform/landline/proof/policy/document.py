"""The policy document: from JSON text to frozen statements.

By the IAM user guide, "Grammar of the IAM JSON policy language".

Only shape is judged here. What the grammar does not know (an element, an effect, a version) is an error,
never skipped: a statement read wrongly proves nothing.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from landline.errors import UnprovenError

Effect = Literal["Allow", "Deny"]
Version = Literal["2008-10-17", "2012-10-17"]
PrincipalKind = Literal["*", "AWS", "Service", "Federated", "CanonicalUser"]

DEFAULT_POLICY: Final = '{"Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}'
"""What an endpoint without a policy of its own has (AWS PrivateLink guide, "Control access to VPC endpoints
using endpoint policies", Default endpoint policy).
"""


class MalformedPolicyError(UnprovenError):
    """The text is no policy that the grammar allows; what AWS makes of it is unknown."""


@dataclass(frozen=True, slots=True)
class Match:
    """The values of an element, and whether it is the negated one, such as `NotAction`."""

    values: tuple[str, ...]
    negated: bool


@dataclass(frozen=True, slots=True)
class Principals:
    """The principals as (kind, id) pairs; the kind `*` stands for the bare `"*"`."""

    entries: tuple[tuple[PrincipalKind, str], ...]
    negated: bool


@dataclass(frozen=True, slots=True)
class Condition:
    """One operator on one key. `key` is in lower case: key names are not case-sensitive."""

    operator: str
    key: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement; `name` is its Sid, or its place in the document counted from 1."""

    name: str
    effect: Effect
    principals: Principals
    actions: Match
    resources: Match
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """A policy document. Its version is 2008-10-17 when it names none, and then has no policy variables."""

    version: Version
    statements: tuple[Statement, ...]

    @property
    def variables(self) -> bool:
        """Whether `${…}` is a policy variable rather than plain text."""
        return self.version == "2012-10-17"


def parse(text: str | None) -> Document:
    """The document that `text` is; an absent, empty or `*` policy is the default one, full access.

    Raises MalformedPolicyError with every reason found.
    """
    if text is None or text.strip() in ("", "*"):
        return parse(DEFAULT_POLICY)
    try:
        raw: object = json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        if isinstance(error, RecursionError):
            message = "the policy nests deeper than any policy does"
            raise MalformedPolicyError(message) from error
        message = f"the policy is not JSON: {error}; write it as DescribeVpcEndpoints prints it"
        raise MalformedPolicyError(message) from error
    problems: list[str] = []
    document = _document(raw, problems)
    if problems or document is None:
        raise MalformedPolicyError("; ".join(problems) or "the policy is no JSON object")
    return document


def _unique(pairs: Iterable[tuple[str, object]]) -> dict[str, object]:
    read: dict[str, object] = {}
    for key, value in pairs:
        if key in read:
            message = f"the element {key!r} stands twice in one object"
            raise ValueError(message)
        read[key] = value
    return read


def _no_constant(name: str) -> object:
    message = f"{name} is no JSON value"
    raise ValueError(message)


def _document(raw: object, problems: list[str]) -> Document | None:
    if not isinstance(raw, dict):
        problems.append(f"the policy is a JSON {type(raw).__name__}, not an object")
        return None
    _known(raw, {"Version", "Id", "Statement"}, "the policy", problems)
    version = raw.get("Version", "2008-10-17")
    if version not in ("2008-10-17", "2012-10-17"):
        problems.append(f"Version is {version!r}; write 2012-10-17")
        return None
    found = raw.get("Statement")
    if not isinstance(found, (dict, list)):
        problems.append("Statement is missing, or neither an object nor a list of objects")
        return None
    statements: list[Statement] = []
    for place, item in enumerate(found if isinstance(found, list) else [found], start=1):
        statement = _statement(item, place, problems)
        if statement is not None:
            statements.append(statement)
    names = [statement.name for statement in statements]
    problems.extend(
        f"two statements have the Sid {name!r}" for name in sorted(set(names)) if names.count(name) > 1
    )
    return Document("2012-10-17" if version == "2012-10-17" else "2008-10-17", tuple(statements))


def _known(raw: Mapping[str, object], names: set[str], where: str, problems: list[str]) -> None:
    problems.extend(f"{where} has the unknown element {name!r}" for name in raw if name not in names)


def _statement(raw: object, place: int, problems: list[str]) -> Statement | None:
    if not isinstance(raw, dict):
        problems.append(f"statement {place} is no JSON object")
        return None
    sid = raw.get("Sid")
    name = sid if isinstance(sid, str) and sid else f"#{place}"
    where = f"statement {name}"
    before = len(problems)
    known = {"Sid", "Effect", "Condition"}
    known |= {prefix + element for prefix in ("", "Not") for element in ("Action", "Resource", "Principal")}
    _known(raw, known, where, problems)
    if sid is not None and not isinstance(sid, str):
        problems.append(f"{where}: Sid is {sid!r}, not a text")
    effect = raw.get("Effect")
    if effect not in ("Allow", "Deny"):
        problems.append(f"{where}: Effect is {effect!r}; write Allow or Deny")
    actions = _match(raw, "Action", where, problems)
    resources = _match(raw, "Resource", where, problems)
    principals = _principals(raw, where, problems)
    conditions = _conditions(raw.get("Condition", {}), where, problems)
    if len(problems) > before or actions is None or resources is None or principals is None:
        return None
    return Statement(
        name, "Allow" if effect == "Allow" else "Deny", principals, actions, resources, conditions
    )


def _which(
    raw: Mapping[str, object], element: str, where: str, problems: list[str]
) -> tuple[object, bool] | None:
    plain, negated = element in raw, f"Not{element}" in raw
    if plain == negated:
        problems.append(
            f"{where} needs either {element} or Not{element}, and has {'both' if plain else 'neither'}"
        )
        return None
    return (raw[element], False) if plain else (raw[f"Not{element}"], True)


def _match(raw: Mapping[str, object], element: str, where: str, problems: list[str]) -> Match | None:
    found = _which(raw, element, where, problems)
    if found is None:
        return None
    values = _texts(found[0])
    if values is None:
        problems.append(f"{where}: {element} is neither a text nor a list of texts with an entry")
        return None
    return Match(values, found[1])


def _texts(raw: object) -> tuple[str, ...] | None:
    """A text or a list of texts with at least one entry."""
    items: Sequence[object] = raw if isinstance(raw, list) else [raw]
    texts = tuple(item for item in items if isinstance(item, str))
    return texts if texts and len(texts) == len(items) else None


_KINDS: Final[tuple[PrincipalKind, ...]] = ("AWS", "Service", "Federated", "CanonicalUser")


def _principals(raw: Mapping[str, object], where: str, problems: list[str]) -> Principals | None:
    found = _which(raw, "Principal", where, problems)
    if found is None:
        return None
    value, negated = found
    if value == "*":
        return Principals((("*", "*"),), negated)
    if not isinstance(value, dict) or not value:
        problems.append(f'{where}: Principal is {value!r}; write "*" or {{"AWS": "arn:…"}}')
        return None
    _known(value, set(_KINDS), f"{where}: Principal", problems)
    entries: list[tuple[PrincipalKind, str]] = []
    for kind in _KINDS:
        if kind in value:
            texts = _texts(value[kind])
            if texts is None:
                problems.append(
                    f"{where}: Principal {kind} is neither a text nor a list of texts with an entry"
                )
                return None
            entries.extend((kind, text) for text in texts)
    return Principals(tuple(entries), negated)


def _conditions(raw: object, where: str, problems: list[str]) -> tuple[Condition, ...]:
    if not isinstance(raw, dict):
        problems.append(f"{where}: Condition is no JSON object")
        return ()
    conditions: list[Condition] = []
    for operator, keys in raw.items():
        if not isinstance(keys, dict) or not keys:
            problems.append(f"{where}: Condition {operator} is no JSON object with a key")
            continue
        seen: set[str] = set()
        for key, value in keys.items():
            values = _scalars(value)
            if values is None:
                problems.append(f"{where}: Condition {operator} {key} has no values, or one that is no text")
            elif key.lower() in seen:
                problems.append(
                    f"{where}: Condition {operator} names the key {key} twice, in different cases"
                )
            else:
                seen.add(key.lower())
                conditions.append(Condition(operator, key.lower(), values))
    return tuple(conditions)


def _scalars(raw: object) -> tuple[str, ...] | None:
    """Texts, numbers and booleans as texts; quotation marks are optional for the latter two."""
    items: Sequence[object] = raw if isinstance(raw, list) else [raw]
    texts: list[str] = []
    for item in items:
        if isinstance(item, bool):
            texts.append("true" if item else "false")
        elif isinstance(item, (str, int, float)):
            texts.append(str(item))
        else:
            return None
    return tuple(texts) or None
