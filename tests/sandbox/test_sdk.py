"""One class of Pulumi's AWS SDK at a time is the same class as in the whole package."""

from __future__ import annotations

import subprocess
import sys

SCRIPT = """
import inspect, sys
import pulumi_aws
from pulumi import _types
from landline.sandbox.sdk import read_by_name

read_by_name()
read_by_name()
from pulumi_aws import ec2, kms

vpc, args, lookup = ec2.Vpc, ec2.NetworkAclEgressArgs, ec2.get_vpcs_output

# Input classes are made when they are used, and are then what they would have been.
late = ec2.NetworkAclIngressArgs
assert "_landline_later" in type.__getattribute__(late, "__dict__")
assert _types.is_input_type(late)
assert "_landline_later" not in vars(late)
assert _types.input_type_types(late).keys() == _types.input_type_types(args).keys() > {"ruleNo"}
assert inspect.signature(late) == inspect.signature(args)
rule = args(action="allow", from_port=0, protocol="-1", rule_no=1, to_port=0)
assert type(rule) is args and isinstance(rule, args) and rule == args(**dict(vars(rule).items()))
rule.action = "deny"
assert _types.input_type_to_dict(rule)["action"] == rule.action == "deny"

read = [name for name in sys.modules if name.startswith("pulumi_aws.ec2.")]
assert len(read) < 10, read
assert "pulumi_aws.kms.key" not in sys.modules

# No rule finds the names of an enumeration, so the whole package is read; what was read before stays.
assert ec2.InstanceType.T3_MICRO.value == "t3.micro"
assert len([name for name in sys.modules if name.startswith("pulumi_aws.ec2.")]) > 100
assert (ec2.Vpc, ec2.NetworkAclEgressArgs, ec2.get_vpcs_output) == (vpc, args, lookup)
assert kms.Key.__module__ == "pulumi_aws.kms.key"
try:
    kms.NoSuchThing
except AttributeError:
    print("done")
"""


def test_a_class_at_a_time_and_the_same_classes_in_the_end() -> None:
    """In a process of its own: this one may have read everything already."""
    done = subprocess.run(  # noqa: S603 - this Python, with the script above
        [sys.executable, "-W", "ignore", "-c", SCRIPT], capture_output=True, text=True, check=False
    )

    assert (done.stdout, done.stderr) == ("done\n", "")
