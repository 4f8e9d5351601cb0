"""`landline catalogue`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from landline.cli.options import common_options, examples, json_option
from landline.cli.stacks_directory import estate_of, found, stacks_option
from landline.cli.table import table
from landline.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from landline.cli.terminal import Terminal


@click.command(
    short_help="Show what the hubs offer.",
    epilog=examples("landline catalogue", "landline catalogue payments --json", "landline catalogue --live"),
)
@click.argument("spoke", required=False)
@stacks_option("The stack files (default: the nearest stacks/, upwards from here).")
@click.option("--live", is_flag=True, help="What is deployed, by the hubs' outputs, not what is written.")
@click.option("--sandbox", is_flag=True, help="With --live: in the sandbox that is served.")
@json_option
@common_options
@click.pass_obj
def catalogue(
    terminal: Terminal,
    spoke: str | None,
    stacks_directory: Path | None,
    *,
    live: bool,
    sandbox: bool,
    as_json: bool,
) -> None:
    """Show what the hubs offer: ports, lane, zones, local name, price a month and what is left of the quotas.

    With a spoke: its hub's services as that spoke would use them, and which of them it has.
    """
    from landline.cli.recorded import deployed_services
    from landline.onboarding import catalogue as offers
    from landline.settings.prices import NOTE

    if sandbox and not live:
        raise UsageError("--sandbox says where --live looks; give --live too")
    directory = found(stacks_directory)
    estate = estate_of(directory)
    deployed = deployed_services(estate, directory, sandbox=sandbox) if live else None
    shown = offers.catalogue(estate, spoke, deployed)
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
            ", ".join((offer.region, *offer.regions)),
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
