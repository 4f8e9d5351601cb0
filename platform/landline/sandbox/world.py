"""The world behind the sandbox: every account and Region that a program or a reader may touch."""

from __future__ import annotations

import os
import sys
import threading
import time
import zlib
from array import array
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import wraps
from typing import TYPE_CHECKING, Any, Self

import boto3
import botocore.session
from botocore.config import Config
from moto import mock_aws
from moto.core.base_backend import BackendDict

from landline.errors import UsageError
from landline.evidence import HEADER, WIRING
from landline.sandbox.clock import Clock
from landline.sandbox.journal import body_of, is_read, recorded
from landline.sandbox.patching import Patch, applied
from landline.sandbox.served_session import NO_PROFILE
from landline.sandbox.service_files import read_once, shared_loader
from landline.sandbox.short_wire import take_short_wire
from landline.sandbox.state import WorldState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from types import TracebackType

    from botocore.awsrequest import AWSPreparedRequest

    from landline.sandbox.journal import Journal

_ACCESS_KEY_PREFIX = "LANDLINE"
_running = threading.Lock()


@dataclass(slots=True)
class WorldPlace:
    """One account and Region of a world. Its clients are made once: making one costs more than a call."""

    account: str
    region: str
    _session: boto3.Session = field(repr=False)
    _lock: threading.RLock = field(repr=False)
    _noted: bool = field(repr=False)
    """Whether the world keeps a journal, in which every call is noted as a request."""
    _clients: dict[str, Any] = field(default_factory=dict, repr=False)

    def client(self, service: str) -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
        """The boto3 client for `service` in this account and Region."""
        with self._lock:
            if service not in self._clients:
                make: Any = self._session.client  # boto3-stubs knows literal service names only
                client = make(service)
                take_short_wire(
                    client,
                    self.account,
                    f"{_ACCESS_KEY_PREFIX}{self.account}",
                    None if self._noted else self._lock,
                )
                self._clients[service] = client
            return self._clients[service]


class World:
    """A running world of AWS accounts, empty at its start.

    Inside the context every boto3 client of the process lands in this world; nothing reaches the network.
    The account is read from the credentials of `session`, or from a role assumed through STS. Calls may
    come from several threads: one lock admits them one at a time. An operation that neither moto nor the
    sandbox has raises NotImplementedError.

    With a `journal` every call that changes the world is noted in it, and the calls that it holds already are
    repeated on entering: a world that is asked the same things in the same order holds the same.

    Accounts start as a landing zone hands them over: **without a default VPC**, in every Region, and
    without public machine images (RegisterImage makes one). Ids are drawn from
    `seed`, so two worlds that are asked the same things in the same order hold the same ids.

    Raises UsageError on entering while another world of this process is running, because moto's state is
    the process's, and when a call of the journal ends otherwise than it did.
    """

    def __init__(self, *, seed: int = 0, journal: Journal | None = None) -> None:
        self._seed = seed
        self._journal = journal
        self._clock = Clock()
        self._stack = ExitStack()
        self._lock = threading.RLock()
        self._places: dict[tuple[str, str], WorldPlace] = {}
        self._entered = False
        self.state = WorldState()

    def __enter__(self) -> Self:
        if not _running.acquire(blocking=False):
            message = "another sandbox world is running in this process: leave it before entering this one"
            raise UsageError(message)
        with ExitStack() as stack:
            stack.callback(_running.release)
            self.state = WorldState()
            stack.enter_context(read_once())
            stack.enter_context(_without_profile())
            # Outside moto, because it makes its backends anew when it stops.
            stack.enter_context(applied(self._patches()))
            stack.enter_context(mock_aws())
            _empty_backends()
            _seed_identifiers(stack, self._seed)
            self._repeat()
            self._entered = True
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._entered = False
        self._places.clear()
        self._stack.close()

    def session(self, account: str, region: str) -> boto3.Session:
        """A boto3 session of `account` (twelve digits) with `region` as its default."""
        if not self._entered:
            message = "the sandbox world is not running: use it as a context manager"
            raise UsageError(message)
        if len(account) != 12 or not account.isdecimal():
            message = f"account: {account!r} is not a twelve-digit account id"
            raise UsageError(message)
        core = botocore.session.Session(session_vars=NO_PROFILE)
        core.register_component("data_loader", shared_loader())
        # botocore composes its own anew for every call, which takes an eighth of the call's time.
        core.set_default_client_config(
            # Whoever works with a served sandbox has its address in the environment.
            Config(  # type: ignore[call-arg] # botocore has the last option, its stubs do not
                user_agent="landline-sandbox",
                retries={"total_max_attempts": 1},
                ignore_configured_endpoint_urls=True,  # pyright: ignore[reportCallIssue] # as above
            )
        )
        return boto3.Session(
            aws_access_key_id=f"{_ACCESS_KEY_PREFIX}{account}",
            aws_secret_access_key="sandbox",  # noqa: S106 - no secret: moto does not check it
            region_name=region,
            botocore_session=core,
        )

    def place(self, account: str, region: str) -> WorldPlace:
        """The account and Region as the resource table uses it; the same object each time."""
        with self._lock:
            key = (account, region)
            if key not in self._places:
                self._places[key] = WorldPlace(
                    account, region, self.session(account, region), self._lock, self._journal is not None
                )
            return self._places[key]

    def process(self, request: AWSPreparedRequest) -> tuple[int, Mapping[str, str], str | bytes]:
        """What AWS answers to `request`, sent to AWS's own address: status, headers and body.

        Raises NotImplementedError for what the sandbox lacks.
        """
        from moto.core.models import botocore_stubber

        answer: Any = botocore_stubber.process_request(request)
        status, headers, body = answer
        return status, headers, body

    def _patches(self) -> list[Patch]:
        import moto.iam.models
        from moto.core.models import botocore_stubber
        from moto.ec2.models import EC2Backend
        from moto.ec2.models.amis import AmiBackend

        from landline.sandbox.operations.nouns import NOUNS

        return [
            *([] if self._journal is None else self._clock.patches()),
            Patch(botocore_stubber, "process_request", self._one_at_a_time(botocore_stubber.process_request)),
            Patch(
                moto.iam.models,
                "get_account_id_from",
                _account_by_access_key(moto.iam.models.get_account_id_from),
            ),
            Patch(
                EC2Backend,
                "create_default_vpc",
                _unless_being_made(EC2Backend.create_default_vpc),
            ),
            Patch(AmiBackend, "_load_amis", _without_images),
            *(patch for noun in NOUNS for patch in noun.patches(self.state)),
        ]

    def _one_at_a_time(self, process: Callable[[Any], Any]) -> Callable[[Any], Any]:
        """Moto's own request handler, behind this world's lock, and with no way past it to the network."""
        from landline.sandbox.operations.empty_lists import answer as empty_answer

        @wraps(process)
        def guarded(request: Any) -> Any:  # noqa: ANN401 - moto's own types
            with self._lock:
                response = self._noted(process, request)
            if response is None or (response[0] == 404 and response[2] == "Not yet implemented"):
                nothing = empty_answer(request.method, request.url)
                if nothing is not None:
                    return _marked(nothing)
                message = f"the sandbox has no such service: {request.method} {request.url}"
                raise NotImplementedError(message)
            return _marked(response)

        return guarded

    def _noted(self, process: Callable[[Any], Any], request: Any) -> Any:  # noqa: ANN401 - moto's own types
        if self._journal is None:
            return process(request)
        # The body first: a stream can be read once only.
        before, now, body = _draws(), time.time(), body_of(request)
        with self._clock.at(now):
            response = process(request)
        # A read, too, can make something with an id: what AWS keeps in every account from its beginning.
        if response is not None and (_draws() != before or not is_read(request)):
            self._journal.add(recorded(request, body, at=now, status=response[0], draws=_draws()))
        return response

    def _repeat(self) -> None:
        from moto.core.models import botocore_stubber

        calls = [] if self._journal is None else self._journal.calls
        # Past this world's own handler, which would note them once more.
        process = getattr(botocore_stubber.process_request, "__wrapped__")  # noqa: B009 - not in its type
        for number, call in enumerate(calls, start=1):
            with self._clock.at(call.at):
                response = process(call.request())
            status = 404 if response is None else response[0]
            if (status, _draws()) != (call.status, call.draws):
                message = (
                    f"the sandbox's state cannot be loaded: call {number} of {len(calls)} ({call.method} "
                    f"{call.url}) ended with HTTP status {call.status}, now with {status} or other ids. "
                    "It is from another version of Landline or moto: start without it, and deploy again."
                )
                raise UsageError(message)


def _marked(response: Any) -> Any:  # noqa: ANN401 - moto's own types
    status, headers, body = response
    return status, {**dict(headers.items()), HEADER: WIRING}, body


def access_key(given: str) -> str | None:
    """The access key under which a running world knows a caller; None for a key that it never gave out.

    An account's twelve digits stand for its own key.
    """
    from moto.iam.models import iam_backends
    from moto.utilities.utils import PARTITION_NAMES

    digits = given.removeprefix(_ACCESS_KEY_PREFIX)
    if len(digits) == 12 and digits.isdecimal():
        return _ACCESS_KEY_PREFIX + digits
    given_out = any(
        given in account[partition].access_keys
        for account in list(iam_backends.values())
        for partition in PARTITION_NAMES
        if partition in account.keys()  # noqa: SIM118 - moto's `in` makes the backend
    )
    return given if given_out else None


def _account_by_access_key(lookup: Callable[[str], str]) -> Callable[[str], str]:
    """Reads the account from a world's own access keys; leaves those that STS has handed out to moto."""

    @wraps(lookup)
    def account(access_key: str) -> str:
        prefix, number = access_key[: len(_ACCESS_KEY_PREFIX)], access_key[len(_ACCESS_KEY_PREFIX) :]
        return number if prefix == _ACCESS_KEY_PREFIX and number.isdecimal() else lookup(access_key)

    return account


def _unless_being_made(create: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """CreateDefaultVpc as moto has it, but not by itself when an account is first touched."""

    @wraps(create)
    def create_default_vpc(backend: Any) -> Any:  # noqa: ANN401 - moto's own types
        return create(backend) if hasattr(backend, "default_vpc") else None

    return create_default_vpc


def _without_images(backend: Any) -> None:  # noqa: ANN401 - moto's own types
    """No public machine images: moto's take a third of a second for every account and Region."""


@contextmanager
def _without_profile() -> Iterator[None]:
    """For moto, whose own sessions would look for the profile that the environment names."""
    named = {
        name: os.environ.pop(name) for name in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE") if name in os.environ
    }
    try:
        yield
    finally:
        os.environ.update(named)


def _empty_backends() -> None:
    """Leaves none of moto's backends standing: while moto resets them, they bring one another back."""
    for name, module in list(sys.modules.items()):
        if name.startswith("moto."):
            for value in vars(module).values():
                if isinstance(value, BackendDict):
                    value.clear()


def _draws() -> int:
    """Stands for all random numbers that moto has drawn so far; the same in every process."""
    from moto.moto_api._internal import mock_random

    return zlib.crc32(array("Q", mock_random.getstate()[1]))


def _seed_identifiers(stack: ExitStack, seed: int) -> None:
    """Makes moto draw its ids in the same order for the same `seed`, until `stack` is closed."""
    from moto.moto_api._internal import mock_random

    stack.callback(mock_random.setstate, mock_random.getstate())
    mock_random.seed(seed)
