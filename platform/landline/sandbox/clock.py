"""The time that moto reads: the machine's, or that of the call which is being repeated."""

from __future__ import annotations

import datetime
import importlib
import time
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING, Any

from landline.sandbox.patching import Patch

if TYPE_CHECKING:
    from collections.abc import Iterator

_READERS = (
    "moto.core.utils",  # utcnow, which nearly all of moto's services use
    "moto.guardduty.models",
    "moto.route53resolver.models",
    "moto.s3.models",
    "moto.securityhub.models",
)
"""Those of moto's modules that read the machine's clock for what they then show."""


@dataclass(slots=True)
class Clock:
    """What time it is for moto. It stands still during a call, so that a repeated call sees the same."""

    _moment: float | None = None

    @contextmanager
    def at(self, moment: float) -> Iterator[None]:
        """Inside the context it is `moment`, in seconds since 1970 (UTC)."""
        before, self._moment = self._moment, moment
        try:
            yield
        finally:
            self._moment = before

    def time(self) -> float:
        """Seconds since 1970 (UTC)."""
        return time.time() if self._moment is None else self._moment

    def patches(self) -> list[Patch]:
        """Have moto read this clock."""
        clock = self

        class Known(type):
            """Times that the standard library makes are still times to `isinstance`."""

            def __instancecheck__(cls, instance: object) -> bool:
                return isinstance(instance, datetime.datetime)

        class Datetime(datetime.datetime, metaclass=Known):
            @classmethod
            def now(cls, tz: datetime.tzinfo | None = None) -> Any:  # noqa: ANN401 - moto's own use
                return datetime.datetime.fromtimestamp(clock.time(), tz)

        module = ModuleType("datetime")
        vars(module).update(vars(datetime), datetime=Datetime)
        readers = [importlib.import_module(name) for name in _READERS]
        return [
            Patch(
                reader, "datetime", module if isinstance(vars(reader)["datetime"], ModuleType) else Datetime
            )
            for reader in readers
        ]
