"""The sandbox, which is an extra, and how it is read: through boto3, by the same calls as `landline dump`."""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from landline.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from landline.estate import Collected, Target
    from landline.sandbox.estate import Sandbox
    from landline.sandbox.world import WorldPlace


def sandbox_class() -> type[Sandbox]:
    """`landline.sandbox.Sandbox`.

    Raises:
        UsageError: the extra that it needs is not installed.

    """
    try:
        from landline.sandbox.sdk import read_by_name

        read_by_name()
        from landline.sandbox.estate import Sandbox
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] in ("landline", "components"):
            raise
        raise UsageError(
            f"the sandbox needs {error.name}, which is not installed: pip install 'landline[sandbox]'"
        ) from error
    return Sandbox


@dataclass(frozen=True, slots=True)
class _Clients:
    """The sandbox's own clients of one account and Region, which are made once for all readers."""

    place: WorldPlace

    def client(self, service_name: str, **_options: object) -> Any:  # noqa: ANN401 - boto3's own
        """The client for `service_name`; retries and time limits mean nothing inside one process."""
        return self.place.client(service_name)


@contextmanager
def quiet_pulumi_aws() -> Iterator[None]:
    """Where programs run: modules of `pulumi_aws` warn of their own deprecated classes on first use.

    As errors, those warnings would leave half a module behind.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=DeprecationWarning, module="pulumi_aws")
        yield


def targets_of(sandbox: Sandbox) -> tuple[Target, ...]:
    """Every account and Region of a running sandbox."""
    from landline.estate import Target

    return tuple(
        Target(account, region, _Clients(sandbox.world.place(account, region)))
        for account, region in sandbox.places()
    )


def read_sandbox(targets: Sequence[Target]) -> Collected:
    """The snapshot of a sandbox, and the calls that it did not answer."""
    from landline.estate import collect

    # One lock guards the sandbox's world, so more threads would only wait for each other.
    return collect(targets, workers=1)
