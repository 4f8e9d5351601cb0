import gzip
import tracemalloc
from http import HTTPStatus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from landline.intake.body import Body
from landline.intake.refusal import RefusedError

PIECES = st.lists(st.binary(max_size=200), max_size=8)


def collected(pieces: list[bytes], encoding: str | None, most: int = 10_000) -> bytes:
    body = Body(encoding, most)
    for piece in pieces:
        body.feed(piece)
    return body.finish()


@given(PIECES)
def test_a_plain_body_is_its_pieces(pieces: list[bytes]) -> None:
    assert collected(pieces, None) == b"".join(pieces)


@given(PIECES, st.integers(1, 50))
def test_a_gzip_body_is_what_its_members_hold_however_it_is_cut(members: list[bytes], size: int) -> None:
    sent = b"".join(gzip.compress(member) for member in members or [b""])
    pieces = [sent[start : start + size] for start in range(0, len(sent), size)]

    assert collected(pieces, "gzip", 100_000) == b"".join(members)


@given(st.binary(min_size=1, max_size=300), st.integers(1, 40))
def test_a_gzip_body_that_is_cut_short_is_refused(content: bytes, missing: int) -> None:
    sent = gzip.compress(content)[:-missing]

    with pytest.raises(RefusedError) as refused:
        collected([sent], "GZIP")
    assert refused.value.status == HTTPStatus.BAD_REQUEST


@pytest.mark.parametrize(
    ("pieces", "encoding", "status"),
    [
        ([b"x" * 60, b"x" * 41], None, 413),
        # A thousand times larger once decompressed: the limit holds before there is memory for it.
        ([gzip.compress(b"x" * 100_000)[:100]], "gzip", 413),
        ([b"x" * 101], "gzip", 413),
        ([b"no gzip"], "gzip", 400),
        ([gzip.compress(b"x") + b"more"], "gzip", 400),
        ([b"x"], "br", 415),
    ],
)
def test_what_is_refused(pieces: list[bytes], encoding: str | None, status: int) -> None:
    with pytest.raises(RefusedError) as refused:
        collected(pieces, encoding, 100)
    assert refused.value.status == status


def test_a_body_may_be_as_large_as_the_limit() -> None:
    assert collected([b"x" * 100], None, 100) == b"x" * 100
    assert collected([gzip.compress(b"x" * 100)], "gzip", 100) == b"x" * 100


def test_what_expands_a_thousandfold_is_never_held() -> None:
    bomb = gzip.compress(b"x" * 20_000_000)
    body = Body("gzip", 100_000)
    tracemalloc.start()
    try:
        with pytest.raises(RefusedError):
            body.feed(bomb)
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()
