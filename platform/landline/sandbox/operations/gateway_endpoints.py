"""Gateway endpoints: routes to a service's prefix list."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from landline.sandbox.handshake import Refused
from landline.sandbox.operations.answering import Call, Document, flag
from landline.sandbox.operations.aws_services import GATEWAY, aws_service
from landline.sandbox.operations.endpoint_services import region_zone_ids

if TYPE_CHECKING:
    from collections.abc import Iterable

    from landline.sandbox.state import Endpoint, WorldState


def create_gateway(state: WorldState, call: Call, given: Document, endpoint: Endpoint) -> Endpoint:
    """`endpoint` with the routes that CreateVpcEndpoint puts into its tables."""
    suffix = endpoint.service_name.removeprefix(f"com.amazonaws.{call.region}.")
    known = aws_service(endpoint.service_name, call.region, region_zone_ids(call, call.region))
    if known is None:
        message = f"The Vpc Endpoint Service '{endpoint.service_name}' does not exist"
        raise Refused("InvalidServiceName", message)
    if suffix not in GATEWAY:
        message = "Endpoint type (Gateway) does not match available service types ([Interface])."
        raise Refused("InvalidParameter", message)
    _refuse_what_interfaces_take(given)
    prefix_list = next(
        (p.id for p in _prefix_lists(call) if p.prefix_list_name == endpoint.service_name),
        None,
    )
    if prefix_list is None:
        message = f"the sandbox has no prefix list for {endpoint.service_name}"
        raise NotImplementedError(message)
    tables = tuple(given.get("RouteTableIds", ()))
    _refuse_second_route(state, call, endpoint, prefix_list, tables)
    # moto looks a route's gateway up among its own endpoints.
    call.ec2_backend.vpc_end_points[endpoint.id] = _Gateway(endpoint.id)
    for table in tables:
        _add_route(call, table, endpoint.id, prefix_list)
    return replace(endpoint, prefix_list=prefix_list, route_tables=tables)


class _Gateway:
    """What moto needs of an endpoint that a route leads to."""

    def __init__(self, endpoint_id: str) -> None:
        self.id = endpoint_id
        self.vpc_endpoint_type = "Gateway"


def _refuse_what_interfaces_take(given: Document) -> None:
    lists = [name for name in given if name.endswith(("SubnetIds", "SecurityGroupIds"))]
    if lists or flag(given.get("PrivateDnsEnabled", False)):
        message = "Gateway endpoints take neither subnets, nor security groups, nor private DNS"
        raise Refused("InvalidParameter", message)


def _prefix_lists(call: Call) -> Iterable[Any]:
    return call.ec2_backend.managed_prefix_lists.values()  # type: ignore[no-any-return]


def _refuse_second_route(
    state: WorldState, call: Call, endpoint: Endpoint, prefix_list: str, tables: Iterable[str]
) -> None:
    """At most one route to a service in a table ("AWS PrivateLink guide, Gateway endpoints")."""
    wanted = f"destination-prefix-list-id {prefix_list}"
    for table_id in tables:
        table = call.ec2_backend.get_route_table(table_id)
        if table.vpc_id != endpoint.vpc:
            message = f"Route table {table_id} and endpoint belong to different networks"
            raise Refused("InvalidParameter", message)
        for other in state.endpoints.values():
            if (
                other.prefix_list == prefix_list
                and table_id in other.route_tables
                and other.id != endpoint.id
            ):
                message = f"route table {table_id} already has a route with {wanted}"
                raise Refused("RouteAlreadyExists", message)


def _add_route(call: Call, table: str, endpoint_id: str, prefix_list: str) -> None:
    call.ec2_backend.create_route(table, None, gateway_id=endpoint_id, destination_prefix_list_id=prefix_list)


def remove_route(call: Call, table_id: str, endpoint_id: str) -> None:
    """Take the endpoint's route out of the table, which may be gone already."""
    table = call.ec2_backend.route_tables.get(table_id)
    if table is None:
        return
    for route_id in [r.id for r in table.routes if getattr(r.gateway, "id", None) == endpoint_id]:
        del table._routes[route_id]  # noqa: SLF001 - DeleteRoute refuses these routes, as AWS does


def modify_gateway(state: WorldState, call: Call, given: Document, endpoint: Endpoint) -> Endpoint:
    """`endpoint` with the routes as ModifyVpcEndpoint leaves them."""
    _refuse_what_interfaces_take(given)
    prefix_list = endpoint.prefix_list or ""
    removed = set(given.get("RemoveRouteTableIds", ()))
    added = [t for t in given.get("AddRouteTableIds", ()) if t not in endpoint.route_tables]
    _refuse_second_route(state, call, endpoint, prefix_list, added)
    for table in removed & set(endpoint.route_tables):
        remove_route(call, table, endpoint.id)
    for table in added:
        _add_route(call, table, endpoint.id, prefix_list)
    kept = tuple(t for t in endpoint.route_tables if t not in removed)
    return replace(endpoint, route_tables=(*kept, *added))
