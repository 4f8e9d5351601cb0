"""Makes estates to measure on, as dumps in the shapes that the AWS CLI prints.

``python -m benchmarks.estates DIR --vpcs 10000`` writes a dump of isolated VPCs under ``DIR/dump`` and its
grants to ``DIR/grants.json``; ``--mesh 50`` joins the VPCs on one transit gateway with 50 route tables. The
same arguments give the same bytes. Every account and Region has all the documents that `landline dump`
writes, most of them empty, as in a real estate.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

HUB = "111111111111"
ORGANIZATION = "o-a1b2c3d4e5"
REGIONS = ("eu-west-1", "eu-central-1")
ZONES = {"eu-west-1": "euw1", "eu-central-1": "euc1"}
SERVICES = {"logging": False, "security": True}
"""The hub's services in each Region, and whether each has to accept connections."""

VPCS_IN_A_PLACE = 500
"""How many VPCs an account has in a Region, at most."""

EMPTY = {
    "describe-carrier-gateways": "CarrierGateways",
    "describe-client-vpn-endpoints": "ClientVpnEndpoints",
    "describe-egress-only-internet-gateways": "EgressOnlyInternetGateways",
    "describe-instance-connect-endpoints": "InstanceConnectEndpoints",
    "describe-instances": "Reservations",
    "describe-internet-gateways": "InternetGateways",
    "describe-load-balancers": "LoadBalancers",
    "describe-nat-gateways": "NatGateways",
    "describe-network-acls": "NetworkAcls",
    "describe-network-interfaces": "NetworkInterfaces",
    "describe-route-tables": "RouteTables",
    "describe-security-groups": "SecurityGroups",
    "describe-subnets": "Subnets",
    "describe-target-groups": "TargetGroups",
    "describe-transit-gateway-attachments": "TransitGatewayAttachments",
    "describe-transit-gateway-route-tables": "TransitGatewayRouteTables",
    "describe-transit-gateway-vpc-attachments": "TransitGatewayVpcAttachments",
    "describe-transit-gateways": "TransitGateways",
    "describe-verified-access-endpoints": "VerifiedAccessEndpoints",
    "describe-vpc-block-public-access-exclusions": "VpcBlockPublicAccessExclusions",
    "describe-vpc-endpoint-connections": "VpcEndpointConnections",
    "describe-vpc-endpoint-service-configurations": "ServiceConfigurations",
    "describe-vpc-endpoints": "VpcEndpoints",
    "describe-vpc-peering-connections": "VpcPeeringConnections",
    "describe-vpcs": "Vpcs",
    "describe-vpn-gateways": "VpnGateways",
    "list-firewall-configs": "FirewallConfigs",
    "list-profile-associations": "ProfileAssociations",
    "list-firewall-rule-group-associations": "FirewallRuleGroupAssociations",
}
"""Documents that every account and Region has, if only with nothing in them."""

Item = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Size:
    """What an estate has."""

    vpcs: int
    mesh: int = 0
    """Route tables of the transit gateway that joins all VPCs; 0 for isolated VPCs."""
    clients: bool = False
    """Whether each VPC has an instance whose security group lets everything out and its neighbours in."""


class Estate:
    """Gathers the documents of one estate."""

    def __init__(self, size: Size) -> None:
        self.size = size
        self.documents: dict[tuple[str, str], dict[str, list[Item]]] = defaultdict(
            lambda: {name: [] for name in EMPTY}
        )
        self.files: dict[str, Item] = {}
        self.connections: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
        self._ids = 0

    def id(self, prefix: str) -> str:
        """A new id as AWS writes them: no two alike, and none that tells which came first."""
        self._ids += 1
        return f"{prefix}-{(self._ids * 0x9E3779B97F4A7C15) & 0xFFFFFFFFFFFFFFFF:016x}0"


def build(size: Size) -> tuple[dict[str, bytes], bytes]:
    """The dump's files by path, and the grants file. The JSON has no white space; `write` indents it."""
    estate = Estate(size)
    in_a_place = (
        VPCS_IN_A_PLACE if size.vpcs > VPCS_IN_A_PLACE * len(REGIONS) else -(-size.vpcs // len(REGIONS))
    )
    services = {region: _hub(estate, region) for region in REGIONS}
    accounts: dict[str, None] = {}
    for number in range(size.vpcs):
        place = number // in_a_place
        account = str(222222222222 + place // len(REGIONS) * 1001)
        accounts[account] = None
        _spoke(
            estate, account, REGIONS[place % len(REGIONS)], number, services[REGIONS[place % len(REGIONS)]]
        )
    for region in REGIONS:
        _connect(estate, region, services[region], tuple(accounts))
    if size.mesh:
        _mesh(estate)
    for account, region in list(estate.documents):
        _floor(estate, account, region)
    files = {
        f"{account}/{region}/{name}.json": {EMPTY[name]: items}
        for (account, region), documents in estate.documents.items()
        for name, items in documents.items()
    }
    grants = {
        "organization": ORGANIZATION,
        "hub": HUB,
        "grants": [
            {"spoke": account, "service": f"{service}-{region}"}
            for account in accounts
            for region in REGIONS
            for service in SERVICES
            if (account, region) in estate.documents
        ],
    }
    encode = msgspec.json.encode
    return {path: encode(file) for path, file in (files | estate.files).items()}, encode(grants)


def write(size: Size, directory: Path, *, compact: bool = False) -> Path:
    """Write an estate below a directory, indented as the AWS CLI does or `compact`; return the dump."""
    files, grants = build(size)
    dump = directory / "dump"
    for path, data in files.items():
        file = dump / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(msgspec.json.format(data, indent=0 if compact else 4) + b"\n")
    (directory / "grants.json").write_bytes(grants)
    return dump


def _spoke(estate: Estate, account: str, region: str, number: int, services: dict[str, Item]) -> None:
    documents = estate.documents[account, region]
    vpc = estate.id("vpc")
    block = f"10.{number // 256 % 256}.{number % 256}"
    name = f"team-{number:05d}"
    network = _network(estate, account, region, vpc, f"{block}.0/24", name, documents)
    endpoint_group = _group(estate, account, region, vpc, f"{name}-endpoints", documents)
    client_group = _group(estate, account, region, vpc, f"{name}-clients", documents)
    s3 = _prefix_list(region)
    pair = {"GroupId": endpoint_group["GroupId"], "UserId": account, "Description": "Hub services"}
    client_group["IpPermissionsEgress"] = [
        _permission(UserIdGroupPairs=[pair], PrefixListIds=[{"PrefixListId": s3}])
    ]
    pair = {"GroupId": client_group["GroupId"], "UserId": account, "Description": "Clients"}
    endpoint_group["IpPermissions"] = [_permission(UserIdGroupPairs=[pair])]
    gateway = _gateway_endpoint(estate, account, region, vpc, network.tables)
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
        endpoint = _interface_endpoint(estate, account, region, vpc, service, configuration)
        documents["describe-vpc-endpoints"].append(endpoint)
        endpoint["Groups"] = [_carried(endpoint_group)]
        estate.connections[region, service].append((account, endpoint["VpcEndpointId"]))
        # One zone for each endpoint; the other endpoint is in the other.
        subnet = network.subnets[position % len(network.subnets)]
        interface = _interface(
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
            "Tags": _tags(name),
            "BlockPublicAccessStates": {"InternetGatewayBlockMode": "block-bidirectional"},
            "VpcId": vpc,
            "State": "available",
            "CidrBlock": block,
            "DhcpOptionsId": "dopt-0a1b2c3d4e5f60718",
        }
    )
    subnets = tuple(
        _subnet(estate, account, region, vpc, f"{base}.{128 * (zone - 1)}/25", zone, name) for zone in (1, 2)
    )
    documents["describe-subnets"].extend(subnets)
    main, used = (_table(estate, account, vpc, block, f"{name}-{kind}") for kind in ("main", "private"))
    main["Associations"] = [_association(estate, main["RouteTableId"], None)]
    used["Associations"] = [_association(estate, used["RouteTableId"], item["SubnetId"]) for item in subnets]
    documents["describe-route-tables"] += [main, used]
    documents["describe-network-acls"].append(_acl(estate, account, vpc, subnets, name))
    _group(estate, account, region, vpc, "default", documents)
    return Network(subnets, (used,))


def _client(estate: Estate, account: str, subnet: Item, block: str, group: Item) -> Item:
    everywhere, near = {"CidrIp": "0.0.0.0/0"}, {"CidrIp": "10.0.0.0/8"}
    group["IpPermissionsEgress"] = [_permission(IpRanges=[everywhere]) | {"IpProtocol": "-1"}]
    group["IpPermissions"] = [_permission(IpRanges=[near])]
    interface = _interface(estate, account, subnet, f"{block}.20", "", "interface", group)
    interface["Attachment"]["InstanceId"] = estate.id("i")
    return interface


def _tags(name: str) -> list[Item]:
    return [{"Key": "Name", "Value": name}]


def _subnet(estate: Estate, account: str, region: str, vpc: str, block: str, zone: int, name: str) -> Item:
    subnet = estate.id("subnet")
    return {
        "AvailabilityZoneId": f"{ZONES[region]}-az{zone}",
        "MapCustomerOwnedIpOnLaunch": False,
        "OwnerId": account,
        "AssignIpv6AddressOnCreation": False,
        "Ipv6CidrBlockAssociationSet": [],
        "Tags": _tags(f"{name}-{zone}"),
        "SubnetArn": f"arn:aws:ec2:{region}:{account}:subnet/{subnet}",
        "EnableDns64": False,
        "Ipv6Native": False,
        "PrivateDnsNameOptionsOnLaunch": {
            "HostnameType": "ip-name",
            "EnableResourceNameDnsARecord": False,
            "EnableResourceNameDnsAAAARecord": False,
        },
        "BlockPublicAccessStates": {"InternetGatewayBlockMode": "block-bidirectional"},
        "SubnetId": subnet,
        "State": "available",
        "VpcId": vpc,
        "CidrBlock": block,
        "AvailableIpAddressCount": 122,
        "AvailabilityZone": f"{region}{'abc'[zone - 1]}",
        "DefaultForAz": False,
        "MapPublicIpOnLaunch": False,
    }


def _table(estate: Estate, account: str, vpc: str, block: str, name: str) -> Item:
    return {
        "Associations": [],
        "PropagatingVgws": [],
        "RouteTableId": estate.id("rtb"),
        "Routes": [
            {
                "DestinationCidrBlock": block,
                "GatewayId": "local",
                "Origin": "CreateRouteTable",
                "State": "active",
            }
        ],
        "Tags": _tags(name),
        "VpcId": vpc,
        "OwnerId": account,
    }


def _association(estate: Estate, table: str, subnet: str | None) -> Item:
    return {
        "Main": subnet is None,
        "RouteTableAssociationId": estate.id("rtbassoc"),
        "RouteTableId": table,
        **({} if subnet is None else {"SubnetId": subnet}),
        "AssociationState": {"State": "associated"},
    }


def _acl(estate: Estate, account: str, vpc: str, subnets: tuple[Item, ...], name: str) -> Item:
    acl = estate.id("acl")
    return {
        "Associations": [
            {
                "NetworkAclAssociationId": estate.id("aclassoc"),
                "NetworkAclId": acl,
                "SubnetId": subnet["SubnetId"],
            }
            for subnet in subnets
        ],
        "Entries": [
            {
                "CidrBlock": "0.0.0.0/0",
                "Egress": egress,
                "Protocol": "-1",
                "RuleAction": action,
                "RuleNumber": number,
            }
            for egress in (True, False)
            for number, action in ((100, "allow"), (32767, "deny"))
        ],
        "IsDefault": True,
        "NetworkAclId": acl,
        "Tags": _tags(name),
        "VpcId": vpc,
        "OwnerId": account,
    }


def _group(
    estate: Estate, account: str, region: str, vpc: str, name: str, documents: dict[str, list[Item]]
) -> Item:
    group = estate.id("sg")
    item: Item = {
        "GroupId": group,
        "IpPermissionsEgress": [],
        "Tags": [] if name == "default" else _tags(name),
        "VpcId": vpc,
        "SecurityGroupArn": f"arn:aws:ec2:{region}:{account}:security-group/{group}",
        "OwnerId": account,
        "GroupName": name,
        "Description": "default VPC security group" if name == "default" else f"{name}, by the platform team",
        "IpPermissions": [],
    }
    documents["describe-security-groups"].append(item)
    return item


def _permission(**far: list[Item]) -> Item:
    nobody: Item = {"UserIdGroupPairs": [], "IpRanges": [], "Ipv6Ranges": [], "PrefixListIds": []}
    return {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443} | nobody | far


def _carried(group: Item) -> Item:
    return {"GroupId": group["GroupId"], "GroupName": group["GroupName"]}


def _prefix_list(region: str) -> str:
    return {"eu-west-1": "pl-6da54004", "eu-central-1": "pl-6ea54007"}[region]


def _policy(account: str) -> str:
    """A data-perimeter policy; each account has its own, as with a bucket of its own for logs."""
    inside = {"aws:PrincipalOrgID": ORGANIZATION, "aws:ResourceOrgID": ORGANIZATION}
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "OrganizationIdentitiesToOrganizationResources",
                    "Effect": "Allow",
                    "Principal": "*",
                    "Action": "s3:*",
                    "Resource": "*",
                    "Condition": {"StringEquals": inside},
                },
                {
                    "Sid": "KeepLogs",
                    "Effect": "Deny",
                    "Principal": "*",
                    "Action": ["s3:DeleteObject", "s3:DeleteObjectVersion"],
                    "Resource": f"arn:aws:s3:::logs-{account}/*",
                },
            ],
        },
        separators=(",", ":"),
    )


def _gateway_endpoint(estate: Estate, account: str, region: str, vpc: str, tables: tuple[Item, ...]) -> Item:
    return {
        "VpcEndpointId": estate.id("vpce"),
        "VpcEndpointType": "Gateway",
        "VpcId": vpc,
        "ServiceName": f"com.amazonaws.{region}.s3",
        "State": "available",
        "PolicyDocument": _policy(account),
        "RouteTableIds": [table["RouteTableId"] for table in tables],
        "SubnetIds": [],
        "Groups": [],
        "PrivateDnsEnabled": False,
        "RequesterManaged": False,
        "NetworkInterfaceIds": [],
        "DnsEntries": [],
        "CreationTimestamp": "2026-11-02T08:15:30+00:00",
        "Tags": _tags("s3"),
        "OwnerId": account,
    }


def _interface_endpoint(
    estate: Estate, account: str, region: str, vpc: str, service: str, configuration: Item
) -> Item:
    endpoint = estate.id("vpce")
    return {
        "VpcEndpointId": endpoint,
        "VpcEndpointType": "Interface",
        "VpcId": vpc,
        "ServiceName": configuration["ServiceName"],
        "State": "available",
        "RouteTableIds": [],
        "SubnetIds": [],
        "Groups": [],
        "IpAddressType": "ipv4",
        "DnsOptions": {"DnsRecordIpType": "ipv4"},
        "PrivateDnsEnabled": False,
        "RequesterManaged": False,
        "NetworkInterfaceIds": [],
        "DnsEntries": [
            {
                "DnsName": f"{endpoint}-{zone}.{configuration['ServiceId']}.{region}.vpce.amazonaws.com",
                "HostedZoneId": "Z38GZ743OKFT7T",
            }
            for zone in ("k2f8s0qj", f"k2f8s0qj-{region}a")
        ],
        "CreationTimestamp": "2026-11-02T08:16:02.412000+00:00",
        "Tags": _tags(service),
        "OwnerId": account,
    }


def _interface(
    estate: Estate,
    account: str,
    subnet: Item,
    address: str,
    description: str,
    kind: str,
    group: Item,
) -> Item:
    interface = estate.id("eni")
    mac = interface[-11:-1]
    return {
        "Attachment": {
            "AttachmentId": estate.id("ela-attach"),
            "DeleteOnTermination": False,
            "DeviceIndex": 1,
            "InstanceOwnerId": "amazon-aws" if kind == "vpc_endpoint" else "amazon-elb",
            "Status": "attached",
        },
        "AvailabilityZone": subnet["AvailabilityZone"],
        "Description": description,
        "Groups": [_carried(group)],
        "InterfaceType": kind,
        "Ipv6Addresses": [],
        "MacAddress": ":".join(["06", *(mac[i : i + 2] for i in range(0, 10, 2))]),
        "NetworkInterfaceId": interface,
        "OwnerId": account,
        "PrivateIpAddress": address,
        "PrivateIpAddresses": [{"Primary": True, "PrivateIpAddress": address}],
        "RequesterId": "727180483921",
        "RequesterManaged": True,
        "SourceDestCheck": True,
        "Status": "in-use",
        "SubnetId": subnet["SubnetId"],
        "TagSet": [],
        "VpcId": subnet["VpcId"],
        "DenyAllIgwTraffic": False,
        "Operator": {"Managed": False},
        "AvailabilityZoneId": subnet["AvailabilityZoneId"],
    }


def _hub(estate: Estate, region: str) -> dict[str, Item]:
    """The hub's network in a Region, with a load balancer and an endpoint service for each service."""
    documents = estate.documents[HUB, region]
    vpc = estate.id("vpc")
    octet = 200 + REGIONS.index(region)
    network = _network(estate, HUB, region, vpc, f"100.64.{octet}.0/24", "hub", documents)
    services: dict[str, Item] = {}
    for position, (kind, accepts) in enumerate(SERVICES.items()):
        name = f"{kind}-{region}"
        group = _group(estate, HUB, region, vpc, f"hub-{name}", documents)
        group["IpPermissions"] = [
            _permission(IpRanges=[{"CidrIp": "10.0.0.0/8", "Description": "Spokes over PrivateLink"}])
        ]
        balancer = f"{name}/{estate.id('x')[2:]}"
        arn = f"arn:aws:elasticloadbalancing:{region}:{HUB}:loadbalancer/net/{balancer}"
        documents["describe-load-balancers"].append(
            _load_balancer(name, arn, region, vpc, network.subnets, group)
        )
        for zone, subnet in enumerate(network.subnets):
            documents["describe-network-interfaces"].append(
                _interface(
                    estate,
                    HUB,
                    subnet,
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
            "Tags": _tags(name),
            "SupportedRegions": [{"Region": region, "ServiceState": "Available"}],
        }
    documents["describe-vpc-endpoint-service-configurations"].extend(services.values())
    return services


def _load_balancer(
    name: str, arn: str, region: str, vpc: str, subnets: tuple[Item, ...], group: Item
) -> Item:
    return {
        "LoadBalancerArn": arn,
        "DNSName": f"{name}-{arn.rpartition('/')[2]}.elb.{region}.amazonaws.com",
        "CanonicalHostedZoneId": "Z2IFOLAFXWLO4F",
        "CreatedTime": "2026-11-02T08:01:12.101000+00:00",
        "LoadBalancerName": name,
        "Scheme": "internal",
        "VpcId": vpc,
        "State": {"Code": "active"},
        "Type": "network",
        "AvailabilityZones": [
            {
                "ZoneName": subnet["AvailabilityZone"],
                "SubnetId": subnet["SubnetId"],
                "LoadBalancerAddresses": [],
            }
            for subnet in subnets
        ],
        "SecurityGroups": [group["GroupId"]],
        "IpAddressType": "ipv4",
        "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic": "on",
    }


def _connect(estate: Estate, region: str, services: dict[str, Item], accounts: tuple[str, ...]) -> None:
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


def _floor(estate: Estate, account: str, region: str) -> None:
    """What every account and Region has once: Block Public Access, prefix lists, a DNS Firewall."""
    documents = estate.documents[account, region]
    at = f"{account}/{region}"
    s3 = _prefix_list(region)
    estate.files[f"{at}/describe-vpc-block-public-access-options.json"] = {
        "VpcBlockPublicAccessOptions": {
            "AwsAccountId": account,
            "AwsRegion": region,
            "State": "update-complete",
            "InternetGatewayBlockMode": "block-bidirectional",
            "Reason": "isolated",
            "LastUpdateTimestamp": "2026-10-01T07:00:00+00:00",
            "ManagedBy": "account",
            "ExclusionsAllowed": "allowed",
        }
    }
    name = f"com.amazonaws.{region}.s3"
    cidrs = ("3.5.64.0/21", "52.218.0.0/17", "52.92.0.0/17")
    estate.files[f"{at}/describe-prefix-lists.json"] = {
        "PrefixLists": [{"Cidrs": cidrs, "PrefixListId": s3, "PrefixListName": name}]
    }
    estate.files[f"{at}/describe-managed-prefix-lists.json"] = {
        "PrefixLists": [
            {
                "PrefixListId": s3,
                "AddressFamily": "IPv4",
                "State": "create-complete",
                "PrefixListArn": f"arn:aws:ec2:{region}:aws:prefix-list/{s3}",
                "PrefixListName": name,
                "Tags": [],
                "OwnerId": "AWS",
            }
        ]
    }
    estate.files[f"{at}/get-managed-prefix-list-entries-{s3}.json"] = {
        "Entries": [{"Cidr": cidr} for cidr in cidrs]
    }
    _dns_firewall(estate, account, region, [vpc["VpcId"] for vpc in documents["describe-vpcs"]])


def _dns_firewall(estate: Estate, account: str, region: str, vpcs: list[str]) -> None:
    """A walled garden: what is needed is allowed, all other names are blocked."""
    documents = estate.documents[account, region]
    at, of = f"{account}/{region}", f"arn:aws:route53resolver:{region}:{account}"
    group, allowed, everything = (estate.id(kind)[:-1] for kind in ("rslvr-frg", "rslvr-fdl", "rslvr-fdl"))
    estate.files[f"{at}/list-firewall-rule-groups.json"] = {
        "FirewallRuleGroups": [
            {
                "Id": group,
                "Arn": f"{of}:firewall-rule-group/{group}",
                "Name": "walled-garden",
                "OwnerId": account,
                "CreatorRequestId": group,
                "ShareStatus": "NOT_SHARED",
            }
        ]
    }
    estate.files[f"{at}/list-firewall-domain-lists.json"] = {
        "FirewallDomainLists": [
            {
                "Id": each,
                "Arn": f"{of}:firewall-domain-list/{each}",
                "Name": name,
                "CreatorRequestId": each,
            }
            for each, name in ((allowed, "allowed"), (everything, "everything"))
        ]
    }
    names = [f"s3.{region}.amazonaws.com.", f"*.{region}.vpce.amazonaws.com.", "*.hub.landline.internal."]
    estate.files[f"{at}/list-firewall-domains-{allowed}.json"] = {"Domains": names}
    estate.files[f"{at}/list-firewall-domains-{everything}.json"] = {"Domains": ["*."]}
    rules = (
        (allowed, 100, {"Action": "ALLOW", "FirewallDomainRedirectionAction": "TRUST_REDIRECTION_DOMAIN"}),
        (everything, 200, {"Action": "BLOCK", "BlockResponse": "NXDOMAIN"}),
    )
    estate.files[f"{at}/list-firewall-rules-{group}.json"] = {
        "FirewallRules": [
            {
                "FirewallRuleGroupId": group,
                "FirewallDomainListId": each,
                "Name": f"rule-{priority}",
                "Priority": priority,
                **action,
                "CreatorRequestId": f"{group}-{priority}",
                "CreationTime": "2026-10-01T07:00:00Z",
                "ModificationTime": "2026-10-01T07:00:00Z",
            }
            for each, priority, action in rules
        ]
    }
    for vpc in vpcs:
        association = estate.id("rslvr-frgassoc")[:-1]
        documents["list-firewall-rule-group-associations"].append(
            {
                "Id": association,
                "Arn": f"{of}:firewall-rule-group-association/{association}",
                "FirewallRuleGroupId": group,
                "VpcId": vpc,
                "Name": "walled-garden",
                "Priority": 101,
                "MutationProtection": "DISABLED",
                "Status": "COMPLETE",
                "StatusMessage": "Finished rule group association update",
                "CreatorRequestId": association,
                "CreationTime": "2026-10-01T07:00:00Z",
                "ModificationTime": "2026-10-01T07:00:00Z",
            }
        )
        documents["list-firewall-configs"].append(
            {
                "Id": estate.id("rslvr-fc")[:-1],
                "ResourceId": vpc,
                "OwnerId": account,
                "FirewallFailOpen": "DISABLED",
            }
        )


def _mesh(estate: Estate) -> None:
    """Join all VPCs of the first Region's and the second's spokes on one transit gateway of the hub.

    Attachments take turns at the route tables; every table has a route to every VPC.
    """
    region = REGIONS[0]
    gateway = estate.id("tgw")
    hub = estate.documents[HUB, region]
    tables = [estate.id("tgw-rtb") for _ in range(estate.size.mesh)]
    hub["describe-transit-gateways"].append(
        {
            "TransitGatewayId": gateway,
            "TransitGatewayArn": f"arn:aws:ec2:{region}:{HUB}:transit-gateway/{gateway}",
            "State": "available",
            "OwnerId": HUB,
            "Description": "mesh",
            "CreationTime": "2026-10-01T07:00:00+00:00",
            "Options": {
                "AmazonSideAsn": 64512,
                "AutoAcceptSharedAttachments": "enable",
                "DefaultRouteTableAssociation": "disable",
                "DefaultRouteTablePropagation": "disable",
                "VpnEcmpSupport": "enable",
                "DnsSupport": "enable",
                "MulticastSupport": "disable",
            },
            "Tags": _tags("mesh"),
        }
    )
    hub["describe-transit-gateway-route-tables"] += [
        {
            "TransitGatewayRouteTableId": table,
            "TransitGatewayId": gateway,
            "State": "available",
            "DefaultAssociationRouteTable": False,
            "DefaultPropagationRouteTable": False,
            "CreationTime": "2026-10-01T07:00:00+00:00",
            "Tags": _tags(f"mesh-{number}"),
        }
        for number, table in enumerate(tables)
    ]
    routes = [_attach(estate, gateway, tables, position, *one) for position, one in enumerate(_vpcs(estate))]
    for table in tables:
        estate.files[f"{HUB}/{region}/search-transit-gateway-routes-{table}.json"] = {
            "Routes": routes,
            "AdditionalRoutesAvailable": False,
        }


def _vpcs(estate: Estate) -> list[tuple[str, str, Item]]:
    return [
        (account, region, vpc)
        for (account, region), documents in estate.documents.items()
        if account != HUB
        for vpc in documents["describe-vpcs"]
    ]


def _attach(
    estate: Estate, gateway: str, tables: list[str], position: int, account: str, region: str, vpc: Item
) -> Item:
    """Attach a VPC, lead its route table to the gateway, and return the gateway's route to it."""
    attachment = estate.id("tgw-attach")
    documents = estate.documents[account, region]
    mine = [item["SubnetId"] for item in documents["describe-subnets"] if item["VpcId"] == vpc["VpcId"]]
    state = {"State": "available", "CreationTime": "2026-10-01T07:00:00+00:00", "Tags": []}
    documents["describe-transit-gateway-vpc-attachments"].append(
        {
            "TransitGatewayAttachmentId": attachment,
            "TransitGatewayId": gateway,
            "VpcId": vpc["VpcId"],
            "VpcOwnerId": account,
            "SubnetIds": mine,
            "Options": {"DnsSupport": "enable", "Ipv6Support": "disable", "ApplianceModeSupport": "disable"},
            **state,
        }
    )
    for place in {(account, region), (HUB, REGIONS[0])}:
        estate.documents[place]["describe-transit-gateway-attachments"].append(
            {
                "TransitGatewayAttachmentId": attachment,
                "TransitGatewayId": gateway,
                "TransitGatewayOwnerId": HUB,
                "ResourceOwnerId": account,
                "ResourceType": "vpc",
                "ResourceId": vpc["VpcId"],
                "Association": {
                    "TransitGatewayRouteTableId": tables[position % len(tables)],
                    "State": "associated",
                },
                **state,
            }
        )
    for table in documents["describe-route-tables"]:
        if table["VpcId"] == vpc["VpcId"] and len(table["Routes"]) > 1:
            table["Routes"].append(
                {
                    "DestinationCidrBlock": "10.0.0.0/8",
                    "TransitGatewayId": gateway,
                    "Origin": "CreateRoute",
                    "State": "active",
                }
            )
    return {
        "DestinationCidrBlock": vpc["CidrBlock"],
        "TransitGatewayAttachments": [
            {
                "ResourceId": vpc["VpcId"],
                "TransitGatewayAttachmentId": attachment,
                "ResourceType": "vpc",
            }
        ],
        "Type": "propagated",
        "State": "active",
    }


def main() -> None:
    """Write one estate."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("directory", type=Path, help="where to put dump/ and grants.json")
    parser.add_argument("--vpcs", type=int, default=1000, help="how many VPCs (default: 1000)")
    parser.add_argument("--mesh", type=int, default=0, metavar="TABLES", help="join them by so many tables")
    parser.add_argument("--clients", action="store_true", help="put an instance in each that may send")
    parser.add_argument("--compact", action="store_true", help="JSON without white space")
    options = parser.parse_args()
    print(
        write(Size(options.vpcs, options.mesh, options.clients), options.directory, compact=options.compact)
    )


if __name__ == "__main__":
    main()
