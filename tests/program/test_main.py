"""`platform/__main__.py`, run as the engine runs it."""

import runpy
from pathlib import Path

import pulumi
import pytest

from tests.components.recorder import deploy
from tests.program.estate import STACKS

ROOT = STACKS.parent


def test_the_program_declares_the_selected_stack(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT / "platform")
    hub = deploy(lambda: runpy.run_path(".", run_name="__main__"), stack="hub")

    assert hub.outputs["kind"] == "hub"
    assert hub.one("Hub").name == "hub"


def test_it_finds_its_stack_files_from_anywhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    hub = deploy(lambda: runpy.run_path(str(ROOT / "platform"), run_name="__main__"), stack="hub")

    assert hub.outputs["account"] == "111111111111"


def test_an_expected_failure_is_a_message_without_a_traceback() -> None:
    with pytest.raises(pulumi.RunError, match="run `landline up hub` first") as caught:
        deploy(lambda: runpy.run_path(str(ROOT / "platform"), run_name="__main__"), stack="payments")

    assert caught.value.__suppress_context__


def test_a_stack_without_a_file_says_so() -> None:
    with pytest.raises(pulumi.RunError, match="nowhere"):
        deploy(lambda: runpy.run_path(str(ROOT / "platform"), run_name="__main__"), stack="nowhere")
