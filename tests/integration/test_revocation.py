"""Revoking a grant: what it cuts at once, what outlives it, and that nobody else notices."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from landline import network, proof
from landline.onboarding.grants import grants_document
from landline.testing.sandboxed import read_sandbox, targets_of

from . import independent

if TYPE_CHECKING:
    from landline.proof import Verdict
    from landline.sandbox.estate import Sandbox

REGION = "eu-west-1"
HUB, PAYMENTS, ORDERS = "111111111111", "222222222222", "333333333333"


def judged(sandbox: Sandbox, grants: dict[str, Any]) -> Verdict:
    snapshot = read_sandbox(targets_of(sandbox)).snapshot
    return proof.verify(network.read(snapshot), proof.read_grants(json.dumps(grants).encode()))


def states(client: Any) -> dict[tuple[str, str], str]:  # noqa: ANN401 - boto3 makes its clients at run time
    names = {name: ours for ours, name in independent.service_names(client).items()}
    services = {
        service["ServiceId"]: names[service["ServiceName"]]
        for service in client.describe_vpc_endpoint_service_configurations()["ServiceConfigurations"]
    }
    return {
        (connection["VpcEndpointOwner"], services[connection["ServiceId"]]): connection["VpcEndpointState"]
        for connection in client.describe_vpc_endpoint_connections()["VpcEndpointConnections"]
    }


def test_a_revoked_grant(sandbox: Sandbox) -> None:
    """One road, because each step stands on the one before: revoke, find what lives on, cut it."""
    hub = independent.ec2(sandbox, HUB, REGION)
    grants = grants_document(sandbox.estate)
    left = {**grants, "grants": [grant for grant in grants["grants"] if grant["spoke"] != PAYMENTS]}
    assert states(hub) == {
        (PAYMENTS, "logging"): "available",
        (PAYMENTS, "security"): "available",
        (ORDERS, "logging"): "available",
    }

    sandbox.destroy("grant-payments")

    after = states(hub)
    assert after[PAYMENTS, "security"] == "rejected"
    assert after[ORDERS, "logging"] == "available"
    permitted = {
        principal["Principal"]
        for service in hub.describe_vpc_endpoint_service_configurations()["ServiceConfigurations"]
        for principal in hub.describe_vpc_endpoint_service_permissions(ServiceId=service["ServiceId"])[
            "AllowedPrincipals"
        ]
    }
    assert permitted == {f"arn:aws:iam::{ORDERS}:root"}

    # Removing a principal alone cuts nothing: a connection of the standing lane that lives on must be found.
    living = {place for place, state in after.items() if place[0] == PAYMENTS and state == "available"}
    verdict = judged(sandbox, left)
    assert {(entry.spoke, entry.service) for entry in verdict.access.extra} == living
    assert verdict.verdict == ("violated" if living else "proven")

    for connection in hub.describe_vpc_endpoint_connections()["VpcEndpointConnections"]:
        if connection["VpcEndpointOwner"] == PAYMENTS and connection["VpcEndpointState"] == "available":
            hub.reject_vpc_endpoint_connections(
                ServiceId=connection["ServiceId"], VpcEndpointIds=[connection["VpcEndpointId"]]
            )
    assert independent.connected(hub) == {(ORDERS, "logging")}
    assert judged(sandbox, left).verdict == "proven"
    missing = {(entry.spoke, entry.service) for entry in judged(sandbox, grants).access.missing}
    assert missing == {(PAYMENTS, "logging"), (PAYMENTS, "security")}
