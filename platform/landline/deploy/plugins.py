"""Pulumi's plugins: what the engine would use here, and from where. Nothing is downloaded."""

from __future__ import annotations

import importlib.metadata
import os
import shlex
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Plugin:
    """A plugin that Landline's stacks can need, and where the engine finds it here."""

    kind: str
    """As `pulumi plugin` says it: ``resource``, ``language`` or ``analyzer``."""
    name: str
    version: str | None
    """The version that is asked for; None where any will do."""
    path: Path | None
    """The program that the engine runs; None when it is missing."""
    needed_for: str
    remedy: str
    """What to do when it is missing."""

    @property
    def program(self) -> str:
        """The file's name."""
        return f"pulumi-{self.kind}-{self.name}"


def find_plugins(engine: Path | None, environment: Mapping[str, str] | None = None) -> tuple[Plugin, ...]:
    """The plugins of Landline's stacks, each where the engine looks for it.

    It looks on PATH, unless PULUMI_IGNORE_AMBIENT_PLUGINS is true, then beside its own program for a
    language, then in the plugins of PULUMI_HOME (default ``~/.pulumi``) for the version that the SDK asks for
    (pulumi 3.259.0, sdk/go/common/workspace/plugins.go, getPluginInfoAndPath).
    """
    environment = os.environ if environment is None else environment
    aws = importlib.metadata.version("pulumi-aws")
    return (
        _found(
            "resource",
            "aws",
            aws,
            "AWS; the sandbox is a provider of its own",
            f"{shlex.quote(str(engine or 'pulumi'))} plugin install resource aws {aws}",
            engine,
            environment,
        ),
        _found(
            "language",
            "python",
            None,
            "`pulumi up` in a checkout; `landline up` runs the program itself",
            "install all of Pulumi (https://www.pulumi.com/docs/iac/download-install/): `make engine` builds "
            "the CLI alone",
            engine,
            environment,
        ),
        _found(
            "analyzer",
            "policy-python",
            None,
            "`pulumi up --policy-pack platform/guardrails`; `landline up` proves the plan itself",
            "install all of Pulumi (https://www.pulumi.com/docs/iac/download-install/): `make engine` builds "
            "the CLI alone",
            engine,
            environment,
        ),
    )


def remedies(said: str, engine: Path) -> tuple[str, ...]:
    """What to do about the plugins that the engine says are missing; none when it speaks of none of these.

    The engine was told to fetch none, and says so of each ("no resource plugin 'pulumi-resource-aws' found").
    """
    return tuple(
        f"{plugin.program} is missing: {plugin.remedy}"
        for plugin in find_plugins(engine)
        if f"no {plugin.kind} plugin '{plugin.program}'" in said
    )


def _found(
    kind: str,
    name: str,
    version: str | None,
    needed_for: str,
    remedy: str,
    engine: Path | None,
    environment: Mapping[str, str],
) -> Plugin:
    plugin = Plugin(kind, name, version, None, needed_for, remedy)
    ignored = environment.get("PULUMI_IGNORE_AMBIENT_PLUGINS", "").lower() in {"1", "true"}
    ambient = None if ignored else shutil.which(plugin.program, path=environment.get("PATH", ""))
    candidates = [Path(ambient)] if ambient is not None else []
    if engine is not None and kind == "language":
        candidates.append(engine.resolve().parent / plugin.program)
    if version is not None:
        candidates.append(_home(environment) / "plugins" / f"{kind}-{name}-v{version}" / plugin.program)
    path = next((candidate for candidate in candidates if os.access(candidate, os.X_OK)), None)
    return Plugin(kind, name, version, path, needed_for, remedy)


def _home(environment: Mapping[str, str]) -> Path:
    named = environment.get("PULUMI_HOME")
    return Path(named) if named else Path(environment.get("HOME") or Path.home()) / ".pulumi"
