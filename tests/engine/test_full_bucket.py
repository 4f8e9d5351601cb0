"""An archive that holds objects outlives its stack, and so does its key, by the command of its refusal."""

from __future__ import annotations

import gc
import subprocess
from typing import TYPE_CHECKING

import pulumi
import pulumi_aws as aws
import pytest

from components import EncryptedBucket
from landline.deploy.deployment import Deployment
from landline.deploy.place import Place
from landline.deploy.plan import Task
from landline.errors import ToolError
from landline.sandbox.engine_stacks import engine_stacks
from landline.sandbox.provider import AwsProvider
from landline.sandbox.resources.table import INVOKES, RESOURCE_TYPES
from tests.deploy.estate import loaded
from tests.engine.road import HUB, REGION, write_hub

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from landline.deploy.engine import Engine
    from landline.deploy.stacks import EngineStacks
    from landline.sandbox.world import World
    from landline.settings import Estate, Stack

pytestmark = pytest.mark.engine


@pytest.fixture
def stacks(engine: Engine, world: World) -> Iterator[EngineStacks]:
    with engine_stacks(engine, AwsProvider(world, RESOURCE_TYPES, INVOKES)) as running:
        yield running
    # Otherwise some later test is blamed for what the SDK leaves behind.
    gc.collect()


def archive(stack: Stack, estate: Estate) -> None:
    """A log archive's bucket, and nothing else of the hub."""
    provider = aws.Provider("aws", region=REGION, allowed_account_ids=[HUB])
    EncryptedBucket(
        "hub-logging-archive",
        {
            "account": HUB,
            "region": REGION,
            "description": "Archived logs",
            "object_lock": {"mode": "COMPLIANCE", "days": 400},
        },
        opts=pulumi.ResourceOptions(providers={"aws": provider}),
    )


def test_a_bucket_that_holds_objects_is_kept_with_its_key(
    stacks: EngineStacks, world: World, tmp_path: Path
) -> None:
    write_hub(tmp_path / "stacks", "logging")
    place = Place(HUB, REGION, world.session(HUB, REGION))  # type: ignore[arg-type]
    s3, kms = place.client("s3"), place.client("kms")

    def do(operation: str) -> None:
        estate = loaded(tmp_path / "stacks")
        deployment = Deployment(estate, stacks, lambda _: place, lambda _: None, declare=archive)
        deployment.begin()
        deployment.do(Task("hub", operation))  # type: ignore[arg-type]

    do("up")
    [bucket] = [one["Name"] for one in s3.list_buckets()["Buckets"]]
    # It lets in nobody but the archive's own stream.
    s3.delete_bucket_policy(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="logs/one.gz", Body=b"one")
    with pytest.raises(ToolError, match="BucketNotEmpty") as refused:
        do("destroy")

    *said, command = str(refused.value).splitlines()
    assert f"bucket {bucket} (account {HUB}, {REGION}) holds objects" in "\n".join(said)
    subprocess.run(command, shell=True, check=True, capture_output=True)  # noqa: S602 - as a user would
    do("destroy")
    assert stacks.found()["hub"].resources == 0
    assert [one["Name"] for one in s3.list_buckets()["Buckets"]] == [bucket]
    keys = [kms.describe_key(KeyId=one["KeyId"])["KeyMetadata"] for one in kms.list_keys()["Keys"]]
    assert [(key["Description"], key["KeyState"]) for key in keys] == [("Archived logs", "Enabled")]
