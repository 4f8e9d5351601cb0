"""KMS keys and aliases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from landline.sandbox.resource_type import AutoName, Made, Properties, ResourceType
from landline.sandbox.resources.support import (
    all_tags,
    arguments,
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

_TAG = ("TagKey", "TagValue")


def _create_key(place: Place, properties: Properties) -> Made:
    kms = place.client("kms")
    metadata = kms.create_key(
        Tags=tag_list(properties, *_TAG),
        **arguments(
            properties,
            {"description": "Description", "policy": "Policy", "multiRegion": "MultiRegion"},
        ),
    )["KeyMetadata"]
    key = metadata["KeyId"]
    if properties.get("enableKeyRotation"):
        _rotate(place, key, properties)
    policy = properties.get("policy") or kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"]
    made_of = {"policy": policy, "enableKeyRotation": bool(properties.get("enableKeyRotation"))}
    return Made(key, {**properties, **made_of, **_described(metadata), "tagsAll": all_tags(properties)})


def _rotate(place: Place, key: str, properties: Properties) -> None:
    kms = place.client("kms")
    (kms.enable_key_rotation if properties.get("enableKeyRotation") else kms.disable_key_rotation)(KeyId=key)


def _read_key(place: Place, key: str, known: Properties) -> Properties | None:
    kms = place.client("kms")
    answer = found(lambda: kms.describe_key(KeyId=key))
    if answer is None or answer["KeyMetadata"]["KeyState"] == "PendingDeletion":
        return None
    metadata = answer["KeyMetadata"]
    return {
        **known,
        **_described(metadata),
        "policy": kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"],
        "enableKeyRotation": kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"],
        "tagsAll": tag_map(kms.list_resource_tags(KeyId=key).get("Tags", []), *_TAG),
    }


def _described(metadata: Properties) -> Properties:
    return {
        "id": metadata["KeyId"],
        "keyId": metadata["KeyId"],
        "arn": metadata["Arn"],
        "description": metadata["Description"],
        "isEnabled": metadata["Enabled"],
        "multiRegion": metadata.get("MultiRegion", False),
    }


def _update_key(place: Place, key: str, old: Properties, new: Properties) -> Properties:
    kms = place.client("kms")
    if changed(old, new, "description"):
        kms.update_key_description(KeyId=key, Description=new.get("description") or "")
    if changed(old, new, "policy") and new.get("policy"):
        kms.put_key_policy(KeyId=key, PolicyName="default", Policy=new["policy"])
    if changed(old, new, "enableKeyRotation"):
        _rotate(place, key, new)
    retag(
        old,
        new,
        untag=lambda keys: kms.untag_resource(KeyId=key, TagKeys=keys),
        tag=lambda: kms.tag_resource(KeyId=key, Tags=tag_list(new, *_TAG)),
    )
    return now(place, key, new, _read_key)


def _delete_key(place: Place, key: str, outputs: Properties) -> None:
    """Schedules the deletion, as the provider does: a key that waits for it counts as gone."""
    if _read_key(place, key, outputs) is not None:
        place.client("kms").schedule_key_deletion(
            KeyId=key, PendingWindowInDays=outputs.get("deletionWindowInDays") or 30
        )


def _create_alias(place: Place, properties: Properties) -> Made:
    place.client("kms").create_alias(AliasName=properties["name"], TargetKeyId=properties["targetKeyId"])
    return made(place, properties["name"], properties, _read_alias)


def _read_alias(place: Place, name: str, known: Properties) -> Properties | None:
    for alias in place.client("kms").list_aliases()["Aliases"]:
        if alias["AliasName"] == name:
            return {
                **known,
                "id": name,
                "name": name,
                "arn": alias["AliasArn"],
                "targetKeyArn": f"arn:aws:kms:{place.region}:{place.account}:key/{alias['TargetKeyId']}",
            }
    return None


def _update_alias(place: Place, name: str, old: Properties, new: Properties) -> Properties:  # noqa: ARG001
    place.client("kms").update_alias(AliasName=name, TargetKeyId=new["targetKeyId"])
    return now(place, name, new, _read_alias)


def _delete_alias(place: Place, name: str, outputs: Properties) -> None:  # noqa: ARG001 - the table's interface
    with forgiving_absence():
        place.client("kms").delete_alias(AliasName=name)


TYPES = (
    ResourceType(
        token="aws:kms/key:Key",  # noqa: S106 - a Pulumi type token
        create=_create_key,
        read=_read_key,
        update=_update_key,
        delete=_delete_key,
        replace_on=frozenset({"multiRegion"}),
        inputs=frozenset(
            {"description", "policy", "enableKeyRotation", "deletionWindowInDays", "multiRegion", "tags"}
        ),
    ),
    ResourceType(
        token="aws:kms/alias:Alias",  # noqa: S106
        create=_create_alias,
        read=_read_alias,
        update=_update_alias,
        delete=_delete_alias,
        replace_on=frozenset({"name"}),
        inputs=frozenset({"name", "targetKeyId"}),
        autoname=AutoName(prefix="alias/", max_length=256),
    ),
)
"""The rows of this noun family."""
