"""What each isolated network of an example estate must be, by the prover's own rules."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from landline import network, proof

if TYPE_CHECKING:
    from collections.abc import Mapping

    from landline.proof import Verdict

RULES = frozenset({"dns-egress", "open-endpoint-policy", "unlogged-network"})


def judged(snapshot: Mapping[str, bytes], document: Mapping[str, object]) -> Verdict:
    """The verdict with all that can be required; `document` holds the grants."""
    grants = proof.read_grants(json.dumps(dict(document)).encode())
    model = network.read(dict(snapshot))
    return proof.verify(model, grants, evidence="wiring", require=proof.OPTIONAL)


def assert_closed_and_logged(verdict: Verdict, networks: int) -> None:
    """All three rules were decided for all `networks`, and none found anything, latent or not."""
    assert [finding for finding in verdict.findings if finding.rule in RULES] == []
    assert [note for note in verdict.not_checked if note.rule in {*RULES, "all"}] == []
    checked = dict(verdict.checked)
    assert checked["vpcs"] == networks > 0
    assert checked["vpc_endpoints"] >= networks
    assert checked["flow_logs"] >= networks
    assert checked["query_log_associations"] >= networks
