"""Operations on the stacks of an estate, with their guards: what the engine does and what it cannot do."""

from __future__ import annotations

import functools
import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pulumi

from landline.deploy import full_bucket, guards, rejection
from landline.deploy.events import Began, Noted, Stepped, Warned
from landline.deploy.mending import PendingError, mend, pending_operations, unlock
from landline.deploy.plan import needs
from landline.deploy.stacks import InterruptedOperationError, LockedError, StackFound
from landline.deploy.steps import STACK, Changes, Result
from landline.errors import LandlineError, ToolError
from landline.estate.endpoint_connection import endpoint_connections
from landline.onboarding.status import ENDED
from landline.program import declare
from landline.settings import BaselineSettings, GrantSettings, HubSettings, SpokeSettings
from landline.settings.estate import not_granted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from landline.deploy.events import Event, Phase
    from landline.deploy.guards import Refusal
    from landline.deploy.place import Place
    from landline.deploy.plan import Task
    from landline.deploy.stacks import EngineStacks
    from landline.deploy.steps import Listener, Step
    from landline.estate.endpoint_connection import EndpointConnection
    from landline.settings import Estate, Stack


STUCK = ENDED - {"deleting", "deleted"}
"""States, in lower case, of an endpoint that is there and will never connect."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a task came to."""

    changes: Changes = field(default_factory=Changes)
    steps: tuple[Step, ...] = ()
    """What changes, or would, by resource."""
    refusals: tuple[Refusal, ...] = ()
    """Of a preview: what `up` would be refused for."""
    rejected: tuple[EndpointConnection, ...] = ()
    """The connections that were rejected."""
    waits: str = ""
    """Why nothing was begun: what it needs is not there yet."""


@dataclass(frozen=True, slots=True)
class Options:
    """What the user asked for."""

    mend: bool = False
    """Whether to take away the locks of the dead and to settle pending operations."""
    allow: Mapping[str, str] = field(default_factory=dict)
    """Rules that do not refuse, with the reason."""


@dataclass(slots=True)
class Deployment:
    """The stacks of an estate on an engine. Tasks may run side by side, those of one stack one by one."""

    estate: Estate
    stacks: EngineStacks
    place: Callable[[Stack], Place]
    """Access to the account and Region of a stack. Called from several threads."""
    tell: Callable[[Event], None]
    """Called from several threads."""
    options: Options = field(default_factory=Options)
    declare: Callable[..., None] = declare
    """The program of a stack."""
    _found: dict[str, StackFound] | None = None
    _warnings: set[tuple[str, str]] = field(default_factory=set)
    """Those told, by stack."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self) -> None:
        """Ask the backend which stacks there are, and load what programs import: that is not thread-safe."""
        self._found = self.stacks.found()
        _load_lazy_modules()

    def strays(self) -> tuple[str, ...]:
        """Stacks that the backend holds and no file describes: what they made still stands.

        A grant's whose file was deleted still grants.
        """
        names = (self._found or {}).keys() - self.estate.stacks.keys()
        return tuple(name for name in sorted(names) if self._deployed(name))

    def do(self, task: Task) -> Outcome:
        """Do one task. Raises `LandlineError`, `RefusedError` among them."""
        if task.operation in ("preview", "up") and (waits := self._waits(self.estate[task.stack])):
            return Outcome(waits=waits)
        self.tell(Began(task))
        match task.operation:
            case "preview":
                return self._preview(task)
            case "up":
                return self._mended(task, functools.partial(self._up, task))
            case "refresh":
                return self._mended(task, functools.partial(self._refresh, task))
            case "destroy":
                return self._mended(task, functools.partial(self._destroy, task))

    # Operations

    def _preview(self, task: Task) -> Outcome:
        stack = self.estate[task.stack]
        for name in needs(stack):
            if not self._deployed(name):
                return Outcome(waits=f"{name} is not deployed yet, and its outputs decide what is made here")
        self._initialise(stack.name)
        result, _ = self._planned(task)
        refusals = self._refusals(stack, result, self._cuts(stack, result))
        return Outcome(result.changes, _telling(result), refusals)

    def _waits(self, stack: Stack) -> str:
        """What a spoke has to be granted before AWS makes its endpoints; empty if it can be deployed.

        An endpoint that was made while it was granted needs the grant no more to stay as it is.
        """
        if not isinstance(stack.settings, SpokeSettings) or not (asked := self.estate.ungranted(stack)):
            return ""
        made = self.stacks.outputs(stack.name).get("endpoints") if self._deployed(stack.name) else None
        missing = [service for service in asked if service not in (made or {})]
        return not_granted(stack.name, missing) if missing else ""

    def _up(self, task: Task) -> Outcome:
        stack = self.estate[task.stack]
        self._initialise(stack.name)
        gone = self._gone(task)
        planned, anew = self._planned(task, gone)
        cuts = self._cuts(stack, planned)
        refusals = self._refusals(stack, planned, cuts)
        if refused := guards.allowed(refusals, self.options.allow):
            raise guards.RefusedError(stack.name, refused)
        if refusals:
            self._note_allowed(task, refusals)
        rejected = self._reject_before(stack, cuts)
        result = planned
        if planned.changes or planned.outputs_differ:
            with self._advised(stack):
                result = self.stacks.up(
                    stack.name, self._program(stack, gone), self._listener(task, "up"), replace=anew
                )
        if isinstance(stack.settings, GrantSettings):
            rejected += rejection.cut_off(self._hub_ec2(stack), self.estate, stack.name, destroyed=False)
        return Outcome(result.changes, _telling(result), rejected=rejected)

    def _refresh(self, task: Task) -> Outcome:
        if not self._exists(task.stack):
            return Outcome()
        result = self.stacks.refresh(task.stack, self._listener(task, "refresh"))
        return Outcome(result.changes, _telling(result))

    def _destroy(self, task: Task) -> Outcome:
        if not self._deployed(task.stack):
            return Outcome()
        stack = self.estate[task.stack]
        rejected: tuple[EndpointConnection, ...] = ()
        if isinstance(stack.settings, HubSettings):
            # AWS deletes no service with living connections, and no load balancer of a service.
            rejected = self.living(stack)
            rejection.reject(self._ec2(stack), rejected)
        with self._advised(stack):
            result = self.stacks.destroy(stack.name, self._listener(task, "destroy"))
        if isinstance(stack.settings, GrantSettings):
            rejected = rejection.cut_off(self._hub_ec2(stack), self.estate, stack.name, destroyed=True)
        return Outcome(result.changes, _telling(result), rejected=rejected)

    def living(self, hub: Stack) -> tuple[EndpointConnection, ...]:
        """The living connections to a hub's services, for who would be cut by its destruction."""
        if not self._deployed(hub.name):
            return ()
        return guards.alive(one for one in endpoint_connections(self._ec2(hub)) if one.hub == hub.name)

    @contextmanager
    def _advised(self, stack: Stack) -> Iterator[None]:
        """Says what to do about what AWS refuses to delete."""
        try:
            yield
        except ToolError as error:
            if isinstance(error, InterruptedOperationError) or full_bucket.REFUSED not in str(error):
                raise
            resources = (self.stacks.state(stack.name).deployment or {}).get("resources") or ()
            account = self.estate.account_of(stack)
            advice = full_bucket.advice(str(error), resources, stack, account, self.stacks.command)
            raise ToolError(f"{error}\n{advice}".rstrip()) from error

    # Guards

    def _refusals(self, stack: Stack, planned: Result, cuts: tuple[guards.Cut, ...]) -> tuple[Refusal, ...]:
        return (
            *guards.doors(planned.document, self.estate, self._hub_name(stack)),
            *guards.refusals_of(cuts, self.estate),
        )

    def _cuts(self, stack: Stack, planned: Result) -> tuple[guards.Cut, ...]:
        if isinstance(stack.settings, BaselineSettings) or not any(map(guards.may_cut, planned.steps)):
            return ()
        hub = self.estate[self._hub_name(stack) or stack.name]
        return guards.cuts(planned.steps, endpoint_connections(self._ec2(hub)))

    def _hub_name(self, stack: Stack) -> str | None:
        if isinstance(stack.settings, HubSettings):
            return stack.name
        return next(iter(needs(stack)), None)

    def _note_allowed(self, task: Task, refusals: tuple[Refusal, ...]) -> None:
        for refusal in refusals:
            self.tell(Noted(task, f"allowed: {refusal} ({self.options.allow[refusal.rule]})"))
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        rules = sorted({refusal.rule for refusal in refusals})
        # Pulumi Cloud takes tag values of up to 256 characters.
        tags = {f"landline:allow:{rule}": f"{now} {self.options.allow[rule]}"[:256] for rule in rules}
        self.stacks.tag(task.stack, tags)

    def _reject_before(self, stack: Stack, cuts: tuple[guards.Cut, ...]) -> tuple[EndpointConnection, ...]:
        """Reject the connections to services that go: AWS deletes no service with living ones.

        Those that were judged and no others: one that came since is cut by nobody's leave.
        """
        going = [cut for cut in cuts if cut.step.token == guards.SERVICE]
        connections = tuple(one for cut in going for one in cut.connections)
        rejection.reject(self._ec2(stack), connections)
        return connections

    # What was cut short

    def _mended(self, task: Task, do: Callable[[], Outcome]) -> Outcome:
        """Do the task; mend before it, and once more when a lock is in its way, what a killed one left."""
        if self._exists(task.stack):
            self._settle(task)
        try:
            return do()
        except LockedError as locked:
            if not self.options.mend:
                raise ToolError(f"{locked}\n{_remedy(task)}") from locked
            owner = unlock(self.stacks, task.stack, locked)
            self.tell(Noted(task, f"took off the lock of {owner}"))
        self._settle(task)
        return do()

    def _settle(self, task: Task) -> None:
        operations = pending_operations(self.stacks.state(task.stack))
        if not operations:
            return
        if not self.options.mend:
            what = "\n".join(f"  {one}" for one in operations)
            raise PendingError(
                f"stack {task.stack}: its last operation was cut short; nobody knows what became of these:\n"
                f"{what}\n{_remedy(task)}"
            )
        stack = self.estate[task.stack]
        tell = functools.partial(_note, self.tell, task)
        try:
            mend(self.stacks, task.stack, self.place(stack), tell)
        except LockedError as locked:
            tell(f"took off the lock of {unlock(self.stacks, task.stack, locked)}")
            mend(self.stacks, task.stack, self.place(stack), tell)
        with self._lock:
            self._remember(task.stack, None)

    # Access

    def _ec2(self, stack: Stack) -> Any:  # noqa: ANN401 - a boto3 client
        return self.place(stack).client("ec2")

    def _hub_ec2(self, grant: Stack) -> Any:  # noqa: ANN401 - a boto3 client
        return self._ec2(self.estate.hub_of(grant))

    def _planned(self, task: Task, gone: frozenset[str] = frozenset()) -> tuple[Result, frozenset[str]]:
        """What `up` would do, and the URNs of what it is to make anew."""
        stack = self.estate[task.stack]

        def preview(anew: frozenset[str]) -> Result:
            listener = self._listener(task, "preview")
            return self.stacks.preview(stack.name, self._program(stack, gone), listener, replace=anew)

        planned = preview(frozenset())
        anew = self._ended(stack, planned)
        return (preview(anew) if anew else planned), anew

    def _ended(self, stack: Stack, planned: Result) -> frozenset[str]:
        """The URNs of a spoke's endpoints whose connection has ended, and that are granted.

        A connection that was rejected stays so, whatever is granted afterwards: no AWS page says that it can
        be accepted again. A new endpoint asks anew.
        """
        grant = self.estate.grant_of(stack) if isinstance(stack.settings, SpokeSettings) else None
        if grant is None or not isinstance(grant.settings, GrantSettings):
            return frozenset()
        endpoints = {step.id: step.urn for step in planned.steps if step.token == guards.ENDPOINT and step.id}
        outputs = next((step.known for step in planned.steps if step.token == STACK), {})
        named = dict(outputs.get("endpoints") or {})
        granted = {id_ for service, id_ in named.items() if service in grant.settings.services}
        asked = sorted(granted & endpoints.keys())
        if not asked:
            return frozenset()
        shown = self._ec2(stack).describe_vpc_endpoints(
            Filters=[{"Name": "vpc-endpoint-id", "Values": asked}]
        )
        return frozenset(
            endpoints[one["VpcEndpointId"]] for one in shown["VpcEndpoints"] if one["State"].lower() in STUCK
        )

    def _gone(self, task: Task) -> frozenset[str]:
        """Endpoints of a grant's spoke that its outputs still name and that no longer connect to the hub.

        A spoke whose destruction was cut short keeps its outputs. When a grant comes to accept, its spoke has
        just been deployed: then the outputs are right, and AWS may only be slow to show the connection.
        """
        settings = self.estate[task.stack].settings
        if not isinstance(settings, GrantSettings) or task.again or not self._exists(settings.spoke):
            return frozenset()
        named = set(dict(self.stacks.outputs(settings.spoke).get("endpoints") or {}).values())
        there = {
            one.endpoint for one in guards.alive(endpoint_connections(self._hub_ec2(self.estate[task.stack])))
        }
        for endpoint in sorted(named - there):
            text = f"{endpoint} of {settings.spoke} is gone or was rejected: nothing to accept"
            self.tell(Noted(task, text))
        return frozenset(named - there)

    def _listener(self, task: Task, phase: Phase) -> Listener:
        return _Heard(task, phase, self.tell, self._warn)

    def _warn(self, task: Task, text: str) -> None:
        """Tells it once of a stack, which is previewed before it goes up, and may come a second time."""
        with self._lock:
            told = (task.stack, text) in self._warnings
            self._warnings.add((task.stack, text))
        if not told:
            self.tell(Warned(task, text))

    def _program(self, stack: Stack, gone: frozenset[str] = frozenset()) -> Callable[[], None]:
        program = functools.partial(self.declare, gone=gone) if gone else self.declare
        return functools.partial(_declare, program, stack, self.estate)

    def _exists(self, name: str) -> bool:
        if self._found is None:
            raise RuntimeError("begin() comes first")
        return name in self._found

    def _deployed(self, name: str) -> bool:
        """Whether a stack held anything when this began, as far as the backend tells."""
        return self._exists(name) and (self._found or {})[name].resources != 0

    def _initialise(self, name: str) -> None:
        with self._lock:
            if not self._exists(name):
                self.stacks.initialise(name)
                self._remember(name, 0)

    def _remember(self, name: str, resources: int | None) -> None:
        self._found = {**(self._found or {}), name: StackFound(name, resources)}


@dataclass(frozen=True, slots=True)
class _Heard:
    """Tells what the engine says of a task."""

    task: Task
    phase: Phase
    tell: Callable[[Event], None]
    warn: Callable[[Task, str], None]

    def step(self, step: Step, *, begins: bool) -> None:
        self.tell(Stepped(self.task, self.phase, step, begins))

    def warning(self, text: str) -> None:
        self.warn(self.task, text)


def _declare(declared: Callable[..., None], stack: Stack, estate: Estate) -> None:
    try:
        declared(stack, estate)
    except LandlineError as error:
        # The engine prints a RunError without a traceback.
        raise pulumi.RunError(str(error)) from error


def _telling(result: Result) -> tuple[Step, ...]:
    return tuple(step for step in result.steps if step.operation != "same")


def _note(tell: Callable[[Event], None], task: Task, text: str) -> None:
    tell(Noted(task, text))


def _remedy(task: Task) -> str:
    return (
        f"Make sure that nobody works on it any more, then: landline {task.operation} {task.stack} --mend\n"
        "It takes the lock off, looks in AWS for what was half made, and goes on."
    )


def _load_lazy_modules() -> None:
    """Loads those modules of pulumi_aws that the components name: lazy loading is not thread-safe."""
    components = [module for name, module in sys.modules.items() if name.startswith("components.")]
    named = [value for module in components for value in vars(module).values()]
    for module in named:
        if isinstance(module, ModuleType):
            getattr(module, "__all__", None)  # any but those that Python itself reads loads it
