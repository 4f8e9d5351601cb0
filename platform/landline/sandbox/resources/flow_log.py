"""Flow logs of VPCs. AWS makes them immutable: every change but of tags replaces."""

from __future__ import annotations

from typing import TYPE_CHECKING

from landline.sandbox.resource_type import Made, Properties, ResourceType
from landline.sandbox.resources.support import (
    arguments,
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

_ARGUMENTS = {
    "trafficType": "TrafficType",
    "logDestinationType": "LogDestinationType",
    "logDestination": "LogDestination",
    "iamRoleArn": "DeliverLogsPermissionArn",
    "logFormat": "LogFormat",
    "maxAggregationInterval": "MaxAggregationInterval",
}


def _create(place: Place, properties: Properties) -> Made:
    ec2 = place.client("ec2")
    answer = ec2.create_flow_logs(
        ResourceIds=[properties["vpcId"]],
        ResourceType="VPC",
        TagSpecifications=tag_specifications("vpc-flow-log", properties),
        **arguments(properties, _ARGUMENTS),
    )
    if answer.get("Unsuccessful"):
        error = answer["Unsuccessful"][0]["Error"]
        message = f"{error['Code']}: {error['Message']}"
        raise RuntimeError(message)
    return made(place, answer["FlowLogIds"][0], properties, _read)


def _read(place: Place, flow_log_id: str, known: Properties) -> Properties | None:
    ec2 = place.client("ec2")
    answer = found(lambda: ec2.describe_flow_logs(FlowLogIds=[flow_log_id]))
    if answer is None or not answer["FlowLogs"]:
        return None
    flow_log = answer["FlowLogs"][0]
    return {
        **known,
        "id": flow_log_id,
        "arn": f"arn:aws:ec2:{place.region}:{place.account}:vpc-flow-log/{flow_log_id}",
        "vpcId": flow_log["ResourceId"],
        "logDestination": flow_log.get("LogDestination"),
        "logFormat": flow_log.get("LogFormat"),
        "tagsAll": tag_map(flow_log.get("Tags", [])),
    }


def _update(place: Place, flow_log_id: str, old: Properties, new: Properties) -> Properties:
    retag_ec2(place, flow_log_id, old, new)
    return now(place, flow_log_id, new, _read)


def _delete(place: Place, flow_log_id: str, outputs: Properties) -> None:  # noqa: ARG001 - the table's interface
    with forgiving_absence():
        place.client("ec2").delete_flow_logs(FlowLogIds=[flow_log_id])


TYPES = (
    ResourceType(
        token="aws:ec2/flowLog:FlowLog",  # noqa: S106 - a Pulumi type token
        create=_create,
        read=_read,
        update=_update,
        delete=_delete,
        replace_on=frozenset({"vpcId", *_ARGUMENTS}),
        inputs=frozenset({"vpcId", *_ARGUMENTS, "tags"}),
    ),
)
"""The rows of this noun family."""
