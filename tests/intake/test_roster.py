import asyncio
from collections.abc import Awaitable, Callable

import pytest
from msgspec.structs import replace

from landline.intake.record import NOBODY, Client
from landline.intake.refusal import RefusedError
from landline.intake.roster import Connection, Roster, Spoke, UnreadableError, build, read_spoke
from landline.intake.roster_keeper import Pace, RosterKeeper

PAYMENTS = Spoke("222222222222", "payments", "red", ("logging",))
LEDGER = Spoke("222222222222", "ledger", "red", ("logging", "security"))
CLAIMS = Spoke("333333333333", "claims", "blue", ("logging",))
A, B, C = "vpce-0000000a", "vpce-0000000b", "vpce-0000000c"


def test_an_endpoint_is_named_by_its_accounts_grant() -> None:
    roster = build("logging", [Connection(A, "333333333333", "available")], [PAYMENTS, CLAIMS])

    assert roster == {A: Client(A, "333333333333", "claims", "blue", "account")}


@pytest.mark.parametrize(
    "connection",
    [
        Connection(A, "444444444444", "available"),
        Connection(A, "222222222222", "pendingAcceptance"),
        Connection(A, "222222222222", "rejected"),
        Connection(A, "222222222222", "deleted"),
    ],
)
def test_who_is_not_granted_or_not_connected_is_not_in_it(connection: Connection) -> None:
    assert build("logging", [connection], [PAYMENTS]) == {}


def test_a_spoke_is_named_by_the_services_that_are_granted_to_it_alone() -> None:
    """So two spokes of one account are told apart, as long as each has services of its own."""
    connections = [Connection(A, "222222222222", "available")]

    assert [build(service, connections, [PAYMENTS, LEDGER]) for service in ("security", "other")] == [
        {A: Client(A, "222222222222", "ledger", "red", "account")},
        {},
    ]


def test_spokes_of_one_account_and_service_are_joined() -> None:
    assert build("logging", [Connection(A, "222222222222", "Available")], [PAYMENTS, LEDGER]) == {
        A: Client(A, "222222222222", "ledger,payments", "red", "shared")
    }


def known(spoke: Spoke, **endpoints: str) -> Spoke:
    """The same with the endpoints that its grant accepted."""
    return replace(spoke, endpoints=endpoints)


def test_a_grant_that_names_its_endpoint_is_for_no_other_of_its_account() -> None:
    connections = [Connection(one, "222222222222", "available") for one in (A, B)]

    assert build("logging", connections, [known(PAYMENTS, logging=A)]) == {
        A: Client(A, "222222222222", "payments", "red", "endpoint"),
        B: Client(B, "222222222222", NOBODY, NOBODY, "nothing"),
    }


def test_spokes_of_one_account_and_service_are_told_apart_by_their_endpoints() -> None:
    connections = [Connection(one, "222222222222", "available") for one in (A, B)]

    for spokes in (
        [known(PAYMENTS, logging=A), known(LEDGER, logging=B)],
        # As long as all but one are known, the rest is that one's.
        [known(PAYMENTS, logging=A), known(LEDGER, security=C)],
    ):
        roster = build("logging", connections, spokes)
        assert {one.endpoint_id: one.spoke for one in roster.values()} == {A: "payments", B: "ledger"}
        assert roster[A].known_by == "endpoint"


def test_an_endpoint_that_another_account_named_is_still_its_owners() -> None:
    """What a parameter says of an endpoint counts for that grant's account alone."""
    roster = build(
        "logging", [Connection(A, "222222222222", "available")], [PAYMENTS, known(CLAIMS, logging=A)]
    )

    assert roster == {A: Client(A, "222222222222", "payments", "red", "account")}


def test_a_parameter_is_read() -> None:
    assert (
        read_spoke(
            "/landline/hub/spokes/claims",
            '{"account":"333333333333","spoke":"claims","team":"blue","services":["logging"]}',
        )
        == CLAIMS
    )


@pytest.mark.parametrize(
    "value",
    [
        "",
        "{}",
        '{"account":"333333333333","spoke":"c","team":"b"}',
        '{"account":"3","spoke":"c","team":"b","services":[]}',
        '{"account":333333333333,"spoke":"c","team":"b","services":[]}',
        '{"account":"333333333333","spoke":"c","team":"b","services":"logging"}',
        '{"account":"333333333333","spoke":"c","team":"b","services":["l"],"endpoints":["vpce-0000000a"]}',
        '{"account":"333333333333","spoke":"c","team":"b","services":["l"],"endpoints":{"l":"eni-0000000a"}}',
    ],
)
def test_a_parameter_that_says_something_else_is_named(value: str) -> None:
    with pytest.raises(UnreadableError, match="parameter /landline/hub/spokes/claims: "):
        read_spoke("/landline/hub/spokes/claims", value)


class Readings:
    """A source whose answers a test sets, and whose clock it moves."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.count = 0
        self.answer: Roster | Exception = build(
            "logging", [Connection(A, "333333333333", "available")], [CLAIMS]
        )

    def clock(self) -> float:
        return self.now

    def __call__(self) -> Roster:
        self.count += 1
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def keeper(self) -> RosterKeeper:
        return RosterKeeper(self, Pace(every=60, at_least_apart=0, oldest=100, wait=2), self.clock)


def kept(readings: Readings, told: Callable[[RosterKeeper], Awaitable[None]]) -> None:
    async def run() -> None:
        keeper = readings.keeper()
        keeping = asyncio.create_task(keeper.keep())
        try:
            await told(keeper)
        finally:
            keeping.cancel()

    asyncio.run(run())


async def refused(keeper: RosterKeeper, endpoint_id: str) -> None:
    with pytest.raises(RefusedError, match="is not known at the moment") as error:
        await keeper.find(endpoint_id)
    assert (error.value.status, error.value.retry_after) == (503, 5)


def test_the_first_request_waits_for_the_first_reading() -> None:
    readings = Readings()

    async def told(keeper: RosterKeeper) -> None:
        assert await keeper.find(A) == Client(A, "333333333333", "claims", "blue", "account")

    kept(readings, told)
    assert readings.count == 1


def test_an_unknown_endpoint_is_unknown_only_after_a_reading_that_began_later() -> None:
    readings = Readings()

    async def told(keeper: RosterKeeper) -> None:
        await keeper.find(A)
        readings.now += 1
        readings.answer = build("logging", [Connection(B, "222222222222", "available")], [PAYMENTS])
        assert await keeper.find(B) == Client(B, "222222222222", "payments", "red", "account")
        readings.now += 1
        assert await keeper.find(C) is None
        assert readings.count == 3
        assert await keeper.find(A) is None

    kept(readings, told)


def test_a_known_endpoint_stays_known_while_nothing_can_be_read_and_an_unknown_one_is_put_off() -> None:
    readings = Readings()

    async def told(keeper: RosterKeeper) -> None:
        await keeper.find(A)
        readings.now += 99
        readings.answer = OSError("no route")
        await refused(keeper, B)
        assert await keeper.find(A) is not None
        readings.now += 2
        await refused(keeper, A)
        readings.answer = build("logging", [Connection(A, "333333333333", "available")], [CLAIMS])
        assert await keeper.find(A) is not None

    kept(readings, told)


def test_nobody_is_known_before_the_first_reading() -> None:
    readings = Readings()
    readings.answer = OSError("no route")

    async def told(keeper: RosterKeeper) -> None:
        await refused(keeper, A)
        assert keeper.age is None

    kept(readings, told)


def test_many_who_ask_share_a_reading() -> None:
    readings = Readings()

    async def told(keeper: RosterKeeper) -> None:
        await keeper.find(A)
        readings.now += 1
        assert await asyncio.gather(*(keeper.find(B) for _ in range(50))) == [None] * 50
        assert readings.count <= 3

    kept(readings, told)
