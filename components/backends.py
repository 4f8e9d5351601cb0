"""What can stand behind a hub's service."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Literal, NotRequired, TypedDict

import pulumi
from pulumi_aws import lb, secretsmanager, vpc

from components.collector import Collector, Images
from components.findings_intake import SOURCE, FindingsIntake
from components.grant import spokes_path
from components.log_archive import LogArchive, LogArchiveArgs
from components.partition import partition
from components.private_network import PrivateNetwork
from components.published_service import HealthCheck, PublishedService
from components.workloads import Workloads


class LogArchiveBackend(TypedDict):
    """Containers that write to a stream into a locked bucket."""

    kind: Literal["log-archive"]
    retention_days: int
    mode: Literal["GOVERNANCE", "COMPLIANCE"]
    glacier_after_days: NotRequired[int]
    expire_after_days: NotRequired[int]
    cloudwatch_days: NotRequired[int]
    certificate_secret: NotRequired[str]
    """The ARN of the secret with the certificate. Default: one that is made here, without a value."""


class FindingsIntakeBackend(TypedDict):
    """Containers that write to an encrypted bucket, an EventBridge bus and Security Hub."""

    kind: Literal["findings-intake"]
    retention_days: int
    security_hub: bool
    """Whether Security Hub of the account imports them. It must be on."""
    certificate_secret: NotRequired[str]
    """As that of `LogArchiveBackend`."""


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

_COLLECTOR = ("s3", "ecr.api", "ecr.dkr", "logs", "ec2", "ssm")
"""Every collector's images, whose layers are in S3 ("Amazon ECR User Guide, Amazon ECR interface VPC
endpoints"), its log, and who is behind which endpoint.

None calls KMS: S3, Data Firehose and Secrets Manager do, in the name of whoever calls them and not through
the caller's network (each service's own guide, how it uses AWS KMS). So roles have actions on keys, and the
network has no endpoint for them.
"""

_CALLED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "log-archive": (*_COLLECTOR, "kinesis-firehose"),
        "findings-intake": (*_COLLECTOR, "events"),
        "targets": (),
    }
)


class HubPlace(TypedDict):
    """What of its hub a backend builds on."""

    hub: str
    """The hub's name, as its grants call it."""
    images: Images
    account: str
    region: str
    cidr: str
    zones: Sequence[str]
    network: PrivateNetwork
    workloads: Workloads


def called_services(backends: Iterable[tuple[Backend, bool]]) -> tuple[str, ...]:
    """The AWS services that the backends' containers call, each once, in the order of their names.

    With each backend comes whether its load balancer ends TLS; the containers' certificates are secrets else.
    """
    called: set[str] = set()
    for backend, tls_ended in backends:
        called |= {*_CALLED[backend["kind"]]}
        if backend["kind"] != "targets" and not tls_ended:
            called.add("secretsmanager")
        if backend["kind"] == "findings-intake" and backend["security_hub"]:
            called.add("securityhub")
    return tuple(sorted(called))


def add_backend(
    name: str,
    service: str,
    backend: Backend,
    published: PublishedService,
    place: HubPlace,
    opts: pulumi.ResourceOptions,
    *,
    tls: bool,
) -> pulumi.Output[str] | None:
    """Declares what stands behind a published service, with the way from its load balancer.

    `tls` says whether containers of its own end TLS; the ARN of the secret with their certificate is given
    then.
    """
    if backend["kind"] == "targets":
        _targets(name, backend, published, place, opts)
        return None
    environment: dict[str, pulumi.Input[str]]
    if backend["kind"] == "log-archive":
        args: LogArchiveArgs = {
            "account": place["account"],
            "region": place["region"],
            "retention_days": backend["retention_days"],
            "mode": backend["mode"],
        }
        if "glacier_after_days" in backend:
            args["glacier_after_days"] = backend["glacier_after_days"]
        if "cloudwatch_days" in backend:
            args["cloudwatch_days"] = backend["cloudwatch_days"]
        if "expire_after_days" in backend:
            args["expire_after_days"] = backend["expire_after_days"]
        archive = LogArchive(name, args, opts=opts)
        environment = {"LANDLINE_STREAM": archive.stream_name}
        statements = _stream_statements(archive)
        if archive.log_group is not None:
            environment["LANDLINE_LOG_GROUP"] = archive.log_group.name
            statements.append(
                {
                    "Effect": "Allow",
                    "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
                    "Resource": archive.log_group.arn.apply(lambda arn: f"{arn}:*"),
                }
            )
    else:
        intake = FindingsIntake(
            name,
            {
                "account": place["account"],
                "region": place["region"],
                "retention_days": backend["retention_days"],
                "vpc_id": place["network"].vpc_id,
            },
            opts=opts,
        )
        environment = {
            "LANDLINE_BUCKET": intake.bucket,
            "LANDLINE_BUS": intake.bus_name,
            "LANDLINE_SOURCE": SOURCE,
            "LANDLINE_ACCOUNT": place["account"],
            "LANDLINE_SECURITY_HUB": "on" if backend["security_hub"] else "off",
        }
        statements = _intake_statements(intake)
        if backend["security_hub"]:
            statements.append(_import_statement(place))
    certificate = _certificate_secret(name, service, backend, opts) if tls else None
    environment = {
        **environment,
        "AWS_REGION": place["region"],
        "LANDLINE_BACKEND": backend["kind"],
        "LANDLINE_HUB": place["hub"],
        "LANDLINE_SERVICE": service,
        "LANDLINE_SERVICE_ID": published.service_id,
    }
    statements += _roster_statements(place)
    _collector(name, certificate, environment, statements, published, place, opts)
    return certificate


def _certificate_secret(
    name: str, service: str, backend: LogArchiveBackend | FindingsIntakeBackend, opts: pulumi.ResourceOptions
) -> pulumi.Output[str]:
    if "certificate_secret" in backend:
        return pulumi.Output.from_input(backend["certificate_secret"])
    return secretsmanager.Secret(
        f"{name}-certificate",
        description=f"The certificate of {service}: JSON with certificate and key, both PEM",
        opts=opts,
    ).arn


def roster_parameters(hub: str, region: str, account: str) -> list[str]:
    """The ARNs of what a hub's containers read of its spokes."""
    path = f"arn:{partition(region)}:ssm:{region}:{account}:parameter{spokes_path(hub)}"
    return [path, f"{path}/*"]


def _roster_statements(place: HubPlace) -> list[Mapping[str, Any]]:
    parameters = roster_parameters(place["hub"], place["region"], place["account"])
    return [
        # It knows no resources ("Service Authorization Reference, Actions defined by Amazon EC2").
        {"Effect": "Allow", "Action": "ec2:DescribeVpcEndpointConnections", "Resource": "*"},
        # "Systems Manager User Guide, Restricting access to Parameter Store parameters using IAM policies"
        {"Effect": "Allow", "Action": "ssm:GetParametersByPath", "Resource": parameters},
    ]


def _stream_statements(archive: LogArchive) -> list[Mapping[str, Any]]:
    return [
        {
            "Effect": "Allow",
            "Action": "firehose:PutRecordBatch",
            "Resource": archive.stream_arn,
        },
        # Since April 20, 2026, whoever puts records into a new stream under a key of the customer's own needs
        # these (AWS's notice "Enhanced security controls for Amazon Data Firehose").
        {"Effect": "Allow", "Action": ["kms:Decrypt", "kms:GenerateDataKey"], "Resource": archive.key_arn},
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


def _import_statement(place: HubPlace) -> Mapping[str, Any]:
    """Into the account's default product, which findings of one's own belong to."""
    account, region = place["account"], place["region"]
    return {
        "Effect": "Allow",
        "Action": "securityhub:BatchImportFindings",
        # "Service Authorization Reference, Actions defined by AWS Security Hub"
        "Resource": f"arn:{partition(region)}:securityhub:{region}:{account}:product/{account}/default",
    }


def _collector(
    name: str,
    certificate: pulumi.Output[str] | None,
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
            "account": place["account"],
            "region": place["region"],
            "images": place["images"],
            "certificate_secret_arn": certificate,
            "target_groups": published.target_groups,
            "load_balancer_security_group_id": published.security_group_id,
            "client_security_group_id": workloads.security_group_id,
            "environment": environment,
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
