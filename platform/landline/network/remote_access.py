"""The nouns that let people into a VPC without a route."""

from landline.network.noun import Noun


class InstanceConnectEndpoint(Noun, frozen=True):
    """An EC2 Instance Connect Endpoint (DescribeInstanceConnectEndpoints)."""

    instance_connect_endpoint_id: str
    vpc_id: str | None = None
    state: str = "create-complete"
    network_interface_ids: tuple[str, ...] = ()


class StatusCode(Noun, frozen=True):
    """A status with a code."""

    code: str = "available"


class TransitGatewayConfiguration(Noun, frozen=True):
    """The transit gateway that a Client VPN endpoint is attached to in place of a VPC."""

    transit_gateway_id: str | None = None


class ClientVpnEndpoint(Noun, frozen=True):
    """A Client VPN endpoint (DescribeClientVpnEndpoints)."""

    client_vpn_endpoint_id: str
    vpc_id: str | None = None
    status: StatusCode = StatusCode()
    transit_gateway_configuration: TransitGatewayConfiguration | None = None


class ClientVpnTargetNetwork(Noun, frozen=True):
    """A subnet that a Client VPN endpoint leads into (DescribeClientVpnTargetNetworks)."""

    client_vpn_endpoint_id: str | None = None
    vpc_id: str | None = None
    status: StatusCode = StatusCode("associated")


class ClientVpnAuthorizationRule(Noun, frozen=True):
    """Who may reach what through a Client VPN endpoint (DescribeClientVpnAuthorizationRules)."""

    client_vpn_endpoint_id: str | None = None
    destination_cidr: str | None = None


class InterfaceOptions(Noun, frozen=True):
    """The interface that a Verified Access endpoint leads to."""

    network_interface_id: str | None = None


class SubnetOptions(Noun, frozen=True):
    """The subnets from which a Verified Access endpoint reaches what it leads to."""

    subnet_ids: tuple[str, ...] = ()


class VerifiedAccessEndpoint(Noun, frozen=True):
    """A Verified Access endpoint (DescribeVerifiedAccessEndpoints)."""

    verified_access_endpoint_id: str
    status: StatusCode = StatusCode("active")
    network_interface_options: InterfaceOptions | None = None
    load_balancer_options: SubnetOptions | None = None
    rds_options: SubnetOptions | None = None
    cidr_options: SubnetOptions | None = None
    security_group_ids: tuple[str, ...] = ()
