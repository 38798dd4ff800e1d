"""Proofs of use, letters and repayments on the pages of the office."""

import datetime as dt

import pytest
import time_machine

from portal import clock
from projects.models import Application, Attachment, Claim, Hearing, Letter, Receipt
from projects.states import GrantState
from projects.workflow import proving, turning
from tests.portal import uploading
from tests.projects import grants
from tests.projects.test_a_whole_grant import NOW, World, on
from tests.projects.test_decisions_in_the_administration import logged_in, to
from tests.reading import seen_in

pytestmark = pytest.mark.django_db
G = GrantState


class Desk:
    """A paid grant whose proof has been sent, and the browsers of those who work on it."""

    def __init__(self, world: World) -> None:
        self.world = world

    def at(self, day: str, who: str, name: str = "change", /, *arguments, **data):
        """What somebody gets on that day: the page, or with `data` what the form answers."""
        with time_machine.travel(on(day), tick=False):
            client = logged_in(getattr(self.world, who))
            address = to(self.world.case, name, *arguments)
            answer = client.post(address, data) if data else client.get(address)
        if answer.streaming:  # read to its end, a file is closed
            answer.size = len(b"".join(answer.streaming_content))
        return answer

    def does(self, day: str, who: str, name: str, /, *arguments, **data) -> None:
        answer = self.at(day, who, name, *arguments, **(data or {"go": "1"}))
        assert answer.status_code == 302, seen_in(answer)


@pytest.fixture
def desk(place) -> Desk:
    world = World(place)
    grants_of = world.case.letters.get()
    found = Desk(world)
    page = found.at("2026-05-04", "caseworker")
    assert "Letter 1 was posted" in seen_in(page)
    assert "to be posted" in seen_in(page)
    document = found.at("2026-05-04", "finance", "letter", 1)
    assert document.size == len(grants_of.pdf)
    assert (
        found.at("2026-05-04", "caseworker", "letter_posted", 1, day="2026-05-09").status_code
        == 422
    )
    found.does("2026-05-04", "caseworker", "letter_posted", 1, day="2026-05-04")
    assert "Announced on 8 May 2026, objection until 8 Jun 2026" in seen_in(
        found.at("2026-05-04", "decider")
    )
    turning.turn_all(on("2026-06-20"))
    world.pay(40_000, "2026-09-03")
    turning.turn_all(on("2026-09-10"))
    photo = uploading.upload("Bon.jpg", uploading.picture_bytes())
    moment = {"by": world.applicant, "now": on("2026-09-20")}
    file = proving.add_file(world.case, photo, **moment)
    world.spend(1, 20_500, file=file)
    world.spend(2, 24_500)
    world.spend(2, 24_500)
    world.spend(2, 24_500, side="costs", kind=Receipt.Kind.REFUND, purpose="zurück")
    world.spend(1, 5_000, side="income")
    scan = uploading.upload("Liste.pdf", uploading.pdf_bytes())
    proving.add_list(world.case, scan, **moment)
    assert "Bäckerei Wolf" not in seen_in(found.at("2026-09-20", "caseworker"))  # theirs so far
    world.prove("2026-09-21")
    return found


def test_what_was_sent_stands_on_the_page_for_those_who_check(desk):
    page = desk.at("2026-09-22", "caseworker")

    said = seen_in(page)
    for words in ("€245.00", "Bäckerei Wolf", "Bon.jpg", "Liste.pdf", "looks like one before it"):
        assert words in said
    assert "−€245.00" in said
    assert "Wir haben uns am 5. September" in said
    assert "Check the proof of use" in said
    assert "Confirm what is cut" not in said
    assert "A caseworker does this." in seen_in(desk.at("2026-09-22", "decider"))
    document = desk.at("2026-09-22", "finance", "proof_document", 1)
    assert document.headers["Content-Type"] == "application/pdf"
    assert desk.at("2026-09-22", "finance", "proof_document", 2).status_code == 404
    names = {row.name: row.uuid for row in Attachment.objects.all()}
    for who, status in (("caseworker", 200), ("decider", 200), ("finance", 404)):
        assert desk.at("2026-09-22", who, "attachment", names["Liste.pdf"]).status_code == status
        assert desk.at("2026-09-22", who, "attachment", names["Bon.jpg"]).status_code == 200
    assert "Liste.pdf" not in seen_in(desk.at("2026-09-22", "finance"))


def test_from_a_question_to_the_money_that_came_back(desk):
    world = desk.world
    bad = desk.at("2026-09-22", "caseworker", "proof_query", text="Wo?", until="2026-09-22")
    assert bad.status_code == 422
    assert "Wo?" in bad.text
    desk.does("2026-09-22", "caseworker", "proof_query", text="Wo?", until="2026-10-06")
    assert world.grant.state == G.PROOF_QUERIED
    assert "Asked, to be answered until 6 October 2026" in seen_in(desk.at("2026-09-23", "decider"))
    world.prove("2026-09-24", reached=["Mehr Grüße."])

    form = desk.at("2026-09-25", "caseworker", "proof_check")
    assert "€450.00, with €50.00 from others" in seen_in(form)
    cut = {"recognised_1": "205,00", "recognised_2": "200", "note_1": "", "note_2": "Ohne Beleg"}
    refused = desk.at("2026-09-25", "caseworker", "proof_check", **cut, reason="")
    assert "Say why something is cut." in refused.text
    assert 'value="Ohne Beleg"' in refused.text
    too_much = cut | {"recognised_2": "245,01"}
    assert (
        "No more is recognised"
        in desk.at("2026-09-25", "caseworker", "proof_check", **too_much, reason="x").text
    )
    desk.does("2026-09-25", "caseworker", "proof_check", **cut, reason="Gekürzt.")
    said = seen_in(desk.at("2026-09-25", "caseworker"))
    assert "waits for a second person" in said
    assert "You have worked on this case" not in said
    desk.does("2026-09-26", "decider", "proof_send_back", text="Mehr.")
    desk.does("2026-09-27", "caseworker", "proof_check", **cut, reason="Noch einmal.")
    desk.does("2026-09-28", "decider", "proof_confirm")
    assert world.grant.state == G.SETTLED
    assert turning.owed_cents(world.grant) == 4_500

    page = seen_in(desk.at("2026-09-28", "caseworker"))
    assert "€45.00 paid too much" in page
    assert "The recipient has to be heard first." in page
    early = desk.at(
        "2026-09-28", "caseworker", "hear_repayment", text="Zu viel.", until="2026-10-01"
    )
    assert "two weeks" in early.text
    desk.does("2026-09-28", "caseworker", "hear_repayment", text="Zu viel.", until="2026-10-20")
    page = seen_in(desk.at("2026-09-29", "caseworker"))
    assert "The recipient still has time to answer." in page
    assert "Enter the answer" not in page  # they have a browser themselves
    Application.objects.filter(pk=world.pk).update(channel="paper")
    desk.does("2026-09-30", "caseworker", "hearing_answer", text="Das stimmt.")
    Application.objects.filter(pk=world.pk).update(channel="online")
    assert Hearing.objects.get().answer == "Das stimmt."
    desk.does("2026-10-01", "caseworker", "claim", text="Zu viel.")
    assert "Demand of €45.00" in seen_in(desk.at("2026-10-01", "decider"))
    desk.does("2026-10-01", "decider", "send_back_claim", text="Warten.")
    desk.does("2026-10-02", "caseworker", "claim", text="Zu viel.")
    rules = world.case.rule_set
    type(rules).objects.filter(pk=rules.pk).update(repayment_account="")
    none = desk.at("2026-10-02", "decider", "order_claim", day="2026-11-02")
    assert none.status_code == 422
    type(rules).objects.filter(pk=rules.pk).update(repayment_account="DE02 1203")
    desk.does("2026-10-02", "decider", "order_claim", day="2026-11-02")
    assert Letter.objects.filter(kind="repayment").count() == 1
    waits = seen_in(desk.at("2026-10-03", "finance"))
    assert "to be paid until 2 November 2026" in waits
    assert "It has been paid back" in waits
    desk.does("2026-10-20", "finance", "repaid", day="2026-10-19")
    assert Claim.objects.get().paid_on == dt.date(2026, 10, 19)
    assert world.sums == (35_500, 35_500, 964_500)
    assert "paid back on 19 October 2026" in seen_in(desk.at("2026-10-20", "decider"))


def test_a_grant_is_revoked_after_a_hearing(place):
    found = grants.final_in(place.agency)

    def page(user, name="change", **data):
        client = logged_in(user)
        return client.post(to(found.case, name), data) if data else client.get(to(found.case, name))

    with time_machine.travel(NOW, tick=False):
        said = seen_in(page(found.anna))
        assert "Hear the recipient about a revocation" in said
        assert "Revoke the grant" not in said
        assert page(found.ben, "revoke", text="Nicht begonnen.").status_code == 422
        until = (clock.today() + dt.timedelta(days=14)).isoformat()
        page(found.anna, "hear_revocation", text="Nicht begonnen.", until=until)
        assert "still has time to answer" in seen_in(page(found.ben))
    with time_machine.travel(NOW + dt.timedelta(days=15), tick=False):
        assert page(found.ben, "revoke", text="Nicht begonnen.").status_code == 302
    assert found.grant.state == G.REVOKED


def test_a_button_that_is_pressed_too_late_says_so(desk):
    world = desk.world
    for name, data in (
        ("proof_query", {"text": "Wo?", "until": "2026-12-01"}),
        ("proof_check", {"recognised_1": "205", "recognised_2": "245"}),
        ("claim", {"text": "x"}),
    ):
        type(world.grant).objects.filter(pk=world.grant.pk).update(state=G.CLOSED)
        answer = desk.at("2026-10-01", "caseworker", name, **data)
        assert "not possible any more" in answer.text
    assert desk.at("2026-10-01", "caseworker", "proof_document", 9).status_code == 404
    assert desk.at("2026-10-01", "caseworker", "letter", 9).status_code == 404
