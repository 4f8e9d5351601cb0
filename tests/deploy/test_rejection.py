"""Which connections are rejected, and that nothing but a rejection counts as one."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from landline.deploy.rejection import PATIENCE, reject, ungranted
from landline.errors import ToolError
from landline.estate import EndpointConnection
from landline.onboarding.status import ENDED

if TYPE_CHECKING:
    from collections.abc import Iterator

LIVE = EndpointConnection("hub", "logging", "vpce-svc-1", "vpce-1", "222222222222", "available")

CONNECTIONS = st.lists(
    st.builds(
        EndpointConnection,
        hub=st.sampled_from(["hub", "other", None]),
        service=st.sampled_from(["logging", "security"]),
        service_id=st.just("vpce-svc-1"),
        endpoint=st.uuids().map(str),
        account=st.sampled_from(["222222222222", "333333333333"]),
        state=st.sampled_from(
            ["available", "pendingAcceptance", "Pending", "partial", "new", *ENDED, "Rejected"]
        ),
    )
)
GRANTS = st.sets(
    st.tuples(st.sampled_from(["222222222222", "333333333333"]), st.sampled_from(["logging", "security"]))
)


@given(CONNECTIONS, GRANTS)
def test_what_is_alive_at_the_hub_and_not_granted_is_chosen_and_nothing_else(
    connections: list[EndpointConnection], grants: set[tuple[str, str]]
) -> None:
    chosen = ungranted(connections, "hub", grants)

    for one in connections:
        stays = one.hub != "hub" or one.state.lower() in ENDED or (one.account, one.service) in grants
        assert (one in chosen) is not stays


@pytest.mark.parametrize("state", ["available", "pendingAcceptance", "pending", "partial", "something new"])
def test_every_state_that_is_not_known_to_be_dead_is_alive(state: str) -> None:
    one = replace(LIVE, state=state)

    assert ungranted([one], "hub", ()) == (one,)


@dataclass
class Hub:
    """The two calls of the hub's EC2 that matter here; `slow` describes show the old state."""

    states: dict[str, str]
    slow: int = 0
    refused: str | None = None
    calls: list[tuple[str, list[str]]] = field(default_factory=list)

    def reject_vpc_endpoint_connections(self, ServiceId: str, VpcEndpointIds: list[str]) -> dict[str, Any]:  # noqa: N803 - boto3's own
        self.calls.append((ServiceId, VpcEndpointIds))
        if self.refused is not None:
            error = {"Code": "InvalidState", "Message": "no"}
            return {"Unsuccessful": [{"ResourceId": self.refused, "Error": error}]}
        return {"Unsuccessful": []}

    def get_paginator(self, operation: str) -> Hub:
        self.operation = operation
        return self

    def paginate(self) -> Iterator[dict[str, Any]]:
        if self.operation == "describe_vpc_endpoint_service_configurations":
            tags = [{"Key": "Name", "Value": "logging"}, {"Key": "landline:stack", "Value": "hub"}]
            yield {"ServiceConfigurations": [{"ServiceId": "vpce-svc-1", "Tags": tags}]}
            return
        rejected = {endpoint for _, endpoints in self.calls for endpoint in endpoints}
        done = self.slow == 0
        self.slow -= not done
        for endpoint, state in self.states.items():
            now = "rejected" if done and endpoint in rejected else state
            yield {
                "VpcEndpointConnections": [
                    {
                        "ServiceId": "vpce-svc-1",
                        "VpcEndpointId": endpoint,
                        "VpcEndpointOwner": "222222222222",
                        "VpcEndpointState": now,
                    }
                ]
            }


def test_one_call_for_a_service_and_nothing_else_is_touched() -> None:
    hub = Hub({"vpce-1": "available", "vpce-2": "available", "vpce-3": "available"}, slow=2)
    slept: list[float] = []

    reject(hub, [LIVE, replace(LIVE, endpoint="vpce-2")], sleep=slept.append)

    assert hub.calls == [("vpce-svc-1", ["vpce-1", "vpce-2"])]
    assert len(slept) == 2


def test_nothing_to_reject_asks_nothing() -> None:
    hub = Hub({})

    reject(hub, [])

    assert hub.calls == []


def test_a_refusal_is_an_error_with_its_reason() -> None:
    with pytest.raises(
        ToolError, match=r"vpce-1: its connection to vpce-svc-1 was not rejected: InvalidState: no"
    ):
        reject(Hub({"vpce-1": "available"}, refused="vpce-1"), [LIVE])


def test_a_connection_that_stays_alive_is_an_error_in_the_end() -> None:
    time = iter(range(0, 10_000, 40))

    with pytest.raises(ToolError, match=f"vpce-1: .* is available still, {PATIENCE} s later"):
        reject(
            Hub({"vpce-1": "available"}, slow=10_000),
            [LIVE],
            sleep=lambda _: None,
            clock=lambda: float(next(time)),
        )
