"""The stacks of one project in a world: what each has made, and the engine's part in changing it.

An unchanged resource is left alone, a changed one is updated or replaced, one that is no longer declared is
deleted, dependents first. Nothing here knows Pulumi's runtime, so a world can live in a process without it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from landline.errors import LandlineError, ToolError, UsageError
from landline.sandbox.diff import diff
from landline.sandbox.resource_type import Made
from landline.sandbox.stack_state import Deployed, StackState, deletion_order

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from landline.sandbox.provider_config import ProviderConfig
    from landline.sandbox.resource_type import Place, Properties, ResourceType

    OnChange = Callable[["Change", str, str], None]

Change = Literal["created", "updated", "replaced", "deleted", "same"]
_MADE: tuple[Change, ...] = ("created", "updated", "replaced", "same")


class ResourceFailedError(Exception):
    """A resource that could not be made or changed; the text names it and carries AWS's code and words."""


@dataclass(frozen=True, slots=True)
class Registration:
    """A resource as a program declares it."""

    urn: str
    token: str
    inputs: Properties
    """As written: without the names and tags that the provider adds."""
    config: ProviderConfig | None
    """The settings of its provider; None if its stack declares none for it."""
    depends_on: frozenset[str]
    ignored: tuple[str, ...] = ()
    """Inputs whose changes are ignored."""
    retained: bool = False

    @property
    def name(self) -> str:
        """The logical name in the program."""
        return self.urn.rsplit("::", 1)[-1]


@dataclass(slots=True)
class _Run:
    """What one run of a stack's program has done so far."""

    before: StackState
    on_change: OnChange
    deployed: dict[str, Deployed] = field(default_factory=dict)
    superseded: list[Deployed] = field(default_factory=list)
    """Replaced resources whose predecessors wait for their deletion."""
    counts: dict[Change, int] = field(default_factory=lambda: dict.fromkeys(_MADE, 0))
    failures: list[str] = field(default_factory=list)


def silent(change: Change, token: str, name: str) -> None:
    """Nobody listens."""


class Stacks:
    """The stacks of one project in the world that `place` leads to."""

    def __init__(self, place: Callable[[str, str], Place]) -> None:
        self.place = place
        self._states: dict[str, StackState] = {}
        self._runs: dict[str, _Run] = {}

    def initialise(self, stack: str) -> None:
        """Makes the stack known, as `pulumi stack init` does: others may read its outputs, none yet."""
        self._states.setdefault(stack, StackState())

    def tokens(self) -> list[str]:
        """The resource types that a program can declare here."""
        from landline.sandbox.resources.table import RESOURCE_TYPES

        return list(RESOURCE_TYPES)

    def outputs(self, stack: str) -> dict[str, Any]:
        """The stack's outputs; UsageError for a stack that was never initialised."""
        return dict(self._state(stack).outputs)

    def outputs_by_reference(self, name: str) -> dict[str, Any]:
        """The outputs of ``<organisation>/<project>/<stack>``, or of a bare stack name."""
        stack = name.rsplit("/", 1)[-1]
        if stack not in self._states:
            # The engine's own words, which programs look for.
            message = f'unknown stack "{name}"'
            raise LandlineError(message)
        return dict(self._states[stack].outputs)

    def resources(self, stack: str) -> tuple[Deployed, ...]:
        """What the stack has made, in the order of creation."""
        return tuple(self._state(stack).resources.values())

    # A run of a stack's program: begun, registered into, finished or failed

    def begin(self, stack: str, on_change: OnChange = silent) -> None:
        """Begins a run of the stack's program; a stack that is not known is initialised."""
        self.initialise(stack)
        self._runs[stack] = _Run(self._states[stack], on_change)

    def register(self, stack: str, registration: Registration) -> Made:
        """Makes, changes, replaces or keeps a resource. Raises ResourceFailedError."""
        run = self._runs[stack]
        try:
            deployed = self._settle(run, registration)
        except expected_failures() as error:
            message = f"{registration.token} {registration.name}: {worded(error)}"
            run.failures.append(message)
            raise ResourceFailedError(message) from error
        run.deployed[registration.urn] = deployed
        return Made(deployed.id, deployed.outputs)

    def invoke(self, token: str, config: ProviderConfig | None, arguments: Properties) -> Properties:
        """What a data source answers. Raises AWS's refusals, and UsageError for one unknown."""
        from landline.sandbox.resources.table import INVOKES

        if token not in INVOKES:
            message = f"the sandbox has no data source {token}. Add it to landline.sandbox.resources."
            raise UsageError(message)
        provider = _required(config, token)
        return INVOKES[token](self.place(provider.account, provider.region), arguments)

    def finish(self, stack: str, outputs: Mapping[str, Any]) -> dict[Change, int]:
        """Ends a run that came to its end: what it did not declare is deleted. Gives what became of how many.

        Raises ToolError when AWS refuses a deletion; what was not deleted yet stays in the stack's state.
        """
        run = self._runs.pop(stack)
        gone = [r for urn, r in run.before.resources.items() if urn not in run.deployed]
        superseded = _under_own_key(run.superseded)
        self._states[stack] = StackState({**run.deployed, **{r.urn: r for r in gone}, **superseded}, outputs)
        self._delete(stack, gone, run.on_change)
        self._delete(stack, superseded.values(), silent)
        return {**run.counts, "deleted": len(gone)}

    def fail(self, stack: str) -> tuple[str, ...]:
        """Ends a run that failed: what was made stays, and nothing is deleted. Gives what failed."""
        run = self._runs.pop(stack)
        # Old and new together: nothing that was made may be forgotten.
        kept = {**run.before.resources, **run.deployed, **_under_own_key(run.superseded)}
        self._states[stack] = StackState(kept, run.before.outputs)
        return tuple(run.failures)

    def destroy(self, stack: str, on_change: OnChange = silent) -> int:
        """Deletes all that the stack has made, dependents first; the stack stays known, and empty.

        Gives how many there were. Raises as `finish` does.
        """
        resources = self._state(stack).resources
        self._delete(stack, resources.values(), on_change)
        self._states[stack] = StackState()
        return len(resources)

    def _state(self, stack: str) -> StackState:
        if stack not in self._states:
            known = ", ".join(sorted(self._states)) or "none"
            message = f"no stack {stack!r} in the sandbox; known: {known}"
            raise UsageError(message)
        return self._states[stack]

    def _delete(self, stack: str, resources: Iterable[Deployed], on_change: OnChange) -> None:
        for resource in deletion_order(resources):
            if not resource.retained:
                place = self.place(resource.account, resource.region)
                try:
                    _row_of(resource.token).delete(place, resource.id, resource.outputs)
                except expected_failures() as error:
                    message = f"stack {stack}: {resource.token} {resource.name}: {worded(error)}"
                    raise ToolError(message) from error
            state = self._states[stack]
            remaining = {urn: r for urn, r in state.resources.items() if urn != resource.urn}
            self._states[stack] = StackState(remaining, state.outputs)
            on_change("deleted", resource.token, resource.name)

    def _settle(self, run: _Run, registration: Registration) -> Deployed:
        from landline.sandbox.resources.table import named, unsupported

        row = _row_of(registration.token)
        config = _required(registration.config, registration.token)
        inputs = registration.inputs
        old = run.before.resources.get(registration.urn)
        wanted = named(row, registration.urn, inputs, old.inputs if old else None)
        if row.tagged:
            wanted = {**wanted, "tagsAll": config.tags_all(inputs)}
        refused = unsupported(row, wanted)
        if refused:
            known = ", ".join(sorted(row.inputs))
            message = f"the sandbox's {row.token} does not understand {', '.join(refused)}; it takes {known}"
            raise UsageError(message)
        if registration.urn in run.deployed:
            message = f"{registration.urn} is declared twice"
            raise UsageError(message)
        if old is not None:
            wanted = wanted | {key: old.inputs[key] for key in registration.ignored if key in old.inputs}
        target = Deployed(
            urn=registration.urn,
            token=row.token,
            id=old.id if old else "",
            inputs=wanted,
            outputs=old.outputs if old else {},
            account=config.account,
            region=config.region,
            depends_on=registration.depends_on,
            retained=registration.retained,
        )
        own_name = row.autoname is not None and bool(inputs.get(row.autoname.property))
        change, deployed = self._change(run, row, old, target, own_name=own_name)
        run.counts[change] += 1
        run.on_change(change, row.token, deployed.name)
        return deployed

    def _change(
        self, run: _Run, row: ResourceType, old: Deployed | None, target: Deployed, *, own_name: bool
    ) -> tuple[Change, Deployed]:
        """Does what the difference asks for; `own_name` says that the program named the resource itself."""
        from landline.sandbox.resources.table import named

        place = self.place(target.account, target.region)
        if old is None:
            return "created", _create(row, place, target)
        moved = (old.account, old.region) != (target.account, target.region)
        difference = diff(row, old.inputs, target.inputs, own_name=own_name)
        if not difference and not moved:
            return "same", target
        if not difference.replaces and not moved:
            outputs = row.update(place, old.id, old.inputs, target.inputs)
            return "updated", replace(target, id=str(outputs.get("id", old.id)), outputs=outputs)
        if difference.delete_before_replace and not moved:
            if not old.retained:
                row.delete(place, old.id, old.outputs)
            return "replaced", _create(row, place, target)
        if row.autoname is not None and not own_name:
            # A name made up anew, so that the new resource can stand beside the old.
            rule = row.autoname.property
            nameless = {k: v for k, v in target.inputs.items() if k != rule}
            target = replace(target, inputs=named(row, old.urn, nameless, salt=old.inputs[rule]))
        run.superseded.append(old)
        return "replaced", _create(row, place, target)


def _create(row: ResourceType, place: Place, target: Deployed) -> Deployed:
    made = row.create(place, target.inputs)
    return replace(target, id=made.id, outputs=made.outputs)


def _required(config: ProviderConfig | None, token: str) -> ProviderConfig:
    if config is None:
        message = f"{token} has no provider of its own stack: pass every resource one declared aws.Provider"
        raise UsageError(message)
    return config


def _under_own_key(superseded: Iterable[Deployed]) -> dict[str, Deployed]:
    """Replaced resources beside their successors, which have the same URN."""
    return {(urn := f"{r.urn}#{r.id}"): replace(r, urn=urn) for r in superseded}


# botocore and the resource table are read where the world is, which may be another process than this one's.


def _row_of(token: str) -> ResourceType:
    from landline.sandbox.resources.table import row_of

    return row_of(token)


@cache
def expected_failures() -> tuple[type[Exception], ...]:
    """What a row may raise: AWS's refusal, boto3's own, ours, and moto's for an operation that it lacks."""
    from botocore.exceptions import BotoCoreError, ClientError

    return (ClientError, BotoCoreError, LandlineError, NotImplementedError)


def worded(error: Exception) -> str:
    """AWS's code and words where AWS refused, else the error's own text."""
    from botocore.exceptions import ClientError

    if isinstance(error, ClientError):
        detail = error.response.get("Error", {})
        return f"{detail.get('Code', 'Unknown')}: {detail.get('Message', error)}"
    return str(error)
