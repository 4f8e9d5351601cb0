"""What a world holds besides moto's own state: the handshake and the things that moto does not know."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from landline.sandbox.handshake import Handshake

if TYPE_CHECKING:
    from collections.abc import Mapping

Home = tuple[str, str]
"""An account id and a Region's code."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A VPC endpoint's body. The state of an interface endpoint's connection is the handshake's to say."""

    id: str
    home: Home
    type: str
    """``Gateway`` or ``Interface``."""
    vpc: str
    service_name: str
    service_region: str
    created: Any
    policy: str
    route_tables: tuple[str, ...] = ()
    interfaces: Mapping[str, str] = field(default_factory=dict)
    """Subnet id → network interface id."""
    groups: tuple[str, ...] = ()
    prefix_list: str | None = None
    ip_address_type: str = "ipv4"


@dataclass(slots=True)
class WorldState:
    """All of a world's state that moto lacks; a world has one such value."""

    handshake: Handshake = field(default_factory=Handshake)
    endpoints: dict[str, Endpoint] = field(default_factory=dict)
    notifications: dict[Home, dict[str, dict[str, Any]]] = field(default_factory=dict)
    """ConnectionNotification documents by id."""
    block_public_access: dict[Home, dict[str, Any]] = field(default_factory=dict)
    """VpcBlockPublicAccessOptions documents; an account and Region without one is ``off``."""
    exclusions: dict[Home, dict[str, dict[str, Any]]] = field(default_factory=dict)
    """VpcBlockPublicAccessExclusion documents by id."""
    dns_firewall: dict[Home, dict[str, dict[str, dict[str, Any]]]] = field(default_factory=dict)
    """DNS Firewall documents by kind (rule groups, rules, …) and id."""
    query_definitions: dict[Home, dict[str, dict[str, Any]]] = field(default_factory=dict)
    """QueryDefinition documents of CloudWatch Logs by id."""
    load_balancer_interfaces: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Load balancer ARN → its network interfaces."""
    enforcement: dict[str, str] = field(default_factory=dict)
    """Load balancer ARN → EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic, ``on`` or ``off``."""
    task_interfaces: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """ECS service ARN → its tasks' network interfaces."""
    administrators: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    """Service and Region → the management account, and whom it designated for the service."""
    organization_configurations: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    """Service and Region → its DescribeOrganizationConfiguration document."""
