"""The estate that a test run stands on: deployed in the sandbox, or real and only read."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from landline.errors import ToolError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from landline.estate import Target
    from landline.settings import Estate


@dataclass(frozen=True, slots=True)
class DeployedEstate:
    """Stack files, and the accounts and Regions where they are deployed."""

    settings: Estate
    """The stack files."""
    evidence: Literal["wiring", "observed"]
    """``wiring`` in the sandbox, ``observed`` in real AWS (``--landline-live``)."""
    targets: tuple[Target, ...]

    @property
    def grants(self) -> dict[str, Any]:
        """Who was granted what, as `assert_access` and ``landline verify --grants`` take it."""
        from landline.onboarding.grants import grants_document

        return grants_document(self.settings)

    def session(self, account: str, region: str) -> Any:  # noqa: ANN401 - a boto3.Session, or one as good
        """A boto3 session in `account`, to read on one's own.

        Raises:
            UsageError: the estate has nothing there.

        """
        for target in self.targets:
            if (target.account, target.region) == (account, region):
                return target.session
        known = ", ".join(f"{target.account}/{target.region}" for target in self.targets)
        raise UsageError(f"{account}/{region}: the estate has nothing there; it is in {known}")

    def read(self) -> dict[str, bytes]:
        """A new snapshot.

        Raises:
            ToolError: AWS refused a call, so that the snapshot would lack a document; all of them are named.

        """
        from landline.estate import collect
        from landline.testing.sandboxed import read_sandbox

        if self.evidence == "wiring":
            return dict(read_sandbox(self.targets).snapshot)
        collected = collect(self.targets)
        if collected.failures:
            raise ToolError("\n".join(["these calls failed:", *map(str, collected.failures)]))
        return dict(collected.snapshot)


@contextmanager
def sandboxed(stacks: Path) -> Iterator[DeployedEstate]:
    """The stack files in `stacks`, deployed in a sandbox that lasts as long as the context."""
    from landline.testing.sandboxed import sandbox_class, targets_of

    estate = _load(stacks)
    with sandbox_class()(estate) as sandbox:
        sandbox.up_all()
        yield DeployedEstate(estate, "wiring", targets_of(sandbox))


def live(
    stacks: Path, profiles: Sequence[str], roles: Sequence[str], regions: Sequence[str]
) -> DeployedEstate:
    """The accounts and Regions of the stack files in real AWS, read through `profiles` or `roles`."""
    from landline.estate import targets

    estate = _load(stacks)
    places = sorted({(estate.account_of(stack), stack.region) for stack in estate})
    return DeployedEstate(estate, "observed", targets(profiles, roles, regions, places))


def _load(stacks: Path) -> Estate:
    from landline.settings import load_estate

    loaded = load_estate(stacks)
    if loaded.estate is None:
        raise UsageError("\n".join(str(one) for one in loaded.problems if one.severity == "error"))
    return loaded.estate
