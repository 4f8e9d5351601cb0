"""Who is behind which endpoint: the service's connections, joined with the spokes that grants wrote down."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from landline.intake.record import NOBODY, Client, KnownBy

Roster = Mapping[str, Client]
"""From the endpoint's id."""

ENDPOINT_ID = re.compile(r"vpce-[0-9a-f]{8,17}")


class UnreadableError(Exception):
    """What AWS answered is no roster; says which part of it and why."""


@dataclass(frozen=True, slots=True)
class Connection:
    """One row of DescribeVpcEndpointConnections."""

    endpoint_id: str
    owner: str
    """The account that the endpoint belongs to."""
    state: str
    """``available``, ``pendingAcceptance``, …; AWS writes it in more than one case."""


class Spoke(msgspec.Struct, frozen=True, forbid_unknown_fields=False):
    """What a grant says of its spoke, as the value of a parameter."""

    account: str
    spoke: str
    team: str
    services: tuple[str, ...]
    """What it is granted."""
    endpoints: Mapping[str, str] = {}
    """Its own endpoint to a service, of those services whose connections its grant accepted."""


def parameters_path(hub: str) -> str:
    """Below which Systems Manager path the grants of a hub write their spokes."""
    return f"/landline/{hub}/spokes"


def read_spoke(name: str, value: str) -> Spoke:
    """The spoke that a parameter tells of; `UnreadableError` if it does not."""
    try:
        spoke = msgspec.json.decode(value.encode(), type=Spoke)
    except msgspec.DecodeError as error:
        raise UnreadableError(
            f'parameter {name}: {error}; write {{"account": …, "spoke": …, "team": …, "services": […]}}, '
            'and "endpoints": {"<service>": "vpce-…"} where they are known'
        ) from error
    if not re.fullmatch("[0-9]{12}", spoke.account):
        raise UnreadableError(f"parameter {name}: account ({spoke.account!r}): write twelve digits")
    for service, endpoint_id in spoke.endpoints.items():
        if not ENDPOINT_ID.fullmatch(endpoint_id):
            raise UnreadableError(
                f"parameter {name}: endpoints.{service} ({endpoint_id!r}): write an endpoint's id, vpce-…"
            )
    return spoke


def build(service: str, connections: Iterable[Connection], spokes: Iterable[Spoke]) -> Roster:
    """Everybody who is connected to a service and granted it.

    An endpoint that is not `available`, or whose account has no grant of the service, is not in it. A grant
    that names its spoke's endpoint is for no other: an account's further endpoints belong to those of its
    spokes whose endpoint is not known, joined where there are several, or to nobody.
    """
    of_account: defaultdict[str, list[Spoke]] = defaultdict(list)
    for spoke in sorted(spokes, key=lambda one: one.spoke):
        if service in spoke.services:
            of_account[spoke.account].append(spoke)
    return {
        connection.endpoint_id: _client(service, connection, granted)
        for connection in connections
        if connection.state.lower() == "available" and (granted := of_account.get(connection.owner))
    }


def _client(service: str, connection: Connection, granted: Sequence[Spoke]) -> Client:
    own = [spoke for spoke in granted if spoke.endpoints.get(service) == connection.endpoint_id]
    others = [spoke for spoke in granted if service not in spoke.endpoints]
    among = own or others
    known_by: KnownBy = "nothing"
    if among:
        known_by = "shared" if len(among) > 1 else "endpoint" if own else "account"
    return Client(
        connection.endpoint_id,
        connection.owner,
        ",".join(spoke.spoke for spoke in among) or NOBODY,
        ",".join(dict.fromkeys(spoke.team for spoke in among)) or NOBODY,
        known_by,
    )
