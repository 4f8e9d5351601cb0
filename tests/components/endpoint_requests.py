"""What must work through each AWS service's endpoint, and what must fail: requests by name, for `answer`.

Each service's row gives the calls that an identity of the organisation makes on a resource of it, those that
name no resource, and those that must fail even so, because they hand data to others or administer. From the
first two follow the requests that must fail for who makes them or on whose they are made.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from landline.proof.policy import Asked

OURS, THEIRS, LONER = "111111111111", "999999999999", "888888888888"
ORGANIZATIONS = {OURS: "o-a1b2c3d4e5", THEIRS: "o-elsewhere0"}
"""The organisation that each account is a member of; LONER is in none."""
REGION = "eu-west-1"


@dataclass(frozen=True)
class Row:
    """One service's requests, actions without their prefix and separated by spaces."""

    resource: str
    """One of the organisation's; ``{account}`` stands for its owner, which S3's ARNs do not name."""
    works: str = ""
    listing: str = ""
    """What works and names no resource."""
    fails: str = ""
    prefix: str = ""
    """Of the actions, where it is not the service in the ARN."""
    fails_on: tuple[tuple[str, str], ...] = ()
    """Actions that must fail on another resource of the organisation."""


def _arn(service: str, tail: str) -> str:
    return f"arn:aws:{service}:{REGION}:{{account}}:{tail}"


ROWS: Mapping[str, Row] = {
    "athena": Row(
        _arn("athena", "workgroup/primary"),
        "BatchGetQueryExecution GetQueryExecution GetQueryResults ListQueryExecutions StartQueryExecution"
        " StopQueryExecution",
        "ListDataCatalogs ListWorkGroups",
        "CreateDataCatalog CreatePresignedNotebookUrl UpdateWorkGroup",
    ),
    "autoscaling": Row(
        _arn("autoscaling", "autoScalingGroup:1:autoScalingGroupName/app"),
        "CompleteLifecycleAction RecordLifecycleActionHeartbeat SetInstanceHealth",
        "DescribeAutoScalingInstances",
        "CreateLaunchConfiguration PutNotificationConfiguration",
    ),
    "cloudtrail": Row(
        _arn("cloudtrail", "trail/network"),
        "GetEventSelectors GetTrailStatus",
        "DescribeTrails ListTrails LookupEvents",
        "StopLogging UpdateTrail PutResourcePolicy",
    ),
    "config": Row(
        _arn("config", "config-rule/config-rule-1"),
        "DescribeConfigRules GetComplianceDetailsByConfigRule",
        "ListDiscoveredResources PutEvaluations",
        "PutConfigurationAggregator PutDeliveryChannel",
    ),
    "dynamodb": Row(
        _arn("dynamodb", "table/orders"),
        "BatchGetItem BatchWriteItem ConditionCheckItem DeleteItem DescribeTable GetItem PartiQLSelect"
        " PutItem Query Scan UpdateItem",
        "DescribeEndpoints ListTables",
        "ExportTableToPointInTime PutResourcePolicy EnableKinesisStreamingDestination DeleteTable",
    ),
    "ec2": Row(
        _arn("ec2", "snapshot/snap-1"),
        "",
        "DescribeVpcEndpointConnections DescribeInstances",
        "ModifySnapshotAttribute ModifyImageAttribute CreateVpcEndpoint CreateVpcPeeringConnection",
    ),
    "ecr.api": Row(
        _arn("ecr", "repository/intake"),
        "BatchCheckLayerAvailability BatchGetImage DescribeImages DescribeRepositories GetDownloadUrlForLayer"
        " ListImages",
        "GetAuthorizationToken",
        "SetRepositoryPolicy PutReplicationConfiguration PutImage",
    ),
    "ecr.dkr": Row(
        _arn("ecr", "repository/intake"),
        "BatchCheckLayerAvailability BatchGetImage GetDownloadUrlForLayer",
        "GetAuthorizationToken",
        "PutImage UploadLayerPart",
    ),
    "ecs": Row(
        _arn("ecs", "container-instance/app/1"),
        "DeregisterContainerInstance DescribeClusters DescribeContainerInstances DescribeServices"
        " DescribeTasks GetTaskProtection ListContainerInstances ListTasks Poll RegisterContainerInstance"
        " StartTelemetrySession SubmitTaskStateChange UpdateContainerInstancesState UpdateTaskProtection",
        "DescribeTaskDefinition DiscoverPollEndpoint ListClusters ListServices",
        "ExecuteCommand RunTask RegisterTaskDefinition",
    ),
    "ecs-agent": Row(
        _arn("ecs", "container-instance/app/1"),
        "Poll PutSystemLogEvents SubmitContainerStateChange",
        fails="ExecuteCommand RunTask",
    ),
    "ecs-telemetry": Row(
        _arn("ecs", "container-instance/app/1"), "StartTelemetrySession", fails="ExecuteCommand Poll"
    ),
    "elasticloadbalancing": Row(
        _arn("elasticloadbalancing", "targetgroup/app/1"),
        "DeregisterInstancesFromLoadBalancer DeregisterTargets RegisterInstancesWithLoadBalancer"
        " RegisterTargets",
        "DescribeTargetHealth",
        "CreateListener ModifyLoadBalancerAttributes",
    ),
    "events": Row(
        _arn("events", "event-bus/findings"),
        "DescribeEventBus PutEvents",
        "ListEventBuses",
        "PutTargets PutRule PutPermission CreateApiDestination",
    ),
    "execute-api": Row(
        _arn("execute-api", "a1b2c3/live/GET/orders"), "Invoke ManageConnections", fails="InvalidateCache"
    ),
    "glue": Row(
        _arn("glue", "table/sales/orders"),
        "BatchGetPartition GetTable SearchTables StartJobRun",
        "ListJobs",
        "PutResourcePolicy CreateConnection",
    ),
    "guardduty-data": Row(
        _arn("guardduty", "detector/1"),
        listing="SendSecurityTelemetry",
        fails="UpdateDetector DeleteDetector",
    ),
    "kinesis-firehose": Row(
        _arn("firehose", "deliverystream/logging"),
        "DescribeDeliveryStream PutRecord PutRecordBatch",
        "ListDeliveryStreams",
        "UpdateDestination CreateDeliveryStream",
    ),
    "kinesis-streams": Row(
        _arn("kinesis", "stream/orders"),
        "DescribeStream DescribeStreamConsumer DescribeStreamSummary GetRecords GetShardIterator ListShards"
        " PutRecord PutRecords RegisterStreamConsumer SubscribeToShard",
        "ListStreams",
        "PutResourcePolicy DeleteStream",
    ),
    "kms": Row(
        _arn("kms", "key/1234abcd-12ab-34cd-56ef-1234567890ab"),
        "Decrypt DeriveSharedSecret DescribeKey Encrypt GenerateDataKey GenerateDataKeyWithoutPlaintext"
        " GenerateMac GetPublicKey ReEncryptFrom ReEncryptTo Sign Verify VerifyMac",
        "GenerateRandom ListAliases",
        "CreateGrant PutKeyPolicy ScheduleKeyDeletion ReplicateKey",
    ),
    "lambda": Row(
        _arn("lambda", "function:price"),
        "GetAlias GetFunction InvokeAsync InvokeFunction",
        "ListFunctions",
        "AddPermission CreateFunctionUrlConfig UpdateFunctionCode UpdateFunctionConfiguration",
    ),
    "logs": Row(
        _arn("logs", "log-group:/app/orders:log-stream:1"),
        "CreateLogGroup CreateLogStream DescribeLogStreams FilterLogEvents GetLogEvents GetQueryResults"
        " PutLogEvents PutRetentionPolicy StartQuery",
        "DescribeLogGroups",
        "PutSubscriptionFilter PutDestinationPolicy CreateExportTask DeleteLogGroup",
    ),
    "monitoring": Row(
        _arn("cloudwatch", "alarm:orders"),
        "DescribeAlarms GetMetricData ListMetrics PutMetricData",
        "GetMetricStatistics",
        "PutMetricAlarm PutMetricStream",
    ),
    "s3": Row(
        "arn:aws:s3:::orders/2026/11.json",
        "AbortMultipartUpload DeleteObject GetBucketLocation GetBucketVersioning GetEncryptionConfiguration"
        " GetObject GetObjectTagging ListBucket ListMultipartUploadParts PutObject PutObjectLegalHold"
        " PutObjectRetention PutObjectTagging RestoreObject",
        "ListAllMyBuckets",
        "PutBucketPolicy PutBucketAcl PutObjectAcl PutReplicationConfiguration PutInventoryConfiguration"
        " PutBucketLogging CreateAccessPoint PutBucketPublicAccessBlock",
    ),
    "secretsmanager": Row(
        _arn("secretsmanager", "secret:orders/database-a1B2c3"),
        "DescribeSecret GetSecretValue ListSecretVersionIds",
        "BatchGetSecretValue GetRandomPassword ListSecrets",
        "PutResourcePolicy ReplicateSecretToRegions PutSecretValue",
    ),
    "securityhub": Row(
        _arn("securityhub", "hub/default"),
        "BatchImportFindings BatchUpdateFindings DescribeHub DescribeProducts GetFindings",
        fails="AcceptAdministratorInvitation EnableOrganizationAdminAccount DisableSecurityHub",
    ),
    "sns": Row(
        _arn("sns", "orders"),
        "GetTopicAttributes Publish",
        "ListTopics",
        "Subscribe AddPermission SetTopicAttributes",
        # A text message to a telephone number.
        fails_on=(("Publish", "*"),),
    ),
    "sqs": Row(
        _arn("sqs", "orders"),
        "ChangeMessageVisibility DeleteMessage GetQueueAttributes GetQueueUrl ReceiveMessage SendMessage",
        "ListQueues",
        "AddPermission SetQueueAttributes",
    ),
    "ssm": Row(
        _arn("ssm", "parameter/orders/limit"),
        "DescribeAssociation DescribeDocument GetDocument GetParameter GetParameterHistory GetParameters"
        " GetParametersByPath ListInstanceAssociations PutComplianceItems UpdateAssociationStatus"
        " UpdateInstanceAssociationStatus UpdateInstanceInformation",
        "DescribeParameters GetDeployablePatchSnapshotForInstance GetManifest ListAssociations"
        " PutConfigurePackageResult PutInventory",
        "ModifyDocumentPermission PutResourcePolicy SendCommand StartSession PutParameter",
    ),
    "ssmmessages": Row("*", "", "CreateControlChannel CreateDataChannel OpenControlChannel OpenDataChannel"),
    "states": Row(
        _arn("states", "stateMachine:orders"),
        "DescribeExecution DescribeStateMachine GetActivityTask GetExecutionHistory ListExecutions"
        " StartExecution StartSyncExecution StopExecution",
        "ListStateMachines SendTaskSuccess",
        "InvokeHTTPEndpoint UpdateStateMachine",
    ),
    "sts": Row(
        "arn:aws:iam::{account}:role/reader",
        "AssumeRole SetSourceIdentity TagSession",
        "GetCallerIdentity",
        "GetFederationToken AssumeRoot AssumeRoleWithWebIdentity AssumeRoleWithSAML",
        "sts",
    ),
    "xray": Row(
        _arn("xray", "group/app/1"),
        listing="GetSamplingRules GetSamplingStatisticSummaries GetSamplingTargets PutSpans"
        " PutTelemetryRecords PutTraceSegments",
        fails="PutResourcePolicy PutEncryptionConfig",
    ),
}

PREFIXES = {"ssmmessages": "ssmmessages"}
"""Of services none of whose actions names a resource."""


def request(principal: str | None, action: str, resource: str, owner: str | None) -> Asked:
    """A request by an account's role, a service principal or nobody, on what `owner` has."""
    keys = {"aws:securetransport": ("true",), "aws:sourcevpce": ("vpce-1",)}
    who = f"arn:aws:iam::{principal}:role/app" if principal in (OURS, THEIRS, LONER) else principal
    if principal in ORGANIZATIONS:
        keys["aws:principalorgid"] = (ORGANIZATIONS[principal],)
    if owner is not None:
        keys["aws:resourceaccount"] = (owner,)
        if owner in ORGANIZATIONS:
            keys["aws:resourceorgid"] = (ORGANIZATIONS[owner],)
        resource = resource.format(account=owner)
    return Asked(who, action, resource, keys)


def must_work(service: str) -> tuple[Asked, ...]:
    """The requests that the service's policy has to allow."""
    return tuple(request(OURS, action, resource, OURS) for action, resource in _calls(service))


def must_fail(service: str) -> tuple[Asked, ...]:
    """The requests that it must not allow."""
    return tuple(_must_fail(service))


def _must_fail(service: str) -> Iterator[Asked]:
    row = ROWS[service]
    for action, resource in _calls(service):
        for owner in (THEIRS, LONER):
            yield request(OURS, action, resource, owner)
        for caller in (THEIRS, LONER, None, "cloudformation.amazonaws.com"):
            yield request(caller, action, resource, OURS)
        yield request(THEIRS, action, resource, THEIRS)
    prefix = _prefix(service)
    for action in row.fails.split():
        yield request(OURS, f"{prefix}:{action}", row.resource, OURS)
    for action, resource in row.fails_on:
        yield request(OURS, f"{prefix}:{action}", resource, OURS)


def _calls(service: str) -> Iterator[tuple[str, str]]:
    row, prefix = ROWS[service], _prefix(service)
    yield from ((f"{prefix}:{action}", row.resource) for action in row.works.split())
    yield from ((f"{prefix}:{action}", "*") for action in row.listing.split())


def _prefix(service: str) -> str:
    row = ROWS[service]
    return row.prefix or PREFIXES.get(service) or row.resource.split(":")[2]
