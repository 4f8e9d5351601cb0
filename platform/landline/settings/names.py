"""The local names of a hub's services."""

LOCAL_ROOT = "landline.internal"
"""The domain above all local names; the components make the zones."""


def local_name(service: str, hub: str) -> str:
    """The name of a hub's service in its spokes, such as ``logging.hub.landline.internal``."""
    return f"{service}.{hub.lower()}.{LOCAL_ROOT}"
