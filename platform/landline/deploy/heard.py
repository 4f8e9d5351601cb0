"""What the engine's events say of an operation."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pulumi import automation as auto

from landline.deploy.steps import STACK, Changes, Result, Step

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pulumi.automation.events import DiagnosticEvent, EngineEvent, StepEventMetadata

    from landline.deploy.steps import Listener


@dataclass(slots=True)
class Heard:
    """What the events of one operation have said so far, told on to a listener as it comes."""

    listener: Listener | None
    errors: list[str] = field(default_factory=list)
    steps: dict[tuple[str, str], Step] = field(default_factory=dict)
    summary: Mapping[auto.OpType, int] | None = None

    def hear(self, event: EngineEvent) -> None:
        """Called by the SDK, in a thread of its own."""
        if event.resource_pre_event is not None:
            self._step(event.resource_pre_event.metadata, begins=True)
        elif event.res_outputs_event is not None:
            self._step(event.res_outputs_event.metadata)
        elif event.res_op_failed_event is not None:
            self._step(event.res_op_failed_event.metadata, failed=True)
        elif event.summary_event is not None:
            self.summary = event.summary_event.resource_changes
        elif event.diagnostic_event is not None:
            self._diagnostic(event.diagnostic_event)

    def _diagnostic(self, said: DiagnosticEvent) -> None:
        message = said.message.strip()
        # The engine repeats a program's error with a preface.
        if said.severity == "error" and not any(message.endswith(earlier) for earlier in self.errors):
            self.errors.append(f"{said.urn}: {message}" if said.urn else message)
        elif said.severity == "warning" and not said.ephemeral and self.listener is not None:
            self.listener.warning(_with_name(message, said.urn or ""))

    def _step(self, metadata: StepEventMetadata, *, begins: bool = False, failed: bool = False) -> None:
        new, old = metadata.new, metadata.old
        step = Step(
            operation=auto.OpType(metadata.op).value,
            urn=metadata.urn,
            token=metadata.type,
            failed=failed,
            id=old.id if old else "",
            inputs=(new.inputs if new else old.inputs if old else None) or {},
            outputs=(new.outputs if new else None) or {},
            known=(old.outputs if old else None) or {},
            changed=tuple(metadata.diffs or ()),
        )
        self.steps[step.urn, step.operation] = step
        if self.listener is not None:
            self.listener.step(step, begins=begins)

    def result(self, document: bytes = b"") -> Result:
        """What it all came to."""
        steps = tuple(self.steps.values())
        return Result(
            Changes.from_summary(self.summary),
            steps,
            document,
            outputs_differ=any(step.token == STACK and step.outputs != step.known for step in steps),
        )


def _with_name(message: str, urn: str) -> str:
    """The message after the name of the resource that it is about, unless that is the stack itself."""
    token, _, name = urn.rpartition("::")
    about_stack = token.endswith(f"::{STACK}") or not name
    return message if about_stack or message.startswith(name) else f"{name}: {message}"
