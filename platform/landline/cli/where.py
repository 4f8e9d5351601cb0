"""Where a deployment goes: AWS, a sandbox that is served, or one in this process."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from landline.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from landline.deploy.place import Place, Session
    from landline.deploy.stacks import EngineStacks
    from landline.sandbox.served import Served
    from landline.settings import Estate, Stack


@dataclass(frozen=True, slots=True)
class Where:
    """The engine's stacks, and access to what they make."""

    kind: Literal["AWS", "the served sandbox", "a sandbox of this run"]
    stacks: EngineStacks
    place: Callable[[Stack], Place]


@contextmanager
def where(estate: Estate, directory: Path, *, sandbox: bool) -> Iterator[Where]:
    """Where the stacks of `directory` go: to AWS, or to the sandbox.

    Raises:
        UsageError: the directory belongs to no Pulumi project, or the sandbox's extra is not installed.
        ToolError: there is no engine.

    """
    if not sandbox:
        yield _aws(estate, directory)
        return
    from landline.testing.sandboxed import sandbox_class

    # Says what to install when the extra is missing.
    sandbox_class()
    from landline.sandbox.served import default_file, find_served

    if default_file().exists():
        yield _served(estate, find_served())
    else:
        with _own(estate) as own:
            yield own


def _aws(estate: Estate, directory: Path) -> Where:
    from landline.deploy.engine import find_engine
    from landline.deploy.stacks import EngineStacks

    root = directory.resolve().parent
    if not (root / "Pulumi.yaml").is_file():
        raise UsageError(
            f"{root}: there is no Pulumi.yaml beside {directory.name}/, which makes the directory a Pulumi "
            "project; `landline init` writes one, or write there: name: landline, runtime: python, "
            f"stackConfigDir: {directory.name}; or try the stack files out with --sandbox"
        )
    return Where("AWS", EngineStacks(find_engine(), root, {}), _Places(estate, _aws_session))


def _aws_session(estate: Estate, stack: Stack) -> Session:
    from landline.estate import targets

    role, account = estate.role_arn_of(stack), estate.account_of(stack)
    (target,) = targets((), (role,) if role else (), (stack.region,))
    if target.account != account:
        raise UsageError(
            f"{stack.file}: account {account}: the credentials lead to account {target.account}; "
            "use others, or write `role:` in the stack file"
        )
    session: Session = target.session
    return session


def _served(estate: Estate, served: Served) -> Where:
    from landline.deploy.engine import find_engine
    from landline.sandbox.engine_stacks import stacks_in
    from landline.sandbox.served import default_file
    from landline.sandbox.served_session import ServedSession

    # The state of the stacks lives as long as what they have made.
    beside = Path(served.state) if served.state else default_file().with_name(f"sandbox-{served.pid}")
    stacks = stacks_in(beside.with_name(f"{beside.name}.stacks"), find_engine(), served.provider_port)

    def session(estate: Estate, stack: Stack) -> Session:
        return ServedSession(estate.account_of(stack), served.endpoint_url)

    return Where("the served sandbox", stacks, _Places(estate, session))


@contextmanager
def _own(estate: Estate) -> Iterator[Where]:
    from landline.deploy.engine import find_engine
    from landline.sandbox.engine_stacks import engine_stacks
    from landline.sandbox.provider import AwsProvider
    from landline.sandbox.resources.table import INVOKES, RESOURCE_TYPES
    from landline.sandbox.world import World

    engine = find_engine()
    with (
        World() as world,
        engine_stacks(engine, AwsProvider(world, RESOURCE_TYPES, INVOKES)) as stacks,
    ):

        def session(estate: Estate, stack: Stack) -> Session:
            made: Any = world.session(estate.account_of(stack), stack.region)
            session: Session = made
            return session

        yield Where("a sandbox of this run", stacks, _Places(estate, session))


class _Places:
    """The places of stacks; each account is asked for once."""

    def __init__(self, estate: Estate, session: Callable[[Estate, Stack], Session]) -> None:
        self._estate = estate
        self._session = session
        self._lock = threading.Lock()
        self._sessions: dict[tuple[str, str | None], Session] = {}

    def __call__(self, stack: Stack) -> Place:
        from landline.deploy.place import Place

        account = self._estate.account_of(stack)
        key = (account, self._estate.role_arn_of(stack))
        with self._lock:
            if key not in self._sessions:
                self._sessions[key] = self._session(self._estate, stack)
            return Place(account, stack.region, self._sessions[key])
