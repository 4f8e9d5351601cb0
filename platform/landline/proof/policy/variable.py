"""Which values to try for the keys that a document's policy variables bring in.

Accounts and organisations that neither the policy nor the perimeter names are alike: renaming them changes no
answer. Where a variable only ever stands for a whole value of such a key, one unnamed value therefore speaks
for all, and the values tried are exhaustive. Elsewhere the remaining values are left to the two readings of
the policy.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from landline.proof.policy.document import Condition, Document
from landline.proof.policy.scenario import Perimeter
from landline.proof.policy.statement import Compiler


@dataclass(frozen=True, slots=True)
class Tried:
    """Values for one key; `exhaustive` when every other value behaves as one of them."""

    values: tuple[str, ...]
    exhaustive: bool = False


_ACCOUNT_KEYS: Final = frozenset({"aws:principalaccount", "aws:resourceaccount", "s3:resourceaccount"})
_ORGANIZATION_KEYS: Final = frozenset({"aws:principalorgid", "aws:resourceorgid"})
_ACCOUNT: Final = re.compile(r"(?<!\d)\d{12}(?!\d)")
_ACCOUNT_PART: Final = re.compile(r"\d[*?]|[*?]\d")
_ORGANIZATION: Final = re.compile(r"\bo-[a-z0-9-]+")
_UNNAMED_ACCOUNTS: Final = ("999999999999", "888888888888", "777777777777", "666666666666")
_UNNAMED_ORGANIZATIONS: Final = ("o-elsewhere0", "o-elsewhere1", "o-elsewhere2", "o-elsewhere3")
_MOST: Final = 8


def values_to_try(compiler: Compiler, text: str, perimeter: Perimeter) -> Mapping[str, Tried]:
    """For each key that a policy variable of the document names, the values to try."""
    document = compiler.document
    keys = sorted({key for statement in document.statements for key in compiler.references(statement)})
    found: dict[str, Tried] = {}
    for key in keys:
        if key in _ACCOUNT_KEYS:
            named = dict.fromkeys(_ACCOUNT.findall(text))
            ours = [account for account in sorted(perimeter.accounts) if account not in named][:1]
            anonymous = ["anonymous"] if key == "aws:principalaccount" else []
            count = sum(other in _ACCOUNT_KEYS for other in keys)
            values = [
                *_unnamed(_UNNAMED_ACCOUNTS, named, perimeter.accounts, count),
                *named,
                *ours,
                *anonymous,
            ]
            alike = _whole(document, key, _ACCOUNT_KEYS) and _ACCOUNT_PART.search(text) is None
            found[key] = Tried(tuple(values[:_MOST]), alike and len(values) <= _MOST)
        elif key in _ORGANIZATION_KEYS:
            ours = [perimeter.organization] if perimeter.organization else []
            named = dict.fromkeys([*ours, *_ORGANIZATION.findall(text)])
            count = sum(other in _ORGANIZATION_KEYS for other in keys)
            values = [*_unnamed(_UNNAMED_ORGANIZATIONS, named, frozenset(), count), *named]
            alike = _whole(document, key, _ORGANIZATION_KEYS) and not any(_part_of_organization(document))
            found[key] = Tried(tuple(values[:_MOST]), alike and len(values) <= _MOST)
        elif compiler.conditions.kinds.get(key, frozenset()) <= {"text", "bool"} and key not in _NO_TEXT:
            found[key] = Tried(("somebody", *dict.fromkeys(_plain(document)))[:_MOST])
        else:
            found[key] = Tried(())
    return found


_NO_TEXT: Final = frozenset({"aws:currenttime", "aws:epochtime", "aws:tokenissuetime", "aws:vpcsourceip"})


def _unnamed(
    values: tuple[str, ...], named: Mapping[str, None], ours: frozenset[str], count: int
) -> tuple[str, ...]:
    """As many values that nothing names as there are variables to tell apart."""
    return tuple(value for value in values if value not in named and value not in ours)[:count]


def _conditions(document: Document) -> Iterator[Condition]:
    for statement in document.statements:
        yield from statement.conditions


def _whole(document: Document, key: str, kind: frozenset[str]) -> bool:
    """Whether the variable stands only for whole values of keys of its own kind."""
    variable = re.compile(r"\$\{\s*" + re.escape(key), re.IGNORECASE)
    if any(variable.search(text) for statement in document.statements for text in statement.resources.values):
        return False
    return all(
        condition.key in kind
        and text.startswith("${")
        and text.find("}") == len(text) - 1
        and "," not in text
        for condition in _conditions(document)
        for text in condition.values
        if variable.search(text)
    )


def _part_of_organization(document: Document) -> Iterator[bool]:
    """For each test of an organisation, whether it tells unnamed organisations apart."""
    for condition in _conditions(document):
        if condition.key.endswith(("orgid", "orgpaths")):
            for text in condition.values:
                head = text.split("/")[0]
                yield bool(set(head) & {"*", "?"}) and head not in ("*", "o-*")


def _plain(document: Document) -> Iterator[str]:
    for condition in _conditions(document):
        if condition.key not in _ACCOUNT_KEYS | _ORGANIZATION_KEYS:
            yield from (value for value in condition.values if not set(value) & set("*?$"))
