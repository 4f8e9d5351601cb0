"""The least that a role must be allowed, so that `collect` can read its account."""

from landline.estate.call import FOLLOW_UPS, REGIONAL


def iam_policy() -> dict[str, object]:
    """An IAM identity policy with the actions of every call, and no other.

    Every one of them is a list or read operation. The describe operations of EC2 and Elastic Load Balancing
    take no resource-level permission, hence ``"Resource": "*"`` (Service Authorization Reference, "Actions,
    resources, and condition keys for Amazon EC2").
    """
    actions = {call.action for call in REGIONAL} | {step.call.action for step in FOLLOW_UPS}
    return {
        "Version": "2012-10-17",
        "Statement": [
            {"Sid": "LandlineDump", "Effect": "Allow", "Action": sorted(actions), "Resource": "*"},
        ],
    }
