"""Endpoint connections: what an endpoint asks of a service, and what the service's owner answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from landline.estate.plan.translation import Translation

if TYPE_CHECKING:
    from landline.estate.plan.draft import Draft, Item, Place
    from landline.estate.plan.resource import Resource


def connect(draft: Draft, resource: Resource, place: Place, endpoint: Item) -> None:
    """The service takes the endpoint at once, or waits for its owner."""
    for home, service in draft.every("ServiceConfigurations"):
        if service.get("ServiceName") == endpoint["ServiceName"]:
            waits = service.get("AcceptanceRequired") and not resource.inputs.get("autoAccept")
            endpoint["State"] = "pendingAcceptance" if waits else "available"
            draft.add(
                home,
                "VpcEndpointConnections",
                {
                    "ServiceId": service["ServiceId"],
                    "VpcEndpointId": endpoint["VpcEndpointId"],
                    "VpcEndpointOwner": place.account,
                    "VpcEndpointState": endpoint["State"],
                },
            )
            return
    # Whose service it is the prover judges; that it would connect is the stricter reading.


def _accepter(draft: Draft, resource: Resource, place: Place) -> None:
    _decide(draft, resource, draft.required(resource, "vpcEndpointId"), "available")


def _rejected(draft: Draft, resource: Resource, place: Place) -> None:
    """Deleting an accepter rejects the connection (pulumi_aws, VpcEndpointConnectionAccepter)."""
    _decide(draft, resource, resource.known("vpcEndpointId"), "rejected")


def _decide(draft: Draft, resource: Resource, endpoint: str | None, state: str) -> None:
    connection = draft.find("VpcEndpointConnections", "VpcEndpointId", endpoint)
    if connection is None:
        draft.note(f"{resource}: the connection that it decides is unknown, or in no document")
        return
    connection["VpcEndpointState"] = state
    item = draft.find("VpcEndpoints", "VpcEndpointId", endpoint)
    if item is not None:
        item["State"] = state


TYPES = (
    Translation("aws:ec2/vpcEndpointConnectionAccepter:VpcEndpointConnectionAccepter", _accepter, _rejected),
)
"""Rows for the answers, after the endpoints that ask."""
