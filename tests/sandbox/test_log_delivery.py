"""The sandbox says of logs what AWS would: whether they arrive, and what their removal waits for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.places import HUB, SPOKE, network

if TYPE_CHECKING:
    from landline.sandbox.world import World, WorldPlace

ROLE = f"arn:aws:iam::{HUB}:role/flows"


def code(error: pytest.ExceptionInfo[ClientError]) -> str:
    return str(error.value.response.get("Error", {}).get("Code"))


@pytest.fixture
def place(world: World) -> WorldPlace:
    made: WorldPlace = world.place(HUB, "eu-west-1")
    made.client("logs").create_log_group(logGroupName="records")
    return made


def group(place: WorldPlace) -> str:
    [found] = place.client("logs").describe_log_groups()["logGroups"]
    return str(found["arn"])


def test_a_flow_log_delivers_as_long_as_its_destination_is_there(world: World, place: WorldPlace) -> None:
    ec2, vpc = place.client("ec2"), network(world, HUB).vpc
    ec2.create_flow_logs(
        ResourceIds=[vpc],
        ResourceType="VPC",
        TrafficType="ALL",
        LogDestinationType="cloud-watch-logs",
        LogDestination=group(place),
        DeliverLogsPermissionArn=ROLE,
    )

    def told() -> tuple[str, str | None]:
        [log] = ec2.describe_flow_logs()["FlowLogs"]
        return log["DeliverLogsStatus"], log.get("DeliverLogsErrorMessage")

    assert told() == ("SUCCESS", None)
    place.client("logs").delete_log_group(logGroupName="records")
    assert told() == ("FAILED", "Access error")


def config(place: WorldPlace, destination: str) -> str:
    answer = place.client("route53resolver").create_resolver_query_log_config(
        Name="queries", DestinationArn=destination, CreatorRequestId="once"
    )
    return str(answer["ResolverQueryLogConfig"]["Id"])


def test_queries_are_logged_as_long_as_their_destination_is_there(world: World, place: WorldPlace) -> None:
    resolver: Any = place.client("route53resolver")
    name = config(place, group(place))
    resolver.associate_resolver_query_log_config(
        ResolverQueryLogConfigId=name, ResourceId=network(world, HUB).vpc
    )

    def told() -> tuple[str, str]:
        answer = resolver.list_resolver_query_log_config_associations()
        [item] = answer["ResolverQueryLogConfigAssociations"]
        return item["Status"], item["Error"]

    assert told() == ("ACTIVE", "NONE")
    place.client("logs").delete_log_group(logGroupName="records")
    assert told() == ("ACTION_NEEDED", "DESTINATION_NOT_FOUND")


def test_a_configuration_goes_after_its_associations(world: World, place: WorldPlace) -> None:
    resolver: Any = place.client("route53resolver")
    name, vpc = config(place, group(place)), network(world, HUB).vpc
    resolver.associate_resolver_query_log_config(ResolverQueryLogConfigId=name, ResourceId=vpc)

    with pytest.raises(ClientError) as refused:
        resolver.delete_resolver_query_log_config(ResolverQueryLogConfigId=name)
    assert code(refused) == "InvalidRequestException"
    resolver.disassociate_resolver_query_log_config(ResolverQueryLogConfigId=name, ResourceId=vpc)
    with pytest.raises(ClientError) as twice:
        resolver.disassociate_resolver_query_log_config(ResolverQueryLogConfigId=name, ResourceId=vpc)
    assert code(twice) == "ResourceNotFoundException"
    resolver.delete_resolver_query_log_config(ResolverQueryLogConfigId=name)
    assert resolver.list_resolver_query_log_configs()["ResolverQueryLogConfigs"] == []


@pytest.mark.parametrize(
    ("destination", "there"),
    [("arn:aws:s3:::kept", True), ("arn:aws:s3:::gone/queries", False), ("arn:aws:s3:::kept/queries", True)],
)
def test_a_bucket_is_a_destination_too(
    world: World,
    place: WorldPlace,
    destination: str,
    there: bool,  # noqa: FBT001 - a parameter
) -> None:
    place.client("s3").create_bucket(
        Bucket="kept", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    answer = place.client("route53resolver").associate_resolver_query_log_config(
        ResolverQueryLogConfigId=config(place, destination), ResourceId=network(world, HUB).vpc
    )

    assert (answer["ResolverQueryLogConfigAssociation"]["Status"] == "ACTIVE") is there


def test_an_unknown_saved_query_is_refused(place: WorldPlace) -> None:
    logs: Any = place.client("logs")

    with pytest.raises(ClientError) as deleted:
        logs.delete_query_definition(queryDefinitionId="none")
    with pytest.raises(ClientError) as changed:
        logs.put_query_definition(queryDefinitionId="none", name="a", queryString="fields @message")
    assert (code(deleted), code(changed)) == ("ResourceNotFoundException", "ResourceNotFoundException")


@pytest.mark.parametrize(
    ("kind", "destination"),
    [
        ("s3", "nope"),
        ("s3", "arn:aws:s3:::"),
        ("s3", f"arn:aws:logs:eu-west-1:{HUB}:log-group:records"),
        ("kinesis-data-firehose", f"arn:aws:sqs:eu-west-1:{HUB}:queue"),
        ("cloud-watch-logs", "arn:aws:logs:eu-west-1::log-group:records"),
    ],
)
def test_a_flow_log_s_destination_is_one_of_its_type(
    world: World,
    place: WorldPlace,
    kind: Any,  # noqa: ANN401 - boto3 takes a literal
    destination: str,
) -> None:
    with pytest.raises(ClientError) as error:
        place.client("ec2").create_flow_logs(
            ResourceIds=[network(world, HUB).vpc],
            ResourceType="VPC",
            TrafficType="ALL",
            LogDestinationType=kind,
            LogDestination=destination,
            DeliverLogsPermissionArn=ROLE,
        )
    assert code(error) == "InvalidParameterValue"
    assert place.client("ec2").describe_flow_logs()["FlowLogs"] == []


@pytest.mark.parametrize("destination", ["records", f"arn:aws:sqs:eu-west-1:{HUB}:queue", "arn:aws:s3"])
def test_a_query_log_s_destination_is_one_that_it_takes(place: WorldPlace, destination: str) -> None:
    with pytest.raises(ClientError) as error:
        config(place, destination)
    assert code(error) == "InvalidParameterException"
    assert place.client("route53resolver").list_resolver_query_log_configs()["ResolverQueryLogConfigs"] == []


def test_a_configuration_of_another_account_is_not_found(world: World, place: WorldPlace) -> None:
    name = config(place, group(place))
    resolver: Any = world.place(SPOKE, "eu-west-1").client("route53resolver")
    vpc = network(world, SPOKE).vpc
    for call in (
        resolver.associate_resolver_query_log_config,
        resolver.disassociate_resolver_query_log_config,
    ):
        with pytest.raises(ClientError) as error:
            call(ResolverQueryLogConfigId=name, ResourceId=vpc)
        assert code(error) == "ResourceNotFoundException"
