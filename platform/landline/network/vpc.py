from landline.network.noun import Noun, Tag, tag


class CidrState(Noun, frozen=True):
    """Where the association of an address block stands."""

    state: str = "associated"


class CidrAssociation(Noun, frozen=True):
    """An IPv4 block of a VPC."""

    cidr_block: str
    cidr_block_state: CidrState = CidrState()


class Ipv6CidrAssociation(Noun, frozen=True):
    """An IPv6 block of a VPC or subnet."""

    ipv6_cidr_block: str
    ipv6_cidr_block_state: CidrState = CidrState()


class Vpc(Noun, frozen=True):
    """A virtual private cloud (DescribeVpcs)."""

    vpc_id: str
    cidr_block: str | None = None
    owner_id: str | None = None
    cidr_block_association_set: tuple[CidrAssociation, ...] = ()
    ipv6_cidr_block_association_set: tuple[Ipv6CidrAssociation, ...] = ()
    tags: tuple[Tag, ...] = ()

    def name(self) -> str:
        """Return what people call it: its `Name` tag, else its id."""
        return tag(self.tags, "Name") or self.vpc_id

    def cidr_blocks(self) -> tuple[str, ...]:
        """Return all blocks of both families that are associated, or are about to be or to cease to be."""
        gone = ("disassociated", "failed", "failing")
        v4 = [a.cidr_block for a in self.cidr_block_association_set if a.cidr_block_state.state not in gone]
        v6 = [
            a.ipv6_cidr_block
            for a in self.ipv6_cidr_block_association_set
            if a.ipv6_cidr_block_state.state not in gone
        ]
        primary = [self.cidr_block] if self.cidr_block else []
        return tuple(dict.fromkeys(primary + v4 + v6))
