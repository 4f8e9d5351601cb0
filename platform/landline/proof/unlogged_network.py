"""The rule `unlogged-network`: whether each VPC's traffic and its resolver's queries are recorded.

It is asked for (`--require logging`), because dumps by other tools seldom hold what it needs. A VPC is logged
when flow logs that are active and deliver record what is accepted and what is rejected, of the VPC or of each
of its subnets, with the `FIELDS` that tell it, and a query logging configuration logs its resolver's queries.
A flow log of an interface does not count: the next interface has none.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import IntEnum

from landline.network import Model, Place
from landline.network.logs import RULE, FlowLog, ResolverQueryLogConfigAssociation
from landline.proof.catalogue import RULES
from landline.proof.verdict import Finding, NotChecked, Severity

ASSUMPTIONS = (
    (
        "Flow logs record all traffic but what AWS leaves out of them: DNS to the Amazon resolver, instance "
        "metadata, DHCP, time, mirrored traffic, and between an endpoint and a load balancer."
    ),
    "Logs that a plan makes count as delivering what they record.",
)
"""("Amazon VPC User Guide, Flow log limitations".)"""

FIELDS = ("interface-id", "srcaddr", "dstaddr", "srcport", "dstport", "protocol", "action")
"""What the records of a flow log must hold, to say who talked to whom and whether it was let through.

AWS's default format holds them all ("Amazon VPC User Guide, Flow log records, Available fields").
"""

FORMAT_UNKNOWN = f"Records of flow logs hold {', '.join(FIELDS)}, where no document says their format."

KINDS = {"ALL": ("ACCEPT", "REJECT"), "ACCEPT": ("ACCEPT",), "REJECT": ("REJECT",)}
"""A flow log's traffic type, and what it records (EC2 API, FlowLog)."""

QUERY_LOGS = ":resolver-query-log-config/"
"""What tells the ARN of a query logging configuration, which a Route 53 Profile can bring ("Route 53
developer guide, Associate VPC Resolver query logging configurations to a Route 53 Profile")."""


class _Logged(IntEnum):
    """Whether something is recorded; the larger value is the better one."""

    NO = 0
    OPEN = 1
    YES = 2


def assumptions(model: Model) -> Iterator[str]:
    """Give what the rule's answer rests on."""
    yield from ASSUMPTIONS
    if any(log.log_format is None for document in model.places.values() for log in document.flow_logs or ()):
        yield FORMAT_UNKNOWN


def find(model: Model) -> Iterator[Finding | NotChecked]:
    """Judge every VPC. One without a subnet has no traffic, so that what it lacks is latent.

    Documents that are missing altogether are named by `needs.missing`.
    """
    logs = _Logs.of(model)
    for name in sorted(model.vpcs.items):
        vpc, place = model.vpcs.items[name], model.vpcs.places[name]
        if vpc.owner_id not in (None, place.account):
            yield NotChecked(RULE, f"{name} belongs to account {vpc.owner_id}, whose logs are in no document")
            continue
        lacks: dict[str, list[str]] = defaultdict(list)
        for item in (*_traffic(model, logs, place, name), *_queries(model, logs, place, name)):
            if isinstance(item, NotChecked):
                yield item
            else:
                lacks[item.resource].append(item.what)
        bare = not model.lacks(place, "subnets") and not model.subnets_of.get(name)
        for resource, what in lacks.items():
            yield _finding(place, name, resource, " and ".join(what), "latent" if bare else "violation")


@dataclass(frozen=True, slots=True)
class _Lack:
    """What of a VPC is not recorded."""

    resource: str
    what: str


@dataclass(slots=True)
class _Logs:
    """The estate's logs, indexed by what they record."""

    flow_logs: dict[str, dict[str, set[FlowLog]]] = field(default_factory=dict)
    """VPC or subnet → flow log → its descriptions: one, unless documents contradict each other."""
    associations: dict[str, set[ResolverQueryLogConfigAssociation]] = field(default_factory=dict)
    """VPC → the configurations that log its queries."""
    configs: dict[str, set[str | None]] = field(default_factory=dict)
    """Query logging configuration → its states."""
    profiles: dict[str, set[tuple[str, str]]] = field(default_factory=dict)
    """VPC → its Route 53 Profiles, with the association's state."""

    @classmethod
    def of(cls, model: Model) -> "_Logs":
        logs = cls()
        for document in model.places.values():
            for number, log in enumerate(document.flow_logs or ()):
                if log.resource_id is not None:
                    descriptions = logs.flow_logs.setdefault(log.resource_id, {})
                    descriptions.setdefault(log.flow_log_id or f"flow log {number}", set()).add(log)
            for item in document.resolver_query_log_config_associations or ():
                if item.resource_id is not None:
                    logs.associations.setdefault(item.resource_id, set()).add(item)
            for config in document.resolver_query_log_configs or ():
                logs.configs.setdefault(config.id, set()).add(config.status)
            for joined in document.profile_associations or ():
                logs.profiles.setdefault(joined.resource_id, set()).add((joined.profile_id, joined.status))
        return logs


# Traffic


def _traffic(model: Model, logs: _Logs, place: Place, vpc: str) -> Iterator[_Lack | NotChecked]:
    if model.lacks(place, "flow_logs"):
        return
    whole = _recorded(logs, vpc)
    if whole is _Logged.YES:
        return
    if model.lacks(place, "subnets"):
        why = f"no Subnets document for {place}, so whether each subnet of {vpc} has a flow log is open"
        yield NotChecked(RULE, why)
        return
    subnets = [subnet.subnet_id for subnet in model.subnets_of.get(vpc, ())]
    states = {subnet: _recorded(logs, vpc, subnet) for subnet in subnets}
    lacking = [subnet for subnet in subnets if states[subnet] is _Logged.NO]
    if not subnets or len(lacking) == len(subnets):
        if whole is _Logged.OPEN:
            yield _open(logs, vpc)
        else:
            yield _Lack(vpc, f"no flow log records all of its traffic{_because(logs, vpc, *subnets)}")
        return
    for subnet in lacking:
        yield _Lack(subnet, f"no flow log records all traffic of {subnet}{_because(logs, vpc, subnet)}")
    for subnet in subnets:
        if states[subnet] is _Logged.OPEN:
            yield _open(logs, vpc, subnet)


def _recorded(logs: _Logs, *resources: str) -> _Logged:
    """Return whether the flow logs of these together record what is accepted and what is rejected."""
    best = dict.fromkeys(KINDS["ALL"], _Logged.NO)
    for resource in resources:
        for descriptions in logs.flow_logs.get(resource, {}).values():
            for kind in KINDS["ALL"]:
                found = {_records(log, kind) for log in descriptions}
                best[kind] = max(best[kind], found.pop() if len(found) == 1 else _Logged.OPEN)
    return min(best.values())


def _records(log: FlowLog, kind: str) -> _Logged:
    """Return whether a flow log records a kind of traffic and delivers what it records."""
    if log.traffic_type in KINDS and kind not in KINDS[log.traffic_type]:
        return _Logged.NO
    if log.flow_log_status not in (None, "ACTIVE") or log.deliver_logs_status == "FAILED":
        return _Logged.NO
    if _absent(log):
        return _Logged.NO
    known = log.traffic_type in KINDS and log.flow_log_status == "ACTIVE"
    return _Logged.YES if known and log.deliver_logs_status == "SUCCESS" else _Logged.OPEN


def _absent(log: FlowLog) -> list[str]:
    """Return those of `FIELDS` that a flow log's format, where it is shown, does not name."""
    if log.log_format is None:
        return []
    named = set(re.findall(r"\$\{([a-z0-9-]+)\}", log.log_format))
    return [name for name in FIELDS if name not in named]


def _because(logs: _Logs, *resources: str) -> str:
    """Return what the flow logs that are there lack."""
    reasons = [
        reason
        for resource in resources
        for name, descriptions in sorted(logs.flow_logs.get(resource, {}).items())
        for log in sorted(descriptions, key=str)
        if (reason := _short_of(name, log))
    ]
    more = f" and {len(reasons) - 3} more" if len(reasons) > 3 else ""
    return f" ({'; '.join(reasons[:3])}{more})" if reasons else ""


def _short_of(name: str, log: FlowLog) -> str:
    if log.flow_log_status not in (None, "ACTIVE"):
        return f"{name} is {log.flow_log_status}"
    if log.deliver_logs_status == "FAILED":
        return f"{name} does not deliver"
    if absent := _absent(log):
        return f"the format of {name} lacks {', '.join(absent)}"
    return f"{name} records {log.traffic_type} alone" if log.traffic_type in ("ACCEPT", "REJECT") else ""


def _open(logs: _Logs, *resources: str) -> NotChecked:
    names = sorted(name for resource in resources for name in logs.flow_logs.get(resource, ()))
    why = f"whether {' and '.join(names)} records and delivers all traffic of {resources[-1]} is not clear"
    return NotChecked(RULE, f"{why}: no one document says ACTIVE, SUCCESS and which traffic")


# Queries


def _queries(model: Model, logs: _Logs, place: Place, vpc: str) -> Iterator[_Lack | NotChecked]:
    if model.dns_support.get(vpc) is False:
        return
    if model.lacks(place, "resolver_query_log_config_associations"):
        return
    direct = _best(_answers(logs, item) for item in logs.associations.get(vpc, ()))
    if direct is _Logged.YES:
        return
    brought = _best(_brought(model, logs, *entry) for entry in logs.profiles.get(vpc, ()))
    if model.lacks(place, "profile_associations"):
        brought = max(brought, _Logged.OPEN)
    best = max(direct, brought)
    if best is _Logged.NO:
        stated = sorted({str(item.status) for item in logs.associations.get(vpc, ())})
        more = f" (the association of its configuration is {', '.join(stated)})" if stated else ""
        yield _Lack(vpc, f"nothing logs its resolver's queries{more}")
    elif best is _Logged.OPEN:
        why = f"whether the resolver's queries in {vpc} are logged is not clear"
        through = "its query logging configuration" if direct is _Logged.OPEN else "its Route 53 Profile"
        yield NotChecked(RULE, f"{why}: {through} is changing, or in no document")


def _best(states: Iterable[_Logged]) -> _Logged:
    return max(states, default=_Logged.NO)


def _answers(logs: _Logs, item: ResolverQueryLogConfigAssociation) -> _Logged:
    """Return whether an association logs queries.

    ACTIVE is "Resolver is logging queries that originate in the specified VPC" (Route 53 API,
    ResolverQueryLogConfigAssociation); DELETING, ACTION_NEEDED and FAILED are not.
    """
    if item.status in ("DELETING", "ACTION_NEEDED", "FAILED") or item.error not in (None, "NONE"):
        return _Logged.NO
    if item.status != "ACTIVE":
        return _Logged.OPEN
    return _config(logs, item.resolver_query_log_config_id)


def _config(logs: _Logs, config: str) -> _Logged:
    states = logs.configs.get(config, {None})
    if states <= {"DELETING", "FAILED"}:
        return _Logged.NO
    return _Logged.YES if states == {"CREATED"} else _Logged.OPEN


def _brought(model: Model, logs: _Logs, profile: str, status: str) -> _Logged:
    """Return whether a Profile brings a configuration that logs."""
    if status in ("DELETED", "FAILED"):
        return _Logged.NO
    resources = model.profile_resources.get(profile)
    if resources is None:
        return _Logged.OPEN
    found = _Logged.NO
    for item in resources:
        if QUERY_LOGS in item.resource_arn and item.status not in ("DELETED", "FAILED"):
            state = _config(logs, item.resource_arn.rsplit("/", 1)[-1])
            settled = (item.status, status) == ("COMPLETE", "COMPLETE")
            found = max(found, state if settled else min(state, _Logged.OPEN))
    return found


def _finding(place: Place, vpc: str, resource: str, what: str, severity: Severity) -> Finding:
    return Finding(
        rule=RULE,
        severity=severity,
        account=place.account,
        region=place.region,
        vpc=vpc,
        resource=resource,
        two_way=None,
        path=(vpc,) if resource == vpc else (vpc, resource),
        message=f"{vpc} is not logged: {what}",
        fix=RULES[RULE].fix,
    )
