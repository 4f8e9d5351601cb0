"""Endpoint connections as the service's owner sees and decides them, and the notifications about them."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

from moto.ec2.responses import EC2Response

from landline.sandbox.handshake import Connection, Refused
from landline.sandbox.operations.answering import (
    Call,
    Document,
    ec2_operation,
    new_id,
    selected,
    tags_of,
)
from landline.sandbox.operations.endpoint_services import unsuccessful_item
from landline.sandbox.operations.endpoints import dns_entries
from landline.sandbox.operations.topic_policy import lets_publish
from landline.sandbox.patching import Patch

if TYPE_CHECKING:
    from landline.sandbox.state import WorldState

_EVENTS = frozenset({"Accept", "Connect", "Delete", "Reject"})


def patches(state: WorldState) -> list[Patch]:
    """The operations on endpoint connections and their notifications, over `state`. moto has none of them."""
    decision = {"ServiceId", "VpcEndpointIds"}
    notification = {"ServiceId", "VpcEndpointId", "ConnectionNotificationArn", "ConnectionEvents"}
    operations = {
        "describe_vpc_endpoint_connections": ({"Filters"}, _describe),
        "accept_vpc_endpoint_connections": (decision, _accept),
        "reject_vpc_endpoint_connections": (decision, _reject),
        "create_vpc_endpoint_connection_notification": (notification, _notify),
        "modify_vpc_endpoint_connection_notification": (
            {"ConnectionNotificationId", "ConnectionNotificationArn", "ConnectionEvents"},
            _renotify,
        ),
        "describe_vpc_endpoint_connection_notifications": (
            {"ConnectionNotificationId", "Filters"},
            _notifications,
        ),
        "delete_vpc_endpoint_connection_notifications": ({"ConnectionNotificationIds"}, _unnotify),
    }
    made = []
    for name, (takes, answer) in operations.items():
        bound: Any = partial(answer, state)
        bound.__name__ = name
        made.append(Patch(EC2Response, name, ec2_operation(takes, bound), adds=True))
    return made


def _describe(state: WorldState, call: Call, given: Document) -> Document:
    own = {s.id for s in state.handshake.services.values() if s.account == call.current_account}
    documents = [
        _document(state, call, connection)
        for connection in state.handshake.connections.values()
        if connection.service in own and state.handshake.services[connection.service].region == call.region
    ]
    fields = {
        "ip-address-type": "IpAddressType",
        "service-id": "ServiceId",
        "vpc-endpoint-id": "VpcEndpointId",
        "vpc-endpoint-owner": "VpcEndpointOwner",
        "vpc-endpoint-region": "VpcEndpointRegion",
        "vpc-endpoint-state": "VpcEndpointState",
    }
    return {"VpcEndpointConnections": selected(documents, given.get("Filters", ()), fields)}


def _document(state: WorldState, call: Call, connection: Connection) -> Document:
    service = state.handshake.services[connection.service]
    endpoint = state.endpoints[connection.endpoint]
    return {
        "ServiceId": service.id,
        "VpcEndpointId": connection.endpoint,
        "VpcEndpointOwner": connection.account,
        "VpcEndpointState": str(connection.state),
        "CreationTimestamp": endpoint.created,
        # The owner sees the Regional name; zone names are the consumer's own.
        "DnsEntries": dns_entries(endpoint, service, {}, private=False),
        "NetworkLoadBalancerArns": list(service.load_balancers),
        "IpAddressType": endpoint.ip_address_type,
        "Tags": tags_of(call.ec2_backend, connection.endpoint),
        "VpcEndpointRegion": connection.region,
    }


def _accept(state: WorldState, call: Call, given: Document) -> Document:
    return _decide(state, call, given, accept=True)


def _reject(state: WorldState, call: Call, given: Document) -> Document:
    return _decide(state, call, given, accept=False)


def _decide(state: WorldState, call: Call, given: Document, *, accept: bool) -> Document:
    service = state.handshake.service(given["ServiceId"], call.current_account)
    unsuccessful = []
    for endpoint_id in given["VpcEndpointIds"]:
        try:
            decide = state.handshake.accept if accept else state.handshake.reject
            state.handshake = decide(service.id, call.current_account, endpoint_id)
        except Refused as refusal:
            unsuccessful.append(unsuccessful_item(endpoint_id, refusal))
    return {"Unsuccessful": unsuccessful}


def _notify(state: WorldState, call: Call, given: Document) -> Document:
    if ("ServiceId" in given) == ("VpcEndpointId" in given):
        raise Refused("InvalidParameter", "Give either a service id or an endpoint id")
    if "ServiceId" in given:
        state.handshake.service(given["ServiceId"], call.current_account)
    else:
        state.handshake.connection(given["VpcEndpointId"])
    notification: Document = {
        "ConnectionNotificationId": new_id("vpce-nfn"),
        **{k: given[k] for k in ("ServiceId", "VpcEndpointId") if k in given},
        "ConnectionNotificationType": "Topic",
        "ConnectionNotificationArn": _topic(call, given["ConnectionNotificationArn"], given),
        "ConnectionEvents": _events(given["ConnectionEvents"]),
        "ConnectionNotificationState": "Enabled",
    }
    own = state.notifications.setdefault((call.current_account, call.region), {})
    own[notification["ConnectionNotificationId"]] = notification
    return {"ConnectionNotification": notification}


def _topic(call: Call, arn: str, about: Document) -> str:
    """The ARN of a topic to which PrivateLink may publish about the service or endpoint that `about` names.

    ("AWS PrivateLink guide, Receive alerts for endpoint service events", and "… for interface endpoint
    events".) Assumed: AWS looks when the notification is made, and answers ``InvalidParameter``.
    """
    parts = arn.split(":")
    if len(parts) != 6 or parts[2] != "sns":
        raise Refused("InvalidParameter", f"{arn} is not the ARN of an SNS topic")
    # SNS brings much along, and few worlds have a notification.
    from moto.sns.models import sns_backends

    account, region = parts[4], parts[3]
    topics = sns_backends[account][region].topics if account.isdecimal() and region == call.region else {}
    if arn not in topics:
        raise Refused("InvalidParameter", f"The topic {arn} does not exist in {call.region}")
    kind = "vpc-endpoint-service" if "ServiceId" in about else "vpc-endpoint"
    resource = about.get("ServiceId") or about["VpcEndpointId"]
    source = f"arn:{call.partition}:ec2:{call.region}:{call.current_account}:{kind}/{resource}"
    if not lets_publish(json.loads(topics[arn].policy), arn, call.current_account, source):
        raise Refused("InvalidParameter", f"The policy of {arn} lets no vpce.amazonaws.com publish")
    return arn


def _events(events: list[str]) -> list[str]:
    unknown = sorted(set(events) - _EVENTS)
    if unknown or not events:
        message = f"Connection events are {', '.join(sorted(_EVENTS))}; not {', '.join(unknown) or 'none'}"
        raise Refused("InvalidParameter", message)
    return sorted(set(events))


def _known(state: WorldState, call: Call, notification_id: str) -> Document:
    found = state.notifications.get((call.current_account, call.region), {}).get(notification_id)
    if found is None:
        message = f"The connection notification '{notification_id}' does not exist"
        raise Refused("InvalidConnectionNotification", message)
    return found


def _renotify(state: WorldState, call: Call, given: Document) -> Document:
    changed = dict(_known(state, call, given["ConnectionNotificationId"]))
    if "ConnectionNotificationArn" in given:
        changed["ConnectionNotificationArn"] = _topic(call, given["ConnectionNotificationArn"], changed)
    if "ConnectionEvents" in given:
        changed["ConnectionEvents"] = _events(given["ConnectionEvents"])
    state.notifications[call.current_account, call.region][given["ConnectionNotificationId"]] = changed
    return {"ReturnValue": True}


def _notifications(state: WorldState, call: Call, given: Document) -> Document:
    own = state.notifications.get((call.current_account, call.region), {})
    wanted = given.get("ConnectionNotificationId")
    documents = [_known(state, call, wanted)] if wanted else list(own.values())
    fields = {
        "connection-notification-arn": "ConnectionNotificationArn",
        "connection-notification-id": "ConnectionNotificationId",
        "connection-notification-state": "ConnectionNotificationState",
        "service-id": "ServiceId",
        "vpc-endpoint-id": "VpcEndpointId",
    }
    return {"ConnectionNotificationSet": selected(documents, given.get("Filters", ()), fields)}


def _unnotify(state: WorldState, call: Call, given: Document) -> Document:
    unsuccessful = []
    for notification_id in given["ConnectionNotificationIds"]:
        try:
            _known(state, call, notification_id)
        except Refused as refusal:
            unsuccessful.append(unsuccessful_item(notification_id, refusal))
            continue
        del state.notifications[call.current_account, call.region][notification_id]
    return {"Unsuccessful": unsuccessful}
