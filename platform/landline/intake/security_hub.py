"""Imports findings into Security Hub: those in ASFF.

Nothing takes findings in OCSF: Security Hub shows its own in OCSF 1.6 ("AWS Security Hub User Guide,
Security Hub and the Open Cybersecurity Schema Framework"), and of the API's operations only
BatchImportFindings imports any, in ASFF. BatchUpdateFindingsV2 changes what is there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import msgspec

from landline.intake.mistake import Mistake, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mypy_boto3_securityhub import SecurityHubClient
    from mypy_boto3_securityhub.type_defs import AwsSecurityFindingTypeDef, ImportFindingsErrorTypeDef

    from landline.intake.findings import Finding

MOST_FINDINGS = 100
MOST_BYTES = 6_000_000
"""("AWS Security Hub CSPM Partner Integration Guide, Guidelines for using the BatchImportFindings API": "up
to 100 findings per batch, up to 240 KB per finding, and up to 6 MB per batch", 10 calls a second.)"""

_AGAIN = ("Throttl", "Internal", "Unavailable", "Timeout", "LimitExceeded")
"""Parts of the codes after which the same finding may be taken. The API does not list codes: assumed."""


class SecurityHub:
    """The Security Hub of the hub's account and Region, for the findings of one request.

    What it refuses for good is kept in `refused`: archive and bus have those findings all the same.
    """

    def __init__(self, client: SecurityHubClient) -> None:
        self._client = client
        self.refused: list[Mistake] = []

    def batches(self, findings: Sequence[Finding]) -> Iterator[tuple[Finding, ...]]:
        """The findings in ASFF in their order, as many at once as a call takes, and no Id twice in a call."""
        batch: list[Finding] = []
        ids: set[str] = set()
        heavy = 0
        for finding in findings:
            if finding.format != "asff":
                continue
            weight, own = len(msgspec.json.encode(finding.document)), str(finding.document["Id"])
            if batch and (len(batch) == MOST_FINDINGS or heavy + weight > MOST_BYTES or own in ids):
                yield tuple(batch)
                batch, ids, heavy = [], set(), 0
            batch.append(finding)
            ids.add(own)
            heavy += weight
        if batch:
            yield tuple(batch)

    def put(self, findings: tuple[Finding, ...]) -> tuple[tuple[Finding, ...], str]:
        """What of a batch is to come again, and the first reason."""
        documents = [cast("AwsSecurityFindingTypeDef", finding.document) for finding in findings]
        answer = self._client.batch_import_findings(Findings=documents)
        failed = {one["Id"]: one for one in answer.get("FailedFindings", [])}
        if len(failed) != answer["FailedCount"]:
            return (
                findings,
                f"{answer['FailedCount']} of {len(findings)} findings failed, {len(failed)} named",
            )
        again = [finding for finding in findings if _may_come_again(failed.get(finding.document["Id"]))]
        self.refused.extend(
            Mistake(
                finding.index,
                "",
                f"is refused by Security Hub: {one['ErrorCode']}: {shown(one['ErrorMessage'])}",
                "mend it and send it again; archive and bus have it",
            )
            for finding in findings
            if (one := failed.get(finding.document["Id"])) is not None and finding not in again
        )
        return tuple(again), failed[again[0].document["Id"]]["ErrorCode"] if again else ""


def _may_come_again(error: ImportFindingsErrorTypeDef | None) -> bool:
    return error is not None and any(part in error["ErrorCode"] for part in _AGAIN)
