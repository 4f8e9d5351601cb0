"""VPC Lattice under `network-link` and `foreign-service`: VPCs joined, and opened, without a route of theirs.

Where the lists of VPC Lattice are missing, what it leaves in a VPC still shows: a route whose target is
`VpcLattice` for an association, and a tag on each interface of a resource gateway. Then the question is open;
where neither shows, there is nothing to ask the lists for.
"""

from collections import defaultdict
from collections.abc import Iterator

from landline.network import Model, Place
from landline.network.lattice import LatticeItem
from landline.proof.catalogue import RULES
from landline.proof.verdict import Finding, NotChecked

TAG = "VpcLatticeManaged"
"""The tag that VPC Lattice must give the interfaces that it makes (AWSVpcLatticeServiceRolePolicy)."""

TARGET = "VpcLattice"
"""The target of the routes that an association puts into the VPC's route tables (DescribeRouteTables)."""

GONE = "CREATE_FAILED"


def find(model: Model) -> Iterator[Finding | NotChecked]:
    """Name every association of a VPC with a service network, and every resource gateway.

    An association lets the VPC's clients reach all that the service network offers ("VPC Lattice guide, How
    VPC Lattice works"): with a network of the estate VPCs are joined, another account's is a foreign service.
    A resource gateway lets those in with whom a resource behind it is shared ("AWS PrivateLink guide,
    Resource gateways"); where no document shows a resource, the question is open.
    """
    accounts = {place.account for place in model.places}
    behind: dict[str, list[str]] = defaultdict(list)
    for _, item in model.lattice:
        if item.kind() == "resourceconfiguration" and item.resource_gateway_id and item.status != GONE:
            behind[item.resource_gateway_id].append(item.id)
    shown: set[str] = set()
    joined: set[str] = set()
    for place, item in model.lattice:
        if item.status == GONE:
            continue
        if item.kind() == "servicenetworkvpcassociation":
            joined.add(item.vpc_id or "")
            yield _association(model, place, item, accounts)
        elif item.kind() == "resourcegateway":
            shown.add(item.vpc_identifier or "")
            yield _gateway(model, place, item, sorted(behind[item.id]))
    for document in model.places.values():
        for interface in document.network_interfaces or ():
            if interface.vpc_id not in shown and any(tag.key == TAG for tag in interface.tag_set):
                name = interface.network_interface_id
                what = f"{name} in {interface.vpc_id} is a resource gateway's"
                yield NotChecked("network-link", f"{what}, which no document of VPC Lattice shows")
        for table in document.route_tables or ():
            if table.vpc_id not in joined and any(route.gateway_id == TARGET for route in table.routes):
                what = f"{table.route_table_id} of {table.vpc_id} has a route to {TARGET}"
                yield NotChecked(
                    "network-link", f"{what}, and no document of VPC Lattice shows the association"
                )


def _association(model: Model, place: Place, item: LatticeItem, accounts: set[str]) -> Finding:
    network = item.service_network_arn or "a service network that it does not name"
    parts = network.split(":")
    owner = parts[4] if len(parts) > 4 else None
    rule = "network-link" if owner in accounts else "foreign-service"
    message = f"{item.vpc_id} reaches what the VPC Lattice service network {network} offers, with no route"
    path = (item.vpc_id or item.id, item.id, network)
    return _finding(model, place, rule, item.vpc_id, item.id, path, message)


def _gateway(model: Model, place: Place, item: LatticeItem, behind: list[str]) -> Finding | NotChecked:
    vpc = item.vpc_identifier
    if not behind:
        why = f"what the VPC Lattice resource gateway {item.id} leads to in {vpc} is in no document"
        return NotChecked("network-link", why)
    shared = ", ".join(behind)
    message = f"the VPC Lattice resource gateway {item.id} lets those into {vpc} with whom {shared} is shared"
    return _finding(model, place, "network-link", vpc, item.id, (*behind, item.id, vpc or ""), message)


def _finding(
    model: Model,
    place: Place,
    rule: str,
    vpc: str | None,
    resource: str,
    path: tuple[str, ...],
    message: str,
) -> Finding:
    home = model.vpcs.places.get(vpc or "", place)
    return Finding(
        rule=rule,
        severity="violation",
        account=home.account,
        region=home.region,
        vpc=vpc,
        resource=resource,
        two_way=True,
        path=path,
        message=message,
        fix=RULES[rule].fix,
    )
