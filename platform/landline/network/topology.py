"""From the model to networks: associations resolved, tables and filters computed, once per VPC."""

from collections import defaultdict
from dataclasses import replace

from landline.network import address
from landline.network.interval import Intervals, intersect, union
from landline.network.model import Model, Place
from landline.network.network_acl import NetworkAcl, passes
from landline.network.network_interface import NetworkInterface
from landline.network.packets import EVERYTHING, SURE, Known, Packets, doubted
from landline.network.route_table import RouteTable
from landline.network.routing import Prefix, longest_prefix_match, with_next_best
from landline.network.security_group import GroupReference, IpPermission, allows
from landline.network.subnet import Subnet
from landline.network.target import Kind, Target, resolve
from landline.network.vpc_network import Routes, Station, SubnetNetwork, VpcNetwork

LOCAL, STATIC, PREFIX_LIST, PROPAGATED, IMPLIED = 0, 1, 2, 3, 4
"""Which of two routes to the same destination wins: the lower ("VPC guide, Route priority")."""

LEARNED = ("EnableVgwRoutePropagation", "Advertisement")
"""Origins of routes that nobody wrote: a virtual private gateway's, and VPC Route Server's."""


class Topology:
    """The networks of a model. It keeps what it has computed; the model stays as it is."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.accounts = frozenset(place.account for place in model.places)
        self._networks: dict[str, VpcNetwork] = {}
        self._groups: dict[str, tuple[Packets, Packets]] = {}
        self._members: dict[str, Intervals] | None = None

    def network(self, vpc_id: str) -> VpcNetwork | None:
        """Return the network of one of the estate's VPCs, None for a VPC that no document shows."""
        if vpc_id not in self._networks:
            if vpc_id not in self.model.vpcs.items:
                return None
            self._networks[vpc_id] = self._build(vpc_id)
        return self._networks[vpc_id]

    def prefix_list(self, name: str) -> tuple[Known, ...]:
        """Return the addresses of a prefix list.

        A list that belongs to an account outside the estate can change without anybody here: beyond its
        present entries, all addresses are in doubt. So they are where no document shows the entries.
        """
        try:
            return self._prefix_list(name)
        except ValueError as error:
            return ((address.EVERYWHERE, frozenset({f"prefix list {name} cannot be read: {error}"})),)

    def _prefix_list(self, name: str) -> tuple[Known, ...]:
        listed = self.model.prefix_lists.get(name)
        if listed is not None and listed.cidrs is not None:
            return ((address.cidrs(listed.cidrs), SURE),)
        entries = self.model.prefix_list_entries.get(name)
        if entries is None:
            where = f"get-managed-prefix-list-entries-{name}.json"
            why = f"the entries of prefix list {name} are in no document ({where})"
            return ((address.EVERYWHERE, frozenset({why})),)
        present: Known = (address.cidrs(tuple(entry.cidr for entry in entries)), SURE)
        if listed is not None and (listed.by_aws() or listed.owner_id in self.accounts):
            return (present,)
        owner = "nobody in the documents" if listed is None or listed.owner_id is None else listed.owner_id
        why = f"prefix list {name} belongs to {owner}, who can change it without the estate's doing"
        return (present, (address.EVERYWHERE, frozenset({why})))

    def group_members(self, reference: GroupReference) -> tuple[Known, ...]:
        """Return the private addresses of the interfaces that carry a security group."""
        group = reference.group_id
        if group is None or group not in self.model.security_groups.items:
            why = f"security group {group}, which a rule names, is in no SecurityGroups document"
            return ((address.EVERYWHERE, frozenset({why})),)
        if self._members is None:
            members: dict[str, list[str]] = defaultdict(list)
            for interface in self.model.network_interfaces.items.values():
                for item in interface.groups:
                    members[item.group_id] += interface.addresses()
            self._members = {name: address.cidrs(tuple(texts)) for name, texts in members.items()}
        return ((self._members.get(group, ()), SURE),)

    def _build(self, vpc_id: str) -> VpcNetwork:
        model, doubts = self.model, set[str]()
        vpc, place = model.vpcs.items[vpc_id], model.vpcs.places[vpc_id]
        # An address in use belongs to its subnet and VPC, even where a document leaves its block out.
        used: dict[str | None, tuple[str, ...]] = defaultdict(tuple)
        for interface in model.network_interfaces_of.get(vpc_id, ()):
            used[interface.subnet_id] += interface.addresses()
        everything = tuple(text for texts in used.values() for text in texts)
        spans = _spans(vpc.cidr_blocks() + everything, vpc_id, doubts)
        tables = {
            table.route_table_id: self._routes(place, table, spans, doubts)
            for table in model.route_tables_of.get(vpc_id, ())
        }
        main, explicit, edges = self._associations(vpc_id, doubts)
        subnets: dict[str, SubnetNetwork] = {}
        acls: dict[str, list[NetworkAcl]] = defaultdict(list)
        for acl in model.network_acls_of.get(vpc_id, ()):
            for guarded in {association.subnet_id for association in acl.associations}:
                acls[guarded].append(acl)
        for subnet in model.subnets_of.get(vpc_id, ()):
            name = explicit.get(subnet.subnet_id, main)
            if name is None:
                doubts.add(f"no document shows the route table of subnet {subnet.subnet_id}")
                continue
            guard, *more = acls.get(subnet.subnet_id, (None,))
            unknown = doubted(EVERYTHING, {f"no document shows the network ACL of subnet {subnet.subnet_id}"})
            if guard is not None and more:
                names = f"{guard.network_acl_id} and {more[0].network_acl_id}"
                unknown = doubted(EVERYTHING, {f"{subnet.subnet_id} has two network ACLs, {names}"})
                guard = None
            subnets[subnet.subnet_id] = SubnetNetwork(
                id=subnet.subnet_id,
                zones=_zones(subnet, vpc.owner_id or place.account),
                spans=_spans(subnet.cidr_blocks() + used[subnet.subnet_id], subnet.subnet_id, doubts),
                routes=tables[name],
                acl_in=unknown if guard is None else passes(guard, egress=False),
                acl_out=unknown if guard is None else passes(guard, egress=True),
            )
        for index, nouns in (
            (model.vpcs, [vpc_id]),
            (model.subnets, [s.subnet_id for s in model.subnets_of.get(vpc_id, ())]),
            (model.route_tables, list(tables)),
            (model.network_acls, [a.network_acl_id for a in model.network_acls_of.get(vpc_id, ())]),
            (
                model.network_interfaces,
                [i.network_interface_id for i in model.network_interfaces_of.get(vpc_id, ())],
            ),
        ):
            doubts.update(
                f"{name} is described twice, differently" for name in nouns if name in index.contested
            )
        return VpcNetwork(
            id=vpc_id,
            place=place,
            spans=spans,
            subnets=subnets,
            stations=self._stations(vpc_id, subnets, doubts),
            tables=tables,
            used=frozenset(subnet.routes.id for subnet in subnets.values()),
            edges={gateway: tables[name] for gateway, name in edges.items()},
            doubts=tuple(sorted(doubts)),
        )

    def _associations(
        self, vpc_id: str, doubts: set[str]
    ) -> tuple[str | None, dict[str, str], dict[str, str]]:
        main: str | None = None
        explicit: dict[str, str] = {}
        edges: dict[str, str] = {}
        for table in self.model.route_tables_of.get(vpc_id, ()):
            for association in table.associations:
                if not association.live():
                    continue
                if not association.settled():
                    whose = association.subnet_id or association.gateway_id or f"{vpc_id} (main)"
                    state = association.association_state.state
                    doubts.add(f"the association of {whose} with {table.route_table_id} is {state}")
                named = (association.subnet_id, association.gateway_id, association.public_ipv4_pool)
                if not association.main and not any(named):
                    doubts.add(f"no document shows what {table.route_table_id} is associated with")
                if association.subnet_id and association.subnet_id not in self.model.subnets.items:
                    where = f"{association.subnet_id}, which uses {table.route_table_id}"
                    doubts.add(f"no document shows subnet {where}")
                if association.main:
                    if main not in (None, table.route_table_id):
                        doubts.add(f"{vpc_id} has two main route tables, {main} and {table.route_table_id}")
                    main = table.route_table_id
                for name, known in ((association.subnet_id, explicit), (association.gateway_id, edges)):
                    if name:
                        if known.get(name, table.route_table_id) != table.route_table_id:
                            doubts.add(
                                f"{name} has two route tables, {known[name]} and {table.route_table_id}"
                            )
                        known[name] = table.route_table_id
        return main, explicit, edges

    def _routes(self, place: Place, table: RouteTable, spans: Intervals, doubts: set[str]) -> Routes:
        # Every table has local routes, shown or not; only a route to the same block replaces one.
        implied = Target(Kind.LOCAL, "", table.route_table_id)
        prefixes = [Prefix(span, IMPLIED, implied) for span in spans]
        changeable: list[Prefix[Target]] = []
        others = set[str]()
        doubtful: list[Target] = []
        for route in table.routes:
            target = resolve(self.model, place, table, route)
            rank = PROPAGATED if route.origin in LEARNED else STATIC
            blocks = tuple(b for b in (route.destination_cidr_block, route.destination_ipv6_cidr_block) if b)
            known: tuple[Known, ...] = ((_spans(blocks, table.route_table_id, doubts), SURE),)
            if route.destination_prefix_list_id:
                rank = PREFIX_LIST
                known = self.prefix_list(route.destination_prefix_list_id)
            elif not blocks:
                known = (
                    (
                        address.EVERYWHERE,
                        frozenset({f"a route in {table.route_table_id} has no destination"}),
                    ),
                )
            rank = LOCAL if target.kind is Kind.LOCAL else rank
            present = [Prefix(span, rank, target) for listed, why in known if not why for span in listed]
            why = frozenset[str]().union(*(why for _, why in known))
            if why and target.kind not in (Kind.GATEWAY_ENDPOINT, Kind.BLACKHOLE, Kind.LOCAL):
                doubtful.append(replace(target, doubts=why))
            others |= why
            (changeable if why else prefixes).extend(present)
        stretches = longest_prefix_match([*prefixes, *changeable])
        if changeable:
            sure, changes = longest_prefix_match(prefixes), frozenset(others)
            stretches = tuple(with_next_best(stretches, sure, lambda t: replace(t, doubts=changes)))
        return Routes(table.route_table_id, stretches, tuple(doubtful))

    def _stations(
        self, vpc_id: str, subnets: dict[str, SubnetNetwork], doubts: set[str]
    ) -> tuple[Station, ...]:
        alike: dict[tuple[object, ...], list[NetworkInterface]] = defaultdict(list)
        for interface in self.model.network_interfaces_of.get(vpc_id, ()):
            name = interface.network_interface_id
            if interface.subnet_id not in subnets:
                if not (interface.subnet_id is None and interface.interface_type == "regional_nat_gateway"):
                    where = f"in subnet {interface.subnet_id}, which no document shows"
                    doubts.add(f"network interface {name} is {where}")
                continue
            if not interface.addresses():
                doubts.add(f"no document shows an address of network interface {name}")
            forwards = interface.source_dest_check is not True
            alike[
                interface.owner_id or self.model.network_interfaces.places[name].account,
                interface.subnet_id,
                interface.interface_type,
                frozenset(item.group_id for item in interface.groups),
                interface.deny_all_igw_traffic,
                name if forwards else None,
            ].append(interface)
        return tuple(self._station(key, items, doubts) for key, items in alike.items())

    def _station(self, key: tuple[object, ...], items: list[NetworkInterface], doubts: set[str]) -> Station:
        account, subnet, kind, _, deny_igw, alone = key
        first = items[0]
        name = first.network_interface_id
        group_in, group_out = self._filters(tuple(sorted(item.group_id for item in first.groups)))
        outside = [pair for item in items for pair in item.associations()]
        public = _spans(tuple(inner for inner, outer in outside if outer.on_the_internet()), name, doubts)
        v6 = _spans(tuple(text for item in items for text in item.v6_addresses()), name, doubts)
        outer = union(public + intersect(v6, address.GLOBAL_V6))
        return Station(
            interfaces=tuple(item.network_interface_id for item in items),
            account=str(account),
            subnet=str(subnet),
            interface_type=str(kind),
            addresses=_spans(tuple(text for item in items for text in item.addresses()), name, doubts),
            public=() if deny_igw else outer,
            shielded=outer if deny_igw else (),
            carrier=_spans(tuple(inner for inner, outer in outside if outer.carrier_ip), name, doubts),
            group_in=group_in,
            group_out=group_out,
            forwards=alone is not None,
            instance=None if first.attachment is None else first.attachment.instance_id,
        )

    def _filters(self, groups: tuple[str, ...]) -> tuple[Packets, Packets]:
        """Return what a set of security groups lets in and out. An interface without any is not filtered."""
        if not groups:
            return EVERYTHING, EVERYTHING
        pairs = [self._group(name) for name in groups]
        return tuple(p for i, _ in pairs for p in i), tuple(p for _, o in pairs for p in o)

    def _group(self, name: str) -> tuple[Packets, Packets]:
        if name not in self._groups:
            group = self.model.security_groups.get(name)
            if group is None or name in self.model.security_groups.contested:
                what = "in no SecurityGroups document" if group is None else "described twice, differently"
                unknown = doubted(EVERYTHING, {f"security group {name} is {what}"})
                self._groups[name] = (unknown, unknown)
            else:
                try:
                    self._groups[name] = (
                        self._allows(group.ip_permissions, egress=False),
                        self._allows(group.ip_permissions_egress, egress=True),
                    )
                except ValueError as error:
                    unreadable = doubted(EVERYTHING, {f"security group {name} cannot be read: {error}"})
                    self._groups[name] = (unreadable, unreadable)
        return self._groups[name]

    def _allows(self, permissions: tuple[IpPermission, ...], *, egress: bool) -> Packets:
        return allows(permissions, egress=egress, prefix_list=self.prefix_list, group=self.group_members)


def _zones(subnet: Subnet, account: str) -> frozenset[str]:
    """Return what a zone is known by: its id, and its name, which means another zone in each account."""
    name = subnet.availability_zone and f"{account} {subnet.availability_zone}"
    return frozenset(zone for zone in (subnet.availability_zone_id, name) if zone)


def _spans(texts: tuple[str, ...], where: str, doubts: set[str]) -> Intervals:
    """Return the addresses of some texts; one that is no address becomes a doubt about where it stands."""
    try:
        return address.cidrs(texts)
    except ValueError as error:
        doubts.add(f"{where} has an address that cannot be read: {error}")
        return ()
