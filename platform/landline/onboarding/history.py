"""Which commits wrote the requests and grants as they stand."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from landline.errors import UsageError
from landline.onboarding.revision import git
from landline.settings.document import UnreadableError, read_document

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from landline.settings import Estate, Stack

NOT_COMMITTED = "not committed"

Entry = tuple[str, str]
"""A spoke's or a grant's stack, and the service that it requests or grants."""


@dataclass(frozen=True, slots=True)
class Written:
    """Where a request or a grant as it stands was written."""

    when: str | None
    """The day and the commit, or `NOT_COMMITTED`; None where git does not know."""
    note: str = ""
    """Why no commit is named."""


@dataclass(frozen=True, slots=True)
class History:
    """Where all requests and grants of some stack files were written."""

    entries: Mapping[Entry, Written]
    unread: str = ""
    """Why git knows nothing of the stack files; empty where it does."""


def history(directory: Path, estate: Estate) -> History:
    """Where each request and each grant of the estate in `directory` was written, as git tells.

    It is the commit that gave the service in that file the value that it has there now, with the same hub and
    account (a request) or hub and spoke (a grant): from `HEAD` back through every parent that says the same.
    What only the working tree says is `NOT_COMMITTED`; what is older than a shallow clone is not known.
    A file that was renamed was written by the commit that renamed it. Raises `ToolError` when git is not
    there.
    """
    here = directory.resolve()
    entries = [
        (stack, service)
        for stacks in (estate.spokes, estate.grants)
        for name, settings in stacks.items()
        for stack in (estate[name],)
        for service in settings.services
    ]
    try:
        git(here, "rev-parse", "--show-toplevel")
    except UsageError as error:
        no_checkout = "not a git repository" in str(error)
        why = "the stack files lie in no checkout" if no_checkout else str(error)
        return History({}, f"{why}, so nothing says when they were written")
    try:
        git(here, "rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    except UsageError:
        return History(
            {(stack.name, service): _uncommitted(stack, service) for stack, service in entries},
            "the checkout has no commit, so nothing says when they were written; commit the stack files",
        )
    boundary = _boundary(here)
    files: dict[str, _File] = {}
    found: dict[Entry, Written] = {}
    for stack, service in entries:
        file = files.setdefault(stack.name, _File(here, stack.file.name))
        found[stack.name, service] = _written(file, stack, service, boundary)
    return History(found)


def _written(file: _File, stack: Stack, service: str, boundary: frozenset[str]) -> Written:
    value = _said(file.now(), service)
    commit = file.head
    if value is None or commit is None or _said(file.at(commit), service) != value:
        return _uncommitted(stack, service)
    while True:
        same = (parent for parent in file.parents[commit] if _said(file.at(parent), service) == value)
        before = next(same, None)
        if before is None:
            break
        commit = before
    if commit in boundary:
        return Written(
            None,
            f"{service} in {stack.file} was written in {commit[:12]} or before it, which this shallow clone "
            "does not hold: git fetch --unshallow",
        )
    return Written(f"{file.days[commit]} in {commit[:12]}")


def _uncommitted(stack: Stack, service: str) -> Written:
    return Written(NOT_COMMITTED, f"{service} in {stack.file} is not committed as it stands there")


class _File:
    """One stack file in the history of the checkout whose directory is `here`."""

    def __init__(self, here: Path, name: str) -> None:
        self._here = here
        self._name = name
        self.parents: dict[str, tuple[str, ...]] = {}
        """The commits that changed the file, each with those before it that did."""
        self.days: dict[str, str] = {}
        told = git(here, "rev-list", "--parents", "--format=%cs", "HEAD", "--", name).decode().splitlines()
        for head, day in zip(told[::2], told[1::2], strict=True):
            _, commit, *parents = head.split(" ")
            self.parents[commit] = tuple(parents)
            self.days[commit] = day
        self.at = cache(self._at)

    @property
    def head(self) -> str | None:
        """The newest of these commits; None if no commit holds the file."""
        return next(iter(self.parents), None)

    def now(self) -> Mapping[str, object]:
        """What the working tree's file holds."""
        return _document(self._name, (self._here / self._name).read_bytes())

    def _at(self, commit: str) -> Mapping[str, object]:
        """What the file held after that commit; nothing if it was not there, or was no stack file."""
        listed = git(self._here, "ls-tree", commit, "--", self._name).decode()
        if not listed:
            return {}
        _, kind, blob = listed.partition("\t")[0].split(" ")
        return _document(self._name, git(self._here, "cat-file", kind, blob))


def _document(name: str, content: bytes) -> Mapping[str, object]:
    try:
        document, problems = read_document(name, content)
    except UnreadableError:
        return {}
    return {} if problems else document.root


def _said(root: Mapping[str, object], service: str) -> object:
    """What a stack file says of the service and of whose it is; None if it does not speak of it."""
    config = root.get("config")
    if not isinstance(config, dict):
        return None
    for kind, keys in (("landline:spoke", ("hub", "account")), ("landline:grant", ("hub", "spoke"))):
        settings = config.get(kind)
        services = settings.get("services") if isinstance(settings, dict) else None
        if isinstance(settings, dict) and isinstance(services, dict) and service in services:
            return (kind, *(settings.get(key) for key in keys), services[service])
    return None


def _boundary(here: Path) -> frozenset[str]:
    """The commits at which a shallow clone ends: git shows them without their parents."""
    if git(here, "rev-parse", "--is-shallow-repository").strip() != b"true":
        return frozenset()
    file = here / git(here, "rev-parse", "--git-path", "shallow").decode().rstrip("\n")
    return frozenset(file.read_text(encoding="ascii").split())
