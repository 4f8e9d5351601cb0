"""Network interfaces that AWS makes for a customer: an endpoint's, a load balancer's, a Fargate task's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from landline.sandbox.handshake import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable


def managed_interface(
    backend: Any,  # noqa: ANN401 - moto's EC2 backend
    subnet_id: str,
    groups: Iterable[str],
    *,
    kind: str,
    description: str,
    requester: str,
) -> str:
    """Makes an interface in the subnet for a service of AWS, and gives its id.

    `kind` is the API's InterfaceType, `requester` the account or service that manages it. It has one
    private address of the subnet, and no public one. Raises Refused for a subnet or group that does not
    exist.
    """
    subnet = subnet_of(backend, subnet_id)
    group_ids = [checked_group(backend, group, subnet.vpc_id) for group in groups]
    address = subnet.get_available_subnet_ip(None)
    interface = backend.create_network_interface(
        subnet, address, group_ids=group_ids, description=description
    )
    if not group_ids:
        interface._group_set = []  # noqa: SLF001 - moto attaches the default group where a load balancer has none
    interface.interface_type = kind
    interface.requester_managed = True
    interface.requester_id = requester
    interface.status = "in-use"
    return str(interface.id)


def remove_interface(backend: Any, interface_id: str) -> None:  # noqa: ANN401 - moto's EC2 backend
    """Removes the interface and frees its addresses."""
    interface = backend.enis.pop(interface_id, None)
    if interface is not None:
        for address in interface.private_ip_addresses:
            interface.subnet.del_subnet_ip(address["PrivateIpAddress"])


def regroup(backend: Any, interface_id: str, groups: Iterable[str]) -> None:  # noqa: ANN401 - moto's EC2 backend
    """Gives the interface exactly these security groups."""
    interface = backend.enis[interface_id]
    interface._group_set = [  # noqa: SLF001 - moto offers no other way
        backend.get_security_group_from_id(checked_group(backend, group, interface.vpc_id))
        for group in groups
    ]


def subnet_of(backend: Any, subnet_id: str) -> Any:  # noqa: ANN401 - moto's own types
    """Moto's subnet; Refused when it does not exist."""
    for zone in backend.subnets.values():
        if subnet_id in zone:
            return zone[subnet_id]
    raise Refused("InvalidSubnetID.NotFound", f"The subnet ID '{subnet_id}' does not exist")


def checked_group(backend: Any, group_id: str, vpc: str) -> str:  # noqa: ANN401 - moto's EC2 backend
    """The group's id; Refused unless the group exists in the VPC."""
    group = backend.get_security_group_from_id(group_id)
    if group is None or group.vpc_id != vpc:
        raise Refused(
            "InvalidGroup.NotFound", f"The security group '{group_id}' does not exist in VPC '{vpc}'"
        )
    return group_id
