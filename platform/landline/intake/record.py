"""One thing that a client sent, and the same with the server's stamp."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Literal

import msgspec

MOST_RECORDS = 10_000
"""How many records one request may carry: each weighs some 400 bytes more once it is stamped."""


KnownBy = Literal["endpoint", "account", "shared", "nothing"]
"""What told who is behind an endpoint: a grant that names the endpoint; the only grant of its account;
several of those, so that it may be any of them; nothing, as all grants of its account name other
endpoints."""
NOBODY = "-"
"""The spoke and team of an endpoint that is known by nothing. No spoke has that name."""


@dataclass(frozen=True, slots=True)
class Client:
    """Who is behind an endpoint, as the roster has it."""

    endpoint_id: str
    account: str
    spoke: str
    """The spoke's name; several, which nothing tells apart, are joined by commas; `NOBODY` for none."""
    team: str
    """The spoke's team, joined likewise."""
    known_by: KnownBy


@dataclass(frozen=True, slots=True)
class Record:
    """What a client sent, one piece of it."""

    kind: str
    """The format that it came in."""
    text: bytes
    """A JSON object on one line."""


IdFrom = Literal["idempotency-key", "body"]


class Stamped(msgspec.Struct, frozen=True):
    """A record as it is kept. The client's own stands beneath `record`, and so can overwrite nothing else."""

    id: str
    """The same for the same record sent again, and no other's: `<hash of the request>-<position in it>`."""
    id_from: IdFrom
    """What told the request from others: the key that the client sent, or its body alone."""
    received_at: str
    """When the server had the whole request: UTC, ISO 8601."""
    endpoint_id: str
    account: str
    spoke: str
    team: str
    known_by: KnownBy
    """What `spoke` and `team` go by."""
    service: str
    kind: str
    record: msgspec.Raw

    @property
    def sender(self) -> str:
        """What tells its sender from all others of its account, and stays when an endpoint is replaced: the
        spoke's name, or the endpoint's id where nothing says which spoke it is.
        """  # noqa: D205 - one promise
        return self.spoke if self.known_by in ("endpoint", "account") else self.endpoint_id

    def line(self) -> bytes:
        """The record as a line of JSON, its end included."""
        return msgspec.json.encode(self) + b"\n"


@dataclass(frozen=True, slots=True)
class Request:
    """What of a request makes its records' ids: sent again, all of it is the same."""

    endpoint_id: str
    path: str
    key: str | None
    """The `Idempotency-Key` header. Without it, two equal bodies on purpose look like one body sent twice."""
    body: bytes
    """After decompression, which need not give the same bytes twice."""

    @property
    def id(self) -> str:
        """32 hexadecimal digits. The body counts besides the key, lest one key name two requests."""
        parts = (self.endpoint_id.encode(), self.path.encode(), (self.key or "").encode(), self.body)
        digest = sha256(b"body" if self.key is None else b"key")
        for part in parts:
            digest.update(len(part).to_bytes(8) + part)
        return digest.hexdigest()[:32]


def stamp(
    records: Sequence[Record], request: Request, client: Client, service: str, received_at: datetime
) -> tuple[Stamped, ...]:
    """All records of one request, in their order, with who sent them."""
    request_id = request.id
    at = received_at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    return tuple(
        Stamped(
            id=f"{request_id}-{position}",
            id_from="body" if request.key is None else "idempotency-key",
            received_at=at,
            endpoint_id=client.endpoint_id,
            account=client.account,
            spoke=client.spoke,
            team=client.team,
            known_by=client.known_by,
            service=service,
            kind=record.kind,
            record=msgspec.Raw(record.text),
        )
        for position, record in enumerate(records)
    )
