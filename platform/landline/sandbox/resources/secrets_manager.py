"""Secrets Manager: secrets without their values, which somebody puts there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from landline.sandbox.resource_type import AutoName, Made, Properties, ResourceType
from landline.sandbox.resources.support import (
    arguments,
    forgiving_absence,
    found,
    made,
    now,
    retag,
    tag_list,
    tag_map,
    tags_argument,
)

if TYPE_CHECKING:
    from landline.sandbox.resource_type import Place

_ARGUMENTS = {"description": "Description", "kmsKeyId": "KmsKeyId"}


def _create(place: Place, properties: Properties) -> Made:
    arn = place.client("secretsmanager").create_secret(
        Name=properties["name"], **tags_argument(properties), **arguments(properties, _ARGUMENTS)
    )["ARN"]
    return made(place, arn, properties, _read)


def _read(place: Place, arn: str, known: Properties) -> Properties | None:
    secret = found(lambda: place.client("secretsmanager").describe_secret(SecretId=arn))
    if secret is None or "DeletedDate" in secret:
        return None
    return {
        **known,
        "id": arn,
        "arn": arn,
        "name": secret["Name"],
        "description": secret.get("Description", ""),
        "tagsAll": tag_map(secret.get("Tags", [])),
    }


def _update(place: Place, arn: str, old: Properties, new: Properties) -> Properties:
    secrets = place.client("secretsmanager")
    if arguments(old, _ARGUMENTS) != arguments(new, _ARGUMENTS):
        secrets.update_secret(SecretId=arn, **arguments(new, _ARGUMENTS))
    retag(
        old,
        new,
        untag=lambda keys: secrets.untag_resource(SecretId=arn, TagKeys=keys),
        tag=lambda: secrets.tag_resource(SecretId=arn, Tags=tag_list(new)),
    )
    return now(place, arn, new, _read)


def _delete(place: Place, arn: str, outputs: Properties) -> None:
    days = outputs.get("recoveryWindowInDays", 30)
    window = {"RecoveryWindowInDays": int(days)} if days else {"ForceDeleteWithoutRecovery": True}
    if _read(place, arn, outputs) is not None:
        with forgiving_absence():
            place.client("secretsmanager").delete_secret(SecretId=arn, **window)


TYPES = (
    ResourceType(
        token="aws:secretsmanager/secret:Secret",  # noqa: S106 - a Pulumi type token
        create=_create,
        read=_read,
        update=_update,
        delete=_delete,
        replace_on=frozenset({"name"}),
        inputs=frozenset({"name", *_ARGUMENTS, "recoveryWindowInDays", "tags"}),
        autoname=AutoName(max_length=512),
    ),
)
"""The rows of this noun family."""
