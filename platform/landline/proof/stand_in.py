"""A sender for places where nothing sends yet: a spoke before its workloads are there."""

from dataclasses import replace

from msgspec import UNSET, structs

from landline.network import Model, Place, address
from landline.network.interval import subtract
from landline.network.network_interface import GroupIdentifier, NetworkInterface
from landline.network.subnet import Subnet

ASSUMPTION = (
    "No interface of the sender starts connections: one in each of its subnets was put in its place, with "
    "every security group of its VPC."
)


def with_stand_ins(model: Model, text: str) -> tuple[Model, tuple[NetworkInterface, ...]]:
    """Return an estate with an interface more in each subnet of a place, and those interfaces.

    Each has its subnet's id for its own, and carries all the security groups of its VPC: who names one of
    them, names it.
    """
    added: dict[Place, list[NetworkInterface]] = {}
    for name, subnet in sorted(model.subnets.items.items()):
        place = model.subnets.places[name]
        vpc = model.vpcs.get(subnet.vpc_id)
        owner = subnet.owner_id or place.account
        if text not in {name, subnet.vpc_id, owner} | ({vpc.name()} if vpc else set()):
            continue
        free = _free(model, subnet)
        if free is not None:
            groups = sorted(
                key for key, group in model.security_groups.items.items() if group.vpc_id == subnet.vpc_id
            )
            added.setdefault(place, []).append(
                NetworkInterface(
                    network_interface_id=name,
                    subnet_id=name,
                    vpc_id=subnet.vpc_id,
                    owner_id=owner,
                    private_ip_address=address.show(free),
                    source_dest_check=True,
                    groups=tuple(GroupIdentifier(key) for key in groups),
                )
            )
    places = dict(model.places)
    for place, items in added.items():
        known = places[place].network_interfaces
        listed = [] if known is UNSET else list(known or ())
        places[place] = structs.replace(places[place], network_interfaces=[*listed, *items])
    return replace(model, places=places), tuple(item for items in added.values() for item in items)


def _free(model: Model, subnet: Subnet) -> int | None:
    """Return an address of a subnet that nobody has, and AWS does not keep ("VPC guide, Subnet sizing")."""
    if subnet.cidr_block is None:
        return None
    taken = address.readable(
        text
        for interface in model.network_interfaces_of.get(subnet.vpc_id, ())
        for text in interface.addresses()
    )
    for first, last in address.readable((subnet.cidr_block,)):
        left = subtract(((first + 4, last - 1),) if last - first > 5 else (), taken)
        if left:
            return left[0][0]
    return None
