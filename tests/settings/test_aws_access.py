"""What a spoke may ask of AWS services: the list and the mapping, and the ARNs that names stand for."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from components import Access, ArgumentError
from components.aws_actions import ACTIONS
from components.aws_services import AWS_SERVICES
from components.data_perimeter import LONGEST_POLICY, endpoint_policy
from components.owned_buckets import OWNED_BUCKETS
from landline.settings import S3Access, check_estate, load_estate
from landline.settings.aws_access import ACCESS, LONGEST_LIST, AwsAccess
from landline.settings.aws_services import action_prefix
from landline.settings.fields import Place
from tests.settings.files import ESTATE, SPOKE, changed, write

if TYPE_CHECKING:
    from pathlib import Path

    from landline.settings import SpokeSettings

HERE = Place("eu-west-1", "222222222222")
WITH_LISTS = sorted(ACCESS)
KEY = "1234abcd-12ab-34cd-56ef-1234567890ab"

NAMES = {
    "dynamodb": ("orders", "arn:aws:dynamodb:eu-west-1:222222222222:table/orders"),
    "ecr.api": ("payments/app", "arn:aws:ecr:eu-west-1:222222222222:repository/payments/app"),
    "ecr.dkr": ("payments/*", "arn:aws:ecr:eu-west-1:222222222222:repository/payments/*"),
    "events": ("orders", "arn:aws:events:eu-west-1:222222222222:event-bus/orders"),
    "kinesis-firehose": ("orders", "arn:aws:firehose:eu-west-1:222222222222:deliverystream/orders"),
    "kinesis-streams": ("orders", "arn:aws:kinesis:eu-west-1:222222222222:stream/orders"),
    "kms": (KEY, f"arn:aws:kms:eu-west-1:222222222222:key/{KEY}"),
    "lambda": ("price", "arn:aws:lambda:eu-west-1:222222222222:function:price"),
    "logs": ("/orders/*", "arn:aws:logs:eu-west-1:222222222222:log-group:/orders/*"),
    "s3": ("payments-data", "arn:aws:s3:::payments-data"),
    "secretsmanager": (
        "orders/database",
        "arn:aws:secretsmanager:eu-west-1:222222222222:secret:orders/database-??????",
    ),
    "sns": ("orders", "arn:aws:sns:eu-west-1:222222222222:orders"),
    "sqs": ("orders.fifo", "arn:aws:sqs:eu-west-1:222222222222:orders.fifo"),
    "ssm": ("/orders/*", "arn:aws:ssm:eu-west-1:222222222222:parameter/orders/*"),
    "sts": ("teams/reader", "arn:aws:iam::222222222222:role/teams/reader"),
}


def spoke(directory: Path, aws: str) -> SpokeSettings:
    loaded = load_estate(write(directory, ESTATE | {"payments": changed(SPOKE, "[s3, kms]", aws)}))
    assert loaded.problems == ()
    assert loaded.estate is not None
    return loaded.estate.spokes["payments"]


def test_a_list_and_a_mapping_ask_for_the_same(tmp_path: Path) -> None:
    (tmp_path / "mapping").mkdir()
    listed, mapped = spoke(tmp_path, "[s3, kms]"), spoke(tmp_path / "mapping", "{s3: {}, kms: {}}")

    assert sorted(listed.aws) == sorted(mapped.aws) == ["kms", "s3"]
    assert listed.aws_access == {}
    assert dict(mapped.aws_access) == {"kms": ACCESS["kms"](), "s3": S3Access()}
    with pytest.raises(TypeError, match="does not support item assignment"):
        mapped.aws["sts"] = AwsAccess()  # type: ignore[index]


def test_the_estate_is_checked_with_either(tmp_path: Path) -> None:
    """Two zones of an endpoint to logging and one to kms; the gateway is free."""
    limited = changed(SPOKE, "    aws: [s3, kms]", "    price_limit: 29\n    aws: {s3: {}, kms: {}}")
    loaded = load_estate(write(tmp_path, ESTATE | {"payments": limited}))

    assert loaded.estate is not None
    (problem,) = check_estate(loaded.estate, date(2026, 11, 26))
    assert "list price of $29.20 a month" in str(problem)


@pytest.mark.parametrize("service", WITH_LISTS)
def test_a_name_stands_for_its_arn_and_an_arn_for_itself(service: str) -> None:
    name, arn = NAMES[service]
    model = ACCESS[service]
    by_name = model.model_validate({model.key: [name]}, context=HERE)
    by_arn = model.model_validate({model.key: [arn]}, context=HERE)

    assert by_name.arns("eu-west-1", "222222222222") == (arn,)
    assert by_arn.arns("eu-west-1", "222222222222") == (arn,)
    assert model().arns("eu-west-1", "222222222222") is None


@pytest.mark.parametrize("service", sorted(set(WITH_LISTS) - {"s3", "sts"}))
def test_another_regions_resource_is_refused(service: str) -> None:
    model, arn = ACCESS[service], NAMES[service][1].replace("eu-west-1", "us-east-1")

    with pytest.raises(ValidationError, match="is in us-east-1, and the endpoint reaches eu-west-1"):
        model.model_validate({model.key: [arn]}, context=HERE)


def test_an_arn_of_another_account_stays() -> None:
    """The organisation's others may be reached; those of strangers the conditions refuse."""
    arn = "arn:aws:sqs:eu-west-1:333333333333:orders"
    access = ACCESS["sqs"].model_validate({"queues": [arn]}, context=HERE)

    assert access.arns("eu-west-1", "222222222222") == (arn,)


def test_settings_and_components_know_the_same() -> None:
    assert {name: ACTIONS[name].prefix for name in AWS_SERVICES} == {
        name: action_prefix(name) for name in AWS_SERVICES
    }
    assert {
        name: None if model.resource is None else model.resource.parts for name, model in ACCESS.items()
    } == {name: actions.parts for name, actions in ACTIONS.items() if actions.parts is not None}
    owned = S3Access.model_json_schema()["properties"]["aws_owned"]["items"]["enum"]
    assert sorted(owned) == sorted(OWNED_BUCKETS)


def names_of(service: str, count: int) -> list[str]:
    stem = KEY[:-4] if service == "kms" else "orders"
    return [f"{stem}{number:04x}" for number in range(count)]


def accepted(service: str, names: list[str], region: str) -> bool:
    model = ACCESS[service]
    raw: dict[str, Any] = {model.key: names}
    if service == "s3":
        raw["aws_owned"] = sorted(OWNED_BUCKETS)
    try:
        model.model_validate(raw, context=Place(region, "222222222222"))
    except ValidationError as error:
        return f"{LONGEST_LIST} are the most" not in str(error)
    return True


@given(
    service=st.sampled_from(WITH_LISTS),
    count=st.integers(1, 700),
    region=st.sampled_from(["eu-west-1", "ap-southeast-2", "us-gov-west-1"]),
)
def test_what_passes_is_never_longer_than_aws_takes(service: str, count: int, region: str) -> None:
    """With every exception and the longest organisation, and there is not much room that it leaves."""
    names, resource = names_of(service, count), ACCESS[service].resource
    assert resource is not None
    access: Access = {
        "resources": [resource.arn_of(name, region, "222222222222") for name in names],
        "aws_owned": sorted(OWNED_BUCKETS) if service == "s3" else (),
        "federated": service == "sts",
    }
    try:
        length = len(endpoint_policy(service, "o-" + "a" * 32, region, access, image_layers=True))
    except ArgumentError:
        length = LONGEST_POLICY + 1

    if accepted(service, names, region):
        assert length <= LONGEST_POLICY
    else:
        assert length > LONGEST_LIST
