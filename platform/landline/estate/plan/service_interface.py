"""Load balancers, containers and functions: what AWS puts into subnets for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from landline.estate.plan.interface import put
from landline.estate.plan.resource import UNKNOWN
from landline.estate.plan.translation import Translation, kept

if TYPE_CHECKING:
    from collections.abc import Mapping

    from landline.estate.plan.draft import Draft, Place
    from landline.estate.plan.resource import Resource

LOAD_BALANCERS = {
    "application": "load_balancer",
    "network": "network_load_balancer",
    "gateway": "gateway_load_balancer",
}
"""Load balancer types → types of their interfaces (EC2 API, NetworkInterfaceType)."""


def _load_balancer(draft: Draft, resource: Resource, place: Place) -> None:
    if not resource.changes("subnets", "subnetMappings", "securityGroups", "internal"):
        return
    kind = resource.known("loadBalancerType") or "application"
    if kind not in LOAD_BALANCERS:
        draft.unknown(resource, "loadBalancerType")
        return
    subnets = draft.references(resource, "subnets")
    mappings = resource.inputs.get("subnetMappings") or ()
    if mappings == UNKNOWN:
        draft.unknown(resource, "subnetMappings")
        mappings = ()
    subnets += draft.references(
        resource, "subnetIds", [part.get("subnetId") for part in mappings], "subnetMappings"
    )
    # Not given, a load balancer faces the internet (ELB API, CreateLoadBalancer); nor does unknown say no.
    public = resource.inputs.get("internal") is not True and kind != "gateway"
    prefix = {"application": "app", "network": "net", "gateway": "gwy"}[kind]
    if not subnets:
        draft.note(f"{resource}: its subnets are unknown")
    _replace(
        draft,
        resource,
        place,
        subnets,
        draft.references(resource, "securityGroups"),
        kind=LOAD_BALANCERS[kind],
        description=f"ELB {prefix}/{resource.known('name') or resource.name}/",
        public=public,
    )


def _replace(
    draft: Draft,
    resource: Resource,
    place: Place,
    subnets: list[str],
    groups: list[str],
    *,
    kind: str = "interface",
    description: str,
    public: bool,
) -> None:
    """Give a resource its interfaces, instead of those that it has."""
    _without(draft, description)
    for number, subnet in enumerate(subnets, 1):
        name = f"{draft.identity(resource)}:{number}"
        put(draft, place, name, subnet, groups, kind=kind, description=description, public=public)


def _without(draft: Draft, description: str) -> None:
    doomed = [
        item["NetworkInterfaceId"]
        for _, item in draft.every("NetworkInterfaces")
        if str(item.get("Description", "")).startswith(description)
    ]
    for name in doomed:
        draft.drop("NetworkInterfaces", "NetworkInterfaceId", name)


def _without_load_balancer(draft: Draft, resource: Resource, place: Place) -> None:
    prefix = {"network": "net", "gateway": "gwy"}.get(str(resource.known("loadBalancerType")), "app")
    _without(draft, f"ELB {prefix}/{resource.known('name')}/")


def _tasks(draft: Draft, resource: Resource, place: Place) -> None:
    """A service whose tasks have interfaces of their own puts them into its subnets.

    How many there are does not matter: each may have any address of its subnet.
    """
    network = resource.inputs.get("networkConfiguration")
    if resource.inputs.get("vpcLatticeConfigurations"):
        draft.note(f"{resource}: VPC Lattice is not modelled before it is made")
    if network is None:
        if resource.known("launchType") == "FARGATE":
            draft.note(f"{resource}: networkConfiguration is missing")
        # Otherwise the tasks use the interfaces of the instances that they run on.
        return
    if network == UNKNOWN:
        draft.unknown(resource, "networkConfiguration")
        return
    if not resource.changes("networkConfiguration"):
        return
    _replace(
        draft,
        resource,
        place,
        _within(draft, resource, network, "subnets", "networkConfiguration"),
        _within(draft, resource, network, "securityGroups", "networkConfiguration"),
        description=f"tasks of {draft.identity(resource)}",
        public=network.get("assignPublicIp") not in (None, False),
    )


def _within(draft: Draft, resource: Resource, values: Mapping[str, Any], name: str, within: str) -> list[str]:
    return draft.references(resource, name, values.get(name), within)


def _function(draft: Draft, resource: Resource, place: Place) -> None:
    network = resource.inputs.get("vpcConfig")
    if network is None:
        return
    if network == UNKNOWN:
        draft.unknown(resource, "vpcConfig")
        return
    if not resource.changes("vpcConfig"):
        return
    _replace(
        draft,
        resource,
        place,
        _within(draft, resource, network, "subnetIds", "vpcConfig"),
        _within(draft, resource, network, "securityGroupIds", "vpcConfig"),
        kind="lambda",
        description=f"interfaces of {draft.identity(resource)}",
        public=False,
    )


TYPES = (
    *(
        Translation(token, _load_balancer, _without_load_balancer)
        for token in (
            "aws:lb/loadBalancer:LoadBalancer",
            "aws:alb/loadBalancer:LoadBalancer",
            "aws:applicationloadbalancing/loadBalancer:LoadBalancer",
            "aws:elasticloadbalancingv2/loadBalancer:LoadBalancer",
        )
    ),
    Translation("aws:ecs/service:Service", _tasks, kept),
    Translation("aws:lambda/function:Function", _function, kept),
)
"""Rows for what has interfaces without asking for them."""
