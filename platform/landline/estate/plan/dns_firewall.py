"""Route 53 Resolver DNS Firewall: which names a VPC's resolver answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from landline.estate.plan.reference import FIREWALL_DOMAIN_LIST, FIREWALL_RULE_GROUP
from landline.estate.plan.resource import has_unknown
from landline.estate.plan.translation import Translation, dropped

if TYPE_CHECKING:
    from landline.estate.plan.draft import Draft, Item, Place
    from landline.estate.plan.resource import Resource

RULE_FIELDS = {
    "name": "Name",
    "priority": "Priority",
    "action": "Action",
    "blockResponse": "BlockResponse",
    "firewallDomainRedirectionAction": "FirewallDomainRedirectionAction",
    "qType": "Qtype",
    "dnsThreatProtection": "DnsThreatProtection",
    "confidenceThreshold": "ConfidenceThreshold",
}


def _domains(draft: Draft, resource: Resource, place: Place) -> None:
    name = draft.identity(resource)
    if draft.find("FirewallDomainLists", "Id", name) is None:
        draft.add(place, "FirewallDomainLists", {"Id": name, "Name": resource.known("name") or resource.name})
    listed = resource.inputs.get("domains") or []
    if has_unknown(listed):
        draft.unknown(resource, "domains")
        return
    # AWS shows names with the full stop that ends them.
    draft.put(place, "Domains", name, [domain.rstrip(".") + "." for domain in listed])


def _rule_group(draft: Draft, resource: Resource, place: Place) -> None:
    name = draft.identity(resource)
    if draft.find("FirewallRuleGroups", "Id", name) is None:
        item = {
            "Id": name,
            "Name": resource.known("name") or resource.name,
            "OwnerId": place.account,
            "ShareStatus": "NOT_SHARED",
        }
        draft.add(place, "FirewallRuleGroups", item)
        draft.put(place, "FirewallRules", name, [])


def _rule(draft: Draft, resource: Resource, place: Place) -> None:
    group = draft.required(resource, "firewallRuleGroupId")
    if group is None or not draft.shows(place, "FirewallRules", group):
        draft.note(f"{resource}: its rule group is unknown, or in no document")
        return
    item: Item = {"FirewallRuleGroupId": group}
    for theirs, ours in RULE_FIELDS.items():
        value = resource.inputs.get(theirs)
        if has_unknown(value):
            draft.unknown(resource, theirs)
        elif value is not None and value != "":
            item[ours] = value
    item.setdefault("FirewallDomainRedirectionAction", "INSPECT_REDIRECTION_DOMAIN")
    if resource.inputs.get("firewallDomainListId"):
        domains = draft.reference(resource, "firewallDomainListId")
        if domains is not None:
            item["FirewallDomainListId"] = domains
    rules = draft.items(place, "FirewallRules", group)
    rest = [rule for rule in rules if rule.get("Priority") != item.get("Priority")]
    if resource.change == "update":
        rest = [rule for rule in rest if rule.get("Priority") != resource.old.get("priority")]
    draft.put(place, "FirewallRules", group, [*rest, item])


def _without_rule(draft: Draft, resource: Resource, place: Place) -> None:
    group = str(resource.known("firewallRuleGroupId"))
    if draft.shows(place, "FirewallRules", group):
        rules = draft.items(place, "FirewallRules", group)
        rest = [rule for rule in rules if rule.get("Priority") != resource.known("priority")]
        draft.put(place, "FirewallRules", group, rest)


def _association(draft: Draft, resource: Resource, place: Place) -> None:
    name = draft.identity(resource)
    group, vpc = draft.required(resource, "firewallRuleGroupId"), draft.required(resource, "vpcId")
    draft.drop("FirewallRuleGroupAssociations", "Id", name)
    if group is not None and vpc is not None:
        item = {
            "Id": name,
            "FirewallRuleGroupId": group,
            "VpcId": vpc,
            "Name": resource.known("name") or resource.name,
            "Priority": resource.known("priority"),
            "MutationProtection": resource.known("mutationProtection") or "DISABLED",
            "Status": "COMPLETE",
        }
        draft.add(place, "FirewallRuleGroupAssociations", item)


def _config(draft: Draft, resource: Resource, place: Place) -> None:
    vpc, mode = draft.required(resource, "resourceId"), resource.known("firewallFailOpen")
    if vpc is None:
        return
    if mode is None and resource.inputs.get("firewallFailOpen"):
        draft.unknown(resource, "firewallFailOpen")
        mode = "ENABLED"
    draft.drop("FirewallConfigs", "ResourceId", vpc)
    item = {"Id": draft.identity(resource), "ResourceId": vpc, "OwnerId": place.account}
    draft.add(place, "FirewallConfigs", item | {"FirewallFailOpen": mode or "DISABLED"})


def _without_config(draft: Draft, resource: Resource, place: Place) -> None:
    """A VPC without a configuration fails closed ("Route 53 guide, DNS Firewall VPC configuration")."""
    draft.drop("FirewallConfigs", "ResourceId", resource.known("resourceId"))


TYPES = (
    Translation(FIREWALL_DOMAIN_LIST, _domains, dropped("FirewallDomainLists", "Id")),
    Translation(FIREWALL_RULE_GROUP, _rule_group, dropped("FirewallRuleGroups", "Id")),
    Translation("aws:route53/resolverFirewallRule:ResolverFirewallRule", _rule, _without_rule),
    Translation(
        "aws:route53/resolverFirewallRuleGroupAssociation:ResolverFirewallRuleGroupAssociation",
        _association,
        dropped("FirewallRuleGroupAssociations", "Id"),
    ),
    Translation("aws:route53/resolverFirewallConfig:ResolverFirewallConfig", _config, _without_config),
)
"""Rows for DNS Firewall."""
