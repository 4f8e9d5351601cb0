"""What decides which names a VPC's resolver answers: DNS Firewall, and Route 53 Profiles that carry it."""

from landline.network.noun import Noun


class FirewallRuleGroupAssociation(Noun, frozen=True):
    """A rule group that filters a VPC's queries (ListFirewallRuleGroupAssociations)."""

    firewall_rule_group_id: str
    vpc_id: str
    priority: int
    status: str = "COMPLETE"


class FirewallRule(Noun, frozen=True):
    """A rule of a rule group (ListFirewallRules). One without a domain list looks for threats, not names."""

    priority: int
    action: str
    firewall_rule_group_id: str | None = None
    firewall_domain_list_id: str | None = None
    qtype: str | None = None


class FirewallDomainList(Noun, frozen=True):
    """A domain list (ListFirewallDomainLists); one with an owner is AWS's or a partner's."""

    id: str
    managed_owner_name: str | None = None


class FirewallConfig(Noun, frozen=True):
    """What the resolver does when DNS Firewall does not answer (ListFirewallConfigs)."""

    resource_id: str
    firewall_fail_open: str = "DISABLED"


class ProfileAssociation(Noun, frozen=True):
    """A Route 53 Profile that a VPC has (ListProfileAssociations)."""

    profile_id: str
    resource_id: str
    status: str = "COMPLETE"


class ProfileResourceAssociation(Noun, frozen=True):
    """What a Route 53 Profile brings to its VPCs (ListProfileResourceAssociations)."""

    resource_arn: str
    profile_id: str | None = None
    status: str = "COMPLETE"


class AttributeValue(Noun, frozen=True):
    """An attribute that is on or off (DescribeVpcAttribute)."""

    value: bool = True
