"""A request's body, piece by piece, never more of it than is allowed."""

import zlib

from landline.intake.refusal import malformed, too_large, unsupported

MOST_BYTES = 4 * 1024 * 1024
"""The largest body, as sent and decompressed."""

_GZIP = 16 + zlib.MAX_WBITS


class Body:
    """Collects a body and decompresses it on the way.

    Raises `RefusedError`: 415 for an encoding other than gzip, 413 beyond `most` bytes before or after
    decompression, 400 for what is no gzip stream or ends before it does.
    """

    def __init__(self, encoding: str | None, most: int = MOST_BYTES) -> None:
        named = (encoding or "identity").strip().lower()
        if named not in ("identity", "gzip"):
            raise unsupported(f"Content-Encoding ({encoding}): write gzip, or leave it out")
        self._gzip = zlib.decompressobj(_GZIP) if named == "gzip" else None
        self._most = most
        self._sent = 0
        self._whole = bytearray()

    def feed(self, piece: bytes) -> None:
        """Takes what arrived next."""
        self._sent += len(piece)
        if self._sent > self._most:
            raise too_large(f"the body is larger than {self._most} bytes: send it in smaller pieces")
        if self._gzip is None:
            self._whole += piece
            return
        while piece:
            if self._gzip.eof:
                # A gzip file may have several members (RFC 1952, section 2.2).
                self._gzip = zlib.decompressobj(_GZIP)
            room = self._most - len(self._whole) + 1
            try:
                self._whole += self._gzip.decompress(piece, room)
            except zlib.error as error:
                raise malformed(f"the body is no gzip stream: {error}") from error
            if len(self._whole) > self._most:
                raise too_large(f"the body is larger than {self._most} bytes once decompressed")
            piece = self._gzip.unused_data if self._gzip.eof else self._gzip.unconsumed_tail

    def finish(self) -> bytes:
        """The whole body, decompressed."""
        if self._gzip is not None and not self._gzip.eof:
            raise malformed("the body's gzip stream ends before it is complete")
        return bytes(self._whole)
