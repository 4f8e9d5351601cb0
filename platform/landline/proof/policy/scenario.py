"""The kinds of request there are: who asks, whose resource it is, and what the request's keys can then hold.

Keys that follow from one another are kept as one value. A signed request's aws:PrincipalArn fixes
aws:PrincipalAccount, aws:PrincipalType and aws:username; an organisation path fixes the organisation's id; an
ARN with an account fixes aws:ResourceAccount, and S3's bucket ARNs, which carry none, leave it open. Tests of
the derived keys are carried over to the value they derive from, exactly. All from the IAM user guide, "AWS
global condition context keys" and "IAM policy elements: Variables and tags" (Principal key values).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, Literal

from landline.proof.policy.key_test import NEVER, Domain, KeyTest, Value
from landline.proof.policy.language import (
    DIGIT,
    EVERYTHING,
    LOWER,
    LOWER_HYPHEN,
    NAME,
    NAME_PATH,
    NOT_COLON,
    Charset,
    Language,
    Pattern,
    exactly,
    glob,
    literal,
    some,
    star,
    within,
)
from landline.proof.policy.operator import TIMES, Conditions, Family
from landline.proof.policy.service import RESOURCE_KEYS_UNSUPPORTED, Service
from landline.proof.policy.spans import EVERY_ADDRESS, EVERY_NUMBER
from landline.proof.policy.statement import ACTION, RESOURCE, Clause, PrincipalTest

PRINCIPAL: Final = ":principal"
PRINCIPAL_PATH: Final = ":principal-path"
RESOURCE_ACCOUNT: Final = ":resource-account"
RESOURCE_PATH: Final = ":resource-path"

Who = Literal["inside", "outside", "anonymous", "service"]
Whose = Literal["inside", "outside", "nobody"]
Form = Literal["account", "bare", "unkeyed", "none"]


@dataclass(frozen=True, slots=True)
class Perimeter:
    """What counts as inside: the organisation, by its id, and the estate's accounts, its members.

    Without an organisation only the accounts are inside. `partition` is the accounts' (`aws`, `aws-cn`,
    `aws-us-gov`).
    """

    organization: str | None = None
    accounts: frozenset[str] = field(default_factory=frozenset)
    partition: str = "aws"


_PATH_TAIL: Final = Charset(LOWER_HYPHEN.chars | {"/"})
_ANY_ACCOUNT: Final = Language((exactly(DIGIT, 12),))
_TYPES: Final[Mapping[str, tuple[str, ...]]] = {
    "Account": ("arn:*:iam::*:root",),
    "User": ("arn:*:iam::*:user/*",),
    "AssumedRole": ("arn:*:iam::*:role/*",),
    "FederatedUser": ("arn:*:sts::*:federated-user/*",),
}
_TYPE_LANGUAGES: Final = {kind: Language(map(glob, arns)) for kind, arns in _TYPES.items()}
_BOOLEANS: Final = Language((literal("false"), literal("true")))
_BOOLEAN_KEYS: Final = frozenset(
    {"aws:securetransport", "aws:viaawsservice", "aws:multifactorauthpresent", "aws:principalisawsservice"}
)
_SIGNED_ONLY: Final = (
    "aws:tokenissuetime",
    "aws:multifactorauthage",
    "aws:multifactorauthpresent",
    "aws:sourceidentity",
)
_SERVICE_ONLY: Final = ("aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "aws:sourceorgpaths")


def _organization_path(organization: Pattern) -> Iterator[Pattern]:
    root = (*organization, *literal("/r-"), *some(LOWER), "/")
    yield root
    yield (*root, *literal("ou-"), *some(_PATH_TAIL), "/")


def _paths_under(organization: str) -> Language:
    return Language(((*literal(f"{organization}/"), *star()),))


@lru_cache(maxsize=256)
def _account_arn(accounts: Language) -> Language:
    """The ARNs whose account is one of `accounts`."""
    head = glob("arn:*:*:*:", NOT_COLON)
    narrowed = (within(pattern, DIGIT) for pattern in accounts.patterns)
    return Language((*head, *pattern, ":", *star()) for pattern in narrowed if pattern is not None)


@lru_cache(maxsize=256)
def _under_organizations(ids: Language) -> Language:
    """The organisation paths whose organisation is one of `ids`."""
    narrowed = (within(pattern, LOWER_HYPHEN) for pattern in ids.patterns)
    return Language((*pattern, "/", *star()) for pattern in narrowed if pattern is not None)


@lru_cache(maxsize=256)
def _user_arn(names: Language, *, and_others: bool) -> Language:
    """The ARNs of users of one of `names`, under any path; `and_others` adds those that are no users."""
    head = (*glob("arn:*:iam::*:", NOT_COLON), *literal("user/"))
    patterns: list[Pattern] = []
    for pattern in names.patterns:
        narrowed = within(pattern, NAME)
        if narrowed is not None:
            patterns.append((*head, *narrowed))
            patterns.append((*head, *star(NAME_PATH), "/", *narrowed))
    if and_others:
        patterns.extend(glob(arn) for kind, arns in _TYPES.items() if kind != "User" for arn in arns)
    return Language(patterns)


@dataclass(frozen=True, slots=True)
class Scenario:
    """One kind of request to one service's endpoint."""

    who: Who
    whose: Whose
    form: Form
    service: Service
    perimeter: Perimeter

    @property
    def signed(self) -> bool:
        """Whether an IAM principal signs the request."""
        return self.who in ("inside", "outside")

    def base(self) -> tuple[KeyTest, ...]:
        """What makes the request one of this kind, beyond its keys' domains."""
        return (*self._side(self.who, PRINCIPAL, PRINCIPAL_PATH), *self._resource_side())

    def _resource_side(self) -> Iterator[KeyTest]:
        if self.whose != "nobody":
            yield from self._side(
                self.whose, RESOURCE_ACCOUNT if self.form == "bare" else RESOURCE, RESOURCE_PATH
            )
        if self.form == "unkeyed":
            actions = RESOURCE_KEYS_UNSUPPORTED[
                self.service.prefixes[0] if self.service.prefixes else self.service.name
            ]
            yield KeyTest(ACTION, Language(map(glob, actions)), absent=False, every=True, inside=True)

    def _side(self, side: Who | Whose, account_slot: str, path_slot: str) -> Iterator[KeyTest]:
        if side not in ("inside", "outside"):
            return
        organization = self.perimeter.organization
        if organization is not None:
            inside = side == "inside"
            yield KeyTest(path_slot, _paths_under(organization), absent=not inside, every=True, inside=inside)
        if organization is None or side == "outside":
            accounts = Language(map(literal, sorted(self.perimeter.accounts)))
            if account_slot != RESOURCE_ACCOUNT:
                accounts = _account_arn(accounts)
            yield KeyTest(account_slot, accounts, absent=False, every=True, inside=side == "inside")

    def place(self, clause: Clause) -> KeyTest | bool:
        """The test of the value that the clause's key derives from, or its constant outcome here."""
        if isinstance(clause, PrincipalTest):
            return self._place_principal(clause)
        if isinstance(clause.accepted, Language):
            derived = self._derived(clause, clause.accepted)
            if derived is not None:
                return derived
        if clause.key == "aws:epochtime":
            return _moved(clause, "aws:currenttime")
        return clause

    def _place_principal(self, clause: PrincipalTest) -> KeyTest | bool:
        if self.who == "anonymous":
            return clause.anonymous == clause.inside
        if self.who == "service":
            key = "aws:principalservicename"
            return KeyTest(key, clause.services, absent=False, every=True, inside=clause.inside)
        return KeyTest(PRINCIPAL, clause.arns, absent=False, every=True, inside=clause.inside)

    def _derived(self, test: KeyTest, accepted: Language) -> KeyTest | bool | None:
        match test.key:
            case "aws:principalarn" if self.signed:
                return _moved(test, PRINCIPAL)
            case "aws:principalaccount" if self.signed:
                return _moved(test, PRINCIPAL, _account_arn(accepted))
            case "aws:principalaccount" if self.who == "anonymous":
                return test.holds(("anonymous",))
            case "aws:principaltype" if self.signed:
                kinds = (arns for kind, arns in _TYPES.items() if accepted.accepts(kind))
                return _moved(test, PRINCIPAL, Language(glob(arn) for arns in kinds for arn in arns))
            case "aws:principaltype" if self.who == "anonymous":
                return test.holds(("Anonymous",))
            case "aws:username" if self.signed:
                others = test.absent == test.inside
                return _moved(test, PRINCIPAL, _user_arn(accepted, and_others=others))
            case "aws:principalorgid" if self.signed:
                return _moved(test, PRINCIPAL_PATH, _under_organizations(accepted))
            case "aws:principalorgpaths" if self.signed:
                return _moved(test, PRINCIPAL_PATH)
            case "aws:resourceaccount" | "s3:resourceaccount" if self.form == "account":
                return _moved(test, RESOURCE, _account_arn(accepted))
            case "aws:resourceaccount" | "s3:resourceaccount":
                return _moved(test, RESOURCE_ACCOUNT) if self.form != "unkeyed" else test.absent
            case "aws:resourceorgid":
                return (
                    _moved(test, RESOURCE_PATH, _under_organizations(accepted))
                    if self.form != "unkeyed"
                    else test.absent
                )
            case "aws:resourceorgpaths":
                return _moved(test, RESOURCE_PATH) if self.form != "unkeyed" else test.absent
            case _:
                return None

    def contradiction(self, found: Mapping[str, Value]) -> tuple[KeyTest, KeyTest] | None:
        """Ways out of a solution with one account in two organisations, or None when it is none.

        The tests say of the principal, and of the resource, that it is in another account.

        """
        if not self.signed or self.whose == "nobody":
            return None
        slot = RESOURCE_ACCOUNT if self.form == "bare" else RESOURCE
        owner = _only(found.get(slot))
        account = owner if self.form == "bare" else owner.split(":")[4]
        if _only(found.get(PRINCIPAL)).split(":")[4] != account:
            return None
        if found.get(PRINCIPAL_PATH) == found.get(RESOURCE_PATH):
            return None
        this = Language((literal(account),))
        by_arn = _account_arn(this)
        caller = KeyTest(PRINCIPAL, by_arn, absent=False, every=True, inside=False)
        return caller, KeyTest(
            slot, this if self.form == "bare" else by_arn, absent=False, every=True, inside=False
        )

    def domain(self, slot: str, conditions: Conditions) -> Domain:
        """What `slot` can hold in this kind of request."""
        partition = self.perimeter.partition
        match slot:
            case ":action":
                return Domain(
                    may_be_absent=False,
                    values=self.service.actions(),
                    preferred=tuple(name.lower() for name in self.service.examples),
                )
            case ":resource":
                if self.form == "none":
                    return Domain(may_be_absent=False, values=Language((("*",),)))
                preferred = (f"arn:{partition}:s3:::elsewhere/key",) if "s3" in self.service.arns else ()
                values = self.service.resources(partition, bare=self.form == "bare")
                return Domain(may_be_absent=False, values=values, preferred=preferred)
            case ":principal":
                return Domain(
                    may_be_absent=False,
                    values=_principals(partition),
                    preferred=tuple(
                        f"arn:{partition}:iam::{account}:role/somebody" for account in self._accounts()
                    ),
                )
            case ":principal-path":
                return self._path(self.who, may_be_absent=True)
            case ":resource-path":
                return self._path(self.whose, may_be_absent=True)
            case ":resource-account":
                return Domain(may_be_absent=self.form == "none", values=_ANY_ACCOUNT, preferred=_SOMEBODY)
            case _:
                return self._other(slot, conditions)

    def _accounts(self) -> tuple[str, ...]:
        """Accounts that read well as the caller's."""
        ours = min(self.perimeter.accounts, default=None)
        return (ours, *_SOMEBODY) if self.who == "inside" and ours is not None else _SOMEBODY

    def _path(self, side: Who | Whose, *, may_be_absent: bool) -> Domain:
        organization = self.perimeter.organization
        if side == "inside" and organization is not None:
            patterns = tuple(_organization_path(literal(organization)))
            return Domain(False, values=Language(patterns), preferred=(f"{organization}/r-root/",))  # noqa: FBT003
        patterns = tuple(_organization_path((*literal("o-"), *some(LOWER_HYPHEN))))
        return Domain(may_be_absent, values=Language(patterns), preferred=("o-elsewhere0/r-root/",))

    def _other(self, key: str, conditions: Conditions) -> Domain:
        kinds = conditions.kinds.get(key, frozenset[Family]())
        if key == "aws:sourceip" or (key in _SERVICE_ONLY and self.who != "service"):
            return NEVER
        if key == "aws:principalisawsservice":
            if self.who == "anonymous":
                return NEVER
            return Domain(
                may_be_absent=False, values=Language((literal("true" if self.who == "service" else "false"),))
            )
        if key in ("aws:principalservicename", "aws:principalservicenameslist"):
            if self.who != "service":
                return NEVER
            names = Language(((*some(Charset(LOWER_HYPHEN.chars | {"."})), *literal(".amazonaws.com")),))
            preferred = ("cloudformation.amazonaws.com",)
            return Domain(False, values=names, multivalued=key.endswith("list"), preferred=preferred)  # noqa: FBT003
        if self.who == "service" and (
            key.startswith(("aws:principalorg", "aws:principaltag/")) or key == "aws:username"
        ):
            return NEVER
        if self.who == "service" and key == "aws:principalaccount":
            return Domain(may_be_absent=True, values=_ANY_ACCOUNT)
        if self.who == "service" and key == "aws:principalarn":
            return Domain(may_be_absent=True, values=Language((glob(f"arn:{self.perimeter.partition}:*"),)))
        if self.who == "anonymous" and (
            key in _SIGNED_ONLY or key.startswith("aws:principal") or key == "aws:username"
        ):
            return NEVER
        present = key in (
            "aws:currenttime",
            "aws:requestedregion",
            "aws:securetransport",
            "aws:sourcevpc",
            "aws:sourcevpce",
            "aws:vpcsourceip",
        )
        several = key in conditions.several
        if kinds & {"number", "date"} or key in TIMES:
            return Domain(not present, values=EVERY_NUMBER)
        if "address" in kinds or (key == "aws:vpcsourceip" and not kinds):
            return Domain(not present, values=EVERY_ADDRESS)
        if key in _BOOLEAN_KEYS or kinds == {"bool"}:
            return Domain(not present, values=_BOOLEANS, multivalued=several)
        return Domain(not present, values=_NAMED.get(key, EVERYTHING), multivalued=several)


_SOMEBODY: Final = ("999999999999", "888888888888", "777777777777")
_NAMED: Final = {
    "aws:sourcevpc": Language(((*literal("vpc-"), *some(LOWER)),)),
    "aws:sourcevpce": Language(((*literal("vpce-"), *some(LOWER)),)),
    "aws:requestedregion": Language((some(LOWER_HYPHEN),)),
}


@lru_cache(maxsize=256)
def _principals(partition: str) -> Language:
    """Every aws:PrincipalArn of the partition."""
    account = exactly(DIGIT, 12)
    iam, sts = literal(f"arn:{partition}:iam::"), literal(f"arn:{partition}:sts::")
    return Language(
        (
            (*iam, *account, *literal(":root")),
            (*iam, *account, *literal(":user/"), *some(NAME_PATH)),
            (*iam, *account, *literal(":role/"), *some(NAME_PATH)),
            (*sts, *account, *literal(":federated-user/"), *some(NAME)),
        )
    )


def _moved(test: KeyTest, slot: str, accepted: Language | None = None) -> KeyTest:
    language = test.accepted if accepted is None else accepted
    absent = (
        test.absent if slot in (PRINCIPAL_PATH, RESOURCE_PATH, RESOURCE_ACCOUNT, "aws:currenttime") else False
    )
    return KeyTest(slot, language, absent, test.every, test.inside)


def violations(service: Service, perimeter: Perimeter) -> Iterator[Scenario]:
    """Every kind of request by an identity, or on a resource, outside; AWS's own principals aside."""
    forms: list[Form] = ["account", "bare"] if service.bare_tails else ["account"]
    if (service.prefixes[0] if service.prefixes else service.name) in RESOURCE_KEYS_UNSUPPORTED:
        forms.append("unkeyed")
    callers: tuple[Who, ...] = ("outside", "anonymous", "inside")
    for who in callers:
        sides: tuple[Whose, ...] = ("outside",) if who == "inside" else ("outside", "inside")
        for whose in sides:
            for form in reversed(forms):
                yield Scenario(who, whose, form, service, perimeter)
        if who != "inside":
            yield Scenario(who, "nobody", "none", service, perimeter)


def context(scenario: Scenario, solution: Mapping[str, Value]) -> Mapping[str, Value]:
    """The request context that the values stand for, by key in lower case; missing keys are left out."""
    found = {
        slot: value for slot, value in solution.items() if value is not None and not slot.startswith(":")
    }
    if "aws:currenttime" in found:
        found["aws:epochtime"] = found["aws:currenttime"]
    if scenario.signed:
        found.update(principal_keys(_only(solution.get(PRINCIPAL))))
        found.setdefault("aws:principalisawsservice", ("false",))
    if scenario.who == "anonymous":
        found["aws:principalaccount"] = ("anonymous",)
        found["aws:principaltype"] = ("Anonymous",)
    if scenario.who == "service":
        found.setdefault("aws:principalisawsservice", ("true",))
    for slot, prefix in ((PRINCIPAL_PATH, "aws:principal"), (RESOURCE_PATH, "aws:resource")):
        path = _only(solution.get(slot))
        if path and not (slot == RESOURCE_PATH and scenario.form == "unkeyed"):
            found[f"{prefix}orgid"] = (path.split("/")[0],)
            found[f"{prefix}orgpaths"] = (path,)
    owner = _only(solution.get(RESOURCE_ACCOUNT))
    if scenario.form == "account":
        owner = _only(solution.get(RESOURCE)).split(":")[4]
    if owner:
        found["aws:resourceaccount"] = (owner,)
        found["s3:resourceaccount"] = (owner,)
    return found


def _only(value: Value) -> str:
    return value[0] if isinstance(value, tuple) and value else ""


def principal_keys(arn: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The context keys that follow from a request's aws:PrincipalArn, by names in lower case."""
    components = arn.split(":", 5)
    yield "aws:principalarn", (arn,)
    yield "aws:principalaccount", (components[4],)
    kind = next(kind for kind, language in _TYPE_LANGUAGES.items() if language.accepts(arn))
    yield "aws:principaltype", (kind,)
    if kind == "User":
        yield "aws:username", (arn.rsplit("/", 1)[-1],)
