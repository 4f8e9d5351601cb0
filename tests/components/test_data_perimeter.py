import json
from typing import Any

import pytest

from components import ArgumentError
from components.aws_actions import ACTIONS
from components.aws_services import AWS_SERVICES
from components.data_perimeter import LONGEST_POLICY, Access, endpoint_policy
from components.owned_buckets import OWNED_BUCKETS
from landline.proof.policy import Asked, Perimeter, answers, decide, lint
from landline.proof.policy.service import OWNED_BUCKETS as PROVERS_BUCKETS
from landline.proof.policy.service import service_of
from tests.components.condition_keys import CONDITION_KEYS
from tests.components.endpoint_requests import (
    LONER,
    ORGANIZATIONS,
    OURS,
    REGION,
    ROWS,
    THEIRS,
    must_fail,
    must_work,
    request,
)
from tests.components.policy_mutants import mutants
from tests.proof.policy.naive import Request, allowed

ORGANIZATION = ORGANIZATIONS[OURS]
PERIMETER = Perimeter(ORGANIZATION, frozenset({OURS}))
LAYER = f"arn:aws:s3:::prod-{REGION}-starport-layer-bucket/sha256"

LISTED: dict[str, tuple[list[str], str]] = {
    "s3": (["arn:aws:s3:::orders"], "arn:aws:s3:::invoices/1"),
    "dynamodb": ([f"arn:aws:dynamodb:{REGION}:{OURS}:table/orders"], "table/invoices"),
    "kms": ([f"arn:aws:kms:{REGION}:{OURS}:key/1234abcd-12ab-34cd-56ef-1234567890ab"], "key/other"),
    "secretsmanager": (
        [f"arn:aws:secretsmanager:{REGION}:{OURS}:secret:orders/database-??????"],
        "secret:invoices-a1b2c3",
    ),
    "sqs": ([f"arn:aws:sqs:{REGION}:{OURS}:orders"], "invoices"),
    "sns": ([f"arn:aws:sns:{REGION}:{OURS}:orders"], "invoices"),
    "ssm": ([f"arn:aws:ssm:{REGION}:{OURS}:parameter/orders/*"], "parameter/invoices/limit"),
    "logs": ([f"arn:aws:logs:{REGION}:{OURS}:log-group:/app/orders"], "log-group:/app/invoices"),
    "kinesis-streams": ([f"arn:aws:kinesis:{REGION}:{OURS}:stream/orders"], "stream/invoices"),
    "kinesis-firehose": ([f"arn:aws:firehose:{REGION}:{OURS}:deliverystream/logging"], "deliverystream/x"),
    "lambda": ([f"arn:aws:lambda:{REGION}:{OURS}:function:price"], "function:other"),
    "ecr.api": ([f"arn:aws:ecr:{REGION}:{OURS}:repository/intake"], "repository/other"),
    "ecr.dkr": ([f"arn:aws:ecr:{REGION}:{OURS}:repository/intake"], "repository/other"),
    "events": ([f"arn:aws:events:{REGION}:{OURS}:event-bus/findings"], "event-bus/other"),
    "sts": ([f"arn:aws:iam::{OURS}:role/reader"], "role/admin"),
}
"""An allow-list of each service that takes one, and the end of another resource of the same account."""


def says(policy: str, asked: Asked, service: str) -> bool:
    """Whether the policy allows the request, by the prover's procedure and by the naive one."""
    (decided,) = answers(policy, [asked], service_of(service))
    naive = allowed(
        json.loads(policy),
        Request(
            asked.principal if asked.principal is None or asked.principal.startswith("arn:") else None,
            asked.action,
            asked.resource,
            asked.context(),
            asked.principal if asked.principal is not None and "arn:" not in asked.principal else None,
        ),
    )
    assert decided in ("allowed", "unmatched"), (decided, asked)
    assert (decided == "allowed") == naive, asked
    return naive


def noticed(policy: str, service: str, work: tuple[Asked, ...], fail: tuple[Asked, ...]) -> bool:
    """Whether one of the requests is decided otherwise than it must be."""
    found = service_of(service)
    return any(answer != "allowed" for answer in answers(policy, work, found)) or any(
        answer == "allowed" for answer in answers(policy, fail, found)
    )


def test_every_service_has_a_policy_and_requests() -> None:
    assert set(ACTIONS) == set(AWS_SERVICES) == set(ROWS)
    assert {name for name, row in ROWS.items() if not row.fails} == {"ssmmessages"}


@pytest.mark.parametrize("service", sorted(ROWS))
def test_what_must_work_works_and_what_must_fail_fails(service: str) -> None:
    policy = endpoint_policy(service, ORGANIZATION, REGION)

    assert not [asked for asked in must_work(service) if not says(policy, asked, service)]
    assert not [asked for asked in must_fail(service) if says(policy, asked, service)]


@pytest.mark.parametrize("service", sorted(ROWS))
def test_every_restriction_and_every_permission_counts(service: str) -> None:
    policy = endpoint_policy(service, ORGANIZATION, REGION)
    work, fail = must_work(service), must_fail(service)
    unnoticed = [what for what, mutant in mutants(policy) if not noticed(mutant, service, work, fail)]

    # AWS knows no other action of it.
    assert unnoticed == (["OrganizationToOrganization: every action"] if service == "ssmmessages" else [])


@pytest.mark.parametrize("service", sorted(ROWS))
def test_no_policy_lets_anything_across_the_perimeter(service: str) -> None:
    policy = endpoint_policy(service, ORGANIZATION, REGION)
    name = f"com.amazonaws.{REGION}.{service}"

    assert decide(policy, PERIMETER, name).verdict == "closed"
    assert lint(policy, name, AWS_SERVICES[service].endpoint_type) == ()


@pytest.mark.parametrize(("region", "partition"), [("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")])
def test_policies_are_written_for_other_partitions_too(region: str, partition: str) -> None:
    perimeter = Perimeter(ORGANIZATION, frozenset({OURS}), partition)
    for service in ("s3", "sns"):
        access: Access = {"aws_owned": ["ssm-agent"]} if service == "s3" else {}
        policy = endpoint_policy(service, ORGANIZATION, region, access, image_layers=service == "s3")
        name = f"com.amazonaws.{region}.{service}"

        assert f"arn:{partition}:{service}:" in policy
        assert decide(policy, perimeter, name).verdict == "closed"
        assert lint(policy, name, AWS_SERVICES[service].endpoint_type) == ()


@pytest.mark.parametrize("service", sorted(LISTED))
def test_an_allow_list_leaves_the_rest_out(service: str) -> None:
    arns, other = LISTED[service]
    policy = endpoint_policy(service, ORGANIZATION, REGION, {"resources": arns})
    others = tuple(
        request(
            OURS, asked.action, other if other.startswith("arn:") else _beside(asked.resource, other), OURS
        )
        for asked in must_work(service)
        if asked.resource != "*"
    )
    work = (*must_work(service), *parts_requests(service, arns[0]))
    fail = (*must_fail(service), *others)

    assert not noticed(policy, service, work, fail)
    unnoticed = [what for what, mutant in mutants(policy) if not noticed(mutant, service, work, fail)]
    assert unnoticed == ([] if service == "s3" else [OF_THE_ORGANIZATION])
    assert decide(policy, PERIMETER, f"com.amazonaws.{REGION}.{service}").verdict == "closed"


OF_THE_ORGANIZATION = "OrganizationToListed: without StringEquals aws:ResourceOrgID"
"""An ARN with an account of the organisation says so itself; the next test lists one of another's."""


@pytest.mark.parametrize("service", sorted(LISTED))
def test_a_resource_outside_stays_out_when_it_is_listed(service: str) -> None:
    arns = [arn.replace(OURS, THEIRS) for arn in LISTED[service][0]]
    policy = endpoint_policy(service, ORGANIZATION, REGION, {"resources": arns})
    work, fail = tuple(asked for asked in must_work(service) if asked.resource == "*"), must_fail(service)

    assert not [asked for asked in fail if says(policy, asked, service)]
    mutant = (
        dict(mutants(policy)).get(OF_THE_ORGANIZATION)
        or dict(mutants(policy))[OF_THE_ORGANIZATION.replace("Listed", "Organization")]
    )
    assert noticed(mutant, service, work, fail)


def _beside(resource: str, tail: str) -> str:
    return ":".join([*resource.split(":")[:5], tail])


def parts_requests(service: str, arn: str) -> tuple[Asked, ...]:
    """One request for the resource itself and for each kind of part that it has."""
    action = next(asked.action for asked in must_work(service) if asked.resource != "*")
    parts = {"/*": "/1", "/index/*": "/index/by-day", "/consumer/*": "/consumer/app:1", ":*": ":1", "": ""}
    return tuple(
        request(OURS, action, arn.replace("??????", "a1b2c3").replace("/*", "/x") + parts[part], OURS)
        for part in ACTIONS[service].parts or ()
    )


def test_every_bucket_exception_reads_what_it_names_and_nothing_else() -> None:
    for name, exception in OWNED_BUCKETS.items():
        policy = endpoint_policy("s3", ORGANIZATION, REGION, {"aws_owned": [name]})
        action, callers = (
            ("s3:PutObject", ["cloudformation.amazonaws.com"])
            if exception.answers
            else ("s3:GetObject", [None, THEIRS, OURS])
        )
        resources = [
            f"arn:aws:s3:::{bucket.format(region=REGION, compact='euwest1')}/a"
            for bucket in exception.buckets
        ]
        work = (
            *must_work("s3"),
            *(request(caller, action, resource, LONER) for caller in callers for resource in resources),
        )
        fail = (
            *must_fail("s3"),
            *(
                request(caller, other, resource, LONER)
                for caller in (None, THEIRS, OURS, "cloudformation.amazonaws.com")
                for other in ("s3:PutObject", "s3:GetObject", "s3:DeleteObject", "s3:ListBucket")
                if other != action or (exception.answers and caller not in callers)
                for resource in resources
            ),
            request(None, action, LAYER, LONER),
            request("cloudformation.amazonaws.com", action, "arn:aws:s3:::dropbox/a", THEIRS),
            request(None, action, "arn:aws:s3:::dropbox/a", THEIRS),
        )

        assert not noticed(policy, "s3", work, fail)
        assert [what for what, mutant in mutants(policy) if not noticed(mutant, "s3", work, fail)] == []
        decision = decide(policy, PERIMETER, f"com.amazonaws.{REGION}.s3")
        assert decision.verdict == "closed"
        assert len(decision.exceptions) == (1 if exception.answers else len(exception.buckets))
    default = endpoint_policy("s3", ORGANIZATION, REGION)
    assert decide(default, PERIMETER, f"com.amazonaws.{REGION}.s3").exceptions == ()


def test_image_layers_can_be_read_and_nothing_else_in_their_bucket() -> None:
    policy = endpoint_policy("s3", ORGANIZATION, "cn-north-1", image_layers=True)
    layer = "arn:aws-cn:s3:::prod-cn-north-1-starport-layer-bucket/sha256"

    assert says(policy, request(THEIRS, "s3:GetObject", layer, THEIRS), "s3")
    assert not says(policy, request(THEIRS, "s3:PutObject", layer, THEIRS), "s3")
    assert not says(policy, request(THEIRS, "s3:GetObject", layer.replace("starport", "other"), THEIRS), "s3")


def test_the_prover_knows_the_buckets_of_every_exception() -> None:
    """And of ECR's layers; otherwise an endpoint with the exception would be open."""
    known = {name.replace("{regionnodashes}", "{compact}") for name in PROVERS_BUCKETS}
    ours = {bucket for exception in OWNED_BUCKETS.values() for bucket in exception.buckets}

    assert ours | {"prod-{region}-starport-layer-bucket"} == known


def test_federated_callers_take_on_our_roles_alone() -> None:
    policy = endpoint_policy("sts", ORGANIZATION, REGION, {"federated": True})
    reader = "arn:aws:iam::{account}:role/reader"
    asked_for = ("sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity")
    federated = tuple(request(None, action, reader, OURS) for action in asked_for)
    work = (*must_work("sts"), *federated)
    fail = (
        *must_fail("sts"),
        *(request(who, action, reader, OURS) for action in asked_for for who in (OURS, THEIRS, LONER)),
        *(request(None, action, reader, owner) for action in asked_for for owner in (THEIRS, LONER)),
        request(None, "sts:AssumeRole", reader, OURS),
    )

    assert not [asked for asked in work if not says(policy, asked, "sts")]
    assert not [asked for asked in fail if says(policy, asked, "sts")]
    assert [what for what, mutant in mutants(policy) if not noticed(mutant, "sts", work, fail)] == []
    decision = decide(policy, PERIMETER, f"com.amazonaws.{REGION}.sts")
    assert (decision.verdict, len(decision.exceptions)) == ("closed", 1)
    assert lint(policy, f"com.amazonaws.{REGION}.sts") == ()
    default = endpoint_policy("sts", ORGANIZATION, REGION)
    assert not any(says(default, asked, "sts") for asked in federated)


def test_more_actions_are_allowed_when_they_are_named() -> None:
    policy = endpoint_policy("s3", ORGANIZATION, REGION, {"actions": ["s3:PutObjectAcl"]})
    acl = request(OURS, "s3:PutObjectAcl", "arn:aws:s3:::orders/1", OURS)

    assert says(policy, acl, "s3")
    assert not says(policy, request(OURS, "s3:PutObjectAcl", "arn:aws:s3:::orders/1", THEIRS), "s3")
    assert not says(endpoint_policy("s3", ORGANIZATION, REGION), acl, "s3")


@pytest.mark.parametrize(
    ("service", "access", "message"),
    [
        ("s3", {"actions": ["kms:Decrypt"]}, "carries no kms:Decrypt; write actions that begin with s3:"),
        ("s3", {"resources": []}, "reaches no resource"),
        ("s3", {"aws_owned": ["ubuntu"]}, "'ubuntu'; write one of amazon-linux, .*ssm-agent"),
        ("s3", {"federated": True}, "has no federated; it belongs to sts"),
        ("kms", {"aws_owned": ["amazon-linux"]}, "has no aws_owned; it belongs to s3"),
        ("xray", {"resources": ["arn:aws:xray:eu-west-1:111111111111:group/a"]}, "takes no allow-list"),
        ("s4", {}, "no endpoint policy is written for 's4'"),
    ],
)
def test_what_a_service_does_not_have_is_refused(service: str, access: Access, message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        endpoint_policy(service, ORGANIZATION, REGION, access)


def test_a_policy_that_aws_would_refuse_is_refused() -> None:
    def with_queues(count: int) -> str:
        arns = [f"arn:aws:sqs:{REGION}:{OURS}:queue-{number:05}" for number in range(count)]
        return endpoint_policy("sqs", ORGANIZATION, REGION, {"resources": arns})

    per_queue = len(with_queues(2)) - len(with_queues(1))
    most = (LONGEST_POLICY - len(with_queues(1))) // per_queue + 1

    assert len(with_queues(most)) <= LONGEST_POLICY
    with pytest.raises(
        ArgumentError, match=r"endpoint to sqs would have 20[0-9]{3} .* takes 20480; list fewer"
    ):
        with_queues(most + 1)


def keys_of(policy: dict[str, Any]) -> set[str]:
    return {
        key
        for statement in policy["Statement"]
        for keys in statement.get("Condition", {}).values()
        for key in keys
    }


def test_every_key_is_in_the_table_and_fits_the_service() -> None:
    for service in ROWS:
        access: Access = {}
        if service == "s3":
            access = {"aws_owned": sorted(OWNED_BUCKETS)}
        if service == "sts":
            access = {"federated": True}
        for key in keys_of(json.loads(endpoint_policy(service, ORGANIZATION, REGION, access))):
            supported = CONDITION_KEYS[key].services
            assert supported is None or ACTIONS[service].prefix in supported, (service, key)
