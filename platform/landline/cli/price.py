"""`landline price`."""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

import click

from landline.cli.options import common_options, examples, json_option
from landline.cli.stacks_directory import estate_of, found, stacks_option

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from landline.cli.terminal import Terminal
    from landline.onboarding.quote import Quote
    from landline.settings import Estate

PETABYTE = 1_000_000
"""In GB; AWS charges less beyond it."""


def _gigabytes(_context: click.Context, _parameter: click.Parameter, value: str | None) -> Decimal:
    try:
        gigabytes = Decimal(value or 0)
    except InvalidOperation:
        gigabytes = Decimal(-1)
    if not (gigabytes.is_finite() and 0 <= gigabytes <= PETABYTE):
        raise click.BadParameter(f"{value!r} is no number of GB from 0 to {PETABYTE:,}; write --gb 500")
    return gigabytes


@click.command(
    short_help="Say what stacks cost a month.",
    epilog=examples("landline price", "landline price payments --gb 500", "landline price --json"),
)
@click.argument("stacks", nargs=-1, metavar="[STACK]...")
@click.option(
    "--gb",
    "gigabytes",
    metavar="GB",
    callback=_gigabytes,
    help="Add the data through each spoke's interface endpoints a month, both ways together.",
)
@stacks_option("The stack files (default: the nearest stacks/, upwards from here).")
@json_option
@common_options
@click.pass_obj
def price(
    terminal: Terminal,
    stacks: tuple[str, ...],
    gigabytes: Decimal,
    stacks_directory: Path | None,
    *,
    as_json: bool,
) -> None:
    """Say what stacks cost a month by list price, item by item, with what is charged by use beside it.

    Counted on what the stacks make in the sandbox, each endpoint once for each of its zones; what is
    requested and not granted yet is taken as granted. Every price has its source and date: --json.
    """
    from landline.onboarding import quote

    estate = estate_of(found(stacks_directory))
    quotes = tuple(_quotes(estate, stacks or tuple(estate.stacks), gigabytes, terminal))
    if as_json:
        terminal.result(json.dumps(quote.document(quotes), indent=2))
    else:
        for line in _told(quotes):
            terminal.result(line)


def _quotes(estate: Estate, names: Sequence[str], gigabytes: Decimal, terminal: Terminal) -> Iterator[Quote]:
    from landline.onboarding.quote import quote
    from landline.testing.sandboxed import quiet_pulumi_aws, sandbox_class

    needed = _needed(estate, names)
    order = [name for group in needed.deployment_order() for name in group]
    with sandbox_class()(needed) as sandbox, quiet_pulumi_aws():
        for position, name in enumerate(order, 1):
            terminal.progress(f"[{position}/{len(order)}] {needed[name].kind} {name}")
            sandbox.up(name)
        for name in names:
            data = gigabytes if name in needed.spokes else Decimal(0)
            yield quote(name, needed[name].kind, sandbox.resources(name), gigabytes=data)


def _needed(estate: Estate, names: Sequence[str]) -> Estate:
    """The named stacks and those that they cannot be deployed without, as if all were granted."""
    from landline.onboarding.proposal import as_if_granted
    from landline.settings import Estate

    spokes = {grant.spoke if (grant := estate.grants.get(name)) else name for name in names}
    chosen = {name: estate[name] for name in {*names, *spokes}}
    for name in spokes & estate.spokes.keys():
        hub = estate.hub_of(estate[name])
        chosen[hub.name] = hub
        if (answer := estate.grant_of(estate[name])) is not None:
            chosen[answer.name] = answer
    return as_if_granted(Estate.of(chosen.values()))


def _told(quotes: Sequence[Quote]) -> Iterator[str]:
    from landline.cli.table import table
    from landline.onboarding.quote import total
    from landline.settings.prices import NOTE

    rows = [
        [
            one.stack,
            item.what,
            f"{item.quantity.normalize():f}",
            item.price.unit,
            f"${item.price.dollars}",
            f"${item.month}",
        ]
        for one in quotes
        for item in one.items
    ]
    yield from table(["stack", "for", "quantity", "unit", "price", "a month"], rows)
    for one in quotes:
        yield f"{one.kind} {one.stack}: ${one.month} a month"
    if len(quotes) > 1:
        yield f"Together: ${total(quotes)} a month"
    if by_use := sorted({use for one in quotes for use in one.by_use}):
        yield f"Charged by use, and not in these figures: {'; '.join(by_use)}"
    if unknown := sorted({token for one in quotes for token in one.unknown}):
        yield f"No price is written down for: {', '.join(unknown)}"
    yield f"Prices: {NOTE}"
