"""Which file of a dump describes the things of a verdict's findings."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from landline.proof import Verdict

OWN_ID = {"SecurityGroups": "GroupId", "ServiceConfigurations": "ServiceId"}
"""The field of a document's items that is their own id, where it is not the document's name and `Id`."""


def described_in(dump: Path, verdict: Verdict) -> dict[str, str]:
    """Return ids that findings name, with the file that describes each, and after `#` the line."""
    wanted = {name for finding in verdict.findings for name in (finding.resource, *finding.path)}
    found: dict[str, str] = {}
    for path in sorted(dump.rglob("*.json")) if wanted else ():
        text = path.read_text(encoding="utf-8", errors="replace")
        if any(f'"{name}"' in text for name in wanted - set(found)):
            for name in _own_ids(text) & wanted - set(found):
                line = text.count("\n", 0, text.index(f'"{name}"')) + 1
                found[name] = f"{path.as_posix()}#{line}"
    return found


def _own_ids(text: str) -> set[str]:
    try:
        document: Any = json.loads(text)
    except ValueError:
        return set()  # what cannot be read, the verdict names
    if not isinstance(document, dict):
        return set()
    return {
        str(item[field])
        for kind, items in document.items()
        if isinstance(items, list)
        for item in items
        if isinstance(item, dict) and (field := OWN_ID.get(kind, f"{kind.removesuffix('s')}Id")) in item
    }
