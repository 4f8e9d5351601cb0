"""What a spoke asks of an AWS service beyond, or short of, the default of its endpoint's policy."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, ValidationInfo, model_validator

from landline.settings.aws_resource import (
    BUCKET,
    BUS,
    DELIVERY_STREAM,
    FUNCTION,
    KEY,
    LOG_GROUP,
    PARAMETER,
    QUEUE,
    REPOSITORY,
    ROLE,
    SECRET,
    STREAM,
    TABLE,
    TOPIC,
    Resource,
)
from landline.settings.aws_services import action_prefix
from landline.settings.common import Settings, Switch
from landline.settings.fields import Unique, place, wrong

LONGEST_LIST = 16_000
"""The most characters of an endpoint policy that the lists below may become. AWS takes 20,480, white space
included ("AWS PrivateLink guide, Quotas"); the rest is for the calls and the conditions."""


class AwsAccess(Settings):
    """What is asked of one AWS service. Left empty: what workloads call, on all of the organisation's."""

    resource: ClassVar[Resource | None] = None
    """What it can be narrowed to."""
    key: ClassVar[str] = ""
    """Where the names of those stand."""

    actions: Annotated[
        tuple[
            Annotated[
                str,
                Field(pattern=r"^[a-z0-9-]+:[A-Za-z0-9]+\*?$", examples=["s3:PutObjectAcl"]),
            ],
            ...,
        ],
        Field(examples=[["s3:PutObjectAcl"]]),
        Unique("action"),
    ] = ()
    """Actions to allow beside those that workloads call. Actions that share or administer are in none of the
    defaults: with one of them, data can leave."""

    @property
    def listed(self) -> tuple[str, ...] | None:
        """The names or ARNs of the only resources to reach; None for all of the organisation's."""
        names: tuple[str, ...] | None = getattr(self, self.key) if self.key else None
        return names

    def arns(self, region: str, account: str) -> tuple[str, ...] | None:
        """The ARNs of the only resources to reach, from a spoke in `region` and `account`."""
        if self.listed is None or self.resource is None:
            return None
        return tuple(self.resource.arn_of(name, region, account) for name in self.listed)

    @model_validator(mode="after")
    def _fits(self, info: ValidationInfo) -> Self:
        where = place(info)
        arns = self.arns(where.region or "ap-southeast-2", where.account or "0" * 12) or ()
        parts = ("",) if self.resource is None else self.resource.parts
        length = sum(len(arn) + len(part) + 3 for arn in arns for part in parts)
        length += sum(len(action) + 3 for action in self.actions)
        if length > LONGEST_LIST:
            raise wrong(
                f"becomes {length} characters of the endpoint's policy, and {LONGEST_LIST} are the most",
                "list fewer, or leave the list out: the organisation's stay the only ones",
            )
        return self


class S3Access(AwsAccess):
    """What is asked of S3."""

    resource = BUCKET
    key = "buckets"

    buckets: Annotated[
        Annotated[tuple[Annotated[str, BUCKET], ...], Field(min_length=1), Unique("bucket")] | None,
        Field(examples=[["payments-data"]]),
    ] = None
    """The only buckets to reach. Default: all of the organisation's."""
    aws_owned: Annotated[
        tuple[
            Literal[
                "amazon-linux",
                "cloudformation",
                "cloudwatch-agent",
                "codedeploy-agent",
                "patch-manager",
                "ssm-agent",
            ],
            ...,
        ],
        Field(examples=[["amazon-linux"]]),
        Unique("name"),
    ] = ()
    """Buckets of AWS to read packages from; ``cloudformation`` lets answers be written to it. Image layers of
    ECR are read wherever there is an endpoint to it."""


class DynamoDbAccess(AwsAccess):
    """What is asked of DynamoDB."""

    resource = TABLE
    key = "tables"

    tables: Annotated[
        Annotated[tuple[Annotated[str, TABLE], ...], Field(min_length=1), Unique("table")] | None,
        Field(examples=[["orders"]]),
    ] = None
    """The only tables to reach, with their indexes. Default: all of the organisation's."""


class KmsAccess(AwsAccess):
    """What is asked of KMS."""

    resource = KEY
    key = "keys"

    keys: Annotated[
        Annotated[tuple[Annotated[str, KEY], ...], Field(min_length=1), Unique("key")] | None,
        Field(examples=[[KEY.example]]),
    ] = None
    """The only keys to use, by id or ARN; policies do not know aliases. Default: all of the
    organisation's."""


class SecretsAccess(AwsAccess):
    """What is asked of Secrets Manager."""

    resource = SECRET
    key = "secrets"

    secrets: Annotated[
        Annotated[tuple[Annotated[str, SECRET], ...], Field(min_length=1), Unique("secret")] | None,
        Field(examples=[["orders/database"]]),
    ] = None
    """The only secrets to read; ``*`` at the end stands for any characters. Default: all of the
    organisation's."""


class SqsAccess(AwsAccess):
    """What is asked of SQS."""

    resource = QUEUE
    key = "queues"

    queues: Annotated[
        Annotated[tuple[Annotated[str, QUEUE], ...], Field(min_length=1), Unique("queue")] | None,
        Field(examples=[["orders"]]),
    ] = None
    """The only queues to reach. Default: all of the organisation's."""


class SnsAccess(AwsAccess):
    """What is asked of SNS."""

    resource = TOPIC
    key = "topics"

    topics: Annotated[
        Annotated[tuple[Annotated[str, TOPIC], ...], Field(min_length=1), Unique("topic")] | None,
        Field(examples=[["orders"]]),
    ] = None
    """The only topics to publish to. Default: all of the organisation's."""


class SsmAccess(AwsAccess):
    """What is asked of Systems Manager."""

    resource = PARAMETER
    key = "parameters"

    parameters: Annotated[
        Annotated[tuple[Annotated[str, PARAMETER], ...], Field(min_length=1), Unique("parameter")] | None,
        Field(examples=[["/orders/*"]]),
    ] = None
    """The only parameters to read; ``/*`` at the end stands for all below. The agent's calls on documents and
    instances are refused then. Default: all of the organisation's."""


class LogsAccess(AwsAccess):
    """What is asked of CloudWatch Logs."""

    resource = LOG_GROUP
    key = "log_groups"

    log_groups: Annotated[
        Annotated[tuple[Annotated[str, LOG_GROUP], ...], Field(min_length=1), Unique("log group")] | None,
        Field(examples=[["/orders/app"]]),
    ] = None
    """The only log groups to reach; ``*`` at the end stands for any characters. Default: all of the
    organisation's."""


class KinesisAccess(AwsAccess):
    """What is asked of Kinesis Data Streams."""

    resource = STREAM
    key = "streams"

    streams: Annotated[
        Annotated[tuple[Annotated[str, STREAM], ...], Field(min_length=1), Unique("stream")] | None,
        Field(examples=[["orders"]]),
    ] = None
    """The only streams to reach, with their consumers. Default: all of the organisation's."""


class FirehoseAccess(AwsAccess):
    """What is asked of Data Firehose."""

    resource = DELIVERY_STREAM
    key = "streams"

    streams: Annotated[
        Annotated[tuple[Annotated[str, DELIVERY_STREAM], ...], Field(min_length=1), Unique("stream")] | None,
        Field(examples=[["orders"]]),
    ] = None
    """The only delivery streams to reach. Default: all of the organisation's."""


class LambdaAccess(AwsAccess):
    """What is asked of Lambda."""

    resource = FUNCTION
    key = "functions"

    functions: Annotated[
        Annotated[tuple[Annotated[str, FUNCTION], ...], Field(min_length=1), Unique("function")] | None,
        Field(examples=[["price"]]),
    ] = None
    """The only functions to call, with their versions and aliases. Default: all of the organisation's."""


class EcrAccess(AwsAccess):
    """What is asked of ECR."""

    resource = REPOSITORY
    key = "repositories"

    repositories: Annotated[
        Annotated[tuple[Annotated[str, REPOSITORY], ...], Field(min_length=1), Unique("repository")] | None,
        Field(examples=[["payments/app"]]),
    ] = None
    """The only repositories to pull from; ``/*`` at the end stands for all below. Write the same for
    ``ecr.api`` and ``ecr.dkr``. Default: all of the organisation's."""


class EventsAccess(AwsAccess):
    """What is asked of EventBridge."""

    resource = BUS
    key = "buses"

    buses: Annotated[
        Annotated[tuple[Annotated[str, BUS], ...], Field(min_length=1), Unique("event bus")] | None,
        Field(examples=[["orders"]]),
    ] = None
    """The only event buses to send to. Default: all of the organisation's."""


class StsAccess(AwsAccess):
    """What is asked of STS."""

    resource = ROLE
    key = "roles"

    roles: Annotated[
        Annotated[tuple[Annotated[str, ROLE], ...], Field(min_length=1), Unique("role")] | None,
        Field(examples=[["reader"]]),
    ] = None
    """The only roles to take on, with their paths. Default: all of the organisation's."""
    federated: Switch = False
    """Whether callers who sign in with SAML or OpenID Connect, such as pods of EKS, may take on the
    organisation's roles. They sign nothing, so their roles' trust policies alone say who they are."""


ACCESS: Mapping[str, type[AwsAccess]] = MappingProxyType(
    {
        "dynamodb": DynamoDbAccess,
        "ecr.api": EcrAccess,
        "ecr.dkr": EcrAccess,
        "events": EventsAccess,
        "kinesis-firehose": FirehoseAccess,
        "kinesis-streams": KinesisAccess,
        "kms": KmsAccess,
        "lambda": LambdaAccess,
        "logs": LogsAccess,
        "s3": S3Access,
        "secretsmanager": SecretsAccess,
        "sns": SnsAccess,
        "sqs": SqsAccess,
        "ssm": SsmAccess,
        "sts": StsAccess,
    }
)
"""What can be asked of a service that has more than `AwsAccess`."""


def own_actions(service: str, access: AwsAccess) -> AwsAccess:
    """`access` as it is, if its actions are the service's."""
    prefix = action_prefix(service)
    for action in access.actions:
        if action.split(":")[0] != prefix:
            raise wrong(
                f"has the action {action}, which an endpoint to {service} does not carry",
                f"write actions that begin with {prefix}:",
            )
    return access
