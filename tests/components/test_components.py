"""What holds for every component."""

import re

import pulumi
import pytest

import components
from components import (
    AccountBaseline,
    Collector,
    DnsFirewall,
    EncryptedBucket,
    FindingsIntake,
    FlowLogs,
    Grant,
    Hub,
    LogArchive,
    PrivateName,
    PrivateNetwork,
    PublishedService,
    QueryLogs,
    ServiceEndpoints,
    Spoke,
    Workloads,
)
from tests.components import (
    test_account_baseline,
    test_grant,
    test_hub,
    test_published_service,
    test_spoke,
)
from tests.components.recorder import Deployed, deploy

DESCRIPTION = re.compile(r"[a-zA-Z0-9 ._\-:/()#,@\[\]+=&;{}!$*]{1,255}")
"""What EC2 takes ("Amazon EC2 API Reference, CreateSecurityGroup")."""


@pytest.fixture(scope="module")
def everything() -> list[Deployed]:
    return [
        deploy(lambda: Hub("hub", test_hub.ARGS)),
        deploy(lambda: Spoke("payments", test_spoke.ARGS)),
        deploy(lambda: Grant("grant-payments", test_grant.ARGS)),
        deploy(lambda: AccountBaseline("floor", test_account_baseline.ARGS)),
        deploy(
            lambda: PublishedService(
                "named",
                {
                    **test_published_service.ARGS,
                    "private_name": {"name": "logging.example.com", "zone_id": "Z0PUBLIC"},
                },
            )
        ),
    ]


def subclasses() -> set[type[pulumi.ComponentResource]]:
    return {
        one for one in pulumi.ComponentResource.__subclasses__() if one.__module__.startswith("components.")
    }


def test_every_component_is_public_and_covered_here() -> None:
    assert subclasses() == {
        AccountBaseline,
        Collector,
        DnsFirewall,
        EncryptedBucket,
        FindingsIntake,
        FlowLogs,
        Grant,
        Hub,
        LogArchive,
        PrivateName,
        PrivateNetwork,
        PublishedService,
        QueryLogs,
        ServiceEndpoints,
        Spoke,
        Workloads,
    }
    assert {one.__name__ for one in subclasses()} <= set(components.__all__)
    assert components.__all__ == sorted(components.__all__)


def test_every_component_is_declared_under_its_class_name_and_registers_outputs(
    everything: list[Deployed],
) -> None:
    declared = {one.token for deployed in everything for one in deployed if not one.custom}

    assert declared == {f"landline:index:{one.__name__}" for one in subclasses()}
    for deployed in everything:
        for one in deployed:
            if not one.custom:
                assert one.urn in deployed.registered_outputs, one.urn


def test_every_child_has_a_component_for_parent_and_begins_with_its_name(everything: list[Deployed]) -> None:
    for deployed in everything:
        parents = {one.urn: one for one in deployed if not one.custom}
        top, *children = deployed.resources
        for child in children:
            parent = parents[child.parent]
            assert child.name.startswith(parent.name.partition("-")[0])
            assert child.name.startswith(top.name)


def test_descriptions_hold_only_characters_that_ec2_takes(everything: list[Deployed]) -> None:
    descriptions = [
        one.inputs["description"]
        for deployed in everything
        for one in deployed
        if "ecurityGroup" in one.token and "description" in one.inputs
    ]

    assert len(descriptions) > 20
    for description in descriptions:
        assert DESCRIPTION.fullmatch(description), description
