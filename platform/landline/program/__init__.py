"""From one stack's settings to its resources and outputs."""

from landline.program.declare import declare
from landline.program.outputs import CONTRACT, HubOutputs, ServiceOutputs, SpokeOutputs

__all__ = ["CONTRACT", "HubOutputs", "ServiceOutputs", "SpokeOutputs", "declare"]
