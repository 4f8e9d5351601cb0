"""The rule `open-endpoint-policy`: whether endpoints to AWS services let requests across the perimeter."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from landline.network import Model, Place
from landline.network.vpc_endpoint import VpcEndpoint
from landline.proof.catalogue import RULES
from landline.proof.grants import Grants
from landline.proof.policy import ASSUMPTIONS, Decision, Lint, Perimeter, decide, lint
from landline.proof.policy.alike import Alike
from landline.proof.policy.service import REGIONS
from landline.proof.services import AWS_SERVICE
from landline.proof.verdict import Finding, NotChecked, Severity

RULE = "open-endpoint-policy"

TAKES_NONE = "takes no endpoint policy, so that every request passes"

PARTITIONS = (
    ("cn-", "aws-cn"),
    ("us-gov-", "aws-us-gov"),
    ("us-iso-", "aws-iso"),
    ("us-isob-", "aws-iso-b"),
    ("eu-isoe-", "aws-iso-e"),
    ("us-isof-", "aws-iso-f"),
    ("eusc-", "aws-eusc"),
)
"""How the Regions of each partition begin, where it is not `aws` (botocore's endpoint data)."""

ORGANIZATION = re.compile(r"\bo-[a-z0-9]{10,32}\b")
"""Ids of organisations (AWS Organizations API reference, Organization)."""

ACCOUNT = re.compile(r"(?<!\d)\d{12}(?!\d)")


@dataclass(frozen=True, slots=True)
class Judged:
    """What the rule says of an estate."""

    findings: tuple[Finding, ...]
    notes: tuple[NotChecked, ...]
    assumptions: tuple[str, ...]


_decide = lru_cache(maxsize=1024)(decide)
"""A policy's decision hangs on nothing else, and one process may prove the same estate many times."""

_lint = lru_cache(maxsize=1024)(lint)


@dataclass(frozen=True, slots=True)
class _Answer:
    decision: Decision
    lints: tuple[Lint, ...]

    def dull(self) -> bool:
        """Tell whether it names nothing: then it holds for every policy that is alike."""
        return self.decision == Decision("closed") and not self.lints


@dataclass(slots=True)
class _Policies:
    """Decides each text once for each service and partition, and closed ones once with all that are alike."""

    organization: str | None
    accounts: frozenset[str]
    _known: dict[tuple[str, str, str | None, str], _Answer] = field(default_factory=dict)
    _dull: dict[tuple[str, str, str | None, str], _Answer] = field(default_factory=dict)
    _alike: Alike = field(init=False)

    def __post_init__(self) -> None:
        self._alike = Alike(self.accounts)

    def of(self, endpoint: VpcEndpoint, name: str, region: str) -> _Answer:
        text, kind = endpoint.policy_document, endpoint.vpc_endpoint_type
        key = (region, name, text, kind)
        answer = self._known.get(key)
        if answer is None:
            partition = next((code for head, code in PARTITIONS if region.startswith(head)), "aws")
            # No answer hangs on which of a partition's Regions it is.
            anywhere = name.replace(f".{region}.", ".", 1) if region in REGIONS.get(partition, ()) else name
            alike = (partition, anywhere, None if text is None else self._alike.key(text), kind)
            answer = self._dull.get(alike)
            if answer is None:
                answer = _Answer(self._decide(text, name, partition), _lint(text, name, kind))
                if alike[2] is not None and answer.dull():
                    self._dull[alike] = answer
            self._known[key] = answer
        return answer

    def _decide(self, text: str | None, name: str, partition: str) -> Decision:
        if self.organization is not None:
            decision = self._few_accounts(text, name, partition)
            if decision is not None:
                return decision
        decision = _decide(text, Perimeter(self.organization, self.accounts, partition), name)
        if decision.verdict != "open" or self.organization is not None:
            return decision
        for organization in sorted(set(ORGANIZATION.findall(text or ""))):
            if _decide(text, Perimeter(organization, self.accounts, partition), name).verdict == "closed":
                why = f"the policy is closed if {organization} is the estate's organisation; no grants say so"
                return Decision("unproven", why=(why,))
        return decision

    def _few_accounts(self, text: str | None, name: str, partition: str) -> Decision | None:
        """Decide with the accounts inside that the text names, or None where the others may matter.

        Thousands of accounts cost seconds. Fewer accounts inside are more outside, so what is closed for them
        is closed for all; what is open is so if the witness crosses the full border, too.
        """
        named = self.accounts.intersection(ACCOUNT.findall(text or ""))
        decision = _decide(text, Perimeter(self.organization, named, partition), name)
        if decision.verdict == "closed":
            return decision
        request = decision.witness
        if request is None:
            return None
        ends = {request.value("aws:principalaccount"), request.value("aws:resourceaccount")}
        return None if ends & (self.accounts - named) else decision

    def exceptions(self) -> tuple[str, ...]:
        """What the policies let through and are meant to."""
        found = {text for answer in self._known.values() for text in answer.decision.exceptions}
        return tuple(f"Endpoint policies may let through: {text}." for text in sorted(found))

    def used(self) -> bool:
        return bool(self._known)


def judge(model: Model, grants: Grants | None) -> Judged:
    """Decide the policy of every endpoint to an AWS service, with a request that crosses as the witness.

    Inside is the organisation that the grants name, and every account of the estate. An endpoint without a
    policy, or to a service that takes none, lets everything through ("AWS PrivateLink guide, Control access
    to VPC endpoints using endpoint policies"). Without grants no organisation is known: a policy that is
    closed for one that it names stays an open question. What is odd about a policy's text is latent.
    """
    accounts = {place.account for place in model.places}
    if grants is not None:
        accounts |= {*grants.hubs, *(grant.spoke for grant in grants.grants)}
    policies = _Policies(None if grants is None else grants.organization, frozenset(accounts))
    found = list(_find(model, policies))
    return Judged(
        findings=tuple(item for item in found if isinstance(item, Finding)),
        notes=(*(item for item in found if isinstance(item, NotChecked)), *_open(found)),
        assumptions=(*ASSUMPTIONS, *policies.exceptions()) if policies.used() else (),
    )


class _Undecided(NamedTuple):
    """An endpoint whose policy could not be decided, and why."""

    endpoint: str
    why: str


def _open(found: Iterable[object]) -> Iterator[NotChecked]:
    """Yield one line for each reason, with the first of the endpoints that it holds for."""
    endpoints: dict[str, list[str]] = defaultdict(list)
    for item in found:
        if isinstance(item, _Undecided):
            endpoints[item.why].append(item.endpoint)
    for why, names in endpoints.items():
        names.sort()
        count = f"{len(names)} endpoints, " if len(names) > 1 else ""
        more = f" and {len(names) - 3} more" if len(names) > 3 else ""
        yield NotChecked(RULE, f"{count}{', '.join(names[:3])}{more}: {why}")


def _find(model: Model, policies: _Policies) -> Iterator[Finding | NotChecked | _Undecided]:
    by_amazon: set[str] = set()
    without: set[str] = set()
    for document in model.places.values():
        for detail in document.service_details or ():
            if detail.owner == "amazon":
                by_amazon.add(detail.service_name)
            if detail.vpc_endpoint_policy_supported is False:
                without.add(detail.service_name)
    ours: dict[str, bool] = {}
    for place, document in model.places.items():
        for endpoint in document.vpc_endpoints or ():
            name = endpoint.service_name
            if name is None:
                # Of the other types, `foreign-service` says so.
                if endpoint.vpc_endpoint_type == "Gateway":
                    yield NotChecked(RULE, f"{endpoint.vpc_endpoint_id} does not say where it leads")
                continue
            if name not in ours:
                ours[name] = AWS_SERVICE.match(name) is not None or name in by_amazon
            waiting = endpoint.waiting()
            if not ours[name] or not (waiting or endpoint.connected()):
                continue
            severity: Severity = "latent" if waiting else "violation"
            if name in without:
                who = ("anybody", endpoint.vpc_endpoint_id, name)
                yield _finding(place, endpoint, severity, who, f"{name} {TAKES_NONE}")
            else:
                yield from _judge(place, endpoint, name, severity, policies)


def _judge(
    place: Place, endpoint: VpcEndpoint, name: str, severity: Severity, policies: _Policies
) -> Iterator[Finding | _Undecided]:
    answer = policies.of(endpoint, name, place.region)
    decision = answer.decision
    if decision.witness is not None:
        what = "its policy lets" if (endpoint.policy_document or "").strip() else "without a policy it lets"
        request = decision.witness
        path = (request.principal, endpoint.vpc_endpoint_id, request.resource)
        message = f"{what} a request across the perimeter: {request.sentence()}"
        yield _finding(place, endpoint, severity, path, message)
    for why in decision.why:
        yield _Undecided(f"{endpoint.vpc_endpoint_id} ({name})", why)
    for oddity in answer.lints:
        where = f"statement {oddity.statement}: " if oddity.statement else ""
        message = f"its policy is odd ({oddity.code}): {where}{oddity.message}"
        yield _finding(place, endpoint, "latent", (endpoint.vpc_endpoint_id,), message)


def _finding(
    place: Place, endpoint: VpcEndpoint, severity: Severity, path: tuple[str, ...], message: str
) -> Finding:
    return Finding(
        rule=RULE,
        severity=severity,
        account=endpoint.owner_id or place.account,
        region=place.region,
        vpc=endpoint.vpc_id,
        resource=endpoint.vpc_endpoint_id,
        two_way=None,
        path=path,
        message=f"{endpoint.vpc_endpoint_id} ({endpoint.service_name}): {message}",
        fix=RULES[RULE].fix,
    )
