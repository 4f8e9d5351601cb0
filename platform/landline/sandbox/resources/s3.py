"""S3 buckets and the resources that configure one: each is one call to put and one to remove."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

from landline.sandbox.resource_type import AutoName, Made, Properties, ResourceType
from landline.sandbox.resources.support import (
    all_tags,
    capitalised,
    forgiving_absence,
    found,
    made,
    now,
    tag_list,
    tag_map,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from landline.sandbox.resource_type import Place


def _create_bucket(place: Place, properties: Properties) -> Made:
    s3, name = place.client("s3"), properties["bucket"]
    # S3 has no location constraint for us-east-1 (CreateBucket).
    location: dict[str, Any] = (
        {}
        if place.region == "us-east-1"
        else {"CreateBucketConfiguration": {"LocationConstraint": place.region}}
    )
    s3.create_bucket(
        Bucket=name,
        ObjectLockEnabledForBucket=bool(properties.get("objectLockEnabled")),
        **location,
    )
    _retag(place, name, {}, properties)
    return made(place, name, properties, _read_bucket)


def _retag(place: Place, name: str, old: Properties, new: Properties) -> None:
    s3 = place.client("s3")
    if all_tags(new) and all_tags(new) != all_tags(old):
        s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": tag_list(new)})
    elif all_tags(old) and not all_tags(new):
        s3.delete_bucket_tagging(Bucket=name)


def _read_bucket(place: Place, name: str, known: Properties) -> Properties | None:
    s3 = place.client("s3")
    owned = {bucket["Name"] for bucket in s3.list_buckets()["Buckets"]}
    if name not in owned:
        return None
    tagging = found(lambda: s3.get_bucket_tagging(Bucket=name)) or {}
    return {
        **known,
        "id": name,
        "bucket": name,
        "arn": f"arn:aws:s3:::{name}",
        "bucketDomainName": f"{name}.s3.amazonaws.com",
        "bucketRegionalDomainName": f"{name}.s3.{place.region}.amazonaws.com",
        "region": place.region,
        "tagsAll": tag_map(tagging.get("TagSet", [])),
    }


def _update_bucket(place: Place, name: str, old: Properties, new: Properties) -> Properties:
    _retag(place, name, old, new)
    return now(place, name, new, _read_bucket)


def _delete_bucket(place: Place, name: str, outputs: Properties) -> None:
    s3 = place.client("s3")
    if _read_bucket(place, name, outputs) is None:
        return
    if outputs.get("forceDestroy"):
        versions = s3.list_object_versions(Bucket=name)
        for each in (*versions.get("Versions", ()), *versions.get("DeleteMarkers", ())):
            s3.delete_object(Bucket=name, Key=each["Key"], VersionId=each["VersionId"])
    s3.delete_bucket(Bucket=name)


def _put(put: Callable[[Place, Properties], object], place: Place, properties: Properties) -> Made:
    put(place, properties)
    return Made(properties["bucket"], {**properties, "id": properties["bucket"]})


def _get(get: str, place: Place, bucket: str, known: Properties) -> Properties | None:
    """The configuration as declared, if the bucket has one: what S3 answers differs in form only."""
    s3 = place.client("s3")
    answer = found(lambda: getattr(s3, get)(Bucket=bucket))
    if answer is None:
        return None
    if get == "get_bucket_versioning" and "Status" not in answer:
        return None
    outputs = {**known, "id": bucket, "bucket": bucket}
    if get == "get_bucket_policy":
        outputs["policy"] = answer["Policy"]
    return outputs


def _replace(
    put: Callable[[Place, Properties], object],
    get: str,
    place: Place,
    bucket: str,
    old: Properties,  # noqa: ARG001 - the table's interface
    new: Properties,
) -> Properties:
    put(place, new)
    return now(place, bucket, new, partial(_get, get))


def _remove(delete: str, place: Place, bucket: str, outputs: Properties) -> None:  # noqa: ARG001
    with forgiving_absence():
        getattr(place.client("s3"), delete)(Bucket=bucket)


def _suspend(place: Place, bucket: str, outputs: Properties) -> None:  # noqa: ARG001
    """Versioning cannot be removed, only suspended, and not even that where Object Lock needs it."""
    s3 = place.client("s3")
    lock = found(lambda: s3.get_object_lock_configuration(Bucket=bucket))
    if lock is None:
        with forgiving_absence():
            s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Suspended"})


def _unlock(place: Place, bucket: str, outputs: Properties) -> None:  # noqa: ARG001
    """Removes the default retention; Object Lock itself stays on for the bucket's life."""
    s3 = place.client("s3")
    with forgiving_absence():
        # moto changes no lock of a bucket that holds objects, which S3 does.
        if not s3.list_object_versions(Bucket=bucket, MaxKeys=1).get("Versions"):
            s3.put_object_lock_configuration(
                Bucket=bucket, ObjectLockConfiguration={"ObjectLockEnabled": "Enabled"}
            )


def _put_public_access_block(place: Place, properties: Properties) -> None:
    names = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
    place.client("s3").put_public_access_block(
        Bucket=properties["bucket"],
        # The provider's default for each flag is false.
        PublicAccessBlockConfiguration={n[:1].upper() + n[1:]: bool(properties.get(n)) for n in names},
    )


def _put_versioning(place: Place, properties: Properties) -> None:
    place.client("s3").put_bucket_versioning(
        Bucket=properties["bucket"],
        VersioningConfiguration={"Status": properties["versioningConfiguration"]["status"]},
    )


def _put_encryption(place: Place, properties: Properties) -> None:
    rules = []
    for rule in properties["rules"]:
        default = rule.get("applyServerSideEncryptionByDefault") or {}
        shown: dict[str, Any] = {"SSEAlgorithm": default["sseAlgorithm"]}
        if default.get("kmsMasterKeyId"):
            shown["KMSMasterKeyID"] = default["kmsMasterKeyId"]
        rules.append(
            {
                "ApplyServerSideEncryptionByDefault": shown,
                "BucketKeyEnabled": bool(rule.get("bucketKeyEnabled")),
            }
        )
    place.client("s3").put_bucket_encryption(
        Bucket=properties["bucket"], ServerSideEncryptionConfiguration={"Rules": rules}
    )


def _put_policy(place: Place, properties: Properties) -> None:
    policy = properties["policy"]
    text = policy if isinstance(policy, str) else json.dumps(policy)
    place.client("s3").put_bucket_policy(Bucket=properties["bucket"], Policy=text)


def _put_lock(place: Place, properties: Properties) -> None:
    configuration: dict[str, Any] = {"ObjectLockEnabled": properties.get("objectLockEnabled") or "Enabled"}
    if properties.get("rule"):
        configuration["Rule"] = capitalised(properties["rule"])
    place.client("s3").put_object_lock_configuration(
        Bucket=properties["bucket"], ObjectLockConfiguration=configuration
    )


def _put_lifecycle(place: Place, properties: Properties) -> None:
    rules = []
    for rule in properties["rules"]:
        shown = capitalised({k: v for k, v in rule.items() if k not in {"id", "filter"} and v is not None})
        shown["ID"] = rule["id"]
        shown["Filter"] = capitalised(rule.get("filter") or {}) or {"Prefix": ""}
        rules.append(shown)
    place.client("s3").put_bucket_lifecycle_configuration(
        Bucket=properties["bucket"], LifecycleConfiguration={"Rules": rules}
    )


def _side(
    token: str,
    put: Callable[[Place, Properties], object],
    get: str,
    delete: Callable[[Place, str, Properties], None],
    *inputs: str,
) -> ResourceType:
    """A row for something that configures a bucket."""
    return ResourceType(
        token=f"aws:s3/{token}",
        create=partial(_put, put),
        read=partial(_get, get),
        update=partial(_replace, put, get),
        delete=delete,
        replace_on=frozenset({"bucket"}),
        inputs=frozenset({"bucket", *inputs}),
    )


TYPES = (
    ResourceType(
        token="aws:s3/bucket:Bucket",  # noqa: S106 - a Pulumi type token
        create=_create_bucket,
        read=_read_bucket,
        update=_update_bucket,
        delete=_delete_bucket,
        replace_on=frozenset({"bucket", "objectLockEnabled"}),
        inputs=frozenset({"bucket", "objectLockEnabled", "forceDestroy", "tags"}),
        autoname=AutoName(property="bucket", max_length=63),
    ),
    _side(
        "bucketPublicAccessBlock:BucketPublicAccessBlock",
        _put_public_access_block,
        "get_public_access_block",
        partial(_remove, "delete_public_access_block"),
        "blockPublicAcls",
        "blockPublicPolicy",
        "ignorePublicAcls",
        "restrictPublicBuckets",
    ),
    _side(
        "bucketVersioning:BucketVersioning",
        _put_versioning,
        "get_bucket_versioning",
        _suspend,
        "versioningConfiguration",
    ),
    _side(
        "bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        _put_encryption,
        "get_bucket_encryption",
        partial(_remove, "delete_bucket_encryption"),
        "rules",
    ),
    _side(
        "bucketPolicy:BucketPolicy",
        _put_policy,
        "get_bucket_policy",
        partial(_remove, "delete_bucket_policy"),
        "policy",
    ),
    _side(
        "bucketObjectLockConfiguration:BucketObjectLockConfiguration",
        _put_lock,
        "get_object_lock_configuration",
        _unlock,
        "objectLockEnabled",
        "rule",
    ),
    _side(
        "bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        _put_lifecycle,
        "get_bucket_lifecycle_configuration",
        partial(_remove, "delete_bucket_lifecycle"),
        "rules",
    ),
)
"""The rows of this noun family."""
