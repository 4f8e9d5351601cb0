"""What each kind of backend takes, and where it goes."""

from uuid import uuid4

import boto3
from botocore.config import Config as ClientConfig

from landline.intake import lines, otlp
from landline.intake.config import Config, FindingsIntake, LogArchive
from landline.intake.event_bus import EventBus
from landline.intake.finding_archive import Archive
from landline.intake.finding_delivery import FindingDelivery
from landline.intake.findings import FINDINGS, Importer
from landline.intake.firehose import Firehose, firehose_client
from landline.intake.form import Service
from landline.intake.handing_over import ONCE
from landline.intake.log_group import ArchiveAndLogGroup

_REGIONAL = ONCE.merge(ClientConfig(s3={"us_east_1_regional_endpoint": "regional"}))
"""In us-east-1 botocore would ask for a bucket without its Region, a name that the hub's DNS Firewall
does not know ("AWS SDKs and Tools Reference Guide, Amazon S3 Regional endpoint")."""


def service(config: Config) -> Service:
    """The paths and the delivery of the configured backend."""
    match config.backend:
        case LogArchive() as archive:
            return Service(
                {"/v1/logs": (otlp.PROTOBUF, otlp.JSON), "/v1/lines": (lines.LINES, lines.JSON)},
                _logs(config.region, archive),
            )
        case FindingsIntake() as intake:
            return Service({"/v1/findings": (FINDINGS,)}, _findings(config.region, intake))


def _logs(region: str, archive: LogArchive) -> Firehose | ArchiveAndLogGroup:
    firehose = Firehose(firehose_client(region), archive.stream)
    if archive.log_group is None:
        return firehose
    client = boto3.session.Session(region_name=region).client("logs", config=ONCE)
    return ArchiveAndLogGroup(firehose, client, archive.log_group, f"intake/{uuid4().hex}")


def _findings(region: str, intake: FindingsIntake) -> FindingDelivery:
    session = boto3.session.Session(region_name=region)
    return FindingDelivery(
        Archive(session.client("s3", config=_REGIONAL), intake.bucket),
        EventBus(session.client("events", config=ONCE), intake.bus, intake.source),
        session.client("securityhub", config=ONCE) if intake.security_hub else None,
        Importer(intake.account, region, session.get_partition_for_region(region)),
    )
