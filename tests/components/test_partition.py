from typing import Any

import botocore.loaders
import pytest

from components.partition import dns_suffix, partition

PARTITIONS: list[dict[str, Any]] = botocore.loaders.Loader().load_data("partitions")["partitions"]


@pytest.mark.parametrize(
    ("region", "expected"),
    [
        (region, entry)
        for entry in PARTITIONS
        for region in entry["regions"]
        if not region.endswith("-global")
    ],
    ids=str,
)
def test_every_region_has_the_partition_that_botocore_says(region: str, expected: dict[str, Any]) -> None:
    assert partition(region) == expected["id"]
    assert dns_suffix(region) == expected["outputs"]["dnsSuffix"]
