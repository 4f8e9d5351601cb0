"""Flow logs and Resolver query logs: what records a VPC's traffic and its queries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from landline.estate.plan.reference import QUERY_LOG_CONFIG
from landline.estate.plan.translation import Translation, dropped

if TYPE_CHECKING:
    from landline.estate.plan.draft import Draft, Place
    from landline.estate.plan.resource import Resource

RULE = "unlogged-network"
"""The one rule that these are for: what is not known of them leaves no other open.

The prover's own name for it is `landline.network.logs.RULE`, out of this stage's reach; a test holds both
together."""

_RESOURCES = ("vpcId", "subnetId", "eniId", "transitGatewayId", "transitGatewayAttachmentId")


def _flow_log(draft: Draft, resource: Resource, place: Place) -> None:
    name = draft.identity(resource)
    if draft.find("FlowLogs", "FlowLogId", name) is not None:
        return
    given = [key for key in _RESOURCES if resource.inputs.get(key)]
    subject = draft.required(resource, given[0] if given else "vpcId")
    if subject is None:
        return
    item = {
        "FlowLogId": name,
        "FlowLogStatus": "ACTIVE",
        "DeliverLogsStatus": "SUCCESS",
        "ResourceId": subject,
        "TrafficType": resource.known("trafficType"),
    }
    draft.add(place, "FlowLogs", {key: value for key, value in item.items() if value is not None})


def _config(draft: Draft, resource: Resource, place: Place) -> None:
    name = draft.identity(resource)
    if draft.find("ResolverQueryLogConfigs", "Id", name) is None:
        item = {"Id": name, "Name": resource.known("name") or resource.name, "Status": "CREATED"}
        draft.add(place, "ResolverQueryLogConfigs", item | {"OwnerId": place.account})


def _association(draft: Draft, resource: Resource, place: Place) -> None:
    name = draft.identity(resource)
    config = draft.required(resource, "resolverQueryLogConfigId")
    vpc = draft.required(resource, "resourceId")
    draft.drop("ResolverQueryLogConfigAssociations", "Id", name)
    if config is not None and vpc is not None:
        item = {"Id": name, "ResolverQueryLogConfigId": config, "ResourceId": vpc}
        draft.add(place, "ResolverQueryLogConfigAssociations", item | {"Status": "ACTIVE", "Error": "NONE"})


TYPES = (
    Translation("aws:ec2/flowLog:FlowLog", _flow_log, dropped("FlowLogs", "FlowLogId"), RULE),
    Translation(QUERY_LOG_CONFIG, _config, dropped("ResolverQueryLogConfigs", "Id"), RULE),
    Translation(
        "aws:route53/resolverQueryLogConfigAssociation:ResolverQueryLogConfigAssociation",
        _association,
        dropped("ResolverQueryLogConfigAssociations", "Id"),
        RULE,
    ),
)
"""Rows for logs. Of a flow log only tags change ("Amazon VPC User Guide, Flow log limitations")."""
