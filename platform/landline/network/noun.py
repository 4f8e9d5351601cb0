"""What every decoded AWS noun has in common."""

import msgspec


class Noun(msgspec.Struct, frozen=True, gc=False, rename="pascal"):
    """One object as a describe call prints it, with only the fields that the model reads.

    Field names are AWS's in snake case. A field without a default must be there, or the document is
    unreadable; fields that the model does not know are ignored. Two nouns are equal when all that the model
    reads of them is.
    """


class Tag(Noun, frozen=True):
    """A tag of an AWS object."""

    key: str
    value: str = ""


def tag(tags: tuple[Tag, ...], key: str) -> str | None:
    """Return a tag's value, or None."""
    return next((item.value for item in tags if item.key == key), None)
