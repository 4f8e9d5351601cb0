"""Data sources (Pulumi's invokes): what a program may ask of its account and Region."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from landline.sandbox.resource_type import Place, Properties


def _filters(arguments: Properties) -> list[dict[str, Any]]:
    # The provider's documentation writes filters as the AWS CLI does, and examples as the API does:
    # isDefault, is-default.
    return [
        {"Name": re.sub(r"([A-Z])", r"-\1", f["name"]).lower(), "Values": f["values"]}
        for f in arguments.get("filters") or ()
    ]


def _availability_zones(place: Place, arguments: Properties) -> Properties:
    answer = place.client("ec2").describe_availability_zones(Filters=_filters(arguments))
    zones = answer["AvailabilityZones"]
    return {
        "id": place.region,
        "names": [zone["ZoneName"] for zone in zones],
        "zoneIds": [zone["ZoneId"] for zone in zones],
        "groupNames": sorted({zone.get("GroupName", place.region) for zone in zones}),
        "region": place.region,
    }


def _vpcs(place: Place, arguments: Properties) -> Properties:
    filters = _filters(arguments)
    filters += [
        {"Name": f"tag:{key}", "Values": [value]} for key, value in (arguments.get("tags") or {}).items()
    ]
    vpcs = place.client("ec2").describe_vpcs(Filters=filters)["Vpcs"]
    return {
        "id": place.region,
        "ids": [vpc["VpcId"] for vpc in vpcs],
        "region": place.region,
        "tags": arguments.get("tags") or {},
    }


def _prefix_list(place: Place, arguments: Properties) -> Properties:
    ec2 = place.client("ec2")
    given: dict[str, Any] = {"Filters": _filters(arguments)}
    if arguments.get("name"):
        given["Filters"].append({"Name": "prefix-list-name", "Values": [arguments["name"]]})
    if arguments.get("prefixListId"):
        given["PrefixListIds"] = [arguments["prefixListId"]]
    lists = ec2.describe_managed_prefix_lists(**given)["PrefixLists"]
    if len(lists) != 1:
        message = f"getPrefixList: {len(lists)} prefix lists match {arguments}; narrow it down to one"
        raise LookupError(message)
    entries = ec2.get_managed_prefix_list_entries(PrefixListId=lists[0]["PrefixListId"])["Entries"]
    return {
        "id": lists[0]["PrefixListId"],
        "prefixListId": lists[0]["PrefixListId"],
        "name": lists[0]["PrefixListName"],
        "cidrBlocks": [entry["Cidr"] for entry in entries],
        "region": place.region,
    }


def _caller_identity(place: Place, arguments: Properties) -> Properties:  # noqa: ARG001 - takes none
    return {
        "id": place.account,
        "accountId": place.account,
        "arn": f"arn:aws:iam::{place.account}:root",
        "userId": place.account,
    }


def _region(place: Place, arguments: Properties) -> Properties:  # noqa: ARG001
    return {
        "id": place.region,
        "name": place.region,
        "region": place.region,
        "endpoint": f"ec2.{place.region}.amazonaws.com",
        "description": place.region,
    }


def _partition(place: Place, arguments: Properties) -> Properties:  # noqa: ARG001
    partition = place.client("ec2").meta.partition
    return {
        "id": partition,
        "partition": partition,
        "dnsSuffix": "amazonaws.com.cn" if partition == "aws-cn" else "amazonaws.com",
        "reverseDnsPrefix": "cn.com.amazonaws" if partition == "aws-cn" else "com.amazonaws",
    }


INVOKES: Mapping[str, Callable[[Place, Properties], Properties]] = {
    "aws:ec2/getPrefixList:getPrefixList": _prefix_list,
    "aws:ec2/getVpcs:getVpcs": _vpcs,
    "aws:index/getAvailabilityZones:getAvailabilityZones": _availability_zones,
    "aws:index/getCallerIdentity:getCallerIdentity": _caller_identity,
    "aws:index/getPartition:getPartition": _partition,
    "aws:index/getRegion:getRegion": _region,
}
"""Data source token → answer. One that is not here is an error that names it."""
