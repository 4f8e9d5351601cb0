"""The proxy's configuration, in the real proxy."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import socket
import ssl
import subprocess
import threading
import time
import warnings
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from components.front import (
    CERTIFICATE_VARIABLE,
    ENDPOINT_HEADER,
    ENDPOINT_REQUESTS,
    KEY_VARIABLE,
    MAX_CONNECTIONS,
    SHARE_CONNECTIONS,
    SHARES,
    VPC_ENDPOINT_TLV,
    front_command,
    front_configuration,
)
from tests.components.envoy_properties import (
    BOOTSTRAP,
    LUA,
    MESSAGES,
    OPERATORS,
    OPTIONS,
    RETRY_ON,
    unknown,
)
from tests.components.running_front import (
    LOCAL,
    SIGNATURE,
    Front,
    endpoint_tlv,
    envoy,
    proxy_header,
    running_front,
    self_signed,
    tlv,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from components.front import FrontArgs

ENDPOINT = "vpce-0123456789abcdef0"
PLAIN: FrontArgs = {"tls": False, "port": 8443, "intake_port": 8080}
TLS: FrontArgs = {"tls": True, "port": 8443, "intake_port": 8080}


class Upstream(ThreadingHTTPServer):
    """What stands behind the proxy: it answers 200 and remembers what it was sent."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.seen: list[tuple[str, str, list[tuple[str, str]], bytes]] = []
        self.status = 200

    def endpoints(self) -> list[list[str]]:
        """For each request, the values of the header that names the endpoint."""
        return [
            [value for name, value in headers if name.lower() == ENDPOINT_HEADER]
            for _, _, headers, _ in self.seen
        ]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        self.upstream.seen.append((self.command, self.path, self.headers.items(), body))
        self.send_response(self.upstream.status)
        self.send_header("content-length", "0")
        self.end_headers()

    def do_GET(self) -> None:
        self.do_POST()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """Says nothing."""

    @property
    def upstream(self) -> Upstream:
        assert isinstance(self.server, Upstream)
        return self.server


@pytest.fixture(scope="module")
def upstream() -> Iterator[Upstream]:
    with Upstream() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def plain(upstream: Upstream, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    with running_front(upstream.server_port, tmp_path_factory.mktemp("plain")) as front:
        yield front


@pytest.fixture(scope="module")
def tls(upstream: Upstream, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    with running_front(upstream.server_port, tmp_path_factory.mktemp("tls"), self_signed()) as front:
        yield front


@pytest.fixture(params=["plain", "tls"])
def front(request: pytest.FixtureRequest, upstream: Upstream) -> Front:
    upstream.seen.clear()
    upstream.status = 200
    found: Front = request.getfixturevalue(request.param)
    return found


def test_the_endpoint_is_named_to_the_intake(front: Front, upstream: Upstream) -> None:
    assert front.ask(proxy_header(endpoint_tlv(ENDPOINT)), body=b"record").status == 200
    assert upstream.endpoints() == [[ENDPOINT]]
    assert upstream.seen[0][3] == b"record"


def test_each_connection_has_the_name_of_its_own_endpoint(front: Front, upstream: Upstream) -> None:
    named = [f"vpce-{number:017x}" for number in range(20)] + ["vpce-0123abcd"]
    for endpoint_id in named:
        front.ask(proxy_header(endpoint_tlv(endpoint_id)))
    assert upstream.endpoints() == [[endpoint_id] for endpoint_id in named]


def test_a_connection_keeps_its_name_over_several_requests(front: Front, upstream: Upstream) -> None:
    with front.connected(proxy_header(endpoint_tlv(ENDPOINT))) as connection:
        for _ in range(3):
            connection.request("POST", "/v1/logs", b"{}", {ENDPOINT_HEADER: "vpce-99999999"})
            assert connection.getresponse().read() == b""
    assert upstream.endpoints() == [[ENDPOINT]] * 3


@pytest.mark.parametrize("spelling", [ENDPOINT_HEADER, "X-Landline-Endpoint-Id", "X-LANDLINE-ENDPOINT-ID"])
def test_a_client_names_no_endpoint(front: Front, upstream: Upstream, spelling: str) -> None:
    forged = [
        (spelling, "vpce-99999999999999999"),
        (spelling, "vpce-88888888"),
        ("X-Landline-Spoke", "other"),
    ]
    assert front.ask(proxy_header(endpoint_tlv(ENDPOINT)), headers=forged).status == 200
    assert front.ask(proxy_header(), headers=forged).status == 403
    assert upstream.endpoints() == [[ENDPOINT]]
    names = {name.lower() for name, _ in upstream.seen[0][2]}
    assert {name for name in names if name.startswith("x-landline-")} == {ENDPOINT_HEADER}


def test_a_client_says_nothing_to_the_proxy(front: Front, upstream: Upstream) -> None:
    """Neither to send what failed again, which would take records twice, nor whom it comes from."""
    upstream.status = 503
    said = [
        ("x-envoy-retry-on", "5xx"),
        ("x-envoy-max-retries", "3"),
        ("x-envoy-original-path", "/healthz"),
        ("x-forwarded-for", "192.0.2.1"),
        ("x-forwarded-host", "other"),
    ]
    assert front.ask(proxy_header(endpoint_tlv(ENDPOINT)), headers=said).status == 503
    ((_, path, headers, _),) = upstream.seen
    assert path == "/v1/logs"
    names = {name.lower() for name, _ in headers}
    # The proxy's own: the client's address as the load balancer says it, and the protocol.
    assert {name for name in names if name.startswith(("x-envoy-", "x-forwarded-"))} <= {
        "x-envoy-external-address",
        "x-forwarded-proto",
    }
    assert dict(headers).get("x-envoy-external-address", "10.40.1.9") == "10.40.1.9"


def test_a_header_with_underscores_is_refused(front: Front, upstream: Upstream) -> None:
    forged = [("x_landline_endpoint_id", "vpce-99999999")]
    assert front.ask(proxy_header(endpoint_tlv(ENDPOINT)), headers=forged).status == 400
    assert upstream.seen == []


@pytest.mark.parametrize(
    "tlvs",
    [
        pytest.param((), id="none"),
        pytest.param((tlv(0x04, b"\x00" * 8),), id="another type"),
        pytest.param((tlv(VPC_ENDPOINT_TLV, b"\x02" + ENDPOINT.encode()),), id="another subtype"),
        pytest.param((tlv(VPC_ENDPOINT_TLV, ENDPOINT.encode()),), id="no subtype"),
        pytest.param((tlv(VPC_ENDPOINT_TLV, b"\x01\x01" + ENDPOINT.encode()),), id="two subtypes"),
        pytest.param((tlv(VPC_ENDPOINT_TLV, b""),), id="empty"),
        pytest.param((tlv(VPC_ENDPOINT_TLV, b"\x01"),), id="subtype alone"),
        pytest.param((endpoint_tlv("vpce-"),), id="no digits"),
        pytest.param((endpoint_tlv("vpce-0123456789abcdef"),), id="16 digits"),
        pytest.param((endpoint_tlv("vpce-0123456789abcdef01"),), id="18 digits"),
        pytest.param((endpoint_tlv("vpce-0123456789ABCDEF0"),), id="capitals"),
        pytest.param((endpoint_tlv("vpce-0123456789abcdefg"),), id="no hexadecimal digit"),
        pytest.param((endpoint_tlv(ENDPOINT + "\n"),), id="line end"),
        pytest.param((endpoint_tlv(ENDPOINT + "\x00"),), id="null at the end"),
        pytest.param((endpoint_tlv("vpce-0123abcd\x00evil"),), id="null within"),
        pytest.param((endpoint_tlv(ENDPOINT + "\r\nx-a: b"),), id="injected header"),
        pytest.param((tlv(VPC_ENDPOINT_TLV, b"\x01\xff\xfe" + ENDPOINT.encode()),), id="not UTF-8"),
        pytest.param((endpoint_tlv("vpce-" + "0" * 4000),), id="oversized"),
    ],
)
def test_what_is_no_endpoint_id_names_none(front: Front, upstream: Upstream, tlvs: tuple[bytes, ...]) -> None:
    answer = front.ask(proxy_header(*tlvs), headers=[(ENDPOINT_HEADER, "vpce-99999999")])
    assert (answer.status, upstream.seen) == (403, [])


def test_the_endpoint_is_found_among_other_tlvs(front: Front, upstream: Upstream) -> None:
    around = (tlv(0x03, b"\x00" * 4), endpoint_tlv(ENDPOINT), tlv(0x04, b"\x00" * 300))
    assert front.ask(proxy_header(*around)).status == 200
    assert upstream.endpoints() == [[ENDPOINT]]


def answered(front: Front, header: bytes) -> bool:
    """Whether a connection that begins with `header` is answered at all, a TLS handshake included."""
    hello = b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n"
    if front.certificate is not None:
        outgoing = ssl.MemoryBIO()
        client = front.certificate.context().wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname="localhost")
        with contextlib.suppress(ssl.SSLWantReadError):
            client.do_handshake()
        hello = outgoing.read()
    with socket.create_connection(("127.0.0.1", front.port), timeout=30) as raw:
        try:
            raw.sendall(header)
            raw.sendall(hello)
            return raw.recv(1) != b""
        except OSError:
            return False


@pytest.mark.parametrize(
    "header",
    [
        pytest.param(b"", id="none"),
        pytest.param(b"PROXY TCP4 10.40.1.9 10.0.0.10 40000 443\r\n", id="version 1"),
        pytest.param(SIGNATURE + b"\x31\x11\x00\x0c" + b"\x0a" * 12, id="version 3"),
        pytest.param(SIGNATURE + b"\x21\x31\x00\xd8" + b"\x00" * 216, id="Unix sockets"),
        pytest.param(SIGNATURE + b"\x21\x11\x00\x04" + b"\x0a" * 4, id="half an address"),
        pytest.param(proxy_header(b"\xea\xff\xff\x01vpce"), id="TLV longer than the header"),
        pytest.param(proxy_header(b"\xea"), id="TLV without a length"),
    ],
)
def test_a_connection_without_a_whole_header_is_closed(
    front: Front, upstream: Upstream, header: bytes
) -> None:
    assert answered(front, proxy_header(endpoint_tlv(ENDPOINT)))
    upstream.seen.clear()
    assert not answered(front, header)
    assert upstream.seen == []


def test_a_header_inside_the_connection_is_no_header(front: Front, upstream: Upstream) -> None:
    outer, inner = proxy_header(endpoint_tlv(ENDPOINT)), proxy_header(endpoint_tlv("vpce-99999999"))
    try:
        status = front.ask(outer + inner).status
    except (OSError, http.client.HTTPException):
        status = 400
    assert (status, upstream.seen) == (400, [])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=st.binary(max_size=40) | st.from_regex(rb"\x01vpce-[0-9a-fA-F]{7,18}\x00?", fullmatch=True))
def test_no_value_of_the_tlv_becomes_anything_but_an_id(
    plain: Front, upstream: Upstream, value: bytes
) -> None:
    upstream.seen.clear()
    status = plain.ask(proxy_header(tlv(VPC_ENDPOINT_TLV, value))).status
    text = value[1:].decode("latin-1")
    digits = text.removeprefix("vpce-")
    is_id = value[:1] == b"\x01" and text.startswith("vpce-") and len(digits) in {8, 17}
    is_id = is_id and set(digits) <= set("0123456789abcdef")
    assert (status, upstream.endpoints()) == ((200, [[text]]) if is_id else (403, []))


def test_a_health_check_passes_without_an_endpoint(front: Front, upstream: Upstream) -> None:
    local = proxy_header(command=LOCAL)
    forged = [(ENDPOINT_HEADER, "vpce-99999999")]
    assert front.ask(local, "GET", "/healthz", headers=forged, body=b"").status == 200
    assert upstream.endpoints() == [[]]
    assert front.ask(local, "POST", "/healthz").status == 403
    assert front.ask(local, "GET", "/healthz/../v1/logs").status == 403
    assert front.ask(local, "GET", "/v1/logs").status == 403
    assert len(upstream.seen) == 1


def test_http_2_is_not_spoken(plain: Front, tls: Front, upstream: Upstream) -> None:
    upstream.seen.clear()
    preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\x00\x00\x00\x04\x00\x00\x00\x00\x00"
    with socket.create_connection(("127.0.0.1", plain.port), timeout=30) as raw:
        raw.sendall(proxy_header(endpoint_tlv(ENDPOINT)) + preface)
        assert raw.recv(12) in {b"HTTP/1.1 400", b"HTTP/1.1 426", b""}
    assert tls.certificate is not None
    context = tls.certificate.context()
    context.set_alpn_protocols(["h2", "http/1.1"])
    with socket.create_connection(("127.0.0.1", tls.port), timeout=30) as raw:
        raw.sendall(proxy_header(endpoint_tlv(ENDPOINT)))
        with context.wrap_socket(raw, server_hostname="localhost") as secured:
            assert secured.selected_alpn_protocol() == "http/1.1"
    assert upstream.seen == []


def test_a_body_is_passed_on_as_it_arrives(tmp_path: Path) -> None:
    """So that what is behind the proxy says how long it may be, and slow ones take no memory here."""
    with socket.create_server(("127.0.0.1", 0)) as behind, contextlib.ExitStack() as stack:
        behind.settimeout(30)
        front = stack.enter_context(running_front(behind.getsockname()[1], tmp_path))
        connection = stack.enter_context(front.connected(proxy_header(endpoint_tlv(ENDPOINT))))
        connection.putrequest("POST", "/v1/logs")
        connection.putheader("content-length", str(1 << 30))
        connection.endheaders(b"the first of many")
        passed, _ = behind.accept()
        stack.enter_context(passed)
        passed.settimeout(30)
        read = b""
        while b"the first of many" not in read:
            read += passed.recv(4096)
        assert ENDPOINT_HEADER.encode() in read
        # An answer before the body's end reaches the client, who is cut off then.
        passed.sendall(b"HTTP/1.1 413 Content Too Large\r\ncontent-length: 0\r\n\r\n")
        assert connection.getresponse().status == 413


NOISY, QUIET = "vpce-0fedcba98765432a5", "vpce-0fedcba98765432a6"


def refused(front: Front, endpoint_id: str) -> bool:
    """Whether the proxy closes a new connection; one that it takes is closed here."""
    with socket.create_connection(("127.0.0.1", front.port), timeout=30) as raw:
        try:
            raw.sendall(proxy_header(endpoint_tlv(endpoint_id)) + b"GET / HTTP/1.1\r\nhost: a\r\n\r\n")
            return raw.recv(1) == b""
        except ConnectionError:
            return True


def test_one_endpoint_cannot_take_all_connections(upstream: Upstream, tmp_path: Path) -> None:
    header = proxy_header(endpoint_tlv(NOISY))
    with running_front(upstream.server_port, tmp_path) as front, contextlib.ExitStack() as stack:
        hoarded = [stack.enter_context(front.connected(header)) for _ in range(SHARE_CONNECTIONS)]
        for connection in hoarded:
            connection.request("GET", "/healthz")
            assert connection.getresponse().read() == b""
        assert refused(front, NOISY)
        assert front.ask(proxy_header(endpoint_tlv(QUIET))).status == 200
        assert front.ask(proxy_header(command=LOCAL), "GET", "/healthz", body=b"").status == 200
        for connection in hoarded[-10:]:
            connection.request("GET", "/healthz")
            assert connection.getresponse().status == 200
            connection.close()
        deadline = time.monotonic() + 30
        while refused(front, NOISY):
            assert time.monotonic() < deadline, "a connection that ends makes no room"


def test_one_endpoint_cannot_take_all_requests(upstream: Upstream, tmp_path: Path) -> None:
    """Counted for each endpoint, over all its connections."""
    with running_front(upstream.server_port, tmp_path) as front:
        limited = None
        for _ in range(4):
            with front.connected(proxy_header(endpoint_tlv(NOISY))) as connection:
                for _ in range(ENDPOINT_REQUESTS):
                    connection.request("GET", "/healthz")
                    answer = connection.getresponse()
                    answer.read()
                    if answer.status != 200:
                        limited = answer
                        break
            if limited is not None:
                break
        assert limited is not None, "an endpoint may send as often as it likes"
        assert (limited.status, limited.headers["retry-after"]) == (429, "1")
        for other in (QUIET, NOISY[:-2] + "b5"):
            assert front.ask(proxy_header(endpoint_tlv(other))).status == 200


@settings(max_examples=30)
@given(digits=st.from_regex("[0-9a-f]{17}|[0-9a-f]{8}", fullmatch=True))
def test_every_endpoint_belongs_to_one_share(digits: str) -> None:
    (listener,) = front_configuration(PLAIN)["static_resources"]["listeners"]
    matchers = listener["filter_chain_matcher"]["matcher_list"]["matchers"]
    found = [
        matcher["on_match"]["action"]["typed_config"]["value"]
        for matcher in matchers
        if re.fullmatch(
            matcher["predicate"]["single_predicate"]["value_match"]["safe_regex"]["regex"],
            f"\1vpce-{digits}",
        )
    ]
    assert len(found) == 1
    assert {found[0]} <= set(SHARES)
    assert [chain["name"] for chain in listener["filter_chains"]] == list(SHARES)


def test_no_share_has_all_there_is() -> None:
    assert SHARE_CONNECTIONS * 8 <= MAX_CONNECTIONS


def test_headers_that_are_too_long_are_refused(front: Front, upstream: Upstream) -> None:
    header = proxy_header(endpoint_tlv(ENDPOINT))
    assert front.ask(header, headers=[("x-long", "a" * 40_000)]).status == 431
    assert front.ask(header, headers=[(f"x-{number}", "a") for number in range(80)]).status == 431
    assert upstream.seen == []


def logged(front: Front, path: str) -> dict[str, Any]:
    """The line of the access log for a path that was asked for once."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        lines: list[dict[str, Any]] = [json.loads(line) for line in front.log.read_text().splitlines()]
        if found := [line for line in lines if line["path"] == path]:
            (line,) = found
            return line
        time.sleep(0.05)
    raise AssertionError(f"no line for {path}")


def test_the_access_log_names_the_endpoint(front: Front) -> None:
    front.ask(proxy_header(command=LOCAL), "GET", "/healthz", body=b"")
    front.ask(proxy_header(endpoint_tlv(ENDPOINT)), path="/named?secret=1")
    front.ask(proxy_header(), path="/nameless")
    named, nameless = logged(front, "/named"), logged(front, "/nameless")
    assert (named["endpoint_id"], named["status"]) == (ENDPOINT, 200)
    assert (named["client"], named["port"]) == ("10.40.1.9:40000", 443)
    assert (nameless["endpoint_id"], nameless["status"]) == (None, 403)
    assert (named["tls"] is None) == (front.certificate is None)
    assert not any(
        (line["path"], line["endpoint_id"]) == ("/healthz", None)
        for line in map(json.loads, front.log.read_text().splitlines())
    )


def test_tls_begins_with_1_2(tls: Front) -> None:
    assert tls.certificate is not None
    offered = {}
    for version in (ssl.TLSVersion.TLSv1_1, ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        context = tls.certificate.context()
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
        with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
            context.minimum_version = version
            context.maximum_version = version
        with socket.create_connection(("127.0.0.1", tls.port), timeout=30) as raw:
            raw.sendall(proxy_header(endpoint_tlv(ENDPOINT)))
            try:
                with context.wrap_socket(raw, server_hostname="localhost") as secured:
                    offered[version.name] = secured.version()
            except OSError:
                offered[version.name] = None
    assert offered == {"TLSv1_1": None, "TLSv1_2": "TLSv1.2", "TLSv1_3": "TLSv1.3"}


@pytest.mark.parametrize("args", [PLAIN, TLS])
def test_the_real_proxy_takes_the_configuration(args: FrontArgs) -> None:
    certificate = self_signed()
    environment = os.environ | {CERTIFICATE_VARIABLE: certificate.chain, KEY_VARIABLE: certificate.key}
    command = [envoy(), "--mode", "validate", *front_command(front_configuration(args))]
    checked = subprocess.run(  # noqa: S603 - the program of the wheel
        command, env=environment, capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stderr


def test_it_does_not_start_without_its_certificate() -> None:
    command = [envoy(), "--mode", "validate", *front_command(front_configuration(TLS))]
    checked = subprocess.run(  # noqa: S603 - the program of the wheel
        command, env={}, capture_output=True, text=True, check=False
    )
    assert checked.returncode != 0
    assert "private key" in checked.stderr


def test_there_is_no_administration_interface() -> None:
    assert "admin" not in front_configuration(PLAIN)


@pytest.mark.parametrize("args", [PLAIN, TLS])
def test_every_property_is_in_the_table(args: FrontArgs) -> None:
    assert unknown(front_configuration(args)) == []


def test_a_property_that_is_not_in_the_table_is_found() -> None:
    # Without what its filter chains share in memory.
    configuration: Any = json.loads(json.dumps(front_configuration(TLS)))
    configuration["admin"] = {}
    (listener,) = configuration["static_resources"]["listeners"]
    listener["default_filter_chain"]["filters"][2]["typed_config"]["x"] = 1
    connection_manager = "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager"
    within = "static_resources.listeners.default_filter_chain.filters.typed_config"
    assert unknown(configuration) == [
        f"{within}.x: no field of {connection_manager} in the table",
        "admin: no field of envoy.config.bootstrap.v3.Bootstrap in the table",
    ]


def test_every_message_of_the_table_is_used_and_has_its_page() -> None:
    used: set[str] = set()
    for args in (PLAIN, TLS):
        unknown(front_configuration(args), used)
    assert used == {f"{name}.{field}" for name, message in MESSAGES.items() for field in message.fields}
    assert BOOTSTRAP in MESSAGES
    for message in MESSAGES.values():
        assert message.page.startswith("https://www.envoyproxy.io/docs/envoy/v1.")


def test_words_inside_values_are_in_their_tables_too() -> None:
    configuration: Any = front_configuration(TLS)
    (listener,) = configuration["static_resources"]["listeners"]
    http = listener["default_filter_chain"]["filters"][2]["typed_config"]
    (log,) = http["access_log"]
    fields = log["typed_config"]["log_format"]["json_format"].values()
    assert {re.sub(r"\(.*", "", field.strip("%")) for field in fields} == set(OPERATORS)
    script = http["http_filters"][0]["typed_config"]["default_source_code"]["inline_string"]
    assert set(re.findall(r":(\w+)\(", script)) == set(LUA)
    routes = http["route_config"]["virtual_hosts"][0]["routes"]
    policies = {route["route"]["retry_policy"]["retry_on"] for route in routes if "route" in route}
    assert {word for policy in policies for word in policy.split(",")} == set(RETRY_ON)
    assert {word for word in front_command(configuration) if word.startswith("--")} == set(OPTIONS)
