"""Which documents a verdict hangs on: what is missing makes it unproven."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from operator import attrgetter

from landline.network import Model, Place
from landline.network.documents import KINDS, Document
from landline.network.logs import RULE as LOGGING
from landline.proof.catalogue import OPTIONAL
from landline.proof.verdict import NotChecked

PATHS = ("internet-egress", "internet-ingress", "network-link", "external-network")
"""The rules about packets."""

NEEDED: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (("vpcs",), (*PATHS, "dns-egress")),
    (("subnets",), PATHS),
    (("route_tables",), PATHS),
    (("network_acls",), PATHS),
    (("security_groups",), PATHS),
    (("network_interfaces",), (*PATHS, "remote-access")),
    (("internet_gateways",), ("internet-egress", "internet-ingress")),
    (("egress_only_internet_gateways",), ("internet-egress",)),
    (("nat_gateways",), ("internet-egress",)),
    (("vpc_peering_connections",), ("network-link", "external-network")),
    (
        ("transit_gateway_vpc_attachments", "transit_gateway_attachments"),
        ("network-link", "external-network"),
    ),
    (("vpn_gateways",), ("external-network",)),
    (("vpc_endpoints",), ("foreign-service", "open-endpoint-policy")),
    (("instance_connect_endpoints",), ("remote-access",)),
    (("client_vpn_endpoints",), ("remote-access",)),
    (("verified_access_endpoints",), ("remote-access",)),
    (("firewall_rule_group_associations",), ("dns-egress",)),
    (("firewall_configs",), ("dns-egress",)),
    (("profile_associations",), ("dns-egress",)),
    (("vpcs",), (LOGGING,)),
    (("flow_logs",), (LOGGING,)),
    (("resolver_query_log_config_associations",), (LOGGING,)),
    (("resolver_query_log_configs",), (LOGGING,)),
)
"""Documents of which one must be there for every account and Region that has VPCs, and the rules that need
them.

Carrier and local gateways, transit route tables, prefix lists and the like are needed where a route names
one; then the packets that take it are unproven without.
"""


_VPC = attrgetter("vpc_id")

NO_VPC = "the snapshot shows no VPC: a Vpcs document is missing or empty"


def missing(model: Model, required: Collection[str] = ()) -> Iterator[NotChecked]:
    """Name what is unreadable, missing or not known yet, one line for each rule and kind.

    Of the rules that are optional those alone count that are `required`.
    """
    left_out = {*OPTIONAL.values()} - {*required}
    for question in model.open_questions:
        if question.rule not in left_out:
            yield NotChecked(question.rule, question.why)
    for item in model.unreadable:
        yield NotChecked("all", f"{item.path} cannot be read: {item.why}")
    if not model.vpcs.items:
        yield NotChecked("all", NO_VPC)
    lacking: dict[tuple[str, str], list[Place]] = defaultdict(list)
    for place, document in sorted(model.places.items()):
        if isinstance(document.vpcs, list) and not document.vpcs:
            continue
        for kinds, rules in NEEDED:
            if all(model.lacks(place, kind) for kind in kinds):
                for rule in {*rules} - left_out:
                    lacking[rule, " or ".join(KINDS[kind] for kind in kinds)].append(place)
    for (rule, what), places in sorted(lacking.items()):
        shown = ", ".join(str(place) for place in places[:5])
        more = f" and {len(places) - 5} more" if len(places) > 5 else ""
        yield NotChecked(rule, f"no {what} document for {shown}{more}")


def structure(model: Model) -> Iterator[NotChecked]:
    """Name what the documents that are there presuppose and do not show: VPCs, route tables."""
    known = model.vpcs.items
    with_table: set[str] = set()
    with_main: set[str] = set()
    strangers: dict[str, str] = {}
    for document in model.places.values():
        tables = document.route_tables or []
        with_table.update(map(_VPC, tables))
        with_main.update(table.vpc_id for table in tables for item in table.associations if item.main)
        for nouns, name in (
            (tables, "route_table_id"),
            (document.subnets or [], "subnet_id"),
            (document.network_interfaces or [], "network_interface_id"),
        ):
            if not known.keys() >= {*map(_VPC, nouns)} - {None}:
                for noun in nouns:
                    if noun.vpc_id is not None and noun.vpc_id not in known:
                        strangers.setdefault(noun.vpc_id, getattr(noun, name))
        for instance in _without_interfaces(document, model):
            why = f"no document shows the network interfaces of instance {instance}"
            yield from (NotChecked(rule, why) for rule in PATHS)
        for name in _homeless(document, model):
            why = f"no document says in which VPC network interface {name} is"
            yield from (NotChecked(rule, why) for rule in PATHS)
        for gateway in document.internet_gateways or ():
            for attachment in gateway.attachments:
                if attachment.vpc_id not in known:
                    strangers.setdefault(attachment.vpc_id, gateway.internet_gateway_id)
    for vpc, stranger in sorted(strangers.items()):
        yield from (
            NotChecked(rule, f"{stranger} belongs to {vpc}, which no Vpcs document shows") for rule in PATHS
        )
    tableless = [
        vpc
        for vpc in sorted(known)
        if vpc not in with_table and not model.lacks(model.vpcs.places[vpc], "route_tables")
    ]
    for vpc in tableless:
        yield from (NotChecked(rule, f"no document shows a route table of {vpc}") for rule in PATHS)
    mainless = with_table - with_main
    explicit = {
        item.subnet_id
        for document in (model.places.values() if mainless else ())
        for table in document.route_tables or ()
        for item in table.associations
        if item.subnet_id and not item.main
    }
    for document in model.places.values() if mainless else ():
        for subnet in document.subnets or ():
            if subnet.vpc_id in mainless and subnet.subnet_id not in explicit:
                why = f"no document shows the route table of subnet {subnet.subnet_id}"
                yield from (NotChecked(rule, why) for rule in PATHS)
    for vpc in sorted(model.vpcs.contested):
        yield from (NotChecked(rule, f"{vpc} is described twice, differently") for rule in PATHS)


def _without_interfaces(document: Document, model: Model) -> Iterator[str]:
    """Name the instances in a VPC of which no document shows an interface."""
    bare = [
        instance.instance_id
        for reservation in document.reservations or ()
        for instance in reservation.instances
        if instance.vpc_id and not instance.network_interfaces
    ]
    if bare:
        shown = {
            item.attachment.instance_id for item in model.network_interfaces.items.values() if item.attachment
        }
        yield from (name for name in bare if name not in shown)


def _homeless(document: Document, model: Model) -> Iterator[str]:
    """Name the interfaces that no document places in a VPC; an instance may show its own without one."""
    attached = [
        interface
        for reservation in document.reservations or ()
        for instance in reservation.instances
        for interface in instance.network_interfaces
    ]
    if None in {*map(_VPC, document.network_interfaces or ()), *map(_VPC, attached)}:
        for name, interface in model.network_interfaces.items.items():
            if interface.vpc_id is None:
                yield name
