"""The prover and the naive oracle on generated estates.

`LANDLINE_ORACLE_ESTATES` sets how many (5,000 unless told), `LANDLINE_ORACLE_SEED` the first seed. Seeds are
dealt out in blocks, so that workers share them. What the blocks record is added up and judged in
`tests/conftest.py` when the run ends.
"""

import ast
import json
import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from . import change, shares
from .compare import disagreements, prover_says, shrink
from .documents import Item, encode
from .estate import read
from .generate import generate
from .oracle import judge
from .targets import KINDS, kinds

ESTATES = int(os.environ.get("LANDLINE_ORACLE_ESTATES", "5000"))
FIRST = int(os.environ.get("LANDLINE_ORACLE_SEED", "0"))
BLOCK = 125
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
    counts: Counter[str] = Counter()
    failures = []
    for seed in seeds:
        snapshot = generate(seed)
        answer = judge(snapshot)
        counts["latent" if answer.verdict == "proven" and answer.latent else answer.verdict] += 1
        counts.update(kinds(read(snapshot)))
        said = disagreements(answer, prover_says(snapshot))
        if said:
            failures.append((seed, said))
    record_property("oracle-counts", json.dumps(counts))
    if failures:
        others = "".join(f"\nseed {seed}: {said}" for seed, said in failures[1:])
        pytest.fail(reproduction(*failures[0]) + others, pytrace=False)


def test_too_few_of_a_kind_are_told() -> None:
    plenty: Counter[str] = Counter(dict.fromkeys((*shares.VERDICTS, *KINDS), 500))

    assert shares.lacking(plenty) == []
    assert shares.lacking(plenty + Counter(proven=9000)) == [
        f"{verdict} is the verdict of 500 of 11000" for verdict in ("violated", "latent", "unproven")
    ]
    assert shares.lacking(plenty - Counter(instance=490)) == ["instance occurs 10 times"]
    assert "latent 500 (25.0%)" in shares.said(plenty)


def test_the_oracle_shares_no_code_with_the_prover() -> None:
    for path in Path(__file__).parent.glob("*.py"):
        if path.stem == "compare" or path.stem.startswith("test_"):
            continue
        names = [
            name
            for node in ast.walk(ast.parse(path.read_text()))
            for name in (
                [alias.name for alias in node.names]
                if isinstance(node, ast.Import)
                else [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else []
            )
        ]
        assert not [name for name in names if name.startswith("landline")], path
