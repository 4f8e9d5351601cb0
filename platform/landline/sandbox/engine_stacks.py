"""Stacks of the real Pulumi engine against the sandbox."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from landline.deploy.stacks import EngineStacks
from landline.sandbox.provider import serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from landline.deploy.engine import Engine
    from landline.sandbox.provider import AwsProvider


@contextmanager
def engine_stacks(engine: Engine, provider: AwsProvider) -> Iterator[EngineStacks]:
    """Stacks on `engine` against `provider`. Their state ends with the context; what they made does not."""
    with TemporaryDirectory(prefix="landline-engine-") as name, serving(provider) as port:
        yield stacks_in(Path(name), engine, port)


def stacks_in(directory: Path, engine: Engine, provider_port: int) -> EngineStacks:
    """Stacks against the sandbox's provider on `provider_port`, with their state in `directory`.

    Never in a backend that the environment names: there the state of what stands in AWS is kept, under the
    same stacks' names.
    """
    for folder in ("home", "state", "work"):
        (directory / folder).mkdir(parents=True, exist_ok=True)
    # The files beside each state that `metadata` is about are not written in one go: whoever is killed
    # then leaves an empty one, and the engine reads none of the stacks any more ("error: EOF").
    state = (directory / "state").absolute().as_uri()
    environment = {
        "PULUMI_DEBUG_PROVIDERS": f"aws:{provider_port}",
        "PULUMI_BACKEND_URL": f"{state}?metadata=skip",
        # Guards nothing: the state of a sandbox holds no secret of anybody's.
        "PULUMI_CONFIG_PASSPHRASE": "sandbox",
    }
    return EngineStacks(engine, directory / "work", environment, home=directory / "home", own_project=True)
