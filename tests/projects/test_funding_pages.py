"""Programmes and calls as people read them: what, how much, until when, and does it fit."""

import datetime as dt
import re
from dataclasses import dataclass
from html import unescape
from urllib.parse import quote

import pytest
import time_machine
from django.utils.translation import override
from icalendar import Calendar

from projects import funding as snapshot
from projects.call_words import end_in_words, time_left
from projects.models import Call, CallTranslation, Programme
from projects.rules import every_rule_set
from projects.states import CallState
from projects.terms import MeasureKind
from tests import factories
from tests.contacts.county import County, county
from tests.projects import factories as funding
from tests.projects.factories import CLOSES, NOW

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
PROGRAMME = "/en/foerderung/mikroprojekte/"
CHECK = "/en/foerderung/pruefen/"
IDEA = "?art=initiative&massnahme=meeting&ort=Grimma&gefoerdert=no"


@dataclass
class World:
    county: County
    programme: Programme
    call: Call


def world() -> World:
    """The county with one programme and a call that is open."""
    place = county()
    programme = funding.programme(place.agency, slug="mikroprojekte")
    call = funding.call(funding.rule_set(programme), slug="mp-2026", english="Microprojects 2026")
    return World(place, programme, call)


@pytest.fixture
def here() -> World:
    return world()


@pytest.fixture
def committed(transactional_db) -> World:
    """The same, committed: a page has an ETag, and a snapshot is kept."""
    return world()


@pytest.fixture(autouse=True)
def _on_a_morning_in_may():
    with time_machine.travel(NOW, tick=False):
        yield


def text_of(response) -> str:
    """What a person reads in the main part of a page."""
    html = response.content.decode()
    main = html[html.index("<main") : html.index("</main>")]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())


# In words -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "left"),
    [
        (CLOSES - dt.timedelta(seconds=1), "closes today at midnight"),
        (CLOSES - DAY - dt.timedelta(seconds=1), "closes tomorrow"),
        (CLOSES - 2 * DAY - dt.timedelta(seconds=1), "2 days left"),
        (CLOSES - 22 * DAY, "21 days left"),
        (CLOSES - 23 * DAY, "about 3 weeks left"),
        (CLOSES - 150 * DAY, "about 5 months left"),
        (CLOSES, ""),
    ],
)
def test_the_time_left_is_told_in_words(now, left):
    with override("en"):
        assert time_left(CLOSES, now=now) == left


def test_the_end_names_the_last_day_and_the_time_unless_it_is_midnight():
    noon = dt.datetime(2026, 10, 30, 11, 0, tzinfo=dt.UTC)
    with override("en"):
        assert end_in_words(CLOSES) == "the end of 2 November 2026 (midnight)"
        assert end_in_words(noon) == "30 October 2026, 12:00"
        assert time_left(noon, now=noon - dt.timedelta(hours=3)) == "closes today at 12:00"


# The list and the page of a programme -------------------------------------------------------------


def test_the_list_shows_what_is_open_paused_or_coming_and_nothing_else(client, here):
    rules = here.call.rule_set
    funding.call(rules, title="Vorbei", state=CallState.CLOSED, closes_at=NOW - DAY)
    funding.call(rules, title="Geheimer Entwurf", state=CallState.DRAFT)
    funding.call(rules, title="Kommt bald", state="announced", opens_at=NOW + DAY)
    funding.call(rules, title="Ruht", state=CallState.PAUSED, reason="Geld fehlt.")

    text = text_of(client.get("/en/foerderung/"))

    shown = ["Microprojects 2026 open", "Ruht paused", "Kommt bald coming"]
    assert sorted(shown, key=text.index) == shown
    assert "about 6 months left" in text
    assert "until the end of 2 November 2026 (midnight)" in text
    assert "opens 5 May 2026, 10:00" in text
    assert "Vorbei" not in text
    assert "Geheimer Entwurf" not in text


def test_a_draft_can_be_seen_nowhere(client, here):
    Call.objects.update(state=CallState.DRAFT)

    for path in (PROGRAMME, "/en/foerderung/", "/en/", "/en/orte/grimma/", f"{CHECK}{IDEA}"):
        assert "Microprojects 2026" not in client.get(path).content.decode()
    assert client.get(f"{PROGRAMME}mp-2026/frist.ics").status_code == 404
    assert "none is announced yet" in text_of(client.get(PROGRAMME))


def test_a_programme_says_what_how_much_who_and_whom_to_ask(client, here):
    page = client.get(PROGRAMME)
    text = text_of(page)

    assert "up to €5,000.00 Project where people meet, Excursion" in text
    assert "up to €1,000.00 Language or conversation course" in text
    assert "Rent (at most €1,000.00)" in text
    assert "Registered association" in text
    assert "A project may begin once the application has been sent." in text
    assert "For projects from 1 January 2026 to 31 December 2026" in text
    assert "mikroprojekte@ example.org" in text
    html = page.content.decode()
    assert '<ul class="bullets" lang="de" dir="ltr"><li>Sprachcafé</li>' in html
    assert 'href="/en/antrag/neu/?aufruf=mp-2026"' in html
    assert 'href="/en/foerderung/mp-2026/formular.pdf"' in html


def test_a_programme_in_german_is_german(client, here):
    text = text_of(client.get("/de/foerderung/mikroprojekte/"))

    assert "Mikroprojekte 2026" in text
    assert "Microprojects" not in text


def test_a_paused_call_says_why_and_since_when_and_that_one_may_go_on(client, here):
    CallTranslation.objects.filter(language_code="en").update(pause_reason="Half is missing.")
    Call.objects.update(state=CallState.PAUSED, state_since=NOW - 3 * DAY)

    page = client.get(PROGRAMME)

    text = text_of(page)
    assert "Paused since 1 May 2026" in text
    assert "Half is missing." in text
    assert "Only the decision has to wait." in text
    assert "/en/antrag/neu/?aufruf=mp-2026" in page.content.decode()


def test_when_a_call_has_closed_the_page_names_the_next_one(client, here):
    Call.objects.update(closes_at=NOW - DAY)
    funding.call(here.call.rule_set, title="Nächstes Jahr", state="announced", opens_at=NOW + DAY)

    page = client.get(PROGRAMME)

    text = text_of(page)
    assert "Microprojects 2026" not in text
    assert "Opens 5 May 2026, 10:00" in text
    assert "antrag/neu" not in page.content.decode()


def test_a_programme_that_has_ended_says_so_and_is_in_no_list(client, here):
    Programme.objects.update(ended_on=dt.date(2026, 5, 3))

    assert "This programme has ended." in text_of(client.get(PROGRAMME))
    assert "antrag/neu" not in client.get(PROGRAMME).content.decode()
    assert "At present no programme is published" in text_of(client.get("/en/foerderung/"))


PAGES = (
    "/en/",
    "/en/foerderung/",
    PROGRAMME,
    f"{PROGRAMME}?ort=Grimma",
    f"{CHECK}{IDEA}",
    "/en/orte/grimma/",
    "/en/stellen/landkreis-leipzig/",
)


def test_pages_change_at_the_instant_and_not_when_the_job_comes(client, committed):
    Call.objects.update(state=CallState.ANNOUNCED, opens_at=NOW + DAY / 2, closes_at=NOW + 5 * DAY)
    before = {path: client.get(path) for path in PAGES}
    for path, page in before.items():
        same = client.get(path, headers={"if-none-match": page["ETag"]})
        assert same.status_code == 304, path
        assert "5 days left" not in text_of(page)

    with time_machine.travel(NOW + DAY / 2, tick=False):
        for path, page in before.items():
            after = client.get(path, headers={"if-none-match": page["ETag"]})
            assert after.status_code == 200, path
            assert "5 days left" in text_of(after), path
            assert "antrag/neu" in after.content.decode() or path not in (PROGRAMME, CHECK)
    assert "Opens 4 May 2026, 22:00" in text_of(before[PROGRAMME])


def test_warm_pages_cost_one_query_and_cold_ones_the_same_for_any_number(
    client, committed, django_assert_num_queries
):
    for path in PAGES:
        client.get(path)
        with django_assert_num_queries(1):
            client.get(path)
    for count in (1, 4):
        for _number in range(count):
            programme = funding.programme(committed.county.agency)
            funding.call(funding.rule_set(programme))
        client.get("/en/karte/")  # whatever is held of the contacts
        snapshot.snapshots.forget()
        every_rule_set.forget()
        with django_assert_num_queries(11):
            client.get("/en/foerderung/")


# Who advises --------------------------------------------------------------------------------------


def test_the_advisor_of_a_town_is_shown_with_name_and_number(client, here):
    text = text_of(client.get(f"{PROGRAMME}?ort=Grimma"))

    assert "Martina Richter" in text
    assert "03433 241-3431" in text


def test_a_street_does_not_stay_in_the_address(client, here):
    answer = client.get(f"{PROGRAMME}?ort={quote('Lange Straße 5, 04668 Grimma')}")

    assert answer.status_code == 302
    assert answer["Location"] == f"{PROGRAMME}?ort=04668+Grimma"


def test_of_several_places_one_is_chosen_by_a_link(client, here):
    other = factories.locality("Nerchau", here.county.borna, codes=["04552"])

    page = client.get(f"{PROGRAMME}?ort=Nerchau")
    assert "Which one do you mean?" in text_of(page)
    link = f"?ort=Nerchau&amp;gebiet={other.key}"
    assert link in page.content.decode()
    chosen = text_of(client.get(PROGRAMME + unescape(link)))

    assert "Jana Loth" in chosen
    assert "Martina Richter" not in chosen


@pytest.mark.parametrize("typed", ["Xyzqq", "\0", "%", "x" * 10_000, "\U0001f600", "\u202e"])
@pytest.mark.parametrize("path", [PROGRAMME, CHECK])
def test_whatever_is_typed_is_answered_with_a_page(client, here, path, typed):
    idea = "&art=initiative&massnahme=meeting&gefoerdert=no&betrag=1&beginn=9999-12-31"
    for query in (f"?ort={quote(typed)}", f"?ort={quote(typed)}{idea}&gebiet={quote(typed)}"):
        assert client.get(path + query).status_code == 200
    everywhere = "&".join(
        f"{name}={quote(typed)}"
        for name in ("art", "massnahme", "beginn", "betrag", "gefoerdert", "programm")
    )
    assert client.get(f"{path}?{everywhere}").status_code == 200


def test_a_place_that_nobody_knows_leads_to_saying_so(client, here):
    page = client.get(f"{PROGRAMME}?ort=Xyzqq")

    assert "We do not know a place called “Xyzqq”." in text_of(page)
    assert "/en/hinweis/?art=missing-place&amp;ort=Xyzqq" in page.content.decode()


@pytest.mark.parametrize(
    "path", ["/en/foerderung/nirgendwo/", "/en/foerderung/mikroprojekte/nichts/frist.ics"]
)
def test_what_does_not_exist_is_not_found(client, here, path):
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/en/foerderung/", PROGRAMME, CHECK])
def test_nothing_can_be_sent_to_these_pages(client, here, path):
    assert client.post(path, {"ort": "Grimma"}).status_code == 405


# The closing date for calendars -------------------------------------------------------------------


def read_deadline(client, language: str = "de"):
    answer = client.get(f"/{language}/foerderung/mikroprojekte/mp-2026/frist.ics")
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    calendar = Calendar.from_ical(answer.content)
    [event], [alarm] = calendar.walk("VEVENT"), calendar.walk("VALARM")
    return event, alarm


def test_the_closing_date_goes_into_a_calendar_with_an_alarm_a_week_before(client, here):
    event, alarm = read_deadline(client)

    assert event.decoded("dtstart") == CLOSES
    assert "2. November 2026" in event["summary"]
    assert "Mikroprojekte 2026" in event["summary"]
    assert event["url"].endswith("/de/foerderung/mikroprojekte/#mp-2026")
    assert alarm.decoded("trigger") == dt.timedelta(days=-7)


def test_the_entry_has_one_name_for_ever_and_is_in_the_language_of_the_page(client, here):
    german, _alarm = read_deadline(client)
    Call.objects.update(closes_at=CLOSES + DAY)
    english, _alarm = read_deadline(client, "en")

    assert german["uid"] == english["uid"]
    assert "Microprojects 2026" in english["summary"]
    assert "3 November 2026" in english["summary"]


# The two-minute check -----------------------------------------------------------------------------


def test_an_idea_that_fits_leads_into_the_application_with_what_is_known(client, here):
    page = client.get(f"{CHECK}{IDEA}&betrag=1.200&beginn=2026-06-01")

    text, html = text_of(page), page.content.decode()
    assert "Your idea is likely to fit" in text
    assert "<title>Your idea is likely to fit – Does my idea fit?" in html
    assert 'href="/en/antrag/neu/?aufruf=mp-2026&amp;art=initiative&amp;massnahme=meeting"' in html
    assert "Martina Richter" in text
    assert "sessionid" not in page.cookies


def test_an_idea_that_wants_a_talk_names_the_coordinator_and_may_go_on_all_the_same(client, here):
    page = client.get(f"{CHECK}{IDEA.replace('gefoerdert=no', 'gefoerdert=yes')}")

    text = text_of(page)
    assert "Please talk to us first" in text
    assert "never paid twice" in text
    assert "Martina Richter" in text
    assert "Apply all the same" in text


def test_an_idea_that_does_not_fit_says_why_and_blocks_nobody(client, here):
    page = client.get(f"{CHECK}{IDEA.replace('meeting', 'festival')}&programm=mikroprojekte")

    text = text_of(page)
    assert "Your idea probably does not fit" in text
    assert "Neighbourhood festival" in text
    assert "Martina Richter" in text
    assert "?aufruf=mp-2026&amp;art=initiative&amp;massnahme=festival" in page.content.decode()


def test_a_place_of_another_agency_is_sent_there(client, here):
    district = factories.district("Landkreis Fremd")
    factories.municipality("Fremdstadt", district)
    other = factories.agency("Fremde Stelle", district, phone="0341 1")

    text = text_of(client.get(f"{CHECK}{IDEA.replace('Grimma', 'Fremdstadt')}"))

    assert "does not offer this money" in text
    assert str(other) in text
    assert "Apply all the same" in text


def test_of_several_programmes_the_one_that_fits_answers(client, here):
    festivals = funding.programme(here.county.agency, slug="feste", name="Feste")
    funding.call(
        funding.rule_set(festivals, ceilings={MeasureKind.FESTIVAL: 300_00}), title="Feste 2026"
    )

    text = text_of(client.get(f"{CHECK}{IDEA.replace('meeting', 'festival')}"))

    assert "Your idea is likely to fit" in text
    assert "Feste 2026" in text
    wanted = text_of(
        client.get(f"{CHECK}{IDEA.replace('meeting', 'festival')}&programm=mikroprojekte")
    )
    assert "Your idea probably does not fit" in wanted


def test_places_of_one_agency_need_no_choice_for_the_answer_but_for_the_advisor(client, here):
    factories.locality("Nerchau", here.county.borna, codes=["04552"])

    text = text_of(client.get(f"{CHECK}{IDEA.replace('Grimma', 'Nerchau')}"))

    assert "Your idea is likely to fit" in text
    assert "Which one do you mean?" in text


def test_a_form_with_gaps_comes_back_with_what_was_typed(client, here):
    page = client.get(f"{CHECK}?art=private&massnahme=&ort=&gefoerdert=no&betrag=1,234")

    text, html = text_of(page), page.content.decode()
    assert page.status_code == 200
    assert "<title>Error: Does my idea fit?" in html
    for message in (
        "Choose what comes nearest to your idea.",
        "Enter the town where it takes place.",
        "It is not clear whether the comma",
    ):
        assert text.count(message) == 2  # in the summary and beside the field
    assert 'value="1,234"' in html
    assert '<option value="private" selected>' in html


def test_the_empty_form_asks_six_questions_and_has_no_errors(client, here):
    page = client.get(f"{CHECK}?programm=mikroprojekte")

    html = page.content.decode()
    assert len(set(re.findall(r'name="(\w+)"', html[html.index("<main") :]))) == 7
    assert "Please check" not in html
    assert '<input type="hidden" name="programm" value="mikroprojekte">' in html


def test_without_any_programme_the_check_still_answers(client, here):
    Programme.objects.update(ended_on=dt.date(2025, 12, 31))

    text = text_of(client.get(f"{CHECK}{IDEA}"))

    assert "does not offer this money" in text
    assert "Martina Richter" in text


# On other pages -----------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/en/", "/en/orte/grimma/", "/en/stellen/landkreis-leipzig/"])
def test_the_open_calls_stand_on_the_pages_of_start_town_and_agency(client, here, path):
    page = client.get(path)

    assert "Microprojects 2026" in text_of(page)
    assert 'href="/en/foerderung/mikroprojekte/#mp-2026"' in page.content.decode()
    with time_machine.travel(CLOSES, tick=False):
        assert "Microprojects 2026" not in text_of(client.get(path))


def test_the_calls_of_one_agency_are_on_no_page_of_another(client, here):
    district = factories.district("Landkreis Fremd")
    factories.municipality("Fremdstadt", district)
    factories.agency("Fremde Stelle", district, slug="fremd")

    for path in ("/en/orte/fremdstadt/", "/en/stellen/fremd/"):
        assert "Microprojects" not in client.get(path).content.decode()


def test_machines_find_every_programme(client, here):
    sitemap = client.get("/sitemap.xml").content.decode()

    assert "/de/foerderung/mikroprojekte/</loc>" in sitemap
    assert "/en/foerderung/</loc>" in sitemap


def test_what_is_written_by_the_agency_is_text_and_no_code(client, here):
    Programme.objects.get().translations.update(name="<script>alert(1)</script>")
    Call.objects.get().translations.update(title="<b>x</b>", note="<i>y</i>")

    for path in ("/en/foerderung/", PROGRAMME, f"{CHECK}{IDEA}", "/en/"):
        html = client.get(path).content.decode()
        assert "<script>alert" not in html
        assert "<b>x" not in html
        assert "<i>y" not in html
