"""Endpoint policies: only the organisation's identities, only its resources, only what workloads call.

Principal is always ``*``: a gateway endpoint reads an account there as its root user alone, and keys that
hold system ids are compared whole ("AWS PrivateLink guide, Control access to VPC endpoints using endpoint
policies").
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypedDict

from components.aws_actions import FEDERATED, ServiceActions, actions_of
from components.errors import ArgumentError
from components.owned_buckets import ECR_IMAGE_LAYERS, owned_buckets
from components.partition import partition

LONGEST_POLICY = 20_480
"""The most characters of an endpoint policy, white space included ("AWS PrivateLink guide, Quotas")."""

Statement = Mapping[str, Any]


class Access(TypedDict, total=False):
    """What is asked of one service beyond, or short of, the default."""

    resources: Sequence[str]
    """The ARNs of the only resources to reach, buckets for s3 and so on. Default: all of the
    organisation's."""
    actions: Sequence[str]
    """Actions to allow too, such as ``s3:PutObjectAcl``."""
    aws_owned: Sequence[str]
    """AWS's own buckets to let clients use, by their names in `components.owned_buckets`; for s3."""
    federated: bool
    """Whether callers that sign in from outside with SAML or OpenID Connect may take on the organisation's
    roles; for sts. Their roles' trust policies say who they are."""


def endpoint_policy(
    service: str, organization: str, region: str, access: Access | None = None, *, image_layers: bool = False
) -> str:
    """The policy of an endpoint to `service`, by its name in `components.aws_services`.

    `image_layers` lets an s3 endpoint read what ECR stores of images, which pulls need. Raises
    `ArgumentError` for what the service does not have, or when the policy is longer than AWS takes.
    """
    wanted: Access = {} if access is None else access
    statements = list(_inside(service, organization, region, wanted))
    if wanted.get("federated"):
        _only(service, "sts", "federated")
        statements.append(_federated(organization))
    if service == "s3" and image_layers:
        statements.append(ECR_IMAGE_LAYERS.statement(region))
    for name in wanted.get("aws_owned", ()):
        _only(service, "s3", "aws_owned")
        statements.append(owned_buckets(name).statement(region))
    return document(statements, service)


def _inside(service: str, organization: str, region: str, access: Access) -> Iterable[Statement]:
    actions = actions_of(service)
    more = _more(service, actions, access.get("actions", ()))
    on_resources = (*actions.named(actions.on_resources), *more)
    on_account = actions.named(actions.on_account)
    resources = _resources(service, actions, region, access)
    if resources == "*" or not on_account:
        both = sorted({*on_resources, *on_account})
        yield _statement("OrganizationToOrganization", organization, both, resources)
        return
    yield _statement("OrganizationToListed", organization, sorted(set(on_resources)), resources)
    yield _statement("OrganizationToAccount", organization, on_account, "*")


def _statement(
    sid: str, organization: str, actions: Sequence[str], resources: str | Sequence[str]
) -> Statement:
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": "*",
        "Action": list(actions),
        "Resource": resources,
        "Condition": {
            "StringEquals": {"aws:PrincipalOrgID": organization, "aws:ResourceOrgID": organization}
        },
    }


def _federated(organization: str) -> Statement:
    """Callers without an AWS identity carry no key of a principal; the role is the resource.

    ("IAM User Guide, Control access to AWS STS with VPC endpoint policies".) So whoever does sign, in another
    organisation perhaps, is none of them.
    """
    return {
        "Sid": "FederatedToOrganizationRoles",
        "Effect": "Allow",
        "Principal": "*",
        "Action": list(FEDERATED),
        "Resource": "*",
        "Condition": {
            "StringEquals": {"aws:ResourceOrgID": organization},
            "Null": {"aws:PrincipalArn": "true"},
        },
    }


def _resources(service: str, actions: ServiceActions, region: str, access: Access) -> str | list[str]:
    if "resources" not in access:
        return actions.resources.format(partition=partition(region), region=region)
    if actions.parts is None:
        raise ArgumentError(f"an endpoint to {service} takes no allow-list; leave its resources out")
    if not access["resources"]:
        raise ArgumentError(f"an endpoint to {service} that reaches no resource is of no use; remove it")
    return [f"{arn}{part}" for arn in access["resources"] for part in actions.parts]


def _more(service: str, actions: ServiceActions, more: Sequence[str]) -> tuple[str, ...]:
    for action in more:
        if not action.startswith(f"{actions.prefix}:"):
            raise ArgumentError(
                f"an endpoint to {service} carries no {action}; write actions that begin with "
                f"{actions.prefix}:"
            )
    return tuple(more)


def _only(service: str, owner: str, key: str) -> None:
    if service != owner:
        raise ArgumentError(f"an endpoint to {service} has no {key}; it belongs to {owner}")


def document(statements: Sequence[Statement], service: str) -> str:
    """The statements as one policy document.

    Raises `ArgumentError` when it is longer than AWS takes.
    """
    text = json.dumps({"Version": "2012-10-17", "Statement": list(statements)}, separators=(",", ":"))
    if len(text) > LONGEST_POLICY:
        raise ArgumentError(
            f"the policy of the endpoint to {service} would have {len(text)} characters, and AWS takes "
            f"{LONGEST_POLICY}; list fewer resources"
        )
    return text
