from __future__ import annotations

import json

from landline.estate import FOLLOW_UPS, REGIONAL, iam_policy


def test_the_policy_names_every_action_once_and_only_reads() -> None:
    [statement] = json.loads(json.dumps(iam_policy()))["Statement"]
    actions = statement["Action"]

    assert set(actions) == {call.action for call in [*REGIONAL, *(step.call for step in FOLLOW_UPS)]}
    assert actions == sorted(set(actions))
    assert {"ec2:DescribeVpcs", "elasticloadbalancing:DescribeLoadBalancers"} < set(actions)
    assert all(
        action.partition(":")[2].startswith(("Describe", "Get", "List", "Search")) for action in actions
    )
    assert (statement["Effect"], statement["Resource"]) == ("Allow", "*")
