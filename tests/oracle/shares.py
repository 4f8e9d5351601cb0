"""How many estates were compared, what they came to, and which route targets stood in them."""

from collections import Counter

from .targets import KINDS

VERDICTS = ("violated", "latent", "proven", "unproven")
"""`latent` are the proven ones that have doors which nothing goes through, `proven` those that have none."""

LEAST = 0.05
"""No verdict may be rarer than that among the estates, and no route target occur less than `OFTEN` times."""
OFTEN = 20
ENOUGH = 2000
"""From so many estates on, the shares and counts must hold; a few estates, for one seed, may be anything."""


def said(counts: Counter[str]) -> str:
    """The figures in two lines."""
    total = sum(counts[verdict] for verdict in VERDICTS)
    shares = ", ".join(f"{verdict} {counts[verdict]} ({counts[verdict] / total:.1%})" for verdict in VERDICTS)
    rarest = min(KINDS, key=lambda kind: counts[kind])
    return (
        f"oracle: {total} estates compared: {shares}\n"
        f"oracle: {len(KINDS)} kinds of route targets, the rarest {counts[rarest]} times ({rarest})"
    )


def lacking(counts: Counter[str]) -> list[str]:
    """What is too rare among the estates, in words."""
    total = sum(counts[verdict] for verdict in VERDICTS)
    if total < ENOUGH:
        return []
    rare = [f"{v} is the verdict of {counts[v]} of {total}" for v in VERDICTS if counts[v] < LEAST * total]
    return rare + [f"{kind} occurs {counts[kind]} times" for kind in KINDS if counts[kind] < OFTEN]
