"""What records a VPC's traffic and its resolver's queries."""

from landline.network.noun import Noun


class FlowLog(Noun, frozen=True):
    """A flow log of a VPC, subnet, interface or transit gateway (DescribeFlowLogs)."""

    flow_log_id: str = ""
    resource_id: str | None = None
    traffic_type: str | None = None
    flow_log_status: str | None = None
    deliver_logs_status: str | None = None
    log_format: str | None = None


class ResolverQueryLogConfig(Noun, frozen=True):
    """Where queries are logged to (ListResolverQueryLogConfigs), shared ones included."""

    id: str = ""
    status: str | None = None


class ResolverQueryLogConfigAssociation(Noun, frozen=True):
    """A VPC whose queries a configuration logs (ListResolverQueryLogConfigAssociations)."""

    resolver_query_log_config_id: str = ""
    resource_id: str | None = None
    status: str | None = None
    error: str | None = None


LOGS = frozenset({"flow_logs", "resolver_query_log_configs", "resolver_query_log_config_associations"})
"""The fields of `Document` that hold these.

Only the rule about logging needs them, so what is wrong with them leaves that rule open and no other.
"""

RULE = "unlogged-network"
"""That rule."""
