"""Interfaces whose packets are copied, or which others may attach."""

from landline.network.noun import Noun


class TrafficMirrorSession(Noun, frozen=True):
    """A copy of an interface's packets (DescribeTrafficMirrorSessions)."""

    traffic_mirror_session_id: str
    network_interface_id: str | None = None
    traffic_mirror_target_id: str | None = None


class PermissionState(Noun, frozen=True):
    """Where a permission stands."""

    state: str = "granted"


class NetworkInterfacePermission(Noun, frozen=True):
    """Somebody else's permission to use an interface (DescribeNetworkInterfacePermissions)."""

    network_interface_permission_id: str
    network_interface_id: str | None = None
    aws_account_id: str | None = None
    aws_service: str | None = None
    permission: str = "INSTANCE-ATTACH"
    permission_state: PermissionState = PermissionState()

    def state(self) -> str:
        """Return where the permission stands, `granted` or on its way there or away."""
        return self.permission_state.state
