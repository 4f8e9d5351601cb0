"""The proof that a service's private DNS name is its owner's."""

from collections.abc import Sequence
from typing import Any, TypedDict

import pulumi
from pulumi_aws import ec2, route53, vpc

from components.errors import ArgumentError

PROOF_TTL = 1800
"""Seconds ("AWS PrivateLink guide, Manage DNS names for VPC endpoint services, Amazon Route 53")."""


class PrivateNameArgs(TypedDict):
    """What a `PrivateName` needs."""

    service: "ec2.VpcEndpointService"
    """The service, which has the name already."""
    name: str
    """The name, such as ``logging.example.com`` or ``*.svc.example.com``."""
    zone_id: pulumi.Input[str]
    """The public hosted zone that the name lies in, of the service's account."""


class PrivateName(pulumi.ComponentResource):
    """Puts the TXT record that AWS asks for into a public zone, and waits until AWS has seen it.

    Before that no endpoint can take the name. Taking the record away later cuts nobody, and AWS then refuses
    new endpoints ("AWS PrivateLink guide, Manage DNS names for VPC endpoint services").
    """

    def __init__(self, name: str, args: PrivateNameArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("landline:index:PrivateName", name, None, opts)
        preview = pulumi.runtime.is_dry_run()
        proof = args["service"].private_dns_name_configurations.apply(
            lambda found: proof_of(found, preview=preview)
        )
        domain = args["name"].removeprefix("*.")
        record = route53.Record(
            f"{name}-proof",
            zone_id=args["zone_id"],
            name=proof.apply(lambda one: f"{one.name}.{domain}"),
            type="TXT",
            ttl=PROOF_TTL,
            records=[proof.apply(lambda one: one.value or "")],
            opts=pulumi.ResourceOptions(parent=self),
        )
        vpc.EndpointServicePrivateDnsVerification(
            f"{name}-verification",
            service_id=args["service"].id,
            wait_for_verification=True,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[record]),
        )
        self.register_outputs({})


def proof_of(configurations: Sequence[Any], *, preview: bool) -> Any:  # noqa: ANN401 - the provider's own, or unknown
    """The record that AWS asks for, of a service's `private_dns_name_configurations`.

    A preview of a name that a service gets later shows the service's outputs as they were, without one: what
    it asks for is not known then.
    """
    if not configurations and preview:
        return pulumi.output.UNKNOWN
    if not configurations:
        raise ArgumentError("private_name: AWS asks for no record to prove the service's name by")
    return configurations[0]
