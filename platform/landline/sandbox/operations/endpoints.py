"""VPC endpoints: interface endpoints through the handshake, gateway endpoints through their routes."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from moto.core.utils import utcnow
from moto.ec2.responses import EC2Response

from landline.sandbox.handshake import ConnectionState, EndpointRequest, EndpointService, Refused
from landline.sandbox.operations.answering import (
    Call,
    Document,
    ec2_operation,
    flag,
    new_id,
    required,
    selected,
    tags_given,
    tags_of,
)
from landline.sandbox.operations.aws_services import aws_service
from landline.sandbox.operations.endpoint_services import caller_arn, region_zone_ids, unsuccessful_item
from landline.sandbox.operations.gateway_endpoints import create_gateway, modify_gateway, remove_route
from landline.sandbox.operations.interfaces import (
    checked_group,
    managed_interface,
    regroup,
    remove_interface,
    subnet_of,
)
from landline.sandbox.operations.private_names import zones_in
from landline.sandbox.patching import Patch
from landline.sandbox.policy_document import refuse_malformed
from landline.sandbox.state import Endpoint

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from landline.sandbox.state import WorldState

ALLOW_ALL = json.dumps(
    {
        "Version": "2008-10-17",
        "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}],
    }
)
"""What an endpoint without a policy gets, where the service takes one."""

_FILTERS = {
    "ip-address-type": "IpAddressType",
    "service-name": "ServiceName",
    "service-region": "ServiceRegion",
    "vpc-endpoint-id": "VpcEndpointId",
    "vpc-endpoint-state": "State",
    "vpc-endpoint-type": "VpcEndpointType",
    "vpc-id": "VpcId",
}


def patches(state: WorldState) -> list[Patch]:
    """The operations on VPC endpoints, over `state`."""
    operations = {
        "create_vpc_endpoint": (
            {
                "VpcEndpointType",
                "VpcId",
                "ServiceName",
                "ServiceRegion",
                "PolicyDocument",
                "RouteTableIds",
                "SubnetIds",
                "SecurityGroupIds",
                "PrivateDnsEnabled",
                "IpAddressType",
                "TagSpecifications",
            },
            _create,
        ),
        "modify_vpc_endpoint": (
            {
                "VpcEndpointId",
                "ResetPolicy",
                "PolicyDocument",
                "AddRouteTableIds",
                "RemoveRouteTableIds",
                "AddSubnetIds",
                "RemoveSubnetIds",
                "AddSecurityGroupIds",
                "RemoveSecurityGroupIds",
                "PrivateDnsEnabled",
            },
            _modify,
        ),
        "describe_vpc_endpoints": ({"VpcEndpointIds", "Filters"}, _describe),
        "delete_vpc_endpoints": ({"VpcEndpointIds"}, _delete),
    }
    made = []
    for name, (takes, answer) in operations.items():
        bound: Any = partial(answer, state)
        bound.__name__ = name
        made.append(Patch(EC2Response, name, ec2_operation(takes, bound)))
    return made


def _create(state: WorldState, call: Call, given: Document) -> Document:
    kind = given.get("VpcEndpointType", "Gateway")
    if kind not in {"Gateway", "Interface"}:
        message = f"the sandbox does not model endpoints of type {kind}"
        raise NotImplementedError(message)
    if given.get("IpAddressType", "ipv4") != "ipv4":
        message = "the sandbox does not model endpoints over IPv6"
        raise NotImplementedError(message)
    required(given, "ServiceName")
    vpc = call.ec2_backend.get_vpc(given["VpcId"])
    policy = given.get("PolicyDocument")
    if policy:
        refuse_malformed(policy)
    endpoint = Endpoint(
        id=new_id("vpce"),
        home=(call.current_account, call.region),
        type=kind,
        vpc=vpc.id,
        service_name=given["ServiceName"],
        service_region=given.get("ServiceRegion", call.region),
        created=utcnow(),
        policy=policy or ALLOW_ALL,
    )
    made = (create_gateway if kind == "Gateway" else _create_interface)(state, call, given, endpoint)
    state.endpoints[made.id] = made
    call.ec2_backend.create_tags([made.id], tags_given(given))
    return {"VpcEndpoint": document(state, call, made)}


def _create_interface(state: WorldState, call: Call, given: Document, endpoint: Endpoint) -> Endpoint:
    backend = call.ec2_backend
    vpc = backend.get_vpc(endpoint.vpc)
    if given.get("RouteTableIds"):
        raise Refused("InvalidParameter", "Interface endpoints take no route tables")
    subnets = [subnet_of(backend, s) for s in given.get("SubnetIds", ())]
    _refuse_foreign_subnets(endpoint, subnets)
    groups = tuple(given.get("SecurityGroupIds", ())) or (backend.get_default_security_group(vpc.id).id,)
    for group in groups:
        checked_group(backend, group, vpc.id)
    _know_aws_service(state, call, endpoint.service_name, endpoint.service_region)
    state.handshake = state.handshake.request(
        EndpointRequest(
            endpoint=endpoint.id,
            account=call.current_account,
            caller=caller_arn(call),
            region=call.region,
            vpc=vpc.id,
            service_name=endpoint.service_name,
            zones={subnet.id: subnet.availability_zone_id for subnet in subnets},
            service_region=given.get("ServiceRegion"),
            private_dns=flag(given.get("PrivateDnsEnabled", False)),
            has_policy=bool(given.get("PolicyDocument")),
            vpc_zones=zones_in(vpc.id),
            vpc_dns_support=flag(vpc.enable_dns_support),
            vpc_dns_hostnames=flag(vpc.enable_dns_hostnames),
        )
    )
    made = replace(endpoint, groups=groups)
    return _with_interfaces(call, made, [subnet.id for subnet in subnets])


def _refuse_foreign_subnets(endpoint: Endpoint, subnets: Iterable[Any]) -> None:
    for subnet in subnets:
        if subnet.vpc_id != endpoint.vpc:
            raise Refused("InvalidParameter", f"Subnet {subnet.id} does not belong to the VPC {endpoint.vpc}")


def _know_aws_service(state: WorldState, call: Call, name: str, region: str) -> None:
    service = aws_service(name, region, region_zone_ids(call, region))
    if service is not None and service.id not in state.handshake.services:
        # Reached from its own Region only; which of them are offered across Regions is not modelled.
        state.handshake = state.handshake.offer(service)


def _with_interfaces(call: Call, endpoint: Endpoint, subnets: Iterable[str]) -> Endpoint:
    """The endpoint with an interface in exactly these subnets."""
    wanted = list(subnets)
    for subnet, interface in endpoint.interfaces.items():
        if subnet not in wanted:
            remove_interface(call.ec2_backend, interface)
    interfaces = {
        subnet: endpoint.interfaces.get(subnet)
        or managed_interface(
            call.ec2_backend,
            subnet,
            endpoint.groups,
            kind="vpc_endpoint",
            description=f"VPC Endpoint Interface {endpoint.id}",
            requester="amazon-vpce",
        )
        for subnet in wanted
    }
    return replace(endpoint, interfaces=interfaces)


def _own(state: WorldState, call: Call, endpoint_id: str) -> Endpoint:
    found = state.endpoints.get(endpoint_id)
    if found is None or found.home != (call.current_account, call.region):
        raise Refused("InvalidVpcEndpointId.NotFound", f"The Vpc Endpoint Id '{endpoint_id}' does not exist")
    return found


def _modify(state: WorldState, call: Call, given: Document) -> Document:
    endpoint = _own(state, call, given["VpcEndpointId"])
    if given.get("PolicyDocument"):
        refuse_malformed(given["PolicyDocument"])
        if endpoint.type == "Interface" and not service_of(state, endpoint).policy_supported:
            message = f"Endpoint policies are not supported by the service {endpoint.service_name}"
            raise Refused("InvalidParameter", message)
        endpoint = replace(endpoint, policy=given["PolicyDocument"])
    elif flag(given.get("ResetPolicy", False)):
        endpoint = replace(endpoint, policy=ALLOW_ALL)
    changed = (modify_gateway if endpoint.type == "Gateway" else _modify_interface)(
        state, call, given, endpoint
    )
    state.endpoints[changed.id] = changed
    return {"Return": True}


def _modify_interface(state: WorldState, call: Call, given: Document, endpoint: Endpoint) -> Endpoint:
    backend = call.ec2_backend
    vpc = backend.get_vpc(endpoint.vpc)
    if given.get("AddRouteTableIds") or given.get("RemoveRouteTableIds"):
        raise Refused("InvalidParameter", "Interface endpoints take no route tables")
    removed = set(given.get("RemoveSubnetIds", ()))
    added = [subnet_of(backend, s) for s in given.get("AddSubnetIds", ())]
    _refuse_foreign_subnets(endpoint, added)
    wanted = [s for s in endpoint.interfaces if s not in removed]
    wanted += [s.id for s in added if s.id not in wanted]
    groups = [g for g in endpoint.groups if g not in set(given.get("RemoveSecurityGroupIds", ()))]
    groups += [
        checked_group(backend, g, vpc.id) for g in given.get("AddSecurityGroupIds", ()) if g not in groups
    ]
    if not groups:
        raise Refused("InvalidParameter", "An interface endpoint needs at least one security group")
    handshake = state.handshake.move(
        endpoint.id, {s: subnet_of(backend, s).availability_zone_id for s in wanted}
    )
    if "PrivateDnsEnabled" in given:
        handshake = (
            handshake.name_privately(
                endpoint.id,
                dns_support=flag(vpc.enable_dns_support),
                dns_hostnames=flag(vpc.enable_dns_hostnames),
                zones=zones_in(vpc.id),
            )
            if flag(given["PrivateDnsEnabled"])
            else handshake.name_publicly(endpoint.id)
        )
    state.handshake = handshake
    changed = _with_interfaces(call, replace(endpoint, groups=tuple(groups)), wanted)
    for interface in changed.interfaces.values():
        regroup(backend, interface, changed.groups)
    return changed


def _describe(state: WorldState, call: Call, given: Document) -> Document:
    home = (call.current_account, call.region)
    ids = given.get("VpcEndpointIds")
    endpoints = (
        [_own(state, call, i) for i in ids]
        if ids
        else [e for e in state.endpoints.values() if e.home == home]
    )
    documents = [document(state, call, endpoint) for endpoint in endpoints]
    return {"VpcEndpoints": selected(documents, given.get("Filters", ()), _FILTERS)}


def _delete(state: WorldState, call: Call, given: Document) -> Document:
    unsuccessful = []
    for endpoint_id in given.get("VpcEndpointIds", ()):
        try:
            endpoint = _own(state, call, endpoint_id)
        except Refused as refusal:
            unsuccessful.append(unsuccessful_item(endpoint_id, refusal))
            continue
        for interface in endpoint.interfaces.values():
            remove_interface(call.ec2_backend, interface)
        for table in endpoint.route_tables:
            remove_route(call, table, endpoint_id)
        if endpoint.type == "Interface":
            state.handshake = state.handshake.leave(endpoint_id)
        call.ec2_backend.vpc_end_points.pop(endpoint_id, None)
        call.ec2_backend.tags.pop(endpoint_id, None)
        del state.endpoints[endpoint_id]
    return {"Unsuccessful": unsuccessful}


def service_of(state: WorldState, endpoint: Endpoint) -> EndpointService:
    """The endpoint service behind an interface endpoint."""
    return state.handshake.behind(state.handshake.connections[endpoint.id])


def document(state: WorldState, call: Call, endpoint: Endpoint) -> Document:
    """The endpoint as DescribeVpcEndpoints shows it to its owner.

    Assumed: an endpoint has its interfaces and its names from the start, whatever its connection's state.
    """
    backend = call.ec2_backend
    shown: Document = {
        "VpcEndpointId": endpoint.id,
        "VpcEndpointType": endpoint.type,
        "VpcId": endpoint.vpc,
        "ServiceName": endpoint.service_name,
        "State": str(ConnectionState.AVAILABLE),
        "PolicyDocument": endpoint.policy,
        "RouteTableIds": list(endpoint.route_tables),
        "SubnetIds": list(endpoint.interfaces),
        "Groups": [
            {"GroupId": g, "GroupName": backend.get_security_group_from_id(g).name} for g in endpoint.groups
        ],
        "IpAddressType": endpoint.ip_address_type,
        "DnsOptions": {"DnsRecordIpType": "ipv4"},
        "PrivateDnsEnabled": False,
        "RequesterManaged": False,
        "NetworkInterfaceIds": list(endpoint.interfaces.values()),
        "DnsEntries": [],
        "CreationTimestamp": endpoint.created,
        "Tags": tags_of(backend, endpoint.id),
        "OwnerId": endpoint.home[0],
        "ServiceRegion": endpoint.service_region,
    }
    if endpoint.type == "Interface":
        connection = state.handshake.connections[endpoint.id]
        shown["State"] = str(connection.state)
        shown["PrivateDnsEnabled"] = connection.private_dns
        shown["DnsEntries"] = dns_entries(
            endpoint, service_of(state, endpoint), _zones(call, endpoint), private=connection.private_dns
        )
    return shown


def _zones(call: Call, endpoint: Endpoint) -> Mapping[str, str]:
    """Subnet id → zone name."""
    return {s: subnet_of(call.ec2_backend, s).availability_zone for s in endpoint.interfaces}


def dns_entries(
    endpoint: Endpoint, service: EndpointService, zones: Mapping[str, str], *, private: bool
) -> list[Document]:
    """The endpoint's names: Regional first, then one a zone, then private ones if they are on."""
    digest = sha256(endpoint.id.encode()).hexdigest()[:8]
    base = (
        f"{service.id}.{service.region}.vpce.amazonaws.com"
        if service.custom
        else f"{service.name.split('.', 3)[3]}.{service.region}.vpce.amazonaws.com"
    )
    hosted_zone = hosted_zone_of(service.region)
    names = [f"{endpoint.id}-{digest}.{base}"]
    names += [f"{endpoint.id}-{digest}-{zone}.{base}" for zone in sorted(set(zones.values()))]
    entries = [{"DnsName": name, "HostedZoneId": hosted_zone} for name in names]
    if private:
        hidden = f"Z{sha256(endpoint.vpc.encode()).hexdigest()[:20].upper()}"
        entries += [{"DnsName": name, "HostedZoneId": hidden} for name in service.private_dns_names]
    return entries


def hosted_zone_of(region: str) -> str:
    """An id for AWS's public zone of endpoint names in the Region. Made up: the real ones are AWS's."""
    return f"Z{sha256(('vpce.' + region).encode()).hexdigest()[:13].upper()}"
