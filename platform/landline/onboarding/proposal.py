"""The estate as it would be if everything were granted that is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from landline.settings import Estate, GrantedService, GrantSettings, Stack

if TYPE_CHECKING:
    from collections.abc import Iterator

PROPOSED = "proposed"
"""The approval of grants that nobody wrote yet."""


def as_if_granted(estate: Estate) -> Estate:
    """`estate`, with `PROPOSED` grants for what its spokes request and nobody granted yet."""
    return Estate.of(_stacks(estate))


def _stacks(estate: Estate) -> Iterator[Stack]:
    answers: dict[str, Stack] = {}
    for stack in estate:
        if isinstance(stack.settings, GrantSettings):
            answers[stack.settings.spoke] = stack
        else:
            yield stack
    for name, spoke in estate.spokes.items():
        answer = answers.get(name)
        written = answer.settings.services if answer and isinstance(answer.settings, GrantSettings) else {}
        proposed = {
            service: GrantedService(approved=PROPOSED) for service in spoke.services if service not in written
        }
        if answer is None and not proposed:
            continue
        settings = GrantSettings(hub=spoke.hub, spoke=name, services={**written, **proposed})
        yield Stack(
            answer.name if answer else f"grant-{name}",
            answer.file if answer else estate[name].file,
            answer.region if answer else estate.hub_of(estate[name]).region,
            settings,
        )
