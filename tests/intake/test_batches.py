from base64 import b64encode
from http import HTTPStatus
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from landline.intake.batches import (
    MOST_BATCH_BYTES,
    MOST_RECORD_BYTES,
    MOST_RECORDS,
    batches,
    weight,
)
from landline.intake.refusal import RefusedError

SIZES = st.lists(st.sampled_from([1, 2, 3, 300, 300_000, MOST_RECORD_BYTES]), max_size=30)


@given(SIZES, st.integers(0, 1200))
def test_batches_hold_all_lines_in_their_order_and_within_the_limits(sizes: list[int], small: int) -> None:
    lines = [b"x" * size for size in sizes] + [b"y"] * small

    cut = list(batches(lines))

    assert [line for batch in cut for line in batch] == lines
    assert all(0 < len(batch) <= MOST_RECORDS for batch in cut)
    assert all(sum(len(b64encode(line)) for line in batch) <= MOST_BATCH_BYTES for batch in cut)


@given(SIZES)
def test_no_batch_could_have_held_the_line_after_it(sizes: list[int]) -> None:
    cut = list(batches([b"x" * size for size in sizes]))

    for one, following in pairwise(cut):
        assert (
            len(one) == MOST_RECORDS
            or sum(map(weight, (*one, following[0]))) + weight(b"") > MOST_BATCH_BYTES
        )


def test_a_line_that_is_too_large_is_refused_before_the_first_batch() -> None:
    with pytest.raises(RefusedError, match="record 2 has 1024001 bytes") as refused:
        batches([b"x", b"x" * (MOST_RECORD_BYTES + 1)])
    assert refused.value.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
