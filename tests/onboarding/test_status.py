"""Every state that a request can be in, from what the sources say."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any, get_args

import pytest

from landline.errors import UsageError
from landline.onboarding.history import NOT_COMMITTED, Written
from landline.onboarding.status import Line, Observed, Recorded, Sources, State, status
from landline.settings import load_estate
from tests.settings.files import ESTATE, GRANT, SPOKE, changed, write

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

TODAY = date(2026, 11, 26)
LATER = date(2027, 7, 1)
KEY = ("hub", "222222222222", "logging")
ENDPOINT = "vpce-1"
ALL_WELL = Observed(
    source="dump",
    evidence="snapshot",
    permitted=frozenset({KEY}),
    connections={KEY: ((ENDPOINT, "available", "2026-11-24T10:00:00+00:00"),)},
    proven=True,
    differing=frozenset(),
)
NAMED = {"payments": Recorded({"logging": "logging.hub.landline.internal"})}


def seen(**changes: Any) -> Sources:  # noqa: ANN401 - fields of Observed
    return Sources(observed=replace(ALL_WELL, **changes), recorded=NAMED)


def connection(state: str) -> dict[str, Any]:
    return {"connections": {KEY: ((ENDPOINT, state, None),)}}


def lines(
    tmp_path: Path, stacks: Mapping[str, str], sources: Sources, today: date = TODAY
) -> tuple[Line, ...]:
    estate = load_estate(write(tmp_path, stacks)).estate
    assert estate is not None
    return status(estate, sources, today)


UNGRANTED = {name: text for name, text in ESTATE.items() if name != "grant-payments"}
REVOKED = ESTATE | {"grant-payments": GRANT[: GRANT.index("services:")] + "services: {}\n"}

CASES: dict[str, tuple[Mapping[str, str], Sources, date, State, str, str]] = {
    "errors": (
        ESTATE,
        Sources(errors={"payments"}),
        TODAY,
        "requested",
        "spoke team",
        "landline check payments",
    ),
    "no grant": (
        UNGRANTED,
        Sources(),
        TODAY,
        "checked",
        "platform team",
        "landline grant payments logging --approved REFERENCE (until then all of payments waits)",
    ),
    "AWS not read": (
        ESTATE,
        Sources(),
        TODAY,
        "granted",
        "platform team",
        "landline up grant-payments, if that is not done: AWS was not read",
    ),
    "not deployed": (
        ESTATE,
        seen(permitted=frozenset(), connections={}),
        TODAY,
        "granted",
        "platform team",
        "landline up grant-payments",
    ),
    "no endpoint": (ESTATE, seen(connections={}), TODAY, "permitted", "spoke team", "landline up payments"),
    "rejected": (ESTATE, seen(**connection("rejected")), TODAY, "permitted", "spoke team", "is rejected"),
    "waiting": (
        ESTATE,
        seen(**connection("pendingacceptance")),
        TODAY,
        "pending acceptance",
        "platform team",
        "accepts it",
    ),
    "connected, unnamed": (
        ESTATE,
        replace(seen(), recorded={}),
        TODAY,
        "available",
        "spoke team",
        "which names it",
    ),
    "not proven": (ESTATE, seen(proven=None), TODAY, "named", "platform team", "landline verify"),
    "differs": (ESTATE, seen(differing=frozenset({KEY})), TODAY, "named", "platform team", "landline verify"),
    "all well": (ESTATE, seen(), TODAY, "proven", "nobody", "all is well"),
    "names not read": (ESTATE, Sources(observed=ALL_WELL), TODAY, "proven", "nobody", "all is well"),
    "run out": (ESTATE, seen(), LATER, "expired", "platform team", "landline renew payments logging"),
    "revoked, alive": (REVOKED, seen(), TODAY, "revoked", "platform team", "landline up grant-payments"),
    "revoked, permitted": (
        REVOKED,
        seen(connections={}),
        TODAY,
        "revoked",
        "platform team",
        "landline up grant-payments",
    ),
    "revoked, cut": (
        REVOKED,
        seen(permitted=frozenset(), **connection("rejected")),
        TODAY,
        "revoked",
        "spoke team",
        "remove logging from the request",
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_state(tmp_path: Path, case: tuple[Mapping[str, str], Sources, date, State, str, str]) -> None:
    stacks, sources, today, state, actor, action = case
    [line] = lines(tmp_path, stacks, sources, today)

    assert (line.state, line.next_actor) == (state, actor)
    assert action in line.next_action
    assert "…" not in line.next_action
    assert line.steps[-1].state == state
    assert all(step.evidence for step in line.steps)


ASKS_MORE = changed(SPOKE, "    aws:", "      security: {reason: upload findings}\n    aws:")
SECURITY = ("hub", "222222222222", "security")
WAITS = "landline grant payments security --approved REFERENCE (until then all of payments waits)"


MADE = {SECURITY: (("vpce-2", "available", None),)}


@pytest.mark.parametrize(
    ("sources", "logging", "security"),
    [
        (seen(connections={}), WAITS, WAITS),
        (seen(**connection("rejected")), WAITS, WAITS),
        (replace(seen(), recorded={}), WAITS, WAITS),
        # An endpoint that was made before the revocation needs the grant no more, and nothing waits.
        (seen(connections=MADE), "landline up payments", "landline up grant-payments"),
        # Deploying the grant waits for nothing.
        (seen(permitted=frozenset(), connections={}), "landline up grant-payments", WAITS),
        (seen(), "all is well", WAITS),
    ],
)
def test_a_spoke_that_waits_as_a_whole_is_not_told_to_deploy(
    tmp_path: Path, sources: Sources, logging: str, security: str
) -> None:
    shown = {line.service: line for line in lines(tmp_path, ESTATE | {"payments": ASKS_MORE}, sources)}

    assert shown["logging"].next_action.startswith(logging)
    assert shown["security"].next_action.startswith(security)
    for line in shown.values():
        if line.next_action == WAITS:
            assert line.next_actor == "platform team"


def test_the_command_that_proves_names_the_stack_files(tmp_path: Path) -> None:
    [line] = lines(tmp_path, ESTATE, seen(proven=None))
    assert line.next_action == f"landline verify --dump dump --stacks {tmp_path} says what is not proven"


def test_every_state_is_reached() -> None:
    assert {case[3] for case in CASES.values()} == set(get_args(State))


def test_an_access_that_nobody_asks_for_any_more_is_shown(tmp_path: Path) -> None:
    asked_no_more = changed(
        SPOKE, "services:\n      logging: {reason: ship application logs, until: 2027-06-30}", "services: {}"
    )
    [line] = lines(tmp_path, REVOKED | {"payments": asked_no_more}, seen())

    assert (line.service, line.state) == ("logging", "revoked")
    assert "vpce-1 is available" in line.steps[-1].evidence


def test_steps_say_when_and_in_which_commit(tmp_path: Path) -> None:
    written = {
        ("payments", "logging"): Written("2026-11-20 in aaaaaaaaaaaa"),
        ("grant-payments", "logging"): Written(NOT_COMMITTED, "logging in grant-payments is not committed"),
        ("grant-payments", "security"): Written("2026-11-22 in cccccccccccc", "of another service"),
    }
    [line] = lines(tmp_path, ESTATE, replace(seen(), written=written))

    assert [(step.state, step.when) for step in line.steps] == [
        ("requested", "2026-11-20 in aaaaaaaaaaaa"),
        ("checked", None),
        ("granted", NOT_COMMITTED),
        ("permitted", None),
        ("available", "2026-11-24T10:00:00+00:00"),
        ("named", None),
        ("proven", None),
    ]
    assert line.notes == ("logging in grant-payments is not committed",)


def test_a_spoke_that_there_is_not_is_named(tmp_path: Path) -> None:
    estate = load_estate(write(tmp_path, ESTATE)).estate
    assert estate is not None
    with pytest.raises(UsageError, match="did you mean payments"):
        status(estate, Sources(), TODAY, "payment")
