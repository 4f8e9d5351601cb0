"""The oracle's answer and the prover's beside each other, in one form."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from landline import proof
from landline.network import read

from .documents import Item
from .oracle import Answer, Way, judge

RULES = {"internet-egress", "internet-ingress", "network-link", "external-network"}


@dataclass(frozen=True)
class Told:
    """What one of the two says: the verdict over `RULES`, the live ways with two_way, the doors not used.

    `possible` and `latent` are bounds: what may be said besides, and what must be said of doors.
    """

    verdict: str
    live: Mapping[Way, bool | None]
    possible: frozenset[Way] = frozenset()
    latent: frozenset[tuple[str, str]] = frozenset()

    def renamed(self, name: Callable[[str], str]) -> "Told":
        """The same with other ids."""
        return replace(
            self,
            live={Way(*map(name, way)): both for way, both in self.live.items()},
            possible=frozenset(Way(*map(name, way)) for way in self.possible),
            latent=frozenset((name(vpc), name(resource)) for vpc, resource in self.latent),
        )


def oracle_says(snapshot: Mapping[str, bytes]) -> Told:
    """The oracle's answer."""
    answer = judge(snapshot)
    return Told(answer.verdict, answer.live, frozenset(answer.possible), frozenset(answer.latent))


def prover_says(snapshot: Mapping[str, bytes]) -> Told:
    """The prover's answer over the rules that the oracle knows."""
    told = proof.verify(read(snapshot), None)
    live: dict[Way, bool | None] = {}
    latent = set()
    for finding in told.findings:
        if finding.rule not in RULES:
            continue
        way = Way(finding.rule, finding.account, finding.region, finding.vpc or "", finding.resource)
        if finding.severity == "violation":
            assert way not in live, f"two findings for one way: {way}"
            live[way] = finding.two_way
        else:
            latent.add((way.vpc, way.resource))
    unproven = any(n.open and n.rule in {*RULES, "all"} for n in told.not_checked)
    verdict = "violated" if live else "unproven" if unproven else "proven"
    return Told(verdict, live, latent=frozenset(latent))


def disagreements(answer: Answer, prover: Told) -> list[str]:
    """In what the two differ, in words; nothing when they agree."""
    return list(_differ(answer, prover))


def _differ(answer: Answer, prover: Told) -> Iterator[str]:
    if answer.unproven and any(u.startswith(("missing", "unreadable")) for u in answer.unproven):
        if prover.verdict == "proven":
            yield f"the prover says proven, but {sorted(answer.unproven)}"
        return
    for way, both in sorted(answer.live.items()):
        if way not in prover.live:
            yield f"the prover misses {way}: {' > '.join(answer.witness.get(way, ()))}"
        elif both is not None and prover.live[way] != both:
            yield f"two_way of {way}: oracle {both}, prover {prover.live[way]}"
    for way in sorted(set(prover.live) - set(answer.live) - answer.possible):
        yield f"only the prover sees {way}"
    if prover.verdict == "proven" and answer.verdict != "proven":
        yield f"the prover says proven, the oracle {answer.verdict}: {sorted(answer.unproven)}"
    if prover.verdict == "unproven" and answer.verdict == "proven" and not answer.doubtful:
        yield "the prover says unproven of what the oracle proves"


def shrink(
    tree: dict[str, Item], fails: Callable[[dict[str, Item]], bool], budget: int = 2000
) -> dict[str, Item]:
    """Drops items of listings, routes, entries and rules for as long as `fails` holds."""
    again = True
    while again and budget > 0:
        again = False
        for path, keys in _droppable(tree):
            budget -= 1
            smaller = json.loads(json.dumps(tree))
            holder = smaller[path]
            for key in keys[:-1]:
                holder = holder[key]
            del holder[keys[-1]]
            if fails(smaller):
                tree, again = smaller, True
                break
    return tree


def _droppable(tree: dict[str, Item]) -> Iterator[tuple[str, list[Any]]]:
    """Places in the documents that can be left out, large things first."""
    inner = {
        "Routes", "Entries", "IpPermissions", "IpPermissionsEgress", "Groups", "Ipv6Addresses", "Attachments",
        "NatGatewayAddresses", "Associations",
    }  # fmt: skip
    for path, document in tree.items():
        for kind, listed in document.items():
            if isinstance(listed, list):
                yield from ((path, [kind, index]) for index in reversed(range(len(listed))))
    for path, document in tree.items():
        for kind, listed in document.items():
            for index, item in enumerate(listed if isinstance(listed, list) else []):
                for key in sorted(inner & set(item)):
                    for place in reversed(range(len(item[key]))):
                        yield path, [kind, index, key, place]
