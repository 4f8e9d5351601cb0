"""The commands that write stack files, from a request to its end."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import yaml

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .conftest import Landline

BILLING = (
    *("--team", "billing", "--contact", "billing-oncall@example.com", "--account", "444444444444"),
    *("--cidr", "10.64.0.0/20", "--aws", "s3", "--aws", "kms"),
)
LOGS = ("--service", "logging", "--reason", "ship application logs")


def text(directory: Path, stack: str) -> str:
    return (directory / f"Pulumi.{stack}.yaml").read_text()


def everything(directory: Path) -> dict[str, str]:
    return {file.name: file.read_text() for file in directory.iterdir()}


def test_from_request_to_revocation(landline: Landline, stacks: Callable[..., Path]) -> None:
    where = stacks()
    at = ("--stacks", str(where))

    asked = landline("request", "new", "billing", *BILLING, *LOGS, "--until", "2027-06-30", *at)
    assert (asked.code, asked.stdout.splitlines()[0]) == (0, f"wrote {where}/Pulumi.billing.yaml")
    assert "have the platform team grant logging to billing" in asked.stderr
    assert text(where, "billing") == (
        "# yaml-language-server: $schema=schema.json\n"
        "config:\n"
        "  aws:region: eu-west-1\n"
        "  landline:spoke:\n"
        "    hub: hub\n"
        "    team: billing\n"
        "    contact: billing-oncall@example.com\n"
        '    account: "444444444444"\n'
        "    network: {cidr: 10.64.0.0/20, zones: [euw1-az1, euw1-az2]}\n"
        "    services:\n"
        '      logging: {reason: ship application logs, until: "2027-06-30"}\n'
        "    aws: [s3, kms]\n"
    )

    assert landline("grant", "billing", "--approved", "SEC-57", *at).code == 0
    assert '      logging: {until: "2027-06-30", approved: SEC-57}\n' in text(where, "grant-billing")
    told = landline("check", *at, "--today", "2026-11-26").stdout
    assert "logging.endpoints: is less than the 3 spokes that are granted logging" in told
    assert told.endswith("10 stacks checked: 1 warning\n")
    hub = where / "Pulumi.hub.yaml"
    hub.write_text(hub.read_text().replace("endpoints: 2", "endpoints: 3"))
    assert landline("check", *at, "--today", "2026-11-26").stdout == "10 stacks checked: no problems\n"

    more = landline("request", "new", "billing", "--service", "security", "--reason", "upload findings", *at)
    assert more.code == 0
    assert text(where, "billing").endswith("      security: {reason: upload findings}\n    aws: [s3, kms]\n")
    assert landline("grant", "billing", "security", "--approved", "SEC-58", *at).code == 0

    renewed = landline("renew", "billing", "logging", "--until", "2027-12-31", "--approved", "SEC-60", *at)
    assert renewed.code == 0
    assert "granted for longer than spoke billing requests" in renewed.stderr
    assert '      logging: {until: "2027-12-31", approved: SEC-60}\n' in text(where, "grant-billing")

    assert landline("revoke", "billing", "logging", *at).code == 0
    assert "logging" not in text(where, "grant-billing")
    assert landline("revoke", "billing", *at).code == 0
    assert text(where, "grant-billing").endswith("    services: {}\n")


def test_what_comes_next_names_the_grant_by_its_own_name(
    landline: Landline, stacks: Callable[..., Path]
) -> None:
    where = stacks()
    (where / "Pulumi.grant-orders.yaml").rename(where / "Pulumi.access.yaml")
    at = ("--stacks", str(where))

    assert "landline up access, which rejects" in landline("revoke", "orders", *at).stdout
    assert "landline up access orders\n" in landline("grant", "orders", "--approved", "S-1", *at).stdout


def test_a_renewal_never_moves_a_last_day_silently(landline: Landline, stacks: Callable[..., Path]) -> None:
    where = stacks()
    at = ("--stacks", str(where))
    renewal = ("renew", "payments", "security", "--approved")
    assert landline(*renewal, "S-1", "--until", "2099-01-01", *at).stderr == ""

    endless = landline(*renewal, "S-2", *at)
    assert endless.code == 0
    assert (
        "security ended on 2099-01-01 and is now access without end, as payments requests" in endless.stderr
    )
    assert "landline renew payments security --until 2099-01-01 --approved S-2" in endless.stderr
    assert "security: {approved: S-2}" in text(where, "grant-payments")
    assert landline(*renewal, "S-3", *at).stderr == ""

    logging = ("renew", "payments", "logging", "--approved", "S-4")
    assert landline(*logging, *at).stderr == ""
    assert landline(*logging, "--until", "2099-01-01", *at).code == 0
    shorter = json.loads(landline(*logging, "--json", *at).stdout)
    assert any("ended on 2099-01-01 and now ends on 2027-06-30" in one for one in shorter["problems"])


def test_another_aws_service_goes_where_the_file_has_them(
    landline: Landline, stacks: Callable[..., Path]
) -> None:
    where = stacks()
    file = where / "Pulumi.payments.yaml"
    listed = file.read_text()
    mapping = "aws: {s3: {buckets: [payments-data]}, kms: {}"
    file.write_text(listed.replace("aws: [s3, dynamodb, kms, sts]", mapping + "}"))
    added = landline("request", "new", "payments", "--aws", "sqs", "--aws", "kms", "--stacks", str(where))

    assert added.code == 0, added.stderr
    assert mapping + ", sqs: {}}" in file.read_text()


def test_expired_access_is_listed_and_taken_away_on_request(
    landline: Landline, stacks: Callable[..., Path]
) -> None:
    where = stacks()
    at = ("--stacks", str(where))
    before = everything(where)

    assert landline("expire", *at, "--today", "2026-11-26").stdout == "nothing runs out within 30 days\n"
    soon = landline("expire", *at, "--today", "2027-06-01", "--json")
    assert soon.code == 0
    assert [
        (item["spoke"], item["service"], item["days_left"]) for item in json.loads(soon.stdout)["expiring"]
    ] == [
        ("orders", "logging", 30),
        ("payments", "logging", 30),
    ]
    last_day = landline("expire", *at, "--today", "2027-06-30")
    assert last_day.code == 0
    over = landline("expire", *at, "--today", "2027-07-01")
    assert over.code == 1
    assert "has run out" in over.stdout
    assert everything(where) == before

    written = landline("expire", *at, "--today", "2027-07-01", "--write")
    assert written.code == 0
    assert text(where, "grant-orders").endswith("    services: {}\n")
    assert "security: {approved: SEC-43}" in text(where, "grant-payments")
    assert "logging" not in text(where, "grant-payments")


def test_the_catalogue_says_what_a_spoke_has(landline: Landline, stacks: Callable[..., Path]) -> None:
    at = ("--stacks", str(stacks()))
    shown = json.loads(landline("catalogue", "orders", "--json", *at).stdout)

    assert shown["endpoints_left"] == 48
    assert [(one["service"], one["state"], one["monthly_price_usd"]) for one in shown["services"]] == [
        ("logging", "granted", "14.60"),
        ("security", "available", "14.60"),
    ]
    assert "logging.hub.landline.internal" in landline("catalogue", *at).stdout


def test_a_spoke_of_another_region_takes_the_nearest_hub_and_its_grant_stays_there(
    landline: Landline, stacks: Callable[..., Path]
) -> None:
    where = stacks()
    at = ("--stacks", str(where))
    hub = where / "Pulumi.hub.yaml"
    hub.write_text(hub.read_text().replace("    services:", "    regions: [eu-central-1]\n    services:"))
    zones = ("--zone", "euc1-az2", "--zone", "euc1-az3")

    far = ("--hub", "auto", "--region", "eu-central-1", *zones)
    asked = landline("request", "new", "billing", *BILLING, *LOGS, *far, *at)
    assert (asked.code, landline("grant", "billing", "--approved", "SEC-57", *at).code) == (0, 0)

    assert "aws:region: eu-central-1" in text(where, "billing")
    assert "hub: auto" in text(where, "billing")
    grant = text(where, "grant-billing")
    assert "aws:region: eu-west-1" in grant
    assert "hub: hub\n" in grant
    assert landline("check", "billing", *at).code == 0
    shown = json.loads(landline("catalogue", "billing", "--json", *at).stdout)["services"]
    assert [(one["region"], one["regions"], one["zones"]) for one in shown] == [
        ("eu-west-1", ["eu-central-1"], ["euc1-az2", "euc1-az3"])
    ] * 2
    told = landline("status", "billing", *at).stdout
    assert "billing → logging: goes from eu-central-1 to eu-west-1" in told


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("grant", "payment", "--approved", "X-1"), "did you mean payments?"),
        (("grant", "orders", "security", "--approved", "X-1"), "does not request security"),
        (("grant", "payments", "logging", "--approved", "X-1"), "landline renew payments logging"),
        (("grant", "payments", "--approved", "X-1"), "everything that payments requests is granted"),
        (("grant", "payments", "logging", "--approved", "X-1", "--until", "soon"), "is no date"),
        (("revoke", "orders", "security"), "security is not granted to orders"),
        (("renew", "orders", "--approved", "\x1b[31m"), "approved: is no reference to an approval"),
        (("request", "new", "orders", *LOGS), "logging is requested already"),
        (
            ("request", "new", "orders", "--service", "loging", "--reason", "ship logs away"),
            "did you mean logging?",
        ),
        (("request", "new", "billing", *BILLING), "--service, --reason are missing"),
        (("request", "new", "billing", *BILLING, *LOGS, "--hub", "auto"), "name it: --region eu-central-1"),
        (
            ("request", "new", "billing", *BILLING, *LOGS, "--hub", "auto", "--region", "eu-west-3"),
            "finds no hub in eu-west-3",
        ),
        (
            ("request", "new", "billing", *BILLING, *LOGS, "--region", "eu-west-3"),
            "its zones are not eu-west-3's",
        ),
        (("request", "new", "../x", *BILLING, *LOGS), "is no stack name"),
        (
            ("request", "new", "billing", *BILLING[:4], "--account", "1", *BILLING[6:], *LOGS),
            "is no AWS account id",
        ),
        (("request", "new", "orders", "--account", "1", *LOGS), "--account cannot be given"),
        (("catalogue", "order"), "did you mean orders?"),
        (("renew", "payments", "logging", "--until", "2020-01-01", "--approved", "X-1"), "is past"),
        (("grant", "orders", "--until", "2020-01-01", "--approved", "X-1"), "is past"),
        (("request", "new", "orders", *LOGS, "--until", "2020-01-01"), "is past"),
    ],
)
def test_what_is_refused_writes_nothing(
    landline: Landline, stacks: Callable[..., Path], arguments: tuple[str, ...], says: str
) -> None:
    where = stacks()
    before = everything(where)
    outcome = landline(*arguments, "--stacks", str(where))

    assert outcome.code == 2
    assert says in outcome.stderr
    assert "Traceback" not in outcome.stderr
    assert everything(where) == before


def test_a_dry_run_shows_and_writes_nothing(landline: Landline, stacks: Callable[..., Path]) -> None:
    where = stacks()
    before = everything(where)
    outcome = landline("revoke", "payments", "security", "--dry-run", "--stacks", str(where))

    assert outcome.code == 0
    assert outcome.stdout == text(where, "grant-payments").replace("      security: {approved: SEC-43}\n", "")
    assert everything(where) == before


def test_review_compares_with_a_git_revision(
    landline: Landline, stacks: Callable[..., Path], git: Callable[..., None]
) -> None:
    where = stacks()
    at = ("--stacks", str(where))
    outside = landline("review", *at)
    assert outside.code == 2
    assert "git rev-parse" in outside.stderr

    git(where, "init", "--quiet")
    git(where, "add", ".")
    git(where, "commit", "--quiet", "--message", "Begin")
    assert "no stack is other than it was" in landline("review", *at).stdout

    assert landline("revoke", "payments", "security", *at).code == 0
    shown = json.loads(landline("review", "--json", *at).stdout)
    assert [(item["spoke"], item["move"], item["service"]) for item in shown["access"]] == [
        ("payments", "loses", "security")
    ]
    assert landline("review", "--markdown", *at).stdout.startswith("<!-- landline review -->\n")

    (where / "Pulumi.orders.yaml").write_text("config: {}\n")
    refused = landline("review", *at)
    assert (refused.code, refused.stdout.splitlines()[0]) == (2, "Refused")
    assert landline("review", "--base", "nowhere", *at).code == 2
    assert landline("review", "--base", "--output=x", *at).code == 2


def test_a_repository_begins_with_its_hub(landline: Landline, tmp_path: Path) -> None:
    where = tmp_path / "new" / "stacks"
    at = ("--stacks", str(where))
    hub = (
        *("--organization", "o-a1b2c3d4e5", "--account", "111111111111", "--region", "eu-west-1"),
        *("--zone", "euw1-az1", "--zone", "euw1-az2", "--cidr", "10.0.0.0/20"),
    )
    shown = landline("init", *hub, *at, "--dry-run")
    refused = landline("init", *hub[:3], "1", *hub[4:], *at)
    assert (shown.code, refused.code) == (0, 2)
    assert not where.parent.exists()

    assert landline("init", *hub, *at).code == 0
    assert sorted(everything(where)) == ["Pulumi.hub.yaml", "schema.json"]
    project = yaml.safe_load((where.parent / "Pulumi.yaml").read_text())
    assert (project["name"], project["runtime"], project["stackConfigDir"]) == (
        "landline",
        "python",
        "stacks",
    )
    assert landline("check", *at).stdout == "1 stack checked: no problems\n"

    before = everything(where)
    again = landline("init", *hub, *at)
    assert again.code == 2
    assert "is there already" in again.stderr
    wrong = landline("init", "--name", "other", *hub[:3], "1", *hub[4:], *at)
    assert wrong.code == 2
    assert "is no AWS account id" in wrong.stderr
    missing = landline("init", "--name", "other", *at)
    assert missing.code == 2
    assert "--organization, --account, --region, --zone, --cidr are missing" in missing.stderr
    assert everything(where) == before


def test_status_stops_where_the_sources_do(landline: Landline, stacks: Callable[..., Path]) -> None:
    where = stacks()
    at = ("--stacks", str(where), "--today", "2026-11-26")
    shown = json.loads(landline("status", "--json", *at).stdout)
    assert {(line["spoke"], line["service"], line["state"]) for line in shown["lines"]} == {
        ("orders", "logging", "granted"),
        ("payments", "logging", "granted"),
        ("payments", "security", "granted"),
    }
    assert [why.split(":")[0] for why in shown["unread"]] == ["git", "AWS", "Pulumi's state"]
    # A snapshot without the hub's account says nothing of it, and least of all that nothing is there.
    nothing = where.parent / "nothing"
    nothing.mkdir()
    unread = json.loads(landline("status", "--json", "--dump", str(nothing), *at).stdout)["unread"]
    assert any("connections account 111111111111 has" in why for why in unread)
    evidence = landline("evidence", "orders", "--dump", str(nothing), "--stacks", str(where))
    assert (evidence.code, "the hub's" in evidence.stderr) == (3, True)
    detailed = landline("status", "orders", *at)
    assert "approved SEC-44" in detailed.stdout

    (where / "Pulumi.grant-orders.yaml").unlink()
    (where / "Pulumi.payments.yaml").write_text(text(where, "payments").replace("logging:", "loging:"))
    states = json.loads(landline("status", "--json", *at).stdout)["lines"]
    assert {(line["spoke"], line["service"], line["state"]) for line in states} >= {
        ("orders", "logging", "checked"),
        ("payments", "loging", "requested"),
    }


@pytest.mark.parametrize(
    ("stack", "mistake", "left_out", "shown"),
    [
        # A key that there is not: the file says which stack it is, and no more can be taken from it.
        ("payments", ("network:", "netwrok:"), ["payments"], {"orders": "granted"}),
        ("payments", ("config:", "config: ["), ["payments"], {"orders": "granted"}),
        # Whether orders is granted anything is not known, so nobody is told to grant it.
        (
            "grant-orders",
            ("spoke: orders", "spoke: orders\n    spkoe: x"),
            ["grant-orders"],
            {"orders": "requested"},
        ),
        (
            "grant-orders",
            ("config:", "config: ["),
            ["grant-orders"],
            {"orders": "requested", "payments": "granted"},
        ),
    ],
)
def test_status_names_what_it_must_leave_out(
    landline: Landline,
    stacks: Callable[..., Path],
    stack: str,
    mistake: tuple[str, str],
    left_out: list[str],
    shown: dict[str, str],
) -> None:
    where = stacks()
    file = where / f"Pulumi.{stack}.yaml"
    assert mistake[0] in file.read_text()
    file.write_text(file.read_text().replace(*mistake))
    at = ("--stacks", str(where), "--today", "2026-11-26")
    told = landline("status", "--json", *at)
    document = json.loads(told.stdout)

    assert (told.code, document["left_out"]) == (2, left_out)
    assert all(file.name in error for error in document["errors"])
    assert document["errors"]
    assert {line["spoke"]: line["state"] for line in document["lines"]}.items() >= shown.items()
    assert left_out[0] not in {line["spoke"] for line in document["lines"]}

    plain = landline("status", *at)
    assert plain.code == 2
    assert f"left out: {stack}, whose stack file holds mistakes" in plain.stdout
    assert "holds mistakes; `landline check` shows them all" in plain.stderr
    assert file.name in plain.stderr
    # Asked for by name, it is not denied.
    if stack == "payments":
        asked = landline("status", "payments", *at)
        assert (asked.code, "no spoke stack is named" in asked.stderr) == (2, False)
        assert "nothing is requested" not in asked.stdout


def test_evidence_that_is_none_is_told(landline: Landline, tmp_path: Path) -> None:
    file = tmp_path / "evidence.json"
    file.write_text("{}")
    wrong = landline("evidence", "--check", str(file))
    assert wrong.code == 1
    assert "has schema None" in wrong.stdout
    file.write_text("not json")
    assert landline("evidence", "--check", str(file)).code == 2
    assert landline("evidence", "payments").code == 2


def test_both_teams_through_branches_and_reviews(
    landline: Landline, git: Callable[..., None], tmp_path: Path
) -> None:
    where = tmp_path / "stacks"
    at = ("--stacks", str(where))

    def on(branch: str, *command: str) -> dict[str, list[dict[str, str]]]:
        """A branch with what one command writes, reviewed and merged."""
        git(tmp_path, "switch", "--quiet", "--create", branch)
        assert landline(*command, *at).code == 0
        git(tmp_path, "add", ".")
        git(tmp_path, "commit", "--quiet", "--message", branch)
        reviewed = landline("review", "--base", "main", "--json", *at)
        assert reviewed.code == 0, reviewed
        git(tmp_path, "switch", "--quiet", "main")
        git(tmp_path, "merge", "--quiet", "--ff-only", branch)
        shown: dict[str, list[dict[str, str]]] = json.loads(reviewed.stdout)
        return shown

    def moves(shown: dict[str, list[dict[str, str]]]) -> list[tuple[str, str, str]]:
        return [(item["spoke"], item["move"], item["service"]) for item in shown["access"]]

    git(tmp_path, "init", "--quiet", "--initial-branch", "main")
    git(tmp_path, "commit", "--quiet", "--allow-empty", "--message", "Begin")
    began = on(
        "hub",
        *("init", "--organization", "o-a1b2c3d4e5", "--account", "111111111111", "--region", "eu-west-1"),
        *("--zone", "euw1-az1", "--zone", "euw1-az2", "--cidr", "10.0.0.0/20"),
    )
    assert [(item["name"], item["how"]) for item in began["touched"]] == [("hub", "new")]

    asked = on("ask", "request", "new", "billing", *BILLING, *LOGS, "--until", "2099-06-30")
    assert moves(asked) == [("billing", "asks for", "logging")]
    assert asked["prices_usd_a_month"] == [{"spoke": "billing", "before": "0", "after": "29.20"}]
    given = on("grant", "grant", "billing", "--approved", "SEC-57")
    assert moves(given) == [("billing", "gains", "logging")]
    assert [(item["name"], item["how"]) for item in given["touched"]] == [("grant-billing", "new")]
    longer = on("renew", "renew", "billing", "--until", "2099-12-31", "--approved", "SEC-60")
    assert moves(longer) == [("billing", "keeps until", "logging")]
    assert len(longer["loosened"]) == 1
    ended = on("revoke", "revoke", "billing")
    assert moves(ended) == [("billing", "loses", "logging")]
    assert [item["name"] for item in ended["touched"]] == ["grant-billing"]

    # Another team takes billing's account for its own, to get at what billing is granted.
    git(tmp_path, "switch", "--quiet", "--create", "hostile")
    thief = text(where, "billing").replace("team: billing", "team: thief").replace("logging", "security")
    (where / "Pulumi.thief.yaml").write_text(thief)
    refused = landline("review", "--base", "main", *at)
    assert refused.code == 2
    assert "is the account of spoke billing of team billing" in refused.stdout
