"""What a deployment knows before it begins anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from landline.deploy.deployment import Deployment
from landline.deploy.stacks import StackFound
from tests.deploy.estate import example

if TYPE_CHECKING:
    from landline.deploy.adoption import Place
    from landline.deploy.stacks import EngineStacks


class Backend:
    """A backend that knows these stacks, with so many resources."""

    def __init__(self, **stacks: int | None) -> None:
        self._stacks = stacks

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
