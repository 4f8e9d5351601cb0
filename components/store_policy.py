"""What stores of our own refuse: the policies of their buckets and keys, beyond what IAM allows.

Deny statements bind everybody, grants on a key included. But for TLS, none of them names an action that
manages the bucket or the key, its policy above all: whoever deploys can always mend them, from wherever, and
nobody is locked out for good ("Amazon S3 User Guide, Controlling access from VPC endpoints with bucket
policies", which warns of that).
"""

from collections.abc import Mapping, Sequence
from typing import Any

Statement = Mapping[str, Any]

READS = ("s3:GetObject*", "s3:ListBucket*", "s3:ListMultipartUploadParts")
WRITES = ("s3:AbortMultipartUpload", "s3:DeleteObject*", "s3:PutObject*", "s3:RestoreObject")
"""With `READS`, every action on what is in the bucket that workloads call."""

KEY_USES = (
    "kms:CreateGrant",
    "kms:Decrypt",
    "kms:Encrypt",
    "kms:GenerateDataKey*",
    "kms:ReEncrypt*",
)
"""What brings data out of a key's ciphertext or into it, and what lets others do so."""

NOT_A_SERVICE = {"BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}
"""Services deliver under their own principal, and carry no account or network of ours ("IAM User Guide, AWS
global condition context keys, aws:PrincipalIsAWSService")."""


def _outside(account: str) -> Mapping[str, Mapping[str, str]]:
    """Who signed in another account, or nobody did."""
    return {"StringNotEqualsIfExists": {"aws:PrincipalAccount": account}, **NOT_A_SERVICE}


def key_use(account: str) -> Statement:
    """Nobody of another account uses the key, not even with a grant."""
    return {
        "Sid": "AccountOnly",
        "Effect": "Deny",
        "Principal": "*",
        "Action": list(KEY_USES),
        "Resource": "*",
        "Condition": _outside(account),
    }


def bucket_use(
    bucket: str, account: str, writers: Sequence[str] = (), vpc_id: str | None = None
) -> tuple[Statement, ...]:
    """Nobody reads or writes without TLS or from another account, and only those named write.

    `bucket` is its ARN. `writers` are roles' ARNs, whose sessions may write from anywhere: AWS services that
    take on a role call from networks of theirs. `vpc_id` lets what comes through the endpoints of one VPC
    write. Without both, AWS services alone write. Whoever empties the bucket by hand changes this policy
    first.
    """
    objects = f"{bucket}/*"
    others: dict[str, dict[str, Any]] = dict(NOT_A_SERVICE)
    if writers:
        others["ArnNotEqualsIfExists"] = {"aws:PrincipalArn": list(writers)}
    if vpc_id is not None:
        others["StringNotEqualsIfExists"] = {"aws:SourceVpc": vpc_id}
    return (
        {
            "Sid": "TlsOnly",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [bucket, objects],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        },
        {
            "Sid": "AccountOnly",
            "Effect": "Deny",
            "Principal": "*",
            "Action": [*READS, *WRITES],
            "Resource": [bucket, objects],
            "Condition": _outside(account),
        },
        {
            "Sid": "WritersOnly",
            "Effect": "Deny",
            "Principal": "*",
            "Action": list(WRITES),
            "Resource": objects,
            "Condition": others,
        },
    )
