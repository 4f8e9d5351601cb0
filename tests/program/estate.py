"""Deploys stack files under mocks, in the order in which they depend on each other."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from landline.program import declare
from landline.settings import load_estate, load_stack
from tests.components.recorder import Deployed, deploy

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

STACKS = Path(__file__).parent.parent.parent / "stacks"


def deploy_stack(
    name: str,
    outputs: Mapping[str, Mapping[str, Any]],
    directory: Path = STACKS,
    *,
    gone: Collection[str] = (),
) -> Deployed:
    """Declares one stack, with `outputs` as what the others have exported."""
    stack, estate = load_stack(directory, name)
    return deploy(lambda: declare(stack, estate, gone), stack=name, stacks=outputs)


def deploy_all(directory: Path = STACKS) -> dict[str, Deployed]:
    """Declares all stacks of a directory, grants of the accepted lane twice; gives the last of each."""
    estate = load_estate(directory).estate
    assert estate is not None
    deployed: dict[str, Deployed] = {}
    for round_ in estate.deployment_order():
        before = {name: one.outputs for name, one in deployed.items()}
        deployed |= {name: deploy_stack(name, before, directory) for name in round_}
    return deployed


def names(deployed: Mapping[str, Deployed]) -> list[str]:
    """Each resource as stack, type and name, sorted: what an upgrade must not change without an alias."""
    return sorted(
        f"{stack} {one.token} {one.name}" for stack, resources in deployed.items() for one in resources
    )
