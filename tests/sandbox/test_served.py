"""A sandbox in a process of its own: both doors, several accounts, and a state that outlives it."""

from __future__ import annotations

import functools
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import grpc
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from pulumi.runtime.proto import provider_pb2 as pb
from pulumi.runtime.proto.provider_pb2_grpc import ResourceProviderStub

from landline.cli import run
from landline.errors import UsageError
from landline.estate import Target, collect
from landline.program import declare
from landline.sandbox.in_process import InProcess
from landline.sandbox.journal import Journal, read_journal
from landline.sandbox.served import Served, find_served, serving_sandbox
from landline.sandbox.wire import to_struct
from landline.sandbox.world import World
from landline.settings import load_estate
from tests.sandbox.places import HUB, REGION, SPOKE

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def served(directory: Path, *options: str) -> Iterator[tuple[subprocess.Popen[str], Served]]:
    """`landline sandbox serve` as a process of its own, which says where it runs in `directory`."""
    file = directory / "sandbox.json"
    process = subprocess.Popen(  # noqa: S603 - this project's own command
        [sys.executable, "-c", "from landline.cli import main; main()", "sandbox", "serve", *options],
        env={**os.environ, "LANDLINE_SANDBOX": str(file)},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        while not file.exists():
            assert process.poll() is None, "the sandbox ended before it served"
            time.sleep(0.05)
        yield process, find_served(file)
    finally:
        if process.poll() is None:
            process.terminate()
            assert process.wait() == 0
        assert process.stdout is not None
        process.stdout.close()


def aws(at: Served, service: str, account: str, **more: str) -> Any:  # noqa: ANN401 - boto3's clients
    """A client that reaches the sandbox over HTTP."""
    credentials: Any = {"aws_access_key_id": account, "aws_secret_access_key": "x"} | more
    config = Config(retries={"total_max_attempts": 1})
    make: Any = boto3.Session(region_name=REGION, **credentials).client
    return make(service, endpoint_url=at.endpoint_url, config=config)


def vpcs(at: Served, account: str, **more: str) -> list[str]:
    return [vpc["VpcId"] for vpc in aws(at, "ec2", account, **more).describe_vpcs()["Vpcs"]]


def make_vpc(at: Served, account: str) -> str:
    """Through the provider, as `pulumi up` would."""
    with grpc.insecure_channel(f"127.0.0.1:{at.provider_port}") as channel:
        stub = ResourceProviderStub(channel)
        values = {"region": REGION, "allowedAccountIds": json.dumps([account])}
        stub.Configure(pb.ConfigureRequest(variables=values))
        properties = to_struct({"cidrBlock": "10.0.0.0/20"})
        made = stub.Create(pb.CreateRequest(type="aws:ec2/vpc:Vpc", name="net", properties=properties))
    identifier: str = made.id
    return identifier


@pytest.fixture(scope="module")
def at(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A sandbox for the tests that leave nothing behind, or what no other test looks at."""
    with served(tmp_path_factory.mktemp("served")) as (_, running):
        yield running


def test_both_doors_lead_to_one_estate_and_the_key_says_the_account(at: Served) -> None:
    vpc = make_vpc(at, SPOKE)
    assert (vpcs(at, SPOKE), vpcs(at, HUB)) == ([vpc], [])

    role = {"RoleArn": f"arn:aws:iam::{SPOKE}:role/landline-audit", "RoleSessionName": "test"}
    given = aws(at, "sts", HUB).assume_role(**role)["Credentials"]
    assumed = {
        "aws_secret_access_key": given["SecretAccessKey"],
        "aws_session_token": given["SessionToken"],
    }
    assert vpcs(at, given["AccessKeyId"], **assumed) == [vpc]

    aws(at, "ec2", SPOKE).delete_vpc(VpcId=vpc)
    assert vpcs(at, SPOKE) == []


@pytest.mark.parametrize("service", ["ec2", "logs", "elbv2"])
def test_a_key_that_nobody_gave_out_is_refused(at: Served, service: str) -> None:
    calls = {"ec2": "describe_vpcs", "logs": "describe_log_groups", "elbv2": "describe_load_balancers"}
    client = aws(at, service, "AKIAIOSFODNN7EXAMPLE")
    with pytest.raises(ClientError, match=r"\(InvalidClientTokenId\).*AWS_ACCESS_KEY_ID=111111111111"):
        getattr(client, calls[service])()


def test_what_the_sandbox_lacks_and_what_aws_refuses_are_told_apart(at: Served) -> None:
    ec2 = aws(at, "ec2", HUB)
    with pytest.raises(ClientError, match=r"\(NotImplemented\).*describe_verified_access_instances"):
        ec2.describe_verified_access_instances()
    with pytest.raises(ClientError, match=r"\(NotImplemented\).*no such service"):
        aws(at, "lightsail", HUB).get_instances()
    with pytest.raises(ClientError, match=r"\(InvalidVpc.Range\)"):
        ec2.create_vpc(CidrBlock="10.0.0.0/8")


def test_objects_with_awkward_names_and_bytes_arrive_whole(at: Served) -> None:
    s3 = aws(at, "s3", HUB)
    s3.create_bucket(Bucket="landline-x", CreateBucketConfiguration={"LocationConstraint": REGION})
    for key in ("a b/ü+c%2F", "plain"):
        s3.put_object(Bucket="landline-x", Key=key, Body=bytes(range(256)))
        assert s3.get_object(Bucket="landline-x", Key=key)["Body"].read() == bytes(range(256))
    listed = s3.list_objects_v2(Bucket="landline-x")["Contents"]
    assert [found["Key"] for found in listed] == ["a b/ü+c%2F", "plain"]


def test_it_listens_on_the_loopback_address_and_only_once_for_a_file(tmp_path: Path) -> None:
    file = tmp_path / "sandbox.json"
    with serving_sandbox(file=file) as at:
        assert at.endpoint_url.startswith("http://127.0.0.1:")
        with pytest.raises(UsageError, match=f"a sandbox is running already .process {os.getpid()}"):
            serving_sandbox(file=file).__enter__()
    with pytest.raises(UsageError, match="no sandbox is running"):
        find_served(file)


def test_what_is_dumped_from_it_is_wiring_and_not_mixed_with_what_aws_said(
    at: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    for name, value in at.environment(HUB, REGION).items():
        monkeypatch.setenv(name, value)
    dump = tmp_path / "dump"
    assert run(["dump", "--out", str(dump)]) in (0, 4)
    assert "The sandbox answered, and no AWS" in capfd.readouterr().err

    def proven() -> tuple[int, dict[str, Any], str]:
        code = run(["verify", "--dump", str(dump), "--json"])
        said = capfd.readouterr()
        return code, json.loads(said.out or "{}"), said.err

    assert proven()[1]["evidence"] == "wiring"
    here = dump / HUB / REGION
    there = dump / SPOKE / REGION
    there.mkdir(parents=True)
    (there / "describe-vpcs.json").write_bytes((here / "describe-vpcs.json").read_bytes())
    code, _, said = proven()
    assert (code, f"{SPOKE}/{REGION} does not say so: evidence is never mixed" in said) == (2, True)
    (here / "landline-evidence").rename(dump / "landline-evidence")
    assert proven()[1]["evidence"] == "wiring", "a mark is for all folders below it"
    (dump / "landline-evidence").unlink()
    assert proven()[1]["evidence"] == "snapshot"
    assert run(["dump", "--out", str(dump)]) in (0, 4), "a dump with a mark can be replaced"
    assert not there.exists()


def test_every_answer_says_whose_it_is(at: Served) -> None:
    for client in (aws(at, "ec2", HUB), aws(at, "elbv2", HUB), aws(at, "ec2", "AKIAIOSFODNN7EXAMPLE")):
        answers: list[Any] = []
        client.meta.events.register("after-call", lambda parsed, into=answers, **_: into.append(parsed))
        for call in ("describe_account_attributes", "describe_load_balancers"):
            with suppress(ClientError, AttributeError):
                getattr(client, call)()
        assert answers
        assert {one["ResponseMetadata"]["HTTPHeaders"].get("x-landline-evidence") for one in answers} == {
            "wiring"
        }


@pytest.mark.parametrize("content", ["{}", "not json", '{"pid": 1}'])
def test_a_file_that_does_not_say_where_is_named(tmp_path: Path, content: str) -> None:
    file = tmp_path / "sandbox.json"
    file.write_text(content)
    with pytest.raises(UsageError, match="does not say where a sandbox runs"):
        find_served(file)


def test_its_state_outlives_a_kill_and_the_file_of_the_dead_is_not_believed(tmp_path: Path) -> None:
    state = tmp_path / "estate.jsonl"
    with served(tmp_path, "--state", str(state)) as (process, at):
        vpc = make_vpc(at, SPOKE)
        group = aws(at, "ec2", SPOKE).create_security_group(GroupName="g", Description="d", VpcId=vpc)
        before = aws(at, "ec2", SPOKE).describe_security_groups()["SecurityGroups"]
        process.kill()
        process.wait()
        with pytest.raises(UsageError, match="is not running any more"):
            find_served(tmp_path / "sandbox.json")
    (tmp_path / "sandbox.json").unlink()

    with served(tmp_path, "--state", str(state)) as (process, at):
        assert aws(at, "ec2", SPOKE).describe_security_groups()["SecurityGroups"] == before
        assert group["GroupId"] in {found["GroupId"] for found in before}
        process.send_signal(signal.SIGINT)
        assert process.stdout is not None
        out = process.stdout.read()
        assert process.wait() == 130
    assert f"export AWS_ENDPOINT_URL={at.endpoint_url}\n" in out
    assert not (tmp_path / "sandbox.json").exists()


def test_what_leads_to_aws_is_out_of_the_way_once_the_environment_is_set(
    at: Served, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """An AWS SDK in that shell asks the sandbox, whatever the shell named before."""
    leading_away = {
        "AWS_PROFILE": "prod-admin",
        "AWS_ENDPOINT_URL_STS": "http://127.0.0.1:9",
        "AWS_SESSION_TOKEN": "real",
        "AWS_SECURITY_TOKEN": "real",
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
        "AWS_USE_FIPS_ENDPOINT": "true",
    }
    for name, value in leading_away.items():
        monkeypatch.setenv(name, value)
    file = tmp_path / "sandbox.json"
    file.write_text(json.dumps(asdict(at)))
    monkeypatch.setenv("LANDLINE_SANDBOX", str(file))
    capfd.readouterr()
    assert run(["sandbox", "env"]) == 0
    script = "import boto3; print(boto3.client('sts').get_caller_identity()['Account'])"
    done = subprocess.run(  # noqa: S603 - the test's own
        [
            "/bin/sh",
            "-c",
            f'eval "$1" && exec "{sys.executable}" -c "$2"',
            "sh",
            capfd.readouterr().out,
            script,
        ],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "AWS_MAX_ATTEMPTS": "1"},
    )
    assert (done.returncode, done.stdout) == (0, "111111111111\n"), done.stderr
    assert run(["sandbox", "env", "--json"]) == 0
    told = json.loads(capfd.readouterr().out)
    assert set(leading_away) - told["environment"].keys() <= set(told["unset"])


def journaled_vpc() -> tuple[Journal, list[dict[str, Any]]]:
    journal = Journal()
    with World(journal=journal) as world:
        ec2 = world.place(SPOKE, REGION).client("ec2")
        ec2.create_vpc(CidrBlock="10.0.0.0/20")
        return journal, ec2.describe_security_groups()["SecurityGroups"]


def test_a_journal_holds_no_reads_no_signature_and_no_token() -> None:
    journal, _ = journaled_vpc()
    assert sum(b"CreateVpc" in call.body for call in journal.calls) == 1
    assert not any(b"DescribeSecurityGroups" in call.body for call in journal.calls)
    assert "Signature=-" in journal.text()
    assert "token" not in journal.text().lower()


def test_a_journal_survives_its_file_and_repeats_the_same_world(tmp_path: Path) -> None:
    journal, before = journaled_vpc()
    file = tmp_path / "estate.jsonl"
    journal.write_to(file)
    journal.close()
    assert read_journal(file).calls == journal.calls
    with World(journal=read_journal(file)) as world:
        ec2 = world.place(SPOKE, REGION).client("ec2")
        assert ec2.describe_security_groups()["SecurityGroups"] == before


def test_a_journal_that_ends_otherwise_is_refused_and_the_next_world_runs() -> None:
    journal, _ = journaled_vpc()
    other = Journal(
        [
            type(call)(**{**{n: getattr(call, n) for n in call.__slots__}, "draws": 1})
            for call in journal.calls
        ]
    )
    with pytest.raises(UsageError, match="call 1 of"):
        World(journal=other).__enter__()
    with World() as world:
        assert world.place(SPOKE, REGION).client("ec2").describe_vpcs()["Vpcs"] == []


def test_a_line_cut_off_by_a_crash_is_dropped_and_other_damage_is_named(tmp_path: Path) -> None:
    journal, _ = journaled_vpc()
    file = tmp_path / "estate.jsonl"
    text = journal.text()
    file.write_text(text + '{"at": 1')
    assert read_journal(file).calls == journal.calls
    file.write_text(text + '{"at": 1}\n')
    with pytest.raises(UsageError, match=rf"estate.jsonl:{text.count(chr(10)) + 1}: is no call"):
        read_journal(file)
    for damaged in ("", "[]\n", text.replace('"version": 1', '"version": 2', 1), "\x00\n"):
        file.write_text(damaged)
        with pytest.raises(UsageError, match="is no sandbox state of version 1"):
            read_journal(file)


def test_a_loaded_estate_is_described_alike_and_deploying_it_again_changes_nothing() -> None:
    estate = load_estate(Path(__file__).parents[2] / "stacks").estate
    assert estate is not None
    up = functools.partial(declare, estate["hub"], estate)

    def described(world: World) -> dict[str, bytes]:
        account = estate.account_of(estate["hub"])
        return dict(collect([Target(account, REGION, world.session(account, REGION))]).snapshot)

    journal = Journal()
    with World(journal=journal) as world:
        stacks = InProcess(world)
        assert stacks.up("hub", up)
        before = described(world)
        assert any("describe-vpc-endpoint-service-configurations" in name for name in before)
    with World(journal=Journal(list(journal.calls))) as loaded:
        assert described(loaded) == before
        stacks.world = loaded
        again = stacks.up("hub", up)
        assert (bool(again), again.same > 50) == (False, True)
