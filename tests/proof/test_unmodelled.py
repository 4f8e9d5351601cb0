"""What is shown and not modelled leaves a question open; what is withdrawn or the estate's own does not."""

import pytest

from tests.proof.dump import SPOKE, isolated
from tests.proof.judge import open_questions, verdict


def test_traffic_mirroring_is_an_open_question() -> None:
    dump = isolated()
    session = {"TrafficMirrorSessionId": "tms-1", "TrafficMirrorTargetId": "tmt-1"}
    dump.add("TrafficMirrorSessions", **session, NetworkInterfaceId="eni-vpc-a")

    assert verdict(dump).verdict == "unproven"
    assert any("tms-1" in why for why in open_questions(dump)["network-link"])


@pytest.mark.parametrize(
    ("who", "state", "open_"),
    [
        ({"AwsAccountId": "999999999999"}, "granted", 1),
        ({"AwsAccountId": "999999999999"}, "pending", 1),
        ({"AwsAccountId": "999999999999"}, "revoked", 0),
        ({"AwsService": "somebody.amazonaws.com"}, "granted", 1),
        ({"AwsAccountId": SPOKE}, "granted", 0),
    ],
)
def test_permissions_for_others_are_open_questions(who: dict[str, str], state: str, open_: int) -> None:
    dump = isolated()
    permission = {"NetworkInterfacePermissionId": "eni-perm-1", "Permission": "INSTANCE-ATTACH"}
    dump.add("NetworkInterfacePermissions", **permission, **who, NetworkInterfaceId="eni-vpc-a",
             PermissionState={"State": state})  # fmt: skip

    assert len(open_questions(dump).get("external-network", ())) == open_
