"""Reading an estate from AWS: what is there, as the AWS CLI would print it.

`collect` gives a snapshot, a mapping from ``<account>/<region>/<operation>.json`` to one document's bytes;
`write` puts it on disk. Nothing here judges what it reads, and nothing here calls an operation that changes
anything.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from landline.estate.call import FOLLOW_UPS, REGIONAL, Call, FollowUp
from landline.estate.collected import Collected, Failure, Progress
from landline.estate.directory import check_replaceable, write
from landline.estate.endpoint_connection import EndpointConnection, endpoint_connections
from landline.estate.iam_policy import iam_policy
from landline.estate.target import Target

if TYPE_CHECKING:
    from landline.estate.collection import collect
    from landline.estate.credentials import targets

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

_NEED_BOTO3 = {
    "collect": "collection",
    "targets": "credentials",
}
"""What is read when it is asked for only: boto3 takes longer to read than all else of a command."""


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the module holds
    if name not in _NEED_BOTO3:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_NEED_BOTO3[name]}"), name)
