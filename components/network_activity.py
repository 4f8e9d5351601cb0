"""Calls through VPC endpoints that CloudTrail records: network activity events.

The event sources, and the fields that a selector can have, are those of the "AWS CloudTrail User Guide,
Logging network activity events".
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Literal

EVENT_SOURCES: Mapping[str, str | None] = MappingProxyType(
    {
        "athena": "athena",
        "autoscaling": None,
        "cloudtrail": "cloudtrail",
        "config": "config",
        "dynamodb": "dynamodb",
        "ec2": "ec2",
        "ecr.api": None,
        "ecr.dkr": None,
        "ecs": "ecs",
        "ecs-agent": None,
        "ecs-telemetry": None,
        "elasticloadbalancing": "elasticloadbalancing",
        "events": "events",
        "execute-api": None,
        "glue": "glue",
        "guardduty-data": None,
        "kinesis-firehose": "firehose",
        "kinesis-streams": None,
        "kms": "kms",
        "lambda": "lambda",
        "logs": None,
        "monitoring": "monitoring",
        "s3": "s3",
        "secretsmanager": "secretsmanager",
        "securityhub": None,
        "sns": "sns",
        "sqs": "sqs",
        "ssm": "ssm",
        "ssmmessages": None,
        "states": None,
        "sts": None,
        "xray": None,
    }
)
"""An endpoint's service as in `components.aws_services` → the event source, without ``.amazonaws.com``, of
the calls through it; None where the page lists none, so that nothing asks for it."""

DENIED = "VpceAccessDenied"
"""The one error code that a selector can ask for: what an endpoint's policy refused."""

Calls = Literal["all", "denied"]
Selector = tuple[str, tuple[tuple[str, str], ...]]
"""A selector's name, and its fields with the one value of each."""


def event_sources(services: Iterable[str]) -> tuple[str, ...]:
    """The event sources of the calls through endpoints to these services, each once, in order.

    Raises KeyError for a service that is not in `EVENT_SOURCES`.
    """
    sources = {EVENT_SOURCES[service] for service in services}
    return tuple(sorted(f"{source}.amazonaws.com" for source in sources if source is not None))


def selectors(services: Iterable[str], calls: Calls) -> tuple[Selector, ...]:
    """One selector for each event source: a selector takes one, and ``eventCategory`` and it are required.

    With ``denied`` they ask for what endpoint policies refused, and for nothing else.
    """
    which = (("errorCode", DENIED),) if calls == "denied" else ()
    said = "refused by VPC endpoints" if calls == "denied" else "through VPC endpoints"
    return tuple(
        (
            f"{source.partition('.')[0]} {said}",
            (("eventCategory", "NetworkActivity"), ("eventSource", source), *which),
        )
        for source in event_sources(services)
    )
