"""Describe-JSON documents of a made-up estate, exactly as `aws … --output json` prints them.

The field names are botocore's (ec2, model 2016-11-15). One `Documents` value is one estate; `snapshot()`
gives the mapping from `<account>/<region>/<name>.json` to bytes. Nothing here knows what the packets do.
"""

import ipaddress
import json
from collections.abc import Mapping
from typing import Any

type_of = Any  # a describe document is whatever JSON AWS prints
Item = dict[str, Any]
Place = tuple[str, str]
"""(account, Region)."""

LISTED = {
    "Vpcs": "describe-vpcs",
    "Subnets": "describe-subnets",
    "RouteTables": "describe-route-tables",
    "NetworkAcls": "describe-network-acls",
    "SecurityGroups": "describe-security-groups",
    "NetworkInterfaces": "describe-network-interfaces",
    "Reservations": "describe-instances",
    "InternetGateways": "describe-internet-gateways",
    "EgressOnlyInternetGateways": "describe-egress-only-internet-gateways",
    "NatGateways": "describe-nat-gateways",
    "TransitGateways": "describe-transit-gateways",
    "TransitGatewayAttachments": "describe-transit-gateway-attachments",
    "TransitGatewayVpcAttachments": "describe-transit-gateway-vpc-attachments",
    "TransitGatewayRouteTables": "describe-transit-gateway-route-tables",
    "TransitGatewayPrefixListReferences": "get-transit-gateway-prefix-list-references",
    "VpcPeeringConnections": "describe-vpc-peering-connections",
    "VpnGateways": "describe-vpn-gateways",
    "CarrierGateways": "describe-carrier-gateways",
    "VpcEndpoints": "describe-vpc-endpoints",
    "PrefixLists": "describe-managed-prefix-lists",
    "VpcBlockPublicAccessExclusions": "describe-vpc-block-public-access-exclusions",
    "ServiceConfigurations": "describe-vpc-endpoint-service-configurations",
    "VpcEndpointConnections": "describe-vpc-endpoint-connections",
    "LoadBalancers": "describe-load-balancers",
    "TargetGroups": "describe-target-groups",
    "ClientVpnEndpoints": "describe-client-vpn-endpoints",
    "InstanceConnectEndpoints": "describe-instance-connect-endpoints",
    "VerifiedAccessEndpoints": "describe-verified-access-endpoints",
}
"""Top-level key to the CLI call that prints it; every account and Region has each, if only empty."""

OPEN = [{"protocol": "-1", "cidr": "0.0.0.0/0"}, {"protocol": "-1", "cidr": "::/0"}]


def _prefix(cidr: str) -> tuple[str, str]:
    version = ipaddress.ip_network(cidr).version
    return (
        ("CidrBlock", "DestinationCidrBlock")
        if version == 4
        else ("Ipv6CidrBlock", "DestinationIpv6CidrBlock")
    )


class Documents:
    """A mutable pile of describe documents: each method adds one thing as AWS would list it."""

    def __init__(self) -> None:
        self.places: dict[Place, dict[str, list[Item]]] = {}
        self.named: dict[Place, dict[str, Item]] = {}
        self.block_mode: dict[Place, str] = {}
        self._count = 0

    def place(self, account: str, region: str) -> Place:
        """Adds an account and Region with nothing in it."""
        place = (account, region)
        if place not in self.places:
            self.places[place] = {kind: [] for kind in LISTED}
            self.named[place] = {}
            self.block_mode[place] = "off"
        return place

    def id(self, prefix: str) -> str:
        """The next id of this kind, in AWS's 17-digit form."""
        self._count += 1
        return f"{prefix}-{0xA0000000000000000 | self._count:017x}"

    def add(self, place: Place, kind: str, item: Item) -> Item:
        """Puts one item into a listing."""
        self.places[place][kind].append(item)
        return item

    def vpc(self, place: Place, *cidrs: str, main: list[Item] | None = None) -> Item:
        """A VPC with its main route table and its default network ACL, which is open."""
        v4 = [c for c in cidrs if ipaddress.ip_network(c).version == 4]
        v6 = [c for c in cidrs if ipaddress.ip_network(c).version == 6]
        vpc = self.add(
            place,
            "Vpcs",
            {
                "VpcId": self.id("vpc"),
                "OwnerId": place[0],
                "State": "available",
                "IsDefault": False,
                "InstanceTenancy": "default",
                "DhcpOptionsId": "dopt-0abc",
                "CidrBlock": v4[0],
                "CidrBlockAssociationSet": [
                    {
                        "AssociationId": self.id("vpc-cidr-assoc"),
                        "CidrBlock": c,
                        "CidrBlockState": {"State": "associated"},
                    }
                    for c in v4
                ],
            },
        )
        if v6:
            vpc["Ipv6CidrBlockAssociationSet"] = [
                {
                    "AssociationId": self.id("vpc-cidr-assoc"),
                    "Ipv6CidrBlock": c,
                    "Ipv6CidrBlockState": {"State": "associated"},
                    "NetworkBorderGroup": place[1],
                    "Ipv6Pool": "Amazon",
                    "Ipv6AddressAttribute": "public",
                    "IpSource": "amazon",
                }
                for c in v6
            ]
        self.route_table(place, vpc, main or [], main=True)
        self.network_acl(place, vpc, allow_all(egress=True) + allow_all(egress=False), default=True)
        return vpc

    def cidrs(self, vpc: Item) -> list[str]:
        """All CIDR blocks of a VPC, both families."""
        return [a["CidrBlock"] for a in vpc["CidrBlockAssociationSet"]] + [
            a["Ipv6CidrBlock"] for a in vpc.get("Ipv6CidrBlockAssociationSet", [])
        ]

    def subnet(self, place: Place, vpc: Item, cidr: str, zone: str = "a", v6: str | None = None) -> Item:
        """A subnet; until another is given, the VPC's default network ACL holds for it."""
        subnet = self.add(
            place,
            "Subnets",
            {
                "SubnetId": self.id("subnet"),
                "VpcId": vpc["VpcId"],
                "OwnerId": place[0],
                "State": "available",
                "CidrBlock": cidr,
                "AvailabilityZone": place[1] + zone,
                "AvailabilityZoneId": f"{place[1]}-az{zone}",
                "MapPublicIpOnLaunch": False,
                "AssignIpv6AddressOnCreation": False,
                "DefaultForAz": False,
                "AvailableIpAddressCount": 11,
                "EnableDns64": False,
                "Ipv6Native": False,
                "Ipv6CidrBlockAssociationSet": [],
            },
        )
        if v6:
            subnet["Ipv6CidrBlockAssociationSet"] = [
                {
                    "AssociationId": self.id("subnet-cidr-assoc"),
                    "Ipv6CidrBlock": v6,
                    "Ipv6CidrBlockState": {"State": "associated"},
                }
            ]
        default = next(
            a for a in self.places[place]["NetworkAcls"] if a["VpcId"] == vpc["VpcId"] and a["IsDefault"]
        )
        self.use_acl(place, subnet, default)
        return subnet

    def use_acl(self, place: Place, subnet: Item, acl: Item) -> None:
        """Gives a subnet this network ACL instead of the one it has (a subnet has exactly one)."""
        for other in self.places[place]["NetworkAcls"]:
            other["Associations"] = [a for a in other["Associations"] if a["SubnetId"] != subnet["SubnetId"]]
        acl["Associations"].append(
            {
                "NetworkAclAssociationId": self.id("aclassoc"),
                "NetworkAclId": acl["NetworkAclId"],
                "SubnetId": subnet["SubnetId"],
            }
        )

    def network_acl(self, place: Place, vpc: Item, entries: list[Item], *, default: bool = False) -> Item:
        """A network ACL; the final denials (rule 32767) are added as AWS lists them."""
        last = [acl_entry(32767, "deny", cidr, egress=e) for e in (True, False) for cidr in ("0.0.0.0/0",)]
        return self.add(
            place,
            "NetworkAcls",
            {
                "NetworkAclId": self.id("acl"),
                "VpcId": vpc["VpcId"],
                "OwnerId": place[0],
                "IsDefault": default,
                "Associations": [],
                "Entries": [*entries, *last],
                "Tags": [],
            },
        )

    def route_table(
        self,
        place: Place,
        vpc: Item,
        routes: list[Item],
        subnets: list[Item] | None = None,
        *,
        main: bool = False,
        gateway: str | None = None,
    ) -> Item:
        """A route table with its local routes, the routes given, and its associations."""
        table_id = self.id("rtb")
        local = [
            {_prefix(c)[1]: c, "GatewayId": "local", "Origin": "CreateRouteTable", "State": "active"}
            for c in self.cidrs(vpc)
        ]
        associations: list[Item] = [{"SubnetId": s["SubnetId"], "Main": False} for s in subnets or []]
        if main:
            associations.append({"Main": True})
        if gateway:
            associations.append({"GatewayId": gateway, "Main": False})
        for association in associations:
            association |= {
                "RouteTableAssociationId": self.id("rtbassoc"),
                "RouteTableId": table_id,
                "AssociationState": {"State": "associated"},
            }
        replaced = {r.get("DestinationCidrBlock") or r.get("DestinationIpv6CidrBlock") for r in routes}
        kept = [
            r
            for r in local
            if (r.get("DestinationCidrBlock") or r["DestinationIpv6CidrBlock"]) not in replaced
        ]
        return self.add(
            place,
            "RouteTables",
            {
                "RouteTableId": table_id,
                "VpcId": vpc["VpcId"],
                "OwnerId": place[0],
                "Associations": associations,
                "Routes": kept + routes,
                "PropagatingVgws": [],
                "Tags": [],
            },
        )

    def security_group(
        self, place: Place, vpc: Item, ingress: list[Item], egress: list[Item], group_id: str | None = None
    ) -> Item:
        """A security group from rules as `permission` takes them."""
        return self.add(
            place,
            "SecurityGroups",
            {
                "GroupId": group_id or self.id("sg"),
                "GroupName": f"group-{self._count}",
                "Description": "made up",
                "VpcId": vpc["VpcId"],
                "OwnerId": place[0],
                "Tags": [],
                "IpPermissions": [permission(**r) for r in ingress],
                "IpPermissionsEgress": [permission(**r) for r in egress],
            },
        )

    def interface(
        self,
        place: Place,
        subnet: Item,
        address: str,
        groups: list[Item] | None = None,
        *,
        public: str | None = None,
        carrier: str | None = None,
        v6: str | None = None,
        kind: str = "interface",
        check: bool = True,
        instance: bool = True,
        extra: dict[str, Any] | None = None,
    ) -> Item:
        """A network interface, on an instance of its own when `instance`, else owned by a service."""
        association: Item | None = None
        if public:
            association = {
                "PublicIp": public,
                "PublicDnsName": "",
                "IpOwnerId": place[0],
                "AllocationId": self.id("eipalloc"),
                "AssociationId": self.id("eipassoc"),
            }
        elif carrier:
            association = {"CarrierIp": carrier, "IpOwnerId": place[0], "AllocationId": self.id("eipalloc")}
        primary: Item = {"PrivateIpAddress": address, "Primary": True}
        instance_id = self.id("i") if instance else None
        item: Item = {
            "NetworkInterfaceId": self.id("eni"),
            "VpcId": subnet["VpcId"],
            "SubnetId": subnet["SubnetId"],
            "AvailabilityZone": subnet["AvailabilityZone"],
            "OwnerId": place[0],
            "Status": "in-use",
            "InterfaceType": kind,
            "SourceDestCheck": check,
            "RequesterManaged": not instance,
            "Description": "",
            "MacAddress": "02:00:00:00:00:01",
            "PrivateIpAddress": address,
            "PrivateIpAddresses": [primary],
            "Ipv6Addresses": [{"Ipv6Address": v6, "IsPrimaryIpv6": False}] if v6 else [],
            "Groups": [{"GroupId": g["GroupId"], "GroupName": g["GroupName"]} for g in groups or []],
            "TagSet": [],
        }
        if association:
            item["Association"] = association
            primary["Association"] = dict(association)
        if instance_id:
            item["Attachment"] = {
                "AttachmentId": self.id("eni-attach"),
                "DeviceIndex": 0,
                "InstanceId": instance_id,
                "InstanceOwnerId": place[0],
                "Status": "attached",
                "DeleteOnTermination": True,
            }
            self.add(
                place,
                "Reservations",
                {
                    "ReservationId": self.id("r"),
                    "OwnerId": place[0],
                    "Groups": [],
                    "Instances": [
                        {
                            "InstanceId": instance_id,
                            "State": {"Code": 16, "Name": "running"},
                            "VpcId": subnet["VpcId"],
                            "SubnetId": subnet["SubnetId"],
                            "PrivateIpAddress": address,
                            "SourceDestCheck": check,
                            "NetworkInterfaces": [{"NetworkInterfaceId": item["NetworkInterfaceId"]}],
                            "SecurityGroups": item["Groups"],
                        }
                    ],
                },
            )
        item |= extra or {}
        return self.add(place, "NetworkInterfaces", item)

    def internet_gateway(self, place: Place, vpc: Item | None) -> str:
        """An internet gateway, attached to the VPC or to none."""
        attachments = [{"VpcId": vpc["VpcId"], "State": "available"}] if vpc else []
        item = {
            "InternetGatewayId": self.id("igw"),
            "OwnerId": place[0],
            "Attachments": attachments,
            "Tags": [],
        }
        return str(self.add(place, "InternetGateways", item)["InternetGatewayId"])

    def egress_only_gateway(self, place: Place, vpc: Item) -> str:
        """An egress-only internet gateway, attached."""
        return str(
            self.add(
                place,
                "EgressOnlyInternetGateways",
                {
                    "EgressOnlyInternetGatewayId": self.id("eigw"),
                    "Tags": [],
                    "Attachments": [{"VpcId": vpc["VpcId"], "State": "attached"}],
                },
            )["EgressOnlyInternetGatewayId"]
        )

    def nat_gateway(
        self, place: Place, subnet: Item, addresses: list[tuple[str, str | None]], *, state: str = "available"
    ) -> str:
        """A zonal NAT gateway with its (private, public) addresses; private when none is public."""
        nat = self.id("nat")
        listed = []
        for index, (private, public) in enumerate(addresses):
            eni = self.interface(
                place,
                subnet,
                private,
                public=public,
                kind="nat_gateway",
                check=False,
                instance=False,
                extra={"Description": f"Interface for NAT Gateway {nat}"},
            )
            address: Item = {
                "NetworkInterfaceId": eni["NetworkInterfaceId"],
                "PrivateIp": private,
                "IsPrimary": index == 0,
                "Status": "succeeded",
            }
            if public:
                address |= {
                    "PublicIp": public,
                    "AllocationId": eni["Association"]["AllocationId"],
                    "AssociationId": eni["Association"]["AssociationId"],
                }
            listed.append(address)
        self.add(
            place,
            "NatGateways",
            {
                "NatGatewayId": nat,
                "VpcId": subnet["VpcId"],
                "SubnetId": subnet["SubnetId"],
                "State": state,
                "ConnectivityType": "public" if addresses[0][1] else "private",
                "AvailabilityMode": "zonal",
                "CreateTime": "2026-01-01T00:00:00+00:00",
                "NatGatewayAddresses": listed,
                "Tags": [],
            },
        )
        return nat

    def regional_nat_gateway(self, place: Place, vpc: Item, gateway: str, public: str) -> str:
        """A regional NAT gateway with the route table that AWS makes for it."""
        default = {
            "DestinationCidrBlock": "0.0.0.0/0",
            "GatewayId": gateway,
            "Origin": "CreateRoute",
            "State": "active",
        }
        table = self.route_table(place, vpc, [default])
        return str(
            self.add(
                place,
                "NatGateways",
                {
                    "NatGatewayId": self.id("nat"),
                    "VpcId": vpc["VpcId"],
                    "State": "available",
                    "Tags": [],
                    "ConnectivityType": "public",
                    "AvailabilityMode": "regional",
                    "AutoScalingIps": "enabled",
                    "AutoProvisionZones": "enabled",
                    "RouteTableId": table["RouteTableId"],
                    "CreateTime": "2026-01-01T00:00:00+00:00",
                    "NatGatewayAddresses": [
                        {
                            "PublicIp": public,
                            "AllocationId": self.id("eipalloc"),
                            "AssociationId": self.id("eipassoc"),
                            "AvailabilityZone": place[1] + "a",
                            "Status": "succeeded",
                        }
                    ],
                },
            )["NatGatewayId"]
        )

    def vpn_gateway(self, place: Place, vpc: Item | None) -> str:
        """A virtual private gateway, attached to the VPC or to none."""
        attachments = [{"VpcId": vpc["VpcId"], "State": "attached"}] if vpc else []
        return str(
            self.add(
                place,
                "VpnGateways",
                {
                    "VpnGatewayId": self.id("vgw"),
                    "Type": "ipsec.1",
                    "State": "available",
                    "AmazonSideAsn": 64512,
                    "VpcAttachments": attachments,
                    "Tags": [],
                },
            )["VpnGatewayId"]
        )

    def carrier_gateway(self, place: Place, vpc: Item) -> str:
        """A carrier gateway of a Wavelength Zone."""
        return str(
            self.add(
                place,
                "CarrierGateways",
                {
                    "CarrierGatewayId": self.id("cagw"),
                    "VpcId": vpc["VpcId"],
                    "State": "available",
                    "OwnerId": place[0],
                    "Tags": [],
                },
            )["CarrierGatewayId"]
        )

    def peering(self, one: tuple[Place, Item], two: tuple[Place, Item], status: str = "active") -> str:
        """A peering connection, listed on each side that is in the estate."""
        item = {
            "VpcPeeringConnectionId": self.id("pcx"),
            "Status": {"Code": status, "Message": status},
            "Tags": [],
            "RequesterVpcInfo": self._side(*one),
            "AccepterVpcInfo": self._side(*two),
        }
        for place in dict.fromkeys((one[0], two[0])):
            if place in self.places:
                self.add(place, "VpcPeeringConnections", item)
        return str(item["VpcPeeringConnectionId"])

    def _side(self, place: Place, vpc: Item) -> Item:
        v4 = [c for c in self.cidrs(vpc) if ipaddress.ip_network(c).version == 4]
        v6 = [c for c in self.cidrs(vpc) if ipaddress.ip_network(c).version == 6]
        side: Item = {
            "VpcId": vpc["VpcId"],
            "OwnerId": place[0],
            "Region": place[1],
            "CidrBlock": v4[0],
            "CidrBlockSet": [{"CidrBlock": c} for c in v4],
            "PeeringOptions": {"AllowDnsResolutionFromRemoteVpc": False},
        }
        if v6:
            side["Ipv6CidrBlockSet"] = [{"Ipv6CidrBlock": c} for c in v6]
        return side

    def transit_gateway(self, place: Place) -> str:
        """A transit gateway without a default route table."""
        return str(
            self.add(
                place,
                "TransitGateways",
                {
                    "TransitGatewayId": self.id("tgw"),
                    "OwnerId": place[0],
                    "State": "available",
                    "Description": "",
                    "TransitGatewayArn": f"arn:aws:ec2:{place[1]}:{place[0]}:transit-gateway/x",
                    "Tags": [],
                    "Options": {
                        "AmazonSideAsn": 64512,
                        "AutoAcceptSharedAttachments": "disable",
                        "DefaultRouteTableAssociation": "disable",
                        "DefaultRouteTablePropagation": "disable",
                        "VpnEcmpSupport": "enable",
                        "DnsSupport": "enable",
                        "SecurityGroupReferencingSupport": "disable",
                        "MulticastSupport": "disable",
                    },
                },
            )["TransitGatewayId"]
        )

    def transit_route_table(self, place: Place, transit: str) -> str:
        """A route table of a transit gateway, empty."""
        table = str(
            self.add(
                place,
                "TransitGatewayRouteTables",
                {
                    "TransitGatewayRouteTableId": self.id("tgw-rtb"),
                    "TransitGatewayId": transit,
                    "State": "available",
                    "DefaultAssociationRouteTable": False,
                    "DefaultPropagationRouteTable": False,
                    "Tags": [],
                    "CreationTime": "2026-01-01T00:00:00+00:00",
                },
            )["TransitGatewayRouteTableId"]
        )
        self.named[place][f"search-transit-gateway-routes-{table}"] = {
            "Routes": [],
            "AdditionalRoutesAvailable": False,
        }
        return table

    def transit_route(
        self, place: Place, table: str, cidr: str, attachment: Item | None, *, static: bool = True
    ) -> None:
        """A transit gateway route to an attachment, or a blackhole when none is given."""
        route: Item = {
            "DestinationCidrBlock": cidr,
            "Type": "static" if static else "propagated",
            "State": "active" if attachment else "blackhole",
            "TransitGatewayAttachments": [],
        }
        if attachment:
            route["TransitGatewayAttachments"] = [
                {k: attachment[k] for k in ("ResourceId", "TransitGatewayAttachmentId", "ResourceType")}
            ]
        self.named[place][f"search-transit-gateway-routes-{table}"]["Routes"].append(route)

    def transit_prefix_list(
        self, place: Place, table: str, prefix_list: str, owner: str, attachment: Item | None
    ) -> None:
        """A prefix list that a transit gateway's table routes by, to an attachment or to nowhere."""
        item: Item = {
            "TransitGatewayRouteTableId": table,
            "PrefixListId": prefix_list,
            "PrefixListOwnerId": owner,
            "State": "available",
            "Blackhole": attachment is None,
        }
        if attachment:
            fields = ("TransitGatewayAttachmentId", "ResourceType", "ResourceId")
            item["TransitGatewayAttachment"] = {k: attachment[k] for k in fields}
        self.add(place, "TransitGatewayPrefixListReferences", item)

    def transit_peering(self, one: tuple[Place, str, str], two: tuple[Place, str, str]) -> tuple[Item, Item]:
        """The two sides of a peering of transit gateways, each (place, gateway, associated route table)."""
        name = self.id("tgw-attach")
        sides = []
        for (place, transit, table), (_, other, _) in ((one, two), (two, one)):
            item: Item = {
                "TransitGatewayAttachmentId": name,
                "TransitGatewayId": transit,
                "TransitGatewayOwnerId": place[0],
                "ResourceOwnerId": place[0],
                "ResourceType": "peering",
                "ResourceId": other,
                "State": "available",
                "CreationTime": "2026-01-01T00:00:00+00:00",
                "Association": {"TransitGatewayRouteTableId": table, "State": "associated"},
                "Tags": [],
            }
            sides.append(self.add(place, "TransitGatewayAttachments", item))
        return sides[0], sides[1]

    def transit_attachment(
        self,
        owner: Place,
        transit: str,
        resource: tuple[str, str, str],
        table: str | None,
        subnets: tuple[Place, list[Item]] | None = None,
        *,
        appliance: bool = False,
    ) -> Item:
        """An attachment of (type, id, owner account); of a VPC with its subnets and where they are listed."""
        kind, resource_id, resource_owner = resource
        item: Item = {
            "TransitGatewayAttachmentId": self.id("tgw-attach"),
            "TransitGatewayId": transit,
            "TransitGatewayOwnerId": owner[0],
            "ResourceOwnerId": resource_owner,
            "ResourceType": kind,
            "ResourceId": resource_id,
            "State": "available",
            "CreationTime": "2026-01-01T00:00:00+00:00",
            "Tags": [],
        }
        if table:
            item["Association"] = {"TransitGatewayRouteTableId": table, "State": "associated"}
        self.add(owner, "TransitGatewayAttachments", item)
        if subnets:
            place, members = subnets
            listed = {
                "TransitGatewayAttachmentId": item["TransitGatewayAttachmentId"],
                "TransitGatewayId": transit,
                "VpcId": resource_id,
                "VpcOwnerId": resource_owner,
                "State": "available",
                "SubnetIds": [s["SubnetId"] for s in members],
                "CreationTime": "2026-01-01T00:00:00+00:00",
                "Options": {
                    "DnsSupport": "enable",
                    "SecurityGroupReferencingSupport": "disable",
                    "Ipv6Support": "enable",
                    "ApplianceModeSupport": "enable" if appliance else "disable",
                },
                "Tags": [],
            }
            for where in dict.fromkeys((owner, place)):
                self.add(where, "TransitGatewayVpcAttachments", listed)
            if place != owner:
                shared = {k: v for k, v in item.items() if k != "Association"}
                self.add(place, "TransitGatewayAttachments", shared)
        return item

    def endpoint(self, place: Place, vpc: Item, kind: str, service: str, **more: type_of) -> str:
        """A VPC endpoint of this type (`Gateway`, `Interface`, `GatewayLoadBalancer`)."""
        return str(
            self.add(
                place,
                "VpcEndpoints",
                {
                    "VpcEndpointId": self.id("vpce"),
                    "VpcEndpointType": kind,
                    "VpcId": vpc["VpcId"],
                    "ServiceName": service,
                    "State": "available",
                    "OwnerId": place[0],
                    "RequesterManaged": False,
                    "PrivateDnsEnabled": False,
                    "RouteTableIds": [],
                    "SubnetIds": [],
                    "Groups": [],
                    "NetworkInterfaceIds": [],
                    "DnsEntries": [],
                    "CreationTimestamp": "2026-01-01T00:00:00+00:00",
                    "Tags": [],
                }
                | more,
            )["VpcEndpointId"]
        )

    def prefix_list(self, place: Place, name: str, owner: str, cidrs: list[str]) -> str:
        """A managed prefix list with its entries; `owner` is an account id or `AWS`."""
        version = ipaddress.ip_network(cidrs[0]).version if cidrs else 4
        prefix_list = str(
            self.add(
                place,
                "PrefixLists",
                {
                    "PrefixListId": self.id("pl"),
                    "AddressFamily": f"IPv{version}",
                    "State": "create-complete",
                    "PrefixListName": name,
                    "OwnerId": owner,
                    "Version": 1,
                    "MaxEntries": 10,
                    "PrefixListArn": f"arn:aws:ec2:{place[1]}:{owner.lower()}:prefix-list/x",
                    "Tags": [],
                },
            )["PrefixListId"]
        )
        self.named[place][f"get-managed-prefix-list-entries-{prefix_list}"] = {
            "Entries": [{"Cidr": c, "Description": ""} for c in cidrs]
        }
        return prefix_list

    def exclude(self, place: Place, resource: Item, mode: str, state: str = "create-complete") -> None:
        """A Block Public Access exclusion of a VPC or a subnet."""
        name = f"subnet/{resource['SubnetId']}" if "SubnetId" in resource else f"vpc/{resource['VpcId']}"
        self.add(
            place,
            "VpcBlockPublicAccessExclusions",
            {
                "ExclusionId": self.id("vpcbpa-exclude"),
                "InternetGatewayExclusionMode": mode,
                "State": state,
                "ResourceArn": f"arn:aws:ec2:{place[1]}:{place[0]}:{name}",
                "Tags": [],
            },
        )

    def tree(self) -> dict[str, Item]:
        """Path to document, before encoding."""
        tree: dict[str, Item] = {}
        for (account, region), kinds in self.places.items():
            base = f"{account}/{region}"
            for kind, items in kinds.items():
                tree[f"{base}/{LISTED[kind]}.json"] = {kind: items}
            for name, document in self.named[account, region].items():
                tree[f"{base}/{name}.json"] = document
            tree[f"{base}/describe-vpc-block-public-access-options.json"] = {
                "VpcBlockPublicAccessOptions": {
                    "AwsAccountId": account,
                    "AwsRegion": region,
                    "State": "update-complete",
                    "InternetGatewayBlockMode": self.block_mode[account, region],
                    "ManagedBy": "account",
                    "ExclusionsAllowed": "allowed",
                }
            }
        return tree

    def snapshot(self) -> dict[str, bytes]:
        """The estate as files."""
        return encode(self.tree())


def encode(tree: Mapping[str, Item]) -> dict[str, bytes]:
    """Documents as the CLI prints them: four spaces, UTF-8."""
    return {path: json.dumps(document, indent=4).encode() for path, document in tree.items()}


def permission(
    protocol: str = "-1",
    ports: tuple[int, int] | None = None,
    cidr: str | None = None,
    prefix_list: str | None = None,
    group: Item | None = None,
    peering: str | None = None,
) -> Item:
    """One `IpPermission`; `ports` is the range, or ICMP (type, code)."""
    item: Item = {
        "IpProtocol": protocol,
        "IpRanges": [],
        "Ipv6Ranges": [],
        "PrefixListIds": [],
        "UserIdGroupPairs": [],
    }
    if ports is not None:
        item |= {"FromPort": ports[0], "ToPort": ports[1]}
    if cidr:
        v4 = ipaddress.ip_network(cidr).version == 4
        item["IpRanges" if v4 else "Ipv6Ranges"] = [{"CidrIp" if v4 else "CidrIpv6": cidr}]
    if prefix_list:
        item["PrefixListIds"] = [{"PrefixListId": prefix_list}]
    if group:
        pair = {"GroupId": group["GroupId"], "UserId": group["OwnerId"]}
        if peering:
            pair |= {"VpcId": group["VpcId"], "VpcPeeringConnectionId": peering, "PeeringStatus": "active"}
        item["UserIdGroupPairs"] = [pair]
    return item


def acl_entry(
    number: int,
    action: str,
    cidr: str,
    *,
    egress: bool,
    protocol: str = "-1",
    ports: tuple[int, int] | None = None,
) -> Item:
    """One network ACL entry; `ports` is the range, or ICMP (type, code)."""
    entry: Item = {"RuleNumber": number, "RuleAction": action, "Egress": egress, "Protocol": protocol}
    entry[_prefix(cidr)[0]] = cidr
    if ports is not None and protocol in ("1", "58"):
        entry["IcmpTypeCode"] = {"Type": ports[0], "Code": ports[1]}
    elif ports is not None:
        entry["PortRange"] = {"From": ports[0], "To": ports[1]}
    return entry


def allow_all(*, egress: bool) -> list[Item]:
    """What AWS's default network ACL allows."""
    return [
        acl_entry(100, "allow", "0.0.0.0/0", egress=egress),
        acl_entry(101, "allow", "::/0", egress=egress),
    ]


def route(destination: str, origin: str = "CreateRoute", state: str = "active", **target: str) -> Item:
    """One route: `route("0.0.0.0/0", GatewayId="igw-…")`; without a slash it goes to a prefix list's id."""
    key = _prefix(destination)[1] if "/" in destination else "DestinationPrefixListId"
    return {key: destination, "Origin": origin, "State": state, **target}
