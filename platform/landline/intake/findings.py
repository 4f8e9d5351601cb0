"""What a spoke posts as findings: taken apart, judged and stamped. Pure: nothing is sent from here."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from landline.intake import asff, ocsf
from landline.intake.form import Form
from landline.intake.mistake import Mistake, shown
from landline.intake.record import Record, Stamped
from landline.intake.refusal import RefusedError, malformed, too_large

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

MOST_FINDINGS = 1000
"""In one body: ten calls of BatchImportFindings."""
LARGEST_FINDING = 240_000
"""Bytes of a finding as compact JSON with its stamp. Security Hub takes 240 KB ("AWS Security Hub CSPM API
Reference, BatchImportFindings"), and EventBridge more."""
MOST_MISTAKES = 100
"""How many of a body's mistakes an answer lists."""

Format = Literal["asff", "ocsf"]


class MistakenError(RefusedError):
    """A body with mistakes that its sender must mend: nothing of it was taken, or, after Security Hub's own
    refusal (422), everything but those findings.
    """  # noqa: D205 - one promise

    def __init__(self, status: HTTPStatus, mistakes: Sequence[Mistake]) -> None:
        first = mistakes[0]
        where = ".".join(
            part for part in ("" if first.index is None else f"[{first.index}]", first.path) if part
        )
        count = "1 mistake:" if len(mistakes) == 1 else f"{len(mistakes)} mistakes, first"
        message = f"{count} {where or 'the body'} {first.message}; {first.remedy}"
        super().__init__(status, message)
        self.mistakes = tuple(mistakes)


@dataclass(frozen=True, slots=True)
class Importer:
    """The account and Region whose Security Hub imports the findings."""

    account: str
    region: str
    partition: str = "aws"

    @property
    def product_arn(self) -> str:
        """The account's default product ("AWS Security Hub CSPM User Guide, Integrating Security Hub CSPM
        with custom products").
        """  # noqa: D205 - one promise
        return f"arn:{self.partition}:securityhub:{self.region}:{self.account}:product/{self.account}/default"


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding that is right, with who sent it."""

    index: int
    """Which of its request's, counted from 0."""
    format: Format
    document: Mapping[str, Any]
    """The finding itself, stamped."""
    stamped: Stamped
    """The same as archive and bus get it: the sender stands beside the finding, where no finding can say
    it."""

    @property
    def id(self) -> str:
        """Its record's."""
        return self.stamped.id


def taken_apart(body: bytes) -> Sequence[Record]:
    """A record for each finding of a body: one finding, ``{"Findings": […]}`` as BatchImportFindings takes
    it, a list, or a finding a line. ASFF and OCSF may stand side by side.

    Raises `RefusedError` for what is none of these; what is wrong inside the findings is for `judged`.
    """  # noqa: D205 - one promise
    if not body.strip():
        raise malformed("the body is empty: post a finding in ASFF or OCSF")
    try:
        documents = _whole(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        documents = _lines(body, error)
    except RecursionError as error:
        raise malformed("the body is nested too deeply") from error
    if not documents:
        raise malformed("the body holds no finding: post one in ASFF or OCSF")
    if len(documents) > MOST_FINDINGS:
        raise too_large(f"{len(documents)} findings in one request: send at most {MOST_FINDINGS}")
    return [Record(_format(document) or "unknown", msgspec.json.encode(document)) for document in documents]


def _whole(body: bytes) -> list[Any]:
    value = msgspec.json.decode(body)
    if isinstance(value, dict) and value.keys() == {"Findings"} and isinstance(value["Findings"], list):
        return value["Findings"]
    return value if isinstance(value, list) else [value]


def _lines(body: bytes, whole: Exception) -> list[Any]:
    documents: list[Any] = []
    lines = [(number, line) for number, line in enumerate(body.split(b"\n"), 1) if line.strip()]
    if len(lines) == 1:
        raise malformed(f"the body is not JSON: {whole}") from whole
    for number, line in lines:
        try:
            documents.append(msgspec.json.decode(line))
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            if not documents:
                raise malformed(f"the body is not JSON ({whole}), nor is its first line ({error})") from error
            raise malformed(f"line {number} is not JSON: {error}") from error
        except RecursionError as error:
            raise malformed(f"line {number} is nested too deeply") from error
    return documents


def judged(records: Sequence[Stamped], importer: Importer) -> tuple[Finding, ...]:
    """The findings of one request, each with its sender's stamp inside.

    Raises `MistakenError` (400) with all that is wrong with all of them.
    """
    found: list[Finding] = []
    wrong: list[Mistake] = []
    for index, record in enumerate(records):
        document = msgspec.json.decode(record.record)
        mistakes = tuple(_mistakes(index, document, record.account))
        if not mistakes:
            finding = _stamped(index, document, record, importer)
            if isinstance(finding, Finding):
                found.append(finding)
                continue
            mistakes = (finding,)
        wrong.extend(mistakes)
    if wrong:
        raise MistakenError(HTTPStatus.BAD_REQUEST, wrong)
    return tuple(found)


def _format(document: object) -> Format | None:
    if not isinstance(document, dict):
        return None
    if "class_uid" in document:
        return "ocsf"
    return (
        "asff" if {"SchemaVersion", "ProductArn", "AwsAccountId", "GeneratorId"} & document.keys() else None
    )


def _mistakes(index: int, document: Any, account: str) -> Iterator[Mistake]:  # noqa: ANN401 - whatever was posted
    match _format(document):
        case "asff":
            yield from asff.mistakes(index, document, account)
        case "ocsf" if ocsf.is_finding(document["class_uid"]):
            yield from ocsf.mistakes(index, document, account)
        case "ocsf":
            yield Mistake(
                index,
                "class_uid",
                "is no class of findings",
                "write one of OCSF's category 2, such as 2004; other events belong to the logging service",
                shown(document["class_uid"]),
            )
        case None:
            yield Mistake(
                index,
                "",
                "is neither ASFF, which has SchemaVersion, nor OCSF, which has class_uid",
                "write a finding in one of them",
                None if isinstance(document, dict) else shown(document),
            )


def _stamped(
    index: int, document: Mapping[str, Any], record: Stamped, importer: Importer
) -> Finding | Mistake:
    sender = {
        "endpoint_id": record.endpoint_id,
        "account": record.account,
        "spoke": record.spoke,
        "team": record.team,
    }
    form = _format(document) or "ocsf"
    if form == "asff":
        made = asff.stamped(document, sender, record.sender, importer.account, importer.product_arn)
    else:
        made = ocsf.stamped(document, sender)
    text = msgspec.json.encode(made)
    if len(text) > LARGEST_FINDING:
        return Mistake(
            index, "", f"has {len(text)} bytes, and {LARGEST_FINDING} are the most", "leave something out"
        )
    return Finding(index, form, made, msgspec.structs.replace(record, record=msgspec.Raw(text)))


def taken(count: int, request_id: str) -> bytes:
    """How many findings were taken, and with which beginning of their ids."""
    return msgspec.json.encode({"taken": count, "request": request_id})


def refused(refusal: RefusedError) -> bytes:
    """What is wrong, as JSON, with each mistake by itself."""
    answer: dict[str, Any] = {"error": refusal.message}
    if isinstance(refusal, MistakenError):
        answer["count"] = len(refusal.mistakes)
        answer["mistakes"] = [one.document() for one in refusal.mistakes[:MOST_MISTAKES]]
    return msgspec.json.encode(answer)


FINDINGS = Form(
    media_types=("application/json", "application/x-ndjson", "application/jsonl"),
    parse=taken_apart,
    taken=taken,
    refused=refused,
    answer_type="application/json",
)
