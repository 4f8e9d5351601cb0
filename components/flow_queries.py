"""Saved queries over flow log records: other paths than the private ones, what was rejected, who talks.

A condition is a value with two readings: as text of the query language, and as a predicate on a record.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from components.flow_log_fields import FIELDS

Record = Mapping[str, str]
"""A flow log record: field to value, ``-`` where it has none."""


@dataclass(frozen=True, slots=True)
class OneOf:
    """A field is one of some values, or, `negated`, none of them."""

    field: str
    values: tuple[str, ...]
    negated: bool = False

    def holds(self, record: Record) -> bool:
        """Whether it is so of a record. Raises KeyError when the record lacks the field."""
        return (record[self.field] in self.values) is not self.negated

    def text(self) -> str:
        """As CloudWatch Logs Insights reads it."""
        values = ", ".join(f'"{value}"' for value in self.values)
        return f"{column(self.field)} {'not in' if self.negated else 'in'} [{values}]"


@dataclass(frozen=True, slots=True)
class Both:
    """Two conditions hold."""

    one: "Condition"
    other: "Condition"

    def holds(self, record: Record) -> bool:
        """Whether it is so of a record."""
        return self.one.holds(record) and self.other.holds(record)

    def text(self) -> str:
        """As CloudWatch Logs Insights reads it."""
        return f"({self.one.text()} and {self.other.text()})"


@dataclass(frozen=True, slots=True)
class Any:
    """One of the conditions holds."""

    conditions: tuple["Condition", ...]

    def holds(self, record: Record) -> bool:
        """Whether it is so of a record."""
        return any(condition.holds(record) for condition in self.conditions)

    def text(self) -> str:
        """As CloudWatch Logs Insights reads it."""
        return f"({' or '.join(condition.text() for condition in self.conditions)})"


Condition = OneOf | Both | Any


def column(field: str) -> str:
    """The name under which a query knows a field: names with hyphens would have to be quoted."""
    return field.replace("-", "_")


HIDDEN = ("nat_gateway", "regional_nat_gateway", "transit_gateway")
"""Interfaces that lead on to other networks, and whose traffic has the path 1 or none."""

OTHER_PATHS = Any(
    (
        # 1 is the VPC itself, 7 a gateway endpoint, `-` what comes in or was not worked out. Whatever AWS
        # adds counts as another path.
        OneOf("traffic-path", ("1", "2", "7", "-"), negated=True),
        # 2 is a gateway endpoint or an internet gateway, of what is not on Nitro.
        Both(
            OneOf("traffic-path", ("2",)), OneOf("next-hop-interface-type", ("vpc_endpoint",), negated=True)
        ),
        OneOf("next-hop-interface-type", HIDDEN),
        OneOf("interface-type", HIDDEN),
    )
)
"""Traffic by another path than the private ones: the VPC's own interfaces, and endpoints ("Amazon VPC User
Guide, Flow log records"). The next hop is blank where another account owns it. A gateway endpoint that
something not on Nitro uses is found too, as nothing in the record tells it from an internet gateway."""

REJECTED = Any((OneOf("action", ("REJECT",)), OneOf("log-status", ("SKIPDATA",))))
"""What was rejected, and windows of which records were lost."""

ACCEPTED = OneOf("action", ("ACCEPT",))

_PARSE = f'parse @message "{" ".join("*" for _ in FIELDS)}" as {", ".join(map(column, FIELDS))}'


def _query(condition: Condition, stats: str, *by: str, most: str) -> str:
    return "\n| ".join(
        (
            _PARSE,
            f"filter {condition.text()}",
            f"stats {stats} by {', '.join(map(column, by))}",
            f"sort {most} desc",
            "limit 1000",
        )
    )


QUERIES: Mapping[str, str] = MappingProxyType(
    {
        "paths other than the private ones": _query(
            OTHER_PATHS,
            "sum(bytes) as octets, count(*) as flows",
            *("interface-id", "flow-direction", "traffic-path", "interface-type", "next-hop-interface-type"),
            *("next-hop-interface-id", "next-hop-vpc-id", "pkt-srcaddr", "pkt-dstaddr", "dstport"),
            most="octets",
        ),
        "rejected and lost": _query(
            REJECTED,
            "sum(packets) as refused, count(*) as flows",
            *("interface-id", "log-status", "reject-reason", "srcaddr", "dstaddr", "dstport", "protocol"),
            most="flows",
        ),
        "talkers": _query(
            ACCEPTED,
            "sum(bytes) as octets, count(*) as flows",
            *("pkt-srcaddr", "pkt-dstaddr", "dstport", "protocol", "pkt-dst-aws-service"),
            most="octets",
        ),
    }
)
"""Queries of CloudWatch Logs Insights by name. Fields of a custom format are parsed out of the record; `in`
compares whole strings ("Amazon CloudWatch Logs User Guide, filter")."""
