import re
from fnmatch import fnmatch

import botocore.loaders
import botocore.regions
import pytest

from components import ArgumentError
from components.aws_services import AWS_SERVICES, aws_service, domains, has_gateway

SDK_NAMES = {
    "ecr.api": "api.ecr",
    "ecr.dkr": "api.ecr",
    "ecs-agent": "ecs",
    "ecs-telemetry": "ecs",
    "kinesis-firehose": "firehose",
    "kinesis-streams": "kinesis",
}
"""Where the SDK's endpoint data call a service otherwise."""

NOT_IN_THE_SDK = {"execute-api", "guardduty-data", "ssmmessages", "ecr.dkr", "ecs-agent", "ecs-telemetry"}
"""Data planes that no SDK client calls by a fixed name."""


@pytest.mark.parametrize("name", sorted(set(AWS_SERVICES) - NOT_IN_THE_SDK))
@pytest.mark.parametrize("region", ["eu-west-1", "ap-southeast-2"])
def test_the_name_that_the_sdk_calls_is_among_the_domains(name: str, region: str) -> None:
    resolver = botocore.regions.EndpointResolver(botocore.loaders.Loader().load_data("endpoints"))
    endpoint = resolver.construct_endpoint(SDK_NAMES.get(name, name), region)

    assert endpoint is not None
    assert endpoint["hostname"] in aws_service(name).domains(region)


def test_service_names_have_their_region() -> None:
    assert aws_service("ecr.dkr").service_name("eu-west-1") == "com.amazonaws.eu-west-1.ecr.dkr"


def test_no_domain_admits_names_that_others_can_choose() -> None:
    """Only AWS's own names in one Region: others would carry data out to whoever answers for them."""
    for domain in domains(AWS_SERVICES, "eu-west-1"):
        assert re.fullmatch(r"(\*\.)?[a-z0-9.-]+\.eu-west-1\.amazonaws\.com", domain)
        assert not fnmatch("data.attacker.example", domain)


def test_only_s3_and_dynamodb_have_gateways() -> None:
    assert {name for name in AWS_SERVICES if has_gateway([name])} == {"s3", "dynamodb"}


def test_an_unknown_service_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ArgumentError, match=r"'s4'.*athena, .*xray"):
        aws_service("s4")
