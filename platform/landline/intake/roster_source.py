"""Reads the roster from AWS, through the hub's own endpoints."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config as ClientConfig

from landline.intake.config import Config
from landline.intake.roster import Connection, Roster, Spoke, build, parameters_path, read_spoke

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client
    from mypy_boto3_ssm import SSMClient

_CLIENT = ClientConfig(
    connect_timeout=3, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 3}
)


def source(config: Config) -> Callable[[], Roster]:
    """What reads the roster of one service. It raises botocore's errors and `UnreadableError`."""
    session = boto3.session.Session(region_name=config.region)
    ec2 = session.client("ec2", config=_CLIENT)
    ssm = session.client("ssm", config=_CLIENT)
    return lambda: reading(config, ec2, ssm)


def reading(config: Config, ec2: "EC2Client", ssm: "SSMClient") -> Roster:
    """The roster as these clients find it.

    Connections come first: a grant names an endpoint before it accepts it, so whoever is connected is named.
    """
    connections = _connections(ec2, config.service_id)
    return build(config.service, connections, _spokes(ssm, config.hub))


def _connections(ec2: "EC2Client", service_id: str) -> list[Connection]:
    pages = ec2.get_paginator("describe_vpc_endpoint_connections").paginate(
        Filters=[{"Name": "service-id", "Values": [service_id]}]
    )
    return [
        # AWS marks none of them as required; a row without one names nobody.
        Connection(
            row.get("VpcEndpointId", ""), row.get("VpcEndpointOwner", ""), row.get("VpcEndpointState", "")
        )
        for page in pages
        for row in page["VpcEndpointConnections"]
    ]


def _spokes(ssm: "SSMClient", hub: str) -> list[Spoke]:
    pages = ssm.get_paginator("get_parameters_by_path").paginate(Path=parameters_path(hub))
    return [
        read_spoke(row.get("Name", ""), row.get("Value", "")) for page in pages for row in page["Parameters"]
    ]
