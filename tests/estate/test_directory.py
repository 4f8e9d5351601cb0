from __future__ import annotations

from pathlib import Path

import pytest

from landline.errors import UsageError
from landline.estate import write

VPCS = "111111111111/eu-west-1/describe-vpcs.json"
SUBNETS = "111111111111/eu-west-1/describe-subnets.json"


def files(directory: Path) -> dict[str, bytes]:
    return {
        file.relative_to(directory).as_posix(): file.read_bytes()
        for file in directory.rglob("*")
        if file.is_file()
    }


def test_a_snapshot_is_written_where_it_says(tmp_path: Path) -> None:
    write({VPCS: b"{}", SUBNETS: b"[]"}, tmp_path / "a" / "dump")

    assert files(tmp_path / "a" / "dump") == {VPCS: b"{}", SUBNETS: b"[]"}
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["dump"]


def test_an_older_snapshot_is_replaced_whole(tmp_path: Path) -> None:
    write({VPCS: b"{}", SUBNETS: b"[]"}, tmp_path / "dump")
    write({VPCS: b"new"}, tmp_path / "dump")

    assert files(tmp_path / "dump") == {VPCS: b"new"}
    assert [path.name for path in tmp_path.iterdir()] == ["dump"]


def test_an_empty_directory_is_taken(tmp_path: Path) -> None:
    (tmp_path / "dump").mkdir()
    write({VPCS: b"{}"}, tmp_path / "dump")

    assert files(tmp_path / "dump") == {VPCS: b"{}"}


@pytest.mark.parametrize("name", ["notes.txt", "111111111111/notes.json", "111111111111/eu-west-1/x.txt"])
def test_a_directory_with_anything_else_in_it_is_refused_and_kept(tmp_path: Path, name: str) -> None:
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_text("mine")

    with pytest.raises(UsageError, match=f"holds {name}, which is no part of a snapshot"):
        write({VPCS: b"{}"}, tmp_path)
    assert files(tmp_path) == {name: b"mine"}


def test_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "dump").write_text("mine")

    with pytest.raises(UsageError, match="is a file"):
        write({VPCS: b"{}"}, tmp_path / "dump")


@pytest.mark.parametrize(
    "path", ["../x.json", "111111111111/../x.json", "1/eu-west-1/x.json", "/etc/x.json", "x.json"]
)
def test_a_path_out_of_the_directory_is_refused(tmp_path: Path, path: str) -> None:
    with pytest.raises(ValueError, match="is no place in a snapshot"):
        write({path: b"{}"}, tmp_path / "dump")
    assert list(tmp_path.iterdir()) == []


def test_a_write_that_fails_leaves_the_older_snapshot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write({VPCS: b"old"}, tmp_path / "dump")

    def full(_self: Path, _data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(UsageError, match="No space left on device"):
        write({VPCS: b"new"}, tmp_path / "dump")
    monkeypatch.undo()

    assert files(tmp_path / "dump") == {VPCS: b"old"}
    assert [path.name for path in tmp_path.iterdir()] == ["dump"]
