"""The stack files as a git revision has them."""

from __future__ import annotations

import io
import subprocess
import tarfile
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from landline.errors import ToolError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def stacks_at(directory: Path, revision: str) -> Iterator[Path]:
    """A directory with the stack files that `directory` had at `revision`; empty if it had none.

    It ends with the context. Raises `UsageError` when `directory` lies in no git checkout or there is no such
    revision, `ToolError` when git is not there.
    """
    here = directory.resolve()
    top = Path(git(here, "rev-parse", "--show-toplevel").rstrip(b"\n").decode())
    commit = _commit(here, revision)
    inside = here.relative_to(top.resolve()).as_posix()
    tree = f"{commit}:{'' if inside == '.' else inside}"
    known = inside == "." or git(top, "ls-tree", "-d", commit, "--", inside)
    archived = git(top, "archive", "--format=tar", tree) if known else None
    with TemporaryDirectory(prefix="landline-base-") as folder:
        target = Path(folder)
        if archived is not None:
            with tarfile.open(fileobj=io.BytesIO(archived)) as archive:
                archive.extractall(target, filter="data")
        yield target


def _commit(where: Path, revision: str) -> str:
    asked = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    return git(where, *asked).decode().strip()


def git(where: Path, *arguments: str) -> bytes:
    """What git says to these arguments in the directory `where`.

    Raises `UsageError` with what git says where it fails, `ToolError` when git is not there.
    """
    try:
        done = subprocess.run(  # noqa: S603 - no shell, and arguments that begin with no dash
            ["git", "-C", str(where), *arguments],  # noqa: S607 - the user's git
            check=False,
            capture_output=True,
        )
    except OSError as error:
        raise ToolError(f"git cannot be run: {error.strerror}; install git") from error
    if done.returncode == 0:
        return done.stdout
    said = done.stderr.decode(errors="replace").strip()
    raise UsageError(
        f"git {arguments[0]} {arguments[-1]} in {where}: {said or 'no such revision'}; "
        "run this in a checkout, and name a revision that it has: --base origin/main"
    )
