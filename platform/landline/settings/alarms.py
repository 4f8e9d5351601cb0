"""What watches a stack's services or lines, and whom it tells."""

import re
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, StrictInt, ValidationInfo, model_validator

from landline.settings.common import Settings, Switch
from landline.settings.fields import Contact, Unique, place, wrong


def _topic(value: object, info: ValidationInfo) -> str:
    where = place(info)
    example = f"arn:aws:sns:{where.region or 'eu-west-1'}:{where.account or '111111111111'}:<topic>"
    arn = (
        re.fullmatch(r"arn:aws[a-z-]*:sns:([a-z0-9-]+):[0-9]{12}:[A-Za-z0-9_-]{1,256}", value)
        if isinstance(value, str)
        else None
    )
    if arn is None:
        raise wrong("is no ARN of an SNS topic", f"write {example}")
    if where.region is not None and arn[1] != where.region:
        raise wrong(
            f"is a topic in {arn[1]}, and alarms tell topics of their own Region alone",
            f"write one in {where.region}: {example}",
        )
    return arn[0]


class AlarmSettings(Settings):
    """Alarms, dashboards and the events of connections, and where they go."""

    enabled: Switch = True
    """`false`: no alarms, no dashboards and no events."""
    topic: Annotated[
        Annotated[str, BeforeValidator(_topic)] | None,
        Field(examples=["arn:aws:sns:eu-west-1:111111111111:oncall"]),
    ] = None
    """The ARN of an SNS topic to tell. Its policy, and its key's, must let `cloudwatch.amazonaws.com` and
    `vpce.amazonaws.com` publish. Default: an encrypted topic of the stack's own."""
    emails: Annotated[
        tuple[Contact, ...],
        Field(max_length=20, examples=[["payments-oncall@example.com"]]),
        Unique("address"),
    ] = ()
    """E-mail addresses to tell through the stack's own topic. Each gets a letter first, and is told nothing
    until somebody follows the link in it."""
    band: Annotated[StrictInt, Field(ge=1, le=20, examples=[3])] = 3
    """How many standard deviations new connections and bytes may lie above what CloudWatch expects."""
    failures: Annotated[StrictInt, Field(ge=0, le=1_000_000, examples=[10])] = 10
    """How many dropped packets and resets in a minute are none too many."""

    @model_validator(mode="after")
    def _own_topic_for_emails(self) -> Self:
        if self.topic is not None and self.emails:
            raise wrong(
                "has emails beside a topic that somebody else keeps",
                "remove one of them, and subscribe addresses where that topic is kept",
            )
        return self
