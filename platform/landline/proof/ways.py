"""Ways out, in and across, gathered: for each VPC and each opening one, however many packets take it."""

from dataclasses import dataclass, field
from typing import NamedTuple

from landline.network.packets import Packets, sure
from landline.proof.verdict import NotChecked


class Key(NamedTuple):
    """What makes two paths one finding."""

    rule: str
    account: str
    region: str
    vpc: str
    resource: str


@dataclass(frozen=True, slots=True)
class Way:
    """The best witness so far of one way."""

    two_way: bool
    path: tuple[str, ...]
    packets: Packets
    what: str
    sent: Packets = ()
    """The packets before any translation on the way, where that differs."""


@dataclass(slots=True)
class Ways:
    """Collects live ways and open questions while a proof runs."""

    live: dict[Key, Way] = field(default_factory=dict)
    _doubts: dict[Key, set[str]] = field(default_factory=dict)
    _open: set[tuple[str, str]] = field(default_factory=set)

    def wants(self, key: Key) -> bool:
        """Tell whether a further path could say more than one whose answer gets back."""
        way = self.live.get(key)
        return way is None or not way.two_way

    def add(self, key: Key, way: Way) -> None:
        """Take a path. Packets that are in doubt leave the question open; sure ones settle it."""
        certain = sure(way.packets)
        if not certain:
            self._doubts.setdefault(key, set()).update(*(box.doubts for box in way.packets))
        elif key not in self.live or (way.two_way and not self.live[key].two_way):
            self.live[key] = Way(way.two_way, way.path, certain, way.what, sure(way.sent))

    def leave_open(self, rule: str, why: str) -> None:
        """Take note of what the documents do not say."""
        self._open.add((rule, why))

    def not_checked(self) -> tuple[NotChecked, ...]:
        """Return what stays open, but for doubts about ways that are live anyhow."""
        doubts = {
            (key.rule, why) for key, whys in self._doubts.items() if key not in self.live for why in whys
        }
        return tuple(NotChecked(rule, why) for rule, why in sorted(self._open | doubts))
