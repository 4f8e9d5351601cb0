"""Whether the policy of an SNS topic lets PrivateLink publish.

An Allow statement must match the call and no Deny statement may ("IAM User Guide, Policy evaluation logic").
What of a statement that could match is not modelled raises NotImplementedError by its name.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Document = dict[str, Any]

PRINCIPAL, ACTION = "vpce.amazonaws.com", "sns:publish"


def lets_publish(policy: Document, topic: str, account: str, source: str) -> bool:
    """Whether PrivateLink may publish to the topic `topic` for the service or endpoint `source` of `account`.

    Assumed: its call brings the keys that its guide's policies name, ``aws:SourceAccount`` and
    ``aws:SourceArn``, comes over TLS from an AWS service, and brings no ``aws:SourceOwner``, on which the
    default policy of topics rests.
    """
    keys = {
        "aws:sourceaccount": account,
        "aws:sourcearn": source,
        "aws:sourceowner": None,
        "aws:securetransport": "true",
        "aws:principalisawsservice": "true",
    }
    matching = {one["Effect"] for one in _listed(policy["Statement"]) if _matches(one, topic, keys)}
    return matching == {"Allow"}


def _matches(statement: Document, topic: str, keys: Mapping[str, str | None]) -> bool:
    for element in ("NotPrincipal", "NotAction", "NotResource"):
        if element in statement:
            message = f"the sandbox does not model {element} in a topic's policy"
            raise NotImplementedError(message)
    return (
        _is_named(statement["Principal"])
        and any(_like(pattern.lower(), ACTION) for pattern in _listed(statement["Action"]))
        and any(_like(pattern, topic) for pattern in _listed(statement.get("Resource", "*")))
        and all(
            _holds(operator, key, _listed(values), keys)
            for operator, tests in (statement.get("Condition") or {}).items()
            for key, values in tests.items()
        )
    )


def _is_named(principal: str | Document) -> bool:
    """Whether a principal is PrivateLink, or everybody.

    ``"*"`` and ``{"AWS": "*"}`` are the same ("IAM User Guide, AWS JSON policy elements: Principal").
    Assumed: services are among them, as policies exempt them from what is denied to everybody by
    ``aws:PrincipalIsAWSService``.
    """
    if isinstance(principal, str):
        return principal == "*"
    return PRINCIPAL in _listed(principal.get("Service", [])) or "*" in _listed(principal.get("AWS", []))


def _holds(operator: str, key: str, values: list[Any], keys: Mapping[str, str | None]) -> bool:
    """Whether a condition holds ("IAM User Guide, IAM JSON policy elements: Condition operators")."""
    base = operator.removesuffix("IfExists")
    negated = "Not" in base
    test = _TESTS.get(base.replace("Not", "", 1))
    if test is None or key.lower() not in keys or any("${" in str(value) for value in values):
        message = f"the sandbox does not model {operator} of {key} in a topic's policy"
        raise NotImplementedError(message)
    actual = keys[key.lower()]
    if actual is None:
        return negated or operator != base
    return negated != any(test(str(value), actual) for value in values)


def _like(pattern: str, value: str) -> bool:
    wild = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(wild, value, re.DOTALL) is not None


def _arn_like(pattern: str, value: str) -> bool:
    """Each of an ARN's six parts by itself: ``ArnEquals`` and ``ArnLike`` are the same."""
    patterns, parts = pattern.split(":", 5), value.split(":", 5)
    return len(patterns) == len(parts) and all(map(_like, patterns, parts))


_TESTS: Mapping[str, Callable[[str, str], bool]] = {
    "StringEquals": lambda pattern, value: pattern == value,
    "StringEqualsIgnoreCase": lambda pattern, value: pattern.lower() == value.lower(),
    "StringLike": _like,
    "ArnEquals": _arn_like,
    "ArnLike": _arn_like,
    "Bool": lambda pattern, value: pattern.lower() == value,
}
"""The operators that are modelled, without ``Not`` and ``IfExists``."""


def _listed(value: Any) -> list[Any]:  # noqa: ANN401 - what a policy holds
    return value if isinstance(value, list) else [value]
