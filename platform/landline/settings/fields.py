"""The kinds of value that stack files hold, each with what is wrong with a bad one and what to write instead.

A validator may ask where the stack lands (`Place`): pass it as pydantic's validation context. Without one,
what depends on the place is not judged.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from ipaddress import AddressValueError, IPv4Network, NetmaskValueError
from types import MappingProxyType
from typing import Annotated, Any, TypeVar

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    StrictInt,
    ValidationInfo,
    WithJsonSchema,
    WrapSerializer,
)
from pydantic_core import PydanticCustomError, core_schema

from landline.settings.regions import REGION_CODE, ZONE_ID, ZONE_PREFIXES, is_foreign, partition

STACK_NAME_PATTERN = r"[A-Za-z0-9][A-Za-z0-9_-]*([.][A-Za-z0-9_-]+)*"
STACK_NAME_LENGTH = 100
"""The longest name that Pulumi takes for a stack, in characters."""
REASON_LENGTH = (10, 500)
"""In characters, spaces at the ends not counted: a shorter reason tells an approver nothing."""

Key = TypeVar("Key")
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a stack lands, as far as its file says so."""

    region: str | None = None
    account: str | None = None


def wrong(message: str, remedy: str) -> PydanticCustomError:
    """The error of a value: what is wrong with it, and what to write instead."""
    return PydanticCustomError("landline", "{message}; {remedy}", {"message": message, "remedy": remedy})


def place(info: ValidationInfo) -> Place:
    """The place given as validation context, or one that nothing is known of."""
    return info.context if isinstance(info.context, Place) else Place()


@dataclass(frozen=True, slots=True)
class Text:
    """Text that matches `pattern` as a whole, as an annotation for pydantic."""

    pattern: str
    message: str
    remedy: str
    longest: int | None = None
    """In characters."""

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        compiled = re.compile(self.pattern, re.ASCII)

        def validate(value: object) -> str:
            if isinstance(value, str) and compiled.fullmatch(value):
                if self.longest is not None and len(value) > self.longest:
                    raise wrong(f"is longer than {self.longest} characters", "write it shorter")
                return value
            raise wrong(self.message, self.remedy)

        return core_schema.no_info_before_validator_function(validate, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, object]:
        found: dict[str, object] = {"type": "string", "pattern": f"^(?:{self.pattern})$"}
        return found if self.longest is None else found | {"maxLength": self.longest}


def _account(value: Any) -> str:  # noqa: ANN401 - whatever the file holds
    if isinstance(value, int) and not isinstance(value, bool):
        example = f'"{value:012d}"' if 0 <= value < 10**12 else '"111111111111"'
        raise wrong(
            "is a number, and YAML drops or misreads an account id's leading zero",
            f"write it in quotes: {example}",
        )
    if isinstance(value, str) and re.fullmatch(r"[0-9]{12}", value):
        return value
    raise wrong("is no AWS account id", 'write the twelve digits in quotes: "111111111111"')


def _network(value: Any) -> IPv4Network:  # noqa: ANN401 - whatever the file holds
    if isinstance(value, IPv4Network):
        network = value
    else:
        if not isinstance(value, str) or not re.fullmatch(r"[0-9.]{7,15}/[0-9]{1,2}", value):
            raise wrong("is no IPv4 network", "write an address and a prefix length: 10.0.0.0/20")
        try:
            network = IPv4Network(value, strict=False)
        except (AddressValueError, NetmaskValueError):
            raise wrong("is no IPv4 network", "write an address and a prefix length: 10.0.0.0/20") from None
        if str(network) != value:
            raise wrong("has host bits set", f"write {network}")
    if not 16 <= network.prefixlen <= 28:
        size = min(max(network.prefixlen, 16), 28)
        raise wrong(
            "is no size that a VPC can have, which is /16 to /28",
            f"write for example {IPv4Network((network.network_address, size), strict=False)}",
        )
    if any(network.overlaps(range_) for range_ in _UNUSABLE):
        raise wrong("lies in a range that hosts cannot use", "write a private range: 10.0.0.0/20")
    return network


_UNUSABLE = tuple(
    IPv4Network(block) for block in ("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3")
)


def _zone(value: Any, info: ValidationInfo) -> str:  # noqa: ANN401 - whatever the file holds
    if not isinstance(value, str) or not ZONE_ID.fullmatch(value):
        raise wrong(
            "is no AZ id; zone names such as eu-west-1a mean another zone in each account",
            "write the id that `aws ec2 describe-availability-zones` shows as ZoneId: euw1-az1",
        )
    region = place(info).region
    if region is not None and is_foreign(value, region):
        prefix = ZONE_PREFIXES.get(region)
        example = "" if prefix is None else f", such as {prefix}-az1"
        raise wrong(f"is no zone of the stack's Region {region}", f"write a zone id of {region}{example}")
    return value


def _other_region(value: Any, info: ValidationInfo) -> str:  # noqa: ANN401 - whatever the file holds
    if not isinstance(value, str) or not REGION_CODE.fullmatch(value):
        raise wrong("is no AWS Region", "write the Region's code: eu-central-1")
    region = place(info).region
    if value == region:
        raise wrong(f"is the stack's own Region {region}, which is served anyway", "leave it out")
    if region is not None and partition(value) != partition(region):
        raise wrong(
            f"belongs to the partition {partition(value)}, and the stack's Region {region} to "
            f"{partition(region)}: nothing connects the two",
            "offer the services there with a hub of their own",
        )
    return value


_MIDNIGHT = " 00:00:00 +0000 UTC"
"""What Pulumi puts behind a date without quotes when it writes a stack file, as Go spells a timestamp."""
_DAY = rf"[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}({re.escape(_MIDNIGHT)})?"


def _date(value: Any) -> date:  # noqa: ANN401 - whatever the file holds
    if type(value) is date:
        return value
    if isinstance(value, str) and re.fullmatch(_DAY, value, re.ASCII):
        try:
            return date.fromisoformat(value.removesuffix(_MIDNIGHT))
        except ValueError:
            pass
    raise wrong("is no date", "write year, month and day: 2027-06-30")


def _reason(value: Any) -> str:  # noqa: ANN401 - whatever the file holds
    shortest, longest = REASON_LENGTH
    if not isinstance(value, str):
        raise wrong("is no text", "write what the service is needed for: ship application logs")
    if not shortest <= len(" ".join(value.split())) or len(value) > longest:
        raise wrong(
            f"tells an approver too little or too much ({shortest} to {longest} characters)",
            "write what the service is needed for: ship application logs",
        )
    return value


def _role(value: Any, info: ValidationInfo) -> str:  # noqa: ANN401 - whatever the file holds
    account = place(info).account
    example = account or "111111111111"
    if isinstance(value, str):
        if re.fullmatch(r"[\w+=,.@-]{1,64}", value, re.ASCII):
            return value
        arn = re.fullmatch(
            r"arn:aws[a-z-]*:iam::([0-9]{12}):role/([\x21-\x7e]{1,512}/)?[\w+=,.@-]{1,64}", value, re.ASCII
        )
        if arn is not None:
            if account is not None and arn[1] != account:
                raise wrong(
                    f"is a role of account {arn[1]}, and the stack belongs to account {account}",
                    f"write the role's name, or arn:aws:iam::{account}:role/<name>",
                )
            return value
    raise wrong("is no IAM role", f"write its name, or its ARN: arn:aws:iam::{example}:role/landline-deploy")


@dataclass(frozen=True, slots=True)
class Unique:
    """A list that holds nothing twice, as an annotation for pydantic."""

    what: str
    """What the list holds, in the singular."""

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        def validate(items: tuple[object, ...]) -> tuple[object, ...]:
            seen: set[object] = set()
            for item in items:
                if item in seen:
                    raise wrong(f"holds {self.what} {item} twice", f"write each {self.what} once")
                seen.add(item)
            return items

        return core_schema.no_info_after_validator_function(validate, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, object]:
        return {**handler(schema), "uniqueItems": True}


def _frozen(value: Mapping[Key, Value]) -> Mapping[Key, Value]:
    return MappingProxyType(dict(value))


def _thawed(value: Mapping[Key, Value], handler: Callable[[dict[Key, Value]], Any]) -> Any:  # noqa: ANN401 - pydantic's own
    return handler(dict(value))


Frozen = (AfterValidator(_frozen), WrapSerializer(_thawed))
"""Makes a mapping read-only."""

AccountId = Annotated[
    str, BeforeValidator(_account), WithJsonSchema({"type": "string", "pattern": "^[0-9]{12}$"})
]
Cidr = Annotated[
    IPv4Network,
    BeforeValidator(_network),
    WithJsonSchema({"type": "string", "pattern": r"^[0-9.]{7,15}/(?:1[6-9]|2[0-8])$"}),
]
"""A VPC's range, /16 to /28 ("Amazon VPC User Guide, VPC CIDR blocks")."""
ZoneId = Annotated[
    str,
    BeforeValidator(_zone),
    WithJsonSchema({"type": "string", "pattern": "^[a-z]{2,6}[0-9]-az[0-9]{1,2}$"}),
]
OtherRegion = Annotated[
    str,
    BeforeValidator(_other_region),
    WithJsonSchema({"type": "string", "pattern": f"^{REGION_CODE.pattern}$"}),
]
"""A Region's code that is not the stack's own."""
Date = Annotated[
    date,
    BeforeValidator(_date),
    WithJsonSchema({"type": "string", "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}( 00:00:00 \+0000 UTC)?$"}),
]
"""A day, also as Pulumi writes one that stood without quotes: midnight, UTC."""
Reason = Annotated[
    str,
    BeforeValidator(_reason),
    WithJsonSchema({"type": "string", "minLength": REASON_LENGTH[0], "maxLength": REASON_LENGTH[1]}),
]
Role = Annotated[str, BeforeValidator(_role), WithJsonSchema({"type": "string", "minLength": 1})]
Port = Annotated[StrictInt, Field(ge=1, le=65535)]
Organization = Annotated[
    str,
    Text(
        r"o-[a-z0-9]{10,32}",
        "is no organisation id",
        "write the id that AWS Organizations shows: o-a1b2c3d4e5",
    ),
]
"""("AWS Organizations API Reference, Organization")."""
StackName = Annotated[
    str,
    Text(
        STACK_NAME_PATTERN,
        "is no stack name",
        "write letters, digits, hyphens, underscores and single full stops: payments-prod",
        longest=STACK_NAME_LENGTH,
    ),
]
Team = Annotated[
    str,
    Text(
        r"[A-Za-z0-9][A-Za-z0-9 ._-]*",
        "is no team name",
        "write letters, digits, spaces and ._-: payments",
        longest=64,
    ),
]
Contact = Annotated[
    str,
    Text(
        r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+",
        "is no e-mail address",
        "write whom to reach when the line fails: payments-oncall@example.com",
        longest=254,
    ),
]
ServiceName = Annotated[
    str,
    Text(
        r"[a-z]([a-z0-9-]*[a-z0-9])?",
        "is no service name, because it becomes a DNS label",
        "write lower-case letters, digits and hyphens, first a letter: central-logging",
        longest=63,
    ),
]
_LABEL = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_OF_AWS = ("amazonaws.com", "amazonaws.com.cn", "aws")
"""The domains of AWS's endpoints (botocore's endpoint data), whose private names spokes have already."""
_PRIVATE = ("internal", "local", "localhost", "home.arpa", "invalid", "test", "example", "onion", "alt")
"""Top-level domains that are in no public DNS (IANA, Special-Use Domain Names; ICANN has reserved
``internal``)."""


def _public(value: str) -> str:
    domain = value.removeprefix("*.")
    for names, what in ((_OF_AWS, "is AWS's"), (_PRIVATE, "is in no public DNS")):
        found = next((name for name in names if domain == name or domain.endswith(f".{name}")), None)
        if found is not None:
            raise wrong(
                f"lies in {found}, which {what}, so nobody can prove to own it",
                "write a name in a public zone of your own: logging.example.com",
            )
    return value


PublicDomain = Annotated[
    str,
    Text(
        rf"({_LABEL}\.)+[a-z]([a-z0-9-]{{0,61}}[a-z0-9])?",
        "is no domain",
        "write it in lower-case letters: example.com",
        longest=253,
    ),
    AfterValidator(_public),
]
PrivateDnsName = Annotated[
    str,
    Text(
        rf"([*]\.)?({_LABEL}\.)+[a-z]([a-z0-9-]{{0,61}}[a-z0-9])?",
        "is no DNS name",
        "write it in lower-case letters, with *. in front for all names below: logging.example.com",
        longest=253,
    ),
    AfterValidator(_public),
]
"""("AWS PrivateLink guide, Manage DNS names for VPC endpoint services".)"""
HostedZoneId = Annotated[  # 32 characters are the most ("Amazon Route 53 API Reference, HostedZone")
    str,
    Text(
        r"[A-Z0-9]{1,32}",
        "is no id of a hosted zone",
        "write the id that Route 53 shows: Z0123456789ABCDEFGHIJ",
    ),
]
Approval = Annotated[
    str,
    Text(
        r"[!-~]([ -~]*[!-~])?",
        "is no reference to an approval",
        "write the ticket or decision: SEC-42",
        longest=200,
    ),
]
