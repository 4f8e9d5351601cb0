"""What the documents show and the rules do not follow: it leaves a rule open, and never passes in silence."""

from collections.abc import Iterator

from landline.network import Model
from landline.network.documents import Document
from landline.network.transit_gateway import attached
from landline.proof.verdict import NotChecked


def find(model: Model) -> Iterator[NotChecked]:
    """Name what carries packets past routes and security groups, or lets others at the estate's interfaces.

    Snapshots without these documents say nothing of mirroring, permissions and secondary interfaces.
    """
    accounts = {place.account for place in model.places}
    for document in model.places.values():
        yield from _copied(document)
        yield from _lent(document, accounts)
        yield from _proxied(document)
        yield from _pooled(document)
        yield from _secondary(document)
        yield from _multicast(model, document)
    yield from _local_networks(model)


def _copied(document: Document) -> Iterator[NotChecked]:
    """Name traffic mirroring.

    A session copies an interface's packets to a target that may lie in another VPC ("Traffic Mirroring guide,
    Traffic Mirroring targets").
    """
    for session in document.traffic_mirror_sessions or ():
        what = f"{session.traffic_mirror_session_id} copies the packets of {session.network_interface_id}"
        why = f"{what} to {session.traffic_mirror_target_id}, which is not modelled"
        yield NotChecked("network-link", why)


def _lent(document: Document, accounts: set[str]) -> Iterator[NotChecked]:
    """Name permissions for others to attach interfaces of the estate.

    Whoever has the permission INSTANCE-ATTACH can have an instance of their own in the interface's VPC (EC2
    API, CreateNetworkInterfacePermission).
    """
    for permission in document.network_interface_permissions or ():
        who = permission.aws_account_id or permission.aws_service
        if permission.state() == "revoked" or who in accounts:
            continue
        what = f"{who} may use {permission.network_interface_id} ({permission.permission})"
        yield NotChecked("external-network", f"{what}, which is not modelled")


def _proxied(document: Document) -> Iterator[NotChecked]:
    """Name proxies on NAT gateways.

    Who reaches the proxy's endpoint, in whatever VPC, gets out through the NAT gateway with no route to it
    ("Network Firewall guide, Security in your use of the AWS Network Firewall service").
    """
    for gateway in document.nat_gateways or ():
        for appliance in gateway.attached_appliances if gateway.live() else ():
            if appliance.live():
                where = appliance.vpc_endpoint_id or "an endpoint that it does not name"
                what = f"{appliance.appliance_arn} on {gateway.nat_gateway_id} takes packets at {where}"
                yield NotChecked("internet-egress", f"{what} to the internet, which is not modelled")


def _pooled(document: Document) -> Iterator[NotChecked]:
    """Name route tables of public address pools.

    An internet gateway hands what comes for a pool's addresses to whom the table names, though the interface
    has no public address (EC2 API, AssociateRouteTable: PublicIpv4Pool).
    """
    for table in document.route_tables or ():
        for association in table.associations:
            if association.public_ipv4_pool is not None and association.live():
                what = f"{table.route_table_id} routes what comes for {association.public_ipv4_pool}"
                for rule in ("internet-egress", "internet-ingress"):
                    yield NotChecked(rule, f"{what} into {table.vpc_id}, which is not modelled")


def _secondary(document: Document) -> Iterator[NotChecked]:
    """Name interfaces in secondary networks, where instances of several VPCs may meet (EC2 API)."""
    shown = {
        item: item.attachment.instance_id if item.attachment else None
        for item in document.secondary_interfaces or ()
    }
    for reservation in document.reservations or ():
        for instance in reservation.instances:
            shown.update(dict.fromkeys(instance.secondary_interfaces, instance.instance_id))
    for item, name in shown.items():
        if name is not None:
            what = f"{item.secondary_interface_id} joins {name} to {item.secondary_network_id}"
            yield NotChecked("network-link", f"{what}, which is not modelled")


def _multicast(model: Model, document: Document) -> Iterator[NotChecked]:
    """Name transit gateways that may pass multicast packets between VPCs.

    Of a subnet in a multicast domain all multicast packets go to the transit gateway, whatever its routes
    ("Transit Gateways guide, Multicast routing").
    """
    for joined in document.transit_gateway_vpc_attachments or ():
        name = joined.transit_gateway_id
        gateway = model.transit_gateways.get(name)
        if not attached(joined.state):
            continue
        if gateway is None:
            what = f"whether {name} passes multicast packets to {joined.vpc_id}"
            why = f"no TransitGateways document shows {what}"
            yield NotChecked("network-link", why)
            continue
        if gateway.options.multicast_support == "disable":
            continue
        place = model.transit_gateways.places[name]
        domains = model.places[place].transit_gateway_multicast_domains
        if (
            isinstance(domains, list)
            and gateway.owner_id == place.account
            and all(item.transit_gateway_id != name or item.state == "deleted" for item in domains)
        ):
            continue
        what = f"{name}, to which {joined.vpc_id} is attached, may pass multicast packets"
        yield NotChecked("network-link", f"{what}, which is not modelled")


def _local_networks(model: Model) -> Iterator[NotChecked]:
    """Name the interfaces that stand in an Outpost's local network.

    They are no part of the VPC's routing ("Outposts guide, Local network interfaces").
    """
    places = {
        name: subnet.enable_lni_at_device_index
        for name, subnet in model.subnets.items.items()
        if subnet.enable_lni_at_device_index
    }
    for name, interface in sorted(model.network_interfaces.items.items()) if places else ():
        first = places.get(interface.subnet_id or "")
        if first and interface.attachment is not None and interface.attachment.device_index >= first:
            why = f"{name} in {interface.vpc_id} is in an Outpost's local network, which is not modelled"
            yield NotChecked("external-network", why)
