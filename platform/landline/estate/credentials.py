"""From profiles and roles to targets: whose account each one leads to, and which Regions of it to read."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ProfileNotFound

from landline.errors import ToolError, UsageError
from landline.estate.target import Target
from landline.evidence import said_of

if TYPE_CHECKING:
    from collections.abc import Sequence

_ROLE_ARN = re.compile(r"arn:(aws[a-z-]*):iam::(\d{12}):role/[\w+=,.@/-]+", re.ASCII)
_ROLE_NAME = re.compile(r"[\w+=,.@/-]{1,512}", re.ASCII)
_CONFIG = Config(retries={"mode": "adaptive", "total_max_attempts": 5}, connect_timeout=10, read_timeout=30)


@dataclass(frozen=True, slots=True)
class _Access:
    account: str
    session: boto3.Session
    origin: str
    of_the_sandbox: bool


def targets(
    profiles: Sequence[str],
    roles: Sequence[str],
    regions: Sequence[str],
    places: Sequence[tuple[str, str]] | None = None,
) -> tuple[Target, ...]:
    """The accounts and Regions that `profiles` or `roles` lead to, sorted.

    Without either, the default credentials. Roles are assumed with the one profile given, or the default
    credentials. `places` are the accounts and Regions that must be read; then a role may be a bare name,
    the same in each of those accounts. Regions are `regions`, else those of `places`, else the profile's
    own.

    Asks AWS STS whose account each profile is (AssumeRole, GetCallerIdentity).

    Raises:
        UsageError: profiles, roles and places contradict each other, a profile or a Region is missing.
        ToolError: AWS refuses the credentials or the role, or cannot be reached.

    """
    near = [*regions, *(region for _, region in places or ())]
    accesses = (
        _assumed(profiles, roles, near, places)
        if roles
        else [_of_profile(profile, near) for profile in profiles or (None,)]
    )
    first: dict[str, str] = {}
    for access in accesses:
        if access.account in first:
            raise UsageError(
                f"{first[access.account]} and {access.origin} both lead to account {access.account}; "
                "give one of them"
            )
        first[access.account] = access.origin
    if places is not None:
        _covered(accesses, {account for account, _ in places})
    found = [
        Target(access.account, region, access.session, access.of_the_sandbox)
        for access in accesses
        for region in _regions(access, regions, places)
    ]
    return tuple(sorted(found, key=lambda target: (target.account, target.region)))


def _covered(accesses: Sequence[_Access], accounts: set[str]) -> None:
    for access in accesses:
        if access.account not in accounts:
            raise UsageError(
                f"{access.origin} leads to account {access.account}, which no stack names; "
                f"the stacks are in {', '.join(sorted(accounts))}"
            )
    if missing := sorted(accounts - {access.account for access in accesses}):
        raise UsageError(
            f"nothing leads to account {', '.join(missing)}, which the stacks name; "
            "add --profile for each, or --role with a role's name that is the same in all"
        )


def _regions(
    access: _Access, regions: Sequence[str], places: Sequence[tuple[str, str]] | None
) -> Sequence[str]:
    if regions:
        return sorted(set(regions))
    if places is not None:
        return sorted({region for account, region in places if account == access.account})
    if access.session.region_name:
        return (access.session.region_name,)
    raise UsageError(f"{access.origin} has no Region of its own; give --region, such as --region eu-west-1")


def _of_profile(profile: str | None, near: Sequence[str]) -> _Access:
    session = _session(profile)
    origin = f"profile {profile}" if profile else "the default credentials"
    try:
        identity = _sts(session, origin, near).get_caller_identity()
    except (BotoCoreError, ClientError) as error:
        raise ToolError(
            f"{origin}: {error}; renew its credentials, or choose another with --profile"
        ) from error
    return _Access(identity["Account"], session, origin, said_of(identity) is not None)


def _assumed(
    profiles: Sequence[str],
    roles: Sequence[str],
    near: Sequence[str],
    places: Sequence[tuple[str, str]] | None,
) -> list[_Access]:
    if len(profiles) > 1:
        raise UsageError(
            f"--role is assumed with one profile, and {len(profiles)} are given "
            f"({', '.join(profiles)}); give one"
        )
    source = _session(profiles[0] if profiles else None)
    return [_assume(source, arn, near) for role in roles for arn in _arns(source, role, places)]


def _arns(source: boto3.Session, role: str, places: Sequence[tuple[str, str]] | None) -> list[str]:
    if _ROLE_ARN.fullmatch(role):
        return [role]
    if places is None or not _ROLE_NAME.fullmatch(role):
        raise UsageError(
            f"--role {role} is no role's ARN; write arn:aws:iam::<account>:role/<name>, "
            "or a bare name together with --stacks"
        )
    partitions = {account: source.get_partition_for_region(region) for account, region in places}
    return [
        f"arn:{partition}:iam::{account}:role/{role}" for account, partition in sorted(partitions.items())
    ]


def _assume(source: boto3.Session, arn: str, near: Sequence[str]) -> _Access:
    try:
        answer = _sts(source, arn, near).assume_role(RoleArn=arn, RoleSessionName="landline-dump")
    except (BotoCoreError, ClientError) as error:
        raise ToolError(
            f"{arn}: {error}; check its trust policy and the credentials that assume it"
        ) from error
    credentials = answer["Credentials"]
    session = boto3.Session(
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"],
        region_name=source.region_name,
    )
    match = _ROLE_ARN.fullmatch(arn)
    assert match is not None, arn  # noqa: S101 - `_arns` gives nothing else
    return _Access(match[2], session, arn, said_of(answer) is not None)


def _session(profile: str | None) -> boto3.Session:
    try:
        return boto3.Session(profile_name=profile)
    except ProfileNotFound as error:
        named = f"--profile {profile}" if profile else _profile_of_the_environment()
        raise UsageError(
            f"{named}: the AWS configuration has no such profile; "
            f"`aws configure list-profiles` shows them{'' if profile else ', or unset the variable'}"
        ) from error


def _profile_of_the_environment() -> str:
    """The variable that names a profile, and its value; botocore takes the first of the two that is set."""
    name = next(name for name in ("AWS_DEFAULT_PROFILE", "AWS_PROFILE") if name in os.environ)
    return f"{name}={os.environ[name]}"


def _sts(session: boto3.Session, origin: str, near: Sequence[str]) -> Any:  # noqa: ANN401 - boto3's own
    region = near[0] if near else session.region_name
    if region is None:
        raise UsageError(f"{origin} has no Region of its own; give --region, such as --region eu-west-1")
    return session.client("sts", region_name=region, config=_CONFIG)
