"""What several kinds of stack settings share."""

import ast
import inspect
import itertools
import textwrap
from typing import Annotated, Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, GetJsonSchemaHandler, StrictBool, model_validator
from pydantic_core import core_schema

from landline.settings.fields import Cidr, Role, Unique, ZoneId, wrong

MOST_ZONES = 8
"""How many subnets a network's range is cut into, so that a zone can be added later. No Region has more than
six zones ("AWS Regions and Availability Zones, AWS Availability Zones")."""
SMALLEST_SUBNET = 28
"""The prefix length of the smallest subnet ("Amazon VPC User Guide, Subnet CIDR blocks")."""


class Settings(BaseModel):
    """Frozen, and no key but those named."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    refused_keys: ClassVar[dict[str, tuple[str, str]]] = {}
    """Keys that people expect and that cannot be: why not, and what to do instead."""

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Describe each key by the text below it.

        pydantic can do it, too (`use_attribute_docstrings`), but reads every model's source at each start.
        """
        found = handler(schema)
        properties = handler.resolve_ref_schema(found)["properties"]
        for ancestor in reversed(cls.__mro__):
            if issubclass(ancestor, Settings):
                for name, text in _texts(ancestor).items():
                    if name in properties:
                        properties[name]["description"] = text
        return found


def _texts(model: type[BaseModel]) -> dict[str, str]:
    """The text below each attribute of the class, as it stands in its source."""
    [tree] = ast.parse(textwrap.dedent(inspect.getsource(model))).body
    lines = tree.body if isinstance(tree, ast.ClassDef) else []
    return {
        line.target.id: text.value.value
        for line, text in itertools.pairwise(lines)
        if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name)
        if isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant)
        if isinstance(text.value.value, str)
    }


class StackSettings(Settings):
    """What every kind of stack may say."""

    role: Annotated[Role | None, Field(examples=["landline-deploy"])] = None
    """The IAM role to assume when deploying: its name in the stack's account, or its ARN. Default: the
    caller's own."""


class NetworkSettings(Settings):
    """An isolated network: one VPC with a private subnet in each zone."""

    cidr: Annotated[Cidr, Field(examples=["10.40.0.0/20"])]
    """The VPC's IPv4 range, /16 to /28. Spokes may overlap each other and the hub: PrivateLink translates
    addresses."""
    zones: Annotated[
        tuple[Annotated[ZoneId, Field(examples=["euw1-az1"])], ...],
        Field(min_length=2, max_length=MOST_ZONES, examples=[["euw1-az1", "euw1-az2"]]),
        Unique("zone"),
    ]
    """AZ ids, two to eight. Hub and spokes meet in the zones that both have. New ones go to the end."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if len(self.zones) > 2 ** (SMALLEST_SUBNET - self.cidr.prefixlen):
            raise wrong(
                f"has no room for a subnet of /{SMALLEST_SUBNET} in each of {len(self.zones)} zones",
                "write a larger range: 10.0.0.0/20",
            )
        return self


Switch = StrictBool
"""``true`` or ``false``."""
