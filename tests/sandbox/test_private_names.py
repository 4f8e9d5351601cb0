"""Names of a service's own, and zones that collide in a VPC."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.places import HUB, OTHER, REGION, SPOKE, Service, connect, ec2, network, refused, service

if TYPE_CHECKING:
    from landline.sandbox.world import World
    from tests.sandbox.places import Network

NAME = "logging.example.com"


def named(world: World, name: str = NAME) -> tuple[Service, dict[str, Any]]:
    """A service with a private name, and the record that AWS wants to see."""
    offered = service(world, network(world, HUB))
    client = ec2(world, HUB)
    client.modify_vpc_endpoint_service_configuration(ServiceId=offered.id, PrivateDnsName=name)
    shown = client.describe_vpc_endpoint_service_configurations(ServiceIds=[offered.id])
    return offered, shown["ServiceConfigurations"][0]["PrivateDnsNameConfiguration"]


def zone(world: World, name: str, home: Network | None = None, account: str = HUB) -> str:
    """A public hosted zone, or a private one of the network."""
    route53 = world.place(account, REGION).client("route53")
    private: dict[str, Any] = (
        {}
        if home is None
        else {
            "VPC": {"VPCId": home.vpc, "VPCRegion": REGION},
            "HostedZoneConfig": {"PrivateZone": True, "Comment": ""},
        }
    )
    made = route53.create_hosted_zone(
        Name=name, CallerReference=f"{name} {len(route53.list_hosted_zones()['HostedZones'])}", **private
    )
    return str(made["HostedZone"]["Id"].rsplit("/", 1)[1])


def prove(world: World, zone_id: str, name: str, value: str) -> None:
    record = {"Name": name, "Type": "TXT", "TTL": 1800, "ResourceRecords": [{"Value": f'"{value}"'}]}
    world.place(HUB, REGION).client("route53").change_resource_record_sets(
        HostedZoneId=zone_id, ChangeBatch={"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]}
    )


def verified(world: World, offered: Service) -> str:
    """The state of the service's name after AWS has looked."""
    client = ec2(world, HUB)
    client.start_vpc_endpoint_service_private_dns_verification(ServiceId=offered.id)
    shown = client.describe_vpc_endpoint_service_configurations(ServiceIds=[offered.id])
    return str(shown["ServiceConfigurations"][0]["PrivateDnsNameConfiguration"]["State"])


@pytest.mark.parametrize("name", [NAME, "*.logging.example.com"])
@pytest.mark.parametrize(
    ("where", "state"),
    [
        ("{Name}.logging.example.com", "verified"),
        ("logging.example.com", "verified"),
        ("{Name}.example.com", "verified"),
        ("{Name}.other.example.com", "failed"),
        ("{Name}.deeper.logging.example.com", "failed"),
    ],
)
def test_a_name_is_proven_at_it_or_above_it(world: World, name: str, where: str, state: str) -> None:
    offered, asked = named(world, name)
    prove(world, zone(world, "example.com"), where.format_map(asked), asked["Value"])

    assert (asked["State"], verified(world, offered)) == ("pendingVerification", state)


def test_a_value_in_other_letters_proves_nothing(world: World) -> None:
    offered, asked = named(world)
    prove(world, zone(world, "example.com"), f"{asked['Name']}.{NAME}", asked["Value"].lower())

    assert verified(world, offered) == "failed"


def test_a_private_zone_proves_nothing(world: World) -> None:
    offered, asked = named(world)
    hidden = zone(world, "example.com", network(world, HUB))
    prove(world, hidden, f"{asked['Name']}.{NAME}", asked["Value"])

    assert verified(world, offered) == "failed"


def test_two_services_prove_two_records(world: World) -> None:
    """The proof of one name is none of another service's, even of the same name."""
    (first, asked), (second, other) = named(world), named(world)
    prove(world, zone(world, "example.com"), f"{asked['Name']}.{NAME}", asked["Value"])

    assert (asked["Name"], asked["Value"]) != (other["Name"], other["Value"])
    assert (verified(world, first), verified(world, second)) == ("verified", "failed")


def test_endpoints_get_the_name_once_it_is_proven(world: World) -> None:
    offered, asked = named(world)
    spoke = network(world, SPOKE)
    code, text = refused(lambda: connect(world, spoke, offered.name, PrivateDnsEnabled=True))
    assert code == "InvalidParameter"
    assert "not verified" in text

    prove(world, zone(world, "example.com"), f"{asked['Name']}.{NAME}", asked["Value"])
    assert verified(world, offered) == "verified"
    made = connect(world, spoke, offered.name, PrivateDnsEnabled=True)
    assert made["PrivateDnsEnabled"]
    assert NAME in {entry["DnsName"] for entry in made["DnsEntries"]}


def test_another_name_has_to_be_proven_anew(world: World) -> None:
    offered, asked = named(world)
    prove(world, zone(world, "example.com"), f"{asked['Name']}.{NAME}", asked["Value"])
    assert verified(world, offered) == "verified"

    ec2(world, HUB).modify_vpc_endpoint_service_configuration(
        ServiceId=offered.id, PrivateDnsName="other.example.com"
    )
    code, _ = refused(lambda: connect(world, network(world, SPOKE), offered.name, PrivateDnsEnabled=True))
    assert code == "InvalidParameter"


def test_a_service_without_a_name_has_nothing_to_verify(world: World) -> None:
    offered = service(world, network(world, HUB))

    code, _ = refused(
        lambda: ec2(world, HUB).start_vpc_endpoint_service_private_dns_verification(ServiceId=offered.id)
    )
    assert code == "InvalidParameter"


def test_a_customers_zone_of_a_private_name_stops_the_endpoint(world: World) -> None:
    spoke = network(world, SPOKE)
    zone(world, "kms.eu-west-1.amazonaws.com", spoke, SPOKE)

    code, text = refused(lambda: connect(world, spoke, "com.amazonaws.eu-west-1.kms", PrivateDnsEnabled=True))
    assert code == "InvalidParameter"
    assert "conflicting DNS domain for kms.eu-west-1.amazonaws.com" in text
    made = connect(world, spoke, "com.amazonaws.eu-west-1.kms")
    code, _ = refused(
        lambda: ec2(world, SPOKE).modify_vpc_endpoint(
            VpcEndpointId=made["VpcEndpointId"], PrivateDnsEnabled=True
        )
    )
    assert code == "InvalidParameter"


def test_an_endpoints_private_name_stops_a_customers_zone(world: World) -> None:
    spoke, other = network(world, SPOKE), network(world, OTHER)
    connect(world, spoke, "com.amazonaws.eu-west-1.kms", PrivateDnsEnabled=True)

    code, _ = refused(lambda: zone(world, "kms.eu-west-1.amazonaws.com", spoke, SPOKE))
    assert code == "ConflictingDomainExists"
    assert zone(world, "kms.eu-west-1.amazonaws.com", other, OTHER), "another VPC has names of its own"
    assert zone(world, "sub.kms.eu-west-1.amazonaws.com", spoke, SPOKE), "a name below is another"


def test_a_vpc_takes_one_private_zone_of_a_name(world: World) -> None:
    first, second = network(world, SPOKE), network(world, SPOKE)
    zone(world, "hub.landline.internal", first, SPOKE)
    shared = zone(world, "hub.landline.internal", second, SPOKE)
    route53 = world.place(SPOKE, REGION).client("route53")

    code, _ = refused(lambda: zone(world, "Hub.landline.internal", first, SPOKE))
    assert code == "ConflictingDomainExists"
    code, _ = refused(
        lambda: route53.associate_vpc_with_hosted_zone(
            HostedZoneId=shared, VPC={"VPCId": first.vpc, "VPCRegion": REGION}
        )
    )
    assert code == "ConflictingDomainExists"
    assert zone(world, "hub.landline.internal"), "a public zone of the name is in no VPC"
