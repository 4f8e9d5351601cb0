"""A transit gateway that joins all VPCs."""

from __future__ import annotations

from benchmarks.estate import HUB, REGIONS, Estate, Item
from benchmarks.nouns import tags


def mesh(estate: Estate) -> None:
    """Join all VPCs of the first Region's and the second's spokes on one transit gateway of the hub.

    Attachments take turns at the route tables; every table has a route to every VPC.
    """
    region = REGIONS[0]
    gateway = estate.id("tgw")
    hub = estate.documents[HUB, region]
    tables = [estate.id("tgw-rtb") for _ in range(estate.size.mesh)]
    hub["describe-transit-gateways"].append(
        {
            "TransitGatewayId": gateway,
            "TransitGatewayArn": f"arn:aws:ec2:{region}:{HUB}:transit-gateway/{gateway}",
            "State": "available",
            "OwnerId": HUB,
            "Description": "mesh",
            "CreationTime": "2026-10-01T07:00:00+00:00",
            "Options": {
                "AmazonSideAsn": 64512,
                "AutoAcceptSharedAttachments": "enable",
                "DefaultRouteTableAssociation": "disable",
                "DefaultRouteTablePropagation": "disable",
                "VpnEcmpSupport": "enable",
                "DnsSupport": "enable",
                "MulticastSupport": "disable",
            },
            "Tags": tags("mesh"),
        }
    )
    hub["describe-transit-gateway-route-tables"] += [
        {
            "TransitGatewayRouteTableId": table,
            "TransitGatewayId": gateway,
            "State": "available",
            "DefaultAssociationRouteTable": False,
            "DefaultPropagationRouteTable": False,
            "CreationTime": "2026-10-01T07:00:00+00:00",
            "Tags": tags(f"mesh-{number}"),
        }
        for number, table in enumerate(tables)
    ]
    routes = [_attach(estate, gateway, tables, position, *one) for position, one in enumerate(_vpcs(estate))]
    for table in tables:
        estate.files[f"{HUB}/{region}/search-transit-gateway-routes-{table}.json"] = {
            "Routes": routes,
            "AdditionalRoutesAvailable": False,
        }


def _vpcs(estate: Estate) -> list[tuple[str, str, Item]]:
    return [
        (account, region, vpc)
        for (account, region), documents in estate.documents.items()
        if account != HUB
        for vpc in documents["describe-vpcs"]
    ]


def _attach(
    estate: Estate, gateway: str, tables: list[str], position: int, account: str, region: str, vpc: Item
) -> Item:
    """Attach a VPC, lead its route table to the gateway, and return the gateway's route to it."""
    attachment = estate.id("tgw-attach")
    documents = estate.documents[account, region]
    mine = [item["SubnetId"] for item in documents["describe-subnets"] if item["VpcId"] == vpc["VpcId"]]
    state = {"State": "available", "CreationTime": "2026-10-01T07:00:00+00:00", "Tags": []}
    documents["describe-transit-gateway-vpc-attachments"].append(
        {
            "TransitGatewayAttachmentId": attachment,
            "TransitGatewayId": gateway,
            "VpcId": vpc["VpcId"],
            "VpcOwnerId": account,
            "SubnetIds": mine,
            "Options": {"DnsSupport": "enable", "Ipv6Support": "disable", "ApplianceModeSupport": "disable"},
            **state,
        }
    )
    for place in {(account, region), (HUB, REGIONS[0])}:
        estate.documents[place]["describe-transit-gateway-attachments"].append(
            {
                "TransitGatewayAttachmentId": attachment,
                "TransitGatewayId": gateway,
                "TransitGatewayOwnerId": HUB,
                "ResourceOwnerId": account,
                "ResourceType": "vpc",
                "ResourceId": vpc["VpcId"],
                "Association": {
                    "TransitGatewayRouteTableId": tables[position % len(tables)],
                    "State": "associated",
                },
                **state,
            }
        )
    for table in documents["describe-route-tables"]:
        if table["VpcId"] == vpc["VpcId"] and len(table["Routes"]) > 1:
            table["Routes"].append(
                {
                    "DestinationCidrBlock": "10.0.0.0/8",
                    "TransitGatewayId": gateway,
                    "Origin": "CreateRoute",
                    "State": "active",
                }
            )
    return {
        "DestinationCidrBlock": vpc["CidrBlock"],
        "TransitGatewayAttachments": [
            {
                "ResourceId": vpc["VpcId"],
                "TransitGatewayAttachmentId": attachment,
                "ResourceType": "vpc",
            }
        ],
        "Type": "propagated",
        "State": "active",
    }
