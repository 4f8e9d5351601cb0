from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .conftest import Landline


def test_what_is_printed_is_what_is_written(landline: Landline, stacks: Callable[..., Path]) -> None:
    directory = stacks()
    printed = landline("schema")
    written = landline("schema", "--write", "--stacks", str(directory))

    assert (printed.code, written.code, written.stdout) == (0, 0, "")
    assert written.stderr == f"wrote {directory / 'schema.json'}\n"
    assert (directory / "schema.json").read_text() == printed.stdout
    assert json.loads(printed.stdout)["properties"]["config"]


def test_a_file_that_cannot_be_written_is_named(landline: Landline, stacks: Callable[..., Path]) -> None:
    directory = stacks()
    (directory / "schema.json").mkdir()
    outcome = landline("schema", "--write", "--stacks", str(directory))

    assert outcome.code == 2
    assert outcome.stderr.startswith(f"error: {directory / 'schema.json'}: cannot be written: ")
