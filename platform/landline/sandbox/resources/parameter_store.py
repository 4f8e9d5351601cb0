"""Systems Manager Parameter Store: parameters whose value is no secret."""

from __future__ import annotations

from typing import TYPE_CHECKING

from landline.sandbox.resource_type import Made, Properties, ResourceType
from landline.sandbox.resources.support import (
    arguments,
    forgiving_absence,
    found,
    made,
    now,
    retag,
    tag_list,
    tag_map,
)

if TYPE_CHECKING:
    from landline.sandbox.resource_type import Place

_ARGUMENTS = {"type": "Type", "insecureValue": "Value", "description": "Description"}


def _create(place: Place, properties: Properties) -> Made:
    name = properties["name"]
    place.client("ssm").put_parameter(
        Name=name, Tags=tag_list(properties), **arguments(properties, _ARGUMENTS)
    )
    return made(place, name, properties, _read)


def _read(place: Place, name: str, known: Properties) -> Properties | None:
    ssm = place.client("ssm")
    answer = found(lambda: ssm.get_parameter(Name=name))
    if answer is None:
        return None
    parameter = answer["Parameter"]
    tags = ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId=name)["TagList"]
    return {
        **known,
        "id": name,
        "name": name,
        "arn": parameter["ARN"],
        "type": parameter["Type"],
        "insecureValue": parameter["Value"],
        "version": parameter["Version"],
        "tagsAll": tag_map(tags),
    }


def _update(place: Place, name: str, old: Properties, new: Properties) -> Properties:
    ssm = place.client("ssm")
    if arguments(old, _ARGUMENTS) != arguments(new, _ARGUMENTS):
        ssm.put_parameter(Name=name, Overwrite=True, **arguments(new, _ARGUMENTS))
    retag(
        old,
        new,
        untag=lambda keys: ssm.remove_tags_from_resource(
            ResourceType="Parameter", ResourceId=name, TagKeys=keys
        ),
        tag=lambda: ssm.add_tags_to_resource(ResourceType="Parameter", ResourceId=name, Tags=tag_list(new)),
    )
    return now(place, name, new, _read)


def _delete(place: Place, name: str, outputs: Properties) -> None:  # noqa: ARG001 - the table's interface
    with forgiving_absence():
        place.client("ssm").delete_parameter(Name=name)


TYPES = (
    ResourceType(
        token="aws:ssm/parameter:Parameter",  # noqa: S106 - a Pulumi type token
        create=_create,
        read=_read,
        update=_update,
        delete=_delete,
        replace_on=frozenset({"name", "type"}),
        # The input `value` is kept as a secret, which the sandbox's doors do not carry.
        inputs=frozenset({"name", *_ARGUMENTS, "tags"}),
    ),
)
"""The rows of this noun family."""
