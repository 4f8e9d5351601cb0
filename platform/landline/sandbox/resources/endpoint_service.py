"""Endpoint services, their principals and their accepters."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from landline.sandbox.resource_type import Made, Properties, ResourceType
from landline.sandbox.resources.support import (
    arguments,
    changed,
    forgiving_absence,
    found,
    made,
    nothing_to_update,
    now,
    retag_ec2,
    tag_map,
    tag_specifications,
)

if TYPE_CHECKING:
    from landline.sandbox.resource_type import Place


def _refuse_unsuccessful(answer: dict[str, Any], operation: str) -> None:
    """Raises what AWS refused item by item in an answer that succeeded as a whole, as the provider does."""
    for item in answer.get("Unsuccessful") or ():
        raise ClientError({"Error": item["Error"]}, operation)


def _create_service(place: Place, properties: Properties) -> Made:
    ec2 = place.client("ec2")
    service = ec2.create_vpc_endpoint_service_configuration(
        TagSpecifications=tag_specifications("vpc-endpoint-service", properties),
        **arguments(
            properties,
            {
                "acceptanceRequired": "AcceptanceRequired",
                "networkLoadBalancerArns": "NetworkLoadBalancerArns",
                "privateDnsName": "PrivateDnsName",
                "supportedIpAddressTypes": "SupportedIpAddressTypes",
                "supportedRegions": "SupportedRegions",
            },
        ),
    )["ServiceConfiguration"]["ServiceId"]
    if properties.get("allowedPrincipals"):
        ec2.modify_vpc_endpoint_service_permissions(
            ServiceId=service, AddAllowedPrincipals=properties["allowedPrincipals"]
        )
    return made(place, service, properties, _read_service)


def _read_service(place: Place, service_id: str, known: Properties) -> Properties | None:
    ec2 = place.client("ec2")

    def described() -> Any:  # noqa: ANN401 - boto3's answer
        return ec2.describe_vpc_endpoint_service_configurations(ServiceIds=[service_id])[
            "ServiceConfigurations"
        ][0]

    service = found(described)
    if service is None:
        return None
    permissions = ec2.describe_vpc_endpoint_service_permissions(ServiceId=service_id)["AllowedPrincipals"]
    return {
        **known,
        "id": service_id,
        "arn": f"arn:aws:ec2:{place.region}:{place.account}:vpc-endpoint-service/{service_id}",
        "acceptanceRequired": service["AcceptanceRequired"],
        "networkLoadBalancerArns": service["NetworkLoadBalancerArns"],
        "allowedPrincipals": [permission["Principal"] for permission in permissions],
        "serviceName": service["ServiceName"],
        "serviceType": service["ServiceType"][0]["ServiceType"],
        "state": service["ServiceState"],
        "availabilityZones": service["AvailabilityZones"],
        "baseEndpointDnsNames": service["BaseEndpointDnsNames"],
        "managesVpcEndpoints": service["ManagesVpcEndpoints"],
        "supportedIpAddressTypes": service["SupportedIpAddressTypes"],
        "supportedRegions": [region["Region"] for region in service["SupportedRegions"]],
        "privateDnsName": service.get("PrivateDnsName", ""),
        "privateDnsNameConfigurations": [
            {"name": one["Name"], "state": one["State"], "type": one["Type"], "value": one["Value"]}
            for one in [service.get("PrivateDnsNameConfiguration")]
            if one
        ],
        "tagsAll": tag_map(service["Tags"]),
    }


def _update_service(place: Place, service_id: str, old: Properties, new: Properties) -> Properties:
    ec2 = place.client("ec2")
    changes: dict[str, Any] = {}
    if changed(old, new, "acceptanceRequired"):
        changes["AcceptanceRequired"] = bool(new["acceptanceRequired"])
    if changed(old, new, "privateDnsName") and new.get("privateDnsName"):
        changes["PrivateDnsName"] = new["privateDnsName"]
    for name, member in (
        ("networkLoadBalancerArns", "NetworkLoadBalancerArns"),
        ("supportedRegions", "SupportedRegions"),
    ):
        before, after = set(old.get(name) or ()), set(new.get(name) or ())
        if after - before:
            changes[f"Add{member}"] = sorted(after - before)
        # Optional and computed in the provider: leaving the property out removes nothing.
        if before - after and new.get(name) is not None:
            changes[f"Remove{member}"] = sorted(before - after)
    if changes:
        ec2.modify_vpc_endpoint_service_configuration(ServiceId=service_id, **changes)
    if changed(old, new, "allowedPrincipals") and new.get("allowedPrincipals") is not None:
        before, after = set(old.get("allowedPrincipals") or ()), set(new["allowedPrincipals"])
        ec2.modify_vpc_endpoint_service_permissions(
            ServiceId=service_id,
            AddAllowedPrincipals=sorted(after - before),
            RemoveAllowedPrincipals=sorted(before - after),
        )
    retag_ec2(place, service_id, old, new)
    return now(place, service_id, new, _read_service)


def _delete_service(place: Place, service_id: str, outputs: Properties) -> None:  # noqa: ARG001
    with forgiving_absence():
        _refuse_unsuccessful(
            place.client("ec2").delete_vpc_endpoint_service_configurations(ServiceIds=[service_id]),
            "DeleteVpcEndpointServiceConfigurations",
        )


def _create_principal(place: Place, properties: Properties) -> Made:
    service, principal = properties["vpcEndpointServiceId"], properties["principalArn"]
    place.client("ec2").modify_vpc_endpoint_service_permissions(
        ServiceId=service, AddAllowedPrincipals=[principal]
    )
    digest = sha256(f"{service}{principal}".encode()).hexdigest()[:10]
    return made(place, f"a-{service}{digest}", properties, _read_principal)


def _read_principal(place: Place, resource_id: str, known: Properties) -> Properties | None:
    ec2, service = place.client("ec2"), known["vpcEndpointServiceId"]
    answer = found(lambda: ec2.describe_vpc_endpoint_service_permissions(ServiceId=service))
    principals = [each["Principal"] for each in (answer or {}).get("AllowedPrincipals", ())]
    return {**known, "id": resource_id} if known["principalArn"] in principals else None


def _delete_principal(place: Place, resource_id: str, outputs: Properties) -> None:  # noqa: ARG001
    with forgiving_absence():
        place.client("ec2").modify_vpc_endpoint_service_permissions(
            ServiceId=outputs["vpcEndpointServiceId"], RemoveAllowedPrincipals=[outputs["principalArn"]]
        )


def _create_accepter(place: Place, properties: Properties) -> Made:
    service, endpoint = properties["vpcEndpointServiceId"], properties["vpcEndpointId"]
    answer = place.client("ec2").accept_vpc_endpoint_connections(ServiceId=service, VpcEndpointIds=[endpoint])
    _refuse_unsuccessful(answer, "AcceptVpcEndpointConnections")
    return made(place, f"{service}_{endpoint}", properties, _read_accepter)


def _read_accepter(place: Place, resource_id: str, known: Properties) -> Properties | None:
    chosen = [
        {"Name": "service-id", "Values": [known["vpcEndpointServiceId"]]},
        {"Name": "vpc-endpoint-id", "Values": [known["vpcEndpointId"]]},
    ]
    connections = place.client("ec2").describe_vpc_endpoint_connections(Filters=chosen)[
        "VpcEndpointConnections"
    ]
    if not connections or connections[0]["VpcEndpointState"] != "available":
        return None
    return {**known, "id": resource_id, "vpcEndpointState": connections[0]["VpcEndpointState"]}


def _delete_accepter(place: Place, resource_id: str, outputs: Properties) -> None:  # noqa: ARG001
    """The provider's delete rejects the connection, which cuts it; one that is gone needs no cutting."""
    with forgiving_absence():
        answer = place.client("ec2").reject_vpc_endpoint_connections(
            ServiceId=outputs["vpcEndpointServiceId"], VpcEndpointIds=[outputs["vpcEndpointId"]]
        )
        _refuse_unsuccessful(answer, "RejectVpcEndpointConnections")


def _create_verification(place: Place, properties: Properties) -> Made:
    ec2, service = place.client("ec2"), properties["serviceId"]
    ec2.start_vpc_endpoint_service_private_dns_verification(ServiceId=service)
    if properties.get("waitForVerification"):
        shown = ec2.describe_vpc_endpoint_service_configurations(ServiceIds=[service])[
            "ServiceConfigurations"
        ][0]
        found = shown["PrivateDnsNameConfiguration"]
        if found["State"] != "verified":
            # The provider waits for it, and fails.
            message = (
                f"private DNS name {shown['PrivateDnsName']} of {service} is {found['State']}: there is no "
                f"TXT record {found['Name']} with the value {found['Value']} in a public zone of it"
            )
            raise ClientError(
                {"Error": {"Code": "PrivateDnsNameNotVerified", "Message": message}},
                "StartVpcEndpointServicePrivateDnsVerification",
            )
    return made(place, service, properties, _read_verification)


def _read_verification(place: Place, resource_id: str, known: Properties) -> Properties | None:
    service = found(
        lambda: place.client("ec2").describe_vpc_endpoint_service_configurations(ServiceIds=[resource_id])[
            "ServiceConfigurations"
        ][0]
    )
    has_name = service is not None and "PrivateDnsNameConfiguration" in service
    return {**known, "id": resource_id} if has_name else None


def _leave_verified(place: Place, resource_id: str, outputs: Properties) -> None:
    """The provider's delete does nothing: AWS has no call that takes a verification back."""


TYPES = (
    ResourceType(
        token="aws:ec2/vpcEndpointService:VpcEndpointService",  # noqa: S106 - a Pulumi type token
        create=_create_service,
        read=_read_service,
        update=_update_service,
        delete=_delete_service,
        replace_on=frozenset(),
        inputs=frozenset(
            {
                "acceptanceRequired",
                "allowedPrincipals",
                "networkLoadBalancerArns",
                "privateDnsName",
                "supportedIpAddressTypes",
                "supportedRegions",
                "tags",
            }
        ),
    ),
    ResourceType(
        token="aws:ec2/vpcEndpointServiceAllowedPrinciple:VpcEndpointServiceAllowedPrinciple",  # noqa: S106
        create=_create_principal,
        read=_read_principal,
        update=nothing_to_update,
        delete=_delete_principal,
        replace_on=frozenset({"vpcEndpointServiceId", "principalArn"}),
        inputs=frozenset({"vpcEndpointServiceId", "principalArn"}),
    ),
    ResourceType(
        token="aws:ec2/vpcEndpointConnectionAccepter:VpcEndpointConnectionAccepter",  # noqa: S106
        create=_create_accepter,
        read=_read_accepter,
        update=nothing_to_update,
        delete=_delete_accepter,
        replace_on=frozenset({"vpcEndpointServiceId", "vpcEndpointId"}),
        inputs=frozenset({"vpcEndpointServiceId", "vpcEndpointId"}),
    ),
    ResourceType(
        token="aws:vpc/endpointServicePrivateDnsVerification:EndpointServicePrivateDnsVerification",  # noqa: S106
        create=_create_verification,
        read=_read_verification,
        update=nothing_to_update,
        delete=_leave_verified,
        replace_on=frozenset({"serviceId"}),
        inputs=frozenset({"serviceId", "waitForVerification"}),
    ),
)
"""The rows of this noun family."""
