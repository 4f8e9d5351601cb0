"""IAM evaluation of one concrete request, written straight from the user guide with regular expressions.

It shares nothing with the prover and knows nothing of sets: the tests check witnesses with it and, over
every request of a small universe, proofs.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address, ip_network
from typing import Any

ORGANIZATION = "o-a1b2c3d4e5"
ESTATE = ("111111111111", "222222222222")


@dataclass(frozen=True)
class Request:
    """A request: the caller's ARN (None: anonymous), what it asks for, its keys in lower case."""

    principal: str | None
    action: str
    resource: str
    context: Mapping[str, Sequence[str]]
    service: str | None = None


def allowed(policy: Mapping[str, Any], request: Request, *, gateway: bool = False) -> bool:
    statements = policy["Statement"]
    statements = [statements] if isinstance(statements, dict) else statements
    variables = policy.get("Version") == "2012-10-17"
    hit = {
        statement["Effect"] for statement in statements if _matches(statement, request, variables, gateway)
    }
    return hit == {"Allow"}


def outside(request: Request) -> bool:
    """Whether an identity or a resource outside the organisation and the estate takes part."""
    get = request.context.get
    if request.service is None and not _ours(get("aws:principalaccount"), get("aws:principalorgid")):
        return True
    parts = request.resource.split(":")
    owner = get("aws:resourceaccount") or ([parts[4]] if len(parts) > 5 and parts[4] else None)
    return owner is not None and request.resource != "*" and not _ours(owner, get("aws:resourceorgid"))


def _ours(account: Sequence[str] | None, organization: Sequence[str] | None) -> bool:
    return (account or ("",))[0] in ESTATE or (organization or ("",))[0] == ORGANIZATION


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _matches(statement: Mapping[str, Any], request: Request, variables: bool, gateway: bool) -> bool:  # noqa: FBT001
    return (
        _principal(statement, request, gateway)
        and _element(statement, "Action", lambda text: _glob(text.lower(), request.action.lower()))
        and _element(statement, "Resource", lambda text: _resource(text, request, variables))
        and all(
            _condition(operator, key.lower(), _list(values), request, variables)
            for operator, keys in statement.get("Condition", {}).items()
            for key, values in keys.items()
        )
    )


def _element(statement: Mapping[str, Any], name: str, hit: Callable[[str], bool]) -> bool:
    if name in statement:
        return any(map(hit, _list(statement[name])))
    return not any(map(hit, _list(statement["Not" + name])))


def _glob(pattern: str, text: str) -> bool:
    regex = "".join({"*": ".*", "?": "."}.get(char, re.escape(char)) for char in pattern)
    return re.fullmatch(regex, text, re.DOTALL) is not None


def _principal(statement: Mapping[str, Any], request: Request, gateway: bool) -> bool:  # noqa: FBT001
    name = "Principal" if "Principal" in statement else "NotPrincipal"
    value = statement[name]
    entries = (
        [("*", "*")] if value == "*" else [(kind, text) for kind in value for text in _list(value[kind])]
    )
    return any(_names(kind, text, request, gateway) for kind, text in entries) == (name == "Principal")


def _names(kind: str, text: str, request: Request, gateway: bool) -> bool:  # noqa: FBT001
    if kind == "*" or (kind == "AWS" and text == "*"):
        return True
    if kind == "Service":
        return request.service == text
    if kind != "AWS" or request.principal is None:
        return False
    account = re.fullmatch(r"(?:arn:aws:iam::)?(\d{12})(?::root)?", text)
    if account is None:
        return text == request.principal
    theirs = request.principal.split(":")[4]
    return theirs == account.group(1) and (not gateway or request.principal.endswith(":root"))


def _substituted(text: str, request: Request, variables: bool) -> list[tuple[bool, str]] | None:  # noqa: FBT001
    """The value as (is plain text, text) pieces, or None when a variable has no value."""
    if not variables:
        return [(False, text)]
    pieces: list[tuple[bool, str]] = []
    for piece in re.split(r"(\$\{[^}]*\})", text):
        if not piece.startswith("${"):
            pieces.append((False, piece))
            continue
        name, _, default = piece[2:-1].partition(",")
        if name in ("*", "?", "$"):
            pieces.append((True, name))
            continue
        values = request.context.get(name.strip().lower())
        if values is None and not default:
            return None
        pieces.append((True, values[0] if values is not None else default.strip().strip("'")))
    return pieces


def _template(text: str, request: Request, variables: bool, wild: bool, actual: str, flags: int = 0) -> bool:  # noqa: FBT001
    pieces = _substituted(text, request, variables)
    if pieces is None:
        return False
    regex = ""
    for plain, piece in pieces:
        for char in piece:
            regex += (
                {"*": ".*", "?": "."}.get(char, re.escape(char)) if wild and not plain else re.escape(char)
            )
    return re.fullmatch(regex, actual, re.DOTALL | flags) is not None


def _resource(text: str, request: Request, variables: bool) -> bool:  # noqa: FBT001
    return _template(text, request, variables, wild=True, actual=request.resource)


def _arn(text: str, request: Request, variables: bool, actual: str) -> bool:  # noqa: FBT001
    theirs = actual.split(":", 5)
    pieces = _substituted(text, request, variables)
    if pieces is None or len(theirs) < 6:
        return False
    regex = ""
    for plain, piece in pieces:
        for char in piece:
            before = regex.count(":") < 5
            many, one = ("[^:]*", "[^:]") if before else (".*", ".")
            # A class holds a colon, too; marked, it does not count among the pattern's own.
            regex += (
                {"*": many.replace(":", "\x00"), "?": one.replace(":", "\x00")}.get(char, char)
                if not plain and char in "*?"
                else re.escape(char)
            )
    return re.fullmatch(regex.replace("\x00", ":"), actual, re.DOTALL) is not None


def _condition(operator: str, key: str, wanted: list[Any], request: Request, variables: bool) -> bool:  # noqa: FBT001
    values = request.context.get(key)
    wanted = [
        {True: "true", False: "false"}.get(value, str(value)) if isinstance(value, bool) else str(value)
        for value in wanted
    ]
    if operator == "Null":
        return str(values is None).lower() in wanted
    quantifier, _, name = operator.rpartition(":")
    if_exists = name.endswith("IfExists")
    name = name.removesuffix("IfExists")
    negated = "Not" in name
    base = name.replace("Not", "")
    if values is None:
        if quantifier == "ForAllValues":
            return True
        return if_exists or (negated and quantifier != "ForAnyValue")
    hits: Iterable[bool] = (
        any(_compare(base, value, text, request, variables) for text in wanted) != negated for value in values
    )
    return any(hits) if quantifier == "ForAnyValue" else all(hits)


def _compare(base: str, value: str, text: str, request: Request, variables: bool) -> bool:  # noqa: FBT001
    if base == "StringEquals":
        return _template(text, request, variables, wild=False, actual=value)
    if base in ("StringEqualsIgnoreCase", "Bool"):
        return _template(text, request, variables, wild=False, actual=value, flags=re.IGNORECASE)
    if base == "StringLike":
        return _template(text, request, variables, wild=True, actual=value)
    if base in ("ArnEquals", "ArnLike"):
        return _arn(text, request, variables, value)
    if base == "IpAddress":
        block = ip_network(text, strict=False)
        return ip_address(value).version == block.version and ip_address(value) in block
    if base == "BinaryEquals":
        return value == text
    if base.startswith("Numeric"):
        return _order(base.removeprefix("Numeric"), float(value), float(text))
    if base.startswith("Date"):
        return _order(base.removeprefix("Date"), _when(value), _when(text))
    raise AssertionError(base)


def _when(text: str) -> float:
    if re.fullmatch(r"-?\d{5,}(\.\d+)?", text):
        return float(text)
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def _order(name: str, a: float, b: float) -> bool:
    return {
        "Equals": a == b,
        "LessThan": a < b,
        "LessThanEquals": a <= b,
        "GreaterThan": a > b,
        "GreaterThanEquals": a >= b,
    }[name]
