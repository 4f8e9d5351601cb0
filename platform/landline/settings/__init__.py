"""Stack files in, one frozen estate out."""

from landline.settings.alarms import AlarmSettings
from landline.settings.aws_access import AwsAccess, S3Access, StsAccess
from landline.settings.backends import Backend, FindingsIntake, HealthCheck, LogArchive, Targets
from landline.settings.baseline import BaselineSettings
from landline.settings.common import NetworkSettings
from landline.settings.crosscheck import check_estate, cross_check
from landline.settings.estate import Estate
from landline.settings.grant import GrantedService, GrantSettings
from landline.settings.hub import HubSettings, ServiceSettings
from landline.settings.load import Loaded, load_estate, load_stack
from landline.settings.problem import Problem, Severity
from landline.settings.spoke import RequestSettings, SpokeSettings
from landline.settings.stack import Kind, Stack

__all__ = [
    "AlarmSettings",
    "AwsAccess",
    "Backend",
    "BaselineSettings",
    "Estate",
    "FindingsIntake",
    "GrantSettings",
    "GrantedService",
    "HealthCheck",
    "HubSettings",
    "Kind",
    "Loaded",
    "LogArchive",
    "NetworkSettings",
    "Problem",
    "RequestSettings",
    "S3Access",
    "ServiceSettings",
    "Severity",
    "SpokeSettings",
    "Stack",
    "StsAccess",
    "Targets",
    "check_estate",
    "cross_check",
    "load_estate",
    "load_stack",
]
