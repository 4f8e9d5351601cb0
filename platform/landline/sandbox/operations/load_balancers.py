"""Load balancers: their interfaces, and what AWS refuses about their groups, subnets and deletion."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

from moto.core.responses import ActionResult
from moto.elbv2.exceptions import ELBClientError
from moto.elbv2.models import ELBv2Backend
from moto.elbv2.responses import ELBV2Response

from landline.sandbox.operations.interfaces import managed_interface, regroup, remove_interface
from landline.sandbox.patching import Patch

if TYPE_CHECKING:
    from collections.abc import Callable

    from landline.sandbox.state import WorldState

# The attribute under which moto's serialiser finds the API's member of the same name.
_ENFORCEMENT = "enforce_security_group_inbound_rules_on_private_link_traffic"


def patches(state: WorldState) -> list[Patch]:
    """What the sandbox adds to moto's load balancers, over `state`."""
    backend: Any = ELBv2Backend
    return [
        Patch(backend, "create_load_balancer", _creating(state, backend.create_load_balancer)),
        Patch(backend, "delete_load_balancer", _deleting(state, backend.delete_load_balancer)),
        Patch(backend, "set_subnets", _moving(state, backend.set_subnets)),
        Patch(ELBV2Response, "set_security_groups", _regrouping(state, ELBV2Response.set_security_groups)),
    ]


def _creating(state: WorldState, create: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(create)
    def create_load_balancer(backend: Any, **given: Any) -> Any:  # noqa: ANN401 - moto's own types
        known = {group for groups in backend.ec2_backend.groups.values() for group in groups}
        if unknown := sorted(set(given.get("security_groups") or ()) - known):
            # CreateLoadBalancer lists the code (ELBv2 API reference).
            message = f"One or more security groups are invalid: {', '.join(unknown)}"
            raise ELBClientError("InvalidSecurityGroup", message)
        balancer = create(backend, **given)
        _spell_kind(backend, balancer, given.get("tags"))
        if balancer.type == "network" and balancer.security_groups:
            setattr(balancer, _ENFORCEMENT, "on")  # the default where there is a group to enforce
        state.load_balancer_interfaces[balancer.arn] = _interfaces(backend, balancer, balancer.subnets)
        return balancer

    return create_load_balancer


def _spell_kind(backend: Any, balancer: Any, tags: Any) -> None:  # noqa: ANN401 - moto's own types
    """AWS writes a load balancer's type into its ARN; moto writes ``app`` for all."""
    if balancer.type == "network":
        del backend.load_balancers[balancer.arn]
        balancer.arn = balancer.arn.replace(":loadbalancer/app/", ":loadbalancer/net/")
        backend.load_balancers[balancer.arn] = balancer
        backend.tagging_service.tag_resource(balancer.arn, tags)


def _interfaces(backend: Any, balancer: Any, subnets: Any) -> tuple[str, ...]:  # noqa: ANN401 - moto's own types
    """One interface of the load balancer in each subnet, with a public address if it faces the internet."""
    from moto.ec2.utils import random_public_ip

    made = []
    for subnet in subnets:
        interface_id = managed_interface(
            backend.ec2_backend,
            subnet.id,
            balancer.security_groups or (),
            kind="network_load_balancer" if balancer.type == "network" else "interface",
            description=f"ELB {balancer.arn.split(':loadbalancer/')[1]}",
            requester="amazon-elb",
        )
        if balancer.scheme == "internet-facing":
            backend.ec2_backend.enis[interface_id].public_ip = random_public_ip()
        made.append(interface_id)
    return tuple(made)


def _deleting(state: WorldState, delete: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(delete)
    def delete_load_balancer(backend: Any, arn: str) -> None:  # noqa: ANN401 - moto's own types
        service = state.handshake.service_behind(arn)
        if service is not None:
            # aws-sdk and provider reports agree on the code; DeleteLoadBalancer lists it (ELBv2 API
            # reference).
            message = f"Load balancer '{arn}' cannot be deleted because it is associated with another service"
            raise ELBClientError("ResourceInUse", message)
        balancer = backend.load_balancers.get(arn)
        if balancer is not None and balancer.attrs.get("deletion_protection.enabled") == "true":
            message = f"Load balancer '{arn}' cannot be deleted because deletion protection is enabled"
            raise ELBClientError("OperationNotPermitted", message)
        for interface in state.load_balancer_interfaces.pop(arn, ()):
            remove_interface(backend.ec2_backend, interface)
        delete(backend, arn)

    return delete_load_balancer


def _moving(state: WorldState, move: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(move)
    def set_subnets(backend: Any, arn: str, subnets: Any, subnet_mappings: Any) -> Any:  # noqa: ANN401 - moto's own types
        balancer = backend.load_balancers.get(arn)
        before = {subnet.id for subnet in balancer.subnets} if balancer is not None else set()
        if not all(mapping.get("SubnetId") for mapping in subnet_mappings or ()):
            raise ELBClientError("ValidationError", "Each SubnetMapping needs a SubnetId")
        wanted = {*subnets, *(mapping["SubnetId"] for mapping in subnet_mappings or ())}
        if balancer is not None and balancer.type == "network" and before - wanted:
            # "User Guide for Network Load Balancers, Availability Zones": zones in use by an endpoint
            # service stay.
            service = state.handshake.service_behind(arn)
            if service is not None:
                message = f"Subnets of load balancer '{arn}' cannot be removed while {service.id} uses it"
                raise ELBClientError("ResourceInUse", message)
        zones = move(backend, arn, subnets, subnet_mappings)
        if balancer is not None:
            for interface in state.load_balancer_interfaces.pop(arn, ()):
                remove_interface(backend.ec2_backend, interface)
            state.load_balancer_interfaces[arn] = _interfaces(backend, balancer, balancer.subnets)
        return zones

    return set_subnets


def _regrouping(state: WorldState, original: Callable[[Any], ActionResult]) -> Callable[[Any], ActionResult]:
    """SetSecurityGroups: an NLB made without a group never gets one; one made with some keeps one.

    From the "User Guide for Network Load Balancers, Update the security groups"; the code is the one
    that the ELBv2 API reference lists for it.
    """

    @wraps(original)
    def set_security_groups(call: Any) -> ActionResult:  # noqa: ANN401 - moto's own types
        arn = call._get_param("LoadBalancerArn")  # noqa: SLF001 - moto's way to read a parameter
        wanted = call._get_param("SecurityGroups", [])  # noqa: SLF001
        enforcement = call._get_param("EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic")  # noqa: SLF001
        backend = call.elbv2_backend
        balancer = backend.load_balancers.get(arn)
        if balancer is not None and balancer.type == "network":
            if wanted and not balancer.security_groups:
                message = f"Load balancer '{arn}' was created without a security group and can never get one"
                raise ELBClientError("InvalidConfigurationRequest", message)
            if balancer.security_groups and not wanted:
                message = f"Load balancer '{arn}' was created with a security group and needs at least one"
                raise ELBClientError("InvalidConfigurationRequest", message)
        original(call)
        if balancer is not None:
            for interface in state.load_balancer_interfaces.get(arn, ()):
                regroup(backend.ec2_backend, interface, wanted)
            if enforcement:
                setattr(balancer, _ENFORCEMENT, enforcement)
        shown = {"SecurityGroupIds": wanted}
        if enforcement:
            shown["EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic"] = enforcement
        return ActionResult(shown)

    return set_security_groups
