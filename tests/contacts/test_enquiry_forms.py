"""Writing an enquiry: what is asked, what is refused, who gets it, and what the sender sees."""

import datetime as dt
import re

import pytest
import time_machine

from contacts.enquiries.kinds import PAGES
from contacts.models import Absence, Enquiry, EnquiryEvent
from contacts.models.enquiry import EnquiryKind
from contacts.views import enquiries as views
from portal.models import OutboxMessage
from tests import factories
from tests.contacts.county import BEFORE_NOON
from tests.contacts.writing import KINDS, LATER, hidden, opened, send
from tests.reading import seen_in as text_of

pytestmark = pytest.mark.django_db
SOON = LATER + dt.timedelta(seconds=2)


def sent_page(client, response) -> str:
    assert response.status_code == 302, text_of(response)
    with time_machine.travel(SOON, tick=False):
        return text_of(client.get(response["Location"]))


# What can be written ------------------------------------------------------------------------------


def test_the_page_of_all_kinds_leads_to_each_form_and_hands_on_the_place(client, place):
    html = client.get("/en/anfrage/?ort=Grimma&stelle=landkreis-leipzig&x=1").text

    for page in PAGES:
        address = f"/en/anfrage/{page.slug}/?ort=Grimma&amp;stelle=landkreis-leipzig"
        assert f'href="{address}"' in html
    assert "03433 241-3431" in html


def test_what_volunteers_can_offer_and_ask_for_stands_on_the_forms(client, place):
    """Each line of the office's call for volunteers."""
    offer = text_of(client.get("/en/anfrage/hilfe-anbieten/"))
    others = text_of(client.get("/en/anfrage/"))

    for said in (
        "Sport and games",
        "Crafts and repairs",
        "Art and music",
        "Help with homework",
        "Learning German",
        "Sponsoring a family",
        "Help with forms and applications",
        "Company to offices and doctors",
        "Opening a club or a meeting to newcomers",
    ):
        assert said in offer
    assert "look for participants" in others
    assert "where money can come from" in others


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_stored_at_its_desk_and_promises_an_answer(client, place, kind):
    shown = sent_page(client, send(client, kind))

    stored = Enquiry.objects.get()
    is_of_a_town = kind not in ("netzwerk", "barriere")
    assert stored.assigned_post == (place.richter if is_of_a_town else None)
    assert stored.agency == place.agency
    assert stored.email == "amal@example.org"
    assert stored.answer_by > BEFORE_NOON.date()
    assert stored.events.get().kind == EnquiryEvent.Kind.RECEIVED
    assert stored.reference in shown
    assert "at the latest" in shown
    assert "03433 241-3431" in shown
    assert ("Martina Richter" in shown) is is_of_a_town


def test_what_was_chosen_is_kept_as_it_was_chosen(client, place):
    send(client, "sprachmittlung", more_languages="Tigrinya, Nuristani", text="Ward 3")

    stored = Enquiry.objects.get()
    assert stored.kind == EnquiryKind.INTERPRETER
    assert stored.languages == ["ar", "ti", "Nuristani"]
    assert (stored.talk, stored.talk_on) == ("health", dt.date(2026, 12, 1))
    assert (stored.talk_at, stored.text) == (dt.time(14, 30), "Ward 3")
    assert stored.area.name == stored.typed_place == "Grimma"


def test_a_telephone_number_alone_is_enough(client, place):
    response = send(client, "hilfe-suchen", email="", phone="٠١٥١ 2345678")
    shown = sent_page(client, response)

    assert Enquiry.objects.get().phone == "0151 2345678"
    assert "somebody calls you" in shown
    assert not OutboxMessage.objects.filter(about__endswith=":sender").exists()


def test_a_receipt_in_the_language_of_the_sender_and_in_german_goes_to_the_outbox(client, place):
    send(client, "hilfe-anbieten")

    stored = Enquiry.objects.get()
    mail = OutboxMessage.objects.get(recipient="amal@example.org")
    assert stored.reference in mail.subject
    assert "30 November 2026" in mail.body
    assert "30. November 2026" in mail.body
    assert OutboxMessage.objects.exclude(pk=mail.pk).count() == 1  # to the desk


# What is refused ----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_form_says_what_is_missing_and_where(client, place, kind):
    form = opened(client, kind)

    with time_machine.travel(LATER, tick=False):
        response = client.post(f"/en/anfrage/{kind}/", hidden(form))

    html = response.text
    assert response.status_code == 422
    assert "<title>Error: " in html
    assert response["Cache-Control"] == "no-store"
    targets = re.findall(r'<li><a href="#([^"]+)">', html)
    assert targets
    assert all(f'id="{target}"' in html for target in targets)
    assert not Enquiry.objects.exists()


@pytest.mark.parametrize(
    ("kind", "values", "said"),
    [
        ("hilfe-anbieten", {"email": ""}, "Enter an e-mail address or a telephone number."),
        ("hilfe-anbieten", {"email": "amal"}, "Enter an e-mail address such as"),
        ("hilfe-anbieten", {"phone": "12"}, "Enter the whole number, with the area code."),
        ("idee", {"text": "\u200b\u2060"}, "Write a few words"),
        ("sprachmittlung", {"talk_on": "2026-11-22"}, "This day is over."),
        ("sprachmittlung", {"talk_on": "soon"}, "Enter a day, such as 31.10.2026."),
        ("sprachmittlung", {"talk_at": "noon"}, "Enter a time, such as 14:30."),
        ("sprachmittlung", {"wanted_language": "other"}, "Enter the name of the language."),
        ("hilfe-suchen", {"activities": ["club"]}, "Select a valid choice"),
        ("hilfe-suchen", {"place": "\0"}, "Enter the town"),
        ("idee", {"text": "x" * 10_000}, "at most 4000"),
    ],
)
def test_what_cannot_be_right_is_refused_and_kept(client, place, kind, values, said):
    response = send(client, kind, name="Amal Kassab", **values)

    assert response.status_code == 422
    assert said in text_of(response)
    assert 'value="Amal Kassab"' in response.text
    assert not Enquiry.objects.exists()


def test_a_barrier_needs_neither_address_nor_number_and_then_gets_no_answer(client, place):
    response = send(client, "barriere", email="", page="/en/orte/grimma/")
    shown = sent_page(client, response)

    assert Enquiry.objects.get().page == "/en/orte/grimma/"
    assert "nobody can answer you" in shown


def test_the_form_for_barriers_names_the_day_that_the_law_sets(client, place):
    with time_machine.travel(BEFORE_NOON, tick=False):
        shown = text_of(client.get("/en/anfrage/barriere/?seite=/en/orte/grimma/"))

    assert "23 December 2026" in shown
    assert "The law gives the office one month" in shown


# Places -------------------------------------------------------------------------------------------


@pytest.fixture
def beucha(place):
    """Two places of one name with different coordinators."""
    for town in (place.grimma, place.borna):
        factories.locality("Beucha", town)
    return place


def test_a_name_of_several_places_is_asked_for_and_the_rest_is_kept(client, beucha):
    asked = send(client, "hilfe-anbieten", place="Beucha", times="two evenings")
    html = asked.text
    keys = re.findall(r'name="chosen" value="([^"]+)"', html)
    chosen = next(key for key in keys if key.startswith(beucha.borna.key))
    answered = send(client, "hilfe-anbieten", place="Beucha", chosen=chosen)

    assert asked.status_code == 422
    assert "Several places fit “Beucha”" in text_of(asked)
    assert 'value="two evenings"' in html
    assert re.search(r'value="german"[^>]*checked', html)
    assert answered.status_code == 302
    assert Enquiry.objects.get().assigned_post == beucha.loth


def test_an_unknown_place_can_be_left_out(client, place):
    asked = send(client, "hilfe-anbieten", place="Xyzqq")
    without = send(client, "hilfe-anbieten", place="Xyzqq", chosen="-")

    assert "We do not know a place called “Xyzqq”" in text_of(asked)
    assert without.status_code == 302
    stored = Enquiry.objects.get()
    assert (stored.area, stored.typed_place, stored.agency) == (None, "Xyzqq", place.agency)


def test_a_place_that_begins_like_it_is_offered(client, place):
    html = send(client, "hilfe-anbieten", place="Grimxyz").text

    assert f'value="{place.grimma.key}"' in html


def test_where_several_offices_are_at_work_one_is_chosen_or_comes_with_the_page(client, place):
    other = factories.agency("Stelle Borna", factories.district("Landkreis Zwei"), slug="zwei")

    asked = send(client, "idee", place="Xyzqq", chosen="-")
    chosen = send(client, "idee", place="Xyzqq", chosen="-", office="zwei")
    from_page = opened(client, "idee", "?stelle=zwei")
    brought = send(client, "idee", place="Xyzqq", chosen="-", form=from_page)

    assert "Choose the office that should answer you." in text_of(asked)
    assert (chosen.status_code, brought.status_code) == (302, 302)
    assert [row.agency for row in Enquiry.objects.all()] == [other, other]


def test_a_place_outside_says_who_is_responsible_and_is_sent_only_on_purpose(client, place):
    factories.municipality("Altenburg", factories.district("Landkreis Altenburger Land"))

    asked = send(client, "hilfe-suchen", place="Altenburg")
    shown = sent_page(client, send(client, "hilfe-suchen", place="Altenburg", anyway="on"))

    assert "Altenburg lies in Landkreis Altenburger Land" in text_of(asked)
    assert Enquiry.objects.get().agency == place.agency
    assert "This office answers you all the same" in shown


def test_whoever_stands_in_is_named_with_the_reason(client, place):
    Absence.objects.create(
        person=place.person,
        valid_from=BEFORE_NOON.date(),
        valid_until=BEFORE_NOON.date(),
        stand_in=place.loth,
    )

    shown = sent_page(client, send(client, "hilfe-suchen"))

    assert "Jana Loth stands in for the post" in shown
    assert "03433 241 4742" in shown


def test_without_an_office_at_work_the_page_says_so_and_takes_nothing(client, place):
    place.agency.ended_on = BEFORE_NOON.date() - dt.timedelta(days=1)
    place.agency.save()

    with time_machine.travel(BEFORE_NOON, tick=False):
        shown = client.get("/en/anfrage/hilfe-suchen/")
        sent = client.post("/en/anfrage/hilfe-suchen/", KINDS["hilfe-suchen"])

    for response in (shown, sent):
        assert response.status_code == 200
        assert "No office is at work here" in text_of(response)
    assert not Enquiry.objects.exists()


# Programs, and sending twice ----------------------------------------------------------------------


def test_a_form_that_is_sent_twice_is_one_enquiry(client, place):
    form = opened(client, "idee")

    answers = [send(client, "idee", form=form) for _time in range(3)]

    numbers = {re.search(r"AN-\w{4}-\w{4}", sent_page(client, a))[0] for a in answers}
    assert numbers == {Enquiry.objects.get().reference}
    assert OutboxMessage.objects.count() == 2


def test_a_program_is_dropped_without_a_word(client, place):
    response = send(client, "idee", remark="http://x.example")

    assert response.status_code == 302
    assert not Enquiry.objects.exists()


def test_a_form_that_comes_back_at_once_is_asked_for_again(client, place):
    response = send(client, "idee", at=BEFORE_NOON)

    assert response.status_code == 422
    assert "Please send the form once more" in text_of(response)
    assert "A garden for all." in response.text


def test_too_many_at_once_are_refused_and_nothing_is_lost(client, place, monkeypatch):
    monkeypatch.setattr(views, "ENQUIRIES_AN_HOUR", 2)

    answers = [send(client, "idee") for _time in range(3)]

    assert [answer.status_code for answer in answers] == [302, 302, 429]
    assert "A garden for all." in answers[-1].text
    assert Enquiry.objects.count() == 2


# Afterwards ---------------------------------------------------------------------------------------


def test_the_page_after_sending_ends_after_an_hour_and_names_no_sender(client, place):
    location = send(client, "idee", name="Amal Kassab", phone="0151 2345678")["Location"]

    with time_machine.travel(SOON, tick=False):
        soon = client.get(location)
    with time_machine.travel(LATER + dt.timedelta(minutes=61), tick=False):
        late = client.get(location)

    assert "no-store" in soon["Cache-Control"]
    for personal in ("Amal", "amal@example.org", "2345678", "A garden"):
        assert personal not in soon.text
    assert late.status_code == 410
    assert Enquiry.objects.get().reference not in late.text
    assert "/en/anfrage/stand/" in late.text


def test_the_forms_speak_german_as_well(client, place):
    with time_machine.travel(BEFORE_NOON, tick=False):
        form = client.get("/de/anfrage/sprachmittlung/").context["form"]

    assert ("ar", "Arabisch") in form.fields["wanted_language"].choices


def test_pages_lead_to_the_forms_with_their_place(client, place):
    assert "/en/anfrage/?ort=04668%20Grimma" in client.get("/en/orte/grimma/").text
    assert "/en/anfrage/?ort=04668%20Grimma" in client.get("/en/zustaendig/?ort=Grimma").text
    assert "Nerchau%20%28Grimma%29" in client.get("/en/orte/grimma/nerchau/").text
    assert "?stelle=landkreis-leipzig" in client.get("/en/stellen/landkreis-leipzig/").text
    assert "?stelle=landkreis-leipzig" in client.get("/en/ansprechpersonen/koi/").text
    assert "/en/anfrage/hilfe-anbieten/" in client.get("/en/").text
