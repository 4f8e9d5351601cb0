"""Containers behind a load balancer that take what spokes send."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

import pulumi
from pulumi_aws import cloudwatch, ec2, ecs, iam, vpc

from components import front, naming
from components.errors import ArgumentError
from components.partition import dns_suffix, partition

CPU_UNITS = 512
MEMORY_MIB = 2048
"""A size that Fargate offers with 512 CPU units ("Amazon ECS Developer Guide, Task size")."""

PLATFORM_VERSION = "1.4.0"
"""The only current Linux platform ("Amazon ECS Developer Guide, Fargate platform versions for Amazon
ECS")."""

_IMAGE = re.compile(
    r"(?P<account>[0-9]{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.(?:[a-z0-9.-]+?)/(?P<repository>[^:@]+)(?:[:@].+)?"
)


ENVOY = "/usr/local/bin/envoy"
"""Where Envoy is in the images of its maintainers, some of which begin with a script that writes files (its
repository, ``ci/Dockerfile-envoy``)."""

NOBODY = "65532:65532"
"""A user without a name or rights; the proxy needs none."""

READY_SECONDS = 180
"""For how long after a task's start the load balancer's health checks do not count."""


class Images(TypedDict):
    """The containers' images, in private ECR registries: all that an isolated network can pull from."""

    front: str
    """Envoy, as its maintainers build it: its configuration is in the task definition."""
    intake: str
    """Landline's own intake."""


class CollectorArgs(TypedDict):
    """What a `Collector` needs."""

    cluster_arn: pulumi.Input[str]
    vpc_id: pulumi.Input[str]
    subnet_ids: pulumi.Input[Sequence[pulumi.Input[str]]]
    account: str
    """The account's id."""
    region: str
    """The Region's code."""
    images: Images
    certificate_secret_arn: pulumi.Output[str] | None
    """The secret with the certificate and key with which the proxy ends TLS. None where the load balancer
    does."""
    target_groups: Mapping[int, pulumi.Input[str]]
    """The target group's ARN for each port that clients connect to. The proxy listens on one for all."""
    load_balancer_security_group_id: pulumi.Input[str]
    """The only group that may connect to the proxy; it gets the way out to it here."""
    client_security_group_id: pulumi.Input[str]
    """The group with the way to the network's AWS-service endpoints."""
    environment: Mapping[str, pulumi.Input[str]]
    """What the intake is told."""
    task_statements: Sequence[Mapping[str, Any]]
    """What the container may do in AWS, as IAM policy statements; their values may be outputs."""
    task_count: int
    """How many run side by side."""


class Collector(pulumi.ComponentResource):
    """A Fargate service in private subnets that only its load balancer can reach.

    Each task is a proxy (`components.front`) and, behind it on the loopback address that they share, the
    intake. The proxy starts once the intake is healthy, and the task ends with either.
    """

    service_arn: pulumi.Output[str]
    security_group_id: pulumi.Output[str]

    def __init__(self, name: str, args: CollectorArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("landline:index:Collector", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)

        security_group = self._security_group(name, args)
        logs = cloudwatch.LogGroup(f"{name}-logs", retention_in_days=90, opts=child)
        execution = _role(f"{name}-execution", "Starts the collector's containers", child)
        pull = iam.RolePolicy(
            f"{name}-pull",
            role=execution.id,
            policy=pulumi.Output.json_dumps(
                {"Version": "2012-10-17", "Statement": _execution_statements(args, logs.arn)}
            ),
            opts=child,
        )
        task = _role(f"{name}-task", "What the collector's containers may do", child)
        work = iam.RolePolicy(
            f"{name}-work",
            role=task.id,
            policy=pulumi.Output.json_dumps(
                {"Version": "2012-10-17", "Statement": list(args["task_statements"])}
            ),
            opts=child,
        )
        definition = ecs.TaskDefinition(
            f"{name}-tasks",
            family=name,
            cpu=str(CPU_UNITS),
            memory=str(MEMORY_MIB),
            network_mode="awsvpc",
            requires_compatibilities=["FARGATE"],
            runtime_platform={"operating_system_family": "LINUX", "cpu_architecture": "X86_64"},
            execution_role_arn=execution.arn,
            task_role_arn=task.arn,
            container_definitions=pulumi.Output.json_dumps(
                [_front(args, logs.name), _intake(args, logs.name)]
            ),
            opts=child,
        )
        service = ecs.Service(
            f"{name}-service",
            cluster=args["cluster_arn"],
            task_definition=definition.arn,
            desired_count=args["task_count"],
            launch_type="FARGATE",
            platform_version=PLATFORM_VERSION,
            network_configuration={
                "subnets": args["subnet_ids"],
                "security_groups": [security_group.id, args["client_security_group_id"]],
                "assign_public_ip": False,
            },
            load_balancers=[
                {"target_group_arn": group, "container_name": "front", "container_port": front.PORT}
                for group in args["target_groups"].values()
            ],
            health_check_grace_period_seconds=READY_SECONDS,
            deployment_circuit_breaker={"enable": True, "rollback": True},
            # A shell into a container would be a way in that no security group sees.
            enable_execute_command=False,
            propagate_tags="SERVICE",
            opts=pulumi.ResourceOptions(parent=self, depends_on=[pull, work]),
        )

        self.service_arn = service.arn
        self.security_group_id = security_group.id
        self.register_outputs({"service_arn": self.service_arn, "security_group_id": self.security_group_id})

    def _security_group(self, name: str, args: CollectorArgs) -> "ec2.SecurityGroup":
        child = pulumi.ResourceOptions(parent=self)
        group = ec2.SecurityGroup(
            f"{name}-security-group",
            vpc_id=args["vpc_id"],
            description="Collector, open to its load balancer",
            tags={"Name": f"{name}"},
            opts=child,
        )
        vpc.SecurityGroupIngressRule(
            f"{name}-ingress-{front.PORT}",
            security_group_id=group.id,
            ip_protocol="tcp",
            from_port=front.PORT,
            to_port=front.PORT,
            referenced_security_group_id=args["load_balancer_security_group_id"],
            description="Connections and health checks from the load balancer",
            opts=child,
        )
        vpc.SecurityGroupEgressRule(
            f"{name}-load-balancer-egress-{front.PORT}",
            security_group_id=args["load_balancer_security_group_id"],
            ip_protocol="tcp",
            from_port=front.PORT,
            to_port=front.PORT,
            referenced_security_group_id=group.id,
            description="Connections and health checks to the collector",
            opts=child,
        )
        return group


def repository_arn(image: str) -> str:
    """The ARN of the ECR repository that holds `image`.

    Raises `ArgumentError` when the image is in no private ECR registry.
    """
    match = _IMAGE.fullmatch(image)
    if match is None:
        raise ArgumentError(
            f"image: {image} is in no private ECR registry; "
            "write <account>.dkr.ecr.<region>.amazonaws.com/<repository>:<tag>"
        )
    region, account = match["region"], match["account"]
    return f"arn:{partition(region)}:ecr:{region}:{account}:repository/{match['repository']}"


def _role(name: str, description: str, opts: pulumi.ResourceOptions) -> "iam.Role":
    trust = {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Principal": {"Service": "ecs-tasks.amazonaws.com"},
            "Action": "sts:AssumeRole",
        },
    }
    return iam.Role(
        naming.fit(name, naming.ROLE),
        description=description,
        assume_role_policy=json.dumps(trust),
        opts=opts,
    )


def _execution_statements(args: CollectorArgs, log_group_arn: pulumi.Output[str]) -> list[dict[str, Any]]:
    statements: list[dict[str, Any]] = [
        # It names no resource ("Service Authorization Reference, Actions defined by Amazon ECR").
        {"Effect": "Allow", "Action": "ecr:GetAuthorizationToken", "Resource": "*"},
        {
            "Effect": "Allow",
            "Action": [
                "ecr:BatchCheckLayerAvailability",
                "ecr:BatchGetImage",
                "ecr:GetDownloadUrlForLayer",
            ],
            "Resource": sorted(
                {repository_arn(args["images"]["front"]), repository_arn(args["images"]["intake"])}
            ),
        },
        {
            "Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": log_group_arn.apply(lambda arn: f"{arn}:*"),
        },
    ]
    secret = args["certificate_secret_arn"]
    if secret is not None:
        # The second is for a secret under a key of the user's own ("Amazon ECS Developer Guide, Pass Secrets
        # Manager secrets through Amazon ECS environment variables").
        region = args["region"]
        statements += [
            {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": secret},
            {
                "Effect": "Allow",
                "Action": "kms:Decrypt",
                "Resource": f"arn:{partition(region)}:kms:{region}:{args['account']}:key/*",
                "Condition": {
                    "StringEquals": {
                        "kms:ViaService": f"secretsmanager.{region}.{dns_suffix(region)}",
                        "kms:EncryptionContext:SecretARN": secret,
                    }
                },
            },
        ]
    return statements


def _front(args: CollectorArgs, log_group: pulumi.Output[str]) -> dict[str, Any]:
    secret = args["certificate_secret_arn"]
    configuration = front.front_configuration(
        {"tls": secret is not None, "port": front.PORT, "intake_port": front.INTAKE_PORT}
    )
    container = {
        "name": "front",
        "image": args["images"]["front"],
        "essential": True,
        "user": NOBODY,
        "readonlyRootFilesystem": True,
        "entryPoint": [ENVOY],
        "command": front.front_command(configuration),
        "portMappings": [{"containerPort": front.PORT, "protocol": "tcp"}],
        "dependsOn": [{"containerName": "intake", "condition": "HEALTHY"}],
        "logConfiguration": _log(args, log_group, "front"),
    }
    if secret is not None:
        # A key of the secret's JSON stands after its ARN ("Amazon ECS Developer Guide, Pass Secrets Manager
        # secrets through Amazon ECS environment variables").
        container["secrets"] = [
            {
                "name": front.CERTIFICATE_VARIABLE,
                "valueFrom": secret.apply(lambda arn: f"{arn}:certificate::"),
            },
            {"name": front.KEY_VARIABLE, "valueFrom": secret.apply(lambda arn: f"{arn}:key::")},
        ]
    return container


def _intake(args: CollectorArgs, log_group: pulumi.Output[str]) -> dict[str, Any]:
    asks = (
        "import urllib.request as r; "
        f"r.urlopen('http://127.0.0.1:{front.INTAKE_PORT}{front.HEALTH_PATH}', timeout=4)"
    )
    return {
        "name": "intake",
        "image": args["images"]["intake"],
        "essential": True,
        "readonlyRootFilesystem": True,
        "environment": [{"name": key, "value": value} for key, value in sorted(args["environment"].items())],
        # The image is Python's.
        "healthCheck": {
            "command": ["CMD", "python", "-c", asks],
            "interval": 10,
            "timeout": 5,
            "retries": 3,
            "startPeriod": 60,
        },
        "logConfiguration": _log(args, log_group, "intake"),
    }


def _log(args: CollectorArgs, log_group: pulumi.Output[str], container: str) -> dict[str, Any]:
    return {
        "logDriver": "awslogs",
        "options": {
            "awslogs-group": log_group,
            "awslogs-region": args["region"],
            "awslogs-stream-prefix": container,
        },
    }
