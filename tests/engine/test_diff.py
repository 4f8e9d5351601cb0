"""What changed between two sets of inputs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from landline.sandbox.diff import diff
from landline.sandbox.wire import UNKNOWN
from tests.engine.network_rows import ROWS

ROW = replace(ROWS["aws:ec2/vpc:Vpc"], replace_on=frozenset({"a", "name"}))
inputs = st.dictionaries(st.sampled_from(["a", "b", "c", "name"]), st.sampled_from(["x", "y", UNKNOWN]))


@given(inputs, inputs)
def test_the_three_kinds_part_the_inputs(old: dict[str, Any], new: dict[str, Any]) -> None:
    found = diff(ROW, old, new)
    assert found.added == new.keys() - old.keys()
    assert found.removed == old.keys() - new.keys()
    kept = old.keys() & new.keys()
    assert kept - found.changed == {key for key in kept if old[key] == new[key] != UNKNOWN}
    assert found.replaces == (found.added | found.removed | found.changed) & {"a", "name"}


@given(inputs)
def test_nothing_changes_between_equal_known_inputs(values: dict[str, Any]) -> None:
    assert bool(diff(ROW, values, values)) == (UNKNOWN in values.values())


def test_a_kept_name_makes_room_first_and_a_new_one_does_not() -> None:
    assert diff(ROW, {"name": "n", "a": "x"}, {"name": "n", "a": "y"}).delete_before_replace
    assert not diff(ROW, {"name": "n", "a": "x"}, {"name": "m", "a": "y"}).delete_before_replace
    assert not diff(ROW, {"a": "x"}, {"a": "y"}).delete_before_replace
    assert not diff(ROW, {"name": "n", "b": "x"}, {"name": "n", "b": "y"}).delete_before_replace
