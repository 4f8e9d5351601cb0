"""What holds between the stacks of an estate."""

from __future__ import annotations

from datetime import date

from landline.settings.estate import Estate
from landline.settings.problem import Problem


def cross_check(estate: Estate) -> tuple[Problem, ...]:
    """Every problem between stacks that hangs on no date."""
    del estate
    return ()


def check_estate(estate: Estate, today: date) -> tuple[Problem, ...]:
    """Every problem between stacks, and what has run out by `today`."""
    del today
    return cross_check(estate)
