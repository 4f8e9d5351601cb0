"""What must hold between a grant, its hub and the spoke that it is for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from landline.settings.naming_stacks import check_services, named

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from landline.settings.outline import Outline
    from landline.settings.problem import Problem


def check_grant(
    grant: Outline, stacks: Mapping[str, Outline], unreadable: Collection[str]
) -> Iterator[Problem]:
    """Every problem of one grant with other stacks."""
    hub = yield from named(grant, "hub", grant.hub, stacks, unreadable)
    spoke = yield from named(grant, "spoke", grant.spoke, stacks, unreadable)
    if hub is not None:
        if grant.region is not None and hub.region is not None and grant.region != hub.region:
            yield grant.problem(
                "error",
                ("hub",),
                f"is in {hub.region}, and this grant is in {grant.region}",
                f"write aws:region: {hub.region}: a grant is deployed beside its hub",
            )
        yield from _check_role(grant, hub)
        yield from check_services(grant, hub)
    if spoke is None:
        return
    if spoke.hub is not None and grant.hub is not None and spoke.hub != grant.hub:
        yield grant.problem(
            "error",
            ("hub",),
            f"is not the hub that spoke {spoke.name} asks, which is {spoke.hub}",
            f"write hub: {spoke.hub}",
        )
    elif spoke.services is not None:
        yield from _check_requests(grant, spoke, hub)


def _check_role(grant: Outline, hub: Outline) -> Iterator[Problem]:
    if grant.role is None or not grant.role.startswith("arn:") or hub.account is None:
        return
    account = grant.role.split(":")[4]
    if account != hub.account:
        yield grant.problem(
            "error",
            ("role",),
            f"is a role of account {account}, and a grant is deployed in its hub's account",
            f"write the role's name, or a role of account {hub.account}",
        )


def _check_requests(grant: Outline, spoke: Outline, hub: Outline | None) -> Iterator[Problem]:
    unknown = set() if hub is None or hub.services is None else set(grant.services or ()) - set(hub.services)
    for name, term in (grant.services or {}).items():
        request = (spoke.services or {}).get(name)
        if name in unknown:
            continue  # A slip of the pen gets one line, not two.
        if request is None:
            yield grant.problem(
                "error",
                ("services", name),
                f"is granted, and spoke {spoke.name} does not request it",
                "remove it, or have the spoke's team request it first",
            )
        elif (
            term.readable and request.until is not None and (term.until is None or term.until > request.until)
        ):
            yield grant.problem(
                "warning",
                ("services", name) if term.until is None else ("services", name, "until"),
                f"is granted for longer than spoke {spoke.name} requests, which is until {request.until}",
                f"write until: {request.until}",
            )
