"""What a CI server sees of a leak: the witness, in pytest's JUnit file."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree

from tests.proof.dump import isolated, public

if TYPE_CHECKING:
    import pytest

    from tests.proof.dump import Dump

pytest_plugins = "pytester"

TESTS = """
from pathlib import Path
from landline.testing import assert_no_internet_routes

def test_isolated():
    assert_no_internet_routes(Path("isolated"))

def test_leaking():
    assert_no_internet_routes(Path("leaking"))
"""


def written(dump: Dump, pytester: pytest.Pytester, name: str) -> None:
    for file, data in dump.bytes().items():
        (pytester.path / name / file).parent.mkdir(parents=True, exist_ok=True)
        (pytester.path / name / file).write_bytes(data)


def test_a_leak_is_a_failure_with_its_path_hop_by_hop(pytester: pytest.Pytester) -> None:
    written(isolated(), pytester, "isolated")
    written(public(), pytester, "leaking")
    pytester.makepyfile(TESTS)
    pytester.runpytest("--junitxml", "report.xml")
    suite = ElementTree.parse(pytester.path / "report.xml").getroot()  # noqa: S314 - pytest wrote it
    cases = {case.get("name"): case.find("failure") for case in suite.iter("testcase")}
    failure = cases["test_leaking"]

    assert cases["test_isolated"] is None
    assert failure is not None
    assert "the internet and the estate reach each other" in (failure.get("message") or "")
    assert "eni-public -> subnet-vpc-a -> rtb-public -> igw-a -> internet" in (failure.text or "")
    assert "fix: Remove the route" in (failure.text or "")
