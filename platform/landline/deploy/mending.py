"""Stacks that a killed operation left locked or with operations pending, and how they are mended."""

from __future__ import annotations

import os
import re
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pulumi import automation as auto

from landline.deploy.adoption import find
from landline.errors import ToolError

if TYPE_CHECKING:
    from collections.abc import Callable

    from landline.deploy.place import Place
    from landline.deploy.stacks import EngineStacks, LockedError

_OWNER = re.compile(r"created by (?P<user>\S+)@(?P<host>\S+) \(pid (?P<pid>\d+)\) at (?P<at>\S+)")


@dataclass(frozen=True, slots=True)
class Pending:
    """An operation that began and of whose end the state knows nothing."""

    kind: str
    """``creating``, ``updating``, ``deleting``, ``reading`` or ``importing``."""
    resource: dict[str, Any]
    """As the state has it; one that was being created has inputs and no id."""

    @property
    def urn(self) -> str:
        """The resource's URN."""
        return str(self.resource["urn"])

    @property
    def token(self) -> str:
        """The resource's type."""
        return str(self.resource["type"])

    def __str__(self) -> str:
        return f"{self.kind} {self.token} {self.urn.rpartition('::')[2]}"


class PendingError(ToolError):
    """A stack's last operation was cut short, and nobody has looked yet what became of it."""


def pending_operations(state: auto.Deployment) -> tuple[Pending, ...]:
    """What the state says was under way when its last operation ended."""
    operations = (state.deployment or {}).get("pending_operations") or ()
    return tuple(Pending(one["type"], one["resource"]) for one in operations)


def unlock(stacks: EngineStacks, stack: str, locked: LockedError) -> str:
    """Take the lock off whose owner is dead or unknown; says whose it was.

    Raises:
        ToolError: its owner is at work on this host still.

    """
    owners = [match.groupdict() for match in _OWNER.finditer(str(locked))]
    for owner in owners:
        if owner["host"] == socket.gethostname() and _lives(int(owner["pid"])):
            raise ToolError(
                f"stack {stack}: process {owner['pid']} of this host holds its lock and is at work; "
                "let it end, or interrupt it; if that number is another program's by now: "
                f"pulumi cancel {stack}"
            )
    stacks.unlock(stack)
    return ", ".join(f"process {owner['pid']} on {owner['host']}" for owner in owners) or "somebody"


def mend(stacks: EngineStacks, stack: str, place: Place, tell: Callable[[str], None]) -> None:
    """Find out what became of a stack's pending operations, and bring its state in line with AWS.

    What was being created and is there is adopted; what is not there is forgotten, and the next `up` makes
    it. Updates and deletions need nothing but the refresh that follows: it reads every resource of the stack.

    Raises:
        ToolError: something cannot be found for certain; nothing was changed then.
        LockedError: the stack is locked.

    """
    state = stacks.state(stack)
    operations = pending_operations(state)
    if operations:
        document = dict(state.deployment or {})
        resources: list[dict[str, Any]] = [dict(one) for one in document.get("resources") or ()]
        notes = [f"{pending}: {_settled(pending, resources, place)}" for pending in operations]
        document["resources"] = resources
        document["pending_operations"] = []
        stacks.replace_state(stack, auto.Deployment(version=state.version, deployment=document))
        for note in notes:
            tell(note)
    stacks.refresh(stack)


def _settled(pending: Pending, resources: list[dict[str, Any]], place: Place) -> str:
    """Puts what was being created among `resources` if it is in AWS; says what became of it."""
    if pending.kind != "creating" or pending.token.startswith("pulumi:"):
        return "looked at again"
    if not pending.resource.get("custom"):
        return "a component, which is nothing in AWS"
    known = {str(one.get("id")) for one in resources if one["type"] == pending.token}
    inputs = pending.resource.get("inputs") or {}
    found = find(place, pending.token, inputs, known)
    if found is None:
        return "not made"
    for one in resources:
        if one["urn"] == pending.urn and not one.get("delete"):
            # It was being replaced: the old one goes once the new one stands.
            one["delete"] = True
    outputs = {key: value for key, value in inputs.items() if key != "__defaults"}
    resources.append({**pending.resource, "id": found.id, "outputs": {**outputs, **found.outputs}})
    return f"looked up as {found.id}"


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
