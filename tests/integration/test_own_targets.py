"""A hub's services in front of what somebody else keeps: addresses, instances and an ALB."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from landline.estate.endpoint_connection import endpoint_connections
from landline.sandbox.estate import Sandbox
from landline.settings import Estate, load_estate

if TYPE_CHECKING:
    from pathlib import Path

HUB, REGION = "111111111111", "eu-west-1"
FILES = {
    "hub": """config:
  aws:region: eu-west-1
  landline:hub:
    organization: o-a1b2c3d4e5
    account: "111111111111"
    network: {cidr: 10.0.0.0/20, zones: [euw1-az1, euw1-az2]}
    services:
      ledger:
        backend: {kind: targets, target_type: ip, port: 8443, targets: [10.0.0.10], proxy_protocol: true}
        ports: [443]
        lane: standing
""",
    "payments": """config:
  aws:region: eu-west-1
  landline:spoke:
    hub: hub
    team: payments
    contact: payments-oncall@example.com
    account: "222222222222"
    network: {cidr: 10.40.0.0/20, zones: [euw1-az1, euw1-az2]}
    services: {ledger: {reason: book payments}, %s}
""",
    "grant-payments": """config:
  aws:region: eu-west-1
  landline:grant: {hub: hub, spoke: payments, services: {ledger: {approved: SEC-1}, %s}}
""",
}
MORE = """      batch:
        backend: {kind: targets, target_type: instance, port: 9000, targets: [%s], tls: true}
        certificate: %s
        ports: [443]
        lane: standing
      web:
        backend: {kind: targets, target_type: alb, port: 443, targets: ["%s"],
                  health_check: {protocol: https}}
        ports: [443]
        lane: standing
"""


def estate(folder: Path, **files: str) -> Estate:
    for name, text in files.items():
        (folder / f"Pulumi.{name}.yaml").write_text(text)
    loaded = load_estate(folder)
    assert loaded.estate is not None, loaded.problems
    return loaded.estate


def test_addresses_instances_and_an_alb_are_connected(tmp_path: Path) -> None:
    begun = {name: text.replace(", %s", "") for name, text in FILES.items()}
    with Sandbox(estate(tmp_path, **begun)) as sandbox:
        sandbox.up("hub")
        session = sandbox.session(HUB, REGION)
        ec2: Any = session.client("ec2")
        elb: Any = session.client("elbv2")
        subnets = [subnet["SubnetId"] for subnet in ec2.describe_subnets()["Subnets"]]
        [instance] = ec2.run_instances(
            ImageId="ami-0abcdef1234567890", MinCount=1, MaxCount=1, SubnetId=subnets[0]
        )["Instances"]
        [alb] = elb.create_load_balancer(
            Name="front", Type="application", Scheme="internal", Subnets=subnets
        )["LoadBalancers"]
        certificate = session.client("acm").request_certificate(DomainName="front.example.com")[
            "CertificateArn"
        ]
        group = elb.create_target_group(
            Name="front", Protocol="HTTPS", Port=443, VpcId=alb["VpcId"], TargetType="ip"
        )["TargetGroups"][0]["TargetGroupArn"]
        elb.create_listener(
            LoadBalancerArn=alb["LoadBalancerArn"],
            Protocol="HTTPS",
            Port=443,
            Certificates=[{"CertificateArn": certificate}],
            DefaultActions=[{"Type": "forward", "TargetGroupArn": group}],
        )

        own = MORE % (instance["InstanceId"], certificate, alb["LoadBalancerArn"])
        sandbox.estate = estate(
            tmp_path,
            **{
                "hub": FILES["hub"] + own,
                "payments": FILES["payments"] % "batch: {reason: run batches}, web: {reason: use the web}",
                "grant-payments": FILES["grant-payments"]
                % "batch: {approved: SEC-2}, web: {approved: SEC-3}",
            },
        )
        sandbox.up_all()

        connected = {
            one.service
            for one in endpoint_connections(ec2)
            if (one.account, one.state) == ("222222222222", "available")
        }
        assert connected == {"ledger", "batch", "web"}
        groups = {
            re.sub(r"-443-.*", "", group["TargetGroupName"]): group
            for group in elb.describe_target_groups()["TargetGroups"]
            if group["TargetGroupName"] != "front"
        }
        assert {
            name: (group["TargetType"], group["Protocol"], group["Port"], group["HealthCheckProtocol"])
            for name, group in groups.items()
        } == {
            "hub-ledger": ("ip", "TCP", 8443, "TCP"),
            "hub-batch": ("instance", "TLS", 9000, "TCP"),
            "hub-web": ("alb", "TCP", 443, "HTTPS"),
        }
        targets = {
            name: [
                health["Target"]["Id"]
                for health in elb.describe_target_health(TargetGroupArn=group["TargetGroupArn"])[
                    "TargetHealthDescriptions"
                ]
            ]
            for name, group in groups.items()
        }
        assert targets == {
            "hub-ledger": ["10.0.0.10"],
            "hub-batch": [instance["InstanceId"]],
            "hub-web": [alb["LoadBalancerArn"]],
        }
        attributes = elb.describe_target_group_attributes(
            TargetGroupArn=groups["hub-ledger"]["TargetGroupArn"]
        )
        assert {"Key": "proxy_protocol_v2.enabled", "Value": "true"} in attributes["Attributes"]
