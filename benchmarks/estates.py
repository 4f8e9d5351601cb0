"""Makes estates to measure on, as dumps in the shapes that the AWS CLI prints.

``python -m benchmarks.estates DIR --vpcs 10000`` writes a dump of isolated VPCs under ``DIR/dump`` and its
grants to ``DIR/grants.json``; ``--mesh 50`` joins the VPCs on one transit gateway with 50 route tables. The
same arguments give the same bytes. Every account and Region has all the documents that `landline dump`
writes, most of them empty, as in a real estate.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import msgspec

from benchmarks.estate import EMPTY, HUB, ORGANIZATION, REGIONS, Estate, Size
from benchmarks.floor import floor
from benchmarks.mesh import mesh
from benchmarks.networks import SERVICES, connect, hub, spoke

VPCS_IN_A_PLACE = 500
"""How many VPCs an account has in a Region, at most."""


def build(size: Size) -> tuple[dict[str, bytes], bytes]:
    """The dump's files by path, and the grants file. The JSON has no white space; `write` indents it."""
    estate = Estate(size)
    in_a_place = (
        VPCS_IN_A_PLACE if size.vpcs > VPCS_IN_A_PLACE * len(REGIONS) else -(-size.vpcs // len(REGIONS))
    )
    services = {region: hub(estate, region) for region in REGIONS}
    accounts: dict[str, None] = {}
    for number in range(size.vpcs):
        place = number // in_a_place
        account = str(222222222222 + place // len(REGIONS) * 1001)
        accounts[account] = None
        spoke(estate, account, REGIONS[place % len(REGIONS)], number, services[REGIONS[place % len(REGIONS)]])
    for region in REGIONS:
        connect(estate, region, services[region], tuple(accounts))
    if size.mesh:
        mesh(estate)
    for account, region in list(estate.documents):
        floor(estate, account, region)
    files = {
        f"{account}/{region}/{name}.json": {EMPTY[name]: items}
        for (account, region), documents in estate.documents.items()
        for name, items in documents.items()
    }
    grants = {
        "organization": ORGANIZATION,
        "hub": HUB,
        "grants": [
            {"spoke": account, "service": f"{service}-{region}"}
            for account in accounts
            for region in REGIONS
            for service in SERVICES
            if (account, region) in estate.documents
        ],
    }
    encode = msgspec.json.encode
    return {path: encode(file) for path, file in (files | estate.files).items()}, encode(grants)


def write(size: Size, directory: Path, *, compact: bool = False) -> Path:
    """Write an estate below a directory, indented as the AWS CLI does or `compact`; return the dump."""
    files, grants = build(size)
    dump = directory / "dump"
    for path, data in files.items():
        file = dump / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(msgspec.json.format(data, indent=0 if compact else 4) + b"\n")
    (directory / "grants.json").write_bytes(grants)
    return dump


def main() -> None:
    """Write one estate."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("directory", type=Path, help="where to put dump/ and grants.json")
    parser.add_argument("--vpcs", type=int, default=1000, help="how many VPCs (default: 1000)")
    parser.add_argument("--mesh", type=int, default=0, metavar="TABLES", help="join them by so many tables")
    parser.add_argument("--clients", action="store_true", help="put an instance in each that may send")
    parser.add_argument("--compact", action="store_true", help="JSON without white space")
    options = parser.parse_args()
    print(
        write(Size(options.vpcs, options.mesh, options.clients), options.directory, compact=options.compact)
    )


if __name__ == "__main__":
    main()
