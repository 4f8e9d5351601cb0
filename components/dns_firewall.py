"""A walled garden for a network's DNS: the resolver answers the names that are needed, and no others."""

from collections.abc import Sequence
from typing import NotRequired, TypedDict

import pulumi
from pulumi_aws import route53

from components import naming

FIRST_PRIORITY = 101
"""The first priority that is left to users of an association; 100 and below are AWS's ("Amazon Route 53 API
Reference, AssociateFirewallRuleGroup")."""


class DnsFirewallArgs(TypedDict):
    """What a `DnsFirewall` needs."""

    vpc_id: pulumi.Input[str]
    """The network whose resolver is filtered."""
    allowed_domains: Sequence[pulumi.Input[str]]
    """Names that the resolver answers; ``*.`` at the front stands for any labels."""
    mutation_protection: NotRequired[bool]
    """Whether the association must be unprotected before it can be removed. Default: false, so that the stack
    that made it can also destroy it."""


class DnsFirewall(pulumi.ComponentResource):
    """DNS Firewall for one VPC: allow a list, then block everything, and block when it fails.

    An isolated VPC needs it because the VPC resolver forwards queries for public names to the internet even
    without an internet gateway, and neither security groups nor network ACLs nor Block Public Access stop
    that ("Amazon VPC User Guide, VPC Block Public Access basics"; "Amazon Route 53 Developer Guide, Resolver
    DNS Firewall").
    """

    rule_group_id: pulumi.Output[str]

    def __init__(self, name: str, args: DnsFirewallArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("landline:index:DnsFirewall", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)

        def physical(role: str) -> str:
            return naming.fit(f"{name}-{role}", naming.DNS_FIREWALL)

        allowed = route53.ResolverFirewallDomainList(
            physical("allowed"), domains=list(args["allowed_domains"]), opts=child
        )
        everything = route53.ResolverFirewallDomainList(physical("everything"), domains=["*"], opts=child)
        group = route53.ResolverFirewallRuleGroup(physical("rules"), opts=child)
        allow = route53.ResolverFirewallRule(
            physical("allow"),
            firewall_rule_group_id=group.id,
            firewall_domain_list_id=allowed.id,
            priority=100,
            action="ALLOW",
            # S3 answers bucket names with a CNAME, and a custom service's private name is one. Only owners of
            # allowed names can put a CNAME there, and those are AWS and the spoke itself, so the rest of the
            # chain needs no list.
            firewall_domain_redirection_action="TRUST_REDIRECTION_DOMAIN",
            opts=child,
        )
        block = route53.ResolverFirewallRule(
            physical("block"),
            firewall_rule_group_id=group.id,
            firewall_domain_list_id=everything.id,
            priority=200,
            action="BLOCK",
            block_response="NXDOMAIN",
            opts=child,
        )
        route53.ResolverFirewallRuleGroupAssociation(
            physical("association"),
            firewall_rule_group_id=group.id,
            vpc_id=args["vpc_id"],
            priority=FIRST_PRIORITY,
            mutation_protection="ENABLED" if args.get("mutation_protection", False) else "DISABLED",
            # Without its rules the group would let every query pass.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[allow, block]),
        )
        route53.ResolverFirewallConfig(
            f"{name}-fail-closed", resource_id=args["vpc_id"], firewall_fail_open="DISABLED", opts=child
        )

        self.rule_group_id = group.id
        self.register_outputs({"rule_group_id": self.rule_group_id})
