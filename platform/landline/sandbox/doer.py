"""Who does jobs on a subject, one after the other."""

from __future__ import annotations

from concurrent.futures import Future
from typing import TYPE_CHECKING, Concatenate, Generic, ParamSpec, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

S = TypeVar("S")
S_co = TypeVar("S_co", covariant=True)
P = ParamSpec("P")
R = TypeVar("R")


class Doer(Protocol[S_co]):
    """Does jobs on a subject, one after the other."""

    def begin(self, job: Callable[Concatenate[S_co, P], R], *args: P.args, **options: P.kwargs) -> Future[R]:
        """The result of the job on the subject, or the exception that it ended with."""
        ...

    def aside(self, job: Callable[Concatenate[S_co, P], R], *args: P.args, **options: P.kwargs) -> Future[R]:
        """As `begin`, of a job that only reads: it sees the subject as it is now, whatever comes after it.

        Ask for the result: until then something of the job may be kept.
        """
        ...

    def receive(self) -> bool:
        """Wait for the next result and give it to its future; False if none is to come."""
        ...

    def meanwhile(self, tasks: Iterable[Callable[[], object]]) -> None:
        """What to do here, each once, where `receive` would only wait; it may come to it or not.

        A task that asks this doer for something waits for ever.
        """
        ...


class Here(Generic[S]):
    """Does each job in this process, before `begin` returns."""

    def __init__(self, subject: S) -> None:
        self._subject = subject

    def begin(self, job: Callable[Concatenate[S, P], R], *args: P.args, **options: P.kwargs) -> Future[R]:
        """As `Doer` says."""
        return done(job, self._subject, *args, **options)

    def aside(self, job: Callable[Concatenate[S, P], R], *args: P.args, **options: P.kwargs) -> Future[R]:
        """As `Doer` says: it is done now."""
        return self.begin(job, *args, **options)

    def receive(self) -> bool:
        """As `Doer` says."""
        return False

    def meanwhile(self, tasks: Iterable[Callable[[], object]]) -> None:
        """As `Doer` says: nothing is waited for here."""


def done(job: Callable[P, R], /, *args: P.args, **options: P.kwargs) -> Future[R]:
    """The result, or the exception, of a job that is done before this returns."""
    future: Future[R] = Future()
    try:
        future.set_result(job(*args, **options))
    except Exception as error:  # noqa: BLE001, RUF100 - whoever asks for the result gets it
        future.set_exception(error)
    return future
