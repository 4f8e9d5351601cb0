"""What a spoke asks of an AWS service beyond, or short of, the default of its endpoint's policy."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationInfo, model_validator
from pydantic_core import core_schema

from landline.settings.aws_services import action_prefix
from landline.settings.common import Settings, Switch
from landline.settings.fields import Unique, place, wrong
from landline.settings.regions import partition

LONGEST_LIST = 16_000
"""The most characters of an endpoint policy that the lists below may become. AWS takes 20,480, white space
included ("AWS PrivateLink guide, Quotas"); the rest is for the calls and the conditions."""

_ARN = {"partition": "aws[a-z-]*", "region": "(?P<region>[a-z0-9-]+)", "account": "[0-9]{12}"}


@dataclass(frozen=True, slots=True)
class Resource:
    """A kind of resource that an endpoint's policy can name, as an annotation for pydantic."""

    what: str
    arn: str
    """Its ARN, with ``{partition}``, ``{region}``, ``{account}`` and ``{name}``."""
    names: str
    """A pattern of its names."""
    example: str
    parts: tuple[str, ...] = ("",)
    """What follows its ARN in the policy, as `components.aws_actions` has it."""
    ending: str = ""
    """What AWS adds to a name in the ARN, as wildcards."""

    def arn_of(self, name: str, region: str, account: str) -> str:
        """The ARN of the resource that a stack file calls `name`, which may be its ARN already."""
        if name.startswith("arn:"):
            return name
        where = {"partition": partition(region), "region": region, "account": account}
        return (
            self.arn.format(**where, name=name.lstrip("/") if "/{name}" in self.arn else name) + self.ending
        )

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        def validate(value: object, info: ValidationInfo) -> str:
            if not isinstance(value, str):
                raise wrong(f"is no {self.what}", f"write its name: {self.example}")
            if re.fullmatch(self.names, value, re.ASCII):
                return value
            arn = re.fullmatch(self._pattern(), value, re.ASCII)
            if arn is None:
                raise wrong(f"is no {self.what}'s name or ARN", f"write its name: {self.example}")
            region, theirs = place(info).region, arn.groupdict().get("region")
            if None not in (region, theirs) and region != theirs:
                raise wrong(
                    f"is in {theirs}, and the endpoint reaches {region}", f"write a {self.what} of {region}"
                )
            return value

        return core_schema.with_info_before_validator_function(validate, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, object]:
        return {"type": "string", "minLength": 1, "examples": [self.example]}

    def _pattern(self) -> str:
        pieces = re.split(r"\{(\w+)\}", self.arn)
        return "".join(
            re.escape(piece) if at % 2 == 0 else _ARN.get(piece, f"(?:{self.names}){self._ended()}")
            for at, piece in enumerate(pieces)
        )

    def _ended(self) -> str:
        return re.escape(self.ending).replace(r"\?", "[A-Za-z0-9?]")


BUCKET = Resource(
    "bucket", "arn:{partition}:s3:::{name}", "[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", "payments-data", ("", "/*")
)
TABLE = Resource(
    "table",
    "arn:{partition}:dynamodb:{region}:{account}:table/{name}",
    "[A-Za-z0-9_.-]{3,255}",
    "orders",
    ("", "/index/*"),
)
KEY = Resource(
    "key",
    "arn:{partition}:kms:{region}:{account}:key/{name}",
    "(mrk-[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})",
    "1234abcd-12ab-34cd-56ef-1234567890ab",
)
SECRET = Resource(
    "secret",
    "arn:{partition}:secretsmanager:{region}:{account}:secret:{name}",
    r"[A-Za-z0-9/_+=.@-]{1,512}\*?",
    "orders/database",
    ending="-??????",
)
"""("AWS Secrets Manager User Guide, Permissions policy examples": six characters follow the name.)"""
QUEUE = Resource(
    "queue", "arn:{partition}:sqs:{region}:{account}:{name}", r"[A-Za-z0-9_-]{1,80}(\.fifo)?", "orders"
)
TOPIC = Resource(
    "topic", "arn:{partition}:sns:{region}:{account}:{name}", r"[A-Za-z0-9_-]{1,256}(\.fifo)?", "orders"
)
PARAMETER = Resource(
    "parameter",
    "arn:{partition}:ssm:{region}:{account}:parameter/{name}",
    r"/?[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*(/\*)?",
    "/orders/*",
)
LOG_GROUP = Resource(
    "log group",
    "arn:{partition}:logs:{region}:{account}:log-group:{name}",
    r"[A-Za-z0-9_/.#-]{1,512}\*?",
    "/orders/app",
    ("", ":*"),
)
STREAM = Resource(
    "stream",
    "arn:{partition}:kinesis:{region}:{account}:stream/{name}",
    "[A-Za-z0-9_.-]{1,128}",
    "orders",
    ("", "/consumer/*"),
)
DELIVERY_STREAM = Resource(
    "delivery stream",
    "arn:{partition}:firehose:{region}:{account}:deliverystream/{name}",
    "[A-Za-z0-9_.-]{1,64}",
    "orders",
)
FUNCTION = Resource(
    "function",
    "arn:{partition}:lambda:{region}:{account}:function:{name}",
    "[A-Za-z0-9_-]{1,140}",
    "price",
    ("", ":*"),
)
REPOSITORY = Resource(
    "repository",
    "arn:{partition}:ecr:{region}:{account}:repository/{name}",
    r"[a-z0-9]+([._/-]+[a-z0-9]+)*(/\*)?",
    "payments/app",
)
BUS = Resource(
    "event bus",
    "arn:{partition}:events:{region}:{account}:event-bus/{name}",
    "[A-Za-z0-9_./-]{1,256}",
    "orders",
)
ROLE = Resource(
    "role", "arn:{partition}:iam::{account}:role/{name}", r"([\w+=,.@-]+/)*[\w+=,.@-]{1,64}", "reader"
)


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


@dataclass(frozen=True, slots=True, eq=False)
class ByKey:
    """A read-only mapping whose keys each have a model of their own, as an annotation for pydantic."""

    models: Mapping[str, type[Settings]]
    check: Callable[[str, Any], Any]
    """Takes a key and its model, and gives the model or raises what is wrong with it."""

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        fields = {
            name: core_schema.typed_dict_field(
                core_schema.no_info_after_validator_function(
                    partial(self.check, name), handler.generate_schema(model)
                ),
                required=False,
            )
            for name, model in self.models.items()
        }

        def thawed(value: Mapping[str, Settings]) -> dict[str, Any]:
            return {name: item.model_dump(mode="json", exclude_defaults=True) for name, item in value.items()}

        return core_schema.no_info_after_validator_function(
            _frozen,
            core_schema.typed_dict_schema(fields, extra_behavior="forbid"),
            serialization=core_schema.plain_serializer_function_ser_schema(thawed),
        )


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


def _frozen(value: dict[str, Settings]) -> Mapping[str, Settings]:
    return MappingProxyType(value)
