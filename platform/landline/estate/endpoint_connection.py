"""Endpoint connections as the owner of their services sees them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class EndpointConnection:
    """One endpoint connection as the service's owner sees it."""

    hub: str | None
    """The stack that holds the service: its ``landline:stack`` tag. None for a service of somebody else."""
    service: str
    """The service's ``Name`` tag, or its id where it has none."""
    service_id: str
    endpoint: str
    account: str
    """The endpoint's owner."""
    state: str
    """As DescribeVpcEndpointConnections spells it: ``available``, ``pendingAcceptance``, ``rejected``."""


def endpoint_connections(ec2: Any) -> tuple[EndpointConnection, ...]:  # noqa: ANN401 - a boto3 client
    """Every connection to the endpoint services of the client's account and Region, sorted."""
    tags = {
        service["ServiceId"]: {tag["Key"]: tag["Value"] for tag in service.get("Tags", ())}
        for service in _pages(ec2, "describe_vpc_endpoint_service_configurations", "ServiceConfigurations")
    }
    found = [
        EndpointConnection(
            hub=tags.get(connection["ServiceId"], {}).get("landline:stack"),
            service=tags.get(connection["ServiceId"], {}).get("Name", connection["ServiceId"]),
            service_id=connection["ServiceId"],
            endpoint=connection["VpcEndpointId"],
            account=connection["VpcEndpointOwner"],
            state=connection["VpcEndpointState"],
        )
        for connection in _pages(ec2, "describe_vpc_endpoint_connections", "VpcEndpointConnections")
    ]
    return tuple(sorted(found, key=lambda one: (one.service, one.account, one.endpoint)))


def _pages(ec2: Any, operation: str, key: str) -> Iterator[dict[str, Any]]:  # noqa: ANN401
    for page in ec2.get_paginator(operation).paginate():
        yield from page[key]
