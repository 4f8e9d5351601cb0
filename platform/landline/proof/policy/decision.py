"""Decide whether a request by an identity, or on a resource, outside the perimeter can be allowed.

A request is allowed when an Allow statement matches it and no Deny statement does. For every kind of request
that crosses the perimeter and every Allow statement, the statement's tests are solved together; where a Deny
statement matches what was found, the search goes on along each way to escape it, one negated test at a time.
Solved exactly, so that no solution is a proof. Where the documentation leaves open what a statement matches,
the question is asked twice: with what its Allow statements certainly and its Deny statements possibly match,
a solution is a witness; with what its Allow statements possibly and its Deny statements certainly match, no
solution is a proof; in between the answer is unproven.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Final, Literal

from landline.proof.policy.document import Document, MalformedPolicyError, Statement, parse
from landline.proof.policy.key_test import KeyTest, Value
from landline.proof.policy.language import EVERYTHING, Budget, Language, LimitExceededError, literal
from landline.proof.policy.operator import Doubt
from landline.proof.policy.request import solve_request
from landline.proof.policy.scenario import Perimeter, Scenario, context, violations
from landline.proof.policy.service import (
    FEDERATED_ACTIONS,
    OWNED_BUCKETS,
    READ_ACTIONS,
    Service,
    custom,
    every_owned,
    owned,
    service_of,
)
from landline.proof.policy.statement import ACTION, RESOURCE, Clause, Compiler, PrincipalTest
from landline.proof.policy.value import Bound, Reading
from landline.proof.policy.variable import Tried, values_to_try
from landline.proof.policy.witness import Witness, witness

STEPS: Final = 6_000_000
"""How many steps one decision may take, some seconds; past that the answer is unproven."""

_BINDINGS: Final = 160
"""How many combinations of values are tried for the policy variables of one document."""

Verdict = Literal["closed", "open", "unproven"]

ASSUMPTIONS: Final = (
    "Endpoint policies: accounts of the estate are members of the organisation.",
    "Endpoint policies: any action name of a service, on any resource of it, counts as a request.",
    "Endpoint policies: resources whose ARN has `aws` for its account belong to AWS and are not outside.",
    "Endpoint policies: what a policy variable brings in is plain text, its `*` and `?` are no wildcards.",
    "Endpoint policies: ForAllValues holds on a missing key under negated operators, too.",
    "Endpoint policies: AWS service principals are not identities outside; where let in, they are named.",
)
"""What a decision rests on beyond AWS's documentation. Reports print it."""


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer for one endpoint policy.

    `closed`: no request across the perimeter is allowed, but for `exceptions`. `open`: `witness` is one that
    this policy alone would allow; other policies may still refuse it. `unproven`: `why` names what is not
    modelled or not documented.
    """

    verdict: Verdict
    witness: Witness | None = None
    exceptions: tuple[str, ...] = ()
    why: tuple[str, ...] = ()


def decide(text: str | None, perimeter: Perimeter, service: str) -> Decision:
    """Whether the endpoint policy `text` lets a request cross `perimeter`.

    `text` is the PolicyDocument that DescribeVpcEndpoints prints; absent, empty or `*` is the default policy,
    full access. `service` is the endpoint's service name. The same arguments give the same answer; expected
    troubles (a text that is no policy, too many steps) are `unproven` answers, not exceptions.
    """
    if custom(service):
        return Decision("unproven", why=(f"{service} is no AWS service; its endpoint takes no policy",))
    try:
        document = parse(text)
    except MalformedPolicyError as error:
        return Decision("unproven", why=(str(error),))
    if _plainly_closed(document, perimeter):
        return Decision("closed")
    question = _Question.of(document, text or "", perimeter, service_of(service))
    try:
        return question.answer()
    except LimitExceededError:
        return Decision(
            "unproven", why=(f"the policy needs more than {STEPS:,} steps; write it with fewer wildcards",)
        )


def _plainly_closed(document: Document, perimeter: Perimeter) -> bool:
    """Whether every Allow statement asks for the organisation's identities and the perimeter's resources.

    Most policies that are closed say just this, and then nothing has to be searched: such a statement matches
    no request from outside or on what is outside, whatever else it says, and no AWS service principal either,
    as those carry no aws:PrincipalOrgID.
    """
    if perimeter.organization is None:
        return False
    ours = frozenset({perimeter.organization})
    inside = {"aws:resourceorgid": ours, "aws:resourceaccount": perimeter.accounts}
    for statement in document.statements:
        if statement.effect == "Deny":
            continue
        tests = [(c.key, frozenset(c.values)) for c in statement.conditions if c.operator == "StringEquals"]
        if not any(key == "aws:principalorgid" and values <= ours for key, values in tests):
            return False
        if not any(key in inside and values <= inside[key] for key, values in tests):
            return False
    return True


@dataclass(frozen=True, slots=True)
class _Question:
    compiler: Compiler
    perimeter: Perimeter
    tried: Mapping[str, Tried]
    budget: Budget
    doubts: Mapping[str, tuple[Doubt, ...]]
    built: dict[tuple[str, Reading, tuple[tuple[str, Bound], ...]], tuple[Clause, ...] | None]

    @classmethod
    def of(cls, document: Document, text: str, perimeter: Perimeter, service: Service) -> "_Question":
        compiler = Compiler.of(document, service)
        doubts = {statement.name: compiler.doubts(statement) for statement in document.statements}
        return cls(compiler, perimeter, values_to_try(compiler, text, perimeter), Budget(STEPS), doubts, {})

    def answer(self) -> Decision:
        scenarios = tuple(violations(self.compiler.service, self.perimeter))
        found = self._search(scenarios, "least", ())
        if found is not None:
            return Decision("open", witness=found)
        doubts = tuple(dict.fromkeys(doubt.text for several in self.doubts.values() for doubt in several))
        if doubts or self.tried:
            possible = self._search(scenarios, "most", ())
            if possible is not None:
                variables = f"policy variables ({', '.join(self.tried)}) may take values that were not tried"
                return Decision("unproven", why=doubts or (variables,))
        return Decision("closed", exceptions=tuple(self._exceptions()))

    def _exceptions(self) -> Iterator[str]:
        """What a closed policy still lets through, and is meant to."""
        service, perimeter = self.compiler.service, self.perimeter
        forms: tuple[Literal["account", "bare"], ...] = (
            ("bare", "account") if service.bare_tails else ("account",)
        )
        theirs = [Scenario("service", "outside", form, service, perimeter) for form in forms]
        found = self._search(theirs, "most", ())
        if found is not None:
            name = found.value("aws:principalservicename")
            yield f"AWS service principals may call {found.action} on {found.resource} (for example {name})"
        if _federates(service):
            nobody = [Scenario("anonymous", "inside", form, service, perimeter) for form in forms]
            found = self._search(nobody, "most", (_FEDERATED_CALL,), meant=True)
            if found is not None:
                yield f"callers without an AWS identity may call {found.action} on the organisation's roles"
        if not _reads_buckets(service):
            return
        callers = [
            Scenario(who, "outside", "bare", service, perimeter) for who in ("anonymous", "outside", "inside")
        ]
        reads = KeyTest(ACTION, READ_ACTIONS, absent=False, every=True, inside=True)
        whole = KeyTest(RESOURCE, every_owned(perimeter.partition), absent=False, every=True, inside=True)
        if self._search(callers, "most", (reads, whole), meant=True) is None:
            return
        for bucket, use in OWNED_BUCKETS.items():
            this = KeyTest(
                RESOURCE, owned(bucket, perimeter.partition), absent=False, every=True, inside=True
            )
            if self._search(callers, "most", (reads, this), meant=True) is not None:
                name = bucket.format(region="<region>", regionnodashes="<region without dashes>")
                yield f"reads of AWS's own bucket {name} ({use})"

    def _search(
        self,
        scenarios: Sequence[Scenario],
        reading: Reading,
        extra: tuple[KeyTest, ...],
        *,
        meant: bool = False,
    ) -> Witness | None:
        """A request of one of `scenarios` that is allowed; `reading` is that of the Allow statements.

        What is meant to pass (`_exempt`) does not count unless `meant`.
        """
        statements = self.compiler.document.statements
        other: Reading = "most" if reading == "least" else "least"
        exempt = () if meant else tuple(self._exempt())
        for bound, fixed in self._bindings():
            allows = [
                clauses
                for statement in statements
                if statement.effect == "Allow"
                for clauses in (self._clauses(statement, bound, reading),)
                if clauses is not None
            ]
            denies = [*exempt, *self._denies(statements, bound, other)]
            for scenario in scenarios:
                for clauses in allows:
                    solution = solve_request(
                        scenario, (*clauses, *fixed, *extra), denies, self.compiler.conditions, self.budget
                    )
                    if solution is not None:
                        return self._witness(scenario, solution)
        return None

    def _exempt(self) -> Iterator[tuple[Clause, ...]]:
        """What crosses the perimeter and is meant to: reads of AWS's own buckets, and federated callers.

        Those who bring a SAML assertion or a token to STS have no AWS identity yet; the role that they ask
        for is the resource, and one of the organisation's keeps them inside ("IAM user guide, Control access
        to AWS STS with VPC endpoint policies").
        """
        service, perimeter = self.compiler.service, self.perimeter
        if _reads_buckets(service):
            yield (
                KeyTest(RESOURCE, every_owned(perimeter.partition), absent=False, every=True, inside=True),
                KeyTest(ACTION, READ_ACTIONS, absent=False, every=True, inside=True),
            )
        if _federates(service):
            key, ids = (
                ("aws:resourceaccount", sorted(perimeter.accounts))
                if perimeter.organization is None
                else ("aws:resourceorgid", [perimeter.organization])
            )
            ours = KeyTest(key, Language(map(literal, ids)), absent=False, every=True, inside=True)
            yield _NOBODY, _FEDERATED_CALL, ours

    def _denies(
        self, statements: Sequence[Statement], bound: Mapping[str, Bound], reading: Reading
    ) -> Iterator[tuple[Clause, ...]]:
        for statement in statements:
            if statement.effect == "Deny":
                clauses = self._clauses(statement, bound, reading)
                if clauses is not None:
                    yield clauses

    def _clauses(
        self, statement: Statement, bound: Mapping[str, Bound], reading: Reading
    ) -> tuple[Clause, ...] | None:
        """The statement's clauses, built once for each reading that differs."""
        here = tuple(
            sorted((key, bound.get(key)) for key in self.compiler.references(statement) if key in bound)
        )
        if not self.doubts[statement.name] and len(here) == len(self.compiler.references(statement)):
            reading = "most"
        known = (statement.name, reading, here)
        if known not in self.built:
            self.built[known] = self.compiler.clauses(statement, bound, reading)
        return self.built[known]

    def _bindings(self) -> Iterator[tuple[Mapping[str, Bound], tuple[KeyTest, ...]]]:
        """The cases of the policy variables' keys: each value tried, missing, and any other value."""
        cases = [
            [
                *((key, value) for value in tried.values),
                (key, None),
                *([] if tried.exhaustive else [(key, Language(map(literal, tried.values)))]),
            ]
            for key, tried in self.tried.items()
            if tried.values
        ]
        if prod(map(len, cases)) > _BINDINGS:
            yield {}, ()
            return
        for combination in product(*cases):
            bound: dict[str, Bound] = {}
            fixed: list[KeyTest] = []
            for key, case in combination:
                if case is None:
                    bound[key] = None
                    fixed.append(KeyTest(key, EVERYTHING, absent=True, every=True, inside=False))
                elif isinstance(case, str):
                    bound[key] = case
                    fixed.append(
                        KeyTest(key, Language((literal(case),)), absent=False, every=True, inside=True)
                    )
                else:
                    fixed.append(KeyTest(key, case, absent=False, every=True, inside=False))
            yield bound, tuple(fixed)

    def _witness(self, scenario: Scenario, solution: Mapping[str, Value]) -> Witness:
        names = {name.lower(): name for name in self.compiler.service.examples}
        return witness(scenario, solution, context(scenario, solution), self.compiler.conditions.kinds, names)


_NOBODY: Final = PrincipalTest(Language(()), Language(()), anonymous=True, inside=True)
_FEDERATED_CALL: Final = KeyTest(ACTION, FEDERATED_ACTIONS, absent=False, every=True, inside=True)


def _federates(service: Service) -> bool:
    return "sts" in service.prefixes


def _reads_buckets(service: Service) -> bool:
    return not service.prefixes or "s3" in service.prefixes
