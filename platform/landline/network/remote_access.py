"""The nouns that let people into a VPC without a route."""

from landline.network.noun import Noun


class InstanceConnectEndpoint(Noun, frozen=True):
    """An EC2 Instance Connect Endpoint (DescribeInstanceConnectEndpoints)."""

    instance_connect_endpoint_id: str
    vpc_id: str
    state: str = "create-complete"
    network_interface_ids: tuple[str, ...] = ()


class StatusCode(Noun, frozen=True):
    """A status with a code."""

    code: str = "available"


class ClientVpnEndpoint(Noun, frozen=True):
    """A Client VPN endpoint (DescribeClientVpnEndpoints)."""

    client_vpn_endpoint_id: str
    vpc_id: str | None = None
    status: StatusCode = StatusCode()


class VerifiedAccessEndpoint(Noun, frozen=True):
    """A Verified Access endpoint (DescribeVerifiedAccessEndpoints)."""

    verified_access_endpoint_id: str
    status: StatusCode = StatusCode()
