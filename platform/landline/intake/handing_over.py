"""Hands a batch to AWS until all of it is taken."""

import asyncio
import logging
import random
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import TypeVar

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from landline.intake import denial
from landline.intake.refusal import RefusedError, unavailable

_log = logging.getLogger("landline.intake.handing_over")

ATTEMPTS = 6
DENIED_SECONDS = 60
"""After how long a client is asked to come again where the archive itself refuses: people are slower than
outages."""
CONNECTIONS = 16
ONCE = Config(
    connect_timeout=3,
    read_timeout=10,
    max_pool_connections=CONNECTIONS,
    retries={"mode": "standard", "total_max_attempts": 1},
)
"""For clients that ask once: how often they ask again is decided in one place, here."""

Piece = TypeVar("Piece")
Once = Callable[[tuple[Piece, ...]], tuple[tuple[Piece, ...], str]]
"""One call: a batch → what of it was not taken, and why."""


def back_off(attempt: int) -> float:
    """Seconds before the attempt of that number (1 is the second): at random up to 100 ms, doubled to 3 s."""
    return random.uniform(0, min(3.0, 0.1 * 2 ** (attempt - 1)))  # noqa: S311 - spreads load, keeps no secret


class DeniedError(RefusedError):
    """AWS refuses the call, whoever sends it again: something of the hub's is to be mended first."""

    def __init__(self, to: str) -> None:
        super().__init__(
            HTTPStatus.SERVICE_UNAVAILABLE,
            f"{to} does not take anything at the moment",
            retry_after=DENIED_SECONDS,
        )


async def hand_over(
    to: str, once: Once[Piece], batch: tuple[Piece, ...], pause: Callable[[int], float] = back_off
) -> None:
    """Returns once all of the batch is taken; what is not comes again by itself, `ATTEMPTS` times in all.

    Raises `RefusedError` (503) when something is left, and `DeniedError` at once when AWS refuses the call
    for good. `to` names who takes it, for the log and the answer.
    """
    left, why = batch, ""
    for attempt in range(ATTEMPTS):
        if attempt:
            await asyncio.sleep(pause(attempt))
        left, why = await asyncio.to_thread(_asked, to, once, left)
        if not left:
            return
    _log.error("%s did not take %d of %d: %s", to, len(left), len(batch), why)
    raise unavailable(f"{to} does not take everything at the moment")


async def pass_on(
    to: str, once: Once[Piece], batches: Iterable[tuple[Piece, ...]], pause: Callable[[int], float] = back_off
) -> None:
    """As `hand_over`, batch by batch, of what the archive has already: what is refused for good stays there.

    Whoever sent it could not mend that, and would only send it again, and have no room for what comes next.
    """
    rest = iter(batches)
    for batch in rest:
        try:
            await hand_over(to, once, batch, pause)
        except DeniedError:
            if untold := sum(len(one) for one in rest):
                denial.tell(to, untold, "as those before them")


def _asked(to: str, once: Once[Piece], batch: tuple[Piece, ...]) -> tuple[tuple[Piece, ...], str]:
    try:
        return once(batch)
    except ClientError as error:
        if _status(error) < 500 and not _passing(error):
            denial.tell(to, len(batch), str(error))
            raise DeniedError(to) from error
        return batch, str(error)
    except BotoCoreError as error:
        return batch, str(error)


def _status(error: ClientError) -> int:
    """The answer's HTTP status; an answer without one is taken for a passing failure."""
    metadata = error.response.get("ResponseMetadata")
    return 500 if metadata is None else metadata["HTTPStatusCode"]


_PASSING = ("Throttl", "LimitExceeded", "TooMany", "Timeout", "Expired", "Skewed", "Conflict", "Aborted")
"""Parts of the codes of refusals below 500 that pass without anybody's doing: too much at once, a slow
connection, a role's key that ended a moment ago, another write at once. S3 says SlowDown with 503."""


def _passing(error: ClientError) -> bool:
    return any(word in error.response.get("Error", {}).get("Code", "") for word in _PASSING)
