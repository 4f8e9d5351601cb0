"""Who was granted what, as a file beside a snapshot (contract, design section 6)."""

import json
from collections import defaultdict
from collections.abc import Mapping

import msgspec

from landline.errors import UsageError
from landline.network.documents import once


class Grant(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A spoke's account may use a service, named as its `Name` tag says."""

    spoke: str
    service: str


class Grants(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All grants of one hub."""

    hub: str
    grants: tuple[Grant, ...]
    organization: str | None = None

    def accounts(self) -> Mapping[str, frozenset[str]]:
        """Return the accounts that were granted each service."""
        named: dict[str, set[str]] = defaultdict(set)
        for grant in self.grants:
            named[grant.service].add(grant.spoke)
        return {service: frozenset(accounts) for service, accounts in named.items()}


def read_grants(data: bytes) -> Grants:
    """Decode a grants file. Raises UsageError, saying where and what was expected, on anything else."""
    try:
        grants = msgspec.json.decode(data, type=Grants)
        json.loads(data, object_pairs_hook=once)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise UsageError(
            f'grants: {error}; write {{"organization": "o-…", "hub": "<account>", '
            '"grants": [{"spoke": "<account>", "service": "<name>"}]}'
        ) from error
    for name, account in (
        ("hub", grants.hub),
        *((f"grants: {g.service}: spoke", g.spoke) for g in grants.grants),
    ):
        if not (len(account) == 12 and account.isascii() and account.isdigit()):
            raise UsageError(f"grants: {name}: {account!r} is not an account id; write its 12 digits")
    return grants
