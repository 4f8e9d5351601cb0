"""Writes stack files: one writer at a time, and never half a file."""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING

from landline.errors import UsageError
from landline.settings.load import is_stack_name

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def sole_writer(directory: Path) -> Iterator[None]:
    """Hold the stack files in `directory` for oneself: others that would write them wait.

    What is read inside is still so when it is written. The lock is on the directory, leaves no file behind
    and ends with the process. Raises `UsageError` when the directory cannot be opened.
    """
    try:
        handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise UsageError(
            f"{directory}: cannot be opened as a directory: {error.strerror}; "
            "name the directory of the stack files"
        ) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def path_of(directory: Path, name: str) -> Path:
    """The file of the stack `name`. Raises `UsageError` for a name that no stack can have."""
    if not is_stack_name(name):
        raise UsageError(
            f"{name!r} is no stack name; write letters, digits, hyphens, underscores and single full stops"
        )
    return directory / f"Pulumi.{name}.yaml"


def read_text(file: Path) -> str:
    """A stack file's text, line endings as they are. Raises `UsageError` when it cannot be read."""
    try:
        return file.read_bytes().decode()
    except UnicodeDecodeError:
        raise UsageError(f"{file}: is not UTF-8 text; save the file as UTF-8") from None
    except OSError as error:
        raise UsageError(
            f"{file}: cannot be read: {error.strerror}; make it a file that you may read"
        ) from error


def write_text(file: Path, text: str) -> None:
    """Put `text` in `file`'s place at once, with the permissions that it has: readers see the old or the new.

    Raises `UsageError` when the directory takes no new file; nothing is changed then.
    """
    try:
        mode = file.stat().st_mode & 0o7777 if file.exists() else 0o666 & ~_umask()
        with NamedTemporaryFile(dir=file.parent, prefix=f".{file.name}.", delete=False) as part:
            try:
                part.write(text.encode())
                part.flush()
                os.fchmod(part.fileno(), mode)
                os.fsync(part.fileno())
                Path(part.name).replace(file)
            except BaseException:
                Path(part.name).unlink(missing_ok=True)
                raise
    except OSError as error:
        raise UsageError(
            f"{file}: cannot be written: {error.strerror}; make {file.parent} a directory that you may write"
        ) from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
