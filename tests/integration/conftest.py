"""The estate of `stacks/`, deployed in the sandbox: one world at a time, so nothing outlives its module."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from landline.sandbox.estate import Sandbox
from landline.settings import load_estate
from tests.components.conftest import pytest_itemcollected

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["files", "pytest_itemcollected", "sandbox"]

STACKS = Path(__file__).parent.parent.parent / "stacks"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """Every stack deployed, in the estate's order. A test that changes it puts it back."""
    estate = load_estate(STACKS).estate
    assert estate is not None
    with Sandbox(estate) as running:
        running.up_all()
        yield running


@pytest.fixture(scope="session")
def files() -> dict[str, dict[str, Any]]:
    """The stack files' own words, read by nothing of Landline: kind and stack name → settings."""
    found: dict[str, dict[str, Any]] = {"baseline": {}, "hub": {}, "grant": {}, "spoke": {}}
    for file in STACKS.glob("Pulumi.*.yaml"):
        for key, settings in yaml.safe_load(file.read_text())["config"].items():
            namespace, _, kind = key.partition(":")
            if namespace == "landline":
                found[kind][file.name.split(".")[1]] = settings
    return found
