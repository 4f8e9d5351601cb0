"""Proves stack files before anything exists: deployed in the sandbox, read back, judged, and probed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from landline.exit_codes import ExitCode

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from landline.estate.endpoint_connection import EndpointConnection
    from landline.sandbox.estate import Sandbox
    from landline.sandbox.probe import Probe
    from landline.settings import Estate


@dataclass(frozen=True, slots=True)
class Line:
    """One spoke's line to one service."""

    spoke: str
    service: str
    state: str
    """Of its endpoint connection, as the hub sees it; ``missing`` when there is none."""
    granted: bool
    """False: nobody granted it yet, and it was tried as if somebody had."""

    @property
    def connected(self) -> bool:
        """Whether packets can pass."""
        return self.state == "available"


@dataclass(frozen=True, slots=True)
class HubProof:
    """What the stacks around one hub came to."""

    hub: str
    region: str
    """The hub's Region."""
    stacks: tuple[str, ...]
    verdict: dict[str, Any]
    """As `landline verify --json` prints it; its evidence is ``wiring``."""
    text: str
    """The same for people."""
    lines: tuple[Line, ...]
    probes: tuple[Probe, ...]

    @property
    def exit_code(self) -> ExitCode:
        """DONE: proven, every line connected, every probe refused. Otherwise what is worst."""
        if (
            self.verdict["verdict"] == "violated"
            or not all(line.connected for line in self.lines)
            or not all(probe.refused for probe in self.probes)
            or not self.probes
        ):
            return ExitCode.FINDING
        return ExitCode.DONE if self.verdict["verdict"] == "proven" else ExitCode.UNPROVEN


def prove(estate: Estate, names: Collection[str], tell: Callable[[str], None]) -> tuple[HubProof, ...]:
    """Prove the named stacks, or all, with what they hang on: one proof for each hub.

    Requests that nobody granted yet are tried as if they were, so that a request is proven before it is
    approved. `tell` hears of each stack. Raises ToolError when the sandbox refuses a stack, with AWS's own
    code.
    """
    return tuple(_prove(part, hub, tell) for hub, part in _parts(estate, names))


def document(proof: HubProof) -> dict[str, Any]:
    """A proof as JSON."""
    return {
        "hub": proof.hub,
        "stacks": list(proof.stacks),
        "verdict": proof.verdict,
        "lines": [
            {"spoke": line.spoke, "service": line.service, "state": line.state, "granted": line.granted}
            for line in proof.lines
        ],
        "probes": [
            {
                "account": probe.account,
                "region": probe.region,
                "service": probe.service,
                "refused": probe.refused,
                "code": probe.code,
                "message": probe.message,
            }
            for probe in proof.probes
        ],
    }


def told(proof: HubProof) -> Iterator[str]:
    """A proof as lines of text."""
    yield f"Proof of {proof.hub} in the sandbox: {proof.verdict['verdict']} ({proof.verdict['evidence']})"
    for line in proof.lines:
        tried = "" if line.granted else ", as if it were granted"
        yield f"  {line.spoke} → {line.service}: {line.state}{tried}"
    for probe in proof.probes:
        how = f"refused ({probe.code})" if probe.refused else f"NOT refused: {probe.message}"
        where = "" if probe.region == proof.region else f" in {probe.region}"
        yield f"  account {probe.account}{where}, which has no grant → {probe.service}: {how}"
    if proof.verdict["verdict"] != "proven":
        yield from (f"  {line}" for line in proof.text.splitlines())


def _parts(estate: Estate, names: Collection[str]) -> Iterator[tuple[str, Estate]]:
    """The stacks around each hub that the named ones hang on, with the grants that are asked for."""
    from landline.onboarding.proposal import as_if_granted
    from landline.settings import Estate, GrantSettings, SpokeSettings

    for hub in estate.hubs:
        around = [
            stack
            for stack in estate
            if isinstance(stack.settings, GrantSettings | SpokeSettings) and stack.settings.hub == hub
        ]
        spokes = {
            stack.settings.spoke if isinstance(stack.settings, GrantSettings) else stack.name
            for stack in around
            if not names or hub in names or stack.name in names
        }
        if names and not spokes and hub not in names:
            continue
        chosen = [estate[hub], *(estate[name] for name in sorted(spokes & estate.spokes.keys()))]
        chosen += [
            stack
            for stack in around
            if isinstance(stack.settings, GrantSettings) and stack.settings.spoke in spokes
        ]
        places = {(estate.account_of(stack), stack.region) for stack in chosen}
        floors = [estate[name] for name in estate.baselines]
        under = [stack for stack in floors if (estate.account_of(stack), stack.region) in places]
        yield hub, as_if_granted(Estate.of([*chosen, *under]))


def _prove(estate: Estate, hub: str, tell: Callable[[str], None]) -> HubProof:
    from landline import network, proof, report
    from landline.onboarding.grants import grants_document
    from landline.testing.sandboxed import quiet_pulumi_aws, read_sandbox, sandbox_class, targets_of

    order = [name for names in estate.deployment_order() for name in names]
    with sandbox_class()(estate) as sandbox, quiet_pulumi_aws():
        for position, name in enumerate(order, 1):
            tell(f"[{position}/{len(order)}] {estate[name].kind} {name}")
            sandbox.up(name)
        connections = sandbox.connections()
        snapshot = read_sandbox(targets_of(sandbox)).snapshot
        probes = _probes(sandbox, estate, hub)
    grants = proof.read_grants(json.dumps(grants_document(estate, hub)).encode())
    verdict = proof.verify(network.read(snapshot), grants, evidence="wiring")
    return HubProof(
        hub=hub,
        region=estate[hub].region,
        stacks=tuple(stack.name for stack in estate),
        verdict=json.loads(report.as_json(verdict)),
        text=report.as_text(verdict),
        lines=tuple(_lines(estate, connections)),
        probes=probes,
    )


def _lines(estate: Estate, connections: Collection[EndpointConnection]) -> Iterator[Line]:
    from landline.onboarding.proposal import PROPOSED

    states = {(one.account, one.service): one.state for one in connections}
    for name, spoke in estate.spokes.items():
        answer = estate.grant_of(estate[name])
        terms = {} if answer is None else estate.grants[answer.name].services
        for service in spoke.services:
            state = states.get((spoke.account, service), "missing")
            yield Line(name, service, state, granted=terms[service].approved != PROPOSED)


def _probes(sandbox: Sandbox, estate: Estate, hub: str) -> tuple[Probe, ...]:
    from landline.sandbox.probe import probe

    known = {estate.account_of(stack) for stack in estate}
    account = next(f"{number:012}" for number in range(999999999999, 0, -1) if f"{number:012}" not in known)
    region = estate[hub].region
    owner = sandbox.session(estate.account_of(estate[hub]), region).client("ec2")
    strangers = (
        sandbox.session(account, place).client("ec2") for place in (region, *(estate.hubs[hub].regions or ()))
    )
    return tuple(probed for stranger in strangers for probed in probe(owner, stranger, account))
