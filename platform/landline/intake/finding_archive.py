"""Keeps findings in S3: an object for each request."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy_boto3_s3 import S3Client

    from landline.intake.findings import Finding

PREFIX = "findings"


def key(findings: Sequence[Finding]) -> str:
    """Where the findings of one request are kept: ``findings/<date>/<account>/<spoke>/<request>.jsonl``.

    The same request sent again the same day (UTC) is written to the same place.
    """
    first = findings[0].stamped
    request = first.id.rpartition("-")[0]
    return (
        f"{PREFIX}/{first.received_at[:10].replace('-', '/')}/{first.account}/{first.spoke}/{request}.jsonl"
    )


def text(findings: Sequence[Finding]) -> bytes:
    """What the object holds: a finding a line, with who sent it beside it."""
    return b"".join(finding.stamped.line() for finding in findings)


class Archive:
    """A bucket. Its default encryption is SSE-KMS with its own key: a header here could only name another."""

    def __init__(self, client: S3Client, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def put(self, findings: tuple[Finding, ...]) -> tuple[tuple[Finding, ...], str]:
        """What of the findings was not kept, and why: all or none."""
        self._client.put_object(
            Bucket=self._bucket, Key=key(findings), Body=text(findings), ContentType="application/x-ndjson"
        )
        return (), ""
