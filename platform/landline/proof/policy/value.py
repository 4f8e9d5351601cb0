"""Policy values with policy variables: from the text of a value to the patterns it stands for.

IAM user guide, "IAM policy elements: Variables and tags": variables work in version 2012-10-17 alone, in the
resource part of an ARN and with the string, ARN and Bool operators; `${*}`, `${?}` and `${$}` are those
characters; a variable without a value matches nothing, unless a default is given. What a variable brings in
is taken as plain text: its `*` is no wildcard.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final, Literal

from landline.proof.policy.language import ANY, NOT_COLON, Pattern, glob, literal, star

Bound = str | None
"""What a variable's key holds: a text, or None when it is missing. One that is not bound may hold anything.
"""

Reading = Literal["least", "most"]
"""Where it is not documented what a statement matches: only what is certain, or all that is possible.
"""

_VARIABLE: Final = re.compile(r"\$\{([^{}]*)\}")
_NAME: Final = re.compile(r"\s*([A-Za-z0-9-]+:[^,'{}]+?)\s*(?:,\s*'([^']*)'\s*)?")


@dataclass(frozen=True, slots=True)
class Variable:
    """A reference to a key of the request, by its name in lower case."""

    key: str
    default: str | None


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A `${…}` that is no variable this grammar knows."""

    text: str


Part = tuple[bool, str] | Variable | Unreadable
"""Plain text (True) or text whose `*` and `?` may be wildcards, a variable, or what could not be read."""


@dataclass(frozen=True, slots=True)
class Template:
    """A value cut at its variables."""

    parts: tuple[Part, ...]

    def variables(self) -> Iterator[str]:
        """The keys that the value depends on."""
        for part in self.parts:
            if isinstance(part, Variable):
                yield part.key

    @property
    def unreadable(self) -> bool:
        """Whether a `${…}` could not be read."""
        return any(isinstance(part, Unreadable) for part in self.parts)

    def pattern(
        self,
        text: Callable[[str], Pattern],
        bound: Mapping[str, Bound],
        reading: Reading,
        *,
        ignore_case: bool = False,
    ) -> Pattern | None:
        """The value as a pattern, its text through `text`; None when it matches nothing."""
        whole: list[Pattern] = []
        for part in self.parts:
            if isinstance(part, Variable):
                if part.key not in bound:
                    if reading == "least":
                        return None
                    whole.append(star())
                    continue
                value = bound[part.key]
                value = part.default if value is None else value
                if value is None:
                    return None
                whole.append(literal(value, ignore_case=ignore_case))
            elif isinstance(part, Unreadable):
                if reading == "least":
                    return None
                whole.append(star())
            else:
                plain, piece = part
                whole.append(literal(piece, ignore_case=ignore_case) if plain else text(piece))
        return tuple(element for pattern in whole for element in pattern)


def template(text: str, *, variables: bool) -> Template:
    """`text` cut at its variables, when the document's version has any."""
    if not variables or "${" not in text:
        return Template(((False, text),))
    parts: list[Part] = []
    place = 0
    for match in _VARIABLE.finditer(text):
        if match.start() > place:
            parts.append((False, text[place : match.start()]))
        parts.append(_part(match))
        place = match.end()
    if place < len(text):
        rest = text[place:]
        parts.append(Unreadable(rest) if "${" in rest else (False, rest))
    return Template(tuple(parts))


def _part(match: re.Match[str]) -> Part:
    inner = match.group(1)
    if inner in ("*", "?", "$"):
        return (True, inner)
    name = _NAME.fullmatch(inner)
    if name is None:
        return Unreadable(match.group(0))
    return Variable(name.group(1).lower(), name.group(2))


def arn_components(text: str) -> list[str]:
    """The six components of an ARN; the last takes the remaining colons, and those in `${…}` do not count."""
    components: list[str] = []
    depth = start = 0
    for place, char in enumerate(text):
        if text.startswith("${", place):
            depth += 1
        elif char == "}" and depth:
            depth -= 1
        elif char == ":" and not depth and len(components) < 5:
            components.append(text[start:place])
            start = place + 1
    components.append(text[start:])
    return components


def arn_patterns(
    text: str, bound: Mapping[str, Bound], reading: Reading, *, variables: bool, bounded: bool
) -> Pattern | None:
    """An ARN with wildcards; when `bounded`, none but the last component's crosses a colon.

    None when it matches nothing. A text of fewer than six components must be taken as a whole by the caller.
    """
    whole: list[Pattern] = []
    components = arn_components(text)
    for place, component in enumerate(components):
        wild = NOT_COLON if bounded and place < len(components) - 1 else ANY
        cut = template(component, variables=variables)
        pattern = cut.pattern(partial(glob, wild=wild), bound, reading)
        if pattern is None:
            return None
        whole.append(pattern)
        if place < len(components) - 1:
            whole.append((":",))
    return tuple(element for pattern in whole for element in pattern)
