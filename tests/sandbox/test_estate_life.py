"""The life of the example estate after its deployment: revocation, and an end in the order that works."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from landline.errors import ToolError
from landline.sandbox.estate import Sandbox
from landline.settings import load_estate
from tests.sandbox.places import OTHER, REGION, SPOKE

STACKS = Path(__file__).parents[2] / "stacks"


def test_from_a_refused_destroy_over_a_revocation_to_empty_accounts() -> None:
    loaded = load_estate(STACKS)
    assert loaded.estate is not None, loaded.problems
    order = [name for group in loaded.estate.deployment_order() for name in group]
    with Sandbox(loaded.estate) as sandbox:
        sandbox.up_all()

        def states() -> dict[tuple[str, str], str]:
            return {(c.service, c.account): c.state for c in sandbox.connections()}

        # A hub with live connections stays, and is whole again after the next run.
        with pytest.raises(ToolError, match="ExistingVpcEndpointConnections"):
            sandbox.destroy("hub")
        before = states()
        sandbox.up("hub")
        assert states() == before

        # Revoking cuts the accepted lane of one spoke and nobody else.
        sandbox.destroy("grant-payments")
        assert states()["security", SPOKE] == "rejected"
        assert states()["logging", OTHER] == "available"

        for name in reversed(order):
            sandbox.destroy(name)
        for account, region in sandbox.places():
            session = sandbox.session(account, region)
            ec2: Any = session.client("ec2")
            assert ec2.describe_vpcs()["Vpcs"] == []
            assert ec2.describe_network_interfaces()["NetworkInterfaces"] == []
            assert ec2.describe_network_acls()["NetworkAcls"] == []
            assert ec2.describe_vpc_endpoint_service_configurations()["ServiceConfigurations"] == []
            assert session.client("elbv2").describe_load_balancers()["LoadBalancers"] == []
            assert session.client("s3").list_buckets()["Buckets"] == []
        # Block Public Access is retained on purpose: destroying it would open the whole account.
        spoke: Any = sandbox.session(SPOKE, REGION).client("ec2")
        options = spoke.describe_vpc_block_public_access_options()
        assert options["VpcBlockPublicAccessOptions"]["InternetGatewayBlockMode"] == "block-bidirectional"
