"""Assertions about a snapshot, decided by the prover. What it cannot decide fails them too."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from landline.proof import AccessEntry, Finding, Verdict

INTERNET = ("internet-egress", "internet-ingress")
ACCESS = ("ungranted-access", "missing-access", "open-service", "foreign-service")


def assert_no_internet_routes(snapshot: Mapping[str, bytes] | Path) -> None:
    """No packet can leave `snapshot` for the internet or arrive from it, and no door for one stands open.

    `snapshot` is a directory or a mapping in the shape that `landline dump` writes. Latent findings fail as
    well: a gateway that is attached needs only a route.

    Raises:
        AssertionError: there is a way, with its path hop by hop; or the prover cannot decide it, with the
        reason.

    """
    __tracebackhide__ = True
    verdict = _judged(snapshot)
    found = [finding for finding in verdict.findings if finding.rule in INTERNET]
    if found:
        raise AssertionError("\n".join(["the internet and the estate reach each other:", *_witnesses(found)]))
    _assert_decided(verdict, INTERNET)


def assert_access(snapshot: Mapping[str, bytes] | Path, grants: Mapping[str, Any]) -> None:
    """Exactly the granted spokes are connected to the hub's services, and nobody else can be.

    `snapshot` is as for `assert_no_internet_routes`; `grants` is a document
    ``{"organization": …, "hub": account, "grants": [{"spoke": account, "service": name}, …]}``.

    Raises:
        AssertionError: who reaches what differs, or the prover cannot decide it, with the reason.
        UsageError: `grants` is no such document.

    """
    __tracebackhide__ = True
    verdict = _judged(snapshot, grants)
    found = [finding for finding in verdict.findings if finding.rule in ACCESS]
    if found or verdict.access.extra or verdict.access.missing:
        lines = [
            "who reaches what differs from what was granted:",
            *_entries("not granted", verdict.access.extra),
            *_entries("granted, not connected", verdict.access.missing),
            *_witnesses(found),
        ]
        raise AssertionError("\n".join(lines))
    _assert_decided(verdict, ACCESS)


def assert_logged(snapshot: Mapping[str, bytes] | Path) -> None:
    """Each VPC of `snapshot` has flow logs of all its traffic and logs its resolver's queries.

    `snapshot` is as for `assert_no_internet_routes`, and holds the documents of DescribeFlowLogs,
    ListResolverQueryLogConfigs and ListResolverQueryLogConfigAssociations. Latent findings fail as well: a
    VPC that is not logged needs only a subnet.

    Raises:
        AssertionError: a VPC or a subnet is not logged; or the prover cannot decide it, with the reason.

    """
    __tracebackhide__ = True
    from landline import proof

    logging = proof.OPTIONAL["logging"]
    verdict = _judged(snapshot, require=["logging"])
    found = [finding for finding in verdict.findings if finding.rule == logging]
    if found:
        raise AssertionError("\n".join(["not all of the estate is logged:", *_witnesses(found)]))
    _assert_decided(verdict, (logging,))


def _judged(
    snapshot: Mapping[str, bytes] | Path, grants: Mapping[str, Any] | None = None, require: Sequence[str] = ()
) -> Verdict:
    """The verdict. It names no evidence here, so tests may add documents to what the sandbox answered."""
    from landline import network, proof
    from landline.evidence import WIRING

    model = network.read(snapshot)
    given = None if grants is None else proof.read_grants(json.dumps(dict(grants)).encode())
    return proof.verify(
        model, given, evidence=WIRING if model.origins.sandbox else "snapshot", require=require
    )


def _assert_decided(verdict: Verdict, rules: Iterable[str]) -> None:
    __tracebackhide__ = True
    asked = {"all", *rules}
    if undecided := [note for note in verdict.not_checked if note.open and note.rule in asked]:
        lines = [f"  {note.rule}: {note.why}" for note in undecided]
        raise AssertionError("\n".join(["unproven: the snapshot does not carry a verdict:", *lines]))


def _witnesses(findings: Iterable[Finding]) -> Iterator[str]:
    for finding in findings:
        where = f"{finding.account}/{finding.region}" + (f" {finding.vpc}" if finding.vpc else "")
        yield f"  {finding.rule} ({finding.severity}) {where}: {finding.message}"
        yield f"    {' -> '.join(finding.path)}"
        yield f"    fix: {finding.fix}"


def _entries(title: str, entries: Iterable[AccessEntry]) -> Iterator[str]:
    for entry in entries:
        yield f"  {title}: {entry.what()}"
