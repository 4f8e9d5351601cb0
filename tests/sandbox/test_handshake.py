"""The handshake as a state machine: every order of calls keeps its promises."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, rule

from landline.sandbox.handshake import (
    LIVE,
    ConnectionState,
    EndpointRequest,
    EndpointService,
    Handshake,
    Refused,
)

OWNER = "111111111111"
ACCOUNTS = ("222222222222", "333333333333")
ZONES = ("euw1-az1", "euw1-az2", "euw1-az3")


def offered(number: int, *, accepted: bool, zones: frozenset[str] = frozenset(ZONES[:2])) -> EndpointService:
    service_id = f"vpce-svc-{number}"
    return EndpointService(
        id=service_id,
        name=f"com.amazonaws.vpce.eu-west-1.{service_id}",
        account=OWNER,
        region="eu-west-1",
        zone_ids=zones,
        acceptance_required=accepted,
        load_balancers=(f"nlb-{number}",),
    )


def wanted(service: EndpointService, account: str, number: int = 0, zone: str = ZONES[0]) -> EndpointRequest:
    return EndpointRequest(
        endpoint=f"vpce-{number}",
        account=account,
        caller=f"arn:aws:iam::{account}:root",
        region="eu-west-1",
        vpc=f"vpc-{account}",
        service_name=service.name,
        zones={f"subnet-{zone}": zone},
    )


def permitted(service: EndpointService, *accounts: str) -> Handshake:
    roots = frozenset(f"arn:aws:iam::{account}:root" for account in accounts)
    return Handshake().offer(service).permit(service.id, OWNER, roots, frozenset())


class TestAdmission:
    service = offered(1, accepted=False)

    def test_nobody_at_first(self) -> None:
        with pytest.raises(Refused) as refusal:
            Handshake().offer(self.service).request(wanted(self.service, ACCOUNTS[0]))

        assert refusal.value.code == "InvalidServiceName"

    def test_the_owner_always(self) -> None:
        state = Handshake().offer(self.service).request(wanted(self.service, OWNER))

        assert state.connection("vpce-0").state is ConnectionState.AVAILABLE

    def test_a_role_and_nobody_else_of_its_account(self) -> None:
        role = f"arn:aws:iam::{ACCOUNTS[0]}:role/deploy"
        state = Handshake().offer(self.service).permit(self.service.id, OWNER, frozenset({role}), frozenset())
        ask = wanted(self.service, ACCOUNTS[0])

        assert state.request(replace(ask, caller=role)).connections
        with pytest.raises(Refused):
            state.request(ask)

    def test_everyone_with_an_asterisk(self) -> None:
        state = Handshake().offer(self.service).permit(self.service.id, OWNER, frozenset("*"), frozenset())

        assert state.request(wanted(self.service, ACCOUNTS[1])).connections

    def test_an_account_is_no_prefix_of_another(self) -> None:
        """`…:root` of one account must not admit another whose id ends alike."""
        state = permitted(self.service, ACCOUNTS[0])

        with pytest.raises(Refused):
            state.request(
                replace(wanted(self.service, ACCOUNTS[1]), caller=f"arn:aws:iam::{ACCOUNTS[0]}:root:x")
            )


class TestRegions:
    def test_a_supported_region_reaches_the_service_by_its_own(self) -> None:
        service = replace(
            offered(1, accepted=False), supported_regions=frozenset({"eu-west-1", "eu-central-1"})
        )
        state = permitted(service, ACCOUNTS[0])
        remote = replace(
            wanted(service, ACCOUNTS[0], zone="euc1-az1"), region="eu-central-1", service_region="eu-west-1"
        )

        assert state.request(remote).connection("vpce-0").state is ConnectionState.AVAILABLE
        with pytest.raises(Refused, match="InvalidServiceName"):
            state.request(replace(remote, service_region=None))
        with pytest.raises(Refused, match="InvalidServiceName"):
            state.request(replace(remote, region="us-east-1"))

    def test_zones_without_access_from_other_regions_are_refused_on_both_sides(self) -> None:
        both = frozenset({"us-east-1", "us-west-1"})
        home = replace(
            offered(1, accepted=False),
            region="us-east-1",
            supported_regions=both,
            zone_ids=frozenset({"use1-az1"}),
        )
        state = permitted(home, ACCOUNTS[0])
        remote = replace(
            wanted(home, ACCOUNTS[0], zone="usw1-az2"), region="us-west-1", service_region="us-east-1"
        )

        with pytest.raises(Refused, match="not supported for the availability zone of the subnet"):
            state.request(remote)
        assert state.request(replace(remote, zones={"subnet-0": "usw1-az1"})).connections
        far = replace(home, zone_ids=frozenset({"use1-az1", "use1-az3"}))
        with pytest.raises(Refused, match="not supported for the availability zones use1-az3"):
            Handshake().offer(far)
        with pytest.raises(Refused, match="not supported for the availability zones use1-az3"):
            state.reconfigure(far)
        assert Handshake().offer(replace(far, supported_regions=frozenset({"us-east-1"}))).services


class TestPrivateNames:
    named = replace(
        offered(1, accepted=True), private_dns_names=("logging.example.com",), private_dns_verified=True
    )

    def test_not_before_acceptance(self) -> None:
        state = permitted(self.named, ACCOUNTS[0])
        ask = replace(wanted(self.named, ACCOUNTS[0]), private_dns=True)

        with pytest.raises(Refused, match="after the endpoint connection is accepted"):
            state.request(ask)
        accepted = state.request(replace(ask, private_dns=False)).accept(self.named.id, OWNER, "vpce-0")
        on = accepted.name_privately("vpce-0", dns_support=True, dns_hostnames=True)
        assert on.connection("vpce-0").private_dns
        assert not on.name_publicly("vpce-0").connection("vpce-0").private_dns

    def test_one_of_a_name_in_a_vpc(self) -> None:
        service = replace(self.named, acceptance_required=False)
        state = permitted(service, *ACCOUNTS)
        first = state.request(replace(wanted(service, ACCOUNTS[0], 0), private_dns=True))

        with pytest.raises(Refused, match="conflicting DNS domain"):
            first.request(replace(wanted(service, ACCOUNTS[0], 1), private_dns=True))
        assert first.request(replace(wanted(service, ACCOUNTS[1], 1), private_dns=True))

    def test_beside_an_endpoint_that_outlived_its_service(self) -> None:
        former, service = offered(2, accepted=False), replace(self.named, acceptance_required=False)
        roots = frozenset({f"arn:aws:iam::{ACCOUNTS[0]}:root"})
        state = permitted(service, ACCOUNTS[0]).offer(former).permit(former.id, OWNER, roots, frozenset())
        left = state.request(wanted(former, ACCOUNTS[0], 1)).reject(former.id, OWNER, "vpce-1")
        left = left.withdraw(former.id, OWNER)

        assert left.behind(left.connection("vpce-1")).name == former.name
        named = left.request(replace(wanted(service, ACCOUNTS[0], 0), private_dns=True))
        assert named.connection("vpce-0").private_dns


class Estate(RuleBasedStateMachine):
    """Any order of calls by one provider and two consumers, beside a plain record of what must hold."""

    services = Bundle("services")
    endpoints = Bundle("endpoints")

    @initialize()
    def start(self) -> None:
        self.state = Handshake()
        self.made = 0
        self.cut: set[str] = set()
        """Endpoints that were rejected: none may ever work again."""

    @rule(target=services, accepted=st.booleans())
    def offer(self, accepted: bool) -> str:  # noqa: FBT001 - hypothesis passes by name
        self.made += 1
        service = offered(self.made, accepted=accepted)
        self.state = self.state.offer(service)
        with pytest.raises(Refused):
            self.state.offer(replace(service, id="vpce-svc-other"))
        return service.id

    @rule(service=services, account=st.sampled_from(ACCOUNTS), add=st.booleans())
    def permit(self, service: str, account: str, add: bool) -> None:  # noqa: FBT001
        if service not in self.state.services:
            return
        before = dict(self.state.connections)
        principal = frozenset({f"arn:aws:iam::{account}:root"})
        none: frozenset[str] = frozenset()
        self.state = self.state.permit(service, OWNER, principal if add else none, none if add else principal)
        assert dict(self.state.connections) == before

    @rule(
        target=endpoints,
        service=services,
        account=st.sampled_from(ACCOUNTS),
        zone=st.sampled_from(ZONES),
    )
    def request(self, service: str, account: str, zone: str) -> str:
        self.made += 1
        endpoint = f"vpce-{self.made}"
        known = self.state.services.get(service, offered(0, accepted=False))
        ask = wanted(known, account, self.made, zone)
        admitted = service in self.state.services and f"arn:aws:iam::{account}:root" in known.principals
        if admitted and zone in known.zone_ids:
            self.state = self.state.request(ask)
            waits = (
                ConnectionState.PENDING_ACCEPTANCE if known.acceptance_required else ConnectionState.AVAILABLE
            )
            assert self.state.connection(endpoint).state is waits
            return endpoint
        with pytest.raises(Refused) as refusal:
            self.state.request(ask)
        assert refusal.value.code == ("InvalidParameter" if admitted else "InvalidServiceName")
        return "vpce-none"

    @rule(endpoint=endpoints)
    def accept(self, endpoint: str) -> None:
        connection = self.state.connections.get(endpoint)
        service = connection.service if connection else "vpce-svc-none"
        if connection is None or connection.state is ConnectionState.REJECTED:
            with pytest.raises(Refused):
                self.state.accept(service, OWNER, endpoint)
            return
        with pytest.raises(Refused):
            self.state.accept(service, connection.account, endpoint)
        self.state = self.state.accept(service, OWNER, endpoint)
        assert self.state.connection(endpoint).state is ConnectionState.AVAILABLE

    @rule(endpoint=endpoints)
    def reject(self, endpoint: str) -> None:
        connection = self.state.connections.get(endpoint)
        if connection is None:
            return
        if connection.service not in self.state.services:
            with pytest.raises(Refused) as refusal:
                self.state.reject(connection.service, OWNER, endpoint)
            assert refusal.value.code == "InvalidVpcEndpointServiceId.NotFound"
            return
        self.state = self.state.reject(connection.service, OWNER, endpoint)
        self.cut.add(endpoint)

    @rule(endpoint=consumes(endpoints))
    def leave(self, endpoint: str) -> None:
        if endpoint in self.state.connections:
            self.state = self.state.leave(endpoint)
        else:
            with pytest.raises(Refused):
                self.state.leave(endpoint)

    @rule(service=services)
    def withdraw(self, service: str) -> None:
        live = any(c.service == service and c.state in LIVE for c in self.state.connections.values())
        if service in self.state.services and not live:
            self.state = self.state.withdraw(service, OWNER)
            return
        with pytest.raises(Refused) as refusal:
            self.state.withdraw(service, OWNER)
        expected = "ExistingVpcEndpointConnections" if live else "InvalidVpcEndpointService.NotFound"
        assert refusal.value.code == expected

    @invariant()
    def what_was_cut_stays_cut(self) -> None:
        for endpoint in self.cut & self.state.connections.keys():
            assert self.state.connection(endpoint).state is ConnectionState.REJECTED

    @invariant()
    def a_live_connection_has_its_service(self) -> None:
        for connection in self.state.connections.values():
            if connection.state in LIVE:
                assert connection.service in self.state.services


TestAnyOrderOfCalls = Estate.TestCase
