"""CloudTrail trails."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from landline.sandbox.resource_type import AutoName, Made, Properties, ResourceType
from landline.sandbox.resources.support import (
    all_tags,
    arguments,
    capitalised,
    changed,
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

_ARGUMENTS = {
    "s3BucketName": "S3BucketName",
    "s3KeyPrefix": "S3KeyPrefix",
    "kmsKeyId": "KmsKeyId",
    "enableLogFileValidation": "EnableLogFileValidation",
    "includeGlobalServiceEvents": "IncludeGlobalServiceEvents",
    "isMultiRegionTrail": "IsMultiRegionTrail",
    "isOrganizationTrail": "IsOrganizationTrail",
}


def _select(place: Place, name: str, properties: Properties) -> None:
    selectors: Any = properties.get("advancedEventSelectors")
    if selectors:
        place.client("cloudtrail").put_event_selectors(
            TrailName=name, AdvancedEventSelectors=capitalised(selectors)
        )


def _create(place: Place, properties: Properties) -> Made:
    cloudtrail = place.client("cloudtrail")
    arn = cloudtrail.create_trail(
        Name=properties["name"],
        TagsList=tag_list(properties),
        **arguments(properties, _ARGUMENTS),
    )["TrailARN"]
    _select(place, properties["name"], properties)
    # The provider starts logging unless told otherwise.
    cloudtrail.start_logging(Name=properties["name"])
    return made(place, arn, properties, _read)


def _name(arn: str) -> str:
    return arn.rsplit("/", 1)[1]


def _read(place: Place, arn: str, known: Properties) -> Properties | None:
    cloudtrail = place.client("cloudtrail")
    answer = found(lambda: cloudtrail.get_trail(Name=arn))
    if answer is None:
        return None
    tags = cloudtrail.list_tags(ResourceIdList=[arn])["ResourceTagList"]
    return {
        **known,
        "id": arn,
        "arn": arn,
        "name": answer["Trail"]["Name"],
        "homeRegion": arn.split(":")[3],
        "tagsAll": tag_map(tags[0]["TagsList"]) if tags else {},
    }


def _update(place: Place, arn: str, old: Properties, new: Properties) -> Properties:
    cloudtrail = place.client("cloudtrail")
    cloudtrail.update_trail(Name=_name(arn), **arguments(new, _ARGUMENTS))
    if changed(old, new, "advancedEventSelectors"):
        _select(place, _name(arn), new)
    retag(
        old,
        new,
        untag=lambda keys: cloudtrail.remove_tags(
            ResourceId=arn, TagsList=[{"Key": key, "Value": all_tags(old)[key]} for key in keys]
        ),
        tag=lambda: cloudtrail.add_tags(ResourceId=arn, TagsList=tag_list(new)),
    )
    return now(place, arn, new, _read)


def _delete(place: Place, arn: str, outputs: Properties) -> None:  # noqa: ARG001 - the table's interface
    with forgiving_absence():
        place.client("cloudtrail").delete_trail(Name=_name(arn))


TYPES = (
    ResourceType(
        token="aws:cloudtrail/trail:Trail",  # noqa: S106 - a Pulumi type token
        create=_create,
        read=_read,
        update=_update,
        delete=_delete,
        replace_on=frozenset({"name"}),
        inputs=frozenset({"name", *_ARGUMENTS, "advancedEventSelectors", "tags"}),
        autoname=AutoName(max_length=128),
    ),
)
"""The rows of this noun family."""
