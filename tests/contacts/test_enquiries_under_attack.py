"""Enquiries that mean harm, or come by mistake: nothing breaks, and nothing stays of anybody."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from contacts.enquiries import erasing, following, handling, matching
from contacts.models import AgencyTranslation, Enquiry
from contacts.models.enquiry import EnquiryKind, Outcome
from contacts.snapshot import latest
from portal.models import OutboxMessage
from tests.contacts.county import County, county
from tests.contacts.desk import NOW, Desks, desks, enquiry
from tests.contacts.writing import LATER, opened, send
from tests.reading import seen_in

pytestmark = pytest.mark.django_db
TURNED = "Amal\u202eluoP\r\nTelefon: 0900 1"


@pytest.fixture
def place() -> County:
    return county()


@pytest.fixture
def world() -> Desks:
    with translation.override("en"):
        yield desks()


# What is typed ------------------------------------------------------------------------------------


def test_what_others_read_in_mails_is_one_line_and_turns_nothing(client, place):
    typed = dict.fromkeys(["name", "times", "more_languages"], TURNED)

    answer = send(client, "hilfe-suchen", activities=["homework"] * 50, **typed)

    assert answer.status_code == 302, seen_in(answer)
    stored = Enquiry.objects.get()
    assert stored.name == stored.times == "AmalluoP Telefon: 0900 1"
    assert stored.languages == ["AmalluoP Telefon: 0900 1"]
    assert stored.activities == ["homework"]


def test_a_name_of_nothing_but_signs_is_no_name(client, place):
    answer = send(client, "netzwerk", organisation="\u202e\u200f")

    assert answer.status_code == 422
    assert "Enter the name of your club or organisation." in seen_in(answer)


def test_the_name_of_an_agency_with_a_control_character_stops_no_enquiry(client, place):
    AgencyTranslation.objects.filter(master=place.agency).update(name="Landkreis\x0bLeipzig\n")

    assert send(client, "hilfe-suchen").status_code == 302

    names = set(OutboxMessage.objects.values_list("from_name", flat=True))
    assert names == {"Landkreis Leipzig"}


def test_the_same_form_with_other_words_is_not_dropped_without_a_word(client, place):
    form = opened(client, "idee")
    send(client, "idee", form=form)

    twice = send(client, "idee", form=form)
    other = send(client, "idee", form=form, text="Ein zweiter Gedanke.")

    assert twice.status_code == 302
    assert other.status_code == 422
    assert "This form was sent before, with other words." in seen_in(other)
    assert "Ein zweiter Gedanke." in other.text
    again = send(
        client,
        "idee",
        form=other.context["form"],
        text="Ein zweiter Gedanke.",
        at=LATER + dt.timedelta(seconds=5),
    )
    assert again.status_code == 302, seen_in(again)
    assert Enquiry.objects.count() == 2


# What is written afterwards -----------------------------------------------------------------------


def test_the_same_message_sent_twice_at_once_is_one(world):
    row = enquiry(world.place.richter)

    for seconds in (0, 1, 3600):
        now = NOW + dt.timedelta(seconds=seconds)
        following.write(row, "Any news?", by=None, snapshot=latest(), now=now)

    assert row.messages.count() == 2  # an hour later it is a question of its own
    assert OutboxMessage.objects.filter(about__contains="written").count() == 2


def test_whoever_writes_when_the_last_agency_has_ended_is_not_turned_away(world):
    row = enquiry(world.place.richter)
    handling.answer(row, "Gern.", by=world.richter, now=NOW)
    agency = world.place.agency
    agency.ended_on = NOW.date() - dt.timedelta(days=1)
    agency.save()

    following.write(row, "And now?", by=None, snapshot=latest(), now=NOW)

    row.refresh_from_db()
    assert (row.state, row.agency) == ("open", agency)


def test_nobody_puts_off_the_end_of_keeping_for_ever(world):
    row = enquiry(world.place.richter)
    moment = {"by": world.richter, "now": NOW}

    handling.look_again(row, dt.date(2027, 11, 24), **moment)
    with pytest.raises(ValidationError, match="within a year"):
        handling.look_again(row, dt.date(9999, 12, 31), **moment)


# What is left -------------------------------------------------------------------------------------


def test_nothing_that_anybody_typed_is_left_of_an_erased_enquiry(world):
    row = enquiry(
        world.place.richter,
        area=world.place.grimma,
        languages=["ar", "Hani Haddad spricht alles"],
        times="Rufen Sie Hani Haddad an",
    )
    offer = enquiry(
        world.place.richter,
        area=world.place.grimma,
        kind=EnquiryKind.HELP_OFFERED,
        email="ben@example.org",
    )
    matching.propose(offer, row, by=world.richter, now=NOW)
    [told] = OutboxMessage.objects.filter(recipient="ben@example.org")
    assert "Hani Haddad" in told.body
    matching.take_back(row.as_request.get(), by=world.richter, now=NOW)
    desk = f"post-{world.place.loth.pk}"
    moment = {"snapshot": latest(), "by": world.richter, "now": NOW}
    handling.hand_on(row, desk, "Hani Haddad wohnt in Borna", **moment)

    erasing.erase(row, outcome=Outcome.NO_REPLY, now=NOW)

    row.refresh_from_db()
    assert row.languages == ["ar"]
    assert not OutboxMessage.objects.filter(body__contains="Haddad").exists()
    reasons = list(row.events.values_list("kind", "reason"))
    assert ("handed-on", "") in reasons
    assert ("received", "responsible") in reasons
    assert ("closed", "no-reply") in reasons
