"""What clients behind an endpoint may do to each AWS service: the calls of workloads, and none that share.

Actions that let somebody else in stay out of every list, because the condition keys cannot stop them: a
bucket policy, a grant on a key, a subscription by e-mail or a rule's target carries data out of the
organisation, and the request that sets it up goes to a resource of the organisation. So do actions that
administer a service. A spoke that needs one of them names it (`Access.actions`).

Which actions a service has, and which of them name a resource, is on its page of the "Service Authorization
Reference, Actions, resources, and condition keys".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from components.errors import ArgumentError


@dataclass(frozen=True, slots=True)
class ServiceActions:
    """The actions that one service's endpoint carries."""

    prefix: str
    """Of its actions, and the service in its ARNs unless `arn` says otherwise: ``sqs`` of
    ``sqs:SendMessage``."""
    on_resources: tuple[str, ...] = ()
    """Actions on a resource that can be named, without the prefix; ``*`` stands for any letters."""
    on_account: tuple[str, ...] = ()
    """Actions that name no resource, which no allow-list can narrow."""
    resources: str = "*"
    """What `on_resources` may be called on without an allow-list, with ``{partition}`` and ``{region}``."""
    parts: tuple[str, ...] | None = None
    """What follows a resource's ARN in what the actions are called on, nothing for the resource itself: with
    these an allow-list's ARNs are widened. None where no allow-list is possible."""

    def named(self, actions: tuple[str, ...]) -> tuple[str, ...]:
        """The actions with their prefix, sorted."""
        return tuple(sorted(f"{self.prefix}:{action}" for action in actions))


_PULL = ("BatchCheckLayerAvailability", "BatchGetImage", "GetDownloadUrlForLayer")

ACTIONS: Mapping[str, ServiceActions] = MappingProxyType(
    {
        "athena": ServiceActions(
            "athena",
            ("BatchGet*", "Get*", "ListQueryExecutions", "StartQueryExecution", "StopQueryExecution"),
            ("ListDataCatalogs", "ListWorkGroups"),
        ),
        "autoscaling": ServiceActions(
            "autoscaling",
            ("CompleteLifecycleAction", "RecordLifecycleActionHeartbeat", "SetInstanceHealth"),
            ("Describe*",),
        ),
        "cloudtrail": ServiceActions(
            "cloudtrail", ("GetEventSelectors", "GetTrail*"), ("DescribeTrails", "ListTrails", "LookupEvents")
        ),
        "config": ServiceActions("config", ("Describe*", "Get*"), ("List*", "PutEvaluations")),
        "dynamodb": ServiceActions(
            "dynamodb",
            (
                "BatchGetItem",
                "BatchWriteItem",
                "ConditionCheckItem",
                "DeleteItem",
                "DescribeTable",
                "GetItem",
                "PartiQL*",
                "PutItem",
                "Query",
                "Scan",
                "UpdateItem",
            ),
            ("DescribeEndpoints", "ListTables"),
            parts=("", "/index/*"),
        ),
        # Nothing but reads, and those name no resource. Much of the rest shares: images, snapshots,
        # endpoints, peerings.
        "ec2": ServiceActions("ec2", (), ("Describe*",)),
        "ecr.api": ServiceActions(
            "ecr",
            (*_PULL, "DescribeImages", "DescribeRepositories", "ListImages"),
            ("GetAuthorizationToken",),
            parts=("",),
        ),
        # "Amazon ECR User Guide, Create an endpoint policy": the example that pulls has the token's action.
        "ecr.dkr": ServiceActions("ecr", _PULL, ("GetAuthorizationToken",), parts=("",)),
        # What the container agent and tasks call ("Amazon ECS Developer Guide, Amazon ECS container instance
        # IAM role").
        "ecs": ServiceActions(
            "ecs",
            (
                "DeregisterContainerInstance",
                "DescribeClusters",
                "DescribeContainerInstances",
                "DescribeServices",
                "DescribeTasks",
                "GetTaskProtection",
                "ListContainerInstances",
                "ListTasks",
                "Poll",
                "RegisterContainerInstance",
                "StartTelemetrySession",
                "Submit*",
                "UpdateContainerInstancesState",
                "UpdateTaskProtection",
            ),
            ("DescribeTaskDefinition", "DiscoverPollEndpoint", "ListClusters", "ListServices"),
        ),
        "ecs-agent": ServiceActions("ecs", ("Poll", "PutSystemLogEvents", "Submit*")),
        "ecs-telemetry": ServiceActions("ecs", ("StartTelemetrySession",)),
        "elasticloadbalancing": ServiceActions(
            "elasticloadbalancing",
            (
                "DeregisterInstancesFromLoadBalancer",
                "DeregisterTargets",
                "RegisterInstancesWithLoadBalancer",
                "RegisterTargets",
            ),
            ("Describe*",),
        ),
        # No rules and no targets: those hand events to whoever they name.
        "events": ServiceActions(
            "events", ("DescribeEventBus", "PutEvents"), ("ListEventBuses",), parts=("",)
        ),
        "execute-api": ServiceActions("execute-api", ("Invoke", "ManageConnections")),
        "glue": ServiceActions("glue", ("BatchGet*", "Get*", "SearchTables", "StartJobRun"), ("List*",)),
        # "Amazon GuardDuty User Guide, Creating a VPC endpoint for Runtime Monitoring"
        "guardduty-data": ServiceActions("guardduty", (), ("SendSecurityTelemetry",)),
        "kinesis-firehose": ServiceActions(
            "firehose",
            ("DescribeDeliveryStream", "PutRecord", "PutRecordBatch"),
            ("ListDeliveryStreams",),
            parts=("",),
        ),
        "kinesis-streams": ServiceActions(
            "kinesis",
            (
                "DescribeStream",
                "DescribeStreamConsumer",
                "DescribeStreamSummary",
                "GetRecords",
                "GetShardIterator",
                "ListShards",
                "PutRecord",
                "PutRecords",
                "RegisterStreamConsumer",
                "SubscribeToShard",
            ),
            ("ListStreams",),
            parts=("", "/consumer/*"),
        ),
        # No grants: a grant lets another account's identity use the key.
        "kms": ServiceActions(
            "kms",
            (
                "Decrypt",
                "DeriveSharedSecret",
                "DescribeKey",
                "Encrypt",
                "GenerateDataKey*",
                "GenerateMac",
                "GetPublicKey",
                "ReEncrypt*",
                "Sign",
                "Verify",
                "VerifyMac",
            ),
            ("GenerateRandom", "ListAliases"),
            parts=("",),
        ),
        "lambda": ServiceActions(
            "lambda",
            ("GetAlias", "GetFunction*", "InvokeAsync", "InvokeFunction"),
            ("ListFunctions",),
            parts=("", ":*"),
        ),
        # No subscription filters, destinations or deliveries: those send a group's records elsewhere.
        "logs": ServiceActions(
            "logs",
            (
                "CreateLogGroup",
                "CreateLogStream",
                "DescribeLogStreams",
                "FilterLogEvents",
                "GetLogEvents",
                "GetQueryResults",
                "PutLogEvents",
                "PutRetentionPolicy",
                "StartQuery",
            ),
            ("DescribeLogGroups",),
            parts=("", ":*"),
        ),
        "monitoring": ServiceActions(
            "cloudwatch",
            ("DescribeAlarms", "GetMetricData", "ListMetrics", "PutMetricData"),
            ("GetMetricStatistics",),
        ),
        # No ACLs and no bucket settings: a policy, an ACL, replication, inventory, logging or an access point
        # opens the bucket to others.
        "s3": ServiceActions(
            "s3",
            (
                "AbortMultipartUpload",
                "DeleteObject*",
                "GetBucketLocation",
                "GetBucketVersioning",
                "GetEncryptionConfiguration",
                "GetObject*",
                "ListBucket*",
                "ListMultipartUploadParts",
                "PutObject",
                "PutObjectLegalHold",
                "PutObjectRetention",
                "PutObjectTagging",
                "RestoreObject",
            ),
            ("ListAllMyBuckets",),
            parts=("", "/*"),
        ),
        "secretsmanager": ServiceActions(
            "secretsmanager",
            ("DescribeSecret", "GetSecretValue", "ListSecretVersionIds"),
            ("BatchGetSecretValue", "GetRandomPassword", "ListSecrets"),
            parts=("",),
        ),
        "securityhub": ServiceActions(
            "securityhub",
            ("BatchImportFindings", "BatchUpdateFindings", "DescribeHub", "DescribeProducts", "GetFindings"),
        ),
        # No subscriptions: those deliver to any address. And topics alone, for a text message goes to a
        # telephone number and names no topic ("Amazon SNS Developer Guide, Mobile text messaging").
        "sns": ServiceActions(
            "sns",
            ("GetTopicAttributes", "Publish"),
            ("ListTopics",),
            "arn:{partition}:sns:{region}:*:*",
            parts=("",),
        ),
        "sqs": ServiceActions(
            "sqs",
            (
                "ChangeMessageVisibility",
                "DeleteMessage",
                "GetQueueAttributes",
                "GetQueueUrl",
                "ReceiveMessage",
                "SendMessage",
            ),
            ("ListQueues",),
            parts=("",),
        ),
        # Parameters, and what the agent calls ("AWS Systems Manager User Guide, AWS managed policy:
        # AmazonSSMManagedInstanceCore").
        "ssm": ServiceActions(
            "ssm",
            (
                "DescribeAssociation",
                "DescribeDocument",
                "GetDocument",
                "GetParameter",
                "GetParameterHistory",
                "GetParameters",
                "GetParametersByPath",
                "ListInstanceAssociations",
                "PutComplianceItems",
                "UpdateAssociationStatus",
                "UpdateInstanceAssociationStatus",
                "UpdateInstanceInformation",
            ),
            (
                "DescribeParameters",
                "GetDeployablePatchSnapshotForInstance",
                "GetManifest",
                "ListAssociations",
                "PutConfigurePackageResult",
                "PutInventory",
            ),
            parts=("",),
        ),
        "ssmmessages": ServiceActions(
            "ssmmessages",
            (),
            ("CreateControlChannel", "CreateDataChannel", "OpenControlChannel", "OpenDataChannel"),
        ),
        # No HTTP endpoints: InvokeHTTPEndpoint calls any address.
        "states": ServiceActions(
            "states",
            (
                "DescribeExecution",
                "DescribeStateMachine",
                "GetActivityTask",
                "GetExecutionHistory",
                "ListExecutions",
                "StartExecution",
                "StartSyncExecution",
                "StopExecution",
            ),
            ("ListStateMachines", "SendTask*"),
        ),
        # No long-lived or federated sessions, and no other AssumeRole…: see `federated` of the policy.
        "sts": ServiceActions(
            "sts", ("AssumeRole", "SetSourceIdentity", "TagSession"), ("GetCallerIdentity",), parts=("",)
        ),
        "xray": ServiceActions(
            "xray",
            (),
            (
                "GetSamplingRules",
                "GetSamplingStatisticSummaries",
                "GetSamplingTargets",
                "PutSpans",
                "PutTelemetryRecords",
                "PutTraceSegments",
            ),
        ),
    }
)
"""The actions by the service's name in `components.aws_services`."""

FEDERATED = ("sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity")
"""What a caller without an AWS identity asks of STS: it brings an assertion or a token, and signs nothing
("IAM User Guide, Control access to AWS STS with VPC endpoint policies")."""


def actions_of(service: str) -> ServiceActions:
    """The actions of the service called `service`. Raises `ArgumentError` when it is none of `ACTIONS`."""
    found = ACTIONS.get(service)
    if found is None:
        raise ArgumentError(
            f"no endpoint policy is written for {service!r}; add its actions to components/aws_actions.py"
        )
    return found
