"""What a killed operation left pending is settled in the state, or nothing is changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest
from pulumi import automation as auto

from landline.deploy.mending import mend
from landline.deploy.place import Place
from landline.errors import ToolError

if TYPE_CHECKING:
    from landline.deploy.place import Session
    from landline.deploy.stacks import EngineStacks


class OneStack:
    """A stack in whose state the creation of one resource is pending."""

    def __init__(self, token: str, *, custom: bool) -> None:
        resource = {"urn": f"urn:pulumi:hub::landline::{token}::hub", "type": token, "custom": custom}
        pending = {"type": "creating", "resource": resource}
        self.document: dict[str, Any] = {"resources": [], "pending_operations": [pending]}
        self.refreshed = False

    def state(self, _: str) -> auto.Deployment:
        return auto.Deployment(version=3, deployment=self.document)

    def replace_state(self, _: str, state: auto.Deployment) -> None:
        self.document = dict(state.deployment or {})

    def refresh(self, _: str) -> None:
        self.refreshed = True


def mended(stack: OneStack) -> list[str]:
    notes: list[str] = []
    place = Place("111111111111", "eu-west-1", cast("Session", None))
    mend(cast("EngineStacks", stack), "hub", place, notes.append)
    return notes


def test_a_component_is_nothing_in_aws_that_could_be_looked_for() -> None:
    stack = OneStack("landline:index:Spoke", custom=False)

    assert mended(stack) == ["creating landline:index:Spoke hub: a component, which is nothing in AWS"]
    assert stack.document == {"resources": [], "pending_operations": []}
    assert stack.refreshed


def test_a_type_that_cannot_be_looked_for_is_said_and_changes_nothing() -> None:
    stack = OneStack("aws:networkmanager/vpcAttachment:VpcAttachment", custom=True)
    before = dict(stack.document)

    with pytest.raises(ToolError, match="how to find one is not known here"):
        mended(stack)

    assert stack.document == before
    assert not stack.refreshed
