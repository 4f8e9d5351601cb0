"""The Pulumi program: declares the selected stack from its file in ``stacks/``."""

from pathlib import Path

import pulumi

from landline.errors import LandlineError
from landline.program import declare
from landline.settings import load_stack

try:
    declare(*load_stack(Path(__file__).resolve().parent.parent / "stacks", pulumi.get_stack()))
except LandlineError as error:
    raise pulumi.RunError(str(error)) from None
