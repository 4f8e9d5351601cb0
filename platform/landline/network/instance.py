from landline.network.network_interface import (
    Attachment,
    GroupIdentifier,
    Ipv4Prefix,
    Ipv6Address,
    Ipv6Prefix,
    NetworkInterface,
    PrivateAddress,
    PublicAssociation,
)
from landline.network.noun import Noun


class InstanceNetworkInterface(Noun, frozen=True):
    """An interface as its instance shows it: as in DescribeNetworkInterfaces, but for the attachment."""

    network_interface_id: str
    subnet_id: str | None = None
    vpc_id: str | None = None
    owner_id: str | None = None
    interface_type: str = "interface"
    description: str = ""
    source_dest_check: bool | None = None
    groups: tuple[GroupIdentifier, ...] = ()
    private_ip_address: str | None = None
    private_ip_addresses: tuple[PrivateAddress, ...] = ()
    association: PublicAssociation | None = None
    ipv6_addresses: tuple[Ipv6Address, ...] = ()
    ipv4_prefixes: tuple[Ipv4Prefix, ...] = ()
    ipv6_prefixes: tuple[Ipv6Prefix, ...] = ()


class SecondaryInterface(Noun, frozen=True):
    """An interface in a secondary network, which no VPC holds (DescribeSecondaryInterfaces)."""

    secondary_interface_id: str
    secondary_network_id: str | None = None
    attachment: Attachment | None = None


class Instance(Noun, frozen=True):
    """An EC2 instance (DescribeInstances).

    A stopped one keeps its interfaces and counts like a running one.
    """

    instance_id: str
    vpc_id: str | None = None
    network_interfaces: tuple[InstanceNetworkInterface, ...] = ()
    secondary_interfaces: tuple[SecondaryInterface, ...] = ()

    def interfaces(self) -> tuple[NetworkInterface, ...]:
        """Return its interfaces in the shape of DescribeNetworkInterfaces."""
        return tuple(
            NetworkInterface(
                **{name: getattr(item, name) for name in InstanceNetworkInterface.__struct_fields__},
                attachment=Attachment(instance_id=self.instance_id, device_index=index),
            )
            for index, item in enumerate(self.network_interfaces)
        )


class Reservation(Noun, frozen=True):
    """Instances that were launched together."""

    instances: tuple[Instance, ...] = ()
