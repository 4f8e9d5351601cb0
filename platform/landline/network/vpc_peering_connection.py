from landline.network.noun import Noun


class PeeredCidr(Noun, frozen=True):
    """An IPv4 block of a peered VPC."""

    cidr_block: str


class PeeredIpv6Cidr(Noun, frozen=True):
    """An IPv6 block of a peered VPC."""

    ipv6_cidr_block: str


class PeeredVpc(Noun, frozen=True):
    """One end of a peering connection."""

    vpc_id: str
    owner_id: str | None = None
    region: str | None = None
    cidr_block: str | None = None
    cidr_block_set: tuple[PeeredCidr, ...] = ()
    ipv6_cidr_block_set: tuple[PeeredIpv6Cidr, ...] = ()

    def cidr_blocks(self) -> tuple[str, ...]:
        """Return the blocks of both families that this end had when the connection was described."""
        v4 = [self.cidr_block] if self.cidr_block else []
        v4 += [item.cidr_block for item in self.cidr_block_set]
        return tuple(dict.fromkeys(v4 + [item.ipv6_cidr_block for item in self.ipv6_cidr_block_set]))


SILENT = ("initiating-request", "pending-acceptance", "expired", "rejected", "failed", "deleted")
"""States in which no packet passes ("VPC Peering guide, VPC peering connection lifecycle")."""


class PeeringStatus(Noun, frozen=True):
    """Where a peering connection stands."""

    code: str


class VpcPeeringConnection(Noun, frozen=True):
    """A peering connection (DescribeVpcPeeringConnections). Both ends' accounts describe it."""

    vpc_peering_connection_id: str
    accepter_vpc_info: PeeredVpc
    requester_vpc_info: PeeredVpc
    status: PeeringStatus

    def live(self) -> bool:
        """Tell whether it carries packets, is about to, or has not surely ceased to."""
        return self.status.code not in SILENT
