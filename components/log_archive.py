"""Where logs end up: a stream into a locked bucket."""

import json
from typing import Any, Literal, NotRequired, TypedDict

import pulumi
from pulumi_aws import cloudwatch, iam, kinesis

from components import naming
from components.encrypted_bucket import EncryptedBucket, EncryptedBucketArgs
from components.key_policy import log_groups
from components.partition import dns_suffix


class LogArchiveArgs(TypedDict):
    """What a `LogArchive` needs."""

    account: str
    """The account's id."""
    region: str
    """The Region's code."""
    retention_days: int
    """How long each object is locked, 1 to 36500."""
    mode: Literal["GOVERNANCE", "COMPLIANCE"]
    glacier_after_days: NotRequired[int]
    """After how many days objects move to Glacier Instant Retrieval. Default: never."""
    expire_after_days: NotRequired[int]
    """After how many days objects are deleted, not before their lock ends. Default: never."""
    cloudwatch_days: NotRequired[int]
    """For how many days a log group keeps the records too, as CloudWatch offers it. Default: none does."""


class LogArchive(pulumi.ComponentResource):
    """Data Firehose into a bucket whose objects cannot be deleted for a time (S3 Object Lock)."""

    stream_name: pulumi.Output[str]
    stream_arn: pulumi.Output[str]
    key_arn: pulumi.Output[str]
    bucket: pulumi.Output[str]
    log_group: "cloudwatch.LogGroup | None"
    """Where the records go besides."""

    def __init__(self, name: str, args: LogArchiveArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("landline:index:LogArchive", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        account, region = args["account"], args["region"]

        role = iam.Role(
            naming.fit(f"{name}-delivery-role", naming.ROLE),
            description="Delivers logs to the archive",
            assume_role_policy=json.dumps(
                {
                    "Version": "2012-10-17",
                    "Statement": {
                        "Effect": "Allow",
                        "Principal": {"Service": "firehose.amazonaws.com"},
                        "Action": "sts:AssumeRole",
                        "Condition": {"StringEquals": {"aws:SourceAccount": account}},
                    },
                }
            ),
            opts=child,
        )
        bucket: EncryptedBucketArgs = {
            "account": account,
            "region": region,
            "description": "Archived logs",
            "writers": [role.arn],
            "object_lock": {"mode": args["mode"], "days": args["retention_days"]},
        }
        if "glacier_after_days" in args:
            bucket["glacier_after_days"] = args["glacier_after_days"]
        if "cloudwatch_days" in args:
            bucket["key_statements"] = [log_groups(account, region)]
        if "expire_after_days" in args:
            bucket["expire_days"] = args["expire_after_days"]
        archive = EncryptedBucket(f"{name}-archive", bucket, opts=child)
        delivery = iam.RolePolicy(
            f"{name}-delivery",
            role=role.id,
            policy=pulumi.Output.json_dumps(
                {"Version": "2012-10-17", "Statement": _delivery_statements(archive, region)}
            ),
            opts=child,
        )
        stream = kinesis.FirehoseDeliveryStream(
            naming.fit(f"{name}-stream", naming.DELIVERY_STREAM),
            destination="extended_s3",
            extended_s3_configuration={
                "bucket_arn": archive.arn,
                "role_arn": role.arn,
                "kms_key_arn": archive.key_arn,
                "buffering_size": 64,
                "buffering_interval": 60,
                "compression_format": "GZIP",
                "prefix": "logs/!{timestamp:yyyy/MM/dd/HH}/",
                "error_output_prefix": "errors/!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd/HH}/",
            },
            server_side_encryption={
                "enabled": True,
                "key_type": "CUSTOMER_MANAGED_CMK",
                "key_arn": archive.key_arn,
            },
            opts=pulumi.ResourceOptions(parent=self, depends_on=[delivery]),
        )

        self.log_group = None
        if "cloudwatch_days" in args:
            self.log_group = cloudwatch.LogGroup(
                f"{name}-records",
                kms_key_id=archive.key_arn,
                retention_in_days=args["cloudwatch_days"],
                opts=child,
            )
        self.stream_name = stream.name
        self.stream_arn = stream.arn
        self.key_arn = archive.key_arn
        self.bucket = archive.bucket
        self.register_outputs(
            {"stream_name": self.stream_name, "stream_arn": self.stream_arn, "bucket": self.bucket}
        )


def _delivery_statements(archive: EncryptedBucket, region: str) -> list[dict[str, Any]]:
    """What a stream may do with its bucket.

    ("Amazon Data Firehose Developer Guide, Grant Firehose access to an Amazon S3 destination".)
    """
    return [
        {
            "Effect": "Allow",
            "Action": [
                "s3:AbortMultipartUpload",
                "s3:GetBucketLocation",
                "s3:GetObject",
                "s3:ListBucket",
                "s3:ListBucketMultipartUploads",
                "s3:PutObject",
            ],
            "Resource": [archive.arn, archive.arn.apply(lambda arn: f"{arn}/*")],
        },
        {
            "Effect": "Allow",
            "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
            "Resource": archive.key_arn,
            "Condition": {"StringEquals": {"kms:ViaService": f"s3.{region}.{dns_suffix(region)}"}},
        },
    ]
