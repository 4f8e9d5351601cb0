"""Every condition key that a policy of this project names, and the AWS page that says who supports it."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

GLOBAL_KEYS = "IAM User Guide, AWS global condition context keys"


@dataclass(frozen=True, slots=True)
class ConditionKey:
    """One key."""

    page: str
    """Where AWS says what it holds and when it is there."""
    present: str
    """When a request has it, in a few words."""
    services: frozenset[str] | None = None
    """The action prefixes whose requests carry it; None: those of every service."""


def _global(name: str, present: str) -> tuple[str, ConditionKey]:
    return name, ConditionKey(f"{GLOBAL_KEYS}, {name}", present)


CONDITION_KEYS: Mapping[str, ConditionKey] = MappingProxyType(
    dict(
        (
            _global("aws:PrincipalOrgID", "a member account's identity signed"),
            _global("aws:PrincipalAccount", "an IAM identity signed; anonymous requests say so"),
            _global("aws:PrincipalArn", "an IAM identity signed"),
            _global("aws:PrincipalIsAWSService", "the request is signed; not with a federated caller"),
            # But for some actions that the page lists. The library allows one of those, events:PutEvents: it
            # lacks the key on other accounts' buses that have been targets since before March 2023, and is
            # refused there.
            _global("aws:ResourceOrgID", "the resource's account is a member of an organisation"),
            _global("aws:SecureTransport", "always"),
            _global("aws:SourceAccount", "a service principal calls for a resource"),
            _global("aws:SourceArn", "a service principal calls for a resource"),
            _global("aws:SourceOrgID", "a service principal calls for a member account's resource"),
            _global("aws:SourceVpc", "the request came through a VPC endpoint"),
            _global("aws:SourceVpce", "the request came through a VPC endpoint"),
            _global("aws:ViaAWSService", "always: whether a service calls with the caller's credentials"),
            (
                "kms:EncryptionContext:aws:logs:arn",
                ConditionKey(
                    "Amazon CloudWatch Logs User Guide, Encrypt log data in CloudWatch Logs using AWS KMS",
                    "CloudWatch Logs uses the key for a log group",
                    frozenset({"kms"}),
                ),
            ),
            (
                "kms:EncryptionContext:SecretARN",
                ConditionKey(
                    "AWS Secrets Manager User Guide, Secret encryption and decryption",
                    "Secrets Manager uses the key for a secret",
                    frozenset({"kms"}),
                ),
            ),
            (
                "kms:ViaService",
                ConditionKey(
                    "AWS KMS Developer Guide, AWS KMS condition keys, kms:ViaService",
                    "an AWS service asks KMS in the caller's name",
                    frozenset({"kms"}),
                ),
            ),
            (
                "s3:x-amz-acl",
                ConditionKey(
                    "Amazon S3 User Guide, Amazon S3 condition key examples",
                    "the request sets a canned ACL",
                    frozenset({"s3"}),
                ),
            ),
        )
    )
)
"""The keys as they are written; AWS does not mind their case."""
