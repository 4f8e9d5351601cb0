"""What records a network is found, what does not is a finding, and what is not shown stays open."""

import json
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from landline import network, proof
from landline.proof import Verdict
from landline.proof.unlogged_network import FIELDS, FORMAT_UNKNOWN
from tests.proof.dump import Dump, isolated

RULE = "unlogged-network"
LOGS = ("FlowLogs", "ResolverQueryLogConfigs", "ResolverQueryLogConfigAssociations")


def flow_log(resource: str = "vpc-a", **more: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    return {
        "FlowLogId": f"fl-{resource}",
        "FlowLogStatus": "ACTIVE",
        "DeliverLogsStatus": "SUCCESS",
        "ResourceId": resource,
        "TrafficType": "ALL",
    } | more


def association(vpc: str = "vpc-a", **more: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    return {
        "Id": f"rslvr-qlcassoc-{vpc}",
        "ResolverQueryLogConfigId": "rslvr-qlc-1",
        "ResourceId": vpc,
        "Status": "ACTIVE",
        "Error": "NONE",
    } | more


CONFIG = {"Id": "rslvr-qlc-1", "Status": "CREATED", "OwnerId": "222222222222"}


def dump(
    *,
    flow_logs: tuple[dict[str, Any], ...] = (flow_log(),),
    associations: tuple[dict[str, Any], ...] = (association(),),
    configs: tuple[dict[str, Any], ...] = (CONFIG,),
) -> Dump:
    """An isolated VPC with one subnet, and what records it."""
    made = isolated()
    for kind, items in zip(LOGS, (flow_logs, configs, associations), strict=True):
        made.all(kind).extend(items)
    return made


def second_subnet(made: Dump) -> Dump:
    made.subnet("subnet-b", "vpc-a", "10.0.2.0/24")
    return made


def judged(made: Dump, *require: str) -> Verdict:
    return proof.verify(network.read(made.bytes()), None, require=require or ("logging",))


def lacking(made: Dump) -> list[tuple[str, str, str]]:
    found = judged(made).findings
    return [(f.severity, f.resource, f.message) for f in found if f.rule == RULE]


def opened(made: Dump) -> list[str]:
    return [note.why for note in judged(made).not_checked if note.rule == RULE and note.open]


def test_a_network_whose_traffic_and_queries_are_recorded_is_proven() -> None:
    verdict = judged(dump())

    assert (verdict.verdict, verdict.findings) == ("proven", ())
    assert dict(verdict.checked)["flow_logs"] == 1
    assert dict(verdict.checked)["query_log_associations"] == 1
    assert any("Flow logs record all traffic but" in text for text in verdict.assumptions)
    assert FORMAT_UNKNOWN in verdict.assumptions
    assert RULE not in {note.rule for note in verdict.not_checked}


def test_unless_it_is_asked_for_the_verdict_is_as_it_was_without_the_rule() -> None:
    bare = isolated()
    verdict = proof.verify(network.read(bare.bytes()), None)

    assert verdict.verdict == "proven"
    assert RULE not in {note.rule for note in verdict.not_checked}
    assert "flow_logs" not in dict(verdict.checked)
    assert not any("flow log" in text.lower() for text in verdict.assumptions)


def test_nothing_else_can_be_required() -> None:
    assert proof.OPTIONAL == {"logging": RULE}
    with pytest.raises(KeyError):
        judged(dump(), "logs")


@pytest.mark.parametrize("kind", LOGS)
def test_a_missing_document_leaves_it_open_and_nothing_else(kind: str) -> None:
    made = dump().drop(kind)
    verdict = judged(made)

    assert verdict.verdict == "unproven"
    assert f"no {kind} document for 222222222222/eu-west-1" in opened(made)
    assert lacking(made) == []
    assert {note.rule for note in verdict.not_checked if note.open} == {RULE}
    assert proof.verify(network.read(made.bytes()), None).verdict == "proven"


@pytest.mark.parametrize("kind", LOGS)
def test_a_missing_last_page_leaves_it_open_and_nothing_else(kind: str) -> None:
    files = dump().bytes()
    name = next(name for name in files if name.endswith(f"describe-{kind}.json"))
    files[name] = json.dumps(json.loads(files[name]) | {"NextToken": "more"}).encode()
    model = network.read(files)

    assert proof.verify(model, None).verdict == "proven"
    asked = proof.verify(model, None, require=["logging"])
    assert {note.rule for note in asked.not_checked if note.open} == {RULE}


def test_what_is_open_about_logs_is_no_question_of_reach() -> None:
    made = dump()
    made.file("more", {"FlowLogs": [], "NextToken": "more"})
    made.places["222222222222", "eu-west-1"].pop("FlowLogs")
    model = network.read(made.bytes())

    assert [question.rule for question in model.open_questions] == [RULE]
    assert proof.reach(model, "i-vpc-a", "internet", proof.asked("any", None, None)).verdict == "blocked"


def test_a_network_without_a_flow_log_is_found() -> None:
    assert lacking(dump(flow_logs=())) == [
        ("violation", "vpc-a", "vpc-a is not logged: no flow log records all of its traffic")
    ]
    [found] = judged(dump(flow_logs=())).findings
    assert (found.vpc, found.path, found.two_way) == ("vpc-a", ("vpc-a",), None)
    assert "flow log of ALL traffic" in found.fix


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"TrafficType": "REJECT"}, "fl-vpc-a records REJECT alone"),
        ({"TrafficType": "ACCEPT"}, "fl-vpc-a records ACCEPT alone"),
        ({"DeliverLogsStatus": "FAILED"}, "fl-vpc-a does not deliver"),
        ({"FlowLogStatus": "INACTIVE"}, "fl-vpc-a is INACTIVE"),
    ],
)
def test_a_flow_log_that_does_not_record_all_is_found_with_what_it_lacks(
    more: dict[str, Any], why: str
) -> None:
    [(severity, resource, message)] = lacking(dump(flow_logs=(flow_log(**more),)))

    assert (severity, resource) == ("violation", "vpc-a")
    assert message == f"vpc-a is not logged: no flow log records all of its traffic ({why})"


@pytest.mark.parametrize("field", ["FlowLogStatus", "DeliverLogsStatus", "TrafficType"])
@pytest.mark.parametrize("value", [None, "SOMETHING"])
def test_what_a_flow_log_does_not_say_stays_open(field: str, value: str | None) -> None:
    item = flow_log()
    del item[field]
    if value is not None:
        item[field] = value
    made = dump(flow_logs=(item,))

    if (field, value) == ("FlowLogStatus", "SOMETHING"):
        # EC2 knows one state in which a flow log works.
        assert lacking(made)
    else:
        assert lacking(made) == []
        assert ["fl-vpc-a" in why for why in opened(made)] == [True]


def test_two_flow_logs_together_record_all() -> None:
    halves = tuple(flow_log(FlowLogId=f"fl-{kind}", TrafficType=kind) for kind in ("ACCEPT", "REJECT"))

    assert lacking(dump(flow_logs=halves)) == []
    assert lacking(dump(flow_logs=(flow_log(), flow_log(FlowLogId="fl-2", DeliverLogsStatus="FAILED")))) == []


def test_flow_logs_of_each_subnet_do_as_well_and_of_one_do_not() -> None:
    both = flow_log("subnet-vpc-a"), flow_log("subnet-b")

    assert lacking(second_subnet(dump(flow_logs=both))) == []
    assert lacking(second_subnet(dump(flow_logs=both[:1]))) == [
        ("violation", "subnet-b", "vpc-a is not logged: no flow log records all traffic of subnet-b")
    ]
    [found] = judged(second_subnet(dump(flow_logs=both[:1]))).findings
    assert found.path == ("vpc-a", "subnet-b")


def test_a_subnets_flow_log_adds_to_the_networks() -> None:
    halves = flow_log(TrafficType="REJECT"), flow_log("subnet-vpc-a", TrafficType="ACCEPT")

    assert lacking(dump(flow_logs=halves)) == []
    assert [resource for _, resource, _ in lacking(second_subnet(dump(flow_logs=halves)))] == ["subnet-b"]


def test_without_subnets_documents_the_subnets_flow_logs_leave_it_open() -> None:
    made = dump(flow_logs=(flow_log("subnet-vpc-a"),)).drop("Subnets")

    assert lacking(made) == []
    assert any("no Subnets document" in why for why in opened(made))


def test_a_flow_log_of_an_interface_or_of_another_network_does_not_count() -> None:
    others = flow_log("eni-vpc-a"), flow_log("vpc-b"), flow_log("tgw-1")

    assert [resource for _, resource, _ in lacking(dump(flow_logs=others))] == ["vpc-a"]


def test_a_network_without_a_subnet_is_latent() -> None:
    made = Dump()
    made.vpc()
    for kind in LOGS:
        assert made.all(kind) == []

    [(severity, resource, message)] = lacking(made)
    assert (severity, resource) == ("latent", "vpc-a")
    assert message.endswith("no flow log records all of its traffic and nothing logs its resolver's queries")
    assert judged(made).verdict == "proven"


def test_contradicting_descriptions_of_a_flow_log_leave_it_open() -> None:
    made = dump(flow_logs=(flow_log(), flow_log(DeliverLogsStatus="FAILED")))

    assert lacking(made) == []
    assert len(opened(made)) == 1


def test_a_network_whose_queries_nothing_logs_is_found() -> None:
    assert lacking(dump(associations=())) == [
        ("violation", "vpc-a", "vpc-a is not logged: nothing logs its resolver's queries")
    ]


def test_one_finding_for_a_network_that_nothing_records() -> None:
    [(_, _, message)] = lacking(dump(flow_logs=(), associations=()))

    assert message.endswith("all of its traffic and nothing logs its resolver's queries")


@pytest.mark.parametrize(
    ("more", "state"),
    [
        ({"Status": "ACTION_NEEDED", "Error": "DESTINATION_NOT_FOUND"}, "found"),
        ({"Status": "FAILED"}, "found"),
        ({"Status": "DELETING"}, "found"),
        ({"Error": "ACCESS_DENIED"}, "found"),
        ({"ResourceId": "vpc-b"}, "found"),
        ({"Status": "CREATING"}, "open"),
        ({"Status": "SOMETHING"}, "open"),
        ({"ResolverQueryLogConfigId": "rslvr-qlc-2"}, "open"),
        ({}, "quiet"),
    ],
)
def test_an_association_logs_queries_when_it_is_active_without_an_error(
    more: dict[str, Any], state: str
) -> None:
    made = dump(associations=(association(**more),))

    assert (bool(lacking(made)), bool(opened(made))) == (state == "found", state == "open")


@pytest.mark.parametrize(
    ("status", "state"),
    [("FAILED", "found"), ("DELETING", "found"), ("CREATING", "open"), ("CREATED", "quiet")],
)
def test_its_configuration_must_be_there_to_stay(status: str, state: str) -> None:
    made = dump(configs=(CONFIG | {"Status": status},))

    assert (bool(lacking(made)), bool(opened(made))) == (state == "found", state == "open")


def test_a_network_without_a_resolver_has_no_queries() -> None:
    made = dump(associations=())
    made.file("dns", {"VpcId": "vpc-a", "EnableDnsSupport": {"Value": False}})

    assert lacking(made) == []
    assert opened(made) == []


def profile(made: Dump, status: str = "COMPLETE", config: str = "rslvr-qlc-1") -> Dump:
    made.add("ProfileAssociations", ProfileId="rp-1", ResourceId="vpc-a", Status=status)
    arn = f"arn:aws:route53resolver:eu-west-1:222222222222:resolver-query-log-config/{config}"
    made.file(
        "list-profile-resource-associations-rp-1",
        {"ProfileResourceAssociations": [{"ProfileId": "rp-1", "ResourceArn": arn, "Status": "COMPLETE"}]},
    )
    return made


def test_a_profile_can_bring_the_configuration() -> None:
    assert lacking(profile(dump(associations=()))) == []
    assert opened(profile(dump(associations=()))) == []
    assert lacking(profile(dump(associations=()), status="DELETED"))
    assert opened(profile(dump(associations=()), status="CREATING"))
    assert opened(profile(dump(associations=()), config="rslvr-qlc-2"))


def test_what_a_profile_brings_and_no_document_shows_stays_open() -> None:
    made = profile(dump(associations=()))
    made.files.clear()

    assert lacking(made) == []
    assert any("Route 53 Profile" in why for why in opened(made))
    without = dump(associations=()).drop("ProfileAssociations")
    assert lacking(without) == []
    assert any("Route 53 Profile" in why for why in opened(without))


def test_a_network_of_another_account_stays_open() -> None:
    made = dump(flow_logs=(), associations=())
    made.all("Vpcs")[0]["OwnerId"] = "999999999999"

    assert lacking(made) == []
    assert any("belongs to account 999999999999" in why for why in opened(made))


# A second opinion: packets and queries one by one


def naive(made: Dump) -> str:
    """Ask for each subnet and kind of packet whether some flow log has it, and for the query likewise."""

    def written(subnet: str, action: str) -> set[str]:
        answers: set[str] = set()
        for log in made.all("FlowLogs"):
            if log["ResourceId"] not in (subnet, "vpc-a"):
                continue
            takes = {"ALL": [True, True], "ACCEPT": [True, False], "REJECT": [False, True]}[
                log["TrafficType"]
            ]
            if not takes[action == "REJECT"] or log["DeliverLogsStatus"] == "FAILED":
                continue
            answers.add("yes" if log["DeliverLogsStatus"] == "SUCCESS" else "perhaps")
        return answers

    subnets = [item["SubnetId"] for item in made.all("Subnets")]
    asked = [written(subnet, action) for subnet, action in product(subnets, ("ACCEPT", "REJECT"))]
    queries: set[str] = set()
    for item in made.all("ResolverQueryLogConfigAssociations"):
        if item["Status"] in ("ACTIVE", "CREATING"):
            queries.add("yes" if item["Status"] == "ACTIVE" else "perhaps")
    asked.append(queries)
    if any(not answers for answers in asked):
        return "violated"
    return "proven" if all("yes" in answers for answers in asked) else "unproven"


FLOW_LOGS = st.lists(
    st.builds(
        lambda resource, kind, delivers: {
            "ResourceId": resource,
            "TrafficType": kind,
            "DeliverLogsStatus": delivers,
        },
        st.sampled_from(["vpc-a", "subnet-vpc-a", "subnet-b", "vpc-b"]),
        st.sampled_from(["ALL", "ACCEPT", "REJECT"]),
        st.sampled_from(["SUCCESS", "FAILED", "WAITING"]),
    ),
    max_size=5,
)


@given(
    FLOW_LOGS,
    st.lists(st.sampled_from(["ACTIVE", "CREATING", "FAILED", "DELETING"]), max_size=3),
    st.booleans(),
)
def test_it_agrees_with_a_naive_second_opinion(
    logs: list[dict[str, Any]],
    states: list[str],
    two_subnets: bool,  # noqa: FBT001 - hypothesis
) -> None:
    made = dump(
        flow_logs=tuple(flow_log(**log) | {"FlowLogId": f"fl-{n}"} for n, log in enumerate(logs)),
        associations=tuple(association(Id=f"a-{n}", Status=status) for n, status in enumerate(states)),
    )
    if two_subnets:
        second_subnet(made)

    assert judged(made).verdict == naive(made)


DEFAULT = (
    "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} "
    "${packets} ${bytes} ${start} ${end} ${action} ${log-status}"
)
"""AWS's default format ("Amazon VPC User Guide, Flow log records, Default format")."""


def test_the_default_format_logs_a_vpc_and_nothing_is_assumed_of_it() -> None:
    verdict = judged(dump(flow_logs=(flow_log(LogFormat=DEFAULT),)))
    assert (verdict.verdict, [text for text in verdict.assumptions if "format" in text]) == ("proven", [])


@pytest.mark.parametrize("name", FIELDS)
def test_a_format_without_a_field_that_tells_who_talked_is_a_finding(name: str) -> None:
    [(severity, resource, message)] = lacking(
        dump(flow_logs=(flow_log(LogFormat=DEFAULT.replace(f"${{{name}}}", "${pkt-" + name + "}")),))
    )
    assert (severity, resource) == ("violation", "vpc-a")
    assert f"the format of fl-vpc-a lacks {name})" in message


def test_a_format_that_names_nothing_records_nothing() -> None:
    [(_, _, message)] = lacking(dump(flow_logs=(flow_log(LogFormat=""),)))
    assert f"lacks {', '.join(FIELDS)}" in message


def test_a_format_that_is_not_shown_is_an_assumption_of_this_rule_alone() -> None:
    made = dump()
    assert FORMAT_UNKNOWN in judged(made).assumptions
    assert FORMAT_UNKNOWN not in proof.verify(network.read(made.bytes()), None).assumptions
