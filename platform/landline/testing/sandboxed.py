"""The sandbox, which is an extra, and how it is read: through boto3, by the same calls as `landline dump`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from landline.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from landline.estate import Collected, Target
    from landline.sandbox import Sandbox


def sandbox_class() -> type[Sandbox]:
    """`landline.sandbox.Sandbox`.

    Raises:
        UsageError: the extra that it needs is not installed.

    """
    try:
        from landline.sandbox import Sandbox
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] in ("landline", "components"):
            raise
        raise UsageError(
            f"the sandbox needs {error.name}, which is not installed: pip install 'landline[sandbox]'"
        ) from error
    return Sandbox


def targets_of(sandbox: Sandbox) -> tuple[Target, ...]:
    """Every account and Region of a running sandbox."""
    from landline.estate import Target

    return tuple(
        Target(account, region, sandbox.session(account, region)) for account, region in sandbox.places()
    )


def read_sandbox(targets: Sequence[Target]) -> Collected:
    """The snapshot of a sandbox, and the calls that it did not answer."""
    from landline.estate import collect

    # One lock guards the sandbox's world, so more threads would only wait for each other.
    return collect(targets, workers=1)
