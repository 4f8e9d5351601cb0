"""Short words for what the prover says about a dump."""

from landline import network, proof
from landline.proof import Finding, Grant, Grants, Verdict
from tests.proof.dump import HUB, Dump


def verdict(dump: Dump, grants: Grants | None = None) -> Verdict:
    return proof.verify(network.read(dump.bytes()), grants)


def violations(dump: Dump, grants: Grants | None = None) -> dict[tuple[str, str | None, str], bool | None]:
    """Rule, VPC and resource of each violation, and whether the answer gets back."""
    found = verdict(dump, grants).findings
    return {(f.rule, f.vpc, f.resource): f.two_way for f in found if f.severity == "violation"}


def latent(dump: Dump) -> set[tuple[str, str | None, str]]:
    return {(f.rule, f.vpc, f.resource) for f in verdict(dump).findings if f.severity == "latent"}


def finding(dump: Dump, rule: str, grants: Grants | None = None) -> Finding:
    [found] = [f for f in verdict(dump, grants).findings if f.rule == rule and f.severity == "violation"]
    return found


def open_questions(dump: Dump, grants: Grants | None = None) -> dict[str, set[str]]:
    """What makes a verdict unproven, by rule."""
    questions: dict[str, set[str]] = {}
    for item in verdict(dump, grants).not_checked:
        if item.open:
            questions.setdefault(item.rule, set()).add(item.why)
    return questions


def granted(**services: list[str]) -> Grants:
    """Grants of the hub: service name to accounts."""
    return Grants(HUB, tuple(Grant(spoke, name) for name, spokes in services.items() for spoke in spokes))
