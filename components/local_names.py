"""Names inside isolated networks."""

from components.partition import dns_suffix

ROOT = "landline.internal"
"""The domain above all local names. ICANN has reserved ``internal`` for private use, so no public name can
collide."""


def hub_zone(hub: str) -> str:
    """The domain of a hub's services in its spokes, such as ``hub.landline.internal``."""
    return f"{hub.lower()}.{ROOT}"


def local_name(service: str, hub: str) -> str:
    """The name of a hub's service in its spokes, such as ``logging.hub.landline.internal``."""
    return f"{service}.{hub_zone(hub)}"


def internal_domains(region: str) -> tuple[str, ...]:
    """What every network's resolver answers: the names of instances and endpoints in the Region.

    AWS makes all of them up, so nobody can hide data in a name and have it delivered ("Amazon VPC User Guide,
    DNS attributes for your VPC"; "AWS PrivateLink guide, DNS hostnames").
    """
    instances = "ec2.internal" if region == "us-east-1" else f"{region}.compute.internal"
    return (f"*.{instances}", endpoint_domain(region))


def endpoint_domain(service_region: str) -> str:
    """The names that AWS gives endpoints to services of a Region ("AWS PrivateLink guide, DNS hostnames")."""
    return f"*.{service_region}.vpce.{dns_suffix(service_region)}"
