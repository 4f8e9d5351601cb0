"""A concrete request that an endpoint policy allows, as a person reads it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from landline.proof.policy.key_test import Value
from landline.proof.policy.operator import TIMES, Family
from landline.proof.policy.scenario import Scenario
from landline.proof.policy.spans import Number, address_text, number_text
from landline.proof.policy.statement import ACTION, RESOURCE


@dataclass(frozen=True, slots=True)
class Witness:
    """One request. `principal` says who asks: an ARN, `anonymous`, or an AWS service principal.

    `owner` says whose the resource is. `context` holds the condition keys the request carries, names in lower
    case, sorted; keys that are not listed are missing from the request.
    """

    principal: str
    action: str
    resource: str
    owner: str
    context: tuple[tuple[str, tuple[str, ...]], ...]

    def value(self, key: str) -> str | None:
        """The first value under a key, by its name in lower case, or None when the request lacks it."""
        return next((values[0] for name, values in self.context if name == key), None)

    def sentence(self) -> str:
        """The request in one sentence."""
        keys = ", ".join(f"{name} = {' + '.join(values)}" for name, values in self.context)
        return f"{self.principal} may call {self.action} on {self.resource} ({self.owner}) with {keys}"


def witness(
    scenario: Scenario,
    solution: Mapping[str, Value],
    keys: Mapping[str, Value],
    kinds: Mapping[str, frozenset[Family]],
    names: Mapping[str, str],
) -> Witness:
    """The request that `solution` and `keys` describe; `names` spells actions as AWS does."""
    written = {name: _texts(name, value, kinds) for name, value in keys.items() if value is not None}
    account = written.get("aws:resourceaccount", ("",))[0]
    organization = written.get("aws:resourceorgid", ("no organisation",))[0]
    if scenario.who == "service":
        principal = written.get("aws:principalservicename", ("an AWS service principal",))[0]
    else:
        principal = written.get("aws:principalarn", ("anonymous",))[0]
    action = _text(solution[ACTION])
    resource = _text(solution[RESOURCE])
    if scenario.form == "unkeyed":
        account, organization = resource.split(":")[4], "organisation not told"
    owner = "no particular resource" if scenario.form == "none" else f"account {account}, {organization}"
    return Witness(principal, names.get(action, action), resource, owner, tuple(sorted(written.items())))


def _text(value: Value) -> str:
    return value[0] if isinstance(value, tuple) and value else ""


_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LAST: Final = 253_402_300_799


def _texts(name: str, value: Value, kinds: Mapping[str, frozenset[Family]]) -> tuple[str, ...]:
    if value is None or isinstance(value, tuple):
        return value or ()
    of = kinds.get(name, frozenset[Family]())
    if "address" in of or name == "aws:vpcsourceip":
        return (address_text(value),)
    return (
        _moment(value) if ("date" in of or name in TIMES) and name != "aws:epochtime" else number_text(value),
    )


def _moment(value: Number) -> str:
    """A date-time where the calendar has one to the second, else epoch seconds."""
    if value.denominator != 1 or not 0 <= value <= _LAST:
        return number_text(value)
    return (_EPOCH + timedelta(seconds=int(value))).strftime("%Y-%m-%dT%H:%M:%SZ")
