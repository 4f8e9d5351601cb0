"""Settings of a grant stack: one spoke's access to one hub's services."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from landline.settings.common import Settings, StackSettings
from landline.settings.fields import Approval, Date, Frozen, ServiceName, StackName


class GrantedService(Settings):
    """One service granted to a spoke."""

    until: Annotated[Date | None, Field(examples=["2027-06-30"])] = None
    """The last day of the grant. Nothing is cut by itself: `landline check` reports a grant that has run
    out."""
    approved: Annotated[Approval, Field(examples=["SEC-42"])]
    """The ticket or decision that approved it."""


class GrantSettings(StackSettings):
    """One spoke's access, owned by the platform team and deployed in the hub's account."""

    hub: Annotated[StackName, Field(examples=["hub"])]
    """The hub's stack."""
    spoke: Annotated[StackName, Field(examples=["payments"])]
    """The spoke's stack."""
    services: Annotated[
        Mapping[ServiceName, GrantedService],
        Field(examples=[{"logging": {"until": "2027-06-30", "approved": "SEC-42"}}]),
        *Frozen,
    ]
    """The granted services by name. Empty when all of them are revoked: deploying the stack then takes away
    what it held, and its file can go afterwards."""
