"""What VPC Block Public Access lets through ("VPC guide, VPC BPA basics")."""

from enum import Enum

from landline.network import Model, Place
from landline.network.target import Kind

DOCUMENT = "vpc_block_public_access_options"
EXCLUSIONS = "vpc_block_public_access_exclusions"


class Stance(Enum):
    """Block Public Access's answer."""

    OPEN = "open"
    BLOCKED = "blocked"
    UNKNOWN = "unknown"


class PublicAccess:
    """Block Public Access of every account and Region of an estate.

    An account and Region without a document counts as off, AWS's default; so does one whose mode is still
    changing: a control that may not be in force yet stops nothing.
    """

    def __init__(self, model: Model) -> None:
        self._model = model

    def mode(self, place: Place) -> str:
        """Return the mode in force: off, block-bidirectional or block-ingress."""
        options = (
            None
            if self._model.lacks(place, DOCUMENT)
            else self._model.places[place].vpc_block_public_access_options
        )
        if not options or options.state == "update-in-progress":
            return "off"
        return options.internet_gateway_block_mode

    def _mode(self, place: Place, vpc: str) -> str:
        """Return the mode that binds a VPC: its owner's, and off where only others show the VPC."""
        owner = self._model.vpcs.items[vpc].owner_id
        return self.mode(place) if owner in (None, place.account) else "off"

    def outward(
        self, place: Place, vpc: str, subnet: str | None, kind: Kind, senders: frozenset[str] | None = None
    ) -> tuple[Stance, str]:
        """Judge packets on their way out, from the subnet that owns their address; UNKNOWN has a reason.

        Behind a NAT gateway `senders` are the VPC's subnets that they came from. AWS's pages speak of the NAT
        gateway, and do not say what an exclusion of a sender's subnet alone does.
        """
        stance = self._outward(place, vpc, subnet, kind, translated=senders is not None)
        if stance[0] is not Stance.BLOCKED:
            return stance
        for sender in sorted(senders or ()):
            if self._outward(place, vpc, sender, kind, translated=True)[0] is not Stance.BLOCKED:
                what = f"the exclusion of {sender} frees what it sends through a NAT gateway"
                return Stance.UNKNOWN, f"AWS's documentation does not say whether {what}"
        return stance

    def _outward(
        self, place: Place, vpc: str, subnet: str | None, kind: Kind, *, translated: bool
    ) -> tuple[Stance, str]:
        """Judge packets by one subnet.

        Ingress-only mode leaves NAT gateways and egress-only internet gateways alone, and stops everything
        else that goes out over an internet or carrier gateway; egress-only exclusions mean nothing in it. In
        bidirectional mode an egress-only exclusion frees NAT gateways and egress-only internet gateways. For
        packets that take an internet gateway directly AWS's page disagrees with itself ("VPC guide, VPC BPA
        advanced example": the note of scenario 5 against the outcome of scenario 6).
        """
        mode = self._mode(place, vpc)
        lets_out = translated or kind is Kind.EGRESS_ONLY_INTERNET_GATEWAY
        if mode not in ("block-bidirectional", "block-ingress") or (mode == "block-ingress" and lets_out):
            return Stance.OPEN, ""
        exempt = self._exemptions(place, vpc, subnet)
        if "allow-bidirectional" in exempt:
            return Stance.OPEN, ""
        if mode == "block-bidirectional" and "allow-egress" in exempt:
            what = f"the egress-only exclusion of {subnet or vpc} frees direct ways out"
            why = f"AWS's documentation contradicts itself about whether {what}"
            return (Stance.OPEN, "") if lets_out else (Stance.UNKNOWN, why)
        return self._blocked(place, exempt)

    def inward(self, place: Place, vpc: str, subnet: str) -> tuple[Stance, str]:
        """Judge packets on their way in; both modes stop them."""
        if self._mode(place, vpc) not in ("block-bidirectional", "block-ingress"):
            return Stance.OPEN, ""
        exempt = self._exemptions(place, vpc, subnet)
        if "allow-bidirectional" in exempt:
            return Stance.OPEN, ""
        return self._blocked(place, exempt)

    def _exemptions(self, place: Place, vpc: str, subnet: str | None) -> frozenset[str]:
        if self._model.lacks(place, EXCLUSIONS):
            return frozenset()
        return frozenset(
            item.internet_gateway_exclusion_mode
            for item in self._model.places[place].vpc_block_public_access_exclusions or ()
            if item.live() and item.resource_id() in (vpc, subnet)
        )

    def _blocked(self, place: Place, exempt: frozenset[str]) -> tuple[Stance, str]:
        if self._model.lacks(place, EXCLUSIONS):
            why = f"no VpcBlockPublicAccessExclusions document of {place} shows what is exempt"
            return Stance.UNKNOWN, why
        strange = exempt - {"allow-bidirectional", "allow-egress"}
        if strange:
            why = f"the mode {min(strange)!r} of an exclusion from Block Public Access is not modelled"
            return Stance.UNKNOWN, why
        return Stance.BLOCKED, ""
