"""Settings of a baseline stack: the landing zone's floor in one account and Region."""

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from landline.settings.common import Settings, StackSettings, Switch
from landline.settings.fields import AccountId, StackName, Team, wrong

ADMINISTERED = ("guardduty", "security_hub")
"""The switches of what an account can administer for its organisation."""


def _watch(value: object) -> bool | Literal["organization"]:
    if isinstance(value, bool):
        return value
    if value == "organization":
        return "organization"
    raise wrong("is neither true, false nor organization", "write true, false or organization")


Watch = Annotated[bool | Literal["organization"], BeforeValidator(_watch)]
"""On, off, or turned on by the organisation."""


class Administers(Settings):
    """What the account does as the organisation's administrator of GuardDuty and Security Hub."""

    management: Annotated[StackName, Field(examples=["baseline-organization"])]
    """The baseline stack of the organisation's management account, which names this one as its
    `administrator`."""
    accounts: Literal["all", "new", "none"] = "all"
    """In which accounts they come on by themselves. GuardDuty knows all three; Security Hub's local
    configuration takes in new accounts only, under `all` too."""
    standards: Literal["default", "none"] = "none"
    """Whether new accounts get Security Hub's default standards: hundreds of controls, and their price."""


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
    guardduty: Watch = True
    """A GuardDuty detector. `organization`: the organisation's administrator turned it on before this stack
    was deployed, and AWS takes no second detector."""
    security_hub: Watch = True
    """Security Hub. `organization`: as for `guardduty`."""
    trail: Switch = True
    """A CloudTrail trail with network activity events, which record calls through VPC endpoints."""
    network_activity: Literal["all", "denied"] = "all"
    """Which calls through VPC endpoints the trail records, of the services for which CloudTrail can: `all`,
    or `denied`, what endpoint policies refused. AWS charges by the event."""
    administrator: Annotated[StackName | None, Field(examples=["baseline-security"])] = None
    """In the management account's baseline only: the baseline stack of the account that administers
    GuardDuty and Security Hub for the organisation. It designates that account for those that are on
    there."""
    administers: Administers | None = None
    """In the baseline of that account only."""

    @model_validator(mode="after")
    def _administration_is_whole(self) -> Self:
        if self.administers is None:
            return self
        if self.administrator is not None:
            raise wrong(
                "both administers and names an administrator",
                "keep administrator in the management account's baseline, administers in the other's",
            )
        if not any(getattr(self, name) for name in ADMINISTERED):
            raise wrong(
                "administers neither GuardDuty nor Security Hub: both are off here",
                "write guardduty: true or security_hub: true, or remove administers",
            )
        for name in ADMINISTERED:
            if getattr(self, name) == "organization":
                raise wrong(f"administers {name} and leaves it to the organisation", f"write {name}: true")
        return self
