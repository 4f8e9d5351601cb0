from landline.network.noun import Noun
from landline.network.vpc import Ipv6CidrAssociation


class Subnet(Noun, frozen=True):
    """A subnet (DescribeSubnets). Participants of a shared subnet see it too, under its owner's id."""

    subnet_id: str
    vpc_id: str
    cidr_block: str | None = None
    availability_zone: str | None = None
    availability_zone_id: str | None = None
    owner_id: str | None = None
    enable_lni_at_device_index: int | None = None
    ipv6_cidr_block_association_set: tuple[Ipv6CidrAssociation, ...] = ()

    def cidr_blocks(self) -> tuple[str, ...]:
        """Return its blocks of both families."""
        v6 = tuple(
            a.ipv6_cidr_block
            for a in self.ipv6_cidr_block_association_set
            if a.ipv6_cidr_block_state.state not in ("disassociated", "failed", "failing")
        )
        return ((self.cidr_block,) if self.cidr_block else ()) + v6
