"""Single values: what is taken, and that nothing else is."""

from __future__ import annotations

from datetime import date
from ipaddress import IPv4Address, IPv4Network
from typing import TYPE_CHECKING, Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from landline.settings import HubSettings, SpokeSettings
from landline.settings.aws_services import AWS_SERVICES, GATEWAY_SERVICES, INTERFACE_SERVICES, AwsService
from landline.settings.backends import Backend
from landline.settings.fields import AccountId, Cidr, Date, Place, Role, ServiceName, ZoneId
from landline.settings.images import Images
from landline.settings.regions import REGION_CODE, ZONE_ID, ZONE_PREFIXES, is_foreign, partition

if TYPE_CHECKING:
    from collections.abc import Mapping

CIDR: TypeAdapter[IPv4Network] = TypeAdapter(Cidr)
HERE = Place("eu-west-1", "111111111111")


def refusal(type_: Any, value: object, place: Place = HERE) -> str:  # noqa: ANN401 - any annotation
    with pytest.raises(ValidationError) as raised:
        TypeAdapter(type_).validate_python(value, context=place)
    return raised.value.errors()[0]["msg"]


@given(address=st.integers(0, 2**32 - 1), prefix=st.integers(0, 32))
def test_a_network_is_taken_when_a_vpc_can_have_it_and_the_remedy_is_right(address: int, prefix: int) -> None:
    written = f"{IPv4Address(address)}/{prefix}"
    network = IPv4Network((address, prefix), strict=False)
    usable = 16 <= prefix <= 28 and not (
        network.is_loopback
        or network.is_link_local
        or network.is_multicast
        or network.network_address.packed[0] in (0, *range(240, 256))
    )
    try:
        assert CIDR.validate_python(written) == network
        assert usable
        assert str(network) == written
    except ValidationError as error:
        remedy = str(error.errors()[0].get("ctx", {})["remedy"])
        if str(network) != written:
            assert remedy == f"write {network}"
        else:
            assert not usable


@given(value=st.none() | st.booleans() | st.integers() | st.floats() | st.lists(st.integers()) | st.text())
def test_nothing_else_is_an_account_a_network_a_zone_or_a_date(value: object) -> None:
    for type_ in (AccountId, Cidr, ZoneId, Date):
        assert "; " in refusal(type_, value)


def test_a_date_as_pulumi_rewrites_it_is_that_day_and_no_other_time_is_a_day() -> None:
    dates = TypeAdapter(Date)
    assert dates.validate_python("2027-06-30 00:00:00 +0000 UTC") == date(2027, 6, 30)
    for value in (
        "2027-06-30 00:00:01 +0000 UTC",
        "2027-06-30 00:00:00 +0200 CEST",
        "2027-06-30 00:00:00",
        "2027-06-30T00:00:00Z",
        "2027-02-30 00:00:00 +0000 UTC",
        "2027-06-30 00:00:00 +0000 UTC 00:00:00 +0000 UTC",
    ):
        assert refusal(Date, value) == "is no date; write year, month and day: 2027-06-30"


@pytest.mark.parametrize("value", ["\u0661" * 12, "1" * 11, "1" * 13, "11111111111a", "111111111111\n", ""])
def test_an_account_is_twelve_ascii_digits(value: str) -> None:
    assert (
        refusal(AccountId, value) == 'is no AWS account id; write the twelve digits in quotes: "111111111111"'
    )


@pytest.mark.parametrize(
    ("number", "quoted"), [(111111111111, "111111111111"), (12345, "000000012345"), (-1, None)]
)
def test_an_unquoted_account_is_shown_in_quotes(number: int, quoted: str | None) -> None:
    assert refusal(AccountId, number).endswith(f'write it in quotes: "{quoted or "111111111111"}"')


def test_every_known_region_takes_its_own_zones_only() -> None:
    for region, prefix in ZONE_PREFIXES.items():
        assert REGION_CODE.fullmatch(region)
        assert ZONE_ID.fullmatch(f"{prefix}-az1")
        mine = {other for other, zones in ZONE_PREFIXES.items() if not is_foreign(f"{zones}-az1", region)}
        assert mine == {region}
    assert len(set(ZONE_PREFIXES.values())) == len(ZONE_PREFIXES)


def test_prefixes_are_made_of_the_regions_code() -> None:
    """The rule that AWS's table follows: the area, the first letters of the direction, the number."""
    short = {"central": "c", "east": "e", "north": "n", "south": "s", "west": "w"}
    for region, prefix in ZONE_PREFIXES.items():
        area, *_, direction, number = region.split("-")
        gov = "g" if "-gov-" in region else ""
        for word, letter in (("north", "n"), ("south", "s")):
            if direction != word and direction.startswith(word):
                direction = letter + short[direction.removeprefix(word)]
        assert prefix == f"{area}{gov}{short.get(direction, direction)}{number}"


def test_a_zone_of_no_known_region_is_foreign_to_a_known_one() -> None:
    assert is_foreign("eun9-az1", "eu-north-1")
    assert "write a zone id of eu-west-1, such as euw1-az1" in refusal(ZoneId, "eun9-az1")


def test_a_region_that_is_not_known_is_judged_only_by_others_zones() -> None:
    assert not is_foreign("eun9-az1", "eu-north-9")
    assert is_foreign("euw1-az1", "eu-north-9")
    assert "write a zone id of eu-north-9" in refusal(ZoneId, "euw1-az1", Place("eu-north-9"))


def test_partitions() -> None:
    regions = {
        "eu-west-1": "aws",
        "cn-north-1": "aws-cn",
        "us-gov-east-1": "aws-us-gov",
        "us-isob-east-1": "aws-iso-b",
    }
    assert {region: partition(region) for region in regions} == regions


@pytest.mark.parametrize("zone", ["usw2-lax1-az1", "use1-wl1-bos-wlz1", "euw1", "euw1-AZ1", "EUW1-az1"])
def test_local_and_wavelength_zones_are_no_az_ids(zone: str) -> None:
    assert "is no AZ id" in refusal(ZoneId, zone, Place())


@pytest.mark.parametrize("role", ["deploy", "a+b=c,d.e@f-g_h", "arn:aws:iam::111111111111:role/path/deploy"])
def test_roles(role: str) -> None:
    assert TypeAdapter(Role).validate_python(role, context=HERE) == role


@pytest.mark.parametrize(
    "role", ["", "a/b", "arn:aws:iam::111111111111:user/x", "arn:aws:iam::1:role/x", "x" * 65, 5]
)
def test_what_is_no_role(role: object) -> None:
    assert "arn:aws:iam::111111111111:role/landline-deploy" in refusal(Role, role)


@pytest.mark.parametrize("name", ["a", "a1", "central-logging", "a" * 63])
def test_service_names(name: str) -> None:
    assert TypeAdapter(ServiceName).validate_python(name) == name


@pytest.mark.parametrize("name", ["", "1a", "-a", "a-", "A", "a_b", "a.b", "a" * 64, "l\u043egging", "*"])
def test_what_is_no_service_name(name: str) -> None:
    refusal(ServiceName, name)


def test_aws_services_are_each_reached_one_way() -> None:
    assert not GATEWAY_SERVICES & INTERFACE_SERVICES
    assert set(get_args(AwsService)) == AWS_SERVICES


IMAGE = "111111111111.dkr.ecr.eu-west-1.amazonaws.com/landline/intake"
DIGEST = f"@sha256:{'a' * 64}"
FRONT = IMAGE.replace("intake", "front") + DIGEST


@pytest.mark.parametrize("image", [f"{IMAGE}{DIGEST}", f"{IMAGE}:1{DIGEST}"])
def test_images(image: str) -> None:
    made = Images.model_validate({"front": FRONT, "intake": image}, context=HERE)
    assert (made.front, made.intake) == (FRONT, image)
    with pytest.raises(ValidationError, match="in no private ECR registry"):
        Images.model_validate({"front": FRONT, "intake": image}, context=Place("eu-west-2"))


@pytest.mark.parametrize(
    "image", [f"{IMAGE}:", f"{IMAGE}@sha256:ab", f"public.ecr.aws/x/y:1{DIGEST}", "collector:1", "", 1]
)
def test_images_that_cannot_be_pulled(image: object) -> None:
    with pytest.raises(ValidationError, match=r"write 111111111111\.dkr\.ecr\.eu-west-1\.amazonaws\.com/"):
        Images.model_validate({"front": FRONT, "intake": image}, context=HERE)


@pytest.mark.parametrize("image", [IMAGE, f"{IMAGE}:1", f"{IMAGE}:latest"])
def test_a_tag_alone_pins_no_image(image: str) -> None:
    with pytest.raises(ValidationError, match=r"names no digest.*; write .*@sha256:<digest>; `docker push`"):
        Images.model_validate({"front": image, "intake": IMAGE + DIGEST}, context=HERE)


SECRET = "arn:aws:secretsmanager:eu-west-1:111111111111:secret:tls/logging-a1B2c3"


@pytest.mark.parametrize(
    ("secret", "refusal"),
    [
        (SECRET, None),
        (SECRET[:-7], "no whole ARN"),
        ("tls/logging", "no whole ARN"),
        (1, "no whole ARN"),
        (SECRET.replace("eu-west-1", "eu-west-2"), "outside the hub's account and Region"),
        (SECRET.replace("1111", "2222"), "outside the hub's account and Region"),
    ],
)
def test_secrets_with_a_certificate(secret: object, refusal: str | None) -> None:
    def made() -> Any:  # noqa: ANN401
        backend = {"kind": "findings-intake", "certificate_secret": secret}
        return TypeAdapter(Backend).validate_python(backend, context=HERE)

    if refusal is None:
        assert made().certificate_secret == secret
    else:
        with pytest.raises(ValidationError, match=refusal):
            made()


@pytest.mark.parametrize(
    ("keys", "refusal"),
    [
        ({}, None),
        ({"glacier_after_days": None}, None),
        ({"expire_after_days": 400}, None),
        ({"expire_after_days": 399}, "deletes after 399 days what is locked for 400"),
        ({"glacier_after_days": 400, "expire_after_days": 400}, "moves to Glacier after 400"),
        ({"glacier_after_days": 0}, "greater than or equal to 1"),
        ({"cloudwatch_days": 30}, None),
        ({"cloudwatch_days": 31}, "no time for which CloudWatch Logs keeps events; write for example 60"),
        ({"cloudwatch_days": 5000}, "write for example 3653"),
    ],
)
def test_logs_are_not_deleted_before_their_lock_ends(keys: dict[str, object], refusal: str | None) -> None:
    archive = {"kind": "log-archive", "retention_days": 400, **keys}
    if refusal is None:
        TypeAdapter(Backend).validate_python(archive)
    else:
        with pytest.raises(ValidationError, match=refusal):
            TypeAdapter(Backend).validate_python(archive)


ALB = "arn:aws:elasticloadbalancing:eu-west-1:111111111111:loadbalancer/app/front/0123456789abcdef"
TARGETS: Mapping[str, tuple[dict[str, object], str | None]] = {
    "instances": ({"target_type": "instance", "targets": ["i-0123456789abcdef0"]}, None),
    "addresses": ({"target_type": "ip", "targets": ["10.0.0.9", "100.64.3.3"]}, None),
    "an ALB": ({"target_type": "alb", "targets": [ALB]}, None),
    "an ALB asked over https": (
        {"target_type": "alb", "targets": [ALB], "health_check": {"protocol": "https", "path": "/ok"}},
        None,
    ),
    "no instance": ({"target_type": "instance", "targets": ["10.0.0.9"]}, "no instance id"),
    "no address": ({"target_type": "ip", "targets": ["10.0.0"]}, "no IPv4 address"),
    "a public address": ({"target_type": "ip", "targets": ["1.1.1.1"]}, "outside the private ranges"),
    "no ALB": ({"target_type": "alb", "targets": ["front"]}, "no Application Load Balancer's ARN"),
    "an ALB elsewhere": (
        {"target_type": "alb", "targets": [ALB.replace("111111111111", "222222222222")]},
        "outside the hub's account and Region",
    ),
    "two ALBs": ({"target_type": "alb", "targets": [ALB, ALB.replace("front", "back")]}, "takes one ALB"),
    "an ALB asked over tcp": (
        {"target_type": "alb", "targets": [ALB], "health_check": {"protocol": "tcp"}},
        "checks an ALB over tcp",
    ),
    "a path over tcp": (
        {"target_type": "ip", "targets": ["10.0.0.9"], "health_check": {"protocol": "tcp", "path": "/"}},
        "a tcp check asks for none",
    ),
    "an ALB with a header": (
        {"target_type": "alb", "targets": [ALB], "proxy_protocol": True},
        "an ALB takes none",
    ),
    "an ALB over tls": ({"target_type": "alb", "targets": [ALB], "tls": True}, "end TLS at the ALB"),
    "instances that read the header": (
        {"target_type": "instance", "targets": ["i-0123456789abcdef0"], "proxy_protocol": True, "tls": True},
        None,
    ),
    "no targets": ({"target_type": "ip", "targets": []}, "at least 1 item"),
    "a target twice": (
        {"target_type": "ip", "targets": ["10.0.0.9", "10.0.0.9"]},
        "holds target 10.0.0.9 twice",
    ),
}


@pytest.mark.parametrize(("settings", "message"), TARGETS.values(), ids=TARGETS)
def test_targets(settings: dict[str, object], message: str | None) -> None:
    raw = {"kind": "targets", "port": 8443, **settings}
    if message is None:
        assert TypeAdapter(Backend).validate_python(raw, context=HERE)
    else:
        with pytest.raises(ValidationError, match=message):
            TypeAdapter(Backend).validate_python(raw, context=HERE)


def test_an_alb_takes_no_tls_listener() -> None:
    service = {
        "backend": {"kind": "targets", "port": 443, "target_type": "alb", "targets": [ALB]},
        "ports": [443],
        "lane": "standing",
        "certificate": "arn:aws:acm:eu-west-1:111111111111:certificate/12-34",
    }
    hub = {
        "organization": "o-a1b2c3d4e5",
        "account": "111111111111",
        "network": {"cidr": "10.0.0.0/20", "zones": ["euw1-az1", "euw1-az2"]},
        "services": {"own": service},
    }
    with pytest.raises(ValidationError, match="end TLS at the ALB"):
        HubSettings.model_validate(hub, context=HERE)
    assert HubSettings.model_validate(
        hub | {"services": {"own": service | {"certificate": None}}}, context=HERE
    )


def test_tls_to_targets_needs_a_certificate() -> None:
    service = {
        "backend": {
            "kind": "targets",
            "port": 443,
            "target_type": "ip",
            "targets": ["10.0.1.10"],
            "tls": True,
        },
        "ports": [443],
        "lane": "standing",
    }
    hub = {
        "organization": "o-a1b2c3d4e5",
        "account": "111111111111",
        "network": {"cidr": "10.0.0.0/20", "zones": ["euw1-az1", "euw1-az2"]},
        "services": {"own": service},
    }
    with pytest.raises(ValidationError, match="remove tls, or add certificate"):
        HubSettings.model_validate(hub, context=HERE)
    arn = "arn:aws:acm:eu-west-1:111111111111:certificate/12-34"
    assert HubSettings.model_validate(
        hub | {"services": {"own": service | {"certificate": arn}}}, context=HERE
    )


def test_a_dump_of_settings_is_read_back_the_same() -> None:
    spoke = SpokeSettings.model_validate(
        {
            "hub": "hub",
            "team": "payments",
            "contact": "a@example.com",
            "account": "222222222222",
            "network": {"cidr": "10.40.0.0/20", "zones": ["euw1-az1", "euw1-az2"]},
            "services": {"logging": {"reason": "ship application logs", "until": "2027-06-30"}},
        }
    )
    assert SpokeSettings.model_validate_json(spoke.model_dump_json()) == spoke
    assert SpokeSettings.model_validate(spoke.model_dump(mode="json")) == spoke
