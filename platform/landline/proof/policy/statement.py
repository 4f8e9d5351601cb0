"""A statement as a conjunction of tests, under a reading of what the documentation leaves open."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from landline.proof.policy.document import Document, Match, Principals, Statement
from landline.proof.policy.key_test import KeyTest
from landline.proof.policy.language import EVERYTHING, Language, Pattern, glob, literal, star
from landline.proof.policy.operator import MULTIVALUED, Conditions, Doubt
from landline.proof.policy.service import Service
from landline.proof.policy.value import Bound, Reading, arn_components, arn_patterns, template

ACTION: Final = ":action"
RESOURCE: Final = ":resource"

ACCOUNT: Final = re.compile(r"\d{12}")
_ACCOUNT_ARN: Final = re.compile(r"arn:([a-z-]+):iam::(\d{12}):root")
_IDENTITY_ARN: Final = re.compile(r"arn:([a-z-]+):(iam|sts)::(\d{12}):((?:role|user|federated-user)/.+)")
_SESSION_ARN: Final = re.compile(r"arn:([a-z-]+):sts::(\d{12}):assumed-role/([^/]+)/.+")


@dataclass(frozen=True, slots=True)
class PrincipalTest:
    """The principals an element names: ARNs as aws:PrincipalArn has them, services, anonymous callers."""

    arns: Language
    services: Language
    anonymous: bool
    inside: bool

    def negated(self) -> "PrincipalTest":
        """All other principals."""
        return PrincipalTest(self.arns, self.services, self.anonymous, not self.inside)


Clause = KeyTest | PrincipalTest


@dataclass(frozen=True, slots=True)
class Compiler:
    """How the statements of one document on one service's endpoint are read."""

    document: Document
    service: Service
    conditions: Conditions

    @classmethod
    def of(cls, document: Document, service: Service) -> "Compiler":
        """The reading of `document` as the policy of an endpoint of `service`."""
        return cls(document, service, Conditions.of(document))

    def doubts(self, statement: Statement) -> tuple[Doubt, ...]:
        """What keeps the statement from being decided exactly."""
        found = [doubt for condition in statement.conditions for doubt in self.conditions.doubts(condition)]
        found.extend(
            Doubt(reason) for kind, text in statement.principals.entries for reason in self._vague(kind, text)
        )
        for text in statement.resources.values:
            found.extend(Doubt(f"resource {text!r}: {reason}") for reason in self._vague_resource(text))
        return tuple(Doubt(f"statement {statement.name}: {doubt.text}") for doubt in dict.fromkeys(found))

    def references(self, statement: Statement) -> frozenset[str]:
        """The keys whose values the statement brings in as policy variables."""
        found = {
            key
            for text in statement.resources.values
            for key in template(text, variables=self.document.variables).variables()
        }
        for condition in statement.conditions:
            found |= self.conditions.references(condition)
        return frozenset(found) - MULTIVALUED

    def clauses(
        self, statement: Statement, bound: Mapping[str, Bound], reading: Reading
    ) -> tuple[Clause, ...] | None:
        """The tests that make the statement match, or None when it matches nothing."""
        found: list[Clause] = [
            self._principals(statement.principals, reading),
            _actions(statement.actions),
            self._resources(statement.resources, bound, reading),
        ]
        for condition in statement.conditions:
            test = self.conditions.test(condition, bound, reading)
            if test is False:
                return None
            if test is not True:
                found.append(test)
        return tuple(found)

    def _principals(self, principals: Principals, reading: Reading) -> PrincipalTest:
        if principals.negated:
            reading = "least" if reading == "most" else "most"
        arns: list[Pattern] = []
        services: list[Pattern] = []
        anonymous = False
        for kind, text in principals.entries:
            if kind == "*" or (kind == "AWS" and text == "*"):
                return PrincipalTest(EVERYTHING, EVERYTHING, anonymous=True, inside=not principals.negated)
            if kind == "Service":
                if "*" not in text:
                    services.append(literal(text.lower()))
                elif reading == "most":
                    services.append(glob(text.lower()))
            elif kind == "AWS":
                arns.extend(self._identity(text, reading))
            elif reading == "most":
                arns.append(star())
        return PrincipalTest(Language(arns), Language(services), anonymous, inside=not principals.negated)

    def _identity(self, text: str, reading: Reading) -> Iterator[Pattern]:
        """The ARNs, as aws:PrincipalArn has them, of the principals that `text` names."""
        account = _ACCOUNT_ARN.fullmatch(text)
        number = account.group(2) if account else text if ACCOUNT.fullmatch(text) else None
        if number is not None:
            if reading == "most" or not self.service.gateway:
                partition = account.group(1) if account else "*"
                yield glob(f"arn:{partition}:*::{number}:*")
            else:
                yield glob(f"arn:*:iam::{number}:root")
            return
        session = _SESSION_ARN.fullmatch(text)
        if session is not None:
            if reading == "most":
                head = f"arn:{session.group(1)}:iam::{session.group(2)}:role/"
                yield literal(f"{head}{session.group(3)}")
                yield (*literal(head), *star(), *literal(f"/{session.group(3)}"))
            return
        if _IDENTITY_ARN.fullmatch(text) is not None and not set(text) & {"*", "?"}:
            yield literal(text)
        elif reading == "most":
            yield star()

    def _vague(self, kind: str, text: str) -> Iterator[str]:
        if kind in ("Federated", "CanonicalUser"):
            yield f"principal {kind} {text!r} does not tell an account"
        elif kind == "Service" and "*" in text:
            yield f"principal Service {text!r} holds a wildcard, which the element does not take"
        elif kind == "AWS" and text != "*":
            if ACCOUNT.fullmatch(text) or _ACCOUNT_ARN.fullmatch(text):
                if self.service.gateway:
                    yield f"principal {text!r} is an account at interface, its root user at gateway endpoints"
            elif _SESSION_ARN.fullmatch(text):
                yield f"principal {text!r} is a session, and aws:PrincipalArn tells its role alone"
            elif _IDENTITY_ARN.fullmatch(text) is None:
                yield f"principal {text!r} is neither an account nor the ARN of a role or user"
            elif set(text) & {"*", "?"}:
                yield f"principal {text!r} holds a wildcard, which the element does not take"

    def _resources(self, resources: Match, bound: Mapping[str, Bound], reading: Reading) -> KeyTest:
        if resources.negated:
            reading = "least" if reading == "most" else "most"
        accepted = Language(
            pattern for text in resources.values for pattern in self._resource(text, bound, reading)
        )
        return KeyTest(RESOURCE, accepted, absent=False, every=True, inside=not resources.negated)

    def _resource(self, text: str, bound: Mapping[str, Bound], reading: Reading) -> Iterator[Pattern]:
        """The ARNs that `text` names.

        The guide lets a `*` at the end of a component reach past its colon ("IAM JSON policy elements:
        Resource") and does not say whether that holds before a component that follows: least, it does not;
        most, it does.
        """
        variables = self.document.variables
        components = arn_components(text)
        if len(components) < 6:
            pattern = template(text, variables=variables).pattern(glob, bound, reading)
            if pattern is None:
                return
            if not _incomplete(text):
                yield pattern
            elif reading == "most":
                yield pattern
                yield (*pattern, ":", *star())
            return
        if reading == "least" and variables and any("${" in component for component in components[:5]):
            return
        pattern = arn_patterns(text, bound, reading, variables=variables, bounded=reading == "least")
        if pattern is not None:
            yield pattern

    def _vague_resource(self, text: str) -> Iterator[str]:
        components = arn_components(text)
        if len(components) < 6:
            if _incomplete(text):
                yield "an ARN of fewer than six components"
        elif self.document.variables and any("${" in component for component in components[:5]):
            yield "a policy variable before the fifth colon"
        elif any(set(component) & {"*", "?"} for component in components[:5]):
            yield "whether a wildcard before the fifth colon reaches past a colon is not documented"
        if self.document.variables:
            cut = template(text, variables=True)
            if cut.unreadable:
                yield "a ${…} that is no policy variable"
            for key in sorted(set(cut.variables()) & MULTIVALUED):
                yield f"the multivalued key {key} as a policy variable"


def _incomplete(text: str) -> bool:
    return text.startswith("arn:") and not text.endswith("*")


def _actions(actions: Match) -> KeyTest:
    accepted = Language(glob(text.lower()) for text in actions.values)
    return KeyTest(ACTION, accepted, absent=False, every=True, inside=not actions.negated)
