import json

import pytest

from components import ServiceEndpoints, ServiceEndpointsArgs
from components.aws_services import AWS_SERVICES
from tests.components.recorder import Deployed, deploy

ARGS: ServiceEndpointsArgs = {
    "vpc_id": "vpc-1",
    "subnet_ids": ["subnet-1", "subnet-2"],
    "route_table_ids": ["rtb-1", "rtb-2"],
    "client_security_group_id": "sg-clients",
    "region": "eu-west-1",
    "organization": "o-a1b2c3d4e5",
    "services": sorted(AWS_SERVICES),
}


@pytest.fixture(scope="module")
def endpoints() -> Deployed:
    return deploy(lambda: ServiceEndpoints("aws", ARGS))


def test_gateway_endpoints_are_on_every_route_table(endpoints: Deployed) -> None:
    gateways = [one for one in endpoints.of("VpcEndpoint") if one.inputs["vpcEndpointType"] == "Gateway"]

    assert {one.inputs["serviceName"].rpartition(".")[2] for one in gateways} == {"s3", "dynamodb"}
    for gateway in gateways:
        assert gateway.inputs["routeTableIds"] == ["rtb-1", "rtb-2"]


def test_interface_endpoints_are_private_names_in_every_subnet_behind_a_group(endpoints: Deployed) -> None:
    interfaces = [one for one in endpoints.of("VpcEndpoint") if one.inputs["vpcEndpointType"] == "Interface"]

    assert len(interfaces) == len(AWS_SERVICES) - 2
    for interface in interfaces:
        assert interface.inputs["privateDnsEnabled"] is True
        assert interface.inputs["subnetIds"] == ["subnet-1", "subnet-2"]
        assert len(interface.inputs["securityGroupIds"]) == 1


def test_every_policy_keeps_to_the_organization(endpoints: Deployed) -> None:
    for endpoint in endpoints.of("VpcEndpoint"):
        statements = json.loads(endpoint.inputs["policy"])["Statement"]
        open_to_others = [one["Sid"] for one in statements if "Condition" not in one]
        assert open_to_others == (["ReadEcrImageLayers"] if endpoint.name == "aws-s3" else [])
        for statement in statements:
            if "Condition" in statement:
                assert statement["Condition"]["StringEquals"] == {
                    "aws:PrincipalOrgID": "o-a1b2c3d4e5",
                    "aws:ResourceOrgID": "o-a1b2c3d4e5",
                }


def test_no_image_pulls_no_exception() -> None:
    endpoints = deploy(lambda: ServiceEndpoints("aws", {**ARGS, "services": ["s3"]}))

    assert "starport" not in endpoints.one("VpcEndpoint").inputs["policy"]


def test_clients_reach_the_endpoints_and_nothing_else(endpoints: Deployed) -> None:
    egress = [one.inputs for one in endpoints.of("SecurityGroupEgressRule")]
    ingress = endpoints.one("SecurityGroupIngressRule").inputs

    assert all(rule["securityGroupId"] == "sg-clients" for rule in egress)
    assert all((rule["ipProtocol"], rule["fromPort"], rule["toPort"]) == ("tcp", 443, 443) for rule in egress)
    assert sum("prefixListId" in rule for rule in egress) == 2
    assert sum("referencedSecurityGroupId" in rule for rule in egress) == 1
    assert not any("cidrIpv4" in rule for rule in egress)
    assert ingress["referencedSecurityGroupId"] == "sg-clients"
    assert (ingress["fromPort"], ingress["toPort"]) == (443, 443)


def test_a_network_without_services_gets_nothing() -> None:
    empty = deploy(lambda: ServiceEndpoints("aws", {**ARGS, "services": []}))

    assert [one.token for one in empty] == ["landline:index:ServiceEndpoints"]
