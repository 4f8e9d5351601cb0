"""Condition operators: from one entry of a Condition block to a test of its key.

IAM user guide, "IAM JSON policy elements: Condition operators" and "Single-valued vs. multivalued context
keys". Negated operators hold on a missing key, `…IfExists` does, `ForAllValues` does, `ForAnyValue` does not.
Several values are alternatives; under a negated operator none of them may match. (The table in the guide that
shows `ForAllValues:StringNotLike` contradicts the guide's own text in two of its three rows; the text is
followed.)
"""

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from landline.proof.policy.document import Condition, Document
from landline.proof.policy.key_test import KeyTest
from landline.proof.policy.language import EVERYTHING, Language, Pattern, glob, literal
from landline.proof.policy.spans import HIGHEST, LOWEST, Edge, Number, Spans, moment, network, number
from landline.proof.policy.value import Bound, Reading, arn_components, arn_patterns, template

Family = Literal["text", "bool", "number", "date", "address", "binary", "presence"]


@dataclass(frozen=True, slots=True)
class Operator:
    """What an operator's name says: the comparison, its negation, its set qualifier, and `…IfExists`."""

    base: str
    family: Family
    negated: bool
    quantifier: Literal["", "ForAllValues", "ForAnyValue"]
    if_exists: bool


_COMPARISONS: Final = (
    "Equals",
    "NotEquals",
    "LessThan",
    "LessThanEquals",
    "GreaterThan",
    "GreaterThanEquals",
)
_BASES: Final[Mapping[str, tuple[Family, bool]]] = {
    "StringEquals": ("text", False),
    "StringNotEquals": ("text", True),
    "StringEqualsIgnoreCase": ("text", False),
    "StringNotEqualsIgnoreCase": ("text", True),
    "StringLike": ("text", False),
    "StringNotLike": ("text", True),
    "ArnEquals": ("text", False),
    "ArnLike": ("text", False),
    "ArnNotEquals": ("text", True),
    "ArnNotLike": ("text", True),
    "Bool": ("bool", False),
    "BinaryEquals": ("binary", False),
    "IpAddress": ("address", False),
    "NotIpAddress": ("address", True),
    "Null": ("presence", False),
    **{f"Numeric{name}": ("number", name == "NotEquals") for name in _COMPARISONS},
    **{f"Date{name}": ("date", name == "NotEquals") for name in _COMPARISONS},
}

_OPERATOR: Final = re.compile(r"(?:(ForAllValues|ForAnyValue):)?([A-Za-z]+?)(IfExists)?")


def read_operator(name: str) -> Operator | None:
    """The operator called `name`, or None when there is none such."""
    match = _OPERATOR.fullmatch(name)
    if match is None or match.group(2) not in _BASES:
        return None
    quantifier, base, if_exists = match.groups()
    family, negated = _BASES[base]
    if family == "presence" and (quantifier or if_exists):
        return None
    return Operator(
        base,
        family,
        negated,
        "ForAllValues" if quantifier == "ForAllValues" else "ForAnyValue" if quantifier else "",
        if_exists is not None,
    )


MULTIVALUED: Final = frozenset(
    {
        "aws:calledvia",
        "aws:principalorgpaths",
        "aws:principalservicenameslist",
        "aws:resourceorgpaths",
        "aws:sourceorgpaths",
        "aws:tagkeys",
        "aws:vpceorgpaths",
    }
)
"""Global keys of value type Multivalued (IAM user guide, "AWS global condition context keys")."""

TIMES: Final = frozenset({"aws:currenttime", "aws:epochtime", "aws:tokenissuetime"})
"""Global keys that hold a point in time (the same page)."""

SYSTEM_IDS: Final = frozenset(
    {
        "aws:principalaccount",
        "aws:principalorgid",
        "aws:resourceaccount",
        "aws:resourceorgid",
        "aws:sourceaccount",
        "aws:sourceorgid",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "aws:vpceaccount",
        "aws:vpceorgid",
    }
)
"""Sensitive keys, on which a wildcard has no valid use (the same page, "Sensitive condition keys")."""


def families(document: Document) -> Mapping[str, frozenset[Family]]:
    """For each key, the kinds of value that the document compares it with."""
    found: dict[str, set[Family]] = {}
    for statement in document.statements:
        for condition in statement.conditions:
            operator = read_operator(condition.operator)
            kinds = found.setdefault(condition.key, set())
            if operator is not None and operator.family != "presence":
                kinds.add(operator.family)
    return {key: frozenset(kinds) for key, kinds in found.items()}


def multivalued(document: Document) -> frozenset[str]:
    """Keys that may hold several values: the known ones, and services' own under a set operator."""
    return MULTIVALUED | {
        condition.key
        for statement in document.statements
        for condition in statement.conditions
        if condition.operator.startswith(("ForAllValues:", "ForAnyValue:"))
        and not condition.key.startswith("aws:")
    }


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something that the documentation leaves open or that is not modelled."""

    text: str


_LINE: Final[frozenset[Family]] = frozenset({"number", "date"})


@dataclass(frozen=True, slots=True)
class Conditions:
    """How the conditions of one document are read."""

    kinds: Mapping[str, frozenset[Family]]
    several: frozenset[str]
    variables: bool

    @classmethod
    def of(cls, document: Document) -> "Conditions":
        """The reading of `document`'s conditions."""
        return cls(families(document), multivalued(document), document.variables)

    def doubts(self, condition: Condition) -> tuple[Doubt, ...]:
        """Why the condition cannot be decided exactly; empty when it can."""
        found: list[str] = []
        operator = read_operator(condition.operator)
        where = f"{condition.operator} on {condition.key}"
        if operator is None:
            return (Doubt(f"the operator {condition.operator} is not one that the IAM user guide names"),)
        kinds = self.kinds.get(condition.key, frozenset())
        if len(kinds) > 1 and not (kinds <= _LINE or kinds <= {"text", "bool"}):
            found.append(f"{condition.key} is compared as {' and as '.join(sorted(kinds))}")
        if operator.family in _LINE | {"address", "binary"} and _holds_text(condition.key):
            found.append(f"{where}: the key holds a text")
        if operator.family in ("text", "bool", "binary", "address") and condition.key in TIMES:
            found.append(f"{where}: the key holds a point in time")
        if condition.key == "aws:userid":
            found.append(f"{where}: unique ids do not tell which account they belong to")
        if condition.key in self.several and not operator.quantifier and operator.family != "presence":
            found.append(
                f"{where}: a multivalued key needs ForAllValues or ForAnyValue, and without is not documented"
            )
        for text in condition.values:
            reason = _unreadable(text, operator, variables=self.variables)
            if reason:
                found.append(f"{where}: the value {text!r} {reason}")
        return tuple(Doubt(text) for text in found)

    def references(self, condition: Condition) -> frozenset[str]:
        """The keys that the condition's values depend on."""
        operator = read_operator(condition.operator)
        if operator is None or operator.family not in ("text", "bool"):
            return frozenset()
        return frozenset(
            key for text in condition.values for key in template(text, variables=self.variables).variables()
        )

    def test(self, condition: Condition, bound: Mapping[str, Bound], reading: Reading) -> KeyTest | bool:
        """The test that the condition is, or its constant outcome.

        With the reading `least` it holds only where the condition certainly does, with `most` wherever it
        possibly does.
        """
        operator = read_operator(condition.operator)
        if operator is None or self.doubts(condition):
            return reading == "most"
        if operator.family == "presence":
            return self._presence(condition)
        inner: Reading = reading if not operator.negated else ("least" if reading == "most" else "most")
        accepted = self._accepted(condition, operator, bound, inner)
        if operator.quantifier == "ForAllValues":
            absent = True
        elif operator.quantifier == "ForAnyValue":
            absent = operator.if_exists
        else:
            absent = operator.negated or operator.if_exists
        return KeyTest(
            condition.key, accepted, absent, operator.quantifier != "ForAnyValue", not operator.negated
        )

    @staticmethod
    def _presence(condition: Condition) -> KeyTest | bool:
        if set(condition.values) == {"true", "false"}:
            return True
        missing = condition.values[0] == "true"
        return KeyTest(condition.key, EVERYTHING, missing, every=True, inside=not missing)

    def _accepted(
        self, condition: Condition, operator: Operator, bound: Mapping[str, Bound], reading: Reading
    ) -> Language | Spans:
        if operator.family in _LINE or operator.family == "address":
            return Spans.union(span for text in condition.values for span in _spans(text, operator))
        patterns = (self._pattern(text, operator, bound, reading) for text in condition.values)
        return Language(pattern for pattern in patterns if pattern is not None)

    def _pattern(
        self, text: str, operator: Operator, bound: Mapping[str, Bound], reading: Reading
    ) -> Pattern | None:
        if operator.family == "binary":
            return literal(base64.b64encode(base64.b64decode(text, validate=True)).decode())
        if operator.base.startswith("Arn"):
            return arn_patterns(text, bound, reading, variables=self.variables, bounded=True)
        ignore_case = operator.base.endswith("IgnoreCase") or operator.family == "bool"
        plain: Callable[[str], Pattern] = lambda piece: literal(piece, ignore_case=ignore_case)  # noqa: E731
        cut = template(text, variables=self.variables)
        like = operator.base in ("StringLike", "StringNotLike")
        return cut.pattern(glob if like else plain, bound, reading, ignore_case=ignore_case)


def _unreadable(text: str, operator: Operator, *, variables: bool) -> str:
    """What makes a value undecidable under an operator, or an empty text."""
    if operator.family == "presence":
        return "" if text in ("true", "false") else "is neither true nor false"
    if operator.family in ("text", "bool"):
        cut = template(text, variables=variables)
        if cut.unreadable:
            return "holds a ${…} that is no policy variable"
        several = sorted(set(cut.variables()) & MULTIVALUED)
        if several:
            return f"takes the multivalued key {several[0]} as a variable"
        if operator.base.endswith("IgnoreCase") and not text.isascii():
            return "ignores case outside ASCII"
        if operator.family == "bool" and not _has_variables(text, variables=variables):
            return "" if text.lower() in ("true", "false") else "is neither true nor false"
        if operator.base.startswith("Arn") and len(arn_components(text)) < 6:
            return "is no ARN of six components"
        return ""
    if operator.family == "binary":
        try:
            base64.b64decode(text, validate=True)
        except (ValueError, binascii.Error):
            return "is no base64"
        return ""
    return "" if _spans(text, operator) else f"is no {operator.family}"


def _holds_text(key: str) -> bool:
    return (
        key in SYSTEM_IDS
        or key in MULTIVALUED
        or key.startswith(("aws:principal", "aws:user", "s3:resourceaccount"))
    )


def _has_variables(text: str, *, variables: bool) -> bool:
    """Whether the value is brought in by policy variables."""
    return any(True for _ in template(text, variables=variables).variables())


def _spans(text: str, operator: Operator) -> tuple[tuple[Edge, Edge], ...]:
    if operator.family == "address":
        found = network(text)
        return () if found is None else (found,)
    value = number(text) if operator.family == "number" else moment(text)
    return () if value is None else (_comparison(operator.base, value),)


def _comparison(base: str, value: Number) -> tuple[Edge, Edge]:
    if base.endswith("LessThan"):
        return (LOWEST, (value, -1))
    if base.endswith("LessThanEquals"):
        return (LOWEST, (value, 0))
    if base.endswith("GreaterThan"):
        return ((value, 1), HIGHEST)
    if base.endswith("GreaterThanEquals"):
        return ((value, 0), HIGHEST)
    return ((value, 0), (value, 0))
