"""Where a deployment goes, and keeps its state."""

from __future__ import annotations

from typing import TYPE_CHECKING

from landline.cli.where import _served
from landline.sandbox.served import Served
from tests.deploy.estate import example

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_the_sandbox_s_state_is_never_where_the_state_of_what_stands_in_aws_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = tmp_path / "told"
    pulumi = tmp_path / "pulumi"
    pulumi.write_text(
        "#!/bin/sh\n[ $1 = version ] && echo v3.259.0 && exit\n"
        f'echo "$PULUMI_BACKEND_URL $PULUMI_HOME" > {told}\necho "[]"\n'
    )
    pulumi.chmod(0o755)
    monkeypatch.setenv("LANDLINE_PULUMI", str(pulumi))
    monkeypatch.setenv("PULUMI_BACKEND_URL", "s3://the-real-state")
    monkeypatch.setenv("PULUMI_HOME", "/the/real/home")

    served = Served(1, 7001, 7002, str(tmp_path / "estate.jsonl"))
    assert _served(example(), served).stacks.found() == {}

    stacks = tmp_path / "estate.jsonl.stacks"
    backend, home = told.read_text().split()
    assert backend.startswith((stacks / "state").as_uri())
    assert home == str(stacks / "home")
