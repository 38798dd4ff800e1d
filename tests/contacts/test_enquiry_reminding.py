"""Nobody forgets an enquiry: reminders, late ones, empty desks, days to look again; and the daily
mail for those who want one instead of many."""

import datetime as dt

import pytest
import time_machine

from contacts.enquiries import digest, handling, reminding
from contacts.models import Absence, Agency, Enquiry, NoticeChoice, Post, StaffRole
from contacts.roles import Role
from contacts.snapshot import latest
from portal import jobs
from portal.models import OutboxMessage
from tests import factories
from tests.contacts.desk import Desks, desks, enquiry

pytestmark = pytest.mark.django_db


def morning(month: int, day: int) -> dt.datetime:
    """06:30 in Berlin in the winter of 2026."""
    return dt.datetime(2026, month, day, 5, 30, tzinfo=dt.UTC)


@pytest.fixture
def world() -> Desks:
    return desks()


def run(*mornings: dt.datetime, job=reminding.remind) -> list[str]:
    said = []
    for now in mornings:
        with time_machine.travel(now, tick=False):
            said.append(job(now))
    return said


def mails() -> list[tuple[str, str]]:
    rows = OutboxMessage.objects.order_by("pk").values_list("recipient", "about")
    return [(recipient, about.split(":")[2].rsplit("-", 1)[0]) for recipient, about in rows]


def told(row: Enquiry) -> list[tuple[str, str]]:
    return [(e.kind, e.reason) for e in row.events.all() if e.kind != "received"]


def test_the_jobs_are_registered():
    assert {"enquiries", "enquiries-empty-desks", "enquiries-daily"} <= set(jobs.registered())


# Reminders ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("due", "state", "reminded_on"),
    [
        ((11, 26), "sachsen", (11, 25)),
        ((11, 30), "sachsen", (11, 27)),  # a Monday: on Friday
        ((11, 19), "sachsen", (11, 17)),  # after the Day of Repentance and Prayer
        ((11, 19), "sachsen-anhalt", (11, 18)),
        ((12, 28), "sachsen", (12, 24)),  # after Christmas, which ends with a Saturday
    ],
)
def test_the_desk_is_reminded_once_on_the_working_day_before(world, due, state, reminded_on):
    Agency.objects.update(state=state)
    day = dt.date(2026, *due)
    row = enquiry(world.place.richter, answer_by=day)
    first = morning(*reminded_on)
    every = [first + dt.timedelta(days=n) for n in range(-6, (day - first.date()).days + 1)]

    run(*[now for now in every for _twice in range(2)])

    row.refresh_from_db()
    assert row.reminded_at == first
    assert told(row) == [("reminded", "")]
    assert mails() == [(world.richter.email, "reminder")]
    assert "Amal" not in OutboxMessage.objects.get().body


def test_a_reminder_that_was_missed_comes_on_the_next_working_day(world):
    row = enquiry(world.place.richter, answer_by=dt.date(2026, 11, 23))
    run(morning(11, 21), morning(11, 22))
    assert told(row) == []
    run(morning(11, 23))
    assert told(row) == [("reminded", "")]


def test_what_is_answered_closed_or_handed_to_a_new_desk_is_not_nagged_about(world):
    rows = [enquiry(world.place.richter, answer_by=dt.date(2026, 11, 26)) for _n in range(2)]
    moment = {"by": world.richter, "now": morning(11, 24)}
    handling.answer(rows[0], "Ja", **moment)
    handling.close(rows[1], "helped", **moment)
    assert run(morning(11, 25), morning(11, 27), morning(12, 1)) == ["", "", ""]


# Late ---------------------------------------------------------------------------------------------


def test_when_the_day_is_over_the_agency_and_its_lead_are_told_once(world):
    Post.objects.filter(pk=world.place.loth.pk).update(leads=True)
    row = enquiry(world.place.richter, answer_by=dt.date(2026, 11, 27))
    Enquiry.objects.update(reminded_at=morning(11, 26))

    run(morning(11, 27), morning(11, 28), morning(11, 29), morning(11, 30), morning(12, 1))

    row.refresh_from_db()
    assert row.escalated_at == morning(11, 30)  # not at the weekend
    assert told(row) == [("escalated", "")]
    assert sorted(mails()) == [(world.place.agency.email, "late"), (world.loth.email, "late")]


def test_the_lead_is_told_whatever_they_like_and_one_mailbox_hears_of_it_once(world):
    enquiry(world.place.richter, answer_by=dt.date(2026, 11, 20), reminded_at=morning(11, 19))
    Post.objects.filter(pk=world.place.loth.pk).update(leads=True)
    digest.choose(world.loth, "none", now=morning(11, 17))
    shared = factories.post(world.place.agency, "Leitung", leads=True, email="")
    assert shared.staffing == "filled"
    run(morning(11, 23))
    assert sorted(mails()) == [(world.place.agency.email, "late"), (world.loth.email, "late")]


def test_an_agency_without_a_mailbox_is_told_through_its_administrators(world):
    Agency.objects.filter(pk=world.place.agency.pk).update(email="")
    enquiry(world.place.richter, answer_by=dt.date(2026, 11, 20), reminded_at=morning(11, 19))
    run(morning(11, 23))
    assert mails() == [(world.admin.email, "late")]


# Empty desks --------------------------------------------------------------------------------------


def test_an_empty_desk_is_told_at_once_and_again_only_when_something_new_comes_to_it(world):
    person = world.place.richter.tenures.get().person
    row = enquiry(world.place.richter)
    monday, job = dt.datetime(2026, 11, 23, 13, tzinfo=dt.UTC), reminding.tell_of_empty_desks
    assert run(monday, job=job) == [""]
    absence = Absence.objects.create(person=person, valid_from=dt.date(2026, 11, 23))

    assert run(monday, monday, job=job) == ["1 at empty desks", ""]

    assert told(row) == [("escalated", "unattended")]
    assert mails() == [(world.place.agency.email, "unattended")]
    assert Enquiry.objects.get().escalated_at is None  # it may become late, too
    absence.stand_in = world.place.loth
    absence.save()
    enquiry(world.place.richter)
    assert run(monday, job=job) == [""]
    Absence.objects.all().delete()
    Post.objects.filter(pk=world.place.richter.pk).update(staffing="vacant")
    Post.objects.get(pk=world.place.richter.pk).save()  # which the public pages notice
    assert run(monday, monday, job=job) == ["1 at empty desks", ""]
    Post.objects.get(pk=world.place.loth.pk).save()


# Looking again ------------------------------------------------------------------------------------


def test_on_the_day_to_look_again_the_desk_is_reminded_once(world):
    row = enquiry(world.place.richter, state="answered", answered_at=morning(11, 23))
    moment = {"by": world.richter, "now": morning(11, 23)}
    handling.look_again(row, dt.date(2026, 12, 5), **moment)

    run(morning(12, 4), morning(12, 5), morning(12, 5), morning(12, 6))
    assert told(row) == [("reminded", "look-again")]
    assert mails() == [(world.richter.email, "look-again")]

    handling.look_again(row, dt.date(2026, 12, 9), by=world.richter, now=morning(12, 6))
    run(morning(12, 9), morning(12, 10))
    assert told(row) == [("reminded", "look-again")] * 2


# The daily mail -----------------------------------------------------------------------------------


def daily(world: Desks, who=None) -> None:
    digest.choose(who or world.richter, "daily", now=morning(11, 20))


def test_whoever_wants_one_mail_a_day_gets_it_with_what_is_new_and_what_is_due(world):
    daily(world)
    new = enquiry(
        world.place.richter, now=morning(11, 23), area=world.place.grimma, kind="help-offered"
    )
    old = enquiry(world.place.richter, now=morning(11, 19), answer_by=dt.date(2026, 11, 24))
    of_all = enquiry(None, agency=world.place.agency, now=morning(11, 23), kind="idea")
    others = enquiry(world.place.loth, now=morning(11, 23))

    said = run(morning(11, 24), morning(11, 24), morning(11, 25), job=digest.send)

    assert said == ["1 daily mails", "", "1 daily mails"]
    first, second = OutboxMessage.objects.order_by("pk")
    assert first.recipient == world.richter.email
    for row in (new, old, of_all):
        assert row.reference in first.body
    assert "Grimma" in first.body
    assert others.reference not in first.body
    assert "Amal" not in first.body
    # On the next day only what is late by then; nothing is new twice.
    assert old.reference in second.body
    assert new.reference not in second.body


def test_no_daily_mail_on_a_day_off_none_without_anything_none_to_those_who_want_none(world):
    daily(world)
    digest.choose(world.loth, "none", now=morning(11, 17))
    digest.choose(world.admin, "single", now=morning(11, 17))
    assert run(morning(11, 20), job=digest.send) == [""]
    enquiry(world.place.richter, now=morning(11, 21))
    weekend = [morning(11, 21), morning(11, 22)]
    assert run(*weekend, morning(11, 23), job=digest.send) == ["", "", "1 daily mails"]
    enquiry(world.place.loth, now=morning(11, 23))
    assert run(morning(11, 24), job=digest.send) == [""]


def test_what_is_handed_on_is_new_at_its_new_desk_and_what_left_is_not_told(world):
    daily(world)
    daily(world, world.loth)
    row = enquiry(world.place.richter, now=morning(11, 20) + dt.timedelta(hours=1))
    handling.hand_on(
        row,
        f"post-{world.place.loth.pk}",
        "Borna",
        snapshot=latest(),
        by=world.richter,
        now=morning(11, 20) + dt.timedelta(hours=3),
    )
    OutboxMessage.objects.all().delete()
    assert run(morning(11, 23), job=digest.send) == ["1 daily mails"]
    assert OutboxMessage.objects.get().recipient == world.loth.email


def test_with_the_daily_mail_no_single_ones_come(world):
    daily(world)
    enquiry(world.place.richter, answer_by=dt.date(2026, 11, 24))
    run(morning(11, 23))
    assert mails() == []
    assert digest.choice_of(world.richter) == "daily"
    assert digest.choice_of(world.loth) == "single"


def test_who_leaves_or_changes_agency_gets_no_more_daily_mails(world):
    daily(world)
    enquiry(world.place.richter, now=morning(11, 23))
    StaffRole.objects.filter(user=world.richter).update(valid_until=dt.date(2026, 11, 22))
    assert run(morning(11, 24), job=digest.send) == [""]
    other = factories.user(is_staff=False)
    NoticeChoice.objects.create(user=other, each="daily")
    StaffRole.objects.create(user=other, agency=world.place.agency, role=Role.AGENCY_ADMIN)
    assert run(morning(11, 24), job=digest.send) == [""]
