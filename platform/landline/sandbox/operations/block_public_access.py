"""VPC Block Public Access: the switch of an account and Region, and its exclusions."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from moto.core.utils import utcnow
from moto.ec2.responses import EC2Response

from landline.sandbox.handshake import Refused
from landline.sandbox.operations.answering import (
    Call,
    Document,
    ec2_operation,
    new_id,
    selected,
    tags_given,
    tags_of,
)
from landline.sandbox.operations.interfaces import subnet_of
from landline.sandbox.patching import Patch

if TYPE_CHECKING:
    from landline.sandbox.state import WorldState

MODES = ("off", "block-bidirectional", "block-ingress")
"""ModifyVpcBlockPublicAccessOptions, InternetGatewayBlockMode."""
EXCLUSION_MODES = ("allow-bidirectional", "allow-egress")
"""CreateVpcBlockPublicAccessExclusion, InternetGatewayExclusionMode."""


def patches(state: WorldState) -> list[Patch]:
    """The operations on VPC Block Public Access, over `state`. moto has none of them.

    Assumed: a change is complete at once (AWS takes minutes), and no organisation policy owns the switch.
    """
    operations = {
        "describe_vpc_block_public_access_options": (set[str](), _options),
        "modify_vpc_block_public_access_options": ({"InternetGatewayBlockMode"}, _switch),
        "create_vpc_block_public_access_exclusion": (
            {"SubnetId", "VpcId", "InternetGatewayExclusionMode", "TagSpecifications"},
            _exclude,
        ),
        "modify_vpc_block_public_access_exclusion": (
            {"ExclusionId", "InternetGatewayExclusionMode"},
            _change_exclusion,
        ),
        "describe_vpc_block_public_access_exclusions": ({"ExclusionIds", "Filters"}, _exclusions),
        "delete_vpc_block_public_access_exclusion": ({"ExclusionId"}, _include),
    }
    made = []
    for name, (takes, answer) in operations.items():
        bound: Any = partial(answer, state)
        bound.__name__ = name
        made.append(Patch(EC2Response, name, ec2_operation(takes, bound), adds=True))
    return made


def _home(call: Call) -> tuple[str, str]:
    return (call.current_account, call.region)


def _options(state: WorldState, call: Call, given: Document) -> Document:  # noqa: ARG001 - takes no parameters
    default = {
        "AwsAccountId": call.current_account,
        "AwsRegion": call.region,
        "State": "default-state",
        "InternetGatewayBlockMode": "off",
        "ManagedBy": "account",
        "ExclusionsAllowed": "allowed",
    }
    return {"VpcBlockPublicAccessOptions": state.block_public_access.get(_home(call), default)}


def _switch(state: WorldState, call: Call, given: Document) -> Document:
    mode = given["InternetGatewayBlockMode"]
    if mode not in MODES:
        message = f"InternetGatewayBlockMode is one of {', '.join(MODES)}; not {mode}"
        raise Refused("InvalidParameterValue", message)
    current = _options(state, call, {})["VpcBlockPublicAccessOptions"]
    changed = {
        **current,
        "State": "update-complete",
        "InternetGatewayBlockMode": mode,
        "LastUpdateTimestamp": utcnow(),
    }
    state.block_public_access[_home(call)] = changed
    return {"VpcBlockPublicAccessOptions": changed}


def _checked_mode(mode: str) -> str:
    if mode not in EXCLUSION_MODES:
        message = f"InternetGatewayExclusionMode is one of {', '.join(EXCLUSION_MODES)}; not {mode}"
        raise Refused("InvalidParameterValue", message)
    return mode


def _exclude(state: WorldState, call: Call, given: Document) -> Document:
    if ("SubnetId" in given) == ("VpcId" in given):
        raise Refused("InvalidParameterCombination", "Give either a subnet or a VPC to exclude")
    if "SubnetId" in given:
        kind, target = "subnet", subnet_of(call.ec2_backend, given["SubnetId"]).id
    else:
        kind, target = "vpc", call.ec2_backend.get_vpc(given["VpcId"]).id
    exclusion: Document = {
        "ExclusionId": new_id("vpcbpa-exclude"),
        "InternetGatewayExclusionMode": _checked_mode(given["InternetGatewayExclusionMode"]),
        "ResourceArn": f"arn:{call.partition}:ec2:{call.region}:{call.current_account}:{kind}/{target}",
        "State": "create-complete",
        "CreationTimestamp": utcnow(),
    }
    call.ec2_backend.create_tags([exclusion["ExclusionId"]], tags_given(given))
    state.exclusions.setdefault(_home(call), {})[exclusion["ExclusionId"]] = exclusion
    return {"VpcBlockPublicAccessExclusion": _tagged(call, exclusion)}


def _tagged(call: Call, exclusion: Document) -> Document:
    return {**exclusion, "Tags": tags_of(call.ec2_backend, exclusion["ExclusionId"])}


def _known(state: WorldState, call: Call, exclusion_id: str) -> Document:
    found = state.exclusions.get(_home(call), {}).get(exclusion_id)
    if found is None:
        message = f"The exclusion '{exclusion_id}' does not exist"
        raise Refused("InvalidVpcBlockPublicAccessExclusionId.NotFound", message)
    return found


def _change_exclusion(state: WorldState, call: Call, given: Document) -> Document:
    changed = {
        **_known(state, call, given["ExclusionId"]),
        "InternetGatewayExclusionMode": _checked_mode(given["InternetGatewayExclusionMode"]),
        "State": "update-complete",
        "LastUpdateTimestamp": utcnow(),
    }
    state.exclusions[_home(call)][given["ExclusionId"]] = changed
    return {"VpcBlockPublicAccessExclusion": _tagged(call, changed)}


def _exclusions(state: WorldState, call: Call, given: Document) -> Document:
    ids = given.get("ExclusionIds")
    found = (
        [_known(state, call, i) for i in ids] if ids else list(state.exclusions.get(_home(call), {}).values())
    )
    fields = {
        "resource-arn": "ResourceArn",
        "internet-gateway-exclusion-mode": "InternetGatewayExclusionMode",
        "state": "State",
    }
    documents = [_tagged(call, exclusion) for exclusion in found]
    return {"VpcBlockPublicAccessExclusions": selected(documents, given.get("Filters", ()), fields)}


def _include(state: WorldState, call: Call, given: Document) -> Document:
    gone = _known(state, call, given["ExclusionId"])
    del state.exclusions[_home(call)][given["ExclusionId"]]
    return {"VpcBlockPublicAccessExclusion": {**gone, "State": "delete-complete"}}
