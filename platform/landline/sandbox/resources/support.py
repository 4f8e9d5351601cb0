"""What the rows of the resource table share: tags, names of arguments, and what counts as gone."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from landline.sandbox.resource_type import Made

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from landline.sandbox.resource_type import Place, Properties

_GONE = (
    "NotFound",
    "NoSuch",
    "DoesNotExist",
    "ResourceNotFoundException",
    "InvalidConnectionNotification",
    "ServiceNotFound",
    "UnknownVpcEndpoint",
)


@contextmanager
def forgiving_absence() -> Iterator[None]:
    """Lets a call on something that is gone pass: deleting it once more is no error."""
    try:
        yield
    except ClientError as error:
        if not is_absence(error):
            raise


def is_absence(error: ClientError) -> bool:
    """Whether AWS says that the thing asked for does not exist."""
    return any(word in error_code(error) for word in _GONE)


def error_code(error: ClientError) -> str:
    """AWS's own code for what it refuses."""
    return str(error.response.get("Error", {}).get("Code", ""))


def found(call: Callable[[], Any]) -> Any:  # noqa: ANN401 - boto3's answers are plain dictionaries
    """What the call answers, or None when the thing is gone."""
    try:
        return call()
    except ClientError as error:
        if is_absence(error):
            return None
        raise


def made(
    place: Place,
    resource_id: str,
    properties: Properties,
    read: Callable[[Place, str, Properties], Properties | None],
) -> Made:
    """A resource just created, with its outputs as AWS describes them."""
    return Made(resource_id, now(place, resource_id, properties, read))


def now(
    place: Place,
    resource_id: str,
    properties: Properties,
    read: Callable[[Place, str, Properties], Properties | None],
) -> Properties:
    """The outputs of a resource just written; RuntimeError when it is gone already."""
    outputs = read(place, resource_id, properties)
    if outputs is None:
        message = f"{resource_id} is gone right after it was written"
        raise RuntimeError(message)
    return outputs


def all_tags(properties: Properties) -> dict[str, str]:
    """The resource's tags with the provider's default tags merged in."""
    return dict(properties.get("tagsAll") or properties.get("tags") or {})


def tag_list(properties: Properties, key: str = "Key", value: str = "Value") -> list[dict[str, str]]:
    """The tags as most APIs take them."""
    return [{key: k, value: v} for k, v in sorted(all_tags(properties).items())]


def tags_argument(properties: Properties) -> dict[str, Any]:
    """The tags as an argument of a create call; no argument without tags: some APIs refuse none."""
    tags = tag_list(properties)
    return {"Tags": tags} if tags else {}


def tag_map(tags: list[Mapping[str, str]], key: str = "Key", value: str = "Value") -> dict[str, str]:
    """The tags as Pulumi shows them."""
    return {tag[key]: tag[value] for tag in tags}


def tag_specifications(kind: str, properties: Properties) -> list[dict[str, Any]]:
    """The TagSpecifications of an EC2 create call; empty without tags, as EC2 refuses an empty set."""
    tags = tag_list(properties)
    return [{"ResourceType": kind, "Tags": tags}] if tags else []


def retag(
    old: Properties, new: Properties, *, untag: Callable[[list[str]], object], tag: Callable[[], object]
) -> None:
    """Makes a resource's tags those of `new`: `untag` drops keys, `tag` sets all tags of `new`.

    Each is called where it is needed only; `tag` never without tags, which some APIs refuse.
    """
    before, after = all_tags(old), all_tags(new)
    if dropped := sorted(before.keys() - after.keys()):
        untag(dropped)
    if after and after != before:
        tag()


def retag_ec2(place: Place, resource_id: str, old: Properties, new: Properties) -> None:
    """Makes an EC2 resource's tags those of `new`."""
    ec2 = place.client("ec2")
    before, after = all_tags(old), all_tags(new)
    dropped = [{"Key": key} for key in sorted(before.keys() - after.keys())]
    changed = [{"Key": k, "Value": v} for k, v in sorted(after.items()) if before.get(k) != v]
    if dropped:
        ec2.delete_tags(Resources=[resource_id], Tags=dropped)
    if changed:
        ec2.create_tags(Resources=[resource_id], Tags=changed)


def arguments(properties: Properties, names: Mapping[str, str]) -> dict[str, Any]:
    """The API's arguments for those of the properties that are given; `names` maps property to argument."""
    return {names[name]: properties[name] for name in names if properties.get(name) is not None}


def changed(old: Properties, new: Properties, *names: str) -> bool:
    """Whether one of the named properties differs."""
    return any(old.get(name) != new.get(name) for name in names)


def in_known_order(known: Any, actual: list[str]) -> list[str]:  # noqa: ANN401 - a property, if given
    """What AWS answers as a set, in the order in which the program wrote it where both hold the same."""
    same = isinstance(known, list) and len(known) == len(actual) and set(known) == set(actual)
    return known if same else sorted(actual)


def capitalised(value: Any) -> Any:  # noqa: ANN401 - a property value of any shape
    """A nested property as most JSON APIs spell it: every key with a capital first letter."""
    if isinstance(value, dict):
        return {key[:1].upper() + key[1:]: capitalised(item) for key, item in value.items()}
    if isinstance(value, list):
        return [capitalised(item) for item in value]
    return value


def nothing_to_update(place: Place, resource_id: str, old: Properties, new: Properties) -> Properties:  # noqa: ARG001
    """The update of a type of which every input replaces: never called but for a property without effect."""
    return dict(new)


def nothing_to_delete(place: Place, resource_id: str, outputs: Properties) -> None:
    """The deletion of what AWS made and keeps: Pulumi only forgets it."""
