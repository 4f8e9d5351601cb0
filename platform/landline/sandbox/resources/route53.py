"""Private hosted zones and their records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from landline.sandbox.resource_type import Made, Properties, ResourceType
from landline.sandbox.resources.support import (
    all_tags,
    changed,
    forgiving_absence,
    found,
    made,
    now,
    tag_list,
    tag_map,
)

if TYPE_CHECKING:
    from landline.sandbox.resource_type import Place


def _vpc(place: Place, vpc: Properties) -> dict[str, str]:
    return {"VPCId": vpc["vpcId"], "VPCRegion": vpc.get("vpcRegion") or place.region}


def _create_zone(place: Place, properties: Properties) -> Made:
    route53 = place.client("route53")
    vpcs = [_vpc(place, vpc) for vpc in properties.get("vpcs") or ()]
    private: dict[str, Any] = {"VPC": vpcs[0]} if vpcs else {}
    zone_id = route53.create_hosted_zone(
        Name=properties["name"],
        CallerReference=properties["name"] + "".join(vpc["VPCId"] for vpc in vpcs),
        HostedZoneConfig={
            # The provider's default comment.
            "Comment": properties.get("comment") or "Managed by Pulumi",
            "PrivateZone": bool(vpcs),
        },
        **private,
    )["HostedZone"]["Id"].rsplit("/", 1)[1]
    for vpc in vpcs[1:]:
        route53.associate_vpc_with_hosted_zone(HostedZoneId=zone_id, VPC=vpc)
    _retag(place, zone_id, {}, properties)
    return made(place, zone_id, properties, _read_zone)


def _retag(place: Place, zone_id: str, old: Properties, new: Properties) -> None:
    before, after = all_tags(old), all_tags(new)
    changes: dict[str, Any] = {}
    if after and after != before:
        changes["AddTags"] = tag_list(new)
    if before.keys() - after.keys():
        changes["RemoveTagKeys"] = sorted(before.keys() - after.keys())
    if changes:
        place.client("route53").change_tags_for_resource(
            ResourceType="hostedzone", ResourceId=zone_id, **changes
        )


def _read_zone(place: Place, zone_id: str, known: Properties) -> Properties | None:
    route53 = place.client("route53")
    zone = found(lambda: route53.get_hosted_zone(Id=zone_id))
    if zone is None:
        return None
    tags = route53.list_tags_for_resource(ResourceType="hostedzone", ResourceId=zone_id)
    return {
        **known,
        "id": zone_id,
        "zoneId": zone_id,
        "arn": f"arn:aws:route53:::hostedzone/{zone_id}",
        "name": zone["HostedZone"]["Name"].rstrip("."),
        "comment": zone["HostedZone"]["Config"].get("Comment", ""),
        "vpcs": [{"vpcId": v["VPCId"], "vpcRegion": v["VPCRegion"]} for v in zone.get("VPCs", ())],
        "nameServers": zone.get("DelegationSet", {}).get("NameServers", []),
        "tagsAll": tag_map(tags["ResourceTagSet"].get("Tags", [])),
    }


def _update_zone(place: Place, zone_id: str, old: Properties, new: Properties) -> Properties:
    route53 = place.client("route53")
    if changed(old, new, "comment"):
        route53.update_hosted_zone_comment(Id=zone_id, Comment=new.get("comment") or "Managed by Pulumi")
    before = [_vpc(place, vpc) for vpc in old.get("vpcs") or ()]
    after = [_vpc(place, vpc) for vpc in new.get("vpcs") or ()]
    for vpc in after:
        if vpc not in before:
            route53.associate_vpc_with_hosted_zone(HostedZoneId=zone_id, VPC=vpc)
    for vpc in before:
        if vpc not in after:
            route53.disassociate_vpc_from_hosted_zone(HostedZoneId=zone_id, VPC=vpc)
    _retag(place, zone_id, old, new)
    return now(place, zone_id, new, _read_zone)


def _delete_zone(place: Place, zone_id: str, outputs: Properties) -> None:  # noqa: ARG001 - the table's interface
    with forgiving_absence():
        place.client("route53").delete_hosted_zone(Id=zone_id)


def _record_set(properties: Properties) -> dict[str, Any]:
    record: dict[str, Any] = {"Name": properties["name"], "Type": properties["type"]}
    if properties.get("aliases"):
        alias = properties["aliases"][0]
        record["AliasTarget"] = {
            "DNSName": alias["name"],
            "HostedZoneId": alias["zoneId"],
            "EvaluateTargetHealth": bool(alias.get("evaluateTargetHealth")),
        }
    else:
        record["TTL"] = properties["ttl"]
        record["ResourceRecords"] = [
            {"Value": _quoted(value) if properties["type"] == "TXT" else value}
            for value in properties["records"]
        ]
    return record


def _quoted(value: str) -> str:
    """As the provider hands a TXT record's value to Route 53, which takes it in quotes alone."""
    return value if value.startswith('"') else f'"{value}"'


def _change(place: Place, action: str, properties: Properties) -> None:
    place.client("route53").change_resource_record_sets(
        HostedZoneId=properties["zoneId"],
        ChangeBatch={"Changes": [{"Action": action, "ResourceRecordSet": _record_set(properties)}]},
    )


def _create_record(place: Place, properties: Properties) -> Made:
    _change(place, "CREATE", properties)
    record_id = f"{properties['zoneId']}_{properties['name']}_{properties['type']}"
    return made(place, record_id, properties, _read_record)


def _read_record(place: Place, record_id: str, known: Properties) -> Properties | None:
    route53 = place.client("route53")
    answer = found(lambda: route53.list_resource_record_sets(HostedZoneId=known["zoneId"]))
    wanted = (known["name"].rstrip(".").lower(), known["type"])
    for record in (answer or {}).get("ResourceRecordSets", ()):
        if (record["Name"].rstrip(".").lower(), record["Type"]) == wanted:
            return {**known, "id": record_id, "fqdn": wanted[0]}
    return None


def _update_record(place: Place, record_id: str, old: Properties, new: Properties) -> Properties:  # noqa: ARG001
    _change(place, "UPSERT", new)
    return now(place, record_id, new, _read_record)


def _delete_record(place: Place, record_id: str, outputs: Properties) -> None:
    if _read_record(place, record_id, outputs) is not None:
        _change(place, "DELETE", outputs)


TYPES = (
    ResourceType(
        token="aws:route53/zone:Zone",  # noqa: S106 - a Pulumi type token
        create=_create_zone,
        read=_read_zone,
        update=_update_zone,
        delete=_delete_zone,
        replace_on=frozenset({"name"}),
        inputs=frozenset({"name", "comment", "vpcs", "forceDestroy", "tags"}),
    ),
    ResourceType(
        token="aws:route53/record:Record",  # noqa: S106
        create=_create_record,
        read=_read_record,
        update=_update_record,
        delete=_delete_record,
        replace_on=frozenset({"zoneId", "name", "type"}),
        inputs=frozenset({"zoneId", "name", "type", "aliases", "records", "ttl"}),
    ),
)
"""The rows of this noun family."""
