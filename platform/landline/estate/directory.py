"""A snapshot on disk: ``DIR/<account>/<region>/<operation>.json``."""

from __future__ import annotations

import re
import secrets
import shutil
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from landline.errors import UsageError
from landline.evidence import MARK_FILE, is_mark

if TYPE_CHECKING:
    from collections.abc import Mapping

_PLACE = re.compile(rf"\d{{12}}/[a-z0-9-]+/([^/]+\.json|{MARK_FILE})")


def write(snapshot: Mapping[str, bytes], directory: Path) -> None:
    """Put `snapshot` at `directory`, whole or not at all: it is written beside it and renamed.

    A snapshot that is there already is replaced.

    Raises:
        UsageError: `directory` holds something that is no snapshot, or cannot be written.
        ValueError: a path in `snapshot` is not ``<account>/<region>/<name>.json``.

    """
    for path in snapshot:
        if not _PLACE.fullmatch(path) or ".." in PurePosixPath(path).parts:
            raise ValueError(f"{path!r} is no place in a snapshot; it must be <account>/<region>/<name>.json")
    directory = directory.resolve()
    check_replaceable(directory)
    fresh = directory.with_name(f".{directory.name}.{secrets.token_hex(4)}")
    try:
        fresh.mkdir(parents=True)
        for path, document in snapshot.items():
            file = fresh / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(document)
        _replace(directory, fresh)
    except OSError as error:
        raise UsageError(
            f"{directory}: cannot write the snapshot: {error}; choose another directory"
        ) from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def read(directory: Path) -> dict[str, bytes]:
    """The JSON files of a snapshot on disk and its marks, by their paths in it.

    Raises:
        UsageError: a file cannot be read.

    """
    try:
        return {
            file.relative_to(directory).as_posix(): file.read_bytes()
            for file in sorted(directory.rglob("*"))
            if (file.suffix == ".json" or is_mark(file.name)) and file.is_file()
        }
    except OSError as error:
        raise UsageError(f"{error.filename}: cannot be read: {error.strerror}; make it readable") from error


def check_replaceable(directory: Path) -> None:
    """Nothing, where `directory` does not exist, is empty or holds a snapshot and nothing else.

    Raises:
        UsageError: it is a file, or holds something that a snapshot does not.

    """
    if not directory.exists():
        return
    if not directory.is_dir():
        raise UsageError(f"{directory}: is a file; name a directory that is empty, new, or holds a snapshot")
    for file in sorted(directory.rglob("*")):
        path = file.relative_to(directory).as_posix()
        if file.is_dir() and not file.is_symlink():
            continue
        if not _PLACE.fullmatch(path):
            raise UsageError(
                f"{directory}: holds {path}, which is no part of a snapshot, and would be lost; "
                "name a directory that is empty, new, or holds a snapshot"
            )


def _replace(directory: Path, fresh: Path) -> None:
    if not directory.exists():
        fresh.rename(directory)
        return
    old = fresh.with_name(f"{fresh.name}.old")
    directory.rename(old)
    try:
        fresh.rename(directory)
    except OSError:
        old.rename(directory)
        raise
    shutil.rmtree(old)
