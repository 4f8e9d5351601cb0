"""What a proof says: the frozen value behind the verdict's JSON (contract, design section 7)."""

from dataclasses import dataclass
from typing import Literal

from msgspec import UNSET, Struct, UnsetType

from landline.exit_codes import ExitCode

Outcome = Literal["proven", "violated", "unproven"]
Severity = Literal["violation", "latent"]


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One way out, in or across, or one access that nobody granted.

    `account`, `region` and `vpc` are those of the interface that sends or receives; `resource` is what opens
    the way; `path` holds the ids hop by hop from where the packet starts. `two_way` tells whether the answer
    gets back; it is None where no packet is meant.
    """

    rule: str
    severity: Severity
    account: str
    region: str
    vpc: str | None
    resource: str
    two_way: bool | None
    path: tuple[str, ...]
    message: str
    fix: str


@dataclass(frozen=True, slots=True, order=True)
class NotChecked:
    """A rule, or a part of one, that could not be decided or was not asked for.

    `open` ones make the verdict unproven.
    """

    rule: str
    why: str
    open: bool = True


class AccessEntry(Struct, frozen=True, gc=False):
    """A spoke's account and a service, with the endpoint that connects them, if there is one."""

    spoke: str
    service: str
    endpoint: str | None = None
    hub: str | UnsetType = UNSET
    region: str | UnsetType = UNSET
    """The account and the Region of the service, where hubs offer several of its name."""

    def what(self) -> str:
        """Return who and which service, as a line of a report says it."""
        where = "" if self.region is UNSET else f" of {self.hub}/{self.region}"
        return f"{self.spoke} -> {self.service}{where}" + (f" ({self.endpoint})" if self.endpoint else "")


@dataclass(frozen=True, slots=True)
class Access:
    """Who reaches what: as granted, without a grant, and what was granted and is not connected."""

    granted: tuple[AccessEntry, ...] = ()
    extra: tuple[AccessEntry, ...] = ()
    missing: tuple[AccessEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer about one estate. Everything in it is sorted: the same estate gives the same value."""

    evidence: str
    findings: tuple[Finding, ...]
    access: Access
    checked: tuple[tuple[str, int], ...]
    not_checked: tuple[NotChecked, ...]
    assumptions: tuple[str, ...]

    @property
    def verdict(self) -> Outcome:
        """A violation outweighs what is open: it stays one, whatever else comes to light."""
        if any(finding.severity == "violation" for finding in self.findings):
            return "violated"
        return "unproven" if any(item.open for item in self.not_checked) else "proven"

    @property
    def exit_code(self) -> ExitCode:
        """0 proven, 1 violated, 3 unproven."""
        codes = {"proven": ExitCode.DONE, "violated": ExitCode.FINDING, "unproven": ExitCode.UNPROVEN}
        return codes[self.verdict]
