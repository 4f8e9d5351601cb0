"""Hubs that serve other Regions, and spokes that take the nearest hub."""

# ruff: noqa: E501 - each problem stands as it is printed

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from landline.errors import UsageError
from landline.settings import load_estate, load_stack
from landline.settings.crosscheck import cross_check
from landline.settings.load import read_stacks
from landline.settings.nearest import choose
from tests.settings.files import ESTATE, GRANT, HUB, SPOKE, changed, write

if TYPE_CHECKING:
    from pathlib import Path
    from random import Random

    from landline.settings.outline import Outline

SERVING = changed(HUB, "    services:", "    regions: [eu-central-1]\n    services:")
FAR_SPOKE = SPOKE.replace("eu-west-1", "eu-central-1").replace("euw1", "euc1")
AUTO_SPOKE = changed(FAR_SPOKE, "hub: hub", "hub: auto")
FAR_HUB = HUB.replace("eu-west-1", "eu-central-1").replace("euw1", "euc1")


ELSEWHERE = HUB.replace("111111111111", "444444444444")


def told(directory: Path, stacks: dict[str, str]) -> list[str]:
    """The problems of `ESTATE` with other stacks in it, without the file's directory and `Pulumi.`."""
    problems = load_estate(write(directory, ESTATE | stacks)).problems
    return [f"{problem.severity}: {problem}".replace(f"{directory}/Pulumi.", "") for problem in problems]


US = SERVING.replace("eu-west-1", "us-east-1").replace("euw1", "use1").replace("eu-central-1", "us-west-1")
US_SPOKE = SPOKE.replace("eu-west-1", "us-west-1").replace("euw1", "usw1")
US_GRANT = GRANT.replace("eu-west-1", "us-east-1")

RULES: dict[str, tuple[dict[str, str], list[str]]] = {
    "a Region that the hub serves": ({"hub": SERVING, "payments": FAR_SPOKE}, []),
    "a Region that the hub does not serve": (
        {"hub": changed(SERVING, "eu-central-1", "eu-west-3"), "payments": FAR_SPOKE},
        [
            "error: payments.yaml: landline:spoke.hub: is in eu-west-1 and serves eu-west-3 besides, and this spoke is in eu-central-1 (hub); have the platform team add eu-central-1 to regions in Pulumi.hub.yaml, or name a hub in eu-central-1"
        ],
    ),
    "the hub's own Region": (
        {"hub": changed(SERVING, "eu-central-1", "eu-west-1")},
        [
            "error: hub.yaml: landline:hub.regions[0]: is the stack's own Region eu-west-1, which is served anyway (eu-west-1); leave it out"
        ],
    ),
    "another partition": (
        {"hub": changed(SERVING, "eu-central-1", "cn-north-1")},
        [
            "error: hub.yaml: landline:hub.regions[0]: belongs to the partition aws-cn, and the stack's Region eu-west-1 to aws: nothing connects the two (cn-north-1); offer the services there with a hub of their own"
        ],
    ),
    "no Region": (
        {"hub": changed(SERVING, "eu-central-1", "Frankfurt")},
        [
            "error: hub.yaml: landline:hub.regions[0]: is no AWS Region (Frankfurt); write the Region's code: eu-central-1"
        ],
    ),
    "a Region twice": (
        {"hub": changed(SERVING, "[eu-central-1]", "[eu-central-1, eu-central-1]")},
        ["error: hub.yaml: landline:hub.regions: holds Region eu-central-1 twice; write each Region once"],
    ),
    "a Region that nobody knows": (
        {"hub": changed(SERVING, "eu-central-1", "eu-centrale-1")},
        [
            "warning: hub.yaml: landline:hub.regions[0]: is no Region that this version of landline knows (eu-centrale-1); check its spelling"
        ],
    ),
    "a Region to enable at the hub": (
        {"hub": changed(SERVING, "eu-central-1", "eu-south-1")},
        [
            "warning: hub.yaml: landline:hub.regions[0]: is a Region that an account has to enable before its services can serve it (eu-south-1); have eu-south-1 enabled in account 111111111111"
        ],
    ),
    "a Region to enable at the spoke": (
        {
            "hub": SERVING.replace("eu-west-1", "eu-south-1").replace("euw1", "eus1"),
            "payments": FAR_SPOKE,
            "grant-payments": GRANT.replace("eu-west-1", "eu-south-1"),
        },
        [
            "warning: payments.yaml: landline:spoke.hub: is in eu-south-1, which an account has to enable before it can name it (hub); have eu-south-1 enabled in account 222222222222"
        ],
    ),
    "a hub's zone that others cannot reach": (
        {"hub": changed(US, "use1-az2", "use1-az3"), "payments": US_SPOKE.replace("usw1-az2", "usw1-az3")}
        | {"grant-payments": US_GRANT},
        [
            "error: hub.yaml: landline:hub.network.zones: holds use1-az3, for which AWS has no access from other Regions; write other zones of us-east-1, or remove regions"
        ],
    ),
    "a spoke's zone that reaches no other": (
        {"hub": US, "payments": US_SPOKE, "grant-payments": US_GRANT},
        [
            "warning: payments.yaml: landline:spoke.network.zones: leaves the lines in usw1-az1 alone, as AWS reaches no other Region from usw1-az2: they fail when that zone does; write two or more other zones of us-west-1"
        ],
    ),
    "no zone that reaches another": (
        {
            "hub": US.replace("us-west-1", "ap-northeast-2"),
            "payments": US_SPOKE.replace("us-west-1", "ap-northeast-2").replace(
                "usw1-az1, usw1-az2", "apne2-az2, apne2-az4"
            ),
            "grant-payments": US_GRANT,
        },
        [
            "error: payments.yaml: landline:spoke.network.zones: holds only apne2-az2, apne2-az4, from where AWS reaches no other Region; write other zones of ap-northeast-2, or name a hub in ap-northeast-2"
        ],
    ),
    "the nearest hub is in the spoke's Region": (
        {
            "payments": changed(SPOKE, "hub: hub", "hub: auto"),
            "far": changed(FAR_HUB, "    services:", "    regions: [eu-west-1]\n    services:"),
        },
        [],
    ),
    "the nearest hub serves the spoke's Region": ({"hub": SERVING, "payments": AUTO_SPOKE}, []),
    "the nearest hub is another than the grant's": (
        {"hub": SERVING, "payments": AUTO_SPOKE, "far": FAR_HUB},
        [
            "error: grant-payments.yaml: landline:grant.hub: is not the hub that spoke payments asks, which is far (hub); write hub: far",
            "warning: payments.yaml: landline:spoke.services.logging: is requested and not granted, so no endpoint can be made for it and the whole spoke waits; have the platform team grant logging to payments: landline grant payments logging --approved REFERENCE",
        ],
    ),
    "no hub is near": (
        {"payments": AUTO_SPOKE},
        [
            "error: payments.yaml: landline:spoke.hub: finds no hub in eu-central-1, and none that serves eu-central-1 from its own; hubs: hub (eu-west-1) (auto); write the name of a hub in eu-central-1, or have the platform team add eu-central-1 to a hub's regions"
        ],
    ),
    "two hubs are near": (
        {"payments": changed(SPOKE, "hub: hub", "hub: auto"), "hub-2": ELSEWHERE},
        [
            "error: payments.yaml: landline:spoke.hub: chooses none of hub, hub-2, which all are in eu-west-1 (auto); write one of hub, hub-2"
        ],
    ),
    "two hubs serve the Region": (
        {
            "payments": AUTO_SPOKE,
            "hub": SERVING,
            "hub-2": SERVING.replace("eu-west-1", "eu-west-2").replace("euw1", "euw2"),
        },
        [
            "error: payments.yaml: landline:spoke.hub: chooses none of hub, hub-2, which all serve eu-central-1 from their own Regions (auto); write one of hub, hub-2"
        ],
    ),
    "one service twice in an account and Region": (
        {"hub-2": changed(HUB, "      security:", "      safety:")},
        [
            "error: hub-2.yaml: landline:hub.services.logging: is offered by hub hub of the same account and Region too, and then nothing can prove which of the two was granted; give one of the two another name, or the hub another account or Region"
        ],
    ),
    "one service in two Regions of an account": ({"hub-2": FAR_HUB}, []),
    "one service in two accounts of a Region": ({"hub-2": ELSEWHERE}, []),
    "a hub of that name": (
        {"auto": ELSEWHERE},
        [
            "error: auto.yaml: landline:hub: belongs to a hub named auto, which a spoke cannot name: there it stands for the nearest hub; give the file another name"
        ],
    ),
}


@pytest.mark.parametrize(("stacks", "expected"), RULES.values(), ids=RULES)
def test_rule(tmp_path: Path, stacks: dict[str, str], expected: list[str]) -> None:
    assert told(tmp_path, stacks) == expected


def test_a_file_that_decides_and_cannot_be_read_is_reported_alone(tmp_path: Path) -> None:
    problems = told(tmp_path, {"payments": AUTO_SPOKE, "other": "config: ["})

    assert len(problems) == 1
    assert problems[0].startswith("error: other.yaml")


def test_the_program_reads_every_hub_for_a_spoke_that_takes_the_nearest(tmp_path: Path) -> None:
    write(tmp_path, ESTATE | {"hub": SERVING, "payments": AUTO_SPOKE})

    spoke, estate = load_stack(tmp_path, "payments")
    assert estate.spokes["payments"].hub == estate.hub_of(spoke).name == "hub"
    assert load_stack(tmp_path, "grant-payments")[1].spokes["payments"].hub == "hub"
    write(tmp_path, {"far": FAR_HUB})
    assert load_stack(tmp_path, "payments")[1].spokes["payments"].hub == "far"
    write(tmp_path, {"broken": "config: ["})
    with pytest.raises(UsageError, match=r"Pulumi\.broken\.yaml"):
        load_stack(tmp_path, "payments")


REGIONS = ("eu-west-1", "eu-central-1", "eu-west-2")


@pytest.fixture(scope="module")
def outlines(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outline]:
    directory = tmp_path_factory.mktemp("stacks")
    found = read_stacks(write(directory, {"hub": HUB, "payments": AUTO_SPOKE})).outlines
    return {outline.kind: outline for outline in found}


@given(
    region=st.sampled_from(REGIONS),
    placed=st.lists(st.tuples(st.sampled_from(REGIONS), st.frozensets(st.sampled_from(REGIONS))), max_size=4),
    order=st.randoms(use_true_random=False),
)
def test_the_nearest_hub_hangs_on_no_order_and_is_the_only_one_of_its_rank(
    outlines: dict[str, Outline], region: str, placed: list[tuple[str, frozenset[str]]], order: Random
) -> None:
    hubs = [
        replace(outlines["hub"], name=f"hub-{at}", region=home, regions=tuple(sorted(served - {home})))
        for at, (home, served) in enumerate(placed)
    ]
    stacks = [replace(outlines["spoke"], region=region), *hubs]
    chosen = choose(stacks)["payments"]
    order.shuffle(stacks)
    assert choose(stacks)["payments"] == chosen

    here = [hub.name for hub in hubs if hub.region == region]
    serving = [hub.name for hub in hubs if region in (hub.regions or ())]
    best = here or serving
    assert chosen.hub == (best[0] if len(best) == 1 else None)
    refused = [one for one in cross_check(stacks) if one.message == chosen.message]
    assert len(refused) == (chosen.hub is None)
