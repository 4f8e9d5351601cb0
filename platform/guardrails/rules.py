"""The rules of the policy pack: what the prover's floor comes to on single resources."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from guardrails.rule import Rule, forbidden, given

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    Inputs = Mapping[str, Any]

_ROUTE_TARGETS = (
    "carrierGatewayId",
    "coreNetworkArn",
    "egressOnlyGatewayId",
    "gatewayId",
    "instanceId",
    "localGatewayId",
    "natGatewayId",
    "networkInterfaceId",
    "odbNetworkArn",
    "transitGatewayId",
    "vpcPeeringConnectionId",
)
_BLOCKS = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")


def _internal(inputs: Inputs, _: Inputs) -> Iterator[str]:
    if inputs.get("internal") is not True:
        yield "internal is not true, so AWS gives it public addresses"


def _public_addresses(inputs: Inputs, _: Inputs) -> Iterator[str]:
    places = {
        "": inputs,
        "networkConfiguration.": inputs.get("networkConfiguration") or {},
        **{f"networkInterfaces[{i}].": one for i, one in enumerate(inputs.get("networkInterfaces") or ())},
    }
    for where, place in places.items():
        for name in given(
            place,
            "assignPublicIp",
            "associatePublicIpAddress",
            "mapPublicIpOnLaunch",
            "mapCustomerOwnedIpOnLaunch",
        ):
            yield f"{where}{name} is set"


def _ipv6(inputs: Inputs, _: Inputs) -> Iterator[str]:
    for name in given(
        inputs,
        "assignGeneratedIpv6CidrBlock",
        "assignIpv6AddressOnCreation",
        "ipv6CidrBlock",
        "ipv6IpamPoolId",
        "ipv6Native",
        "ipv6NetmaskLength",
    ):
        yield f"{name} is set"


def _routes(inputs: Inputs, _: Inputs) -> Iterator[str]:
    routes = {"": inputs} | {f"routes[{i}].": route for i, route in enumerate(inputs.get("routes") or ())}
    for where, route in routes.items():
        for name in given(route, *_ROUTE_TARGETS):
            # A route to the VPC itself, as every table has one.
            if (name, route[name]) != ("gatewayId", "local"):
                yield f"{where}{name} leads out of the VPC"


def _services(inputs: Inputs, config: Inputs) -> Iterator[str]:
    if kinds := given(inputs, "resourceConfigurationArn", "serviceNetworkArn"):
        yield f"{kinds[0]} leads into a VPC Lattice network"
        return
    name = inputs.get("serviceName") or ""
    custom = name.startswith("com.amazonaws.vpce.")
    if not custom and not name.startswith(("com.amazonaws.", "aws.")):
        yield f"serviceName {name!r} is neither AWS's nor an endpoint service"
    if custom and config.get("services") and name not in config["services"]:
        yield f"serviceName {name!r} is none of the hub's services"


def _policy(inputs: Inputs, _: Inputs) -> Iterator[str]:
    name = inputs.get("serviceName") or ""
    if not name.startswith(("com.amazonaws.", "aws.")) or name.startswith("com.amazonaws.vpce."):
        return
    policy = inputs.get("policy")
    if not policy:
        yield f"the endpoint to {name} has no policy, so it lets every request through"
        return
    document = json.loads(policy) if isinstance(policy, str) else policy
    statements = document.get("Statement") or []
    for statement in [statements] if not isinstance(statements, list) else statements:
        open_to_all = statement.get("Principal") in ("*", {"AWS": "*"}) and not statement.get("Condition")
        if statement.get("Effect") == "Allow" and open_to_all and _all(statement, "Resource"):
            yield f"the policy of the endpoint to {name} allows everybody's requests on every resource"


def _all(statement: Inputs, key: str) -> bool:
    value = statement.get(key)
    return "*" in (value if isinstance(value, list) else [value])


def _principals(inputs: Inputs, _: Inputs) -> Iterable[str]:
    principals = [*(inputs.get("allowedPrincipals") or ()), inputs.get("principalArn")]
    return ("the principal * lets every AWS account in",) if "*" in principals else ()


def _block_mode(inputs: Inputs, _: Inputs) -> Iterator[str]:
    mode = inputs.get("internetGatewayBlockMode")
    if mode != "block-bidirectional":
        yield f"internetGatewayBlockMode is {mode!r}"


def _buckets(inputs: Inputs, _: Inputs) -> Iterator[str]:
    for name in _BLOCKS:
        if inputs.get(name) is not True:
            yield f"{name} is not true"


def _flow_logs(inputs: Inputs, _: Inputs) -> Iterator[str]:
    if given(inputs, "vpcId", "subnetId") and inputs.get("trafficType") != "ALL":
        yield f"trafficType is {inputs.get('trafficType')!r}, so not all traffic is recorded"


_OFF_RAMPS = (
    "carrierGateway|egressOnlyInternetGateway|eip|eipAssociation|eipDomainName|internetGateway"
    "|internetGatewayAttachment|natGateway|natGatewayEipAssociation"
)
_OUTSIDE = (
    "customerGateway|localGatewayRoute|localGatewayRouteTableVpcAssociation|trafficMirrorSession|vpnConnection"
    "|vpnConnectionRoute|vpnGateway|vpnGatewayAttachment|vpnGatewayRoutePropagation"
)
_PEERINGS = "peeringConnectionOptions|vpcPeeringConnection|vpcPeeringConnectionAccepter"
_BALANCERS = "lb|alb|elb|applicationloadbalancing|elasticloadbalancing|elasticloadbalancingv2"

RULES: tuple[Rule, ...] = (
    Rule(
        name="no-way-to-the-internet",
        description="No gateway to the internet and no public address of its own (prover: internet-egress, "
        "internet-ingress).",
        severity="critical",
        remediation="Remove it; reach AWS through VPC endpoints and the hub's services through its "
        "endpoint services",
        tokens=rf"aws:ec2/(?:{_OFF_RAMPS})",
        judge=forbidden("opens a way to or from the internet"),
    ),
    Rule(
        name="no-routes-out-of-the-vpc",
        description="Route tables lead nowhere but to the VPC itself (prover: internet-egress, network-link, "
        "external-network).",
        severity="critical",
        remediation="Remove the route; endpoints need none, and gateway endpoints add theirs themselves",
        tokens=r"aws:ec2/(?:route|routeTable|defaultRouteTable)",
        judge=_routes,
    ),
    Rule(
        name="no-public-addresses",
        description="Subnets, instances, launch templates and services take no public IPv4 address (prover: "
        "internet-ingress).",
        severity="high",
        remediation="Set it to false",
        tokens=r"aws:(?:ec2/(?:subnet|defaultSubnet|instance|spotInstanceRequest|launchTemplate|launchConfiguration)"
        r"|ecs/(?:service|taskSet))",
        judge=_public_addresses,
    ),
    Rule(
        name="no-ipv6",
        description="VPCs and subnets have no IPv6 range: an IPv6 address is a public one (prover: "
        "internet-egress, "
        "internet-ingress).",
        severity="high",
        remediation="Remove it and use IPv4",
        tokens=r"aws:ec2/(?:vpc|defaultVpc|subnet|defaultSubnet)",
        judge=_ipv6,
    ),
    Rule(
        name="no-ipv6-association",
        description="No IPv6 range is added to a VPC (prover: internet-egress, internet-ingress).",
        severity="high",
        remediation="Remove it and use IPv4",
        tokens=r"aws:ec2/vpcIpv6CidrBlockAssociation",
        judge=forbidden("gives the VPC public addresses"),
    ),
    Rule(
        name="no-front-door",
        description="Nothing that brings the internet's requests to a VPC: Global Accelerator, CloudFront "
        "VPC origins, "
        "API Gateway VPC links (prover: internet-ingress).",
        severity="critical",
        remediation="Remove it; offer the service through an endpoint service",
        tokens=r"aws:(?:globalaccelerator/\w+|cloudfront/vpcOrigin|apigateway/vpcLink|apigatewayv2/vpcLink)",
        judge=forbidden("brings requests from the internet to a VPC"),
    ),
    Rule(
        name="internal-load-balancers",
        description="Load balancers are internal (prover: internet-ingress).",
        severity="critical",
        remediation="Set internal to true; AWS makes another balancer, because it cannot change this one",
        tokens=rf"aws:(?:{_BALANCERS})/loadBalancer",
        judge=_internal,
    ),
    Rule(
        name="no-links-between-networks",
        description="No VPC peering, transit gateway, Cloud WAN attachment or VPC Lattice association "
        "(prover: "
        "network-link).",
        severity="critical",
        remediation="Remove it; offer what the other side needs through an endpoint service",
        tokens=rf"aws:(?:ec2/(?:{_PEERINGS})|ec2transitgateway/(?!instanceConnectEndpoint)\w+"
        r"|networkmanager/(?:\w*[aA]ttachment\w*)|vpclattice/(?:serviceNetworkVpcAssociation|resourceGateway))",
        judge=forbidden("joins networks below the endpoint"),
    ),
    Rule(
        name="no-external-networks",
        description="No VPN, Direct Connect, local gateway or route server, and no copy of the traffic "
        "(prover: "
        "external-network).",
        severity="critical",
        remediation="Remove it",
        tokens=rf"aws:(?:ec2/(?:{_OUTSIDE})|directconnect/\w+|vpc/routeServer\w*)",
        judge=forbidden("leads to a network outside the estate"),
    ),
    Rule(
        name="no-remote-access",
        description="No Instance Connect endpoint, Client VPN, Verified Access or permission on somebody's "
        "interface "
        "(prover: remote-access).",
        severity="critical",
        remediation="Remove it; use Session Manager through its VPC endpoints",
        tokens=r"aws:(?:ec2transitgateway/instanceConnectEndpoint|ec2clientvpn/\w+|verifiedaccess/\w+"
        r"|ec2/networkInterfacePermission)",
        judge=forbidden("lets people or other accounts into the network"),
    ),
    Rule(
        name="no-open-service",
        description="No endpoint service lets every account in (prover: open-service).",
        severity="critical",
        remediation="List the accounts: arn:aws:iam::<account>:root",
        tokens=r"aws:ec2/(?:vpcEndpointService|vpcEndpointServiceAllowedPrinciple)",
        judge=_principals,
    ),
    Rule(
        name="no-foreign-service",
        description="Endpoints lead to AWS's services or the hub's (prover: foreign-service). Which are "
        "the hub's is "
        "this policy's configuration `services`; without it every endpoint service passes.",
        severity="high",
        remediation="Use an AWS service or one of the hub's; the hub's are this policy's configuration "
        "`services`",
        tokens=r"aws:ec2/vpcEndpoint",
        judge=_services,
        configured=True,
    ),
    Rule(
        name="closed-endpoint-policy",
        description="Endpoints to AWS services have a policy, and not the one that lets everybody's "
        "requests through "
        "(prover: open-endpoint-policy, which also reads the conditions).",
        severity="high",
        remediation="Give it a data-perimeter policy: aws:PrincipalOrgID and aws:ResourceOrgID in a "
        "Condition",
        tokens=r"aws:ec2/vpcEndpoint",
        judge=_policy,
    ),
    Rule(
        name="block-public-access",
        description="VPC Block Public Access blocks both directions, without exclusions (prover: "
        "internet-egress, "
        "internet-ingress).",
        severity="critical",
        remediation="Set internetGatewayBlockMode to block-bidirectional",
        tokens=r"aws:ec2/vpcBlockPublicAccessOptions",
        judge=_block_mode,
    ),
    Rule(
        name="no-block-public-access-exclusion",
        description="No VPC or subnet is excluded from VPC Block Public Access (prover: internet-egress, "
        "internet-ingress).",
        severity="critical",
        remediation="Remove the exclusion",
        tokens=r"aws:ec2/vpcBlockPublicAccessExclusion",
        judge=forbidden("takes a network out of VPC Block Public Access"),
    ),
    Rule(
        name="no-public-buckets",
        description="S3 Block Public Access is on, in all four ways, for buckets and accounts.",
        severity="high",
        remediation="Set blockPublicAcls, blockPublicPolicy, ignorePublicAcls and restrictPublicBuckets to "
        "true",
        tokens=r"aws:s3/(?:accountPublicAccessBlock|bucketPublicAccessBlock)",
        judge=_buckets,
    ),
    Rule(
        name="flow-logs-of-all-traffic",
        description="Flow logs of VPCs and subnets record what is accepted and what is rejected (prover: "
        "unlogged-network, which also sees networks without one).",
        severity="medium",
        remediation="Set trafficType to ALL; AWS makes another flow log, because it cannot change this one",
        tokens=r"aws:ec2/flowLog",
        judge=_flow_logs,
    ),
)
"""The whole pack."""
