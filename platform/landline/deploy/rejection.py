"""Rejecting the endpoint connections that outlive their grant.

Destroying a grant's stack closes the allow-list, and its accepters reject what they accepted. That is not
all: removing a principal cuts no connection that is there ("AWS PrivateLink guide, Configure an endpoint
service"), and in the standing lane there is no accepter, because no page says that
AcceptVpcEndpointConnections takes a connection which is `available` without it. Rejecting one that is
`available` is documented ("AWS PrivateLink guide, Accept and reject endpoint connection requests"), so
revoking takes one step more, after the grant's stack: whatever of the spoke's connections is still alive and
has no grant is rejected by the hub's account.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from landline.errors import ToolError, UsageError
from landline.estate.endpoint_connection import endpoint_connections
from landline.onboarding.grants import grants_document
from landline.onboarding.status import ENDED
from landline.settings import Estate

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from landline.estate.endpoint_connection import EndpointConnection

PATIENCE = 120
"""Seconds until rejected connections must show it. AWS names no limit; this one is ours."""

Grant = tuple[str, str]
"""A spoke's account id, and the name of a service that it may use."""


def granted(estate: Estate, hub: str) -> frozenset[Grant]:
    """What the stack files grant of the hub with this stack name."""
    grants = grants_document(estate, hub)["grants"]
    return frozenset((grant["spoke"], grant["service"]) for grant in grants)


def ungranted(
    connections: Iterable[EndpointConnection], hub: str, grants: Collection[Grant]
) -> tuple[EndpointConnection, ...]:
    """The living connections to services of this hub that none of `grants` allows.

    Connections to services that are not the hub's, by their ``landline:stack`` tag, are nobody's business
    here.
    """
    return tuple(
        one
        for one in connections
        if one.hub == hub and one.state.lower() not in ENDED and (one.account, one.service) not in grants
    )


def cut_off(
    ec2: Any,  # noqa: ANN401 - a boto3 client
    estate: Estate,
    grant: str,
    *,
    destroyed: bool,
) -> tuple[EndpointConnection, ...]:
    """Reject what the grant's spoke still has and no longer may; gives what was rejected.

    Call it after the grant's stack was deployed, in case its file names fewer services than before, or
    destroyed: the principal must be gone first, or the spoke could connect again. `ec2` is a client of the
    hub's account in its Region. Other spokes' connections are left alone, granted or not.

    Raises:
        ToolError: AWS did not reject one, or it was alive still after `PATIENCE` seconds.
        UsageError: the estate has no such grant.

    """
    settings = estate.grants.get(grant)
    if settings is None:
        raise UsageError(f"no grant is named {grant}; grants: {', '.join(estate.grants) or 'none'}")
    hub = estate.hub_of(estate[grant]).name
    spoke = estate.account_of(estate[settings.spoke])
    remaining = Estate.of(one for one in estate if one.name != grant) if destroyed else estate
    living = tuple(
        one
        for one in ungranted(endpoint_connections(ec2), hub, granted(remaining, hub))
        if one.account == spoke
    )
    reject(ec2, living)
    return living


def reject(
    ec2: Any,  # noqa: ANN401 - a boto3 client
    connections: Collection[EndpointConnection],
    *,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> None:
    """Reject these connections in the account that owns their services, and wait until they are.

    Raises:
        ToolError: AWS did not reject one, with its reason, or it was alive still after `PATIENCE` seconds.

    """
    if not connections:
        return
    for service in sorted({one.service_id for one in connections}):
        endpoints = [one.endpoint for one in connections if one.service_id == service]
        answer = ec2.reject_vpc_endpoint_connections(ServiceId=service, VpcEndpointIds=endpoints)
        for failed in answer.get("Unsuccessful", ()):
            error = failed.get("Error", {})
            raise ToolError(
                f"{failed.get('ResourceId')}: its connection to {service} was not rejected: "
                f"{error.get('Code')}: {error.get('Message')}"
            )
    rejected = {(one.service_id, one.endpoint) for one in connections}
    until = clock() + PATIENCE
    while alive := [
        one
        for one in endpoint_connections(ec2)
        if (one.service_id, one.endpoint) in rejected and one.state.lower() not in ENDED
    ]:
        if clock() >= until:
            raise ToolError(
                f"{alive[0].endpoint}: its connection to {alive[0].service} was rejected and is "
                f"{alive[0].state} still, {PATIENCE} s later: look at it in the hub's account"
            )
        sleep(2)
