"""The grants of an estate as the prover reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from landline.errors import UsageError

if TYPE_CHECKING:
    from landline.settings import Estate


def grants_document(estate: Estate, hub: str | None = None) -> dict[str, Any]:
    """Who may reach which service of one hub, in the shape that `landline verify --grants` reads.

    That is ``{"organization": id, "hub": account, "grants": [{"spoke": account, "service": name}, ...]}``.
    `hub` is the hub's stack and may be left out if there is only one. A grant that has run out counts until
    it is revoked, because AWS counts it too. Raises `UsageError` if there is no such hub, or if there are
    several and none is named.
    """
    hubs = estate.hubs
    known = ", ".join(hubs) or "none"
    if hub is None:
        if len(hubs) != 1:
            raise UsageError(f"the estate has {len(hubs)} hubs ({known}); name one of them")
        hub = next(iter(hubs))
    elif hub not in hubs:
        raise UsageError(f"no hub stack is named {hub}; hubs: {known}")
    granted = sorted(
        {
            (estate.account_of(estate[grant.spoke]), service)
            for grant in estate.grants.values()
            if grant.hub == hub
            for service in grant.services
        }
    )
    return {
        "organization": hubs[hub].organization,
        "hub": hubs[hub].account,
        "grants": [{"spoke": account, "service": service} for account, service in granted],
    }
