"""Where findings end up: a bucket that keeps them and a bus that passes them on."""

import json
from typing import TypedDict

import pulumi
from pulumi_aws import cloudwatch

from components.encrypted_bucket import EncryptedBucket
from components.key_policy import log_groups

SOURCE = "landline.findings"
"""The ``source`` of the events that carry a finding."""


class FindingsIntakeArgs(TypedDict):
    """What a `FindingsIntake` needs."""

    account: str
    """The account's id."""
    region: str
    """The Region's code."""
    retention_days: int
    """After how many days findings are removed from the bucket, 1 to 36500."""
    vpc_id: pulumi.Input[str]
    """The VPC through whose endpoints findings are written to the bucket."""


class FindingsIntake(pulumi.ComponentResource):
    """An encrypted bucket for findings, and an EventBridge bus that writes each one to a log group."""

    bucket: pulumi.Output[str]
    bucket_arn: pulumi.Output[str]
    key_arn: pulumi.Output[str]
    bus_name: pulumi.Output[str]
    bus_arn: pulumi.Output[str]

    def __init__(
        self, name: str, args: FindingsIntakeArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("landline:index:FindingsIntake", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        account, region = args["account"], args["region"]

        store = EncryptedBucket(
            f"{name}-findings",
            {
                "account": account,
                "region": region,
                "description": "Findings",
                "expire_days": args["retention_days"],
                "vpc_id": args["vpc_id"],
                "key_statements": [log_groups(account, region)],
            },
            opts=child,
        )
        bus = cloudwatch.EventBus(f"{name}-bus", description="Findings that spokes hand in", opts=child)
        rule = cloudwatch.EventRule(
            f"{name}-rule",
            event_bus_name=bus.name,
            description="Every finding",
            event_pattern=json.dumps({"source": [SOURCE]}),
            opts=child,
        )
        group = cloudwatch.LogGroup(
            f"{name}-events",
            # EventBridge delivers to groups of this prefix ("Amazon EventBridge User Guide, CloudWatch Logs
            # targets").
            name=f"/aws/events/{name}",
            kms_key_id=store.key_arn,
            retention_in_days=90,
            opts=child,
        )
        delivery = cloudwatch.LogResourcePolicy(
            f"{name}-events-delivery",
            policy_name=f"{name}-events-delivery",
            policy_document=pulumi.Output.json_dumps(
                {
                    "Version": "2012-10-17",
                    "Statement": {
                        "Effect": "Allow",
                        "Principal": {"Service": ["events.amazonaws.com", "delivery.logs.amazonaws.com"]},
                        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
                        "Resource": group.arn.apply(lambda arn: f"{arn}:*"),
                        "Condition": {"ArnEquals": {"aws:SourceArn": rule.arn}},
                    },
                }
            ),
            opts=child,
        )
        cloudwatch.EventTarget(
            f"{name}-target",
            event_bus_name=bus.name,
            rule=rule.name,
            arn=group.arn,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[delivery]),
        )

        self.bucket = store.bucket
        self.bucket_arn = store.arn
        self.key_arn = store.key_arn
        self.bus_name = bus.name
        self.bus_arn = bus.arn
        self.register_outputs(
            {
                "bucket": self.bucket,
                "bucket_arn": self.bucket_arn,
                "key_arn": self.key_arn,
                "bus_name": self.bus_name,
                "bus_arn": self.bus_arn,
            }
        )
