"""A small estate for whole roads on the real engine, and what the world holds of it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from landline.sandbox.served import Served
from landline.sandbox.served_session import ServedSession

if TYPE_CHECKING:
    from collections.abc import Iterator

LANDLINE = str(Path(sys.executable).with_name("landline"))
REGION = "eu-west-1"
HUB = "111111111111"
SPOKES = {"payments": "222222222222", "orders": "333333333333", "stores": "444444444444"}

_HUB = """\
config:
  aws:region: eu-west-1
  landline:hub:
    organization: o-a1b2c3d4e5
    account: "111111111111"
    network: {cidr: 10.0.0.0/20, zones: [euw1-az1, euw1-az2]}
    services:
"""
_SERVICES = {
    "logging": """\
      logging:
        backend: {kind: targets, target_type: ip, targets: [10.0.0.10], port: 8443}
        ports: [443]
        lane: standing
""",
    "security": """\
      security:
        backend: {kind: targets, target_type: ip, targets: [10.0.0.11], port: 8443}
        ports: [443]
        lane: accepted
""",
    "audit": """\
      audit:
        backend: {kind: targets, target_type: ip, targets: [10.0.0.12], port: 8443}
        ports: [443]
        lane: accepted
""",
}
_SPOKE = """\
config:
  aws:region: eu-west-1
  landline:spoke:
    hub: hub
    team: NAME
    contact: NAME-oncall@example.com
    account: "ACCOUNT"
    network: {cidr: 10.NUMBER.0.0/24, zones: [euw1-az1, euw1-az2]}
    services:
SERVICES
"""
_GRANT = """\
config:
  aws:region: eu-west-1
  landline:grant:
    hub: hub
    spoke: NAME
    services:
SERVICES
"""
_BASELINE = """\
config:
  aws:region: eu-west-1
  landline:baseline: {account: "222222222222", guardduty: false, security_hub: false, trail: false}
"""


def write_hub(directory: Path, *services: str) -> None:
    """The hub with these services: ``logging`` in the standing lane, others in the accepted one."""
    directory.mkdir(exist_ok=True)
    (directory / "Pulumi.hub.yaml").write_text(_HUB + "".join(_SERVICES[name] for name in services))


def write_baseline(directory: Path) -> None:
    """The baseline of payments' account."""
    (directory / "Pulumi.baseline-payments.yaml").write_text(_BASELINE)


def write_spoke(directory: Path, name: str, *services: str) -> None:
    """A spoke and its grant."""
    for file, text, line in (
        (name, _SPOKE, "      {}: {{reason: send what there is}}"),
        (f"grant-{name}", _GRANT, "      {}: {{approved: SEC-1}}"),
    ):
        number = 40 + list(SPOKES).index(name) if name in SPOKES else int(name.removeprefix("s")) + 100
        (directory / f"Pulumi.{file}.yaml").write_text(
            text.replace("NAME", name)
            .replace("ACCOUNT", SPOKES.get(name) or f"{number:012}")
            .replace("NUMBER", str(number))
            .replace("SERVICES", "\n".join(line.format(service) for service in services))
        )


@contextmanager
def sandbox(directory: Path) -> Iterator[Served]:
    """A sandbox in a process of its own, as `landline sandbox serve` runs it; its file is in `directory`."""
    file = directory / "sandbox.json"
    with (
        (directory / "sandbox.log").open("w") as log,
        subprocess.Popen(  # noqa: S603 - our own command
            [LANDLINE, "sandbox", "serve"],
            env=os.environ | {"LANDLINE_SANDBOX": str(file)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        ) as process,
    ):
        try:
            until = time.monotonic() + 120
            while not file.exists():
                assert process.poll() is None and time.monotonic() < until, (  # noqa: PT018
                    directory / "sandbox.log"
                ).read_text()
                time.sleep(0.05)
            yield Served(**json.loads(file.read_text()))
        finally:
            process.terminate()
            process.wait(30)


_MADE_UP = re.compile(r"-[0-9a-f]{7}\b")


def census(served: Served, *names: str) -> Counter[str]:
    """What the accounts of the hub and of the spokes hold, by kind and name, as AWS describes it."""
    found: Counter[str] = Counter()
    for account in (HUB, *(SPOKES[name] for name in names)):
        found.update(
            f"{account} {_MADE_UP.sub('', text)}"
            for text in _things(ServedSession(account, served.endpoint_url))
        )
    return found


def _things(session: ServedSession) -> Iterator[str]:
    def client(service: str) -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
        return session.client(service, region_name=REGION)

    ec2, elb, resolver, route53 = map(client, ("ec2", "elbv2", "route53resolver", "route53"))
    for key, operation in (
        ("Vpcs", "describe_vpcs"),
        ("Subnets", "describe_subnets"),
        ("RouteTables", "describe_route_tables"),
        ("NetworkAcls", "describe_network_acls"),
        ("SecurityGroups", "describe_security_groups"),
        ("SecurityGroupRules", "describe_security_group_rules"),
        ("VpcEndpoints", "describe_vpc_endpoints"),
        ("ServiceConfigurations", "describe_vpc_endpoint_service_configurations"),
        ("FlowLogs", "describe_flow_logs"),
        ("PrefixLists", "describe_managed_prefix_lists"),
    ):
        for one in getattr(ec2, operation)()[key]:
            if one.get("OwnerId") == "AWS":
                continue
            name = next((tag["Value"] for tag in one.get("Tags", ()) if tag["Key"] == "Name"), "")
            detail = [
                one.get(field) for field in ("CidrBlock", "GroupName", "Description", "FromPort", "State")
            ]
            yield f"{key} {name} {detail}"
    connections = ec2.describe_vpc_endpoint_connections()["VpcEndpointConnections"]
    for connection in connections:
        yield f"connection of {connection['VpcEndpointOwner']} {connection['VpcEndpointState']}"
    for service in ec2.describe_vpc_endpoint_service_configurations()["ServiceConfigurations"]:
        permissions = ec2.describe_vpc_endpoint_service_permissions(ServiceId=service["ServiceId"])
        yield from (f"principal {one['Principal']}" for one in permissions["AllowedPrincipals"])
    for balancer in elb.describe_load_balancers()["LoadBalancers"]:
        yield f"load balancer {balancer['LoadBalancerName']}"
        for listener in elb.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]:
            yield f"listener {listener['Port']}"
    for group in elb.describe_target_groups()["TargetGroups"]:
        yield f"target group {group['TargetGroupName']}"
        health = elb.describe_target_health(TargetGroupArn=group["TargetGroupArn"])
        yield from (f"target {one['Target']['Id']}" for one in health["TargetHealthDescriptions"])
    for key, operation in (
        ("FirewallRuleGroups", "list_firewall_rule_groups"),
        ("FirewallDomainLists", "list_firewall_domain_lists"),
        ("FirewallRuleGroupAssociations", "list_firewall_rule_group_associations"),
        ("ResolverQueryLogConfigs", "list_resolver_query_log_configs"),
    ):
        yield from (f"{key} {one['Name']}" for one in getattr(resolver, operation)()[key])
    logged = resolver.list_resolver_query_log_config_associations()["ResolverQueryLogConfigAssociations"]
    yield from (f"queries are logged: {one['Status']}" for one in logged)
    queries = client("logs").describe_query_definitions()["queryDefinitions"]
    yield from (f"query {one['name']}" for one in queries)
    for zone in route53.list_hosted_zones()["HostedZones"]:
        for record in route53.list_resource_record_sets(HostedZoneId=zone["Id"])["ResourceRecordSets"]:
            yield f"record {record['Name']} {record['Type']}"
    yield from (f"role {one['RoleName']}" for one in client("iam").list_roles()["Roles"])
    yield from (
        f"log group {one['logGroupName']}" for one in client("logs").describe_log_groups()["logGroups"]
    )
    yield from (f"alias {one['AliasName']}" for one in client("kms").list_aliases()["Aliases"])
    yield from (f"bucket {one['Name']}" for one in client("s3").list_buckets()["Buckets"])
    for parameter in client("ssm").describe_parameters()["Parameters"]:
        value = client("ssm").get_parameter(Name=parameter["Name"])["Parameter"]["Value"]
        for connection in connections:
            # Made anew they have other ids; what counts is that the parameter names those that live.
            value = value.replace(connection["VpcEndpointId"], connection["VpcEndpointState"])
        yield f"parameter {parameter['Name']} {value}"
    secrets = client("secretsmanager").list_secrets()["SecretList"]
    yield from (f"secret {one['Name']}" for one in secrets)
    kms = client("kms")
    for key in kms.list_keys()["Keys"]:
        about = kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"]
        if about["KeyState"] != "PendingDeletion" and about["KeyManager"] == "CUSTOMER":
            yield f"key {about['Description']}"
