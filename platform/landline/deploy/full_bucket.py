"""Buckets that S3 does not delete because they hold objects, and what to do about them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from landline.settings import HubSettings
from landline.settings.backends import LogArchive

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from landline.settings import Stack

REFUSED = "BucketNotEmpty"
"""S3's error code ("Amazon S3 API reference, Error responses")."""

_BUCKET = "aws:s3/bucket:Bucket"
_KEY = "aws:kms/key:Key"

Resource = dict[str, Any]


def advice(
    said: str,
    resources: Iterable[Resource],
    stack: Stack,
    account: str,
    engine: Callable[..., str],
) -> str:
    """What to do about each bucket that S3 refused to delete; empty if it refused none.

    `said` are the engine's errors, `resources` those of the stack's state afterwards, and `engine` gives the
    shell command that runs the engine with some arguments.
    """
    by_urn = {str(one["urn"]): one for one in resources}
    full = [
        urn
        for urn, one in by_urn.items()
        if one["type"] == _BUCKET and any(urn in line and REFUSED in line for line in _errors(said))
    ]
    return "\n".join(_about(by_urn, urn, stack, account, engine) for urn in full)


def _errors(said: str) -> list[str]:
    """One for each resource: the provider's words may take several lines."""
    return [f"urn:pulumi:{one}" for one in said.split("urn:pulumi:")[1:]]


def _about(
    by_urn: Mapping[str, Resource], urn: str, stack: Stack, account: str, engine: Callable[..., str]
) -> str:
    bucket = by_urn[urn]
    # The key is deleted after its bucket, so it is there still.
    keys = [one for one in bucket.get("dependencies") or () if by_urn.get(one, {}).get("type") == _KEY]
    kept, them = ("it and its key", "them") if keys else ("it", "it")
    return (
        f"bucket {bucket['id']} (account {account}, {stack.region}) holds objects, and S3 deletes no bucket "
        "that does. Nothing in it was deleted, but its policy and public access block are gone. Either\n"
        "- empty it, of all versions and delete markers (S3's console: Empty), and go on;"
        f"{_lock(bucket, stack)}\n"
        f"- or keep {kept}: take {them} out of the stack's state, and go on:\n"
        f"  {engine('state', 'delete', urn, *keys, '--stack', stack.name, '--yes')}"
    )


def _lock(bucket: Resource, stack: Stack) -> str:
    """For how long nobody can empty it ("Amazon S3 User Guide, Locking objects with Object Lock")."""
    if not (bucket.get("inputs") or {}).get("objectLockEnabled"):
        return ""
    name = str(bucket["urn"]).rpartition("::")[2]
    services = stack.settings.services if isinstance(stack.settings, HubSettings) else {}
    archives = [
        service.backend
        for at, service in services.items()
        if isinstance(service.backend, LogArchive) and name.startswith(f"{stack.name}-{at}-archive-")
    ]
    how_long = "its retention" if len(archives) != 1 else f"{archives[0].retention_days} days"
    mode = archives[0].mode if len(archives) == 1 else ""
    who = {
        "governance": "before, only who has s3:BypassGovernanceRetention can delete it",
        "compliance": "before, nobody can delete it",
    }.get(mode, "before, only mode GOVERNANCE lets those delete it who have s3:BypassGovernanceRetention")
    return f" Object Lock keeps each version for {how_long} from when it was written; {who}"
