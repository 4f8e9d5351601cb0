"""Errors that end a command with a message instead of a traceback.

LandlineError
├── UsageError        exit 2: wrong usage or configuration
├── UnprovenError     exit 3: the input cannot carry a verdict
└── ToolError         exit 4: a tool or AWS failed
"""

from landline.exit_codes import ExitCode


class LandlineError(Exception):
    """An expected failure. Its text says what is wrong, where, the value and what to do instead."""

    exit_code = ExitCode.FAILED


class UsageError(LandlineError):
    """Wrong usage or configuration; nothing was changed."""

    exit_code = ExitCode.USAGE


class UnprovenError(LandlineError):
    """An input that is missing, unreadable or outside the model, where a verdict needs it."""

    exit_code = ExitCode.UNPROVEN


class ToolError(LandlineError):
    """A tool or an AWS call failed."""

    exit_code = ExitCode.FAILED
