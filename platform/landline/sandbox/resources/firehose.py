"""Data Firehose delivery streams to S3."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from landline.sandbox.resource_type import AutoName, Made, Properties, ResourceType
from landline.sandbox.resources.support import (
    arguments,
    changed,
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

_S3 = frozenset(
    {
        "bucketArn",
        "roleArn",
        "bufferingInterval",
        "bufferingSize",
        "compressionFormat",
        "prefix",
        "errorOutputPrefix",
        "kmsKeyArn",
        "cloudwatchLoggingOptions",
    }
)


def _destination(given: Properties) -> dict[str, Any]:
    unknown = sorted(set(given) - _S3)
    if unknown:
        message = f"extendedS3Configuration: the sandbox does not model {', '.join(unknown)}"
        raise NotImplementedError(message)
    shown: dict[str, Any] = arguments(
        given,
        {
            "bucketArn": "BucketARN",
            "roleArn": "RoleARN",
            "compressionFormat": "CompressionFormat",
            "prefix": "Prefix",
            "errorOutputPrefix": "ErrorOutputPrefix",
        },
    )
    hints = arguments(given, {"bufferingInterval": "IntervalInSeconds", "bufferingSize": "SizeInMBs"})
    if hints:
        shown["BufferingHints"] = hints
    if given.get("kmsKeyArn"):
        shown["EncryptionConfiguration"] = {"KMSEncryptionConfig": {"AWSKMSKeyARN": given["kmsKeyArn"]}}
    if given.get("cloudwatchLoggingOptions"):
        shown["CloudWatchLoggingOptions"] = arguments(
            given["cloudwatchLoggingOptions"],
            {"enabled": "Enabled", "logGroupName": "LogGroupName", "logStreamName": "LogStreamName"},
        )
    return shown


def _encrypt(place: Place, name: str, properties: Properties) -> None:
    encryption = properties.get("serverSideEncryption") or {}
    firehose = place.client("firehose")
    if encryption.get("enabled"):
        firehose.start_delivery_stream_encryption(
            DeliveryStreamName=name,
            DeliveryStreamEncryptionConfigurationInput={
                "KeyType": encryption.get("keyType") or "AWS_OWNED_CMK",
                **arguments(encryption, {"keyArn": "KeyARN"}),
            },
        )
    else:
        firehose.stop_delivery_stream_encryption(DeliveryStreamName=name)


def _create(place: Place, properties: Properties) -> Made:
    if properties["destination"] != "extended_s3":
        message = f"destination: the sandbox models extended_s3, not {properties['destination']}"
        raise NotImplementedError(message)
    arn = place.client("firehose").create_delivery_stream(
        DeliveryStreamName=properties["name"],
        DeliveryStreamType="DirectPut",
        ExtendedS3DestinationConfiguration=_destination(properties["extendedS3Configuration"]),
        **tags_argument(properties),
    )["DeliveryStreamARN"]
    if (properties.get("serverSideEncryption") or {}).get("enabled"):
        _encrypt(place, properties["name"], properties)
    return made(place, arn, properties, _read)


def _name(arn: str) -> str:
    return arn.split(":deliverystream/")[1]


def _read(place: Place, arn: str, known: Properties) -> Properties | None:
    firehose = place.client("firehose")
    answer = found(lambda: firehose.describe_delivery_stream(DeliveryStreamName=_name(arn)))
    if answer is None:
        return None
    stream = answer["DeliveryStreamDescription"]
    tags = firehose.list_tags_for_delivery_stream(DeliveryStreamName=_name(arn))["Tags"]
    return {
        **known,
        "id": arn,
        "arn": arn,
        "name": stream["DeliveryStreamName"],
        "destinationId": stream["Destinations"][0]["DestinationId"],
        "versionId": stream["VersionId"],
        "tagsAll": tag_map(tags),
    }


def _update(place: Place, arn: str, old: Properties, new: Properties) -> Properties:
    firehose, name = place.client("firehose"), _name(arn)
    if changed(old, new, "extendedS3Configuration"):
        known = now(place, arn, new, _read)
        firehose.update_destination(
            DeliveryStreamName=name,
            CurrentDeliveryStreamVersionId=known["versionId"],
            DestinationId=known["destinationId"],
            ExtendedS3DestinationUpdate=_destination(new["extendedS3Configuration"]),
        )
    if changed(old, new, "serverSideEncryption"):
        _encrypt(place, name, new)
    retag(
        old,
        new,
        untag=lambda keys: firehose.untag_delivery_stream(DeliveryStreamName=name, TagKeys=keys),
        tag=lambda: firehose.tag_delivery_stream(DeliveryStreamName=name, Tags=tag_list(new)),
    )
    return now(place, arn, new, _read)


def _delete(place: Place, arn: str, outputs: Properties) -> None:  # noqa: ARG001 - the table's interface
    with forgiving_absence():
        place.client("firehose").delete_delivery_stream(DeliveryStreamName=_name(arn))


TYPES = (
    ResourceType(
        token="aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream",  # noqa: S106 - a Pulumi type token
        create=_create,
        read=_read,
        update=_update,
        delete=_delete,
        replace_on=frozenset({"name", "destination"}),
        inputs=frozenset({"name", "destination", "extendedS3Configuration", "serverSideEncryption", "tags"}),
        autoname=AutoName(max_length=64),
    ),
)
"""The rows of this noun family."""
