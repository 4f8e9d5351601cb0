"""Asks for what must be refused: an endpoint for an account that nobody granted anything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Iterator

REFUSALS = frozenset({"InvalidServiceName"})
"""What AWS answers to an account that a service's permissions do not name, as if there were no such service
("AWS PrivateLink guide, Troubleshoot")."""
RANGE = "10.255.0.0/24"


@dataclass(frozen=True, slots=True)
class Probe:
    """One attempt to connect to a service without a grant."""

    account: str
    region: str
    """From where."""
    service: str
    """The service's ``Name`` tag."""
    code: str | None
    """AWS's error code, whatever it is for; None when the endpoint was made after all."""
    message: str

    @property
    def refused(self) -> bool:
        """Whether it was refused for want of a grant, as it must be: other errors show nothing of that."""
        return self.code in REFUSALS


def probe(owner: Any, stranger: Any, account: str) -> Iterator[Probe]:  # noqa: ANN401 - boto3 clients
    """Try to connect to every endpoint service of `owner`'s account and Region from a VPC of `stranger`.

    The services come by name. Both are EC2 clients of the sandbox, the stranger's in the same Region or
    another; `account` is the stranger's. What was made for it is deleted again.
    """
    home = str(owner.meta.region_name)
    services = owner.describe_vpc_endpoint_service_configurations()["ServiceConfigurations"]
    vpc = stranger.create_vpc(CidrBlock=RANGE)["Vpc"]["VpcId"]
    try:
        for service in sorted(services, key=lambda one: (_name(one), one["ServiceId"])):
            yield _ask(stranger, vpc, service, account, home)
    finally:
        stranger.delete_vpc(VpcId=vpc)


def _name(service: dict[str, Any]) -> str:
    tags = {tag["Key"]: tag["Value"] for tag in service.get("Tags", ())}
    return str(tags.get("Name", service["ServiceId"]))


def _ask(stranger: Any, vpc: str, service: dict[str, Any], account: str, home: str) -> Probe:  # noqa: ANN401
    name = _name(service)
    region = str(stranger.meta.region_name)
    if region == home:
        zone, elsewhere = service["AvailabilityZones"][0], {}
    else:
        zone = stranger.describe_availability_zones()["AvailabilityZones"][0]["ZoneName"]
        elsewhere = {"ServiceRegion": home}
    subnet = stranger.create_subnet(VpcId=vpc, CidrBlock=RANGE, AvailabilityZone=zone)["Subnet"]["SubnetId"]
    try:
        made = stranger.create_vpc_endpoint(
            VpcId=vpc,
            ServiceName=service["ServiceName"],
            VpcEndpointType="Interface",
            SubnetIds=[subnet],
            **elsewhere,
        )["VpcEndpoint"]["VpcEndpointId"]
    except ClientError as error:
        answer: Any = error.response
        told = answer["Error"]
        return Probe(account, region, name, told["Code"], told["Message"])
    else:
        stranger.delete_vpc_endpoints(VpcEndpointIds=[made])
        return Probe(account, region, name, None, f"{made} was made")
    finally:
        stranger.delete_subnet(SubnetId=subnet)
