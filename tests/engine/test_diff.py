"""What changed between two sets of inputs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulumi.runtime import rpc

from landline.sandbox.diff import diff
from landline.sandbox.resource_type import AutoName
from landline.sandbox.resources.table import row_of
from landline.sandbox.unknown import UNKNOWN
from tests.engine.network_rows import ROWS

ROW = replace(ROWS["aws:ec2/vpc:Vpc"], replace_on=frozenset({"a", "name"}), autoname=AutoName())
inputs = st.dictionaries(st.sampled_from(["a", "b", "c", "name"]), st.sampled_from(["x", "y", UNKNOWN]))


@given(inputs, inputs)
def test_the_three_kinds_part_the_inputs(old: dict[str, Any], new: dict[str, Any]) -> None:
    found = diff(ROW, old, new, own_name=True)
    assert found.added == new.keys() - old.keys()
    assert found.removed == old.keys() - new.keys()
    kept = old.keys() & new.keys()
    assert kept - found.changed == {key for key in kept if old[key] == new[key] != UNKNOWN}
    assert found.replaces == (found.added | found.removed | found.changed) & {"a", "name"}


@given(inputs)
def test_nothing_changes_between_equal_known_inputs(values: dict[str, Any]) -> None:
    assert bool(diff(ROW, values, values, own_name=True)) == (UNKNOWN in values.values())


def test_a_name_of_the_programs_own_makes_room_first_when_it_is_kept() -> None:
    named = {"name": "n", "a": "x"}
    assert diff(ROW, named, {"name": "n", "a": "y"}, own_name=True).delete_before_replace
    assert not diff(ROW, named, {"name": "n", "a": "y"}, own_name=False).delete_before_replace
    assert not diff(ROW, named, {"name": "m", "a": "y"}, own_name=True).delete_before_replace
    assert not diff(
        ROW, {"name": "n", "b": "x"}, {"name": "n", "b": "y"}, own_name=True
    ).delete_before_replace


NETWORK = {"loadBalancerType": "network", "subnets": ["a", "b"], "securityGroups": ["g"]}


@pytest.mark.parametrize(
    ("old", "new", "replaces"),
    [
        ({}, {"subnets": ["a", "b", "c"]}, set()),
        ({}, {"subnets": ["a"]}, {"subnets"}),
        ({}, {"subnets": [UNKNOWN]}, set()),
        ({}, {"securityGroups": ["h", "i"]}, set()),
        ({}, {"securityGroups": []}, {"securityGroups"}),
        ({"securityGroups": []}, {}, {"securityGroups"}),
        ({}, {"loadBalancerType": "application", "subnets": ["a"]}, {"loadBalancerType"}),
    ],
)
def test_a_network_load_balancer_is_replaced_by_some_changes_of_its_subnets_and_groups(
    old: dict[str, Any], new: dict[str, Any], replaces: set[str]
) -> None:
    row = row_of("aws:lb/loadBalancer:LoadBalancer")

    assert diff(row, NETWORK | old, NETWORK | new, own_name=False).replaces == replaces


def test_an_unknown_is_pulumis_own() -> None:
    assert UNKNOWN == rpc.UNKNOWN
