"""Keeping and erasing: what goes on which day, what stays, and what an altered row gives away."""

import datetime as dt
import hashlib

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connection

from contacts.roles import Role
from portal import clock, files
from portal.models import OutboxMessage, User
from projects import budget, deliveries, workflow
from projects.keeping import archive, erasing, restriction, seals
from projects.keeping.due import duty_of
from projects.models import (
    Application,
    ApplicationVersion,
    ArchiveOffer,
    Attachment,
    CaseEvent,
    CaseSeal,
    FundedProject,
    Letter,
)
from projects.states import GrantState
from tests import factories
from tests.projects import cases
from tests.projects import factories as funding

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]
NOW = cases.NOW
DAY = dt.timedelta(days=1)


def noon(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(12), tzinfo=dt.UTC)


@pytest.fixture
def applicant() -> User:
    return factories.user("amal@example.org")


@pytest.fixture
def call(place):
    return cases.open_call(place.agency)


@pytest.fixture
def team(place) -> dict[str, User]:
    return {
        "caseworker": funding.staff(place.agency, Role.CASEWORKER),
        "decider": funding.staff(place.agency, Role.DECIDER),
    }


@pytest.fixture
def closed(call, applicant, team) -> Application:
    """A granted case with a file, closed on 4 May 2026."""
    cases.money_for(call)
    case = cases.granted(call, applicant, *team.values())
    attach(case, applicant)
    close(case)
    return Application.objects.get(pk=case.pk)


def close(case: Application) -> None:
    grant = case.grant
    grant.state, grant.closed_at = GrantState.CLOSED, NOW
    grant.save()
    FundedProject.objects.create(
        agency=case.agency,
        programme=case.call.programme,
        application=case,
        title=case.title,
        year=2026,
        measure_kind=case.measure_kind,
        amount_cents=45_000,
        granted_on=clock.today(NOW),
    )


def attach(case: Application, by: User) -> Attachment:
    content = ContentFile(b"%PDF-1.7 receipt", name="x.pdf")
    return Attachment.objects.create(
        application=case,
        name="Quittung.pdf",
        content_type="application/pdf",
        size=16,
        digest="0" * 64,
        file=files.store(content, folder="attachments"),
        added_at=NOW,
        added_by=by,
    )


# When ---------------------------------------------------------------------------------------------


def test_a_draft_is_kept_for_ninety_days_after_its_call_has_closed(call, applicant):
    draft = cases.draft(call, applicant)  # the call closes on 2 November
    last = dt.date(2027, 1, 31)
    assert duty_of(draft).until == last

    assert erasing.erase_due(noon(last)).erased == ()
    assert erasing.erase_due(noon(last + DAY)).erased == (draft.reference,)
    assert not Application.objects.exists()
    assert not User.objects.filter(email="amal@example.org").exists()


def test_a_withdrawn_application_is_kept_for_a_year(call, applicant):
    sent = cases.submitted(call, applicant)
    workflow.withdraw(sent, by=applicant, now=NOW)
    last = dt.date(2027, 5, 4)

    assert erasing.erase_due(noon(last)).erased == ()
    assert erasing.erase_due(noon(last + DAY)).erased == (sent.reference,)


def test_a_refused_application_is_kept_for_a_year_after_it_is_final(call, applicant, team):
    case = cases.proposed(call, applicant, team["caseworker"], cases.REFUSAL)
    case = cases.decided(case, team["decider"])
    assert duty_of(case) is None  # nobody knows yet when it is final
    deliveries.post(case.letters.get(), posted_on=dt.date(2026, 5, 4), by=team["decider"], now=NOW)
    # posted on 4 May, announced on the 8th, objection until 8 June, final on the 9th
    last = dt.date(2027, 6, 9)

    assert duty_of(case).until == last
    assert erasing.erase_due(noon(last)).erased == ()
    assert erasing.erase_due(noon(last + DAY)).erased == (case.reference,)


def test_what_still_goes_on_is_never_due(call, applicant, team):
    cases.money_for(call)
    cases.submitted(call, applicant)
    cases.granted(call, applicant, *team.values())

    assert erasing.erase_due(noon(dt.date(2060, 1, 1))).erased == ()


# What goes, what stays ----------------------------------------------------------------------------


def test_a_closed_grant_goes_after_five_years_with_everything_of_its_people(closed, applicant):
    name = closed.attachments.get().file.name
    mails = OutboxMessage.objects.filter(about__contains=str(closed.uuid))
    assert mails.exists()
    last = dt.date(2031, 5, 4)

    assert erasing.erase_due(noon(last)).erased == ()
    assert default_storage.exists(name)
    assert mails.exists()


def test_rows_files_mails_and_account_vanish_on_the_day(
    closed, applicant, django_capture_on_commit_callbacks
):
    name, uuid, pot = closed.attachments.get().file.name, str(closed.uuid), closed.grant.budget
    sums, events = budget.sums_of(pot), closed.events.count()
    last_digest = closed.events.last().digest

    with django_capture_on_commit_callbacks(execute=True):
        erasing.erase_due(noon(dt.date(2031, 5, 5)))

    for model in (Application, ApplicationVersion, CaseEvent, Letter, Attachment):
        assert not model.objects.exists(), model
    assert not default_storage.exists(name)
    assert not OutboxMessage.objects.filter(about__contains=uuid).exists()
    assert not User.objects.filter(pk=applicant.pk).exists()
    assert budget.sums_of(pot) == sums
    assert {entry.reference for entry in pot.entries.exclude(reference="")} == {closed.reference}
    assert FundedProject.objects.get().amount_cents == 45_000
    seal = CaseSeal.objects.get()
    assert (seal.reference, seal.events, seal.last_digest) == (
        closed.reference,
        events,
        last_digest,
    )
    assert (seal.outcome, seal.rule) == ("closed", "grant")
    assert list(seals.problems()) == []


def test_whoever_has_another_case_keeps_the_account(closed, call, applicant):
    other = cases.submitted(call, applicant)

    erasing.erase_due(noon(dt.date(2031, 5, 5)))

    assert Application.objects.get() == other
    assert User.objects.filter(pk=applicant.pk, is_active=True).exists()


def test_people_hear_of_it_once_two_weeks_before(call, applicant):
    draft = cases.draft(call, applicant)

    assert erasing.announce(noon(dt.date(2027, 1, 17))) == 0
    assert erasing.announce(noon(dt.date(2027, 1, 18))) == 1
    assert erasing.announce(noon(dt.date(2027, 1, 19))) == 0
    mail = OutboxMessage.objects.get(about__contains=":erasure")
    assert "31. Januar 2027" in mail.body
    assert draft.reference in mail.subject


def test_the_command_lists_first_and_erases_when_told(call, applicant, capsys, time_machine):
    draft = cases.draft(call, applicant)
    time_machine.move_to(noon(dt.date(2027, 2, 1)), tick=False)

    call_command("erase_due")
    assert "draft, kept until 2027-01-31" in capsys.readouterr().out
    assert Application.objects.exists()

    call_command("erase_due", "--yes")
    assert f"erased: {draft.reference}" in capsys.readouterr().out
    assert not Application.objects.exists()


# The archive --------------------------------------------------------------------------------------


def test_the_archive_is_asked_first_where_the_rules_say_so(closed, place):
    type(closed.rule_set).objects.update(archive_first=True)
    boss = funding.staff(place.agency, Role.AGENCY_ADMIN)
    due_on = noon(dt.date(2031, 5, 5))

    assert erasing.erase_due(due_on).offered == (closed.reference,)
    assert erasing.erase_due(due_on + DAY) == erasing.Report()
    archive.answer(closed, ArchiveOffer.Answer.TAKEN, by=boss, now=due_on)

    assert erasing.erase_due(due_on + DAY).erased == (closed.reference,)


# Restriction --------------------------------------------------------------------------------------


def test_a_locked_case_is_seen_by_auditors_and_the_administration_only(closed, applicant, place):
    assert restriction.restrict(closed, by=applicant, now=NOW)

    seen = {
        role
        for role in Role
        if Application.objects.visible_to(funding.staff(place.agency, role)).exists()
    }

    assert seen == {Role.AUDITOR, Role.AGENCY_ADMIN}


def test_a_case_that_goes_on_is_not_locked(call, applicant):
    sent = cases.submitted(call, applicant)

    assert not restriction.restrict(sent, by=applicant, now=NOW)
    assert Application.objects.get().restricted_at is None


# Tampering ----------------------------------------------------------------------------------------


def tamper(sql: str, *values) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values or None)


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("UPDATE projects_caseevent SET data = '{}' WHERE kind = 'approved'", "chain of events"),
        ("DELETE FROM projects_caseevent WHERE number = 2", "chain of events"),
        ("UPDATE projects_letter SET pdf_digest = 'x'", "document does not fit"),
        ("UPDATE projects_letter SET content = '{}'", "content does not fit"),
        ("UPDATE projects_ledgerentry SET cents = 1 WHERE number = 2", "ledger does not add up"),
    ],
)
def test_an_altered_row_is_found(closed, sql, said):
    assert list(seals.problems()) == []

    tamper(sql)

    assert said in "\n".join(seals.problems())


def test_a_letter_replaced_with_fitting_digests_is_found_by_its_event(closed):
    other = b"%PDF-1.7 other"
    tamper("UPDATE projects_letter SET pdf = %s", other)
    tamper("UPDATE projects_letter SET pdf_digest = %s", hashlib.sha256(other).hexdigest())

    assert "no event names its digests" in "\n".join(seals.problems())


def test_an_altered_seal_is_found_and_the_command_ends_with_1(closed, capsys):
    erasing.erase_due(noon(dt.date(2031, 5, 5)))
    call_command("verify_events")
    assert "Everything fits: 0 cases, 1 seals." in capsys.readouterr().out

    tamper("UPDATE projects_caseseal SET outcome = 'revoked'")

    with pytest.raises(SystemExit):
        call_command("verify_events")
    assert "chain of seals is broken" in capsys.readouterr().out
