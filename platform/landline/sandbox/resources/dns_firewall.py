"""DNS Firewall: domain lists, rule groups, rules, associations with VPCs and the fail mode."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any

from landline.sandbox.resource_type import AutoName, Made, Properties, ResourceType
from landline.sandbox.resources.support import (
    arguments,
    changed,
    forgiving_absence,
    found,
    made,
    now,
    retag,
    tag_list,
    tag_map,
    tags_argument,
)

if TYPE_CHECKING:
    from landline.sandbox.resource_type import Place


def _request(properties: Properties) -> str:
    return sha256(repr(sorted(properties.items(), key=str)).encode()).hexdigest()[:32]


def _retag(place: Place, arn: str, old: Properties, new: Properties) -> None:
    resolver = place.client("route53resolver")
    retag(
        old,
        new,
        untag=lambda keys: resolver.untag_resource(ResourceArn=arn, TagKeys=keys),
        tag=lambda: resolver.tag_resource(ResourceArn=arn, Tags=tag_list(new)),
    )


def _tags(place: Place, arn: str) -> dict[str, str]:
    return tag_map(place.client("route53resolver").list_tags_for_resource(ResourceArn=arn)["Tags"])


def _create_list(place: Place, properties: Properties) -> Made:
    resolver = place.client("route53resolver")
    created = resolver.create_firewall_domain_list(
        Name=properties["name"], CreatorRequestId=_request(properties), Tags=tag_list(properties)
    )["FirewallDomainList"]
    if properties.get("domains"):
        resolver.update_firewall_domains(
            FirewallDomainListId=created["Id"], Operation="REPLACE", Domains=properties["domains"]
        )
    return Made(created["Id"], _list_outputs(place, created, properties))


def _read_list(place: Place, list_id: str, known: Properties) -> Properties | None:
    resolver = place.client("route53resolver")
    answer = found(lambda: resolver.get_firewall_domain_list(FirewallDomainListId=list_id))
    if answer is None:
        return None
    return _list_outputs(place, answer["FirewallDomainList"], known)


def _list_outputs(place: Place, document: dict[str, Any], known: Properties) -> Properties:
    return {
        **known,
        "id": document["Id"],
        "arn": document["Arn"],
        "name": document["Name"],
        "tagsAll": _tags(place, document["Arn"]),
    }


def _update_list(place: Place, list_id: str, old: Properties, new: Properties) -> Properties:
    if sorted(old.get("domains") or ()) != sorted(new.get("domains") or ()):
        place.client("route53resolver").update_firewall_domains(
            FirewallDomainListId=list_id, Operation="REPLACE", Domains=new.get("domains") or []
        )
    outputs = now(place, list_id, new, _read_list)
    _retag(place, outputs["arn"], old, new)
    return now(place, list_id, new, _read_list)


def _delete_list(place: Place, list_id: str, outputs: Properties) -> None:  # noqa: ARG001 - the table's interface
    with forgiving_absence():
        place.client("route53resolver").delete_firewall_domain_list(FirewallDomainListId=list_id)


def _create_group(place: Place, properties: Properties) -> Made:
    created = place.client("route53resolver").create_firewall_rule_group(
        Name=properties["name"], CreatorRequestId=_request(properties), Tags=tag_list(properties)
    )["FirewallRuleGroup"]
    return Made(created["Id"], _group_outputs(place, created, properties))


def _read_group(place: Place, group_id: str, known: Properties) -> Properties | None:
    resolver = place.client("route53resolver")
    answer = found(lambda: resolver.get_firewall_rule_group(FirewallRuleGroupId=group_id))
    if answer is None:
        return None
    return _group_outputs(place, answer["FirewallRuleGroup"], known)


def _group_outputs(place: Place, document: dict[str, Any], known: Properties) -> Properties:
    return {
        **known,
        "id": document["Id"],
        "arn": document["Arn"],
        "name": document["Name"],
        "ownerId": document["OwnerId"],
        "shareStatus": document["ShareStatus"],
        "tagsAll": _tags(place, document["Arn"]),
    }


def _update_group(place: Place, group_id: str, old: Properties, new: Properties) -> Properties:
    outputs = now(place, group_id, new, _read_group)
    _retag(place, outputs["arn"], old, new)
    return now(place, group_id, new, _read_group)


def _delete_group(place: Place, group_id: str, outputs: Properties) -> None:  # noqa: ARG001
    with forgiving_absence():
        place.client("route53resolver").delete_firewall_rule_group(FirewallRuleGroupId=group_id)


_RULE = {
    "firewallRuleGroupId": "FirewallRuleGroupId",
    "firewallDomainListId": "FirewallDomainListId",
    "name": "Name",
    "priority": "Priority",
    "action": "Action",
    "blockResponse": "BlockResponse",
    "firewallDomainRedirectionAction": "FirewallDomainRedirectionAction",
}


def _create_rule(place: Place, properties: Properties) -> Made:
    rule = place.client("route53resolver").create_firewall_rule(
        CreatorRequestId=_request(properties), **arguments(properties, _RULE)
    )["FirewallRule"]
    rule_id = f"{properties['firewallRuleGroupId']}:{properties['firewallDomainListId']}"
    return Made(rule_id, _rule_outputs(rule_id, rule, properties))


def _read_rule(place: Place, rule_id: str, known: Properties) -> Properties | None:
    resolver = place.client("route53resolver")
    group, _, domains = rule_id.partition(":")
    answer = found(lambda: resolver.list_firewall_rules(FirewallRuleGroupId=group))
    for rule in (answer or {}).get("FirewallRules", ()):
        if rule["FirewallDomainListId"] == domains:
            return _rule_outputs(rule_id, rule, known)
    return None


def _rule_outputs(rule_id: str, rule: dict[str, Any], known: Properties) -> Properties:
    return {**known, "id": rule_id, "priority": rule["Priority"], "action": rule["Action"]}


def _update_rule(place: Place, rule_id: str, old: Properties, new: Properties) -> Properties:  # noqa: ARG001
    place.client("route53resolver").update_firewall_rule(**arguments(new, _RULE))
    return now(place, rule_id, new, _read_rule)


def _delete_rule(place: Place, rule_id: str, outputs: Properties) -> None:  # noqa: ARG001
    group, _, domains = rule_id.partition(":")
    with forgiving_absence():
        place.client("route53resolver").delete_firewall_rule(
            FirewallRuleGroupId=group, FirewallDomainListId=domains
        )


def _create_association(place: Place, properties: Properties) -> Made:
    created = place.client("route53resolver").associate_firewall_rule_group(
        CreatorRequestId=_request(properties),
        **tags_argument(properties),
        **arguments(
            properties,
            {
                "name": "Name",
                "firewallRuleGroupId": "FirewallRuleGroupId",
                "vpcId": "VpcId",
                "priority": "Priority",
                "mutationProtection": "MutationProtection",
            },
        ),
    )["FirewallRuleGroupAssociation"]
    return Made(created["Id"], _association_outputs(place, created, properties))


def _read_association(place: Place, association: str, known: Properties) -> Properties | None:
    resolver = place.client("route53resolver")

    def described() -> Any:  # noqa: ANN401 - boto3's answer
        return resolver.get_firewall_rule_group_association(FirewallRuleGroupAssociationId=association)

    answer = found(described)
    if answer is None:
        return None
    return _association_outputs(place, answer["FirewallRuleGroupAssociation"], known)


def _association_outputs(place: Place, document: dict[str, Any], known: Properties) -> Properties:
    return {
        **known,
        "id": document["Id"],
        "arn": document["Arn"],
        "name": document["Name"],
        "priority": document["Priority"],
        "mutationProtection": document["MutationProtection"],
        "tagsAll": _tags(place, document["Arn"]),
    }


def _update_association(place: Place, association: str, old: Properties, new: Properties) -> Properties:
    if changed(old, new, "name", "priority", "mutationProtection"):
        place.client("route53resolver").update_firewall_rule_group_association(
            FirewallRuleGroupAssociationId=association,
            **arguments(
                new,
                {"name": "Name", "priority": "Priority", "mutationProtection": "MutationProtection"},
            ),
        )
    outputs = now(place, association, new, _read_association)
    _retag(place, outputs["arn"], old, new)
    return now(place, association, new, _read_association)


def _delete_association(place: Place, association: str, outputs: Properties) -> None:  # noqa: ARG001
    with forgiving_absence():
        place.client("route53resolver").disassociate_firewall_rule_group(
            FirewallRuleGroupAssociationId=association
        )


def _put_config(place: Place, vpc: str, mode: str) -> str:
    config = place.client("route53resolver").update_firewall_config(ResourceId=vpc, FirewallFailOpen=mode)
    return str(config["FirewallConfig"]["Id"])


def _create_config(place: Place, properties: Properties) -> Made:
    config = _put_config(place, properties["resourceId"], properties.get("firewallFailOpen") or "DISABLED")
    return made(place, config, properties, _read_config)


def _read_config(place: Place, config: str, known: Properties) -> Properties | None:
    resolver = place.client("route53resolver")
    answer = found(lambda: resolver.get_firewall_config(ResourceId=known["resourceId"]))
    if answer is None:
        return None
    document = answer["FirewallConfig"]
    return {
        **known,
        "id": config,
        "ownerId": document["OwnerId"],
        "firewallFailOpen": document["FirewallFailOpen"],
    }


def _update_config(place: Place, config: str, old: Properties, new: Properties) -> Properties:  # noqa: ARG001
    _put_config(place, new["resourceId"], new.get("firewallFailOpen") or "DISABLED")
    return now(place, config, new, _read_config)


def _delete_config(place: Place, config: str, outputs: Properties) -> None:  # noqa: ARG001
    with forgiving_absence():
        _put_config(place, outputs["resourceId"], "DISABLED")


TYPES = (
    ResourceType(
        token="aws:route53/resolverFirewallDomainList:ResolverFirewallDomainList",  # noqa: S106 - a type token
        create=_create_list,
        read=_read_list,
        update=_update_list,
        delete=_delete_list,
        replace_on=frozenset({"name"}),
        inputs=frozenset({"name", "domains", "tags"}),
        autoname=AutoName(),
    ),
    ResourceType(
        token="aws:route53/resolverFirewallRuleGroup:ResolverFirewallRuleGroup",  # noqa: S106
        create=_create_group,
        read=_read_group,
        update=_update_group,
        delete=_delete_group,
        replace_on=frozenset({"name"}),
        inputs=frozenset({"name", "tags"}),
        autoname=AutoName(),
    ),
    ResourceType(
        token="aws:route53/resolverFirewallRule:ResolverFirewallRule",  # noqa: S106
        create=_create_rule,
        read=_read_rule,
        update=_update_rule,
        delete=_delete_rule,
        replace_on=frozenset({"firewallRuleGroupId", "firewallDomainListId"}),
        inputs=frozenset(_RULE),
        autoname=AutoName(),
    ),
    ResourceType(
        token="aws:route53/resolverFirewallRuleGroupAssociation:ResolverFirewallRuleGroupAssociation",  # noqa: S106
        create=_create_association,
        read=_read_association,
        update=_update_association,
        delete=_delete_association,
        replace_on=frozenset({"firewallRuleGroupId", "vpcId"}),
        inputs=frozenset({"name", "firewallRuleGroupId", "vpcId", "priority", "mutationProtection", "tags"}),
        autoname=AutoName(),
    ),
    ResourceType(
        token="aws:route53/resolverFirewallConfig:ResolverFirewallConfig",  # noqa: S106
        create=_create_config,
        read=_read_config,
        update=_update_config,
        delete=_delete_config,
        replace_on=frozenset({"resourceId"}),
        inputs=frozenset({"resourceId", "firewallFailOpen"}),
    ),
)
"""The rows of this noun family."""
