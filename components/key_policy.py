"""Policies of customer managed KMS keys."""

import json
from collections.abc import Mapping
from typing import Any

from components.partition import dns_suffix, partition
from components.store_policy import key_use

Statement = Mapping[str, Any]


def key_policy(account: str, region: str, *statements: Statement) -> str:
    """A key policy that leaves access to the account's IAM policies, and adds `statements` for AWS services.

    Nobody of another account gets to use the key (`components.store_policy`).

    Without the first statement nobody could manage the key again ("AWS KMS Developer Guide, Default key
    policy").
    """
    root: Statement = {
        "Sid": "AccountByIam",
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:{partition(region)}:iam::{account}:root"},
        "Action": "kms:*",
        "Resource": "*",
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [root, key_use(account), *statements]})


def log_groups(account: str, region: str) -> Statement:
    """Lets CloudWatch Logs use the key for the account's log groups in the Region.

    ("Amazon CloudWatch Logs User Guide, Encrypt log data in CloudWatch Logs using AWS KMS".)
    """
    groups = f"arn:{partition(region)}:logs:{region}:{account}:log-group:*"
    return {
        "Sid": "LogGroups",
        "Effect": "Allow",
        "Principal": {"Service": f"logs.{region}.{dns_suffix(region)}"},
        "Action": ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
        "Resource": "*",
        "Condition": {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": groups}},
    }


def log_delivery(service: str, source_arn: str) -> Statement:
    """Lets an AWS service encrypt what it delivers for `source_arn`, and for nothing else.

    ("AWS CloudTrail User Guide, Configure AWS KMS key policies for CloudTrail".)
    """
    return {
        "Sid": "LogDelivery",
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": ["kms:GenerateDataKey*", "kms:DescribeKey"],
        "Resource": "*",
        "Condition": {"ArnLike": {"aws:SourceArn": source_arn}},
    }


def publishers(account: str, region: str) -> tuple[Statement, ...]:
    """Lets CloudWatch and PrivateLink use the key of a topic for the account's alarms and endpoints.

    ("Amazon SNS Developer Guide, Managing Amazon SNS encryption keys and costs"; "AWS PrivateLink guide,
    Receive alerts for endpoint service events" and "... for interface endpoint events".)
    """
    arn, owner = f"arn:{partition(region)}", f"{region}:{account}"
    sources = {
        "cloudwatch.amazonaws.com": [f"{arn}:cloudwatch:{owner}:alarm:*"],
        "vpce.amazonaws.com": [
            f"{arn}:ec2:{owner}:vpc-endpoint/*",
            f"{arn}:ec2:{owner}:vpc-endpoint-service/*",
        ],
    }
    return tuple(
        {
            "Sid": sid,
            "Effect": "Allow",
            "Principal": {"Service": service},
            "Action": ["kms:GenerateDataKey*", "kms:Decrypt"],
            "Resource": "*",
            "Condition": {
                "StringEquals": {"aws:SourceAccount": account},
                "ArnLike": {"aws:SourceArn": sources[service]},
            },
        }
        for sid, service in (("Alarms", "cloudwatch.amazonaws.com"), ("Connections", "vpce.amazonaws.com"))
    )
