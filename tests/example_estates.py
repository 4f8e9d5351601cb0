"""Every example estate of the repository: `stacks/`, and each directory below `examples/`.

A test that must hold for all of them takes `every_example`; `deployed` gives what the sandbox holds of one,
once for each process.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from landline import proof
from landline.onboarding.grants import grants_document
from landline.sandbox.estate import Sandbox
from landline.settings import load_estate
from landline.testing.sandboxed import quiet_pulumi_aws, read_sandbox, targets_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from landline.settings import Estate

ROOT = Path(__file__).parent.parent
EXAMPLES = (
    ROOT / "stacks",
    *sorted({file.parent for file in (ROOT / "examples").rglob("Pulumi.*.yaml")}),
)
"""The directories that hold an example's stack files."""

every_example = pytest.mark.parametrize(
    "example", EXAMPLES, ids=[directory.relative_to(ROOT).as_posix() for directory in EXAMPLES]
)
"""Runs a test for each example; its parameter `example` is the directory."""


@dataclass(frozen=True, slots=True)
class Example:
    """An example as the sandbox has it when all of it is deployed."""

    estate: Estate
    snapshot: Mapping[str, bytes]
    document: dict[str, Any]
    """Its grants, as `landline verify --grants` reads them."""

    @property
    def grants(self) -> proof.Grants:
        """The same for the prover."""
        return proof.read_grants(json.dumps(self.document).encode())


def described(directory: Path) -> Estate:
    """What the stack files in `directory` describe; they must hold no error."""
    loaded = load_estate(directory)
    assert loaded.estate is not None, loaded.problems
    return loaded.estate


@cache
def deployed(directory: Path) -> Example:
    """The example in `directory`, deployed and read. No other world may run in this process meanwhile."""
    estate = described(directory)
    with Sandbox(estate) as sandbox, quiet_pulumi_aws():
        sandbox.up_all()
        snapshot = dict(read_sandbox(targets_of(sandbox)).snapshot)
    return Example(estate, snapshot, grants_document(estate))
