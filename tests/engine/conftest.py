"""Fixtures of the engine's tests: a world for each test, and the Pulumi engine, if there is one."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import grpc
import pytest
from pulumi.runtime.proto.provider_pb2_grpc import ResourceProviderStub

from landline.deploy.engine import Engine, find_engine
from landline.errors import ToolError
from landline.sandbox.provider import AwsProvider, serving
from landline.sandbox.world import World
from tests.engine.network_rows import INVOKES, ROWS

if TYPE_CHECKING:
    from collections.abc import Iterator


def pytest_itemcollected(item: pytest.Item) -> None:
    """Modules of pulumi_aws warn of their own deprecated classes when they are first used.

    As an error, that would leave half a module behind.
    """
    item.add_marker(
        pytest.mark.filterwarnings(
            r"ignore:\S+ has been deprecated in favor of:DeprecationWarning:pulumi_aws"
        )
    )


@pytest.fixture(scope="session")
def engine() -> Engine:
    """The engine of this machine. Skips without one, unless LANDLINE_REQUIRE_ENGINE=1, which then fails."""
    try:
        return find_engine()
    except ToolError as error:
        if os.environ.get("LANDLINE_REQUIRE_ENGINE") == "1":
            pytest.fail(f"LANDLINE_REQUIRE_ENGINE=1, but: {error}")
        pytest.skip(str(error))


@pytest.fixture
def world() -> Iterator[World]:
    with World() as running:
        yield running


@pytest.fixture
def provider(world: World) -> AwsProvider:
    return AwsProvider(world, ROWS, INVOKES)


@pytest.fixture
def channel(provider: AwsProvider) -> Iterator[grpc.Channel]:
    """A connection to the provider, as an engine opens one."""
    with serving(provider) as port, grpc.insecure_channel(f"127.0.0.1:{port}") as opened:
        yield opened


@pytest.fixture
def stub(channel: grpc.Channel) -> ResourceProviderStub:
    return ResourceProviderStub(channel)
