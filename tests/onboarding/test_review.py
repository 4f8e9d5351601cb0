"""A change of stack files as its reviewers see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from landline.onboarding.review import questions, review
from landline.onboarding.review_text import document, markdown, text
from tests.settings.files import BASELINE, ESTATE, GRANT, HUB, OTHER_SPOKE, SPOKE, changed, write

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from landline.onboarding.review import Review

BOTH = ESTATE | {"orders": OTHER_SPOKE}
LISTED = changed(SPOKE, "[s3, kms]", "{s3: {buckets: [a-b]}, kms: {}}")
WITH_STS = changed(SPOKE, "[s3, kms]", "{s3: {}, sts: {}}")


def compared(tmp_path: Path, before: Mapping[str, str], after: Mapping[str, str]) -> Review:
    (tmp_path / "before").mkdir()
    (tmp_path / "after").mkdir()
    return review(write(tmp_path / "before", before), write(tmp_path / "after", after))


def moves(shown: Review) -> list[tuple[str, str, str]]:
    return [(item.spoke, item.move, item.service) for item in shown.access]


def test_nothing_but_remarks_changes_nothing(tmp_path: Path) -> None:
    shown = compared(tmp_path, BOTH, BOTH | {"hub": "# a remark\n" + HUB})

    assert shown.empty
    assert (shown.access, shown.touched, shown.prices, shown.loosened) == ((), (), (), ())
    assert "no stack is other than it was" in text(shown)


def test_a_grant_gives_and_its_removal_takes(tmp_path: Path) -> None:
    without = {name: stack for name, stack in ESTATE.items() if name != "grant-payments"}
    for name in ("gives", "takes"):
        (tmp_path / name).mkdir()
    given = compared(tmp_path / "gives", without, ESTATE)
    taken = compared(tmp_path / "takes", ESTATE, without)

    assert moves(given) == [("payments", "gains", "logging")]
    assert moves(taken) == [("payments", "loses", "logging")]
    assert [(item.name, item.how) for item in given.touched] == [("grant-payments", "new")]
    assert [(item.name, item.how) for item in taken.touched] == [("grant-payments", "gone")]
    assert "payments → logging: ship application logs" in questions(given)["Is the reason good?"]


def test_another_approval_is_shown(tmp_path: Path) -> None:
    shown = compared(tmp_path, ESTATE, ESTATE | {"grant-payments": changed(GRANT, "SEC-42", "SEC-43")})

    assert moves(shown) == [("payments", "is approved anew", "logging")]
    assert (
        "payments (222222222222) keeps logging of hub until 2027-06-30, approved SEC-43 instead of SEC-42"
        in text(shown)
    )


def test_a_new_spoke_touches_itself_only_and_costs(tmp_path: Path) -> None:
    shown = compared(tmp_path, ESTATE, BOTH)

    assert moves(shown) == [("orders", "asks for", "logging")]
    assert [(item.name, item.how) for item in shown.touched] == [("orders", "new")]
    # Two zones: an endpoint to logging and one to kms, 730 hours at a cent; s3 is a gateway endpoint.
    assert [(item.spoke, str(item.before), str(item.after)) for item in shown.prices] == [
        ("orders", "0", "29.20")
    ]


def test_a_hubs_change_touches_all_that_read_it(tmp_path: Path) -> None:
    shown = compared(tmp_path, BOTH, BOTH | {"hub": changed(HUB, "days: 400", "days: 500")})

    assert [(item.name, item.how) for item in shown.touched] == [
        ("grant-payments", "reads a changed hub"),
        ("hub", "changed"),
        ("orders", "reads a changed hub"),
        ("payments", "reads a changed hub"),
    ]
    assert shown.loosened == ()


@pytest.mark.parametrize(
    ("stack", "was", "old", "new", "key"),
    [
        ("hub", HUB, "lane: accepted", "lane: standing", "services.security.lane"),
        (
            "hub",
            HUB,
            "ports: [443], lane: standing",
            "ports: [443, 22], lane: standing",
            "services.logging.ports",
        ),
        ("hub", HUB, "retention_days: 400", "retention_days: 40", "services.logging.backend.retention_days"),
        ("hub", HUB, "o-a1b2c3d4e5", "o-zzzzzzzzzz", "organization"),
        ("hub", HUB, "    services:", "    regions: [eu-central-1]\n    services:", "regions"),
        (
            "baseline-payments",
            BASELINE,
            'account: "222222222222"',
            'account: "222222222222"\n    block_public_access: block-ingress',
            "block_public_access",
        ),
        (
            "baseline-payments",
            BASELINE,
            'account: "222222222222"',
            'account: "222222222222"\n    trail: false',
            "trail",
        ),
        (
            "baseline-payments",
            BASELINE,
            'account: "222222222222"',
            'account: "222222222222"\n    network_activity: denied',
            "network_activity",
        ),
        ("grant-payments", GRANT, "until: 2027-06-30", "until: 2027-07-01", "services.logging.until"),
        ("grant-payments", GRANT, "until: 2027-06-30, ", "", "services.logging.until"),
        ("payments", SPOKE, "aws: [s3, kms]", "aws: [s3, kms, lambda]", "aws"),
        ("payments", SPOKE, "[s3, kms]", "{s3: {actions: ['s3:PutObjectAcl']}, kms: {}}", "aws.s3.actions"),
        ("payments", SPOKE, "[s3, kms]", "{s3: {aws_owned: [ssm-agent]}, kms: {}}", "aws.s3.aws_owned"),
        ("payments", WITH_STS, "sts: {}", "sts: {federated: true}", "aws.sts.federated"),
        ("payments", LISTED, "s3: {buckets: [a-b]}", "s3: {}", "aws.s3.buckets"),
        ("payments", LISTED, "[a-b]", "[a-b, c-d]", "aws.s3.buckets"),
        ("payments", SPOKE, "222222222222", "555555555555", "account"),
    ],
)
def test_a_loosened_setting_is_named_and_its_reverse_is_not(
    tmp_path: Path, stack: str, was: str, old: str, new: str, key: str
) -> None:
    tight, loose = ESTATE | {stack: was}, ESTATE | {stack: changed(was, old, new)}
    for name in ("forth", "back"):
        (tmp_path / name).mkdir()
    forth = compared(tmp_path / "forth", tight, loose)
    back = compared(tmp_path / "back", loose, tight)

    assert [item.key_path.split(".", 1)[1] for item in forth.loosened] == [key]
    assert len(questions(forth)["Is a loosened default justified?"]) == 1
    # An account is as foreign on the way back, and a Region that is left out stays in AWS.
    assert len(back.loosened) == (1 if key in ("account", "organization", "regions") else 0)


def test_a_spokes_new_account_loses_and_gains(tmp_path: Path) -> None:
    shown = compared(tmp_path, ESTATE, ESTATE | {"payments": changed(SPOKE, "222222222222", "555555555555")})

    assert {(item.account, item.move) for item in shown.access} == {
        ("222222222222", "loses"),
        ("555555555555", "gains"),
    }


@pytest.mark.parametrize(
    ("stack", "after", "says"),
    [
        ("orders", changed(OTHER_SPOKE, "333333333333", "222222222222"), "is the account of spoke payments"),
        ("orders", changed(OTHER_SPOKE, '"333333333333"', '"*"'), "is no AWS account id"),
        ("grant-orders", changed(GRANT, "spoke: payments", "spoke: nobody"), "names no spoke stack"),
        ("grant-payments", changed(GRANT, "logging:", "security:"), "does not request it"),
        ("payments", "a: b: c\n", "is no YAML"),
    ],
)
def test_what_cannot_stand_is_refused(tmp_path: Path, stack: str, after: str, says: str) -> None:
    shown = compared(tmp_path, BOTH, BOTH | {stack: after})

    assert says in "\n".join(shown.refused)
    assert text(shown).startswith("Refused\n")
    assert document(shown)["refused"] == list(shown.refused)


def test_markdown_takes_nothing_from_the_files_as_markup(tmp_path: Path) -> None:
    hostile = changed(SPOKE, "ship application logs", "'<img src=x> @everyone **now** [a](b) #1'")
    shown = compared(tmp_path, {"hub": HUB}, {"hub": HUB, "payments": hostile})
    lines = [line for line in markdown(shown).splitlines() if "everyone" in line]

    assert lines
    for line in lines:
        assert not set("<>@*[]") & set(line)
