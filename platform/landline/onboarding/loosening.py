"""Which settings let more through than before, or than the default: what a reviewer must not overlook."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from landline.settings import (
    AwsAccess,
    BaselineSettings,
    FindingsIntake,
    GrantSettings,
    HubSettings,
    LogArchive,
    S3Access,
    SpokeSettings,
    StsAccess,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from landline.settings.stack import Stack

OUTLIVES = "nothing ends this access by itself"


@dataclass(frozen=True, slots=True)
class Loosening:
    """One setting that lets more through."""

    stack: str
    key_path: str
    """Such as ``landline:hub.services.logging.lane``."""
    before: str
    """The value before, or the default where the stack is new."""
    after: str
    why: str


def loosened(before: Stack | None, after: Stack) -> Iterator[Loosening]:
    """What `after` lets through beyond `before`; beyond the defaults where there was no such stack.

    A setting that was loose already and stays as it is is not named again.
    """
    old = None if before is None else before.settings
    match after.settings:
        case BaselineSettings() as new:
            yield from _baseline(after, old if isinstance(old, BaselineSettings) else None, new)
        case HubSettings() as new:
            yield from _hub(after, old if isinstance(old, HubSettings) else None, new)
        case GrantSettings() as new:
            yield from _grant(after, old if isinstance(old, GrantSettings) else None, new)
        case SpokeSettings() as new:
            yield from _spoke(after, old if isinstance(old, SpokeSettings) else None, new)


def _baseline(stack: Stack, old: BaselineSettings | None, new: BaselineSettings) -> Iterator[Loosening]:
    was = BaselineSettings(account=new.account) if old is None else old
    if was.block_public_access != new.block_public_access == "block-ingress":
        yield _one(
            stack,
            "block_public_access",
            was.block_public_access,
            new.block_public_access,
            "lets traffic out through NAT and egress-only internet gateways",
        )
    for key, what in (
        ("guardduty", "nobody watches the account for threats"),
        ("security_hub", "findings are no longer gathered"),
        ("trail", "calls through VPC endpoints are no longer recorded"),
    ):
        if getattr(was, key) and not getattr(new, key):
            yield _one(stack, key, "true", "false", what)
    if (was.network_activity, new.network_activity) == ("all", "denied") and new.trail:
        what = "calls that endpoint policies let through are no longer recorded"
        yield _one(stack, "network_activity", was.network_activity, new.network_activity, what)


def _hub(stack: Stack, old: HubSettings | None, new: HubSettings) -> Iterator[Loosening]:
    if old is not None and old.organization != new.organization:
        why = "the endpoint policies let through another organisation's identities and resources"
        yield _one(stack, "organization", old.organization, new.organization, why)
    served, serves = (() if one is None else one.regions or () for one in (old, new))
    if old is not None and set(serves) - set(served):
        why = "whom a grant lets in may connect from there too, and AWS publishes no metrics of it"
        yield _one(stack, "regions", _list(served) or "none", _list(serves), why)
    if served and new.regions is None:
        why = "what is left out stays as it is in AWS; write [] to take the last Region away"
        yield _one(stack, "regions", _list(served), "left out", why)
    for name, service in new.services.items():
        was = None if old is None else old.services.get(name)
        if was is None:
            continue
        if (was.lane, service.lane) == ("accepted", "standing"):
            why = "connections of permitted accounts need no acceptance any more"
            yield _one(stack, f"services.{name}.lane", was.lane, service.lane, why)
        more = tuple(port for port in service.ports if port not in was.ports)
        if more:
            why = "every spoke with a grant reaches these ports too"
            yield _one(stack, f"services.{name}.ports", _list(was.ports), _list(service.ports), why)
        if was.certificate is not None and service.certificate is None:
            why = "the load balancer ends no TLS any more"
            yield _one(stack, f"services.{name}.certificate", was.certificate, "none", why)
        yield from _backend(stack, f"services.{name}.backend", was.backend, service.backend)


def _backend(stack: Stack, path: str, old: object, new: object) -> Iterator[Loosening]:
    if isinstance(old, LogArchive | FindingsIntake) and type(old) is type(new):
        assert isinstance(new, LogArchive | FindingsIntake)  # noqa: S101 - of the same type as `old`
        if new.retention_days < old.retention_days:
            yield _one(
                stack,
                f"{path}.retention_days",
                str(old.retention_days),
                str(new.retention_days),
                "records can be deleted earlier",
            )
    if isinstance(old, LogArchive) and isinstance(new, LogArchive) and old.mode == "compliance" != new.mode:
        yield _one(stack, f"{path}.mode", old.mode, new.mode, "privileged users can delete records early")


def _grant(stack: Stack, old: GrantSettings | None, new: GrantSettings) -> Iterator[Loosening]:
    for name, service in new.services.items():
        was = None if old is None else old.services.get(name)
        if was is None:
            before, longer = "no access", service.until is None
        else:
            before = str(was.until)
            longer = was.until is not None and (service.until is None or service.until > was.until)
        if longer:
            after = "no end" if service.until is None else str(service.until)
            why = OUTLIVES if service.until is None else "the access lasts longer"
            yield _one(stack, f"services.{name}.until", before, after, why)


def _spoke(stack: Stack, old: SpokeSettings | None, new: SpokeSettings) -> Iterator[Loosening]:
    if old is None:
        for name, access in new.aws_access.items():
            yield from _access(stack, f"aws.{name}", AwsAccess(), access, known=False)
        return
    if old.account != new.account:
        yield _one(stack, "account", old.account, new.account, "what was granted goes to another account")
    if old.hub != new.hub:
        yield _one(stack, "hub", old.hub, new.hub, "the requests go to another hub")
    if set(new.aws) - set(old.aws):
        why = "workloads reach more AWS services, and what those can reach"
        yield _one(stack, "aws", _list(tuple(old.aws)), _list(tuple(new.aws)), why)
    for name in new.aws:
        before = old.aws_access.get(name, AwsAccess())
        yield from _access(
            stack, f"aws.{name}", before, new.aws_access.get(name, AwsAccess()), known=name in old.aws
        )


def _access(stack: Stack, path: str, old: AwsAccess, new: AwsAccess, *, known: bool) -> Iterator[Loosening]:
    if known and old.listed is not None and (new.listed is None or set(new.listed) - set(old.listed)):
        after = "all of the organisation's" if new.listed is None else _list(new.listed)
        yield _one(
            stack, f"{path}.{old.key}", _list(old.listed), after, "workloads reach more of its resources"
        )
    if set(new.actions) - set(old.actions):
        why = "workloads may do more than call the service; what shares lets data out"
        yield _one(stack, f"{path}.actions", _list(old.actions), _list(new.actions), why)
    owned = old.aws_owned if isinstance(old, S3Access) else ()
    if isinstance(new, S3Access) and set(new.aws_owned) - set(owned):
        why = "workloads reach buckets outside the organisation, AWS's own"
        yield _one(stack, f"{path}.aws_owned", _list(owned), _list(new.aws_owned), why)
    if isinstance(new, StsAccess) and new.federated and not (isinstance(old, StsAccess) and old.federated):
        why = "callers without an AWS identity may take on roles whose trust policies let them"
        yield _one(stack, f"{path}.federated", "false", "true", why)


def _one(stack: Stack, key: str, before: str, after: str, why: str) -> Loosening:
    return Loosening(stack.name, f"landline:{stack.kind}.{key}", before, after, why)


def _list(items: tuple[object, ...]) -> str:
    return f"[{', '.join(str(item) for item in items)}]"
