"""The nouns that the sandbox adds to moto, or corrects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from landline.sandbox.operations import (
    block_public_access,
    delegated_administration,
    dependencies,
    dns_firewall,
    economy,
    empty_lists,
    endpoint_connections,
    endpoint_services,
    endpoints,
    fargate,
    load_balancers,
    log_delivery,
    prefix_lists,
    private_names,
    query_definitions,
)

if TYPE_CHECKING:
    from landline.sandbox.patching import Patch
    from landline.sandbox.state import WorldState


class Noun(Protocol):
    """A module of operations."""

    def patches(self, state: WorldState, /) -> list[Patch]:
        """What the noun replaces in moto, or adds to it."""
        ...


NOUNS: tuple[Noun, ...] = (
    endpoint_services,
    endpoints,
    endpoint_connections,
    block_public_access,
    delegated_administration,
    dns_firewall,
    economy,
    empty_lists,
    load_balancers,
    fargate,
    dependencies,
    prefix_lists,
    log_delivery,
    query_definitions,
    private_names,
)
