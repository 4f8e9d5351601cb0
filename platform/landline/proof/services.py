"""The rules `open-service` and `foreign-service`: who may connect, and where endpoints lead."""

import re
from collections.abc import Iterator

from landline.network import Model, Place
from landline.network.endpoint_service import ServiceConfiguration
from landline.network.vpc_endpoint import VpcEndpoint
from landline.proof.catalogue import RULES
from landline.proof.grants import Grants
from landline.proof.verdict import Finding, NotChecked, Severity

AWS_SERVICE = re.compile(r"(?:cn\.)?com\.amazonaws\.(?!vpce\.)|aws\.")
"""Names of AWS's own services.

Everybody else's are `com.amazonaws.vpce.<region>.vpce-svc-…`, which AWS assigns, so that nobody can choose
one that looks like AWS's ("AWS PrivateLink guide, Create an endpoint service").
"""

LOAD_BALANCERS = frozenset({"network_load_balancer", "gateway_load_balancer"})
"""Types of interfaces of what can stand behind an endpoint service."""

ACCOUNT = re.compile(r"(?:arn:[^:]+:(?:iam|sts)::)?(?P<account>[0-9]{12})(?:$|:)")


def account_of(principal: str) -> str | None:
    """Return the account of an account, role or user principal, None for any other."""
    match = ACCOUNT.match(principal)
    return match["account"] if match else None


def services(model: Model) -> tuple[tuple[Place, ServiceConfiguration], ...]:
    """Return the estate's endpoint services that exist or come to be, by id."""
    return tuple(
        (place, item)
        for place, document in sorted(model.places.items())
        for item in sorted(document.service_configurations or (), key=lambda service: service.service_id)
        if item.service_state not in ("Deleted", "Failed")
    )


def open_services(model: Model, grants: Grants | None) -> Iterator[Finding | NotChecked]:
    """Judge each principal of each service by itself; no order among them matters."""
    for place, document in sorted(model.places.items()):
        if model.lacks(place, "service_configurations") and any(
            item.interface_type in LOAD_BALANCERS for item in document.network_interfaces or ()
        ):
            why = (
                f"no ServiceConfigurations document for {place}, which has load balancers to stand behind one"
            )
            yield NotChecked("open-service", why)
    for place, service in services(model):
        name = service.name()
        principals = model.allowed_principals.get(service.service_id)
        if principals is None:
            why = (
                f"the permissions of {service.service_id} ({name}) are in no document "
                f"(describe-vpc-endpoint-service-permissions-{service.service_id}.json)"
            )
            yield NotChecked("open-service", why)
            continue
        granted = frozenset[str]() if grants is None else grants.spokes(name, place)
        for principal in sorted({item.principal for item in principals}):
            account = account_of(principal)
            if principal == "*":
                how = "after the hub accepts" if service.acceptance_required else "without anybody's consent"
                message = f"every AWS account may connect to {name}, {how}"
            elif grants is None or account in granted:
                continue
            elif account is None:
                message = f"{principal} may connect to {name}, and no grant can name it"
            else:
                message = f"{principal} may connect to {name}, which no grant gives to account {account}"
            yield Finding(
                rule="open-service",
                severity="violation",
                account=place.account,
                region=place.region,
                vpc=None,
                resource=service.service_id,
                two_way=None,
                path=(principal, service.service_id),
                message=message,
                fix=RULES["open-service"].fix,
            )


def foreign_services(model: Model, grants: Grants | None) -> Iterator[Finding | NotChecked]:
    """Judge where each endpoint leads.

    Without grants no account is known to be the hub, and any of the estate's may be.
    """
    known = {item.service_name: place.account for place, item in services(model)}
    by_amazon = {
        detail.service_name
        for document in model.places.values()
        for detail in document.service_details or ()
        if detail.owner == "amazon"
    }
    at_home = {name for name, owner in known.items() if grants is None or owner in grants.hubs}
    for place, document in model.places.items():
        for endpoint in document.vpc_endpoints or ():
            name = endpoint.service_name
            if name in at_home:
                continue
            if name is not None and (AWS_SERVICE.match(name) or name in by_amazon):
                continue
            waiting = endpoint.waiting()
            if not waiting and not endpoint.connected():
                continue
            severity: Severity = "latent" if waiting else "violation"
            yield from _judge(place, endpoint, known, grants, severity, model)


def _all_are_shown(model: Model, grants: Grants, region: str | None) -> bool:
    """Tell whether documents show every service of the hubs, and some hub's in `region`, if one is named.

    Not all of them there: hubs of one Region each are the rule, and nothing foreign must hide behind that.
    """
    hubs = [place for place in model.places if place.account in grants.hubs]
    return (
        {place.account for place in hubs} == grants.hubs
        and not any(model.lacks(place, "service_configurations") for place in hubs)
        and (region is None or any(place.region == region for place in hubs))
    )


def _judge(
    place: Place,
    endpoint: VpcEndpoint,
    known: dict[str, str],
    grants: Grants | None,
    severity: Severity,
    model: Model,
) -> Iterator[Finding | NotChecked]:
    goal = endpoint.service_name or endpoint.resource_configuration_arn or endpoint.service_network_arn
    if goal is None:
        yield NotChecked(
            "foreign-service", f"endpoint {endpoint.vpc_endpoint_id} does not say where it leads"
        )
        return
    owner = known.get(goal)
    if endpoint.service_name is None:
        parts = goal.split(":")
        owner = parts[4] if len(parts) > 4 else None
        if owner is not None and grants is not None and owner in grants.hubs:
            why = f"{goal}, to which {endpoint.vpc_endpoint_id} leads, is not modelled"
            yield NotChecked("foreign-service", why)
            return
    elif owner is None and grants is not None and not _all_are_shown(model, grants, endpoint.service_region):
        what = f"whether {goal} ({endpoint.vpc_endpoint_id}) is the hub's"
        yield NotChecked("foreign-service", f"no ServiceConfigurations document of the hub shows {what}")
        return
    yield Finding(
        rule="foreign-service",
        severity=severity,
        account=endpoint.owner_id or place.account,
        region=place.region,
        vpc=endpoint.vpc_id,
        resource=endpoint.vpc_endpoint_id,
        two_way=None,
        path=(endpoint.vpc_endpoint_id, goal),
        message=f"{endpoint.vpc_endpoint_id} leads to {goal}"
        + (f" of account {owner}" if owner else "")
        + ", which is neither AWS's nor the hub's",
        fix=RULES["foreign-service"].fix,
    )
