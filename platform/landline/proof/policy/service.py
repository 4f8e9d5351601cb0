"""The services behind endpoints: their actions, their ARNs, and AWS's own buckets.

Nothing here narrows the requests of a service that is not listed: then any action on any ARN counts as
possible.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from landline.proof.policy.language import (
    ANY,
    DIGIT,
    LOWER,
    LOWER_HYPHEN,
    NAME,
    NOT_COLON,
    Charset,
    Language,
    Pattern,
    exactly,
    literal,
    some,
    star,
)


@dataclass(frozen=True, slots=True)
class Service:
    """An AWS service as an endpoint carries it.

    `prefixes` are those of its actions, `arns` the service fields of the ARNs that they name; empty where not
    known. `tails` are the forms of an ARN's sixth component, `bare_tails` those where the ARN carries no
    account id (none: every ARN carries one). `gateway` says whether gateway endpoints exist for it.
    `examples` are actions that read well in a witness.
    """

    name: str
    prefixes: tuple[str, ...] = ()
    arns: tuple[str, ...] = ()
    tails: tuple[Pattern, ...] = (some(ANY),)
    bare_tails: tuple[Pattern, ...] = (some(ANY),)
    gateway: bool = False
    examples: tuple[str, ...] = ()

    def actions(self) -> Language:
        """Every action the endpoint can carry, in lower case: action names are not case-sensitive."""
        if not self.prefixes:
            return Language(((*some(LOWER_HYPHEN), ":", *some(LOWER)),))
        return Language((*literal(f"{prefix}:"), *some(LOWER)) for prefix in self.prefixes)

    def resources(self, partition: str, *, bare: bool) -> Language:
        """Every ARN its actions can name: those that carry an account id, or the `bare` ones."""
        account = () if bare else exactly(DIGIT, 12)
        services = [literal(name) for name in self.arns] or [some(LOWER_HYPHEN)]
        return Language(
            (*literal(f"arn:{partition}:"), *service, ":", *star(LOWER_HYPHEN), ":", *account, ":", *tail)
            for service in services
            for tail in (self.bare_tails if bare else self.tails)
        )


_BUCKET: Final = Charset(NAME.chars - frozenset("+=,@"))
_NO_COLON: Final = (some(NOT_COLON),)
_DYNAMODB: Final[tuple[Pattern, ...]] = (
    # A table, an index, or a stream, whose label is a date-time: no account id fits between its colons.
    (
        *star(NOT_COLON),
        (Charset(frozenset(":")), "opt"),
        (DIGIT, "opt"),
        (DIGIT, "opt"),
        (Charset(frozenset(":")), "opt"),
        *star(Charset(DIGIT.chars | {"."})),
    ),
)

_SERVICES: Final[Mapping[str, Service]] = {
    service.name: service
    for service in (
        Service(
            "s3",
            ("s3", "s3-object-lambda"),
            ("s3", "s3-object-lambda"),
            bare_tails=(some(_BUCKET), (*some(_BUCKET), "/", *some(ANY))),
            gateway=True,
            examples=("s3:PutObject", "s3:GetObject", "s3:ListBucket"),
        ),
        Service(
            "dynamodb",
            ("dynamodb",),
            ("dynamodb",),
            tails=_DYNAMODB,
            bare_tails=(),
            gateway=True,
            examples=("dynamodb:PutItem", "dynamodb:GetItem"),
        ),
        Service(
            "kms", ("kms",), ("kms",), tails=_NO_COLON, bare_tails=(), examples=("kms:Encrypt", "kms:Decrypt")
        ),
        Service(
            "sqs",
            ("sqs",),
            ("sqs",),
            tails=_NO_COLON,
            bare_tails=(),
            examples=("sqs:SendMessage", "sqs:ReceiveMessage"),
        ),
        Service("sns", ("sns",), ("sns",), bare_tails=(), examples=("sns:Publish",)),
        Service(
            "sts",
            ("sts",),
            ("iam", "sts"),
            tails=_NO_COLON,
            bare_tails=(),
            examples=("sts:AssumeRole", "sts:GetCallerIdentity"),
        ),
        Service(
            "secretsmanager",
            ("secretsmanager",),
            ("secretsmanager",),
            tails=((*literal("secret:"), *some(NOT_COLON)),),
            bare_tails=(),
            examples=("secretsmanager:PutSecretValue", "secretsmanager:GetSecretValue"),
        ),
        Service("logs", ("logs",), ("logs",), bare_tails=(), examples=("logs:PutLogEvents",)),
        Service("lambda", ("lambda",), ("lambda",), bare_tails=(), examples=("lambda:InvokeFunction",)),
        *(
            Service(name, ("ecr",), ("ecr",), tails=_NO_COLON, bare_tails=(), examples=("ecr:PutImage",))
            for name in ("ecr.api", "ecr.dkr")
        ),
        Service(
            "kinesis-firehose", ("firehose",), ("firehose",), bare_tails=(), examples=("firehose:PutRecord",)
        ),
        Service(
            "kinesis-streams", ("kinesis",), ("kinesis",), bare_tails=(), examples=("kinesis:PutRecord",)
        ),
        Service("s3express", gateway=True),
    )
}


def service_of(name: str) -> Service:
    """The service behind an endpoint, by its name (`com.amazonaws.eu-west-1.s3`) or the end of it (`s3`)."""
    parts = name.lower().split(".")
    if "amazonaws" in parts:
        parts = parts[parts.index("amazonaws") + 1 :]
        if len(parts) > 1:
            parts = parts[1:]
    short = ".".join(parts)
    return _SERVICES.get(short, Service(short))


def custom(name: str) -> bool:
    """Whether the name is that of a customer's or partner's endpoint service, which takes no policy.

    AWS PrivateLink guide, "Control access to VPC endpoints using endpoint policies", Considerations.
    """
    return ".vpce." in name or name.startswith("vpce-svc-")


RESOURCE_KEYS_UNSUPPORTED: Final[Mapping[str, tuple[str, ...]]] = {
    "auditmanager": ("auditmanager:updateassessmentframeworkshare",),
    "detective": ("detective:acceptinvitation",),
    "ds": ("ds:acceptshareddirectory",),
    "ebs": ("ebs:*",),
    "ec2": (
        "ec2:accepttransitgatewaypeeringattachment",
        "ec2:acceptvpcendpointconnections",
        "ec2:acceptvpcpeeringconnection",
        "ec2:createtransitgatewaypeeringattachment",
        "ec2:createvpcendpoint",
        "ec2:createvpcpeeringconnection",
    ),
    "es": ("es:acceptinboundconnection",),
    "events": ("events:putevents",),
    "guardduty": ("guardduty:acceptadministratorinvitation",),
    "macie2": ("macie2:acceptinvitation",),
    "route53": ("route53:associatevpcwithhostedzone", "route53:createvpcassociationauthorization"),
    "securityhub": ("securityhub:acceptadministratorinvitation",),
}
"""Actions that carry no key of the resource's account or organisation, in lower case.

IAM user guide, "AWS global condition context keys", Availability of aws:ResourceAccount,
aws:ResourceOrgID and aws:ResourceOrgPaths.

"""


REGIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "aws": (
        "af-south-1",
        "ap-east-1",
        "ap-east-2",
        "ap-northeast-1",
        "ap-northeast-2",
        "ap-northeast-3",
        "ap-south-1",
        "ap-south-2",
        "ap-southeast-1",
        "ap-southeast-2",
        "ap-southeast-3",
        "ap-southeast-4",
        "ap-southeast-5",
        "ap-southeast-6",
        "ap-southeast-7",
        "ca-central-1",
        "ca-west-1",
        "eu-central-1",
        "eu-central-2",
        "eu-north-1",
        "eu-south-1",
        "eu-south-2",
        "eu-west-1",
        "eu-west-2",
        "eu-west-3",
        "il-central-1",
        "me-central-1",
        "me-south-1",
        "mx-central-1",
        "sa-east-1",
        "us-east-1",
        "us-east-2",
        "us-west-1",
        "us-west-2",
    ),
    "aws-cn": ("cn-north-1", "cn-northwest-1"),
    "aws-us-gov": ("us-gov-east-1", "us-gov-west-1"),
}
"""The Regions of each partition, as botocore 1.44's endpoint data lists them.

A Region that does not exist is
a name that anybody can give a bucket, so a wildcard in its place is not AWS's own bucket.
"""

OWNED_BUCKETS: Final[Mapping[str, str]] = {
    "prod-{region}-starport-layer-bucket": "Amazon ECR image layers",
    "al2023-repos-{region}-de612dc2": "Amazon Linux 2023 packages",
    "al2023-{region}": "Amazon Linux 2023 packages",
    "amazonlinux-2-repos-{region}": "Amazon Linux 2 packages",
    "amazonlinux.{region}.amazonaws.com": "Amazon Linux packages",
    "packages.{region}.amazonaws.com": "Amazon Linux packages",
    "repo.{region}.amazonaws.com": "Amazon Linux packages",
    "aws-ssm-{region}": "Systems Manager",
    "amazon-ssm-{region}": "Systems Manager Agent",
    "amazon-ssm-packages-{region}": "Systems Manager Agent",
    "aws-ssm-distributor-file-{region}": "Systems Manager Distributor",
    "aws-ssm-document-attachments-{region}": "Systems Manager documents",
    "{region}-birdwatcher-prod": "Systems Manager Distributor",
    "aws-windows-downloads-{region}": "Systems Manager on Windows",
    "patch-baseline-snapshot-{region}": "Systems Manager Patch Manager",
    "aws-patchmanager-macos-{region}": "Systems Manager Patch Manager",
    "amazoncloudwatch-agent-{region}": "CloudWatch agent",
    "aws-codedeploy-{region}": "CodeDeploy agent",
    "cloudformation-custom-resource-response-{regionnodashes}": "CloudFormation custom resources",
    "cloudformation-waitcondition-{region}": "CloudFormation wait conditions",
}
"""S3 buckets of AWS services that a closed S3 endpoint has to let its clients read.

AWS's data-perimeter policy examples, "VPC endpoint policy examples" and "Service-owned resources". Systems
Manager's names are also in the Systems Manager user guide, "SSM Agent communications with AWS managed S3
buckets".
"""

READ_ACTIONS: Final = Language(
    literal(action)
    for action in ("s3:getobject", "s3:getobjectversion", "s3:listbucket", "s3:getbucketlocation")
)
"""What counts as reading an AWS-owned bucket, in lower case."""


FEDERATED_ACTIONS: Final = Language(
    literal(action) for action in ("sts:assumerolewithsaml", "sts:assumerolewithwebidentity")
)
"""What callers without an AWS identity ask of STS, in lower case."""


@lru_cache(maxsize=64)
def owned(bucket: str, partition: str) -> Language:
    """The ARNs of a bucket of `OWNED_BUCKETS` and of its objects, in every Region of the partition."""
    names = (
        bucket.format(region=region, regionnodashes=region.replace("-", ""))
        for region in REGIONS.get(partition, ())
    )
    return Language(
        pattern
        for name in names
        for arn in (literal(f"arn:{partition}:s3:::{name}"),)
        for pattern in (arn, (*arn, "/", *star()))
    )


@lru_cache(maxsize=4)
def every_owned(partition: str) -> Language:
    """The ARNs of all AWS-owned buckets and their objects in a partition."""
    return Language(pattern for bucket in OWNED_BUCKETS for pattern in owned(bucket, partition).patterns)
