"""The AWS services that a spoke can ask for by a short name."""

from __future__ import annotations

from typing import Literal, get_args

GatewayService = Literal["dynamodb", "s3"]
"""Reached through a gateway endpoint: free, and a route instead of an address ("AWS PrivateLink guide,
Gateway endpoints")."""

InterfaceService = Literal[
    "athena",
    "autoscaling",
    "cloudtrail",
    "config",
    "ec2",
    "ecr.api",
    "ecr.dkr",
    "ecs",
    "ecs-agent",
    "ecs-telemetry",
    "elasticloadbalancing",
    "events",
    "execute-api",
    "glue",
    "guardduty-data",
    "kinesis-firehose",
    "kinesis-streams",
    "kms",
    "lambda",
    "logs",
    "monitoring",
    "secretsmanager",
    "securityhub",
    "sns",
    "sqs",
    "ssm",
    "ssmmessages",
    "states",
    "sts",
    "xray",
]
"""Reached through an interface endpoint; the name is the end of ``com.amazonaws.<region>.<name>`` ("AWS
PrivateLink guide, AWS services that integrate with AWS PrivateLink")."""

AwsService = Literal[GatewayService, InterfaceService]

GATEWAY_SERVICES: frozenset[str] = frozenset(get_args(GatewayService))
INTERFACE_SERVICES: frozenset[str] = frozenset(get_args(InterfaceService))
AWS_SERVICES: frozenset[str] = GATEWAY_SERVICES | INTERFACE_SERVICES

_PREFIXES = {
    "ecr.api": "ecr",
    "ecr.dkr": "ecr",
    "ecs-agent": "ecs",
    "ecs-telemetry": "ecs",
    "guardduty-data": "guardduty",
    "kinesis-firehose": "firehose",
    "kinesis-streams": "kinesis",
    "monitoring": "cloudwatch",
}


def action_prefix(service: str) -> str:
    """What the names of a service's IAM actions begin with ("Service Authorization Reference")."""
    return _PREFIXES.get(service, service)
