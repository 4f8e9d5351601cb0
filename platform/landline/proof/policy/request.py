"""The search for one request that a statement matches and that escapes others."""

from collections.abc import Iterator, Mapping, Sequence

from landline.proof.policy.key_test import KeyTest, Value, solve
from landline.proof.policy.language import Budget, Language
from landline.proof.policy.operator import Conditions
from landline.proof.policy.scenario import (
    PRINCIPAL,
    PRINCIPAL_PATH,
    RESOURCE_ACCOUNT,
    RESOURCE_PATH,
    Scenario,
)
from landline.proof.policy.statement import ACTION, RESOURCE, Clause


def solve_request(
    scenario: Scenario,
    clauses: Sequence[Clause],
    denies: Sequence[tuple[Clause, ...]],
    conditions: Conditions,
    budget: Budget,
) -> Mapping[str, Value] | None:
    """Values that pass all `clauses` and escape each of `denies`, or None when there are none.

    Exact. Raises LimitExceededError past the budget.
    """
    placed = _placed(scenario, clauses)
    if placed is None:
        return None
    tests: dict[str, tuple[KeyTest, ...]] = {}
    for test in (*scenario.base(), *placed):
        tests[test.key] = (*tests.get(test.key, ()), test)
    bars: list[tuple[KeyTest, ...]] = []
    for deny in denies:
        bar = _placed(scenario, deny)
        if bar is not None:
            bars.append(bar)
    for slot in (PRINCIPAL, PRINCIPAL_PATH, ACTION, RESOURCE, RESOURCE_ACCOUNT, RESOURCE_PATH):
        if scenario.signed or slot not in (PRINCIPAL, PRINCIPAL_PATH):
            tests.setdefault(slot, ())
    for bar in bars:
        for test in bar:
            tests.setdefault(test.key, ())
    found: dict[str, Value] = {}
    for slot in sorted(tests, key=lambda slot: (sum(map(_size, tests[slot])), slot)):
        value = solve(scenario.domain(slot, conditions), tests[slot], budget)
        if value is None:
            return None
        found[slot] = value.value
    todo = [(tests, found)]
    while todo:
        tests, found = todo.pop()
        budget.spend(1 + len(bars))
        hit = next((bar for bar in bars if all(test.holds(found[test.key]) for test in bar)), None)
        if hit is None:
            clash = scenario.contradiction(found)
            if clash is None:
                return found
            todo.extend(_one_organization(scenario, tests, found, conditions, budget))
            escapes: tuple[KeyTest, ...] = clash
        else:
            escapes = tuple(test.negated() for test in reversed(hit))
        for test in escapes:
            narrowed = (*tests[test.key], test)
            value = solve(scenario.domain(test.key, conditions), narrowed, budget)
            if value is not None:
                todo.append(({**tests, test.key: narrowed}, {**found, test.key: value.value}))
    return None


def _one_organization(
    scenario: Scenario,
    tests: Mapping[str, tuple[KeyTest, ...]],
    found: Mapping[str, Value],
    conditions: Conditions,
    budget: Budget,
) -> Iterator[tuple[dict[str, tuple[KeyTest, ...]], dict[str, Value]]]:
    """The case that principal and resource are in one organisation path, or both in none."""
    both = (*tests[PRINCIPAL_PATH], *tests[RESOURCE_PATH])
    if scenario.who == scenario.whose:
        shared = solve(scenario.domain(RESOURCE_PATH, conditions), both, budget)
        if shared is not None:
            paths = {PRINCIPAL_PATH: both, RESOURCE_PATH: both}
            yield {**tests, **paths}, {**found, PRINCIPAL_PATH: shared.value, RESOURCE_PATH: shared.value}


def _placed(scenario: Scenario, clauses: Sequence[Clause]) -> tuple[KeyTest, ...] | None:
    """The clauses as tests of the scenario's slots, or None when one of them never holds there."""
    found: list[KeyTest] = []
    for clause in clauses:
        test = scenario.place(clause)
        if test is False:
            return None
        if test is not True:
            found.append(test)
    return tuple(found)


def _size(test: KeyTest) -> int:
    """How much there is to compare: what is cheap to refute goes first."""
    return len(test.accepted.patterns) if isinstance(test.accepted, Language) else 1
