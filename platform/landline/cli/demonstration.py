"""What `landline demo` does, step by step. Every step says what it must come to, and fails if it does not."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeVar

from landline.cli.leak import Leak, open_leak
from landline.errors import ToolError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from concurrent.futures import Future

    from landline.estate import Collected
    from landline.estate.endpoint_connection import EndpointConnection
    from landline.sandbox.estate import Sandbox
    from landline.settings import Estate

Document = dict[str, Any]
S = TypeVar("S", bound="Step")


@dataclass(frozen=True, slots=True)
class Deployed:
    """One stack, deployed in the sandbox."""

    stack: str
    kind: str
    created: int
    updated: int
    position: int
    total: int


@dataclass(frozen=True, slots=True)
class Connections:
    """All endpoint connections of the estate's services, as their owner sees them."""

    all: tuple[EndpointConnection, ...]


@dataclass(frozen=True, slots=True)
class Revoked:
    """A grant's stack is destroyed."""

    grant: str
    account: str
    """The account that it cuts off."""


@dataclass(frozen=True, slots=True)
class CutOff:
    """The connections of the revoked grant, all of them rejected."""

    by_accepter: tuple[EndpointConnection, ...]
    """Those of the accepted lane: destroying their accepters rejected them."""
    outlived: tuple[EndpointConnection, ...]
    """Those that outlived the grant's stack, and were rejected after it."""


@dataclass(frozen=True, slots=True)
class Proof:
    """A snapshot of the sandbox, and the verdict on it as `landline verify --json` prints it."""

    moment: str
    """``deployed``, ``leaking`` or ``revoked``."""
    snapshot: Mapping[str, bytes]
    grants: Document
    verdict: Document

    def findings(self, severity: str = "violation") -> list[Document]:
        """The findings of one severity."""
        return [finding for finding in self.verdict["findings"] if finding["severity"] == severity]


Step = Deployed | Connections | Proof | Leak | Revoked | CutOff


@dataclass(frozen=True, slots=True)
class Demonstration:
    """Everything that the demo came to, in the order of its steps."""

    deployed: tuple[Deployed, ...]
    connections: Connections
    before: Proof
    leak: Leak
    leaking: Proof
    revoked: Revoked
    cut_off: CutOff
    connections_after: Connections
    after: Proof


def demonstrate(sandbox: Sandbox, grants: Document, on_step: Callable[[Step], None]) -> Demonstration:
    """Deploy the sandbox's estate in it, prove it, leak, close that, revoke a grant, and tell `on_step`.

    Raises:
        ToolError: a step did not come to what it must; the demo shows nothing then.
        UsageError: the estate has no hub, spoke and grant to show it on.

    """
    from landline.deploy.rejection import cut_off
    from landline.testing.sandboxed import quiet_pulumi_aws, read_stacks

    estate = sandbox.estate
    chosen = _choose(estate)

    def tell(step: S) -> S:
        on_step(step)
        return step

    def read() -> Future[Collected]:
        return sandbox.doer.begin(read_stacks, sandbox.places())

    # What `_prove` needs, read while there is nothing else to do.
    sandbox.doer.meanwhile(
        partial(import_module, f"landline.{stage}") for stage in ("network", "proof", "report")
    )
    with sandbox, quiet_pulumi_aws():
        deployed = tuple(tell(step) for step in _deploy(sandbox, estate))
        connections = tell(Connections(sandbox.connections()))
        _must_be_connected(connections, estate)
        # Readings take longest, so what changes the estate goes on meanwhile, and they are proven at the end.
        read_before = sandbox.doer.aside(read_stacks, sandbox.places())
        deployed_claim = _Claim("deployed", "proven", grants)
        try:
            with open_leak(sandbox.place(*chosen.leaking).client("ec2"), chosen.cidr) as leak:
                read_leaking = read()
            sandbox.destroy(chosen.grant)
            outlived = cut_off(sandbox.place(*chosen.hub).client("ec2"), estate, chosen.grant, destroyed=True)
            connections_after = Connections(sandbox.connections())
            collected_before = read_before.result()
        except Exception:
            # What was wrong from the beginning is told, and not what came of it.
            _prove(deployed_claim, read_before.result())
            raise
        # The last reading shows both: the leak is closed, and the access is gone.
        read_after = read()
        before = tell(_prove(deployed_claim, collected_before))
        tell(leak)
        leaking = tell(_prove(_Claim("leaking", "violated", grants, leak), read_leaking.result()))
        revoked = tell(Revoked(chosen.grant, chosen.revoked))
        cut = tell(_must_be_rejected(connections_after, outlived, chosen))
        tell(connections_after)
        after = tell(_prove(_Claim("revoked", "proven", _without(grants, chosen)), read_after.result()))
    return Demonstration(
        deployed=deployed,
        connections=connections,
        before=before,
        leak=leak,
        leaking=leaking,
        revoked=revoked,
        cut_off=cut,
        connections_after=connections_after,
        after=after,
    )


@dataclass(frozen=True, slots=True)
class _Chosen:
    hub: tuple[str, str]
    hub_stack: str
    leaking: tuple[str, str]
    cidr: str
    grant: str
    revoked: str
    services: tuple[str, ...]
    accepted: frozenset[str]
    """Those of its hub's services in the accepted lane."""


def _choose(estate: Estate) -> _Chosen:
    """The spoke to leak from, one without a baseline if there is one, and the grant to revoke."""
    if not estate.hubs or not estate.spokes or not estate.grants:
        raise UsageError(
            "the demo needs a hub, a spoke and a grant, and what can be deployed holds "
            f"{len(estate.hubs)} hubs, {len(estate.spokes)} spokes and {len(estate.grants)} grants"
        )

    def place(name: str) -> tuple[str, str]:
        return estate.account_of(estate[name]), estate[name].region

    guarded = {place(name) for name in estate.baselines}
    spoke = min(estate.spokes, key=lambda name: (place(name) in guarded, name))
    accepted = {name for name in estate.deployment_order()[-1] if name in estate.grants}
    grant = min(estate.grants, key=lambda name: (name not in accepted, name))
    hub = estate.grants[grant].hub
    return _Chosen(
        hub=place(hub),
        hub_stack=hub,
        leaking=place(spoke),
        cidr=str(estate.spokes[spoke].network.cidr),
        grant=grant,
        revoked=estate.account_of(estate[estate.grants[grant].spoke]),
        services=tuple(estate.grants[grant].services),
        accepted=frozenset(
            name for name, service in estate.hubs[hub].services.items() if service.lane == "accepted"
        ),
    )


def _without(grants: Document, chosen: _Chosen) -> Document:
    return grants | {
        "grants": [
            grant
            for grant in grants["grants"]
            if grant["spoke"] != chosen.revoked
            or grant["service"] not in chosen.services
            or (grant.get("hub"), grant.get("region")) not in ((None, None), chosen.hub)
        ]
    }


def _deploy(sandbox: Sandbox, estate: Estate) -> Iterator[Deployed]:
    rounds = estate.deployment_order()
    total = sum(map(len, rounds))
    results = (result for stacks in rounds for result in sandbox.up_together(stacks))
    for position, result in enumerate(results, 1):
        kind = estate[result.stack].kind
        yield Deployed(result.stack, kind, result.created, result.updated, position, total)


@dataclass(frozen=True, slots=True)
class _Claim:
    """What a proof must come to."""

    moment: str
    must_be: str
    grants: Document
    leak: Leak | None = None
    """The leak through which the proof must show a path."""


def _prove(claim: _Claim, collected: Collected) -> Proof:
    from landline import network, proof, report

    judged = proof.verify(
        network.read(collected.snapshot),
        proof.read_grants(json.dumps(claim.grants).encode()),
        evidence="wiring",
        require=proof.OPTIONAL,
    )
    verdict = json.loads(report.as_json(judged))
    if verdict["verdict"] != claim.must_be:
        said = report.as_text(judged)
        raise _wrong(f"the {claim.moment} estate must be {claim.must_be}, and the proof says:\n{said}")
    proven = Proof(claim.moment, collected.snapshot, claim.grants, verdict)
    if claim.leak is not None:
        _must_show(proven, claim.leak)
    return proven


def _must_be_connected(connections: Connections, estate: Estate) -> None:
    granted = {
        (estate.account_of(estate[grant.spoke]), grant.hub, service)
        for grant in estate.grants.values()
        for service in grant.services
    }
    connected = {(one.account, one.hub, one.service) for one in connections.all if one.state == "available"}
    if granted != connected:
        raise _wrong(
            f"connected must be what is granted; only granted: {sorted(granted - connected)}, "
            f"only connected: {sorted(connected - granted, key=str)}"
        )


def _must_show(leaking: Proof, leak: Leak) -> None:
    paths = [finding["path"] for finding in leaking.findings() if finding["rule"] == "internet-egress"]
    if not any(path[0] == leak.network_interface and leak.internet_gateway in path for path in paths):
        raise _wrong(
            f"the proof must show a path from {leak.network_interface} through {leak.internet_gateway}, "
            f"and shows {paths or 'none'}"
        )


def _must_be_rejected(
    connections: Connections, outlived: tuple[EndpointConnection, ...], chosen: _Chosen
) -> CutOff:
    """All of the revoked grant's connections; none may live, and none of the accepted lane outlives it."""
    its = [
        one
        for one in connections.all
        if (one.account, one.hub) == (chosen.revoked, chosen.hub_stack) and one.service in chosen.services
    ]
    if {one.service for one in its} != set(chosen.services) or any(one.state != "rejected" for one in its):
        raise _wrong(f"revoking {chosen.grant} must reject all of its connections, and they are {its}")
    if any(one.service in chosen.accepted for one in outlived):
        raise _wrong(f"destroying {chosen.grant} must reject what it accepted, and {outlived} outlived it")
    rejected_later = {one.endpoint for one in outlived}
    return CutOff(
        by_accepter=tuple(one for one in its if one.endpoint not in rejected_later),
        outlived=tuple(one for one in its if one.endpoint in rejected_later),
    )


def _wrong(what: str) -> ToolError:
    return ToolError(f"the demo failed its own check: {what}")
