"""The desk and its enquiries: answered, handed on, closed; and what does not fit is refused."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from contacts.enquiries import handling
from contacts.enquiries.handling import MeanwhileError, seen_of
from contacts.models import Absence, Agency, Enquiry, Introduction, Post
from contacts.snapshot import latest
from portal.models import OutboxMessage
from tests import factories
from tests.contacts.desk import NOW, Desks, desks, enquiry

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> Desks:
    with translation.override("en"):
        yield desks()


def kinds(row: Enquiry) -> list[str]:
    return [event.kind for event in row.events.all()]


def mails_to(address: str) -> list[OutboxMessage]:
    return list(OutboxMessage.objects.filter(recipient=address).order_by("pk"))


def hand_on(row: Enquiry, to: str, world: Desks, reason: str = "Borna", **fields):
    by = fields.pop("by", world.richter)
    moment = {"snapshot": latest(), "by": by, "now": NOW}
    return handling.hand_on(row, to, reason, **moment, **fields)


# Answering ----------------------------------------------------------------------------------------


def test_an_answer_goes_to_the_sender_in_their_language_and_is_written_once(world):
    row = enquiry(world.place.richter, language="en")

    handling.answer(row, "  Wir rufen Sie morgen an. ", by=world.richter, now=NOW)

    row.refresh_from_db()
    assert (row.state, row.answered_at) == ("answered", NOW)
    assert [(each.kind, each.text) for each in row.messages.all()] == [
        ("answer", "Wir rufen Sie morgen an.")
    ]
    assert kinds(row) == ["received", "answered"]
    [mail] = mails_to("amal@example.org")
    assert mail.subject == f"Answer to your enquiry {row.reference}"
    assert mail.body.count("Wir rufen Sie morgen an.") == 1
    assert mail.body.index("this is the answer to your enquiry") < mail.body.index("---")
    assert "Amal" not in mail.subject + mail.about


def test_a_reply_goes_to_the_mailbox_of_the_agency_or_else_of_the_post(world):
    post = world.place.richter

    for agency_email in ("stelle@example.org", ""):
        Agency.objects.update(email=agency_email, phone="03433 1000")
        handling.answer(enquiry(post), "Wir rufen Sie morgen an.", by=world.richter, now=NOW)

    replies = [mail.reply_to for mail in mails_to("amal@example.org")]
    assert replies == ["stelle@example.org", post.email]
    assert post.email not in ("", "stelle@example.org")


def test_whoever_gave_only_a_number_is_called_and_the_call_is_noted_down(world):
    row = enquiry(world.place.richter, email="", phone="0170 1")
    with pytest.raises(ValidationError, match="please call"):
        handling.answer(row, "x", by=world.richter, now=NOW)

    handling.called(row, "Kommt am Dienstag.", by=world.richter, now=NOW)

    row.refresh_from_db()
    assert row.state == "answered"
    assert row.messages.get().kind == "call"
    assert not OutboxMessage.objects.exists()
    mailed = enquiry(world.place.richter, phone="")
    with pytest.raises(ValidationError, match="answer by mail"):
        handling.called(mailed, "x", by=world.richter, now=NOW)


def test_a_note_is_for_colleagues_and_changes_nothing_else(world):
    row = enquiry(world.place.richter)
    handling.note(row, "Klingt dringend.", by=world.richter, now=NOW)
    row.refresh_from_db()
    assert (row.state, kinds(row)) == ("open", ["received"])
    with pytest.raises(ValidationError, match="Write a text"):
        handling.note(row, "  ", by=world.richter, now=NOW)


# Handing on ---------------------------------------------------------------------------------------


def test_who_hands_on_keeps_the_day_and_the_history_and_everybody_is_told(world):
    row = enquiry(world.place.richter)
    day = row.answer_by

    hand_on(row, f"post-{world.place.loth.pk}", world)

    row.refresh_from_db()
    assert (row.assigned_post, row.answer_by, row.state) == (world.place.loth, day, "open")
    first, second = row.events.all()
    assert (first.post, first.reason) == (world.place.richter, "responsible")
    assert (second.post, second.reason, second.by) == (world.place.loth, "Borna", world.richter)
    [to_sender] = mails_to("amal@example.org")
    assert "Jana Loth takes care of it." in to_sender.body
    [to_desk] = mails_to(world.loth.email)
    assert row.reference in to_desk.subject
    assert "Amal" not in to_desk.body + to_desk.subject
    with pytest.raises(ValidationError, match="another desk now"):
        handling.answer(row, "x", by=world.richter, now=NOW)


def test_another_agency_at_work_gets_a_new_day_and_no_finished_one_gets_any(world):
    other = factories.agency("Andere Stelle", factories.district("Nordsachsen"))
    over = factories.agency("Beendet", ended_on=dt.date(2025, 1, 1))
    row = enquiry(world.place.richter, now=NOW - dt.timedelta(days=3))
    Enquiry.objects.update(escalated_at=NOW, reminded_at=NOW)
    with pytest.raises(ValidationError, match="Choose another desk"):
        hand_on(row, f"agency-{over.pk}", world)

    hand_on(row, f"agency-{other.pk}", world)

    row.refresh_from_db()
    assert (row.agency, row.assigned_post) == (other, None)
    assert (row.answer_by, row.reminded_at, row.escalated_at) == (
        dt.date(2026, 11, 26),
        None,
        None,
    )
    assert [mail.recipient for mail in OutboxMessage.objects.order_by("recipient")] == [
        "amal@example.org",
        "stelle@example.org",
    ]


def test_a_barrier_keeps_its_period_in_law_wherever_it_goes(world):
    other = factories.agency("Andere Stelle", state=Agency.State.SAXONY_ANHALT)
    row = enquiry(None, agency=world.place.agency, kind="barrier")
    was = row.answer_by
    hand_on(row, f"agency-{other.pk}", world)
    row.refresh_from_db()
    assert abs(row.answer_by - was) < dt.timedelta(days=62)
    assert row.answer_by > dt.date(2026, 12, 1)


@pytest.mark.parametrize("to", ["", "x", "post-999999", "agency-", "post-٣"])
def test_nothing_is_handed_on_to_nobody(world, to):
    with pytest.raises(ValidationError, match="Choose another desk"):
        hand_on(enquiry(world.place.richter), to, world)


def test_nothing_goes_to_where_it_lies_nor_to_an_empty_desk_nor_without_a_reason(world):
    row = enquiry(world.place.richter)
    loth = f"post-{world.place.loth.pk}"
    with pytest.raises(ValidationError, match="Choose another desk"):
        hand_on(row, f"post-{world.place.richter.pk}", world)
    with pytest.raises(ValidationError, match="Say why"):
        hand_on(row, loth, world, reason="  ")
    away = world.place.loth.tenures.get().person
    absence = Absence.objects.create(person=away, valid_from=dt.date(2026, 1, 1))
    with pytest.raises(ValidationError, match="Choose another desk"):
        hand_on(row, loth, world)
    absence.stand_in = world.place.richter
    absence.save()
    hand_on(row, loth, world)


def test_while_two_are_asked_neither_goes_to_another_agency(world):
    other = factories.agency("Andere Stelle")
    row = enquiry(world.place.richter)
    offer = enquiry(world.place.richter, kind="help-offered")
    Introduction.objects.create(offer=offer, request=row, proposed_at=NOW)
    with pytest.raises(ValidationError, match="Take that back first"):
        hand_on(row, f"agency-{other.pk}", world)


# The end, and after it ----------------------------------------------------------------------------


def test_a_closed_enquiry_has_a_result_and_takes_no_step_but_to_be_opened_again(world):
    row = enquiry(world.place.richter, look_again_on=dt.date(2026, 12, 1))
    offer = enquiry(world.place.richter, kind="help-offered")
    pair = Introduction.objects.create(offer=offer, request=row, proposed_at=NOW)
    moment = {"by": world.richter, "now": NOW}
    for outcome in ("", "sonstwie"):
        with pytest.raises(ValidationError, match="how it ended"):
            handling.close(row, outcome, **moment)

    handling.close(row, "helped", **moment)

    row.refresh_from_db()
    pair.refresh_from_db()
    assert (row.state, row.outcome, row.closed_at, row.look_again_on) == (
        "closed",
        "helped",
        NOW,
        None,
    )
    assert pair.state == "taken-back"
    for step in (
        lambda: handling.answer(row, "x", **moment),
        lambda: handling.called(row, "x", **moment),
        lambda: handling.close(row, "helped", **moment),
        lambda: handling.look_again(row, dt.date(2026, 12, 1), **moment),
        lambda: hand_on(row, f"post-{world.place.loth.pk}", world),
    ):
        with pytest.raises(ValidationError, match="Open it again first"):
            step()
    handling.note(row, "Hat sich noch einmal gemeldet.", **moment)
    later = NOW + dt.timedelta(days=30)
    handling.reopen(row, by=world.richter, now=later)
    row.refresh_from_db()
    assert (row.state, row.outcome, row.closed_at) == ("open", "", None)
    assert row.answer_by == dt.date(2026, 12, 29)  # three working days from 23 December on
    assert kinds(row) == ["received", "closed", "reopened"]
    with pytest.raises(ValidationError, match="not closed"):
        handling.reopen(row, **moment)


def test_of_an_erased_enquiry_nothing_is_opened_or_written(world):
    row = enquiry(world.place.richter)
    moment = {"by": world.richter, "now": NOW}
    handling.close(row, "helped", **moment)
    Enquiry.objects.update(erased_at=NOW, email="", name="", text="")
    for step in (lambda: handling.reopen(row, **moment), lambda: handling.note(row, "x", **moment)):
        with pytest.raises(ValidationError, match="Nothing is left"):
            step()


def test_a_day_to_look_again_lies_ahead_and_can_be_taken_off(world):
    row = enquiry(world.place.richter)
    moment = {"by": world.richter, "now": NOW}
    with pytest.raises(ValidationError, match="from tomorrow on"):
        handling.look_again(row, dt.date(2026, 11, 23), **moment)
    for day in (dt.date(2026, 11, 24), None):
        handling.look_again(row, day, **moment)
        row.refresh_from_db()
        assert row.look_again_on == day


# Two at once --------------------------------------------------------------------------------------


def test_the_second_of_two_is_told_what_the_first_has_done_and_nothing_is_written_twice(world):
    row = enquiry(None, agency=world.place.agency)
    seen = seen_of(row)
    handling.answer(row, "Guten Tag", by=world.loth, now=NOW, seen=seen)

    with pytest.raises(MeanwhileError, match=r"answered \(Jana Loth\)"):
        handling.answer(row, "Hallo", by=world.richter, now=NOW, seen=seen)

    assert row.messages.count() == 1
    row.refresh_from_db()
    handling.answer(row, "Hallo", by=world.richter, now=NOW, seen=seen_of(row))
    assert row.messages.count() == 2
    with pytest.raises(MeanwhileError, match="Something has happened"):
        handling.close(row, "helped", by=world.richter, now=NOW, seen="nonsense")


# Who ----------------------------------------------------------------------------------------------


def test_a_verb_refuses_whoever_does_not_see_the_enquiry(world):
    row = enquiry(world.place.loth)
    post = factories.post(factories.agency("Fremd"))
    factories.holder(post, "Fremde Person")
    for step in (
        lambda by: handling.answer(row, "x", by=by, now=NOW),
        lambda by: handling.note(row, "x", by=by, now=NOW),
        lambda by: handling.close(row, "helped", by=by, now=NOW),
        lambda by: hand_on(row, f"post-{world.place.richter.pk}", world, by=by),
    ):
        for by in (world.richter, factories.user(is_staff=True)):
            with pytest.raises(ValidationError, match="another desk now"):
                step(by)
    assert not row.messages.exists()


def test_a_stand_in_answers_for_the_time_of_an_absence(world):
    row = enquiry(world.place.loth)
    person = world.place.loth.tenures.get().person
    assert row not in Enquiry.objects.visible_to(world.richter)
    Absence.objects.create(
        person=person, valid_from=dt.date(2026, 1, 1), stand_in=world.place.richter
    )
    assert row in Enquiry.objects.visible_to(world.richter)
    handling.answer(row, "Ich vertrete Frau Loth.", by=world.richter, now=NOW)
    Absence.objects.update(valid_until=dt.date(2026, 1, 31))
    assert row not in Enquiry.objects.visible_to(world.richter)


def test_a_deputy_answers_while_a_post_is_vacant(world):
    row = enquiry(world.place.loth)
    Post.objects.filter(pk=world.place.loth.pk).update(
        staffing="vacant", deputy=world.place.richter
    )
    assert row in Enquiry.objects.visible_to(world.richter)
