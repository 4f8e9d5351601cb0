"""What a VPC's resolver is asked, in an encrypted log group."""

from typing import NotRequired, TypedDict

import pulumi
from pulumi_aws import cloudwatch, route53

from components import naming


class QueryLogsArgs(TypedDict):
    """What `QueryLogs` needs."""

    vpc_id: pulumi.Input[str]
    """The network whose resolver's queries are logged."""
    key_arn: pulumi.Input[str]
    """A KMS key that CloudWatch Logs may use for the account's log groups (`components.key_policy`)."""
    retention_days: NotRequired[int]
    """How long queries are kept, as in `components.flow_logs`. Default: 400."""


class QueryLogs(pulumi.ComponentResource):
    """All queries of one VPC's resolver, what DNS Firewall did with each included, to CloudWatch Logs.

    Flow logs hold no traffic to the Amazon resolver ("Amazon VPC User Guide, Flow log limitations"), so that
    these are the only record of it. AWS itself adds to the log group's resource policy that its delivery
    service may write ("Amazon CloudWatch Logs User Guide, Logs sent to CloudWatch Logs").
    """

    log_group_name: pulumi.Output[str]

    def __init__(self, name: str, args: QueryLogsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("landline:index:QueryLogs", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)

        group = cloudwatch.LogGroup(
            f"{name}-records",
            kms_key_id=args["key_arn"],
            retention_in_days=args.get("retention_days", 400),
            opts=child,
        )
        config = route53.ResolverQueryLogConfig(
            naming.fit(f"{name}-config", naming.QUERY_LOGS), destination_arn=group.arn, opts=child
        )
        route53.ResolverQueryLogConfigAssociation(
            f"{name}-association",
            resolver_query_log_config_id=config.id,
            resource_id=args["vpc_id"],
            opts=child,
        )

        self.log_group_name = group.name
        self.register_outputs({"log_group_name": self.log_group_name})
