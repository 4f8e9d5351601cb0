"""Findings over HTTP: the real server on the loopback address, moto behind it."""

from __future__ import annotations

import http.client
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import boto3
import msgspec
import pytest
import uvicorn
from moto import mock_aws

from landline.intake.backends import service
from landline.intake.config import read_config
from landline.intake.roster_keeper import RosterKeeper
from landline.intake.server import ENDPOINT_HEADER, application
from tests.intake.samples import HUB, ORDERS, PAYMENTS, asff, ocsf

if TYPE_CHECKING:
    from collections.abc import Iterator

CONFIG = read_config(
    {
        "LANDLINE_SERVICE": "security",
        "LANDLINE_SERVICE_ID": "vpce-svc-0a1b2c3d4e5f60718",
        "LANDLINE_HUB": "hub",
        "AWS_REGION": HUB.region,
        "LANDLINE_BACKEND": "findings-intake",
        "LANDLINE_BUCKET": "findings",
        "LANDLINE_BUS": "bus",
        "LANDLINE_SOURCE": "landline.findings",
        "LANDLINE_ACCOUNT": HUB.account,
        "LANDLINE_SECURITY_HUB": "on",
        "LANDLINE_LISTEN": "127.0.0.1:0",
    }
)


@contextmanager
def served() -> Iterator[int]:
    """The server's port while it runs."""
    roster = {client.endpoint_id: client for client in (PAYMENTS, ORDERS)}
    server = uvicorn.Server(
        uvicorn.Config(
            application(CONFIG.service, service(CONFIG), RosterKeeper(lambda: roster)),
            host=CONFIG.host,
            port=CONFIG.port,
            log_config=None,
        )
    )
    listening = threading.Event()
    startup = server.startup

    async def announced(*arguments: Any, **named: Any) -> None:  # noqa: ANN401 - uvicorn's
        await startup(*arguments, **named)
        listening.set()

    server.startup = announced  # type: ignore[method-assign]
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        assert listening.wait(20)
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(20)
        assert not thread.is_alive()


def post(
    port: int, endpoint_id: str, body: bytes, kind: str = "application/json"
) -> tuple[int, dict[str, Any]]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        headers = {"content-type": kind, ENDPOINT_HEADER: endpoint_id}
        connection.request("POST", "/v1/findings", body, headers)
        answer = connection.getresponse()
        return answer.status, msgspec.json.decode(answer.read())
    finally:
        connection.close()


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", HUB.account)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    with mock_aws():
        made: Any = boto3.session.Session(region_name=HUB.region).client
        clients = {name: made(name) for name in ("s3", "events", "securityhub")}
        clients["s3"].create_bucket(
            Bucket="findings", CreateBucketConfiguration={"LocationConstraint": HUB.region}
        )
        clients["events"].create_event_bus(Name="bus")
        clients["securityhub"].enable_security_hub(EnableDefaultStandards=False)
        yield clients


def test_findings_of_two_spokes_are_taken_and_named_and_a_claimed_account_is_refused(
    aws: dict[str, Any],
) -> None:
    orders = asff(AwsAccountId=ORDERS.account)
    with served() as port:
        status, answer = post(port, PAYMENTS.endpoint_id, msgspec.json.encode([asff(), ocsf()]))
        assert (status, answer["taken"]) == (200, 2)
        lines = msgspec.json.encode(orders) + b"\n" + msgspec.json.encode({**orders, "Id": "2"})
        status, answer = post(port, ORDERS.endpoint_id, lines, "application/x-ndjson")
        assert (status, answer["taken"]) == (200, 2)

        status, answer = post(port, PAYMENTS.endpoint_id, msgspec.json.encode([asff(Title=...), orders]))
        assert status == 400
        assert [(one["index"], one["path"]) for one in answer["mistakes"]] == [
            (0, "Title"),
            (1, "AwsAccountId"),
        ]
        assert answer["mistakes"][1]["value"] == ORDERS.account

        status, _ = post(port, PAYMENTS.endpoint_id, b"<xml/>", "application/xml")
        assert status == 415
        status, _ = post(port, PAYMENTS.endpoint_id, b"hello")
        assert status == 400

    imported = aws["securityhub"].get_findings()["Findings"]
    assert {one["Id"]: one["ProductFields"]["landline/spoke"] for one in imported} == {
        "222222222222/payments/scan/42": "payments",
        "333333333333/orders/scan/42": "orders",
        "333333333333/orders/2": "orders",
    }
    keys = [one["Key"] for one in aws["s3"].list_objects_v2(Bucket="findings")["Contents"]]
    assert sorted("/".join(key.split("/")[4:6]) for key in keys) == [
        "222222222222/payments",
        "333333333333/orders",
    ]


def test_a_bucket_that_is_gone_is_no_acknowledgement(aws: dict[str, Any]) -> None:
    aws["s3"].delete_bucket(Bucket="findings")
    with served() as port:
        status, answer = post(port, PAYMENTS.endpoint_id, msgspec.json.encode(asff()))
    assert status == 503
    assert "archive" in answer["error"]
    assert aws["securityhub"].get_findings()["Findings"] == []
