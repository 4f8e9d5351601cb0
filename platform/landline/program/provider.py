"""The one provider of a stack."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pulumi_aws as aws

from landline.settings import GrantSettings, SpokeSettings

if TYPE_CHECKING:
    from landline.settings import Estate, Stack

NAME = "aws"
"""The provider's logical name. All resources' states refer to it, so a new name would touch them all."""

LONGEST_SESSION_NAME = 64
"""("AWS STS API Reference, AssumeRole".)"""


def stack_provider(stack: Stack, estate: Estate) -> aws.Provider:
    """A provider for the stack's Region and account, and no other, that tags all that it makes."""
    role = estate.role_arn_of(stack)
    return aws.Provider(
        NAME,
        region=stack.region,
        allowed_account_ids=[estate.account_of(stack)],
        assume_roles=(
            [
                # A dictionary would reach the provider with its keys as they are here, which it does not
                # read.
                aws.ProviderAssumeRoleArgs(
                    role_arn=role, session_name=f"landline-{stack.name}"[:LONGEST_SESSION_NAME]
                )
            ]
            if role is not None
            else None
        ),
        default_tags=aws.ProviderDefaultTagsArgs(tags=default_tags(stack, estate)),
    )


def default_tags(stack: Stack, estate: Estate) -> dict[str, str]:
    """The tags that tell whose a resource is. A grant belongs to the team of its hub."""
    settings = stack.settings
    owner = estate.hub_of(stack).settings if isinstance(settings, GrantSettings) else settings
    tags = {
        "landline:stack": stack.name,
        "landline:kind": stack.kind,
        "landline:team": owner.team if not isinstance(owner, GrantSettings) else "",
    }
    if isinstance(settings, SpokeSettings):
        tags["landline:contact"] = settings.contact
    return tags
