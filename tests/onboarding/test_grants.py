"""The grants document that the prover reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from landline.errors import UsageError
from landline.onboarding.grants import grants_document
from landline.settings import Estate, load_estate
from tests.settings.files import ESTATE, GRANT, HUB, OTHER_SPOKE, changed, write

if TYPE_CHECKING:
    from pathlib import Path


def loaded(directory: Path, stacks: dict[str, str]) -> Estate:
    estate = load_estate(write(directory, stacks)).estate
    assert estate is not None
    return estate


OTHER_HUB = {
    "hub-2": HUB.replace("111111111111", "444444444444"),
    "orders": changed(OTHER_SPOKE, "hub: hub", "hub: hub-2"),
    "grant-orders": GRANT.replace("hub: hub", "hub: hub-2").replace("payments", "orders"),
}


def test_one_hub_needs_no_name(tmp_path: Path) -> None:
    assert grants_document(loaded(tmp_path, ESTATE)) == {
        "organization": "o-a1b2c3d4e5",
        "hub": "111111111111",
        "grants": [{"spoke": "222222222222", "service": "logging"}],
    }


def test_each_hub_has_its_own_grants(tmp_path: Path) -> None:
    estate = loaded(tmp_path, ESTATE | OTHER_HUB)
    assert grants_document(estate, "hub")["grants"] == [{"spoke": "222222222222", "service": "logging"}]
    assert grants_document(estate, "hub-2") == {
        "organization": "o-a1b2c3d4e5",
        "hub": "444444444444",
        "grants": [{"spoke": "333333333333", "service": "logging"}],
    }


def test_of_several_hubs_each_grant_names_its_own(tmp_path: Path) -> None:
    far = OTHER_HUB | {
        name: OTHER_HUB[name].replace("eu-west-1", "eu-west-2").replace("euw1", "euw2") for name in OTHER_HUB
    }

    assert grants_document(loaded(tmp_path, ESTATE | far)) == {
        "organization": "o-a1b2c3d4e5",
        "hub": "111111111111",
        "grants": [
            {"spoke": "222222222222", "service": "logging", "hub": "111111111111", "region": "eu-west-1"},
            {"spoke": "333333333333", "service": "logging", "hub": "444444444444", "region": "eu-west-2"},
        ],
    }


def test_hubs_of_several_organisations_need_a_name(tmp_path: Path) -> None:
    stranger = OTHER_HUB | {"hub-2": OTHER_HUB["hub-2"].replace("o-a1b2c3d4e5", "o-f6g7h8i9j0")}

    with pytest.raises(UsageError, match=r"hubs of several organisations \(hub, hub-2\); name one of them"):
        grants_document(loaded(tmp_path, ESTATE | stranger))


def test_no_hub_and_an_unknown_hub(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"the estate has 0 hubs \(none\)"):
        grants_document(loaded(tmp_path, {"baseline-payments": ESTATE["baseline-payments"]}))
    with pytest.raises(UsageError, match="no hub stack is named other; hubs: hub"):
        grants_document(loaded(tmp_path, ESTATE), "other")


def test_a_hub_without_grants_grants_nothing(tmp_path: Path) -> None:
    assert grants_document(loaded(tmp_path, {"hub": HUB}))["grants"] == []
