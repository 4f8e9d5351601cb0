"""What a change opens and closes: two verdicts of one estate, before it and after."""

from dataclasses import dataclass

from landline.exit_codes import ExitCode
from landline.proof.verdict import AccessEntry, Finding, NotChecked, Verdict

Key = tuple[str, str, str, str, str, str]


@dataclass(frozen=True, slots=True)
class Difference:
    """Findings that appear, disappear and stay, access gained and lost, and questions that come up or close.

    Two findings are one when rule, severity, place, VPC and resource are the same, by whatever path. What
    was latent and is a violation now is both closed and opened.
    """

    before: str
    after: str
    opened: tuple[Finding, ...]
    closed: tuple[Finding, ...]
    stayed: tuple[Finding, ...]
    gained: tuple[AccessEntry, ...]
    lost: tuple[AccessEntry, ...]
    questions: tuple[NotChecked, ...]
    """What is open after the change and was not before."""
    settled: tuple[NotChecked, ...]
    """What was open before the change and is not any more."""
    checked: tuple[tuple[str, int, int], ...]
    """What was counted, before and after."""

    @property
    def exit_code(self) -> ExitCode:
        """1 where a finding appears, 3 where none does and a question comes up, else 0."""
        if self.opened:
            return ExitCode.FINDING
        return ExitCode.UNPROVEN if self.questions else ExitCode.DONE


def difference(before: Verdict, after: Verdict) -> Difference:
    """Compare two verdicts. Pure; everything in it is in the order in which a verdict has it."""
    old = {_key(finding) for finding in before.findings}
    new = {_key(finding) for finding in after.findings}
    had, has = _connected(before), _connected(after)
    was_open = {item for item in before.not_checked if item.open}
    is_open = {item for item in after.not_checked if item.open}
    counts = (dict(before.checked), dict(after.checked))
    return Difference(
        before=before.verdict,
        after=after.verdict,
        opened=tuple(finding for finding in after.findings if _key(finding) not in old),
        closed=tuple(finding for finding in before.findings if _key(finding) not in new),
        stayed=tuple(finding for finding in after.findings if _key(finding) in old),
        gained=tuple(entry for entry in has if entry not in had),
        lost=tuple(entry for entry in had if entry not in has),
        questions=tuple(sorted(is_open - was_open)),
        settled=tuple(sorted(was_open - is_open)),
        checked=tuple(
            (name, counts[0].get(name, 0), counts[1].get(name, 0))
            for name in dict.fromkeys((*counts[0], *counts[1]))
        ),
    )


def _key(finding: Finding) -> Key:
    place = (finding.account, finding.region, finding.vpc or "")
    return (finding.rule, finding.severity, *place, finding.resource)


def _connected(verdict: Verdict) -> tuple[AccessEntry, ...]:
    return (*verdict.access.granted, *verdict.access.extra)
