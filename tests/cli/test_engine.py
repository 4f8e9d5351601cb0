from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.cli.conftest import Landline


def test_it_says_what_would_be_used_and_what_is_missing(
    landline: Landline, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pulumi = tmp_path / "pulumi"
    pulumi.write_text("#!/bin/sh\necho v3.259.0\n")
    pulumi.chmod(0o755)
    monkeypatch.setenv("LANDLINE_PULUMI", str(pulumi))
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path))
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    monkeypatch.setenv("LANDLINE_SANDBOX", str(tmp_path / "sandbox.json"))

    text = landline("engine")
    assert text.code == 0
    assert f"3.259.0  {pulumi} (found by LANDLINE_PULUMI)" in text.stdout
    assert f"resource aws: {pulumi} plugin install resource aws 7." in text.stdout

    document = json.loads(landline("engine", "--json").stdout)
    assert document["engine"] == {
        "path": str(pulumi),
        "version": "3.259.0",
        "found_by": "LANDLINE_PULUMI",
        "problem": None,
    }
    assert [plugin["path"] for plugin in document["plugins"]] == [None] * 3
    assert all(plugin["remedy"] for plugin in document["plugins"])
    assert document["sandbox"]["pid"] is None


def test_without_an_engine_it_fails_with_the_remedy(
    landline: Landline, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("LANDLINE_PULUMI", str(tmp_path / "nowhere"))

    outcome = landline("engine", "--json")

    assert outcome.code == 4
    problem = json.loads(outcome.stdout)["engine"]["problem"]
    assert "is no program that can be run" in problem
    assert "make engine" in problem
