"""Names of services' own: what is refused, and what to write instead."""

# ruff: noqa: E501 - each problem stands as it is printed

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from landline.settings import load_estate
from tests.settings.files import HUB, changed, write

if TYPE_CHECKING:
    from pathlib import Path

ZONE = "    public_zone: {id: Z0123456789ABCDEFGHIJ, domain: example.com}\n    services:"
ZONED = changed(HUB, "    services:", ZONE)


def named(name: str, hub: str = ZONED) -> str:
    return changed(hub, "lane: standing", f"lane: standing, private_dns_name: {name}")


TWO = changed(named("logging.example.com"), "lane: accepted", 'lane: standing, private_dns_name: "{}"')
KEY = "error: hub.yaml: landline:hub.services.logging.private_dns_name"

CASES: dict[str, tuple[str, list[str]]] = {
    "in the zone": (named("logging.example.com"), []),
    "the zone itself": (named("example.com"), []),
    "all names below": (named('"*.svc.example.com"'), []),
    "two names": (TWO.replace("{}", "security.example.com"), []),
    "one name twice": (
        TWO.replace('"{}"', "logging.example.com"),
        [
            "error: hub.yaml: landline:hub.services.security.private_dns_name: needs a zone logging.example.com in each spoke's network, and so does service logging: a network takes one of a name (logging.example.com); write another name: security.logging.example.com"
        ],
    ),
    "one zone twice": (
        TWO.replace("{}", "*.logging.example.com"),
        [
            "error: hub.yaml: landline:hub.services.security.private_dns_name: needs a zone logging.example.com in each spoke's network, and so does service logging: a network takes one of a name (*.logging.example.com); write another name: security.logging.example.com"
        ],
    ),
    "no zone": (
        named("logging.example.com", HUB),
        [
            f"{KEY}: needs a public zone that proves to AWS whose it is (logging.example.com); write public_zone: {{id: Z0123456789ABCDEFGHIJ, domain: example.com}}, or remove the name: spokes have the local one"
        ],
    ),
    "outside the zone": (
        named("logging.badexample.com"),
        [
            f"{KEY}: lies outside the hub's public zone example.com (logging.badexample.com); write a name in it: logging.example.com"
        ],
    ),
    "AWS's own": (
        named("kms.eu-west-1.amazonaws.com"),
        [
            f"{KEY}: lies in amazonaws.com, which is AWS's, so nobody can prove to own it (kms.eu-west-1.amazonaws.com); write a name in a public zone of your own: logging.example.com"
        ],
    ),
    "the local names'": (
        named("logging.hub.landline.internal"),
        [
            f"{KEY}: lies in internal, which is in no public DNS, so nobody can prove to own it (logging.hub.landline.internal); write a name in a public zone of your own: logging.example.com"
        ],
    ),
    "capitals": (
        named("Logging.example.com"),
        [
            f"{KEY}: is no DNS name (Logging.example.com); write it in lower-case letters, with *. in front for all names below: logging.example.com"
        ],
    ),
    "an asterisk inside": (
        named('"a.*.example.com"'),
        [
            f"{KEY}: is no DNS name (a.*.example.com); write it in lower-case letters, with *. in front for all names below: logging.example.com"
        ],
    ),
    "a private domain": (
        ZONED.replace("domain: example.com", "domain: corp.local"),
        [
            "error: hub.yaml: landline:hub.public_zone.domain: lies in local, which is in no public DNS, so nobody can prove to own it (corp.local); write a name in a public zone of your own: logging.example.com"
        ],
    ),
    "no zone's id": (
        ZONED.replace("Z0123456789ABCDEFGHIJ", "example.com"),
        [
            "error: hub.yaml: landline:hub.public_zone.id: is no id of a hosted zone (example.com); write the id that Route 53 shows: Z0123456789ABCDEFGHIJ"
        ],
    ),
    "the accepted lane": (
        changed(ZONED, "lane: accepted", "lane: accepted, private_dns_name: security.example.com"),
        [
            "error: hub.yaml: landline:hub.services.security: has a private_dns_name in the accepted lane, and AWS gives an endpoint the name only after its connection was accepted; write lane: standing, or remove private_dns_name: spokes have the local name"
        ],
    ),
}


@pytest.mark.parametrize(("hub", "expected"), CASES.values(), ids=CASES)
def test_rule(tmp_path: Path, hub: str, expected: list[str]) -> None:
    problems = load_estate(write(tmp_path, {"hub": hub})).problems

    assert [
        f"{problem.severity}: {problem}".replace(f"{tmp_path}/Pulumi.", "") for problem in problems
    ] == expected
