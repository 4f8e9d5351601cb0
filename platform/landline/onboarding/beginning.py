"""The first stack file of a new repository: the hub's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from landline.errors import UsageError
from landline.onboarding.change import Change, change_of
from landline.onboarding.granting import EDITOR_LINE
from landline.settings.edit import written
from landline.settings.stack_file import path_of

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class NewHub:
    """What the hub's file says beside its services."""

    name: str
    region: str
    organization: str
    account: str
    cidr: str
    zones: tuple[str, ...]


def new_hub(directory: Path, hub: NewHub) -> Change:
    """The change that writes a hub's file, with a log archive and a findings intake.

    Raises `UsageError` when the file is there already.
    """
    file = path_of(directory, hub.name)
    if file.exists():
        raise UsageError(f"{file}: is there already; edit it, or name another hub: --name NAME")
    lines = [
        "config:",
        f"  aws:region: {hub.region}",
        "  landline:hub:",
        f"    organization: {written(hub.organization)}",
        f"    account: {written(hub.account)}",
        f"    network: {{cidr: {hub.cidr}, zones: {written(hub.zones)}}}",
        "    services:",
        "      logging: {backend: {kind: log-archive, retention_days: 400}, ports: [443], lane: standing}",
        "      security: {backend: {kind: findings-intake}, ports: [443], lane: accepted}",
    ]
    return change_of(directory, hub.name, EDITOR_LINE + "\n".join(lines) + "\n")


def project_text(stacks: str) -> str:
    """The Pulumi project for stack files in the directory `stacks` beside it.

    It has no program: `landline up` brings its own. Pulumi finds the stacks' files by `stackConfigDir`.
    """
    return (
        "name: landline\n"
        "description: Shared services over AWS PrivateLink; deployed by landline up\n"
        "runtime: python\n"
        f"stackConfigDir: {written(stacks)}\n"
    )
