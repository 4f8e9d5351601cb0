"""Controls over an account and Region, and lists that routes and rules name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from landline.estate.plan.reference import PREFIX_LIST
from landline.estate.plan.resource import UNKNOWN, has_unknown
from landline.estate.plan.translation import Translation, dropped

if TYPE_CHECKING:
    from landline.estate.plan.draft import Draft, Place
    from landline.estate.plan.resource import Resource

OPTIONS, EXCLUSIONS = "VpcBlockPublicAccessOptions", "VpcBlockPublicAccessExclusions"


def _options(draft: Draft, resource: Resource, place: Place) -> None:
    mode = resource.known("internetGatewayBlockMode")
    if mode is None:
        draft.unknown(resource, "internetGatewayBlockMode")
        mode = "off"
    value = {"InternetGatewayBlockMode": mode, "State": "update-complete", "AwsRegion": place.region}
    draft.put_single(place, OPTIONS, value)


def _no_options(draft: Draft, resource: Resource, place: Place) -> None:
    """Deleting the resource turns Block Public Access off (pulumi_aws, VpcBlockPublicAccessOptions)."""
    draft.put_single(place, OPTIONS, {"InternetGatewayBlockMode": "off", "State": "update-complete"})


def _exclusion(draft: Draft, resource: Resource, place: Place) -> None:
    subject = "subnet" if resource.inputs.get("subnetId") else "vpc"
    target, mode = draft.required(resource, f"{subject}Id"), resource.known("internetGatewayExclusionMode")
    if mode is None:
        draft.unknown(resource, "internetGatewayExclusionMode")
        mode = "allow-bidirectional"
    name = draft.identity(resource)
    draft.drop(EXCLUSIONS, "ExclusionId", name)
    if target is not None:
        item = {
            "ExclusionId": name,
            "InternetGatewayExclusionMode": mode,
            "ResourceArn": f"arn:aws:ec2:{place.region}:{place.account}:{subject}/{target}",
            "State": "create-complete",
        }
        draft.add(place, EXCLUSIONS, item)


def _list(draft: Draft, resource: Resource, place: Place) -> None:
    name = draft.identity(resource)
    if draft.find("PrefixLists", "PrefixListId", name) is None:
        item = {
            "PrefixListId": name,
            "PrefixListName": resource.known("name") or resource.name,
            "OwnerId": place.account,
        }
        draft.add(place, "PrefixLists", item)
        draft.put(place, "Entries", name, [])
    entries = resource.inputs.get("entries")
    if entries is not None and resource.changes("entries"):
        if has_unknown(entries):
            draft.unknown(resource, "entries")
            entries = [] if entries == UNKNOWN else entries
        listed = [
            {"Cidr": entry["cidr"]}
            for entry in entries
            if entry != UNKNOWN and not has_unknown(entry["cidr"])
        ]
        draft.put(place, "Entries", name, listed)


def _entry(draft: Draft, resource: Resource, place: Place) -> None:
    name, block = draft.required(resource, "prefixListId"), resource.known("cidr")
    if name is None or block is None or not draft.shows(place, "Entries", name):
        draft.note(f"{resource}: its prefix list or its block is unknown, or in no document")
        return
    if all(item.get("Cidr") != block for item in draft.items(place, "Entries", name)):
        draft.add(place, "Entries", {"Cidr": block}, name)


def _no_entry(draft: Draft, resource: Resource, place: Place) -> None:
    name = str(resource.known("prefixListId"))
    if draft.shows(place, "Entries", name):
        listed = draft.items(place, "Entries", name)
        rest = [item for item in listed if item.get("Cidr") != resource.known("cidr")]
        draft.put(place, "Entries", name, rest)


TYPES = (
    Translation("aws:ec2/vpcBlockPublicAccessOptions:VpcBlockPublicAccessOptions", _options, _no_options),
    Translation(
        "aws:ec2/vpcBlockPublicAccessExclusion:VpcBlockPublicAccessExclusion",
        _exclusion,
        dropped(EXCLUSIONS, "ExclusionId"),
    ),
    Translation(PREFIX_LIST, _list, dropped("PrefixLists", "PrefixListId")),
    Translation("aws:ec2/managedPrefixListEntry:ManagedPrefixListEntry", _entry, _no_entry),
)
"""Rows for Block Public Access and prefix lists."""
