"""The grants of an estate as the prover reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from landline.errors import UsageError

if TYPE_CHECKING:
    from landline.settings import Estate


def grants_document(estate: Estate, hub: str | None = None) -> dict[str, Any]:
    """Who may reach which service, in the shape that `landline verify --grants` reads.

    That is ``{"organization": id, "hub": account, "grants": [{"spoke": account, "service": name}, ...]}``.
    `hub` is a hub's stack; without it the document is about all hubs, and where there are several, each grant
    says to which: ``"hub": account, "region": code``. A grant that has run out counts until it is revoked,
    because AWS counts it too. Raises `UsageError` if there is no such hub, or if none is named and the hubs
    belong to several organisations.
    """
    known = ", ".join(estate.hubs) or "none"
    if hub is not None and hub not in estate.hubs:
        raise UsageError(f"no hub stack is named {hub}; hubs: {known}")
    hubs = dict(estate.hubs) if hub is None else {hub: estate.hubs[hub]}
    if len({settings.organization for settings in hubs.values()}) != 1:
        what = f"has hubs of several organisations ({known})" if hubs else f"has 0 hubs ({known})"
        raise UsageError(f"the estate {what}; name one of them")
    granted = {
        (estate.account_of(estate[grant.spoke]), service, hubs[grant.hub].account, estate[grant.hub].region)
        for grant in estate.grants.values()
        if grant.hub in hubs
        for service in grant.services
    }
    first = next(iter(hubs.values()))
    return {
        "organization": first.organization,
        "hub": first.account,
        "grants": [
            {"spoke": account, "service": service}
            | ({} if len(hubs) == 1 else {"hub": owner, "region": region})
            for account, service, owner, region in sorted(granted)
        ],
    }
