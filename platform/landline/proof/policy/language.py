"""Sets of strings, given by patterns, and strings that lie in some of them and in none of others.

A pattern is a row of elements: a character, or a class of characters taken once, at most once, or any number
of times. That is enough for everything IAM compares strings with (exact values, `*` and `?`, ignoring case,
an ARN's components) and for the shapes of account ids, organisation ids and ARNs. A `Language` is a union of
patterns. Emptiness of intersections and differences is decided exactly, by walking the automata of all of
them together; `Budget` bounds the walk.
"""

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Final, Literal


class LimitExceededError(Exception):
    """The question needs more steps than `Budget` grants; the answer is unproven."""


@dataclass(slots=True)
class Budget:
    """Steps left. A step is about one comparison; a million take about a second."""

    left: int

    def spend(self, steps: int) -> None:
        """Take `steps`; raises LimitExceededError when they are used up."""
        self.left -= steps
        if self.left < 0:
            raise LimitExceededError


@dataclass(frozen=True, slots=True)
class Charset:
    """The characters in `chars`, or all but those when `negated`."""

    chars: frozenset[str]
    negated: bool = False

    def __contains__(self, char: str) -> bool:
        return (char in self.chars) != self.negated

    def __and__(self, other: "Charset") -> "Charset":
        if self.negated and other.negated:
            return Charset(self.chars | other.chars, negated=True)
        if self.negated:
            return Charset(other.chars - self.chars)
        return Charset(self.chars - other.chars if other.negated else self.chars & other.chars)

    @property
    def empty(self) -> bool:
        """Whether no character is in it."""
        return not self.chars and not self.negated


Repeat = Literal["one", "opt", "star"]
Element = str | tuple[Charset, Repeat]
Pattern = tuple[Element, ...]

ANY: Final = Charset(frozenset(), negated=True)
NOT_COLON: Final = Charset(frozenset(":"), negated=True)
DIGIT: Final = Charset(frozenset("0123456789"))
LOWER: Final = Charset(frozenset("abcdefghijklmnopqrstuvwxyz0123456789"))
LOWER_HYPHEN: Final = Charset(LOWER.chars | {"-"})
NAME: Final = Charset(LOWER.chars | frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ+=,.@_-"))
NAME_PATH: Final = Charset(NAME.chars | {"/"})


def star(charset: Charset = ANY) -> Pattern:
    """Any number of characters of `charset`."""
    return ((charset, "star"),)


def some(charset: Charset) -> Pattern:
    """One character of `charset` or more."""
    return ((charset, "one"), (charset, "star"))


def exactly(charset: Charset, length: int) -> Pattern:
    """`length` characters of `charset`."""
    once: Element = (charset, "one")
    return (once,) * length


def literal(text: str, *, ignore_case: bool = False) -> Pattern:
    """`text` itself, or in any mixture of cases."""
    if not ignore_case:
        return tuple(text)
    return tuple(
        c if c.lower() == c.upper() else (Charset(frozenset((c.lower(), c.upper()))), "one") for c in text
    )


def glob(text: str, wild: Charset = ANY) -> Pattern:
    """`text` with `*` for any number and `?` for one character of `wild`."""
    parts: list[Element] = []
    for char in text:
        if char == "*":
            if not parts or parts[-1] != (wild, "star"):
                parts.append((wild, "star"))
        else:
            parts.append((wild, "one") if char == "?" else char)
    return tuple(parts)


def within(pattern: Pattern, charset: Charset) -> Pattern | None:
    """The strings of `pattern` that are made of `charset` alone, or None when there is none."""
    kept: list[Element] = []
    for element in pattern:
        if isinstance(element, str):
            if element not in charset:
                return None
            kept.append(element)
            continue
        narrowed = element[0] & charset
        if not narrowed.empty:
            kept.append((narrowed, element[1]))
        elif element[1] == "one":
            return None
    return tuple(kept)


def _strings(patterns: Sequence[Pattern]) -> tuple[str, ...] | None:
    """The patterns as plain strings, or None when one of them is more than a string."""
    if any(not isinstance(element, str) for pattern in patterns for element in pattern):
        return None
    return tuple("".join(element for element in pattern if isinstance(element, str)) for pattern in patterns)


class Language:
    """The union of some patterns, as an automaton whose states share the patterns' common beginnings.

    Equal patterns make equal languages. Nothing changes after construction.
    """

    __slots__ = (
        "_classes",
        "_closure",
        "_empty_moves",
        "_final",
        "_hash",
        "_literals",
        "_loops",
        "_strings",
        "finite",
        "patterns",
    )

    def __init__(self, patterns: Iterable[Pattern]) -> None:
        self.patterns: tuple[Pattern, ...] = tuple(dict.fromkeys(patterns))
        self._hash = hash(self.patterns)
        self.finite: tuple[str, ...] | None = _strings(self.patterns)
        self._strings = None if self.finite is None else frozenset(self.finite)
        self._literals: list[dict[str, int]] = [{}]
        self._classes: list[list[tuple[Charset, int]]] = [[]]
        self._loops: list[Charset | None] = [None]
        self._empty_moves: list[list[int]] = [[]]
        self._final: set[int] = set()
        self._closure: dict[int, frozenset[int]] = {}
        children: list[dict[Element, int]] = [{}]
        for pattern in self.patterns:
            state = 0
            for element in pattern:
                found = children[state].get(element)
                state = self._grow(children, state, element) if found is None else found
            self._final.add(state)

    def _grow(self, children: list[dict[Element, int]], state: int, element: Element) -> int:
        new = len(children)
        children.append({})
        self._literals.append({})
        self._classes.append([])
        self._loops.append(None)
        self._empty_moves.append([])
        children[state][element] = new
        if isinstance(element, str):
            self._literals[state][element] = new
            return new
        charset, repeat = element
        if repeat == "star":
            self._loops[new] = charset
        else:
            self._classes[state].append((charset, new))
        if repeat != "one":
            self._empty_moves[state].append(new)
        return new

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Language) and self.patterns == other.patterns)

    def __hash__(self) -> int:
        return self._hash

    def __or__(self, other: "Language") -> "Language":
        return Language((*self.patterns, *other.patterns))

    def start(self) -> frozenset[int]:
        """The states before any character."""
        return self._closed(0)

    def _closed(self, state: int) -> frozenset[int]:
        known = self._closure.get(state)
        if known is None:
            seen, todo = {state}, [state]
            while todo:
                for target in self._empty_moves[todo.pop()]:
                    if target not in seen:
                        seen.add(target)
                        todo.append(target)
            known = self._closure[state] = frozenset(seen)
        return known

    def step(self, states: frozenset[int], char: str) -> frozenset[int]:
        """The states after one more character."""
        after: set[int] = set()
        for state in states:
            target = self._literals[state].get(char)
            if target is not None:
                after |= self._closed(target)
            for charset, target in self._classes[state]:
                if char in charset:
                    after |= self._closed(target)
            loop = self._loops[state]
            if loop is not None and char in loop:
                after |= self._closed(state)
        return frozenset(after)

    def accepting(self, states: frozenset[int]) -> bool:
        """Whether the characters read so far are in the language."""
        return not self._final.isdisjoint(states)

    def swallows_all(self, states: frozenset[int]) -> bool:
        """Whether every continuation is in the language, too."""
        return any(self._loops[state] == ANY for state in states & self._final)

    def mentioned(self, states: frozenset[int]) -> Iterator[str]:
        """The characters that some move from `states` names."""
        for state in states:
            yield from self._literals[state]
            for charset, _ in self._classes[state]:
                yield from charset.chars
            loop = self._loops[state]
            if loop is not None:
                yield from loop.chars

    def named_only(self, states: frozenset[int]) -> bool:
        """Whether only characters that `mentioned` gives lead on from `states`."""
        return not any(
            (loop is not None and loop.negated) or any(charset.negated for charset, _ in self._classes[state])
            for state in states
            for loop in (self._loops[state],)
        )

    def accepts(self, text: str) -> bool:
        """Whether `text` is in the language."""
        if self._strings is not None:
            return text in self._strings
        states = self.start()
        for char in text:
            states = self.step(states, char)
            if not states:
                return False
        return self.accepting(states)


EVERYTHING: Final = Language((star(),))


_FILLERS: Final = "xyzwabcdefghijklmnopqrstuv0123456789XYZ-_./=+@,: "


def _filler(mentioned: set[str]) -> str:
    """A character that no move names: all such characters behave alike."""
    for char in _FILLERS:
        if char not in mentioned:
            return char
    code = 0x4E00
    while chr(code) in mentioned:
        code += 1
    return chr(code)


_MOST_KNOWN: Final = 256
_known: Final[dict[tuple[tuple[Language, ...], tuple[Language, ...]], tuple[str | None, int]]] = {}
"""What was found for the last questions, and in how many steps: most are asked again for other scenarios."""


def find(include: Sequence[Language], exclude: Sequence[Language], budget: Budget) -> str | None:
    """A string in all of `include` and none of `exclude`, or None when there is none.

    Exact in both directions. The same arguments give the same string and take as many steps. Raises
    LimitExceededError past the budget.
    """
    question = (tuple(include), tuple(exclude))
    answer = _known.get(question)
    if answer is not None:
        budget.spend(answer[1])
        return answer[0]
    before = budget.left
    text = _find(include, exclude, budget)
    if len(_known) >= _MOST_KNOWN:
        _known.clear()
    _known[question] = (text, before - budget.left)
    return text


def _find(include: Sequence[Language], exclude: Sequence[Language], budget: Budget) -> str | None:
    # Depth first, where the fewest exclusions still threaten: every state is entered once, so the walk ends.
    finite = [language for language in include if language.finite is not None]
    if finite:
        smallest = min(finite, key=lambda language: len(language.finite or ()))
        others = [language for language in include if language is not smallest]
        for text in smallest.finite or ():
            budget.spend(1 + len(text) * (len(include) + len(exclude)))
            if all(language.accepts(text) for language in others) and not any(
                language.accepts(text) for language in exclude
            ):
                return text
        return None
    order = count()
    first = (tuple(language.start() for language in include), tuple(language.start() for language in exclude))
    seen = {first}
    heap: list[tuple[int, int, int, str, tuple[frozenset[int], ...], tuple[frozenset[int], ...]]]
    heap = [(sum(map(len, first[1])), 0, next(order), "", *first)]
    while heap:
        _, length, _, text, inside, outside = heapq.heappop(heap)
        budget.spend(1 + sum(map(len, inside)) + sum(map(len, outside)))
        if any(language.swallows_all(states) for language, states in zip(exclude, outside, strict=True)):
            continue
        if all(
            language.accepting(states) for language, states in zip(include, inside, strict=True)
        ) and not any(language.accepting(states) for language, states in zip(exclude, outside, strict=True)):
            return text
        for char in _characters(include, inside, exclude, outside):
            budget.spend(1 + sum(map(len, inside)) + sum(map(len, outside)))
            to_inside = tuple(
                language.step(states, char) for language, states in zip(include, inside, strict=True)
            )
            if not all(to_inside):
                continue
            to_outside = tuple(
                language.step(states, char) for language, states in zip(exclude, outside, strict=True)
            )
            if (to_inside, to_outside) not in seen:
                seen.add((to_inside, to_outside))
                load = sum(map(len, to_outside))
                heapq.heappush(heap, (load, length - 1, next(order), text + char, to_inside, to_outside))
    return None


def _characters(
    include: Sequence[Language],
    inside: Sequence[frozenset[int]],
    exclude: Sequence[Language],
    outside: Sequence[frozenset[int]],
) -> list[str]:
    """One character of each kind that the moves tell apart, those that no exclusion names first."""
    named = [
        set(language.mentioned(states))
        for language, states in zip(include, inside, strict=True)
        if language.named_only(states)
    ]
    excluded = {
        char for language, states in zip(exclude, outside, strict=True) for char in language.mentioned(states)
    }
    if named:
        possible = min(named, key=len)
    else:
        possible = excluded.union(
            char
            for language, states in zip(include, inside, strict=True)
            for char in language.mentioned(states)
        )
        possible.add(_filler(possible))
    return sorted(possible, key=lambda char: (char in excluded, not char.isalpha(), char))
