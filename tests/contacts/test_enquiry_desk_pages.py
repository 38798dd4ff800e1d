"""The inbox and the pages of an enquiry, as coordinators use them; and whom they are closed to."""

import csv
import datetime as dt
import html
import io
import re

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contacts.enquiries import events, handling, matching
from contacts.models import Absence, Enquiry, Introduction, NoticeChoice
from contacts.roles import Role
from portal.models import OutboxMessage
from tests import factories
from tests.contacts.desk import LIST, NOW, client_of, desks, enquiry, staff

pytestmark = pytest.mark.django_db
STEPS = ("answer", "called", "note", "hand_on", "close", "look_again")
BUTTONS = ("reopen", "propose", "agree", "refuse", "take_back")


@pytest.fixture
def world():
    with time_machine.travel(NOW, tick=False):
        yield desks()


@pytest.fixture
def richter(world) -> Client:
    return client_of(world.richter)


def address(row: Enquiry, name: str = "change", *more) -> str:
    return reverse(f"admin:contacts_enquiry_{name}", args=[row.pk, *more])


def text_of(response, status: int = 200) -> str:
    assert response.status_code == status
    text = re.sub(r"<[^>]+>", " ", response.content.decode().partition("</head>")[2])
    return re.sub(r"\s+", " ", html.unescape(text))


def listed(client: Client, query: str = "") -> list[Enquiry]:
    return list(client.get(f"{LIST}{query}").context["cl"].queryset)


def post(client: Client, row: Enquiry, name: str, *more, **typed):
    return client.post(address(row, name, *more), typed)


# The inbox ----------------------------------------------------------------------------------------


def test_the_inbox_shows_what_waits_and_says_in_words_what_is_late(world, richter):
    place = world.place
    late = enquiry(place.richter, area=place.nerchau, answer_by=dt.date(2026, 11, 20))
    today = enquiry(None, agency=place.agency, answer_by=dt.date(2026, 11, 23), language="ar")
    done = enquiry(place.richter, area=place.grimma)
    enquiry(place.loth)
    handling.answer(done, "Ja", by=world.richter, now=NOW)

    text = text_of(richter.get(LIST))

    assert listed(richter) == [late, today]
    assert "20 Nov 2026 overdue" in text
    assert "Nerchau (Grimma)" in text
    assert "waits for an answer Martina Richter" in text
    assert "Amal" not in text
    assert listed(richter, "?state=answered") == [done]
    assert set(listed(richter, "?state=all")) == {late, today, done}
    assert listed(richter, "?due=overdue") == [late]
    assert listed(richter, "?due=today") == [today]
    assert listed(richter, "?desk=agency") == [today]
    assert listed(richter, "?desk=mine&state=all") == [late, done]
    assert listed(richter, "?language=ar") == [today]
    assert listed(richter, f"?place={place.nerchau.pk}&kind__exact=help-wanted") == [late]
    narrowed = richter.get(f"{LIST}?state=all&desk=mine").content.decode()
    assert "desk=mine" in narrowed.partition("place=")[0]


def test_a_number_or_a_name_finds_it_however_it_is_typed(world, richter):
    row = enquiry(world.place.richter, name="Jürgen Müller", organisation="Straßenfest e. V.")
    enquiry(world.place.richter)
    plain = row.reference.replace("-", "").removeprefix("AN").lower()
    for typed in (row.reference, plain, "mueller", "strassenfest", row.reference[3:7]):
        assert row in listed(richter, f"?q={typed}")
    assert listed(richter, "?q=mueller") == [row]
    assert listed(richter, f"?q={plain}") == [row]


def test_an_empty_inbox_says_what_to_do_next(richter, world):
    assert "Nothing waits for an answer" in text_of(richter.get(LIST))
    enquiry(world.place.richter)
    page = richter.get(f"{LIST}?due=overdue")
    assert "No enquiry fits" in text_of(page)
    assert 'href="?state=all"' in page.content.decode()


def test_a_saved_list_holds_what_the_list_shows_and_nobodys_name(world, richter):
    row = enquiry(world.place.richter, answer_by=dt.date(2026, 11, 20))
    enquiry(world.place.loth)
    saved = richter.get(reverse("admin:contacts_enquiry_export", args=["csv"]))
    [line] = csv.DictReader(io.StringIO(saved.getvalue().decode("utf-8-sig")), delimiter=";")
    assert line["Number"] == row.reference
    assert line["Answer by"].endswith("overdue")
    assert "Amal" not in "".join(line.values())
    xlsx = richter.get(reverse("admin:contacts_enquiry_export", args=["xlsx"]))
    assert xlsx.getvalue()[:2] == b"PK"


# The page -----------------------------------------------------------------------------------------


def test_the_page_shows_what_was_written_whose_it_is_and_why(world, richter):
    row = enquiry(
        world.place.richter,
        area=world.place.nerchau,
        phone="(03437) 1 22",
        organisation="Verein & Co",
        activities=["homework", "german"],
        languages=["ar", "de"],
        times="abends",
        talk="health",
        talk_on=dt.date(2026, 12, 1),
        talk_at=dt.time(9, 30),
        text="<b>Hallo</b>\n\nzwei Kinder",
    )
    page = richter.get(address(row))
    text, source = text_of(page), page.content.decode()
    for said in (
        "I need help",
        "waits for an answer",
        "Koordinatorin (Martina Richter)",
        "responsible for the place",
        "Amal Haddad",
        "Verein & Co",
        "Help with homework, Learning German",
        "Arabic, German",
        "abends",
        "With a doctor or in a hospital",
        "<b>Hallo</b>",
        "Answer by mail",
        "Answered by telephone",
        "Hand on",
    ):
        assert said in text, said
    assert 'href="mailto:amal@example.org"' in source
    assert 'href="tel:+493437122"' in source
    assert "Amal" not in source.partition("</title>")[0]


def test_an_empty_desk_is_named_on_the_page(world, richter):
    row = enquiry(world.place.richter)
    assert "Nobody is at this desk" not in text_of(richter.get(address(row)))
    person = world.place.richter.tenures.get().person
    absence = Absence.objects.create(person=person, valid_from=NOW.date())
    assert "Nobody is at this desk today" in text_of(richter.get(address(row)))
    absence.stand_in = world.place.loth
    absence.save()
    text = text_of(richter.get(address(row)))
    assert "Nobody is at this desk" not in text
    assert "Jana Loth stands in" in text
    assert text_of(client_of(world.loth).get(address(row)))


def test_every_step_is_a_page_of_its_own_and_leads_back(world, richter):
    row = enquiry(world.place.richter, phone="0170 1")
    for name in STEPS:
        text = text_of(richter.get(address(row, name)))
        assert "Wir suchen Hilfe bei den Hausaufgaben." in text
    for name, typed, said in (
        ("answer", {"text": "Gern."}, "The answer has been sent."),
        ("called", {"text": "Am Telefon."}, "answered by telephone"),
        ("note", {"text": "Merken."}, "The note stands with the enquiry."),
        ("look_again", {"day": "2026-12-01"}, "The day is noted."),
        ("close", {"outcome": "helped"}, "The enquiry is closed."),
        ("reopen", {}, "The enquiry is open again."),
    ):
        text = text_of(richter.post(address(row, name), typed, follow=True))
        assert said in text, name
    page = text_of(richter.get(address(row)))
    for said in ("Gern.", "Am Telefon.", "Merken.", "Internal note", "settled", "opened again"):
        assert said in page, said


def test_a_form_with_an_error_says_what_to_do_and_keeps_what_was_typed(world, richter):
    row = enquiry(world.place.richter)
    for name, typed, said in (
        ("answer", {"text": " "}, "Write a text."),
        ("answer", {"text": "a\0b"}, "Null characters are not allowed."),
        ("answer", {"text": "x" * 4001}, "at most 4000 characters"),
        ("hand_on", {"to": "", "reason": "Warum"}, "Choose who takes it."),
        ("hand_on", {"to": f"post-{world.place.loth.pk}", "reason": ""}, "Say why you hand it on."),
        ("hand_on", {"to": "post-0", "reason": "Warum"}, "Choose who takes it"),
        ("close", {}, "Say how it ended."),
        ("look_again", {"day": "2026-11-23"}, "Choose a day from tomorrow on."),
        ("called", {"text": "Warum"}, "please answer by mail"),
    ):
        answer = richter.post(address(row, name), typed)
        assert said in text_of(answer, 422) or name == "hand_on", name
        assert "Error:" in answer.content.decode().partition("</title>")[0]
        if typed.get("reason") == "Warum" or typed.get("text") == "Warum":
            assert "Warum" in text_of(answer, 422)
    assert [event.kind for event in row.events.all()] == ["received"]


def test_whoever_hands_on_loses_sight_of_it_and_is_told_so(world, richter):
    row = enquiry(world.place.richter)
    choices = text_of(richter.get(address(row, "hand_on")))
    assert "Kommunale Koordinatorin (Jana Loth)" in choices
    typed = {"to": f"post-{world.place.loth.pk}", "reason": "liegt in Borna"}
    answer = richter.post(address(row, "hand_on"), typed, follow=True)

    assert answer.redirect_chain == [(LIST, 302)]
    text = text_of(answer)
    assert "Whoever has it now has been told" in text
    assert "you do not see it any more" in text
    assert richter.get(address(row)).status_code == 404
    history = text_of(client_of(world.loth).get(address(row)))
    assert "→ Koordinatorin: responsible for the place" in history
    assert "(Martina Richter) → Kommunale Koordinatorin: liegt in Borna" in history


def test_of_two_at_once_the_second_sees_what_has_happened_and_keeps_their_text(world, richter):
    row = enquiry(None, agency=world.place.agency)
    loth = client_of(world.loth)
    seen = [page.get(address(row, "answer")).context["seen"] for page in (richter, loth)]
    post(loth, row, "answer", text="Von Loth", seen=seen[1])

    answer = post(richter, row, "answer", text="Von Richter", seen=seen[0])

    text = text_of(answer, 422)
    assert "Something has happened here meanwhile: answered (Jana Loth)" in text
    assert "Von Richter" in text
    assert "Von Loth" in text
    assert row.messages.count() == 1
    post(richter, row, "answer", text="Von Richter", seen=answer.context["seen"])
    assert row.messages.count() == 2


def test_the_page_asks_as_often_for_thirty_messages_and_pairs_as_for_three(world, richter):
    place = world.place
    row = enquiry(place.richter, area=place.nerchau)
    richter.get(address(row))
    counts = []
    for first, last in ((0, 3), (3, 30)):
        for _n in range(first, last):
            handling.note(row, "x", by=staff(place, Role.AGENCY_ADMIN), now=NOW)
            for state in ("asked", "taken-back"):
                other = enquiry(place.richter, kind="help-offered", area=place.grimma)
                Introduction.objects.create(offer=other, request=row, proposed_at=NOW, state=state)
            events.enter(row, "reminded", by=None, now=NOW)
        with CaptureQueriesContext(connection) as queries:
            richter.get(address(row))
        counts.append(len(queries))
    assert counts[0] == counts[1]


# Bringing two together ----------------------------------------------------------------------------


def test_two_are_brought_together_by_telephone(world, richter):
    place = world.place
    row = enquiry(place.richter, area=place.grimma, email="", phone="0170 1")
    other = enquiry(
        place.richter, area=place.grimma, kind="help-offered", email="", phone="0170 2", name="Ben"
    )
    enquiry(place.loth, kind="help-offered", area=place.grimma)
    page = text_of(richter.get(address(row)))
    assert other.reference in page
    assert "same town" in page
    assert "1 more lies with a colleague: Kommunale Koordinatorin." in page

    text = text_of(richter.post(address(row, "propose", other.pk), follow=True))
    assert "Both are asked" in text
    assert "please call and ask" in text
    pair = Introduction.objects.get()
    assert (pair.offer, pair.request) == (other, row)
    richter.post(address(row, "agree", pair.pk, "request"))
    text = text_of(richter.post(address(row, "agree", pair.pk, "offer"), follow=True))
    pair.refresh_from_db()
    assert pair.state == "done"
    assert "Introduced" in text
    assert [event.kind for event in row.events.all()][-1] == "introduced"
    refused = richter.post(address(row, "take_back", pair.pk), follow=True)
    assert "nothing to take back" in text_of(refused)


def test_one_who_does_not_want_to_ends_it_and_it_can_be_taken_back(world, richter):
    row = enquiry(world.place.richter, phone="0170 1", area=world.place.grimma)
    other = enquiry(world.place.richter, kind="help-offered", area=world.place.grimma)
    richter.post(address(other, "propose", row.pk))
    pair = Introduction.objects.get()
    assert (pair.offer, pair.request) == (other, row)
    richter.post(address(other, "take_back", pair.pk))
    pair.refresh_from_db()
    assert pair.state == "taken-back"
    richter.post(address(row, "propose", other.pk))
    pair = Introduction.objects.get(state="asked")
    text = text_of(richter.post(address(row, "refuse", pair.pk, "request"), follow=True))
    assert "Does not want to" not in text
    pair.refresh_from_db()
    assert pair.state == "refused"


def test_a_pair_with_a_colleagues_enquiry_shows_nothing_of_it(world, richter):
    row = enquiry(world.place.richter)
    other = enquiry(world.place.loth, kind="help-offered", name="Ben Baum")
    pair = matching.propose(other, row, by=world.admin, now=NOW)
    text = text_of(richter.get(address(row)))
    assert "with an enquiry at another desk" in text
    assert other.reference not in text
    for name in ("agree", "refuse"):
        assert richter.post(address(row, name, pair.pk, "request")).status_code == 404
        assert richter.post(address(row, name, pair.pk, "both")).status_code == 404
    assert richter.post(address(row, "take_back", pair.pk)).status_code == 404
    assert richter.post(address(row, "propose", other.pk)).status_code == 404


# Whom it is closed to -----------------------------------------------------------------------------


def every_address(row: Enquiry, other: Enquiry, pair: Introduction) -> list[str]:
    more = {"propose": [other.pk], "take_back": [pair.pk]}
    more |= {"agree": [pair.pk, "offer"], "refuse": [pair.pk, "offer"]}
    names = ("change", "history", *STEPS, *BUTTONS)
    return [address(row, name, *more.get(name, [])) for name in names]


def traces() -> list:
    return [
        list(Enquiry.objects.order_by("pk").values()),
        [(row.events.count(), row.messages.count()) for row in Enquiry.objects.order_by("pk")],
        list(Introduction.objects.values()),
        OutboxMessage.objects.count(),
    ]


def test_what_lies_at_another_desk_does_not_exist_by_any_address(world):
    place = world.place
    row, other = enquiry(place.loth), enquiry(place.loth, kind="help-offered")
    pair = Introduction.objects.create(offer=other, request=row, proposed_at=NOW)
    foreign = factories.agency("Fremde Stelle")
    before = traces()
    closed = [world.richter, factories.user(is_staff=True)]
    closed += [staff(place, role) for role in Role if role is not Role.AGENCY_ADMIN]
    stranger = factories.user(is_staff=True)
    stranger.staff_roles.create(agency=foreign, role=Role.AGENCY_ADMIN)
    typed = {"text": "kanarienvogel", "reason": "x", "to": f"agency-{place.agency.pk}"}
    typed |= {"outcome": "helped", "day": "2026-12-01"}
    for user in (*closed, stranger):
        client = client_of(user)
        for where in every_address(row, other, pair):
            assert client.get(where).status_code in (403, 404, 405), (user, where)
            assert client.post(where, typed).status_code in (403, 404, 405), (user, where)
        if client.get(LIST).status_code == 200:
            assert listed(client, "?state=all") == []
            assert listed(client, f"?q={row.reference}") == []
            assert "Amal" not in text_of(client.get(f"{LIST}?place={place.grimma.pk}"))
    assert traces() == before
    admin = client_of(world.admin)
    assert set(listed(admin)) == {row, other}
    assert admin.get(address(row)).status_code == 200


@pytest.mark.parametrize(
    ("role", "status"),
    [(role, 200 if role in (Role.COORDINATOR, Role.AGENCY_ADMIN) else 403) for role in Role],
)
def test_the_inbox_and_the_choice_of_mails_are_for_coordinators_and_administrators(
    world, role, status
):
    enquiry(None, agency=world.place.agency)
    client = client_of(staff(world.place, role))
    for name in ("changelist", "notices"):
        assert client.get(reverse(f"admin:contacts_enquiry_{name}")).status_code == status
    start = client.get("/verwaltung/").content.decode()
    assert ("contacts/enquiry/" in start) == (status == 200)


def test_no_colleague_reads_in_the_outbox_what_was_answered(world, settings):
    settings.DEMO = False  # where nothing leaves the outbox, and all is shown
    row = enquiry(world.place.richter)
    handling.answer(row, "kanarienvogel", by=world.richter, now=NOW)
    mail = OutboxMessage.objects.get()
    assert "kanarienvogel" in mail.body
    where = reverse("admin:portal_outboxmessage_change", args=[mail.pk])
    for user in (world.loth, staff(world.place, Role.AUDITOR), world.admin):
        text = text_of(client_of(user).get(where))
        assert row.reference in text
        assert "kanarienvogel" not in text


# How somebody hears of them -----------------------------------------------------------------------


def test_everybody_chooses_how_they_hear_of_new_ones(world, richter):
    where = reverse("admin:contacts_enquiry_notices")
    page = richter.get(where)
    assert page.context["form"].initial == {"each": "single"}
    assert "Choose one of the three." in text_of(richter.post(where, {}), 422)
    assert richter.post(where, {"each": "always"}).status_code == 422
    for each in ("daily", "none", "daily"):
        text = text_of(richter.post(where, {"each": each}, follow=True))
        assert "Your choice is stored." in text
        assert richter.get(where).context["form"].initial == {"each": each}
    assert NoticeChoice.objects.get().user == world.richter


# The start page -----------------------------------------------------------------------------------


def test_the_start_page_counts_ones_own_and_leads_to_them(world, richter):
    place = world.place
    enquiry(place.richter, answer_by=dt.date(2026, 11, 20))
    enquiry(place.richter, answer_by=dt.date(2026, 11, 24))
    enquiry(place.loth)
    enquiry(place.richter, answer_by=dt.date(2026, 11, 24), look_again_on=NOW.date())
    lines = {line.what: line.url for line in richter.get("/verwaltung/").context["to_do"]}
    assert lines["1 enquiry is overdue"] == f"{LIST}?due=overdue"
    assert lines["2 enquiries wait for an answer"] == LIST
    assert lines["1 enquiry to be looked at again"] == f"{LIST}?due=again&state=all"
    editor = client_of(staff(place, Role.EDITOR))
    whats = [line.what for line in editor.get("/verwaltung/").context["to_do"]]
    assert not [what for what in whats if "enquir" in what]
