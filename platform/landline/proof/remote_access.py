"""The rule `remote-access`: what lets people in without any route."""

from collections.abc import Iterator

from landline.network import Model, Place
from landline.network.remote_access import ClientVpnEndpoint, InstanceConnectEndpoint, VerifiedAccessEndpoint
from landline.proof.catalogue import RULES
from landline.proof.verdict import Finding, NotChecked, Severity

RULE = "remote-access"

LETS_IN = {
    "api_gateway_managed": "an API Gateway VPC link",
    "iot_rules_managed": "an IoT rule's VPC destination",
    "quicksight": "a QuickSight VPC connection",
    "aws_codestar_connections_managed": "a CodeConnections host",
    "ec2_instance_connect_endpoint": "an Instance Connect Endpoint's interface",
}
"""Interfaces that AWS services manage and that carry requests from outside the VPC (EC2 API,
NetworkInterfaceType). An Instance Connect Endpoint's has a type that the API reference does not list."""

LETS_IN_TAGGED = {
    "aws.cloudfront.vpcorigin": "a CloudFront VPC origin",
    "ManagedByCloudShell": "a CloudShell VPC environment",
}
"""Tags of interfaces that services make (AWSCloudFrontVPCOriginServiceRolePolicy; "CloudShell guide, Required
IAM permissions for creating and using CloudShell VPC environments")."""

QUIET = frozenset(
    {
        "interface",
        "efa",
        "efa-only",
        "trunk",
        "branch",
        "natGateway",
        "nat_gateway",
        "regional_nat_gateway",
        "load_balancer",
        "network_load_balancer",
        "gateway_load_balancer",
        "gateway_load_balancer_endpoint",
        "global_accelerator_managed",
        "vpc_endpoint",
        "transit_gateway",
        "lambda",
    }
)
"""Interfaces whose packets the other rules follow, and that let nobody in beside those (the same list)."""

GONE = ("delete-complete", "create-failed", "deleted")
"""States in which the thing does not exist."""

UNJOINED = ("disassociated", "association-failed")
"""States of a Client VPN endpoint's target network in which it leads nowhere."""

NOT_YET = ("create-in-progress", "pending", "pending-associate")
"""States before the thing lets anybody in."""


def find(model: Model) -> Iterator[Finding | NotChecked]:
    """Name every Instance Connect, Client VPN and Verified Access endpoint, and service-managed ways in.

    An Instance Connect Endpoint reaches instances from the internet with no internet gateway ("EC2 guide, EC2
    Instance Connect Endpoint"); Block Public Access stops neither Client VPN nor Verified Access ("VPC guide,
    VPC BPA basics"). One that cannot let anybody in yet is latent. An interface of a type that is not known
    leaves the question open.
    """
    for place, document in model.places.items():
        listed: set[str] = set()
        for connect in document.instance_connect_endpoints or ():
            listed.update(connect.network_interface_ids)
            yield from _connect(place, connect)
        for client in document.client_vpn_endpoints or ():
            yield from _client_vpn(model, place, client)
        for verified in document.verified_access_endpoints or ():
            yield from _verified(model, place, verified)
        for interface in document.network_interfaces or ():
            kind, name = interface.interface_type, interface.network_interface_id
            tagged = next(
                (LETS_IN_TAGGED[tag.key] for tag in interface.tag_set if tag.key in LETS_IN_TAGGED), None
            )
            if (kind in QUIET and tagged is None) or name in listed:
                continue
            what = LETS_IN.get(kind, tagged)
            if what is not None:
                yield _finding(place, interface.vpc_id, name, f"{what} ({name})", "violation")
            else:
                why = f"{name} in {interface.vpc_id} is of the type {kind!r}, which is not modelled"
                yield NotChecked(RULE, why)


def _connect(place: Place, endpoint: InstanceConnectEndpoint) -> Iterator[Finding]:
    if endpoint.state not in GONE:
        name = endpoint.instance_connect_endpoint_id
        yield _finding(
            place, endpoint.vpc_id, name, f"Instance Connect Endpoint {name}", _severity(endpoint.state)
        )


def _client_vpn(model: Model, place: Place, endpoint: ClientVpnEndpoint) -> Iterator[Finding]:
    """Judge a Client VPN endpoint: clients get in where a network is associated and a rule authorises them.

    "Client VPN administrator guide, How Client VPN works". What no document shows counts as there.
    """
    state = endpoint.status.code
    if state in GONE:
        return
    name = endpoint.client_vpn_endpoint_id
    networks = model.client_vpn_target_networks.get(name)
    rules = model.authorization_rules.get(name)
    joined = [item for item in networks or () if item.status.code not in UNJOINED]
    gateway = endpoint.transit_gateway_configuration
    severity = _severity(state)
    if (networks is not None and not joined and gateway is None) or rules == ():
        severity = "latent"
    vpcs = sorted({vpc for vpc in (endpoint.vpc_id, *(item.vpc_id for item in joined)) if vpc})
    for vpc in vpcs or (None,):
        yield _finding(place, vpc, name, f"Client VPN endpoint {name}", severity)


def _verified(model: Model, place: Place, endpoint: VerifiedAccessEndpoint) -> Iterator[Finding]:
    if endpoint.status.code in GONE:
        return
    name = endpoint.verified_access_endpoint_id
    several = (endpoint.load_balancer_options, endpoint.rds_options, endpoint.cidr_options)
    single = endpoint.network_interface_options
    homes = [
        model.network_interfaces.get(single.network_interface_id if single else None),
        *(model.subnets.get(subnet) for options in several if options for subnet in options.subnet_ids),
        *(model.security_groups.get(group) for group in endpoint.security_group_ids),
    ]
    vpcs = sorted({home.vpc_id for home in homes if home is not None and home.vpc_id is not None})
    for vpc in vpcs or (None,):
        severity = _severity(endpoint.status.code)
        yield _finding(place, vpc, name, f"Verified Access endpoint {name}", severity)


def _severity(state: str) -> Severity:
    return "latent" if state in NOT_YET else "violation"


def _finding(place: Place, vpc: str | None, resource: str, what: str, severity: Severity) -> Finding:
    lets = "lets people into" if severity == "violation" else "would let people into"
    more = "" if severity == "violation" else ", and does not let anybody in yet"
    return Finding(
        rule=RULE,
        severity=severity,
        account=place.account,
        region=place.region,
        vpc=vpc,
        resource=resource,
        two_way=severity == "violation",
        path=("internet", resource),
        message=f"{what} {lets} {vpc or 'the account'}{more}",
        fix=RULES[RULE].fix,
    )
