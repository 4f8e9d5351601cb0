"""The engine as the Automation API runs it, so that what runs can be interrupted and nothing else is."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from typing import TYPE_CHECKING

from pulumi import automation as auto
from pulumi.automation import _cmd, _minimum_version
from pulumi.automation.errors import create_command_error

if TYPE_CHECKING:
    from collections.abc import Mapping

    from landline.deploy.engine import Engine


_ASKED = 2
"""How often an engine is asked to stop before it is killed."""


class PulumiCli(auto.PulumiCommand):
    """The engine that was found: the base class would look for one by a folder or on PATH, and ask it.

    Each command runs in a process group of its own. A Ctrl-C on the terminal so reaches this process alone,
    and `interrupt` passes it on exactly once: the engine takes a second one for an order to stop at once, and
    then leaves operations pending.
    """

    def __init__(self, engine: Engine) -> None:
        self.command = str(engine.path)
        # The SDK compares versions of its own type, and has no public way to make one.
        self.version = _cmd._parse_and_validate_pulumi_version(  # noqa: SLF001
            _minimum_version._MINIMUM_VERSION,  # noqa: SLF001
            engine.version,
            opt_out=True,
        )
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen[str]] = set()
        self._interrupts = 0

    def run(
        self,
        args: list[str],
        cwd: str,
        additional_env: Mapping[str, str],
        on_output: _cmd.OnOutput | None = None,
        on_error: _cmd.OnOutput | None = None,
    ) -> auto.CommandResult:
        """Run one command to its end. Raises `CommandError` when it fails or was interrupted."""
        # The Automation API has no parameter for it, and a plan without what stays is no whole plan.
        sames = ["--show-sames"] if args[:1] == ["preview"] and "--json" in args else []
        command = [self.command, "--non-interactive", *args, *sames]
        with self._lock:
            if self._interrupts:
                raise create_command_error(auto.CommandResult("", "interrupted before it began", 130))
            process = subprocess.Popen(  # noqa: S603 - the program that the user named or installed
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd=cwd,
                env={**os.environ, **additional_env, "PULUMI_AUTOMATION_API": "true"},
                encoding="utf-8",
                process_group=0,
            )
            self._running.add(process)
        try:
            stdout, stderr = process.communicate()
        finally:
            with self._lock:
                self._running.discard(process)
        for text, told in ((stdout, on_output), (stderr, on_error)):
            if told is not None:
                for line in text.splitlines():
                    told(line)
        result = auto.CommandResult(stdout=stdout, stderr=stderr, code=process.returncode)
        if result.code:
            raise create_command_error(result)
        return result

    @property
    def interrupted(self) -> bool:
        """Whether `interrupt` was called: whatever failed since then may have failed for it."""
        return bool(self._interrupts)

    def interrupt(self) -> None:
        """Ask all that runs to stop, and let nothing begin.

        A second call makes the engines stop at once. One that waits for a provider which does not answer does
        not heed it, and a third call kills it.
        """
        with self._lock:
            self._interrupts += 1
            for process in self._running:
                process.send_signal(signal.SIGINT if self._interrupts <= _ASKED else signal.SIGKILL)
