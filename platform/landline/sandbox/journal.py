"""A world's calls, written down so that another world can repeat them: how a sandbox is saved and loaded.

A journal is text: one JSON document a line, first its kind and version, then every call that changed the
world. No code is in it, and loading one runs nothing but these calls against an empty world, so other
people's journals are safe to load. Signatures and session tokens are not written.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Any, Self
from urllib.parse import parse_qs, urlsplit

from botocore.awsrequest import AWSPreparedRequest
from botocore.compat import HTTPHeaders

from landline.errors import ToolError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

KIND = "landline-sandbox"
VERSION = 1

_READS = re.compile(r"(Describe|Get|List|Search|Head|BatchGet|Lookup)[A-Z]\w*")
_DROPPED = frozenset(
    {
        "user-agent",
        "x-amz-security-token",
        "amz-sdk-invocation-id",
        "amz-sdk-request",
        "host",
        "content-length",
    }
)
_SIGNATURE = re.compile(r"(Signature=)\w+")


@dataclass(frozen=True, slots=True)
class Call:
    """One request to AWS and what became of it."""

    at: float
    """When, in seconds since 1970 (UTC)."""
    method: str
    url: str
    headers: dict[str, str]
    body: bytes
    status: int
    """The answer's HTTP status."""
    draws: int
    """A number that stands for all random numbers drawn until after this call: ids are made of them."""

    def request(self) -> AWSPreparedRequest:
        """The call as botocore would send it."""
        headers = HTTPHeaders()
        for name, value in self.headers.items():
            headers[name] = value
        return AWSPreparedRequest(self.method, self.url, headers, self.body, stream_output=False)

    def line(self) -> str:
        """The call as a line of a journal's file."""
        try:
            body: Any = self.body.decode()
        except UnicodeDecodeError:
            body = {"base64": base64.b64encode(self.body).decode()}
        return json.dumps(
            {
                "at": self.at,
                "method": self.method,
                "url": self.url,
                "headers": self.headers,
                "body": body,
                "status": self.status,
                "draws": self.draws,
            }
        )

    @classmethod
    def from_line(cls, line: str) -> Self:
        """Raises `ValueError`, `TypeError` or `KeyError` for a line that is no call."""
        given = json.loads(line)
        body = given["body"]
        return cls(
            at=float(given["at"]),
            method=str(given["method"]),
            url=str(given["url"]),
            headers={str(key): str(value) for key, value in given["headers"].items()},
            body=body.encode() if isinstance(body, str) else base64.b64decode(body["base64"], validate=True),
            status=int(given["status"]),
            draws=int(given["draws"]),
        )


def is_read(request: AWSPreparedRequest) -> bool:
    """Whether AWS promises, by the operation's name, that the call changes nothing."""
    target = str(request.headers.get("X-Amz-Target") or "")
    if target:
        return _READS.fullmatch(_text(target).rpartition(".")[2]) is not None
    if request.method in {"GET", "HEAD"}:
        return True
    action = parse_qs(urlsplit(request.url).query).get("Action") or parse_qs(_text(request.body)).get(
        "Action"
    )
    return action is not None and _READS.fullmatch(action[0]) is not None


def recorded(request: AWSPreparedRequest, body: bytes, *, at: float, status: int, draws: int) -> Call:
    """The call to write down: without secrets, and without what belongs to one sender."""
    headers = {
        key: _SIGNATURE.sub(r"\1-", _text(value))
        for key, value in request.headers.items()
        if key.lower() not in _DROPPED
    }
    return Call(at, request.method, request.url, headers, body, status, draws)


def body_of(request: AWSPreparedRequest) -> bytes:
    """The call's body; a stream is read, and set back to its beginning."""
    body: Any = request.body
    if body is None:
        return b""
    if isinstance(body, str):
        return body.encode()
    if isinstance(body, bytes | bytearray):
        return bytes(body)
    content: bytes = body.read()
    body.seek(0)
    return content


@dataclass(slots=True)
class Journal:
    """The calls of one world in their order, and the file that they are written to as they come, if any."""

    calls: list[Call] = field(default_factory=list)
    _file: IO[str] | None = None

    def add(self, call: Call) -> None:
        """Note a call; where there is a file, the call is in it when this returns."""
        self.calls.append(call)
        if self._file is not None:
            self._file.write(call.line() + "\n")
            self._file.flush()

    def text(self) -> str:
        """All of it as a file's content."""
        return "".join(line + "\n" for line in (_head(), *(call.line() for call in self.calls)))

    def write_to(self, file: Path) -> None:
        """Write all of it to `file`, and from now on each call as it comes.

        Raises ToolError when the file cannot be written.
        """
        try:
            # Beside it first: a crash on the way must not cost the state that is there.
            part = file.with_name(file.name + ".part")
            part.write_text(self.text())
            part.replace(file)
            self._file = file.open("a")
        except OSError as error:
            raise ToolError(f"{file}: cannot be written: {error.strerror}; give another --state") from error

    def close(self) -> None:
        """Write no further call to the file."""
        if self._file is not None:
            self._file.close()
            self._file = None


def read_journal(file: Path) -> Journal:
    """The journal in `file`. A last line that is cut off, as by a crash in a write, is dropped.

    Raises UsageError when the file cannot be read or is no journal of this version.
    """
    try:
        lines = file.read_text().split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file}: cannot be read as a sandbox's state: {error}") from error
    whole = lines[:-1]
    if not whole or _loaded(whole[0]) != _loaded(_head()):
        found = (lines[0][:60] or "nothing").strip()
        raise UsageError(
            f"{file}: is no sandbox state of version {VERSION} (its first line is {found!r}); "
            "give a file that `landline sandbox` has written"
        )
    return Journal(list(_calls(file, whole[1:])))


def _calls(file: Path, lines: Iterable[str]) -> Iterable[Call]:
    for number, line in enumerate(lines, start=2):
        try:
            yield Call.from_line(line)
        except (ValueError, TypeError, KeyError, AttributeError, binascii.Error) as error:
            raise UsageError(
                f"{file}:{number}: is no call of a sandbox ({error!r}): {line[:60]!r}"
            ) from error


def _head() -> str:
    return json.dumps({"kind": KIND, "version": VERSION})


def _loaded(line: str) -> Any:  # noqa: ANN401 - any JSON value
    try:
        return json.loads(line)
    except ValueError:
        return None


def _text(value: Any) -> str:  # noqa: ANN401 - a header or a body of botocore's
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value or "")
