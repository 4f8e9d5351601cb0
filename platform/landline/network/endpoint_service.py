from landline.network.noun import Noun, Tag, tag


class ServiceConfiguration(Noun, frozen=True):
    """An endpoint service of the account (DescribeVpcEndpointServiceConfigurations)."""

    service_id: str
    service_name: str
    service_state: str = "Available"
    acceptance_required: bool = False
    network_load_balancer_arns: tuple[str, ...] = ()
    tags: tuple[Tag, ...] = ()

    def name(self) -> str:
        """Return what people call it: its `Name` tag, else its id."""
        return tag(self.tags, "Name") or self.service_id


class VpcEndpointConnection(Noun, frozen=True):
    """An endpoint's connection as the service's owner sees it (DescribeVpcEndpointConnections)."""

    service_id: str
    vpc_endpoint_id: str
    vpc_endpoint_owner: str
    vpc_endpoint_state: str
    creation_timestamp: str | None = None


class AllowedPrincipal(Noun, frozen=True):
    """Who may make endpoints to a service (DescribeVpcEndpointServicePermissions)."""

    principal: str
    principal_type: str | None = None
    service_id: str | None = None


class ServiceDetail(Noun, frozen=True):
    """A service that the account can see, with its owner (DescribeVpcEndpointServices)."""

    service_name: str
    owner: str | None = None
    vpc_endpoint_policy_supported: bool | None = None
