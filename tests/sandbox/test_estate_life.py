"""The life of the example estate after its deployment: revocation, and an end in the order that works."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from landline.deploy.rejection import cut_off
from landline.errors import ToolError
from landline.onboarding.grants import grants_document
from landline.sandbox.estate import Sandbox
from landline.settings import Estate, load_estate
from landline.testing import assert_access
from landline.testing.sandboxed import read_sandbox, targets_of
from tests.sandbox.places import HUB, REGION, SPOKE

STACKS = Path(__file__).parents[2] / "stacks"


def test_from_a_refused_destroy_over_a_revocation_to_empty_accounts(tmp_path: Path) -> None:
    """The example estate, but with the very same range for both spokes."""
    for file in STACKS.glob("Pulumi.*.yaml"):
        (tmp_path / file.name).write_text(file.read_text().replace("10.48.0.0/20", "10.40.0.0/20"))
    loaded = load_estate(tmp_path)
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

        # Each grant has a prefix list of its own, which the dump reads and the prover knows as the hub's.
        snapshot = read_sandbox(targets_of(sandbox)).snapshot
        lists = [
            name for name in snapshot if name.startswith(f"{HUB}/{REGION}/get-managed-prefix-list-entries-")
        ]
        ranges = [entry["Cidr"] for name in lists for entry in json.loads(snapshot[name])["Entries"]]
        assert ranges.count("10.40.0.0/20") == 2
        assert_access(snapshot, grants_document(loaded.estate))

        # A grant that is there cuts nothing.
        hub = sandbox.world.place(HUB, REGION).client("ec2")
        assert cut_off(hub, loaded.estate, "grant-payments", destroyed=False) == ()
        assert states() == before

        # Destroying it cuts the accepted lane of one spoke; the other lane's connection lives on, as the
        # proof says, until it is rejected. Nobody else is touched.
        sandbox.destroy("grant-payments")
        assert states() == {**before, ("security", SPOKE): "rejected"}
        left = Estate.of(stack for stack in loaded.estate if stack.name != "grant-payments")
        with pytest.raises(AssertionError, match="not granted"):
            assert_access(read_sandbox(targets_of(sandbox)).snapshot, grants_document(left))
        [outlived] = cut_off(hub, loaded.estate, "grant-payments", destroyed=True)
        assert (outlived.service, outlived.account) == ("logging", SPOKE)
        assert states() == {**before, ("security", SPOKE): "rejected", ("logging", SPOKE): "rejected"}
        assert_access(read_sandbox(targets_of(sandbox)).snapshot, grants_document(left))
        assert cut_off(hub, loaded.estate, "grant-payments", destroyed=True) == ()

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
