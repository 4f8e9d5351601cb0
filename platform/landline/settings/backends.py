"""What stands behind a hub service's load balancer, by `kind`."""

import re
from collections.abc import Callable
from ipaddress import AddressValueError, IPv4Address, IPv4Network
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    StrictBool,
    StrictInt,
    ValidationInfo,
    model_validator,
)

from landline.settings.common import Settings, Switch
from landline.settings.fields import Place, Port, Unique, place, wrong

LONGEST_RETENTION_DAYS = 36500
"""The longest default retention of S3 Object Lock ("Amazon S3 API Reference, DefaultRetention")."""

IMAGE_REFUSED = (
    "is two containers' now, and the same for all services",
    "write landline:hub.images: {front: <image>, intake: <image>}",
)

TARGET_RANGES = tuple(
    IPv4Network(block) for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")
)
"""Where `ip` targets may lie ("Network Load Balancer guide, Target groups")."""


CLOUDWATCH_RETENTION_DAYS = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
    *(1096, 1827, 2192, 2557, 2922, 3288, 3653),
)
"""("Amazon CloudWatch Logs API Reference, PutRetentionPolicy".)"""


def _cloudwatch_days(days: int) -> int:
    if days not in CLOUDWATCH_RETENTION_DAYS:
        longer = next((one for one in CLOUDWATCH_RETENTION_DAYS if one > days), CLOUDWATCH_RETENTION_DAYS[-1])
        raise wrong("is no time for which CloudWatch Logs keeps events", f"write for example {longer}")
    return days


Retention = Annotated[StrictInt, Field(ge=1, le=LONGEST_RETENTION_DAYS, examples=[400])]


def _certificate_secret(value: object, info: ValidationInfo) -> str:
    where = place(info)
    example = (
        f"arn:aws:secretsmanager:{where.region or 'eu-west-1'}:{where.account or '111111111111'}"
        ":secret:<name>-<six characters>"
    )
    arn = (
        re.fullmatch(
            r"arn:aws[a-z-]*:secretsmanager:([a-z0-9-]+):([0-9]{12}):secret:[A-Za-z0-9/_+=.@!-]+-[A-Za-z0-9]{6}",
            value,
        )
        if isinstance(value, str)
        else None
    )
    if arn is None:
        # ECS needs the whole ARN to pick a key of the JSON.
        raise wrong("is no whole ARN of a Secrets Manager secret", f"write {example}")
    if (where.region or arn[1], where.account or arn[2]) != (arn[1], arn[2]):
        raise wrong("is a secret outside the hub's account and Region", f"write one of its own: {example}")
    return arn[0]


CertificateSecret = Annotated[
    str,
    BeforeValidator(_certificate_secret),
    Field(examples=["arn:aws:secretsmanager:eu-west-1:111111111111:secret:logging-tls-a1B2c3"]),
]


class LogArchive(Settings):
    """Containers that take logs, in front of Firehose and an S3 bucket with Object Lock."""

    refused_keys: ClassVar[dict[str, tuple[str, str]]] = {"image": IMAGE_REFUSED}

    kind: Literal["log-archive"]
    """A log archive."""
    retention_days: Retention
    """How long Object Lock keeps each log object, 1 to 36500 days."""
    mode: Literal["governance", "compliance"] = "governance"
    """Object Lock's mode. Nobody, not even the root user, can shorten `compliance`."""
    glacier_after_days: Retention | None = 90
    """After how many days log objects move to S3 Glacier Instant Retrieval, 1 to 36500; null for never."""
    expire_after_days: Retention | None = None
    """After how many days log objects are deleted, not before their lock ends: `retention_days` to 36500.
    Default: never."""
    cloudwatch_days: Annotated[StrictInt, AfterValidator(_cloudwatch_days), Field(examples=[30])] | None = (
        None
    )
    """For how many days a CloudWatch log group keeps the records too, to search in: 1, 3, 5, 7, 14, 30, 60,
    90, … as CloudWatch offers it. Records over 256 KB are refused then. Default: the archive alone."""
    certificate_secret: CertificateSecret | None = None
    """The ARN of a Secrets Manager secret of the hub's account: JSON with the certificate and its chain under
    `certificate` and the private key under `key`, both PEM. The containers end TLS with it. Default: a secret
    that the hub makes and you fill. Not with the service's own `certificate`."""

    @model_validator(mode="after")
    def _kept_as_long_as_locked(self) -> Self:
        expire, glacier = self.expire_after_days, self.glacier_after_days
        if expire is not None and expire < self.retention_days:
            raise wrong(
                f"deletes after {expire} days what is locked for {self.retention_days}",
                f"write expire_after_days: {self.retention_days} or more",
            )
        if expire is not None and glacier is not None and expire <= glacier:
            raise wrong(
                f"deletes after {expire} days what moves to Glacier after {glacier}",
                "write glacier_after_days: null, or a later expire_after_days",
            )
        return self


class FindingsIntake(Settings):
    """Containers that take findings, in front of an encrypted bucket, an EventBridge bus and Security Hub."""

    refused_keys: ClassVar[dict[str, tuple[str, str]]] = {"image": IMAGE_REFUSED}

    kind: Literal["findings-intake"]
    """An intake for security findings."""
    retention_days: Retention = 365
    """How long findings are kept, 1 to 36500 days."""
    security_hub: Switch = False
    """Whether findings in ASFF are imported into Security Hub too. It must be on in the hub's account and
    Region: while it is not, no finding is acknowledged."""
    certificate_secret: CertificateSecret | None = None
    """The ARN of a Secrets Manager secret of the hub's account: JSON with the certificate and its chain under
    `certificate` and the private key under `key`, both PEM. The containers end TLS with it. Default: a secret
    that the hub makes and you fill. Not with the service's own `certificate`."""


class HealthCheck(Settings):
    """How the load balancer tells a healthy target."""

    protocol: Literal["tcp", "http", "https"]
    """Over which the targets are asked."""
    port: Port | None = None
    """Default: the port that gets the traffic."""
    path: Annotated[str | None, Field(pattern=r"^/[!-~]{0,1023}$", examples=["/healthz"])] = None
    """What to ask for, over http and https only. Default: `/`."""

    @model_validator(mode="after")
    def _path_needs_http(self) -> Self:
        if self.path is not None and self.protocol == "tcp":
            raise wrong("has a path, and a tcp check asks for none", "remove path, or write protocol: http")
        return self


class Targets(Settings):
    """A service of your own: instances, addresses or an Application Load Balancer in the hub."""

    kind: Literal["targets"]
    """A service of your own."""
    target_type: Literal["instance", "ip", "alb"]
    """What `targets` lists."""
    port: Annotated[Port, Field(examples=[8443])]
    """The targets' port. For `alb` it must be the port of one of its listeners."""
    targets: Annotated[
        tuple[str, ...], Field(min_length=1, examples=[["10.0.1.10", "10.0.3.10"]]), Unique("target")
    ]
    """Instance ids, IPv4 addresses or one load balancer's ARN, as `target_type` says."""
    health_check: HealthCheck | None = None
    """Default: tcp on the traffic port; for `alb`, http on it with the path `/`."""
    proxy_protocol: StrictBool = False
    """Whether each connection, health checks too, begins with a PROXY protocol v2 header, which names the
    endpoint that it came through. Targets that cannot read it fail. Not for `alb`."""
    tls: StrictBool = False
    """Whether the load balancer, once it has ended the client's TLS with the service's `certificate`, speaks
    TLS to the targets too; it does not check theirs. Not for `alb`."""

    @model_validator(mode="after")
    def _targets_match_type(self, info: ValidationInfo) -> Self:
        check = _TARGET_CHECKS[self.target_type]
        for target in self.targets:
            check(target, place(info))
        if self.target_type == "alb":
            if len(self.targets) > 1:
                raise wrong(
                    "names several load balancers, and a target group takes one ALB",
                    "write one ARN, or a service for each",
                )
            if self.proxy_protocol:
                raise wrong(
                    "has proxy_protocol, and an ALB takes none",
                    "remove proxy_protocol; the ALB's own X-Forwarded-For names the load balancer",
                )
            if self.tls:
                raise wrong(
                    "has tls, and an ALB as a target takes TCP only", "remove tls, and end TLS at the ALB"
                )
            if self.health_check is not None and self.health_check.protocol == "tcp":
                raise wrong(
                    "checks an ALB over tcp, which AWS does not offer", "write health_check: {protocol: http}"
                )
        return self


def _instance(target: str, _: Place) -> None:
    if not re.fullmatch(r"i-(?:[0-9a-f]{8}|[0-9a-f]{17})", target):
        raise wrong(
            f"names a target that is no instance id: {target!r}", "write targets: [i-0123456789abcdef0]"
        )


def _address(target: str, _: Place) -> None:
    try:
        address = IPv4Address(target)
    except AddressValueError:
        raise wrong(
            f"names a target that is no IPv4 address: {target!r}", "write targets: [10.0.1.10]"
        ) from None
    if not any(address in block for block in TARGET_RANGES):
        raise wrong(
            f"names a target outside the private ranges that AWS allows: {target}",
            f"write an address in {', '.join(str(block) for block in TARGET_RANGES)}",
        )


def _load_balancer(target: str, where: Place) -> None:
    arn = re.fullmatch(
        r"arn:aws[a-z-]*:elasticloadbalancing:([a-z0-9-]+):([0-9]{12}):loadbalancer/app/[A-Za-z0-9-]{1,32}/[0-9a-f]{16}",
        target,
    )
    example = (
        f"arn:aws:elasticloadbalancing:{where.region or 'eu-west-1'}:{where.account or '111111111111'}"
        ":loadbalancer/app/<name>/<id>"
    )
    if arn is None:
        raise wrong(
            f"names a target that is no Application Load Balancer's ARN: {target!r}",
            f"write targets: [{example}]",
        )
    if (where.region or arn[1], where.account or arn[2]) != (arn[1], arn[2]):
        raise wrong(
            f"names a load balancer outside the hub's account and Region: {target}",
            f"write one in the hub's own VPC: {example}",
        )


_TARGET_CHECKS: dict[str, Callable[[str, Place], Any]] = {
    "instance": _instance,
    "ip": _address,
    "alb": _load_balancer,
}

Backend = Annotated[LogArchive | FindingsIntake | Targets, Field(discriminator="kind")]
BACKEND_KINDS = ("findings-intake", "log-archive", "targets")
