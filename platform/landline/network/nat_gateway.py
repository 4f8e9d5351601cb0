from landline.network.noun import Noun


class NatGatewayAddress(Noun, frozen=True):
    """One of a NAT gateway's addresses; public ones have a public_ip as well."""

    network_interface_id: str | None = None
    private_ip: str | None = None
    public_ip: str | None = None
    status: str | None = None


class NatGateway(Noun, frozen=True):
    """A NAT gateway (DescribeNatGateways), with one address or several.

    A regional one has no subnet; AWS makes a route table for it ("VPC guide, Regional NAT gateways").
    """

    nat_gateway_id: str
    vpc_id: str
    state: str
    subnet_id: str | None = None
    connectivity_type: str = "public"
    availability_mode: str = "zonal"
    route_table_id: str | None = None
    nat_gateway_addresses: tuple[NatGatewayAddress, ...] = ()

    def live(self) -> bool:
        """Tell whether it translates, is about to, or has not surely ceased to."""
        return self.state not in ("deleted", "failed")
