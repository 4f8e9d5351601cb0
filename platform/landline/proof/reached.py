"""Where journeys end, and the legs they were made of."""

from dataclasses import dataclass

from landline.network.interval import Intervals
from landline.network.packets import NOTHING, Packets
from landline.network.vpc_network import Routes, Station, SubnetNetwork, VpcNetwork
from landline.proof.hop import Path


@dataclass(frozen=True, slots=True)
class Leg:
    """A stretch on which packets keep their addresses: from where, and what the outside sees of the sender.

    `home` is the subnet in which the answers arrive, None for a regional NAT gateway.
    """

    network: VpcNetwork
    origin: SubnetNetwork | Routes
    home: SubnetNetwork | None
    public: Intervals
    carrier: Intervals
    translated: bool
    packets: Packets = NOTHING
    """The packets that reach the leg's end."""
    shielded: Intervals = ()
    """Addresses like `public` to which nothing comes from the internet."""
    made_up: bool = False
    """Whether the sender makes up the addresses that it sends from, those of other VPCs too."""


Legs = tuple[Leg, ...]


@dataclass(frozen=True, slots=True)
class Internet:
    """Packets that leave for the internet."""

    gateway: str
    packets: Packets
    path: Path
    legs: Legs


@dataclass(frozen=True, slots=True)
class External:
    """Packets that leave for another network; `network` and `attachment` as in `Outside`."""

    network: VpcNetwork | None
    resource: str
    attachment: str | None
    what: str
    packets: Packets
    path: Path
    legs: Legs


@dataclass(frozen=True, slots=True)
class Joined:
    """Packets that an interface in another VPC of the estate takes."""

    resource: str
    network: VpcNetwork
    origin: SubnetNetwork | Routes
    packets: Packets
    path: Path
    legs: Legs


@dataclass(frozen=True, slots=True)
class Open:
    """Packets about which the documents say too little."""

    why: str
    packets: Packets
    path: Path


@dataclass(frozen=True, slots=True)
class Taken:
    """Packets from outside that an appliance takes on their way to somebody else."""

    station: Station
    packets: Packets
    path: Path


Reached = Internet | External | Joined | Open
