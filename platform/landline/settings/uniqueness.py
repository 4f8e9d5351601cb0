"""What an estate may hold only once.

Address ranges may overlap, or be the same, and are not compared. PrivateLink gives a spoke's packets the
address of a node of the load balancer ("Network Load Balancer guide, Client IP preservation"), so nothing
routes between a spoke and the hub, or between spokes. The rules of a load balancer's security group see the
clients' own ranges, through one prefix list for each grant, and lists may hold what other lists hold.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from landline.settings.spoke import AUTO

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator

    from landline.settings.outline import Outline
    from landline.settings.problem import Problem


def check_uniqueness(outlines: Iterable[Outline]) -> Iterator[Problem]:
    """Every second baseline, grant or request where one is the most."""
    first: dict[Hashable, Outline] = {}
    for stack in outlines:
        yield from _check_name(stack, first)
        match stack.kind:
            case "baseline":
                yield from _check_baseline(stack, first)
            case "grant":
                yield from _check_grant(stack, first)
            case "spoke":
                yield from _check_account(stack, first)
            case "hub":
                yield from _check_hub(stack, first)


def _check_name(stack: Outline, first: dict[Hashable, Outline]) -> Iterator[Problem]:
    """Resource names begin with the stack's, and AWS takes no full stops and no capitals in some of them."""
    before = first.setdefault(("name", stack.name.lower().replace(".", "-")), stack)
    if before is not stack:
        yield stack.problem(
            "error",
            (),
            f"belongs to a stack whose resources would be named like those of {before.name}",
            "give one of the two files a name that differs in more than capitals and full stops",
        )


def _check_hub(stack: Outline, first: dict[Hashable, Outline]) -> Iterator[Problem]:
    """Grants are told apart by a service's name and place, so one of a name at a place is the most."""
    if stack.name == AUTO:
        yield stack.problem(
            "error",
            (),
            f"belongs to a hub named {AUTO}, which a spoke cannot name: there it stands for the nearest hub",
            "give the file another name",
        )
    if stack.account is None or stack.region is None:
        return
    for name in stack.services or ():
        before = first.setdefault(("service", stack.account, stack.region, name), stack)
        if before is not stack:
            yield stack.problem(
                "error",
                ("services", name),
                f"is offered by hub {before.name} of the same account and Region too, and then nothing can "
                "prove which of the two was granted",
                "give one of the two another name, or the hub another account or Region",
            )


def _check_baseline(stack: Outline, first: dict[Hashable, Outline]) -> Iterator[Problem]:
    if stack.account is None or stack.region is None:
        return
    before = first.setdefault(("baseline", stack.account, stack.region), stack)
    if before is not stack:
        yield stack.problem(
            "error",
            ("account",),
            f"has a baseline in {stack.region} already, in stack {before.name}",
            "keep one of the two: its settings exist once in an account and Region",
        )


def _check_grant(stack: Outline, first: dict[Hashable, Outline]) -> Iterator[Problem]:
    if stack.spoke is None or stack.hub is None:
        return
    before = first.setdefault(("grant", stack.spoke, stack.hub), stack)
    if before is not stack:
        yield stack.problem(
            "error",
            ("spoke",),
            f"has a grant for hub {stack.hub} already, in stack {before.name}",
            f"write all services of {stack.spoke} in {before.name}, and destroy this stack",
        )


def _check_account(stack: Outline, first: dict[Hashable, Outline]) -> Iterator[Problem]:
    """An allow-list names accounts, so a grant for one spoke lets in every other spoke of its account."""
    if stack.account is None or stack.hub is None:
        return
    for name in stack.services or ():
        before = first.setdefault(("account", stack.account, stack.hub, name), stack)
        if before is not stack:
            yield stack.problem(
                "error",
                ("services", name),
                f"is requested by spoke {before.name} of the same account too, and the allow-list "
                "names accounts, so one grant lets in both",
                "give each spoke an account of its own, or keep one of the two requests",
            )
