"""The example estate, and small ones of any size."""

from __future__ import annotations

from pathlib import Path

from landline.settings import Estate, load_estate

STACKS = Path(__file__).parents[2] / "stacks"


def example() -> Estate:
    """The estate of `stacks/`."""
    return loaded(STACKS)


def loaded(directory: Path) -> Estate:
    """The estate of a directory without mistakes."""
    found = load_estate(directory)
    assert found.estate is not None, found.problems
    return found.estate
