"""Who may connect, who is connected, and where endpoints lead."""

import pytest

from landline.errors import UsageError
from landline.proof import AccessEntry, read_grants
from landline.proof.services import account_of
from tests.proof.dump import HUB, SPOKE, Dump, add_isolated
from tests.proof.judge import finding, granted, open_questions, verdict, violations

OTHER = "333333333333"
SERVICE = "com.amazonaws.vpce.eu-west-1.vpce-svc-log"


def estate(
    principals: list[str] | None = None, *, acceptance: bool = False, state: str = "available"
) -> Dump:
    """A hub that offers logging, and a spoke with an endpoint to it."""
    dump = Dump(HUB)
    add_isolated(dump, "vpc-hub", "10.9.0.0/16")
    default = [f"arn:aws:iam::{SPOKE}:root"]
    dump.service(
        "vpce-svc-log", "logging", default if principals is None else principals, acceptance=acceptance
    )
    dump.connection("vpce-svc-log", "vpce-1", SPOKE, state)
    dump.at(SPOKE)
    add_isolated(dump, "vpc-a", "10.0.0.0/16")
    dump.add("VpcEndpoints", VpcEndpointId="vpce-1", VpcId="vpc-a", VpcEndpointType="Interface",
             ServiceName=SERVICE, State=state, OwnerId=SPOKE)  # fmt: skip
    return dump


GRANTED = granted(logging=[SPOKE])
ENTRY = AccessEntry(SPOKE, "logging", "vpce-1")


def test_what_was_granted_and_is_connected_is_proven() -> None:
    told = verdict(estate(), GRANTED)

    assert told.verdict == "proven"
    assert (told.access.granted, told.access.extra, told.access.missing) == ((ENTRY,), (), ())


@pytest.mark.parametrize("state", ["available", "pending", "partial", "Available"])
def test_a_connection_without_a_grant_is_found(state: str) -> None:
    dump = estate([], state=state)

    assert violations(dump, granted(logging=[])) == {("ungranted-access", None, "vpce-1"): None}
    assert verdict(dump, granted(logging=[])).access.extra == (ENTRY,)


def test_removing_the_principal_cuts_nothing() -> None:
    told = verdict(estate([]), granted(logging=[]))

    assert told.verdict == "violated"
    assert "vpce-1" in {f.resource for f in told.findings}


@pytest.mark.parametrize("state", ["rejected", "deleted", "failed", "expired", "pendingAcceptance"])
def test_a_grant_whose_endpoint_is_not_connected_is_missing_and_named(state: str) -> None:
    told = verdict(estate(state=state), GRANTED)

    assert told.access.missing == (ENTRY,)
    assert [f.rule for f in told.findings if f.severity == "violation"] == ["missing-access"]


def test_a_grant_for_a_service_that_nobody_offers_is_missing() -> None:
    found = finding(estate(), "missing-access", granted(logging=[SPOKE], security=[SPOKE]))

    assert "offers no service" in found.message


def test_a_standing_permission_is_access_even_before_anybody_connects() -> None:
    dump = estate([f"arn:aws:iam::{SPOKE}:root", f"arn:aws:iam::{OTHER}:root"])

    assert set(violations(dump, GRANTED)) == {
        ("open-service", None, "vpce-svc-log"),
        ("ungranted-access", None, "vpce-svc-log"),
    }


def test_with_acceptance_a_permission_alone_is_no_access_but_still_open() -> None:
    dump = estate([f"arn:aws:iam::{SPOKE}:root", f"arn:aws:iam::{OTHER}:root"], acceptance=True)

    assert set(violations(dump, GRANTED)) == {("open-service", None, "vpce-svc-log")}


@pytest.mark.parametrize(
    ("principal", "fires"),
    [
        ("*", True),
        (f"arn:aws:iam::{OTHER}:root", True),
        (f"arn:aws:iam::{OTHER}:role/reader", True),
        (OTHER, True),
        ("s3.amazonaws.com", True),
        ("arn:aws:organizations::999999999999:organization/o-abc", True),
        (f"arn:aws:iam::{SPOKE}:role/reader", False),
        (f"arn:aws-cn:iam::{SPOKE}:user/somebody", False),
        (SPOKE, False),
    ],
)
@pytest.mark.parametrize("place", [0, 1])
def test_each_principal_is_judged_by_itself(principal: str, place: int, *, fires: bool) -> None:
    principals = [f"arn:aws:iam::{SPOKE}:root"]
    principals.insert(place, principal)

    assert (("open-service", None, "vpce-svc-log") in violations(estate(principals), GRANTED)) is fires


def test_an_account_with_a_grant_for_another_service_is_not_let_in_here() -> None:
    dump = estate([f"arn:aws:iam::{SPOKE}:root", f"arn:aws:iam::{OTHER}:root"], acceptance=True)
    grants = granted(logging=[SPOKE], security=[OTHER])

    assert ("open-service", None, "vpce-svc-log") in violations(dump, grants)


def test_accounts_are_read_from_principals_and_from_nothing_else() -> None:
    assert account_of("arn:aws:iam::123456789012:root") == "123456789012"
    assert account_of("arn:aws:iam::1234567890123:root") is None
    assert account_of("*") is None
    assert account_of("123456789012.example.com") is None


def test_without_grants_only_the_open_to_all_is_found_and_the_rest_is_listed() -> None:
    told = verdict(estate([f"arn:aws:iam::{OTHER}:root"]))

    assert told.verdict == "proven"
    rules = {item.rule for item in told.not_checked}
    assert {
        "ungranted-access",
        "missing-access",
        "open-service",
    } <= rules
    assert set(violations(estate(["*"]))) == {("open-service", None, "vpce-svc-log")}


@pytest.mark.parametrize("kind", ["ServiceConfigurations", "VpcEndpointConnections"])
def test_without_the_hubs_documents_nothing_is_called_missing(kind: str) -> None:
    """Neither a service that no document could show, nor a connection that no side speaks of."""
    told = verdict(estate().drop(kind).drop("VpcEndpoints"), GRANTED)

    assert told.verdict == "unproven"
    assert told.access.missing == ()
    assert "missing-access" in {item.rule for item in told.not_checked if item.open}


@pytest.mark.parametrize("kind", ["ServiceConfigurations", "VpcEndpointConnections"])
def test_without_the_hubs_documents_access_is_unproven(kind: str) -> None:
    dump = estate().drop(kind)

    assert "ungranted-access" in open_questions(dump, GRANTED)
    assert verdict(dump, GRANTED).verdict != "proven"


def test_without_the_services_permissions_it_is_unproven() -> None:
    dump = estate()
    dump.files.clear()

    assert {"open-service", "ungranted-access"} <= set(open_questions(dump, GRANTED))


def test_two_sides_that_disagree_are_unproven() -> None:
    dump = estate()
    dump.all("VpcEndpoints")[0]["State"] = "rejected"

    assert any("rejected" in why for why in open_questions(dump, GRANTED)["ungranted-access"])


def test_load_balancers_without_their_services_document_are_unproven() -> None:
    dump = estate()
    dump.interface("eni-nlb", "subnet-vpc-a", "10.0.1.99", kind="network_load_balancer")
    dump.places[SPOKE, "eu-west-1"].pop("ServiceConfigurations")

    assert any(SPOKE in why for why in open_questions(dump, GRANTED)["open-service"])


@pytest.mark.parametrize(
    ("name", "fires"),
    [
        ("com.amazonaws.eu-west-1.logs", False),
        ("com.amazonaws.s3-global.accesspoint", False),
        ("cn.com.amazonaws.cn-north-1.kms", False),
        ("aws.api.eu-west-1.bedrock", False),
        (SERVICE, False),
        ("com.amazonaws.vpce.eu-west-1.vpce-svc-strange", True),
        ("com.amazonaws.vpce.us-east-1.vpce-svc-log", True),
    ],
)
def test_endpoints_to_strangers_are_found(name: str, *, fires: bool) -> None:
    dump = estate()
    dump.add("VpcEndpoints", VpcEndpointId="vpce-2", VpcId="vpc-a", VpcEndpointType="Interface",
             ServiceName=name, State="available", OwnerId=OTHER if name == SERVICE else SPOKE)  # fmt: skip

    assert (("foreign-service", "vpc-a", "vpce-2") in violations(dump, GRANTED)) is fires


@pytest.mark.parametrize(
    ("state", "severity"), [("pendingAcceptance", "latent"), ("available", "violation"), ("rejected", None)]
)
def test_an_endpoint_that_waits_is_latent(state: str, severity: str | None) -> None:
    dump = estate()
    dump.add("VpcEndpoints", VpcEndpointId="vpce-2", VpcId="vpc-a", VpcEndpointType="Interface",
             ServiceName="com.amazonaws.vpce.eu-west-1.vpce-svc-x", State=state)  # fmt: skip

    found = [f.severity for f in verdict(dump, GRANTED).findings if f.rule == "foreign-service"]
    assert found == ([severity] if severity else [])


def test_resource_endpoints_lead_to_their_owner() -> None:
    dump = estate()
    arn = "arn:aws:vpc-lattice:eu-west-1:{}:resourceconfiguration/rcfg-1"
    for index, owner in enumerate((OTHER, HUB)):
        dump.add("VpcEndpoints", VpcEndpointId=f"vpce-r{index}", VpcId="vpc-a", VpcEndpointType="Resource",
                 State="available", ResourceConfigurationArn=arn.format(owner))  # fmt: skip

    assert set(violations(dump, GRANTED)) == {("foreign-service", "vpc-a", "vpce-r0")}
    assert any("vpce-r1" in why for why in open_questions(dump, GRANTED)["foreign-service"])


def test_service_details_name_amazons_own() -> None:
    dump = estate()
    name = "com.amazonaws.vpce.eu-west-1.vpce-svc-amazon"
    dump.add("VpcEndpoints", VpcEndpointId="vpce-2", VpcId="vpc-a", VpcEndpointType="Interface",
             ServiceName=name, State="available")  # fmt: skip
    assert "foreign-service" in {rule for rule, _, _ in violations(dump, GRANTED)}
    dump.add("ServiceDetails", ServiceName=name, Owner="amazon")

    assert violations(dump, GRANTED) == {}


def test_a_grants_file_is_read() -> None:
    grants = read_grants(b'{"organization": "o-1", "hub": "111111111111", "grants": []}')

    assert (grants.hub, grants.organization, grants.grants) == (HUB, "o-1", ())


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (b"{", "grants:"),
        (b"[]", "object"),
        (b'{"grants": []}', "hub"),
        (b'{"hub": "1", "grants": []}', "hub: '1'"),
        (b'{"hub": "111111111111", "grants": [{"spoke": "2", "service": "logging"}]}', "logging: spoke: '2'"),
        (b'{"hub": "111111111111", "grants": [{"spoke": "222222222222"}]}', "service"),
        (b'{"hub": "111111111111", "grants": [], "grant": []}', "grant"),
        (b"\xff\xfe", "grants:"),
    ],
)
def test_a_wrong_grants_file_is_a_usage_error_that_says_where(text: bytes, names: str) -> None:
    with pytest.raises(UsageError, match=names) as caught:
        read_grants(text)

    assert caught.value.exit_code == 2


def test_who_reaches_what_a_spoke_offers_was_granted_nothing() -> None:
    """The spoke took the principal back, and the stranger's connection goes on."""
    dump = estate()
    dump.at(SPOKE)
    dump.all("VpcEndpoints")
    dump.add("ServiceConfigurations", ServiceId="vpce-svc-own", ServiceState="Available",
             ServiceName="com.amazonaws.vpce.eu-west-1.vpce-svc-own", AcceptanceRequired=True)  # fmt: skip
    dump.file("describe-vpc-endpoint-service-permissions-vpce-svc-own", {"AllowedPrincipals": []})
    assert verdict(dump, GRANTED).verdict == "proven"

    dump.connection("vpce-svc-own", "vpce-stranger", "999999999999")
    assert violations(dump, GRANTED) == {("ungranted-access", None, "vpce-stranger"): None}

    dump.all("VpcEndpointConnections")[0]["VpcEndpointState"] = "rejected"
    assert verdict(dump, GRANTED).verdict == "proven"

    dump.places[SPOKE, "eu-west-1"].pop("VpcEndpointConnections")
    assert set(open_questions(dump, GRANTED)) == {"ungranted-access"}


def test_a_connection_to_a_spokes_service_that_no_document_shows_is_open() -> None:
    dump = estate()
    dump.at(SPOKE)
    dump.connection("vpce-svc-hidden", "vpce-stranger", "999999999999")

    assert set(open_questions(dump, GRANTED)) == {"ungranted-access"}
