"""Whether what is logged arrives: flow logs and Resolver query logs tell of destinations that are not there.

moto says so of a flow log only when it is made, and of one whose log group is named by its ARN it says so
always; of query logs it never does, and cannot take them away.
"""

from __future__ import annotations

import inspect
import json
import re
from functools import wraps
from typing import TYPE_CHECKING, Any

from moto.core.exceptions import JsonRESTError
from moto.ec2.exceptions import InvalidParameterValueError
from moto.ec2.models.flow_logs import FlowLogsBackend
from moto.route53resolver.responses import Route53ResolverResponse

from landline.sandbox.patching import Patch

if TYPE_CHECKING:
    from collections.abc import Callable

    from moto.route53resolver.models import Route53ResolverBackend

    from landline.sandbox.state import WorldState

Document = dict[str, Any]


def patches(state: WorldState) -> list[Patch]:  # noqa: ARG001 - a noun's interface
    """What moto answers about flow logs and query logs, made true, and query logs' removal.

    Codes are those that the Route 53 Resolver API reference lists for each call. Assumed: a flow log whose
    destination is gone is FAILED with `Access error`, a query log's association ACTION_NEEDED with
    DESTINATION_NOT_FOUND, and a configuration with associations is refused to be deleted with
    InvalidRequestException; a destination that is no ARN of a log group, bucket or Firehose stream is refused
    with EC2's InvalidParameterValue and the Resolver's InvalidParameterException.
    """
    responses: Any = Route53ResolverResponse
    return [
        Patch(FlowLogsBackend, "describe_flow_logs", _delivered(FlowLogsBackend.describe_flow_logs)),
        Patch(FlowLogsBackend, "create_flow_logs", _deliverable(FlowLogsBackend.create_flow_logs)),
        Patch(
            responses,
            "create_resolver_query_log_config",
            _accepted(responses.create_resolver_query_log_config),
        ),
        *(
            Patch(responses, name, _told(getattr(responses, name)))
            for name in (
                "associate_resolver_query_log_config",
                "get_resolver_query_log_config_association",
                "list_resolver_query_log_config_associations",
            )
        ),
        Patch(responses, "disassociate_resolver_query_log_config", _disassociate, adds=True),
        Patch(responses, "delete_resolver_query_log_config", _delete, adds=True),
    ]


def _is_destination(arn: object, *services: str) -> bool:
    parts = str(arn).split(":", 5)
    kinds = {"logs": "log-group:", "firehose": "deliverystream/", "s3": ""}
    if len(parts) < 6 or parts[0] != "arn" or parts[2] not in services:
        return False
    owned = parts[2] == "s3" or (parts[3] != "" and re.fullmatch(r"\d{12}", parts[4]) is not None)
    return owned and parts[5].startswith(kinds[parts[2]]) and parts[5] != kinds[parts[2]]


_DESTINATIONS = {"cloud-watch-logs": "logs", "s3": "s3", "kinesis-data-firehose": "firehose"}
"""A flow log's destination type, and the service of its destination (EC2 API, CreateFlowLogs)."""


def _deliverable(create: Callable[..., Any]) -> Callable[..., Any]:
    signature = inspect.signature(create)

    @wraps(create)
    def create_flow_logs(*given: Any, **named: Any) -> Any:  # noqa: ANN401 - moto's own types
        asked = signature.bind(*given, **named).arguments
        arn, kind = asked.get("log_destination"), asked.get("log_destination_type") or "cloud-watch-logs"
        if arn and kind in _DESTINATIONS and not _is_destination(arn, _DESTINATIONS[kind]):
            raise InvalidParameterValueError(f"LogDestination: {arn} is no destination of type {kind}")
        return create(*given, **named)

    return create_flow_logs


def _accepted(create: Callable[[Any], str]) -> Callable[[Any], str]:
    @wraps(create)
    def create_resolver_query_log_config(call: Any) -> str:  # noqa: ANN401 - moto's response object
        arn = json.loads(call.body).get("DestinationArn")
        if not _is_destination(arn, "logs", "s3", "firehose"):
            message = f"DestinationArn {arn} is the ARN of no log group, bucket or Firehose delivery stream"
            raise JsonRESTError("InvalidParameterException", message)
        return create(call)

    return create_resolver_query_log_config


def is_there(arn: str, partition: str) -> bool:
    """Whether a destination of logs exists: a log group, a bucket or a Firehose stream, by its ARN."""
    from moto.firehose.models import firehose_backends
    from moto.logs.models import logs_backends
    from moto.s3.models import s3_backends

    _, _, service, region, account, resource = arn.split(":", 5)
    match service:
        case "logs":
            groups: Any = logs_backends[account][region].groups
            return resource.removeprefix("log-group:").removesuffix(":*") in groups
        case "s3":
            bucket = resource.partition("/")[0]
            return any(bucket in account[partition].buckets for account in list(s3_backends.values()))
        case "firehose":
            streams: Any = firehose_backends[account][region].delivery_streams
            return resource.removeprefix("deliverystream/") in streams
        case _:
            message = f"the sandbox does not know whether the destination {arn} is there"
            raise NotImplementedError(message)


def _delivered(describe: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(describe)
    def describe_flow_logs(backend: Any, *given: Any, **named: Any) -> Any:  # noqa: ANN401 - moto's own types
        logs = describe(backend, *given, **named)
        for log in logs:
            home = f"arn:{backend.partition}:logs:{backend.region_name}:{backend.account_id}:log-group:"
            arrives = is_there(log.log_destination or f"{home}{log.log_group_name}", backend.partition)
            log.deliver_logs_status = "SUCCESS" if arrives else "FAILED"
            log.deliver_logs_error_message = None if arrives else "Access error"
        return logs

    return describe_flow_logs


def _told(answer: Callable[[Any], str]) -> Callable[[Any], str]:
    @wraps(answer)
    def operation(call: Any) -> str:  # noqa: ANN401 - moto's response object
        document = json.loads(answer(call))
        one = document.get("ResolverQueryLogConfigAssociation")
        for item in [one] if one else document["ResolverQueryLogConfigAssociations"]:
            configs = call.route53resolver_backend.resolver_query_log_configs
            if not is_there(configs[item["ResolverQueryLogConfigId"]].destination_arn, call.partition):
                item |= {"Status": "ACTION_NEEDED", "Error": "DESTINATION_NOT_FOUND"}
        return json.dumps(document)

    return operation


def _disassociate(call: Any) -> str:  # noqa: ANN401 - moto's response object
    given = json.loads(call.body)
    backend: Route53ResolverBackend = call.route53resolver_backend
    config, vpc = given["ResolverQueryLogConfigId"], given["ResourceId"]
    for name, item in list(backend.resolver_query_log_config_associations.items()):
        if (item.resolver_query_log_config_id, item.resource_id) == (config, vpc):
            del backend.resolver_query_log_config_associations[name]
            backend.resolver_query_log_configs[config].association_count -= 1
            removed = item.description() | {"Status": "DELETING"}
            return json.dumps({"ResolverQueryLogConfigAssociation": removed})
    raise JsonRESTError(
        "ResourceNotFoundException",
        f"The query logging configuration {config!r} is not associated with {vpc!r}",
    )


def _delete(call: Any) -> str:  # noqa: ANN401 - moto's response object
    given = json.loads(call.body)
    backend: Route53ResolverBackend = call.route53resolver_backend
    config = backend.get_resolver_query_log_config(given["ResolverQueryLogConfigId"])
    if config.association_count:
        message = f"{config.id!r} is associated with {config.association_count} VPCs"
        raise JsonRESTError("InvalidRequestException", message)
    del backend.resolver_query_log_configs[config.id]
    return json.dumps({"ResolverQueryLogConfig": config.description() | {"Status": "DELETING"}})
