"""What the documents show and the rules do not follow: it leaves a rule open, and never passes in silence."""

from collections.abc import Iterator

from landline.network import Model
from landline.proof.verdict import NotChecked


def find(model: Model) -> Iterator[NotChecked]:
    """Name traffic mirroring, and permissions for others to attach interfaces of the estate.

    A session copies an interface's packets to a target that may lie in another VPC ("Traffic Mirroring guide,
    Traffic Mirroring targets"). Whoever has the permission INSTANCE-ATTACH can have an instance of their own
    in the interface's VPC (EC2 API, CreateNetworkInterfacePermission). Snapshots without these documents say
    nothing of either.
    """
    accounts = {place.account for place in model.places}
    for document in model.places.values():
        for session in document.traffic_mirror_sessions or ():
            what = f"{session.traffic_mirror_session_id} copies the packets of {session.network_interface_id}"
            why = f"{what} to {session.traffic_mirror_target_id}, which is not modelled"
            yield NotChecked("network-link", why)
        for permission in document.network_interface_permissions or ():
            who = permission.aws_account_id or permission.aws_service
            if permission.state() == "revoked" or who in accounts:
                continue
            what = f"{who} may use {permission.network_interface_id} ({permission.permission})"
            yield NotChecked("external-network", f"{what}, which is not modelled")
