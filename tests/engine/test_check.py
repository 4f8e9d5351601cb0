"""Check refuses mistakes in every type of the table, by the property's name, and takes what is right.

The mistakes follow from the shape of right inputs, and what is required from the error that pulumi_aws's own
classes raise: neither is read the way in which the provider reads it.
"""

from __future__ import annotations

import copy
import importlib
import random
import re
from typing import TYPE_CHECKING, Any, cast

import pytest
from pulumi.runtime.proto import provider_pb2 as pb

from landline.sandbox.input_types import resource_class
from landline.sandbox.provider import AwsProvider
from landline.sandbox.resources.table import INVOKES, RESOURCE_TYPES
from landline.sandbox.unknown import UNKNOWN
from landline.sandbox.wire import to_struct
from landline.sandbox.world import World
from tests.program.estate import deploy_all
from tests.sandbox.test_table import CASES, Stage

if TYPE_CHECKING:
    from collections.abc import Iterator

    import grpc

    from tests.components.recorder import Deployed

MISTAKES = 100
MAPS = frozenset({"tags", "tagsAll", "parameters", "variables", "dimensions"})
"""Properties whose keys are the program's own."""

Steps = tuple[str | int, ...]
"""Where in a resource's inputs: names of properties and places in lists."""


class Peer:
    """As much of gRPC's context as Check asks for."""

    def peer(self) -> str:
        return "test"


CONTEXT = cast("grpc.ServicerContext", Peer())


@pytest.fixture(scope="module")
def provider() -> AwsProvider:
    """A provider without a world: Check needs none."""
    checking = AwsProvider(cast("World", None), RESOURCE_TYPES, INVOKES)
    values = {"region": "eu-west-1", "allowedAccountIds": '["111111111111"]'}
    checking.Configure(pb.ConfigureRequest(variables=values), CONTEXT)
    return checking


@pytest.fixture(scope="module")
def right() -> dict[str, list[dict[str, Any]]]:
    """Right inputs of every type of the table."""
    with World() as world:
        stage = Stage(world)
        found: dict[str, list[dict[str, Any]]] = {}
        for case in CASES:
            inputs = case.inputs(stage)
            found.setdefault(case.token, []).extend([inputs, inputs | case.change(stage)])
        default = stage.default
        found |= {
            "aws:ec2/vpcEndpointConnectionAccepter:VpcEndpointConnectionAccepter": [
                {"vpcEndpointServiceId": stage.offered.id, "vpcEndpointId": stage.asked}
            ],
            "aws:vpc/endpointServicePrivateDnsVerification:EndpointServicePrivateDnsVerification": [
                {"serviceId": stage.offered.id, "waitForVerification": True}
            ],
            "aws:ec2/defaultRouteTable:DefaultRouteTable": [
                {"defaultRouteTableId": default["defaultRouteTableId"], "routes": [], "tags": {"a": "b"}}
            ],
            "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": [{"vpcId": stage.network.vpc}],
            "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl": [
                {"defaultNetworkAclId": default["defaultNetworkAclId"]}
            ],
        }
    return found


@pytest.fixture(scope="module")
def declared() -> dict[str, Deployed]:
    """What the example's stacks declare."""
    return deploy_all()


def refused(provider: AwsProvider, token: str, inputs: dict[str, Any]) -> list[str]:
    """The properties that Check refuses."""
    request = pb.CheckRequest(
        urn=f"urn:pulumi:s::p::{token}::thing", name="thing", type=token, news=to_struct(inputs)
    )
    return [failure.property for failure in provider.Check(request, CONTEXT).failures]


def path(steps: Steps) -> str:
    """As Check writes it."""
    text = ""
    before = ""
    for step in steps:
        if isinstance(step, int):
            text += f"[{step}]"
        elif before in MAPS:
            text += f'["{step}"]'
        else:
            text += f".{step}" if text else step
        before = str(step)
    return text


def places(value: object, steps: Steps = ()) -> Iterator[Steps]:
    """Every place inside `value`."""
    items: list[tuple[str | int, object]] = []
    if isinstance(value, dict):
        items = list(value.items())
    elif isinstance(value, list):
        items = list(enumerate(value))
    for key, item in items:
        yield (*steps, key)
        yield from places(item, (*steps, key))


def at(inputs: dict[str, Any], steps: Steps) -> Any:  # noqa: ANN401 - any JSON value
    value: Any = inputs
    for step in steps:
        value = value[step]
    return value


def changed(inputs: dict[str, Any], steps: Steps, value: object) -> dict[str, Any]:
    copied = copy.deepcopy(inputs)
    at(copied, steps[:-1])[steps[-1]] = value
    return copied


def wrong_kinds(value: object) -> list[object]:
    """Values of kinds that no property takes which takes `value`. Objects stand for JSON text in policies."""
    match value:
        case bool():
            return ["true", 1, [True], {"a": True}]
        case int() | float():
            return [str(value), True, [value], {"a": value}]
        case str():
            return [443, 1.5, False, [value]]
        case list():
            return ["text", 1, True, {"a": "b"}]
        case _:
            return [1, True, ["text"]]


def required(token: str) -> set[str]:
    """The inputs without which pulumi_aws's own class of arguments cannot be made."""
    cls = resource_class(token)
    assert cls is not None
    module = importlib.import_module(cls.__module__)
    args = getattr(module, f"{cls.__name__}InitArgs", None) or getattr(module, f"{cls.__name__}Args")
    try:
        args()
    except TypeError as error:
        names = re.findall(r"'(\w+)'", str(error))
        return {re.sub(r"_([a-z0-9])", lambda found: found[1].upper(), name) for name in names}
    return set()


def misspelt(name: str) -> str:
    """A name that AWS's types do not have: their names begin small, without underscores or doubled ends."""
    return random.Random(name).choice([name[:1].upper() + name[1:], f"{name}{name[-1]}z", f"{name}_"])  # noqa: S311


def mistake(rng: random.Random, inputs: dict[str, Any], needed: set[str]) -> tuple[str, dict[str, Any], str]:
    """One mistake: its kind, the inputs with it, and the path that Check must name."""
    kind = rng.choice(["unknown", "unknown inside", "missing", "wrong", "wrong"])
    if kind == "missing" and needed & inputs.keys():
        name = rng.choice(sorted(needed & inputs.keys()))
        left = {key: value for key, value in inputs.items() if key != name}
        return kind, left, name
    if kind == "unknown inside":
        objects = [
            steps
            for steps in places(inputs)
            if isinstance(at(inputs, steps), dict) and at(inputs, steps) and not MAPS & set(steps)
        ]
        if objects:
            steps = rng.choice(objects)
            inner = misspelt(rng.choice(sorted(at(inputs, steps))))
            return kind, changed(inputs, (*steps, inner), "x"), path((*steps, inner))
    if kind == "wrong" and inputs:
        steps = rng.choice(list(places(inputs)))
        value = rng.choice(wrong_kinds(at(inputs, steps)))
        return kind, changed(inputs, steps, value), path(steps)
    name = misspelt(rng.choice(sorted(inputs) or ["region"]))
    return "unknown", inputs | {name: "x"}, name


def test_the_samples_cover_the_table(right: dict[str, list[dict[str, Any]]]) -> None:
    assert right.keys() == RESOURCE_TYPES.keys()


@pytest.mark.parametrize("token", sorted(RESOURCE_TYPES))
def test_a_hundred_mistakes_of_a_type_are_refused_by_the_propertys_name(
    provider: AwsProvider, right: dict[str, list[dict[str, Any]]], token: str
) -> None:
    rng = random.Random(token)  # noqa: S311 - the same mistakes in each run
    needed = required(token)
    kinds = set()
    for _ in range(MISTAKES):
        kind, inputs, where = mistake(rng, rng.choice(right[token]), needed)
        kinds.add(kind)
        assert where in refused(provider, token, inputs), f"{kind} {where}: {inputs}"
    assert {"unknown", "wrong"} <= kinds
    assert ("missing" in kinds) == bool(needed)


@pytest.mark.parametrize("token", sorted(RESOURCE_TYPES))
def test_right_inputs_are_taken_and_so_is_each_with_a_value_yet_unknown(
    provider: AwsProvider, right: dict[str, list[dict[str, Any]]], token: str
) -> None:
    for inputs in right[token]:
        assert refused(provider, token, inputs) == []
        for steps in places(inputs):
            assert refused(provider, token, changed(inputs, steps, UNKNOWN)) == [], path(steps)


@pytest.mark.parametrize("token", sorted(RESOURCE_TYPES))
def test_a_required_input_without_a_value_is_missing(
    provider: AwsProvider, right: dict[str, list[dict[str, Any]]], token: str
) -> None:
    for name in required(token):
        assert refused(provider, token, right[token][0] | {name: None}) == [name]


def test_what_the_stacks_declare_is_taken(provider: AwsProvider, declared: dict[str, Deployed]) -> None:
    resources = [
        one for deployed in declared.values() for one in deployed if one.custom and one.token[:4] == "aws:"
    ]
    assert len(resources) > 100
    assert {
        one.urn: found for one in resources if (found := refused(provider, one.token, dict(one.inputs)))
    } == {}
