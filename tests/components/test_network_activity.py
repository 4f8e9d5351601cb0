"""What CloudTrail is asked to record of calls through endpoints: what its page lists, and nothing else."""

import pytest

from components.aws_services import AWS_SERVICES
from components.network_activity import EVENT_SOURCES, event_sources, selectors

LISTED = frozenset(
    {
        *("athena", "bedrock", "cloudtrail", "config", "dynamodb", "ec2", "ecs", "elasticloadbalancing"),
        *("events", "firehose", "glue", "kms", "lambda", "monitoring", "rds", "s3", "sagemaker"),
        *("secretsmanager", "sns", "sqs", "ssm"),
    }
)
"""Of the page, as read in April 2026, what may concern a network."""
FIELDS = frozenset({"eventCategory", "eventSource", "eventName", "vpcEndpointId", "errorCode"})
"""What a selector of network activity events can hold (the same page)."""


def test_every_service_that_a_network_can_reach_is_in_the_table() -> None:
    assert EVENT_SOURCES.keys() == AWS_SERVICES.keys()
    with pytest.raises(KeyError):
        event_sources(["s3", "elasticache"])


def test_only_what_the_page_lists_is_asked_for() -> None:
    asked = {source.removesuffix(".amazonaws.com") for source in event_sources(EVENT_SOURCES)}

    assert asked <= LISTED
    assert asked == {source for source in EVENT_SOURCES.values() if source}


@pytest.mark.parametrize(
    "service", ["logs", "sts", "ecr.api", "kinesis-streams", "securityhub", "guardduty-data"]
)
def test_a_service_that_is_not_listed_is_never_asked_for(service: str) -> None:
    assert event_sources([service]) == ()
    assert event_sources([service, "kms"]) == ("kms.amazonaws.com",)


def test_an_endpoints_name_is_not_always_its_event_source() -> None:
    assert event_sources(["kinesis-firehose", "s3", "s3"]) == ("firehose.amazonaws.com", "s3.amazonaws.com")


@pytest.mark.parametrize("calls", ["all", "denied"])
def test_a_selector_has_one_source_and_fields_that_cloudtrail_knows(calls: str) -> None:
    made = selectors(EVENT_SOURCES, "denied" if calls == "denied" else "all")

    assert len({name for name, _ in made}) == len(made) == len(event_sources(EVENT_SOURCES))
    for _, fields in made:
        assert {name for name, _ in fields} <= FIELDS
        assert len(dict(fields)) == len(fields)
        assert (dict(fields).get("errorCode") == "VpceAccessDenied") is (calls == "denied")
