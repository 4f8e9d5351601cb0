"""Records the plans beside this file: the example estate on the real engine against the sandbox."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from landline.deploy.engine import find_engine
from landline.estate import Target, collect
from landline.sandbox.world import World
from landline.settings import Estate, load_estate
from tests.engine.engine_estate import EngineEstate, engine_estate
from tests.estate.plans import STEPS, write

STACKS = Path(__file__).parents[3] / "stacks"


def main() -> None:
    """Walk the estate's deployments; keep each preview, and the snapshot and the state after it."""
    estate = load_estate(STACKS).estate
    assert estate is not None
    with World() as world, engine_estate(find_engine(), world, estate) as running:
        write("0.snapshot", snapshot(world, estate))
        for step in STEPS:
            stack = step.split("-", 1)[1]
            write(f"{step}.preview", without_traces(json.loads(running.preview_document(stack))))
            running.up(stack)
            write(f"{step}.state", without_traces(state(running, stack)))
            write(f"{step}.snapshot", snapshot(world, estate))


def snapshot(world: World, estate: Estate) -> dict[str, Any]:
    """The whole world by describe calls."""
    places = sorted({(estate.account_of(stack), stack.region) for stack in estate})
    collected = collect([Target(*place, world.session(*place)) for place in places])
    return {path: json.loads(content) for path, content in collected.snapshot.items()}


def state(running: EngineEstate, stack: str) -> dict[str, Any]:
    """What `pulumi stack export` prints."""
    exported = running.stacks.state(stack)
    return {"version": exported.version, "deployment": exported.deployment}


def without_traces(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """Leave out stack traces, and shorten positions to the repository's own paths."""
    match value:
        case dict():
            return {
                key: re.sub(r"^project:///.*?/(?=components/|platform/|\.venv/)", "project:///", item)
                if key == "sourcePosition"
                else without_traces(item)
                for key, item in value.items()
                if key != "stackTrace"
            }
        case list():
            return [without_traces(item) for item in value]
        case _:
            return value


if __name__ == "__main__":
    main()
