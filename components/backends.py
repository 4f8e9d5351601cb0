"""What can stand behind a hub's service."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Literal, NotRequired, TypedDict

import pulumi
from pulumi_aws import lb, vpc

from components.collector import Collector
from components.findings_intake import SOURCE, FindingsIntake
from components.log_archive import LogArchive
from components.private_network import PrivateNetwork
from components.published_service import HealthCheck, PublishedService
from components.workloads import Workloads


class LogArchiveBackend(TypedDict):
    """A collector that writes to a stream into a locked bucket."""

    kind: Literal["log-archive"]
    image: str
    retention_days: int
    mode: Literal["GOVERNANCE", "COMPLIANCE"]


class FindingsIntakeBackend(TypedDict):
    """A collector that writes to an encrypted bucket and an EventBridge bus."""

    kind: Literal["findings-intake"]
    image: str
    retention_days: int


class TargetsBackend(TypedDict):
    """Targets that somebody else keeps in the hub's network."""

    kind: Literal["targets"]
    target_type: Literal["ip", "instance", "alb"]
    port: int
    targets: Sequence[str]
    """Addresses, instance ids or one ALB's ARN. Their own security group has to let the load balancer's
    in."""
    proxy_protocol: bool
    """Whether they get a PROXY protocol v2 header. Not for ``alb``."""
    tls: bool
    """Whether the load balancer speaks TLS to them. It needs a certificate; not for ``alb``."""
    health_check: NotRequired[HealthCheck]


Backend = LogArchiveBackend | FindingsIntakeBackend | TargetsBackend

_COLLECTOR = ("s3", "ecr.api", "ecr.dkr", "logs", "kms")
"""Every collector's image, whose layers are in S3, its log and its keys ("Amazon ECR User Guide, Amazon ECR
interface VPC endpoints")."""

_CALLED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "log-archive": (*_COLLECTOR, "kinesis-firehose"),
        "findings-intake": (*_COLLECTOR, "events"),
        "targets": (),
    }
)


class HubPlace(TypedDict):
    """What of its hub a backend builds on."""

    account: str
    region: str
    cidr: str
    zones: Sequence[str]
    network: PrivateNetwork
    workloads: Workloads


def called_services(backends: Iterable[Backend]) -> tuple[str, ...]:
    """The AWS services that the backends' containers call, each once, in the order of their names."""
    return tuple(sorted({service for backend in backends for service in _CALLED[backend["kind"]]}))


def add_backend(
    name: str,
    service: str,
    backend: Backend,
    published: PublishedService,
    place: HubPlace,
    opts: pulumi.ResourceOptions,
) -> None:
    """Declares what stands behind a published service, with the way from its load balancer."""
    if backend["kind"] == "targets":
        _targets(name, backend, published, place, opts)
    elif backend["kind"] == "log-archive":
        archive = LogArchive(
            name,
            {
                "account": place["account"],
                "region": place["region"],
                "retention_days": backend["retention_days"],
                "mode": backend["mode"],
            },
            opts=opts,
        )
        environment: dict[str, pulumi.Input[str]] = {"LANDLINE_STREAM": archive.stream_name}
        statements = _stream_statements(archive)
        _collector(name, service, backend["image"], environment, statements, published, place, opts)
    else:
        intake = FindingsIntake(
            name,
            {
                "account": place["account"],
                "region": place["region"],
                "retention_days": backend["retention_days"],
            },
            opts=opts,
        )
        environment = {
            "LANDLINE_BUCKET": intake.bucket,
            "LANDLINE_BUS": intake.bus_name,
            "LANDLINE_SOURCE": SOURCE,
        }
        statements = _intake_statements(intake)
        _collector(name, service, backend["image"], environment, statements, published, place, opts)


def _stream_statements(archive: LogArchive) -> list[Mapping[str, Any]]:
    return [
        {
            "Effect": "Allow",
            "Action": ["firehose:PutRecord", "firehose:PutRecordBatch"],
            "Resource": archive.stream_arn,
        }
    ]


def _intake_statements(intake: FindingsIntake) -> list[Mapping[str, Any]]:
    return [
        {"Effect": "Allow", "Action": "events:PutEvents", "Resource": intake.bus_arn},
        {
            "Effect": "Allow",
            "Action": "s3:PutObject",
            "Resource": intake.bucket_arn.apply(lambda arn: f"{arn}/*"),
        },
        # S3 asks for a data key in the name of whoever writes.
        {"Effect": "Allow", "Action": "kms:GenerateDataKey", "Resource": intake.key_arn},
    ]


def _collector(
    name: str,
    service: str,
    image: str,
    environment: Mapping[str, pulumi.Input[str]],
    statements: Sequence[Mapping[str, Any]],
    published: PublishedService,
    place: HubPlace,
    opts: pulumi.ResourceOptions,
) -> None:
    network, workloads = place["network"], place["workloads"]
    Collector(
        f"{name}-collector",
        {
            "cluster_arn": workloads.cluster_arn,
            "vpc_id": network.vpc_id,
            "subnet_ids": network.subnet_ids,
            "region": place["region"],
            "image": image,
            "target_groups": published.target_groups,
            "load_balancer_security_group_id": published.security_group_id,
            "client_security_group_id": workloads.security_group_id,
            "environment": {
                **environment,
                "LANDLINE_SERVICE": service,
                "LANDLINE_PORTS": ",".join(str(port) for port in published.target_groups),
            },
            "task_statements": statements,
            # Cross-zone balancing is off: each zone needs a target of its own.
            "task_count": len(place["zones"]),
        },
        # ECS refuses a target group that no listener forwards to yet, and containers need their endpoints to
        # start.
        opts=pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=[published, workloads])),
    )


def _targets(
    name: str,
    backend: TargetsBackend,
    published: PublishedService,
    place: HubPlace,
    opts: pulumi.ResourceOptions,
) -> None:
    for port, group in published.target_groups.items():
        for target in backend["targets"]:
            lb.TargetGroupAttachment(
                f"{name}-target-{port}-{target}",
                target_group_arn=group,
                target_id=target,
                port=backend["port"],
                # An ALB can be registered only once the target group has a listener.
                opts=pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=[published])),
            )
    check = backend.get("health_check", {})
    for port in sorted({backend["port"], check.get("port", backend["port"])}):
        vpc.SecurityGroupEgressRule(
            f"{name}-targets-egress-{port}",
            security_group_id=published.security_group_id,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            cidr_ipv4=place["cidr"],
            description="Connections and health checks to the targets",
            opts=opts,
        )
