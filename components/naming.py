"""Names that leave room for what the provider appends."""

import re
from hashlib import sha256

AUTONAME_SUFFIX = 8
"""The hyphen and seven random hexadecimal digits that the provider appends to a logical name to make a
physical one."""

LOAD_BALANCER = 32
"""The longest name of a load balancer or target group ("Elastic Load Balancing API Reference,
CreateLoadBalancer")."""
BUCKET = 63
"""The longest name of a bucket ("Amazon S3 User Guide, General purpose bucket naming rules")."""
ROLE = 64
"""The longest name of an IAM role ("IAM User Guide, IAM and STS quotas")."""
DELIVERY_STREAM = 64
"""The longest name of a Firehose stream ("Amazon Data Firehose API Reference, CreateDeliveryStream")."""
QUERY_LOGS = 64
"""The longest name of a query logging configuration ("Amazon Route 53 API Reference,
CreateResolverQueryLogConfig")."""
DNS_FIREWALL = 64
"""The longest name of a DNS Firewall object ("Amazon Route 53 API Reference, CreateFirewallRuleGroup")."""


_UNUSUAL = re.compile(r"[^A-Za-z0-9-]")


def fit(name: str, longest: int) -> str:
    """`name`, shortened when the provider's suffix would not fit into `longest` characters any more.

    Only letters, digits and hyphens stay, which every service takes; others become hyphens. A shortened name
    ends in a digest of the whole, so two long names with the same beginning stay apart, and the same name is
    shortened the same way each time.
    """
    room = longest - AUTONAME_SUFFIX
    plain = _UNUSUAL.sub("-", name)
    if len(plain) <= room:
        return plain
    digest = sha256(name.encode()).hexdigest()[:6]
    return f"{plain[: room - len(digest) - 1].rstrip('-')}-{digest}"
