"""The prover and the naive oracle on generated estates.

`LANDLINE_ORACLE_ESTATES` sets how many (150 unless told), `LANDLINE_ORACLE_SEED` the first seed. Seeds are
dealt out in blocks, so that workers share them.
"""

import json
import os
from collections import Counter
from collections.abc import Callable

import pytest

from . import change
from .compare import disagreements, oracle_says, prover_says, shrink
from .documents import Item, encode
from .generate import generate
from .oracle import judge

ESTATES = int(os.environ.get("LANDLINE_ORACLE_ESTATES", "150"))
FIRST = int(os.environ.get("LANDLINE_ORACLE_SEED", "0"))
BLOCK = 25
SURE = "the prover says proven, the oracle violated"
BLOCKS = [range(at, min(at + BLOCK, FIRST + ESTATES)) for at in range(FIRST, FIRST + ESTATES, BLOCK)]


def reproduction(seed: int, said: list[str]) -> str:
    """The seed, and the fewest documents on which the two still differ in the same way."""
    snapshot = generate(seed)
    lines = [f"seed {seed}: the oracle and the prover differ", *said]
    if not change.whole(snapshot):
        return "\n".join(lines)

    wanted = {s.split(": ")[0] for s in said}

    def differs(tree: dict[str, Item]) -> bool:
        try:
            smaller = encode(tree)
            found = disagreements(judge(smaller), prover_says(smaller))
        except (LookupError, RuntimeError, TypeError):
            return False  # what is left is no estate: something is named that is gone
        heads = {f.split(": ")[0] for f in found}
        # No new difference may come in, or the smaller estate is another case.
        return said[0].split(": ")[0] in heads and heads <= wanted and (SURE in heads) == (SURE in wanted)

    small = shrink(change.decode(snapshot), differs)
    lines += [f"shrunk: {said}" for said in disagreements(judge(encode(small)), prover_says(encode(small)))]
    return "\n".join([*lines, json.dumps(small)])


@pytest.mark.parametrize("seeds", BLOCKS, ids=lambda block: f"{block.start}-{block.stop - 1}")
def test_the_prover_agrees_with_the_oracle(
    seeds: range, record_property: Callable[[str, object], None]
) -> None:
    shares: Counter[str] = Counter()
    failures = []
    for seed in seeds:
        snapshot = generate(seed)
        answer = judge(snapshot)
        shares[answer.verdict] += 1
        shares["latent"] += bool(answer.verdict == "proven" and answer.latent)
        said = disagreements(answer, prover_says(snapshot))
        if said:
            failures.append((seed, said))
    record_property("oracle-shares", json.dumps(shares))
    if failures:
        others = "".join(f"\nseed {seed}: {said}" for seed, said in failures[1:])
        pytest.fail(reproduction(*failures[0]) + others, pytrace=False)


def test_every_verdict_is_common_among_the_estates() -> None:
    told = [oracle_says(generate(seed)) for seed in range(200)]
    shares = Counter(t.verdict for t in told)
    shares["latent"] = sum(1 for t in told if t.verdict == "proven" and t.latent)
    assert min(shares[v] for v in ("proven", "violated", "unproven", "latent")) > 0.05 * len(told), shares
