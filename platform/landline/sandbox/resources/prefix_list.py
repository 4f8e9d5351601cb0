"""Customer-managed prefix lists, with their entries inline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from landline.sandbox.resource_type import AutoName, Made, Properties, ResourceType
from landline.sandbox.resources.support import (
    changed,
    forgiving_absence,
    found,
    made,
    now,
    retag_ec2,
    tag_map,
    tag_specifications,
)

if TYPE_CHECKING:
    from landline.sandbox.resource_type import Place


def _entries(properties: Properties) -> list[dict[str, str]]:
    """The entries as the API takes them."""
    return [
        {
            "Cidr": entry["cidr"],
            **({"Description": entry["description"]} if entry.get("description") else {}),
        }
        for entry in properties.get("entries") or ()
    ]


def _create(place: Place, properties: Properties) -> Made:
    answer = place.client("ec2").create_managed_prefix_list(
        PrefixListName=properties["name"],
        AddressFamily=properties["addressFamily"],
        MaxEntries=int(properties["maxEntries"]),
        Entries=_entries(properties),
        TagSpecifications=tag_specifications("prefix-list", properties),
    )
    return made(place, answer["PrefixList"]["PrefixListId"], properties, _read)


def _read(place: Place, list_id: str, known: Properties) -> Properties | None:
    ec2 = place.client("ec2")
    lists = found(lambda: ec2.describe_managed_prefix_lists(PrefixListIds=[list_id])["PrefixLists"])
    if not lists:
        return None
    described: dict[str, Any] = lists[0]
    entries = ec2.get_managed_prefix_list_entries(PrefixListId=list_id)["Entries"]
    return {
        **known,
        "id": list_id,
        "arn": described["PrefixListArn"],
        "name": described["PrefixListName"],
        "addressFamily": described["AddressFamily"],
        "maxEntries": described["MaxEntries"],
        "ownerId": described["OwnerId"],
        "version": described["Version"],
        "entries": [
            {
                "cidr": entry["Cidr"],
                **({"description": entry["Description"]} if entry.get("Description") else {}),
            }
            for entry in entries
        ],
        "tagsAll": tag_map(described.get("Tags", [])),
    }


def _update(place: Place, list_id: str, old: Properties, new: Properties) -> Properties:
    ec2 = place.client("ec2")
    size, wanted = int(old["maxEntries"]), int(new["maxEntries"])
    # AWS takes a new size and new entries in calls of their own, and never more entries than the size.
    if wanted > size:
        ec2.modify_managed_prefix_list(PrefixListId=list_id, MaxEntries=wanted)
    if changed(old, new, "entries"):
        before, after = _entries(old), _entries(new)
        cidrs = {entry["Cidr"] for entry in after}
        ec2.modify_managed_prefix_list(
            PrefixListId=list_id,
            CurrentVersion=ec2.describe_managed_prefix_lists(PrefixListIds=[list_id])["PrefixLists"][0][
                "Version"
            ],
            AddEntries=[entry for entry in after if entry not in before],
            RemoveEntries=[{"Cidr": entry["Cidr"]} for entry in before if entry["Cidr"] not in cidrs],
        )
    if wanted < size:
        ec2.modify_managed_prefix_list(PrefixListId=list_id, MaxEntries=wanted)
    if changed(old, new, "name"):
        ec2.modify_managed_prefix_list(PrefixListId=list_id, PrefixListName=new["name"])
    retag_ec2(place, list_id, old, new)
    return now(place, list_id, new, _read)


def _delete(place: Place, list_id: str, outputs: Properties) -> None:  # noqa: ARG001
    with forgiving_absence():
        place.client("ec2").delete_managed_prefix_list(PrefixListId=list_id)


TYPES = (
    ResourceType(
        token="aws:ec2/managedPrefixList:ManagedPrefixList",  # noqa: S106 - a Pulumi type token
        create=_create,
        read=_read,
        update=_update,
        delete=_delete,
        replace_on=frozenset({"addressFamily"}),
        inputs=frozenset({"addressFamily", "entries", "maxEntries", "name", "tags"}),
        autoname=AutoName(max_length=255),
    ),
)
"""The rows of this noun family."""
