"""Stacks of one project on the Pulumi engine: preview, up, refresh, destroy, and their state."""

from __future__ import annotations

import re
import shlex
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pulumi import automation as auto
from pulumi.automation._stack import StackInitMode

from landline.deploy.heard import Heard
from landline.deploy.left_programs import quiet_server_log
from landline.deploy.plugins import remedies
from landline.deploy.pulumi_cli import PulumiCli
from landline.errors import ToolError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from landline.deploy.engine import Engine
    from landline.deploy.steps import Listener, Result

PROJECT = "landline"
"""The project's name in every URN; `Pulumi.yaml` says the same."""


class LockedError(ToolError):
    """The backend holds a lock on the stack: somebody's operation is under way, or was killed."""


class InterruptedOperationError(ToolError):
    """The engine stopped because it was asked to."""


@dataclass(frozen=True, slots=True)
class StackFound:
    """A stack that the backend knows."""

    name: str
    resources: int | None
    """How many its state holds, itself and its provider among them; None where the backend does not say."""


class EngineStacks:
    """Stacks of one project. The backend and the credentials are those of the environment.

    Programs run in this process, several side by side if need be: the SDK keeps what belongs to a run in
    context variables. Operations raise `LockedError`, `InterruptedOperationError`, or `ToolError` with the
    engine's own errors. The engine is told to fetch no plugin.
    """

    def __init__(
        self,
        engine: Engine,
        directory: Path,
        environment: Mapping[str, str],
        *,
        home: Path | None = None,
        own_project: bool = False,
    ) -> None:
        """Work in `directory`, which holds the project's Pulumi.yaml; `own_project` writes one there.

        `environment` is added to this process's; `home` takes the place of ``~/.pulumi``.
        """
        self._cli = PulumiCli(engine)
        self._directory = directory
        self._set = {**({"PULUMI_HOME": str(home)} if home else {}), **environment}
        self._workspace = _Workspace(
            work_dir=str(directory),
            pulumi_home=str(home) if home else None,
            pulumi_command=self._cli,
            project_settings=auto.ProjectSettings(name=PROJECT, runtime="python") if own_project else None,
            env_vars={
                "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
                "PULUMI_SKIP_UPDATE_CHECK": "true",
                **environment,
            },
        )

    def interrupt(self) -> None:
        """Ask all running operations to stop and let none begin; a second call makes them stop at once."""
        self._cli.interrupt()

    def command(self, *arguments: str) -> str:
        """The shell command that runs the engine's CLI on these stacks, with the environment it needs."""
        variables = [f"{name}={shlex.quote(value)}" for name, value in self._set.items()]
        return " ".join((*variables, shlex.join((self._cli.command, "-C", str(self._directory), *arguments))))

    # Operations

    def preview(
        self,
        name: str,
        program: Callable[[], None],
        listener: Listener | None = None,
        *,
        replace: Collection[str] = (),
    ) -> Result:
        """What `up` would do. Makes nothing.

        The result's document says which resource each unknown input comes from, which the events do not.
        """
        with self._events(name, listener) as heard:
            preview = self._stack(name).preview(
                program=program, on_event=heard.hear, color="never", json=True, replace=[*replace]
            )
        return heard.result(preview.stdout.encode())

    def up(
        self,
        name: str,
        program: Callable[[], None],
        listener: Listener | None = None,
        *,
        replace: Collection[str] = (),
    ) -> Result:
        """Make the stack what `program` declares; the URNs of `replace` are made anew, changed or not."""
        with self._events(name, listener) as heard:
            self._stack(name).up(
                program=program,
                on_event=heard.hear,
                color="never",
                suppress_outputs=True,
                replace=[*replace],
            )
        return heard.result()

    def refresh(self, name: str, listener: Listener | None = None) -> Result:
        """Read every resource of the stack's state from the world; `updated` and `deleted` have drifted."""
        with self._events(name, listener) as heard:
            self._stack(name).refresh(on_event=heard.hear, color="never")
        return heard.result()

    def destroy(self, name: str, listener: Listener | None = None) -> Result:
        """Delete every resource of the stack, in the order that its state prescribes."""
        with self._events(name, listener) as heard:
            self._stack(name).destroy(on_event=heard.hear, color="never")
        return heard.result()

    # The backend

    def found(self) -> dict[str, StackFound]:
        """The project's stacks that the backend knows, by name. Raises `UsageError` without a backend."""
        try:
            with self._errors():
                stacks = self._workspace.list_stacks()
        except ToolError as error:
            if "PULUMI_ACCESS_TOKEN" not in str(error):
                raise
            raise UsageError(
                f"Pulumi has no backend to keep the stacks' state in ({error}); "
                "set PULUMI_BACKEND_URL, such as s3://<bucket>, or run `pulumi login`; "
                "or add --sandbox to try it without AWS"
            ) from error
        return {stack.name.rpartition("/")[2]: _found(stack) for stack in stacks}

    def initialise(self, name: str) -> None:
        """Make the stack known to the backend. Raises `ToolError` when it is already."""
        with self._errors(name):
            self._workspace.create_stack(name)

    def outputs(self, name: str) -> dict[str, Any]:
        """The stack's outputs after its last `up`, secrets in the clear."""
        with self._errors(name):
            return {key: output.value for key, output in self._workspace.stack_outputs(name).items()}

    def state(self, name: str) -> auto.Deployment:
        """The stack's state, as `pulumi stack export` gives it, secrets encrypted."""
        with self._errors(name):
            return self._workspace.export_stack(name)

    def replace_state(self, name: str, state: auto.Deployment) -> None:
        """Put another state in its place."""
        with self._errors(name):
            self._workspace.import_stack(name, state)

    def unlock(self, name: str) -> None:
        """Take the backend's lock off the stack, whoever holds it (`pulumi cancel`)."""
        with self._errors(name):
            self._cli.run(["cancel", name, "--yes"], self._workspace.work_dir, self._workspace.environment)

    def tag(self, name: str, tags: Mapping[str, str]) -> None:
        """Set tags of the stack itself."""
        with self._errors(name):
            for key, value in tags.items():
                self._workspace.set_tag(name, key, value)

    def tags(self, name: str) -> dict[str, str]:
        """The tags of the stack itself."""
        with self._errors(name):
            return dict(self._workspace.list_tags(name))

    def _stack(self, name: str) -> _Stack:
        return _Stack(name, self._workspace, StackInitMode.SELECT)

    @contextmanager
    def _events(self, name: str, listener: Listener | None) -> Iterator[Heard]:
        heard = Heard(listener)
        with self._errors(name, heard):
            yield heard

    @contextmanager
    def _errors(self, stack: str = "", heard: Heard | None = None) -> Iterator[None]:
        """Turns a failed command into one of our errors, with the engine's own words."""
        about = f"stack {stack}" if stack else "the backend's stacks"
        with quiet_server_log():
            try:
                yield
            except auto.ConcurrentUpdateError as error:
                raise LockedError(f"{about}: {_said(error)}") from error
            except auto.CommandError as error:
                words = "\n".join(heard.errors if heard else ()) or _said(error)
                words = "\n".join((words, *remedies(words, Path(self._cli.command)), *_emptied(words)))
                kind = InterruptedOperationError if self._cli.interrupted else ToolError
                raise kind(f"{about}: {words}") from error


class _Workspace(auto.LocalWorkspace):
    """Never selects a stack: every command names its own, and the selection is the user's."""

    def select_stack(self, stack_name: str) -> None:
        """Nothing to do."""

    def create_stack(self, stack_name: str) -> None:
        """Make a stack and leave the selection alone."""
        self.pulumi_command.run(
            ["stack", "init", "--stack", stack_name, "--no-select"], self.work_dir, self.environment
        )

    @property
    def environment(self) -> dict[str, str]:
        """What commands get beside this process's own environment."""
        home = {"PULUMI_HOME": self.pulumi_home} if self.pulumi_home else {}
        return {**home, **self.env_vars}


class _Stack(auto.Stack):
    """Spares three commands after each operation: the events have said already what they would tell."""

    def outputs(self) -> auto.OutputMap:
        """None; `EngineStacks.outputs` reads them."""
        return {}

    def info(self, show_secrets: bool = True) -> auto.UpdateSummary | None:  # noqa: ARG002, FBT001, FBT002
        """Nothing that is not in the events."""
        return auto.UpdateSummary("", datetime.now(UTC), "", {}, {}, "succeeded")


def _found(stack: auto.StackSummary) -> StackFound:
    return StackFound(stack.name.rpartition("/")[2], stack.resource_count)


def _said(error: auto.CommandError) -> str:
    text = str(error)
    return (text.partition("stderr:")[2].strip() or text).removeprefix("error: ")


def _emptied(words: str) -> tuple[str, ...]:
    """What to do when a file backend does not answer for a file that was being written when its writer died.

    The files beside each state are metadata alone, and a missing one is as good (gocloud.dev/blob/fileblob,
    URLOpener, `metadata`).
    """
    if not re.search(r"^(error: )?(read .*: )?EOF$", words, re.MULTILINE):
        return ()
    return (
        "a file of the backend is empty, its writer was killed; in a file:// backend that is not in use:",
        "find DIRECTORY/.pulumi -name '*.attrs' -empty -delete",
    )
