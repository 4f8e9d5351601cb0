"""The rule `dns-egress`: whether a VPC's resolver answers names that are not on the allow-list.

The allow-list is what DNS Firewall lets through by name. It is a wall only where everything else is blocked,
so a VPC is closed when some rule blocks `*` for every type of query, no rule before it lets `*` through, and
queries are blocked while DNS Firewall does not answer. The resolver asks DNS Firewall before anything else it
does with a query, forwarding included ("Route 53 developer guide, How Route 53 VPC Resolver DNS Firewall
works"), so resolver rules and outbound endpoints answer no name that the wall stops.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from landline.network import Model, Place
from landline.network.dns_firewall import FirewallRule
from landline.network.vpc import Vpc
from landline.proof.catalogue import RULES
from landline.proof.verdict import Finding, NotChecked

RULE = "dns-egress"

PRIVATE = frozenset({"example", "internal", "invalid", "local", "localhost", "test"})
"""Top-level names that nobody can register below (RFC 6761, RFC 6762, ICANN's reservation of `internal`)."""

GROUP = ":firewall-rule-group/"
"""What tells the ARN of a rule group."""


@dataclass(frozen=True, slots=True)
class Hole:
    """What lets a name through that is on no list: the ids on the way, and in words."""

    path: tuple[str, ...]
    what: str


@dataclass(frozen=True, slots=True)
class Wall:
    """What rule groups, asked one after the other, let through."""

    holes: tuple[Hole, ...] = ()
    doubts: tuple[str, ...] = ()
    whole: bool = False
    """Whether some rule blocks all that is left."""


def find(model: Model) -> Iterator[Finding | NotChecked]:
    """Judge the resolver of every VPC whose DNS support is on, or not shown to be off.

    Rule groups come in the order of their associations' priority, rules in the order of theirs, and the first
    rule that matches decides ("Route 53 developer guide, DNS Firewall rule groups and rules").
    """
    firewall = _Firewall.of(model)
    closed: set[object] = set()
    for name in sorted(model.vpcs.items):
        vpc = model.vpcs.items[name]
        if model.dns_support.get(name) is False:
            continue
        place = model.vpcs.places[name]
        if vpc.owner_id not in (None, place.account):
            why = f"{name} belongs to account {vpc.owner_id}, whose DNS Firewall is in no document"
            yield NotChecked(RULE, why)
        elif not model.lacks(place, "firewall_rule_group_associations"):
            alike = firewall.guarding(name)
            if alike not in closed:
                found = tuple(_judge(firewall, place, vpc))
                yield from found
                if not found:
                    closed.add(alike)


def assumptions(model: Model) -> Iterator[str]:
    """Say what counts where documents are silent: it makes the rule stricter, never laxer."""
    if any(name not in model.dns_support for name in model.vpcs.items):
        yield "The VPC resolver is on (enableDnsSupport) in every VPC of which no document says otherwise."


def _judge(firewall: "_Firewall", place: Place, vpc: Vpc) -> Iterator[Finding | NotChecked]:
    name = vpc.vpc_id
    profiles = firewall.profiles.get(name, ())
    for wall in firewall.walls(name, profiles):
        for hole in wall.holes:
            yield _finding(place, name, hole)
        for doubt in wall.doubts:
            yield NotChecked(RULE, doubt)
    if name not in firewall.groups and not profiles:
        return
    for resource in (name, *profiles):
        kept = resource in profiles
        mode = firewall.modes.get(resource, None if kept else "DISABLED")
        if mode == "ENABLED":
            hole = Hole((), "answers every name while DNS Firewall does not reply: it fails open")
            yield _finding(place, name, hole)
        elif mode is None:
            why = f"no FirewallConfigs document tells what the Profile {resource} of {name} does on failure"
            yield NotChecked(RULE, why)
        elif mode != "DISABLED" and not (kept and mode == "USE_LOCAL_RESOURCE_SETTING"):
            yield NotChecked(RULE, f"the failure mode {mode!r} of {resource} is not modelled")


def _finding(place: Place, vpc: str, hole: Hole) -> Finding:
    return Finding(
        rule=RULE,
        severity="violation",
        account=place.account,
        region=place.region,
        vpc=vpc,
        resource=hole.path[0] if hole.path else vpc,
        two_way=True,
        path=(vpc, *hole.path),
        message=f"the resolver of {vpc} {hole.what}",
        fix=RULES[RULE].fix,
    )


NO_GROUP = Wall((Hole((), "answers every name: it has no DNS Firewall rule group"),))


@dataclass(slots=True)
class _Firewall:
    """The estate's DNS Firewall, indexed; every distinct row of rule groups is judged once."""

    model: Model
    groups: dict[str, tuple[tuple[int, str, bool], ...]]
    """VPC → priority and id of its rule groups, and whether the association stays."""
    profiles: dict[str, tuple[str, ...]]
    """VPC → its Route 53 Profiles."""
    modes: dict[str, str]
    """VPC or Profile → what happens when DNS Firewall does not answer."""
    managed: frozenset[str]
    _known: dict[tuple[str, ...], Wall] = field(default_factory=dict)

    @classmethod
    def of(cls, model: Model) -> "_Firewall":
        groups: dict[str, dict[tuple[int, str, bool], None]] = defaultdict(dict)
        profiles: dict[str, dict[str, None]] = defaultdict(dict)
        modes: dict[str, str] = {}
        managed: set[str] = set()
        for document in model.places.values():
            for item in document.firewall_rule_group_associations or ():
                entry = (item.priority, item.firewall_rule_group_id, item.status in ("COMPLETE", "UPDATING"))
                groups[item.vpc_id][entry] = None
            for joined in document.profile_associations or ():
                if joined.status not in ("DELETED", "FAILED"):
                    profiles[joined.resource_id][joined.profile_id] = None
            for config in document.firewall_configs or ():
                mode = config.firewall_fail_open
                modes[config.resource_id] = "ENABLED" if modes.get(config.resource_id) == "ENABLED" else mode
            managed.update(
                item.id for item in document.firewall_domain_lists or () if item.managed_owner_name
            )
        return cls(
            model,
            {vpc: tuple(sorted(found)) for vpc, found in groups.items()},
            {vpc: tuple(sorted(found)) for vpc, found in profiles.items()},
            modes,
            frozenset(managed),
        )

    def guarding(self, vpc: str) -> object:
        """Return all that guards a VPC: what is closed for one is for all that are guarded alike."""
        own = self.groups.get(vpc, ()), self.modes.get(vpc)
        profiles = self.profiles.get(vpc)
        return own if profiles is None else (*own, profiles, tuple(map(self.modes.get, profiles)))

    def walls(self, vpc: str, profiles: Sequence[str]) -> Iterator[Wall]:
        """Yield what the VPC's rule groups let through, with and without those that are being removed."""
        entries = self.groups.get(vpc, ())
        if len({priority for priority, _, _ in entries}) < len(entries):
            yield Wall(doubts=(f"two rule groups of {vpc} have the same priority",))
            return
        rows = {tuple(group for _, group, _ in entries): None}
        rows[tuple(group for _, group, stays in entries if stays)] = None
        shared: list[str] = []
        for profile in profiles:
            resources = self.model.profile_resources.get(profile)
            if resources is None:
                why = f"what the Profile {profile} of {vpc} brings is in no document"
                yield Wall(doubts=(f"{why} (list-profile-resource-associations-{profile}.json)",))
                return
            shared += [
                item.resource_arn.rsplit("/", 1)[-1] for item in resources if GROUP in item.resource_arn
            ]
        for row in rows:
            if shared:
                yield self._in_any_order((*row, *dict.fromkeys(shared)), vpc)
            else:
                yield self.wall(row) if row else NO_GROUP

    def wall(self, row: tuple[str, ...]) -> Wall:
        """Return what rule groups in this order let through."""
        if row not in self._known:
            self._known[row] = _wall(self.model, row, self.managed)
        return self._known[row]

    def _in_any_order(self, row: tuple[str, ...], vpc: str) -> Wall:
        """Return what rule groups let through whose order is not known: a Profile's come in between."""
        if len(row) == 1:
            return self.wall(row)
        alone = [self.wall((group,)) for group in row]
        if not any(wall.whole or wall.doubts for wall in alone):
            return alone[0]
        if all(wall.whole and not wall.holes for wall in alone):
            return Wall(doubts=tuple(doubt for wall in alone for doubt in wall.doubts), whole=True)
        return Wall(doubts=(f"the order of {vpc}'s rule groups and those of its Profile is not modelled",))


@dataclass(frozen=True, slots=True)
class _Alert:
    """A rule that lets names through and tells of it; the names are None where they are not known."""

    path: tuple[str, ...]
    names: tuple[str, ...] | None
    of: str


def _wall(model: Model, row: tuple[str, ...], managed: frozenset[str]) -> Wall:
    rules, problem = _in_order(model, row)
    holes: list[Hole] = []
    doubts = [problem] if problem else []
    # Doubts about what is blocked matter only if what comes after them would be a hole.
    blocks: list[str] = []
    sure = 0
    allowed: set[str] = set()
    alerts: list[_Alert] = []
    whole = ended = False
    for group, rule in rules:
        names, domains = _names(model, rule), rule.firewall_domain_list_id
        path = (group, domains) if domains else (group,)
        of = f" for queries of the type {rule.qtype}" if rule.qtype else ""
        if rule.action not in ("ALLOW", "ALERT", "BLOCK"):
            doubts.append(f"the action {rule.action!r} of a rule of {group} is not modelled")
        elif names is None and domains is not None and domains not in managed:
            why = f"the names of {domains} are in no document (list-firewall-domains-{domains}.json)"
            if rule.action != "BLOCK":
                doubts.append(why)
            elif rule.qtype is None:
                sure = sure if blocks else len(holes)
                blocks.append(why)
        elif rule.action == "ALERT":
            alerts.append(_Alert(path, names, of))
        elif rule.action == "ALLOW" and names is None:
            doubts.append(f"which names {domains or group} allows cannot be read: AWS manages them")
        elif rule.action == "ALLOW":
            wide = min((name for name in names or () if _wide(name)), default=None)
            if wide is not None:
                under = "" if wide == "*" else f" under {wide[2:]}"
                holes.append(Hole(path, f"answers every name{under}: a rule allows {wide!r}{of}"))
            allowed.update(names or () if rule.qtype is None else ())
        if names is not None and "*" in names and rule.qtype is None:
            ended, whole = True, rule.action == "BLOCK"
            break
    holes += _alerted(alerts, allowed)
    if not ended and not doubts:
        holes.append(Hole(row, "answers every name that no rule matches: no rule blocks `*`"))
    if blocks and len(holes) > sure:
        return Wall(tuple(holes[:sure]), (*doubts, *blocks), whole)
    return Wall(tuple(holes), tuple(doubts), whole)


def _in_order(model: Model, row: Iterable[str]) -> tuple[list[tuple[str, FirewallRule]], str | None]:
    """Return the rules in the order in which they are asked, with their groups, and what ends them early."""
    found: list[tuple[str, FirewallRule]] = []
    for group in row:
        rules = model.firewall_rules.get(group)
        if rules is None:
            return found, f"the rules of {group} are in no document (list-firewall-rules-{group}.json)"
        ordered = sorted(set(rules), key=lambda rule: rule.priority)
        if len({rule.priority for rule in ordered}) < len(ordered):
            return found, f"two rules of {group} have the same priority"
        found += ((group, rule) for rule in ordered)
    return found, None


def _names(model: Model, rule: FirewallRule) -> tuple[str, ...] | None:
    """Return the names that a rule is about, in lower case; None where they are not known."""
    if rule.firewall_domain_list_id is None:
        return None
    names = model.firewall_domains.get(rule.firewall_domain_list_id)
    return None if names is None else tuple(name.lower().removesuffix(".") for name in names)


def _wide(name: str) -> bool:
    """Tell whether a name on a list stands for all names, or for all below a public top-level name."""
    top = name.removeprefix("*.")
    return name == "*" or (top != name and "." not in top and top not in PRIVATE)


def _alerted(alerts: Iterable[_Alert], allowed: set[str]) -> Iterator[Hole]:
    """Yield what rules let through with an alert, but for names that are allowed as well."""
    for alert in alerts:
        if alert.names is None:
            yield Hole(alert.path, f"answers names that a rule only alerts to{alert.of}")
            continue
        stray = min((name for name in alert.names if not _covered(name, allowed)), default=None)
        if stray is not None:
            yield Hole(alert.path, f"answers {stray!r}, which a rule only alerts to{alert.of}")


def _covered(name: str, allowed: set[str]) -> bool:
    """Tell whether every name that `name` stands for is on the list."""
    if name in allowed:
        return True
    labels = name.removeprefix("*.").split(".")
    above = 0 if name.startswith("*.") else 1
    return any("*." + ".".join(labels[at:]) in allowed for at in range(above, len(labels)))
