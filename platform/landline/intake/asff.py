"""AWS Security Finding Format: what is wrong with a finding, and a finding with its spoke's stamp.

What Security Hub takes is botocore's own model of BatchImportFindings, checked by botocore's own validator,
with what that model only describes (lengths, formats, what is an enumeration) beside it. The lengths are
those of "AWS Security Hub CSPM API Reference, AwsSecurityFinding".
"""

from __future__ import annotations

import re
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from botocore import session
from botocore.validate import ParamValidator

from landline.intake.mistake import Mistake, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from botocore.model import Shape

SCHEMA_VERSION = "2018-10-08"
"""The only one that there is."""
STAMP = "landline/"
"""How the keys begin that the intake writes into ProductFields, and that nobody else may write there."""
LONGEST_ID = 512
MOST_PRODUCT_FIELDS = 50
"""Pairs in ProductFields, those of the stamp among them."""
LONGEST_PRODUCT_FIELD = (128, 2048)
"""Characters of a key and of a value."""

_LONGEST: Mapping[str, int] = {
    "Id": LONGEST_ID,
    "ProductArn": 2048,
    "ProductName": 128,
    "CompanyName": 128,
    "Region": 16,
    "GeneratorId": 512,
    "Title": 256,
    "Description": 1024,
    "AwsAccountName": 50,
}
_TIMES = ("CreatedAt", "UpdatedAt", "FirstObservedAt", "LastObservedAt", "ProcessedAt")
_TIME = re.compile(
    r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?"
    r"(Z|[+-](0\d|1[0-8])(:?[0-5]\d)?)",
    re.ASCII,
)
"""("AWS Security Hub CSPM API Reference, AwsSecurityFinding, CreatedAt": the formats that it accepts.)"""
_STAMPED = ("endpoint_id", "account", "spoke", "team", "id", "product_arn")


def mistakes(index: int, finding: Mapping[str, Any], account: str) -> Iterator[Mistake]:
    """All that is wrong with the finding of a spoke in `account`; nothing when Security Hub would take it."""
    modelled = list(_modelled(index, finding))
    yield from modelled
    wrong = {mistake.path for mistake in modelled}
    yield from (mistake for mistake in _described(index, finding, account) if mistake.path not in wrong)


def stamped(
    finding: Mapping[str, Any], stamp: Mapping[str, str], sender: str, importer: str, product_arn: str
) -> dict[str, Any]:
    """The finding as the account `importer` imports it, with who sent it.

    Under the default product of an account, findings must be that account's: "the identifier of the account
    that you are calling BatchImportFindings from needs to be the same as the AwsAccountId attribute for the
    finding" ("AWS Security Hub CSPM API Reference, BatchImportFindings"). So AwsAccountId and ProductArn
    become the importer's, and what they were stays in ProductFields, where only the intake writes keys that
    begin with ``landline/``. Security Hub knows a finding by its product and its Id, which all spokes would
    share: the Id gets the spoke's account and `sender` in front, which tells it from others of the account,
    so that no spoke can overwrite another's finding.
    """
    own = {**stamp, "id": str(finding["Id"]), "product_arn": str(finding["ProductArn"])}
    return {
        **finding,
        "Id": _own_id(f"{stamp['account']}/{sender}", str(finding["Id"])),
        "AwsAccountId": importer,
        "ProductArn": product_arn,
        "ProductFields": {
            **finding.get("ProductFields", {}),
            **{f"{STAMP}{name}": own[name] for name in _STAMPED if own.get(name)},
        },
    }


def _own_id(whose: str, finding_id: str) -> str:
    own = f"{whose}/{finding_id}"
    if len(own) <= LONGEST_ID:
        return own
    # 12 digits, a stack's name of up to 100 characters, and 73 more.
    return f"{whose}/sha256:{sha256(finding_id.encode()).hexdigest()}"


@cache
def _shape() -> Shape:
    model = session.get_session().get_service_model("securityhub")
    findings: Any = model.operation_model("BatchImportFindings").input_shape
    shape: Shape = findings.members["Findings"].member
    return shape


def _modelled(index: int, finding: Mapping[str, Any]) -> Iterator[Mistake]:
    report = ParamValidator().validate(dict(finding), _shape())
    # Its text repeats whole values, line breaks included, and cannot be taken apart again.
    for reason, name, details in report._errors:  # noqa: SLF001
        path = name.removeprefix(".")
        if reason == "missing required field":
            missing = details["required_name"]
            yield Mistake(
                index,
                f"{path}.{missing}" if path else missing,
                "is missing",
                f"write {missing}: ASFF requires it",
            )
        elif reason == "unknown field":
            unknown = details["unknown_param"]
            yield Mistake(
                index,
                f"{path}.{unknown}" if path else unknown,
                "is no attribute of ASFF here",
                "remove it, or write it into ProductFields or Resources[].Details.Other",
            )
        elif reason == "invalid type":
            types = " or ".join(sorted({_plain(one) for one in details["valid_types"]}))
            yield Mistake(index, path, "is of the wrong type", f"write {types}", shown(details["param"]))
        else:
            yield Mistake(
                index, path, f"is refused: {reason}", "see ASFF's reference", shown(details.get("param"))
            )
    yield from _texts(index, finding, _shape(), "")


_PLAIN = {
    "str": "a text",
    "int": "a whole number",
    "float": "a number",
    "Decimal": "a number",
    "bool": "true or false",
    "dict": "an object",
    "list": "a list",
    "tuple": "a list",
}


def _plain(kind: str) -> str:
    """What JSON calls a Python type that botocore prints as ``<class 'str'>``."""
    name = kind.removeprefix("<class '").removesuffix("'>").rpartition(".")[2]
    return _PLAIN.get(name, name)


def _texts(index: int, value: object, shape: Any, path: str) -> Iterator[Mistake]:  # noqa: ANN401 - botocore's
    """What the model says of scalars and its validator does not judge: enumerations, blanks, true for 1."""
    if shape.type_name == "structure" and isinstance(value, dict):
        for name, member in shape.members.items():
            if name in value:
                yield from _texts(index, value[name], member, f"{path}.{name}" if path else name)
    elif shape.type_name == "map" and isinstance(value, dict):
        for name, item in value.items():
            yield from _texts(index, item, shape.value, f"{path}.{name}")
    elif shape.type_name == "list" and isinstance(value, list):
        for place, item in enumerate(value):
            yield from _texts(index, item, shape.member, f"{path}[{place}]")
    elif shape.type_name == "string" and isinstance(value, str):
        if shape.enum and value not in shape.enum:
            yield Mistake(
                index, path, "is none of its values", f"write one of {', '.join(shape.enum)}", value
            )
        elif shape.metadata.get("pattern") == r".*\S.*" and not value.strip():
            yield Mistake(index, path, "is blank", "write something, or leave it out", value)
    elif shape.type_name in ("integer", "long", "double", "float") and isinstance(value, bool):
        yield Mistake(index, path, "is of the wrong type", "write a number", shown(value))


def _described(index: int, finding: Mapping[str, Any], account: str) -> Iterator[Mistake]:
    for name, longest in _LONGEST.items():
        value = finding.get(name)
        if isinstance(value, str) and len(value) > longest:
            yield Mistake(
                index, name, f"is longer than {longest} characters", "write it shorter", shown(value)
            )
    for name in _TIMES:
        value = finding.get(name)
        if isinstance(value, str) and not _TIME.fullmatch(value):
            yield Mistake(index, name, "is no time", "write it as 2027-01-31T23:00:00Z", shown(value))
    version = finding.get("SchemaVersion")
    if version != SCHEMA_VERSION:
        yield Mistake(index, "SchemaVersion", "is unknown", f"write {SCHEMA_VERSION}", shown(version))
    if finding.get("Resources") == []:
        yield Mistake(index, "Resources", "is empty", "write what the finding is about")
    severity = finding.get("Severity")
    if isinstance(severity, dict) and not {"Label", "Normalized"} & severity.keys():
        yield Mistake(
            index,
            "Severity",
            "says nothing",
            "write Label: one of INFORMATIONAL, LOW, MEDIUM, HIGH, CRITICAL",
        )
    elif severity is None and not _severe(finding.get("FindingProviderFields")):
        yield Mistake(
            index, "Severity", "is missing", 'write {"Label": "HIGH"}, or Severity in FindingProviderFields'
        )
    claimed = finding.get("AwsAccountId")
    if isinstance(claimed, str) and claimed != account:
        yield Mistake(
            index,
            "AwsAccountId",
            "is not the account that the connection comes from",
            f"write {account}; another account sends its own findings",
            shown(claimed),
        )
    yield from _product_fields(index, finding.get("ProductFields"))


def _severe(provided: object) -> bool:
    return isinstance(provided, dict) and "Severity" in provided


def _product_fields(index: int, fields: object) -> Iterator[Mistake]:
    if not isinstance(fields, dict):
        return
    room = MOST_PRODUCT_FIELDS - len(_STAMPED)
    if len(fields) > room:
        yield Mistake(
            index,
            "ProductFields",
            f"has more than {room} pairs, and the intake adds {len(_STAMPED)} of {MOST_PRODUCT_FIELDS}",
            "write fewer",
            str(len(fields)),
        )
    longest_key, longest_value = LONGEST_PRODUCT_FIELD
    for key, value in fields.items():
        path = f"ProductFields.{shown(key)}"
        if key.lower().startswith(STAMP):
            yield Mistake(
                index, path, f"begins with {STAMP}, which only the intake writes", "remove it", shown(value)
            )
        if len(key) > longest_key:
            yield Mistake(index, path, f"has a key longer than {longest_key} characters", "write it shorter")
        if isinstance(value, str) and len(value) > longest_value:
            yield Mistake(
                index, path, f"is longer than {longest_value} characters", "write it shorter", shown(value)
            )
