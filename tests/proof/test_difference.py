"""What a change opens and closes."""

from landline import network, proof
from landline.exit_codes import ExitCode
from landline.proof import Difference
from tests.proof.dump import SPOKE, Dump, isolated, public
from tests.proof.judge import granted
from tests.proof.test_services import GRANTED, estate


def between(before: Dump, after: Dump, grants: proof.Grants | None = None) -> Difference:
    verdicts = [proof.verify(network.read(dump.bytes()), grants) for dump in (before, after)]
    return proof.difference(*verdicts)


def test_a_leak_opens_and_closes() -> None:
    opened, closed = between(isolated(), public()), between(public(), isolated())

    assert (opened.before, opened.after, opened.exit_code) == ("proven", "violated", ExitCode.FINDING)
    assert {finding.rule for finding in opened.opened} == {"internet-egress", "internet-ingress"}
    assert opened.closed == opened.stayed == ()
    assert ("route_tables", 1, 2) in opened.checked
    assert (closed.opened, closed.closed, closed.exit_code) == ((), opened.opened, ExitCode.DONE)


def test_what_stays_is_no_finding_of_the_change() -> None:
    same = between(public(), public())

    assert len(same.stayed) == 2
    assert same.exit_code is ExitCode.DONE


def test_a_latent_door_that_turns_live_is_opened() -> None:
    latent = isolated()
    latent.internet_gateway()
    change = between(latent, public())

    assert {finding.severity for finding in change.opened} == {"violation"}
    assert {finding.severity for finding in change.closed} == {"latent"}


def test_access_gained_and_lost() -> None:
    nobody = estate()
    nobody.places = {
        place: {kind: items for kind, items in documents.items() if kind != "VpcEndpointConnections"}
        | {"VpcEndpointConnections": [], "VpcEndpoints": []}
        for place, documents in nobody.places.items()
    }
    gained, lost = between(nobody, estate(), GRANTED), between(estate(), nobody, granted(logging=[SPOKE]))

    assert [(entry.spoke, entry.service) for entry in gained.gained] == [(SPOKE, "logging")]
    assert gained.lost == ()
    assert [(entry.spoke, entry.service) for entry in lost.lost] == [(SPOKE, "logging")]


def test_a_new_open_question_has_its_own_exit_code() -> None:
    change = between(isolated(), isolated().drop("NetworkAcls"))

    assert change.questions
    assert change.exit_code is ExitCode.UNPROVEN
    assert between(isolated().drop("NetworkAcls"), isolated()).settled == change.questions
