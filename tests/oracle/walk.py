"""Where a packet goes, hop by hop, and which filters it meets on the way.

A walk is about addresses only: routing looks at nothing else. It collects the gates (security groups,
network ACLs) that a packet has to pass, so the oracle can then send every kind of packet through them one
by one.

Decisions, with their reasons (pages are AWS's own):

- Network ACLs act at subnet borders only, each way, without memory (VPC guide, Network ACLs). Between a
  subnet and a transit gateway attached in the same subnet, both directions' rules hold on the way out and
  none on the way in (Transit Gateways guide, Network ACLs).
- A subnet reaches a transit gateway only from a zone in which the attachment has a subnet (Transit Gateways
  guide, VPC attachments). "When appliance mode is not enabled, traffic is kept to the originating
  Availability Zone" (Transit Gateways guide, Appliance in a shared services VPC); where the target has no
  subnet there, and in appliance mode, any zone.
- The longest prefix wins, a blackhole too; with equal prefixes a static route wins over a prefix list's,
  that over a propagated one (VPC guide, Route priority). A transit gateway prefers static to propagated
  routes.
- An internet gateway lets through a private IPv4 source only if a public address is mapped to it in that
  VPC, and an IPv6 source only if it is a global one of that VPC (VPC guide, Internet gateways). So traffic
  from another VPC leaves through NAT alone.
- NAT gateways put their own private address in, are routed by their own subnet's table (a regional one by
  its own table) and have no security groups; they take TCP, UDP and ICMP. IPv6 goes through one only to
  64:ff9b::/96. A private one has no public address, so an internet gateway drops its packets. Peering and
  NAT: client to NAT to peering works, and answers go back without a route (VPC guide, NAT gateway basics).
- Peering hands packets to an address in the peer's CIDR blocks and no further (VPC Peering guide,
  unsupported configurations).
- An appliance (route to an interface) takes what is not addressed to it only with source/destination check
  off. Its software is unknown, so it is taken to pass everything on, unchanged or with its own address as
  the source, from any of its interfaces in the VPC; unchanged only from one whose check is off, too.
- A gateway route table hands what comes in by an internet gateway only to an appliance that has a public
  address ("the target network interface must also have a public IP address", VPC guide, Gateway route
  tables).
- Behind a Gateway Load Balancer endpoint the model ends: ways through them are possible, not certain.
- Block Public Access goes by the subnet of the interface that holds the source (or target) address at the
  gateway: "you must exclude the workload subnet … the subnet containing the appliance does not need to be
  excluded" (VPC guide, VPC BPA basics). Ingress-only lets through NAT gateways and egress-only gateways
  alone, and an egress-only exclusion does the same within bidirectional mode and nothing within
  ingress-only mode (VPC guide, VPC BPA advanced example, scenarios 3, 5 and 6).
"""

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass, replace

from .estate import Address, Estate, Item, addresses, as_address, as_network
from .filters import Gate
from .universe import NAT64, embedded, on_internet, special

EXTERNAL = {"LocalGatewayId", "CoreNetworkArn", "OdbNetworkArn"}


@dataclass(frozen=True)
class Translation:
    """A change of source address on the way, to be undone for the answer."""

    kind: str
    device: str
    subnet: str | None
    before: Address
    after: Address
    toward: Address
    """The destination as it was before the change (NAT64 changes it too)."""


@dataclass(frozen=True)
class Trail:
    """A packet on its way: what it has met, and what was changed."""

    source: Address
    destination: Address
    gates: tuple[Gate, ...] = ()
    path: tuple[str, ...] = ()
    translations: tuple[Translation, ...] = ()
    tracked: frozenset[str] = frozenset()
    """Interfaces whose security groups remember the flow, so that answers pass them."""
    certain: bool = True
    zone: str | None = None
    answering: bool = False
    chooser: str = "client"

    def gate(self, kind: str, owner: str, *, egress: bool, via: str = "local") -> "Trail":
        """The trail beyond one more filter."""
        gate = Gate(kind, owner, egress, self.source, self.destination, via, self.chooser)
        return self._with((*self.gates, gate), self.path)

    def step(self, *ids: str) -> "Trail":
        """The trail one hop on."""
        return self._with(self.gates, (*self.path, *ids))

    def _with(self, gates: tuple[Gate, ...], path: tuple[str, ...]) -> "Trail":
        """What `replace` gives, in half the time: it is most of a walk's."""
        return Trail(
            self.source,
            self.destination,
            gates,
            path,
            self.translations,
            self.tracked,
            self.certain,
            self.zone,
            self.answering,
            self.chooser,
        )


@dataclass(frozen=True)
class End:
    """Where a packet gets: `internet`, `external`, `interface`, `nat` or `unmodelled`, and by what."""

    where: str
    resource: str
    trail: Trail
    vpc: str = ""
    interface: str = ""


def best_route(estate: Estate, table: Item, destination: Address) -> Item | None:
    """The route a table has for an address."""
    key = ("best_route", table["RouteTableId"], destination)
    if key not in estate.known:
        estate.known[key] = _best_route(estate, table, destination)
    return estate.known[key]


def _best_route(estate: Estate, table: Item, destination: Address) -> Item | None:
    found: list[tuple[int, int, Item]] = []
    for route in table["Routes"]:
        cidr = route.get("DestinationCidrBlock") or route.get("DestinationIpv6CidrBlock")
        listed = [as_network(cidr)] if cidr else estate.entries(route["DestinationPrefixListId"]) or []
        learned = route.get("Origin") in ("EnableVgwRoutePropagation", "Advertisement")
        rank = 0 if learned else 2 if cidr else 1
        found += [(n.prefixlen, rank, route) for n in listed if destination in n]
    return max(found, key=lambda f: f[:2], default=(0, 0, None))[2]


def block_public_access(estate: Estate, subnet: Item | None, vpc: str) -> str:
    """What Block Public Access leaves a subnet: `all`, `outbound` (NAT, egress-only gateways), `nothing`."""
    mode = estate.block.get(estate.place[vpc], "off")
    allowed = set()
    for exclusion in estate.all("VpcBlockPublicAccessExclusions"):
        target = exclusion["ResourceArn"].rsplit("/", 1)[1]
        if exclusion["State"] in ("create-complete", "update-complete", "update-in-progress") and target in (
            vpc,
            subnet and subnet["SubnetId"],
        ):
            allowed.add(exclusion["InternetGatewayExclusionMode"])
    if mode == "off" or "allow-bidirectional" in allowed:
        return "all"
    if mode == "block-ingress" or "allow-egress" in allowed:
        return "outbound"
    return "nothing"


def attached(gateway: Item | None, vpc: str, key: str = "Attachments") -> bool:
    """Whether the gateway is attached to the VPC."""
    return gateway is not None and any(
        a["VpcId"] == vpc and a["State"] in ("available", "attached") for a in gateway[key]
    )


def public_holder(estate: Estate, vpc: str, source: Address) -> tuple[Item | None, bool]:
    """(the interface of this VPC that has the source address, whether that address is a public one)."""
    interface = estate.holder(vpc, source)
    if interface is None:
        return None, False
    if source.version == 6:
        return interface, not special(source) and any(source in c for c in estate.cidrs(vpc))
    return interface, any(
        as_address(a["PrivateIpAddress"]) == source and "PublicIp" in a.get("Association", {})
        for a in interface["PrivateIpAddresses"]
    )


class Walker:
    """Walks packets through one estate."""

    def __init__(self, estate: Estate) -> None:
        self.estate = estate

    def send(self, interface: Item, source: Address, destination: Address) -> Iterator[End]:
        """What happens to a packet that an interface sends."""
        eni = interface["NetworkInterfaceId"]
        trail = Trail(source, destination, path=(eni,), tracked=frozenset({eni})).gate(
            "group", eni, egress=True
        )
        yield from self.leave(self.estate.items["Subnets"][interface["SubnetId"]], trail)

    def leave(self, subnet: Item, trail: Trail) -> Iterator[End]:
        """A packet at a subnet's router."""
        table = self.estate.table(subnet)
        if table is None:
            return
        marker = f"{table['RouteTableId']}@{subnet['SubnetId']}@{trail.source}"
        if trail.path.count(marker):
            return
        trail = trail.step(marker)
        neighbour = self.estate.holder(subnet["VpcId"], trail.destination)
        if neighbour and neighbour["SubnetId"] == subnet["SubnetId"]:
            yield from self.arrive(neighbour, subnet, trail)
            return
        yield from self.follow(table, subnet, subnet["VpcId"], trail)

    def out(self, subnet: Item | None, trail: Trail) -> Trail:
        """The trail beyond the subnet's border, outward."""
        return trail.gate("acl", subnet["SubnetId"], egress=True) if subnet else trail

    def cross(self, here: Item | None, there: Item, trail: Trail) -> Trail:
        """The trail from one subnet into another: nothing in between when they are the same."""
        if here and here["SubnetId"] == there["SubnetId"]:
            return trail
        return self.out(here, trail).gate("acl", there["SubnetId"], egress=False)

    def follow(self, table: Item, subnet: Item | None, vpc: str, trail: Trail) -> Iterator[End]:
        """A packet at a route table: of a subnet, or of a regional NAT gateway that has none."""
        estate = self.estate
        route = best_route(estate, table, trail.destination)
        if route is None or route.get("State") == "blackhole":
            return
        trail = trail.step(table["RouteTableId"])
        gateway = route.get("GatewayId")
        if gateway == "local":
            holder = estate.holder(vpc, trail.destination)
            if holder:
                yield from self.arrive(holder, subnet, trail)
        elif item := estate.one("InternetGateways", gateway):
            yield from self.internet(item, subnet, vpc, trail)
        elif eigw := route.get("EgressOnlyInternetGatewayId"):
            yield from self.egress_only(eigw, subnet, vpc, trail)
        elif nat := route.get("NatGatewayId"):
            yield from self.translate(nat, subnet, vpc, trail)
        elif transit := route.get("TransitGatewayId"):
            yield from self.enter_transit(transit, subnet, vpc, trail)
        elif peering := route.get("VpcPeeringConnectionId"):
            yield from self.peer(peering, subnet, vpc, trail)
        elif carrier := route.get("CarrierGatewayId"):
            yield from self.carrier(carrier, subnet, vpc, trail)
        elif item := estate.one("VpnGateways", gateway):
            if attached(item, vpc, "VpcAttachments"):
                yield End("external", item["VpnGatewayId"], self.out(subnet, trail), vpc)
        elif item := estate.one("VpcEndpoints", gateway):
            yield from self.endpoint(item, subnet, vpc, trail)
        elif eni := route.get("NetworkInterfaceId"):
            appliance = estate.one("NetworkInterfaces", eni)
            if appliance and appliance["VpcId"] == vpc:
                yield from self.arrive(appliance, subnet, trail)
        elif external := next((route[k] for k in EXTERNAL if k in route), None):
            yield End("external", external, self.out(subnet, trail), vpc)
        elif "IpAddress" in route and (hop := estate.holder(vpc, as_address(route["IpAddress"]))):
            yield from self.arrive(hop, subnet, trail)
        else:
            target = str(route.get("IpAddress") or gateway or route)
            yield End("unmodelled", target, replace(self.out(subnet, trail), certain=False), vpc)

    def arrive(self, interface: Item, subnet: Item | None, trail: Trail, via: str = "local") -> Iterator[End]:
        """A packet handed to an interface, its own or an appliance's to pass on."""
        estate = self.estate
        eni = interface["NetworkInterfaceId"]
        home = estate.items["Subnets"][interface["SubnetId"]]
        own = trail.destination in addresses(interface)
        if not own and interface["SourceDestCheck"]:
            return
        trail = self.cross(subnet, home, trail)
        if not (trail.answering and eni in trail.tracked):
            trail = trail.gate("group", eni, egress=False, via=via)
        trail = trail.step(eni)
        yield End("interface", eni, trail, interface["VpcId"], eni)
        if own or trail.path.count(eni) > 1 + (trail.path[0] == eni):
            return
        for side in estate.sides(interface):
            yield from self.pass_on(eni, side, trail)

    def pass_on(self, taken: str, side: Item, trail: Trail) -> Iterator[End]:
        """A packet that an appliance took at one of its interfaces, and sends on from another or the same."""
        eni, home = side["NetworkInterfaceId"], self.estate.items["Subnets"][side["SubnetId"]]
        sources = set() if side["SourceDestCheck"] else {trail.source}
        if not trail.answering:
            sources |= {a for a in addresses(side) if a.version == trail.source.version}
        for source in sorted(sources):
            onward = replace(trail, tracked=trail.tracked | {taken, eni})
            if source != trail.source:
                change = Translation(
                    "appliance", eni, home["SubnetId"], trail.source, source, trail.destination
                )
                onward = replace(onward, source=source, translations=(*trail.translations, change))
            if not (trail.answering and eni in trail.tracked):
                onward = onward.gate("group", eni, egress=True)
            yield from self.leave(home, onward)

    def internet(self, gateway: Item, subnet: Item | None, vpc: str, trail: Trail) -> Iterator[End]:
        """A packet at an internet gateway."""
        if not attached(gateway, vpc) or not on_internet(self.estate, trail.destination):
            return
        if trail.destination.version == 6 and trail.destination in NAT64:
            return
        last = trail.translations[-1] if trail.translations else None
        nat = last is not None and last.kind == "nat" and last.after == trail.source
        if nat and last and last.subnet is None:
            home, ok = None, True
        else:
            holder, ok = public_holder(self.estate, vpc, trail.source)
            home = self.estate.items["Subnets"][holder["SubnetId"]] if holder else None
        left = block_public_access(self.estate, home, vpc)
        if nat and left == "nothing" and self.senders_excluded(vpc, trail):
            left, trail = "outbound", replace(trail, certain=False)
        if ok and (left == "all" or (left == "outbound" and nat)):
            igw = gateway["InternetGatewayId"]
            yield End("internet", igw, self.out(subnet, trail).step(igw), vpc)

    def senders_excluded(self, vpc: str, trail: Trail) -> bool:
        """Whether a subnet behind the NAT gateway is excluded: no page says what that alone does."""
        senders = [self.estate.holder(vpc, change.before) for change in trail.translations]
        return any(
            block_public_access(self.estate, self.estate.items["Subnets"][sender["SubnetId"]], vpc)
            != "nothing"
            for sender in senders
            if sender
        )

    def egress_only(self, eigw: str, subnet: Item | None, vpc: str, trail: Trail) -> Iterator[End]:
        """A packet at an egress-only internet gateway: IPv6 of this VPC."""
        gateway = self.estate.one("EgressOnlyInternetGateways", eigw)
        if not attached(gateway, vpc) or trail.destination.version == 4:
            return
        holder, ok = public_holder(self.estate, vpc, trail.source)
        if (
            not ok
            or not holder
            or trail.destination in NAT64
            or not on_internet(self.estate, trail.destination)
        ):
            return
        if (
            block_public_access(self.estate, self.estate.items["Subnets"][holder["SubnetId"]], vpc)
            != "nothing"
        ):
            yield End("internet", eigw, self.out(subnet, trail).step(eigw), vpc)

    def carrier(self, gateway: str, subnet: Item | None, vpc: str, trail: Trail) -> Iterator[End]:
        """A packet at a carrier gateway: a carrier address, and no Block Public Access at all."""
        item = self.estate.one("CarrierGateways", gateway)
        if not item or item["VpcId"] != vpc or not on_internet(self.estate, trail.destination):
            return
        holder = self.estate.holder(vpc, trail.source)
        if holder is None or not any(
            as_address(a["PrivateIpAddress"]) == trail.source and "CarrierIp" in a.get("Association", {})
            for a in holder["PrivateIpAddresses"]
        ):
            return
        if block_public_access(self.estate, self.estate.items["Subnets"][holder["SubnetId"]], vpc) == "all":
            yield End("internet", gateway, self.out(subnet, trail).step(gateway), vpc)

    def translate(self, nat: str, subnet: Item | None, vpc: str, trail: Trail) -> Iterator[End]:
        """A packet at a NAT gateway."""
        item = self.estate.one("NatGateways", nat)
        if item is None or item["VpcId"] != vpc or item["State"] != "available" or trail.path.count(nat):
            return
        toward = trail.destination
        if isinstance(trail.destination, ipaddress.IPv6Address):
            if trail.destination not in NAT64:
                return
            toward = embedded(trail.destination)
        trail = trail.gate("nat", nat, egress=True).step(nat)
        home = self.estate.one("Subnets", item.get("SubnetId"))
        trail = self.cross(subnet, home, trail) if home else self.out(subnet, trail)
        yield End("nat", nat, trail, vpc)
        for address in item["NatGatewayAddresses"]:
            after = as_address(address.get("PrivateIp") or address["PublicIp"])
            change = Translation("nat", nat, item.get("SubnetId"), trail.source, after, trail.destination)
            onward = replace(
                trail, source=after, destination=toward, translations=(*trail.translations, change)
            )
            if home:
                yield from self.leave(home, onward)
                continue
            table = self.estate.one("RouteTables", item["RouteTableId"])
            if table:
                yield from self.follow(table, None, vpc, onward)

    def peer(self, peering: str, subnet: Item | None, vpc: str, trail: Trail) -> Iterator[End]:
        """A packet at a peering connection."""
        item = self.estate.one("VpcPeeringConnections", peering)
        if item is None or item["Status"]["Code"] != "active":
            return
        sides = [item["RequesterVpcInfo"], item["AccepterVpcInfo"]]
        if vpc not in [s["VpcId"] for s in sides]:
            return
        other = next(s for s in sides if s["VpcId"] != vpc)
        trail = self.out(subnet, trail).step(peering)
        if self.estate.one("Vpcs", other["VpcId"]) is None:
            yield End("external", peering, trail, vpc)
            return
        holder = self.estate.holder(other["VpcId"], trail.destination)
        if holder and any(trail.destination in c for c in self.estate.cidrs(other["VpcId"])):
            yield from self.arrive(holder, None, trail, via="peering")

    def enter_transit(self, transit: str, subnet: Item | None, vpc: str, trail: Trail) -> Iterator[End]:
        """A packet at a transit gateway, from a subnet of a VPC or a regional NAT gateway."""
        estate = self.estate
        gateway = estate.one("TransitGateways", transit)
        owners = {account for account, _ in estate.kinds}
        if gateway is None or gateway["OwnerId"] not in owners:
            yield End("external", transit, self.out(subnet, trail), vpc)
            return
        for attachment in estate.all("TransitGatewayVpcAttachments"):
            if (attachment["TransitGatewayId"], attachment["VpcId"]) != (transit, vpc):
                continue
            members = [estate.items["Subnets"][s] for s in attachment["SubnetIds"]]
            if attachment["State"] != "available":
                continue
            zone = subnet["AvailabilityZone"] if subnet else members[0]["AvailabilityZone"]
            for member in members:
                if member["AvailabilityZone"] != zone:
                    continue
                inward = self.out(subnet, trail).gate("acl", member["SubnetId"], egress=False)
                inward = replace(inward, zone=zone).step(transit)
                yield from self.transit(transit, attachment["TransitGatewayAttachmentId"], inward)

    def transit(self, transit: str, attachment: str, trail: Trail) -> Iterator[End]:
        """A packet inside a transit gateway, come in by an attachment."""
        estate = self.estate
        listed = estate.one("TransitGatewayAttachments", f"{attachment}@{transit}")
        association = (listed or {}).get("Association") or {}
        if association.get("State") != "associated":
            return
        table = association["TransitGatewayRouteTableId"]
        document = estate.named.get(f"search-transit-gateway-routes-{table}", {"Routes": []})
        found = []
        for route in document["Routes"]:
            network = as_network(route["DestinationCidrBlock"])
            if trail.destination in network:
                found.append((network.prefixlen, 2 if route["Type"] == "static" else 0, route))
        for reference in estate.all("TransitGatewayPrefixListReferences"):
            if reference["TransitGatewayRouteTableId"] == table:
                there = reference.get("TransitGatewayAttachment")
                route = {
                    "State": "blackhole" if reference["Blackhole"] else "active",
                    "TransitGatewayAttachments": [there] if there else [],
                }
                listed_there = estate.entries(reference["PrefixListId"]) or []
                found += [(n.prefixlen, 1, route) for n in listed_there if trail.destination in n]
        if not found:
            return
        best = max(found, key=lambda f: f[:2])[2]
        if best["State"] != "active" or trail.path.count(table) > 1:
            return
        for hop in best["TransitGatewayAttachments"]:
            onward = trail.step(table, hop["TransitGatewayAttachmentId"])
            others = [
                a["TransitGatewayId"]
                for a in estate.all("TransitGatewayAttachments")
                if a["TransitGatewayAttachmentId"] == hop["TransitGatewayAttachmentId"]
                and a["TransitGatewayId"] != transit
            ]
            if hop["ResourceType"] == "peering" and others:
                for other in others:
                    yield from self.transit(other, hop["TransitGatewayAttachmentId"], onward.step(other))
                continue
            if hop["ResourceType"] != "vpc":
                yield End("external", transit, onward, "")
                continue
            yield from self.leave_transit(hop["TransitGatewayAttachmentId"], onward)

    def enter(self, gateway: str, vpc: str, trail: Trail) -> Iterator[End]:
        """A packet that comes into a VPC by a gateway, whose own route table may turn it aside."""
        table = self.estate.edge_table(gateway)
        route = best_route(self.estate, table, trail.destination) if table else None
        holder = self.estate.holder(vpc, trail.destination)
        if route and route.get("State") != "blackhole" and route.get("NetworkInterfaceId"):
            aside = self.estate.one("NetworkInterfaces", route["NetworkInterfaceId"])
            if aside and aside["VpcId"] == vpc and self.reachable_by(gateway, aside, trail):
                yield from self.arrive(aside, None, trail, via="edge")
        elif route and (endpoint := self.estate.one("VpcEndpoints", route.get("GatewayId"))):
            yield from self.endpoint(endpoint, None, vpc, trail)
        elif holder and (route is None or route.get("GatewayId") == "local"):
            yield from self.arrive(holder, None, trail, via="edge")

    def reachable_by(self, gateway: str, appliance: Item, trail: Trail) -> bool:
        """Whether a gateway hands packets of this family to an appliance that its route table names."""
        if self.estate.one("InternetGateways", gateway) is None:
            return True
        return any(
            public_holder(self.estate, appliance["VpcId"], address)[1]
            for address in addresses(appliance)
            if address.version == trail.destination.version
        )

    def leave_transit(self, attachment: str, trail: Trail) -> Iterator[End]:
        """A packet handed to a VPC: its attachment subnet's route table goes on with it."""
        estate = self.estate
        item = estate.one("TransitGatewayVpcAttachments", attachment)
        if item is None or item["State"] != "available" or item["VpcId"] not in estate.items["Vpcs"]:
            return
        members = [estate.items["Subnets"][s] for s in item["SubnetIds"]]
        near = [m for m in members if m["AvailabilityZone"] == trail.zone]
        if item["Options"].get("ApplianceModeSupport") == "enable":
            near = members
        for member in near or members:
            yield from self.leave(member, trail.step(attachment))

    def endpoint(self, endpoint: Item, subnet: Item | None, vpc: str, trail: Trail) -> Iterator[End]:
        """A packet at a VPC endpoint: a gateway endpoint ends it at AWS; a GWLB endpoint may give it back."""
        if endpoint["VpcEndpointType"] == "Gateway":
            return
        onward = replace(trail, certain=False).step(endpoint["VpcEndpointId"])
        yield End("unmodelled", endpoint["VpcEndpointId"], self.out(subnet, onward), vpc)
        for member in endpoint["SubnetIds"]:
            home = self.estate.items["Subnets"][member]
            yield from self.leave(home, self.cross(subnet, home, onward))
