"""`landline reach`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from landline.cli.options import common_options, examples, json_option
from landline.cli.stacks_directory import estate_of, stacks_option
from landline.exit_codes import ExitCode

if TYPE_CHECKING:
    from landline.cli.terminal import Terminal
    from landline.settings import Estate


@click.command(
    short_help="Ask whether anything gets from one place to another.",
    epilog=examples(
        "landline reach internet i-0a1b2c3d4e5f60718 --protocol tcp --port 443 --dump dump --json",
        "landline reach payments logging --dump dump --stacks stacks --expect reachable",
    ),
)
@click.argument("source", metavar="SRC")
@click.argument("destination", metavar="DST")
@click.option(
    "--dump",
    default="dump",
    show_default=True,
    metavar="DIR",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A snapshot, such as `landline dump` writes.",
)
@click.option(
    "--protocol", default="any", show_default=True, metavar="tcp|udp|icmp|any|NUMBER", help="The IP protocol."
)
@click.option("--port", type=int, metavar="N", help="The destination port, of TCP or UDP.")
@click.option("--source-port", type=int, metavar="N", help="The source port, of TCP or UDP.")
@stacks_option("Take the names of stacks, and each spoke's hub, from these stack files.")
@click.option(
    "--expect",
    type=click.Choice(["reachable", "blocked"]),
    help="Exit with 1 when the answer is the other one.",
)
@json_option
@common_options
@click.pass_obj
def reach(
    terminal: Terminal,
    source: str,
    destination: str,
    dump: Path,
    protocol: str,
    port: int | None,
    source_port: int | None,
    stacks_directory: Path | None,
    expect: str | None,
    *,
    as_json: bool,
) -> int:
    """Tell whether some packet gets from SRC to DST, by which hops, and what stops it otherwise.

    SRC and DST are an instance, interface, subnet, VPC, endpoint, load balancer or account, by id or VPC
    name; an address or block, inside the estate or not; a service, by its name, as ACCOUNT/SERVICE or as
    ACCOUNT/REGION/SERVICE; a virtual private gateway, for what is behind it; or `internet`. An instance, a
    subnet and so on mean any of their interfaces. With --stacks a stack's name is its account, HUB/SERVICE is
    a hub's service, and the services that a spoke asks about are its own hub's.

    Exits with 0 when it is answered, reachable or blocked, with 3 when it is unproven, and with 2 when SRC or
    DST is not in the dump.
    """
    from landline import network, proof, report

    names: dict[str, str] | None = None
    if stacks_directory is not None:
        estate = estate_of(stacks_directory)
        names = _names(estate, source)
    traffic = proof.asked(protocol, port, source_port)
    model = network.read(dump)
    answer = proof.reach(model, source, destination, traffic, names)
    text = report.answer_as_json(answer)
    if not as_json:
        text = report.answer_as_text(answer, lambda path: proof.described(model, path))
    terminal.result(text.removesuffix("\n"))
    if expect is not None and answer.verdict not in (expect, "unproven"):
        return ExitCode.FINDING
    return answer.exit_code


def _names(estate: Estate, source: str) -> dict[str, str]:
    """What names of the stack files stand for in a dump: accounts, and services of hubs."""
    names = {stack.name: estate.account_of(stack) for stack in estate if stack.kind != "grant"}
    own = estate.hub_of(estate[source]).name if source in estate.spokes else None
    for hub, settings in estate.hubs.items():
        place = f"{names[hub]}/{estate[hub].region}"
        names |= {f"{hub}/{service}": f"{place}/{service}" for service in settings.services}
        if hub == own:
            names |= {
                service: f"{place}/{service}" for service in settings.services if service not in estate.stacks
            }
    return names
