"""The AWS services that a network can reach through an endpoint of its own.

"AWS PrivateLink guide, AWS services that integrate with AWS PrivateLink" names each with the end of its
service name.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from components.errors import ArgumentError
from components.partition import dns_suffix

EndpointType = Literal["Gateway", "Interface"]


@dataclass(frozen=True, slots=True)
class AwsService:
    """One AWS service behind an endpoint."""

    name: str
    """The end of the service name ``com.amazonaws.<region>.<name>``, and what a stack file calls it."""
    endpoint_type: EndpointType
    hosts: tuple[str, ...]
    """The names in the Region under which clients call it, without the Region and the DNS suffix: ``kms``
    stands for ``kms.eu-west-1.amazonaws.com``, ``*.s3`` for every name below
    ``s3.eu-west-1.amazonaws.com``."""
    policy: str | None
    """The AWS page that says endpoint policies are supported; None when they are not, and access is always
    full."""

    def service_name(self, region: str) -> str:
        """The name that an endpoint gives as its service, such as ``com.amazonaws.eu-west-1.kms``.

        China's Regions call some services ``cn.com.amazonaws.<region>.<name>``; that form is not covered.
        """
        return f"com.amazonaws.{region}.{self.name}"

    def domains(self, region: str) -> tuple[str, ...]:
        """The fully qualified names of `hosts` in a Region, ``*.`` at the front standing for any labels."""
        return tuple(f"{host}.{region}.{dns_suffix(region)}" for host in self.hosts)


def _interface(name: str, guide: str, *hosts: str) -> AwsService:
    return AwsService(name, "Interface", hosts or (name,), guide)


AWS_SERVICES: Mapping[str, AwsService] = MappingProxyType(
    {
        service.name: service
        for service in (
            # s3: virtual-hosted names are CNAMEs to s3-r-w.<region>; dynamodb: account-based endpoints are
            # below ddb.
            AwsService(
                "s3", "Gateway", ("s3", "*.s3"), "AWS PrivateLink guide, Gateway endpoints for Amazon S3"
            ),
            AwsService(
                "dynamodb",
                "Gateway",
                ("dynamodb", "*.ddb"),
                "AWS PrivateLink guide, Gateway endpoints for Amazon DynamoDB",
            ),
            _interface("athena", "Amazon Athena User Guide, Create a VPC endpoint policy for Athena"),
            _interface("autoscaling", "Amazon EC2 Auto Scaling User Guide, Create a VPC endpoint policy"),
            _interface(
                "cloudtrail", "AWS CloudTrail User Guide, Using CloudTrail with interface VPC endpoints"
            ),
            _interface("config", "AWS Config Developer Guide, Using AWS Config with interface VPC endpoints"),
            _interface("ec2", "Amazon EC2 User Guide, Create an endpoint policy"),
            _interface("ecr.api", "Amazon ECR User Guide, Create an endpoint policy", "api.ecr"),
            _interface("ecr.dkr", "Amazon ECR User Guide, Create an endpoint policy", "dkr.ecr", "*.dkr.ecr"),
            _interface("ecs", "Amazon ECS Developer Guide, Create an endpoint policy"),
            _interface("ecs-agent", "Amazon ECS Developer Guide, Create an endpoint policy", "ecs-a"),
            _interface("ecs-telemetry", "Amazon ECS Developer Guide, Create an endpoint policy", "ecs-t"),
            _interface(
                "elasticloadbalancing", "Elastic Load Balancing User Guide, Create a VPC endpoint policy"
            ),
            _interface(
                "events", "Amazon EventBridge User Guide, Using EventBridge with interface VPC endpoints"
            ),
            _interface(
                "execute-api",
                "Amazon API Gateway Developer Guide, Use VPC endpoint policies for private APIs",
                "execute-api",
                "*.execute-api",
            ),
            _interface("glue", "AWS Glue Developer Guide, Interface VPC endpoints"),
            _interface(
                "guardduty-data",
                "Amazon GuardDuty User Guide, Creating a VPC endpoint for Runtime Monitoring",
            ),
            _interface(
                "kinesis-firehose",
                "Amazon Data Firehose Developer Guide, Using interface VPC endpoints",
                "firehose",
            ),
            _interface(
                "kinesis-streams",
                "Amazon Kinesis Data Streams Developer Guide, Control access to VPC endpoints",
                "kinesis",
                "*.control-kinesis",
                "*.data-kinesis",
            ),
            _interface("kms", "AWS KMS Developer Guide, Control access to a VPC endpoint"),
            _interface("lambda", "AWS Lambda Developer Guide, Creating an interface endpoint for Lambda"),
            _interface("logs", "Amazon CloudWatch Logs User Guide, Creating a VPC endpoint policy"),
            _interface("monitoring", "Amazon CloudWatch User Guide, Creating a VPC endpoint policy"),
            _interface("secretsmanager", "AWS Secrets Manager User Guide, Create an endpoint policy"),
            _interface("securityhub", "AWS Security Hub User Guide, Creating a VPC endpoint policy"),
            _interface("sns", "Amazon SNS Developer Guide, Creating an Amazon VPC policy for Amazon SNS"),
            _interface("sqs", "Amazon SQS Developer Guide, Creating an Amazon VPC endpoint policy"),
            _interface("ssm", "AWS Systems Manager User Guide, Create a VPC endpoint policy"),
            _interface("ssmmessages", "AWS Systems Manager User Guide, Create a VPC endpoint policy"),
            _interface(
                "states", "AWS Step Functions Developer Guide, VPC endpoint policies", "states", "sync-states"
            ),
            _interface("sts", "IAM User Guide, Interface VPC endpoints for AWS STS"),
            _interface("xray", "AWS X-Ray Developer Guide, Using AWS X-Ray with VPC endpoints"),
        )
    }
)
"""The services by name. That cloudtrail, config, ecs-agent, ecs-telemetry and ssmmessages take a policy is an
assumption; AWS refuses the endpoint if one does not."""


def aws_service(name: str) -> AwsService:
    """The service called `name`. Raises `ArgumentError` with the known names when there is none."""
    service = AWS_SERVICES.get(name)
    if service is None:
        raise ArgumentError(
            f"no AWS service is called {name!r} here; write one of {', '.join(sorted(AWS_SERVICES))}"
        )
    return service


def domains(names: Iterable[str], region: str) -> tuple[str, ...]:
    """The DNS names that clients of these services resolve, each once, in order."""
    return tuple(sorted({domain for name in names for domain in aws_service(name).domains(region)}))


def has_gateway(names: Iterable[str]) -> bool:
    """Whether one of these services is reached through a gateway endpoint."""
    return any(aws_service(name).endpoint_type == "Gateway" for name in names)
