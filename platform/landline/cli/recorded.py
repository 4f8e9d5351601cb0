"""What Pulumi recorded of deployed stacks, for `landline catalogue --live` and `landline status --state`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from landline.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path
    from typing import Any

    from landline.onboarding.catalogue import Deployed
    from landline.onboarding.status import Recorded
    from landline.settings import Estate


def deployed_services(estate: Estate, directory: Path, *, sandbox: bool) -> dict[tuple[str, str], Deployed]:
    """The services that the hubs' stacks exported, by hub and service; none of a hub that is not deployed.

    Raises `ToolError` when there is no engine or its backend cannot be read, `UsageError` when a hub was
    deployed by another version.
    """
    from landline.onboarding.catalogue import Deployed
    from landline.program.outputs import read_hub

    return {
        (hub, name): Deployed(service.service_name, service.zones, service.ports, service.lane)
        for hub, outputs in _outputs(estate, directory, estate.hubs, sandbox=sandbox)
        for name, service in read_hub(hub, outputs).services.items()
    }


def recorded_names(estate: Estate, directory: Path, *, sandbox: bool) -> dict[str, Recorded]:
    """The local names that the spokes' stacks exported, by spoke; raises as `deployed_services` does."""
    from landline.onboarding.status import Recorded
    from landline.program.outputs import read_spoke

    return {
        spoke: Recorded(found.local_names)
        for spoke, outputs in _outputs(estate, directory, estate.spokes, sandbox=sandbox)
        if (found := read_spoke(spoke, outputs)) is not None
    }


def _outputs(
    estate: Estate, directory: Path, names: Iterable[str], *, sandbox: bool
) -> Iterator[tuple[str, dict[str, Any]]]:
    from landline.cli.where import where

    with where(estate, directory, sandbox=sandbox) as found:
        if found.kind == "a sandbox of this run":
            raise UsageError("--sandbox: no sandbox is served, and so none holds anything; serve one first")
        known = found.stacks.found()
        for name in names:
            outputs = found.stacks.outputs(name) if name in known else {}
            if outputs:
                yield name, outputs
