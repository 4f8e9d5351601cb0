"""What changed between two sets of inputs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from landline.sandbox.diff import diff
from landline.sandbox.resource_type import AutoName
from landline.sandbox.wire import UNKNOWN
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
