"""The networks of an estate: isolated spokes, and a hub with its services in each Region."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.estate import HUB, REGIONS, Estate, Item
from benchmarks.nouns import (
    carried,
    gateway_endpoint,
    interface_endpoint,
    load_balancer,
    network_acl,
    network_interface,
    permission,
    prefix_list,
    route_table,
    security_group,
    subnet,
    table_association,
    tags,
)

SERVICES = {"logging": False, "security": True}
"""The hub's services in each Region, and whether each has to accept connections."""


@dataclass(frozen=True, slots=True)
class Network:
    """A VPC's subnets and the route table that they use."""

    subnets: tuple[Item, ...]
    tables: tuple[Item, ...]


def _network(
    estate: Estate,
    account: str,
    region: str,
    vpc: str,
    block: str,
    name: str,
    documents: dict[str, list[Item]],
) -> Network:
    base = block.rpartition(".")[0]
    documents["describe-vpcs"].append(
        {
            "OwnerId": account,
            "InstanceTenancy": "default",
            "CidrBlockAssociationSet": [
                {
                    "AssociationId": estate.id("vpc-cidr-assoc"),
                    "CidrBlock": block,
                    "CidrBlockState": {"State": "associated"},
                }
            ],
            "IsDefault": False,
            "Tags": tags(name),
            "BlockPublicAccessStates": {"InternetGatewayBlockMode": "block-bidirectional"},
            "VpcId": vpc,
            "State": "available",
            "CidrBlock": block,
            "DhcpOptionsId": "dopt-0a1b2c3d4e5f60718",
        }
    )
    subnets = tuple(
        subnet(estate, account, region, vpc, f"{base}.{128 * (zone - 1)}/25", zone, name) for zone in (1, 2)
    )
    documents["describe-subnets"].extend(subnets)
    main = route_table(estate, account, vpc, block, f"{name}-main")
    used = route_table(estate, account, vpc, block, f"{name}-private")
    main["Associations"] = [table_association(estate, main["RouteTableId"], None)]
    used["Associations"] = [
        table_association(estate, used["RouteTableId"], item["SubnetId"]) for item in subnets
    ]
    documents["describe-route-tables"] += [main, used]
    documents["describe-network-acls"].append(network_acl(estate, account, vpc, subnets, name))
    security_group(estate, account, region, vpc, "default", documents)
    return Network(subnets, (used,))


def spoke(estate: Estate, account: str, region: str, number: int, services: dict[str, Item]) -> None:
    """Add an isolated VPC with an endpoint to each service of its Region."""
    documents = estate.documents[account, region]
    vpc = estate.id("vpc")
    block = f"10.{number // 256 % 256}.{number % 256}"
    name = f"team-{number:05d}"
    network = _network(estate, account, region, vpc, f"{block}.0/24", name, documents)
    endpoint_group = security_group(estate, account, region, vpc, f"{name}-endpoints", documents)
    client_group = security_group(estate, account, region, vpc, f"{name}-clients", documents)
    s3 = prefix_list(region)
    pair = {"GroupId": endpoint_group["GroupId"], "UserId": account, "Description": "Hub services"}
    client_group["IpPermissionsEgress"] = [
        permission(UserIdGroupPairs=[pair], PrefixListIds=[{"PrefixListId": s3}])
    ]
    pair = {"GroupId": client_group["GroupId"], "UserId": account, "Description": "Clients"}
    endpoint_group["IpPermissions"] = [permission(UserIdGroupPairs=[pair])]
    gateway = gateway_endpoint(estate, account, region, vpc, network.tables)
    documents["describe-vpc-endpoints"].append(gateway)
    for table in network.tables:
        table["Routes"].append(
            {
                "DestinationPrefixListId": s3,
                "GatewayId": gateway["VpcEndpointId"],
                "Origin": "CreateRoute",
                "State": "active",
            }
        )
    if estate.size.clients:
        client = _client(estate, account, network.subnets[0], block, client_group)
        documents["describe-network-interfaces"].append(client)
    for position, (service, configuration) in enumerate(services.items()):
        endpoint = interface_endpoint(estate, account, region, vpc, service, configuration)
        documents["describe-vpc-endpoints"].append(endpoint)
        endpoint["Groups"] = [carried(endpoint_group)]
        estate.connections[region, service].append((account, endpoint["VpcEndpointId"]))
        # One zone for each endpoint; the other endpoint is in the other.
        subnet = network.subnets[position % len(network.subnets)]
        interface = network_interface(
            estate,
            account,
            subnet,
            f"{block}.{10 + 128 * (position % 2)}",
            f"VPC Endpoint Interface {endpoint['VpcEndpointId']}",
            "vpc_endpoint",
            endpoint_group,
        )
        documents["describe-network-interfaces"].append(interface)
        endpoint["SubnetIds"] = [subnet["SubnetId"]]
        endpoint["NetworkInterfaceIds"] = [interface["NetworkInterfaceId"]]


def _client(estate: Estate, account: str, subnet: Item, block: str, group: Item) -> Item:
    everywhere, near = {"CidrIp": "0.0.0.0/0"}, {"CidrIp": "10.0.0.0/8"}
    group["IpPermissionsEgress"] = [permission(IpRanges=[everywhere]) | {"IpProtocol": "-1"}]
    group["IpPermissions"] = [permission(IpRanges=[near])]
    interface = network_interface(estate, account, subnet, f"{block}.20", "", "interface", group)
    interface["Attachment"]["InstanceId"] = estate.id("i")
    return interface


def hub(estate: Estate, region: str) -> dict[str, Item]:
    """The hub's network in a Region, with a load balancer and an endpoint service for each service."""
    documents = estate.documents[HUB, region]
    vpc = estate.id("vpc")
    octet = 200 + REGIONS.index(region)
    network = _network(estate, HUB, region, vpc, f"100.64.{octet}.0/24", "hub", documents)
    services: dict[str, Item] = {}
    for position, (kind, accepts) in enumerate(SERVICES.items()):
        name = f"{kind}-{region}"
        group = security_group(estate, HUB, region, vpc, f"hub-{name}", documents)
        group["IpPermissions"] = [
            permission(IpRanges=[{"CidrIp": "10.0.0.0/8", "Description": "Spokes over PrivateLink"}])
        ]
        balancer = f"{name}/{estate.id('x')[2:]}"
        arn = f"arn:aws:elasticloadbalancing:{region}:{HUB}:loadbalancer/net/{balancer}"
        documents["describe-load-balancers"].append(
            load_balancer(name, arn, region, vpc, network.subnets, group)
        )
        for zone, home in enumerate(network.subnets):
            documents["describe-network-interfaces"].append(
                network_interface(
                    estate,
                    HUB,
                    home,
                    f"100.64.{octet}.{128 * zone + 10 + position}",
                    f"ELB net/{balancer}",
                    "network_load_balancer",
                    group,
                )
            )
        service = estate.id("vpce-svc")
        services[name] = {
            "ServiceType": [{"ServiceType": "Interface"}],
            "ServiceId": service,
            "ServiceName": f"com.amazonaws.vpce.{region}.{service}",
            "ServiceState": "Available",
            "AvailabilityZoneIds": [subnet["AvailabilityZoneId"] for subnet in network.subnets],
            "AvailabilityZones": [subnet["AvailabilityZone"] for subnet in network.subnets],
            "AcceptanceRequired": accepts,
            "ManagesVpcEndpoints": False,
            "NetworkLoadBalancerArns": [arn],
            "SupportedIpAddressTypes": ["ipv4"],
            "BaseEndpointDnsNames": [f"{service}.{region}.vpce.amazonaws.com"],
            "Tags": tags(name),
            "SupportedRegions": [{"Region": region, "ServiceState": "Available"}],
        }
    documents["describe-vpc-endpoint-service-configurations"].extend(services.values())
    return services


def connect(estate: Estate, region: str, services: dict[str, Item], accounts: tuple[str, ...]) -> None:
    """Add what the hub shows of a Region's services: who may connect, and who has."""
    documents = estate.documents[HUB, region]
    for name, service in services.items():
        estate.files[
            f"{HUB}/{region}/describe-vpc-endpoint-service-permissions-{service['ServiceId']}.json"
        ] = {
            "AllowedPrincipals": [
                {
                    "PrincipalType": "Account",
                    "Principal": f"arn:aws:iam::{account}:root",
                    "ServicePermissionId": estate.id("vpce-svc-perm"),
                    "Tags": [],
                    "ServiceId": service["ServiceId"],
                }
                for account in accounts
                if (account, region) in estate.documents
            ]
        }
        documents["describe-vpc-endpoint-connections"] += [
            {
                "ServiceId": service["ServiceId"],
                "VpcEndpointId": endpoint,
                "VpcEndpointOwner": account,
                "VpcEndpointState": "available",
                "CreationTimestamp": "2026-11-02T08:16:02.412000+00:00",
                "DnsEntries": [
                    {
                        "DnsName": f"{endpoint}-k2f8s0qj.{service['ServiceId']}.{region}.vpce.amazonaws.com",
                        "HostedZoneId": "Z38GZ743OKFT7T",
                    }
                ],
                "NetworkLoadBalancerArns": service["NetworkLoadBalancerArns"],
                "IpAddressType": "ipv4",
                "VpcEndpointConnectionId": estate.id("vpce-con"),
                "Tags": [],
                "VpcEndpointRegion": region,
            }
            for account, endpoint in estate.connections[region, name]
        ]
