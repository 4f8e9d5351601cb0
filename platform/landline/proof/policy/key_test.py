"""What a statement asks of one key of the request, and values that satisfy several such tests."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from landline.proof.policy.language import EVERYTHING, Budget, Language, find
from landline.proof.policy.spans import EVERY_NUMBER, Number, Spans

Value = tuple[str, ...] | Number | None
"""What a request holds for a key: texts (one, or several under a multivalued key), a number, or nothing."""


@dataclass(frozen=True, slots=True)
class KeyTest:
    """A test of one key: what it says of a missing key, and of which values.

    On a present key it holds when every value (`every`) or some value is in `accepted` (`inside`) or out of
    it. Tests are closed under negation, which is what an escape from a Deny needs. EVERYTHING accepts values
    of every kind, numbers too.
    """

    key: str
    accepted: Language | Spans
    absent: bool
    every: bool
    inside: bool

    def negated(self) -> "KeyTest":
        """The test that holds exactly where this one does not."""
        return KeyTest(self.key, self.accepted, not self.absent, not self.every, not self.inside)

    def holds(self, value: Value) -> bool:
        """Whether a request with `value` under this key passes."""
        if value is None:
            return self.absent
        if self.accepted is EVERYTHING:
            return self.inside
        if isinstance(self.accepted, Spans):
            return not isinstance(value, tuple) and self.accepted.accepts(value) == self.inside
        texts = value if isinstance(value, tuple) else ()
        hits = [self.accepted.accepts(text) == self.inside for text in texts]
        return all(hits) if self.every else any(hits)


@dataclass(frozen=True, slots=True)
class Domain:
    """What a key can hold: missing or not, which values, how many, and which read well in a witness."""

    may_be_absent: bool
    may_be_present: bool = True
    values: Language | Spans = EVERYTHING
    multivalued: bool = False
    preferred: tuple[str, ...] = field(default=())


FREE: Final = Domain(may_be_absent=True)
NEVER: Final = Domain(may_be_absent=True, may_be_present=False)


@dataclass(frozen=True, slots=True)
class Found:
    """A value that passes; None under a key means that the key is missing."""

    value: Value


def solve(domain: Domain, tests: Sequence[KeyTest], budget: Budget) -> Found | None:
    """A value of `domain` that passes all `tests`, or None when there is none.

    Exact. A missing key is preferred, then the domain's preferred values. Raises LimitExceededError past the
    budget.
    """
    if domain.may_be_absent and all(test.absent for test in tests):
        return Found(None)
    if not domain.may_be_present:
        return None
    if isinstance(domain.values, Spans) or any(isinstance(test.accepted, Spans) for test in tests):
        return _solve_number(domain, tests)
    if not domain.multivalued:
        text = _solve_text(domain, tests, budget)
        return None if text is None else Found((text,))
    everywhere = [test for test in tests if test.every]
    wanted = [test for test in tests if not test.every]
    texts: list[str] = []
    for need in [[test] for test in wanted] or [[]]:
        text = _solve_text(domain, [*everywhere, *need], budget)
        if text is None:
            return None
        texts.append(text)
    return Found(tuple(dict.fromkeys(texts)))


def _solve_number(domain: Domain, tests: Sequence[KeyTest]) -> Found | None:
    left = domain.values if isinstance(domain.values, Spans) else EVERY_NUMBER
    for test in tests:
        if test.accepted is EVERYTHING:
            if not test.inside:
                return None
            continue
        if not isinstance(test.accepted, Spans):
            message = f"texts and numbers are compared under one key, {test.key}"
            raise TypeError(message)
        left = left & (test.accepted if test.inside else test.accepted.complement())
    value = left.example()
    return None if value is None else Found(value)


def _solve_text(domain: Domain, tests: Sequence[KeyTest], budget: Budget) -> str | None:
    include = [domain.values] if isinstance(domain.values, Language) else []
    exclude: list[Language] = []
    for test in tests:
        if isinstance(test.accepted, Language):
            (include if test.inside else exclude).append(test.accepted)
    for text in domain.preferred:
        budget.spend(len(text))
        if all(language.accepts(text) for language in include) and not any(
            language.accepts(text) for language in exclude
        ):
            return text
    return find(include, exclude, budget)
