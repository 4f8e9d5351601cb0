"""The Pulumi engine: finding the CLI that is installed or built here. Nothing is ever downloaded."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from landline.errors import ToolError

if TYPE_CHECKING:
    from collections.abc import Mapping

OLDEST = (3, 250, 0)
"""The oldest engine that is used: the oldest Pulumi SDK that the project admits."""

VARIABLE = "LANDLINE_PULUMI"
"""The environment variable that names the CLI to use, before any other."""

_CHECKOUT = Path(__file__).resolve().parents[3]
_REMEDY = (
    "Install Pulumi (https://www.pulumi.com/docs/iac/download-install/), run `make engine` in a checkout "
    f"(needs Go), or set {VARIABLE} to a pulumi binary."
)


@dataclass(frozen=True, slots=True)
class Engine:
    """A Pulumi CLI that answered."""

    path: Path
    """Absolute, symbolic links kept: a version manager's shim decides by its own name."""
    version: str
    """Such as ``3.259.0``, without a ``v``."""
    found_by: str
    """``LANDLINE_PULUMI``, ``PATH`` or ``make engine``."""


def find_engine(environment: Mapping[str, str] | None = None, checkout: Path = _CHECKOUT) -> Engine:
    """The engine to use: what `LANDLINE_PULUMI` names, else `pulumi` on PATH, else what `make engine` built.

    Raises `ToolError` when there is none, and when the first of them does not run, has no version (a build
    without its version stamp) or is older than `OLDEST`: it never falls back to another one silently.
    """
    environment = os.environ if environment is None else environment
    named = environment.get(VARIABLE)
    if named:
        path = shutil.which(named, path=environment.get("PATH", ""))
        if path is None:
            raise ToolError(f"{VARIABLE}: {named!r} is no program that can be run. {_REMEDY}")
        return _asked(Path(path), VARIABLE)
    installed = shutil.which("pulumi", path=environment.get("PATH", ""))
    if installed is not None:
        return _asked(Path(installed), "PATH")
    built = checkout / "engine" / "bin" / "pulumi"
    if built.is_file():
        return _asked(built, "make engine")
    # Outside a checkout, where an installed package lies, nothing could be built.
    missing = f", {built} is not there" if (checkout / "engine" / "go.mod").is_file() else ""
    raise ToolError(f"No Pulumi engine: {VARIABLE} is not set, pulumi is not on PATH{missing}. {_REMEDY}")


def _asked(path: Path, found_by: str) -> Engine:
    path = path.absolute()
    where = f"{path} (found by {found_by})"
    try:
        answer = subprocess.run(  # noqa: S603 - the program that the user named or installed
            [path, "version"],
            env={**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise ToolError(f"{where} does not answer `version`: {str(error).rstrip('.')}. {_REMEDY}") from error
    text = answer.stdout.strip()
    version = re.fullmatch(r"v?((\d+)\.(\d+)\.(\d+)(?:[-+]\S+)?)", text)
    if version is None:
        raise ToolError(f"{where} has no version: it says {text!r}. {_REMEDY}")
    numbers = tuple(int(part) for part in version.group(2, 3, 4))
    if not OLDEST <= numbers < (OLDEST[0] + 1,):
        oldest = ".".join(map(str, OLDEST))
        raise ToolError(f"{where} is version {version[1]}; needed is {oldest} or newer, below 4. {_REMEDY}")
    return Engine(path, version[1], found_by)
