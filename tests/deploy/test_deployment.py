"""What a deployment knows before it begins anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn, cast

import pytest

from landline.deploy.deployment import Deployment
from landline.deploy.plan import Operation, Task
from landline.deploy.stacks import StackFound
from landline.errors import ToolError
from landline.settings import Estate
from tests.deploy.estate import example

if TYPE_CHECKING:
    from landline.deploy.events import Event
    from landline.deploy.place import Place
    from landline.deploy.stacks import EngineStacks


class Backend:
    """A backend that knows these stacks, with so many resources."""

    def __init__(self, **stacks: int | None) -> None:
        self._stacks = stacks

    def outputs(self, name: str) -> dict[str, object]:
        return {"endpoints": {"logging": "vpce-1"}} if self._stacks[name] else {}

    def state(self, name: str) -> NoReturn:
        raise ToolError(f"{name} was begun")

    def found(self) -> dict[str, StackFound]:
        return {name: StackFound(name, resources) for name, resources in self._stacks.items()}


def strays(**stacks: int | None) -> tuple[str, ...]:
    backend = cast("EngineStacks", Backend(**stacks))
    deployment = Deployment(example(), backend, lambda _: cast("Place", None), lambda _: None)
    deployment.begin()
    return deployment.strays()


def test_stacks_that_no_file_describes_are_strays_while_they_hold_anything() -> None:
    assert strays(hub=90, orders=0) == ()
    # Pulumi Cloud does not say how many there are.
    assert strays(hub=90, former=3, cloud=None, empty=0) == ("cloud", "former")


def ungranted(told: list[Event], **stacks: int | None) -> Deployment:
    """The example without the grant to orders."""
    estate = Estate.of(stack for stack in example() if stack.name != "grant-orders")
    backend = cast("EngineStacks", Backend(**stacks))
    deployment = Deployment(estate, backend, lambda _: cast("Place", None), told.append)
    deployment.begin()
    return deployment


@pytest.mark.parametrize("operation", ["preview", "up"])
def test_a_spoke_whose_request_is_not_granted_is_not_begun(operation: Operation) -> None:
    told: list[Event] = []
    outcome = ungranted(told, hub=90).do(Task("orders", operation))

    assert outcome.waits == (
        "logging is requested and not granted, so all of orders waits and nothing of it is deployed; "
        "have the platform team grant logging to orders: landline grant orders logging --approved REFERENCE"
    )
    assert not outcome.changes
    assert not told


def test_a_revoked_spoke_whose_endpoint_stands_goes_on() -> None:
    with pytest.raises(ToolError, match="orders was begun"):
        ungranted([], hub=90, orders=12).do(Task("orders", "up"))
