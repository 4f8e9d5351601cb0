"""Findings that are right, and who sends them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec

from landline.intake.findings import Importer, taken_apart
from landline.intake.record import Client, Request, stamp

if TYPE_CHECKING:
    from landline.intake.record import Stamped

HUB = Importer("111111111111", "eu-west-1")
PAYMENTS = Client("vpce-0a1b2c3d4e5f60718", "222222222222", "payments", "payments", "account")
ORDERS = Client("vpce-0f1e2d3c4b5a69788", "333333333333", "orders", "orders", "account")
NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)


def asff(**changes: object) -> dict[str, Any]:
    finding: dict[str, Any] = {
        "SchemaVersion": "2018-10-08",
        "Id": "scan/42",
        "ProductArn": "arn:aws:securityhub:eu-west-1:222222222222:product/222222222222/default",
        "GeneratorId": "scanner/open-port",
        "AwsAccountId": PAYMENTS.account,
        "CreatedAt": "2026-11-26T11:58:00Z",
        "UpdatedAt": "2026-11-26T11:59:00.123+01:00",
        "Title": "A port is open",
        "Description": "Port 23 answers.",
        "Severity": {"Label": "HIGH"},
        "Types": ["Software and Configuration Checks/Vulnerabilities"],
        "Resources": [{"Type": "AwsEc2Instance", "Id": "i-0123456789abcdef0"}],
    } | changes
    return {name: value for name, value in finding.items() if value is not ...}


def ocsf(**changes: object) -> dict[str, Any]:
    finding: dict[str, Any] = {
        "activity_id": 1,
        "category_uid": 2,
        "class_uid": 2004,
        "type_uid": 200401,
        "severity_id": 4,
        "time": 1_795_000_000_000,
        "metadata": {
            "version": "1.6.0",
            "profiles": ["cloud"],
            "product": {"name": "Scanner", "vendor_name": "Example"},
        },
        "cloud": {"provider": "AWS", "region": "eu-west-1", "account": {"uid": PAYMENTS.account}},
        "finding_info": {"uid": "scan/43", "title": "A port is open"},
        "unmapped": {"scanner": {"run": 7}},
    } | changes
    return {name: value for name, value in finding.items() if value is not ...}


def sent(
    *documents: object,
    client: Client = PAYMENTS,
    body: bytes | None = None,
    at: datetime = NOON,
    key: str | None = None,
) -> tuple[Stamped, ...]:
    """The records of one request, as the server hands them to the delivery."""
    whole = msgspec.json.encode(list(documents)) if body is None else body
    request = Request(client.endpoint_id, "/v1/findings", key, whole)
    return stamp(taken_apart(whole), request, client, "security", at)
