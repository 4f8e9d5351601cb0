"""Settings of a baseline stack: the landing zone's floor in one account and Region."""

from typing import Annotated, Literal

from pydantic import Field

from landline.settings.common import StackSettings, Switch
from landline.settings.fields import AccountId, Team


class BaselineSettings(StackSettings):
    """The landing zone's floor in one account and Region. Every switch is on unless it is turned off here."""

    account: Annotated[AccountId, Field(examples=["222222222222"])]
    """The account's id, in quotes."""
    team: Annotated[Team, Field(examples=["platform"])] = "platform"
    """Who owns the stack; its resources are tagged with it."""
    block_public_access: Literal["block-bidirectional", "block-ingress"] = "block-bidirectional"
    """VPC Block Public Access for the whole account and Region. `block-ingress` still lets traffic out
    through NAT and egress-only gateways. It stays on when the stack is destroyed."""
    s3_block_public_access: Literal[True] = True
    """The account's S3 Block Public Access. It can only be on."""
    ebs_encryption: Literal[True] = True
    """New EBS volumes are encrypted. It can only be on."""
    guardduty: Switch = True
    """A GuardDuty detector."""
    security_hub: Switch = True
    """Security Hub."""
    trail: Switch = True
    """A CloudTrail trail with network activity events, which record calls through VPC endpoints."""
