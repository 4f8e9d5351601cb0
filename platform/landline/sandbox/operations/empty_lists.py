"""What nobody can make in the sandbox, listed: the lists are empty, and that is the truth.

Each call here reads a kind of resource for which the sandbox has no create call, nor moto: whoever asks for
one to be made gets NotImplementedError. When moto learns to make one, its own answer is to be taken; patching
refuses to run then, and for the calls over HTTP moto's answer comes first.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from moto.core.responses import ActionResult
from moto.ec2.responses import EC2Response

from landline.sandbox.patching import Patch

if TYPE_CHECKING:
    from collections.abc import Callable

    from landline.sandbox.state import WorldState

EC2 = {
    "describe_client_vpn_endpoints": "ClientVpnEndpoints",
    "describe_instance_connect_endpoints": "InstanceConnectEndpoints",
    "describe_network_interface_permissions": "NetworkInterfacePermissions",
    "describe_verified_access_endpoints": "VerifiedAccessEndpoints",
}
"""EC2's operations, as moto spells them, and the key of each one's list."""

OVER_HTTP = {
    ("vpc-lattice", "/resourceconfigurations"): "items",
    ("vpc-lattice", "/resourcegateways"): "items",
    ("route53profiles", "/profileassociations"): "ProfileAssociations",
}
"""Operations of services that moto has not, or not whole: the service and path of their GET request."""

_HOST = re.compile(r"(?P<service>[a-z0-9-]+)\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?")


def patches(state: WorldState) -> list[Patch]:  # noqa: ARG001 - a noun's interface
    """EC2's operations, which answer with an empty list whatever they are asked to filter by."""
    return [Patch(EC2Response, name, _empty(name, key), adds=True) for name, key in EC2.items()]


def answer(method: str, url: str) -> tuple[int, dict[str, str], bytes] | None:
    """Status, headers and body for a request of `OVER_HTTP`, None for any other."""
    parts = urlsplit(url)
    host = _HOST.fullmatch(parts.hostname or "")
    key = OVER_HTTP.get((host["service"], parts.path)) if host and method == "GET" else None
    if key is None:
        return None
    return 200, {"Content-Type": "application/json"}, f'{{"{key}": []}}'.encode()


def _empty(name: str, key: str) -> Callable[[Any], ActionResult]:
    def operation(call: Any) -> ActionResult:  # noqa: ANN401, ARG001 - moto's response object
        return ActionResult({key: []})

    operation.__name__ = name
    return operation
