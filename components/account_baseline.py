"""The landing zone's floor in one account and Region."""

from collections.abc import Sequence
from typing import Literal, NotRequired, TypedDict

import pulumi
from pulumi_aws import cloudtrail, ebs, ec2, guardduty, s3, securityhub

from components.encrypted_bucket import EncryptedBucket
from components.network_activity import EVENT_SOURCES, Calls, Selector, selectors
from components.partition import partition


class Designation(TypedDict):
    """Whom the organisation's management account designates, and for what."""

    account: str
    """The account's id."""
    guardduty: bool
    security_hub: bool


class Administration(TypedDict):
    """What the organisation's administrator does with accounts. It has to be designated before."""

    accounts: Literal["ALL", "NEW", "NONE"]
    """In which accounts GuardDuty comes on by itself, and, but for `NONE`, in new ones Security Hub."""
    standards: bool
    """Whether new accounts get Security Hub's default standards."""


class AccountBaselineArgs(TypedDict):
    """What an `AccountBaseline` needs."""

    account: str
    """The account's id."""
    region: str
    """The Region's code."""
    block_public_access: Literal["block-bidirectional", "block-ingress"]
    """``block-ingress`` leaves NAT and egress-only gateways working."""
    guardduty: bool
    security_hub: bool
    trail: bool
    """Whether calls through VPC endpoints, and management events, are recorded."""
    designates: NotRequired[Designation]
    """In the organisation's management account."""
    administers: NotRequired[Administration]
    """In the account that is designated: those of `guardduty` and `security_hub` that are on."""
    network_activity: NotRequired[Calls]
    """Which calls through VPC endpoints the trail records: all, or those that endpoint policies refused.
    Default: all."""


class AccountBaseline(pulumi.ComponentResource):
    """Block Public Access for VPCs and S3, encrypted EBS volumes, and what watches the account.

    There is one for an account and Region: most of it is settings that AWS keeps once. It finds the default
    VPC, which comes with an internet gateway and public subnets, and warns: Pulumi can only delete what it
    made or adopted, and adopting somebody's VPC to delete it is not a thing to do unasked.
    """

    default_vpc_ids: pulumi.Output[Sequence[str]]
    """The default VPC, if there still is one. Remove it with its internet gateway and subnets."""

    def __init__(
        self, name: str, args: AccountBaselineArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("landline:index:AccountBaseline", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        account, region = args["account"], args["region"]

        ec2.VpcBlockPublicAccessOptions(
            f"{name}-block-public-access",
            internet_gateway_block_mode=args["block_public_access"],
            # Its deletion would turn the whole account and Region back to `off`.
            opts=pulumi.ResourceOptions(parent=self, retain_on_delete=True),
        )
        s3.AccountPublicAccessBlock(
            f"{name}-s3-public-access",
            account_id=account,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=child,
        )
        ebs.EncryptionByDefault(f"{name}-ebs-encryption", enabled=True, opts=child)
        administers, designates = args.get("administers"), args.get("designates")
        if args["guardduty"]:
            detector = guardduty.Detector(
                f"{name}-guardduty", enable=True, finding_publishing_frequency="FIFTEEN_MINUTES", opts=child
            )
            if administers is not None:
                guardduty.OrganizationConfiguration(
                    f"{name}-guardduty-organization",
                    detector_id=detector.id,
                    auto_enable_organization_members=administers["accounts"],
                    opts=child,
                )
        if args["security_hub"]:
            hub = securityhub.Account(
                f"{name}-security-hub",
                # Standards bring hundreds of controls and their price; which ones is a decision of its own.
                enable_default_standards=False,
                control_finding_generator="SECURITY_CONTROL",
                opts=child,
            )
            if administers is not None:
                securityhub.OrganizationConfiguration(
                    f"{name}-security-hub-organization",
                    auto_enable=administers["accounts"] != "NONE",
                    auto_enable_standards="DEFAULT" if administers["standards"] else "NONE",
                    # Its deletion asks AWS to turn it off, which AWS refuses to whom is no longer designated.
                    opts=pulumi.ResourceOptions(parent=self, depends_on=[hub], retain_on_delete=True),
                )
        if designates is not None:
            self._designate(name, designates)
        if args["trail"]:
            self._trail(name, account, region, args.get("network_activity", "all"))

        self.default_vpc_ids = _default_vpcs(name, account, region, self)
        self.register_outputs({"default_vpc_ids": self.default_vpc_ids})

    def _designate(self, name: str, designates: Designation) -> None:
        child = pulumi.ResourceOptions(parent=self)
        if designates["guardduty"]:
            guardduty.OrganizationAdminAccount(
                f"{name}-guardduty-administrator", admin_account_id=designates["account"], opts=child
            )
        if designates["security_hub"]:
            securityhub.OrganizationAdminAccount(
                f"{name}-security-hub-administrator", admin_account_id=designates["account"], opts=child
            )

    def _trail(self, name: str, account: str, region: str, calls: Calls) -> None:
        store = EncryptedBucket(
            f"{name}-trail",
            {
                "account": account,
                "region": region,
                "description": "CloudTrail events",
                "log_delivery": {
                    "service": "cloudtrail.amazonaws.com",
                    "source_arn": f"arn:{partition(region)}:cloudtrail:{region}:{account}:trail/*",
                },
            },
            opts=pulumi.ResourceOptions(parent=self),
        )
        cloudtrail.Trail(
            f"{name}-trail",
            s3_bucket_name=store.bucket,
            kms_key_id=store.key_arn,
            enable_log_file_validation=True,
            include_global_service_events=True,
            is_multi_region_trail=False,
            advanced_event_selectors=[
                _selector(("Management events", (("eventCategory", "Management"),))),
                # An endpoint that is made tomorrow is covered before its first call; a source without one
                # has no such events, and costs nothing.
                *map(_selector, selectors(EVENT_SOURCES, calls)),
            ],
            # CloudTrail checks that it may write before the trail is made.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[store]),
        )


def _selector(selector: Selector) -> "cloudtrail.TrailAdvancedEventSelectorArgs":
    name, fields = selector
    return cloudtrail.TrailAdvancedEventSelectorArgs(
        name=name,
        field_selectors=[
            cloudtrail.TrailAdvancedEventSelectorFieldSelectorArgs(field=field, equals=[value])
            for field, value in fields
        ],
    )


def _default_vpcs(
    name: str, account: str, region: str, parent: AccountBaseline
) -> pulumi.Output[Sequence[str]]:
    def warn(ids: Sequence[str]) -> Sequence[str]:
        if ids:
            pulumi.log.warn(
                f"{name}: account {account} still has its default VPC in {region} ({', '.join(ids)}), with "
                "an internet gateway and public subnets; delete it",
                resource=parent,
            )
        return ids

    found = ec2.get_vpcs_output(
        filters=[{"name": "isDefault", "values": ["true"]}], opts=pulumi.InvokeOutputOptions(parent=parent)
    )
    return found.ids.apply(warn)
