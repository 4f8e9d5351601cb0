"""An estate on the real Pulumi engine: the program of every deployment, against the sandbox."""

from __future__ import annotations

import functools
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi

from landline.errors import LandlineError
from landline.program import declare
from landline.sandbox.engine_stacks import engine_stacks
from landline.sandbox.provider import AwsProvider
from landline.sandbox.resources.table import INVOKES, RESOURCE_TYPES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from landline.deploy.engine import Engine
    from landline.deploy.stacks import EngineStacks
    from landline.deploy.steps import Changes
    from landline.sandbox.provider import Places
    from landline.settings import Estate


@dataclass(frozen=True, slots=True)
class EngineEstate:
    """The stacks of an estate on the engine: the same program as everywhere, against the sandbox."""

    estate: Estate
    stacks: EngineStacks

    def preview(self, name: str) -> Changes:
        """What `up` of the estate's stack `name` would do. Makes nothing."""
        return self.stacks.preview(name, self._program(name)).changes

    def preview_document(self, name: str) -> bytes:
        """The same as the engine's own document (``pulumi preview --json``)."""
        return self.stacks.preview(name, self._program(name)).document

    def up(self, name: str) -> Changes:
        """Make the estate's stack `name` what its file declares."""
        return self.stacks.up(name, self._program(name)).changes

    def destroy(self, name: str) -> Changes:
        """Delete all that the estate's stack `name` has made."""
        return self.stacks.destroy(name).changes

    def _program(self, name: str) -> Callable[[], None]:
        return functools.partial(_declare, self.estate, name)


@contextmanager
def engine_estate(engine: Engine, world: Places, estate: Estate) -> Iterator[EngineEstate]:
    """An estate on `engine` against `world`, as `engine_stacks`; all its stacks are known from the start."""
    provider = AwsProvider(world, RESOURCE_TYPES, INVOKES)
    with engine_stacks(engine, provider) as stacks:
        for name in estate.stacks:
            stacks.initialise(name)
        yield EngineEstate(estate, stacks)


def _declare(estate: Estate, name: str) -> None:
    try:
        declare(estate.stacks[name], estate)
    except LandlineError as error:
        # The engine prints a RunError without a traceback.
        raise pulumi.RunError(str(error)) from error
