"""Reads other stacks' outputs while a program runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pulumi

from landline.errors import ToolError
from landline.program.outputs import (
    BaselineOutputs,
    HubOutputs,
    SpokeOutputs,
    read_baseline,
    read_hub,
    read_spoke,
)

if TYPE_CHECKING:
    from landline.program.outputs import Outputs

READ_STACK_OUTPUTS = "pulumi:pulumi:readStackOutputs"
"""The engine's own function behind stack references. Unlike a `StackReference`, it answers at once and with
plain values, so that they can decide which resources there are, and a stack that does not exist yet is no
failure of the program."""


def hub_outputs(stack: str) -> HubOutputs:
    """The outputs of the hub's stack.

    Raises `UsageError` when it has none yet or they cannot be read, `ToolError` when the engine fails.
    """
    return read_hub(stack, _outputs(stack))


def spoke_outputs(stack: str) -> SpokeOutputs | None:
    """The outputs of a spoke's stack, or None when it was never deployed, is destroyed or does not exist.

    Raises `UsageError` when they cannot be read, `ToolError` when the engine fails.
    """
    return read_spoke(stack, _outputs(stack))


def baseline_outputs(stack: str) -> BaselineOutputs | None:
    """The outputs of a baseline's stack, or None when it was never deployed, is destroyed or does not exist.

    Raises `UsageError` when they cannot be read, `ToolError` when the engine fails.
    """
    return read_baseline(stack, _outputs(stack))


def _outputs(stack: str) -> Outputs:
    name = f"{pulumi.get_organization()}/{pulumi.get_project()}/{stack}"
    try:
        result = pulumi.runtime.invoke(READ_STACK_OUTPUTS, {"name": name})
    except Exception as error:
        # The SDK has no exception of its own for a failed call.
        if f'unknown stack "{name}"' in str(error):
            return {}
        raise ToolError(f"cannot read the outputs of stack {name}: {error}") from error
    answer: object = result.value
    outputs = answer.get("outputs") if isinstance(answer, dict) else None
    if not isinstance(outputs, dict):
        raise ToolError(f"the engine gave no outputs for stack {name}: {answer!r}")
    return outputs
