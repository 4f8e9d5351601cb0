"""The rule `remote-access`: what lets people in without any route."""

from collections.abc import Iterator

from landline.network import Model, Place
from landline.network.documents import KINDS
from landline.proof.catalogue import RULES
from landline.proof.verdict import Finding, NotChecked

RULE = "remote-access"

LETS_IN = {
    "api_gateway_managed": "an API Gateway VPC link",
    "iot_rules_managed": "an IoT rule's VPC destination",
    "quicksight": "a QuickSight VPC connection",
    "aws_codestar_connections_managed": "a CodeConnections host",
}
"""Interfaces that AWS services manage and that carry requests from outside the VPC (EC2 API,
NetworkInterfaceType)."""

DOCUMENTS = ("instance_connect_endpoints", "client_vpn_endpoints", "verified_access_endpoints")


def find(model: Model) -> Iterator[Finding]:
    """Name every Instance Connect, Client VPN and Verified Access endpoint, and service-managed ways in.

    An Instance Connect Endpoint reaches instances from the internet with no internet gateway ("EC2 guide, EC2
    Instance Connect Endpoint"); Block Public Access stops neither Client VPN nor Verified Access ("VPC guide,
    VPC BPA basics").
    """
    for place, document in model.places.items():
        for connect in document.instance_connect_endpoints or ():
            if connect.state not in ("delete-complete", "create-failed"):
                name = connect.instance_connect_endpoint_id
                yield _finding(place, connect.vpc_id, name, f"Instance Connect Endpoint {name}")
        for client in document.client_vpn_endpoints or ():
            if client.status.code not in ("deleted", "deleting"):
                name = client.client_vpn_endpoint_id
                yield _finding(place, client.vpc_id, name, f"Client VPN endpoint {name}")
        for verified in document.verified_access_endpoints or ():
            if verified.status.code not in ("deleted", "deleting"):
                name = verified.verified_access_endpoint_id
                yield _finding(place, None, name, f"Verified Access endpoint {name}")
        for interface in document.network_interfaces or ():
            if interface.interface_type in LETS_IN:
                name = interface.network_interface_id
                yield _finding(place, interface.vpc_id, name, f"{LETS_IN[interface.interface_type]} ({name})")


def _finding(place: Place, vpc: str | None, resource: str, what: str) -> Finding:
    return Finding(
        rule=RULE,
        severity="violation",
        account=place.account,
        region=place.region,
        vpc=vpc,
        resource=resource,
        two_way=True,
        path=("internet", resource),
        message=f"{what} lets people into {vpc or 'the account'}",
        fix=RULES[RULE].fix,
    )


def not_checked(model: Model) -> Iterator[NotChecked]:
    """Name the documents without which this rule has seen only the interfaces."""
    for kind in DOCUMENTS:
        places = [
            str(place)
            for place, document in sorted(model.places.items())
            if document.vpcs and model.lacks(place, kind)
        ]
        if places:
            more = f" and {len(places) - 5} more" if len(places) > 5 else ""
            why = f"no {KINDS[kind]} document for {', '.join(places[:5])}{more}"
            yield NotChecked(RULE, why, open=False)
