"""A running world for each test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from landline.sandbox.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def world() -> Iterator[World]:
    with World() as running:
        yield running
