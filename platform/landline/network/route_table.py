from landline.network.noun import Noun


class Route(Noun, frozen=True):
    """A route of a VPC's route table: one destination, one target (EC2 API, Route)."""

    destination_cidr_block: str | None = None
    destination_ipv6_cidr_block: str | None = None
    destination_prefix_list_id: str | None = None
    gateway_id: str | None = None
    egress_only_internet_gateway_id: str | None = None
    nat_gateway_id: str | None = None
    transit_gateway_id: str | None = None
    vpc_peering_connection_id: str | None = None
    network_interface_id: str | None = None
    instance_id: str | None = None
    local_gateway_id: str | None = None
    carrier_gateway_id: str | None = None
    core_network_arn: str | None = None
    odb_network_arn: str | None = None
    ip_address: str | None = None
    state: str = "active"
    origin: str = "CreateRoute"

    def destination(self) -> str:
        """Return the destination as AWS writes it, `?` when there is none."""
        return (
            self.destination_cidr_block
            or self.destination_ipv6_cidr_block
            or self.destination_prefix_list_id
            or "?"
        )


class AssociationState(Noun, frozen=True):
    """Where an association stands."""

    state: str = "associated"


class RouteTableAssociation(Noun, frozen=True):
    """What uses a route table: a subnet, a gateway (edge association), or the VPC as its main table."""

    main: bool = False
    subnet_id: str | None = None
    gateway_id: str | None = None
    public_ipv4_pool: str | None = None
    association_state: AssociationState = AssociationState()

    def live(self) -> bool:
        """Tell whether it is in force, is about to be, or has not surely ceased to be."""
        return self.association_state.state not in ("disassociated", "failed")

    def settled(self) -> bool:
        """Tell whether it is in force, and stays."""
        return self.association_state.state == "associated"


class RouteTable(Noun, frozen=True):
    """A route table (DescribeRouteTables)."""

    route_table_id: str
    vpc_id: str
    routes: tuple[Route, ...]
    associations: tuple[RouteTableAssociation, ...]
    owner_id: str | None = None
