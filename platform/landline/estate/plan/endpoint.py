"""VPC endpoints: their policies, routes and interfaces."""

from __future__ import annotations

from typing import TYPE_CHECKING

from landline.estate.plan.draft import Draft, Item, Place, made_with, tags
from landline.estate.plan.endpoint_connection import connect
from landline.estate.plan.interface import put
from landline.estate.plan.reference import ENDPOINT
from landline.estate.plan.translation import Translation, kept

if TYPE_CHECKING:
    from landline.estate.plan.resource import Resource

OPEN_POLICY = (
    '{"Version":"2008-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}'
)
"""The policy of an endpoint for which none is given ("AWS PrivateLink guide, Endpoint policies")."""
CUSTOM = "com.amazonaws.vpce."


def _endpoint(draft: Draft, resource: Resource, place: Place) -> None:
    name = draft.identity(resource)
    item = draft.find("VpcEndpoints", "VpcEndpointId", name)
    if item is None:
        vpc = draft.required(resource, "vpcId")
        if vpc is None:
            return
        item = draft.add(
            place,
            "VpcEndpoints",
            {
                "VpcEndpointId": name,
                "VpcId": vpc,
                "VpcEndpointType": resource.known("vpcEndpointType") or "Gateway",
                "OwnerId": place.account,
                "State": "available",
                "NetworkInterfaceIds": [],
            },
        )
        service = draft.reference(resource, "serviceName")
        if service is not None:
            item["ServiceName"] = service
            if service.startswith((CUSTOM, "planned:")):
                connect(draft, resource, place, item)
        for theirs, ours in (
            ("serviceRegion", "ServiceRegion"),
            ("resourceConfigurationArn", "ResourceConfigurationArn"),
            ("serviceNetworkArn", "ServiceNetworkArn"),
        ):
            if resource.known(theirs) is not None:
                item[ours] = resource.known(theirs)
    item["Tags"] = tags(resource)
    policy = resource.known("policy")
    if policy is None and resource.inputs.get("policy"):
        draft.note(f"{resource}: policy is unknown until it is made", "open-endpoint-policy")
        item.pop("PolicyDocument", None)
    else:
        item["PolicyDocument"] = policy or item.get("PolicyDocument") or OPEN_POLICY
    if item["VpcEndpointType"] == "Gateway":
        _route(draft, resource, item)
    elif item["VpcEndpointType"] in ("Interface", "GatewayLoadBalancer", "Resource", "ServiceNetwork"):
        _interfaces(draft, resource, place, item)
    else:
        draft.unknown(resource, "vpcEndpointType")


def _route(draft: Draft, resource: Resource, endpoint: Item) -> None:
    """AWS puts a route to its prefix list into each table of a gateway endpoint."""
    if resource.inputs.get("routeTableIds") is None or not resource.changes("routeTableIds"):
        return
    name = endpoint["VpcEndpointId"]
    wanted = draft.references(resource, "routeTableIds")
    endpoint["RouteTableIds"] = wanted
    for _, table in draft.every("RouteTables"):
        if any(route.get("GatewayId") == name for route in table["Routes"]):
            draft.find("RouteTables", "RouteTableId", table["RouteTableId"])
            table["Routes"] = [route for route in table["Routes"] if route.get("GatewayId") != name]
    for one in wanted:
        _route_in(draft, resource, one, name)


def _route_in(draft: Draft, resource: Resource, table: str | None, endpoint: str) -> None:
    found = draft.find("RouteTables", "RouteTableId", table)
    if found is None:
        draft.note(f"{resource}: its route table {table} is in no document")
        return
    found["Routes"].append(
        {
            "DestinationPrefixListId": draft.list_of_service(resource),
            "GatewayId": endpoint,
            "Origin": "CreateRoute",
            "State": "active",
        }
    )


def _interfaces(draft: Draft, resource: Resource, place: Place, endpoint: Item) -> None:
    if not resource.changes("subnetIds", "subnetConfigurations", "securityGroupIds"):
        return
    name = endpoint["VpcEndpointId"]
    subnets = draft.references(resource, "subnetIds")
    for part in resource.known("subnetConfigurations") or ():
        if part.get("subnetId") and part["subnetId"] not in subnets:
            subnets.append(part["subnetId"])
    groups = draft.references(resource, "securityGroupIds")
    endpoint["SubnetIds"] = subnets
    for one in list(endpoint.get("NetworkInterfaceIds", ())):
        draft.drop("NetworkInterfaces", "NetworkInterfaceId", one)
    endpoint["NetworkInterfaceIds"] = []
    kind = (
        "gateway_load_balancer_endpoint"
        if endpoint["VpcEndpointType"] == "GatewayLoadBalancer"
        else "vpc_endpoint"
    )
    for number, subnet in enumerate(subnets, 1):
        _interface_in(draft, place, endpoint, subnet, groups, f"{name}:{number}", kind)


def _interface_in(
    draft: Draft, place: Place, endpoint: Item, subnet: str, groups: list[str], name: str, kind: str
) -> None:
    what = f"VPC Endpoint Interface {endpoint['VpcEndpointId']}"
    if put(draft, place, name, subnet, groups, kind=kind, description=what) is not None:
        endpoint["NetworkInterfaceIds"].append(name)


def _without_endpoint(draft: Draft, resource: Resource, place: Place) -> None:
    item = draft.find("VpcEndpoints", "VpcEndpointId", resource.id)
    for one in () if item is None else item.get("NetworkInterfaceIds", ()):
        draft.drop("NetworkInterfaces", "NetworkInterfaceId", one)
    for _, table in draft.every("RouteTables"):
        if any(route.get("GatewayId") == resource.id for route in table["Routes"]):
            draft.find("RouteTables", "RouteTableId", table["RouteTableId"])
            table["Routes"] = [route for route in table["Routes"] if route.get("GatewayId") != resource.id]
    draft.drop("VpcEndpointConnections", "VpcEndpointId", resource.id)
    draft.drop("VpcEndpoints", "VpcEndpointId", resource.id)


def _of_endpoint(draft: Draft, resource: Resource) -> Item | None:
    item = draft.find("VpcEndpoints", "VpcEndpointId", draft.required(resource, "vpcEndpointId"))
    if item is None:
        draft.note(f"{resource}: its endpoint is unknown, or in no document")
    return item


def _policy(draft: Draft, resource: Resource, place: Place) -> None:
    item = _of_endpoint(draft, resource)
    if item is not None:
        if resource.inputs.get("policy") and resource.known("policy") is None:
            draft.note(f"{resource}: policy is unknown until it is made", "open-endpoint-policy")
        item["PolicyDocument"] = resource.known("policy") or OPEN_POLICY


def _without_policy(draft: Draft, resource: Resource, place: Place) -> None:
    item = draft.find("VpcEndpoints", "VpcEndpointId", resource.known("vpcEndpointId"))
    if item is not None:
        item["PolicyDocument"] = OPEN_POLICY


def _table_association(draft: Draft, resource: Resource, place: Place) -> None:
    item = _of_endpoint(draft, resource)
    table = draft.required(resource, "routeTableId")
    if item is not None:
        _route_in(draft, resource, table, item["VpcEndpointId"])


def _without_table_association(draft: Draft, resource: Resource, place: Place) -> None:
    table = draft.find("RouteTables", "RouteTableId", resource.known("routeTableId"))
    if table is not None:
        gone = resource.known("vpcEndpointId")
        table["Routes"] = [route for route in table["Routes"] if route.get("GatewayId") != gone]


def _subnet_association(draft: Draft, resource: Resource, place: Place) -> None:
    item, subnet = _of_endpoint(draft, resource), draft.required(resource, "subnetId")
    if item is not None and subnet is not None:
        shown = [
            one
            for _, one in draft.every("NetworkInterfaces")
            if one["NetworkInterfaceId"] in item.get("NetworkInterfaceIds", ())
        ]
        groups = [group["GroupId"] for group in shown[0]["Groups"]] if shown else []
        name = made_with(draft.identity(resource), "networkInterfaceId")
        _interface_in(draft, place, item, subnet, groups, name, "vpc_endpoint")


def _group_association(draft: Draft, resource: Resource, place: Place) -> None:
    item, group = _of_endpoint(draft, resource), draft.required(resource, "securityGroupId")
    for name in () if item is None else item.get("NetworkInterfaceIds", ()):
        interface = draft.find("NetworkInterfaces", "NetworkInterfaceId", name)
        if interface is not None and group is not None:
            interface["Groups"].append({"GroupId": group})


TYPES = (
    Translation(ENDPOINT, _endpoint, _without_endpoint),
    Translation("aws:ec2/vpcEndpointPolicy:VpcEndpointPolicy", _policy, _without_policy),
    Translation(
        "aws:ec2/vpcEndpointRouteTableAssociation:VpcEndpointRouteTableAssociation",
        _table_association,
        _without_table_association,
    ),
    Translation(
        "aws:ec2/vpcEndpointSubnetAssociation:VpcEndpointSubnetAssociation", _subnet_association, kept
    ),
    Translation("aws:ec2/securityGroupAssociation:SecurityGroupAssociation", _group_association, kept),
)
"""Rows for endpoints."""
