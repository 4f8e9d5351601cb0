import json
from typing import Any

import pytest

from components import AccountBaseline, AccountBaselineArgs
from components.aws_services import AWS_SERVICES
from components.network_activity import event_sources
from tests.components.recorder import Deployed, deploy

ARGS: AccountBaselineArgs = {
    "account": "222222222222",
    "region": "eu-west-1",
    "block_public_access": "block-bidirectional",
    "guardduty": True,
    "security_hub": True,
    "trail": True,
}


@pytest.fixture(scope="module")
def baseline() -> Deployed:
    return deploy(lambda: AccountBaseline("floor", ARGS))


def test_block_public_access_outlives_the_stack(baseline: Deployed) -> None:
    options = baseline.one("VpcBlockPublicAccessOptions")

    assert options.inputs["internetGatewayBlockMode"] == "block-bidirectional"
    assert options.retain_on_delete is True
    assert [one.token for one in baseline if one.retain_on_delete] == [options.token]


def test_the_floor_is_closed(baseline: Deployed) -> None:
    block = baseline.one("AccountPublicAccessBlock").inputs

    assert block.pop("accountId") == "222222222222"  # type: ignore[attr-defined]
    assert set(block.values()) == {True}
    assert len(block) == 4
    assert baseline.one("EncryptionByDefault").inputs["enabled"] is True
    assert baseline.one("Detector").inputs["enable"] is True
    assert baseline.one("Account").inputs["enableDefaultStandards"] is False


def selectors(baseline: Deployed) -> list[dict[str, list[str]]]:
    declared: list[dict[str, Any]] = baseline.one("Trail").inputs["advancedEventSelectors"]
    return [{one["field"]: one["equals"] for one in selector["fieldSelectors"]} for selector in declared]


def test_calls_through_endpoints_are_recorded_one_source_a_selector(baseline: Deployed) -> None:
    network = [one for one in selectors(baseline) if one["eventCategory"] == ["NetworkActivity"]]

    assert {"eventCategory": ["Management"]} in selectors(baseline)
    assert [one["eventSource"] for one in network] == [[source] for source in event_sources(AWS_SERVICES)]
    assert {*network[0]} == {"eventCategory", "eventSource"}
    assert len(selectors(baseline)) == len(network) + 1


def test_what_endpoint_policies_refuse_can_be_all_that_is_recorded() -> None:
    sparing = deploy(lambda: AccountBaseline("floor", {**ARGS, "network_activity": "denied"}))
    network = [one for one in selectors(sparing) if one["eventCategory"] == ["NetworkActivity"]]

    assert len(network) == len(event_sources(AWS_SERVICES))
    assert all(one["errorCode"] == ["VpceAccessDenied"] for one in network)


def test_the_trail_alone_may_write_to_its_bucket(baseline: Deployed) -> None:
    statements = json.loads(baseline.one("BucketPolicy").inputs["policy"])["Statement"]
    allowed = [one for one in statements if one["Effect"] == "Allow"]

    assert {one["Action"] for one in allowed} == {"s3:GetBucketAcl", "s3:PutObject"}
    for statement in allowed:
        assert statement["Principal"] == {"Service": "cloudtrail.amazonaws.com"}
        assert statement["Condition"]["ArnLike"] == {
            "aws:SourceArn": "arn:aws:cloudtrail:eu-west-1:222222222222:trail/*"
        }
    assert baseline.one("BucketPolicy").urn in baseline.one("Trail").dependencies


def test_what_is_turned_off_is_not_declared() -> None:
    small = deploy(
        lambda: AccountBaseline("floor", {**ARGS, "guardduty": False, "security_hub": False, "trail": False})
    )

    assert {one.token.rpartition(":")[2] for one in small if one.custom} == {
        "VpcBlockPublicAccessOptions",
        "AccountPublicAccessBlock",
        "EncryptionByDefault",
    }


def test_a_default_vpc_is_found_and_warned_of(
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    deployed = deploy(lambda: AccountBaseline("floor", ARGS), default_vpcs=["vpc-0default"])

    assert deployed.calls == [
        ("aws:ec2/getVpcs:getVpcs", {"filters": [{"name": "isDefault", "values": ["true"]}]})
    ]
    said = caplog.text + "".join(capsys.readouterr())
    assert "account 222222222222 still has its default VPC in eu-west-1 (vpc-0default)" in said


def test_the_management_account_designates_an_account_for_what_is_on_there() -> None:
    both = deploy(
        lambda: AccountBaseline(
            "floor",
            {**ARGS, "designates": {"account": "555555555555", "guardduty": True, "security_hub": True}},
        )
    )
    assert {
        (one.token.split(":")[1], one.inputs["adminAccountId"]) for one in both.of("OrganizationAdminAccount")
    } == {
        ("guardduty/organizationAdminAccount", "555555555555"),
        ("securityhub/organizationAdminAccount", "555555555555"),
    }
    assert both.of("OrganizationConfiguration") == []

    one = deploy(
        lambda: AccountBaseline(
            "floor",
            {**ARGS, "designates": {"account": "555555555555", "guardduty": False, "security_hub": True}},
        )
    )
    assert one.one("OrganizationAdminAccount").token.startswith("aws:securityhub/")


def test_the_administrator_says_what_accounts_get() -> None:
    declared = deploy(
        lambda: AccountBaseline("floor", {**ARGS, "administers": {"accounts": "ALL", "standards": False}})
    )
    guardduty, security_hub = (
        declared.one("OrganizationConfiguration", f"floor-{name}-organization")
        for name in ("guardduty", "security-hub")
    )
    assert guardduty.inputs["autoEnableOrganizationMembers"] == "ALL"
    assert guardduty.inputs["detectorId"] == declared.ids[declared.one("Detector").urn]
    assert security_hub.inputs["autoEnable"] is True
    assert security_hub.inputs["autoEnableStandards"] == "NONE"
    assert declared.one("Account").urn in security_hub.dependencies
    assert security_hub.retain_on_delete is True

    quiet = deploy(
        lambda: AccountBaseline(
            "floor",
            {**ARGS, "guardduty": False, "administers": {"accounts": "NONE", "standards": True}},
        )
    )
    only = quiet.one("OrganizationConfiguration")
    assert (only.inputs["autoEnable"], only.inputs["autoEnableStandards"]) == (False, "DEFAULT")
