from landline.network.noun import Noun


class NatGatewayAddress(Noun, frozen=True):
    """One of a NAT gateway's addresses; public ones have a public_ip as well."""

    network_interface_id: str | None = None
    private_ip: str | None = None
    public_ip: str | None = None
    status: str | None = None


class AttachedAppliance(Noun, frozen=True):
    """An appliance on a NAT gateway, such as a proxy that clients reach by an endpoint of its own."""

    appliance_arn: str | None = None
    vpc_endpoint_id: str | None = None
    attachment_state: str = "attached"

    def live(self) -> bool:
        """Tell whether it is not surely gone."""
        return self.attachment_state not in ("detached", "attach-failed")


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
    attached_appliances: tuple[AttachedAppliance, ...] = ()

    def live(self) -> bool:
        """Tell whether it translates, is about to, or has not surely ceased to."""
        return self.state not in ("deleted", "failed")
