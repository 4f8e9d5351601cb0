"""A stand-in for boto3 sessions: the answers come from a function, clients and their paging from botocore."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3

if TYPE_CHECKING:
    from botocore.config import Config

Answer = Mapping[str, Any] | Exception
Answers = Callable[[str, Mapping[str, Any]], Answer]


_REAL = boto3.Session(aws_access_key_id="x", aws_secret_access_key="y")


@cache
def _client(service_name: str, region_name: str) -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
    return _REAL.client(service_name, region_name=region_name)  # type: ignore[call-overload]


class FakeSession:
    """Makes real boto3 clients whose requests never leave: `answers` gives the parsed response for each."""

    def __init__(self, answers: Answers) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.configs: list[Config] = []
        self._answers = answers

    def client(self, service_name: str, *, region_name: str, config: Config) -> Any:  # noqa: ANN401 - boto3's own
        self.configs.append(config)
        real = _client(service_name, region_name)
        client: Any = object.__new__(type(real))
        vars(client).update(vars(real))

        def answer(operation: str, arguments: dict[str, Any]) -> Mapping[str, Any]:
            self.asked.append((operation, arguments))
            given = self._answers(operation, arguments)
            if isinstance(given, Exception):
                raise given
            return {**given, "ResponseMetadata": {"HTTPStatusCode": 200}}

        client._make_api_call = answer  # noqa: SLF001 - the one place all of a client's calls go through
        return client
