"""The kinds of AWS resources that an endpoint's policy can name."""

import re
from dataclasses import dataclass

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationInfo
from pydantic_core import core_schema

from landline.settings.fields import place, wrong
from landline.settings.regions import partition

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
