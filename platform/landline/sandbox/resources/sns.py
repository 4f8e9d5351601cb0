"""SNS topics, with their policy inline, and subscriptions."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from landline.sandbox.resource_type import AutoName, Made, Properties, ResourceType
from landline.sandbox.resources.support import (
    arguments,
    changed,
    forgiving_absence,
    found,
    made,
    nothing_to_update,
    now,
    retag,
    tag_list,
    tag_map,
)

if TYPE_CHECKING:
    from landline.sandbox.resource_type import Place

_ATTRIBUTES = {"displayName": "DisplayName", "kmsMasterKeyId": "KmsMasterKeyId", "policy": "Policy"}


def _create_topic(place: Place, properties: Properties) -> Made:
    arn = place.client("sns").create_topic(
        Name=properties["name"],
        Attributes=arguments(properties, _ATTRIBUTES),
        Tags=tag_list(properties),
    )["TopicArn"]
    return made(place, arn, properties, _read_topic)


def _read_topic(place: Place, arn: str, known: Properties) -> Properties | None:
    sns = place.client("sns")
    answer = found(lambda: sns.get_topic_attributes(TopicArn=arn)["Attributes"])
    if answer is None:
        return None
    policy = known.get("policy")
    # The provider keeps the program's spelling of a policy that means the same.
    same = isinstance(policy, str) and json.loads(policy) == json.loads(answer["Policy"])
    return {
        **known,
        "id": arn,
        "arn": arn,
        "name": arn.rpartition(":")[2],
        "owner": answer["Owner"],
        "displayName": answer.get("DisplayName", ""),
        "kmsMasterKeyId": answer.get("KmsMasterKeyId", ""),
        "policy": policy if same else answer["Policy"],
        "tagsAll": tag_map(sns.list_tags_for_resource(ResourceArn=arn)["Tags"]),
    }


def _update_topic(place: Place, arn: str, old: Properties, new: Properties) -> Properties:
    sns = place.client("sns")
    for name, attribute in _ATTRIBUTES.items():
        if changed(old, new, name):
            sns.set_topic_attributes(
                TopicArn=arn, AttributeName=attribute, AttributeValue=new.get(name) or ""
            )
    retag(
        old,
        new,
        untag=lambda keys: sns.untag_resource(ResourceArn=arn, TagKeys=keys),
        tag=lambda: sns.tag_resource(ResourceArn=arn, Tags=tag_list(new)),
    )
    return now(place, arn, new, _read_topic)


def _delete_topic(place: Place, arn: str, outputs: Properties) -> None:  # noqa: ARG001 - the table's interface
    with forgiving_absence():
        place.client("sns").delete_topic(TopicArn=arn)


def _create_subscription(place: Place, properties: Properties) -> Made:
    arn = place.client("sns").subscribe(
        TopicArn=properties["topic"],
        Protocol=properties["protocol"],
        Endpoint=properties["endpoint"],
        ReturnSubscriptionArn=True,
    )["SubscriptionArn"]
    return made(place, arn, properties, _read_subscription)


def _read_subscription(place: Place, arn: str, known: Properties) -> Properties | None:
    answer: dict[str, Any] | None = found(
        lambda: place.client("sns").get_subscription_attributes(SubscriptionArn=arn)["Attributes"]
    )
    if answer is None:
        return None
    return {
        **known,
        "id": arn,
        "arn": arn,
        "ownerId": place.account,
        "topic": answer["TopicArn"],
        "protocol": answer["Protocol"],
        "endpoint": answer["Endpoint"],
        # Nobody in the sandbox opens the letter that asks for it ("Amazon SNS API Reference, Subscribe").
        "pendingConfirmation": answer["Protocol"] in {"email", "email-json"},
    }


def _delete_subscription(place: Place, arn: str, outputs: Properties) -> None:  # noqa: ARG001
    with forgiving_absence():
        place.client("sns").unsubscribe(SubscriptionArn=arn)


TYPES = (
    ResourceType(
        token="aws:sns/topic:Topic",  # noqa: S106 - a Pulumi type token
        create=_create_topic,
        read=_read_topic,
        update=_update_topic,
        delete=_delete_topic,
        replace_on=frozenset({"name"}),
        inputs=frozenset({"name", *_ATTRIBUTES, "tags"}),
        autoname=AutoName(max_length=256),
    ),
    ResourceType(
        token="aws:sns/topicSubscription:TopicSubscription",  # noqa: S106
        create=_create_subscription,
        read=_read_subscription,
        update=nothing_to_update,
        delete=_delete_subscription,
        replace_on=frozenset({"topic", "protocol", "endpoint"}),
        inputs=frozenset({"topic", "protocol", "endpoint"}),
    ),
)
"""The rows of this noun family."""
