"""Builds small dumps, in the shapes that the AWS CLI prints."""

import json
from collections import defaultdict
from copy import deepcopy
from typing import Any, Self

HUB, SPOKE = "111111111111", "222222222222"
REGION = "eu-west-1"
EMPTY = (
    "Vpcs",
    "Subnets",
    "RouteTables",
    "NetworkAcls",
    "SecurityGroups",
    "NetworkInterfaces",
    "InternetGateways",
    "EgressOnlyInternetGateways",
    "NatGateways",
    "VpcPeeringConnections",
    "TransitGateways",
    "TransitGatewayAttachments",
    "TransitGatewayVpcAttachments",
    "TransitGatewayRouteTables",
    "VpnGateways",
    "VpcEndpoints",
    "ServiceConfigurations",
    "VpcEndpointConnections",
    "PrefixLists",
    "CarrierGateways",
    "ClientVpnEndpoints",
    "InstanceConnectEndpoints",
    "VerifiedAccessEndpoints",
    "VpcBlockPublicAccessExclusions",
    "FirewallRuleGroupAssociations",
    "FirewallDomainLists",
    "FirewallConfigs",
    "ProfileAssociations",
)
"""Documents that a complete dump has for every account and Region, if only with nothing in them."""

ANY = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}], "Ipv6Ranges": [{"CidrIpv6": "::/0"}]}]
WALL, ALLOWED, EVERYTHING = "rslvr-frg-wall", "rslvr-fdl-allowed", "rslvr-fdl-everything"
Item = dict[str, Any]


class Dump:
    """Documents of one or more accounts; each method adds what one `aws ec2 create-…` would."""

    def __init__(self, account: str = SPOKE, region: str = REGION) -> None:
        self.account, self.region = account, region
        self.places: dict[tuple[str, str], dict[str, list[Item]]] = {}
        self.files: dict[str, Item] = {}
        self.at(account, region)

    def at(self, account: str, region: str = REGION) -> Self:
        """Add what follows to another account and Region."""
        self.account, self.region = account, region
        self.places.setdefault((account, region), defaultdict(list, {kind: [] for kind in EMPTY}))
        return self

    def add(self, kind: str, **item: Any) -> Item:  # noqa: ANN401 - JSON
        self.places[self.account, self.region][kind].append(item)
        return item

    def file(self, name: str, document: Item) -> None:
        self.files[f"{self.account}/{self.region}/{name}.json"] = document

    def vpc(self, name: str = "vpc-a", cidr: str = "10.0.0.0/16", v6: str | None = None) -> None:
        blocks = [{"CidrBlock": cidr, "CidrBlockState": {"State": "associated"}}]
        item = self.add(
            "Vpcs", VpcId=name, CidrBlock=cidr, OwnerId=self.account, CidrBlockAssociationSet=blocks
        )
        if v6:
            state = {"State": "associated"}
            item["Ipv6CidrBlockAssociationSet"] = [{"Ipv6CidrBlock": v6, "Ipv6CidrBlockState": state}]
        self.table(f"rtb-main-{name}", name, [], main=True)
        self.acl(f"acl-{name}", name)
        self.group(f"sg-{name}", name)
        self.wall(name)

    def wall(self, vpc: str, group: str = WALL, priority: int = 101) -> None:
        """Let the VPC's resolver answer a list of names alone."""
        self.add("FirewallRuleGroupAssociations", Id=f"rslvr-frgassoc-{vpc}", FirewallRuleGroupId=group,
                 VpcId=vpc, Priority=priority, Status="COMPLETE")  # fmt: skip
        if group != WALL or any(f"list-firewall-rules-{WALL}" in name for name in self.files):
            return
        self.domains(ALLOWED, "kms.eu-west-1.amazonaws.com.", "*.hub.internal.")
        self.domains(EVERYTHING, "*")
        self.rules(WALL, firewall_rule(100, "ALLOW", ALLOWED), firewall_rule(200, "BLOCK", EVERYTHING))

    def domains(self, name: str, *domains: str) -> None:
        self.file(f"list-firewall-domains-{name}", {"Domains": list(domains)})

    def rules(self, group: str, *rules: Item) -> None:
        document = {"FirewallRules": [rule | {"FirewallRuleGroupId": group} for rule in rules]}
        self.file(f"list-firewall-rules-{group}", document)

    def subnet(self, name: str, vpc: str, cidr: str, zone: str = "euw1-az1", acl: str | None = None) -> None:
        self.add(
            "Subnets", SubnetId=name, VpcId=vpc, CidrBlock=cidr, AvailabilityZoneId=zone, OwnerId=self.account
        )
        guard = next(a for a in self.all("NetworkAcls") if a["NetworkAclId"] == (acl or f"acl-{vpc}"))
        guard["Associations"].append({"SubnetId": name, "NetworkAclId": guard["NetworkAclId"]})

    def table(
        self,
        name: str,
        vpc: str,
        routes: list[Item],
        *subnets: str,
        main: bool = False,
        edge: str | None = None,
    ) -> Item:
        cidr = next(v["CidrBlock"] for v in self.all("Vpcs") if v["VpcId"] == vpc)
        local = {
            "DestinationCidrBlock": cidr,
            "GatewayId": "local",
            "State": "active",
            "Origin": "CreateRouteTable",
        }
        associations: list[Item] = [
            {"Main": False, "SubnetId": subnet, "RouteTableId": name} for subnet in subnets
        ]
        associations += [{"Main": True, "RouteTableId": name}] if main else []
        associations += [{"Main": False, "GatewayId": edge, "RouteTableId": name}] if edge else []
        item = {"RouteTableId": name, "VpcId": vpc, "Routes": [local, *routes], "Associations": associations}
        return self.add("RouteTables", **item, OwnerId=self.account)

    def acl(self, name: str, vpc: str, entries: list[Item] | None = None) -> None:
        if entries is None:
            entries = [entry(100, egress=e, block=b) for e in (True, False) for b in ("0.0.0.0/0", "::/0")]
            for index, item in enumerate(entries):
                item["RuleNumber"] += index
        self.add("NetworkAcls", NetworkAclId=name, VpcId=vpc, Entries=entries, Associations=[])

    def group(
        self, name: str, vpc: str, ingress: list[Item] | None = None, egress: list[Item] | None = None
    ) -> None:
        # Copies: a test may add to its dump's rules, and must not add to those of all that follow.
        ingress, egress = (deepcopy(ANY if rules is None else rules) for rules in (ingress, egress))
        self.add("SecurityGroups", GroupId=name, VpcId=vpc, IpPermissions=ingress, IpPermissionsEgress=egress)

    def interface(
        self,
        name: str,
        subnet: str,
        address: str,
        *,
        public: str | None = None,
        group: str | None = None,
        kind: str = "interface",
        check: bool = True,
        v6: str | None = None,
        instance: str | None = None,
    ) -> Item:
        vpc = next(s["VpcId"] for s in self.all("Subnets") if s["SubnetId"] == subnet)
        outside = {"Association": {"PublicIp": public, "IpOwnerId": "amazon"}} if public else {}
        item = self.add(
            "NetworkInterfaces",
            NetworkInterfaceId=name,
            SubnetId=subnet,
            VpcId=vpc,
            OwnerId=self.account,
            InterfaceType=kind,
            SourceDestCheck=check,
            Status="in-use",
            PrivateIpAddress=address,
            PrivateIpAddresses=[{"PrivateIpAddress": address, "Primary": True, **outside}],
            Groups=[{"GroupId": group or f"sg-{vpc}"}],
            **outside,
        )
        if v6:
            item["Ipv6Addresses"] = [{"Ipv6Address": v6}]
        if instance:
            item["Attachment"] = {"InstanceId": instance, "DeviceIndex": 0, "Status": "attached"}
        return item

    def internet_gateway(self, name: str = "igw-a", vpc: str = "vpc-a") -> None:
        self.add(
            "InternetGateways", InternetGatewayId=name, Attachments=[{"VpcId": vpc, "State": "available"}]
        )

    def nat(self, name: str, subnet: str, address: str, public: str | None = "198.51.100.7") -> None:
        vpc = next(s["VpcId"] for s in self.all("Subnets") if s["SubnetId"] == subnet)
        eni = self.interface(f"eni-{name}", subnet, address, kind="nat_gateway", check=False, public=public)
        eni["Groups"] = []
        inner = {
            "NetworkInterfaceId": f"eni-{name}",
            "PrivateIp": address,
            "Status": "succeeded",
            "IsPrimary": True,
        }
        self.add(
            "NatGateways",
            NatGatewayId=name,
            VpcId=vpc,
            SubnetId=subnet,
            State="available",
            ConnectivityType="public" if public else "private",
            NatGatewayAddresses=[{**inner, **({"PublicIp": public} if public else {})}],
        )

    def transit(self, name: str, attachments: dict[str, list[str]], tables: dict[str, list[Item]]) -> None:
        """Join VPCs; `attachments` names each one's subnets, and all of them use the first of `tables`."""
        first = next(iter(tables))
        self.add("TransitGateways", TransitGatewayId=name, State="available", OwnerId=self.account)
        for vpc, subnets in attachments.items():
            common = {
                "TransitGatewayAttachmentId": f"att-{vpc}",
                "TransitGatewayId": name,
                "State": "available",
            }
            self.add("TransitGatewayVpcAttachments", **common, VpcId=vpc, SubnetIds=subnets)
            self.add(
                "TransitGatewayAttachments",
                **common,
                ResourceType="vpc",
                ResourceId=vpc,
                Association={"TransitGatewayRouteTableId": first, "State": "associated"},
            )
        for table, routes in tables.items():
            self.add("TransitGatewayRouteTables", TransitGatewayRouteTableId=table, TransitGatewayId=name)
            document = {"Routes": routes, "AdditionalRoutesAvailable": False}
            self.file(f"search-transit-gateway-routes-{table}", document)

    def peering(self, name: str, one: tuple[str, str], other: tuple[str, str], code: str = "active") -> None:
        ends = [
            {"VpcId": vpc, "CidrBlock": cidr, "CidrBlockSet": [{"CidrBlock": cidr}]}
            for vpc, cidr in (one, other)
        ]
        self.add(
            "VpcPeeringConnections",
            VpcPeeringConnectionId=name,
            RequesterVpcInfo=ends[0],
            AccepterVpcInfo=ends[1],
            Status={"Code": code},
        )

    def service(self, service: str, name: str, principals: list[str], *, acceptance: bool = False) -> None:
        self.add(
            "ServiceConfigurations",
            ServiceId=service,
            ServiceName=f"com.amazonaws.vpce.{self.region}.{service}",
            ServiceState="Available",
            AcceptanceRequired=acceptance,
            Tags=[{"Key": "Name", "Value": name}],
        )
        allowed = [{"PrincipalType": "Account", "Principal": principal} for principal in principals]
        self.file(f"describe-vpc-endpoint-service-permissions-{service}", {"AllowedPrincipals": allowed})

    def connection(self, service: str, endpoint: str, owner: str, state: str = "available") -> None:
        self.add(
            "VpcEndpointConnections",
            ServiceId=service,
            VpcEndpointId=endpoint,
            VpcEndpointOwner=owner,
            VpcEndpointState=state,
        )

    def all(self, kind: str) -> list[Item]:
        return self.places[self.account, self.region][kind]

    def drop(self, kind: str) -> Self:
        """Leave a kind of document out of every account and Region."""
        for documents in self.places.values():
            documents.pop(kind, None)
        return self

    def bytes(self) -> dict[str, bytes]:
        files = {
            f"{account}/{region}/describe-{kind}.json": json.dumps({kind: items}).encode()
            for (account, region), documents in self.places.items()
            for kind, items in documents.items()
        }
        return files | {name: json.dumps(document).encode() for name, document in self.files.items()}


def route(destination: str, **target: str) -> Item:
    """A route; the target is one of AWS's fields."""
    field = "DestinationIpv6CidrBlock" if ":" in destination else "DestinationCidrBlock"
    if destination.startswith("pl-"):
        field = "DestinationPrefixListId"
    return {field: destination, "State": "active", "Origin": "CreateRoute", **target}


def entry(
    number: int,
    *,
    egress: bool,
    action: str = "allow",
    protocol: str = "-1",
    block: str = "0.0.0.0/0",
    ports: tuple[int, int] | None = None,
) -> Item:
    """A rule of a network ACL."""
    field = "Ipv6CidrBlock" if ":" in block else "CidrBlock"
    item = {"RuleNumber": number, "Egress": egress, "RuleAction": action, "Protocol": protocol, field: block}
    if ports:
        item["PortRange"] = {"From": ports[0], "To": ports[1]}
    return item


def firewall_rule(priority: int, action: str, domains: str | None = None, **more: Any) -> Item:  # noqa: ANN401 - JSON
    """A rule of DNS Firewall."""
    which = {"FirewallDomainListId": domains} if domains else {"FirewallThreatProtectionId": "rslvr-ftp-1"}
    return {"Name": f"rule-{priority}", "Priority": priority, "Action": action, **which, **more}


def permission(protocol: str, block: str, ports: tuple[int, int] | None = None) -> Item:
    """A permission of a security group."""
    ranges = {"Ipv6Ranges": [{"CidrIpv6": block}]} if ":" in block else {"IpRanges": [{"CidrIp": block}]}
    item: Item = {"IpProtocol": protocol, **ranges}
    if ports:
        item |= {"FromPort": ports[0], "ToPort": ports[1]}
    return item


def transit_route(block: str, *vpcs: str, state: str = "active", kind: str = "propagated") -> Item:
    """A route of a transit gateway."""
    targets = [{"TransitGatewayAttachmentId": f"att-{vpc}", "ResourceType": "vpc"} for vpc in vpcs]
    return {"DestinationCidrBlock": block, "Type": kind, "State": state, "TransitGatewayAttachments": targets}


def isolated(vpc: str = "vpc-a", cidr: str = "10.0.0.0/16", account: str = SPOKE) -> Dump:
    """One VPC with a subnet and an interface, and no way out."""
    dump = Dump(account)
    add_isolated(dump, vpc, cidr)
    return dump


def add_isolated(dump: Dump, vpc: str, cidr: str) -> None:
    """Add a VPC with a subnet and an interface, and no way out."""
    prefix = ".".join(cidr.split(".")[:2])
    dump.vpc(vpc, cidr)
    dump.subnet(f"subnet-{vpc}", vpc, f"{prefix}.1.0/24")
    dump.interface(f"eni-{vpc}", f"subnet-{vpc}", f"{prefix}.1.10", instance=f"i-{vpc}")


def public(vpc: str = "vpc-a") -> Dump:
    """An internet gateway, a default route to it, and a public address."""
    dump = isolated(vpc)
    dump.internet_gateway("igw-a", vpc)
    dump.table("rtb-public", vpc, [route("0.0.0.0/0", GatewayId="igw-a")], f"subnet-{vpc}")
    dump.interface("eni-public", f"subnet-{vpc}", "10.0.1.20", public="198.51.100.20")
    return dump
