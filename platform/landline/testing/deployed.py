"""The estate that a test run stands on: deployed in the sandbox, or real and only read."""

from __future__ import annotations

import sys
import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from landline.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from boto3 import Session

    from landline.estate import Target
    from landline.settings import Estate


@dataclass(frozen=True, slots=True)
class DeployedEstate:
    """Stack files, and the accounts and Regions where they are deployed."""

    settings: Estate
    """The stack files."""
    evidence: Literal["wiring", "observed"]
    """``wiring`` where the sandbox answers, ``observed`` in real AWS (``--landline-live``)."""
    targets: tuple[Target, ...]
    sessions: Mapping[tuple[str, str], Session]

    @property
    def grants(self) -> dict[str, Any]:
        """Who was granted what, as `assert_access` and ``landline verify --grants`` take it."""
        from landline.onboarding.grants import grants_document

        return grants_document(self.settings)

    def session(self, account: str, region: str) -> Session:
        """A boto3 session in `account`, to read on one's own.

        Raises:
            UsageError: the estate has nothing there.

        """
        if (account, region) in self.sessions:
            return self.sessions[account, region]
        known = ", ".join("/".join(place) for place in self.sessions)
        raise UsageError(f"{account}/{region}: the estate has nothing there; it is in {known}")

    def read(self) -> dict[str, bytes]:
        """A new snapshot.

        A call that fails leaves its document out, and what hangs on it is unproven; why is told on stderr,
        which pytest shows with the test that fails for it.

        Raises UsageError when a sandbox answers for accounts that were real before.
        """
        from landline.estate import collect
        from landline.testing.sandboxed import read_sandbox

        collected = read_sandbox(self.targets) if self.evidence == "wiring" else collect(self.targets)
        if collected.of_the_sandbox and self.evidence != "wiring":
            raise UsageError(
                "the sandbox answered, and no AWS, so nothing was observed; unset AWS_ENDPOINT_URL, or leave "
                "--landline-live out"
            )
        sys.stderr.writelines(f"{failure}\n" for failure in collected.failures)
        return dict(collected.snapshot)


@contextmanager
def sandboxed(stacks: Path) -> Iterator[DeployedEstate]:
    """The stack files in `stacks`, deployed in a sandbox that lasts as long as the context.

    A spoke that requests what is not granted is left out, with a warning: AWS would not make its endpoints.
    """
    from landline.testing.sandboxed import quiet_pulumi_aws, sandbox_class, targets_of

    described = _load(stacks)
    for name, waits in described.waiting.items():
        warnings.warn(f"{name} is left out of the estate: {waits}", stacklevel=3)
    estate = described.without_waiting()
    with sandbox_class()(estate) as sandbox:
        with quiet_pulumi_aws():
            sandbox.up_all()
        sessions = {place: sandbox.session(*place) for place in sandbox.places()}
        yield DeployedEstate(estate, "wiring", targets_of(sandbox), sessions)


def live(
    stacks: Path, profiles: Sequence[str], roles: Sequence[str], regions: Sequence[str]
) -> DeployedEstate:
    """The accounts and Regions of the stack files, read through `profiles` or `roles`: in real AWS.

    Where the profiles lead into a sandbox, the evidence is ``wiring``; UsageError where they do in part.
    """
    from landline.estate import targets

    estate = _load(stacks)
    places = sorted({(estate.account_of(stack), stack.region) for stack in estate})
    found = targets(profiles, roles, regions, places)
    sessions = {(target.account, target.region): target.session for target in found}
    marked = [target for target in found if target.of_the_sandbox]
    if marked and len(marked) < len(found):
        raise UsageError(
            f"the sandbox answers for account {marked[0].account}, and not for all: evidence is never "
            "mixed; point AWS_ENDPOINT_URL and all profiles to the one or the other"
        )
    return DeployedEstate(estate, "wiring" if marked else "observed", found, sessions)


def _load(stacks: Path) -> Estate:
    from landline.settings import load_estate

    loaded = load_estate(stacks)
    if loaded.estate is None:
        raise UsageError("\n".join(str(one) for one in loaded.problems if one.severity == "error"))
    return loaded.estate
