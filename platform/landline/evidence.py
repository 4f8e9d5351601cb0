"""How a snapshot says that the sandbox answered, and no AWS: the mark in each account and Region of it.

Every answer of the sandbox bears the header `HEADER`, which AWS never sends. Who reads an account through
such answers lays the file `MARK_FILE` beside its documents. Its name does not end in ``.json``, so that it is
no document to anybody.
"""

import json
from collections.abc import Mapping
from typing import Any

from landline.errors import UsageError

WIRING = "wiring"
"""The evidence of a snapshot whose calls the sandbox took."""

HEADER = "x-landline-evidence"
"""The header of the sandbox's answers, in small letters, as boto3 gives it in ``ResponseMetadata``."""

MARK_FILE = "landline-evidence"
"""It tells of the folder that it lies in, and of all below it."""

MARK = json.dumps({"evidence": WIRING}).encode() + b"\n"


def is_mark(path: str) -> bool:
    """Tell whether a file of a snapshot is a mark and no document."""
    return path.rpartition("/")[2] == MARK_FILE


def said_of(response: Mapping[str, Any]) -> str | None:
    """Return what an answer, as boto3 gives it, says of the evidence; None for AWS's, which say nothing."""
    headers = response.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    return next((str(value) for name, value in headers.items() if name.lower() == HEADER), None)


def check_mark(path: str, content: bytes | OSError) -> None:
    """Nothing, where a mark says `WIRING`. Raises UsageError where it says something else, or nothing."""
    if isinstance(content, OSError):
        said = content.strerror or str(content)
    else:
        try:
            document = json.loads(content)
        except (ValueError, RecursionError) as error:
            said = f"is no JSON: {error}"
        else:
            if document == {"evidence": WIRING}:
                return
            said = f"says {content[:80]!r}"
    raise UsageError(
        f"{path}: {said}; this mark says whose answers a snapshot holds, and must be "
        f"{MARK.decode().strip()}; dump the account again"
    )
