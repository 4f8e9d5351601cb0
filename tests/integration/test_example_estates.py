"""No network of the other examples has an unfiltered resolver, an open policy or an unlogged path."""

from __future__ import annotations

from pathlib import Path

import pytest

from landline.sandbox.estate import Sandbox
from landline.settings import load_estate
from landline.testing.sandboxed import read_sandbox, targets_of
from tests.integration.closed import assert_closed_and_logged, judged

ROOT = Path(__file__).parent.parent.parent
EXAMPLES = sorted({file.parent for file in (ROOT / "examples").rglob("Pulumi.*.yaml")})
"""Beside `stacks/`, whose estate `test_estate` judges."""


@pytest.mark.parametrize("directory", EXAMPLES, ids=lambda directory: str(directory.relative_to(ROOT)))
def test_every_network_is_filtered_closed_and_logged(directory: Path) -> None:
    estate = load_estate(directory).estate
    assert estate is not None
    with Sandbox(estate) as sandbox:
        sandbox.up_all()
        snapshot = read_sandbox(targets_of(sandbox)).snapshot

    for hub in estate.hubs:
        assert_closed_and_logged(judged(snapshot, estate, hub), len(estate.hubs) + len(estate.spokes))
