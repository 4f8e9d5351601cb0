"""Where packets end before they arrive: what `landline reach` names when it answers `blocked`."""

from dataclasses import dataclass, field
from typing import Literal

from landline.network.packets import NOTHING, Packets
from landline.proof.hop import Path

Direction = Literal["ingress", "egress"]


@dataclass(frozen=True, slots=True)
class Stop:
    """Packets that came to a thing, and those of them that it let pass.

    `kind` is what kind of thing it is, in words with dashes (`security-group`, `no-route`, …), `id` the thing
    itself or where it stands: a security group's interface, a network ACL's subnet.
    """

    kind: str
    id: str
    direction: Direction | None
    came: Packets
    passed: Packets
    path: Path


@dataclass(slots=True)
class Stops:
    """Gathers stops while one question is answered. A proof of a whole estate has none, and pays nothing."""

    found: list[Stop] = field(default_factory=list)

    def note(
        self,
        kind: str,
        where: str,
        came: Packets,
        path: Path,
        *,
        passed: Packets = NOTHING,
        direction: Direction | None = None,
    ) -> None:
        """Take a stop; what passes whole is none."""
        if came and came != passed:
            self.found.append(Stop(kind, where, direction, came, passed, path))
