"""The estate's accessors and its order of deployment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pydantic import ValidationError

from landline.errors import UsageError
from landline.settings import Estate, load_estate
from tests.settings.files import ESTATE, GRANT, HUB, SPOKE, changed, write

if TYPE_CHECKING:
    from pathlib import Path

ACCEPTED = {
    "payments": changed(SPOKE, "    aws:", "      security: {reason: upload findings}\n    aws:"),
    "grant-payments": GRANT + "      security: {approved: SEC-43}\n",
}


def loaded(directory: Path, changes: dict[str, str] | None = None) -> Estate:
    estate = load_estate(write(directory, ESTATE | (changes or {}))).estate
    assert estate is not None
    return estate


def test_each_kind_by_name(tmp_path: Path) -> None:
    estate = loaded(tmp_path)
    assert (list(estate.baselines), list(estate.hubs), list(estate.grants), list(estate.spokes)) == (
        ["baseline-payments"],
        ["hub"],
        ["grant-payments"],
        ["payments"],
    )
    assert [stack.kind for stack in estate] == ["baseline", "grant", "hub", "spoke"]
    assert estate.hubs["hub"].services["security"].lane == "accepted"


def test_who_belongs_to_whom(tmp_path: Path) -> None:
    estate = loaded(tmp_path)
    assert estate.hub_of(estate["payments"]) is estate.hub_of(estate["grant-payments"]) is estate["hub"]
    assert estate.grant_of(estate["payments"]) is estate["grant-payments"]
    assert {stack.name: estate.account_of(stack) for stack in estate} == {
        "baseline-payments": "222222222222",
        "grant-payments": "111111111111",
        "hub": "111111111111",
        "payments": "222222222222",
    }


def test_questions_that_a_kind_cannot_answer_are_usage_errors(tmp_path: Path) -> None:
    estate = loaded(tmp_path)
    with pytest.raises(UsageError, match="hub is a hub, and only a spoke or a grant has a hub"):
        estate.hub_of(estate["hub"])
    with pytest.raises(UsageError, match="grant-payments is a grant, and only a spoke has a grant"):
        estate.grant_of(estate["grant-payments"])
    with pytest.raises(
        UsageError, match="no stack is named nobody; stacks: baseline-payments, grant-payments"
    ):
        estate["nobody"]


def test_a_spoke_without_a_grant(tmp_path: Path) -> None:
    estate = load_estate(write(tmp_path, {"hub": HUB, "payments": SPOKE})).estate
    assert estate is not None
    assert estate.grant_of(estate["payments"]) is None
    assert estate.deployment_order() == (("hub",), ("payments",))


def test_grants_of_the_accepted_lane_come_twice(tmp_path: Path) -> None:
    standing = (("baseline-payments",), ("hub",), ("grant-payments",), ("payments",))
    assert loaded(tmp_path).deployment_order() == standing
    assert loaded(tmp_path, ACCEPTED).deployment_order() == (*standing, ("grant-payments",))


@pytest.mark.parametrize(
    ("region", "zone", "partition"),
    [
        ("eu-west-1", "euw1", "aws"),
        ("cn-north-1", "cnn1", "aws-cn"),
        ("us-gov-west-1", "usgw1", "aws-us-gov"),
    ],
)
def test_a_roles_arn(tmp_path: Path, region: str, zone: str, partition: str) -> None:
    files = {
        name: text.replace("eu-west-1", region)
        .replace("euw1", zone)
        .replace("hub: hub", "hub: hub\n    role: deploy")
        for name, text in ESTATE.items()
    }
    estate = load_estate(write(tmp_path, files)).estate
    assert estate is not None
    assert estate.role_arn_of(estate["hub"]) is None
    assert estate.role_arn_of(estate["payments"]) == f"arn:{partition}:iam::222222222222:role/deploy"
    assert estate.role_arn_of(estate["grant-payments"]) == f"arn:{partition}:iam::111111111111:role/deploy"


def test_nothing_can_be_changed(tmp_path: Path) -> None:
    estate = loaded(tmp_path)
    with pytest.raises(ValidationError, match="frozen"):
        estate.hubs["hub"].account = "333333333333"
    with pytest.raises(TypeError):
        estate.hubs["hub"].services["new"] = estate.hubs["hub"].services["logging"]  # type: ignore[index]
    with pytest.raises(TypeError):
        estate.stacks["hub"] = estate["payments"]  # type: ignore[index]
    with pytest.raises(AttributeError):
        estate["hub"].region = "eu-west-2"  # type: ignore[misc]


def test_two_loads_of_the_same_files_are_equal(tmp_path: Path) -> None:
    assert loaded(tmp_path) == loaded(tmp_path)
    assert loaded(tmp_path) != loaded(tmp_path, ACCEPTED)
