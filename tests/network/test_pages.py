"""What files tell of pages that are not there."""

import json

import pytest

from landline import network, proof
from landline.network.pages import PageFile, lost
from tests.proof.dump import isolated


def files(*names: str) -> list[PageFile]:
    """Files by name; a plus says that more follow."""
    return [PageFile(name.rstrip("+"), name.endswith("+")) for name in names]


@pytest.mark.parametrize(
    "names",
    [
        ("vpcs.json",),
        ("vpcs-of-a.json", "vpcs-of-b.json"),
        ("vpcs.json+", "vpcs-page-2.json"),
        ("vpcs.json+", "vpcs-page-2.json+", "vpcs-page-3.json"),
        ("vpcs-0.json+", "vpcs-1.json"),
        ("vpcs-1.json+", "vpcs-2.json+", "vpcs-3.json"),
        ("vpcs-09.json+", "vpcs-10.json", "vpcs-08.json+", "more-1.json+"),
        ("a/b/vpcs 2026-11-20 1.json+", "a/b/vpcs 2026-11-20 2.json"),
        ("vpcs-1764200001.json+", "vpcs-1764200009.json"),
        ("first.json+", "second.json"),
    ],
)
def test_pages_of_one_output_are_whole(names: tuple[str, ...]) -> None:
    assert lost("Vpcs", files(*names)) is None


@pytest.mark.parametrize(
    ("names", "why"),
    [
        (("vpcs.json+",), "the last page of Vpcs"),
        (("vpcs-1.json+", "vpcs-2.json+"), "the last page of Vpcs"),
        (("vpcs-1.json+", "vpcs-3.json"), "page 2 of Vpcs is missing (vpcs-….json)"),
        (("vpcs-2.json+", "vpcs-3.json"), "page 1 of Vpcs is missing"),
        (("vpcs.json+", "vpcs-page-2.json+", "vpcs-page-4.json"), "page 3 of Vpcs"),
        (("vpcs-of-a.json", "vpcs-of-b-1.json+", "vpcs-of-b-3.json"), "several outputs of Vpcs"),
        (("vpcs-of-a.json", "vpcs-of-b.json+", "vpcs-of-c.json"), "several outputs of Vpcs"),
    ],
)
def test_what_files_show_to_be_missing_is_named(names: tuple[str, ...], why: str) -> None:
    assert why in (lost("Vpcs", files(*names)) or "")


def test_a_lost_page_in_the_middle_is_unproven() -> None:
    """The interfaces that would be on it are nowhere."""
    dump = isolated()
    interfaces = dump.all("NetworkInterfaces")
    path = next(path for path in dump.bytes() if "NetworkInterfaces" in path)
    documents = {name: data for name, data in dump.bytes().items() if name != path}
    for number, items in ((1, []), (3, interfaces)):
        page = {"NetworkInterfaces": items, **({"NextToken": "t"} if number < 3 else {})}
        documents[path.replace(".json", f"-{number}.json")] = json.dumps(page).encode()

    told = proof.verify(network.read(documents), None)
    assert told.verdict == "unproven"
    assert any("page 2 of NetworkInterfaces is missing" in item.why for item in told.not_checked)
