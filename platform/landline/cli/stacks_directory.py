"""Where the stack files are."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TypeVar

import click

from landline.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from landline.settings import Estate

P = ParamSpec("P")
R = TypeVar("R")


def stacks_option(text: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Add ``--stacks DIR``, passed on as `stacks_directory`."""
    return click.option(
        "--stacks",
        "stacks_directory",
        metavar="DIR",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        help=text,
    )


def found(given: Path | None) -> Path:
    """`given`, or the nearest `stacks` directory with stack files in it, from the working directory upwards.

    Raises:
        UsageError: there is none, or one that cannot be read.

    """
    if given is not None:
        return given
    here = Path.cwd()
    for folder in (here, *here.parents):
        stacks = folder / "stacks"
        if _holds_stack_files(stacks):
            return stacks.relative_to(here) if stacks.is_relative_to(here) else stacks
    raise UsageError(
        f"{here}: there is no stacks/ with Pulumi.<stack>.yaml files here or above; "
        "run this in a checkout, name the directory (--stacks DIR), or begin one: landline init"
    )


def _holds_stack_files(directory: Path) -> bool:
    try:
        return directory.is_dir() and any(file.match("Pulumi.*.yaml") for file in directory.iterdir())
    except OSError as error:
        raise UsageError(
            f"{directory}: cannot be read: {error.strerror}; let this user read it, or name another "
            "directory: --stacks DIR"
        ) from error


def estate_of(directory: Path) -> Estate:
    """The estate that the stack files in `directory` describe.

    Raises:
        UsageError: a file holds an error; all of them are in its text, one a line.

    """
    from landline.settings import load_estate

    loaded = load_estate(directory)
    if loaded.estate is None:
        errors = [str(problem) for problem in loaded.problems if problem.severity == "error"]
        raise UsageError("\n".join([f"{directory} holds mistakes; `landline check` shows them all", *errors]))
    return loaded.estate
