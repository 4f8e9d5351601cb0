"""Policies of our own stores: requests that must pass them and requests that must not."""

import json
from collections.abc import Iterable
from dataclasses import replace

import pytest

from components.key_policy import key_policy, log_delivery, log_groups
from components.store_policy import Statement, bucket_use, key_use
from landline.proof.policy import Asked, answers
from landline.proof.policy.service import Service, service_of
from tests.components.condition_keys import CONDITION_KEYS
from tests.components.endpoint_requests import OURS, REGION, THEIRS
from tests.components.policy_mutants import mutants

BUCKET = "arn:aws:s3:::archive"
OBJECT = f"{BUCKET}/logs/1.gz"
ROLE = f"arn:aws:iam::{OURS}:role/delivery"
VPC = "vpc-0hub"
TRAIL = f"arn:aws:cloudtrail:{REGION}:{OURS}:trail/network"


def read_as(service: str) -> Service:
    """A resource's policy names accounts as every policy but a gateway endpoint's does."""
    return replace(service_of(service), gateway=False)


def ask(who: str | None, action: str, resource: str, **keys: str) -> Asked:
    given = {"aws_securetransport": "true", **keys}
    return Asked(who, action, resource, {key.replace("_", ":", 1): (value,) for key, value in given.items()})


def role(account: str, name: str = "app") -> str:
    return f"arn:aws:iam::{account}:role/{name}"


def refused(policy: str, asked: Asked, service: str) -> bool:
    """Whether the request fails whatever the caller's own policies say.

    Within the account they may allow what the policy does not match; others need the policy's word.
    """
    (answer,) = answers(policy, [asked], read_as(service))
    assert answer != "unproven", asked
    own = asked.principal is not None and f":{OURS}:" in asked.principal
    return answer == "denied" or (answer == "unmatched" and not own)


DEPLOYER = role(OURS, "deploy")
MANAGING = [
    ask(DEPLOYER, f"s3:{action}", BUCKET)
    for action in ("PutBucketPolicy", "DeleteBucketPolicy", "GetBucketPolicy", "PutLifecycleConfiguration")
]
OTHERS = [
    ask(who, f"s3:{action}", OBJECT)
    for who in (role(THEIRS), None)
    for action in ("GetObject", "PutObject", "DeleteObjectVersion", "RestoreObject", "AbortMultipartUpload")
] + [
    ask(role(THEIRS), "s3:ListBucketVersions", BUCKET),
    ask(role(THEIRS), "s3:ListMultipartUploadParts", OBJECT),
]
WRITES_OF_OTHERS = ("s3:AbortMultipartUpload", "s3:DeleteObject*", "s3:PutObject*", "s3:RestoreObject")
WRITES = ("s3:PutObject", "s3:DeleteObject", "s3:RestoreObject", "s3:AbortMultipartUpload")
READS = [
    ask(role(OURS), "s3:GetObject", OBJECT),
    ask(role(OURS), "s3:ListBucket", BUCKET),
    ask("cloudtrail.amazonaws.com", "s3:GetBucketAcl", BUCKET),
]
NO_TLS = [
    ask(role(OURS), "s3:GetObject", OBJECT, aws_securetransport="false"),
    ask(DEPLOYER, "s3:PutBucketPolicy", BUCKET, aws_securetransport="false"),
]
BUCKETS = {
    "a stream's role": (
        bucket_use(BUCKET, OURS, [ROLE]),
        [ask(ROLE, action, OBJECT) for action in WRITES],
        [ask(role(OURS), action, OBJECT, aws_sourcevpc=VPC) for action in WRITES],
    ),
    "a network": (
        bucket_use(BUCKET, OURS, (), VPC),
        [ask(role(OURS), action, OBJECT, aws_sourcevpc=VPC) for action in WRITES],
        [
            *(ask(role(OURS), action, OBJECT) for action in WRITES),
            ask(role(OURS), "s3:PutObject", OBJECT, aws_sourcevpc="vpc-0spoke"),
            ask(ROLE, "s3:PutObject", OBJECT),
        ],
    ),
    "services alone": (
        bucket_use(BUCKET, OURS),
        [],
        [ask(who, action, OBJECT) for who in (role(OURS), ROLE, DEPLOYER) for action in WRITES],
    ),
}
"""Whose writes pass: the statements, the writes that must pass and those that must not."""


def allowing(statements: Iterable[Statement], actions: str) -> str:
    """With what lets everybody in beside them, as a grant would: the refusals are what is looked at."""
    everybody = {"Sid": "Everybody", "Effect": "Allow", "Principal": "*", "Action": actions, "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [*statements, everybody]})


def unnoticed(policy: str, service: str, work: list[Asked], fail: list[Asked]) -> list[str]:
    """The restrictions whose change no request notices, other resources aside: the policy is of one."""
    return [
        what
        for what, mutant in mutants(policy)
        if not what.startswith("Everybody")
        and not what.endswith("every resource")
        and not any(refused(mutant, asked, service) for asked in work)
        and all(refused(mutant, asked, service) for asked in fail)
    ]


@pytest.mark.parametrize("kind", sorted(BUCKETS))
def test_a_bucket_takes_what_it_must_and_refuses_the_rest(kind: str) -> None:
    statements, writes, strangers = BUCKETS[kind]
    delivery = ask("cloudtrail.amazonaws.com", "s3:PutObject", OBJECT)
    work = [*MANAGING, *READS, *writes, delivery]
    fail = [*OTHERS, *strangers, *NO_TLS]
    policy = allowing(statements, "s3:*")

    assert not [asked for asked in work if refused(policy, asked, "s3")]
    assert not [asked for asked in fail if not refused(policy, asked, "s3")]
    # What others may not write they may not write twice over, and what else they may not is IAM's to say.
    twice = [f"AccountOnly: without {action}" for action in WRITES_OF_OTHERS]
    expected = {*twice, "AccountOnly: every action"}
    assert [what for what in unnoticed(policy, "s3", work, fail) if what not in expected] == []


def test_nobody_is_locked_out_of_what_manages_the_bucket_and_the_key() -> None:
    for statements, _, _ in BUCKETS.values():
        policy = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
        assert set(answers(policy, MANAGING, read_as("s3"))) == {"unmatched"}
    key = key_policy(OURS, REGION)
    managing = [ask(DEPLOYER, f"kms:{action}", "*") for action in ("PutKeyPolicy", "ScheduleKeyDeletion")]
    assert set(answers(key, managing, read_as("kms"))) == {"allowed"}


LOGS = f"logs.{REGION}.amazonaws.com"


def by_logs(action: str, account: str = OURS) -> Asked:
    group = f"arn:aws:logs:{REGION}:{account}:log-group:flow"
    return ask(LOGS, f"kms:{action}", "*", **{"kms_encryptioncontext:aws:logs:arn": group})


def by_trail(action: str, account: str = OURS) -> Asked:
    return ask("cloudtrail.amazonaws.com", f"kms:{action}", "*", aws_sourcearn=TRAIL.replace(OURS, account))


def test_a_key_serves_its_account_and_the_services_named() -> None:
    policy = key_policy(
        OURS, REGION, log_groups(OURS, REGION), log_delivery("cloudtrail.amazonaws.com", TRAIL)
    )
    used_by_logs = ("Encrypt", "Decrypt", "ReEncryptTo", "GenerateDataKey", "DescribeKey")
    work = [
        *map(by_logs, used_by_logs),
        *map(by_trail, ("GenerateDataKey", "DescribeKey")),
    ]
    fail = [
        *(by_logs(action, THEIRS) for action in used_by_logs),
        ask(LOGS, "kms:Decrypt", "*"),
        by_logs("CreateGrant"),
        *(by_trail(action, THEIRS) for action in ("GenerateDataKey", "DescribeKey")),
        by_trail("Decrypt"),
        ask("config.amazonaws.com", "kms:GenerateDataKey", "*", aws_sourcearn=TRAIL),
        ask(role(THEIRS), "kms:PutKeyPolicy", "*"),
    ]

    assert set(answers(policy, [ask(role(OURS), "kms:Decrypt", "*")], read_as("kms"))) == {"allowed"}
    assert not [asked for asked in work if refused(policy, asked, "kms")]
    assert not [asked for asked in fail if not refused(policy, asked, "kms")]
    missed = unnoticed(policy, "kms", work, fail)
    # IAM has the last word within the account, and the refusal of others is looked at below.
    assert [what for what in missed if not what.startswith(("AccountByIam", "AccountOnly"))] == []


def test_a_grant_on_the_key_lets_no_other_account_in() -> None:
    work = [
        by_logs("Decrypt"),
        *(ask(role(OURS), f"kms:{action}", "*") for action in ("Decrypt", "CreateGrant")),
        ask(role(THEIRS), "kms:RetireGrant", "*"),
    ]
    fail = [
        *(
            ask(who, f"kms:{action}", "*")
            for who in (role(THEIRS), None)
            for action in ("CreateGrant", "Decrypt", "Encrypt", "GenerateDataKeyPair", "ReEncryptTo")
        ),
    ]
    policy = allowing([key_use(OURS)], "kms:*")

    assert not [asked for asked in work if refused(policy, asked, "kms")]
    assert not [asked for asked in fail if not refused(policy, asked, "kms")]
    assert unnoticed(policy, "kms", work, fail) == []


def test_every_key_is_in_the_table_and_fits_the_service() -> None:
    documents = [
        ("kms", key_policy(OURS, REGION, log_groups(OURS, REGION), log_delivery("x.amazonaws.com", TRAIL))),
        *(("s3", allowing(statements, "s3:*")) for statements, _, _ in BUCKETS.values()),
    ]
    for service, text in documents:
        for statement in json.loads(text)["Statement"]:
            for keys in statement.get("Condition", {}).values():
                for key in keys:
                    supported = CONDITION_KEYS[key].services
                    assert supported is None or service in supported, key
