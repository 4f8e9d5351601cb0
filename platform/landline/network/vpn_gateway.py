from landline.network.internet_gateway import GatewayAttachment
from landline.network.noun import Noun


class VpnGateway(Noun, frozen=True):
    """A virtual private gateway (DescribeVpnGateways): Site-to-Site VPN and Direct Connect end here."""

    vpn_gateway_id: str
    vpc_attachments: tuple[GatewayAttachment, ...]
    state: str = "available"
