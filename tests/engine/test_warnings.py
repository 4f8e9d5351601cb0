"""What programs warn of on the real engine reaches whoever runs them, once."""

from __future__ import annotations

import gc
import itertools
import json
from typing import TYPE_CHECKING

import pulumi
import pytest

from landline.cli.deploying import Display
from landline.cli.terminal import Terminal
from landline.deploy.deployment import Deployment, Outcome
from landline.deploy.execution import Ending
from landline.deploy.place import Place
from landline.deploy.plan import Task
from landline.errors import ToolError
from landline.sandbox.engine_stacks import engine_stacks
from tests.deploy.estate import loaded
from tests.engine.road import HUB, REGION, write_hub, write_spoke

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from landline.deploy.engine import Engine
    from landline.deploy.stacks import EngineStacks
    from landline.sandbox.provider import AwsProvider
    from landline.sandbox.world import World
    from landline.settings import Estate, Stack

pytestmark = [
    pytest.mark.engine,
    # After a failed program the SDK leaves its event loop and its coroutine unfinished.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture
def stacks(engine: Engine, provider: AwsProvider) -> Iterator[EngineStacks]:
    with engine_stacks(engine, provider) as running:
        yield running
    # Otherwise some later test is blamed for what the SDK leaves behind.
    gc.collect()


runs = itertools.count()


def program(stack: Stack, estate: Estate) -> None:
    """Warns of the stack, of a resource and in passing, and is deployed anew each time."""
    lines = pulumi.ComponentResource("landline:test:Lines", "lines")
    pulumi.log.warn("the images are not pinned")
    pulumi.log.warn("two are open", resource=lines)
    pulumi.log.warn("lines: this says already what it is about", resource=lines)
    pulumi.log.warn("passing", ephemeral=True)
    if stack.name == "payments":
        raise pulumi.RunError("no such zone")
    pulumi.export("run", next(runs))


WARNINGS = [
    "the images are not pinned",
    "lines: two are open",
    "lines: this says already what it is about",
]


def test_each_warning_comes_once_for_each_stack(
    stacks: EngineStacks, world: World, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    write_hub(tmp_path / "stacks", "security")
    write_spoke(tmp_path / "stacks", "payments", "security")
    place = Place(HUB, REGION, world.session(HUB, REGION))  # type: ignore[arg-type]
    grant = Task("grant-payments", "up"), Task("grant-payments", "up", "to accept")
    spoke = Task("payments", "up")

    with Display(Terminal(), (), as_json=True) as display:
        deployment = Deployment(
            loaded(tmp_path / "stacks"), stacks, lambda _: place, display.tell, declare=program
        )
        deployment.begin()
        for task in grant:
            display.ended(Ending(task, "done", deployment.do(task)))
        with pytest.raises(ToolError, match="no such zone") as failed:
            deployment.do(spoke)
        ending: Ending[Outcome] = Ending(spoke, "failed", error=failed.value)
        display.ended(ending)

    said = capfd.readouterr()
    events = [json.loads(line) for line in said.out.splitlines()]
    endings = [event for event in events if event["event"] == "ended"]
    assert [sorted(ending["warnings"]) for ending in endings] == [sorted(WARNINGS), [], sorted(WARNINGS)]
    # The grant was previewed and deployed, twice.
    assert stacks.outputs("grant-payments") == {"run": 3}
    assert sorted(said.err.splitlines()) == sorted(
        f"warning: {stack}: {text}" for stack in ("grant-payments", "payments") for text in WARNINGS
    )
