"""What is odd about an endpoint policy: text that AWS refuses, and text that does nothing.

Every code is listed in `CODES` with what it means and the AWS page that says so.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, get_args

from landline.proof.policy.document import Condition, MalformedPolicyError, Statement, parse
from landline.proof.policy.language import Budget, LimitExceededError
from landline.proof.policy.operator import MULTIVALUED, SYSTEM_IDS, Operator, read_operator
from landline.proof.policy.request import solve_request
from landline.proof.policy.scenario import Form, Perimeter, Scenario, Who
from landline.proof.policy.service import REGIONS, Service, custom, service_of
from landline.proof.policy.statement import Compiler

_PRIVATELINK: Final = 'AWS PrivateLink guide, "Control access to VPC endpoints using endpoint policies"'
_IAM: Final = "IAM user guide,"
_MULTIVALUED: Final = f'{_IAM} "Single-valued vs. multivalued context keys"'
_GLOBAL_KEYS: Final = f'{_IAM} "AWS global condition context keys"'

CODES: Final[Mapping[str, str]] = {
    "malformed": f'the text is no policy ({_IAM} "Grammar of the IAM JSON policy language")',
    "takes-no-policy": f"endpoints of other services than AWS's take none ({_PRIVATELINK})",
    "too-long": f"over 20,480 characters, white space included ({_PRIVATELINK})",
    "allows-nothing": f'no Allow statement, so every request is refused ({_IAM} "Policy evaluation logic")',
    "never-matches": "no request can match the statement",
    "wildcard-as-text": f'StringEquals takes `*` and `?` as plain characters ({_IAM} "Condition operators")',
    "wildcard-on-system-id": f"a wildcard on a system-generated id has no valid use ({_GLOBAL_KEYS})",
    "number-on-system-id": f"numeric operators do not work on system-generated ids ({_PRIVATELINK})",
    "short-wildcard": f"fewer than six characters in a row before or after a wildcard ({_PRIVATELINK})",
    "mixed-account": f"an ARN's account is an id or a wildcard, never both ({_PRIVATELINK})",
    "missing-key-passes": f"ForAllValues in an Allow holds when the request lacks the key ({_MULTIVALUED})",
    "no-set-operator": f"a multivalued key needs ForAllValues or ForAnyValue ({_MULTIVALUED})",
    "root-only": f"at a gateway endpoint an account as principal is its root user alone ({_PRIVATELINK})",
    "source-ip": f"requests through an endpoint carry no aws:SourceIp, but aws:VpcSourceIp ({_GLOBAL_KEYS})",
}
"""What each code means, and the AWS page that says so."""

MAX_CHARACTERS: Final = 20_480
_STEPS: Final = 1_500_000


@dataclass(frozen=True, slots=True)
class Lint:
    """One oddity: a code of `CODES`, and what to write.

    `statement` is its Sid or place, empty for the whole policy.
    """

    code: str
    statement: str
    message: str


def lint(text: str | None, service: str, endpoint_type: str = "Interface") -> tuple[Lint, ...]:
    """The oddities of an endpoint policy, the whole policy's first, then by statement.

    `text` and `service` are as for `decide`, `endpoint_type` is VpcEndpointType (`Interface` or `Gateway`).
    """
    if text is None or not text.strip():
        return ()
    return tuple(_lints(text, service, endpoint_type))


def _lints(text: str, service: str, endpoint_type: str) -> Iterator[Lint]:
    if custom(service):
        yield Lint("takes-no-policy", "", f"{service} is no AWS service; remove the policy, it has no effect")
    if len(text) > MAX_CHARACTERS:
        yield Lint(
            "too-long", "", f"{len(text):,} characters, and 20,480 are the most; write it without white space"
        )
    try:
        document = parse(text)
    except MalformedPolicyError as error:
        yield Lint("malformed", "", str(error))
        return
    if not any(statement.effect == "Allow" for statement in document.statements):
        yield Lint(
            "allows-nothing",
            "",
            "the policy has no Allow statement; add one for what the endpoint is there for",
        )
    compiler = Compiler.of(document, service_of(service))
    for statement in document.statements:
        yield from _statement(statement, compiler, service, endpoint_type)


def _statement(statement: Statement, compiler: Compiler, service: str, endpoint_type: str) -> Iterator[Lint]:
    for condition in statement.conditions:
        for code, message in _condition(condition, statement):
            yield Lint(code, statement.name, f"{condition.operator} on {condition.key}: {message}")
    for text in statement.resources.values:
        if _mixed_account(text):
            yield Lint("mixed-account", statement.name, f"resource {text!r}: write the account or `*`")
    if endpoint_type == "Gateway" and statement.effect == "Allow" and not statement.principals.negated:
        for kind, text in statement.principals.entries:
            if kind == "AWS" and (text.isdigit() or text.endswith(":root")):
                message = (
                    f'principal {text!r}: write "Principal": "*" and a condition on aws:PrincipalAccount'
                )
                yield Lint("root-only", statement.name, message)
    if not _can_match(statement, compiler, service):
        message = (
            "no request can match it; remove it, or see which two of its requirements exclude each other"
        )
        yield Lint("never-matches", statement.name, message)


_WILD: Final = re.compile(r"[*?]+")


def _condition(condition: Condition, statement: Statement) -> Iterator[tuple[str, str]]:
    operator = read_operator(condition.operator)
    if condition.key == "aws:sourceip":
        yield "source-ip", "write aws:VpcSourceIp"
    if operator is None:
        return
    plain = [re.sub(r"\$\{[^{}]*\}", "", text) for text in condition.values]
    wild = [text for text in plain if set(text) & {"*", "?"}]
    if operator.base.startswith("String"):
        like = operator.base in ("StringLike", "StringNotLike")
        if wild and not like:
            yield "wildcard-as-text", f"{wild[0]!r} matches itself alone; write StringLike, or no wildcard"
        elif wild and condition.key in SYSTEM_IDS:
            yield "wildcard-on-system-id", f"{wild[0]!r} may match any; list the ids with StringEquals"
        elif short := [text for text in wild if _short(text)]:
            yield (
                "short-wildcard",
                f"{short[0]!r}; write at least six characters before or after each wildcard",
            )
    if operator.base.startswith("Arn") and any(map(_mixed_account, plain)):
        yield "mixed-account", "write the account or `*` in the ARN's fifth component"
    if operator.base.startswith("Numeric") and condition.key in SYSTEM_IDS:
        yield "number-on-system-id", "write StringEquals"
    yield from _set_operator(condition, operator, statement)


def _set_operator(
    condition: Condition, operator: Operator, statement: Statement
) -> Iterator[tuple[str, str]]:
    if condition.key in MULTIVALUED and not operator.quantifier and operator.family != "presence":
        yield "no-set-operator", f"write ForAnyValue:{condition.operator}"
    demanded = any(
        other.operator == "Null" and other.key == condition.key and other.values == ("false",)
        for other in statement.conditions
    )
    if operator.quantifier == "ForAllValues" and statement.effect == "Allow" and not demanded:
        yield "missing-key-passes", f'add "Null": {{"{condition.key}": "false"}}, or write no ForAllValues'


def _short(text: str) -> bool:
    """Whether some wildcard has fewer than six literal characters on both of its sides."""
    runs = _WILD.split(text)
    return any(len(before) < 6 and len(after) < 6 for before, after in pairwise(runs))


def _mixed_account(text: str) -> bool:
    components = text.split(":", 5)
    if len(components) < 6 or components[0] != "arn":
        return False
    return any(char.isdigit() for char in components[4]) and bool(set(components[4]) & {"*", "?"})


def _can_match(statement: Statement, compiler: Compiler, service: str) -> bool:
    """Whether some request possibly matches; yes when that is not decided in time."""
    budget = Budget(_STEPS)
    clauses = compiler.clauses(statement, {}, "most")
    if clauses is None:
        return False
    try:
        return any(
            solve_request(scenario, clauses, (), compiler.conditions, budget) is not None
            for partition in _partitions(service)
            for scenario in _everything(compiler.service, partition)
        )
    except LimitExceededError:
        return True


def _partitions(service: str) -> tuple[str, ...]:
    """The partition that the service name's Region is in, or all of them when it names no Region."""
    found = [
        partition
        for partition, regions in REGIONS.items()
        for region in regions
        if f".{region}." in f".{service}."
    ]
    return tuple(found[:1]) or tuple(REGIONS)


def _everything(service: Service, partition: str) -> Iterator[Scenario]:
    perimeter = Perimeter(partition=partition)
    forms: tuple[Form, ...] = get_args(Form)
    callers: tuple[Who, ...] = ("outside", "anonymous", "service")
    for who in callers:
        for form in forms:
            if form != "unkeyed" and (form != "bare" or service.bare_tails):
                yield Scenario(who, "nobody" if form == "none" else "outside", form, service, perimeter)
