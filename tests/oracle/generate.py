"""Estates from a seed: one to four VPCs over two accounts and two Regions, small enough to try every packet.

Every seed has a mood, which sets how often doors are built, opened and walked through, so that violated,
latent, proven and unproven estates each come out often. The documents are valid as far as AWS's own
refusals are known: one main route table a VPC, one network ACL a subnet, no route less specific than its
gateway route table allows, and so on.

Network interfaces that are attached to nothing are left out: AWS's pages do not settle what they are worth.
"""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from .documents import Documents, Item, Place, acl_entry, allow_all, encode, permission, route

PLACES = (("111111111111", "eu-west-1"), ("222222222222", "eu-west-1"), ("111111111111", "eu-central-1"))
STRANGER = "999999999999"
INTERNET = ("8.8.8.0/24", "52.94.0.0/16", "1.0.0.0/8")
INTERNET_V6 = ("2600:9000::/28", "2a00::/12")
REMOTE = ("192.168.0.0/16", "172.20.0.0/16")


@dataclass(frozen=True)
class Mood:
    """How likely things are: a door, a route to it, a public address, an open filter, an unmodelled thing."""

    door: float
    route: float
    public: float
    open: float
    strange: float
    links: float


MOODS = (
    (2, Mood(door=0.05, route=0.3, public=0.3, open=0.6, strange=0.0, links=0.1)),
    (3, Mood(door=0.6, route=0.4, public=0.3, open=0.25, strange=0.03, links=0.3)),
    (5, Mood(door=0.7, route=0.9, public=0.6, open=0.65, strange=0.05, links=0.4)),
    (3, Mood(door=0.1, route=0.9, public=0.4, open=0.75, strange=0.7, links=0.1)),
    (4, Mood(door=0.3, route=0.85, public=0.5, open=0.7, strange=0.05, links=0.95)),
)


@dataclass
class Site:
    """One VPC of the draft, with what was put in it."""

    place: Place
    vpc: Item
    number: int
    subnets: list[Item]
    tables: dict[str, list[Item]]
    """Routes still to be written, by subnet id; the main table's under `main`."""
    used: set[str]
    hosts: list[Item]
    groups: list[Item]

    @property
    def v6(self) -> bool:
        """Whether the VPC has IPv6."""
        return "Ipv6CidrBlockAssociationSet" in self.vpc


class Draft:
    """An estate while it is made."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)  # noqa: S311  # not for secrets: estates must come out the same
        self.documents = Documents()
        self.mood = self.random.choices([m for _, m in MOODS], [w for w, _ in MOODS])[0]
        self.sites: list[Site] = []
        self.public = 0
        self.lists: dict[Place, list[str]] = {}

    def chance(self, probability: float) -> bool:
        """Heads or tails, weighted."""
        return self.random.random() < probability

    def elastic(self) -> str:
        """A public address not yet used."""
        self.public += 1
        return f"54.10.{self.public // 250}.{self.public % 250 + 1}"

    def free(self, site: Site, subnet: Item) -> str:
        """A private address of a subnet not yet used."""
        network = ipaddress.ip_network(subnet["CidrBlock"])
        address = next(str(a) for a in list(network.hosts())[3:] if str(a) not in site.used)
        site.used.add(address)
        return address

    def free_v6(self, site: Site, subnet: Item) -> str | None:
        """An IPv6 address of a subnet not yet used, if it has any."""
        if not subnet["Ipv6CidrBlockAssociationSet"]:
            return None
        network = ipaddress.ip_network(subnet["Ipv6CidrBlockAssociationSet"][0]["Ipv6CidrBlock"])
        address = str(network[0x10 + len(site.used)])
        site.used.add(address)
        return address

    # what a site is made of

    def site(self, number: int) -> None:
        """A VPC with one to three subnets, interfaces, and its filters."""
        place = self.documents.place(*PLACES[0 if self.chance(0.6) else self.random.randrange(len(PLACES))])
        cidrs = [f"10.{number}.0.0/24"]
        if self.chance(0.15):
            cidrs.append(f"100.64.{number}.0/24")
        if self.chance(0.4):
            cidrs.append(f"2600:1f18:{number}::/56")
        vpc = self.documents.vpc(place, *cidrs)
        site = Site(place, vpc, number, [], {"main": []}, set(), [], [])
        self.sites.append(site)
        for index in range(self.random.choice((1, 2, 2, 3))):
            second = len(cidrs) > 1 and cidrs[1].startswith("100") and index == 1
            base = f"100.64.{number}" if second else f"10.{number}.0"
            v6 = f"2600:1f18:{number}:{index}::/64" if site.v6 and self.chance(0.8) else None
            subnet = self.documents.subnet(
                place, vpc, f"{base}.{index * 32}/27", self.random.choice("aab"), v6
            )
            site.subnets.append(subnet)
            if self.chance(0.55):
                site.tables[subnet["SubnetId"]] = []
            if self.chance(0.5):
                self.filter(site, subnet)
        site.groups.append(self.documents.security_group(place, vpc, [], []))
        for _ in range(self.random.choice((1, 1, 2))):
            site.groups.append(self.group(site))
        for _ in range(self.random.choice((1, 1, 2, 3))):
            self.host(site)

    def filter(self, site: Site, subnet: Item) -> None:
        """A network ACL of the subnet's own."""
        entries: list[Item] = []
        for egress in (True, False):
            if self.chance(self.mood.open):
                entries += allow_all(egress=egress)
                if self.chance(0.3):
                    entries.append(self.entry(self.random.randrange(1, 99), "deny", egress=egress))
            for _ in range(self.random.choice((0, 1, 2, 3))):
                number = self.random.randrange(110, 900)
                action = self.random.choice(("allow", "allow", "deny"))
                entries.append(self.entry(number, action, egress=egress))
        unique = {(e["RuleNumber"], e["Egress"]): e for e in entries}
        listed = list(unique.values())
        self.random.shuffle(listed)
        self.documents.use_acl(site.place, subnet, self.documents.network_acl(site.place, site.vpc, listed))

    def narrow(self, site: Site, subnet: Item) -> None:
        """A network ACL that lets in what comes from within, and answers from outside on some ports only."""
        ports = self.random.choice(((0, 1023), (1024, 65535), (32768, 60999)))
        entries = [
            *allow_all(egress=True),
            acl_entry(100, "allow", "10.0.0.0/8", egress=False),
            acl_entry(200, "allow", "0.0.0.0/0", egress=False, protocol="6", ports=ports),
        ]
        self.documents.use_acl(site.place, subnet, self.documents.network_acl(site.place, site.vpc, entries))

    def entry(self, number: int, action: str, *, egress: bool) -> Item:
        """A network ACL entry."""
        cidr = self.random.choice(
            ("0.0.0.0/0", "0.0.0.0/0", "::/0", "10.0.0.0/8", "8.8.8.0/24", "0.0.0.0/1", *INTERNET_V6)
        )
        v6 = ":" in cidr
        protocol = self.random.choice(("-1", "6", "6", "6", "17", "58" if v6 else "1", "50"))
        ports: tuple[int, int] | None = None
        if protocol in ("6", "17"):
            ports = self.random.choice(
                ((443, 443), (1024, 65535), (0, 65535), (32768, 60999), (22, 443), (0, 1023))
            )
        elif protocol in ("1", "58"):
            request = 8 if protocol == "1" else 128
            ports = self.random.choice(((-1, -1), (request, 0), (request, -1), (0, 0), (129, 0)))
        return acl_entry(number, action, cidr, egress=egress, protocol=protocol, ports=ports)

    def rule(self, site: Site) -> dict[str, Any]:
        """A security group rule."""
        protocol = self.random.choice(("-1", "tcp", "tcp", "udp", "icmp", "50"))
        remote: dict[str, Any] = {
            "cidr": self.random.choice(
                ("0.0.0.0/0", "0.0.0.0/0", "::/0", "10.0.0.0/8", "8.8.8.0/24", "128.0.0.0/1", "10.0.0.0/24")
            )
        }
        if self.lists.get(site.place) and self.chance(0.15):
            remote = {"prefix_list": self.random.choice(self.lists[site.place])}
        elif site.groups and self.chance(0.2):
            remote = {"group": self.random.choice(site.groups)}
        if protocol == "icmp" and remote.get("cidr") == "::/0":
            protocol = "icmpv6"
        rule: dict[str, Any] = {"protocol": protocol, **remote}
        if protocol in ("tcp", "udp"):
            rule["ports"] = self.random.choice(((443, 443), (0, 65535), (22, 80), (1024, 65535)))
        elif protocol.startswith("icmp"):
            rule["ports"] = self.random.choice(((-1, -1), (8, 0), (8, -1), (3, 4)))
        return rule

    def group(self, site: Site) -> Item:
        """A security group."""
        sides: list[list[dict[str, Any]]] = []
        for _ in range(2):
            if self.chance(self.mood.open):
                sides.append([{"protocol": "-1", "cidr": "0.0.0.0/0"}, {"protocol": "-1", "cidr": "::/0"}])
            else:
                sides.append([self.rule(site) for _ in range(self.random.choice((0, 1, 1, 2)))])
        return self.documents.security_group(site.place, site.vpc, sides[0], sides[1])

    def host(self, site: Site) -> Item:
        """An interface: of an instance, or owned by a service."""
        subnet = self.random.choice(site.subnets)
        kind = self.random.choices(
            ("interface", "lambda", "network_load_balancer", "vpc_endpoint"), (8, 1, 1, 1)
        )[0]
        groups = self.random.sample(site.groups, k=min(len(site.groups), self.random.choice((1, 1, 2))))
        public = (
            self.elastic() if kind in ("interface", "network_load_balancer") and self.public_here() else None
        )
        item = self.documents.interface(
            self.tenant(site),
            subnet,
            self.free(site, subnet),
            groups,
            public=public,
            kind=kind,
            v6=self.free_v6(site, subnet) if kind == "interface" and self.chance(0.6) else None,
            instance=kind == "interface",
            check=kind != "interface" or self.chance(0.85),
        )
        site.hosts.append(item)
        return item

    def tenant(self, site: Site) -> Place:
        """Whose interface it is: the VPC owner's, or another account's that shares its subnets."""
        account, region = site.place
        if not self.chance(0.05):
            return site.place
        return self.documents.place(next(a for a, _ in PLACES if a != account), region)

    def public_here(self) -> bool:
        """Whether this one gets a public address."""
        return self.chance(self.mood.public)

    # ways out

    def destination(self, site: Site, version: int = 4) -> list[str]:
        """What a route to a gateway covers: everything, everything in two halves, or a part."""
        whole = [["0.0.0.0/0"]] * 4 + [
            ["0.0.0.0/1", "128.0.0.0/1"],
            ["8.8.8.0/24"],
            ["52.94.0.0/16"],
            ["128.0.0.0/1"],
        ]
        if self.lists.get(site.place) and self.chance(0.3):
            return [self.random.choice(self.lists[site.place])]
        if version == 6:
            return self.random.choice([["::/0"], ["::/0"], ["::/1", "8000::/1"], ["2600:9000::/28"]])
        return self.random.choice(whole)

    def put(
        self, site: Site, where: str, destinations: list[str], *, origin: str = "CreateRoute", **target: str
    ) -> None:
        """Routes into a subnet's table, each destination once a table."""
        routes = site.tables[where]
        taken = {self._key(r) for r in routes}
        state = "blackhole" if self.chance(0.06) else "active"
        routes += [route(d, origin, state, **target) for d in destinations if d not in taken]

    @staticmethod
    def _key(item: Item) -> str:
        return str(next(v for k, v in item.items() if k.startswith("Destination")))

    def somewhere(self, site: Site) -> str:
        """A route table of the site, by subnet id or `main`: mostly one that an interface's subnet uses."""
        if site.hosts and self.chance(0.75):
            subnet = self.random.choice(site.hosts)["SubnetId"]
            return subnet if subnet in site.tables else "main"
        return self.random.choice(list(site.tables))

    def gateway(self, site: Site) -> str:
        """The VPC's internet gateway (it can have one), made when it is not there."""
        for item in self.documents.places[site.place]["InternetGateways"]:
            if any(a["VpcId"] == site.vpc["VpcId"] for a in item["Attachments"]):
                return str(item["InternetGatewayId"])
        return self.documents.internet_gateway(site.place, site.vpc)

    def internet(self, site: Site) -> None:
        """An internet gateway, and all that may stand behind it."""
        mood = self.mood
        alone = self.chance(0.07)
        igw = self.documents.internet_gateway(site.place, None) if alone else self.gateway(site)
        for version in (4, 6) if site.v6 else (4,):
            if self.chance(mood.route):
                self.put(site, self.somewhere(site), self.destination(site, version), GatewayId=igw)
        if self.chance(0.12) and any(h["InterfaceType"] == "interface" for h in site.hosts):
            subnet = self.random.choice(site.subnets)
            self.documents.interface(
                site.place,
                subnet,
                self.free(site, subnet),
                [self.random.choice(site.groups)],
                kind="global_accelerator_managed",
                instance=False,
            )
        if self.chance(0.1):
            self.edge(site, igw)
        if self.chance(0.5) and site.place in PLACES:
            self.nat(site, igw)

    def edge(self, site: Site, gateway: str) -> None:
        """A gateway route table that turns inbound packets aside to an appliance."""
        appliance = self.appliance(site)
        whole = site.vpc["CidrBlock"] if self.chance(0.5) else self.random.choice(site.subnets)["CidrBlock"]
        turned = route(whole, NetworkInterfaceId=appliance["NetworkInterfaceId"])
        self.documents.route_table(site.place, site.vpc, [turned], gateway=gateway)

    def appliance(self, site: Site) -> Item:
        """An instance that routes could name: source/destination check mostly off."""
        subnet = self.random.choice(site.subnets)
        item = self.documents.interface(
            site.place,
            subnet,
            self.free(site, subnet),
            [self.random.choice(site.groups)],
            public=self.elastic() if self.chance(max(self.mood.public, 0.8)) else None,
            v6=self.free_v6(site, subnet) if self.chance(0.5) else None,
            check=self.chance(0.25),
        )
        site.hosts.append(item)
        return item

    def nat(self, site: Site, igw: str) -> None:
        """A NAT gateway: regional, zonal with one or two addresses, or private."""
        shape = self.random.choices(("zonal", "two", "private", "regional"), (4, 1, 2, 2))[0]
        subnet = self.random.choice(site.subnets)
        if shape == "regional":
            attached = any(
                g["InternetGatewayId"] == igw and g["Attachments"]
                for g in self.documents.places[site.place]["InternetGateways"]
            )
            if not attached:
                return
            nat = self.documents.regional_nat_gateway(site.place, site.vpc, igw, self.elastic())
        else:
            private = shape == "private"
            addresses = [
                (self.free(site, subnet), None if private else self.elastic())
                for _ in range(2 if shape == "two" else 1)
            ]
            if self.chance(0.2):
                self.narrow(site, subnet)
            state = "deleted" if self.chance(0.04) else "available"
            nat = self.documents.nat_gateway(site.place, subnet, addresses, state=state)
            if self.chance(self.mood.route) and subnet["SubnetId"] in site.tables:
                self.put(site, subnet["SubnetId"], ["0.0.0.0/0"], GatewayId=igw)
        others = [t for t in site.tables if t != subnet["SubnetId"]]
        if others and self.chance(self.mood.route):
            self.put(site, self.random.choice(others), self.destination(site), NatGatewayId=nat)
            if site.v6 and self.chance(0.5):
                self.put(site, self.random.choice(others), ["64:ff9b::/96"], NatGatewayId=nat)

    def egress_only(self, site: Site) -> None:
        """An egress-only internet gateway."""
        eigw = self.documents.egress_only_gateway(site.place, site.vpc)
        if self.chance(self.mood.route):
            self.put(site, self.somewhere(site), self.destination(site, 6), EgressOnlyInternetGatewayId=eigw)

    def vpn(self, site: Site) -> None:
        """A virtual private gateway, with static or propagated routes."""
        vgw = self.documents.vpn_gateway(site.place, site.vpc if self.chance(0.9) else None)
        if self.chance(self.mood.route):
            where = self.somewhere(site)
            origin = self.random.choice(("CreateRoute", "EnableVgwRoutePropagation"))
            self.put(site, where, [self.random.choice((*REMOTE, "0.0.0.0/0"))], origin=origin, GatewayId=vgw)

        if self.chance(0.2):
            self.edge(site, vgw)

    def carrier(self, site: Site) -> None:
        """A carrier gateway and an instance with a carrier address."""
        cagw = self.documents.carrier_gateway(site.place, site.vpc)
        subnet = self.random.choice(site.subnets)
        self.documents.interface(
            site.place,
            subnet,
            self.free(site, subnet),
            [self.random.choice(site.groups)],
            carrier="155.146.1.1" if self.chance(0.7) else None,
        )
        if self.chance(self.mood.route):
            self.put(site, self.somewhere(site), ["0.0.0.0/0"], CarrierGatewayId=cagw)

    def outside(self, site: Site) -> None:
        """A route to a local gateway, a core network or an ODB network."""
        target = self.random.choice(
            (
                {"LocalGatewayId": self.documents.id("lgw")},
                {"OdbNetworkArn": f"arn:aws:odb:{site.place[1]}:{site.place[0]}:odb-network/odbnet-0abc"},
                {"CoreNetworkArn": "arn:aws:networkmanager::111111111111:core-network/core-network-0abc"},
            )
        )
        self.put(site, self.somewhere(site), [self.random.choice(REMOTE)], **target)

    def detour(self, site: Site) -> None:
        """A route to an appliance."""
        appliance = self.appliance(site)
        target: dict[str, str] = {"NetworkInterfaceId": appliance["NetworkInterfaceId"]}
        if self.chance(0.5):
            target |= {
                "InstanceId": appliance["Attachment"]["InstanceId"],
                "InstanceOwnerId": site.place[0],
            }
        others = [t for t in site.tables if t != appliance["SubnetId"]]
        if self.chance(0.25):
            target = {"IpAddress": appliance["PrivateIpAddress"]}
        origin = "Advertisement" if "IpAddress" in target else "CreateRoute"
        if others:
            cidrs = [c for c in self.destination(site) if "/" in c] or ["0.0.0.0/0"]
            self.put(site, self.random.choice(others), cidrs, origin=origin, **target)

    def gateway_endpoint(self, site: Site) -> None:
        """A gateway endpoint for S3, routed by AWS's own prefix list."""
        s3 = self.documents.prefix_list(
            site.place, f"com.amazonaws.{site.place[1]}.s3", "AWS", ["52.94.0.0/16", "3.5.0.0/19"]
        )
        endpoint = self.documents.endpoint(
            site.place,
            site.vpc,
            "Gateway",
            f"com.amazonaws.{site.place[1]}.s3",
        )
        where = self.somewhere(site)
        self.put(site, where, [s3], GatewayId=endpoint)

    # what the model does not cover

    def strange(self, site: Site) -> None:
        """Something that makes a verdict unproven where packets meet it."""
        which = self.random.choice(("server", "gwlb", "shared"))
        where = self.somewhere(site)
        if which == "server":
            self.put(site, where, [self.random.choice(("10.200.0.0/16", "0.0.0.0/0"))], IpAddress="10.0.0.99")
        elif which == "gwlb":
            subnet = self.random.choice(site.subnets)
            eni = self.documents.interface(
                site.place,
                subnet,
                self.free(site, subnet),
                [],
                kind="gateway_load_balancer_endpoint",
                instance=False,
                check=False,
            )
            endpoint = self.documents.endpoint(
                site.place,
                site.vpc,
                "GatewayLoadBalancer",
                "com.amazonaws.vpce.eu-west-1.vpce-svc-0abc",
                SubnetIds=[subnet["SubnetId"]],
                NetworkInterfaceIds=[eni["NetworkInterfaceId"]],
            )
            self.put(site, where, self.destination(site), GatewayId=endpoint)
        else:
            cidrs = self.random.choice((["8.8.8.0/24"], ["10.99.0.0/16"], ["0.0.0.0/0"]))
            shared = self.documents.prefix_list(site.place, "theirs", STRANGER, cidrs)
            self.put(site, where, [shared], GatewayId=self.gateway(site))

    # between VPCs

    def peer(self, one: Site, two: Site) -> None:
        """A peering connection with routes on one or both sides."""
        status = self.random.choices(("active", "pending-acceptance", "expired"), (8, 1, 1))[0]
        pcx = self.documents.peering((one.place, one.vpc), (two.place, two.vpc), status)
        for here, there in ((one, two), (two, one)):
            if self.chance(self.mood.route):
                cidr = self.random.choice(self.documents.cidrs(there.vpc))
                wide = "0.0.0.0/0" if ":" not in cidr and self.chance(0.1) else cidr
                self.put(here, self.somewhere(here), [wide], VpcPeeringConnectionId=pcx)
        if self.chance(0.3):
            named = permission("-1", group=one.groups[-1], peering=pcx)
            two.groups[-1]["IpPermissions"].append(named)

    def stranger(self, site: Site) -> None:
        """A peering connection with a VPC of nobody we know."""
        other = Documents()
        place = other.place(STRANGER, "eu-west-1")
        pcx = self.documents.peering((site.place, site.vpc), (place, other.vpc(place, "172.31.0.0/16")))
        item = next(
            p
            for p in self.documents.places[site.place]["VpcPeeringConnections"]
            if p["VpcPeeringConnectionId"] == pcx
        )
        item["AccepterVpcInfo"]["VpcId"] = "vpc-0feedfeedfeedfeed"
        if self.chance(self.mood.route):
            self.put(site, self.somewhere(site), ["172.31.0.0/16"], VpcPeeringConnectionId=pcx)

    def transit(self, sites: list[Site]) -> None:
        """A transit gateway over the sites of one Region, with one or two route tables."""
        owner = self.random.choice(sites).place
        documents = self.documents
        transit = documents.transit_gateway(owner)
        tables = [documents.transit_route_table(owner, transit) for _ in range(self.random.choice((1, 1, 2)))]
        attachments = []
        for site in sites:
            zones = {s["AvailabilityZone"]: s for s in self.random.sample(site.subnets, len(site.subnets))}
            subnets = list(zones.values())[: self.random.choice((1, 2))]
            table = self.random.choice(tables) if self.chance(0.9) else None
            attachments.append(
                documents.transit_attachment(
                    owner,
                    transit,
                    ("vpc", site.vpc["VpcId"], site.place[0]),
                    table,
                    (site.place, subnets),
                    appliance=self.chance(0.15),
                )
            )
        if self.chance(0.45):
            kind = self.random.choice(("vpn", "connect", "direct-connect-gateway"))
            resource = (kind, documents.id(kind), owner[0])
            attachments.append(
                documents.transit_attachment(owner, transit, resource, self.random.choice(tables))
            )
            if self.chance(0.85):
                documents.transit_route(owner, tables[0], self.random.choice(REMOTE), attachments[-1])
        if self.chance(0.25):
            for table in tables[: self.random.choice((1, 2))]:
                self.listed(owner, table, self.random.choice([*attachments, None]))
        for table in tables:
            for site, attachment in zip(sites, attachments, strict=False):
                for cidr in documents.cidrs(site.vpc):
                    if self.chance(0.8):
                        documents.transit_route(owner, table, cidr, attachment, static=self.chance(0.3))
            if self.chance(0.5):
                documents.transit_route(
                    owner, table, "0.0.0.0/0", self.random.choice(attachments[: len(sites)])
                )
            if self.chance(0.1):
                documents.transit_route(owner, table, "8.8.8.0/24", None)
        for site in sites:
            for where in site.tables:
                if self.chance(self.mood.route * 0.7):
                    cidrs = [
                        ["10.0.0.0/8"],
                        ["0.0.0.0/0"],
                        ["0.0.0.0/0"],
                        ["10.0.0.0/8", "192.168.0.0/16"],
                        ["::/0"],
                    ]
                    self.put(site, where, self.random.choice(cidrs), TransitGatewayId=transit)

        far = [site for site in self.sites if site.place[1] != owner[1]]
        if far and self.chance(0.7):
            self.distant(owner, transit, tables, attachments[: len(sites)], sites, far)

    def listed(self, place: Place, table: str, attachment: Item | None) -> None:
        """Routes of a transit gateway by a prefix list, now and then a stranger's."""
        owner = STRANGER if self.chance(self.mood.strange) else place[0]
        cidrs = self.random.choice((["10.0.0.0/8"], ["0.0.0.0/0"], ["10.2.0.0/24", "192.168.0.0/16"]))
        name = self.documents.prefix_list(place, "hops", owner, cidrs)
        self.documents.transit_prefix_list(place, table, name, owner, attachment)

    def distant(
        self,
        owner: Place,
        transit: str,
        tables: list[str],
        attachments: list[Item],
        sites: list[Site],
        far: list[Site],
    ) -> None:
        """A second transit gateway in another Region, peered with the first."""
        documents, place = self.documents, far[0].place
        other = documents.transit_gateway(place)
        table = documents.transit_route_table(place, other)
        here, there = documents.transit_peering((owner, transit, tables[0]), (place, other, table))
        for site in far:
            members = (site.place, self.random.sample(site.subnets, 1))
            resource = ("vpc", site.vpc["VpcId"], site.place[0])
            attachment = documents.transit_attachment(place, other, resource, table, members)
            documents.transit_route(place, table, site.vpc["CidrBlock"], attachment, static=False)
            if self.chance(0.85):
                documents.transit_route(owner, self.random.choice(tables), site.vpc["CidrBlock"], here)
            for where in site.tables:
                if self.chance(self.mood.route * 0.8):
                    self.put(site, where, ["10.0.0.0/8"], TransitGatewayId=other)
        for site, attachment in zip(sites, attachments, strict=False):
            if self.chance(0.85):
                documents.transit_route(place, table, site.vpc["CidrBlock"], there)
            if self.chance(0.3):
                documents.transit_route(owner, tables[0], site.vpc["CidrBlock"], attachment)

    def central(self, sites: list[Site]) -> None:
        """Egress through one VPC for all: spokes, transit gateway, NAT or an appliance, internet gateway."""
        hub, *spokes = self.random.sample(sites, len(sites))
        documents, place = self.documents, hub.place
        igw = self.gateway(hub)
        transit = documents.transit_gateway(place)
        inner = documents.transit_route_table(place, transit)
        outer = documents.transit_route_table(place, transit) if self.chance(0.5) else inner
        landing = documents.subnet(place, hub.vpc, f"10.{hub.number}.0.128/27", "a")
        front = documents.subnet(place, hub.vpc, f"10.{hub.number}.0.160/27", "a")
        hub.subnets += [landing, front]
        back = {"TransitGatewayId": transit}
        site_tables: dict[str, list[Item]] = {landing["SubnetId"]: [], front["SubnetId"]: []}
        hub.tables |= site_tables
        self.put(hub, front["SubnetId"], self.destination(hub), GatewayId=igw)
        if self.chance(0.85):
            self.put(hub, front["SubnetId"], ["10.0.0.0/8"], **back)
        if self.chance(0.7):
            public = self.elastic() if self.chance(0.9) else None
            nat = documents.nat_gateway(place, front, [(self.free(hub, front), public)])
            self.put(hub, landing["SubnetId"], ["0.0.0.0/0"], NatGatewayId=nat)
        else:
            box = documents.interface(
                place,
                front,
                self.free(hub, front),
                [self.random.choice(hub.groups)],
                public=self.elastic(),
                check=self.chance(0.35),
            )
            self.put(hub, landing["SubnetId"], ["0.0.0.0/0"], NetworkInterfaceId=box["NetworkInterfaceId"])
        if self.chance(0.3):
            self.random.choice((self.filter, self.narrow))(hub, front)
        if self.chance(0.3):
            self.filter(hub, landing)
        for site in (hub, *spokes):
            subnets = [landing] if site is hub else self.random.sample(site.subnets, 1)
            table = outer if site is hub else inner
            attachment = documents.transit_attachment(
                place, transit, ("vpc", site.vpc["VpcId"], site.place[0]), table, (site.place, subnets)
            )
            if site is hub:
                documents.transit_route(place, inner, "0.0.0.0/0", attachment)
                if self.chance(0.2):
                    documents.transit_route(place, inner, "8.0.0.0/7", None)
                continue
            documents.transit_route(place, outer, site.vpc["CidrBlock"], attachment, static=False)
            self.put(site, self.somewhere(site), ["0.0.0.0/0"], TransitGatewayId=transit)

    def block(self) -> None:
        """Block Public Access and its exclusions."""
        for place in self.documents.places:
            if self.chance(0.25):
                self.documents.block_mode[place] = self.random.choice(
                    ("block-bidirectional", "block-ingress")
                )
        for site in self.sites:
            if self.chance(0.2):
                mode = self.random.choice(("allow-bidirectional", "allow-egress"))
                state = "create-complete" if self.chance(0.9) else "delete-complete"
                target = site.vpc if self.chance(0.5) else self.random.choice(site.subnets)
                self.documents.exclude(site.place, target, mode, state)

    def build(self) -> Documents:
        """The whole estate."""
        mood = self.mood
        for number in range(1, self.random.choice((1, 2, 2, 3, 4)) + 1):
            self.site(number)
            site = self.sites[-1]
            if self.chance(0.15):
                cidrs = self.random.choice((["8.8.8.0/24"], ["0.0.0.0/0"], ["52.94.0.0/16", "1.0.0.0/8"]))
                self.lists.setdefault(site.place, []).append(
                    self.documents.prefix_list(site.place, "ours", site.place[0], cidrs)
                )
            for door, weight in (
                (self.internet, 1.0),
                (self.vpn, 0.2),
                (self.detour, 0.25),
                (self.gateway_endpoint, 0.3),
                (self.carrier, 0.1),
                (self.outside, 0.12),
                (self.stranger, 0.06),
            ):
                if self.chance(mood.door * weight):
                    door(site)
            if site.v6 and self.chance(mood.door * 0.6):
                self.egress_only(site)
            if self.chance(mood.strange):
                self.strange(site)
        if len(self.sites) > 1 and self.chance(mood.links):
            if self.chance(0.4):
                self.peer(*self.random.sample(self.sites, 2))
            near = [s for s in self.sites if s.place[1] == self.sites[0].place[1]]
            if len(near) > 1 and self.chance(0.75):
                self.random.choice((self.transit, self.transit, self.central))(near)
        self.block()
        self.write()
        return self.documents

    def write(self) -> None:
        """Turns the routes collected into route tables; now and then one that nobody uses."""
        for site in self.sites:
            main = next(
                t
                for t in self.documents.places[site.place]["RouteTables"]
                if t["VpcId"] == site.vpc["VpcId"] and any(a.get("Main") for a in t["Associations"])
            )
            main["Routes"] += site.tables["main"]
            for subnet in site.subnets:
                routes = site.tables.get(subnet["SubnetId"])
                if routes is not None:
                    unused = self.chance(0.05)
                    self.documents.route_table(site.place, site.vpc, routes, [] if unused else [subnet])


def second_interfaces(documents: Documents, random: Random) -> None:
    """Give some appliances another instance's interface: in their VPC and zone, as AWS has it.

    It draws from a source of its own, so that the rest of every seed's estate stays what it was.
    """
    listed = [item for kinds in documents.places.values() for item in kinds["NetworkInterfaces"]]
    hosts = [item for item in listed if "Attachment" in item]
    for appliance in [item for item in hosts if not item["SourceDestCheck"]]:
        near = [
            item
            for item in hosts
            if item is not appliance
            and (item["VpcId"], item["AvailabilityZone"], item["OwnerId"])
            == (appliance["VpcId"], appliance["AvailabilityZone"], appliance["OwnerId"])
            and not any(
                other is not item and other["Attachment"]["InstanceId"] == item["Attachment"]["InstanceId"]
                for other in hosts
            )
        ]
        if near and random.random() < 0.3:
            attach(documents, random.choice(near), appliance["Attachment"]["InstanceId"])


def attach(documents: Documents, interface: Item, instance: str) -> None:
    """Take an interface from its instance, which goes, and give it to another."""
    gone = interface["Attachment"]["InstanceId"]
    interface["Attachment"] |= {"InstanceId": instance, "DeviceIndex": 1}
    for kinds in documents.places.values():
        kinds["Reservations"][:] = [
            item for item in kinds["Reservations"] if item["Instances"][0]["InstanceId"] != gone
        ]
        for item in kinds["Reservations"]:
            if item["Instances"][0]["InstanceId"] == instance:
                name = {"NetworkInterfaceId": interface["NetworkInterfaceId"]}
                item["Instances"][0]["NetworkInterfaces"].append(name)
        for table in kinds["RouteTables"]:
            for listed in table["Routes"]:
                if listed.get("InstanceId") == gone:
                    listed["InstanceId"] = instance


CLOSING = ("describe-internet-gateways", "describe-route-tables", "describe-network-acls", "describe-subnets")


def generate(seed: int) -> Mapping[str, bytes]:
    """The estate of a seed. One in twenty-five has a document missing, one in fifty a document cut short."""
    draft = Draft(seed)
    documents = draft.build()
    second_interfaces(documents, Random(f"{seed} second interfaces"))  # noqa: S311  # not for secrets
    snapshot = encode(documents.tree())
    if draft.chance(0.04):
        closing = draft.random.choice(CLOSING)
        path = draft.random.choice([p for p in snapshot if p.endswith(f"{closing}.json")])
        del snapshot[path]
    elif draft.chance(0.02):
        closing = draft.random.choice(CLOSING)
        path = draft.random.choice([p for p in snapshot if p.endswith(f"{closing}.json")])
        snapshot[path] = snapshot[path][: len(snapshot[path]) // 2]
    return snapshot
