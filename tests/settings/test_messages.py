"""What people read when a stack file is wrong: file, key path, what is wrong, the value, what to write."""

# ruff: noqa: E501, ISC004 - messages stand here as people read them

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from landline.settings import load_estate
from landline.settings.aws_services import AWS_SERVICES
from tests.settings.files import BASELINE, ESTATE, GRANT, HUB, SPOKE, changed, write

if TYPE_CHECKING:
    from pathlib import Path

ECR = "111111111111.dkr.ecr.eu-west-1.amazonaws.com"
WRONG = [
    # (stack, what the file says, what it says instead, the line people read)
    (
        "payments",
        SPOKE,
        "cidr: 10.40.0.0/20",
        "cidr: 10.40.0.5/16",
        "landline:spoke.network.cidr: has host bits set (10.40.0.5/16); write 10.40.0.0/16",
    ),
    (
        "payments",
        SPOKE,
        "10.40.0.0/20",
        "10.0.0.0/8",
        "landline:spoke.network.cidr: is no size that a VPC can have, which is /16 to /28 (10.0.0.0/8); "
        "write for example 10.0.0.0/16",
    ),
    (
        "payments",
        SPOKE,
        "10.40.0.0/20",
        "10.40.0.0",
        "landline:spoke.network.cidr: is no IPv4 network (10.40.0.0); "
        "write an address and a prefix length: 10.0.0.0/20",
    ),
    (
        "payments",
        SPOKE,
        "10.40.0.0/20",
        "10.400.0.0/20",
        "landline:spoke.network.cidr: is no IPv4 network (10.400.0.0/20); "
        "write an address and a prefix length: 10.0.0.0/20",
    ),
    (
        "payments",
        SPOKE,
        "10.40.0.0/20",
        "127.0.0.0/20",
        "landline:spoke.network.cidr: lies in a range that hosts cannot use (127.0.0.0/20); "
        "write a private range: 10.0.0.0/20",
    ),
    (
        "payments",
        SPOKE,
        "cidr: 10.40.0.0/20",
        "cidr: 10.40.0.0/28",
        "landline:spoke.network: has no room for a subnet of /28 in each of 2 zones; "
        "write a larger range: 10.0.0.0/20",
    ),
    (
        "payments",
        SPOKE,
        "[euw1-az1, euw1-az2]",
        "[euw1-az1, use1-az2]",
        "landline:spoke.network.zones[1]: is no zone of the stack's Region eu-west-1 (use1-az2); "
        "write a zone id of eu-west-1, such as euw1-az1",
    ),
    (
        "payments",
        SPOKE,
        "[euw1-az1, euw1-az2]",
        "[euw1-az1, eu-west-1b]",
        "landline:spoke.network.zones[1]: is no AZ id; zone names such as eu-west-1a mean another zone in each account "
        "(eu-west-1b); write the id that `aws ec2 describe-availability-zones` shows as ZoneId: euw1-az1",
    ),
    (
        "payments",
        SPOKE,
        "[euw1-az1, euw1-az2]",
        "[euw1-az1, euw1-az2, euw1-az3, euw1-az4, euw1-az5, euw1-az6, euw1-az7, euw1-az8, euw1-az9]",
        "landline:spoke.network.zones: holds too many: 8 are the most; write fewer",
    ),
    (
        "payments",
        SPOKE,
        "[euw1-az1, euw1-az2]",
        "[euw1-az1]",
        "landline:spoke.network.zones: holds too few: 2 or more are needed; write for example [euw1-az1, euw1-az2]",
    ),
    (
        "payments",
        SPOKE,
        "[euw1-az1, euw1-az2]",
        "[euw1-az1, euw1-az2, euw1-az1]",
        "landline:spoke.network.zones: holds zone euw1-az1 twice; write each zone once",
    ),
    (
        "payments",
        SPOKE,
        '"222222222222"',
        "222222222222",
        "landline:spoke.account: is a number, and YAML drops or misreads an account id's leading zero (222222222222); "
        'write it in quotes: "222222222222"',
    ),
    (
        "payments",
        SPOKE,
        '"222222222222"',
        "012345670123",
        "landline:spoke.account: is a number with a leading zero, which YAML readers take for octal (012345670123); "
        'write it in quotes: "012345670123"',
    ),
    (
        "payments",
        SPOKE,
        "until: 2027-06-30",
        "until: soon",
        "landline:spoke.services.logging.until: is no date (soon); write year, month and day: 2027-06-30",
    ),
    (
        "payments",
        SPOKE,
        "until: 2027-06-30",
        "until: 2027-02-30",
        "landline:spoke.services.logging.until: is no date (2027-02-30); write year, month and day: 2027-06-30",
    ),
    (
        "payments",
        SPOKE,
        "reason: ship application logs",
        "reason: logs",
        "landline:spoke.services.logging.reason: tells an approver too little or too much (10 to 500 characters) "
        "(logs); write what the service is needed for: ship application logs",
    ),
    (
        "payments",
        SPOKE,
        "reason: ship application logs",
        "reason: ship application logs, policy: {Version: 1}",
        "landline:spoke.services.logging.policy: is not possible: AWS takes no endpoint policy for a custom endpoint "
        "service; remove it; the gates are the allow-list, acceptance and the security groups on both sides",
    ),
    (
        "payments",
        SPOKE,
        "    team:",
        "    alarms: {topic: arn:aws:sns:us-east-1:222222222222:oncall}\n    team:",
        "landline:spoke.alarms.topic: is a topic in us-east-1, and alarms tell topics of their own Region alone "
        "(arn:aws:sns:us-east-1:222222222222:oncall); "
        "write one in eu-west-1: arn:aws:sns:eu-west-1:222222222222:<topic>",
    ),
    (
        "payments",
        SPOKE,
        "    team:",
        "    alarms: {topic: oncall}\n    team:",
        "landline:spoke.alarms.topic: is no ARN of an SNS topic (oncall); "
        "write arn:aws:sns:eu-west-1:222222222222:<topic>",
    ),
    (
        "payments",
        SPOKE,
        "    team:",
        "    alarms: {topic: arn:aws:sns:eu-west-1:222222222222:oncall, emails: [a@example.com]}\n    team:",
        "landline:spoke.alarms: has emails beside a topic that somebody else keeps; "
        "remove one of them, and subscribe addresses where that topic is kept",
    ),
    (
        "payments",
        SPOKE,
        "    team:",
        "    temas: [x]\n    team:",
        "landline:spoke.temas: is an unknown key; did you mean team? "
        "known: account, alarms, aws, contact, hub, network, price_limit, role, services, team",
    ),
    (
        "payments",
        SPOKE,
        "contact: payments-oncall@example.com",
        "contact: the team",
        "landline:spoke.contact: is no e-mail address (the team); "
        "write whom to reach when the line fails: payments-oncall@example.com",
    ),
    (
        "payments",
        SPOKE,
        "    team: payments\n",
        "",
        "landline:spoke.team: is missing; write team: payments",
    ),
    (
        "payments",
        SPOKE,
        "hub: hub",
        "hub: ../hub",
        "landline:spoke.hub: is no stack name (../hub); "
        "write letters, digits, hyphens, underscores and single full stops: payments-prod",
    ),
    (
        "payments",
        SPOKE,
        "hub: hub",
        "hub: h\N{CYRILLIC SMALL LETTER U}b",
        r"landline:spoke.hub: is no stack name (h\u0443b); "
        "write letters, digits, hyphens, underscores and single full stops: payments-prod",
    ),
    (
        "payments",
        SPOKE,
        "hub: hub",
        "hub: hub\n    role: arn:aws:iam::999999999999:role/deploy",
        "landline:spoke.role: is a role of account 999999999999, and the stack belongs to account 222222222222 "
        "(arn:aws:iam::999999999999:role/deploy); write the role's name, or arn:aws:iam::222222222222:role/<name>",
    ),
    (
        "payments",
        SPOKE,
        "aws:region: eu-west-1",
        "aws:region: Ireland",
        "aws:region: is no AWS Region (Ireland); write the Region's code: aws:region: eu-west-1",
    ),
    (
        "payments",
        SPOKE,
        "  aws:region: eu-west-1\n",
        "",
        "aws:region: is missing; write the Region's code: aws:region: eu-west-1",
    ),
    (
        "payments",
        SPOKE,
        "aws: [s3, kms]",
        "aws: [s3, s3]",
        "landline:spoke.aws: holds service s3 twice; write each service once",
    ),
    (
        "payments",
        SPOKE,
        "aws: [s3, kms]",
        "aws: [s3, {kms: {}}]",
        "landline:spoke.aws[1]: is a mapping, and the others of the list are names; write a mapping instead of the list, kms as it is and the others with {}",
    ),
    (
        "payments",
        SPOKE,
        "aws: [s3, kms]",
        "aws: {s3: , kms: {}}",
        "landline:spoke.aws.s3: is no mapping (); write {}",
    ),
    (
        "payments",
        SPOKE,
        "aws: [s3, kms]",
        "aws: {s3: {bucket: [a-b]}}",
        "landline:spoke.aws.s3.bucket: is an unknown key; did you mean buckets? known: actions, aws_owned, buckets",
    ),
    (
        "payments",
        SPOKE,
        "aws: [s3, kms]",
        "aws: {s3: {buckets: []}}",
        "landline:spoke.aws.s3.buckets: holds too few: 1 or more are needed; write for example [payments-data]",
    ),
    (
        "payments",
        SPOKE,
        "aws: [s3, kms]",
        "aws: {s3: {buckets: [A_b]}}",
        "landline:spoke.aws.s3.buckets[0]: is no bucket's name or ARN (A_b); write its name: payments-data",
    ),
    (
        "payments",
        SPOKE,
        "aws: [s3, kms]",
        "aws: {s3: {buckets: [a-b, a-b]}}",
        "landline:spoke.aws.s3.buckets: holds bucket a-b twice; write each bucket once",
    ),
    (
        "payments",
        SPOKE,
        "aws: [s3, kms]",
        "aws: [s4, kms]",
        f"landline:spoke.aws[0]: is not one of the known values (s4); did you mean s3? known: {', '.join(sorted(AWS_SERVICES))}",
    ),
    (
        "payments",
        SPOKE,
        "aws: [s3, kms]",
        "aws: {s3: {aws_owned: [amazonlinux]}}",
        "landline:spoke.aws.s3.aws_owned[0]: is not one of the known values (amazonlinux); did you mean amazon-linux? known: amazon-linux, cloudformation, cloudwatch-agent, codedeploy-agent, patch-manager, ssm-agent",
    ),
    (
        "payments",
        SPOKE,
        "aws: [s3, kms]",
        "aws: {s3: {actions: ['kms:Decrypt']}}",
        "landline:spoke.aws.s3: has the action kms:Decrypt, which an endpoint to s3 does not carry; write actions that begin with s3:",
    ),
    (
        "payments",
        SPOKE,
        "aws: [s3, kms]",
        "aws: {xray: {groups: [a]}}",
        "landline:spoke.aws.xray.groups: is an unknown key; remove it; known: actions",
    ),
    (
        "payments",
        SPOKE,
        "landline:spoke:",
        "landline:spoek:",
        "landline:spoek: is an unknown key; did you mean landline:spoke? "
        "known: landline:baseline, landline:grant, landline:hub, landline:spoke",
    ),
    (
        "payments",
        SPOKE,
        "landline:spoke:",
        "spoke:",
        "spoke: is a key without a namespace; write landline:spoke",
    ),
    (
        "hub",
        HUB,
        "ports: [443], lane: standing",
        "ports: [443, 70000], lane: standing",
        "landline:hub.services.logging.ports[1]: is too large (70000); write 65535 or less",
    ),
    (
        "hub",
        HUB,
        "ports: [443], lane: standing",
        "ports: ['443'], lane: standing",
        "landline:hub.services.logging.ports[0]: is no whole number (443); write for example ports: [443]",
    ),
    (
        "hub",
        HUB,
        "kind: log-archive, retention_days: 400",
        "kind: log-archiv, retention_days: 400",
        "landline:hub.services.logging.backend.kind: is not one of the known values (log-archiv); "
        "did you mean log-archive? known: findings-intake, log-archive, targets",
    ),
    (
        "hub",
        HUB,
        "kind: log-archive, retention_days: 400",
        "retention_days: 400",
        "landline:hub.services.logging.backend.kind: is missing; write kind: findings-intake or log-archive or targets",
    ),
    (
        "hub",
        HUB,
        "retention_days: 400",
        "retention_days: 0",
        "landline:hub.services.logging.backend.retention_days: is too small (0); write 1 or more",
    ),
    (
        "hub",
        HUB,
        "kind: findings-intake",
        "kind: findings-intake, image: docker.io/library/collector:1",
        "landline:hub.services.security.backend.image: is two containers' now, and the same for all services "
        "(docker.io/library/collector:1); write landline:hub.images: {front: <image>, intake: <image>}",
    ),
    (
        "hub",
        HUB,
        "    services:",
        f"    images: {{front: '{ECR}/f@sha256:{'a' * 64}', intake: '{ECR}/i:1'}}\n    services:",
        f"landline:hub.images.intake: names no digest, and what a tag means can change ({ECR}/i:1); write "
        f"{ECR}/<repository>@sha256:<digest>; `docker push` and `aws ecr describe-images` show it",
    ),
    (
        "hub",
        HUB,
        "kind: findings-intake",
        "kind: targets, target_type: ip, port: 80, targets: [10.0.0.9, 8.8.8.8]",
        "landline:hub.services.security.backend: names a target outside the private ranges that AWS allows: 8.8.8.8; "
        "write an address in 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10",
    ),
    (
        "hub",
        HUB,
        "lane: accepted",
        "lane: acepted",
        "landline:hub.services.security.lane: is not one of the known values (acepted); "
        "did you mean accepted? known: accepted, standing",
    ),
    (
        "hub",
        HUB,
        "lane: accepted",
        "lane: accepted, certificate: arn:aws:acm:us-east-1:111111111111:certificate/1-2",
        "landline:hub.services.security.certificate: is a certificate outside the hub's account and Region "
        "(arn:aws:acm:us-east-1:111111111111:certificate/1-2); "
        "write one of its own: arn:aws:acm:eu-west-1:111111111111:certificate/<id>",
    ),
    (
        "hub",
        HUB,
        "      security:",
        "      Security:",
        "landline:hub.services.Security: is no service name, because it becomes a DNS label; "
        "write lower-case letters, digits and hyphens, first a letter: central-logging",
    ),
    (
        "grant-payments",
        GRANT,
        "approved: SEC-42",
        "approved: ''",
        "landline:grant.services.logging.approved: is no reference to an approval (); "
        "write the ticket or decision: SEC-42",
    ),
    (
        "baseline-payments",
        BASELINE,
        '    account: "222222222222"',
        '    account: "222222222222"\n    ebs_encryption: false',
        "landline:baseline.ebs_encryption: can only be true (false); write true, or leave it out",
    ),
    (
        "baseline-payments",
        BASELINE,
        '    account: "222222222222"',
        '    account: "222222222222"\n    guardduty: yes',
        "landline:baseline.guardduty: is neither true, false nor organization (yes); "
        "write true, false or organization",
    ),
]


@pytest.mark.parametrize(
    ("stack", "text", "old", "new", "message"), WRONG, ids=[message[:60] for *_, message in WRONG]
)
def test_a_mistake_gives_one_line(
    tmp_path: Path, stack: str, text: str, old: str, new: str, message: str
) -> None:
    write(tmp_path, ESTATE | {stack: changed(text, old, new)})
    loaded = load_estate(tmp_path)
    errors = [str(problem) for problem in loaded.problems if problem.severity == "error"]
    assert f"{tmp_path}/Pulumi.{stack}.yaml: {message}" in errors
    assert loaded.estate is None
    own = [error for error in errors if f"Pulumi.{stack}.yaml" in error]
    assert len(own) == 1, own


def test_the_small_estate_has_no_mistake(tmp_path: Path) -> None:
    loaded = load_estate(write(tmp_path, ESTATE))
    assert loaded.problems == ()
    assert loaded.estate is not None


def test_all_mistakes_of_all_files_come_in_one_run(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "baseline-payments": changed(BASELINE, "    account:", "    acount: x\n    account:"),
            "hub": changed(HUB, "10.0.0.0/20", "10.0.0.1/20"),
            "payments": changed(
                changed(SPOKE, "logging: {reason", "loging: {policy: {}, reason"),
                "[euw1-az1, euw1-az2]",
                "[euw1-az3, euw1-az4]",
            ),
            "grant-payments": changed(GRANT, "until: 2027-06-30", "until: never"),
        },
    )
    problems = load_estate(tmp_path).problems
    assert [problem.key_path for problem in problems] == [
        "landline:baseline.acount",
        "landline:grant.services.logging",  # granted, and requested under a misspelt name only
        "landline:grant.services.logging.until",
        "landline:hub.network.cidr",
        "landline:spoke.network.zones",
        "landline:spoke.services.loging",
        "landline:spoke.services.loging.policy",
    ]
    assert {problem.severity for problem in problems} == {"error"}
    assert all("\n" not in str(problem) and problem.line for problem in problems)
