"""`landline catalogue`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from landline.cli.options import common_options, examples, json_option
from landline.cli.stacks_directory import estate_of, found, stacks_option
from landline.cli.table import table

if TYPE_CHECKING:
    from pathlib import Path

    from landline.cli.terminal import Terminal


@click.command(
    short_help="Show what the hubs offer.",
    epilog=examples("landline catalogue", "landline catalogue payments --json"),
)
@click.argument("spoke", required=False)
@stacks_option("The stack files (default: the nearest stacks/, upwards from here).")
@json_option
@common_options
@click.pass_obj
def catalogue(terminal: Terminal, spoke: str | None, stacks_directory: Path | None, *, as_json: bool) -> None:
    """Show what the hubs offer: ports, lane, zones, local name, price a month and what is left of the quotas.

    With a spoke: its hub's services as that spoke would use them, and which of them it has.
    """
    from landline.onboarding import catalogue as offers
    from landline.settings.prices import NOTE

    shown = offers.catalogue(estate_of(found(stacks_directory)), spoke)
    if as_json:
        terminal.result(json.dumps(offers.document(shown), indent=2))
        return
    head = [
        "service",
        "hub",
        "owner",
        "region",
        "zones",
        "ports",
        "lane",
        "local name",
        "a month",
        "grants left",
    ]
    rows = [
        [
            offer.service,
            offer.hub,
            offer.owner,
            offer.region,
            ", ".join(offer.zones) or "none shared",
            ", ".join(str(port) for port in offer.ports),
            offer.lane,
            offer.local_name,
            f"${offer.monthly_price}",
            str(offer.grants_left),
            *([] if offer.state is None else [offer.state]),
        ]
        for offer in shown.offers
    ]
    for line in table(head if spoke is None else [*head, spoke], rows):
        terminal.result(line)
    if shown.endpoints_left is not None:
        terminal.result(f"{spoke} has room for {shown.endpoints_left} more interface endpoints")
    terminal.result(f"Prices: {NOTE}")
