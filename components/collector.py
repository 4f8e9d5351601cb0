"""Containers behind a load balancer that take what spokes send."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

import pulumi
from pulumi_aws import cloudwatch, ec2, ecs, iam, vpc

from components import naming
from components.errors import ArgumentError
from components.partition import partition

CPU_UNITS = 512
MEMORY_MIB = 1024
"""A size that Fargate offers with 512 CPU units ("Amazon ECS Developer Guide, Task size")."""

PLATFORM_VERSION = "1.4.0"
"""The only current Linux platform ("Amazon ECS Developer Guide, Fargate platform versions for Amazon
ECS")."""

_IMAGE = re.compile(
    r"(?P<account>[0-9]{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.(?:[a-z0-9.-]+?)/(?P<repository>[^:@]+)(?:[:@].+)?"
)


class CollectorArgs(TypedDict):
    """What a `Collector` needs."""

    cluster_arn: pulumi.Input[str]
    vpc_id: pulumi.Input[str]
    subnet_ids: pulumi.Input[Sequence[pulumi.Input[str]]]
    region: str
    """The Region's code."""
    image: str
    """A container image in a private ECR registry, which is all that an isolated network can pull from."""
    target_groups: Mapping[int, pulumi.Input[str]]
    """The target group's ARN for each port on which the container listens."""
    load_balancer_security_group_id: pulumi.Input[str]
    """The only group that may connect to the container; it gets the way out to it here."""
    client_security_group_id: pulumi.Input[str]
    """The group with the way to the network's AWS-service endpoints."""
    environment: Mapping[str, pulumi.Input[str]]
    task_statements: Sequence[Mapping[str, Any]]
    """What the container may do in AWS, as IAM policy statements; their values may be outputs."""
    task_count: int
    """How many run side by side."""


class Collector(pulumi.ComponentResource):
    """A Fargate service in private subnets that only its load balancer can reach."""

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
                {"Version": "2012-10-17", "Statement": _execution_statements(args["image"], logs.arn)}
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
            container_definitions=pulumi.Output.json_dumps([_container(args, logs.name)]),
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
                {"target_group_arn": group, "container_name": "collector", "container_port": port}
                for port, group in args["target_groups"].items()
            ],
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
        for port in args["target_groups"]:
            vpc.SecurityGroupIngressRule(
                f"{name}-ingress-{port}",
                security_group_id=group.id,
                ip_protocol="tcp",
                from_port=port,
                to_port=port,
                referenced_security_group_id=args["load_balancer_security_group_id"],
                description="Connections and health checks from the load balancer",
                opts=child,
            )
            vpc.SecurityGroupEgressRule(
                f"{name}-load-balancer-egress-{port}",
                security_group_id=args["load_balancer_security_group_id"],
                ip_protocol="tcp",
                from_port=port,
                to_port=port,
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


def _execution_statements(image: str, log_group_arn: pulumi.Output[str]) -> list[dict[str, Any]]:
    return [
        # It names no resource ("Service Authorization Reference, Actions defined by Amazon ECR").
        {"Effect": "Allow", "Action": "ecr:GetAuthorizationToken", "Resource": "*"},
        {
            "Effect": "Allow",
            "Action": [
                "ecr:BatchCheckLayerAvailability",
                "ecr:BatchGetImage",
                "ecr:GetDownloadUrlForLayer",
            ],
            "Resource": repository_arn(image),
        },
        {
            "Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": log_group_arn.apply(lambda arn: f"{arn}:*"),
        },
    ]


def _container(args: CollectorArgs, log_group: pulumi.Output[str]) -> dict[str, Any]:
    return {
        "name": "collector",
        "image": args["image"],
        "essential": True,
        "readonlyRootFilesystem": True,
        "portMappings": [{"containerPort": port, "protocol": "tcp"} for port in args["target_groups"]],
        "environment": [{"name": key, "value": value} for key, value in sorted(args["environment"].items())],
        "logConfiguration": {
            "logDriver": "awslogs",
            "options": {
                "awslogs-group": log_group,
                "awslogs-region": args["region"],
                "awslogs-stream-prefix": "collector",
            },
        },
    }
