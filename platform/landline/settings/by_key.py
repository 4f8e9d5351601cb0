"""Mappings of stack files in which each key has a model of its own."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import core_schema

from landline.settings.common import Settings


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


def _frozen(value: dict[str, Settings]) -> Mapping[str, Settings]:
    return MappingProxyType(value)
