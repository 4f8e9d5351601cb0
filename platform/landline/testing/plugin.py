"""The pytest plugin: the fixtures `estate` and `snapshot`, and the options that say which estate it is.

It loads in every pytest run of whoever installed Landline, so it imports nothing heavy before a fixture is
used.
"""

from __future__ import annotations

import re
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from landline.errors import LandlineError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from landline.testing.deployed import DeployedEstate

_OPTION = re.compile(r"--(?=(?:profile|role|region|stacks)\b)")
"""What the command line calls the options that have another name here."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--landline-stacks``, ``--landline-live`` and what live reading needs."""
    group = parser.getgroup("landline", "Landline: a deployed estate and the proof of what it lets through")
    group.addoption(
        "--landline-stacks",
        metavar="DIR",
        default="stacks",
        help="the stack files that `estate` deploys in the sandbox (default: stacks, below the rootdir)",
    )
    group.addoption(
        "--landline-live",
        action="store_true",
        help="read real AWS accounts instead, and change nothing there",
    )
    group.addoption(
        "--landline-profile",
        metavar="NAME",
        action="append",
        default=[],
        help="a profile of the AWS configuration to read with; one for each account, may be repeated",
    )
    group.addoption(
        "--landline-role",
        metavar="ARN",
        action="append",
        default=[],
        help="a role to assume and read with; one for each account, may be repeated",
    )
    group.addoption(
        "--landline-region",
        metavar="REGION",
        action="append",
        default=[],
        help="a Region to read; may be repeated (default: the profile's own)",
    )


@pytest.fixture(scope="session")
def estate(pytestconfig: pytest.Config) -> Iterator[DeployedEstate]:
    """The stack files, deployed in the sandbox; with ``--landline-live`` the real accounts, only read."""
    from landline.testing.deployed import live, sandboxed

    given = pytestconfig.option
    stacks = pytestconfig.rootpath / Path(given.landline_stacks)
    with ExitStack() as context:
        try:
            if given.landline_live:
                found = live(stacks, given.landline_profile, given.landline_role, given.landline_region)
            else:
                found = context.enter_context(sandboxed(stacks))
        except LandlineError as error:
            # Nobody's test is wrong: what to give instead is all that there is to say.
            failure = f"{type(error).__name__}: {_OPTION.sub(r'--landline-', str(error))}{_where(stacks)}"
        else:
            yield found
            return
    pytest.fail(failure, pytrace=False)


def _where(stacks: Path) -> str:
    return "" if stacks.is_dir() else ": --landline-stacks DIR"


@pytest.fixture(scope="session")
def snapshot(estate: DeployedEstate) -> dict[str, bytes]:
    """What AWS said of the estate, once for the whole run; `estate.read()` asks again."""
    return estate.read()
