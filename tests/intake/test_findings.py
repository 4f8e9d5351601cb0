"""What of a posted body is taken, what is wrong with the rest, and what the stamp says."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema  # type: ignore[import-untyped]

from landline.intake import ocsf as ocsf_format
from landline.intake.findings import (
    LARGEST_FINDING,
    MOST_FINDINGS,
    MOST_MISTAKES,
    MistakenError,
    judged,
    refused,
    taken_apart,
)
from landline.intake.record import NOBODY, Client
from landline.intake.refusal import RefusedError
from tests.intake.samples import HUB, ORDERS, PAYMENTS, asff, ocsf, sent

if TYPE_CHECKING:
    from landline.intake.findings import Finding
    from landline.intake.mistake import Mistake
    from landline.intake.record import Client


def mistakes(*documents: object, client: Client = PAYMENTS) -> list[Mistake]:
    with pytest.raises(MistakenError) as caught:
        judged(sent(*documents, client=client), HUB)
    assert caught.value.status == 400
    return list(caught.value.mistakes)


def mistake(document: object) -> Mistake:
    """The only one that there is: a second line about the same slip would be noise."""
    (one,) = mistakes(document)
    return one


@pytest.mark.parametrize(
    "body",
    [
        msgspec.json.encode(asff()),
        msgspec.json.encode({"Findings": [asff(), asff(Id="2")]}),
        msgspec.json.encode([asff(), ocsf()]),
        msgspec.json.encode(asff()) + b"\n\n" + msgspec.json.encode(ocsf()) + b"\r\n",
        b"  " + msgspec.json.format(msgspec.json.encode([ocsf()]), indent=2),
    ],
)
def test_every_way_to_write_a_body_is_read(body: bytes) -> None:
    found = judged(sent(body=body), HUB)
    assert [finding.index for finding in found] == list(range(len(found)))
    assert {finding.format for finding in found} <= {"asff", "ocsf"}
    assert len(found) == body.count(b"class_uid") + body.count(b"SchemaVersion")


@pytest.mark.parametrize(
    ("body", "status", "message"),
    [
        (b" \n", 400, "is empty"),
        (b"[]", 400, "holds no finding"),
        (b'{"Findings": []}', 400, "holds no finding"),
        (b"{", 400, "is not JSON"),
        (b"{}\n{", 400, "line 2 is not JSON"),
        (b'{"a": NaN}', 400, "is not JSON"),
        (b'{"a": "\xff"}', 400, "is not JSON"),
        (b"[" * 100_000, 400, "nested too deeply"),
        (b"{}\n" + b"[" * 100_000, 400, "line 2 is nested too deeply"),
        (b"[" + b",".join([b"{}"] * (MOST_FINDINGS + 1)) + b"]", 413, f"at most {MOST_FINDINGS}"),
    ],
)
def test_a_body_that_is_none_says_why(body: bytes, status: int, message: str) -> None:
    with pytest.raises(RefusedError, match=message) as caught:
        taken_apart(body)
    assert caught.value.status == status


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_no_body_breaks_the_reader(body: bytes) -> None:
    try:
        records = sent(body=body)
        judged(records, HUB)
    except RefusedError as refusal:
        msgspec.json.decode(refused(refusal))


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from([asff(), ocsf()]), st.data(), JSON)
def test_no_finding_breaks_the_judge(finding: dict[str, Any], data: st.DataObject, value: object) -> None:
    """Any value at any attribute is either taken or a mistake there."""
    name = data.draw(st.sampled_from([*finding, "enrichments", "ProductFields", "Severity", "cloud"]))
    told: tuple[Mistake, ...] = ()
    found: tuple[Finding, ...] = ()
    try:
        found = judged(sent({**finding, name: value}), HUB)
    except MistakenError as error:
        told = error.mistakes
        msgspec.json.decode(refused(error))
    assert all(one.message and one.remedy for one in told)
    assert bool(found) != bool(told)


def test_all_mistakes_of_a_body_come_at_once_each_with_its_place() -> None:
    found = mistakes(
        asff(Id=..., Title="x" * 257),
        ocsf(severity_id="high"),
        asff(),
        {"message": "hello"},
        3,
        ocsf(class_uid=3002),
    )
    assert [(one.index, one.path) for one in found] == [
        (0, "Id"),
        (0, "Title"),
        (1, "severity_id"),
        (1, "severity_id"),
        (3, ""),
        (4, ""),
        (5, "class_uid"),
    ]
    answer = msgspec.json.decode(refused(MistakenError(400, found)))  # type: ignore[arg-type]
    assert answer["count"] == len(found) == len(answer["mistakes"])
    assert answer["mistakes"][0] == {
        "index": 0,
        "path": "Id",
        "message": "is missing",
        "remedy": "write Id: ASFF requires it",
    }


def test_an_answer_lists_no_more_than_so_many_mistakes() -> None:
    found = mistakes(*[3] * (MOST_MISTAKES + 5))
    answer = msgspec.json.decode(refused(MistakenError(400, found)))  # type: ignore[arg-type]
    assert answer["count"] == MOST_MISTAKES + 5
    assert len(answer["mistakes"]) == MOST_MISTAKES


@pytest.mark.parametrize(
    ("change", "path", "message"),
    [
        ({"GeneratorId": ...}, "GeneratorId", "is missing"),
        ({"Resources": []}, "Resources", "is empty"),
        ({"Resources": [{"Id": "i-1"}]}, "Resources[0].Type", "is missing"),
        ({"Resources": "i-1"}, "Resources", "is of the wrong type"),
        ({"Description": " "}, "Description", "is blank"),
        ({"Description": "x" * 1025}, "Description", "is longer than 1024"),
        ({"Title": 3}, "Title", "is of the wrong type"),
        ({"Confidence": True}, "Confidence", "is of the wrong type"),
        ({"SchemaVersion": "2019"}, "SchemaVersion", "is unknown"),
        ({"CreatedAt": "yesterday"}, "CreatedAt", "is no time"),
        ({"UpdatedAt": "2026-13-01T00:00:00Z"}, "UpdatedAt", "is no time"),
        ({"Severity": {"Label": "BAD"}}, "Severity.Label", "is none of its values"),
        ({"Severity": {"Product": 3.5}}, "Severity", "says nothing"),
        ({"Severity": ...}, "Severity", "is missing"),
        ({"RecordState": "OPEN"}, "RecordState", "is none of its values"),
        ({"Colour": "red"}, "Colour", "is no attribute of ASFF"),
        (
            {"AwsAccountId": ORDERS.account},
            "AwsAccountId",
            "is not the account that the connection comes from",
        ),
        (
            {"ProductFields": {"landline/spoke": "x"}},
            "ProductFields.landline/spoke",
            "only the intake writes",
        ),
        (
            {"ProductFields": {"Landline/spoke": "x"}},
            "ProductFields.Landline/spoke",
            "only the intake writes",
        ),
        ({"ProductFields": {"k" * 129: "x"}}, None, "has a key longer than 128"),
        ({"ProductFields": {"k": "x" * 2049}}, "ProductFields.k", "is longer than 2048"),
        ({"ProductFields": {f"k{n}": "x" for n in range(45)}}, "ProductFields", "has more than 44 pairs"),
    ],
)
def test_each_mistake_in_asff_is_told_once(change: dict[str, Any], path: str | None, message: str) -> None:
    one = mistake(asff(**change))
    assert path is None or one.path == path
    assert one.message.startswith(message) or message in one.message
    assert one.remedy


def test_provider_fields_of_another_type_are_told_beside_the_severity() -> None:
    paths = {one.path for one in mistakes(asff(Severity=..., FindingProviderFields=5))}

    assert paths == {"FindingProviderFields", "Severity"}


def test_severity_may_be_the_providers() -> None:
    assert judged(sent(asff(Severity=..., FindingProviderFields={"Severity": {"Label": "LOW"}})), HUB)


@pytest.mark.parametrize(
    ("change", "path", "message"),
    [
        ({"finding_info": ...}, None, "'finding_info' is a required property"),
        ({"severity_id": 17}, "severity_id", "is not one of"),
        ({"time": "now"}, "time", "is not of type 'integer'"),
        ({"colour": "red"}, "", "Additional properties are not allowed"),
        ({"class_uid": 2999}, "class_uid", "is no class of OCSF 1.6.0"),
        ({"class_uid": 1001}, "class_uid", "is no class of findings"),
        (
            {"cloud": {"provider": "AWS", "account": {"uid": ORDERS.account}}},
            "cloud.account.uid",
            "is not the account",
        ),
        (
            {"metadata": {"version": "9.9.9", "product": {"vendor_name": "x"}}},
            "metadata.version",
            "is no version of OCSF",
        ),
        ({"metadata": {"product": {"vendor_name": "x"}}}, "metadata.version", "is no version of OCSF"),
        (
            {
                "metadata": {
                    "version": "1.6.0",
                    "product": {"vendor_name": "x", "name": "y"},
                    "profiles": "cloud",
                }
            },
            "metadata.profiles",
            "is no list of profiles",
        ),
        (
            {"enrichments": [{"name": "n", "value": "v", "data": {}, "provider": "Landline"}]},
            "enrichments[0].provider",
            "only the intake writes",
        ),
        (
            {"enrichments": [{"name": "landline/spoke", "value": "orders", "data": {}}]},
            "enrichments[0].name",
            "only the intake writes",
        ),
        ({"finding_info": {"title": "t"}}, None, "is missing, and finding_info.uid too"),
    ],
)
def test_each_mistake_in_ocsf_is_told(change: dict[str, Any], path: str | None, message: str) -> None:
    found = mistakes(ocsf(**change))
    assert any((path is None or one.path == path) and message in one.message for one in found), found


def test_a_version_is_no_path() -> None:
    one = mistake(ocsf(metadata={"version": "../../../etc/passwd"}))
    assert one.path == "metadata.version"


@pytest.mark.parametrize("version", sorted(ocsf_format.versions()))
def test_a_stamped_finding_is_still_one_of_its_version(version: str) -> None:
    """A consumer that holds what comes out to the schema must not be surprised by the stamp."""
    changes: dict[str, Any] = {"metadata": {**ocsf()["metadata"], "version": version}}
    if version == "1.0.0":  # It has no other class of findings than Security Finding.
        info = {"uid": "scan/43", "title": "A port is open"}
        changes |= {
            "class_uid": 2001,
            "type_uid": 200101,
            "finding": info,
            "finding_info": ...,
            "state_id": 1,
        }
    (found,) = judged(sent(ocsf(**changes)), HUB)
    schemas = OcsfJsonSchemaEmbedded(get_ocsf_schema(version=version))
    name = schemas.lookup_class_name_from_uid(found.document["class_uid"])
    schema = schemas.get_class_schema(class_name=name, profiles=["cloud"])
    assert [error.message for error in Draft202012Validator(schema).iter_errors(found.document)] == []
    (enrichment,) = found.document["enrichments"]
    assert enrichment["data"]["account"] == PAYMENTS.account
    assert enrichment["value"] == "payments"


def test_the_stamp_in_asff_is_the_importers_with_the_sender_in_product_fields() -> None:
    (found,) = judged(sent(asff(ProductFields={"scanner/run": "7"})), HUB)
    document = found.document
    assert document["AwsAccountId"] == HUB.account
    assert document["ProductArn"] == "arn:aws:securityhub:eu-west-1:111111111111:product/111111111111/default"
    assert document["Id"] == "222222222222/payments/scan/42"
    assert document["ProductFields"] == {
        "scanner/run": "7",
        "landline/endpoint_id": PAYMENTS.endpoint_id,
        "landline/account": "222222222222",
        "landline/spoke": "payments",
        "landline/team": "payments",
        "landline/id": "scan/42",
        "landline/product_arn": asff()["ProductArn"],
    }
    assert msgspec.json.decode(found.stamped.record) == document


def test_two_spokes_with_the_same_id_have_two_findings_in_security_hub() -> None:
    (one,) = judged(sent(asff()), HUB)
    (other,) = judged(sent(asff(AwsAccountId=ORDERS.account), client=ORDERS), HUB)
    assert one.document["Id"] != other.document["Id"]


@given(
    st.text(min_size=1, max_size=512).filter(str.strip), st.text(min_size=1, max_size=512).filter(str.strip)
)
def test_ids_stay_apart_and_fit(one: str, other: str) -> None:
    ids = [str(finding.document["Id"]) for finding in judged(sent(asff(Id=one), asff(Id=other)), HUB)]
    assert all(len(each) <= 512 and each.startswith("222222222222/") for each in ids)
    assert (ids[0] == ids[1]) == (one == other)


ONE_ACCOUNT = (
    PAYMENTS,
    replace(PAYMENTS, spoke="ledger", known_by="endpoint"),
    replace(PAYMENTS, spoke="p" * 100),
    replace(PAYMENTS, endpoint_id="vpce-0000000a", spoke="ledger,payments", known_by="shared"),
    replace(PAYMENTS, endpoint_id="vpce-0000000b", spoke="ledger,payments", known_by="shared"),
    replace(PAYMENTS, endpoint_id="vpce-0000000c", spoke=NOBODY, known_by="nothing"),
)


@given(
    st.lists(
        st.tuples(st.sampled_from(ONE_ACCOUNT), st.text("a/1:", min_size=1, max_size=512)),
        min_size=2,
        max_size=8,
        unique=True,
    )
)
def test_ids_of_several_in_one_account_stay_apart_and_fit(findings: list[tuple[Client, str]]) -> None:
    """Whether or not a grant tells whose endpoint it is."""
    ids = [str(judged(sent(asff(Id=own), client=client), HUB)[0].document["Id"]) for client, own in findings]
    assert len(set(ids)) == len(ids)
    assert all(len(each) <= 512 for each in ids)


def test_a_spokes_ids_outlive_its_endpoint() -> None:
    again = replace(PAYMENTS, endpoint_id="vpce-0f0f0f0f0f0f0f0f0", known_by="endpoint")
    first, second = (judged(sent(asff(), client=one), HUB)[0].document["Id"] for one in (PAYMENTS, again))
    assert first == second


def test_a_finding_must_fit_with_its_stamp() -> None:
    filler = {"unmapped": {"x": "y" * LARGEST_FINDING}}
    assert "bytes" in mistake(ocsf(**filler)).message
    room = {"unmapped": {"x": "y" * (LARGEST_FINDING - 2000)}}
    assert judged(sent(ocsf(**room)), HUB)
