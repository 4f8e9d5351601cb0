"""A VPC's flow log in an encrypted log group."""

import json
from typing import NotRequired, TypedDict

import pulumi
from pulumi_aws import cloudwatch, ec2, iam, kms

from components import naming
from components.flow_log_fields import FIELDS
from components.flow_queries import QUERIES
from components.key_policy import key_policy, log_groups


class FlowLogsArgs(TypedDict):
    """What `FlowLogs` needs."""

    vpc_id: pulumi.Input[str]
    account: str
    """The account's id."""
    region: str
    """The Region's code."""
    retention_days: NotRequired[int]
    """How long records are kept; one of the values that CloudWatch Logs takes ("Amazon CloudWatch Logs API
    Reference, PutRetentionPolicy"). Default: 400."""


class FlowLogs(pulumi.ComponentResource):
    """All traffic of one VPC, accepted and rejected, to CloudWatch Logs under a key of its own.

    With it come queries that find what takes another path than the private ones (`components.flow_queries`).

    A flow log cannot be changed: another field or role replaces it ("Amazon VPC User Guide, Flow log
    limitations").
    """

    log_group_name: pulumi.Output[str]
    key_arn: pulumi.Output[str]
    """A key for the account's log groups in the Region."""

    def __init__(self, name: str, args: FlowLogsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("landline:index:FlowLogs", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        account, region = args["account"], args["region"]

        key = kms.Key(
            f"{name}-key",
            description="Flow log records",
            policy=key_policy(account, region, log_groups(account, region)),
            enable_key_rotation=True,
            opts=child,
        )
        group = cloudwatch.LogGroup(
            f"{name}-records",
            kms_key_id=key.arn,
            retention_in_days=args.get("retention_days", 400),
            opts=child,
        )
        role = iam.Role(
            naming.fit(f"{name}-role", naming.ROLE),
            description="Delivers a VPC's flow log records to CloudWatch Logs",
            assume_role_policy=json.dumps(
                {
                    "Version": "2012-10-17",
                    "Statement": {
                        "Effect": "Allow",
                        "Principal": {"Service": "vpc-flow-logs.amazonaws.com"},
                        "Action": "sts:AssumeRole",
                        "Condition": {"StringEquals": {"aws:SourceAccount": account}},
                    },
                }
            ),
            opts=child,
        )
        delivery = iam.RolePolicy(
            f"{name}-delivery",
            role=role.id,
            policy=pulumi.Output.json_dumps(
                {
                    "Version": "2012-10-17",
                    "Statement": {
                        "Effect": "Allow",
                        "Action": ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
                        "Resource": group.arn.apply(lambda arn: f"{arn}:*"),
                    },
                }
            ),
            opts=child,
        )
        ec2.FlowLog(
            f"{name}-flow-log",
            vpc_id=args["vpc_id"],
            traffic_type="ALL",
            log_destination_type="cloud-watch-logs",
            log_destination=group.arn,
            iam_role_arn=role.arn,
            log_format=" ".join(f"${{{field}}}" for field in FIELDS),
            max_aggregation_interval=60,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[delivery]),
        )

        for title, query in QUERIES.items():
            cloudwatch.QueryDefinition(
                f"{name}-{title.replace(' ', '-')}",
                # The console shows what stands before a slash as a folder.
                name=f"{name}/{title}",
                query_string=query,
                log_group_names=[group.name],
                opts=child,
            )

        self.log_group_name = group.name
        self.key_arn = key.arn
        self.register_outputs({"log_group_name": self.log_group_name, "key_arn": self.key_arn})
