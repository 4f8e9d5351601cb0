from landline.network.noun import Noun


class VpcBlockPublicAccessOptions(Noun, frozen=True):
    """VPC Block Public Access of one account and Region (DescribeVpcBlockPublicAccessOptions)."""

    internet_gateway_block_mode: str = "off"
    state: str = "default-state"


class VpcBlockPublicAccessExclusion(Noun, frozen=True):
    """A VPC or subnet that is exempt (DescribeVpcBlockPublicAccessExclusions)."""

    resource_arn: str
    internet_gateway_exclusion_mode: str
    state: str = "create-complete"

    def resource_id(self) -> str:
        """Return the id of the VPC or subnet."""
        return self.resource_arn.rsplit("/", 1)[-1]

    def live(self) -> bool:
        """Tell whether it is in force, or may be while AWS changes it."""
        return self.state not in ("delete-complete", "create-failed")
