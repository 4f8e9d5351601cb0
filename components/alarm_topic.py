"""Where a stack's alarms and its connections' events go."""

import json
from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi_aws import kms, sns

from components.alarm import AlarmArgs
from components.key_policy import key_policy, publishers
from components.partition import partition


def alarm_topic(
    name: str, account: str, region: str, alarms: AlarmArgs, opts: pulumi.ResourceOptions
) -> pulumi.Input[str]:
    """The ARN of the topic that `alarms` names, or of one of the stack's own.

    Its own is encrypted, and the account's alarms and PrivateLink may publish to it. The key is a customer
    managed one, because nobody can let a service use the AWS managed key of SNS ("Amazon SNS Developer Guide,
    Managing Amazon SNS encryption keys and costs"). Each e-mail address gets a letter and is subscribed once
    somebody follows the link in it.
    """
    if "topic_arn" in alarms:
        return alarms["topic_arn"]
    # Named here, because the policy inside the topic names the topic.
    topic_name = f"{name}-alarms"
    arn = f"arn:{partition(region)}:sns:{region}:{account}:{topic_name}"
    key = kms.Key(
        f"{name}-alarms-key",
        description=f"Alarms of {name}",
        policy=key_policy(account, region, *publishers(account, region)),
        enable_key_rotation=True,
        opts=opts,
    )
    topic = sns.Topic(
        f"{name}-alarms",
        name=topic_name,
        kms_master_key_id=key.arn,
        policy=json.dumps({"Version": "2012-10-17", "Statement": _statements(account, region, arn)}),
        opts=opts,
    )
    for email in alarms["emails"]:
        sns.TopicSubscription(
            f"{name}-alarms-{email}", topic=topic.arn, protocol="email", endpoint=email, opts=opts
        )
    return topic.arn


def _statements(account: str, region: str, topic: str) -> list[Mapping[str, Any]]:
    """Who may publish besides the account's own identities, which their IAM policies let in."""
    return [{**one, "Action": "sns:Publish", "Resource": topic} for one in publishers(account, region)]
