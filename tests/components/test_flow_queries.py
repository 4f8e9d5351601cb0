"""The fields of flow logs, and the saved queries: their text, read anew, finds what the predicate finds."""

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.flow_log_fields import AVAILABLE, FIELDS
from components.flow_queries import ACCEPTED, OTHER_PATHS, QUERIES, REJECTED, Condition, Record, column

CONDITIONS: dict[str, Condition] = {
    "paths other than the private ones": OTHER_PATHS,
    "rejected and lost": REJECTED,
    "talkers": ACCEPTED,
}


def unlisted(fields: tuple[str, ...]) -> list[str]:
    return [field for field in fields if field not in AVAILABLE]


def test_every_field_is_in_the_table_with_its_version_type_and_page() -> None:
    assert unlisted(FIELDS) == []
    assert unlisted((*FIELDS, "next-hop")) == ["next-hop"]
    assert len(set(FIELDS)) == len(FIELDS)


def test_the_table_is_the_pages() -> None:
    """Fields by version, as the page counts them: 54 in all, those of version 6 being transit gateways'."""
    by_version = {
        version: sum(field.version == version for field in AVAILABLE.values()) for version in range(2, 12)
    }
    assert by_version == {2: 14, 3: 7, 4: 4, 5: 4, 6: 0, 7: 10, 8: 1, 9: 1, 10: 1, 11: 12}


def test_the_flow_log_has_fields_of_each_version_from_5_to_11() -> None:
    assert {AVAILABLE[field].version for field in FIELDS} >= {5, 7, 8, 9, 10, 11}
    assert {name for name, field in AVAILABLE.items() if field.version == 5} <= set(FIELDS)


# A reader of the query language that shares nothing with what writes it


def commands(query: str) -> dict[str, str]:
    return dict(part.strip().split(" ", 1) for part in query.split("|"))


def columns(query: str) -> list[str]:
    pattern, names = re.fullmatch(r'@message "([* ]+)" as (.+)', commands(query)["parse"]).groups()  # type: ignore[union-attr]
    listed: list[str] = names.split(", ")
    assert pattern.split(" ") == ["*"] * len(listed)
    return listed


def read(text: str) -> Callable[[Record], bool]:
    """A filter's predicate: `and` binds closer than `or`, brackets closer still."""
    tokens = re.findall(r'"[^"]*"|[\w@.]+|[()\[\],]', text)

    def either() -> Callable[[Record], bool]:
        left = both()
        while tokens and tokens[0] == "or":
            tokens.pop(0)
            left = (lambda one, other: lambda record: one(record) or other(record))(left, both())
        return left

    def both() -> Callable[[Record], bool]:
        left = single()
        while tokens and tokens[0] == "and":
            tokens.pop(0)
            left = (lambda one, other: lambda record: one(record) and other(record))(left, single())
        return left

    def single() -> Callable[[Record], bool]:
        if tokens[0] == "(":
            tokens.pop(0)
            inner = either()
            assert tokens.pop(0) == ")"
            return inner
        field, word = tokens.pop(0), tokens.pop(0)
        negated = word == "not"
        assert (tokens.pop(0) if negated else word) == "in"
        assert tokens.pop(0) == "["
        values = []
        while (token := tokens.pop(0)) != "]":
            if token != ",":
                values.append(token.strip('"'))
        return lambda record: (record[field] not in values) if negated else (record[field] in values)

    found = either()
    assert not tokens
    return found


def found_by(query: str, record: Record) -> bool:
    """Whether the query's filter takes the line that the flow log writes for a record."""
    line = " ".join(record[field] for field in FIELDS)
    return read(commands(query)["filter"])(dict(zip(columns(query), line.split(" "), strict=True)))


BLANK: Record = dict.fromkeys(FIELDS, "-")
HOPS = ("nat_gateway", "regional_nat_gateway", "transit_gateway")
VALUES = {
    "traffic-path": ["-", *"123456789"],
    "next-hop-interface-type": ["-", "vpc_endpoint", "network_load_balancer", *HOPS],
    "interface-type": ["-", "vpc_endpoint", *HOPS],
    "action": ["-", "ACCEPT", "REJECT"],
    "log-status": ["OK", "NODATA", "SKIPDATA"],
    "flow-direction": ["ingress", "egress", "-"],
    "pkt-dst-aws-service": ["-", "S3", "AMAZON"],
}
RECORDS = st.fixed_dictionaries({name: st.sampled_from(values) for name, values in VALUES.items()}).map(
    lambda chosen: {**BLANK, **chosen}
)


@given(RECORDS)
def test_the_text_of_a_query_takes_what_its_predicate_does(record: Record) -> None:
    for title, condition in CONDITIONS.items():
        assert found_by(QUERIES[title], record) == condition.holds(record), title


PRIVATE = {
    "within the VPC": {"traffic-path": "1", "flow-direction": "egress"},
    "to an interface endpoint": {"traffic-path": "1", "next-hop-interface-type": "vpc_endpoint"},
    "to a gateway endpoint": {"traffic-path": "7", "pkt-dst-aws-service": "S3"},
    "to a gateway endpoint, with its next hop": {
        "traffic-path": "2",
        "next-hop-interface-type": "vpc_endpoint",
    },
    "from a load balancer": {"flow-direction": "ingress", "next-hop-interface-type": "network_load_balancer"},
    "at an endpoint": {"flow-direction": "ingress", "interface-type": "vpc_endpoint"},
    "what came in": {"flow-direction": "ingress"},
    "nothing in the window": {"log-status": "NODATA"},
}
OTHERS = {
    "an internet gateway": {"traffic-path": "8"},
    "an internet gateway, not on Nitro": {"traffic-path": "2"},
    "a virtual private gateway": {"traffic-path": "3"},
    "a peering in the Region": {"traffic-path": "4"},
    "a peering with another Region": {"traffic-path": "5"},
    "a local gateway or Local Zone": {"traffic-path": "6"},
    "a path that AWS adds": {"traffic-path": "9"},
    "a NAT gateway": {"traffic-path": "1", "next-hop-interface-type": "nat_gateway"},
    "a regional NAT gateway": {"traffic-path": "1", "next-hop-interface-type": "regional_nat_gateway"},
    "a transit gateway": {"traffic-path": "1", "next-hop-interface-type": "transit_gateway"},
    "what a NAT gateway sends on": {"traffic-path": "8", "interface-type": "nat_gateway"},
    "what a transit gateway brings": {"flow-direction": "ingress", "interface-type": "transit_gateway"},
    "from a NAT gateway": {"flow-direction": "ingress", "next-hop-interface-type": "nat_gateway"},
}


@pytest.mark.parametrize("what", PRIVATE)
def test_no_private_path_is_found(what: str) -> None:
    assert not found_by(QUERIES["paths other than the private ones"], {**BLANK, **PRIVATE[what]})


@pytest.mark.parametrize("what", OTHERS)
def test_every_other_path_is_found(what: str) -> None:
    assert found_by(QUERIES["paths other than the private ones"], {**BLANK, **OTHERS[what]})


def test_what_is_rejected_or_lost_is_found_and_only_that() -> None:
    query = QUERIES["rejected and lost"]

    assert found_by(query, {**BLANK, "action": "REJECT", "reject-reason": "BPA"})
    assert found_by(query, {**BLANK, "log-status": "SKIPDATA"})
    assert not found_by(query, {**BLANK, "action": "ACCEPT", "log-status": "OK"})


@pytest.mark.parametrize("title", QUERIES)
def test_a_query_parses_the_flow_logs_own_format_and_shows_fields_of_it(title: str) -> None:
    query = QUERIES[title]
    _, shown = commands(query)["stats"].split(" by ")

    assert columns(query) == [column(field) for field in FIELDS]
    assert {*shown.split(", ")} <= {*columns(query)}
    assert CONDITIONS.keys() == QUERIES.keys()
    assert len(query) < 10_000, "the longest query that CloudWatch Logs takes"
