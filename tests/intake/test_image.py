"""What the intake's image is made of, without Docker: its list of packages, and its Dockerfile's promises."""

from __future__ import annotations

import importlib.metadata
import re
import subprocess
import sys
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent.parent
DOCKERFILE = (ROOT / "intake" / "Dockerfile").read_text()

IMPORT = """
import sys
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {missing!r}:
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Missing())
import landline.intake.__main__
"""


def left_out() -> set[str]:
    """What the Makefile takes out of the list."""
    line = re.search(r"^INTAKE_WITHOUT := (.+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert line is not None
    return {canonicalize_name(name) for name in line[1].split()}


def installed(without: set[str]) -> set[str]:
    """The distributions of the image: what Landline and its extra `intake` need, and all that those need."""
    found: set[str] = set()
    rest = [Requirement(text) for text in importlib.metadata.requires("landline") or ()]
    rest = [one for one in rest if one.marker is None or one.marker.evaluate({"extra": "intake"})]
    while rest:
        name = canonicalize_name(rest.pop().name)
        if name in without or name in found:
            continue
        found.add(name)
        needed = [Requirement(text) for text in importlib.metadata.requires(name) or ()]
        rest += [one for one in needed if one.marker is None or one.marker.evaluate({"extra": ""})]
    return found


def imports(distributions: set[str]) -> subprocess.CompletedProcess[str]:
    """The server's import where nothing but those distributions is installed."""
    there = {"landline", *distributions}
    missing = {
        module
        for module, owners in importlib.metadata.packages_distributions().items()
        if not {canonicalize_name(owner) for owner in owners} & there
    }
    command = [sys.executable, "-c", IMPORT.format(missing=missing)]
    return subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - python


def test_the_server_starts_with_what_its_image_holds() -> None:
    assert imports(installed(left_out())).stderr == ""


@pytest.mark.parametrize("name", ["starlette", "opentelemetry-proto"])
def test_what_the_image_lacks_is_noticed(name: str) -> None:
    assert "ModuleNotFoundError" in imports(installed({*left_out(), name})).stderr


def test_the_image_is_built_from_named_bytes_and_runs_as_nobody() -> None:
    assert re.findall(r"^FROM (.+)$", DOCKERFILE, re.MULTILINE) == ["${BASE}"]
    assert not re.search(r"^ARG BASE=", DOCKERFILE, re.MULTILINE)
    assert re.findall(r"^USER (.+)$", DOCKERFILE, re.MULTILINE) == ["65534:65534"]
    # From the registry only what has a hash, from the directory the wheel alone.
    assert len(re.findall("pip install ", DOCKERFILE)) == 2
    assert len(re.findall("--no-deps", DOCKERFILE)) == 2
    assert re.search(r"--require-hashes \\\n\s+--requirement /tmp/build/requirements.txt", DOCKERFILE)
    assert "--no-index /tmp/build/*.whl" in DOCKERFILE
