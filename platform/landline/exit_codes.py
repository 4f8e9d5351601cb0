"""Exit codes, the same for every command (contract, design section 7)."""

from enum import IntEnum


class ExitCode(IntEnum):
    """What a command's exit status means."""

    DONE = 0
    """Done, or proven."""
    FINDING = 1
    """A finding: a path exists, a grant has run out, access differs from what was granted."""
    USAGE = 2
    """Wrong usage or configuration; nothing was changed."""
    UNPROVEN = 3
    """The verdict hangs on something missing, unreadable or not modelled."""
    FAILED = 4
    """A tool or AWS failed."""
    INTERRUPTED = 130
    """Interrupted by the user."""
