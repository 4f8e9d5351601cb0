"""`reach` and the naive oracle on generated estates: the verdict, the way back, and what gets through."""

import os
from collections.abc import Iterator
from random import Random

import pytest

from landline.network import read
from landline.proof import Answer, asked, reach

from . import estate as documents
from .estate import Item, addresses
from .filters import ICMP, ICMPV6, TCP, Flow, passes
from .generate import generate
from .oracle import DEAF, SILENT, Oracle, missing_block
from .walk import End

ESTATES = int(os.environ.get("LANDLINE_REACH_ESTATES", "60"))
FIRST = int(os.environ.get("LANDLINE_ORACLE_SEED", "0"))
QUESTIONS = 6
BLOCK = 20


def clear(estate: documents.Estate) -> bool:
    """Whether the oracle has one answer: nothing is missing, and no prefix list is a stranger's."""
    lost = estate.unreadable or list(documents.missing(estate)) or missing_block(estate)
    return not lost and not estate.shared_lists() and bool(estate.all("NetworkInterfaces"))


def ends(oracle: Oracle, source: Item, destination: Item | None) -> Iterator[End]:
    """Every end of every packet from an interface to another, or to the internet where it is None."""
    if source["InterfaceType"] in SILENT:
        return
    for one in addresses(source):
        far = addresses(destination) if destination else oracle.v4 if one.version == 4 else oracle.v6
        for other in far:
            if other.version == one.version:
                yield from oracle.walker.send(source, one, other)


def told(oracle: Oracle, source: Item, destination: Item | None) -> tuple[bool, bool, set[Flow], bool]:
    """(whether something arrives, whether an answer comes back, what arrives, whether there is doubt)."""
    through: set[Flow] = set()
    two_way, doubt = False, False
    for end in ends(oracle, source, destination):
        if end.where == "unmodelled":
            doubt = True
            continue
        if destination is None:
            there = end.where == "internet"
        else:
            there = (
                end.where == "interface"
                and end.interface == destination["NetworkInterfaceId"]
                and end.trail.destination in addresses(destination)
                and destination["InterfaceType"] not in DEAF
            )
        if not there:
            continue
        version = source_version(end)
        passing = [
            f for f in oracle.flows[version] if all(passes(oracle.estate, g, f) for g in end.trail.gates)
        ]
        if not end.trail.certain:
            doubt = doubt or bool(passing)
            continue
        through |= set(passing)
        if passing and not two_way:
            back = oracle.comes_back(end, passing, source)
            doubt, two_way = doubt or back is None, two_way or bool(back)
    return bool(through), two_way, through, doubt


def source_version(end: End) -> int:
    """The family in which a packet set out; NAT64 changes it."""
    first = end.trail.translations[0].before if end.trail.translations else end.trail.source
    return first.version


def lets_through(answer: Answer, flow: Flow) -> bool:
    """Whether an answer's `allowed` holds a flow, from some source port."""
    port = flow.port * 256 + flow.code if flow.protocol in (ICMP, ICMPV6) else flow.port
    return any(
        item.protocol[0] <= flow.protocol <= item.protocol[1] and item.ports[0] <= port <= item.ports[1]
        for item in answer.allowed
    )


@pytest.mark.parametrize("first", range(FIRST, FIRST + ESTATES, BLOCK))
def test_reach_agrees_with_the_oracle(first: int) -> None:
    differences = []
    verdicts: set[tuple[str, bool]] = set()
    for seed in range(first, first + BLOCK):
        snapshot = generate(seed)
        estate = documents.read(snapshot)
        if not clear(estate):
            continue
        model, oracle, random = read(snapshot), Oracle(estate), Random(seed)  # noqa: S311 - the same every time
        interfaces = [i for i in estate.all("NetworkInterfaces") if i.get("SubnetId")]
        senders = [i for i in interfaces if i["InterfaceType"] not in SILENT]
        for _ in range(QUESTIONS if senders else 0):
            source = random.choice(senders)
            destination = random.choice([*interfaces, None])
            if destination is source:
                continue
            name = destination["NetworkInterfaceId"] if destination else "internet"
            answer = reach(model, source["NetworkInterfaceId"], name)
            arrives, two_way, through, doubt = told(oracle, source, destination)
            verdicts.add((answer.verdict, answer.two_way))
            where = f"seed {seed}: {source['NetworkInterfaceId']} to {name}"
            if arrives != (answer.verdict == "reachable") and not (doubt and not arrives):
                differences.append(f"{where}: oracle {arrives}, reach {answer.verdict} {answer.blocked_by}")
            elif arrives and two_way != answer.two_way and not doubt:
                differences.append(f"{where}: two_way oracle {two_way}, reach {answer.two_way} {answer.path}")
            if answer.verdict == "blocked":
                assert answer.blocked_by is not None
                assert not answer.allowed
            for flow in oracle.flows[4] if not doubt else ():
                if flow.protocol in (ICMP, ICMPV6) and source["Ipv6Addresses"]:
                    continue  # of which family the messages are, `allowed` does not say
                if (flow in through) != lets_through(answer, flow):
                    differences.append(f"{where}: {flow} oracle {flow in through}, reach {answer.allowed}")
                    break
    assert not differences, "\n".join(differences)
    assert {verdict for verdict, _ in verdicts} >= {"reachable", "blocked"}


def test_a_question_about_one_port_agrees_with_what_gets_through() -> None:
    """Asking for a flow and reading it in `allowed` are two computations of one thing."""
    for seed in range(FIRST, FIRST + 12):
        snapshot = generate(seed)
        model = read(snapshot)
        names = sorted(model.network_interfaces.items)
        random = Random(seed)  # noqa: S311 - the same every time
        for _ in range(4 if len(names) > 1 else 0):
            one, other = random.sample(names, 2)
            whole = reach(model, one, other)
            for port in (22, 443, 40000):
                answer = reach(model, one, other, asked("tcp", port))
                assert answer.allowed == whole.allowed
                assert (answer.verdict == "reachable") == lets_through(whole, Flow(TCP, port)), (
                    seed,
                    one,
                    other,
                )
