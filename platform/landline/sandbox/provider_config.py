"""An `aws.Provider` as far as it matters to the sandbox: which account, which Region, which tags."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from landline.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from landline.sandbox.resource_type import Properties

_NOT_MODELLED = ("ignoreTags",)
"""Settings that change what the AWS provider makes, and that the sandbox would get wrong."""


@dataclass(frozen=True, slots=True)
class ProviderConfig:
    """Where the provider's resources land, and the tags it adds to each."""

    account: str
    """The twelve-digit account id."""
    region: str
    """The Region's code, such as ``eu-west-1``."""
    default_tags: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_inputs(cls, inputs: Mapping[str, Any]) -> ProviderConfig:
        """Read the inputs of an `aws.Provider` (names as on the wire, values decoded).

        The account is the last assumed role's, else the only one of `allowedAccountIds`: the sandbox has no
        credentials to ask.

        Raises `UsageError` when Region or account cannot be told, when the account is not allowed, and for a
        setting that the sandbox does not model.
        """
        for name in _NOT_MODELLED:
            if inputs.get(name):
                raise UsageError(f"aws.Provider: {name}: the sandbox does not model it. Leave it out.")
        region = inputs.get("region")
        if not region:
            raise UsageError(
                "aws.Provider: region is missing. Write region=, or aws:region in the stack file."
            )
        allowed = inputs.get("allowedAccountIds") or []
        roles = inputs.get("assumeRoles") or []
        if roles:
            account = _account_of_role(roles[-1].get("roleArn", ""))
        elif len(allowed) == 1:
            account = allowed[0]
        else:
            raise UsageError(
                f"aws.Provider: the sandbox cannot tell the account (allowedAccountIds: {allowed}). "
                "Write allowed_account_ids= with the one account, or assume_roles= with a role in it."
            )
        if (allowed and account not in allowed) or account in (inputs.get("forbiddenAccountIds") or []):
            raise UsageError(f"aws.Provider: AWS account ID not allowed: {account}")
        tags = (inputs.get("defaultTags") or {}).get("tags") or {}
        return cls(account=account, region=region, default_tags=dict(tags))

    def tags_all(self, inputs: Properties) -> dict[str, str]:
        """A resource's `tagsAll`: the default tags, overridden by its own.

        The provider computes it so in Check and leaves `tags` as written (pulumi-aws, provider/tags.go).
        """
        return {**self.default_tags, **(inputs.get("tags") or {})}


def _account_of_role(arn: str) -> str:
    parts = arn.split(":")
    if len(parts) != 6 or parts[2] != "iam" or not parts[4].isdigit():
        raise UsageError(
            f"aws.Provider: assumeRoles: roleArn {arn!r} is not the ARN of a role. "
            "Write arn:aws:iam::111111111111:role/NAME."
        )
    return parts[4]
