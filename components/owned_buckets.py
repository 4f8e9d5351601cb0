"""AWS's own S3 buckets that clients inside may need: exceptions from the perimeter, each asked for by name.

Their requests are unsigned, or signed beforehand by an account of AWS, so that no condition on the
organisation can match them. Each exception names whole buckets, in the endpoint's Region alone.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from components.errors import ArgumentError
from components.partition import dns_suffix, partition

SSM_BUCKETS = "AWS Systems Manager User Guide, SSM Agent communications with AWS managed S3 buckets"


@dataclass(frozen=True, slots=True)
class OwnedBuckets:
    """The buckets of one exception."""

    sid: str
    """The policy statement's name."""
    buckets: tuple[str, ...]
    """Their names, with ``{region}``, or ``{compact}`` for the Region's code without hyphens."""
    page: str
    """The AWS page that says who needs them."""
    hosts: tuple[str, ...] = ()
    """Names that clients resolve beside those of S3 itself, as `AwsService.hosts` has them."""
    answers: bool = False
    """Whether an AWS service's presigned URL is written to, rather than objects read."""

    def statement(self, region: str) -> Mapping[str, Any]:
        """Allows what the exception is for, and nothing else in the buckets."""
        names = [name.format(region=region, compact=region.replace("-", "")) for name in self.buckets]
        statement: dict[str, Any] = {
            "Sid": self.sid,
            "Effect": "Allow",
            "Principal": "*",
            "Action": "s3:PutObject" if self.answers else "s3:GetObject",
            "Resource": [f"arn:{partition(region)}:s3:::{name}/*" for name in names],
        }
        if self.answers:
            statement["Condition"] = {"Bool": {"aws:PrincipalIsAWSService": "true"}}
        return statement


ECR_IMAGE_LAYERS = OwnedBuckets(
    "ReadEcrImageLayers",
    ("prod-{region}-starport-layer-bucket",),
    "Amazon ECR User Guide, Minimum Amazon S3 bucket permissions for Amazon ECR",
)
"""Not asked for: a network with an endpoint to ECR cannot pull without it."""

OWNED_BUCKETS: Mapping[str, OwnedBuckets] = MappingProxyType(
    {
        "amazon-linux": OwnedBuckets(
            "ReadAmazonLinuxPackages",
            (
                "al2023-repos-{region}-de612dc2",
                "al2023-{region}",
                "amazonlinux-2-repos-{region}",
                "amazonlinux.{region}.amazonaws.com",
                "packages.{region}.amazonaws.com",
                "repo.{region}.amazonaws.com",
            ),
            "Amazon Linux User Guides, Kernel Live Patching on AL2 and on AL2023",
            # The repositories' addresses have the dual-stack form of S3's names.
            ("*.s3.dualstack", "amazonlinux", "packages", "repo"),
        ),
        "cloudformation": OwnedBuckets(
            "AnswerCloudFormation",
            ("cloudformation-custom-resource-response-{compact}", "cloudformation-waitcondition-{region}"),
            "AWS CloudFormation User Guide, Setting up VPC endpoints for AWS CloudFormation",
            answers=True,
        ),
        "cloudwatch-agent": OwnedBuckets(
            "ReadCloudWatchAgent",
            ("amazoncloudwatch-agent-{region}",),
            "Amazon CloudWatch User Guide, Download the CloudWatch agent package",
        ),
        "codedeploy-agent": OwnedBuckets(
            "ReadCodeDeployAgent",
            ("aws-codedeploy-{region}",),
            "AWS CodeDeploy User Guide, Use CodeDeploy with Amazon Virtual Private Cloud",
        ),
        "patch-manager": OwnedBuckets(
            "ReadPatchBaselines",
            ("patch-baseline-snapshot-{region}", "aws-patchmanager-macos-{region}"),
            SSM_BUCKETS,
        ),
        "ssm-agent": OwnedBuckets(
            "ReadSsmAgent",
            (
                "aws-ssm-{region}",
                "amazon-ssm-{region}",
                "amazon-ssm-packages-{region}",
                "aws-ssm-distributor-file-{region}",
                "aws-ssm-document-attachments-{region}",
                "{region}-birdwatcher-prod",
                "aws-windows-downloads-{region}",
            ),
            SSM_BUCKETS,
        ),
    }
)
"""The exceptions that can be asked for by name."""


def owned_buckets(name: str) -> OwnedBuckets:
    """The exception called `name`. Raises `ArgumentError` with the known names when there is none."""
    found = OWNED_BUCKETS.get(name)
    if found is None:
        raise ArgumentError(
            f"no buckets of AWS are known as {name!r}; write one of {', '.join(sorted(OWNED_BUCKETS))}"
        )
    return found


def owned_domains(names: Iterable[str], region: str) -> tuple[str, ...]:
    """The DNS names that clients of these exceptions resolve beside those of S3 itself, each once."""
    hosts = {host for name in names for host in owned_buckets(name).hosts}
    return tuple(sorted(f"{host}.{region}.{dns_suffix(region)}" for host in hosts))
