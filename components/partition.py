"""What a Region's partition changes in ARNs and DNS names."""

_PARTITIONS = (
    ("cn-", "aws-cn", "amazonaws.com.cn"),
    ("us-gov-", "aws-us-gov", "amazonaws.com"),
    ("us-isob-", "aws-iso-b", "sc2s.sgov.gov"),
    ("us-iso-", "aws-iso", "c2s.ic.gov"),
    ("us-isof-", "aws-iso-f", "csp.hci.ic.gov"),
    ("eu-isoe-", "aws-iso-e", "cloud.adc-e.uk"),
    ("eusc-", "aws-eusc", "amazonaws.eu"),
)
"""Region prefix, partition and DNS suffix, as in botocore's ``partitions.json``."""


def partition(region: str) -> str:
    """The partition in the ARNs of a Region's resources, such as ``aws``."""
    return next((name for prefix, name, _ in _PARTITIONS if region.startswith(prefix)), "aws")


def dns_suffix(region: str) -> str:
    """The end of the DNS names of a Region's AWS services, such as ``amazonaws.com``."""
    return next((suffix for prefix, _, suffix in _PARTITIONS if region.startswith(prefix)), "amazonaws.com")
