"""Customer-managed prefix lists: what moto lets through that AWS refuses, and sizes, which it ignores."""

from __future__ import annotations

from functools import wraps
from ipaddress import ip_network
from typing import TYPE_CHECKING, Any

from moto.ec2.exceptions import DependencyViolationError
from moto.ec2.models import EC2Backend
from moto.ec2.responses import EC2Response

from landline.sandbox.handshake import Refused
from landline.sandbox.operations.answering import Call, Document, client_error, ec2_operation
from landline.sandbox.patching import Patch

if TYPE_CHECKING:
    from collections.abc import Callable

    from landline.sandbox.state import WorldState

MAX_ENTRIES = 1000
"""("Amazon VPC guide, Amazon VPC quotas": maximum number of entries per prefix list.)"""


def patches(state: WorldState) -> list[Patch]:  # noqa: ARG001 - a noun's interface
    """Prefix lists that keep to their size and stay while something refers to them.

    The refusals are those of the EC2 API reference (CreateManagedPrefixList, ModifyManagedPrefixList,
    DeleteManagedPrefixList) and of the VPC guide ("Work with customer-managed prefix lists"). Assumed: their
    codes, but for ``InvalidPrefixListID.NotFound`` and ``DependencyViolation`` ("EC2 API reference, Error
    codes"); a change is complete at once; and a list in use is refused at once, where AWS may take the call
    and end in ``delete-failed``. Not modelled: that an entry of a list weighs on the quota of rules of what
    refers to it.
    """
    backend: Any = EC2Backend
    takes = {
        "PrefixListId",
        "CurrentVersion",
        "PrefixListName",
        "AddEntries",
        "RemoveEntries",
        "MaxEntries",
    }
    return [
        Patch(backend, "create_managed_prefix_list", _create(backend.create_managed_prefix_list)),
        Patch(backend, "delete_managed_prefix_list", _delete),
        Patch(EC2Response, "modify_managed_prefix_list", ec2_operation(takes, modify_managed_prefix_list)),
    ]


def _create(create: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(create)
    def create_managed_prefix_list(backend: Any, **given: Any) -> Any:  # noqa: ANN401 - moto's own types
        if given.get("owner_id") != "AWS":
            try:
                _check_name(str(given["prefix_list_name"]))
                _check_ranges(given.get("entry") or [], given["address_family"])
                _check_size(given.get("entry") or [], int(given["max_entries"]))
            except Refused as refusal:
                raise client_error(refusal) from None
        return create(backend, **given)

    return create_managed_prefix_list


def modify_managed_prefix_list(call: Call, given: Document) -> Document:
    """ModifyManagedPrefixList: entries or the size, never both."""
    found = _own(call.ec2_backend, given["PrefixListId"], call.current_account)
    added, removed = given.get("AddEntries", []), given.get("RemoveEntries", [])
    if "CurrentVersion" in given and int(given["CurrentVersion"]) != found.version:
        raise Refused(
            "PrefixListVersionMismatch",
            f"The prefix list has version {found.version}, not {given['CurrentVersion']}",
        )
    entries = list(found.entries.get(found.version, []))
    _check_ranges([*added, *removed], found.address_family)
    if added or removed:
        if "MaxEntries" in given:
            raise Refused(
                "InvalidParameterCombination",
                "You cannot modify the entries and the maximum number of entries for the prefix list in the "
                "same request.",
            )
        gone = {entry["Cidr"] for entry in removed}
        replaced = gone | {entry["Cidr"] for entry in added}
        entries = [entry for entry in entries if entry["Cidr"] not in replaced] + list(added)
        _check_size(entries, int(found.max_entries))
        found.version += 1
        found.entries[found.version] = entries
    if "MaxEntries" in given:
        _check_size(entries, int(given["MaxEntries"]))
        found.max_entries = given["MaxEntries"]
    if "PrefixListName" in given:
        _check_name(given["PrefixListName"])
        found.prefix_list_name = given["PrefixListName"]
    found.state = "modify-complete"
    return {"PrefixList": found}


def _delete(backend: Any, prefix_list_id: str) -> Any:  # noqa: ANN401 - moto's own types
    try:
        found = _own(backend, prefix_list_id, backend.account_id)
    except Refused as refusal:
        raise client_error(refusal) from None
    users = sorted(
        group.id
        for groups in backend.groups.values()
        for group in groups.values()
        if any(rule.prefix_list_id == prefix_list_id for rule in (*group.ingress_rules, *group.egress_rules))
    )
    if users:
        message = f"The prefix list {prefix_list_id} is referenced by {', '.join(users)}"
        raise DependencyViolationError(message)
    found.state = "delete-complete"
    # moto shows a deleted list once more; AWS does until its deletion is complete, which it is.
    return backend.managed_prefix_lists.pop(prefix_list_id)


def _own(backend: Any, prefix_list_id: str, account: str) -> Any:  # noqa: ANN401 - moto's own types
    found = backend.managed_prefix_lists.get(prefix_list_id)
    if found is None or found.owner_id != account:
        raise Refused("InvalidPrefixListID.NotFound", f"The prefix list ID '{prefix_list_id}' does not exist")
    return found


def _check_name(name: str) -> None:
    if name.startswith("com.amazonaws"):
        raise Refused("InvalidParameterValue", "The name of a prefix list cannot start with com.amazonaws")


def _check_ranges(entries: list[dict[str, str]], family: str) -> None:
    if family not in ("IPv4", "IPv6"):
        raise Refused("InvalidParameterValue", f"The address family is IPv4 or IPv6, not {family}")
    for entry in entries:
        cidr = entry.get("Cidr", "")
        try:
            fits = f"IPv{ip_network(cidr, strict=False).version}" == family
        except ValueError:
            fits = False
        if not fits:
            raise Refused("InvalidParameterValue", f"{cidr!r} is no {family} range")


def _check_size(entries: list[dict[str, str]], size: int) -> None:
    if not 1 <= size <= MAX_ENTRIES:
        raise Refused("InvalidParameterValue", f"The maximum number of entries is 1 to {MAX_ENTRIES}")
    if len(entries) > size:
        raise Refused(
            "PrefixListMaxEntriesExceeded", f"The prefix list takes {size} entries, not {len(entries)}"
        )
