"""How an operation of ours reads its call and answers it, in moto's terms."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any, Protocol

from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError

from landline.sandbox.handshake import Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

Document = dict[str, Any]
"""A structure of the EC2 API, under the API's own names."""


class Call(Protocol):
    """The part of moto's response objects that our operations use: one call of one account and Region."""

    current_account: str
    region: str
    partition: str

    @property
    def ec2_backend(self) -> Any:  # noqa: ANN401 - moto's backends are mixins of mixins
        """Moto's EC2 of this account and Region."""

    def _get_params(self) -> dict[str, Any]: ...


Operation = "Callable[[Call, Document], Document]"


def ec2_operation(
    takes: Iterable[str], answer: Callable[[Call, Document], Document]
) -> Callable[[Call], ActionResult]:
    """`answer` as a method of moto's EC2 response class.

    Raises NotImplementedError for a parameter that is not in `takes`, so that nothing a caller asks for is
    dropped. A refusal of the handshake becomes a client error with the same code.
    """
    known = frozenset(takes)

    @wraps(answer)
    def operation(call: Call) -> ActionResult:
        parameters = parameters_of(call)
        unknown = sorted(set(parameters) - known)
        if unknown:
            message = f"the sandbox's {answer.__name__} does not model {', '.join(unknown)}"
            raise NotImplementedError(message)
        try:
            return ActionResult(answer(call, parameters))
        except Refused as refusal:
            raise client_error(refusal) from None

    return operation


def parameters_of(call: Call) -> Document:
    """The call's parameters, without those left empty and without paging ones (answers come in one page)."""
    given = dict(call._get_params())  # noqa: SLF001 - moto offers no other name for it
    return {
        k: v
        for k, v in given.items()
        if v is not None and k not in {"MaxResults", "NextToken", "ClientToken"}
    }


def required(given: Mapping[str, Any], *names: str) -> None:
    """Refuses what the API's model leaves optional, and the operation cannot do without.

    ``MissingParameter`` is of the EC2 API reference's "Error codes".
    """
    for name in names:
        if not given.get(name):
            raise Refused("MissingParameter", f"The request must contain the parameter {name}")


def client_error(refusal: Refused) -> EC2ClientError:
    """The refusal as moto raises EC2's errors."""
    return EC2ClientError(refusal.code, refusal.message)


def flag(value: Any) -> bool:  # noqa: ANN401 - a wire value
    """A boolean parameter, however the protocol spells it."""
    return value is True or str(value).lower() == "true"


def new_id(prefix: str) -> str:
    """A fresh id in AWS's long form: the prefix and seventeen hexadecimal digits."""
    from moto.moto_api._internal import mock_random

    return f"{prefix}-{mock_random.get_random_hex(length=17)}"


def tags_given(parameters: Document) -> dict[str, str]:
    """The tags of a create call's TagSpecifications."""
    return {
        tag["Key"]: tag.get("Value", "")
        for specification in parameters.get("TagSpecifications", [])
        for tag in specification.get("Tags", [])
    }


def tags_of(backend: Any, resource_id: str) -> list[Document]:  # noqa: ANN401 - moto's backend
    """The resource's tags as the API lists them; they are kept by moto, so CreateTags reaches them."""
    return [{"Key": k, "Value": v} for k, v in sorted(backend.tags.get(resource_id, {}).items())]


def selected(
    documents: Iterable[Document],
    filters: Sequence[Mapping[str, Any]],
    fields: Mapping[str, str],
) -> list[Document]:
    """The documents that all `filters` let through; `fields` maps a filter's name to the document's field.

    ``tag:<key>`` and ``tag-key`` work on every document with tags. Raises NotImplementedError for another
    filter; Refused for one without a name.
    """
    remaining = list(documents)
    for each in filters:
        required(each, "Name")
        name, wanted = each["Name"], set(each.get("Values") or each.get("Value") or [])
        remaining = [d for d in remaining if wanted & _values(d, name, fields)]
    return remaining


def _values(document: Document, name: str, fields: Mapping[str, str]) -> set[str]:
    tags = {tag["Key"]: tag["Value"] for tag in document.get("Tags", [])}
    if name == "tag-key":
        return set(tags)
    if name.startswith("tag:"):
        key = name.removeprefix("tag:")
        return {tags[key]} if key in tags else set()
    if name not in fields:
        message = f"the sandbox does not model the filter {name}"
        raise NotImplementedError(message)
    value = document.get(fields[name])
    items = value if isinstance(value, list) else [value]
    return {str(item).lower() if isinstance(item, bool) else str(item) for item in items}
