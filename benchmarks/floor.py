"""What every account and Region has once: Block Public Access, prefix lists, a DNS Firewall."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.nouns import prefix_list

if TYPE_CHECKING:
    from benchmarks.estate import Estate


def floor(estate: Estate, account: str, region: str) -> None:
    """What every account and Region has once: Block Public Access, prefix lists, a DNS Firewall."""
    documents = estate.documents[account, region]
    at = f"{account}/{region}"
    s3 = prefix_list(region)
    estate.files[f"{at}/describe-vpc-block-public-access-options.json"] = {
        "VpcBlockPublicAccessOptions": {
            "AwsAccountId": account,
            "AwsRegion": region,
            "State": "update-complete",
            "InternetGatewayBlockMode": "block-bidirectional",
            "Reason": "isolated",
            "LastUpdateTimestamp": "2026-10-01T07:00:00+00:00",
            "ManagedBy": "account",
            "ExclusionsAllowed": "allowed",
        }
    }
    name = f"com.amazonaws.{region}.s3"
    cidrs = ("3.5.64.0/21", "52.218.0.0/17", "52.92.0.0/17")
    estate.files[f"{at}/describe-prefix-lists.json"] = {
        "PrefixLists": [{"Cidrs": cidrs, "PrefixListId": s3, "PrefixListName": name}]
    }
    estate.files[f"{at}/describe-managed-prefix-lists.json"] = {
        "PrefixLists": [
            {
                "PrefixListId": s3,
                "AddressFamily": "IPv4",
                "State": "create-complete",
                "PrefixListArn": f"arn:aws:ec2:{region}:aws:prefix-list/{s3}",
                "PrefixListName": name,
                "Tags": [],
                "OwnerId": "AWS",
            }
        ]
    }
    estate.files[f"{at}/get-managed-prefix-list-entries-{s3}.json"] = {
        "Entries": [{"Cidr": cidr} for cidr in cidrs]
    }
    _dns_firewall(estate, account, region, [vpc["VpcId"] for vpc in documents["describe-vpcs"]])


def _dns_firewall(estate: Estate, account: str, region: str, vpcs: list[str]) -> None:
    """A walled garden: what is needed is allowed, all other names are blocked."""
    documents = estate.documents[account, region]
    at, of = f"{account}/{region}", f"arn:aws:route53resolver:{region}:{account}"
    group, allowed, everything = (estate.id(kind)[:-1] for kind in ("rslvr-frg", "rslvr-fdl", "rslvr-fdl"))
    estate.files[f"{at}/list-firewall-rule-groups.json"] = {
        "FirewallRuleGroups": [
            {
                "Id": group,
                "Arn": f"{of}:firewall-rule-group/{group}",
                "Name": "walled-garden",
                "OwnerId": account,
                "CreatorRequestId": group,
                "ShareStatus": "NOT_SHARED",
            }
        ]
    }
    estate.files[f"{at}/list-firewall-domain-lists.json"] = {
        "FirewallDomainLists": [
            {
                "Id": each,
                "Arn": f"{of}:firewall-domain-list/{each}",
                "Name": name,
                "CreatorRequestId": each,
            }
            for each, name in ((allowed, "allowed"), (everything, "everything"))
        ]
    }
    names = [f"s3.{region}.amazonaws.com.", f"*.{region}.vpce.amazonaws.com.", "*.hub.landline.internal."]
    estate.files[f"{at}/list-firewall-domains-{allowed}.json"] = {"Domains": names}
    estate.files[f"{at}/list-firewall-domains-{everything}.json"] = {"Domains": ["*."]}
    rules = (
        (allowed, 100, {"Action": "ALLOW", "FirewallDomainRedirectionAction": "TRUST_REDIRECTION_DOMAIN"}),
        (everything, 200, {"Action": "BLOCK", "BlockResponse": "NXDOMAIN"}),
    )
    estate.files[f"{at}/list-firewall-rules-{group}.json"] = {
        "FirewallRules": [
            {
                "FirewallRuleGroupId": group,
                "FirewallDomainListId": each,
                "Name": f"rule-{priority}",
                "Priority": priority,
                **action,
                "CreatorRequestId": f"{group}-{priority}",
                "CreationTime": "2026-10-01T07:00:00Z",
                "ModificationTime": "2026-10-01T07:00:00Z",
            }
            for each, priority, action in rules
        ]
    }
    for vpc in vpcs:
        association = estate.id("rslvr-frgassoc")[:-1]
        documents["list-firewall-rule-group-associations"].append(
            {
                "Id": association,
                "Arn": f"{of}:firewall-rule-group-association/{association}",
                "FirewallRuleGroupId": group,
                "VpcId": vpc,
                "Name": "walled-garden",
                "Priority": 101,
                "MutationProtection": "DISABLED",
                "Status": "COMPLETE",
                "StatusMessage": "Finished rule group association update",
                "CreatorRequestId": association,
                "CreationTime": "2026-10-01T07:00:00Z",
                "ModificationTime": "2026-10-01T07:00:00Z",
            }
        )
        documents["list-firewall-configs"].append(
            {
                "Id": estate.id("rslvr-fc")[:-1],
                "ResourceId": vpc,
                "OwnerId": account,
                "FirewallFailOpen": "DISABLED",
            }
        )
