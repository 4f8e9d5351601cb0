"""Which files of a directory are read, and that none is left out without a word."""

import json
import os
from pathlib import Path

import pytest

from landline import network, proof
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
