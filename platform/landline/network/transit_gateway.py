from landline.network.noun import Noun


class TransitGatewayOptions(Noun, frozen=True):
    """What a transit gateway does besides routing."""

    multicast_support: str = "disable"


class TransitGateway(Noun, frozen=True):
    """A transit gateway (DescribeTransitGateways)."""

    transit_gateway_id: str
    owner_id: str | None = None
    state: str = "available"
    options: TransitGatewayOptions = TransitGatewayOptions()


class TransitGatewayMulticastDomain(Noun, frozen=True):
    """A set of subnets that multicast packets pass between (DescribeTransitGatewayMulticastDomains)."""

    transit_gateway_multicast_domain_id: str
    transit_gateway_id: str | None = None
    state: str = "available"


class AttachmentAssociation(Noun, frozen=True):
    """The route table that decides where packets from an attachment go."""

    transit_gateway_route_table_id: str | None = None
    transit_gateway_policy_table_id: str | None = None
    state: str = "associated"


class TransitGatewayAttachment(Noun, frozen=True):
    """An attachment of any kind (DescribeTransitGatewayAttachments)."""

    transit_gateway_attachment_id: str
    transit_gateway_id: str
    resource_type: str
    resource_id: str | None = None
    transit_gateway_owner_id: str | None = None
    state: str = "available"
    association: AttachmentAssociation | None = None
    nat_gateway_support: str | None = None
    """Whether rules of its own translate the senders of what comes by it; its owner alone sees that."""


class VpcAttachmentOptions(Noun, frozen=True):
    """How a VPC attachment treats packets."""

    appliance_mode_support: str = "disable"


class TransitGatewayVpcAttachment(Noun, frozen=True):
    """The subnets in which a VPC meets a transit gateway (DescribeTransitGatewayVpcAttachments)."""

    transit_gateway_attachment_id: str
    transit_gateway_id: str
    vpc_id: str
    state: str = "available"
    subnet_ids: tuple[str, ...] = ()
    options: VpcAttachmentOptions = VpcAttachmentOptions()


class TransitGatewayRouteTable(Noun, frozen=True):
    """A route table of a transit gateway, without its routes (DescribeTransitGatewayRouteTables)."""

    transit_gateway_route_table_id: str
    transit_gateway_id: str
    state: str = "available"


class RouteAttachment(Noun, frozen=True):
    """Where a transit gateway's route leads."""

    transit_gateway_attachment_id: str
    resource_id: str | None = None
    resource_type: str | None = None


class TransitGatewayRoute(Noun, frozen=True):
    """A route of a transit gateway's route table (SearchTransitGatewayRoutes)."""

    destination_cidr_block: str | None = None
    prefix_list_id: str | None = None
    transit_gateway_attachments: tuple[RouteAttachment, ...] = ()
    type: str = "static"
    state: str = "active"


class TransitGatewayStaticRoutes(Noun, frozen=True):
    """The static routes of one route table.

    Batfish's dumps hold what SearchTransitGatewayRoutes with the filter `type = static` prints in this form.
    """

    transit_gateway_route_table_id: str
    routes: tuple[TransitGatewayRoute, ...] = ()
    additional_routes_available: bool = False


class TransitGatewayRouteTablePropagation(Noun, frozen=True):
    """An attachment that propagates its routes to a table (GetTransitGatewayRouteTablePropagations)."""

    transit_gateway_attachment_id: str
    resource_id: str | None = None
    resource_type: str | None = None
    state: str = "enabled"


class TransitGatewayPropagations(Noun, frozen=True):
    """The propagations to one route table, as Batfish's dumps hold them."""

    transit_gateway_route_table_id: str
    transit_gateway_route_table_propagations: tuple[TransitGatewayRouteTablePropagation, ...] = ()


class TransitGatewayPrefixListReference(Noun, frozen=True):
    """A prefix list that a table routes by (GetTransitGatewayPrefixListReferences)."""

    transit_gateway_route_table_id: str
    prefix_list_id: str
    state: str = "available"
    blackhole: bool = False
    transit_gateway_attachment: RouteAttachment | None = None


def attached(state: str) -> bool:
    """Tell whether packets pass an attachment in a state, are about to, or have not surely ceased to.

    `pendingAcceptance` waits for somebody (EC2 API, TransitGatewayAttachment).
    """
    return state not in (
        "initiatingRequest",
        "pendingAcceptance",
        "rejecting",
        "rejected",
        "failing",
        "failed",
        "deleted",
    )
