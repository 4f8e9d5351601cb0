"""How the estate is built: Pulumi components that know nothing of stack files.

`pulumi_aws` loads its modules when they are first used, and some take a second. So annotations that name a
class of theirs are quoted here, and a program loads only what its stack declares.
"""

from components.account_baseline import (
    AccountBaseline,
    AccountBaselineArgs,
    Administration,
    Designation,
)
from components.alarm import AlarmArgs
from components.backends import Backend, FindingsIntakeBackend, LogArchiveBackend, TargetsBackend
from components.collector import Collector, CollectorArgs, Images
from components.data_perimeter import Access
from components.dns_firewall import DnsFirewall, DnsFirewallArgs
from components.encrypted_bucket import EncryptedBucket, EncryptedBucketArgs
from components.errors import ArgumentError
from components.findings_intake import FindingsIntake, FindingsIntakeArgs
from components.flow_logs import FlowLogs, FlowLogsArgs
from components.grant import Grant, GrantArgs, GrantedService
from components.hub import Hub, HubArgs, HubService
from components.local_names import hub_zone, local_name
from components.log_archive import LogArchive, LogArchiveArgs
from components.partition import dns_suffix, partition
from components.private_name import PrivateName, PrivateNameArgs
from components.private_network import PrivateNetwork, PrivateNetworkArgs
from components.published_service import HealthCheck, PublishedService, PublishedServiceArgs
from components.query_logs import QueryLogs, QueryLogsArgs
from components.service_endpoints import ServiceEndpoints, ServiceEndpointsArgs
from components.spoke import Line, Spoke, SpokeArgs
from components.workloads import Workloads, WorkloadsArgs

__all__ = [
    "Access",
    "AccountBaseline",
    "AccountBaselineArgs",
    "Administration",
    "AlarmArgs",
    "ArgumentError",
    "Backend",
    "Collector",
    "CollectorArgs",
    "Designation",
    "DnsFirewall",
    "DnsFirewallArgs",
    "EncryptedBucket",
    "EncryptedBucketArgs",
    "FindingsIntake",
    "FindingsIntakeArgs",
    "FindingsIntakeBackend",
    "FlowLogs",
    "FlowLogsArgs",
    "Grant",
    "GrantArgs",
    "GrantedService",
    "HealthCheck",
    "Hub",
    "HubArgs",
    "HubService",
    "Images",
    "Line",
    "LogArchive",
    "LogArchiveArgs",
    "LogArchiveBackend",
    "PrivateName",
    "PrivateNameArgs",
    "PrivateNetwork",
    "PrivateNetworkArgs",
    "PublishedService",
    "PublishedServiceArgs",
    "QueryLogs",
    "QueryLogsArgs",
    "ServiceEndpoints",
    "ServiceEndpointsArgs",
    "Spoke",
    "SpokeArgs",
    "TargetsBackend",
    "Workloads",
    "WorkloadsArgs",
    "dns_suffix",
    "hub_zone",
    "local_name",
    "partition",
]
