from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from landline.evidence import MARK
from tests.proof.dump import Dump, isolated, public

if TYPE_CHECKING:
    from .conftest import Landline


def written(dump: Dump, directory: Path) -> str:
    for name, data in dump.bytes().items():
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_bytes(data)
    return str(directory)


@pytest.fixture
def dumps(tmp_path: Path) -> tuple[str, str]:
    return written(isolated(), tmp_path / "before"), written(public(), tmp_path / "after")


def test_a_change_as_json(landline: Landline, dumps: tuple[str, str]) -> None:
    outcome = landline("diff", *dumps, "--json")
    told = json.loads(outcome.stdout)

    assert outcome.code == 1
    assert outcome.stdout == landline("diff", *dumps, "--json").stdout
    assert (told["before"], told["after"]) == ("proven", "violated")
    assert [item["rule"] for item in told["opened"]] == ["internet-egress", "internet-ingress"]
    assert (told["closed"], told["stayed"]) == ([], [])
    assert told["checked"]["route_tables"] == {"before": 1, "after": 2}


def test_a_change_as_text_has_both_verdicts_first(landline: Landline, dumps: tuple[str, str]) -> None:
    opened, closed = landline("diff", *dumps), landline("diff", *dumps[::-1])

    assert opened.stdout.startswith("proven -> violated: 2 opened, 0 closed, 0 stay\n+ opened violation")
    assert "path: eni-public -> subnet-vpc-a" in opened.stdout
    assert closed.stdout.startswith("violated -> proven: 0 opened, 2 closed, 0 stay\n- closed violation")
    assert (opened.code, closed.code) == (1, 0)


def test_sarif_points_at_the_dumps_file(landline: Landline, dumps: tuple[str, str]) -> None:
    outcome = landline("verify", "--dump", dumps[1], "--sarif")
    result = json.loads(outcome.stdout)["runs"][0]["results"][0]
    physical = result["locations"][0]["physicalLocation"]

    assert outcome.code == 1
    assert physical["artifactLocation"]["uri"].endswith("describe-InternetGateways.json")
    assert physical["region"]["startLine"] == 1
    assert landline("verify", "--dump", dumps[1], "--sarif", "--json").code == 2


def test_the_sandbox_is_not_compared_with_aws(landline: Landline, dumps: tuple[str, str]) -> None:
    Path(dumps[1], "landline-evidence").write_bytes(MARK)
    outcome = landline("diff", *dumps)
    assert (outcome.code, outcome.stdout) == (2, "")
    assert f"{dumps[0]} is snapshot evidence, {dumps[1]} is wiring: " in outcome.stderr
    Path(dumps[0], "landline-evidence").write_bytes(MARK)
    assert landline("diff", *dumps).code == 1
