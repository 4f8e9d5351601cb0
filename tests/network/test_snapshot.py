"""Which files of a directory are read, and that none is left out without a word."""

import json
import os
from pathlib import Path

import pytest

from landline import network, proof
from landline.errors import UsageError
from landline.evidence import MARK
from landline.network import Place
from tests.proof.dump import REGION, SPOKE, isolated


def written(directory: Path) -> Path:
    for path, data in isolated().bytes().items():
        file = directory / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    return directory


def test_a_directory_and_a_mapping_are_one_model(tmp_path: Path) -> None:
    (written(tmp_path) / "notes.txt").write_text("no document")

    assert network.read(tmp_path) == network.read(isolated().bytes())


def test_a_directory_of_several_snapshots_is_refused(tmp_path: Path) -> None:
    demo = tmp_path / "demo"
    for name in ("before", "leak"):
        written(demo / name)

    with pytest.raises(UsageError) as refused:
        network.read(demo)

    assert (
        str(refused.value) == f"{demo} holds several snapshots: {demo}/before, {demo}/leak; name one of them"
    )
    assert network.read(demo / "leak") == network.read(isolated().bytes())


def test_a_snapshot_with_another_inside_is_refused(tmp_path: Path) -> None:
    written(written(tmp_path) / "old" / "accounts")

    with pytest.raises(
        UsageError, match=f"{tmp_path} holds several snapshots: {tmp_path}, {tmp_path}/old/accounts;"
    ):
        network.read(tmp_path)


@pytest.mark.parametrize(
    "layout", ["{n}/{account}/{region}/f{n}.json", "{account}/{region}/{n}/f.json", "{n}.json"]
)
def test_files_sorted_into_folders_are_one_snapshot(tmp_path: Path, layout: str) -> None:
    """By service or by operation, above or below account and Region: no file stands twice."""
    for number, data in enumerate(isolated().bytes().values()):
        file = tmp_path / layout.format(n=f"call-{number}", account=SPOKE, region=REGION)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)

    assert set(network.read(tmp_path).vpcs.items) == {"vpc-a"}


def test_hidden_folders_are_left_out(tmp_path: Path) -> None:
    dump = written(tmp_path / ".dump")
    written(dump / ".venv" / "lib")
    (dump / SPOKE / REGION / ".git").mkdir()
    (dump / SPOKE / REGION / ".git" / "x.json").write_text("no JSON")

    assert network.read(dump) == network.read(isolated().bytes())


def test_linked_folders_are_read_and_loops_end(tmp_path: Path) -> None:
    written(tmp_path / "elsewhere")
    dump = tmp_path / "dump"
    dump.mkdir()
    (dump / SPOKE).symlink_to(tmp_path / "elsewhere" / SPOKE, target_is_directory=True)
    (tmp_path / "elsewhere" / SPOKE / REGION / "back").symlink_to(dump, target_is_directory=True)

    assert network.read(dump) == network.read(isolated().bytes())


def test_a_folder_that_cannot_be_listed_is_unproven(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dump = written(tmp_path)
    (dump / "333333333333").mkdir()
    scandir = os.scandir

    def refused(path: str) -> object:
        if path.endswith("333333333333"):
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refused)
    model = network.read(dump)

    assert [(item.path, item.why) for item in model.unreadable] == [("333333333333", "Permission denied")]
    assert list(model.places) == [Place(SPOKE, REGION)]
    assert proof.verify(model, None).verdict == "unproven"


@pytest.mark.parametrize(
    "beside",
    [
        {"Unknown": []},
        {"Assumptions": []},
        {"VpcId": "vpc-a", "EnableDnsSupport": {"Value": True}},
        {"items": []},
    ],
)
def test_no_document_is_dropped_for_what_stands_beside_it(beside: dict[str, object]) -> None:
    files = {
        path: json.dumps(json.loads(data) | beside).encode() if "Vpcs" in json.loads(data) else data
        for path, data in isolated().bytes().items()
    }

    assert set(network.read(files).vpcs.items) == {"vpc-a"}


def test_what_a_dump_needs_for_further_calls_alone_is_known() -> None:
    dump = isolated()
    dump.file("groups", {"FirewallRuleGroups": [{"Id": "rslvr-frg-1"}]})
    dump.file("lattice", {"items": []})
    assert not network.read(dump.bytes()).unmodelled

    dump.file("rest-apis", {"items": [{"id": "a1", "name": "api"}]})
    assert [kind for kind, _ in network.read(dump.bytes()).unmodelled] == [
        "items that are none of the lists of VPC Lattice that are read"
    ]


def test_an_account_that_shows_rule_groups_alone_is_unproven() -> None:
    files = isolated().bytes() | {f"333333333333/{REGION}/groups.json": b'{"FirewallRuleGroups": []}'}

    assert proof.verify(network.read(files), None).verdict == "unproven"


@pytest.mark.parametrize("content", [b"", b"wiring", b'{"evidence": "observed"}', b"[]", b'{"evidence": '])
def test_a_mark_that_says_something_else_is_refused(tmp_path: Path, content: bytes) -> None:
    mark = written(tmp_path / "dump") / "landline-evidence"
    mark.write_bytes(content)
    with pytest.raises(UsageError, match=r"landline-evidence: .*must be \{\"evidence\": \"wiring\"\}; dump"):
        network.read(tmp_path / "dump")
    mark.unlink()
    mark.symlink_to("nowhere")
    with pytest.raises(UsageError, match="landline-evidence: No such file"):
        network.read(tmp_path / "dump")


def test_a_mark_is_for_its_folder_and_those_below() -> None:
    documents = isolated().bytes()
    place = next(iter(documents)).rpartition("/")[0]
    for mark in ("landline-evidence", f"{place}/landline-evidence"):
        assert network.read({**documents, mark: MARK}).origins.evidence() == "wiring"
    other = {path.replace(place, "999999999999/eu-west-1"): data for path, data in documents.items()}
    mixed = network.read({**documents, **other, f"{place}/landline-evidence": MARK})
    with pytest.raises(UsageError, match="evidence is never mixed"):
        mixed.origins.evidence()
    # The name of another folder that begins alike is another folder.
    assert (
        network.read({**documents, f"{place[:-1]}/landline-evidence": MARK}).origins.evidence() == "snapshot"
    )


def test_a_marked_snapshot_is_no_other_evidence_and_a_plan_over_it_says_so() -> None:
    model = network.read({**isolated().bytes(), "landline-evidence": MARK})
    assert proof.verify(model, None).evidence == "wiring"
    with pytest.raises(UsageError, match="holds what the sandbox answered: no observed evidence"):
        proof.verify(model, None, evidence="observed")
    said = "The plan is laid over what the sandbox answered: AWS was not seen."
    assert said in proof.verify(model, None, evidence="plan").assumptions
    assert said not in proof.verify(network.read(isolated().bytes()), None, evidence="plan").assumptions
