"""The days of one's cases in one's own calendar: whose they are, and what they give away."""

import datetime as dt
import json
import logging
import re

import pytest
import time_machine
from django.test import Client
from icalendar import Calendar

from contacts.roles import Role
from portal import my_data, privacy
from portal.logs import WithoutSecrets
from projects import feeds, reminding, workflow
from projects.models import Application, CalendarFeed, Extension, LatePermit
from projects.states import GrantState
from tests import factories
from tests.portal.entering import entered
from tests.projects import cases, grants
from tests.projects import factories as funding

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_german")]
NOW, ON = cases.NOW, cases.ON
AMAL = "amal@example.org"
FORTNIGHT = ON + dt.timedelta(days=14)


@pytest.fixture(autouse=True)
def at_the_time():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def call(place):
    return cases.open_call(place.agency)


@pytest.fixture
def amal():
    return factories.user(AMAL)


@pytest.fixture
def anna(place):
    return funding.staff(place.agency, Role.CASEWORKER)


def asked(call, by, caseworker) -> Application:
    """In review, with a request for changes that has to be answered within a fortnight."""
    case = cases.in_review(call, by, caseworker)
    workflow.request_changes(
        case,
        sections=["kosten"],
        text="Was kostet der Saal?",
        due_on=FORTNIGHT,
        by=caseworker,
        now=NOW,
        on=ON,
    )
    return case


def found(user, on=ON) -> list[tuple[str, dt.date, str]]:
    """Number of the case, day and kind, as the keys of the entries name it."""
    user = type(user).objects.get(pk=user.pk)  # roles are kept on the object
    return [(e.reference, e.day, e.key[37:]) for e in feeds.entries_of(user, on)]


def file_of(user) -> str:
    return f"/de/kalender/{feeds.make_or_renew(user, NOW).key}.ics"


# Whose days ---------------------------------------------------------------------------------------


def test_applicants_find_the_days_of_their_own_cases(place, call, amal, anna):
    begun = cases.draft(call, amal)
    late = cases.draft(call, amal)
    until = funding.CLOSES + dt.timedelta(days=3)
    LatePermit.objects.create(
        application=late, until=until, reason="Post", granted_by=anna, granted_at=NOW
    )
    case = asked(call, amal, anna)
    badr = factories.user()
    asked(call, badr, anna)
    closes = dt.date(2026, 11, 2)

    assert found(amal) == [
        (case.reference, FORTNIGHT, "changes"),
        (begun.reference, closes, "closing"),
        (late.reference, closes + dt.timedelta(days=3), "closing"),
    ]
    assert len(found(amal, FORTNIGHT + feeds.BACK)) == 3
    assert len(found(amal, FORTNIGHT + feeds.BACK + dt.timedelta(days=1))) == 2


def test_a_grant_brings_the_day_for_its_proof_and_with_more_time_the_later_one(place):
    world = grants.final_in(place.agency)
    proof = (world.case.reference, world.grant.proof_due_on, "proof")
    assert found(world.amal) == found(world.anna) == [proof]
    assert found(world.carla) == []  # the cash office waits for no proof

    later = world.grant.proof_due_on + dt.timedelta(days=30)
    Extension.objects.create(
        grant=world.grant,
        what=Extension.What.PROOF,
        until=later,
        reason="krank",
        granted_at=NOW,
        granted_by=world.anna,
    )
    assert found(world.amal) == found(world.ben) == [(world.case.reference, later, "proof")]

    type(world.grant).objects.update(state=GrantState.CLOSED)
    assert found(world.amal) == found(world.anna) == []


def test_staff_find_what_waits_in_their_own_agency_by_role(place, call, amal, anna):
    case = asked(call, amal, anna)
    other = factories.agency("Fremde Stelle", factories.district("Landkreis Fremd"))
    rules = funding.rule_set(funding.programme(other))
    foreign_call = funding.call(rules)
    stranger = funding.staff(other, Role.CASEWORKER)
    foreign = asked(foreign_call, amal, stranger)
    changes = (case.reference, FORTNIGHT, "changes")
    expected = {
        Role.CASEWORKER: [changes],
        Role.DECIDER: [changes],
        Role.AUDITOR: [changes],
        Role.AGENCY_ADMIN: [changes],
        Role.FINANCE: [],
        Role.EDITOR: [],
        Role.COORDINATOR: [],  # it is not in one of their towns
    }

    assert {role: found(funding.staff(place.agency, role)) for role in Role} == expected
    assert found(stranger) == [(foreign.reference, FORTNIGHT, "changes")]
    assert found(factories.user(is_staff=True)) == []


def test_letters_to_be_posted_and_reminders_of_ones_own_are_in_it(place, call):
    world = grants.granted_in(place.agency, call=call, is_posted=False)
    letter = world.case.letters.get()
    soon, later = ON + dt.timedelta(days=2), ON + dt.timedelta(days=9)
    made = [
        reminding.remind(
            world.case, "Anrufen", due_on=day, to=world.anna, by=world.anna, now=NOW, on=ON
        )
        for day in (soon, later)
    ]
    reminding.done(
        reminding.remind(
            world.case, "Post", due_on=soon, to=world.anna, by=world.anna, now=NOW, on=ON
        ),
        by=world.anna,
        now=NOW,
    )

    own = [(day, kind) for _reference, day, kind in found(world.anna)]
    assert (letter.dated, "post") in own
    assert [line for line in own if "reminder" in line[1]] == [
        (soon, f"reminder-{made[0].pk}"),
        (later, f"reminder-{made[1].pk}"),
    ]
    assert not [kind for _reference, _day, kind in found(world.ben) if "reminder" in kind]
    assert "post" not in [kind for _reference, _day, kind in found(world.amal)]


def test_many_cases_take_no_more_queries_and_fill_no_calendar(
    call, amal, anna, monkeypatch, django_assert_max_num_queries
):
    for _number in range(3):
        asked(call, amal, anna)
        cases.draft(call, amal)
    for user, queries in ((amal, 6), (anna, 9)):
        fresh = type(user).objects.get(pk=user.pk)
        with django_assert_max_num_queries(queries):
            assert len(feeds.entries_of(fresh, ON)) >= 3

    monkeypatch.setattr(feeds, "MOST", 2)
    assert len(found(amal)) == len(found(anna)) == 2


# The file -----------------------------------------------------------------------------------------


def test_the_file_says_number_kind_and_day_and_nothing_else(call, amal, anna):
    case = asked(call, amal, anna)
    address = file_of(amal)

    answer = Client().get(address)

    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Cache-Control"] == "private, no-store"
    assert not answer.cookies
    assert "Cookie" not in answer.get("Vary", "")
    [event] = Calendar.from_ical(answer.content).walk("VEVENT")
    assert str(event["uid"]) == f"{case.uuid}-changes@testserver"
    assert event.decoded("dtstart") == FORTNIGHT
    assert not isinstance(event.decoded("dtstart"), dt.datetime)
    assert str(event["summary"]).startswith(f"{case.reference}: ")
    assert set(event) == {"UID", "DTSTAMP", "DTSTART", "SUMMARY", "TRANSP"}
    for word in ("Amal", "Haddad", "Sprachcafé", "Grimma", "Saal", anna.email, AMAL):
        assert word not in answer.text
    assert Client().head(address).status_code == 200
    assert Client(enforce_csrf_checks=True).post(address).status_code == 405


def test_a_key_that_was_renewed_switched_off_or_never_was_leads_nowhere(amal):
    first = file_of(amal)
    second = file_of(amal)
    assert first != second
    assert CalendarFeed.objects.count() == 1
    visitor = Client()
    assert visitor.get(second).status_code == 200

    for gone in (first, "/de/kalender/x.ics", f"/de/kalender/{'x' * 43}.ics"):
        assert visitor.get(gone).status_code == 404
    for odd in ("%00" * 43, "%ED%A0%80", "x" * 9000, "..%2F"):
        assert visitor.get(f"/de/kalender/{odd}.ics").status_code == 404

    type(amal).objects.update(is_active=False)
    assert visitor.get(second).status_code == 404
    type(amal).objects.update(is_active=True)
    feeds.switch_off(amal)
    feeds.switch_off(amal)
    assert visitor.get(second).status_code == 404


def test_a_program_that_asks_all_the_time_is_told_to_wait(amal, monkeypatch):
    monkeypatch.setattr("projects.views.calendar.FETCHES_AN_HOUR", 1)
    address, visitor = file_of(amal), Client()

    assert [visitor.get(address).status_code for _time in range(2)] == [200, 429]
    assert visitor.get(file_of(factories.user())).status_code == 200


def test_no_log_names_a_key(amal):
    address = file_of(amal)
    record = logging.LogRecord("django.request", 30, "", 1, "%s: %s", ("Not Found", address), None)

    assert WithoutSecrets().filter(record)

    assert record.getMessage() == "Not Found: /de/kalender/….ics"
    filters = {type(each) for each in logging.getLogger("django.request").filters}
    assert WithoutSecrets in filters


# The page -----------------------------------------------------------------------------------------


def address_on(page: str) -> str | None:
    shown = re.search(r"http://testserver(/\w\w/kalender/[\w-]{43}\.ics)", page)
    return shown and shown[1]


def test_applicants_make_renew_and_switch_off_the_address_on_a_page_of_their_own(amal):
    client, page = entered(AMAL), "/de/konto/kalender/"
    assert page in client.get("/de/antrag/").text
    assert address_on(client.get(f"{page}?off=1").text) is None
    assert not CalendarFeed.objects.exists()

    first = address_on(client.post(page, follow=True).text)
    assert Client().get(first).status_code == 200
    second = address_on(client.post(page, follow=True).text)
    assert Client().get(first).status_code == 404
    assert Client().get(second).status_code == 200

    client.get(f"{page}?off=1")
    assert address_on(client.get(page).text) == second
    assert address_on(client.post(page, {"off": "1"}, follow=True).text) is None
    assert Client().get(second).status_code == 404


def test_staff_do_the_same_in_the_administration(anna):
    client = Client()
    client.force_login(anna, backend="portal.auth.StaffBackend")
    page = "/verwaltung/projects/application/calendar/"
    assert page in client.get("/verwaltung/projects/application/").text

    first = address_on(client.post(page, follow=True).text)
    assert Client().get(first).status_code == 200
    assert address_on(client.get(page).text) == first
    assert address_on(client.post(page, {"off": "1"}, follow=True).text) is None
    assert Client().get(first).status_code == 404


def test_the_copy_of_ones_data_says_that_there_is_one_and_it_goes_with_the_account(amal):
    key = feeds.make_or_renew(amal, NOW).key
    with my_data.write(amal, now=NOW) as stream:
        assert key.encode() not in stream.read()
    kind = next(each for each in privacy.registered() if each.name == "calendar")
    said = kind.export(amal).data
    assert said == [{"since": NOW}]
    assert key not in json.dumps(said, default=str)

    privacy.erase(amal, now=NOW)

    assert not CalendarFeed.objects.exists()
