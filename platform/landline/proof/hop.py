"""What can happen to packets at the end of a leg."""

from collections.abc import Callable
from dataclasses import dataclass

from landline.network.packets import Packets
from landline.network.target import Kind
from landline.network.vpc_network import SubnetNetwork, VpcNetwork

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Delivered:
    """Packets that enter a subnet, past its network ACL, on their way to an interface in it."""

    network: VpcNetwork
    subnet: SubnetNetwork
    packets: Packets
    path: Path
    via: str | None
    """What joined the VPCs, None within one VPC."""


@dataclass(frozen=True, slots=True)
class AtGateway:
    """Packets at a gateway to the internet (internet, egress-only, carrier), before its own conditions."""

    network: VpcNetwork
    kind: Kind
    gateway: str
    packets: Packets
    path: Path


@dataclass(frozen=True, slots=True)
class Outside:
    """Packets handed to a network that is not the estate's.

    `network` is the VPC at whose border that happens, None where it is a transit gateway's `attachment`.
    """

    network: VpcNetwork | None
    resource: str
    attachment: str | None
    what: str
    packets: Packets
    path: Path


@dataclass(frozen=True, slots=True)
class AtNat:
    """Packets at a NAT gateway."""

    network: VpcNetwork
    gateway: str
    packets: Packets
    path: Path
    via: str | None


@dataclass(frozen=True, slots=True)
class AtInterface:
    """Packets that a route hands to an interface."""

    network: VpcNetwork
    interface: str
    packets: Packets
    path: Path
    via: str | None


@dataclass(frozen=True, slots=True)
class Lost:
    """Packets that go where the model ends, with the reason."""

    why: str
    packets: Packets
    path: Path


Hop = Delivered | AtGateway | Outside | AtNat | AtInterface | Lost

Wanted = Callable[[str], bool]
"""Whether a request's delivery over a join is still of interest; without, a mesh of n VPCs costs n * n.

None for answers: they are followed wherever they go.
"""
