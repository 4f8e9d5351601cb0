import json

from msgspec.structs import replace

from components import Grant, GrantArgs, GrantedService
from landline.intake.roster import Spoke, read_spoke
from tests.components.recorder import deploy

ENDPOINT = "vpce-0a1b2c3d4e5f60718"
ACCEPTED: GrantedService = {
    "service_id": "vpce-svc-2",
    "security_group_id": "sg-2",
    "ports": [443, 8443],
    "accept": True,
}
ARGS: GrantArgs = {
    "hub": "hub",
    "spoke": "payments",
    "team": "Payments and refunds",
    "account": "222222222222",
    "region": "eu-west-1",
    "client_cidrs": ["10.40.0.0/20"],
    "services": {
        "logging": {"service_id": "vpce-svc-1", "security_group_id": "sg-1", "ports": [443], "accept": False},
        "security": ACCEPTED,
    },
}


def test_the_account_is_permitted_before_it_has_an_endpoint() -> None:
    grant = deploy(lambda: Grant("grant-payments", ARGS))

    assert {
        (one.inputs["vpcEndpointServiceId"], one.inputs["principalArn"])
        for one in grant.of("VpcEndpointServiceAllowedPrinciple")
    } == {
        ("vpce-svc-1", "arn:aws:iam::222222222222:root"),
        ("vpce-svc-2", "arn:aws:iam::222222222222:root"),
    }
    assert not grant.of("VpcEndpointConnectionAccepter")


def test_an_endpoint_is_accepted_in_the_accepted_lane_alone() -> None:
    services = {
        name: {**service, "endpoint_id": f"vpce-{name}"} for name, service in ARGS["services"].items()
    }
    grant = deploy(lambda: Grant("grant-payments", {**ARGS, "services": services}))  # type: ignore[typeddict-item]

    accepter = grant.one("VpcEndpointConnectionAccepter")
    assert accepter.inputs == {"vpcEndpointId": "vpce-security", "vpcEndpointServiceId": "vpce-svc-2"}
    principal = grant.one("VpcEndpointServiceAllowedPrinciple", "grant-payments-security-principal")
    assert principal.urn in accepter.dependencies
    # The services know whose endpoint it is before it connects.
    parameter = grant.one("Parameter")
    assert parameter.urn in accepter.dependencies
    assert json.loads(parameter.inputs["insecureValue"])["endpoints"] == {"security": "vpce-security"}


def test_clients_get_their_ranges_on_the_services_ports_and_no_more() -> None:
    grant = deploy(
        lambda: Grant("grant-payments", {**ARGS, "client_cidrs": ["10.40.0.0/20", "10.41.0.0/24"]})
    )

    clients = grant.one("ManagedPrefixList")
    listed = grant.ids[clients.urn]
    rules = [one.inputs for one in grant.of("SecurityGroupIngressRule")]
    assert [entry["cidr"] for entry in clients.inputs["entries"]] == ["10.40.0.0/20", "10.41.0.0/24"]
    assert (clients.inputs["addressFamily"], clients.inputs["maxEntries"]) == ("IPv4", 2)
    assert {
        (rule["securityGroupId"], rule["prefixListId"], rule["fromPort"], rule["toPort"]) for rule in rules
    } == {
        ("sg-1", listed, 443, 443),
        ("sg-2", listed, 443, 443),
        ("sg-2", listed, 8443, 8443),
    }
    assert not any("cidrIpv4" in rule for rule in rules)
    assert all(rule["ipProtocol"] == "tcp" and "payments" in rule["description"] for rule in rules)


def test_the_partition_is_the_regions() -> None:
    grant = deploy(lambda: Grant("grant-payments", {**ARGS, "region": "us-gov-west-1"}))

    arns = [one.inputs["principalArn"] for one in grant.of("VpcEndpointServiceAllowedPrinciple")]
    assert {arn.partition(":iam::")[0] for arn in arns} == {"arn:aws-us-gov"}


def test_a_grant_writes_down_who_the_spoke_is() -> None:
    parameter = deploy(lambda: Grant("grant-payments", ARGS)).one("Parameter").inputs

    assert (parameter["name"], parameter["type"]) == ("/landline/hub/spokes/payments", "String")
    assert json.loads(parameter["insecureValue"]) == {
        "account": "222222222222",
        "spoke": "payments",
        "team": "Payments and refunds",
        "services": ["logging", "security"],
    }


def test_what_grants_write_is_what_the_intake_reads() -> None:
    def read(*connected: str) -> Spoke:
        services = {
            name: {**service, "endpoint_id": ENDPOINT} if name in connected else service
            for name, service in ARGS["services"].items()
        }
        args: GrantArgs = {**ARGS, "services": services}  # type: ignore[typeddict-item]
        written = deploy(lambda: Grant("grant-payments", args)).one("Parameter").inputs
        return read_spoke(written["name"], written["insecureValue"])

    spoke = Spoke("222222222222", "payments", "Payments and refunds", ("logging", "security"))
    assert read() == spoke
    # The standing lane's endpoints are nothing that a grant knows for sure.
    assert read("logging") == spoke
    assert read("logging", "security") == replace(spoke, endpoints={"security": ENDPOINT})
