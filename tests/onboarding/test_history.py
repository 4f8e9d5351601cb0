"""Each request and each grant is of the commit that wrote it as it stands."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from landline.onboarding.history import NOT_COMMITTED, History, history
from landline.settings import load_estate
from tests.settings.files import ESTATE, GRANT, SPOKE, changed, write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

REQUEST = ("payments", "logging")
GRANTED = ("grant-payments", "logging")
MORE = "      security: {reason: upload findings}\n"
REASON = "ship application logs"


class Checkout:
    """A repository whose stack files lie in a directory of it."""

    def __init__(self, directory: Path, git: Callable[..., None]) -> None:
        self.top = directory
        self.stacks = directory / "estate"
        self.stacks.mkdir()
        self.git = git
        git(directory, "init", "--quiet", "--initial-branch", "main")
        write(self.stacks, ESTATE)

    def put(self, stack: str, text: str) -> None:
        (self.stacks / f"Pulumi.{stack}.yaml").write_text(text)

    def commit(self) -> str:
        """A commit of everything; its name as a step has it."""
        self.git(self.top, "add", ".")
        self.git(self.top, "commit", "--quiet", "--allow-empty", "--message", "Change")
        return self.head()

    def head(self) -> str:
        told = subprocess.run(  # noqa: S603 - the test's own
            ["git", "-C", str(self.top), "log", "-1", "--format=%cs in %H"],  # noqa: S607 - the test's own
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        return told[: len("2026-11-27 in ") + 12]

    def history(self, stacks: Path | None = None) -> History:
        directory = stacks or self.stacks
        estate = load_estate(directory).estate
        assert estate is not None
        return history(directory, estate)

    def whens(self) -> dict[tuple[str, str], str | None]:
        return {entry: written.when for entry, written in self.history().entries.items()}


@pytest.fixture
def checkout(tmp_path: Path, git: Callable[..., None]) -> Checkout:
    return Checkout(tmp_path, git)


def with_security(text: str, entry: str = MORE) -> str:
    """A spoke's or a grant's file with another service."""
    before, line = text[: text.index("      logging:")], text[text.index("      logging:") :]
    return before + entry + line


def test_what_was_added_without_a_commit_is_of_none_and_moves_nothing_else(checkout: Checkout) -> None:
    first = checkout.commit()
    checkout.put("payments", with_security(SPOKE))
    checkout.put("grant-payments", with_security(GRANT, "      security: {approved: SEC-9}\n"))
    security, granted = ("payments", "security"), ("grant-payments", "security")

    told = checkout.history().entries
    assert {entry: one.when for entry, one in told.items()} == {
        REQUEST: first,
        GRANTED: first,
        security: NOT_COMMITTED,
        granted: NOT_COMMITTED,
    }
    assert "Pulumi.payments.yaml is not committed" in told[security].note
    assert told[REQUEST].note == ""

    # What is only in the index is in no commit either.
    checkout.git(checkout.top, "add", ".")
    assert checkout.whens()[security] == NOT_COMMITTED

    second = checkout.commit()
    assert checkout.whens() == {REQUEST: first, GRANTED: first, security: second, granted: second}


def test_another_value_is_of_its_own_commit_and_another_spelling_is_not(checkout: Checkout) -> None:
    first = checkout.commit()
    checkout.put("payments", "# a remark\n" + SPOKE)
    checkout.commit()
    assert checkout.whens()[REQUEST] == first

    checkout.put("payments", changed(SPOKE, REASON, "ship all the logs"))
    assert checkout.whens()[REQUEST] == NOT_COMMITTED
    second = checkout.commit()
    assert checkout.whens() == {REQUEST: second, GRANTED: first}

    # As it was at first, but written anew.
    checkout.put("payments", SPOKE)
    third = checkout.commit()
    assert checkout.whens()[REQUEST] == third


def test_a_request_for_another_account_is_another_request(checkout: Checkout) -> None:
    checkout.commit()
    checkout.put("payments", changed(SPOKE, "222222222222", "333333333333"))
    assert checkout.whens()[REQUEST] == NOT_COMMITTED
    second = checkout.commit()
    assert checkout.whens()[REQUEST] == second


def test_a_merge_does_not_take_over_what_a_branch_wrote(checkout: Checkout) -> None:
    first = checkout.commit()
    checkout.git(checkout.top, "switch", "--quiet", "--create", "ask")
    checkout.put("payments", changed(with_security(SPOKE), REASON, "ship all the logs"))
    asked = checkout.commit()
    checkout.git(checkout.top, "switch", "--quiet", "main")
    checkout.put("payments", changed(SPOKE, "payments-oncall@", "payments@"))
    checkout.commit()
    checkout.git(checkout.top, "merge", "--quiet", "--no-edit", "ask")
    assert checkout.head() != asked
    assert checkout.whens() == {REQUEST: asked, ("payments", "security"): asked, GRANTED: first}


def test_a_file_that_was_once_no_stack_file_says_nothing(checkout: Checkout) -> None:
    checkout.put("payments", "config: [\n")
    checkout.commit()
    checkout.put("payments", SPOKE)
    second = checkout.commit()
    assert checkout.whens()[REQUEST] == second


def test_a_shallow_clone_does_not_know_what_is_older(checkout: Checkout, tmp_path: Path) -> None:
    checkout.commit()
    checkout.put("payments", with_security(SPOKE))
    checkout.commit()
    checkout.put("grant-payments", changed(GRANT, "SEC-42", "SEC-43"))
    last = checkout.commit()
    clone = tmp_path / "clone"
    checkout.git(tmp_path, "clone", "--quiet", "--depth", "2", f"file://{checkout.top}", str(clone))

    told = checkout.history(clone / "estate").entries
    assert told[GRANTED].when == last
    assert told[REQUEST].when is None
    assert "git fetch --unshallow" in told[REQUEST].note


def test_a_repository_without_a_commit_has_committed_nothing(checkout: Checkout) -> None:
    told = checkout.history()
    assert "commit the stack files" in told.unread
    assert {one.when for one in told.entries.values()} == {NOT_COMMITTED}


def test_outside_a_checkout_nothing_is_known(tmp_path: Path) -> None:
    estate = load_estate(write(tmp_path, ESTATE)).estate
    assert estate is not None
    told = history(tmp_path, estate)
    assert (told.entries, "lie in no checkout" in told.unread) == ({}, True)
