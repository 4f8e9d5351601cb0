"""`landline dump` against a world of accounts, through profiles and roles as a user has them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from landline.estate import REGIONAL, iam_policy
from landline.network import read
from landline.sandbox.world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from .conftest import Landline

HUB, PAYMENTS, ORDERS = "111111111111", "222222222222", "333333333333"
MANAGEMENT = "999999999999"
"""The organization's management account, which has a baseline and no network."""


@pytest.fixture(scope="module")
def config() -> Iterator[str]:
    """A world with a VPC in each of three accounts, and an AWS configuration that has a profile for each."""
    lines = ["[profile broken]", "region = eu-west-1"]
    with World() as world:
        for name, account in (("hub", HUB), ("payments", PAYMENTS), ("orders", ORDERS)):
            session = world.session(account, "eu-west-1")
            session.client("ec2").create_vpc(CidrBlock="10.0.0.0/20")
            credentials = session.get_credentials()
            assert credentials is not None
            lines += [
                f"[profile {name}]",
                f"aws_access_key_id = {credentials.access_key}",
                f"aws_secret_access_key = {credentials.secret_key}",
                *([] if name == "orders" else ["region = eu-west-1"]),
            ]
        yield "\n".join(lines)


@pytest.fixture
def profiles(config: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The configuration in force: hub, payments, orders without a Region, and broken without credentials."""
    file = tmp_path / "config"
    file.write_text(config)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(file))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)


def vpcs(directory: Path) -> dict[str, int]:
    return {str(place): len(document.vpcs or ()) for place, document in read(directory).places.items()}


@pytest.mark.usefixtures("profiles")
@pytest.mark.parametrize("name", ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"])
def test_a_profile_that_is_not_there_is_named_as_it_was_given(
    landline: Landline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    out = ("--out", str(tmp_path / "dump"))
    outcome = landline("dump", *out, "--profile", "prod")
    assert (outcome.code, "error: --profile prod: the AWS" in outcome.stderr) == (2, True)
    monkeypatch.setenv(name, "prod-admin")
    outcome = landline("dump", *out)
    assert (outcome.code, f"error: {name}=prod-admin: the AWS" in outcome.stderr) == (2, True)


@pytest.mark.usefixtures("profiles")
def test_profiles_lead_to_their_own_accounts(landline: Landline, tmp_path: Path) -> None:
    out = tmp_path / "dump"
    outcome = landline("dump", "--out", str(out), "--profile", "hub", "--profile", "payments")

    assert outcome.stdout == ""
    assert vpcs(out) == {f"{HUB}/eu-west-1": 1, f"{PAYMENTS}/eu-west-1": 1}
    assert f"{out}: " in outcome.stderr
    # Whatever the world cannot answer is named, and nothing is made up for it.
    missing = [line for line in outcome.stderr.splitlines() if line.startswith("warning: ")]
    assert len(list(out.rglob("*.json"))) >= 2 * len(REGIONAL) - len(missing)
    assert outcome.code == (4 if missing else 0)


@pytest.mark.usefixtures("profiles")
def test_stack_files_say_where_to_look_and_a_role_name_how(
    landline: Landline, tmp_path: Path, stacks: Callable[..., Path]
) -> None:
    out = tmp_path / "dump"
    outcome = landline(
        "dump", "--out", str(out), "--stacks", str(stacks()), "--role", "audit", "--profile", "hub"
    )

    assert outcome.code in (0, 4), outcome.stderr
    assert vpcs(out) == {
        f"{HUB}/eu-west-1": 1,
        f"{PAYMENTS}/eu-west-1": 1,
        f"{ORDERS}/eu-west-1": 1,
        f"{MANAGEMENT}/eu-west-1": 0,
    }


@pytest.mark.usefixtures("profiles")
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--profile", "nobody"], "--profile nobody: the AWS configuration has no such profile"),
        (["--profile", "orders"], "profile orders has no Region of its own; give --region"),
        (["--profile", "hub", "--profile", "hub"], "both lead to account 111111111111"),
        (["--role", "audit"], "--role audit is no role's ARN; write arn:aws:iam::<account>:role/<name>"),
        (["--role", "arn:aws:iam::1:role/x"], "is no role's ARN"),
        (
            ["--role", "arn:aws:iam::111111111111:role/x", "--profile", "hub", "--profile", "orders"],
            "give one",
        ),
        (
            ["--profile", "hub", "--stacks", "{stacks}"],
            "nothing leads to account 222222222222, 333333333333, 999999999999",
        ),
    ],
)
def test_usage_errors_say_what_to_do_and_write_nothing(
    landline: Landline, tmp_path: Path, stacks: Callable[..., Path], arguments: list[str], message: str
) -> None:
    directory = stacks()
    given = [one.format(stacks=directory) for one in arguments]
    outcome = landline("dump", "--out", str(tmp_path / "dump"), *given)

    assert (outcome.code, outcome.stdout) == (2, "")
    assert message in outcome.stderr
    assert not (tmp_path / "dump").exists()


@pytest.mark.usefixtures("profiles")
def test_credentials_that_aws_does_not_get_are_a_failure(landline: Landline, tmp_path: Path) -> None:
    outcome = landline("dump", "--out", str(tmp_path / "dump"), "--profile", "broken")

    assert outcome.code == 4
    assert outcome.stderr == (
        "error: profile broken: Unable to locate credentials; "
        "renew its credentials, or choose another with --profile\n"
    )


def test_without_a_place_to_write_it_asks_for_one(landline: Landline) -> None:
    outcome = landline("dump")

    assert outcome.code == 2
    assert "Give --out DIR" in outcome.stderr


def test_a_directory_with_something_else_is_refused_before_aws_is_asked(
    landline: Landline, tmp_path: Path
) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    outcome = landline("dump", "--out", str(tmp_path))

    assert outcome.code == 2
    assert "holds notes.txt" in outcome.stderr


def test_the_policy_is_printed_and_nothing_read(landline: Landline) -> None:
    outcome = landline("dump", "--iam-policy")

    assert (outcome.code, outcome.stderr) == (0, "")
    assert json.loads(outcome.stdout) == iam_policy()
