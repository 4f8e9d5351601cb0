"""What stands behind a hub service's load balancer, by `kind`."""

import re
from collections.abc import Callable
from ipaddress import AddressValueError, IPv4Address, IPv4Network
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, StrictBool, StrictInt, ValidationInfo, model_validator

from landline.settings.common import Settings
from landline.settings.fields import Place, Port, Unique, place, wrong

LONGEST_RETENTION_DAYS = 36500
"""The longest default retention of S3 Object Lock ("Amazon S3 API Reference, DefaultRetention")."""

TARGET_RANGES = tuple(
    IPv4Network(block) for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")
)
"""Where `ip` targets may lie ("Network Load Balancer guide, Target groups")."""


def _image(value: object, info: ValidationInfo) -> str:
    where = place(info)
    region = where.region or "eu-west-1"
    suffix = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
    remedy = f"write {where.account or '111111111111'}.dkr.ecr.{region}.{suffix}/<repository>:<tag>"
    if not isinstance(value, str) or not re.fullmatch(r"[!-~]+", value):
        raise wrong("is no container image", remedy)
    registry = re.match(r"[0-9]{12}\.dkr\.ecr\.([a-z0-9-]+)\.(amazonaws\.com(?:\.cn)?)/", value)
    if registry is None or (where.region is not None and (registry[1], registry[2]) != (region, suffix)):
        raise wrong(
            "is in no private ECR registry of the stack's Region, and an isolated hub can pull from no other",
            remedy,
        )
    if not re.fullmatch(
        r"[a-z0-9]+(?:[._/-]+[a-z0-9]+)*(?::[A-Za-z0-9_][A-Za-z0-9._-]{0,127})?@sha256:[0-9a-f]{64}"
        r"|[a-z0-9]+(?:[._/-]+[a-z0-9]+)*:[A-Za-z0-9_][A-Za-z0-9._-]{0,127}",
        value[registry.end() :],
    ):
        raise wrong("names no tag or digest of a repository", remedy)
    return value


Image = Annotated[
    str,
    BeforeValidator(_image),
    Field(examples=["111111111111.dkr.ecr.eu-west-1.amazonaws.com/landline/collector:1"]),
]
Retention = Annotated[StrictInt, Field(ge=1, le=LONGEST_RETENTION_DAYS, examples=[400])]


class LogArchive(Settings):
    """A collector in front of Firehose and an S3 bucket with Object Lock."""

    kind: Literal["log-archive"]
    """A log archive."""
    retention_days: Retention
    """How long Object Lock keeps each log object, 1 to 36500 days."""
    mode: Literal["governance", "compliance"] = "governance"
    """Object Lock's mode. Nobody, not even the root user, can shorten `compliance`."""
    image: Image | None = None
    """The collector's image in a private ECR registry of the Region. Default: `landline/collector:1` of the
    hub's account."""


class FindingsIntake(Settings):
    """A collector in front of an encrypted bucket and an EventBridge bus."""

    kind: Literal["findings-intake"]
    """An intake for security findings."""
    retention_days: Retention = 365
    """How long findings are kept, 1 to 36500 days."""
    image: Image | None = None
    """The collector's image in a private ECR registry of the Region. Default: `landline/collector:1` of the
    hub's account."""


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
