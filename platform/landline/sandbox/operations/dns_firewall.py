"""Route 53 Resolver DNS Firewall: domain lists, rule groups, rules, associations and the fail mode."""

from __future__ import annotations

import json
from functools import partial, wraps
from typing import TYPE_CHECKING, Any

from moto.core.exceptions import JsonRESTError
from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.moto_api._internal import mock_random
from moto.route53resolver.models import Route53ResolverBackend
from moto.route53resolver.responses import Route53ResolverResponse

from landline.sandbox.patching import Patch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from landline.sandbox.state import WorldState

Document = dict[str, Any]

_KINDS = {
    "domain list": ("rslvr-fdl", "firewall-domain-list"),
    "rule group": ("rslvr-frg", "firewall-rule-group"),
    "association": ("rslvr-frgassoc", "firewall-rule-group-association"),
    "config": ("rslvr-fc", "firewall-config"),
}


def patches(state: WorldState) -> list[Patch]:
    """The DNS Firewall operations, over `state`. moto has none of them.

    Codes are those that the Route 53 Resolver API reference lists for each call. Assumed: removing an
    association with mutation protection is a ConflictException.
    """
    operations: dict[str, tuple[set[str], Callable[..., Document]]] = {
        "create_firewall_domain_list": ({"Name", "Tags"}, _create_domain_list),
        "get_firewall_domain_list": ({"FirewallDomainListId"}, _get_domain_list),
        "list_firewall_domain_lists": (set(), _list_domain_lists),
        "update_firewall_domains": ({"FirewallDomainListId", "Operation", "Domains"}, _update_domains),
        "list_firewall_domains": ({"FirewallDomainListId"}, _list_domains),
        "delete_firewall_domain_list": ({"FirewallDomainListId"}, _delete_domain_list),
        "create_firewall_rule_group": ({"Name", "Tags"}, _create_rule_group),
        "get_firewall_rule_group": ({"FirewallRuleGroupId"}, _get_rule_group),
        "list_firewall_rule_groups": (set(), _list_rule_groups),
        "delete_firewall_rule_group": ({"FirewallRuleGroupId"}, _delete_rule_group),
        "create_firewall_rule": (_RULE, _create_rule),
        "update_firewall_rule": (_RULE, _update_rule),
        "delete_firewall_rule": ({"FirewallRuleGroupId", "FirewallDomainListId", "Qtype"}, _delete_rule),
        "list_firewall_rules": ({"FirewallRuleGroupId", "Priority", "Action"}, _list_rules),
        "associate_firewall_rule_group": (
            {"FirewallRuleGroupId", "VpcId", "Priority", "Name", "MutationProtection", "Tags"},
            _associate,
        ),
        "get_firewall_rule_group_association": ({"FirewallRuleGroupAssociationId"}, _get_association),
        "update_firewall_rule_group_association": (
            {"FirewallRuleGroupAssociationId", "Priority", "MutationProtection", "Name"},
            _update_association,
        ),
        "list_firewall_rule_group_associations": (
            {"FirewallRuleGroupId", "VpcId", "Priority", "Status"},
            _list_associations,
        ),
        "disassociate_firewall_rule_group": ({"FirewallRuleGroupAssociationId"}, _disassociate),
        "get_firewall_config": ({"ResourceId"}, _get_config),
        "update_firewall_config": ({"ResourceId", "FirewallFailOpen"}, _update_config),
        "list_firewall_configs": (set(), _list_configs),
    }
    made = [
        Patch(Route53ResolverResponse, name, _operation(state, name, takes, answer), adds=True)
        for name, (takes, answer) in operations.items()
    ]
    return [
        *made,
        Patch(Route53ResolverBackend, "_matched_arn", _taggable(state, Route53ResolverBackend._matched_arn)),  # noqa: SLF001 - where moto decides which resources take tags
    ]


_RULE = {
    "Name",
    "FirewallRuleGroupId",
    "FirewallDomainListId",
    "Priority",
    "Action",
    "BlockResponse",
    "FirewallDomainRedirectionAction",
}


def _operation(
    state: WorldState, name: str, takes: set[str], answer: Callable[..., Document]
) -> Callable[[Any], ActionResult]:
    bound = partial(answer, state)

    def operation(call: Any) -> ActionResult:  # noqa: ANN401 - moto's response object
        paging = {"CreatorRequestId", "MaxResults", "NextToken"}
        given = {k: v for k, v in json.loads(call.body or "{}").items() if k not in paging}
        unknown = sorted(set(given) - takes)
        if unknown:
            message = f"the sandbox's {name} does not model {', '.join(unknown)}"
            raise NotImplementedError(message)
        return ActionResult(bound(call, given))

    operation.__name__ = name
    return operation


def _taggable(state: WorldState, original: Callable[[Any, str], None]) -> Callable[[Any, str], None]:
    @wraps(original)
    def matched(backend: Any, resource_arn: str) -> None:  # noqa: ANN401 - moto's own types
        home = state.dns_firewall.get((backend.account_id, backend.region_name), {})
        if any(d.get("Arn") == resource_arn for kind in home.values() for d in kind.values()):
            return
        # moto tags them when it makes them, and then forgets that they can have any.
        if any(config.arn == resource_arn for config in backend.resolver_query_log_configs.values()):
            return
        original(backend, resource_arn)

    return matched


def _store(state: WorldState, call: Any, kind: str) -> dict[str, Document]:  # noqa: ANN401
    home = state.dns_firewall.setdefault((call.current_account, call.region), {})
    return home.setdefault(kind, {})


def _found(state: WorldState, call: Any, kind: str, resource_id: str) -> Document:  # noqa: ANN401
    document = _store(state, call, kind).get(resource_id)
    if document is None:
        raise JsonRESTError(
            "ResourceNotFoundException", f"The firewall {kind} {resource_id!r} does not exist"
        )
    return document


def _new(state: WorldState, call: Any, kind: str, given: Document, **members: Any) -> Document:  # noqa: ANN401
    prefix, path = _KINDS[kind]
    resource_id = f"{prefix}-{mock_random.get_random_hex(length=16)}"
    now = utcnow().isoformat()
    home = f"arn:{call.partition}:route53resolver:{call.region}:{call.current_account}"
    document = {
        "Id": resource_id,
        "Arn": f"{home}:{path}/{resource_id}",
        "Name": given.get("Name", ""),
        "Status": "COMPLETE",
        "CreatorRequestId": resource_id,
        "CreationTime": now,
        "ModificationTime": now,
        **members,
    }
    _store(state, call, kind)[resource_id] = document
    call.route53resolver_backend.tagger.tag_resource(document["Arn"], given.get("Tags") or [])
    return document


def _create_domain_list(state: WorldState, call: Any, given: Document) -> Document:  # noqa: ANN401
    document = _new(state, call, "domain list", given, DomainCount=0, Domains=())
    return {"FirewallDomainList": _public(document)}


def _public(document: Document) -> Document:
    return {k: v for k, v in document.items() if k != "Domains"}


def _get_domain_list(state: WorldState, call: Any, given: Document) -> Document:  # noqa: ANN401
    return {"FirewallDomainList": _public(_found(state, call, "domain list", given["FirewallDomainListId"]))}


def _list_domain_lists(state: WorldState, call: Any, given: Document) -> Document:  # noqa: ANN401, ARG001
    return {"FirewallDomainLists": [_public(d) for d in _store(state, call, "domain list").values()]}


def _update_domains(state: WorldState, call: Any, given: Document) -> Document:  # noqa: ANN401
    document = _found(state, call, "domain list", given["FirewallDomainListId"])
    # Route 53 Resolver shows every name with its trailing dot.
    domains = {d if d.endswith(".") else f"{d}." for d in given["Domains"]}
    current = set(document["Domains"])
    operation = {"ADD": current | domains, "REMOVE": current - domains, "REPLACE": domains}
    _refuse_value(given, "Operation", operation)
    document["Domains"] = tuple(sorted(operation[given["Operation"]]))
    document["DomainCount"] = len(document["Domains"])
    return {k: document[k] for k in ("Id", "Name", "Status")}


def _list_domains(state: WorldState, call: Any, given: Document) -> Document:  # noqa: ANN401
    document = _found(state, call, "domain list", given["FirewallDomainListId"])
    return {"Domains": list(document["Domains"])}


def _delete_domain_list(state: WorldState, call: Any, given: Document) -> Document:  # noqa: ANN401
    list_id = given["FirewallDomainListId"]
    document = _found(state, call, "domain list", list_id)
    if any(r["FirewallDomainListId"] == list_id for r in _store(state, call, "rule").values()):
        raise JsonRESTError("ConflictException", f"The domain list {list_id!r} is used by a rule")
    del _store(state, call, "domain list")[list_id]
    return {"FirewallDomainList": {**_public(document), "Status": "DELETING"}}


def _create_rule_group(state: WorldState, call: Any, given: Document) -> Document:  # noqa: ANN401
    document = _new(
        state,
        call,
        "rule group",
        given,
        RuleCount=0,
        OwnerId=call.current_account,
        ShareStatus="NOT_SHARED",
    )
    return {"FirewallRuleGroup": document}


def _get_rule_group(state: WorldState, call: Any, given: Document) -> Document:  # noqa: ANN401
    return {"FirewallRuleGroup": _counted(state, call, given["FirewallRuleGroupId"])}


def _counted(state: WorldState, call: Any, group_id: str) -> Document:  # noqa: ANN401
    group = _found(state, call, "rule group", group_id)
    return {**group, "RuleCount": len(_rules(state, call, group_id))}


def _rules(state: WorldState, call: Any, group_id: str) -> list[Document]:  # noqa: ANN401
    rules = [r for r in _store(state, call, "rule").values() if r["FirewallRuleGroupId"] == group_id]
    return sorted(rules, key=lambda rule: rule["Priority"])


def _list_rule_groups(state: WorldState, call: Any, given: Document) -> Document:  # noqa: ANN401, ARG001
    shown = ("Id", "Arn", "Name", "OwnerId", "CreatorRequestId", "ShareStatus")
    groups = _store(state, call, "rule group").values()
    return {"FirewallRuleGroups": [{k: g[k] for k in shown} for g in groups]}


def _delete_rule_group(state: WorldState, call: Any, given: Document) -> Document:  # noqa: ANN401
    group_id = given["FirewallRuleGroupId"]
    group = _counted(state, call, group_id)
    if any(a["FirewallRuleGroupId"] == group_id for a in _store(state, call, "association").values()):
        raise JsonRESTError("ConflictException", f"The rule group {group_id!r} is associated with a VPC")
    if group["RuleCount"]:
        raise JsonRESTError("ConflictException", f"The rule group {group_id!r} has rules")
    del _store(state, call, "rule group")[group_id]
    return {"FirewallRuleGroup": {**group, "Status": "DELETING"}}


def _create_rule(state: WorldState, call: Any, given: Document) -> Document:  # noqa: ANN401
    group_id, list_id = given["FirewallRuleGroupId"], _list_of(given)
    _found(state, call, "rule group", group_id)
    _found(state, call, "domain list", list_id)
    key = f"{group_id}:{list_id}"
    if key in _store(state, call, "rule"):
        raise JsonRESTError("ConflictException", f"The rule group {group_id!r} has a rule for {list_id!r}")
    rule = {"FirewallDomainRedirectionAction": "INSPECT_REDIRECTION_DOMAIN", **given}
    _refuse_rule(state, call, rule, key)
    _store(state, call, "rule")[key] = rule
    return {"FirewallRule": rule}


def _list_of(given: Document) -> str:
    """The rule's domain list; optional in the API's model, because advanced rules have none."""
    if not given.get("FirewallDomainListId"):
        message = "A rule without DnsThreatProtection needs a FirewallDomainListId"
        raise JsonRESTError("ValidationException", message)
    return str(given["FirewallDomainListId"])


def _refuse_value(given: Document, member: str, values: Iterable[str]) -> None:
    if member in given and given[member] not in values:
        message = f"{member} {given[member]!r} is none of {', '.join(sorted(values))}"
        raise JsonRESTError("ValidationException", message)


def _refuse_rule(state: WorldState, call: Any, rule: Document, key: str) -> None:  # noqa: ANN401
    for other_key, other in _store(state, call, "rule").items():
        same_group = other["FirewallRuleGroupId"] == rule["FirewallRuleGroupId"]
        if other_key != key and same_group and other["Priority"] == rule["Priority"]:
            raise JsonRESTError("ConflictException", f"Priority {rule['Priority']} is taken by another rule")
    if rule["Action"] not in {"ALLOW", "BLOCK", "ALERT"}:
        raise JsonRESTError("ValidationException", f"Action {rule['Action']!r} is not ALLOW, BLOCK or ALERT")
    _refuse_value(rule, "BlockResponse", {"NODATA", "NXDOMAIN", "OVERRIDE"})
    if rule.get("BlockResponse") == "OVERRIDE":
        message = "the sandbox does not model the BlockResponse OVERRIDE of DNS Firewall rules"
        raise NotImplementedError(message)
    if (rule["Action"] == "BLOCK") != ("BlockResponse" in rule):
        raise JsonRESTError("ValidationException", "BlockResponse is required with BLOCK, and only with it")


def _update_rule(state: WorldState, call: Any, given: Document) -> Document:  # noqa: ANN401
    key = f"{given['FirewallRuleGroupId']}:{_list_of(given)}"
    rule = {**_found(state, call, "rule", key), **given}
    if given.get("Action", "BLOCK") != "BLOCK":
        rule.pop("BlockResponse", None)
    _refuse_rule(state, call, rule, key)
    _store(state, call, "rule")[key] = rule
    return {"FirewallRule": rule}


def _delete_rule(state: WorldState, call: Any, given: Document) -> Document:  # noqa: ANN401
    key = f"{given['FirewallRuleGroupId']}:{_list_of(given)}"
    rule = _found(state, call, "rule", key)
    del _store(state, call, "rule")[key]
    return {"FirewallRule": rule}


def _list_rules(state: WorldState, call: Any, given: Document) -> Document:  # noqa: ANN401
    _found(state, call, "rule group", given["FirewallRuleGroupId"])
    rules = _rules(state, call, given["FirewallRuleGroupId"])
    wanted = {k: v for k, v in given.items() if k in {"Priority", "Action"}}
    return {"FirewallRules": [r for r in rules if all(r.get(k) == v for k, v in wanted.items())]}


def _associate(state: WorldState, call: Any, given: Document) -> Document:  # noqa: ANN401
    from moto.ec2.models import ec2_backends

    _found(state, call, "rule group", given["FirewallRuleGroupId"])
    if given["VpcId"] not in ec2_backends[call.current_account][call.region].vpcs:
        raise JsonRESTError("ResourceNotFoundException", f"The VPC {given['VpcId']!r} does not exist")
    _refuse_priority(state, call, given["VpcId"], given["Priority"], None)
    document = _new(
        state,
        call,
        "association",
        given,
        FirewallRuleGroupId=given["FirewallRuleGroupId"],
        VpcId=given["VpcId"],
        Priority=given["Priority"],
        MutationProtection=given.get("MutationProtection", "DISABLED"),
    )
    return {"FirewallRuleGroupAssociation": document}


def _refuse_priority(state: WorldState, call: Any, vpc: str, priority: int, own: str | None) -> None:  # noqa: ANN401
    if not 100 < priority < 9900:
        # AssociateFirewallRuleGroup: the lowest and highest hundred are reserved for Firewall Manager.
        raise JsonRESTError("ValidationException", f"Priority {priority} is not above 100 and below 9900")
    for other in _store(state, call, "association").values():
        if other["Id"] != own and other["VpcId"] == vpc and other["Priority"] == priority:
            raise JsonRESTError("ConflictException", f"Priority {priority} is taken in the VPC {vpc!r}")


def _get_association(state: WorldState, call: Any, given: Document) -> Document:  # noqa: ANN401
    found = _found(state, call, "association", given["FirewallRuleGroupAssociationId"])
    return {"FirewallRuleGroupAssociation": found}


def _update_association(state: WorldState, call: Any, given: Document) -> Document:  # noqa: ANN401
    current = _found(state, call, "association", given["FirewallRuleGroupAssociationId"])
    changes = {k: v for k, v in given.items() if k != "FirewallRuleGroupAssociationId"}
    if "Priority" in changes:
        _refuse_priority(state, call, current["VpcId"], changes["Priority"], current["Id"])
    current.update(changes, ModificationTime=utcnow().isoformat())
    return {"FirewallRuleGroupAssociation": current}


def _list_associations(state: WorldState, call: Any, given: Document) -> Document:  # noqa: ANN401
    documents = _store(state, call, "association").values()
    chosen = [d for d in documents if all(d.get(k) == v for k, v in given.items())]
    return {"FirewallRuleGroupAssociations": chosen}


def _disassociate(state: WorldState, call: Any, given: Document) -> Document:  # noqa: ANN401
    found = _found(state, call, "association", given["FirewallRuleGroupAssociationId"])
    if found["MutationProtection"] == "ENABLED":
        message = f"The association {found['Id']!r} has mutation protection: disable it first"
        raise JsonRESTError("ConflictException", message)
    del _store(state, call, "association")[found["Id"]]
    return {"FirewallRuleGroupAssociation": {**found, "Status": "DELETING"}}


def _config(state: WorldState, call: Any, vpc: str) -> Document:  # noqa: ANN401
    from moto.ec2.models import ec2_backends

    if vpc not in ec2_backends[call.current_account][call.region].vpcs:
        raise JsonRESTError("ResourceNotFoundException", f"The VPC {vpc!r} does not exist")
    default = {
        "Id": f"{_KINDS['config'][0]}-{vpc.removeprefix('vpc-')}",
        "ResourceId": vpc,
        "OwnerId": call.current_account,
        "FirewallFailOpen": "DISABLED",
    }
    return _store(state, call, "config").get(vpc, default)


def _get_config(state: WorldState, call: Any, given: Document) -> Document:  # noqa: ANN401
    return {"FirewallConfig": _config(state, call, given["ResourceId"])}


def _update_config(state: WorldState, call: Any, given: Document) -> Document:  # noqa: ANN401
    _refuse_value(given, "FirewallFailOpen", {"ENABLED", "DISABLED", "USE_LOCAL_RESOURCE_SETTING"})
    changed = {
        **_config(state, call, given["ResourceId"]),
        "FirewallFailOpen": given["FirewallFailOpen"],
    }
    _store(state, call, "config")[given["ResourceId"]] = changed
    return {"FirewallConfig": changed}


def _list_configs(state: WorldState, call: Any, given: Document) -> Document:  # noqa: ANN401, ARG001
    from moto.ec2.models import ec2_backends

    vpcs = ec2_backends[call.current_account][call.region].vpcs
    return {"FirewallConfigs": [_config(state, call, vpc) for vpc in vpcs]}
