"""The sandbox, read as AWS is read: through boto3, by the same calls as `landline dump`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from landline.estate import Collected
    from landline.sandbox import Sandbox


def read_sandbox(sandbox: Sandbox) -> Collected:
    """The snapshot of all accounts and Regions of a running sandbox, and the calls that it did not answer."""
    from landline.estate import Target, collect

    targets = [
        Target(account, region, sandbox.session(account, region)) for account, region in sandbox.places()
    ]
    # One lock guards the sandbox's world, so more threads would only wait for each other.
    return collect(targets, workers=1)
