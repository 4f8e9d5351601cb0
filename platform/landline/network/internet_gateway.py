"""The gateways that stand between a VPC and the internet."""

from landline.network.noun import Noun


class GatewayAttachment(Noun, frozen=True):
    """A VPC that a gateway is attached to."""

    vpc_id: str
    state: str = "available"

    def live(self) -> bool:
        """Tell whether it is not surely gone.

        Internet gateways say `available` when attached, others `attached`.
        """
        return self.state != "detached"


class InternetGateway(Noun, frozen=True):
    """An internet gateway (DescribeInternetGateways)."""

    internet_gateway_id: str
    attachments: tuple[GatewayAttachment, ...]
    owner_id: str | None = None


class EgressOnlyInternetGateway(Noun, frozen=True):
    """An egress-only internet gateway (DescribeEgressOnlyInternetGateways): IPv6, outward only."""

    egress_only_internet_gateway_id: str
    attachments: tuple[GatewayAttachment, ...]


class CarrierGateway(Noun, frozen=True):
    """A Wavelength carrier gateway (DescribeCarrierGateways)."""

    carrier_gateway_id: str
    vpc_id: str
    state: str = "available"

    def live(self) -> bool:
        """Tell whether it is not surely gone."""
        return self.state != "deleted"
