"""Records through all that stands between a spoke and the archive: PROXY protocol, TLS, Envoy, the intake.

What is not here is AWS's own: the endpoint, the load balancer (whose header the clients write) and Data
Firehose, whose API `aws_side` answers and whose records it writes to disk. The endpoints' ids, the
connections and the parameters that name the spokes are those of stacks deployed in the sandbox.
"""

from __future__ import annotations

import json
import random
import select
import threading
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import pytest

from components.front import SHARE_CONNECTIONS
from landline.intake.admission import MOST_OF_ONE
from landline.intake.body import MOST_BYTES
from tests.components.running_front import LOCAL, PROXY, SIGNATURE, Front, endpoint_tlv, proxy_header, tlv
from tests.intake.aws_side import Weather
from tests.intake.chain import Chain, Process, running_chain, until
from tests.intake.count import Count, count
from tests.intake.sender import Sender, batches, connect, send_all
from tests.intake.stacks import LATE

if TYPE_CHECKING:
    import http.client
    from collections.abc import Callable, Iterator

pytestmark = [
    # CPython leaves a TLS socket open whose connection is reset before its handshake begins.
    pytest.mark.filterwarnings("ignore:unclosed <ssl.SSLSocket:ResourceWarning"),
    pytest.mark.filterwarnings(
        "ignore:Exception ignored in. <ssl.SSLSocket:pytest.PytestUnraisableExceptionWarning"
    ),
]

RECORDS = 10_000
RECORDS_UNDER_FIRE = 4_000
CLIENTS_OF_EACH = 2
KILLS = 3


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    with running_chain(tmp_path_factory.mktemp("data-path")) as running:
        until(lambda: _healthy(running), running)
        yield running


@pytest.fixture(autouse=True)
def fresh(chain: Chain) -> None:
    """Each test begins with an empty file and fair weather."""
    chain.records.write_bytes(b"")
    chain.weather(Weather())


@pytest.fixture
def told(record_property: Callable[[str, object], None]) -> Callable[[str, Count], None]:
    """Has the figures printed when the run ends."""
    return lambda what, counted: record_property("data-path", f"data path, {what}: {counted}")


def senders(chain: Chain, records: int, seed: int) -> list[Sender]:
    """Several clients for each spoke, which send side by side; each record's number is its own."""
    trust = chain.certificate.context()
    lines = [line for line in chain.where.lines if line.spoke != LATE] * CLIENTS_OF_EACH
    return [
        Sender(
            line,
            chain.front.port,
            trust,
            tuple(batches(line.spoke, range(position, records, len(lines)), seed + position)),
        )
        for position, line in enumerate(lines)
    ]


def counted(chain: Chain, sent: list[Sender]) -> Count:
    assert [one.failure for one in sent if one.failure] == []
    return count(sent, chain.kept(), {line.spoke: line for line in chain.where.lines}, "logging")


def _healthy(chain: Chain) -> bool:
    """Asked as the load balancer asks."""
    try:
        return ask(chain, proxy_header(command=LOCAL), "GET", "/healthz") == 200
    except OSError:
        return False


def ask(
    chain: Chain, header: bytes, method: str = "POST", path: str = "/v1/lines", *more: tuple[str, str]
) -> int:
    """One request's status on a connection that begins with `header`; OSError where it is closed."""
    front = Front(chain.front.port, chain.certificate, chain.front.log)
    headers = [("content-type", "application/x-ndjson"), *more]
    return front.ask(header, method, path, headers, b'{"from":"nobody","number":-1}').status


@dataclass
class Killing:
    """Kills a process when so many records are acknowledged, and starts it again."""

    process: Process
    moments: list[int]
    kills: int = 0
    _acknowledged: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def acknowledged(self, records: int) -> None:
        with self._lock:
            self._acknowledged += records
            if self.kills < len(self.moments) and self._acknowledged >= self.moments[self.kills]:
                self.process.kill()
                self.process.start()
                self.kills += 1


def test_ten_thousand_records_arrive_once_and_under_their_own_names(
    chain: Chain, told: Callable[[str, Count], None]
) -> None:
    """Although the stream refuses a twentieth of the records and of the calls, each no oftener than thrice.

    So no client has to send again: whoever does may double what was taken of its request.
    """
    chain.weather(Weather(records=0.05, calls=0.05, most=3, seed=7))
    sent = senders(chain, RECORDS, seed=1)

    send_all(sent)

    found = counted(chain, sent)
    told("nobody killed", found)
    assert (found.sent, found.acknowledged, found.kept) == (RECORDS, RECORDS, RECORDS)
    assert (found.lost, found.doubled, found.indistinct, found.misnamed, found.foreign) == (0, 0, 0, 0, 0)


@pytest.mark.parametrize("victim", ["intake", "front"])
def test_what_was_acknowledged_outlives_a_kill(
    chain: Chain, told: Callable[[str, Count], None], victim: str
) -> None:
    """And what a client sent twice because of it has the same ids."""
    chain.weather(Weather(records=0.02, calls=0.02, answers=0.02, seed=11))
    process: Process = getattr(chain, victim)
    chance = random.Random(victim)  # noqa: S311 - a seeded test
    killing = Killing(process, sorted(chance.sample(range(100, RECORDS_UNDER_FIRE * 3 // 4), KILLS)))
    sent = senders(chain, RECORDS_UNDER_FIRE, seed=100)
    for one in sent:
        one.on_acknowledged = killing.acknowledged

    send_all(sent)

    found = counted(chain, sent)
    told(f"{victim} killed {killing.kills} times", found)
    assert killing.kills == KILLS
    assert (found.sent, found.acknowledged) == (RECORDS_UNDER_FIRE, RECORDS_UNDER_FIRE)
    assert (found.lost, found.indistinct, found.misnamed, found.foreign) == (0, 0, 0, 0)
    assert found.kept >= RECORDS_UNDER_FIRE


def test_who_is_granted_later_is_named_at_once_and_nobody_else_is_let_in(chain: Chain) -> None:
    """An endpoint that the roster lacks has it read again: the first answer is already right."""
    assert LATE not in {line.spoke for line in chain.where.lines}
    chain.deploy_later()
    (late,) = [line for line in chain.where.lines if line.spoke == LATE]
    stranger = f"vpce-{int(late.endpoint_id[5:], 16) ^ 1:0{len(late.endpoint_id) - 5}x}"

    assert ask(chain, proxy_header(endpoint_tlv(late.endpoint_id))) == 200
    assert ask(chain, proxy_header(endpoint_tlv(stranger))) == 403
    assert [(one["spoke"], one["team"], one["account"], one["endpoint_id"]) for one in chain.kept()] == [
        (late.spoke, late.team, late.account, late.endpoint_id)
    ]


def refused_headers(id_: bytes) -> dict[str, bytes]:
    """What is not the header of a connection through an endpoint, though it holds the id of a granted one."""
    whole = proxy_header(endpoint_tlv(id_.decode()))
    return {
        "no TLV": proxy_header(),
        "a health check's": proxy_header(command=LOCAL),
        "another subtype": proxy_header(tlv(0xEA, b"\x02" + id_)),
        "no subtype": proxy_header(tlv(0xEA, id_)),
        "another type": proxy_header(tlv(0xEB, b"\x01" + id_)),
        "an empty TLV": proxy_header(tlv(0xEA, b"")),
        "two ids": proxy_header(tlv(0xEA, b"\x01" + id_ + b"," + id_)),
        "an id and a header": proxy_header(tlv(0xEA, b"\x01" + id_ + b"\r\nx-landline-endpoint-id: " + id_)),
        "an id cut short": proxy_header(tlv(0xEA, b"\x01" + id_[:-1])),
        "an id too long": proxy_header(tlv(0xEA, b"\x01" + id_ + b"0")),
        "an oversized TLV": proxy_header(tlv(0xEA, b"\x01" + id_ + b"0" * 60_000)),
        "a TLV longer than its header": proxy_header(tlv(0xEA, b"\x01" + id_)[:-4]),
        "a header cut short": whole[:-4],
        "another signature": b"\r\n\r\n\0\r\nQUIX\n" + whole[12:],
        "version 1": b"PROXY TCP4 10.0.0.1 10.0.0.2 40000 443\r\n",
        "none": b"",
    }


def ipv6_header(endpoint_id: str) -> bytes:
    """What a client with an IPv6 address gets ("The PROXY protocol, section 2.2")."""
    body = bytes(range(32)) + b"\x9c\x40\x01\xbb" + endpoint_tlv(endpoint_id)
    return SIGNATURE + bytes([PROXY, 0x21]) + len(body).to_bytes(2) + body


def test_no_other_header_lets_anything_in(chain: Chain) -> None:
    granted = chain.where.lines[0].endpoint_id

    for what, header in refused_headers(granted.encode()).items():
        for spoofed in ([], [("x-landline-endpoint-id", granted)]):
            try:
                status = ask(chain, header, "POST", "/v1/lines", *spoofed)
            except OSError:
                continue
            assert status == 403, what
    assert chain.kept() == []
    assert ask(chain, proxy_header(endpoint_tlv(granted))) == 200


def test_a_client_names_nobody_but_itself(chain: Chain) -> None:
    own, other = chain.where.lines[:2]
    spoofed = [("X-Landline-Endpoint-Id", other.endpoint_id), ("x-landline-endpoint-id", other.endpoint_id)]

    for header in (proxy_header(endpoint_tlv(own.endpoint_id)), ipv6_header(own.endpoint_id)):
        assert ask(chain, header, "POST", "/v1/lines", *spoofed) == 200
    assert [(one["endpoint_id"], one["spoke"]) for one in chain.kept()] == [(own.endpoint_id, own.spoke)] * 2


DAWDLING = 20
"""Requests of each noisy spoke whose bodies never end."""


def test_spokes_that_hoard_and_dawdle_keep_no_other_out(chain: Chain) -> None:
    """Each of the others sends more slow bodies than it may, and one keeps every connection that it gets."""
    trust = chain.certificate.context()
    *noisy, quiet = chain.where.lines[:4]
    own_share = quiet.endpoint_id[-1]
    hoarder = next(one for one in noisy if one.endpoint_id[-1] != own_share)
    with ExitStack() as stack:
        for line in noisy:
            dawdling = [_begun(connect(line.endpoint_id, chain.front.port, trust)) for _ in range(DAWDLING)]
            for connection in dawdling:
                stack.callback(connection.close)
            until(partial(_answered, dawdling, DAWDLING - MOST_OF_ONE), chain)
        for _ in range(SHARE_CONNECTIONS):
            try:
                stack.callback(connect(hoarder.endpoint_id, chain.front.port, trust).close)
            except OSError:
                break
        else:
            raise AssertionError("a spoke has more connections than a share has")

        sent = [Sender(quiet, chain.front.port, trust, tuple(batches(quiet.spoke, range(200), 5)))]
        send_all(sent)

        found = counted(chain, sent)
        assert (found.acknowledged, found.kept, found.lost, found.misnamed) == (200, 200, 0, 0)
        assert sent[0].requests == len(sent[0].batches), "a request had to be sent again"


def test_one_too_many_is_told_so_after_its_whole_body(chain: Chain) -> None:
    """And not cut off in the middle of it, as long as it does not send far too many."""
    header = proxy_header(endpoint_tlv(chain.where.lines[0].endpoint_id))
    trust = chain.certificate.context()
    front = Front(chain.front.port, chain.certificate, chain.front.log)
    with ExitStack() as stack:

        def full() -> bool:
            """One dawdles more; those of a test before this one may not have left yet."""
            dawdling = _begun(connect(chain.where.lines[0].endpoint_id, chain.front.port, trust))
            stack.callback(dawdling.close)
            return ask(chain, header) == 429

        until(full, chain)
        for _ in range(10):
            answer = front.ask(
                header, "POST", "/v1/lines", [("content-type", "application/x-ndjson")], b" " * MOST_BYTES
            )
            assert (answer.status, answer.headers["retry-after"]) == (429, "1")


def _begun(connection: http.client.HTTPConnection) -> http.client.HTTPConnection:
    connection.putrequest("POST", "/v1/lines")
    connection.putheader("content-type", "application/x-ndjson")
    connection.putheader("content-length", str(MOST_BYTES))
    connection.endheaders(b" " * 1000)
    return connection


def _answered(connections: list[http.client.HTTPConnection], number: int) -> bool:
    """Whether there is something to read from so many of them."""
    return len(select.select([one.sock for one in connections], [], [], 0)[0]) == number


def test_a_stream_that_takes_nothing_is_told_to_the_client(chain: Chain) -> None:
    chain.weather(Weather(calls=1.0))
    granted = proxy_header(endpoint_tlv(chain.where.lines[0].endpoint_id))

    assert ask(chain, granted) == 503
    assert chain.kept() == []
    chain.weather(Weather())
    assert ask(chain, granted) == 200


def test_a_stream_that_refuses_for_good_is_told_to_whom_it_concerns(chain: Chain) -> None:
    """To the client, that it is to wait; to the hub's people, by a line that CloudWatch makes a metric of."""
    granted = proxy_header(endpoint_tlv(chain.where.lines[0].endpoint_id))
    chain.weather(Weather(denied=True))
    front = Front(chain.front.port, chain.certificate, chain.front.log)
    kind = ("content-type", "application/x-ndjson")

    answer = front.ask(granted, "POST", "/v1/lines", [kind], b"{}\n{}\n{}")

    assert (answer.status, answer.headers["retry-after"]) == (503, "60")
    assert chain.kept() == []
    (line,) = [
        json.loads(line) for line in chain.intake.log.read_text().splitlines() if line.startswith('{"_aws"')
    ]
    assert (line["ServiceId"], line["RecordsRefused"], line["place"]) == (
        chain.where.service_id,
        3,
        "the archive",
    )
