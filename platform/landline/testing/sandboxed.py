"""The sandbox, which is an extra, and how it is read: through boto3, by the same calls as `landline dump`."""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from landline.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from landline.estate import Collected, Target
    from landline.sandbox.estate import Sandbox
    from landline.sandbox.resource_type import Place
    from landline.sandbox.stacks import Stacks
    from landline.settings import Estate


def sandbox_class() -> type[Sandbox]:
    """`landline.sandbox.Sandbox`.

    Raises:
        UsageError: the extra that it needs is not installed.

    """
    with needing_the_extra():
        import moto  # noqa: F401 - the sandbox itself reads it no earlier than its world starts

        return _sandbox_class()


@contextmanager
def sandbox_beside() -> Iterator[Callable[[Estate], Sandbox]]:
    """Makes a sandbox of an estate, in a world that has a process of its own where it can.

    Raises:
        UsageError: on making one: the extra that it needs is not installed.

    """
    from landline.sandbox.world_beside import world_beside

    def sandbox(estate: Estate) -> Sandbox:
        with needing_the_extra():
            return _sandbox_class()(estate, world)

    with needing_the_extra(), world_beside() as world:
        yield sandbox


def _sandbox_class() -> type[Sandbox]:
    from landline.sandbox.sdk import read_by_name

    read_by_name()
    from landline.sandbox.estate import Sandbox

    return Sandbox


@contextmanager
def needing_the_extra() -> Iterator[None]:
    """Inside it, a library that is not installed is a `UsageError` that names the sandbox's extra."""
    try:
        yield
    except ModuleNotFoundError as error:
        library = (error.name or "").partition(".")[0]
        if library in ("landline", "components"):
            raise
        raise UsageError(
            f"the sandbox needs {library}, which is not installed; "
            "in a checkout of Landline: pip install '.[sandbox]'"
        ) from error


@dataclass(frozen=True, slots=True)
class _Clients:
    """The sandbox's own clients of one account and Region, which are made once for all readers."""

    place: Place

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
    return _targets(sandbox.place, sandbox.places())


def _targets(place: Callable[[str, str], Place], places: Iterable[tuple[str, str]]) -> tuple[Target, ...]:
    from landline.estate import Target

    return tuple(Target(account, region, _Clients(place(account, region))) for account, region in places)


def read_sandbox(targets: Sequence[Target]) -> Collected:
    """The snapshot of a sandbox, and the calls that it did not answer."""
    from landline.estate import collect

    # One lock guards the sandbox's world, so more threads would only wait for each other.
    return collect(targets, workers=1)


def read_stacks(stacks: Stacks, places: Iterable[tuple[str, str]]) -> Collected:
    """The same where the sandbox's world is."""
    return read_sandbox(_targets(stacks.place, places))
