"""AWS's own endpoint services in each Region, as DescribeVpcEndpointServices lists them."""

from __future__ import annotations

from hashlib import sha256

from landline.sandbox.handshake import EndpointService

GATEWAY = frozenset({"s3", "dynamodb", "s3express"})
"""Services with a gateway endpoint ("AWS PrivateLink guide, Gateway endpoints")."""

# Private names that differ from `<service>.<region>.amazonaws.com` ("AWS PrivateLink guide, AWS services
# that integrate with AWS PrivateLink" and each service's endpoint page).
_PRIVATE_NAMES = {
    "ecr.api": ("api.ecr.{region}.amazonaws.com",),
    "ecr.dkr": ("dkr.ecr.{region}.amazonaws.com", "*.dkr.ecr.{region}.amazonaws.com"),
    "kinesis-firehose": ("firehose.{region}.amazonaws.com",),
    "kinesis-streams": ("kinesis.{region}.amazonaws.com",),
    "s3": ("s3.{region}.amazonaws.com", "*.s3.{region}.amazonaws.com"),
    "execute-api": ("*.execute-api.{region}.amazonaws.com", "execute-api.{region}.amazonaws.com"),
}
_WITHOUT_PRIVATE_NAMES = frozenset({"dynamodb", "s3express"})
"""The DynamoDB guide: its interface endpoint has no private DNS."""


def known_services() -> frozenset[str]:
    """The names after ``com.amazonaws.<region>.`` that AWS offers, as moto lists them."""
    from moto.ec2.models.vpcs import AWS_ENDPOINT_SERVICES, COVERED_ENDPOINT_SERVICES

    return (
        frozenset(AWS_ENDPOINT_SERVICES)
        | frozenset(COVERED_ENDPOINT_SERVICES)
        | GATEWAY
        | frozenset({"guardduty-data", "ecs-agent", "ecs-telemetry", "ssmmessages", "states", "events"})
    ) - {"ecr", "kinesis", "firehose", "iot", "redshiftdata", "route53resolver"}


def aws_service(name: str, region: str, zone_ids: frozenset[str]) -> EndpointService | None:
    """AWS's own service called `name` in `region`, or None when AWS offers none such.

    Assumed: it is in every zone of the Region, and takes an endpoint policy. A few AWS services take none;
    which ones differs by Region and time.
    """
    prefix = f"com.amazonaws.{region}."
    service = name.removeprefix(prefix)
    if not name.startswith(prefix) or service not in known_services():
        return None
    templates = _PRIVATE_NAMES.get(service, (service + ".{region}.amazonaws.com",))
    names = () if service in _WITHOUT_PRIVATE_NAMES else tuple(t.format(region=region) for t in templates)
    return EndpointService(
        id=f"vpce-svc-{sha256(name.encode()).hexdigest()[:17]}",
        name=name,
        account="amazon",
        region=region,
        zone_ids=zone_ids,
        acceptance_required=False,
        private_dns_names=names,
        private_dns_verified=True,
        policy_supported=True,
    )
