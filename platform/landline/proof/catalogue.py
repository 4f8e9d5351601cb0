"""Every rule, once: what a finding of it is called, and what to do about it."""

from dataclasses import dataclass

from landline.network.logs import RULE as LOGGING


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the verdict (contract, design section 7)."""

    id: str
    title: str
    fix: str


OPTIONAL = {"logging": LOGGING}
"""What can be required besides, and the rule that it is: checked and spoken of only where it is required."""

RULES: dict[str, Rule] = {
    rule.id: rule
    for rule in (
        Rule(
            "internet-egress",
            "Packets leave for the internet",
            "Remove the route on the path that leads to the gateway, then detach and delete the "
            "gateway; turn on VPC Block Public Access in bidirectional mode to keep it so.",
        ),
        Rule(
            "internet-ingress",
            "Packets arrive from the internet",
            "Release the public address on the path and detach the internet gateway; turn on VPC "
            "Block Public Access to keep it so.",
        ),
        Rule(
            "network-link",
            "Two VPCs of the estate are joined",
            "Remove the route and the connection on the path; offer what is needed as an endpoint "
            "service instead.",
        ),
        Rule(
            "external-network",
            "A route leads to a network outside the estate",
            "Remove the route and detach what it leads to.",
        ),
        Rule(
            "open-service",
            "An endpoint service lets in somebody whom no grant names",
            "Remove the principal from the service's permissions and reject connections made by it; "
            "grant access to named accounts.",
        ),
        Rule(
            "foreign-service",
            "An endpoint leads to a service that is neither AWS's nor the hub's",
            "Delete the endpoint; ask the hub to offer the service if it is needed.",
        ),
        Rule(
            "open-endpoint-policy",
            "An AWS-service endpoint lets requests cross the organisation's border",
            "Give the endpoint a policy that allows only aws:PrincipalOrgID and aws:ResourceOrgID of the "
            "organisation; delete it where its service takes no policy.",
        ),
        Rule(
            "remote-access",
            "People are let in without a route",
            "Delete the endpoint or interface that lets them in.",
        ),
        Rule(
            "dns-egress",
            "The VPC's resolver answers names that are not on the allow-list",
            "Associate a DNS Firewall rule group that allows the names that are needed and then blocks `*`, "
            "and let it fail closed.",
        ),
        Rule(
            "ungranted-access",
            "An account reaches a service that nobody granted it",
            "Reject the endpoint connection and remove the principal, or write the grant. Removing "
            "the principal alone cuts nothing.",
        ),
        Rule(
            "missing-access",
            "A granted account does not reach its service",
            "Deploy the grant (principal, acceptance) and the spoke (endpoint), or take the grant back.",
        ),
        Rule(
            LOGGING,
            "Nothing records a network's traffic, or its resolver's queries",
            "Give the VPC a flow log of ALL traffic whose delivery succeeds, and associate it with a "
            "Resolver query logging configuration.",
        ),
    )
}
