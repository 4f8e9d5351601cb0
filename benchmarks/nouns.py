"""One AWS object each, with all the fields that a describe call prints."""

from __future__ import annotations

import json

from benchmarks.estate import ORGANIZATION, ZONES, Estate, Item


def tags(name: str) -> list[Item]:
    """A `Name` tag."""
    return [{"Key": "Name", "Value": name}]


def subnet(estate: Estate, account: str, region: str, vpc: str, block: str, zone: int, name: str) -> Item:
    """A subnet in one of the Region's zones, counted from 1."""
    this = estate.id("subnet")
    return {
        "AvailabilityZoneId": f"{ZONES[region]}-az{zone}",
        "MapCustomerOwnedIpOnLaunch": False,
        "OwnerId": account,
        "AssignIpv6AddressOnCreation": False,
        "Ipv6CidrBlockAssociationSet": [],
        "Tags": tags(f"{name}-{zone}"),
        "SubnetArn": f"arn:aws:ec2:{region}:{account}:subnet/{this}",
        "EnableDns64": False,
        "Ipv6Native": False,
        "PrivateDnsNameOptionsOnLaunch": {
            "HostnameType": "ip-name",
            "EnableResourceNameDnsARecord": False,
            "EnableResourceNameDnsAAAARecord": False,
        },
        "BlockPublicAccessStates": {"InternetGatewayBlockMode": "block-bidirectional"},
        "SubnetId": this,
        "State": "available",
        "VpcId": vpc,
        "CidrBlock": block,
        "AvailableIpAddressCount": 122,
        "AvailabilityZone": f"{region}{'abc'[zone - 1]}",
        "DefaultForAz": False,
        "MapPublicIpOnLaunch": False,
    }


def route_table(estate: Estate, account: str, vpc: str, block: str, name: str) -> Item:
    """A route table with its local route."""
    return {
        "Associations": [],
        "PropagatingVgws": [],
        "RouteTableId": estate.id("rtb"),
        "Routes": [
            {
                "DestinationCidrBlock": block,
                "GatewayId": "local",
                "Origin": "CreateRouteTable",
                "State": "active",
            }
        ],
        "Tags": tags(name),
        "VpcId": vpc,
        "OwnerId": account,
    }


def table_association(estate: Estate, table: str, subnet: str | None) -> Item:
    """What uses a route table: a subnet, or the VPC as its main table."""
    return {
        "Main": subnet is None,
        "RouteTableAssociationId": estate.id("rtbassoc"),
        "RouteTableId": table,
        **({} if subnet is None else {"SubnetId": subnet}),
        "AssociationState": {"State": "associated"},
    }


def network_acl(estate: Estate, account: str, vpc: str, subnets: tuple[Item, ...], name: str) -> Item:
    """The default network ACL, which lets everything through."""
    acl = estate.id("acl")
    return {
        "Associations": [
            {
                "NetworkAclAssociationId": estate.id("aclassoc"),
                "NetworkAclId": acl,
                "SubnetId": subnet["SubnetId"],
            }
            for subnet in subnets
        ],
        "Entries": [
            {
                "CidrBlock": "0.0.0.0/0",
                "Egress": egress,
                "Protocol": "-1",
                "RuleAction": action,
                "RuleNumber": number,
            }
            for egress in (True, False)
            for number, action in ((100, "allow"), (32767, "deny"))
        ],
        "IsDefault": True,
        "NetworkAclId": acl,
        "Tags": tags(name),
        "VpcId": vpc,
        "OwnerId": account,
    }


def security_group(
    estate: Estate, account: str, region: str, vpc: str, name: str, documents: dict[str, list[Item]]
) -> Item:
    """Add a security group without rules to the documents, and return it."""
    group = estate.id("sg")
    item: Item = {
        "GroupId": group,
        "IpPermissionsEgress": [],
        "Tags": [] if name == "default" else tags(name),
        "VpcId": vpc,
        "SecurityGroupArn": f"arn:aws:ec2:{region}:{account}:security-group/{group}",
        "OwnerId": account,
        "GroupName": name,
        "Description": "default VPC security group" if name == "default" else f"{name}, by the platform team",
        "IpPermissions": [],
    }
    documents["describe-security-groups"].append(item)
    return item


def permission(**far: list[Item]) -> Item:
    """TCP to port 443, for whom it names."""
    nobody: Item = {"UserIdGroupPairs": [], "IpRanges": [], "Ipv6Ranges": [], "PrefixListIds": []}
    return {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443} | nobody | far


def carried(group: Item) -> Item:
    """A security group as what carries it shows it."""
    return {"GroupId": group["GroupId"], "GroupName": group["GroupName"]}


def prefix_list(region: str) -> str:
    """The id of S3's prefix list in a Region."""
    return {"eu-west-1": "pl-6da54004", "eu-central-1": "pl-6ea54007"}[region]


def _policy(account: str) -> str:
    """A data-perimeter policy; each account has its own, as with a bucket of its own for logs."""
    inside = {"aws:PrincipalOrgID": ORGANIZATION, "aws:ResourceOrgID": ORGANIZATION}
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "OrganizationIdentitiesToOrganizationResources",
                    "Effect": "Allow",
                    "Principal": "*",
                    "Action": "s3:*",
                    "Resource": "*",
                    "Condition": {"StringEquals": inside},
                },
                {
                    "Sid": "KeepLogs",
                    "Effect": "Deny",
                    "Principal": "*",
                    "Action": ["s3:DeleteObject", "s3:DeleteObjectVersion"],
                    "Resource": f"arn:aws:s3:::logs-{account}/*",
                },
            ],
        },
        separators=(",", ":"),
    )


def gateway_endpoint(estate: Estate, account: str, region: str, vpc: str, tables: tuple[Item, ...]) -> Item:
    """An S3 gateway endpoint, with its account's policy."""
    return {
        "VpcEndpointId": estate.id("vpce"),
        "VpcEndpointType": "Gateway",
        "VpcId": vpc,
        "ServiceName": f"com.amazonaws.{region}.s3",
        "State": "available",
        "PolicyDocument": _policy(account),
        "RouteTableIds": [table["RouteTableId"] for table in tables],
        "SubnetIds": [],
        "Groups": [],
        "PrivateDnsEnabled": False,
        "RequesterManaged": False,
        "NetworkInterfaceIds": [],
        "DnsEntries": [],
        "CreationTimestamp": "2026-11-02T08:15:30+00:00",
        "Tags": tags("s3"),
        "OwnerId": account,
    }


def interface_endpoint(
    estate: Estate, account: str, region: str, vpc: str, service: str, configuration: Item
) -> Item:
    """An endpoint to one of the hub's services; where it stands is still to be said."""
    endpoint = estate.id("vpce")
    return {
        "VpcEndpointId": endpoint,
        "VpcEndpointType": "Interface",
        "VpcId": vpc,
        "ServiceName": configuration["ServiceName"],
        "State": "available",
        "RouteTableIds": [],
        "SubnetIds": [],
        "Groups": [],
        "IpAddressType": "ipv4",
        "DnsOptions": {"DnsRecordIpType": "ipv4"},
        "PrivateDnsEnabled": False,
        "RequesterManaged": False,
        "NetworkInterfaceIds": [],
        "DnsEntries": [
            {
                "DnsName": f"{endpoint}-{zone}.{configuration['ServiceId']}.{region}.vpce.amazonaws.com",
                "HostedZoneId": "Z38GZ743OKFT7T",
            }
            for zone in ("k2f8s0qj", f"k2f8s0qj-{region}a")
        ],
        "CreationTimestamp": "2026-11-02T08:16:02.412000+00:00",
        "Tags": tags(service),
        "OwnerId": account,
    }


def network_interface(
    estate: Estate,
    account: str,
    subnet: Item,
    address: str,
    description: str,
    kind: str,
    group: Item,
) -> Item:
    """An interface that a service put into a subnet."""
    interface = estate.id("eni")
    mac = interface[-11:-1]
    return {
        "Attachment": {
            "AttachmentId": estate.id("ela-attach"),
            "DeleteOnTermination": False,
            "DeviceIndex": 1,
            "InstanceOwnerId": "amazon-aws" if kind == "vpc_endpoint" else "amazon-elb",
            "Status": "attached",
        },
        "AvailabilityZone": subnet["AvailabilityZone"],
        "Description": description,
        "Groups": [carried(group)],
        "InterfaceType": kind,
        "Ipv6Addresses": [],
        "MacAddress": ":".join(["06", *(mac[i : i + 2] for i in range(0, 10, 2))]),
        "NetworkInterfaceId": interface,
        "OwnerId": account,
        "PrivateIpAddress": address,
        "PrivateIpAddresses": [{"Primary": True, "PrivateIpAddress": address}],
        "RequesterId": "727180483921",
        "RequesterManaged": True,
        "SourceDestCheck": True,
        "Status": "in-use",
        "SubnetId": subnet["SubnetId"],
        "TagSet": [],
        "VpcId": subnet["VpcId"],
        "DenyAllIgwTraffic": False,
        "Operator": {"Managed": False},
        "AvailabilityZoneId": subnet["AvailabilityZoneId"],
    }


def load_balancer(name: str, arn: str, region: str, vpc: str, subnets: tuple[Item, ...], group: Item) -> Item:
    """A Network Load Balancer."""
    return {
        "LoadBalancerArn": arn,
        "DNSName": f"{name}-{arn.rpartition('/')[2]}.elb.{region}.amazonaws.com",
        "CanonicalHostedZoneId": "Z2IFOLAFXWLO4F",
        "CreatedTime": "2026-11-02T08:01:12.101000+00:00",
        "LoadBalancerName": name,
        "Scheme": "internal",
        "VpcId": vpc,
        "State": {"Code": "active"},
        "Type": "network",
        "AvailabilityZones": [
            {
                "ZoneName": subnet["AvailabilityZone"],
                "SubnetId": subnet["SubnetId"],
                "LoadBalancerAddresses": [],
            }
            for subnet in subnets
        ],
        "SecurityGroups": [group["GroupId"]],
        "IpAddressType": "ipv4",
        "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic": "on",
    }
