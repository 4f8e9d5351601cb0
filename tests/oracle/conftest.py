"""Prints how many generated estates were compared, and the share of each verdict, when the run ends."""

import json
from collections import Counter

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Adds up what each block of estates recorded; xdist brings the workers' properties along."""
    shares: Counter[str] = Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            for name, value in getattr(report, "user_properties", []):
                if name == "oracle-shares" and getattr(report, "when", "") == "call":
                    shares.update(json.loads(str(value)))
    total = shares["proven"] + shares["violated"] + shares["unproven"]
    if total:
        said = ", ".join(
            f"{k} {shares[k]} ({shares[k] / total:.0%})" for k in ("violated", "proven", "unproven")
        )
        terminalreporter.write_line(
            f"oracle: {total} estates compared: {said}; of the proven, {shares['latent']} "
            f"({shares['latent'] / total:.0%}) have latent doors"
        )
