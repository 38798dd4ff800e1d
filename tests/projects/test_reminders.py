"""Reminders of changes that are due: three days before, once, and only where they are due."""

import datetime as dt

import pytest

from contacts.roles import Role
from portal import jobs
from portal.models import EntranceLink, OutboxMessage
from projects import reminders, sharing, workflow
from projects.models import Claim, Contributor, Grant
from projects.states import GrantState
from projects.workflow import granted
from tests import factories
from tests.projects import cases, grants
from tests.projects import factories as funding

pytestmark = pytest.mark.django_db
NOW = cases.NOW  # 4 May 2026, 10:00 in Berlin
DUE = dt.date(2026, 5, 20)


@pytest.fixture
def amal(place):
    return factories.user("amal@example.org")


@pytest.fixture
def caseworker(place):
    return funding.staff(place.agency, Role.CASEWORKER)


@pytest.fixture
def call(place):
    return cases.open_call(place.agency)


def asked(call, by, caseworker, due_on=DUE, now=NOW):
    case = cases.submitted(call, by)
    workflow.take(case, by=caseworker, now=NOW)
    workflow.request_changes(
        case,
        sections=["kosten"],
        text="Was kostet der Saal?",
        due_on=due_on,
        by=caseworker,
        now=now,
        on=now.date(),
    )
    return case


def on(day: int, hour: int = 5) -> dt.datetime:
    """In May, when the job runs."""
    return dt.datetime(2026, 5, day, hour, tzinfo=dt.UTC)


def reminded() -> list[str]:
    about = OutboxMessage.objects.filter(about__contains=":changes-reminder-")
    return sorted(about.values_list("recipient", flat=True))


def test_whoever_has_not_answered_is_reminded_once_three_days_before(call, amal, caseworker):
    case = asked(call, amal, caseworker)

    assert reminders.remind(on(16)) == ""
    assert reminded() == []
    assert reminders.remind(on(17)) == "1 reminders of changes"
    assert reminded() == [amal.email]
    links = EntranceLink.objects.count()
    for later in (on(17, 6), on(18), on(20), on(21), on(30)):
        assert reminders.remind(later) == ""
    assert reminded() == [amal.email]
    assert EntranceLink.objects.count() == links

    mail = OutboxMessage.objects.get(about__contains=":changes-reminder-")
    assert case.reference in mail.subject
    assert "20. Mai 2026" in mail.body
    assert "/de/weiter/" in mail.body
    assert "Sprachcafé" not in mail.subject


def test_everybody_who_writes_along_is_reminded(call, amal, caseworker):
    case = asked(call, amal, caseworker)
    badr = factories.user("badr@example.org")
    gone = factories.user("carla@example.org", is_active=False)
    for user in (badr, gone):
        Contributor.objects.create(application=case, user=user, joined_at=NOW)
    sharing.invite(case, "dana@example.org", by=amal, now=NOW)

    reminders.remind(on(18))

    assert reminded() == [amal.email, badr.email]


def test_what_is_answered_withdrawn_or_asked_today_is_left_alone(call, amal, caseworker):
    answered, withdrawn = (asked(call, amal, caseworker) for _number in range(2))
    workflow.comment_on_request(answered, "So viel.", by=amal, now=NOW)
    workflow.submit(answered, key=answered.uuid, **cases.moment(amal))
    workflow.withdraw(withdrawn, by=amal, now=NOW)
    asked(call, amal, caseworker, now=on(17, 4))

    assert reminders.remind(on(17)) == ""
    assert reminders.remind(on(18)) == "1 reminders of changes"


def test_a_second_request_is_a_second_reminder(call, amal, caseworker):
    case = asked(call, amal, caseworker)
    reminders.remind(on(18))
    workflow.comment_on_request(case, "So viel.", by=amal, now=on(18))
    workflow.submit(case, key=case.uuid, **cases.moment(amal, on(18)))
    workflow.request_changes(
        case,
        sections=["inhalt"],
        text="Wer kommt?",
        due_on=dt.date(2026, 5, 28),
        by=caseworker,
        now=on(19),
        on=dt.date(2026, 5, 19),
    )

    reminders.remind(on(25))

    assert reminded() == [amal.email] * 2


def test_it_runs_every_morning():
    assert jobs.registered()["remind-applicants"].run is reminders.remind


# Proof of use and repayment -----------------------------------------------------------------------


def mails_of(name: str) -> list[str]:
    return list(
        OutboxMessage.objects.filter(about__contains=f":{name}-").values_list("body", flat=True)
    )


def day(due: dt.date, days: int) -> dt.datetime:
    return dt.datetime.combine(due + dt.timedelta(days=days), dt.time(5), dt.UTC)


def test_a_proof_of_use_is_asked_for_before_and_after_its_day_each_time_once(place):
    found = grants.final_in(place.agency)
    Grant.objects.filter(pk=found.grant.pk).update(state=GrantState.RUNNING)
    due = found.grant.proof_due_on

    runs = [days for days in range(-40, 60) for _time in range(2)]
    written = [days for days in runs if reminders.remind(day(due, days))]

    assert written == [-30, -7, 1, 14, 30]
    assert len(mails_of("proof-reminder")) == 2
    assert len(mails_of("proof-overdue")) == 3
    assert "/de/weiter/" in mails_of("proof-overdue")[0]


def test_more_time_begins_the_reminders_anew_and_a_sent_proof_ends_them(place):
    found = grants.final_in(place.agency)
    rows = Grant.objects.filter(pk=found.grant.pk)
    rows.update(state=GrantState.PROOF_DUE)
    due = found.grant.proof_due_on
    reminders.remind(day(due, -7))
    later = due + dt.timedelta(days=20)
    granted.extend(found.case, "proof", later, reason="Krank", by=found.anna, now=day(due, -6))
    assert reminders.remind(day(due, 1)) == ""
    assert reminders.remind(day(later, -5)) == "1 reminders of a proof"  # the job stood still
    rows.update(state=GrantState.PROOF_SUBMITTED)
    assert reminders.remind(day(later, 1)) == ""


def test_a_repayment_is_asked_for_once_before_and_twice_after_its_day(place):
    found = grants.final_in(place.agency)
    Grant.objects.filter(pk=found.grant.pk).update(state=GrantState.REPAYMENT_DUE)
    due = dt.date(2026, 11, 2)
    people = {"proposed_by": found.anna, "proposed_at": NOW, "ordered_by": found.ben}
    Claim.objects.create(
        grant=found.grant, amount_cents=1_234, reason="x", due_on=due, ordered_at=NOW, **people
    )

    told = [days for days in range(-20, 60) if reminders.remind(day(due, days))]

    assert told == [-7, 1, 14]
    assert len(mails_of("repayment-overdue")) == 2
