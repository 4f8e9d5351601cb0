"""How far each request has come, from the stack file to the proof, and who must act next."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from landline.settings.estate import grant_command

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from datetime import date

    from landline.onboarding.history import Entry, Written
    from landline.settings import Estate
    from landline.settings.grant import GrantedService

State = Literal[
    "requested",
    "checked",
    "granted",
    "permitted",
    "pending acceptance",
    "available",
    "named",
    "proven",
    "expired",
    "revoked",
]
"""``requested`` to ``proven`` come one after the other; ``expired``: its last day is past and it was not
taken away; ``revoked``: it was taken away, and what is left of it is said."""

Actor = Literal["spoke team", "platform team", "nobody"]

Connection = tuple[str, str, str | None]
"""An endpoint's id, its state in lower case as AWS spells it, and since when, if AWS says."""

Key = tuple[str, str, str]
"""A hub's stack, a spoke's account and a service's name."""

LIVE = frozenset({"available"})
PENDING = frozenset({"pendingacceptance", "pending acceptance"})
ENDED = frozenset({"rejected", "failed", "expired", "deleting", "deleted"})
"""States, in lower case, in which a connection carries nothing and can be left alone ("Amazon EC2 API
Reference, VpcEndpointConnection"). Every other state counts as alive, those that AWS may add too."""


@dataclass(frozen=True, slots=True)
class Observed:
    """What AWS, or the sandbox, says of the hubs' services."""

    source: str
    """Where it was read from: ``dump DIR`` or ``AWS``."""
    evidence: str
    """``snapshot``, ``observed`` or ``wiring``."""
    permitted: frozenset[Key]
    connections: Mapping[Key, tuple[Connection, ...]]
    proven: bool | None
    """The verdict on all of it: None is unproven."""
    differing: frozenset[Key]
    """Whose access differs from what was granted."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What Pulumi recorded of a spoke's stack."""

    local_names: Mapping[str, str]
    """The local name of each service's endpoint."""


@dataclass(frozen=True, slots=True)
class Sources:
    """What could be read. None: it was not asked, or could not be; `unread` says why."""

    written: Mapping[Entry, Written] = field(default_factory=dict)
    """Where each request and each grant as it stands was written."""
    errors: Collection[str] = frozenset()
    """Stacks whose files, or those that they hang on, hold errors."""
    observed: Observed | None = None
    recorded: Mapping[str, Recorded] | None = None
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One state that a request has reached."""

    state: State
    when: str | None
    """A day or a moment, as the source writes it; None where no source says."""
    evidence: str


@dataclass(frozen=True, slots=True)
class Line:
    """One spoke's request for one service."""

    spoke: str
    service: str
    state: State
    """The last one that it has reached."""
    steps: tuple[Step, ...]
    next_actor: Actor
    next_action: str
    notes: tuple[str, ...] = ()
    """What it lacks by its nature, and what no commit holds of it."""


def status(estate: Estate, sources: Sources, today: date, spoke: str | None = None) -> tuple[Line, ...]:
    """Every request, and every access that is left without one, in the order of spokes and services.

    What was not read is not guessed: a line stops at the last state that some source shows. Raises
    `UsageError` for a spoke that there is not.
    """
    if spoke is not None:
        estate.spoke(spoke)
    names = estate.spokes if spoke is None else (spoke,)
    return tuple(line for name in names for line in _spoke(estate, sources, today, name))


def _spoke(estate: Estate, sources: Sources, today: date, name: str) -> Iterator[Line]:
    settings = estate.spokes[name]
    answer = estate.grant_of(estate[name])
    granted: Mapping[str, GrantedService] = {} if answer is None else estate.grants[answer.name].services
    seen = () if sources.observed is None else sources.observed.connections
    left = {service for hub, account, service in seen if (hub, account) == (settings.hub, settings.account)}
    for service in [*settings.services, *sorted((left | granted.keys()) - settings.services.keys())]:
        yield _Journey(estate, sources, today, name, service).line()


@dataclass(frozen=True, slots=True)
class _Journey:
    estate: Estate
    sources: Sources
    today: date
    spoke: str
    service: str

    def line(self) -> Line:
        steps = tuple(self._steps())
        state: State = steps[-1].state if steps else "revoked"
        actor, action = self._next(state)
        return Line(self.spoke, self.service, state, steps, actor, action, tuple(self._notes()))

    @property
    def account(self) -> str:
        return self.estate.spokes[self.spoke].account

    @property
    def key(self) -> Key:
        return (self.estate.spokes[self.spoke].hub, self.account, self.service)

    def _notes(self) -> Iterator[str]:
        hub = self.estate.stacks.get(self.estate.spokes[self.spoke].hub)
        region = self.estate[self.spoke].region
        if hub is not None and hub.region != region:
            yield (
                f"goes from {region} to {hub.region}: AWS publishes no PrivateLink metrics of connections "
                "across Regions, so no alarm on them sees this one"
            )
        grant = self.grant
        for stack in (self.spoke, *(() if grant is None else (grant[0],))):
            written = self.sources.written.get((stack, self.service))
            if written is not None and written.note:
                yield written.note

    @property
    def grant(self) -> tuple[str, GrantedService] | None:
        answer = self.estate.grant_of(self.estate[self.spoke])
        if answer is None:
            return None
        term = self.estate.grants[answer.name].services.get(self.service)
        return None if term is None else (answer.name, term)

    @property
    def connection(self) -> Connection | None:
        """The connection that says most: a live one before a pending one before one that has ended."""
        observed = self.sources.observed
        found = () if observed is None else observed.connections.get(self.key, ())
        return min(found, key=lambda one: (one[1] not in LIVE, one[1] in ENDED, one[0]), default=None)

    def _steps(self) -> Iterator[Step]:
        stack = self.estate[self.spoke]
        request = self.estate.spokes[self.spoke].services.get(self.service)
        grant = self.grant
        if request is not None:
            yield Step("requested", self._written(self.spoke), f"{stack.file}: {request.reason}")
            if self.spoke in self.sources.errors:
                return
            yield Step("checked", None, "landline check finds no error")
        if grant is None:
            ended = self._ended()
            if ended is not None:
                yield ended
            return
        name, term = grant
        yield Step("granted", self._written(name), f"{self.estate[name].file}: approved {term.approved}")
        if term.until is not None and term.until < self.today:
            yield Step("expired", term.until.isoformat(), f"{self.estate[name].file}: until {term.until}")
            return
        yield from self._seen()

    def _ended(self) -> Step | None:
        """What is left of an access that nobody grants any more."""
        connection = self.connection
        observed = self.sources.observed
        if observed is None:
            return None
        if connection is not None:
            endpoint, state, since = connection
            return Step("revoked", since, f"{observed.source}: {endpoint} is {state}, and nothing is granted")
        if self.key in observed.permitted:
            why = f"{observed.source}: the account is permitted, and nothing is granted"
            return Step("revoked", None, why)
        return None

    def _seen(self) -> Iterator[Step]:
        observed = self.sources.observed
        if observed is None:
            return
        if self.key not in observed.permitted:
            return
        yield Step("permitted", None, f"{observed.source}: the service's allow-list names {self.account}")
        connection = self.connection
        if connection is None:
            return
        endpoint, state, since = connection
        if state in PENDING:
            yield Step("pending acceptance", since, f"{observed.source}: {endpoint} is {state}")
        if state not in LIVE:
            return
        yield Step("available", since, f"{observed.source}: {endpoint} is {state}")
        if self.sources.recorded is not None:
            recorded = self.sources.recorded.get(self.spoke)
            local = None if recorded is None else recorded.local_names.get(self.service)
            if local is None:
                return
            yield Step("named", None, f"Pulumi's state of {self.spoke}: {local}")
        if observed.proven and self.key not in observed.differing:
            yield Step("proven", None, f"{observed.source}: landline verify ({observed.evidence})")

    def _written(self, stack: str) -> str | None:
        found = self.sources.written.get((stack, self.service))
        return None if found is None else found.when

    def _why_unproven(self) -> str:
        observed = self.sources.observed
        where = shlex.quote(observed.source if observed else "DIR")
        stacks = shlex.quote(str(self.estate[self.spoke].file.parent))
        return f"landline verify --dump {where} --stacks {stacks} says what is not proven"

    def _up(self, after: str = "") -> tuple[Actor, str]:
        """The deployment of the spoke, or what it has to be granted before anything of it is deployed.

        An endpoint that was made while it was granted needs the grant no more.
        """
        observed = self.sources.observed
        hub, account, _ = self.key
        made = () if observed is None else observed.connections
        missing = [
            one for one in self.estate.ungranted(self.estate[self.spoke]) if (hub, account, one) not in made
        ]
        if missing:
            what = f"{grant_command(self.spoke, missing)} (until then all of {self.spoke} waits)"
            return "platform team", what
        return "spoke team", f"landline up {self.spoke}{after}"

    def _next(self, state: State) -> tuple[Actor, str]:
        answer = self.estate.grant_of(self.estate[self.spoke])
        grant = f"grant-{self.spoke}" if answer is None else answer.name
        connection = self.connection
        requested = self.service in self.estate.spokes[self.spoke].services
        match state:
            case "requested":
                return "spoke team", f"mend what landline check {self.spoke} says"
            case "checked":
                what = grant_command(self.spoke, (self.service,))
                return "platform team", f"{what} (until then all of {self.spoke} waits)"
            case "granted" if self.sources.observed is None:
                return (
                    "platform team",
                    f"landline up {grant}, if that is not done: AWS was not read (--dump DIR)",
                )
            case "granted":
                return "platform team", f"landline up {grant}"
            case "permitted" if requested:
                if connection is not None and connection[1] in ENDED:
                    return self._up(f", which makes a new endpoint: this one is {connection[1]}")
                return self._up()
            case "permitted":
                action = f"nobody asks for it any more: landline revoke {self.spoke} {self.service}"
                return "platform team", action
            case "pending acceptance":
                return "platform team", f"landline up {grant}, which accepts it"
            case "available" if self.sources.recorded is None:
                return "platform team", self._why_unproven()
            case "available":
                return self._up(", which names it")
            case "named":
                return "platform team", self._why_unproven()
            case "proven":
                return "nobody", "all is well"
            case "expired":
                what = f"{self.spoke} {self.service}"
                renew = f"landline renew {what} --until DATE --approved REFERENCE"
                return "platform team", f"{renew}, or landline revoke {what}"
            case "revoked" if connection is None or connection[1] not in ENDED:
                return "platform team", f"landline up {grant}, which takes away what is left"
            case "revoked":
                return "spoke team", f"remove {self.service} from the request, then landline up {self.spoke}"
