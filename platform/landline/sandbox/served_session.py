"""Clients of a sandbox that another process serves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import boto3
import botocore.session
from botocore.config import Config

NO_PROFILE = {"profile": (None, None, None, None)}
"""Variables of a botocore session that takes no profile from the environment: what it says is AWS's."""


@dataclass(frozen=True, slots=True)
class ServedSession:
    """Makes boto3 clients of one account in a served sandbox, whatever the AWS configuration says."""

    account: str
    """Twelve digits."""
    endpoint_url: str

    def client(self, service_name: str, **options: Any) -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
        """The client of a service; `region_name` is needed."""
        session: Any = boto3.Session(
            botocore_session=botocore.session.Session(session_vars=NO_PROFILE),
            # The sandbox reads the account out of the key.
            aws_access_key_id=self.account,
            aws_secret_access_key="sandbox",  # noqa: S106 - no secret: nobody checks it
            region_name=options.pop("region_name"),
        )
        options["config"] = Config(retries={"total_max_attempts": 1})
        return session.client(service_name, endpoint_url=self.endpoint_url, **options)
