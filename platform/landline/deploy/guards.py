"""What an operation is refused for before the engine begins it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from landline import network, proof
from landline.errors import LandlineError
from landline.estate.plan import Plan, planned, read_plan
from landline.exit_codes import ExitCode
from landline.onboarding.grants import grants_document
from landline.onboarding.status import ENDED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from landline.deploy.steps import Step
    from landline.estate.endpoint_connection import EndpointConnection
    from landline.settings import Estate

LIVE_CONNECTIONS = "live-connections"
"""The rule against cutting connections that are in use."""

UNPROVEN = "unproven"
"""The rule against plans that nobody can judge: a type that is not modelled, a value that is not known."""

BALANCER = "aws:lb/loadBalancer:LoadBalancer"
SERVICE = "aws:ec2/vpcEndpointService:VpcEndpointService"
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"

_GOES = frozenset(("replace", "delete", "delete-replaced", "create-replacement"))


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason not to go on."""

    rule: str
    """What ``--allow`` takes to go on nevertheless."""
    message: str
    """What is wrong, with the resource's name."""
    fix: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.message}; {self.fix}"


class RefusedError(LandlineError):
    """A guard refuses an operation; nothing was changed."""

    exit_code = ExitCode.FINDING

    def __init__(self, stack: str, refusals: Sequence[Refusal]) -> None:
        self.refusals = tuple(refusals)
        super().__init__("\n".join(f"stack {stack}: {refusal}" for refusal in refusals))


def doors(document: bytes, estate: Estate, hub: str | None) -> tuple[Refusal, ...]:
    """What a preview's document would open, by the prover; latent findings count, as nothing is made yet.

    The plan is judged by itself: only what this stack makes or keeps. Who reaches what is no question of one
    stack, and is left to `landline verify`. What the plan itself leaves open is refused as `UNPROVEN`, and
    what only other stacks' documents could show is not. `hub` is the stack's; a baseline has none.
    """
    places = {stack.name: (estate.account_of(stack), stack.region) for stack in estate}
    plan = read_plan(document, "the preview")
    laid = planned(plan, None, places)
    grants = proof.read_grants(json.dumps(grants_document(estate, hub)).encode()) if hub else None
    verdict = proof.verify(network.read(laid.snapshot), grants, evidence="plan")
    refusals = [
        Refusal(finding.rule, finding.message, finding.fix or "take it out of the program")
        for finding in verdict.findings
        if finding.rule not in _OF_THE_ESTATE
    ]
    elsewhere = _about_others(plan)
    refusals += [
        Refusal(
            UNPROVEN,
            f"{note.why} (rule: {note.rule})",
            "have a preview tell it, or see for yourself that it opens nothing: "
            f"--allow {UNPROVEN} --reason TEXT",
        )
        for note in verdict.not_checked
        if note.open
        and note.rule not in _OF_THE_ESTATE
        and not note.why.startswith((*_OF_OTHER_STACKS, *elsewhere))
    ]
    return tuple(refusals)


def _about_others(plan: Plan) -> tuple[str, ...]:
    """How the notes begin about resources that permit or filter at another stack's, which the plan names.

    Such a note says that the other stack's resource is in no document. None of these types is a way by
    itself, and what they permit is judged by `landline verify`.
    """
    return tuple(
        f"{resource}: "
        for resource in plan.resources
        if resource.type in _AT_OTHERS and all(resource.known(name) for name in _AT_OTHERS[resource.type])
    )


_AT_OTHERS: Mapping[str, tuple[str, ...]] = {
    "aws:ec2/vpcEndpointServiceAllowedPrinciple:VpcEndpointServiceAllowedPrinciple": (
        "vpcEndpointServiceId",
        "principalArn",
    ),
    "aws:ec2/vpcEndpointConnectionAccepter:VpcEndpointConnectionAccepter": ("vpcEndpointId",),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": ("securityGroupId",),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": ("securityGroupId",),
}
"""Type → the inputs that must be known."""
_OF_OTHER_STACKS = (
    # A baseline and a grant have no VPC; a spoke's plan does not show its hub's services.
    "the snapshot shows no VPC",
    "no ServiceConfigurations document of the hub",
)
_OF_THE_ESTATE = frozenset(("missing-access", "ungranted-access"))
RULES = (LIVE_CONNECTIONS, UNPROVEN, *(rule for rule in proof.RULES if rule not in _OF_THE_ESTATE))
"""What an operation can be refused for."""


def may_cut(step: Step) -> bool:
    """Whether a step of a preview takes something away that connections may hang on."""
    if step.operation not in _GOES or not step.id:
        return False
    return step.token in (SERVICE, BALANCER) or (step.token == ENDPOINT and step.operation != "delete")


@dataclass(frozen=True, slots=True)
class Cut:
    """A resource that goes, and the living connections that go with it."""

    step: Step
    connections: tuple[EndpointConnection, ...]


def cuts(steps: Iterable[Step], connections: Sequence[EndpointConnection]) -> tuple[Cut, ...]:
    """What of `connections` a preview's steps would cut.

    A service and its load balancer cut when they are replaced or deleted; an endpoint when it is replaced:
    its deletion is how a spoke leaves.
    """
    steps = tuple(steps)
    behind = {
        str(arn): step.id
        for step in steps
        if step.token == SERVICE and step.id
        for arn in step.known.get("networkLoadBalancerArns")
        or step.inputs.get("networkLoadBalancerArns")
        or ()
    }
    found: dict[str, Cut] = {}
    for step in steps:
        if not may_cut(step):
            continue
        service = behind.get(step.id) if step.token == BALANCER else step.id
        cut = [
            one
            for one in connections
            if (one.endpoint == step.id if step.token == ENDPOINT else one.service_id == service)
        ]
        if living := alive(cut):
            # Replacing comes in several steps; the first says enough.
            found.setdefault(step.urn, Cut(step, living))
    return tuple(found.values())


def alive(connections: Iterable[EndpointConnection]) -> tuple[EndpointConnection, ...]:
    """Those that carry something, or wait to."""
    return tuple(one for one in connections if one.state.lower() not in ENDED)


def refusals_of(cut: Iterable[Cut], estate: Estate) -> tuple[Refusal, ...]:
    """The refusals of what would be cut, with who it is."""
    return tuple(
        Refusal(
            LIVE_CONNECTIONS,
            f"{one.step.token} {one.step.name} ({one.step.id}) would be "
            f"{'deleted' if one.step.operation == 'delete' else _replaced(one.step)}, and cut "
            f"{who(one.connections, estate)}",
            "undo the change, or agree with those who are cut on a time: "
            f"--allow {LIVE_CONNECTIONS} --reason TEXT",
        )
        for one in cut
    )


def _replaced(step: Step) -> str:
    return f"replaced (for {', '.join(step.changed)})" if step.changed else "replaced"


def who(connections: Iterable[EndpointConnection], estate: Estate) -> str:
    """Whose the connections are, in one line: the spoke, its account, the service and the endpoint."""
    spokes = {settings.account: name for name, settings in estate.spokes.items()}
    return ", ".join(
        f"{spokes.get(one.account, 'account')} ({one.account}) from {one.service} "
        f"({one.endpoint}, {one.state})"
        for one in connections
    )


def allowed(refusals: Iterable[Refusal], allow: Mapping[str, str]) -> tuple[Refusal, ...]:
    """Those refusals that nobody has allowed. `allow` is by rule, with the reason."""
    return tuple(refusal for refusal in refusals if refusal.rule not in allow)
