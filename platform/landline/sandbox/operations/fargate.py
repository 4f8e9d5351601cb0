"""Fargate services: a task's interface in the customer's subnet, and its address in the target group."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

from moto.ecs.models import EC2ContainerServiceBackend

from landline.sandbox.operations.interfaces import managed_interface, remove_interface
from landline.sandbox.patching import Patch

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from landline.sandbox.state import WorldState


def patches(state: WorldState) -> list[Patch]:
    """What the sandbox adds to moto's ECS: every wanted task of a Fargate service runs at once."""
    backend: Any = EC2ContainerServiceBackend
    return [
        Patch(backend, "create_service", _after(state, backend.create_service)),
        Patch(backend, "update_service", _after(state, backend.update_service)),
        Patch(backend, "delete_service", _deleting(state, backend.delete_service)),
    ]


def _after(state: WorldState, original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    def changed(backend: Any, *args: Any, **given: Any) -> Any:  # noqa: ANN401 - moto's own types
        service = original(backend, *args, **given)
        _settle(state, backend, service)
        return service

    return changed


def _settle(state: WorldState, backend: Any, service: Any) -> None:  # noqa: ANN401 - moto's own types
    """Gives the service exactly the interfaces that its wanted tasks have."""
    if service.launch_type != "FARGATE":
        return
    _clear(state, backend, service)
    network = (service.network_configuration or {}).get("awsvpcConfiguration", {})
    subnets: Sequence[str] = network.get("subnets", ())
    ec2 = _ec2(backend)
    made = []
    for task in range(service.desired_count if subnets else 0):
        interface_id = managed_interface(
            ec2,
            subnets[task % len(subnets)],
            network.get("securityGroups", ()),
            kind="interface",
            description=f"{service.arn.replace(':service/', ':attachment/')}/{task}",
            requester="amazon-ecs",
        )
        if network.get("assignPublicIp") == "ENABLED":
            from moto.ec2.utils import random_public_ip

            ec2.enis[interface_id].public_ip = random_public_ip()
        made.append(interface_id)
    state.task_interfaces[service.arn] = tuple(made)
    service.running_count, service.pending_count = service.desired_count, 0
    for target, group in _targets(service, ec2, made):
        _elbv2(backend).register_targets(group, [target])


def _clear(state: WorldState, backend: Any, service: Any) -> None:  # noqa: ANN401 - moto's own types
    ec2 = _ec2(backend)
    made = [i for i in state.task_interfaces.pop(service.arn, ()) if i in ec2.enis]
    groups = _elbv2(backend).target_groups
    for target, group in _targets(service, ec2, made):
        if group in groups:
            groups[group].deregister([target])
    for interface in made:
        remove_interface(ec2, interface)


def _targets(service: Any, ec2: Any, interfaces: Sequence[str]) -> list[tuple[dict[str, Any], str]]:  # noqa: ANN401 - moto's own types
    """Each task's address and port, with the target group that it belongs in."""
    return [
        ({"Id": ec2.enis[i].private_ip_address, "Port": int(b["containerPort"])}, b["targetGroupArn"])
        for b in service.load_balancers or ()
        if b.get("targetGroupArn")
        for i in interfaces
    ]


def _deleting(state: WorldState, delete: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(delete)
    def delete_service(backend: Any, *args: Any, **given: Any) -> Any:  # noqa: ANN401 - moto's own types
        service = delete(backend, *args, **given)
        if service.launch_type == "FARGATE":
            _clear(state, backend, service)
        return service

    return delete_service


def _ec2(backend: Any) -> Any:  # noqa: ANN401 - moto's own types
    from moto.ec2.models import ec2_backends

    return ec2_backends[backend.account_id][backend.region_name]


def _elbv2(backend: Any) -> Any:  # noqa: ANN401 - moto's own types
    from moto.elbv2.models import elbv2_backends

    return elbv2_backends[backend.account_id][backend.region_name]
