"""IAM roles and their inline policies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from landline.sandbox.resource_type import AutoName, Made, Properties, ResourceType
from landline.sandbox.resources.support import (
    arguments,
    changed,
    forgiving_absence,
    found,
    now,
    retag,
    tag_list,
    tag_map,
    tags_argument,
)

if TYPE_CHECKING:
    from landline.sandbox.resource_type import Place


def _create_role(place: Place, properties: Properties) -> Made:
    role = place.client("iam").create_role(
        RoleName=properties["name"],
        AssumeRolePolicyDocument=properties["assumeRolePolicy"],
        **tags_argument(properties),
        **arguments(
            properties,
            {
                "description": "Description",
                "path": "Path",
                "maxSessionDuration": "MaxSessionDuration",
                "permissionsBoundary": "PermissionsBoundary",
            },
        ),
    )["Role"]
    return Made(role["RoleName"], _role_outputs(role, properties))


def _read_role(place: Place, name: str, known: Properties) -> Properties | None:
    iam = place.client("iam")
    answer = found(lambda: iam.get_role(RoleName=name))
    return None if answer is None else _role_outputs(answer["Role"], known)


def _role_outputs(role: dict[str, Any], known: Properties) -> Properties:
    return {
        **known,
        "id": role["RoleName"],
        "name": role["RoleName"],
        "arn": role["Arn"],
        "uniqueId": role["RoleId"],
        "path": role["Path"],
        # CreateRole and GetRole give the tags, other than ListRoles (IAM API reference, Role).
        "tagsAll": tag_map(role.get("Tags", [])),
    }


def _update_role(place: Place, name: str, old: Properties, new: Properties) -> Properties:
    iam = place.client("iam")
    if changed(old, new, "assumeRolePolicy"):
        iam.update_assume_role_policy(RoleName=name, PolicyDocument=new["assumeRolePolicy"])
    if changed(old, new, "description", "maxSessionDuration"):
        iam.update_role(
            RoleName=name,
            Description=new.get("description") or "",
            **arguments(new, {"maxSessionDuration": "MaxSessionDuration"}),
        )
    retag(
        old,
        new,
        untag=lambda keys: iam.untag_role(RoleName=name, TagKeys=keys),
        tag=lambda: iam.tag_role(RoleName=name, Tags=tag_list(new)),
    )
    return now(place, name, new, _read_role)


def _delete_role(place: Place, name: str, outputs: Properties) -> None:  # noqa: ARG001 - the table's interface
    with forgiving_absence():
        place.client("iam").delete_role(RoleName=name)


def _put_policy(place: Place, properties: Properties) -> None:
    place.client("iam").put_role_policy(
        RoleName=properties["role"],
        PolicyName=properties["name"],
        PolicyDocument=properties["policy"],
    )


def _create_policy(place: Place, properties: Properties) -> Made:
    _put_policy(place, properties)
    policy_id = f"{properties['role']}:{properties['name']}"
    return Made(policy_id, {**properties, "id": policy_id})


def _read_policy(place: Place, policy_id: str, known: Properties) -> Properties | None:
    iam = place.client("iam")
    role, _, name = policy_id.partition(":")
    if found(lambda: iam.get_role_policy(RoleName=role, PolicyName=name)) is None:
        return None
    return {**known, "id": policy_id, "role": role, "name": name}


def _update_policy(place: Place, policy_id: str, old: Properties, new: Properties) -> Properties:  # noqa: ARG001
    _put_policy(place, new)
    return now(place, policy_id, new, _read_policy)


def _delete_policy(place: Place, policy_id: str, outputs: Properties) -> None:  # noqa: ARG001
    role, _, name = policy_id.partition(":")
    with forgiving_absence():
        place.client("iam").delete_role_policy(RoleName=role, PolicyName=name)


TYPES = (
    ResourceType(
        token="aws:iam/role:Role",  # noqa: S106 - a Pulumi type token
        create=_create_role,
        read=_read_role,
        update=_update_role,
        delete=_delete_role,
        replace_on=frozenset({"name", "path", "permissionsBoundary"}),
        inputs=frozenset(
            {
                "name",
                "path",
                "assumeRolePolicy",
                "description",
                "maxSessionDuration",
                "permissionsBoundary",
                "tags",
            }
        ),
        autoname=AutoName(max_length=64),
    ),
    ResourceType(
        token="aws:iam/rolePolicy:RolePolicy",  # noqa: S106
        create=_create_policy,
        read=_read_policy,
        update=_update_policy,
        delete=_delete_policy,
        replace_on=frozenset({"role", "name"}),
        inputs=frozenset({"role", "name", "policy"}),
        autoname=AutoName(max_length=128),
    ),
)
"""The rows of this noun family."""
