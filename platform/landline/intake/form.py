"""What a path takes, and how it answers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from landline.intake.record import Record, Stamped
from landline.intake.refusal import RefusedError, unsupported


@dataclass(frozen=True, slots=True)
class Form:
    """One way to write a request. All four functions are pure."""

    media_types: tuple[str, ...]
    """The `Content-Type` values that mean it, in lower case and without parameters."""
    parse: Callable[[bytes], Sequence[Record]]
    """The records of a whole body; raises `RefusedError` that says where the body is wrong and why."""
    taken: Callable[[int, str], bytes]
    """The answer's body once that many records of the request with that id are taken."""
    refused: Callable[[RefusedError], bytes]
    answer_type: str
    """The `Content-Type` of both answers."""


class Delivery(Protocol):
    """Where stamped records go."""

    async def deliver(self, records: Sequence[Stamped]) -> None:
        """Returns once the archive has every record, and whatever is beyond it has them too or refuses for
        good.

        Raises `RefusedError` where a record is larger than AWS takes, and none was handed over (413), or AWS
        did not take all of them (503); some of them it may have, which the same request sent again to another
        process doubles.
        """  # noqa: D205 - one promise


@dataclass(frozen=True, slots=True)
class Service:
    """What one kind of backend takes on which path, and where it goes."""

    paths: Mapping[str, tuple[Form, ...]]
    delivery: Delivery


def form_of(forms: Sequence[Form], content_type: str | None) -> Form:
    """The form that a `Content-Type` header names; `RefusedError` (415) with those taken, if none."""
    named = (content_type or "").partition(";")[0].strip().lower()
    for form in forms:
        if named in form.media_types:
            return form
    taken = ", ".join(name for form in forms for name in form.media_types)
    raise unsupported(f"Content-Type ({content_type or 'none'}): write one of {taken}")
