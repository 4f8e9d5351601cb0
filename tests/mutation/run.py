"""Breaks the prover's core lines one at a time in a copy, and says which broken lines no test notices.

Run by `make mutation`; a minute or two. A rule's name runs that rule's edits alone.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.mutation.edits import EDITS, Edit

ROOT = Path(__file__).parent.parent.parent


def noticed(edit: Edit) -> bool:
    """Whether the named tests fail on a copy of the repository with one line broken."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for name in ("platform", "tests", "components", "stacks"):
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        for name in ("pyproject.toml", "Pulumi.yaml"):
            shutil.copy(ROOT / name, copy / name)
        file = copy / "platform" / "landline" / edit.file
        file.write_text(file.read_text().replace(edit.line, edit.broken, 1))
        done = subprocess.run(  # noqa: S603 - our own tests
            [
                sys.executable,
                "-m",
                "pytest",
                "-q",
                "-x",
                "-p",
                "no:cacheprovider",
                "-p",
                "no:xdist",
                edit.tests,
            ],
            cwd=copy,
            env=os.environ | {"PYTHONPATH": f"{copy / 'platform'}:{copy}", "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            check=False,
        )
        return done.returncode == 1


def main(rules: list[str]) -> int:
    """Runs the edits; 1 when one goes unnoticed."""
    unnoticed = []
    for edit in EDITS:
        if not rules or edit.rule in rules:
            fine = noticed(edit)
            print(f"{'noticed' if fine else 'UNNOTICED'}: {edit.rule}: {edit.file}: {edit.line.strip()}")  # noqa: T201
            unnoticed += [] if fine else [edit]
    return 1 if unnoticed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
