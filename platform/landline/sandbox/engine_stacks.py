"""Stacks on the real Pulumi engine against the sandbox: real previews, diffs, state and replacement."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import grpc
from pulumi import automation as auto
from pulumi.automation import _cmd, _minimum_version

from landline.errors import ToolError
from landline.sandbox.provider import serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from pulumi.automation.events import EngineEvent

    from landline.sandbox.engine import Engine
    from landline.sandbox.provider import AwsProvider

PROJECT = "landline"
"""The project's name in every URN; `Pulumi.yaml` says the same."""


@dataclass(frozen=True, slots=True)
class Changes:
    """Resources by what an operation did, or would do, to them. Components and the stack itself count too."""

    created: int
    updated: int
    replaced: int
    deleted: int
    same: int

    @classmethod
    def from_summary(cls, summary: Mapping[auto.OpType, int] | None) -> Changes:
        """Read the engine's own count by operation."""
        # The SDK annotates members of OpType and hands over their plain values.
        counts = {auto.OpType(operation).value: count for operation, count in (summary or {}).items()}
        return cls(
            created=counts.get("create", 0),
            updated=counts.get("update", 0),
            replaced=counts.get("replace", 0),
            deleted=counts.get("delete", 0),
            same=counts.get("same", 0),
        )

    def __bool__(self) -> bool:
        return bool(self.created or self.updated or self.replaced or self.deleted)


@dataclass(frozen=True, slots=True)
class EngineStacks:
    """Stacks of one project whose state is kept in a directory, and whose `aws` provider listens on a port.

    Programs run in this process, one at a time. Every method raises `ToolError` with the engine's own errors
    when the operation fails. The user's Pulumi home, credentials, plugins and backend stay untouched, and the
    engine is told to fetch no plugin.
    """

    engine: Engine
    directory: Path
    provider_port: int

    def preview(self, name: str, program: Callable[[], None]) -> Changes:
        """What `up` would do. Makes nothing."""
        with _engine_errors(name) as on_event:
            result = self._stack(name, program).preview(on_event=on_event, color="never")
        return Changes.from_summary(result.change_summary)

    def up(self, name: str, program: Callable[[], None]) -> Changes:
        """Make the stack what `program` declares."""
        with _engine_errors(name) as on_event:
            result = self._stack(name, program).up(on_event=on_event, color="never")
        return Changes.from_summary(result.summary.resource_changes)

    def refresh(self, name: str) -> Changes:
        """Read every resource of the stack's state from the world; `updated` and `deleted` have drifted."""
        with _engine_errors(name) as on_event:
            result = self._stack(name, _nothing).refresh(on_event=on_event, color="never")
        return Changes.from_summary(result.summary.resource_changes)

    def destroy(self, name: str) -> Changes:
        """Delete every resource of the stack, in the order that its state prescribes."""
        with _engine_errors(name) as on_event:
            result = self._stack(name, _nothing).destroy(on_event=on_event, color="never")
        return Changes.from_summary(result.summary.resource_changes)

    def initialise(self, name: str) -> None:
        """Make the stack known, so that others may refer to it before its first `up`."""
        with _engine_errors(name):
            self._stack(name, _nothing)

    def outputs(self, name: str) -> dict[str, Any]:
        """The stack's outputs after its last `up`, secrets in the clear."""
        with _engine_errors(name):
            return {key: output.value for key, output in self._stack(name, _nothing).outputs().items()}

    def _stack(self, name: str, program: Callable[[], None]) -> auto.Stack:
        for folder in ("home", "state", "work"):
            (self.directory / folder).mkdir(parents=True, exist_ok=True)
        return auto.create_or_select_stack(
            stack_name=name,
            project_name=PROJECT,
            program=program,
            opts=auto.LocalWorkspaceOptions(
                work_dir=str(self.directory / "work"),
                pulumi_home=str(self.directory / "home"),
                pulumi_command=_Cli(self.engine),
                env_vars={
                    "PULUMI_BACKEND_URL": (self.directory / "state").as_uri(),
                    # Guards nothing: the state of a sandbox holds no secret of anybody's.
                    "PULUMI_CONFIG_PASSPHRASE": "sandbox",
                    "PULUMI_DEBUG_PROVIDERS": f"aws:{self.provider_port}",
                    "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
                    "PULUMI_SKIP_UPDATE_CHECK": "true",
                },
            ),
        )


@contextmanager
def engine_stacks(engine: Engine, provider: AwsProvider) -> Iterator[EngineStacks]:
    """Stacks on `engine` against `provider`. Their state ends with the context; what they made does not."""
    with TemporaryDirectory(prefix="landline-engine-") as directory, serving(provider) as port:
        yield EngineStacks(engine, Path(directory), port)


class _Cli(auto.PulumiCommand):
    """The engine that was found: the base class would look for one by a folder or on PATH, and ask it."""

    def __init__(self, engine: Engine) -> None:
        self.command = str(engine.path)
        # The SDK compares versions of its own type, and has no public way to make one.
        self.version = _cmd._parse_and_validate_pulumi_version(  # noqa: SLF001
            _minimum_version._MINIMUM_VERSION,  # noqa: SLF001
            engine.version,
            opt_out=True,
        )


@contextmanager
def _engine_errors(stack: str) -> Iterator[Callable[[EngineEvent], None]]:
    """Turns a failed command into a `ToolError` with the errors among the events that its value was given."""
    errors: list[str] = []

    def collect(event: EngineEvent) -> None:
        diagnostic = event.diagnostic_event
        if diagnostic is not None and diagnostic.severity == "error":
            message = diagnostic.message.strip()
            # The engine repeats a program's error with a preface.
            if not any(message.endswith(earlier) for earlier in errors):
                errors.append(f"{diagnostic.urn}: {message}" if diagnostic.urn else message)

    server_log = logging.getLogger("grpc._server")
    server_log.addFilter(_not_of_an_engine_that_left)
    try:
        yield collect
    except auto.CommandError as error:
        raise ToolError(f"stack {stack}: " + ("\n".join(errors) or str(error))) from error
    finally:
        server_log.removeFilter(_not_of_an_engine_that_left)


def _not_of_an_engine_that_left(record: logging.LogRecord) -> bool:
    """Keeps out the traceback that the SDK's server logs when a failed engine is gone before its program."""
    error = record.exc_info[1] if record.exc_info else None
    return not (isinstance(error, grpc.RpcError) and error.code() is grpc.StatusCode.UNAVAILABLE)


def _nothing() -> None:
    """A program that declares nothing, for operations that run none."""
