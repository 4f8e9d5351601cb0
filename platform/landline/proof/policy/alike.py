"""Which endpoint policies differ in nothing but names that stand for themselves.

Estates repeat one policy thousands of times, with another account, VPC, endpoint or bucket in each. What a
policy lets across the perimeter, and what is odd about it, does not change when such names are swapped for
others of their kind, as long as nothing else in the text looks into a name.
"""

import re
from collections.abc import Collection
from typing import Final

from landline.proof.policy.service import OWNED_BUCKETS

_ACCOUNT: Final = re.compile(r"()([0-9]{12})()")
_NETWORK: Final = re.compile(r"(vpce?-)([0-9a-f]+)()")
_ARN: Final = re.compile(r"(arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:)([0-9]{12})(:.*)")
_BUCKET: Final = re.compile(r"(arn:aws[a-z-]*:s3:::)([a-z0-9.-]+)((?:/.*)?)")
_NAMES: Final = (_ACCOUNT, _NETWORK, _ARN, _BUCKET)

_WILD: Final = re.compile(r"\*|(?!arn:)[a-z0-9-]+:[A-Za-z*?]+|arn:aws[a-z-]*:s3:::\*(?:/.*)?")
"""Wildcards that treat all names alike: anything, actions, every bucket."""

_OWNED: Final = re.compile(
    "|".join(re.escape(name.partition("{")[0]) + ".+" for name in OWNED_BUCKETS if name[0] != "{")
    + "|.+"
    + "|.+".join(re.escape(name.partition("}")[2]) for name in OWNED_BUCKETS if name[0] == "{")
)
"""At least the names of AWS's own buckets, which are like no others."""

_LOOKS_INSIDE: Final = ("\\", "$", "\0", "numeric", '"date', ":date")
"""Escapes, variables, and operators that order numbers, in lower case."""

_LEFT: Final = re.compile(r"[0-9]{12}|vpce?-[0-9a-f]")
"""What may be a name where none is looked for."""


class Alike:
    """Gives policies that differ in such names alone one key.

    `accounts` are those inside the perimeter: a name inside is never like one outside.
    """

    def __init__(self, accounts: Collection[str]) -> None:
        self._accounts = accounts
        self._plain: set[str] = set()

    def key(self, text: str) -> str | None:
        """Return what all policies alike have in common, None where a name may matter."""
        lower = text.lower()
        parts = text.split('"')
        if any(sign in lower for sign in _LOOKS_INSIDE) or _LEFT.search("".join(parts[::2])):
            return None
        numbers: dict[str, str] = {}
        for place in range(1, len(parts), 2):
            if parts[place] not in self._plain:
                renamed = self._renamed(parts[place], numbers)
                if renamed is None:
                    return None
                parts[place] = renamed
        return '"'.join(parts)

    def _renamed(self, string: str, numbers: dict[str, str]) -> str | None:
        for form in _NAMES:
            match = form.fullmatch(string)
            if match is None:
                continue
            head, name, tail = match.groups()
            if form is _BUCKET and _OWNED.fullmatch(name):
                break
            if _LEFT.search(tail):
                return None
            kind = f"{head}{len(name)}" if form is _NETWORK else f"{form is _BUCKET}{name in self._accounts}"
            # No JSON text has a bare NUL in it: what is renamed is like nothing that is not.
            number = numbers.setdefault(kind + name, f"\0{kind}{len(numbers)}\0")
            return head + number + tail
        if _LEFT.search(string) or (("*" in string or "?" in string) and not _WILD.fullmatch(string)):
            return None
        self._plain.add(string)
        return string
