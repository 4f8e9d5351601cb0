from landline.network.noun import Noun


class VpcEndpoint(Noun, frozen=True):
    """A VPC endpoint of any kind (DescribeVpcEndpoints)."""

    vpc_endpoint_id: str
    vpc_id: str
    vpc_endpoint_type: str = "of an unknown type"
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
        return connected(self.state)

    def waiting(self) -> bool:
        """Tell whether the service's owner has yet to decide."""
        return self.state.lower() in WAITING


WAITING = ("pendingacceptance",)
"""States in which the service's owner has yet to decide."""

CARRYING = ("pending", "available", "partial", "deleting")
REFUSED = (*WAITING, "rejected", "expired", "failed", "deleted")
"""States of an endpoint, and of its connection at the service, in which it may carry packets, or surely
carries none ("AWS PrivateLink guide, Concepts": `pending` follows acceptance). Case differs between AWS's
answers."""


def connected(state: str) -> bool:
    """Tell whether an endpoint in a state carries packets, is about to, or has not surely ceased to."""
    return state.lower() not in REFUSED
