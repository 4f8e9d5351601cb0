"""Which account and Region a file of a dump is of: what its folders say, and else what its documents say."""

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple

ACCOUNT = re.compile(r"[0-9]{12}")
REGION = re.compile(r"[a-z]{2,4}(?:-[a-z]+)+-[0-9]{1,2}")
"""Names of Regions, the partitions' among them: `eu-west-1`, `us-gov-east-1`, `eusc-de-east-1`."""

OWNED = (
    "route_tables",
    "network_acls",
    "internet_gateways",
    "security_groups",
    "network_interfaces",
    "vpcs",
    "subnets",
)
"""Kinds that name their owners, the surest first.

Who takes part in a shared VPC sees its subnets, and not its route tables ("VPC guide, Share your VPC subnets
with other accounts").
"""

OWN = OWNED[:3]
"""Those of them that an account is shown of its own alone."""


class Folder(NamedTuple):
    """Where files lie that are of one account and Region: `account` and `region` as far as folders say.

    `label` is what stands in for the account or Region where nothing else tells: the two folders that lead to
    a file, whatever their names.
    """

    path: str
    account: str | None = None
    region: str | None = None
    label: tuple[str | None, str | None] = (None, None)


def folder(path: str) -> Folder:
    """Return the folder of a file, from its path in the dump.

    The last folder that is named like a Region is the Region, twelve digits before it, or else after it, are
    the account, and folders further in only sort the files. Two folders of any names are account and Region
    as well.
    """
    parts = path.split("/")[:-1]
    regions = [at for at, name in enumerate(parts) if REGION.fullmatch(name)]
    end = regions[-1] if regions else len(parts)
    accounts = [at for at in range(end) if ACCOUNT.fullmatch(parts[at])]
    account = parts[accounts[-1]] if accounts else None
    inside = [at for at in range(end + 1, len(parts)) if ACCOUNT.fullmatch(parts[at])]
    if inside and account is None:
        return Folder("/".join(parts[: inside[0] + 1]), parts[inside[0]], parts[end])
    if regions:
        label = parts[end - 1] if end and not accounts else None
        return Folder("/".join(parts[: end + 1]), account, parts[end], (label, None))
    if len(parts) == 2:
        return Folder("/".join(parts), account, None, (parts[0], parts[1]))
    return Folder("/".join(parts[: accounts[-1] + 1]) if accounts else "", account)


def account_of(kinds: dict[str, list[Any]]) -> str | None:
    """Return the account that most of the surest documents name as owner, None if they name none."""
    for kind in OWNED:
        owner = _commonest(item.owner_id for item in kinds.get(kind, ()))
        if owner is not None:
            return owner
    return None


def region_of(kinds: dict[str, list[Any]]) -> str | None:
    """Return the Region of most of the subnets' zones, None if there is none."""
    zones = (REGION.match(item.availability_zone or "") for item in kinds.get("subnets", ()))
    return _commonest(zone[0] for zone in zones if zone)


def several(home: Folder, kinds: dict[str, list[Any]]) -> str | None:
    """Return which accounts or Regions the documents of one folder are of, None if of one.

    Where the folder says the account, or the Region, it has the say. Merged, what one account lacks would
    seem to be shown by the other's documents.
    """
    owners = {item.owner_id for kind in OWN for item in kinds.get(kind, ()) if item.owner_id}
    if home.account is None and len(owners) > 1:
        return f"several accounts ({', '.join(sorted(owners))})"
    zones = {
        zone[0] for item in kinds.get("subnets", ()) if (zone := REGION.match(item.availability_zone or ""))
    }
    if home.region is None and len(zones) > 1:
        return f"several Regions ({', '.join(sorted(zones))})"
    return None


def _commonest(names: Iterable[str | None]) -> str | None:
    counts = Counter(name for name in names if name)
    return min(counts, key=lambda name: (-counts[name], name)) if counts else None
