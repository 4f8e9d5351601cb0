"""`landline price`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .conftest import Landline


def test_the_whole_estate_has_a_price(landline: Landline, stacks: Callable[..., Path]) -> None:
    at = ("--stacks", str(stacks()))
    shown = json.loads(landline("price", "--json", *at).stdout)

    by_stack = {one["stack"]: one for one in shown["stacks"]}
    assert set(by_stack) == {
        "baseline-hub",
        "baseline-organization",
        "baseline-payments",
        "grant-orders",
        "grant-payments",
        "hub",
        "orders",
        "payments",
    }
    # Whatever the components make has a price, is charged by use, or is known to be free.
    assert [(one["stack"], one["unknown"]) for one in shown["stacks"] if one["unknown"]] == []
    lines = {item["what"]: item for item in by_stack["payments"]["items"]}
    assert (
        lines["endpoints to hub services"]["quantity"],
        lines["endpoints to hub services"]["month_usd"],
    ) == (
        "4",
        "29.20",
    )
    assert all(item["source"] for one in shown["stacks"] for item in one["items"])
    assert by_stack["grant-orders"]["month_usd"] == "0.00"


def test_a_request_has_a_price_before_it_is_granted(landline: Landline, stacks: Callable[..., Path]) -> None:
    where = stacks()
    at = ("--stacks", str(where))
    asked = landline("request", "new", "orders", "--service", "security", "--reason", "upload findings", *at)
    assert asked.code == 0

    outcome = landline("price", "orders", "--gb", "200", *at)
    assert outcome.code == 0, outcome
    [endpoints] = [line for line in outcome.stdout.splitlines() if "endpoints to hub services" in line]
    assert endpoints.split()[-1] == "$29.20"
    [data] = [line for line in outcome.stdout.splitlines() if " data " in line]
    assert data.split()[-1] == "$2.00"
    assert "flow logs, by the GB" in outcome.stdout
    assert "[3/4] spoke orders" in outcome.stderr


def test_what_is_no_stack_or_no_amount_is_refused(landline: Landline, stacks: Callable[..., Path]) -> None:
    at = ("--stacks", str(stacks()))
    assert "no stack is named order;" in landline("price", "order", *at).stderr
    for amount in ("much", "-1", "1000001", "nan"):
        outcome = landline("price", "--gb", amount, *at)
        assert (outcome.code, "write --gb 500" in outcome.stderr) == (2, True), outcome
