"""The same stack file gives the same resources, names and inputs, whoever runs the program."""

from __future__ import annotations

import functools
import json
import runpy
from typing import TYPE_CHECKING, Any, cast

from pulumi.runtime.proto import provider_pb2 as pb

from landline.program import declare
from landline.sandbox.in_process import InProcess
from landline.sandbox.provider import AwsProvider
from landline.sandbox.resources.table import INVOKES, RESOURCE_TYPES
from landline.sandbox.wire import from_struct, to_struct
from landline.sandbox.world import World
from landline.settings import load_estate
from tests.components.recorder import deploy
from tests.program.estate import STACKS, deploy_stack

if TYPE_CHECKING:
    import grpc

    from tests.components.recorder import Deployed

PROGRAM = STACKS.parent / "platform"


def declared(deployed: Deployed) -> dict[str, dict[str, Any]]:
    """All that an engine is told of each resource, by URN."""
    return {
        one.urn: {name: getattr(one, name) for name in one.__slots__ if name != "urn"} for one in deployed
    }


def test_the_program_and_the_doors_declare_the_same_of_every_stack() -> None:
    """`platform/__main__.py`, run as Pulumi's language host runs it, beside the function of both doors."""
    estate = load_estate(STACKS).estate
    assert estate is not None
    outputs: dict[str, Any] = {}
    for name in [name for round_ in estate.deployment_order() for name in round_]:
        by_function = deploy_stack(name, outputs)
        by_program = deploy(
            lambda: runpy.run_path(str(PROGRAM), run_name="__main__"), stack=name, stacks=outputs
        )

        assert len(by_function.resources) > 3
        assert declared(by_program) == declared(by_function)
        assert by_program.outputs == by_function.outputs
        outputs[name] = by_function.outputs
    assert outputs.keys() == {path.stem.removeprefix("Pulumi.") for path in STACKS.glob("Pulumi.*.yaml")}


class Peer:
    """As much of gRPC's context as Check asks for."""

    def __init__(self, name: str) -> None:
        self.name = name

    def peer(self) -> str:
        return self.name


def test_both_doors_check_every_resource_of_the_stacks_to_the_same_inputs() -> None:
    """Names made up and default tags too. What the doors then do with a row's inputs is the same row."""
    estate = load_estate(STACKS).estate
    assert estate is not None
    checked = 0
    with World() as world:
        door1, door2 = InProcess(world), AwsProvider(world, RESOURCE_TYPES, INVOKES)
        for stack in estate:
            door1.initialise(stack.name)
        for name in [name for round_ in estate.deployment_order() for name in round_]:
            door1.up(name, functools.partial(declare, estate[name], estate))
            account, region = estate.account_of(estate[name]), estate[name].region
            context = cast("grpc.ServicerContext", Peer(name))
            for made in door1.resources(name):
                own = dict(made.inputs)
                tags = own.pop("tagsAll", {})
                defaults = {k: v for k, v in tags.items() if k not in (own.get("tags") or {})}
                values = {
                    "region": region,
                    "allowedAccountIds": json.dumps([account]),
                    "defaultTags": json.dumps({"tags": defaults}),
                }
                door2.Configure(pb.ConfigureRequest(variables=values), context)
                request = pb.CheckRequest(urn=made.urn, type=made.token, news=to_struct(own))
                answer = door2.Check(request, context)

                assert not answer.failures
                assert from_struct(answer.inputs) == made.inputs, made.urn
                checked += 1
    assert checked > 150
