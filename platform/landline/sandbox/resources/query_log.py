"""Route 53 Resolver query logs, and saved queries of CloudWatch Logs Insights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from landline.sandbox.resource_type import AutoName, Made, Properties, ResourceType
from landline.sandbox.resources.support import (
    arguments,
    forgiving_absence,
    found,
    made,
    nothing_to_update,
    now,
    retag,
    tag_list,
    tag_map,
    tags_argument,
)

if TYPE_CHECKING:
    from landline.sandbox.resource_type import Place


def _create_config(place: Place, properties: Properties) -> Made:
    created = place.client("route53resolver").create_resolver_query_log_config(
        Name=properties["name"],
        DestinationArn=properties["destinationArn"],
        CreatorRequestId=properties["name"],
        **tags_argument(properties),
    )["ResolverQueryLogConfig"]
    return made(place, created["Id"], properties, _read_config)


def _read_config(place: Place, config: str, known: Properties) -> Properties | None:
    resolver = place.client("route53resolver")
    answer = found(lambda: resolver.get_resolver_query_log_config(ResolverQueryLogConfigId=config))
    if answer is None:
        return None
    document = answer["ResolverQueryLogConfig"]
    tags = resolver.list_tags_for_resource(ResourceArn=document["Arn"])["Tags"]
    return {
        **known,
        "id": config,
        "arn": document["Arn"],
        "name": document["Name"],
        "destinationArn": document["DestinationArn"],
        "ownerId": document["OwnerId"],
        "shareStatus": document["ShareStatus"],
        "tagsAll": tag_map(tags),
    }


def _update_config(place: Place, config: str, old: Properties, new: Properties) -> Properties:
    resolver, arn = place.client("route53resolver"), now(place, config, new, _read_config)["arn"]
    retag(
        old,
        new,
        untag=lambda keys: resolver.untag_resource(ResourceArn=arn, TagKeys=keys),
        tag=lambda: resolver.tag_resource(ResourceArn=arn, Tags=tag_list(new)),
    )
    return now(place, config, new, _read_config)


def _delete_config(place: Place, config: str, outputs: Properties) -> None:  # noqa: ARG001 - the table's interface
    with forgiving_absence():
        place.client("route53resolver").delete_resolver_query_log_config(ResolverQueryLogConfigId=config)


_ASSOCIATION = {"resolverQueryLogConfigId": "ResolverQueryLogConfigId", "resourceId": "ResourceId"}


def _create_association(place: Place, properties: Properties) -> Made:
    created = place.client("route53resolver").associate_resolver_query_log_config(
        **arguments(properties, _ASSOCIATION)
    )["ResolverQueryLogConfigAssociation"]
    return made(place, created["Id"], properties, _read_association)


def _read_association(place: Place, association: str, known: Properties) -> Properties | None:
    resolver = place.client("route53resolver")

    def described() -> Any:  # noqa: ANN401 - boto3's answer
        return resolver.get_resolver_query_log_config_association(
            ResolverQueryLogConfigAssociationId=association
        )

    answer = found(described)
    if answer is None:
        return None
    document = answer["ResolverQueryLogConfigAssociation"]
    return {**known, "id": association, **{ours: document[theirs] for ours, theirs in _ASSOCIATION.items()}}


def _delete_association(place: Place, association: str, outputs: Properties) -> None:  # noqa: ARG001
    with forgiving_absence():
        place.client("route53resolver").disassociate_resolver_query_log_config(
            **arguments(outputs, _ASSOCIATION)
        )


_QUERY = {"name": "name", "queryString": "queryString", "logGroupNames": "logGroupNames"}


def _create_query(place: Place, properties: Properties) -> Made:
    answer = place.client("logs").put_query_definition(**arguments(properties, _QUERY))
    return Made(answer["queryDefinitionId"], _query_outputs(answer["queryDefinitionId"], properties))


def _read_query(place: Place, query: str, known: Properties) -> Properties | None:
    listed = place.client("logs").describe_query_definitions()["queryDefinitions"]
    document = next((item for item in listed if item["queryDefinitionId"] == query), None)
    if document is None:
        return None
    told = {name: document[name] for name in _QUERY if name in document}
    return _query_outputs(query, {**{k: v for k, v in known.items() if k not in _QUERY}, **told})


def _query_outputs(query: str, properties: Properties) -> Properties:
    return {**properties, "id": query, "queryDefinitionId": query}


def _update_query(place: Place, query: str, old: Properties, new: Properties) -> Properties:  # noqa: ARG001
    place.client("logs").put_query_definition(queryDefinitionId=query, **arguments(new, _QUERY))
    return _query_outputs(query, new)


def _delete_query(place: Place, query: str, outputs: Properties) -> None:  # noqa: ARG001
    with forgiving_absence():
        place.client("logs").delete_query_definition(queryDefinitionId=query)


TYPES = (
    ResourceType(
        token="aws:route53/resolverQueryLogConfig:ResolverQueryLogConfig",  # noqa: S106 - a Pulumi type token
        create=_create_config,
        read=_read_config,
        update=_update_config,
        delete=_delete_config,
        replace_on=frozenset({"name", "destinationArn"}),
        inputs=frozenset({"name", "destinationArn", "tags"}),
        autoname=AutoName(),
    ),
    ResourceType(
        token="aws:route53/resolverQueryLogConfigAssociation:ResolverQueryLogConfigAssociation",  # noqa: S106
        create=_create_association,
        read=_read_association,
        update=nothing_to_update,
        delete=_delete_association,
        replace_on=frozenset(_ASSOCIATION),
        inputs=frozenset(_ASSOCIATION),
    ),
    ResourceType(
        token="aws:cloudwatch/queryDefinition:QueryDefinition",  # noqa: S106
        create=_create_query,
        read=_read_query,
        update=_update_query,
        delete=_delete_query,
        inputs=frozenset(_QUERY),
        autoname=AutoName(max_length=255),
    ),
)
"""The rows of this noun family."""
