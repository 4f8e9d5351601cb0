import msgspec

from landline.network.noun import Noun


class VpnOptions(Noun, frozen=True):
    """How a connection learns its routes."""

    static_routes_only: bool = False


class VpnRoute(Noun, frozen=True):
    """A static route to the other end."""

    destination_cidr_block: str
    state: str = "available"


class VpnConnection(Noun, frozen=True):
    """A Site-to-Site VPN connection (DescribeVpnConnections).

    Its customer gateway configuration and its tunnels' keys are not read, and `landline dump` leaves them
    out.
    """

    vpn_connection_id: str
    vpn_gateway_id: str | None = None
    transit_gateway_id: str | None = None
    state: str = "available"
    options: VpnOptions = VpnOptions()
    routes: tuple[VpnRoute, ...] = msgspec.field(default=())

    def live(self) -> bool:
        """Tell whether it carries packets, is about to, or has not surely ceased to."""
        return self.state != "deleted"
