"""What each kind of backend takes, and where it goes."""

import boto3

from landline.intake import lines, otlp
from landline.intake.config import Config, FindingsIntake, LogArchive
from landline.intake.event_bus import EventBus
from landline.intake.finding_archive import Archive
from landline.intake.finding_delivery import FindingDelivery
from landline.intake.findings import FINDINGS, Importer
from landline.intake.firehose import Firehose, firehose_client
from landline.intake.form import Service
from landline.intake.handing_over import ONCE


def service(config: Config) -> Service:
    """The paths and the delivery of the configured backend."""
    match config.backend:
        case LogArchive(stream):
            return Service(
                {"/v1/logs": (otlp.PROTOBUF, otlp.JSON), "/v1/lines": (lines.LINES, lines.JSON)},
                Firehose(firehose_client(config.region), stream),
            )
        case FindingsIntake() as intake:
            return Service({"/v1/findings": (FINDINGS,)}, _findings(config.region, intake))


def _findings(region: str, intake: FindingsIntake) -> FindingDelivery:
    session = boto3.session.Session(region_name=region)
    return FindingDelivery(
        Archive(session.client("s3", config=ONCE), intake.bucket),
        EventBus(session.client("events", config=ONCE), intake.bus, intake.source),
        session.client("securityhub", config=ONCE) if intake.security_hub else None,
        Importer(intake.account, region, session.get_partition_for_region(region)),
    )
