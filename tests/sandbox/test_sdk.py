"""One class of Pulumi's AWS SDK at a time is the same class as in the whole package."""

from __future__ import annotations

import subprocess
import sys

SCRIPT = """
import sys
import pulumi_aws
from landline.sandbox.sdk import read_by_name

read_by_name()
read_by_name()
from pulumi_aws import ec2, kms

vpc, args, lookup = ec2.Vpc, ec2.NetworkAclEgressArgs, ec2.get_vpcs_output
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
