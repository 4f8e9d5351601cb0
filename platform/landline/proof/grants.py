"""Who was granted what, as a file beside a snapshot (contract, design section 6)."""

import json

import msgspec

from landline.errors import UsageError
from landline.network import Place
from landline.network.documents import once


class Grant(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A spoke's account may use a service, named as its `Name` tag says."""

    spoke: str
    service: str
    hub: str | None = None
    """The account of the service's hub. None: the one that the document is about."""
    region: str | None = None
    """The Region of the service. None: the only one in which the hub offers one of this name."""


class Grants(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All grants of one hub, or of several of which each grant names its own."""

    hub: str
    grants: tuple[Grant, ...]
    organization: str | None = None

    @property
    def hubs(self) -> frozenset[str]:
        """Return the accounts of all hubs."""
        return frozenset({self.hub, *(grant.hub for grant in self.grants if grant.hub is not None)})

    def names(self, grant: Grant, service: str, place: Place) -> bool:
        """Tell whether a grant is for the service of this name that is offered at `place`."""
        return (
            grant.service == service
            and (grant.hub or self.hub) == place.account
            and grant.region in (None, place.region)
        )

    def spokes(self, service: str, place: Place) -> frozenset[str]:
        """Return the accounts that were granted the service of this name that is offered at `place`."""
        return frozenset(grant.spoke for grant in self.grants if self.names(grant, service, place))


def read_grants(data: bytes) -> Grants:
    """Decode a grants file. Raises UsageError, saying where and what was expected, on anything else."""
    try:
        grants = msgspec.json.decode(data, type=Grants)
        json.loads(data, object_pairs_hook=once)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise UsageError(
            f'grants: {error}; write {{"organization": "o-…", "hub": "<account>", '
            '"grants": [{"spoke": "<account>", "service": "<name>"}]}, and with several hubs in each grant '
            '"hub": "<account>" and "region": "<Region>" too'
        ) from error
    for name, account in (
        ("hub", grants.hub),
        *((f"grants: {g.service}: spoke", g.spoke) for g in grants.grants),
        *((f"grants: {g.service}: hub", g.hub) for g in grants.grants if g.hub is not None),
    ):
        if not (len(account) == 12 and account.isascii() and account.isdigit()):
            raise UsageError(f"grants: {name}: {account!r} is not an account id; write its 12 digits")
    return grants
