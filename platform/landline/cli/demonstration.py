"""What `landline demo` does, step by step. Every step says what it must come to, and fails if it does not."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from landline.cli.leak import Leak, open_leak
from landline.errors import ToolError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from landline.sandbox import Sandbox
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
class Connection:
    """One endpoint connection, as the hub's account sees it (DescribeVpcEndpointConnections)."""

    service: str
    """The service's name: its `Name` tag."""
    endpoint: str
    owner: str
    state: str


@dataclass(frozen=True, slots=True)
class Connections:
    """All endpoint connections of the hub, by owner and service."""

    all: tuple[Connection, ...]


@dataclass(frozen=True, slots=True)
class Revoked:
    """A grant's stack is about to be destroyed."""

    grant: str
    account: str
    """The account that it cuts off."""


@dataclass(frozen=True, slots=True)
class Proof:
    """A snapshot of the sandbox, and the verdict on it as `landline verify --json` prints it."""

    moment: str
    """``deployed``, ``leaking``, ``closed`` or ``revoked``."""
    snapshot: Mapping[str, bytes]
    grants: Document
    verdict: Document

    def findings(self, severity: str = "violation") -> list[Document]:
        """The findings of one severity."""
        return [finding for finding in self.verdict["findings"] if finding["severity"] == severity]


Step = Deployed | Connections | Proof | Leak | Revoked


@dataclass(frozen=True, slots=True)
class Demonstration:
    """Everything that the demo came to, in the order of its steps."""

    deployed: tuple[Deployed, ...]
    connections: Connections
    before: Proof
    leak: Leak
    leaking: Proof
    closed: Proof
    revoked: Revoked
    connections_after: Connections
    after: Proof


def demonstrate(estate: Estate, grants: Document, on_step: Callable[[Step], None]) -> Demonstration:
    """Deploy `estate` in the sandbox, prove it, open a leak, close it, revoke a grant, and tell `on_step`.

    Raises:
        ToolError: a step did not come to what it must; the demo shows nothing then.
        UsageError: the estate has no hub, spoke and grant to show it on.

    """
    from landline.testing.sandboxed import sandbox_class

    chosen = _choose(estate)
    with sandbox_class()(estate) as sandbox:
        deployed = tuple(_tell(on_step, step) for step in _deploy(sandbox, estate))
        connections = _tell(on_step, _connections(sandbox, chosen.hub))
        _must_be_connected(connections, grants)
        before = _tell(on_step, _prove(sandbox, grants, "deployed", "proven"))

        ec2 = sandbox.session(*chosen.leaking).client("ec2", region_name=chosen.leaking[1])
        with open_leak(ec2, chosen.cidr) as leak:
            _tell(on_step, leak)
            leaking = _tell(on_step, _prove(sandbox, grants, "leaking", "violated"))
            _must_show(leaking, leak)
        closed = _tell(on_step, _prove(sandbox, grants, "closed", "proven"))

        revoked = _tell(on_step, Revoked(chosen.grant, chosen.revoked))
        sandbox.destroy(chosen.grant)
        connections_after = _tell(on_step, _connections(sandbox, chosen.hub))
        _must_be_rejected(connections_after, chosen)
        after = _tell(on_step, _prove(sandbox, _without(grants, chosen), "revoked", "proven"))
    return Demonstration(
        deployed, connections, before, leak, leaking, closed, revoked, connections_after, after
    )


def _tell(on_step: Callable[[Step], None], step: S) -> S:
    on_step(step)
    return step


@dataclass(frozen=True, slots=True)
class _Chosen:
    hub: tuple[str, str]
    leaking: tuple[str, str]
    cidr: str
    grant: str
    revoked: str
    services: tuple[str, ...]


def _choose(estate: Estate) -> _Chosen:
    """The spoke to leak from, one without a baseline if there is one, and the grant to revoke."""
    if len(estate.hubs) != 1 or not estate.spokes or not estate.grants:
        raise UsageError(
            f"the demo needs one hub, a spoke and a grant, and the stack files hold {len(estate.hubs)} hubs, "
            f"{len(estate.spokes)} spokes and {len(estate.grants)} grants"
        )

    def place(name: str) -> tuple[str, str]:
        return estate.account_of(estate[name]), estate[name].region

    guarded = {place(name) for name in estate.baselines}
    spoke = min(estate.spokes, key=lambda name: (place(name) in guarded, name))
    accepted = {name for name in estate.deployment_order()[-1] if name in estate.grants}
    grant = min(estate.grants, key=lambda name: (name not in accepted, name))
    return _Chosen(
        hub=place(next(iter(estate.hubs))),
        leaking=place(spoke),
        cidr=str(estate.spokes[spoke].network.cidr),
        grant=grant,
        revoked=estate.account_of(estate[estate.grants[grant].spoke]),
        services=tuple(estate.grants[grant].services),
    )


def _without(grants: Document, chosen: _Chosen) -> Document:
    return grants | {
        "grants": [
            grant
            for grant in grants["grants"]
            if grant["spoke"] != chosen.revoked or grant["service"] not in chosen.services
        ]
    }


def _deploy(sandbox: Sandbox, estate: Estate) -> Iterator[Deployed]:
    order = [name for names in estate.deployment_order() for name in names]
    for position, name in enumerate(order, 1):
        result = sandbox.up(name)
        yield Deployed(name, estate[name].kind, result.created, result.updated, position, len(order))


def _connections(sandbox: Sandbox, hub: tuple[str, str]) -> Connections:
    ec2 = sandbox.session(*hub).client("ec2", region_name=hub[1])
    services = ec2.describe_vpc_endpoint_service_configurations()["ServiceConfigurations"]
    names = {
        service["ServiceId"]: next((tag["Value"] for tag in service["Tags"] if tag["Key"] == "Name"), "")
        for service in services
    }
    found = [
        Connection(
            service=names[connection["ServiceId"]],
            endpoint=connection["VpcEndpointId"],
            owner=connection["VpcEndpointOwner"],
            state=connection["VpcEndpointState"],
        )
        for connection in ec2.describe_vpc_endpoint_connections()["VpcEndpointConnections"]
    ]
    return Connections(tuple(sorted(found, key=lambda one: (one.owner, one.service, one.endpoint))))


def _prove(sandbox: Sandbox, grants: Document, moment: str, must_be: str) -> Proof:
    from landline import network, proof, report
    from landline.testing.sandboxed import read_sandbox, targets_of

    snapshot = read_sandbox(targets_of(sandbox)).snapshot
    judged = proof.verify(
        network.read(snapshot), proof.read_grants(json.dumps(grants).encode()), evidence="wiring"
    )
    verdict = json.loads(report.as_json(judged))
    if verdict["verdict"] != must_be:
        raise _wrong(f"the {moment} estate must be {must_be}, and the proof says:\n{report.as_text(judged)}")
    return Proof(moment, snapshot, grants, verdict)


def _must_be_connected(connections: Connections, grants: Document) -> None:
    granted = {(grant["spoke"], grant["service"]) for grant in grants["grants"]}
    connected = {(one.owner, one.service) for one in connections.all if one.state == "available"}
    if granted != connected:
        raise _wrong(
            f"connected must be what is granted; only granted: {sorted(granted - connected)}, "
            f"only connected: {sorted(connected - granted)}"
        )


def _must_show(leaking: Proof, leak: Leak) -> None:
    paths = [finding["path"] for finding in leaking.findings() if finding["rule"] == "internet-egress"]
    if not any(path[0] == leak.network_interface and leak.internet_gateway in path for path in paths):
        raise _wrong(
            f"the proof must show a path from {leak.network_interface} through {leak.internet_gateway}, "
            f"and shows {paths or 'none'}"
        )


def _must_be_rejected(connections: Connections, chosen: _Chosen) -> None:
    cut = [one for one in connections.all if one.owner == chosen.revoked and one.service in chosen.services]
    if not cut or any(one.state != "rejected" for one in cut):
        raise _wrong(f"destroying {chosen.grant} must reject its connections, and they are {cut or 'gone'}")


def _wrong(what: str) -> ToolError:
    return ToolError(f"the demo failed its own check: {what}")
