"""What to do about a bucket that S3 does not delete."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

import pytest

from landline.deploy.full_bucket import advice
from tests.deploy.estate import STACKS, loaded

if TYPE_CHECKING:
    from pathlib import Path

TREE = "urn:pulumi:hub::landline::landline:index:Hub$landline:index:LogArchive"
URN = f"{TREE}$aws:s3/bucket:Bucket::hub-logging-archive-bucket"
KEY = f"{TREE}$aws:kms/key:Key::hub-logging-archive-key"
# As pulumi-aws words it.
SAID = (
    f"stack hub: {URN}: deleting {URN}: 1 error occurred:\n"
    "\t* deleting S3 Bucket (archive-1): operation error S3: DeleteBucket, https response error StatusCode: "
    "409, api error BucketNotEmpty: The bucket you tried to delete is not empty. You must delete all versions"
)


def resources(*, locked: bool, key: bool = True) -> list[dict[str, Any]]:
    bucket = {
        "urn": URN,
        "type": "aws:s3/bucket:Bucket",
        "id": "archive-1",
        "inputs": {"objectLockEnabled": locked},
        "dependencies": [KEY],
    }
    other = {"urn": f"{URN}-2", "type": "aws:s3/bucket:Bucket", "id": "findings-1"}
    return [bucket, other, *([{"urn": KEY, "type": "aws:kms/key:Key", "id": "k-1"}] if key else [])]


def engine(*arguments: str) -> str:
    return shlex.join(("pulumi", *arguments))


@pytest.fixture
def stacks(tmp_path: Path) -> Path:
    for file in STACKS.glob("Pulumi.*.yaml"):
        (tmp_path / file.name).write_text(file.read_text())
    return tmp_path


@pytest.mark.parametrize(
    ("mode", "who"),
    [
        ("governance", "before, only who has s3:BypassGovernanceRetention can delete it"),
        ("compliance", "before, nobody can delete it"),
    ],
)
def test_a_locked_archive_is_emptied_after_its_retention_or_kept_with_its_key(
    stacks: Path, mode: str, who: str
) -> None:
    file = stacks / "Pulumi.hub.yaml"
    text = file.read_text()
    assert "retention_days: 400" in text
    file.write_text(text.replace("retention_days: 400", f"retention_days: 400, mode: {mode}"))
    said = advice(SAID, resources(locked=True), loaded(stacks)["hub"], "111111111111", engine)

    assert said.startswith("bucket archive-1 (account 111111111111, eu-west-1) holds objects, ")
    assert f"for 400 days from when it was written; {who}\n" in said
    assert shlex.split(said.splitlines()[-1]) == [
        *("pulumi", "state", "delete", URN, KEY, "--stack", "hub", "--yes"),
    ]
    assert "findings-1" not in said


def test_an_archive_whose_service_left_the_file_may_have_either_mode() -> None:
    said = advice(SAID, resources(locked=True), loaded(STACKS)["payments"], "222222222222", engine)

    assert "for its retention from when it was written; before, only mode GOVERNANCE lets those" in said


def test_a_bucket_without_lock_and_key_is_spoken_of_without_them() -> None:
    said = advice(SAID, resources(locked=False, key=False), loaded(STACKS)["hub"], "111111111111", engine)

    assert "Object Lock" not in said
    assert "- or keep it: take it out of the stack's state" in said
    assert said.endswith(f"pulumi state delete '{URN}' --stack hub --yes")


def test_other_refusals_get_no_advice() -> None:
    refused = SAID.replace("BucketNotEmpty", "AccessDenied")

    assert advice(refused, resources(locked=True), loaded(STACKS)["hub"], "111111111111", engine) == ""
