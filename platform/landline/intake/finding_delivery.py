"""Judges findings and hands them to the archive, the bus and Security Hub, in this order."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import TYPE_CHECKING

from landline.intake.findings import Importer, MistakenError, judged
from landline.intake.handing_over import back_off, hand_over
from landline.intake.security_hub import SecurityHub

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mypy_boto3_securityhub import SecurityHubClient

    from landline.intake.event_bus import EventBus
    from landline.intake.finding_archive import Archive
    from landline.intake.record import Stamped


class FindingDelivery:
    """The `Delivery` of findings: acknowledged once all three have taken them.

    The archive comes first, so that nothing is passed on that is not kept. Where a later one fails, the same
    request sent again writes the same object, updates the same findings in Security Hub, and doubles events,
    which carry the same ``id`` again.
    """

    def __init__(
        self,
        archive: Archive,
        bus: EventBus,
        security_hub: SecurityHubClient | None,
        importer: Importer,
        pause: Callable[[int], float] = back_off,
    ) -> None:
        self._archive = archive
        self._bus = bus
        self._security_hub = security_hub
        self._importer = importer
        self._pause = pause

    async def deliver(self, records: Sequence[Stamped]) -> None:
        """See `Delivery`. Raises `MistakenError` besides: 400 for what is wrong, before anything is handed
        over; 422 for what Security Hub refuses, after everything else was taken.
        """  # noqa: D205 - one promise
        findings = await asyncio.to_thread(judged, records, self._importer)
        await hand_over("the archive", self._archive.put, findings, self._pause)
        for batch in self._bus.batches(findings):
            await hand_over("the bus", self._bus.put, batch, self._pause)
        if self._security_hub is None:
            return
        hub = SecurityHub(self._security_hub)
        for batch in hub.batches(findings):
            await hand_over("Security Hub", hub.put, batch, self._pause)
        if hub.refused:
            raise MistakenError(HTTPStatus.UNPROCESSABLE_ENTITY, hub.refused)
