"""A sandbox that other processes use: it serves both doors, says where, and outlives its clients."""

from __future__ import annotations

import json
import os
import socket
import urllib.request
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from landline.errors import ToolError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

VARIABLE = "LANDLINE_SANDBOX"
"""The environment variable that names the file in which a running sandbox says where it is."""

_IN_THE_WAY = (
    # Botocore wants to find the profile even where keys are in the environment, and takes settings from it.
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    # An older name of AWS_SESSION_TOKEN, which comes first.
    "AWS_SECURITY_TOKEN",
    # Makes SDKs go to AWS itself, and these two make an endpoint of one's own an error.
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "AWS_USE_FIPS_ENDPOINT",
    "AWS_USE_DUALSTACK_ENDPOINT",
)

_START = "start one in another shell: landline sandbox serve"


@dataclass(frozen=True, slots=True)
class Served:
    """Where a running sandbox is. Its ports are those of 127.0.0.1."""

    pid: int
    provider_port: int
    """The Pulumi provider `aws`, over gRPC."""
    endpoint_port: int
    """AWS's API, over HTTP."""
    state: str | None = None
    """The file that keeps its state, if any; absolute."""

    @property
    def endpoint_url(self) -> str:
        """AWS's API: ``--endpoint-url``, ``AWS_ENDPOINT_URL``."""
        return f"http://127.0.0.1:{self.endpoint_port}"

    def environment(self, account: str, region: str) -> dict[str, str]:
        """The variables under which Pulumi, the AWS CLI and every SDK use this sandbox instead of AWS.

        AWS's API is that of `account` (twelve digits) in `region`; Pulumi's providers name theirs themselves.
        """
        return {
            "PULUMI_DEBUG_PROVIDERS": f"aws:{self.provider_port}",
            "AWS_ENDPOINT_URL": self.endpoint_url,
            "AWS_ACCESS_KEY_ID": account,
            "AWS_SECRET_ACCESS_KEY": "sandbox",
            # Empty counts as none: a token left over from real credentials goes nowhere.
            "AWS_SESSION_TOKEN": "",
            "AWS_REGION": region,
            "AWS_DEFAULT_REGION": region,
            "AWS_EC2_METADATA_DISABLED": "true",
        }


def in_the_way(environment: Mapping[str, str]) -> tuple[str, ...]:
    """The variables that have to go beside those of `Served.environment`, or some call reaches AWS itself.

    Among them those of `environment` that name one service's endpoint: they come before `AWS_ENDPOINT_URL`
    ("AWS SDKs and Tools Reference Guide, Service-specific endpoints").
    """
    return (*_IN_THE_WAY, *sorted(name for name in environment if name.startswith("AWS_ENDPOINT_URL_")))


def default_file(environment: Mapping[str, str] | None = None) -> Path:
    """The file in which a running sandbox says where it is: `LANDLINE_SANDBOX`, else one for each user."""
    environment = os.environ if environment is None else environment
    if named := environment.get(VARIABLE):
        return Path(named)
    state = environment.get("XDG_STATE_HOME")
    return (Path(state) if state else Path.home() / ".local" / "state") / "landline" / "sandbox.json"


def find_served(file: Path | None = None) -> Served:
    """The sandbox that runs, as `file` (default: `default_file()`) says.

    Raises UsageError when none does: there is no such file, or what it names has gone or does not answer.
    """
    file = default_file() if file is None else file
    served = _read(file)
    if served is None:
        raise UsageError(f"no sandbox is running ({file} is not there); {_START}")
    if not _answers(served):
        raise UsageError(
            f"the sandbox that {file} names (process {served.pid}) is not running any more; {_START}"
        )
    return served


@contextmanager
def serving_sandbox(
    *, state: Path | None = None, port: int = 0, provider_port: int = 0, file: Path | None = None
) -> Iterator[Served]:
    """A world, empty or as `state` has kept it, behind both doors, until the context ends.

    `state` is made when it is not there; each call that changes the world is in it before the caller has
    its answer. A port 0 means a free one. `file` (default: `default_file()`) says where the sandbox is, for
    as long as it runs.

    Raises UsageError when a sandbox with that file runs already, a port is taken, or `state` cannot be
    loaded.
    """
    from landline.sandbox.aws_endpoint import AwsEndpoint, serving_aws
    from landline.sandbox.journal import Journal, read_journal
    from landline.sandbox.provider import AwsProvider, serving
    from landline.sandbox.resources.table import INVOKES, RESOURCE_TYPES
    from landline.sandbox.world import World

    file = default_file() if file is None else file
    other = _read(file)
    if other is not None and _answers(other):
        raise UsageError(
            f"a sandbox is running already (process {other.pid}, {file}); "
            f"stop it, or set {VARIABLE} to another file"
        )
    journal = read_journal(state) if state is not None and state.exists() else Journal()
    with ExitStack() as stack:
        world = stack.enter_context(World(journal=journal))
        if state is not None:
            stack.callback(journal.close)
            journal.write_to(state)
        provider = stack.enter_context(serving(AwsProvider(world, RESOURCE_TYPES, INVOKES), provider_port))
        endpoint = stack.enter_context(serving_aws(AwsEndpoint(world.process, journal.text), port))
        served = Served(os.getpid(), provider, endpoint, None if state is None else str(state.resolve()))
        _write(file, served)
        stack.callback(_forget, file, served)
        yield served


def _read(file: Path) -> Served | None:
    try:
        return Served(**json.loads(file.read_text()))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError) as error:
        raise UsageError(
            f"{file}: does not say where a sandbox runs: {error}; remove it, and {_START}"
        ) from error


def _write(file: Path, served: Served) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        part = file.with_name(f"{file.name}.{served.pid}")
        part.write_text(json.dumps(asdict(served)) + "\n")
        part.replace(file)
    except OSError as error:
        raise ToolError(
            f"{file}: cannot be written: {error.strerror}; set {VARIABLE} to another file"
        ) from error


def _forget(file: Path, served: Served) -> None:
    if _read(file) == served:
        file.unlink()


def _answers(served: Served) -> bool:
    """Whether the process lives and listens: a number alone may have gone to another process."""
    try:
        os.kill(served.pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        # Somebody else's process: not one that this user's file names.
        return False
    for port in (served.provider_port, served.endpoint_port):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
        except OSError:
            return False
    return True


def state_of(served: Served) -> str:
    """The state of a running sandbox, as `serving_sandbox` loads it from a file.

    Raises ToolError when it does not answer.
    """
    from landline.sandbox.aws_endpoint import STATE_PATH

    try:
        with urllib.request.urlopen(served.endpoint_url + STATE_PATH, timeout=60) as answer:  # noqa: S310 - http
            content: bytes = answer.read()
    except OSError as error:
        raise ToolError(f"the sandbox of process {served.pid} does not answer: {error}") from error
    return content.decode()
