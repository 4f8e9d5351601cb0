"""Keeps the roster fresh, and knows how old it is."""

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from landline.intake.record import Client
from landline.intake.refusal import unavailable
from landline.intake.roster import Roster

_log = logging.getLogger("landline.intake.roster")


@dataclass(frozen=True, slots=True)
class Pace:
    """How often the roster is read, in seconds."""

    every: float = 60.0
    at_least_apart: float = 5.0
    """Between two readings that unknown endpoints ask for."""
    oldest: float = 3600.0
    """The age at which it is believed no more."""
    wait: float = 15.0
    """How long a request waits for a reading."""


@dataclass(frozen=True, slots=True)
class _Reading:
    began: float
    """By the monotonic clock."""
    roster: Roster


class RosterKeeper:
    """Reads in the background, and answers so that no record gets a wrong name.

    - A known endpoint is known as long as the roster is younger than `oldest`: an endpoint never changes its
      account, and PrivateLink itself cuts whom a revocation rejects. Beyond that age nobody is known.
    - An endpoint is unknown only by a reading that began after it asked. So one that was granted a moment ago
      is asked to wait, and never told that it has no grant.
    """

    def __init__(
        self,
        read: Callable[[], Roster],
        pace: Pace | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._read = read
        self._pace = pace or Pace()
        self._clock = clock
        self._last: _Reading | None = None
        self._asked = asyncio.Event()
        self._changed = asyncio.Condition()
        self._failures = 0

    @property
    def age(self) -> float | None:
        """Seconds since the reading in use began, None before the first."""
        return None if self._last is None else self._clock() - self._last.began

    async def keep(self) -> None:
        """Reads until it is cancelled; a reading that fails is logged, and the next one comes."""
        while True:
            began = self._clock()
            try:
                roster = await asyncio.to_thread(self._read)
            except Exception as error:
                # Whatever it was: the roster in use only grows older by it.
                _log.error("The roster cannot be read: %s: %s", type(error).__name__, error)
                self._failures += 1
            else:
                if self._last is None or roster != self._last.roster:
                    _log.info("The roster has %d endpoints", len(roster))
                    for client in roster.values():
                        if client.known_by == "nothing":
                            _log.warning(
                                "%s of account %s is connected, and no grant names it: its records are "
                                "nobody's",
                                client.endpoint_id,
                                client.account,
                            )
                self._last = _Reading(began, roster)
            async with self._changed:
                self._changed.notify_all()
            await self._pause(began)

    async def _pause(self, began: float) -> None:
        self._asked.clear()
        soonest = began + self._pace.at_least_apart
        latest = began + (self._pace.every if self._last else self._pace.at_least_apart)
        try:
            await asyncio.wait_for(self._asked.wait(), max(0.0, latest - self._clock()))
        except TimeoutError:
            return
        await asyncio.sleep(max(0.0, soonest - self._clock()))

    async def find(self, endpoint_id: str) -> Client | None:
        """Who is behind an endpoint, or None for one that nobody granted.

        Raises `RefusedError` (503) where the roster was never read, is too old, or could not be read again to
        be sure of an endpoint that is not in it.
        """
        if (known := self._known(endpoint_id)) is not None:
            return known
        since = self._clock()
        failures = self._failures
        try:
            async with asyncio.timeout(self._pace.wait), self._changed:
                while True:
                    if (known := self._known(endpoint_id)) is not None:
                        return known
                    if self._last is not None and self._last.began >= since:
                        return None
                    if self._failures > failures:
                        break
                    self._asked.set()
                    await self._changed.wait()
        except TimeoutError:
            pass
        raise unavailable("who may send is not known at the moment")

    def _known(self, endpoint_id: str) -> Client | None:
        if self._last is None or self._clock() - self._last.began > self._pace.oldest:
            return None
        return self._last.roster.get(endpoint_id)
