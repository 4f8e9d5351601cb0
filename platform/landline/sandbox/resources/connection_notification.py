"""Notifications about endpoint connections."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from landline.sandbox.resource_type import Made, Properties, ResourceType
from landline.sandbox.resources.support import arguments, found, in_known_order, made, now

if TYPE_CHECKING:
    from landline.sandbox.resource_type import Place


def _create(place: Place, properties: Properties) -> Made:
    answer = place.client("ec2").create_vpc_endpoint_connection_notification(
        **arguments(
            properties,
            {
                "vpcEndpointServiceId": "ServiceId",
                "vpcEndpointId": "VpcEndpointId",
                "connectionNotificationArn": "ConnectionNotificationArn",
                "connectionEvents": "ConnectionEvents",
            },
        )
    )
    return made(place, answer["ConnectionNotification"]["ConnectionNotificationId"], properties, _read)


def _read(place: Place, notification: str, known: Properties) -> Properties | None:
    ec2 = place.client("ec2")
    listed: list[Any] | None = found(
        lambda: ec2.describe_vpc_endpoint_connection_notifications(ConnectionNotificationId=notification)[
            "ConnectionNotificationSet"
        ]
    )
    if not listed:
        return None
    return {
        **known,
        "id": notification,
        "connectionNotificationArn": listed[0]["ConnectionNotificationArn"],
        "connectionEvents": in_known_order(known.get("connectionEvents"), listed[0]["ConnectionEvents"]),
        "notificationType": listed[0]["ConnectionNotificationType"],
        "state": listed[0]["ConnectionNotificationState"],
    }


def _update(place: Place, notification: str, old: Properties, new: Properties) -> Properties:  # noqa: ARG001
    place.client("ec2").modify_vpc_endpoint_connection_notification(
        ConnectionNotificationId=notification,
        ConnectionNotificationArn=new["connectionNotificationArn"],
        ConnectionEvents=new["connectionEvents"],
    )
    return now(place, notification, new, _read)


def _delete(place: Place, notification: str, outputs: Properties) -> None:  # noqa: ARG001
    # What is gone already is listed as unsuccessful, and is no error.
    place.client("ec2").delete_vpc_endpoint_connection_notifications(ConnectionNotificationIds=[notification])


TYPES = (
    ResourceType(
        token="aws:ec2/vpcEndpointConnectionNotification:VpcEndpointConnectionNotification",  # noqa: S106
        create=_create,
        read=_read,
        update=_update,
        delete=_delete,
        replace_on=frozenset({"vpcEndpointServiceId", "vpcEndpointId"}),
        inputs=frozenset(
            {"vpcEndpointServiceId", "vpcEndpointId", "connectionNotificationArn", "connectionEvents"}
        ),
    ),
)
"""The rows of this noun family."""
