"""Whatever the example makes can be found again in AWS from its inputs alone, as after a `kill -9`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from landline.deploy.adoption import AGAIN, FROM_INPUTS, find
from landline.deploy.lookups import LOOKUPS
from landline.deploy.place import Place
from landline.errors import ToolError
from landline.sandbox.estate import Sandbox
from landline.sandbox.resources.table import RESOURCE_TYPES, row_of
from tests.deploy.estate import example

if TYPE_CHECKING:
    from collections.abc import Iterator

    from landline.sandbox.stack_state import Deployed


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(example()) as running:
        running.up_all()
        yield running


def resources(sandbox: Sandbox) -> list[Deployed]:
    return [resource for stack in sandbox.estate for resource in sandbox.resources(stack.name)]


def place(sandbox: Sandbox, resource: Deployed) -> Place:
    session = sandbox.session(resource.account, resource.region)
    return Place(resource.account, resource.region, session)  # type: ignore[arg-type]


def test_all_types_of_the_sandbox_can_be_found_or_put_again() -> None:
    assert AGAIN | FROM_INPUTS.keys() | LOOKUPS.keys() >= RESOURCE_TYPES.keys()
    assert not AGAIN & (FROM_INPUTS.keys() | LOOKUPS.keys())
    assert not FROM_INPUTS.keys() & LOOKUPS.keys()


def test_everything_is_found_by_its_inputs_and_can_be_read(sandbox: Sandbox) -> None:
    searched = 0
    for resource in resources(sandbox):
        # A state keeps numbers as JSON does.
        inputs = json.loads(json.dumps(resource.inputs))
        found = find(place(sandbox, resource), resource.token, inputs, known=())
        if resource.token in AGAIN:
            assert found is None
            continue
        assert found is not None, resource.urn
        assert found.id == resource.id, resource.urn
        there = sandbox.world.place(resource.account, resource.region)
        read = row_of(resource.token).read(there, found.id, {**inputs, **found.outputs})
        assert read is not None, resource.urn
        searched += 1
    assert searched > 100


def test_what_the_state_knows_is_not_found_again(sandbox: Sandbox) -> None:
    vpcs = [resource for resource in resources(sandbox) if resource.token == "aws:ec2/vpc:Vpc"]

    assert {find(place(sandbox, vpc), vpc.token, vpc.inputs, known={vpc.id}) for vpc in vpcs} == {None}


def test_two_that_fit_are_named_and_neither_is_taken(sandbox: Sandbox) -> None:
    vpc = next(resource for resource in resources(sandbox) if resource.token == "aws:ec2/vpc:Vpc")
    ec2 = place(sandbox, vpc).client("ec2")
    tags = [{"Key": key, "Value": value} for key, value in vpc.inputs["tagsAll"].items()]
    twin = ec2.create_vpc(
        CidrBlock=vpc.inputs["cidrBlock"], TagSpecifications=[{"ResourceType": "vpc", "Tags": tags}]
    )["Vpc"]["VpcId"]
    try:
        with pytest.raises(ToolError, match=f"several fit.*({vpc.id}.*{twin}|{twin}.*{vpc.id})"):
            find(place(sandbox, vpc), vpc.token, vpc.inputs, known=())
        found = find(place(sandbox, vpc), vpc.token, vpc.inputs, known={vpc.id})
        assert found is not None
        assert found.id == twin
    finally:
        ec2.delete_vpc(VpcId=twin)


def test_what_was_never_made_is_not_found(sandbox: Sandbox) -> None:
    vpc = next(resource for resource in resources(sandbox) if resource.token == "aws:ec2/vpc:Vpc")
    inputs = vpc.inputs | {"tagsAll": {"landline:stack": "nobody"}}

    assert find(place(sandbox, vpc), vpc.token, inputs, known=()) is None
    balancer = {"name": "nobody"}
    assert find(place(sandbox, vpc), "aws:lb/loadBalancer:LoadBalancer", balancer, known=()) is None


def test_a_type_that_is_not_known_is_refused(sandbox: Sandbox) -> None:
    vpc = next(iter(resources(sandbox)))

    with pytest.raises(ToolError, match=r"how to find one is not known here.*--import-pending-creates"):
        find(place(sandbox, vpc), "aws:ec2/instance:Instance", {}, known=())
