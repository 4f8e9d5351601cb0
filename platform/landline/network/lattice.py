"""VPC Lattice: what joins VPCs without a route of theirs."""

import msgspec


class LatticeItem(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """An item of one of VPC Lattice's lists, which its ARN tells apart: all of them print `items`.

    ListServiceNetworkVpcAssociations, ListResourceGateways and ListResourceConfigurations are read.
    """

    id: str
    arn: str
    status: str = "ACTIVE"
    vpc_id: str | None = None
    vpc_identifier: str | None = None
    service_network_arn: str | None = None
    resource_gateway_id: str | None = None

    def kind(self) -> str | None:
        """Return what the ARN says it is, such as `resourcegateway`; None if it is not VPC Lattice's."""
        parts = self.arn.split(":", 5)
        return parts[5].split("/")[0] if len(parts) == 6 and parts[2] == "vpc-lattice" else None


def empty(items: msgspec.Raw | msgspec.UnsetType) -> bool:
    """Tell whether a file's `items` are a list with nothing in it."""
    return items is not msgspec.UNSET and msgspec.json.decode(items) == []


_ITEMS = msgspec.json.Decoder(list[LatticeItem])


def decode_items(items: msgspec.Raw) -> tuple[LatticeItem, ...] | None:
    """Return what a file's `items` are, None if they are another service's or none that is read here.

    An empty list is nobody's: nothing hangs on it.
    """
    try:
        found = _ITEMS.decode(items)
    except msgspec.MsgspecError:
        return None
    return tuple(found) if found and all(item.kind() for item in found) else None
