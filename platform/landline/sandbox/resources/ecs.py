"""ECS clusters, task definitions and Fargate services."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from landline.sandbox.resource_type import AutoName, Made, Properties, ResourceType
from landline.sandbox.resources.support import (
    arguments,
    forgiving_absence,
    found,
    made,
    now,
    retag,
    tag_list,
    tag_map,
)

if TYPE_CHECKING:
    from landline.sandbox.resource_type import Place

_TAG = ("key", "value")


def _retag(place: Place, arn: str, old: Properties, new: Properties) -> None:
    ecs = place.client("ecs")
    retag(
        old,
        new,
        untag=lambda keys: ecs.untag_resource(resourceArn=arn, tagKeys=keys),
        tag=lambda: ecs.tag_resource(resourceArn=arn, tags=tag_list(new, *_TAG)),
    )


def _tags(place: Place, arn: str) -> dict[str, str]:
    return tag_map(place.client("ecs").list_tags_for_resource(resourceArn=arn).get("tags", []), *_TAG)


def _create_cluster(place: Place, properties: Properties) -> Made:
    arn = place.client("ecs").create_cluster(
        clusterName=properties["name"], tags=tag_list(properties, *_TAG)
    )["cluster"]["clusterArn"]
    return made(place, arn, properties, _read_cluster)


def _read_cluster(place: Place, arn: str, known: Properties) -> Properties | None:
    clusters = place.client("ecs").describe_clusters(clusters=[arn])["clusters"]
    if not clusters or clusters[0]["status"] != "ACTIVE":
        return None
    return {
        **known,
        "id": arn,
        "arn": arn,
        "name": clusters[0]["clusterName"],
        "tagsAll": _tags(place, arn),
    }


def _update_cluster(place: Place, arn: str, old: Properties, new: Properties) -> Properties:
    _retag(place, arn, old, new)
    return now(place, arn, new, _read_cluster)


def _delete_cluster(place: Place, arn: str, outputs: Properties) -> None:  # noqa: ARG001 - the table's interface
    with forgiving_absence():
        place.client("ecs").delete_cluster(cluster=arn)


_TASK = {
    "family": "family",
    "cpu": "cpu",
    "memory": "memory",
    "networkMode": "networkMode",
    "requiresCompatibilities": "requiresCompatibilities",
    "runtimePlatform": "runtimePlatform",
    "executionRoleArn": "executionRoleArn",
    "taskRoleArn": "taskRoleArn",
}


def _create_task(place: Place, properties: Properties) -> Made:
    containers = properties["containerDefinitions"]
    definition = place.client("ecs").register_task_definition(
        containerDefinitions=json.loads(containers) if isinstance(containers, str) else containers,
        tags=tag_list(properties, *_TAG),
        **arguments(properties, _TASK),
    )["taskDefinition"]
    outputs = {**properties, "arn": definition["taskDefinitionArn"]}
    return made(place, properties["family"], outputs, _read_task)


def _read_task(place: Place, family: str, known: Properties) -> Properties | None:
    ecs = place.client("ecs")
    answer = found(lambda: ecs.describe_task_definition(taskDefinition=known["arn"]))
    if answer is None or answer["taskDefinition"].get("status", "ACTIVE") != "ACTIVE":
        return None
    arn = answer["taskDefinition"]["taskDefinitionArn"]
    return {
        **known,
        "id": family,
        "arn": arn,
        "arnWithoutRevision": arn.rsplit(":", 1)[0],
        "revision": answer["taskDefinition"]["revision"],
        "tagsAll": _tags(place, arn),
    }


def _update_task(place: Place, family: str, old: Properties, new: Properties) -> Properties:
    # Outputs are not at hand here: the family's latest active revision is the one that this resource made.
    definition = place.client("ecs").describe_task_definition(taskDefinition=family)["taskDefinition"]
    _retag(place, definition["taskDefinitionArn"], old, new)
    return now(place, family, {**new, "arn": definition["taskDefinitionArn"]}, _read_task)


def _delete_task(place: Place, family: str, outputs: Properties) -> None:  # noqa: ARG001
    with forgiving_absence():
        place.client("ecs").deregister_task_definition(taskDefinition=outputs["arn"])


def _network(properties: Properties) -> dict[str, Any]:
    given = properties.get("networkConfiguration")
    if not given:
        return {}
    return {
        "networkConfiguration": {
            "awsvpcConfiguration": {
                **arguments(given, {"subnets": "subnets", "securityGroups": "securityGroups"}),
                "assignPublicIp": "ENABLED" if given.get("assignPublicIp") else "DISABLED",
            }
        }
    }


def _create_service(place: Place, properties: Properties) -> Made:
    service = place.client("ecs").create_service(
        cluster=properties.get("cluster") or "default",
        serviceName=properties["name"],
        desiredCount=properties.get("desiredCount") or 0,
        tags=tag_list(properties, *_TAG),
        **_network(properties),
        **arguments(
            properties,
            {
                "taskDefinition": "taskDefinition",
                "launchType": "launchType",
                "platformVersion": "platformVersion",
                "propagateTags": "propagateTags",
                "healthCheckGracePeriodSeconds": "healthCheckGracePeriodSeconds",
                "loadBalancers": "loadBalancers",
            },
        ),
    )["service"]
    return made(place, service["serviceArn"], properties, _read_service)


def _read_service(place: Place, arn: str, known: Properties) -> Properties | None:
    ecs = place.client("ecs")
    cluster = known.get("cluster") or "default"
    answer = found(lambda: ecs.describe_services(cluster=cluster, services=[arn]))
    services = [s for s in (answer or {}).get("services", ()) if s["status"] == "ACTIVE"]
    if not services:
        return None
    return {
        **known,
        "id": arn,
        "arn": arn,
        "name": services[0]["serviceName"],
        "desiredCount": services[0]["desiredCount"],
        "taskDefinition": services[0]["taskDefinition"],
        "tagsAll": _tags(place, arn),
    }


def _update_service(place: Place, arn: str, old: Properties, new: Properties) -> Properties:
    place.client("ecs").update_service(
        cluster=new.get("cluster") or "default",
        service=arn,
        desiredCount=new.get("desiredCount") or 0,
        **_network(new),
        **arguments(new, {"taskDefinition": "taskDefinition", "platformVersion": "platformVersion"}),
    )
    _retag(place, arn, old, new)
    return now(place, arn, new, _read_service)


def _delete_service(place: Place, arn: str, outputs: Properties) -> None:
    cluster = outputs.get("cluster") or "default"
    if _read_service(place, arn, outputs) is not None:
        place.client("ecs").delete_service(cluster=cluster, service=arn, force=True)


TYPES = (
    ResourceType(
        token="aws:ecs/cluster:Cluster",  # noqa: S106 - a Pulumi type token
        create=_create_cluster,
        read=_read_cluster,
        update=_update_cluster,
        delete=_delete_cluster,
        replace_on=frozenset({"name"}),
        inputs=frozenset({"name", "tags"}),
        autoname=AutoName(max_length=255),
    ),
    ResourceType(
        token="aws:ecs/taskDefinition:TaskDefinition",  # noqa: S106
        create=_create_task,
        read=_read_task,
        update=_update_task,
        delete=_delete_task,
        replace_on=frozenset({*_TASK, "containerDefinitions"}),
        inputs=frozenset({*_TASK, "containerDefinitions", "tags"}),
    ),
    ResourceType(
        token="aws:ecs/service:Service",  # noqa: S106
        create=_create_service,
        read=_read_service,
        update=_update_service,
        delete=_delete_service,
        replace_on=frozenset({"name", "cluster", "launchType", "loadBalancers"}),
        # moto keeps neither the circuit breaker nor execute-command; they decide nothing that the sandbox
        # shows.
        inputs=frozenset(
            {
                "name",
                "cluster",
                "taskDefinition",
                "desiredCount",
                "launchType",
                "platformVersion",
                "networkConfiguration",
                "loadBalancers",
                "propagateTags",
                "deploymentCircuitBreaker",
                "healthCheckGracePeriodSeconds",
                "enableExecuteCommand",
                "tags",
            }
        ),
        autoname=AutoName(max_length=255),
    ),
)
"""The rows of this noun family."""
