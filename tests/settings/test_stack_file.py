"""Writing stack files: whole or not at all, and one writer at a time."""

from __future__ import annotations

import multiprocessing
from typing import TYPE_CHECKING

import pytest

from landline.errors import UsageError
from landline.settings.edit import Edit, edited
from landline.settings.stack_file import path_of, read_text, sole_writer, write_text
from tests.settings.files import SPOKE

if TYPE_CHECKING:
    from pathlib import Path

SERVICES = ("config", "landline:spoke", "services")


def test_a_file_keeps_its_permissions_and_line_endings(tmp_path: Path) -> None:
    file = path_of(tmp_path, "payments")
    file.write_bytes(b"config: {}\r\n")
    file.chmod(0o640)
    write_text(file, read_text(file) + "# more\r\n")
    assert file.read_bytes() == b"config: {}\r\n# more\r\n"
    assert file.stat().st_mode & 0o777 == 0o640
    assert [entry.name for entry in tmp_path.iterdir()] == [file.name]


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    file = path_of(tmp_path, "payments")
    file.mkdir()
    with pytest.raises(UsageError, match="cannot be written"):
        write_text(file, "config: {}\n")
    assert [entry.name for entry in tmp_path.iterdir()] == [file.name]


@pytest.mark.parametrize("name", ["", "..", "a/b", "../hub", "a b", "x" * 101, "héllo"])
def test_no_name_leads_out_of_the_directory(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="is no stack name"):
        path_of(tmp_path, name)


def _add(directory: Path, first: int, count: int) -> None:
    for number in range(first, first + count):
        with sole_writer(directory):
            file = path_of(directory, "payments")
            edit = Edit((*SERVICES, f"service-{number}"), {"reason": f"reason number {number}"})
            write_text(file, edited(str(file), read_text(file), edit))


def test_writers_at_once_lose_nothing(tmp_path: Path) -> None:
    path_of(tmp_path, "payments").write_text(SPOKE)
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_add, args=(tmp_path, first, 8)) for first in (0, 8, 16)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
        assert writer.exitcode == 0
    text = read_text(path_of(tmp_path, "payments"))
    assert [f"service-{number}: " in text for number in range(24)] == [True] * 24
