"""A private bucket under a key of its own."""

import json
from collections.abc import Iterator, Sequence
from typing import Literal, NotRequired, TypedDict

import pulumi
from pulumi_aws import kms, s3

from components import naming
from components.key_policy import Statement, key_policy, log_delivery
from components.store_policy import bucket_use


class ObjectLock(TypedDict):
    """S3 Object Lock's default retention."""

    mode: Literal["GOVERNANCE", "COMPLIANCE"]
    """Nobody, not even the root user, can shorten ``COMPLIANCE`` ("Amazon S3 User Guide, Locking
    objects")."""
    days: int
    """How long each object version is kept, 1 to 36500."""


class LogDelivery(TypedDict):
    """An AWS service that writes logs into the bucket under ``AWSLogs/<account>/``."""

    service: str
    """Its service principal, such as ``cloudtrail.amazonaws.com``."""
    source_arn: str
    """For whom it may write; ``*`` stands for any characters."""


class EncryptedBucketArgs(TypedDict):
    """What an `EncryptedBucket` needs."""

    account: str
    """The account's id."""
    region: str
    """The Region's code."""
    description: str
    """What it holds, for the key's description."""
    object_lock: NotRequired[ObjectLock]
    """Default: objects can be deleted. It can only be turned on when the bucket is made."""
    expire_days: NotRequired[int]
    """After how many days objects are removed. Default: never. A lock outlives it: what is locked is hidden,
    and deleted once its lock ends ("Amazon S3 User Guide, Object Lock considerations")."""
    glacier_after_days: NotRequired[int]
    """After how many days objects move to S3 Glacier Instant Retrieval, from which they are read as before.
    Default: never."""
    log_delivery: NotRequired[LogDelivery]
    writers: NotRequired[Sequence[pulumi.Input[str]]]
    """ARNs of the roles that may write from anywhere. Default: none; AWS services always may."""
    vpc_id: NotRequired[pulumi.Input[str]]
    """The VPC through whose endpoints the account's identities may write. Default: none."""
    key_statements: NotRequired[list[Statement]]
    """Further statements of the key's policy."""


class EncryptedBucket(pulumi.ComponentResource):
    """A versioned bucket that takes TLS only, is never public and encrypts with a KMS key of its own.

    Nobody of another account reads or writes, and of this one only those named write: see
    `components.store_policy`.
    """

    bucket: pulumi.Output[str]
    arn: pulumi.Output[str]
    key_arn: pulumi.Output[str]

    def __init__(
        self, name: str, args: EncryptedBucketArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("landline:index:EncryptedBucket", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        account, region, delivery = args["account"], args["region"], args.get("log_delivery")

        statements = list(args.get("key_statements", []))
        if delivery is not None:
            statements.append(log_delivery(delivery["service"], delivery["source_arn"]))
        key = kms.Key(
            f"{name}-key",
            description=args["description"],
            policy=key_policy(account, region, *statements),
            enable_key_rotation=True,
            opts=child,
        )
        kms.Alias(f"{name}-alias", target_key_id=key.key_id, opts=child)
        bucket = s3.Bucket(
            naming.fit(f"{name}-bucket", naming.BUCKET),
            object_lock_enabled="object_lock" in args,
            # So that the key outlives it: S3 deletes no bucket that holds objects, and without the key they
            # are lost.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[key]),
        )
        s3.BucketPublicAccessBlock(
            f"{name}-public-access",
            bucket=bucket.bucket,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=child,
        )
        versioning = s3.BucketVersioning(
            f"{name}-versioning",
            bucket=bucket.bucket,
            versioning_configuration={"status": "Enabled"},
            opts=child,
        )
        s3.BucketServerSideEncryptionConfiguration(
            f"{name}-encryption",
            bucket=bucket.bucket,
            rules=[
                {
                    "apply_server_side_encryption_by_default": {
                        "sse_algorithm": "aws:kms",
                        "kms_master_key_id": key.arn,
                    },
                    "bucket_key_enabled": True,
                }
            ],
            opts=child,
        )
        policy = pulumi.Output.all(
            arn=bucket.arn, writers=list(args.get("writers", ())), vpc_id=args.get("vpc_id")
        ).apply(
            lambda known: json.dumps(
                {
                    "Version": "2012-10-17",
                    "Statement": [
                        *bucket_use(known["arn"], account, known["writers"], known["vpc_id"]),
                        *([] if delivery is None else _delivery(known["arn"], account, delivery)),
                    ],
                }
            )
        )
        s3.BucketPolicy(f"{name}-policy", bucket=bucket.bucket, policy=policy, opts=child)
        if "object_lock" in args:
            s3.BucketObjectLockConfiguration(
                f"{name}-object-lock",
                bucket=bucket.bucket,
                rule={
                    "default_retention": {
                        "mode": args["object_lock"]["mode"],
                        "days": args["object_lock"]["days"],
                    }
                },
                # S3 refuses a lock on a bucket whose versioning is not on yet.
                opts=pulumi.ResourceOptions(parent=self, depends_on=[versioning]),
            )
        if rules := _lifecycle(args):
            s3.BucketLifecycleConfiguration(
                f"{name}-lifecycle",
                bucket=bucket.bucket,
                rules=rules,
                opts=pulumi.ResourceOptions(parent=self, depends_on=[versioning]),
            )

        self.bucket = bucket.bucket
        self.arn = bucket.arn
        self.key_arn = key.arn
        self.register_outputs({"bucket": self.bucket, "arn": self.arn, "key_arn": self.key_arn})


def _lifecycle(args: EncryptedBucketArgs) -> list["s3.BucketLifecycleConfigurationRuleArgsDict"]:
    rules: list[s3.BucketLifecycleConfigurationRuleArgsDict] = []
    if "glacier_after_days" in args:
        rules.append(
            {
                "id": "glacier",
                "status": "Enabled",
                "filter": {},
                "transitions": [{"days": args["glacier_after_days"], "storage_class": "GLACIER_IR"}],
                "abort_incomplete_multipart_upload": {"days_after_initiation": 7},
            }
        )
    if "expire_days" in args:
        rules.append(
            {
                "id": "expire",
                "status": "Enabled",
                "filter": {},
                "expiration": {"days": args["expire_days"]},
                "noncurrent_version_expiration": {"noncurrent_days": 1},
                "abort_incomplete_multipart_upload": {"days_after_initiation": 7},
            }
        )
    return rules


def _delivery(arn: str, account: str, delivery: LogDelivery) -> Iterator[Statement]:
    """What lets a service write, as "AWS CloudTrail User Guide, Amazon S3 bucket policy for CloudTrail"."""
    service = {"Service": delivery["service"]}
    source = {"aws:SourceArn": delivery["source_arn"]}
    yield {
        "Sid": "LogDeliveryAclCheck",
        "Effect": "Allow",
        "Principal": service,
        "Action": "s3:GetBucketAcl",
        "Resource": arn,
        "Condition": {"ArnLike": source},
    }
    yield {
        "Sid": "LogDeliveryWrite",
        "Effect": "Allow",
        "Principal": service,
        "Action": "s3:PutObject",
        "Resource": f"{arn}/AWSLogs/{account}/*",
        "Condition": {"ArnLike": source, "StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}},
    }
