"""The example estate of `stacks/`, deployed in the sandbox."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from landline.errors import UsageError
from landline.sandbox.estate import ResourceChanged, Sandbox, StackDone, StackStarted
from landline.settings import load_estate
from tests.sandbox.places import HUB, OTHER, REGION, SPOKE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from landline.sandbox.estate import Event, StackResult

STACKS = Path(__file__).parents[2] / "stacks"


@pytest.fixture(scope="module")
def deployed() -> Iterator[tuple[Sandbox, list[Event], tuple[StackResult, ...]]]:
    """The whole estate, deployed once: the tests of this module leave it as it is."""
    loaded = load_estate(STACKS)
    assert loaded.estate is not None, loaded.problems
    events: list[Event] = []
    with Sandbox(loaded.estate) as sandbox:
        results = sandbox.up_all(events.append)
        yield sandbox, events, results


Deployed = tuple["Sandbox", "list[Event]", "tuple[StackResult, ...]"]


def _states(sandbox: Sandbox) -> dict[tuple[str, str], str]:
    return {(c.service, c.account): c.state for c in sandbox.connections()}


def test_exactly_the_granted_spokes_are_connected(deployed: Deployed) -> None:
    sandbox, _, _ = deployed

    assert _states(sandbox) == {
        ("logging", SPOKE): "available",
        ("logging", OTHER): "available",
        ("security", SPOKE): "available",
    }


def test_places(deployed: Deployed) -> None:
    assert deployed[0].places() == (
        (HUB, REGION),
        (SPOKE, REGION),
        (OTHER, REGION),
        ("999999999999", REGION),
    )


def test_a_second_run_of_everything_is_empty(deployed: Deployed) -> None:
    sandbox, _, first = deployed

    assert any(first)
    for result in sandbox.up_all():
        assert not result, result


def test_no_route_table_leads_anywhere_but_home_and_gateway_endpoints(deployed: Deployed) -> None:
    sandbox, _, _ = deployed
    tables = 0
    for account, region in sandbox.places():
        ec2: Any = sandbox.session(account, region).client("ec2")
        assert ec2.describe_internet_gateways()["InternetGateways"] == []
        for table in ec2.describe_route_tables()["RouteTables"]:
            tables += 1
            for route in table["Routes"]:
                assert route["GatewayId"] == "local" or route["GatewayId"].startswith("vpce-"), table
    assert tables >= 3


def test_no_interface_has_a_public_address(deployed: Deployed) -> None:
    sandbox, _, _ = deployed
    seen = set()
    for account, region in sandbox.places():
        ec2: Any = sandbox.session(account, region).client("ec2")
        for interface in ec2.describe_network_interfaces()["NetworkInterfaces"]:
            seen.add(interface["InterfaceType"])
            assert "Association" not in interface
    assert {"vpc_endpoint", "network_load_balancer", "interface"} <= seen


def test_progress_is_told_in_order(deployed: Deployed) -> None:
    sandbox, events, results = deployed
    marks = [
        (type(event), event.stack if isinstance(event, StackStarted) else event.result.stack)
        for event in events
        if not isinstance(event, ResourceChanged)
    ]

    rounds = sandbox.estate.deployment_order()
    assert max(map(len, rounds)) > 1
    assert marks == [(kind, name) for names in rounds for kind in (StackStarted, StackDone) for name in names]
    assert [result.stack for result in results] == [name for names in rounds for name in names]
    made = sum(isinstance(e, ResourceChanged) and e.change == "created" for e in events)
    assert made == sum(result.created for result in results)


def test_a_stack_that_the_estate_lacks(deployed: Deployed) -> None:
    with pytest.raises(UsageError, match="none"):
        deployed[0].up("none")
