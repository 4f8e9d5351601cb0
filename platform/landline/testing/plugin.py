"""The pytest plugin: options that say which estate the fixtures stand for.

It loads in every pytest run of whoever installed Landline, so it imports nothing heavy before a fixture is
used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest


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
