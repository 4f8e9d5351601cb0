"""Every row of the resource table: made, read, changed and removed, it leaves the world as it was."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from landline.sandbox.input_types import mistakes, output_names
from landline.sandbox.resources.table import INVOKES, RESOURCE_TYPES, named, row_of, unsupported
from tests.sandbox.places import HUB, REGION, SPOKE, Network, balancer, connect, network, service

if TYPE_CHECKING:
    from collections.abc import Callable

    from landline.sandbox.resource_type import Properties
    from landline.sandbox.world import World, WorldPlace

TAGS = {"tags": {"team": "a", "old": "x"}}
RETAGGED = {"tags": {"team": "b", "new": "y"}}
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "ecs.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
)
ALLOW = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}
)


@dataclass(frozen=True, slots=True)
class Case:
    """A type, what it needs, and a change that is made in place."""

    token: str
    inputs: Callable[[Stage], Properties]
    change: Callable[[Stage], Properties] = field(default=lambda _: {})


class Stage:
    """Things that a resource may refer to, made on demand in one account, with boto3 or other rows."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.place: WorldPlace = world.place(HUB, REGION)
        self._made: dict[str, Any] = {}

    def once(self, key: str, make: Callable[[], Any]) -> Any:  # noqa: ANN401
        if key not in self._made:
            self._made[key] = make()
        return self._made[key]

    def administers(self, service: str) -> Stage:
        """Has the account designated by another one."""
        management: Any = self.world.place(SPOKE, REGION).client(service)
        management.enable_organization_admin_account(AdminAccountId=HUB)
        return self

    @property
    def network(self) -> Network:
        made: Network = self.once("network", lambda: network(self.world, HUB))
        return made

    @property
    def balancer(self) -> str:
        return str(self.once("balancer", lambda: balancer(self.world, self.network)))

    def row(self, kind: str, /, **inputs: Any) -> Properties:  # noqa: ANN401
        """The outputs of another row, made once."""
        token = next(t for t in RESOURCE_TYPES if t.endswith(f":{kind}"))

        def make() -> Properties:
            row = row_of(token)
            return row.create(self.place, named(row, f"urn::{kind}", dict(inputs))).outputs

        made: Properties = self.once(f"row {kind}", make)
        return made

    @property
    def bucket(self) -> str:
        return str(self.row("Bucket", bucket="store", objectLockEnabled=True)["id"])

    @property
    def key(self) -> Properties:
        return self.row("Key")

    @property
    def role(self) -> Properties:
        return self.row("Role", name="role", assumeRolePolicy=TRUST)

    @property
    def task(self) -> Properties:
        return self.row(
            "TaskDefinition",
            family="front",
            cpu="256",
            memory="512",
            networkMode="awsvpc",
            requiresCompatibilities=["FARGATE"],
            containerDefinitions=json.dumps([{"name": "front", "image": "x"}]),
        )

    @property
    def default(self) -> Properties:
        """What a VPC comes with."""
        return row_of("aws:ec2/vpc:Vpc").read(self.place, self.network.vpc, {}) or {}

    @property
    def offered(self) -> Any:  # noqa: ANN401
        return self.once("service", lambda: service(self.world, self.network, accepted=True))

    @property
    def asked(self) -> str:
        def ask() -> str:
            return str(connect(self.world, network(self.world, SPOKE), self.offered.name)["VpcEndpointId"])

        return str(self.once("asked", ask))


def _endpoint(stage: Stage) -> Properties:
    return {
        "vpcId": stage.network.vpc,
        "serviceName": "com.amazonaws.eu-west-1.kms",
        "vpcEndpointType": "Interface",
        "subnetIds": list(stage.network.subnets[:2]),
        "securityGroupIds": [stage.network.group],
        "privateDnsEnabled": True,
        **TAGS,
    }


def _ingress(stage: Stage) -> Properties:
    return {
        "securityGroupId": stage.network.group,
        "ipProtocol": "tcp",
        "fromPort": 443,
        "toPort": 443,
        "cidrIpv4": "10.40.0.0/20",
        "description": "payments",
        **TAGS,
    }


def _firehose(stage: Stage) -> Properties:
    return {
        "name": "delivery",
        "destination": "extended_s3",
        "extendedS3Configuration": {
            "bucketArn": f"arn:aws:s3:::{stage.bucket}",
            "roleArn": stage.role["arn"],
            "bufferingInterval": 60,
            "bufferingSize": 5,
            "kmsKeyArn": stage.key["arn"],
            "cloudwatchLoggingOptions": {"enabled": True, "logGroupName": "g", "logStreamName": "s"},
        },
        "serverSideEncryption": {"enabled": True, "keyType": "AWS_OWNED_CMK"},
        **TAGS,
    }


def _publishing(stage: Stage) -> Properties:
    """A topic to which CloudWatch and PrivateLink may publish."""
    arn = f"arn:aws:sns:{REGION}:{HUB}:watch"
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": ["cloudwatch.amazonaws.com", "vpce.amazonaws.com"]},
        "Action": "sns:Publish",
        "Resource": arn,
        "Condition": {"StringEquals": {"aws:SourceAccount": HUB}},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    return stage.row("Topic", name="watch", policy=policy)


def _band(stage: Stage) -> Properties:
    metric = {
        "namespace": "AWS/PrivateLinkServices",
        "metricName": "BytesProcessed",
        "dimensions": {"Service Id": "vpce-svc-0123456789abcdef0"},
        "period": 300,
        "stat": "Sum",
    }
    return {
        "name": "hub/logging/bytes",
        "alarmDescription": "bytes",
        "comparisonOperator": "GreaterThanUpperThreshold",
        "evaluationPeriods": 3,
        "datapointsToAlarm": 3,
        "thresholdMetricId": "band",
        "treatMissingData": "notBreaching",
        "alarmActions": [_publishing(stage)["arn"]],
        "metricQueries": [
            {"id": "m", "metric": metric, "returnData": True},
            {
                "id": "band",
                "expression": "ANOMALY_DETECTION_BAND(m, 3)",
                "label": "expected",
                "returnData": True,
            },
        ],
        **TAGS,
    }


def _board(*lines: object) -> str:
    widget = {"type": "metric", "properties": {"region": REGION, "metrics": list(lines)}}
    return json.dumps({"widgets": [widget]})


CASES = (
    Case(
        "aws:ec2/vpc:Vpc",
        lambda _: {"cidrBlock": "10.9.0.0/16", "enableDnsSupport": True, "enableDnsHostnames": True, **TAGS},
        lambda _: {"enableDnsHostnames": False, **RETAGGED},
    ),
    Case(
        "aws:ec2/subnet:Subnet",
        lambda s: {
            "vpcId": s.network.vpc,
            "cidrBlock": "10.0.200.0/24",
            "availabilityZoneId": "euw1-az1",
            "mapPublicIpOnLaunch": False,
            "assignIpv6AddressOnCreation": False,
            **TAGS,
        },
        lambda _: {"mapPublicIpOnLaunch": True, **RETAGGED},
    ),
    Case("aws:ec2/routeTable:RouteTable", lambda s: {"vpcId": s.network.vpc, **TAGS}, lambda _: RETAGGED),
    Case(
        "aws:ec2/routeTableAssociation:RouteTableAssociation",
        lambda s: {
            "subnetId": s.network.subnets[0],
            "routeTableId": s.row("RouteTable", vpcId=s.network.vpc)["id"],
        },
    ),
    Case(
        "aws:ec2/networkAcl:NetworkAcl",
        lambda s: {
            "vpcId": s.network.vpc,
            "subnetIds": [s.network.subnets[0]],
            "ingress": [
                {
                    "ruleNo": 100,
                    "action": "allow",
                    "protocol": "-1",
                    "cidrBlock": "10.0.0.0/16",
                    "fromPort": 0,
                    "toPort": 0,
                },
                {
                    "ruleNo": 110,
                    "action": "allow",
                    "protocol": "tcp",
                    "cidrBlock": "0.0.0.0/0",
                    "fromPort": 1024,
                    "toPort": 65535,
                },
            ],
            "egress": [],
            **TAGS,
        },
        lambda s: {"ingress": [], "subnetIds": list(s.network.subnets[1:]), **RETAGGED},
    ),
    Case(
        "aws:ec2/securityGroup:SecurityGroup",
        lambda s: {"vpcId": s.network.vpc, "name": "clients", "description": "clients", **TAGS},
        lambda _: RETAGGED,
    ),
    Case(
        "aws:ec2/managedPrefixList:ManagedPrefixList",
        lambda _: {
            "name": "clients",
            "addressFamily": "IPv4",
            "maxEntries": 1,
            "entries": [{"cidr": "10.40.0.0/20", "description": "payments"}],
            **TAGS,
        },
        lambda _: {
            "name": "callers",
            "maxEntries": 2,
            "entries": [
                {"cidr": "10.40.0.0/20", "description": "payments again"},
                {"cidr": "10.41.0.0/20", "description": "payments"},
            ],
            **RETAGGED,
        },
    ),
    Case("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", _ingress, lambda _: RETAGGED),
    Case("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", _ingress, lambda _: RETAGGED),
    Case(
        "aws:ec2/flowLog:FlowLog",
        lambda s: {
            "vpcId": s.network.vpc,
            "trafficType": "ALL",
            "logDestinationType": "cloud-watch-logs",
            "logDestination": s.row("LogGroup", name="flows")["arn"],
            "iamRoleArn": s.role["arn"],
            "logFormat": "${version} ${vpc-id}",
            "maxAggregationInterval": 60,
            **TAGS,
        },
        lambda _: RETAGGED,
    ),
    Case(
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        _endpoint,
        lambda s: {"subnetIds": list(s.network.subnets[1:]), "privateDnsEnabled": False, **RETAGGED},
    ),
    Case(
        "aws:ec2/vpcEndpointService:VpcEndpointService",
        lambda s: {
            "acceptanceRequired": True,
            "networkLoadBalancerArns": [s.balancer],
            "supportedIpAddressTypes": ["ipv4"],
            **TAGS,
        },
        lambda _: {"acceptanceRequired": False, **RETAGGED},
    ),
    Case(
        "aws:ec2/vpcEndpointServiceAllowedPrinciple:VpcEndpointServiceAllowedPrinciple",
        lambda s: {
            "vpcEndpointServiceId": s.offered.id,
            "principalArn": "arn:aws:iam::333333333333:root",
        },
    ),
    Case(
        "aws:ec2/vpcBlockPublicAccessOptions:VpcBlockPublicAccessOptions",
        lambda _: {"internetGatewayBlockMode": "block-bidirectional"},
        lambda _: {"internetGatewayBlockMode": "block-ingress"},
    ),
    Case(
        "aws:lb/loadBalancer:LoadBalancer",
        lambda s: {
            "name": "nlb",
            "internal": True,
            "loadBalancerType": "network",
            "subnets": list(s.network.subnets[:2]),
            "securityGroups": [s.network.group],
            "enforceSecurityGroupInboundRulesOnPrivateLinkTraffic": "on",
            "enableCrossZoneLoadBalancing": True,
            "enableDeletionProtection": False,
            "ipAddressType": "ipv4",
            **TAGS,
        },
        lambda s: {
            "subnets": list(s.network.subnets),
            "enableCrossZoneLoadBalancing": False,
            "enforceSecurityGroupInboundRulesOnPrivateLinkTraffic": "off",
            **RETAGGED,
        },
    ),
    Case(
        "aws:lb/targetGroup:TargetGroup",
        lambda s: {
            "name": "targets",
            "targetType": "ip",
            "protocol": "TCP",
            "port": 8443,
            "vpcId": s.network.vpc,
            "proxyProtocolV2": True,
            "preserveClientIp": "false",
            "deregistrationDelay": 30,
            "healthCheck": {
                "protocol": "TCP",
                "interval": 10,
                "healthyThreshold": 3,
                "unhealthyThreshold": 3,
            },
            **TAGS,
        },
        lambda _: {
            "deregistrationDelay": 60,
            "healthCheck": {"protocol": "TCP", "interval": 30},
            **RETAGGED,
        },
    ),
    Case(
        "aws:lb/targetGroupAttachment:TargetGroupAttachment",
        lambda s: {
            "targetGroupArn": s.row(
                "TargetGroup", name="t", targetType="ip", protocol="TCP", port=443, vpcId=s.network.vpc
            )["arn"],
            "targetId": "10.0.0.99",
            "port": 443,
        },
    ),
    Case(
        "aws:lb/listener:Listener",
        lambda s: {
            "loadBalancerArn": s.balancer,
            "port": 443,
            "protocol": "TCP",
            "defaultActions": [
                {
                    "type": "forward",
                    "targetGroupArn": s.row(
                        "TargetGroup",
                        name="t",
                        targetType="ip",
                        protocol="TCP",
                        port=443,
                        vpcId=s.network.vpc,
                    )["arn"],
                }
            ],
            **TAGS,
        },
        lambda _: {"port": 8443, **RETAGGED},
    ),
    Case(
        "aws:route53/zone:Zone",
        lambda s: {
            "name": "hub.landline.internal",
            "comment": "lines",
            "vpcs": [{"vpcId": s.network.vpc, "vpcRegion": REGION}],
            "forceDestroy": False,
            **TAGS,
        },
        lambda _: {"comment": "private lines", **RETAGGED},
    ),
    Case(
        "aws:route53/record:Record",
        lambda s: {
            "zoneId": s.row("Zone", name="z.internal", vpcs=[{"vpcId": s.network.vpc}])["zoneId"],
            "name": "logging.z.internal",
            "type": "A",
            "aliases": [
                {"name": "vpce-1.example.com", "zoneId": "Z123", "evaluateTargetHealth": False},
            ],
        },
        lambda _: {
            "aliases": [{"name": "vpce-2.example.com", "zoneId": "Z123", "evaluateTargetHealth": True}]
        },
    ),
    Case(
        "aws:route53/resolverFirewallDomainList:ResolverFirewallDomainList",
        lambda _: {"name": "allowed", "domains": ["a.example.com", "*.b.example.com"], **TAGS},
        lambda _: {"domains": ["c.example.com"], **RETAGGED},
    ),
    Case(
        "aws:route53/resolverFirewallRuleGroup:ResolverFirewallRuleGroup",
        lambda _: {"name": "garden", **TAGS},
        lambda _: RETAGGED,
    ),
    Case(
        "aws:route53/resolverFirewallRule:ResolverFirewallRule",
        lambda s: {
            "name": "block",
            "firewallRuleGroupId": s.row("ResolverFirewallRuleGroup", name="g")["id"],
            "firewallDomainListId": s.row("ResolverFirewallDomainList", name="d", domains=["*"])["id"],
            "priority": 200,
            "action": "BLOCK",
            "blockResponse": "NXDOMAIN",
        },
        lambda _: {"priority": 300, "blockResponse": "NODATA"},
    ),
    Case(
        "aws:route53/resolverFirewallRuleGroupAssociation:ResolverFirewallRuleGroupAssociation",
        lambda s: {
            "name": "own",
            "firewallRuleGroupId": s.row("ResolverFirewallRuleGroup", name="g")["id"],
            "vpcId": s.network.vpc,
            "priority": 101,
            "mutationProtection": "ENABLED",
            **TAGS,
        },
        lambda _: {"mutationProtection": "DISABLED", "priority": 102, **RETAGGED},
    ),
    Case(
        "aws:route53/resolverFirewallConfig:ResolverFirewallConfig",
        lambda s: {"resourceId": s.network.vpc, "firewallFailOpen": "ENABLED"},
        lambda _: {"firewallFailOpen": "DISABLED"},
    ),
    Case(
        "aws:route53/resolverQueryLogConfig:ResolverQueryLogConfig",
        lambda s: {"name": "queries", "destinationArn": s.row("LogGroup", name="queries")["arn"], **TAGS},
        lambda _: RETAGGED,
    ),
    Case(
        "aws:route53/resolverQueryLogConfigAssociation:ResolverQueryLogConfigAssociation",
        lambda s: {
            "resolverQueryLogConfigId": s.row(
                "ResolverQueryLogConfig", name="queries", destinationArn=s.row("LogGroup", name="q")["arn"]
            )["id"],
            "resourceId": s.network.vpc,
        },
    ),
    Case(
        "aws:cloudwatch/queryDefinition:QueryDefinition",
        lambda _: {"name": "a/b", "queryString": "fields @message", "logGroupNames": ["flows"]},
        lambda _: {"queryString": "fields @timestamp", "logGroupNames": ["flows", "more"]},
    ),
    Case(
        "aws:cloudwatch/logGroup:LogGroup",
        lambda s: {"name": "/logs", "retentionInDays": 30, "kmsKeyId": s.key["arn"], **TAGS},
        lambda _: {"retentionInDays": 90, **RETAGGED},
    ),
    Case(
        "aws:cloudwatch/logResourcePolicy:LogResourcePolicy",
        lambda _: {"policyName": "events", "policyDocument": ALLOW},
        lambda _: {"policyDocument": TRUST},
    ),
    Case(
        "aws:cloudwatch/eventBus:EventBus",
        lambda _: {"name": "findings", "description": "findings", **TAGS},
        lambda _: RETAGGED,
    ),
    Case(
        "aws:cloudwatch/eventRule:EventRule",
        lambda s: {
            "name": "all",
            "eventBusName": s.row("EventBus", name="bus")["name"],
            "eventPattern": json.dumps({"source": ["landline"]}),
            "description": "all",
            **TAGS,
        },
        lambda _: {"description": "every one", **RETAGGED},
    ),
    Case(
        "aws:cloudwatch/eventTarget:EventTarget",
        lambda s: {
            "eventBusName": s.row("EventBus", name="bus")["name"],
            "rule": s.row(
                "EventRule", name="r", eventBusName="bus", eventPattern=json.dumps({"source": ["x"]})
            )["name"],
            "arn": s.row("LogGroup", name="/aws/events/findings")["arn"],
        },
    ),
    Case(
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        _band,
        lambda s: {
            "alarmDescription": "more bytes",
            "metricQueries": [
                _band(s)["metricQueries"][0],
                {**_band(s)["metricQueries"][1], "expression": "ANOMALY_DETECTION_BAND(m, 2)"},
            ],
            **RETAGGED,
        },
    ),
    Case(
        "aws:cloudwatch/dashboard:Dashboard",
        lambda _: {"dashboardName": "lines", "dashboardBody": _board(["AWS/EC2", "X", "Y", "z"])},
        lambda _: {"dashboardBody": _board([{"expression": "SEARCH('{AWS/EC2,InstanceId}', 'Sum', 300)"}])},
    ),
    Case(
        "aws:sns/topic:Topic",
        lambda s: {
            "name": "watch",
            "displayName": "watch",
            "kmsMasterKeyId": s.key["arn"],
            "policy": ALLOW,
            **TAGS,
        },
        lambda _: {"displayName": "the watch", **RETAGGED},
    ),
    Case(
        "aws:sns/topicSubscription:TopicSubscription",
        lambda s: {
            "topic": _publishing(s)["arn"],
            "protocol": "email",
            "endpoint": "oncall@example.com",
        },
    ),
    Case(
        "aws:ec2/vpcEndpointConnectionNotification:VpcEndpointConnectionNotification",
        lambda s: {
            "vpcEndpointServiceId": s.offered.id,
            "connectionNotificationArn": _publishing(s)["arn"],
            "connectionEvents": ["Connect", "Accept", "Reject", "Delete"],
        },
        lambda _: {"connectionEvents": ["Reject"]},
    ),
    Case(
        "aws:kms/key:Key",
        lambda _: {"description": "store", "enableKeyRotation": True, "deletionWindowInDays": 7, **TAGS},
        lambda _: {"description": "the store", "enableKeyRotation": False, **RETAGGED},
    ),
    Case("aws:kms/alias:Alias", lambda s: {"name": "alias/store", "targetKeyId": s.key["keyId"]}),
    Case(
        "aws:s3/bucket:Bucket",
        lambda _: {"bucket": "archive", "objectLockEnabled": True, "forceDestroy": False, **TAGS},
        lambda _: RETAGGED,
    ),
    Case(
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        lambda s: {"bucket": s.bucket, "blockPublicAcls": True, "blockPublicPolicy": True},
        lambda _: {"ignorePublicAcls": True, "restrictPublicBuckets": True},
    ),
    Case(
        "aws:s3/bucketVersioning:BucketVersioning",
        lambda s: {
            "bucket": s.row("Bucket", bucket="plain")["id"],
            "versioningConfiguration": {"status": "Enabled"},
        },
    ),
    Case(
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        lambda s: {
            "bucket": s.bucket,
            "rules": [
                {
                    "applyServerSideEncryptionByDefault": {
                        "sseAlgorithm": "aws:kms",
                        "kmsMasterKeyId": s.key["arn"],
                    },
                    "bucketKeyEnabled": True,
                }
            ],
        },
        lambda _: {"rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}]},
    ),
    Case(
        "aws:s3/bucketPolicy:BucketPolicy",
        lambda s: {"bucket": s.bucket, "policy": ALLOW},
        lambda _: {"policy": json.dumps({"Version": "2012-10-17", "Statement": []})},
    ),
    Case(
        "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
        lambda s: {"bucket": s.bucket, "rule": {"defaultRetention": {"mode": "GOVERNANCE", "days": 400}}},
        lambda _: {"rule": {"defaultRetention": {"mode": "GOVERNANCE", "days": 800}}},
    ),
    Case(
        "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        lambda s: {
            "bucket": s.bucket,
            "rules": [
                {
                    "id": "expire",
                    "status": "Enabled",
                    "filter": {},
                    "expiration": {"days": 400},
                    "noncurrentVersionExpiration": {"noncurrentDays": 1},
                    "abortIncompleteMultipartUpload": {"daysAfterInitiation": 7},
                }
            ],
        },
        lambda _: {
            "rules": [{"id": "expire", "status": "Disabled", "filter": {}, "expiration": {"days": 1}}]
        },
    ),
    Case(
        "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock",
        lambda _: {"accountId": HUB, "blockPublicAcls": True, "restrictPublicBuckets": True},
        lambda _: {"ignorePublicAcls": True, "blockPublicPolicy": True},
    ),
    Case(
        "aws:ssm/parameter:Parameter",
        lambda _: {
            "name": "/landline/hub/spokes/payments",
            "type": "String",
            "insecureValue": "{}",
            "description": "who",
            **TAGS,
        },
        lambda _: {"insecureValue": '{"team": "payments"}', "description": "who it is", **RETAGGED},
    ),
    Case(
        "aws:secretsmanager/secret:Secret",
        lambda _: {"name": "tls", "description": "certificate", "recoveryWindowInDays": 7, **TAGS},
        lambda _: {"description": "certificate and key", **RETAGGED},
    ),
    Case("aws:ecs/cluster:Cluster", lambda _: {"name": "cluster", **TAGS}, lambda _: RETAGGED),
    Case(
        "aws:ecs/taskDefinition:TaskDefinition",
        lambda s: {
            "family": "collector",
            "cpu": "256",
            "memory": "512",
            "networkMode": "awsvpc",
            "requiresCompatibilities": ["FARGATE"],
            "runtimePlatform": {"operatingSystemFamily": "LINUX", "cpuArchitecture": "ARM64"},
            "executionRoleArn": s.role["arn"],
            "containerDefinitions": json.dumps([{"name": "front", "image": "x"}]),
            **TAGS,
        },
        lambda _: RETAGGED,
    ),
    Case(
        "aws:ecs/service:Service",
        lambda s: {
            "name": "collector",
            "cluster": s.row("Cluster", name="c")["arn"],
            "taskDefinition": s.task["arn"],
            "desiredCount": 2,
            "launchType": "FARGATE",
            "networkConfiguration": {
                "subnets": list(s.network.subnets[:2]),
                "securityGroups": [s.network.group],
                "assignPublicIp": False,
            },
            "deploymentCircuitBreaker": {"enable": True, "rollback": True},
            "enableExecuteCommand": False,
            "propagateTags": "SERVICE",
            **TAGS,
        },
        lambda _: {"desiredCount": 1, **RETAGGED},
    ),
    Case(
        "aws:iam/role:Role",
        lambda _: {"name": "task", "assumeRolePolicy": TRUST, "description": "task", **TAGS},
        lambda _: {"description": "the task", **RETAGGED},
    ),
    Case(
        "aws:iam/rolePolicy:RolePolicy",
        lambda s: {"name": "own", "role": s.role["id"], "policy": ALLOW},
        lambda _: {"policy": ALLOW.replace("GetObject", "PutObject")},
    ),
    Case(
        "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream",
        _firehose,
        lambda s: {
            "extendedS3Configuration": {
                "bucketArn": f"arn:aws:s3:::{s.bucket}",
                "roleArn": s.role["arn"],
                "bufferingInterval": 300,
                "bufferingSize": 5,
            },
            **RETAGGED,
        },
    ),
    Case("aws:ebs/encryptionByDefault:EncryptionByDefault", lambda _: {"enabled": True}),
    Case(
        "aws:guardduty/detector:Detector",
        lambda _: {"enable": True, "findingPublishingFrequency": "ONE_HOUR", **TAGS},
        lambda _: {"findingPublishingFrequency": "SIX_HOURS"},
    ),
    Case(
        "aws:securityhub/account:Account",
        lambda _: {"enableDefaultStandards": False, "controlFindingGenerator": "SECURITY_CONTROL"},
    ),
    Case(
        "aws:guardduty/organizationAdminAccount:OrganizationAdminAccount",
        lambda _: {"adminAccountId": SPOKE},
    ),
    Case(
        "aws:guardduty/organizationConfiguration:OrganizationConfiguration",
        lambda s: {
            "detectorId": s.administers("guardduty").row("Detector", enable=True)["id"],
            "autoEnableOrganizationMembers": "NEW",
        },
        lambda _: {"autoEnableOrganizationMembers": "ALL"},
    ),
    Case(
        "aws:securityhub/organizationAdminAccount:OrganizationAdminAccount",
        lambda _: {"adminAccountId": SPOKE},
    ),
    Case(
        "aws:securityhub/organizationConfiguration:OrganizationConfiguration",
        lambda s: {"autoEnable": s.administers("securityhub") is None, "autoEnableStandards": "NONE"},
        lambda _: {"autoEnable": True, "autoEnableStandards": "DEFAULT"},
    ),
    Case(
        "aws:cloudtrail/trail:Trail",
        lambda s: {
            "name": "network-activity",
            "s3BucketName": s.bucket,
            "kmsKeyId": s.key["arn"],
            "enableLogFileValidation": True,
            "includeGlobalServiceEvents": False,
            "isMultiRegionTrail": False,
            "advancedEventSelectors": [
                {
                    "name": "endpoints",
                    "fieldSelectors": [{"field": "eventCategory", "equals": ["NetworkActivity"]}],
                }
            ],
            **TAGS,
        },
        lambda _: {"enableLogFileValidation": False, **RETAGGED},
    ),
)
ADOPTED = {
    "aws:ec2/defaultRouteTable:DefaultRouteTable",
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
    "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl",
    "aws:ec2/vpcEndpointConnectionAccepter:VpcEndpointConnectionAccepter",
    "aws:vpc/endpointServicePrivateDnsVerification:EndpointServicePrivateDnsVerification",
}
"""Types that change what is there instead of making something; each has a test of its own below."""


def test_every_row_is_tested() -> None:
    assert {case.token for case in CASES} | ADOPTED == set(RESOURCE_TYPES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.token.removeprefix("aws:"))
def test_round_trip(world: World, case: Case) -> None:
    stage, row = Stage(world), row_of(case.token)
    inputs = case.inputs(stage)
    assert not unsupported(row, inputs)
    assert mistakes(case.token, inputs) == ()
    before = described(stage.place)

    made = row.create(stage.place, inputs)
    assert made.outputs["id"] == made.id
    assert {k: made.outputs[k] for k in inputs if k != "tags"} == {
        k: v for k, v in inputs.items() if k != "tags"
    }, "outputs hold the inputs"
    if row.tagged:
        assert made.outputs["tagsAll"] == inputs["tags"]
    assert set(made.outputs) - {"id"} <= output_names(case.token), "no output that the provider lacks"
    assert row.read(stage.place, made.id, made.outputs) == made.outputs

    changed = {**inputs, **case.change(stage)}
    assert not {k for k in changed if changed[k] != inputs.get(k)} & row.replace_on
    if changed != inputs:
        outputs = row.update(stage.place, made.id, inputs, changed)
        assert {k: outputs[k] for k in changed if k != "tags"} == {
            k: v for k, v in changed.items() if k != "tags"
        }
        if row.tagged:
            assert outputs["tagsAll"] == changed["tags"]
        assert row.read(stage.place, made.id, outputs) == outputs
    else:
        outputs = made.outputs

    row.delete(stage.place, made.id, outputs)
    assert described(stage.place) == before, "deletion leaves the world as it was"
    row.delete(stage.place, made.id, outputs)


def test_a_private_name_is_verified_by_the_record_that_the_service_asks_for(world: World) -> None:
    stage = Stage(world)
    zone = stage.row("Zone", name="example.com")
    offered = stage.row(
        "VpcEndpointService",
        acceptanceRequired=False,
        networkLoadBalancerArns=[stage.balancer],
        privateDnsName="logging.example.com",
    )
    [asked] = offered["privateDnsNameConfigurations"]
    row = row_of("aws:vpc/endpointServicePrivateDnsVerification:EndpointServicePrivateDnsVerification")
    inputs = {"serviceId": offered["id"], "waitForVerification": True}
    assert mistakes(row.token, inputs) == ()
    assert (asked["state"], asked["type"]) == ("pendingVerification", "TXT")
    with pytest.raises(ClientError, match=f"is failed: there is no TXT record {asked['name']}"):
        row.create(stage.place, inputs)

    stage.row(
        "Record",
        zoneId=zone["zoneId"],
        name=f"{asked['name']}.logging.example.com",
        type="TXT",
        ttl=1800,
        records=[asked["value"]],
    )
    made = row.create(stage.place, inputs)

    assert set(made.outputs) - {"id"} <= output_names(row.token)
    assert row.read(stage.place, made.id, made.outputs) == made.outputs
    service_row = row_of("aws:ec2/vpcEndpointService:VpcEndpointService")
    read = service_row.read(stage.place, offered["id"], offered) or {}
    assert read["privateDnsNameConfigurations"] == [{**asked, "state": "verified"}]
    row.delete(stage.place, made.id, made.outputs)
    assert service_row.read(stage.place, offered["id"], offered) == read, "AWS takes no verification back"
    row_of("aws:ec2/vpcEndpointService:VpcEndpointService").delete(stage.place, offered["id"], offered)
    assert row.read(stage.place, made.id, made.outputs) is None


def described(place: WorldPlace) -> dict[str, Any]:
    """What an account holds, by describe calls over every noun that the table makes."""
    ec2, elbv2 = place.client("ec2"), place.client("elbv2")
    resolver, ecs, events = place.client("route53resolver"), place.client("ecs"), place.client("events")
    s3, iam, logs, kms = place.client("s3"), place.client("iam"), place.client("logs"), place.client("kms")
    buses = [bus["Name"] for bus in events.list_event_buses()["EventBuses"]]
    rules = [(bus, r["Name"]) for bus in buses for r in events.list_rules(EventBusName=bus)["Rules"]]
    zones = place.client("route53").list_hosted_zones()["HostedZones"]
    groups = elbv2.describe_target_groups()["TargetGroups"]
    rule_groups = resolver.list_firewall_rule_groups()["FirewallRuleGroups"]
    roles = sorted(role["RoleName"] for role in iam.list_roles()["Roles"])
    aliases = [
        a["AliasName"] for a in kms.list_aliases()["Aliases"] if not a["AliasName"].startswith("alias/aws/")
    ]

    def ids(documents: list[dict[str, Any]], key: str) -> list[str]:
        return sorted(document[key] for document in documents)

    def subresource(bucket: str, call: str) -> Any:  # noqa: ANN401
        try:
            answer = getattr(s3, call)(Bucket=bucket)
        except s3.exceptions.ClientError:
            return None
        answer.pop("ResponseMetadata")
        # Suspended is what a bucket that once had versions goes back to.
        return None if answer.get("Status") in {None, "Suspended"} and call.endswith("versioning") else answer

    account = place.client("s3control")
    try:
        block = account.get_public_access_block(AccountId=place.account)["PublicAccessBlockConfiguration"]
    except account.exceptions.ClientError:
        block = None
    try:
        hub = place.client("securityhub").describe_hub()["HubArn"]
    except place.client("securityhub").exceptions.ClientError:
        hub = None
    parameters = place.client("ssm").describe_parameters()["Parameters"]
    secrets = place.client("secretsmanager").list_secrets()["SecretList"]
    return {
        "parameters": ids(parameters, "Name"),
        "secrets": ids(secrets, "Name"),
        "guardduty administrators": place.client("guardduty").list_organization_admin_accounts()[
            "AdminAccounts"
        ],
        "security hub administrators": place.client("securityhub").list_organization_admin_accounts()[
            "AdminAccounts"
        ],
        "vpcs": ids(ec2.describe_vpcs()["Vpcs"], "VpcId"),
        "subnets": ids(ec2.describe_subnets()["Subnets"], "SubnetId"),
        "route tables": [
            (t["RouteTableId"], t["Routes"], sorted(a.get("SubnetId", "main") for a in t["Associations"]))
            for t in ec2.describe_route_tables()["RouteTables"]
        ],
        "acls": sorted(
            (a["NetworkAclId"], tuple(sorted(x["SubnetId"] for x in a["Associations"])))
            for a in ec2.describe_network_acls()["NetworkAcls"]
        ),
        "groups": ids(ec2.describe_security_groups()["SecurityGroups"], "GroupId"),
        "rules": ids(ec2.describe_security_group_rules()["SecurityGroupRules"], "SecurityGroupRuleId"),
        "prefix lists": ids(ec2.describe_managed_prefix_lists()["PrefixLists"], "PrefixListId"),
        "flow logs": ids(ec2.describe_flow_logs()["FlowLogs"], "FlowLogId"),
        "interfaces": ids(ec2.describe_network_interfaces()["NetworkInterfaces"], "NetworkInterfaceId"),
        "endpoints": ids(ec2.describe_vpc_endpoints()["VpcEndpoints"], "VpcEndpointId"),
        "notifications": ids(
            ec2.describe_vpc_endpoint_connection_notifications()["ConnectionNotificationSet"],
            "ConnectionNotificationId",
        ),
        "alarms": ids(place.client("cloudwatch").describe_alarms()["MetricAlarms"], "AlarmName"),
        "dashboards": ids(place.client("cloudwatch").list_dashboards()["DashboardEntries"], "DashboardName"),
        "topics": ids(place.client("sns").list_topics()["Topics"], "TopicArn"),
        "subscriptions": ids(place.client("sns").list_subscriptions()["Subscriptions"], "SubscriptionArn"),
        "services": [
            (
                s["ServiceId"],
                ec2.describe_vpc_endpoint_service_permissions(ServiceId=s["ServiceId"])["AllowedPrincipals"],
            )
            for s in ec2.describe_vpc_endpoint_service_configurations()["ServiceConfigurations"]
        ],
        "block": ec2.describe_vpc_block_public_access_options()["VpcBlockPublicAccessOptions"][
            "InternetGatewayBlockMode"
        ],
        "ebs": ec2.get_ebs_encryption_by_default()["EbsEncryptionByDefault"],
        "balancers": [
            (
                b["LoadBalancerArn"],
                ids(
                    elbv2.describe_listeners(LoadBalancerArn=b["LoadBalancerArn"])["Listeners"], "ListenerArn"
                ),
            )
            for b in elbv2.describe_load_balancers()["LoadBalancers"]
        ],
        "target groups": sorted(
            (
                g["TargetGroupArn"],
                len(
                    elbv2.describe_target_health(TargetGroupArn=g["TargetGroupArn"])[
                        "TargetHealthDescriptions"
                    ]
                ),
            )
            for g in groups
        ),
        "zones": [
            (
                z["Id"],
                len(
                    place.client("route53").list_resource_record_sets(HostedZoneId=z["Id"])[
                        "ResourceRecordSets"
                    ]
                ),
            )
            for z in zones
        ],
        "query logs": [
            resolver.list_resolver_query_log_configs()["ResolverQueryLogConfigs"],
            resolver.list_resolver_query_log_config_associations()["ResolverQueryLogConfigAssociations"],
        ],
        "queries": place.client("logs").describe_query_definitions()["queryDefinitions"],
        "domain lists": ids(resolver.list_firewall_domain_lists()["FirewallDomainLists"], "Id"),
        "rule groups": [
            (g["Id"], resolver.list_firewall_rules(FirewallRuleGroupId=g["Id"])["FirewallRules"])
            for g in rule_groups
        ],
        "associations": ids(
            resolver.list_firewall_rule_group_associations()["FirewallRuleGroupAssociations"], "Id"
        ),
        "configs": sorted(
            (c["ResourceId"], c["FirewallFailOpen"])
            for c in resolver.list_firewall_configs()["FirewallConfigs"]
        ),
        "log groups": ids(logs.describe_log_groups()["logGroups"], "logGroupName"),
        "log policies": ids(logs.describe_resource_policies()["resourcePolicies"], "policyName"),
        "buses": sorted(buses),
        "event rules": [
            (bus, name, ids(events.list_targets_by_rule(Rule=name, EventBusName=bus)["Targets"], "Id"))
            for bus, name in sorted(rules)
        ],
        "keys": sorted(
            k["KeyId"]
            for k in kms.list_keys()["Keys"]
            if kms.describe_key(KeyId=k["KeyId"])["KeyMetadata"]["KeyState"] != "PendingDeletion"
        ),
        "aliases": sorted(aliases),
        "buckets": {
            b["Name"]: {
                call: subresource(b["Name"], call)
                for call in (
                    "get_public_access_block",
                    "get_bucket_versioning",
                    "get_bucket_encryption",
                    "get_bucket_policy",
                    "get_object_lock_configuration",
                    "get_bucket_lifecycle_configuration",
                )
                if not (b["Name"] == "store" and call == "get_bucket_versioning")
            }
            for b in s3.list_buckets()["Buckets"]
        },
        "account block": block,
        "clusters": sorted(
            c["clusterArn"]
            for c in ecs.describe_clusters(clusters=ecs.list_clusters()["clusterArns"])["clusters"]
            if c["status"] == "ACTIVE"
        ),
        "task definitions": sorted(ecs.list_task_definitions()["taskDefinitionArns"]),
        "roles": [(role, iam.list_role_policies(RoleName=role)["PolicyNames"]) for role in roles],
        "streams": place.client("firehose").list_delivery_streams()["DeliveryStreamNames"],
        "detectors": place.client("guardduty").list_detectors()["DetectorIds"],
        "security hub": hub,
        "trails": ids(place.client("cloudtrail").list_trails()["Trails"], "TrailARN"),
    }


class TestAdoption:
    """Default resources: emptied at adoption, left at deletion."""

    def test_route_table(self, world: World) -> None:
        stage = Stage(world)
        ec2, table = stage.place.client("ec2"), stage.default["defaultRouteTableId"]
        gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=stage.network.vpc)
        ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
        row = row_of("aws:ec2/defaultRouteTable:DefaultRouteTable")

        made = row.create(stage.place, {"defaultRouteTableId": table, "routes": [], **TAGS})

        shown = ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"][0]["Routes"]
        assert [route["GatewayId"] for route in shown] == ["local"]
        row.delete(stage.place, made.id, made.outputs)
        assert row.read(stage.place, made.id, made.outputs) == made.outputs

    def test_security_group(self, world: World) -> None:
        stage = Stage(world)
        row = row_of("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup")

        made = row.create(stage.place, {"vpcId": stage.network.vpc, **TAGS})

        assert made.id == stage.default["defaultSecurityGroupId"]
        group = stage.place.client("ec2").describe_security_groups(GroupIds=[made.id])["SecurityGroups"][0]
        assert (group["IpPermissions"], group["IpPermissionsEgress"]) == ([], [])

    def test_network_acl(self, world: World) -> None:
        stage = Stage(world)
        acl = stage.default["defaultNetworkAclId"]
        row = row_of("aws:ec2/defaultNetworkAcl:DefaultNetworkAcl")

        row.create(stage.place, {"defaultNetworkAclId": acl, **TAGS})

        shown = stage.place.client("ec2").describe_network_acls(NetworkAclIds=[acl])["NetworkAcls"][0]
        assert {entry["RuleAction"] for entry in shown["Entries"]} == {"deny"}


def test_an_accepter_accepts_and_its_deletion_rejects(world: World) -> None:
    stage = Stage(world)
    inputs = {"vpcEndpointServiceId": stage.offered.id, "vpcEndpointId": stage.asked}
    row = row_of("aws:ec2/vpcEndpointConnectionAccepter:VpcEndpointConnectionAccepter")

    made = row.create(stage.place, inputs)

    assert made.outputs["vpcEndpointState"] == "available"
    row.delete(stage.place, made.id, made.outputs)
    assert row.read(stage.place, made.id, made.outputs) is None
    connections = stage.place.client("ec2").describe_vpc_endpoint_connections()["VpcEndpointConnections"]
    assert [c["VpcEndpointState"] for c in connections] == ["rejected"]


def test_an_accepter_of_an_endpoint_that_is_gone_can_be_deleted(world: World) -> None:
    stage = Stage(world)
    inputs = {"vpcEndpointServiceId": stage.offered.id, "vpcEndpointId": stage.asked}
    row = row_of("aws:ec2/vpcEndpointConnectionAccepter:VpcEndpointConnectionAccepter")
    made = row.create(stage.place, inputs)
    world.place(SPOKE, REGION).client("ec2").delete_vpc_endpoints(VpcEndpointIds=[stage.asked])

    row.delete(stage.place, made.id, made.outputs)


class TestNames:
    bucket = RESOURCE_TYPES["aws:s3/bucket:Bucket"]
    alias = RESOURCE_TYPES["aws:kms/alias:Alias"]
    balancer = RESOURCE_TYPES["aws:lb/loadBalancer:LoadBalancer"]
    urn = "urn:pulumi:hub::landline::aws:s3/bucket:Bucket::hub-Logging"

    def test_the_logical_name_and_seven_digits(self) -> None:
        name = named(self.bucket, self.urn, {})["bucket"]

        assert name.startswith("hub-logging-")
        assert len(name) == len("hub-logging-") + 7

    def test_a_name_stays(self) -> None:
        first = named(self.bucket, self.urn, {}, salt="1")

        assert named(self.bucket, self.urn, {}, first, salt="2") == first

    def test_a_replacement_gets_another(self) -> None:
        first = named(self.bucket, self.urn, {})

        assert named(self.bucket, self.urn, {}, salt=first["bucket"]) != first

    def test_the_programs_own_name_wins(self) -> None:
        assert named(self.bucket, self.urn, {"bucket": "mine"}) == {"bucket": "mine"}

    def test_it_fits(self) -> None:
        name = named(self.balancer, f"{self.urn}{'x' * 80}", {})["name"]

        assert len(name) <= 32

    def test_an_alias_has_its_prefix(self) -> None:
        assert named(self.alias, self.urn, {})["name"].startswith("alias/hub-Logging-")


class TestDataSources:
    def test_availability_zones(self, world: World) -> None:
        answer = INVOKES["aws:index/getAvailabilityZones:getAvailabilityZones"](world.place(HUB, REGION), {})

        assert len(answer["names"]) == len(answer["zoneIds"]) == 3
        assert set(answer["zoneIds"]) == {"euw1-az1", "euw1-az2", "euw1-az3"}

    @pytest.mark.parametrize("name", ["isDefault", "is-default"])
    def test_vpcs(self, world: World, name: str) -> None:
        ask = INVOKES["aws:ec2/getVpcs:getVpcs"]
        filters = {"filters": [{"name": name, "values": ["true"]}]}

        assert ask(world.place(HUB, REGION), filters)["ids"] == []
        default = world.place(HUB, REGION).client("ec2").create_default_vpc()["Vpc"]["VpcId"]
        assert ask(world.place(HUB, REGION), filters)["ids"] == [default]

    def test_prefix_list(self, world: World) -> None:
        ask = INVOKES["aws:ec2/getPrefixList:getPrefixList"]

        answer = ask(world.place(HUB, REGION), {"name": "com.amazonaws.eu-west-1.s3"})

        assert answer["id"].startswith("pl-")
        assert answer["cidrBlocks"]
        with pytest.raises(LookupError, match="0 prefix lists match"):
            ask(world.place(HUB, REGION), {"name": "com.amazonaws.eu-west-1.nonsense"})
