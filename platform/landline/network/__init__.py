"""The model of an estate, decoded from what AWS's describe calls print."""

from landline.network.model import Model, Place, Unreadable
from landline.network.snapshot import Snapshot, read

__all__ = ["Model", "Place", "Snapshot", "Unreadable", "read"]
