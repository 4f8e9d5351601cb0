"""Where one question's packets arrive."""

from dataclasses import dataclass

from landline.network.packets import Packets
from landline.proof.hop import Path


@dataclass(frozen=True, slots=True)
class Arrived:
    """Packets at the place that was asked for, as they are there and as they were sent.

    `beyond` tells whether a network outside the estate has to do its part.
    """

    packets: Packets
    sent: Packets
    path: Path
    two_way: bool
    beyond: bool = False
    relayed: bool = False
    """Whether a load balancer sent them on."""
