"""Settings of a spoke stack: what a team writes to get its isolated network and its private lines."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, ClassVar

from pydantic import Discriminator, Field, StrictInt, Tag

from landline.settings.alarms import AlarmSettings
from landline.settings.aws_access import ACCESS, AwsAccess, own_actions
from landline.settings.aws_services import AWS_SERVICES, AwsService
from landline.settings.by_key import ByKey
from landline.settings.common import NetworkSettings, Settings, StackSettings
from landline.settings.fields import (
    AccountId,
    Contact,
    Date,
    Frozen,
    Reason,
    ServiceName,
    StackName,
    Team,
    Unique,
)

AUTO = "auto"
"""The hub that a spoke names to get the nearest."""

POLICY_REFUSED = (
    "is not possible: AWS takes no endpoint policy for a custom endpoint service",
    "remove it; the gates are the allow-list, acceptance and the security groups on both sides",
)
"""("AWS PrivateLink guide, Control access to VPC endpoints using endpoint policies")."""


def _form(value: object) -> str:
    return "mapping" if isinstance(value, Mapping) else "list"


class RequestSettings(Settings):
    """A spoke's request for one service of its hub."""

    refused_keys: ClassVar[dict[str, tuple[str, str]]] = {"policy": POLICY_REFUSED}

    reason: Annotated[Reason, Field(examples=["ship application logs"])]
    """What the service is needed for, for the person who approves it."""
    until: Annotated[Date | None, Field(examples=["2027-06-30"])] = None
    """The last day on which it is needed. Default: no end."""


class SpokeSettings(StackSettings):
    """A spoke: its isolated network, the hub services and the AWS services that it wants."""

    hub: Annotated[StackName, Field(examples=["hub"])]
    """The hub's stack. `auto`: the nearest, which is the one in the spoke's own Region, else the one that
    serves that Region from its own; where there are none or several, the check says so."""
    team: Annotated[Team, Field(examples=["payments"])]
    """Who owns the spoke; its resources are tagged with it."""
    contact: Annotated[Contact, Field(examples=["payments-oncall@example.com"])]
    """An e-mail address that answers when a line fails or a grant runs out."""
    account: Annotated[AccountId, Field(examples=["222222222222"])]
    """The spoke's account id, in quotes. The hub lets in this account, so no two spokes of one account may
    ask for the same service."""
    network: Annotated[
        NetworkSettings, Field(examples=[{"cidr": "10.40.0.0/20", "zones": ["euw1-az1", "euw1-az2"]}])
    ]
    """The spoke's isolated network."""
    price_limit: Annotated[StrictInt | None, Field(ge=1, examples=[150])] = None
    """What the spoke's endpoints may cost, in whole US dollars of list price a month, data apart. Default: no
    limit."""
    services: Annotated[
        Mapping[ServiceName, RequestSettings],
        Field(
            default_factory=lambda: MappingProxyType({}),
            examples=[{"logging": {"reason": "ship application logs"}}],
        ),
        *Frozen,
    ]
    """The requested hub services by name."""
    aws: Annotated[
        Annotated[tuple[AwsService, ...], Unique("service"), Tag("list")]
        | Annotated[
            Mapping[AwsService, AwsAccess],
            ByKey({name: ACCESS.get(name, AwsAccess) for name in sorted(AWS_SERVICES)}, own_actions),
            Tag("mapping"),
        ],
        Discriminator(_form),
        Field(
            examples=[
                ["s3", "dynamodb", "kms", "sts"],
                {"s3": {"buckets": ["payments-data"]}, "dynamodb": {"tables": ["orders"]}, "kms": {}},
            ]
        ),
    ] = ()
    """AWS services to reach from inside: gateway endpoints for s3 and dynamodb, interface endpoints for the
    rest. As a list, each with what workloads call on all of the organisation's resources; as a mapping, with
    what each is narrowed or widened to."""
    alarms: Annotated[AlarmSettings, Field(examples=[{"emails": ["payments-oncall@example.com"]}])] = (
        AlarmSettings()
    )
    """What watches the lines to the hub's services."""

    @property
    def aws_access(self) -> Mapping[AwsService, AwsAccess]:
        """What is asked of each AWS service, as far as the file says."""
        return self.aws if isinstance(self.aws, Mapping) else {}
