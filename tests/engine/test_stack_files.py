"""What plain Pulumi makes of stack files: it rewrites the whole file whenever it keeps something in it."""

from __future__ import annotations

import os
import subprocess
from datetime import date
from typing import TYPE_CHECKING

from landline.settings import load_estate
from landline.settings.edit import written
from tests.settings.files import ESTATE, changed, write

if TYPE_CHECKING:
    from pathlib import Path

    from landline.deploy.engine import Engine

REWRITTEN = "'2027-06-30 00:00:00 +0000 UTC'"


def test_a_date_without_quotes_is_read_as_pulumi_rewrites_it_and_one_of_ours_stays(
    engine: Engine, tmp_path: Path
) -> None:
    ours = f"security: {written({'reason': 'upload findings', 'until': date(2027, 6, 30)})}"
    spoke = changed(ESTATE["payments"], "    services:\n", f"    services:\n      {ours}\n")
    grant = changed(
        ESTATE["grant-payments"], "approved: SEC-42}", "approved: SEC-42}\n      security: {approved: SEC-43}"
    )
    (tmp_path / "stacks").mkdir()
    stacks = write(tmp_path / "stacks", {**ESTATE, "payments": spoke, "grant-payments": grant})
    (tmp_path / "Pulumi.yaml").write_text("name: landline\nruntime: python\nstackConfigDir: stacks\n")
    (tmp_path / "state").mkdir()
    subprocess.run(  # noqa: S603 - the test's own
        [engine.path, "stack", "init", "payments"],
        check=True,
        capture_output=True,
        cwd=tmp_path,
        env={
            **os.environ,
            "PULUMI_BACKEND_URL": f"file://{tmp_path / 'state'}",
            "PULUMI_CONFIG_PASSPHRASE": "secret",
            "PULUMI_HOME": str(tmp_path / "home"),
            "PULUMI_SKIP_UPDATE_CHECK": "1",
        },
    )
    text = (stacks / "Pulumi.payments.yaml").read_text()
    assert f"until: {REWRITTEN}" in text
    assert ours in text
    loaded = load_estate(stacks)
    assert loaded.estate is not None, loaded.problems
    services = loaded.estate.spokes["payments"].services
    assert services["logging"].until == services["security"].until == date(2027, 6, 30)
