"""Recorded plans: what the real engine said of the example estate, for tests that have no engine.

`python -m tests.estate.plans.record` makes them anew.
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

HERE = Path(__file__).parent
STEPS = (
    "1-baseline-payments",
    "2-hub",
    "3-grant-orders",
    "4-grant-payments",
    "5-orders",
    "6-payments",
    "7-grant-payments",
)
"""The deployments of the example estate, in order; the last one accepts what the sixth made."""


def document(name: str) -> bytes:
    """A recorded document, such as ``5-orders.preview``."""
    return gzip.decompress((HERE / f"{name}.json.gz").read_bytes())


def snapshot(step: str) -> dict[str, bytes]:
    """The sandbox as AWS would describe it after a step; ``0`` is before the first."""
    return {
        path: json.dumps(content).encode()
        for path, content in json.loads(document(f"{step}.snapshot")).items()
    }


def write(name: str, content: Mapping[str, Any]) -> None:
    """Keep a document. The same content gives the same bytes."""
    text = json.dumps(content, separators=(",", ":"), sort_keys=True)
    (HERE / f"{name}.json.gz").write_bytes(gzip.compress(text.encode(), mtime=0))
