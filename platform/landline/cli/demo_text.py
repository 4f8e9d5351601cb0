"""What `landline demo` says: as it goes, and at its end."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Self

from landline.cli.demonstration import Connections, CutOff, Deployed, Proof, Revoked
from landline.cli.leak import Leak
from landline.cli.table import table

if TYPE_CHECKING:
    from pathlib import Path

    from landline.cli.demonstration import Demonstration, Document, Step
    from landline.cli.terminal import Terminal
    from landline.settings import Estate

_COLORS = {"proven": "green", "violated": "red", "unproven": "yellow"}
_TITLES = {
    "deployed": "Prove it",
    "leaking": "Prove it again",
    "revoked": "Prove what is left",
}


class Narrator:
    """Tells the steps as they come: progress on stderr; results on stdout, unless as one JSON document."""

    def __init__(self, terminal: Terminal, estate: Estate, *, as_json: bool) -> None:
        self._terminal = terminal
        self._estate = estate
        self._spokes = {estate.account_of(estate[name]): name for name in sorted(estate.spokes, reverse=True)}
        self._results = not as_json
        self._stack = ExitStack()
        self._status: Any = None
        self._last_grants: Document = {}
        self._connections = Connections(())

    def __enter__(self) -> Self:
        if self._terminal.redraws:
            from rich.console import Console
            from rich.live import Live
            from rich.spinner import Spinner

            self._status = Spinner("dots", "Starting the sandbox")
            # Results pass through the display only where both go to a terminal; elsewhere they would land
            # on stderr.
            display = Live(
                self._status,
                console=Console(stderr=True),
                transient=True,
                refresh_per_second=12.5,
                redirect_stdout=sys.stdout.isatty(),
            )
            self._stack.enter_context(display)
        else:
            self._terminal.progress("Starting the sandbox")
        return self

    def __exit__(self, *_exception: object) -> None:
        self._stack.close()

    def tell(self, step: Step) -> None:
        """Say what `step` came to, and on a terminal what comes next."""
        match step:
            case Deployed():
                self._deployed(step)
            case Connections():
                first = not self._connections.all
                self._connections = step
                if first:
                    self._say(
                        "",
                        self._title("Endpoint connections, as the hub sees them"),
                        *self._connection_lines(step),
                    )
                self._next("Reading the sandbox and proving it")
            case Proof():
                self._proof(step)
            case Leak():
                self._say("", self._title("Open a leak by hand"), *(f"  {change}" for change in step.changes))
                self._next("Reading the sandbox and proving it")
            case CutOff():
                self._cut_off(step)
            case Revoked():
                who = self._spokes.get(step.account, step.account)
                self._say(
                    "", self._title(f"Close the leak, and revoke {who}: destroy the stack {step.grant}")
                )
                self._next(f"Destroying {step.grant}")

    def _deployed(self, step: Deployed) -> None:
        changes = ", ".join(
            f"{number} {what}"
            for number, what in ((step.created, "created"), (step.updated, "updated"))
            if number
        )
        line = f"[{step.position}/{step.total}] {step.kind} {step.stack}: {changes or 'nothing to change'}"
        self._terminal.progress(line)
        self._next(
            "Connecting"
            if step.position == step.total
            else f"Deploying, {step.position} of {step.total} done"
        )

    def _proof(self, proof: Proof) -> None:
        verdict = proof.verdict["verdict"]
        checked = ", ".join(
            f"{number} {what.replace('_', ' ')}" for what, number in proof.verdict["checked"].items()
        )
        self._say(
            "",
            self._title(_TITLES[proof.moment]),
            f"  {self._terminal.style(verdict.upper(), fg=_COLORS[verdict])} "
            f"({proof.verdict['evidence']}; {checked})",
        )
        for finding in proof.findings():
            self._say(
                f"  {finding['rule']}: {finding['message']}",
                *(f"    {'→ ' if number else '  '}{hop}" for number, hop in enumerate(finding["path"])),
                f"    fix: {finding['fix']}",
            )
        if proof.moment in ("deployed", "revoked"):
            self._say("", self._title("Who reaches what"), *self._access_lines(proof.grants))

    def _cut_off(self, step: CutOff) -> None:
        self._say(
            *(f"  {one.endpoint} to {one.service}: rejected by its accepter" for one in step.by_accepter),
            *(f"  {one.endpoint} to {one.service}: outlived the stack, rejected" for one in step.outlived),
        )

    def _connection_lines(self, connections: Connections) -> list[str]:
        rows = [
            (
                self._spokes.get(one.account, one.account),
                *self._where(one.hub),
                one.service,
                one.endpoint,
                one.state,
            )
            for one in connections.all
        ]
        return table(("spoke", *self._where("hub"), "service", "endpoint", "state"), rows, indent=2)

    def _where(self, hub: str | None) -> tuple[str, ...]:
        """The hub, where there are several to tell apart."""
        return (hub or "-",) if len(self._estate.hubs) > 1 else ()

    def _access_lines(self, grants: Document) -> list[str]:
        services = sorted({name for hub in self._estate.hubs.values() for name in hub.services})
        granted = {
            (grant["spoke"], grant["service"], grant.get("hub"), grant.get("region"))
            for grant in grants["grants"]
        }
        states = {(one.account, one.hub, one.service): one.state for one in self._connections.all}
        rows = []
        for account, name in sorted(self._spokes.items(), key=lambda item: item[1]):
            hub = self._estate.spokes[name].hub
            place = (self._estate.account_of(self._estate[hub]), self._estate[hub].region)
            cells = []
            for service in services:
                at_hub = {(account, service, None, None), (account, service, *place)} & granted
                words = ("granted" if at_hub else "", states.get((account, hub, service), ""))
                cells.append("; ".join(filter(None, words)) or "-")
            rows.append((name, *self._where(hub), *cells))
        return table(("spoke", *self._where("hub"), *services), rows, indent=2)

    def _title(self, text: str) -> str:
        return self._terminal.style(text, fg="cyan")

    def _say(self, *lines: str) -> None:
        if self._results:
            for line in lines:
                self._terminal.result(line)

    def _next(self, what: str) -> None:
        if self._status is not None:
            self._status.update(text=what)


def document(shown: Demonstration, keep: Path | None) -> dict[str, Any]:
    """The whole demo as one JSON document."""
    return {
        "schema": 1,
        "steps": [
            {"step": "deploy", "stacks": [asdict(stack) for stack in shown.deployed]},
            {"step": "connections", "connections": _plain(shown.connections)},
            {"step": "prove", "grants": shown.before.grants, "proof": shown.before.verdict},
            {"step": "leak", "leak": asdict(shown.leak), "proof": shown.leaking.verdict},
            {
                "step": "revoke",
                **asdict(shown.revoked),
                "outlived": [one.endpoint for one in shown.cut_off.outlived],
                "connections": _plain(shown.connections_after),
            },
            {"step": "prove", "grants": shown.after.grants, "proof": shown.after.verdict},
        ],
        "kept": None if keep is None else str(keep),
    }


def _plain(connections: Connections) -> list[dict[str, Any]]:
    return [asdict(connection) for connection in connections.all]


def next_steps(stacks: Path, keep: Path | None) -> str:
    """The end of the demo: what to do next."""
    kept = (
        [f"  landline verify --dump {keep}/leak --grants {keep}/grants.json   prove the kept snapshot again"]
        if keep is not None
        else ["  landline demo --keep demo                    keep the snapshots, to prove them again"]
    )
    return "\n".join(
        [
            "",
            "All of it came to what it must. Next:",
            *kept,
            f"  edit {stacks}/Pulumi.*.yaml, landline check   ask for a service, or bring in a spoke",
            "  landline dump --out dump --profile NAME      read a real account (changes nothing)",
            "  landline verify --dump dump --stacks stacks  and prove it",
        ]
    )
