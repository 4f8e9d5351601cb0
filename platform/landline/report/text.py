"""A verdict for people: the verdict first, then each witness hop by hop, then what it rests on."""

from collections.abc import Callable, Iterator
from itertools import groupby

from landline.proof import NO_VPC, Finding, Verdict

Hops = Callable[[tuple[str, ...]], tuple[str, ...]]
"""Says what each id of a path is."""


def as_text(verdict: Verdict, hops: Hops = tuple) -> str:
    """Return plain text with a newline at its end; the same verdict gives the same text.

    `hops` says what each id of a path is, one line a hop; without it the ids stand alone.
    """
    return "\n".join(_lines(verdict, hops)) + "\n"


def _lines(verdict: Verdict, hops: Hops) -> Iterator[str]:
    violations = sum(finding.severity == "violation" for finding in verdict.findings)
    latent = len(verdict.findings) - violations
    open_questions = sum(item.open for item in verdict.not_checked)
    yield (
        f"{verdict.verdict} ({verdict.evidence}): {_count(violations, 'violation')}, {latent} latent, "
        f"{_count(open_questions, 'open question')}"
    )
    if any(item.why == NO_VPC for item in verdict.not_checked):
        yield NO_VPC
    for finding in verdict.findings:
        yield ""
        yield from _finding(finding, hops)
    for title, entries in (
        ("granted and connected", verdict.access.granted),
        ("not granted", verdict.access.extra),
        ("granted, not connected", verdict.access.missing),
    ):
        if entries:
            yield ""
            yield f"Access, {title}:"
            yield from (f"  {entry.what()}" for entry in entries)
    yield ""
    yield "Checked: " + ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in verdict.checked)
    for title, is_open in (("Open, and so unproven", True), ("Not checked", False)):
        items = [item for item in verdict.not_checked if item.open is is_open]
        if items:
            yield ""
            yield f"{title}:"
            for why, group in groupby(
                sorted(items, key=lambda item: (item.why, item.rule)), key=lambda item: item.why
            ):
                yield f"  {', '.join(item.rule for item in group)}: {why}"
    yield ""
    yield "Assumed:"
    yield from (f"  {assumption}" for assumption in verdict.assumptions)


def _finding(finding: Finding, hops: Hops) -> Iterator[str]:
    where = f"{finding.account}/{finding.region}" + (f" {finding.vpc}" if finding.vpc else "")
    yield f"{finding.severity} {finding.rule}: {where} via {finding.resource}"
    yield f"  {finding.message}"
    yield from (f"    {'→ ' if at else '  '}{hop}" for at, hop in enumerate(hops(finding.path)))
    yield f"  fix: {finding.fix}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")
