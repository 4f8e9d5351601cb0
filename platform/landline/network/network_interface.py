from landline.network.noun import Noun, Tag


class PublicAssociation(Noun, frozen=True):
    """The address outside the VPC that one private address has."""

    public_ip: str | None = None
    carrier_ip: str | None = None
    customer_owned_ip: str | None = None

    def on_the_internet(self) -> bool:
        """Tell whether it is a public address; one that the document leaves out counts as one."""
        return bool(self.public_ip) or not (self.carrier_ip or self.customer_owned_ip)


class PrivateAddress(Noun, frozen=True):
    """An IPv4 address of an interface."""

    private_ip_address: str
    association: PublicAssociation | None = None


class Ipv6Address(Noun, frozen=True):
    """An IPv6 address of an interface."""

    ipv6_address: str


class Ipv4Prefix(Noun, frozen=True):
    """An IPv4 prefix delegated to an interface."""

    ipv4_prefix: str


class Ipv6Prefix(Noun, frozen=True):
    """An IPv6 prefix delegated to an interface."""

    ipv6_prefix: str


class GroupIdentifier(Noun, frozen=True):
    """A security group that an interface carries."""

    group_id: str


class Attachment(Noun, frozen=True):
    """What an interface is attached to."""

    instance_id: str | None = None
    device_index: int = 0


class NetworkInterface(Noun, frozen=True):
    """A network interface (DescribeNetworkInterfaces), an instance's or one that a service owns."""

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
    attachment: Attachment | None = None
    deny_all_igw_traffic: bool = False
    tag_set: tuple[Tag, ...] = ()

    def addresses(self) -> tuple[str, ...]:
        """Return all private IPv4 and all IPv6 addresses and delegated prefixes."""
        v4 = [self.private_ip_address] if self.private_ip_address else []
        v4 += [item.private_ip_address for item in self.private_ip_addresses]
        v4 += [item.ipv4_prefix for item in self.ipv4_prefixes]
        return tuple(dict.fromkeys(v4)) + self.v6_addresses()

    def v6_addresses(self) -> tuple[str, ...]:
        """Return all IPv6 addresses and delegated prefixes."""
        v6 = [item.ipv6_address for item in self.ipv6_addresses]
        return tuple(dict.fromkeys(v6 + [item.ipv6_prefix for item in self.ipv6_prefixes]))

    def associations(self) -> tuple[tuple[str, PublicAssociation], ...]:
        """Return the private IPv4 addresses that have an address outside, with it."""
        found = {
            item.private_ip_address: item.association
            for item in self.private_ip_addresses
            if item.association is not None
        }
        if self.association is not None and self.private_ip_address:
            found.setdefault(self.private_ip_address, self.association)
        return tuple(found.items())
