"""The resolver answers what is on a list; the way past the list is found; what is not shown stays open."""

from typing import Any

import pytest

from landline import network
from tests.proof.dump import ALLOWED, EVERYTHING, WALL, Dump, add_isolated, firewall_rule, isolated
from tests.proof.judge import finding, open_questions, verdict, violations

ALLOW = firewall_rule(100, "ALLOW", ALLOWED)
BLOCK = firewall_rule(200, "BLOCK", EVERYTHING)
WIDE, MANAGED = "rslvr-fdl-wide", "rslvr-fdl-managed"


def walled(*rules: dict[str, Any], **lists: list[str]) -> Dump:
    """A VPC behind one rule group; `lists` are further domain lists by the last part of their ids."""
    dump = isolated()
    dump.rules(WALL, *rules)
    for name, domains in lists.items():
        dump.domains(f"rslvr-fdl-{name}", *domains)
    return dump


def holes(dump: Dump) -> list[str]:
    return [found.message for found in verdict(dump).findings if found.rule == "dns-egress"]


def test_a_list_and_then_nothing_is_a_wall() -> None:
    assert verdict(isolated()).verdict == "proven"
    assert holes(walled(ALLOW, BLOCK)) == []


def test_a_vpc_without_a_rule_group_answers_every_name() -> None:
    dump = isolated()
    dump.all("FirewallRuleGroupAssociations").clear()

    assert set(violations(dump)) == {("dns-egress", "vpc-a", "vpc-a")}


def test_one_vpc_of_two_is_enough() -> None:
    dump = isolated()
    add_isolated(dump, "vpc-b", "10.1.0.0/16")
    dump.all("FirewallRuleGroupAssociations").pop(0)

    assert set(violations(dump)) == {("dns-egress", "vpc-a", "vpc-a")}


@pytest.mark.parametrize("value", [True, False])
def test_a_vpc_without_dns_support_has_no_resolver(value: bool) -> None:  # noqa: FBT001 - what AWS prints
    dump = isolated()
    dump.all("FirewallRuleGroupAssociations").clear()
    dump.file("anything", {"VpcId": "vpc-a", "EnableDnsSupport": {"Value": value}})

    assert bool(holes(dump)) == value
    told = verdict(dump)
    assert not any("enableDnsSupport" in text for text in told.assumptions)
    assert any("enableDnsSupport" in text for text in verdict(isolated()).assumptions)


def test_two_documents_that_differ_about_dns_support_are_unproven() -> None:
    dump = isolated()
    for value in (True, False):
        dump.file(f"anything-{value}", {"VpcId": "vpc-a", "EnableDnsSupport": {"Value": value}})

    assert verdict(dump).verdict == "unproven"


@pytest.mark.parametrize("kind", ["FirewallRuleGroupAssociations", "FirewallConfigs", "ProfileAssociations"])
def test_without_its_documents_the_question_is_open(kind: str) -> None:
    dump = isolated().drop(kind)

    assert verdict(dump).verdict == "unproven"
    assert any(kind in why for why in open_questions(dump)["dns-egress"])


@pytest.mark.parametrize("name", [f"rules-{WALL}", f"domains-{ALLOWED}", f"domains-{EVERYTHING}"])
def test_rules_and_names_that_no_document_shows_leave_the_question_open(name: str) -> None:
    dump = isolated()
    del dump.files[f"222222222222/eu-west-1/list-firewall-{name}.json"]

    assert verdict(dump).verdict == "unproven"
    assert any(f"list-firewall-{name}.json" in why for why in open_questions(dump)["dns-egress"])


HOLES = {
    "nothing is blocked": ([ALLOW], "no rule blocks"),
    "no rules": ([], "no rule blocks"),
    "only some names are blocked": ([ALLOW, firewall_rule(200, "BLOCK", ALLOWED)], "no rule blocks"),
    "the block comes after": ([firewall_rule(50, "ALLOW", EVERYTHING), ALLOW, BLOCK], "allows '*'"),
    "the file lists the block first": ([BLOCK, firewall_rule(50, "ALLOW", EVERYTHING)], "allows '*'"),
    "the rest is only alerted to": ([ALLOW, firewall_rule(200, "ALERT", EVERYTHING)], "only alerts"),
    "one type of query is let through": (
        [firewall_rule(50, "ALLOW", EVERYTHING, Qtype="TXT"), ALLOW, BLOCK],
        "type TXT",
    ),
    "one type of query is blocked": (
        [ALLOW, firewall_rule(200, "BLOCK", EVERYTHING, Qtype="A")],
        "no rule blocks",
    ),
    "a top-level name": ([firewall_rule(50, "ALLOW", WIDE), ALLOW, BLOCK], "under com"),
    "threats are only alerted to": ([firewall_rule(50, "ALERT"), ALLOW, BLOCK], "only alerts"),
    "a name that is not allowed is only alerted to": (
        [firewall_rule(50, "ALERT", "rslvr-fdl-watched"), ALLOW, BLOCK],
        "'evil.example.org', which a rule only alerts to",
    ),
    "a list of AWS's is only alerted to": (
        [firewall_rule(50, "ALERT", MANAGED), ALLOW, BLOCK],
        "only alerts",
    ),
}


def special(*rules: dict[str, Any]) -> Dump:
    dump = walled(*rules, wide=["*.com."], watched=["evil.example.org", "kms.eu-west-1.amazonaws.com"])
    dump.domains("rslvr-fdl-seen", "KMS.eu-west-1.amazonaws.com.", "a.b.hub.internal", "*.b.hub.internal")
    dump.domains("rslvr-fdl-ours", "*.internal", "*.local.")
    dump.add("FirewallDomainLists", Id=MANAGED, ManagedOwnerName="Route 53 Resolver DNS Firewall")
    return dump


@pytest.mark.parametrize(("rules", "what"), HOLES.values(), ids=HOLES)
def test_ways_past_the_list(rules: list[dict[str, Any]], what: str) -> None:
    dump = special(*rules)
    if not rules:
        dump.file(f"list-firewall-rules-{WALL}", {"FirewallRules": []})

    assert verdict(dump).verdict == "violated"
    assert any(what in message for message in holes(dump)), holes(dump)


WALLS = {
    "the order of the file does not matter": [BLOCK, ALLOW],
    "nothing is allowed": [BLOCK],
    "threats and AWS's lists are blocked": [
        firewall_rule(10, "BLOCK"),
        firewall_rule(20, "BLOCK", MANAGED),
        ALLOW,
        BLOCK,
    ],
    "types are blocked beside": [firewall_rule(10, "BLOCK", EVERYTHING, Qtype="TXT"), ALLOW, BLOCK],
    "what is allowed is alerted to": [firewall_rule(10, "ALERT", "rslvr-fdl-seen"), ALLOW, BLOCK],
    "what comes after the block is never asked": [
        ALLOW,
        BLOCK,
        firewall_rule(300, "ALLOW", EVERYTHING),
        firewall_rule(400, "ALERT"),
    ],
    "names that nobody can register": [firewall_rule(10, "ALLOW", "rslvr-fdl-ours"), BLOCK],
    "an unseen list is blocked before the rest is": [
        firewall_rule(10, "BLOCK", "rslvr-fdl-unseen"),
        ALLOW,
        BLOCK,
    ],
}


@pytest.mark.parametrize("rules", WALLS.values(), ids=WALLS)
def test_walls(rules: list[dict[str, Any]]) -> None:
    told = verdict(special(*rules))

    assert told.verdict == "proven", (told.findings, told.not_checked)


DOUBTS = {
    "AWS's list is allowed": [firewall_rule(10, "ALLOW", MANAGED), ALLOW, BLOCK],
    "an unseen list is allowed": [firewall_rule(10, "ALLOW", "rslvr-fdl-unseen"), ALLOW, BLOCK],
    "an unseen list is blocked and all else is not": [ALLOW, firewall_rule(200, "BLOCK", "rslvr-fdl-unseen")],
    "an unseen list is blocked before everything is allowed": [
        firewall_rule(10, "BLOCK", "rslvr-fdl-unseen"),
        firewall_rule(20, "ALLOW", EVERYTHING),
        BLOCK,
    ],
    "an action that nobody knows": [firewall_rule(10, "QUARANTINE", ALLOWED), ALLOW, BLOCK],
    "two rules of one priority": [firewall_rule(100, "ALLOW", EVERYTHING), ALLOW, BLOCK],
}


@pytest.mark.parametrize("rules", DOUBTS.values(), ids=DOUBTS)
def test_doubts_leave_the_question_open(rules: list[dict[str, Any]]) -> None:
    dump = special(*rules)

    assert verdict(dump).verdict == "unproven", holes(dump)
    assert open_questions(dump)["dns-egress"]


def test_a_hole_before_an_unseen_list_is_one_all_the_same() -> None:
    dump = special(firewall_rule(10, "ALLOW", EVERYTHING), firewall_rule(20, "BLOCK", "rslvr-fdl-unseen"))

    assert verdict(dump).verdict == "violated"


def test_rule_groups_are_asked_in_the_order_of_their_priority() -> None:
    for priority, open_first in ((90, True), (110, False)):
        dump = isolated()
        dump.wall("vpc-a", "rslvr-frg-open", priority)
        dump.rules("rslvr-frg-open", firewall_rule(1, "ALLOW", EVERYTHING))
        assert bool(holes(dump)) == open_first

    dump = isolated()
    dump.wall("vpc-a", "rslvr-frg-open", 101)
    assert any("same priority" in why for why in open_questions(dump)["dns-egress"])


def test_a_rule_group_that_is_being_removed_is_no_wall_and_can_still_be_a_hole() -> None:
    dump = isolated()
    dump.all("FirewallRuleGroupAssociations")[0]["Status"] = "DELETING"
    assert set(violations(dump)) == {("dns-egress", "vpc-a", "vpc-a")}

    dump = isolated()
    dump.wall("vpc-a", "rslvr-frg-open", 90)
    dump.rules("rslvr-frg-open", firewall_rule(1, "ALLOW", EVERYTHING))
    dump.all("FirewallRuleGroupAssociations")[1]["Status"] = "DELETING"
    assert set(violations(dump)) == {("dns-egress", "vpc-a", "rslvr-frg-open")}


@pytest.mark.parametrize(
    ("mode", "answer"), [("ENABLED", "violated"), ("DISABLED", "proven"), ("SOMETHING", "unproven")]
)
def test_a_firewall_must_fail_closed(mode: str, answer: str) -> None:
    dump = isolated()
    dump.add("FirewallConfigs", ResourceId="vpc-a", FirewallFailOpen=mode)

    assert verdict(dump).verdict == answer


def profile(*groups: str, direct: bool = False, mode: str | None = "USE_LOCAL_RESOURCE_SETTING") -> Dump:
    """A VPC with a Route 53 Profile that brings rule groups, beside its own or instead of it."""
    dump = isolated()
    if not direct:
        dump.all("FirewallRuleGroupAssociations").clear()
    dump.add("ProfileAssociations", ProfileId="rp-1", ResourceId="vpc-a", Status="COMPLETE")
    arn = "arn:aws:route53resolver:eu-west-1:111111111111:firewall-rule-group/"
    resources = [{"ProfileId": "rp-1", "ResourceArn": arn + group, "Status": "COMPLETE"} for group in groups]
    dump.file("list-profile-resource-associations-rp-1", {"ProfileResourceAssociations": resources})
    dump.rules("rslvr-frg-open", firewall_rule(1, "ALLOW", EVERYTHING))
    dump.rules("rslvr-frg-part", firewall_rule(1, "BLOCK", ALLOWED))
    if mode:
        dump.add("FirewallConfigs", ResourceId="rp-1", FirewallFailOpen=mode)
    return dump


def test_a_profile_brings_rule_groups() -> None:
    assert verdict(profile(WALL)).verdict == "proven"
    assert verdict(profile(direct=True)).verdict == "proven"
    assert set(violations(profile())) == {("dns-egress", "vpc-a", "vpc-a")}
    assert set(violations(profile("rslvr-frg-open"))) == {("dns-egress", "vpc-a", "rslvr-frg-open")}
    assert violations(profile("rslvr-frg-part"))


def test_the_order_of_a_profiles_rule_groups_is_open_where_it_matters() -> None:
    assert verdict(profile("rslvr-frg-open", direct=True)).verdict == "unproven"
    assert verdict(profile(WALL, direct=True)).verdict == "proven"


def test_what_a_profile_does_on_failure_must_be_shown() -> None:
    assert verdict(profile(WALL, mode="ENABLED")).verdict == "violated"
    assert verdict(profile(WALL, mode=None)).verdict == "unproven"


def test_what_a_profile_brings_must_be_shown() -> None:
    dump = profile(WALL)
    dump.files = {name: file for name, file in dump.files.items() if "list-profile" not in name}

    assert any("list-profile-resource-associations-rp-1" in why for why in open_questions(dump)["dns-egress"])


def test_a_profile_that_is_gone_brings_nothing() -> None:
    dump = profile("rslvr-frg-open", direct=True)
    dump.all("ProfileAssociations")[0]["Status"] = "DELETED"

    assert verdict(dump).verdict == "proven"


def test_a_vpc_of_an_account_that_is_not_shown_is_open() -> None:
    dump = isolated()
    dump.all("Vpcs")[0]["OwnerId"] = "444444444444"

    assert any("444444444444" in why for why in open_questions(dump)["dns-egress"])


def test_the_finding_says_which_rule_group_and_which_list() -> None:
    found = finding(special(firewall_rule(50, "ALLOW", WIDE), ALLOW, BLOCK), "dns-egress")

    assert found.path == ("vpc-a", WALL, WIDE)
    assert (found.resource, found.vpc, found.account) == (WALL, "vpc-a", "222222222222")


def test_another_services_domains_are_not_taken_for_names() -> None:
    dump = isolated()
    dump.file("route53domains", {"Domains": [{"DomainName": "example.com"}]})

    assert verdict(dump).verdict == "proven"
    assert network.read(dump.bytes()).unmodelled


def test_names_without_their_last_page_are_unproven() -> None:
    dump = isolated()
    dump.files[f"222222222222/eu-west-1/list-firewall-domains-{ALLOWED}.json"]["NextToken"] = "t"

    assert any("last page" in why for why in open_questions(dump)["all"])
