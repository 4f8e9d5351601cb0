"""The `landline` command.

Importing it imports click and nothing else: each command imports what it needs when it runs.
"""

from landline.cli.application import main, run

__all__ = ["main", "run"]
