"""The documents of an estate while a plan is laid over them, and what stays unknown."""

from __future__ import annotations

import ipaddress
import json
import re
from collections import defaultdict
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple

from landline.estate.call import REGIONAL
from landline.estate.document import as_cli
from landline.estate.plan.reference import ADOPTED, DEFAULT_SECURITY_GROUP, PROPERTIES, VPC
from landline.estate.plan.resource import UNKNOWN, has_unknown, type_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from landline.estate.plan.resource import Resource

Item = dict[str, Any]
"""One object as a describe call prints it."""

UNKNOWN_FILE = "landline-plan.json"
"""Landline's own document in a snapshot: what a plan leaves unknown, and what was assumed to read it."""

STEMS = {
    "Routes": "search-transit-gateway-routes",
    "AllowedPrincipals": "describe-vpc-endpoint-service-permissions",
    "Entries": "get-managed-prefix-list-entries",
    "FirewallRules": "list-firewall-rules",
    "items": "list-vpc-lattice",
    "ClientVpnTargetNetworks": "describe-client-vpn-target-networks",
    "AuthorizationRules": "describe-client-vpn-authorization-rules",
    "Domains": "list-firewall-domains",
}
"""Documents that do not say what they are about, with the beginning of their file's name."""

NAMES = {
    "NetworkAcls": "NetworkAclId",
    "NetworkInterfaces": "NetworkInterfaceId",
    "RouteTables": "RouteTableId",
    "SecurityGroups": "GroupId",
    "TransitGatewayRouteTables": "TransitGatewayRouteTableId",
}
"""Documents of what AWS makes along with something else, with the field that holds the id."""

ONE_ID_OF_ITS_KIND = (
    "An id that the plan does not know yet is that of the one resource of its kind that it comes from; "
    "an unknown list holds the ids of all of its kind that it comes from."
)
ANY_ADDRESS = "An interface whose address the plan does not know may have every address of its subnet."
NOTHING_ELSE = "{} holds nothing but what the stacks make: no documents of it were given."


NOWHERE = "unknown"
"""Stands for an account or Region that the plan does not tell."""


class Place(NamedTuple):
    """An account and a Region."""

    account: str
    region: str

    def __str__(self) -> str:
        return f"{self.account}/{self.region}"


class Kind(NamedTuple):
    """A document's top-level key and, where it does not name its subject, the subject's id."""

    key: str
    subject: str | None = None


@dataclass(slots=True)
class _Pages:
    items: list[Item] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    open_ended: bool = True
    """Whether every page so far says that there is more."""


class Draft:
    """Documents to change in place. It does not outlive `planned`."""

    def __init__(
        self,
        resources: Iterable[Resource],
        base: Mapping[str, bytes] | None,
        places: Mapping[str, tuple[str, str]],
    ) -> None:
        self._files = dict(base or {})
        self._alone = base is None
        self._bare: set[Place] = set()
        self._places = places
        self._pages: dict[tuple[Place, Kind], _Pages] = {}
        self._dirty: set[tuple[Place, Kind]] = set()
        self._home = {resource.urn: resource for resource in resources if resource.change != "delete"}
        self._ids: dict[str, str] = {}
        self._unknown: dict[tuple[str, str], None] = {}
        self._assumptions: dict[str, None] = {}
        self._lost: dict[Place, str] = {}
        self._shown: set[Place] = set()
        self.maker: Resource | None = None
        self.rule = "all"
        self.made: dict[str, Resource] = {}
        for path, data in self._files.items():
            self._load(path, data)

    # What is there

    def items(self, place: Place, key: str, subject: str | None = None) -> list[Item]:
        """The objects of one kind, to read and, after `touch`, to change."""
        pages = self._pages.get((place, Kind(key, subject)))
        return [] if pages is None else pages.items

    def leads_to_service(self, gateway: object) -> bool:
        """Whether a route's gateway is an endpoint: such routes AWS keeps itself."""
        return any(item.get("VpcEndpointId") == gateway for _, item in self.every("VpcEndpoints"))

    def every(self, key: str) -> Iterator[tuple[Place, Item]]:
        """The objects of one kind everywhere."""
        for (place, kind), pages in self._pages.items():
            if kind.key == key:
                for item in pages.items:
                    yield place, item

    def find(self, key: str, name: str, value: str | None) -> Item | None:
        """The object with an id, for changing; None where no document shows it."""
        for place, item in self.every(key):
            if item.get(name) == value:
                self._dirty.add((place, Kind(key)))
                return item
        return None

    def has_the_say(self, place: Place) -> bool:
        """Whether the base shows an account and Region: what stays as it is there, is as it shows it."""
        return place in self._shown and place not in self._bare

    def fill(self, place: Place) -> None:
        """Let recorded states stand for an account and Region that the base does not show."""
        if NOWHERE not in place and place not in self._bare:
            self._bare.add(place)
            self._assumptions[NOTHING_ELSE.format(place)] = None
            for call in REGIONAL:
                if call.service != "elbv2" and call.key != "VpcBlockPublicAccessOptions":
                    self._pages.setdefault((place, Kind(call.key)), _Pages(open_ended=False))
                    self._dirty.add((place, Kind(call.key)))

    def home(self, key: str, name: str, value: str | None) -> Place | None:
        """Where the object with an id is described."""
        return next((place for place, item in self.every(key) if item.get(name) == value), None)

    def shows(self, place: Place, key: str, subject: str | None = None) -> bool:
        """Whether there is a document of this kind."""
        return (place, Kind(key, subject)) in self._pages

    # Changes

    def add(self, place: Place, key: str, item: Item, subject: str | None = None) -> Item:
        """Put an object into a document.

        A document that the base lacks is made, and what else it would hold stays an open question.
        """
        pages = self._open(place, Kind(key, subject))
        pages.items.append(item)
        if self.maker is not None and key in NAMES:
            self.made[str(item[NAMES[key]])] = self.maker
        return item

    def put(self, place: Place, key: str, subject: str, items: list[Any]) -> None:
        """Set the whole document about one subject."""
        pages = self._pages.setdefault((place, Kind(key, subject)), _Pages(open_ended=False))
        pages.items = items
        self._dirty.add((place, Kind(key, subject)))

    def drop(self, key: str, name: str, value: str | None) -> bool:
        """Take the objects with an id out; tell whether there were any."""
        found = False
        for (place, kind), pages in self._pages.items():
            if kind.key != key:
                continue
            kept = [item for item in pages.items if item.get(name) != value]
            if len(kept) != len(pages.items):
                pages.items[:] = kept
                self._dirty.add((place, kind))
                found = True
        return found

    def put_single(self, place: Place, key: str, value: Item) -> None:
        """Set the document of a kind of which there is one."""
        self._must_be_known(place)
        for path in [p for p, d in self._files.items() if self._single(p, d) == (place, key)]:
            del self._files[path]
        self._files[f"{place}/landline-plan-{key}.json"] = as_cli({key: value})

    def _must_be_known(self, place: Place) -> None:
        if place in self._lost:
            self.note(self._lost[place])

    def _open(self, place: Place, kind: Kind) -> _Pages:
        self._must_be_known(place)
        pages = self._pages.get((place, kind))
        if pages is None:
            pages = self._pages[place, kind] = _Pages(open_ended=False)
            if place not in self._bare and NOWHERE not in place:
                self.note(f"no {kind.key} document for {place} in the base, which the plan adds to")
        self._dirty.add((place, kind))
        return pages

    # Where and who

    def place(self, resource: Resource) -> Place:
        """The account and Region of a resource, `unknown` and noted where the plan does not tell."""
        provider = self._home.get(resource.provider or "")
        inputs: Mapping[str, Any] = {} if provider is None else provider.inputs
        account, region = self._places.get(resource.stack, (None, None))
        account = _account(inputs) or account
        region = resource.known("region") or inputs.get("region") or region
        place = Place(
            account if isinstance(account, str) else NOWHERE,
            region if isinstance(region, str) and not has_unknown(region) else NOWHERE,
        )
        if NOWHERE in place:
            self._lost[place] = (
                f"the account or Region of {resource} is unknown: its provider is not in the plan, or does "
                "not tell it; give --stacks, or make the preview with --show-sames"
            )
        if self._alone:
            self.fill(place)
        return place

    def identity(self, resource: Resource) -> str:
        """AWS's id of a resource; for what is yet to be made a name that stands for it."""
        if resource.type == DEFAULT_SECURITY_GROUP and resource.id is None:
            return self.default_of("SecurityGroups", "GroupId", self.reference(resource, "vpcId"))
        if resource.type in ADOPTED and resource.id is None:
            adopted = self.reference(resource, ADOPTED[resource.type])
            if adopted is not None:
                return adopted
        return resource.id or self._symbol(resource)

    def default_of(self, key: str, name: str, vpc: str | None) -> str:
        """The id of the security group or network ACL that AWS made along with a VPC."""
        for _, item in self.every(key):
            if item.get("VpcId") == vpc and (item.get("IsDefault") or item.get("GroupName") == "default"):
                return str(item[name])
        return f"the default {name} of {vpc}"

    def _symbol(self, resource: Resource) -> str:
        if resource.urn not in self._ids:
            words = f"planned:{resource.stack}:{resource.noun}:{resource.name}"
            name = re.sub(r"[^A-Za-z0-9_:-]", "-", words)
            if name in self._ids.values():
                name += "-" + sha256(resource.urn.encode()).hexdigest()[:7]
            self._ids[resource.urn] = name
        return self._ids[resource.urn]

    # References

    def reference(self, resource: Resource, name: str) -> str | None:
        """The id in an input; None where there is none, or where it is unknown, which is noted."""
        value = resource.inputs.get(name)
        if value is None or value == "":
            value = resource.outputs.get(name)
        if value == UNKNOWN:
            found = self.origins(resource, name)
            if len(found) == 1:
                self._assumptions[ONE_ID_OF_ITS_KIND] = None
                return found[0]
            self.unknown(resource, name, found)
            return None
        if isinstance(value, str) and value:
            return value
        return None

    def required(self, resource: Resource, name: str) -> str | None:
        """As `reference`; that it is absent is noted too."""
        found = self.reference(resource, name)
        if found is None and resource.known(name) is None and resource.inputs.get(name) != UNKNOWN:
            self.note(f"{resource}: {name} is missing")
        return found

    def references(
        self, resource: Resource, name: str, value: object = None, within: str | None = None
    ) -> list[str]:
        """The ids in a list; what is unknown of it is noted.

        `value` is given, and `within` the input that it is a part of, where the list lies deeper.
        """
        value = resource.known_or_unknown(name) if within is None else value
        if value is None:
            return []
        source = within or name
        if value == UNKNOWN:
            found = self.origins(resource, source, name)
            if not found:
                self.unknown(resource, source, found)
            else:
                self._assumptions[ONE_ID_OF_ITS_KIND] = None
            return found
        listed = value if isinstance(value, list) else [value]
        known = [item for item in listed if isinstance(item, str) and item and item != UNKNOWN]
        unknown = sum(item == UNKNOWN for item in listed)
        if unknown:
            found = [one for one in self.origins(resource, source, name) if one not in known]
            if len(found) == unknown:
                self._assumptions[ONE_ID_OF_ITS_KIND] = None
            else:
                self.unknown(resource, source, found)
            known += found
        return known

    def origins(self, resource: Resource, name: str, kind: str | None = None) -> list[str]:
        """What the unknown id in an input can be, by the resources that its value comes from."""
        kinds = PROPERTIES.get(kind or name, {})
        found: dict[str, None] = {}
        for urn in resource.dependencies.get(name, ()):
            source, output = self._home.get(urn), kinds.get(type_of(urn))
            if output is None:
                continue
            if source is None:
                # It exists and was not shown; the value would be known if it came from there.
                continue
            if output == "id":
                found[self.identity(source)] = None
            elif type_of(urn) == VPC:
                found[source.known(output) or made_with(self.identity(source), output)] = None
            elif isinstance(known := source.known(output), str):
                found[known] = None
            elif output == "prefixListId":
                found[self.list_of_service(source)] = None
            elif output in PROPERTIES:
                other = self.reference(source, output)
                if other is not None:
                    found[other] = None
            else:
                found[made_with(self.identity(source), output)] = None
        return list(found)

    def list_of_service(self, endpoint: Resource) -> str:
        """The prefix list of the AWS service that a gateway endpoint leads to."""
        service = endpoint.known("serviceName")
        for _, item in self.every("PrefixLists"):
            if service is not None and item.get("PrefixListName") == service:
                return str(item["PrefixListId"])
        return made_with(self.identity(endpoint), "prefixListId")

    # What stays open

    def note(self, why: str, rule: str | None = None) -> None:
        """Leave a question open for `rule`, else for that of the row at work: it is `unproven` at best."""
        self._unknown[rule or self.rule, why] = None

    def unknown(self, resource: Resource, name: str, candidates: Iterable[str] = ()) -> None:
        """Note that an input of a resource is not known, and what it could be."""
        among = ", ".join(candidates)
        more = f"; it could be any of {among}" if among else ""
        self.note(f"{resource}: {name} is unknown until it is made{more}")

    def assume(self, what: str) -> None:
        """Say in the report what was assumed to read the plan."""
        self._assumptions[what] = None

    # In and out

    def _load(self, path: str, data: bytes) -> None:
        parts = path.split("/")
        try:
            document = json.loads(data)
        except (ValueError, RecursionError):
            # The prover reports it.
            return
        if not isinstance(document, dict):
            return
        if path == UNKNOWN_FILE:
            for item in document["Unknown"]:
                self._unknown[item["Rule"], item["Why"]] = None
            self._assumptions |= dict.fromkeys(document["Assumptions"])
            self._bare |= {Place(*text.split("/")) for text in document["Bare"]}
            return
        if len(parts) != 3:
            return
        place = Place(parts[0], parts[1])
        self._shown.add(place)
        for key, value in document.items():
            if not isinstance(value, list):
                continue
            subject = re.match(STEMS[key] + r"-(?P<id>[^.]+)", parts[2]) if key in STEMS else None
            pages = self._pages.setdefault((place, Kind(key, subject["id"] if subject else None)), _Pages())
            pages.items += value
            pages.files.append(path)
            pages.open_ended = pages.open_ended and bool(document.get("NextToken"))

    def _single(self, path: str, data: bytes) -> tuple[Place, str] | None:
        parts = path.split("/")
        if len(parts) == 3 and b"VpcBlockPublicAccessOptions" in data:
            document = json.loads(data)
            if isinstance(document.get("VpcBlockPublicAccessOptions"), dict):
                return Place(parts[0], parts[1]), "VpcBlockPublicAccessOptions"
        return None

    def snapshot(self) -> dict[str, bytes]:
        """The documents as they are now."""
        files = dict(self._files)
        rewritten: dict[str, dict[str, object]] = defaultdict(dict)
        for place, kind in sorted(self._dirty, key=str):
            pages = self._pages[place, kind]
            for path in pages.files:
                rest = json.loads(files[path])
                rest.pop(kind.key, None)
                if any(isinstance(value, list) for value in rest.values()):
                    files[path] = as_cli(rest)
                else:
                    del files[path]
            stem = f"{STEMS[kind.key]}-{kind.subject}" if kind.subject else f"landline-plan-{kind.key}"
            document: dict[str, object] = {kind.key: pages.items}
            if pages.open_ended:
                document["NextToken"] = "missing"
            rewritten[f"{place}/{stem}.json"] = document
        files |= {path: as_cli(document) for path, document in rewritten.items()}
        if self._unknown or self._assumptions:
            notes = [{"Rule": rule, "Why": why} for rule, why in sorted(self._unknown)]
            files[UNKNOWN_FILE] = as_cli(
                {
                    "Unknown": notes,
                    "Assumptions": sorted(self._assumptions),
                    "Bare": sorted(str(place) for place in self._bare),
                }
            )
        return dict(sorted(files.items()))

    @property
    def unknowns(self) -> tuple[str, ...]:
        """What stays open, sorted."""
        return tuple(sorted({why for _, why in self._unknown}))


def made_with(owner: str, output: str) -> str:
    """The id of what AWS makes along with something else, by the output that gives it."""
    return f"{owner}:{output.removesuffix('Id')}"


def tags(resource: Resource) -> list[Item]:
    """The tags with the provider's defaults, as AWS lists them."""
    found = resource.known("tagsAll") or resource.known("tags") or {}
    return [{"Key": key, "Value": str(value)} for key, value in sorted(found.items())]


def _account(provider: Mapping[str, Any]) -> str | None:
    roles, allowed = _list(provider.get("assumeRoles")), _list(provider.get("allowedAccountIds"))
    last = roles[-1].get("roleArn") if roles and isinstance(roles[-1], dict) else None
    if isinstance(last, str) and last.count(":") == 5 and not has_unknown(last):
        return last.split(":")[4]
    if not roles and len(allowed) == 1 and isinstance(allowed[0], str) and allowed[0] != UNKNOWN:
        return allowed[0]
    return None


def _list(value: object) -> list[Any]:
    """A provider's list: the engine hands over its settings as JSON in text."""
    if isinstance(value, str) and value.startswith("["):
        value = json.loads(value)
    return value if isinstance(value, list) else []


def is_v6(block: str) -> bool:
    """Whether a block is of IPv6."""
    return ipaddress.ip_network(block, strict=False).version == 6
