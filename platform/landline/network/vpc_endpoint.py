from landline.network.noun import Noun


class VpcEndpoint(Noun, frozen=True):
    """A VPC endpoint of any kind (DescribeVpcEndpoints)."""

    vpc_endpoint_id: str
    vpc_id: str
    vpc_endpoint_type: str = "Gateway"
    service_name: str | None = None
    service_region: str | None = None
    state: str = "available"
    owner_id: str | None = None
    subnet_ids: tuple[str, ...] = ()
    network_interface_ids: tuple[str, ...] = ()
    resource_configuration_arn: str | None = None
    service_network_arn: str | None = None
    policy_document: str | None = None

    def connected(self) -> bool:
        """Tell whether packets pass, or will without anybody's further consent."""
        return self.state.lower() in CONNECTED


CONNECTED = ("available", "pending", "partial", "deleting")
"""States of an endpoint, and of its connection at the service, in which it carries packets or is about to
("AWS PrivateLink guide, Concepts": `pending` follows acceptance). Case differs between AWS's answers."""

WAITING = ("pendingacceptance",)
"""States in which the service's owner has yet to decide."""
