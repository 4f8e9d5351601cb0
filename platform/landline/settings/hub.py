"""Settings of a hub stack: its isolated network and the services it offers."""

import re
from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal, Self

from pydantic import BeforeValidator, Field, StrictInt, ValidationInfo, model_validator

from landline.settings.alarms import AlarmSettings
from landline.settings.backends import Backend, FindingsIntake, LogArchive, Targets
from landline.settings.common import NetworkSettings, Settings, StackSettings
from landline.settings.fields import (
    AccountId,
    Frozen,
    HostedZoneId,
    Organization,
    OtherRegion,
    Port,
    PrivateDnsName,
    PublicDomain,
    ServiceName,
    Team,
    Unique,
    place,
    wrong,
)
from landline.settings.images import EXAMPLE, Images
from landline.settings.spoke import POLICY_REFUSED

LISTENERS = 50
"""A Network Load Balancer's default quota of listeners ("Network Load Balancer guide, Quotas")."""

TASK_TARGET_GROUPS = 5
"""In how many target groups ECS registers a service's tasks ("Amazon ECS Developer Guide, Registering
multiple target groups with an Amazon ECS service")."""


def _certificate(value: object, info: ValidationInfo) -> str:
    where = place(info)
    example = f"arn:aws:acm:{where.region or 'eu-west-1'}:{where.account or '111111111111'}:certificate/<id>"
    arn = (
        re.fullmatch(r"arn:aws[a-z-]*:acm:([a-z0-9-]+):([0-9]{12}):certificate/[A-Za-z0-9-]{1,64}", value)
        if isinstance(value, str)
        else None
    )
    if arn is None:
        raise wrong("is no ARN of an ACM certificate", f"write {example}")
    if (where.region or arn[1], where.account or arn[2]) != (arn[1], arn[2]):
        raise wrong(
            "is a certificate outside the hub's account and Region", f"write one of its own: {example}"
        )
    return arn[0]


class ServiceSettings(Settings):
    """One service: its own load balancer and endpoint service, and what stands behind them."""

    refused_keys: ClassVar[dict[str, tuple[str, str]]] = {"policy": POLICY_REFUSED}

    backend: Annotated[Backend, Field(examples=[{"kind": "log-archive", "retention_days": 400}])]
    """What stands behind the load balancer."""
    ports: Annotated[
        tuple[Port, ...], Field(min_length=1, max_length=LISTENERS, examples=[[443]]), Unique("port")
    ]
    """The TCP ports that clients connect to, 1 to 65535."""
    lane: Annotated[Literal["standing", "accepted"], Field(examples=["standing"])]
    """`standing`: the allow-list is the gate. `accepted`: each connection is accepted too."""
    certificate: Annotated[
        Annotated[str, BeforeValidator(_certificate)] | None,
        Field(
            examples=["arn:aws:acm:eu-west-1:111111111111:certificate/12345678-1234-1234-1234-123456789012"]
        ),
    ] = None
    """The ARN of an ACM certificate: the load balancer ends TLS with it. Default: TCP, passed through as it
    comes; the containers of a log archive or a findings intake end TLS themselves then."""
    endpoints: Annotated[StrictInt | None, Field(ge=1, le=10_000, examples=[2])] = None
    """How many endpoints may be connected: one for each spoke that is granted the service. One more raises an
    alarm. Default: one for each of the hub's `accounts`; without those any number, and no alarm."""

    private_dns_name: Annotated[PrivateDnsName | None, Field(examples=["logging.example.com"])] = None
    """A name of the service's own, in the hub's public zone: inside spokes it leads to their endpoints,
    beside the local name. For the standing lane. It can be changed, and not taken away again. Default:
    none."""

    @model_validator(mode="after")
    def _named_at_once(self) -> Self:
        if self.private_dns_name is not None and self.lane == "accepted":
            raise wrong(
                "has a private_dns_name in the accepted lane, and AWS gives an endpoint the name only after "
                "its connection was accepted",
                "write lane: standing, or remove private_dns_name: spokes have the local name",
            )
        return self

    @model_validator(mode="after")
    def _tls_needs_a_certificate(self) -> Self:
        if self.certificate is None and isinstance(self.backend, Targets) and self.backend.tls:
            raise wrong(
                "has tls to its targets and no certificate, so the clients' own TLS goes through to them",
                "remove tls, or add certificate: the ARN of an ACM certificate",
            )
        return self

    @model_validator(mode="after")
    def _tls_ends_once(self) -> Self:
        backend = self.backend
        if (
            self.certificate is not None
            and isinstance(backend, LogArchive | FindingsIntake)
            and backend.certificate_secret is not None
        ):
            raise wrong(
                "has a certificate at the load balancer and a certificate_secret, and TLS ends once",
                "remove one of them",
            )
        return self

    @model_validator(mode="after")
    def _containers_take_few_ports(self) -> Self:
        if len(self.ports) > TASK_TARGET_GROUPS and not isinstance(self.backend, Targets):
            raise wrong(
                f"has {len(self.ports)} ports, and ECS puts a service in {TASK_TARGET_GROUPS} target groups",
                f"write at most {TASK_TARGET_GROUPS} ports; one will do, as all take the same",
            )
        return self

    @model_validator(mode="after")
    def _alb_takes_tcp(self) -> Self:
        if (
            self.certificate is not None
            and isinstance(self.backend, Targets)
            and self.backend.target_type == "alb"
        ):
            raise wrong(
                "has a certificate in front of an ALB, whose target group takes TCP only",
                "remove certificate, and end TLS at the ALB",
            )
        return self


class PublicZoneSettings(Settings):
    """A public hosted zone of Route 53 in the hub's account."""

    id: Annotated[HostedZoneId, Field(examples=["Z0123456789ABCDEFGHIJ"])]
    """Its id."""
    domain: Annotated[PublicDomain, Field(examples=["example.com"])]
    """Its name."""


class HubSettings(StackSettings):
    """The hub: its isolated network and the services it offers behind endpoint services."""

    organization: Annotated[Organization, Field(examples=["o-a1b2c3d4e5"])]
    """The organisation whose identities and resources the endpoint policies let through."""
    account: Annotated[AccountId, Field(examples=["111111111111"])]
    """The hub's account id, in quotes."""
    team: Annotated[Team, Field(examples=["platform"])] = "platform"
    """Who owns the hub; its resources are tagged with it."""
    accounts: Annotated[
        tuple[AccountId, ...] | None, Field(min_length=1, examples=[["222222222222"]]), Unique("account")
    ] = None
    """The accounts that may be spokes of this hub, in quotes. Default: any that a spoke's file names."""
    network: Annotated[
        NetworkSettings, Field(examples=[{"cidr": "10.0.0.0/20", "zones": ["euw1-az1", "euw1-az2"]}])
    ]
    """The hub's isolated network. Its zones are those in which spokes can connect."""
    regions: Annotated[
        tuple[OtherRegion, ...] | None,
        Field(examples=[["eu-central-1"]]),
        Unique("Region"),
    ] = None
    """Other Regions whose spokes may connect. Whoever deploys hub or spoke then needs the permission
    `vpce:AllowMultiRegion`. To take the last one away, write `[]`: what is left out stays as it is. AWS
    publishes no metrics of connections from there. Default: the hub's own Region alone."""
    public_zone: Annotated[
        PublicZoneSettings | None,
        Field(examples=[{"id": "Z0123456789ABCDEFGHIJ", "domain": "example.com"}]),
    ] = None
    """Where services' own names are proven, by a TXT record each. Default: services have local names
    alone."""
    images: Annotated[Images | None, Field(examples=[EXAMPLE])] = None
    """The images of the hub's own containers, pinned by digest. Default: `landline/front:1` and
    `landline/intake:1` in the hub's own registry; deploying warns of it, as a tag pins nothing."""
    services: Annotated[
        Mapping[ServiceName, ServiceSettings],
        Field(
            min_length=1,
            examples=[
                {
                    "logging": {
                        "backend": {"kind": "log-archive", "retention_days": 400},
                        "ports": [443],
                        "lane": "standing",
                    }
                }
            ],
        ),
        *Frozen,
    ]
    """The offered services by name."""
    alarms: Annotated[AlarmSettings, Field(examples=[{"emails": ["platform-oncall@example.com"]}])] = (
        AlarmSettings()
    )
    """What watches the services."""
