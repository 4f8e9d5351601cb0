"""One concrete request: whether a policy allows it.

The same reading of policies as for every possible request (`decide`), so that a list of requests that must
work, or must fail, is decided by what the verdict rests on.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from landline.proof.policy.document import Document, Effect, MalformedPolicyError, Statement, parse
from landline.proof.policy.key_test import KeyTest, Value
from landline.proof.policy.operator import TIMES, Family
from landline.proof.policy.scenario import principal_keys
from landline.proof.policy.service import Service
from landline.proof.policy.spans import Spans, moment, network, number
from landline.proof.policy.statement import ACTION, RESOURCE, Clause, Compiler
from landline.proof.policy.value import Reading

Answer = Literal["allowed", "denied", "unmatched", "unproven"]
"""`denied`: a Deny statement matches. `unmatched`: no statement does, so that this policy does not allow it.
`unproven`: it hangs on what the documentation leaves open, or the text is no policy."""


READINGS: Final[tuple[Reading, ...]] = ("least", "most")


@dataclass(frozen=True, slots=True)
class Asked:
    """One request.

    `principal` is an ARN as aws:PrincipalArn has it, the name of an AWS service principal, or None when
    nobody signed. `resource` is an ARN, or `*` for an action that names none. `keys` holds the request's
    other context keys, names in lower case; those that follow from the principal and from an ARN with an
    account are added.
    """

    principal: str | None
    action: str
    resource: str
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def context(self) -> Mapping[str, tuple[str, ...]]:
        """All context keys of the request, by names in lower case."""
        return {**dict(self._implied()), **self.keys}

    def _implied(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        if self.principal is None:
            yield "aws:principalaccount", ("anonymous",)
            yield "aws:principaltype", ("Anonymous",)
        elif self.principal.startswith("arn:"):
            yield from principal_keys(self.principal)
            yield "aws:principalisawsservice", ("false",)
        else:
            yield "aws:principalservicename", (self.principal,)
            yield "aws:principalisawsservice", ("true",)
        account = self.resource.split(":")[4] if self.resource.startswith("arn:") else ""
        if account:
            yield "aws:resourceaccount", (account,)
            yield "s3:resourceaccount", (account,)


def answers(text: str | None, asked: Iterable[Asked], service: Service) -> Iterator[Answer]:
    """What the policy `text` says of each of the requests `asked` to `service`.

    `text` is as for `decide`. A resource's policy is read alike, but has the last word on Deny alone: what it
    does not match may be allowed by the caller's own policies. Same arguments, same answers.
    """
    try:
        document = parse(text)
    except MalformedPolicyError:
        for _ in asked:
            yield "unproven"
        return
    reader = _Reader.of(document, service)
    for one in asked:
        yield reader.answer(one)


@dataclass(frozen=True, slots=True)
class _Reader:
    document: Document
    compiler: Compiler
    fixed: Mapping[tuple[str, Reading], tuple[Clause, ...] | None]
    """The clauses of statements that hang on no policy variable."""

    @classmethod
    def of(cls, document: Document, service: Service) -> "_Reader":
        compiler = Compiler.of(document, service)
        fixed: dict[tuple[str, Reading], tuple[Clause, ...] | None] = {
            (statement.name, reading): compiler.clauses(statement, {}, reading)
            for statement in document.statements
            if not compiler.references(statement)
            for reading in READINGS
        }
        return cls(document, compiler, fixed)

    def answer(self, asked: Asked) -> Answer:
        context = asked.context()
        statements = self.document.statements

        def any_of(effect: Effect, reading: Reading) -> bool:
            return any(
                self._matches(statement, reading, asked, context)
                for statement in statements
                if statement.effect == effect
            )

        if any_of("Deny", "least"):
            return "denied"
        if any_of("Deny", "most"):
            return "unproven"
        if any_of("Allow", "least"):
            return "allowed"
        return "unproven" if any_of("Allow", "most") else "unmatched"

    def _matches(
        self, statement: Statement, reading: Reading, asked: Asked, context: Mapping[str, tuple[str, ...]]
    ) -> bool:
        if (statement.name, reading) in self.fixed:
            clauses = self.fixed[statement.name, reading]
        else:
            keys = self.compiler.references(statement)
            bound = {key: next(iter(context.get(key, ())), None) for key in keys}
            clauses = self.compiler.clauses(statement, bound, reading)
        kinds = self.compiler.conditions.kinds
        return clauses is not None and all(_holds(clause, asked, context, kinds) for clause in clauses)


def _holds(
    clause: Clause,
    asked: Asked,
    context: Mapping[str, tuple[str, ...]],
    kinds: Mapping[str, frozenset[Family]],
) -> bool:
    if isinstance(clause, KeyTest):
        if clause.key == ACTION:
            return clause.holds((asked.action.lower(),))
        if clause.key == RESOURCE:
            return clause.holds((asked.resource,))
        return clause.holds(_value(clause, context.get(clause.key), kinds.get(clause.key, frozenset())))
    if asked.principal is None:
        return clause.anonymous == clause.inside
    named = clause.arns if asked.principal.startswith("arn:") else clause.services
    return named.accepts(asked.principal) == clause.inside


def _value(test: KeyTest, texts: tuple[str, ...] | None, kinds: frozenset[Family]) -> Value:
    if texts is None or not isinstance(test.accepted, Spans):
        return texts
    if "address" in kinds:
        block = network(texts[0])
        return None if block is None else number(str(block[0][0]))
    return moment(texts[0]) if "date" in kinds or test.key in TIMES else number(texts[0])
