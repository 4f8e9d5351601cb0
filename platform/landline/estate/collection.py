"""Reading many accounts and Regions side by side into one snapshot."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from landline import __version__
from landline.errors import UsageError
from landline.estate.call import FOLLOW_UPS, REGIONAL, Call, FollowUp
from landline.estate.collected import Collected, Failure, Progress
from landline.estate.document import as_cli
from landline.evidence import HEADER, MARK, MARK_FILE, WIRING, said_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from landline.estate.target import Target

_CONFIG = Config(
    # `adaptive` slows down when AWS throttles (Boto3 guide, Retries).
    retries={"mode": "adaptive", "total_max_attempts": 10},
    connect_timeout=10,
    read_timeout=60,
    max_pool_connections=16,
    user_agent_extra=f"landline/{__version__}",
)
_NEXT = ("NextToken", "NextMarker", "nextToken")
_DENIED = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"})


@dataclass(frozen=True, slots=True)
class _Step:
    target: Target
    call: Call
    arguments: Mapping[str, object]
    path: str


@dataclass(frozen=True, slots=True)
class _Answer:
    step: _Step
    response: Mapping[str, Any] | None
    failure: Failure | None
    said: frozenset[str | None] = frozenset()
    """What the HTTP answers said of the evidence: nothing (None), as AWS's do, or the sandbox's `WIRING`."""


class _IncompleteError(Exception):
    """AWS answered, but not with all there is."""


def collect(
    targets: Sequence[Target],
    on_progress: Callable[[Progress], None] | None = None,
    *,
    workers: int = 16,
) -> Collected:
    """Describe every target, `workers` calls at a time; `on_progress` runs in this thread after each call.

    One worker is this thread.

    A call that AWS refuses, throttles beyond ten attempts or answers only in part becomes a `Failure` and
    leaves its document out: whoever reads the snapshot finds it missing instead of empty.
    What the sandbox answers is marked (`landline.evidence`).

    Raises:
        ValueError: the same account and Region is named twice, or `workers` is below 1.
        UsageError: the sandbox answers some of the calls, and AWS others.

    """
    places = [(target.account, target.region) for target in targets]
    if doubled := sorted({place for place in places if places.count(place) > 1}):
        raise ValueError(f"{doubled[0][0]}/{doubled[0][1]} is named twice")
    clients = _Clients()
    answers: list[_Answer] = []
    steps = [
        _Step(target, call, call.arguments, f"{target.account}/{target.region}/{call.command}.json")
        for target in targets
        for call in REGIONAL
    ]
    with _ready(workers) as pool:
        answers.extend(_ask(pool, clients, steps, 0, on_progress))
        more = [step for answer in answers for step in _follow_ups(answer)]
        answers.extend(_ask(pool, clients, more, len(steps), on_progress))
    documents = {
        answer.step.path: as_cli(answer.response) for answer in answers if answer.response is not None
    }
    if _of_the_sandbox(answers):
        documents |= {f"{path.rpartition('/')[0]}/{MARK_FILE}": MARK for path in documents}
    return Collected(
        dict(sorted(documents.items())),
        tuple(
            sorted((answer.failure for answer in answers if answer.failure), key=lambda failure: failure.path)
        ),
    )


def _of_the_sandbox(answers: Sequence[_Answer]) -> bool:
    """Whether the sandbox gave all answers, or none. Raises UsageError otherwise."""
    first: dict[str | None, _Step] = {}
    for answer in answers:
        for said in answer.said:
            first.setdefault(said, answer.step)
    for said, step in first.items():
        if said not in (None, WIRING):
            raise UsageError(
                f"{step.path}: the answer's header {HEADER} says {said!r}, and this version knows "
                f"{WIRING!r} alone; use the sandbox of this version"
            )
    if len(first) > 1:
        raise UsageError(
            f"the sandbox answered for {first[WIRING].path}, and another for {first[None].path}: evidence is "
            "never mixed; point AWS_ENDPOINT_URL and the profiles of all accounts to the one or the other"
        )
    return WIRING in first


@contextmanager
def _ready(workers: int) -> Iterator[ThreadPoolExecutor | None]:
    if workers == 1:
        yield None
        return
    with ThreadPoolExecutor(max_workers=workers, thread_name_prefix="landline-dump") as pool:
        try:
            yield pool
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _ask(
    pool: ThreadPoolExecutor | None,
    clients: _Clients,
    steps: Iterable[_Step],
    before: int,
    on_progress: Callable[[Progress], None] | None,
) -> Iterator[_Answer]:
    waiting = list(steps)
    answers: Iterable[_Answer]
    if pool is None:
        answers = (_answer(clients, step) for step in waiting)
    else:
        futures = [pool.submit(_answer, clients, step) for step in waiting]
        answers = (future.result() for future in as_completed(futures))
    total = before + len(waiting)
    for done, answer in enumerate(answers, before + 1):
        if on_progress is not None:
            target = answer.step.target
            on_progress(Progress(target.account, target.region, _command(answer.step.call), done, total))
        yield answer


def _answer(clients: _Clients, step: _Step) -> _Answer:
    said: set[str | None] = set()
    try:
        response = _read(clients.of(step.target, step.call.service), step.call, step.arguments, said)
    except ClientError as error:
        told = error.response.get("Error", {})
        failure = _failure(step, told.get("Code", "ClientError"), told.get("Message", str(error)))
        return _Answer(step, None, failure, frozenset({*said, said_of(error.response)}))
    except (BotoCoreError, _IncompleteError, NotImplementedError) as error:
        # NotImplementedError: a stand-in of AWS (moto) that lacks the operation.
        failure = _failure(step, type(error).__name__.lstrip("_"), str(error))
        return _Answer(step, None, failure, frozenset(said))
    return _Answer(step, response, None, frozenset(said))


def _read(
    client: Any,  # noqa: ANN401 - boto3's
    call: Call,
    arguments: Mapping[str, object],
    said: set[str | None],
) -> Mapping[str, Any]:
    """The pages as one answer, as the AWS CLI gives it; what each says of the evidence goes into `said`.

    Raises:
        _IncompleteError: the key of the document is absent, or AWS says that there is more and not how to
        get it.

    """
    method = call.command.replace("-", "_")
    pages: Iterable[dict[str, Any]]
    if client.can_paginate(method):
        pages = client.get_paginator(method).paginate(**arguments)
    else:
        pages = _pages(getattr(client, method), arguments)
    items: list[Any] = []
    last: dict[str, Any] = {}
    for last in pages:
        said.add(said_of(last))
        if call.key not in last:
            raise _IncompleteError(f"the answer has no {call.key}")
        if not isinstance(last[call.key], list):
            return last
        items.extend(_without(last[call.key], call.withheld) if call.withheld else last[call.key])
    if last.get("AdditionalRoutesAvailable"):
        raise _IncompleteError("AWS holds more routes than it gives at once")
    return {key: value for key, value in last.items() if key not in _NEXT} | {call.key: items}


def _without(value: Any, withheld: frozenset[str]) -> Any:  # noqa: ANN401 - as decoded
    if isinstance(value, dict):
        return {key: _without(item, withheld) for key, item in value.items() if key not in withheld}
    return [_without(item, withheld) for item in value] if isinstance(value, list) else value


def _pages(
    method: Callable[..., dict[str, Any]], arguments: Mapping[str, object]
) -> Iterator[dict[str, Any]]:
    page = method(**arguments)
    yield page
    while token := page.get("NextToken"):
        page = method(**arguments, NextToken=token)
        yield page


def _follow_ups(answer: _Answer) -> Iterator[_Step]:
    if answer.response is None:
        return
    step = answer.step
    for follow_up in FOLLOW_UPS:
        if follow_up.after == step.call.operation:
            for item in answer.response[step.call.key]:
                if follow_up.unless not in item:
                    yield _step_for(step.target, follow_up, item)


def _step_for(target: Target, follow_up: FollowUp, item: Mapping[str, Any]) -> _Step:
    call = follow_up.call
    return _Step(
        target,
        call,
        {**call.arguments, follow_up.argument: item[follow_up.identifier]},
        f"{target.account}/{target.region}/{call.command}-{item[follow_up.suffix]}.json",
    )


def _command(call: Call) -> str:
    return f"{call.service} {call.command}"


def _failure(step: _Step, code: str, message: str) -> Failure:
    return Failure(
        account=step.target.account,
        region=step.target.region,
        command=_command(step.call),
        path=step.path,
        code=code,
        message=message,
        action=step.call.action if code in _DENIED else None,
    )


class _Clients:
    """One client for each target and service: threads may share boto3's clients, but not its sessions."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._made: dict[tuple[str, str, str], Any] = {}

    def of(self, target: Target, service: str) -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
        key = (target.account, target.region, service)
        with self._lock:
            if key not in self._made:
                self._made[key] = target.session.client(service, region_name=target.region, config=_CONFIG)
            return self._made[key]
