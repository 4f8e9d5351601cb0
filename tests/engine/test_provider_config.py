"""Which account, Region and tags an `aws.Provider` stands for."""

from __future__ import annotations

from typing import Any

import pytest

from landline.errors import UsageError
from landline.sandbox.provider_config import ProviderConfig

ROLE = "arn:aws:iam::222222222222:role/deploy"


def test_the_only_allowed_account_is_the_account() -> None:
    config = ProviderConfig.from_inputs({"region": "eu-west-1", "allowedAccountIds": ["111111111111"]})
    assert (config.account, config.region, config.default_tags) == ("111111111111", "eu-west-1", {})


def test_the_last_assumed_role_decides() -> None:
    roles = [{"roleArn": "arn:aws:iam::111111111111:role/hop"}, {"roleArn": ROLE}]
    config = ProviderConfig.from_inputs({"region": "eu-west-1", "assumeRoles": roles})
    assert config.account == "222222222222"


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({"allowedAccountIds": ["111111111111"]}, "region is missing"),
        ({"region": "eu-west-1"}, "cannot tell the account"),
        (
            {"region": "eu-west-1", "allowedAccountIds": ["111111111111", "222222222222"]},
            "cannot tell the account",
        ),
        (
            {
                "region": "eu-west-1",
                "allowedAccountIds": ["111111111111"],
                "assumeRoles": [{"roleArn": ROLE}],
            },
            "AWS account ID not allowed: 222222222222",
        ),
        (
            {
                "region": "eu-west-1",
                "forbiddenAccountIds": ["222222222222"],
                "assumeRoles": [{"roleArn": ROLE}],
            },
            "AWS account ID not allowed: 222222222222",
        ),
        (
            {"region": "eu-west-1", "assumeRoles": [{"roleArn": "deploy"}]},
            "roleArn 'deploy' is not the ARN of a role",
        ),
        ({"region": "eu-west-1", "ignoreTags": {"keys": ["a"]}}, "ignoreTags: the sandbox does not model it"),
    ],
)
def test_what_cannot_be_honoured_is_refused(inputs: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        ProviderConfig.from_inputs(inputs)
