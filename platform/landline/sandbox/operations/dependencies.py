"""What AWS refuses in EC2 because something depends on it, what goes along; and associations that move."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

from moto.ec2.exceptions import DependencyViolationError, InvalidAssociationIdError
from moto.ec2.models import EC2Backend

from landline.sandbox.patching import Patch

if TYPE_CHECKING:
    from collections.abc import Callable

    from landline.sandbox.state import WorldState


def patches(state: WorldState) -> list[Patch]:
    """DependencyViolation for subnets, security groups and VPCs in use (EC2 API reference, error codes).

    And InvalidAssociationID.NotFound for a network ACL's, which moto searches with a Python error.
    """
    backend: Any = EC2Backend
    return [
        Patch(backend, "delete_subnet", _subnet(backend.delete_subnet)),
        Patch(backend, "delete_security_group", _group(backend.delete_security_group)),
        Patch(backend, "delete_vpc", _vpc(state, backend.delete_vpc)),
        Patch(
            backend, "replace_network_acl_association", _reassociated(backend.replace_network_acl_association)
        ),
    ]


def _reassociated(replace: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(replace)
    def replace_network_acl_association(backend: Any, association_id: str, network_acl_id: str) -> Any:  # noqa: ANN401 - moto's own types
        if not any(association_id in acl._associations for acl in backend.network_acls.values()):  # noqa: SLF001
            raise InvalidAssociationIdError(association_id)
        # moto takes the old association away before it looks for the new ACL.
        backend.get_network_acl(network_acl_id)
        return replace(backend, association_id, network_acl_id)

    return replace_network_acl_association


def _subnet(delete: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(delete)
    def delete_subnet(backend: Any, subnet_id: str) -> Any:  # noqa: ANN401 - moto's own types
        users = sorted(i.id for i in backend.enis.values() if i.subnet.id == subnet_id)
        if users:
            message = f"The subnet '{subnet_id}' has dependencies and cannot be deleted: {', '.join(users)}"
            raise DependencyViolationError(message)
        deleted = delete(backend, subnet_id)
        # moto leaves the subnet's associations behind.
        for holder in (*backend.network_acls.values(), *backend.route_tables.values()):
            kept = {k: v for k, v in holder._associations.items() if subnet_id not in _target(v)}  # noqa: SLF001
            holder._associations = kept  # noqa: SLF001 - moto offers no other way
        return deleted

    return delete_subnet


def _target(association: Any) -> str:  # noqa: ANN401 - a network ACL's association, or a route table's target
    return str(getattr(association, "subnet_id", association))


def _group(delete: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(delete)
    def delete_security_group(backend: Any, name: str | None = None, group_id: str | None = None) -> Any:  # noqa: ANN401 - moto's own types
        if group_id is not None:
            users = sorted(i.id for i in backend.enis.values() if group_id in {g.id for g in i.group_set})
            users += sorted(
                group.id
                for groups in backend.groups.values()
                for group in groups.values()
                if group.id != group_id and group_id in _referenced(group)
            )
            if users:
                message = f"resource {group_id} has a dependent object: {', '.join(users)}"
                raise DependencyViolationError(message)
        return delete(backend, name=name, group_id=group_id)

    return delete_security_group


def _referenced(group: Any) -> set[str]:  # noqa: ANN401 - moto's own types
    rules = (*group.ingress_rules, *group.egress_rules)
    return {rule.source_group["GroupId"] for rule in rules if "GroupId" in rule.source_group}


def _vpc(state: WorldState, delete: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(delete)
    def delete_vpc(backend: Any, vpc_id: str) -> Any:  # noqa: ANN401 - moto's own types
        users = sorted(e.id for e in state.endpoints.values() if e.vpc == vpc_id)
        users += sorted(
            group.id for group in backend.groups.get(vpc_id, {}).values() if group.name != "default"
        )
        users += sorted(
            gateway.id
            for gateway in backend.internet_gateways.values()
            if gateway.vpc is not None and gateway.vpc.id == vpc_id
        )
        acls = {a.id: a for a in backend.network_acls.values() if a.vpc_id == vpc_id}
        users += sorted(acl.id for acl in acls.values() if not acl.default)
        if users:
            message = f"The vpc '{vpc_id}' has dependencies and cannot be deleted: {', '.join(users)}"
            raise DependencyViolationError(message)
        deleted = delete(backend, vpc_id)
        # moto leaves the VPC's default network ACL behind.
        for acl_id in acls:
            del backend.network_acls[acl_id]
        return deleted

    return delete_vpc
