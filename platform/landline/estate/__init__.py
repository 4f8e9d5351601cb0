"""Reading an estate from AWS: what is there, as the AWS CLI would print it.

`collect` gives a snapshot, a mapping from ``<account>/<region>/<operation>.json`` to one document's bytes;
`write` puts it on disk. Nothing here judges what it reads, and nothing here calls an operation that changes
anything.
"""

from landline.estate.call import FOLLOW_UPS, REGIONAL, Call, FollowUp
from landline.estate.collection import Collected, Failure, Progress, collect
from landline.estate.credentials import targets
from landline.estate.directory import check_replaceable, write
from landline.estate.endpoint_connection import EndpointConnection, endpoint_connections
from landline.estate.iam_policy import iam_policy
from landline.estate.target import Target

__all__ = [
    "FOLLOW_UPS",
    "REGIONAL",
    "Call",
    "Collected",
    "EndpointConnection",
    "Failure",
    "FollowUp",
    "Progress",
    "Target",
    "check_replaceable",
    "collect",
    "endpoint_connections",
    "iam_policy",
    "targets",
    "write",
]
