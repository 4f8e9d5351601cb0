"""The contract between stacks."""

from contextlib import suppress
from dataclasses import fields
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from landline.errors import UsageError
from landline.program import CONTRACT, HubOutputs, SpokeOutputs
from landline.program.outputs import ServiceOutputs, read_hub, read_spoke
from tests.program.estate import deploy_all

SERVICE = {
    "service_name": "com.amazonaws.vpce.eu-west-1.vpce-svc-1",
    "service_id": "vpce-svc-1",
    "service_arn": "arn:aws:ec2:eu-west-1:111111111111:vpc-endpoint-service/vpce-svc-1",
    "security_group_id": "sg-1",
    "ports": [443.0],
    "lane": "standing",
    "zones": ["euw1-az1"],
    "local_name": "logging.hub.landline.internal",
}
HUB: dict[str, Any] = {
    "contract": 1.0,
    "kind": "hub",
    "account": "111111111111",
    "region": "eu-west-1",
    "organization": "o-a1b2c3d4e5",
    "services": {"logging": SERVICE},
}
SPOKE: dict[str, Any] = {
    "contract": 1.0,
    "kind": "spoke",
    "account": "222222222222",
    "region": "eu-west-1",
    "cidr": "10.40.0.0/20",
    "vpc_id": "vpc-1",
    "client_security_group_id": "sg-2",
    "endpoints": {"logging": "vpce-1"},
    "local_names": {"logging": "logging.hub.landline.internal"},
}


def test_what_a_program_exports_is_what_the_readers_read() -> None:
    estate = deploy_all()
    hub, spoke = estate["hub"].outputs, estate["payments"].outputs

    # People read which secrets they are to put certificates into; no stack does.
    for_people = {"certificate_secrets"}
    assert set(hub) == {"contract", "kind"} | for_people | {field.name for field in fields(HubOutputs)}
    assert hub["certificate_secrets"].keys() == {"logging", "security"}
    # None of the hub's services has a name of its own.
    written = set(hub["services"]["logging"]) | {"private_dns_name"}
    assert written == {field.name for field in fields(ServiceOutputs)}
    assert set(spoke) == {"contract", "kind"} | {field.name for field in fields(SpokeOutputs)}
    assert set(read_hub("hub", hub).services) == {"logging", "security"}
    read = read_spoke("payments", spoke)
    assert read is not None
    assert read.endpoints == spoke["endpoints"]


def test_numbers_come_back_whole_from_the_engine() -> None:
    service = read_hub("hub", HUB).services["logging"]

    assert service.ports == (443,)
    assert isinstance(service.ports[0], int)


def test_a_services_own_name_is_read_where_it_has_one() -> None:
    named = {**HUB["services"]["logging"], "private_dns_name": "logging.example.com"}
    read = read_hub("hub", {**HUB, "services": {"logging": named}})

    assert read.services["logging"].private_dns_name == "logging.example.com"
    assert read_hub("hub", HUB).services["logging"].private_dns_name is None


def test_no_outputs_mean_no_spoke_yet_and_no_hub() -> None:
    assert read_spoke("payments", {}) is None
    with pytest.raises(UsageError, match="stack hub has no landline outputs: run `landline up hub` first"):
        read_hub("hub", {})


@pytest.mark.parametrize("read", [read_hub, read_spoke])
def test_a_newer_contract_asks_for_an_upgrade(read: Any) -> None:  # noqa: ANN401 - two readers
    with pytest.raises(UsageError, match=rf"contract {CONTRACT + 1}, and this one reads up to {CONTRACT}"):
        read("hub", {**HUB, "contract": CONTRACT + 1})


@pytest.mark.parametrize(
    ("outputs", "message"),
    [
        ({**HUB, "kind": "spoke"}, "stack hub: output kind is 'spoke' instead of hub"),
        ({**HUB, "contract": "1"}, "output contract is '1' instead of a whole number"),
        ({**HUB, "contract": True}, "output contract is True instead of a whole number"),
        ({**HUB, "account": None}, "output account is None instead of a text"),
        ({**HUB, "services": []}, r"output services is \[\] instead of an object"),
        (
            {**HUB, "services": {"logging": {**SERVICE, "lane": "fast"}}},
            "output services.logging.lane is 'fast' instead of standing or accepted",
        ),
        (
            {**HUB, "services": {"logging": {**SERVICE, "ports": ["443"]}}},
            r"output services.logging.ports is \['443'\] instead of a list of ports",
        ),
        (
            {**HUB, "services": {"logging": {**SERVICE, "zones": "euw1-az1"}}},
            "output services.logging.zones is 'euw1-az1' instead of a list",
        ),
    ],
)
def test_outputs_that_are_not_what_they_promise_are_named(outputs: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        read_hub("hub", outputs)


json = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=True) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(st.sampled_from(sorted(HUB)), st.sampled_from(sorted(SPOKE)), json)
def test_no_broken_output_ends_in_anything_but_a_usage_error(
    hub_key: str, spoke_key: str, value: object
) -> None:
    for read, outputs in ((read_hub, {**HUB, hub_key: value}), (read_spoke, {**SPOKE, spoke_key: value})):
        with suppress(UsageError):
            read("stack", outputs)
