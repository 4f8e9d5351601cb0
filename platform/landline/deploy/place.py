"""Where a stack is deployed, and access to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from landline.settings.regions import partition


class Session(Protocol):
    """Makes clients of one account; a `boto3.Session` is one."""

    def client(self, service_name: str, **options: Any) -> Any:  # noqa: ANN401 - boto3 makes them at run time
        """A client, of `region_name` if given."""
        ...


@dataclass(frozen=True, slots=True)
class Place:
    """The account and Region of a stack, and access to it."""

    account: str
    region: str
    session: Session

    def client(self, service: str) -> Any:  # noqa: ANN401
        """The boto3 client of this place."""
        return self.session.client(service, region_name=self.region)

    def arn(self, service: str, resource: str) -> str:
        """The ARN of something in this place."""
        return f"arn:{partition(self.region)}:{service}:{self.region}:{self.account}:{resource}"
