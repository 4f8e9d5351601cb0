"""A running world for each test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from landline.sandbox.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@pytest.fixture
def world() -> Iterator[World]:
    with World() as running:
        yield running


def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    """Some of pulumi_aws's own classes are deprecated, and say so when their module is first used."""
    for item in items:
        if "tests/sandbox/" in item.path.as_posix():
            item.add_marker(
                pytest.mark.filterwarnings(
                    r"ignore:\S+ has been deprecated in favor of:DeprecationWarning:pulumi_aws"
                )
            )
