import os
import re
import subprocess
import sys

import pytest

from landline.errors import UsageError
from landline.intake.config import HELP, Config, FindingsIntake, LogArchive, read_config

COMMON = {
    "LANDLINE_SERVICE": "logging",
    "LANDLINE_SERVICE_ID": "vpce-svc-0a1b2c3d4e5f60718",
    "LANDLINE_HUB": "hub",
    "AWS_REGION": "eu-west-1",
}
LOGS = {**COMMON, "LANDLINE_BACKEND": "log-archive", "LANDLINE_STREAM": "hub-logging-stream"}
FINDINGS = {
    **COMMON,
    "LANDLINE_BACKEND": "findings-intake",
    "LANDLINE_BUCKET": "findings",
    "LANDLINE_BUS": "bus",
    "LANDLINE_SOURCE": "landline.findings",
    "LANDLINE_ACCOUNT": "111111111111",
    "LANDLINE_SECURITY_HUB": "on",
}


def test_a_log_archive_needs_a_stream() -> None:
    assert read_config(LOGS) == Config(
        "logging",
        "vpce-svc-0a1b2c3d4e5f60718",
        "hub",
        "eu-west-1",
        "127.0.0.1",
        8080,
        LogArchive("hub-logging-stream"),
    )


def test_a_log_archive_may_have_a_log_group() -> None:
    assert read_config({**LOGS, "LANDLINE_LOG_GROUP": "records"}).backend == LogArchive(
        "hub-logging-stream", "records"
    )


def test_a_findings_intake_needs_where_findings_go() -> None:
    assert read_config(FINDINGS).backend == FindingsIntake(
        "findings", "bus", "landline.findings", "111111111111", security_hub=True
    )
    assert read_config({**FINDINGS, "LANDLINE_SECURITY_HUB": "off"}).backend == FindingsIntake(
        "findings", "bus", "landline.findings", "111111111111", security_hub=False
    )


@pytest.mark.parametrize("environment", [LOGS, FINDINGS], ids=["logs", "findings"])
def test_each_missing_one_is_named_and_all_at_once(environment: dict[str, str]) -> None:
    for name in environment:
        with pytest.raises(UsageError, match=f"{name} is not set"):
            read_config({key: value for key, value in environment.items() if key != name})
    with pytest.raises(UsageError) as error:
        read_config({})

    assert [name for name in (*COMMON, "LANDLINE_BACKEND") if name not in str(error.value)] == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LANDLINE_SERVICE_ID", "vpce-0a1b2c3d4e5f60718"),
        ("LANDLINE_BACKEND", "logs"),
        ("LANDLINE_HUB", "hub/../other"),
        ("LANDLINE_LISTEN", "0.0.0.0:8080"),
        ("LANDLINE_LISTEN", "127.0.0.1:65536"),
    ],
)
def test_a_wrong_one_is_named_with_its_value(name: str, value: str) -> None:
    """To listen elsewhere than on the loopback address is wrong: whoever connects could name any endpoint."""
    with pytest.raises(UsageError, match=rf"{name} \('{value}'\): write"):
        read_config({**LOGS, name: value})


def test_help_names_every_variable_and_needs_none() -> None:
    for kind in ("log-archive", "findings-intake"):
        with pytest.raises(UsageError) as error:
            read_config({"LANDLINE_BACKEND": kind, "LANDLINE_LISTEN": "everywhere"})
        asked = set(re.findall(r"[A-Z]+_[A-Z_]+", str(error.value)))
        assert {"LANDLINE_LISTEN", "LANDLINE_SERVICE_ID"} < asked
        assert asked <= set(re.findall(r"[A-Z]+_[A-Z_]+", HELP))
    done = subprocess.run(
        [sys.executable, "-m", "landline.intake", "--help"],
        check=False,
        capture_output=True,
        text=True,
        env={"PATH": os.environ["PATH"]},
    )
    assert (done.returncode, HELP in done.stdout, done.stderr) == (0, True, "")


def test_without_its_extra_it_says_so() -> None:
    script = (
        "import runpy, sys\n"
        "sys.modules['uvicorn'] = None\n"
        "runpy.run_module('landline.intake', run_name='__main__')\n"
    )
    done = subprocess.run(  # noqa: S603 - the test's own
        [sys.executable, "-c", script], check=False, capture_output=True, text=True
    )
    assert done.returncode == 2
    assert done.stderr == (
        "the intake needs uvicorn, which is not installed; "
        "in a checkout of Landline: pip install '.[intake]'\n"
    )
