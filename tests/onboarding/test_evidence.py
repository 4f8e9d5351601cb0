"""Evidence documents: sealed, and anything that was changed shows."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from landline.onboarding.evidence import digest_of_snapshot, flaws, page, sealed

if TYPE_CHECKING:
    from collections.abc import Callable

DOCUMENT = sealed(
    {
        "spoke": {"name": "payments", "account": "222222222222", "team": "payments", "contact": "<b>x</b>"},
        "lines": [
            {
                "service": "logging",
                "state": "proven",
                "steps": [{"state": "granted", "when": None, "evidence": "approved SEC-42"}],
                "notes": ["logging is <b>not</b> committed"],
            }
        ],
        "unread": ["the stack files lie in no checkout"],
        "proof": {"verdict": "proven", "evidence": "snapshot", "findings": [], "assumptions": ["one moment"]},
        "negative_probe": {
            "evidence": "wiring",
            "probes": [
                {"account": "9", "service": "logging", "refused": True, "code": "InvalidServiceName"},
                {"account": "9", "service": "security", "refused": False, "code": None},
            ],
        },
        "snapshot": {"source": "dump", "digest": "sha256:0"},
        "versions": {"landline": "1"},
        "created": "2026-11-26T00:00:00+00:00",
    }
)


def test_what_was_written_is_whole() -> None:
    assert list(flaws(DOCUMENT)) == []


CHANGES: dict[str, Callable[[dict[str, Any]], Any]] = {
    "an approval": lambda doc: doc["lines"][0]["steps"][0].update(evidence="approved SEC-43"),
    "the verdict": lambda doc: doc["proof"].update(verdict="violated"),
    "a probe": lambda doc: doc["negative_probe"]["probes"].pop(),
    "the digest": lambda doc: doc.update(digest="sha256:0"),
    "no digest": lambda doc: doc.pop("digest"),
    "more": lambda doc: doc.update(more=1),
    "another schema": lambda doc: doc.update(schema=2),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_was_changed_shows(change: Callable[[dict[str, Any]], Any]) -> None:
    changed = copy.deepcopy(DOCUMENT)
    change(changed)
    assert list(flaws(changed))


@given(
    document=st.recursive(
        st.none() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_anything_else_is_no_evidence(document: object) -> None:
    assert list(flaws(document))


def test_a_snapshots_digest_is_of_names_and_contents() -> None:
    digests = {
        digest_of_snapshot(snapshot)
        for snapshot in ({}, {"a": b"1"}, {"b": b"1"}, {"a": b"2"}, {"a": b"1", "b": b""}, {"a": b"1b"})
    }
    assert len(digests) == 6
    assert digest_of_snapshot({"a": b"1", "b": b"2"}) == digest_of_snapshot({"b": b"2", "a": b"1"})


def test_the_page_shows_it_and_takes_no_markup_from_it() -> None:
    text = page(DOCUMENT)
    for part in (
        "approved SEC-42",
        "Not read: the stack files lie in no checkout.",
        "Proof: proven (snapshot)",
        "refused (InvalidServiceName)",
        "NOT refused",
    ):
        assert part in text
    assert "logging is &lt;b&gt;not&lt;/b&gt; committed" in text
    assert "<b>" not in text
    assert DOCUMENT["digest"] in text
