"""The plugin as a user has it: a pytest run of its own, in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytest_plugins = "pytester"

ROOT = Path(__file__).parent.parent.parent
TESTS = """
    from landline.testing import assert_access, assert_no_internet_routes

    def test_isolated(snapshot):
        assert_no_internet_routes(snapshot)

    def test_granted(estate, snapshot):
        assert_access(snapshot, estate.grants)
"""
LIVE = """
    # Stands in for real AWS: a world of accounts, and an AWS configuration with a profile for each.
    import pytest
    from landline.sandbox.world import World

    @pytest.fixture(scope="session", autouse=True)
    def aws(tmp_path_factory):
        file = tmp_path_factory.mktemp("aws") / "config"
        with World() as world, pytest.MonkeyPatch.context() as patch:
            lines = []
            for account in ("111111111111", "222222222222", "333333333333", "999999999999"):
                session = world.session(account, "eu-west-1")
                vpc = session.client("ec2").create_vpc(CidrBlock="10.0.0.0/20")["Vpc"]["VpcId"]
                credentials = session.get_credentials()
                lines += [f"[profile p{account[0]}]", f"aws_access_key_id = {credentials.access_key}",
                          f"aws_secret_access_key = {credentials.secret_key}"]
            file.write_text("\\n".join(lines))
            patch.setenv("AWS_CONFIG_FILE", str(file))
            patch.delenv("AWS_ACCESS_KEY_ID", raising=False)
            yield world
"""


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    """A user's project: the example stack files, and two tests with the plugin's fixtures."""
    (pytester.path / "stacks").mkdir()
    for file in (ROOT / "stacks").glob("Pulumi.*.yaml"):
        (pytester.path / "stacks" / file.name).write_text(file.read_text())
    pytester.makepyfile(TESTS)
    return pytester


def run(project: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    return project.runpytest_subprocess("-p", "no:cacheprovider", "-p", "no:xdist", *arguments, timeout=120)


def test_loading_the_plugin_imports_nothing_heavy() -> None:
    script = "import sys, landline.testing.plugin; print(*{name.split('.')[0] for name in sys.modules})"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, text=True)  # noqa: S603 - this Python

    heavy = {"boto3", "botocore", "moto", "msgspec", "pulumi", "pydantic", "click", "rich", "yaml"}
    assert heavy & set(done.stdout.split()) == set()


def test_the_options_are_explained(project: pytest.Pytester) -> None:
    result = run(project, "--help")

    result.stdout.fnmatch_lines(
        ["*--landline-stacks=DIR*", "*--landline-live*", "*--landline-region=REGION*"]
    )


def test_stack_files_are_deployed_and_proven(project: pytest.Pytester) -> None:
    result = run(project)

    result.assert_outcomes(passed=2)


def test_a_grant_that_is_not_asked_for_fails_by_name(project: pytest.Pytester) -> None:
    """Access that was granted and never used is no pass: the message names who and what."""
    project.makepyfile(
        test_more="""
        from landline.testing import assert_access

        def test_more(estate, snapshot):
            more = {"spoke": "333333333333", "service": "security"}
            assert_access(snapshot, {**estate.grants, "grants": [*estate.grants["grants"], more]})
        """
    )
    result = run(project, "test_more.py")

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*granted, not connected: 333333333333 -> security*"])


def test_stack_files_with_mistakes_are_named(project: pytest.Pytester) -> None:
    (project.path / "stacks" / "Pulumi.orders.yaml").write_text("config: {}\n")
    result = run(project)

    result.assert_outcomes(errors=2)
    result.stdout.fnmatch_lines(["*UsageError: *Pulumi.orders.yaml: *"])
    assert "deployed.py" not in result.stdout.str()


def test_live_reads_the_accounts_of_the_profiles(project: pytest.Pytester) -> None:
    """Nothing is connected there, so the internet test passes and the access test says what is missing."""
    project.makeconftest(LIVE)
    profiles = [f"--landline-profile=p{number}" for number in (1, 2, 3, 9)]
    result = run(project, "--landline-live", *profiles)

    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*granted, not connected: 333333333333 -> logging*"])


def test_a_sandbox_behind_the_profiles_is_never_observed(project: pytest.Pytester) -> None:
    project.makeconftest(LIVE)
    project.makepyfile("def test_it(estate):\n    assert estate.evidence == 'wiring'\n")
    result = run(project, "--landline-live", *(f"--landline-profile=p{number}" for number in (1, 2, 3, 9)))

    result.assert_outcomes(passed=1)


def test_live_without_credentials_for_an_account_is_an_error(project: pytest.Pytester) -> None:
    project.makeconftest(LIVE)
    result = run(project, "--landline-live", *(f"--landline-profile=p{number}" for number in (1, 2, 9)))

    result.assert_outcomes(errors=2)
    result.stdout.fnmatch_lines(["*UsageError: nothing leads to account 333333333333*"])
    result.stdout.fnmatch_lines(["*--landline-profile*"])
    result.stdout.no_fnmatch_line("* --profile*")


def test_without_stack_files_the_option_is_named(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(TESTS)
    result = run(pytester)

    result.assert_outcomes(errors=2)
    result.stdout.fnmatch_lines(["*UsageError: *stacks: cannot be read as a directory*--landline-stacks DIR"])
    assert "deployed.py" not in result.stdout.str()


def test_a_spoke_that_waits_for_its_grant_is_left_out_with_a_warning(project: pytest.Pytester) -> None:
    (project.path / "stacks" / "Pulumi.grant-orders.yaml").unlink()
    result = run(project)

    result.assert_outcomes(passed=2, warnings=1)
    result.stdout.fnmatch_lines(["*orders is left out of the estate: logging is requested and not granted*"])
