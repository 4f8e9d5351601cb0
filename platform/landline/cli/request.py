"""`landline request new`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from landline.cli.editing import Asker, Day, ahead, apply, dry_run_option
from landline.cli.options import common_options, examples, json_option
from landline.cli.stacks_directory import estate_of, found, stacks_option
from landline.errors import UsageError

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from landline.cli.terminal import Terminal
    from landline.onboarding.change import Change
    from landline.onboarding.requesting import NewSpoke, Request
    from landline.settings import Estate


@click.group(
    short_help="Ask for access to a hub's services.",
    epilog=examples(
        "landline request new billing",
        "landline request new payments --service security --reason 'upload findings'",
    ),
)
@common_options
def request() -> None:
    """Ask for access to a hub's services."""


@request.command(
    short_help="Write a spoke's stack file, or add a service to it.",
    epilog=examples(
        "landline request new billing",
        "landline request new payments --service security --reason 'upload findings'",
        "landline request new billing --team billing --contact billing-oncall@example.com "
        "--account 444444444444 "
        "--cidr 10.64.0.0/20 --service logging --reason 'ship application logs' --aws s3 --aws kms",
    ),
)
@click.argument("spoke", required=False)
@click.option(
    "--service", "services", multiple=True, metavar="SERVICE", help="A hub service; may be repeated."
)
@click.option("--reason", help="What they are needed for, 10 to 500 characters, for the one who approves.")
@click.option("--until", type=Day(), metavar="DATE", help="The last day on which they are needed.")
@click.option("--aws", multiple=True, metavar="SERVICE", help="An AWS service to reach; may be repeated.")
@click.option("--hub", help="The hub's stack, or auto for the nearest (default: the only one).")
@click.option("--region", help="The spoke's Region (default: the hub's).")
@click.option("--team", help="Who owns the spoke.")
@click.option("--contact", metavar="EMAIL", help="An address that answers when the line fails.")
@click.option("--account", metavar="ID", help="The spoke's account, twelve digits.")
@click.option("--cidr", metavar="RANGE", help="The spoke's range; it may overlap any other.")
@click.option("--zone", "zones", multiple=True, metavar="AZ-ID", help="An AZ id (default: the hub's).")
@stacks_option("The stack files (default: the nearest stacks/, upwards from here).")
@dry_run_option
@json_option
@common_options
@click.pass_obj
def new(
    terminal: Terminal,
    spoke: str | None,
    services: tuple[str, ...],
    reason: str | None,
    until: date | None,
    aws: tuple[str, ...],
    hub: str | None,
    region: str | None,
    team: str | None,
    contact: str | None,
    account: str | None,
    cidr: str | None,
    zones: tuple[str, ...],
    stacks_directory: Path | None,
    *,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Write a spoke's stack file, or add services to it; comments and order in the file stay.

    Asks for what is left out when run in a terminal, and names what is missing elsewhere.
    """
    from landline.onboarding import requesting
    from landline.onboarding.requesting import NewSpoke, Request
    from landline.settings.spoke import AUTO

    directory = found(stacks_directory)
    ask = Asker()
    until = ahead("--until", until)
    name = ask("SPOKE", spoke, "Spoke's name, such as payments")
    estate = estate_of(directory)

    def requests(known: Estate, hub_name: str) -> dict[str, Request]:
        offered = ", ".join(known.hubs[hub_name].services)
        wanted = services or tuple(ask("--service", None, f"Service ({offered})").split())
        why = ask("--reason", reason, "What is it needed for?")
        return {service: Request(service, why, until) for service in wanted}

    if name in estate.spokes:
        given = {
            "--hub": hub,
            "--region": region,
            "--team": team,
            "--contact": contact,
            "--account": account,
            "--cidr": cidr,
        }
        surplus = [option for option, value in given.items() if value is not None]
        if surplus or zones:
            raise UsageError(
                f"{estate[name].file}: is there already, so {', '.join(surplus) or '--zone'} cannot be "
                "given; edit the file for that"
            )
        wanted = {} if aws and not services else requests(estate, estate.spokes[name].hub)
        ask.done()

        def make() -> Change:
            return requesting.add_requests(directory, estate_of(directory), name, wanted, aws)

    else:
        hub_name = _nearest(estate, region) if hub == AUTO else hub or _only_hub(estate)
        if hub_name not in estate.hubs:
            raise UsageError(f"no hub stack is named {hub_name}; hubs: {', '.join(estate.hubs) or 'none'}")
        if region not in (None, estate[hub_name].region) and not zones:
            raise UsageError(
                f"hub {hub_name} is in {estate[hub_name].region}, so its zones are not {region}'s; name two "
                "or more of that Region: --zone AZ-ID"
            )
        wanted = requests(estate, hub_name)
        made: NewSpoke = NewSpoke(
            name=name,
            region=region or estate[hub_name].region,
            hub=hub or hub_name,
            team=ask("--team", team, "Team"),
            contact=ask("--contact", contact, "E-mail address that answers when the line fails"),
            account=ask("--account", account, "AWS account id, twelve digits"),
            cidr=ask("--cidr", cidr, "The VPC's range, such as 10.64.0.0/20; it may overlap any other"),
            zones=zones or estate.hubs[hub_name].network.zones,
            aws=aws,
        )
        ask.done()

        def make() -> Change:
            return requesting.new_spoke(directory, made, wanted)

    apply(
        terminal,
        directory,
        make,
        then=lambda _: f"landline check {name}, then open a pull request with it",
        dry_run=dry_run,
        as_json=as_json,
    )


def _nearest(estate: Estate, region: str | None) -> str:
    from landline.settings.nearest import nearest
    from landline.settings.outline import outline_of

    if region is None:
        raise UsageError("--hub auto finds the hub nearest to a Region; name it: --region eu-central-1")
    found = nearest(region, [outline_of(estate[name]) for name in estate.hubs])
    if found.hub is None:
        raise UsageError(f"--hub auto {found.message}; {found.remedy}")
    return found.hub


def _only_hub(estate: Estate) -> str:
    hubs = tuple(estate.hubs)
    if len(hubs) != 1:
        raise UsageError(
            f"the estate has {len(hubs)} hubs ({', '.join(hubs) or 'none'}); name one: --hub NAME"
        )
    return hubs[0]
