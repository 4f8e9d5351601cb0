"""The fields of a flow log record, and which of them a network's flow log holds.

All are of the "Amazon VPC User Guide, Flow log records, Available fields".
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple


class Field(NamedTuple):
    """A field that a custom format can name."""

    version: int
    """The flow log version that brought it."""
    type: Literal["string", "integer"]
    """What its Parquet type comes to: STRING, or INT_32 and INT_64. An absent value is ``-``."""


_STRINGS: Mapping[int, str] = {
    2: "account-id interface-id srcaddr dstaddr action log-status",
    3: "vpc-id subnet-id instance-id type pkt-srcaddr pkt-dstaddr",
    4: "region az-id sublocation-type sublocation-id",
    5: "pkt-src-aws-service pkt-dst-aws-service flow-direction",
    7: "ecs-cluster-arn ecs-cluster-name ecs-container-instance-arn ecs-container-instance-id "
    "ecs-container-id ecs-second-container-id ecs-service-name ecs-task-definition-arn ecs-task-arn "
    "ecs-task-id",
    8: "reject-reason",
    9: "resource-id",
    11: "instance-tag instance-tag-2 interface-tag interface-tag-2 asg-tag asg-tag-2 interface-type "
    "next-hop-interface-id next-hop-subnet-id next-hop-az-id next-hop-vpc-id next-hop-interface-type",
}
_INTEGERS: Mapping[int, str] = {
    2: "version srcport dstport protocol packets bytes start end",
    3: "tcp-flags",
    5: "traffic-path",
    10: "encryption-status",
}

AVAILABLE: Mapping[str, Field] = MappingProxyType(
    {name: Field(version, "string") for version, names in _STRINGS.items() for name in names.split()}
    | {name: Field(version, "integer") for version, names in _INTEGERS.items() for name in names.split()}
)
"""Every field of a VPC's flow log by name. Version 6 is of transit gateways' flow logs alone."""

FIELDS: tuple[str, ...] = (
    "version",
    "account-id",
    "vpc-id",
    "subnet-id",
    "interface-id",
    "instance-id",
    "az-id",
    "action",
    "log-status",
    "reject-reason",
    "srcaddr",
    "dstaddr",
    "srcport",
    "dstport",
    "protocol",
    "packets",
    "bytes",
    "start",
    "end",
    "type",
    "tcp-flags",
    "pkt-srcaddr",
    "pkt-dstaddr",
    "pkt-src-aws-service",
    "pkt-dst-aws-service",
    "flow-direction",
    "traffic-path",
    "ecs-service-name",
    "ecs-task-id",
    "resource-id",
    "encryption-status",
    "interface-type",
    "next-hop-interface-id",
    "next-hop-vpc-id",
    "next-hop-interface-type",
)
"""What a network's flow log holds, in this order. ``traffic-path`` 1 also covers NAT and transit gateways, so
the kind of the next hop (version 11) tells them apart; ``reject-reason`` (8) tells Block Public Access;
``resource-id`` (9) is a regional NAT gateway's, ``encryption-status`` (10) that of VPC Encryption
Controls."""
