"""Judges findings and hands them to the archive, Security Hub and the bus, in this order."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import TYPE_CHECKING

from landline.intake.findings import Importer, MistakenError, judged
from landline.intake.handing_over import back_off, hand_over, pass_on
from landline.intake.security_hub import SecurityHub
from landline.intake.taken import Taken

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mypy_boto3_securityhub import SecurityHubClient

    from landline.intake.event_bus import EventBus
    from landline.intake.finding_archive import Archive
    from landline.intake.findings import Finding
    from landline.intake.mistake import Mistake
    from landline.intake.record import Stamped


class FindingDelivery:
    """The `Delivery` of findings: acknowledged once the archive has them, and the other two have taken them
    or refuse for good.

    The archive comes first, so that nothing is passed on that is not kept, and the bus last: in Security Hub
    the same finding sent again updates itself, while an event is doubled. So where one does not take
    everything at the moment, the client sends the request again, and nothing comes twice by it: the archive
    and the bus are given what they have not taken yet, as long as the request comes to the same process.
    What Security Hub or the bus refuse for good, such as all, where it is off, no client could mend: it is
    told (`landline.intake.denial`) and stays in the archive.
    """  # noqa: D205 - one promise

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
        self._archived = Taken()
        self._passed_on = Taken()

    async def deliver(self, records: Sequence[Stamped]) -> None:
        """See `Delivery`. Raises `MistakenError` besides: 400 for what is wrong, before anything is handed
        over; 422 for what Security Hub refuses, after everything else was taken.
        """  # noqa: D205 - one promise
        findings = await asyncio.to_thread(judged, records, self._importer)
        with self._archived.attempt(findings) as archived, self._passed_on.attempt(findings) as passed_on:
            if archived.left:
                await hand_over("the archive", self._archive.put, findings, self._pause)
                archived.add(finding.id for finding in findings)
            refused = await self._import(findings)

            def put(batch: tuple[Finding, ...]) -> tuple[tuple[Finding, ...], str]:
                left, why = self._bus.put(batch)
                passed_on.add({finding.id for finding in batch} - {finding.id for finding in left})
                return left, why

            await pass_on("the bus", put, self._bus.batches(passed_on.left), self._pause)
        if refused:
            raise MistakenError(HTTPStatus.UNPROCESSABLE_ENTITY, refused)

    async def _import(self, findings: tuple[Finding, ...]) -> list[Mistake]:
        """What Security Hub refuses of the findings, one by one."""
        if self._security_hub is None:
            return []
        hub = SecurityHub(self._security_hub)
        await pass_on("Security Hub", hub.put, hub.batches(findings), self._pause)
        return hub.refused
