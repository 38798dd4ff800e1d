"""Very many cases, written in bulk: one whole one, and others that stand in lists as it does."""

import datetime as dt

from contacts.models import Agency
from contacts.roles import Role
from portal import clock
from portal.models import User
from projects import workflow
from projects.models import (
    Application,
    Budget,
    CaseEvent,
    FundedProject,
    Grant,
    LedgerEntry,
    Payout,
)
from tests import factories
from tests.contacts.county import county
from tests.projects import cases, every_page
from tests.projects import factories as funding

STATES = ("submitted", "in_review", "rejected", "withdrawn")


def add(number: int, **made) -> dict:
    """`number` more cases, every second one granted; made again with what it returned before."""
    made = made or _first()
    case, grant, now = made["case"], made["case"].grant, clock.now()
    start = Application.objects.count()
    fresh = Application.objects.bulk_create(
        (_like(case, n, now) for n in range(start, start + number)), batch_size=500
    )
    granted = [row for row in fresh if row.state == "approved"]
    CaseEvent.objects.bulk_create(
        (
            CaseEvent(application=row, number=1, kind="begun", actor="applicant", happened_at=now)
            for row in fresh
        ),
        batch_size=500,
    )
    grants = Grant.objects.bulk_create((_grant(row, grant, now) for row in granted), batch_size=500)
    Payout.objects.bulk_create((_payout(row, now) for row in grants), batch_size=500)
    booked = LedgerEntry.objects.filter(budget=grant.budget).count()
    LedgerEntry.objects.bulk_create(
        (
            LedgerEntry(
                budget=grant.budget,
                number=booked + n + 1,
                kind="payout",
                cents=100,
                free_after=0,
                application=row,
                reference=row.reference,
                booked_at=now,
            )
            for n, row in enumerate(granted)
        ),
        batch_size=500,
    )
    FundedProject.objects.bulk_create((_funded(row, now) for row in granted), batch_size=500)
    return made


def _first() -> dict:
    """The county, its people, and one whole granted case."""
    place = county()
    now = clock.now()
    agency: Agency = place.agency
    call = every_page.open_call(agency, now)
    cases.money_for(call, 100_000_000_00, now=now)
    people = [funding.staff(agency, role) for role in (Role.CASEWORKER, Role.DECIDER)]
    applicant: User = factories.user("amal@example.org")
    case = cases.submitted(call, applicant, every_page.content(now), now=now)
    workflow.take(case, by=people[0], now=now)
    workflow.propose(case, cases.wanted(), version=1, by=people[0], now=now)
    workflow.approve(case, proposal=case.proposals.get().pk, by=people[1], now=now)
    case = Application.objects.get(pk=case.pk)
    return {
        "case": case,
        "budget": Budget.objects.get(),
        "auditor": funding.staff(agency, Role.AUDITOR),
    }


def _like(case: Application, n: int, now: dt.datetime) -> Application:
    granted = n % 2 == 0
    return Application(
        reference=f"MANY-{n}",
        call=case.call,
        rule_set=case.rule_set,
        agency=case.agency,
        assigned_post=case.assigned_post,
        caseworker=case.caseworker,
        title=f"Fest {n}",
        applicant_type=case.applicant_type,
        applicant_name=f"Verein {n}",
        measure_kind=case.measure_kind,
        area=case.area,
        starts_on=case.starts_on,
        ends_on=case.ends_on,
        total_cents=50_000,
        requested_cents=45_000,
        state="approved" if granted else STATES[n // 2 % len(STATES)],
        language="de",
        created_at=now,
        saved_at=now,
        changed_at=now - dt.timedelta(minutes=n),
        submitted_at=now - dt.timedelta(hours=n % 5000),
    )


def _grant(row: Application, like: Grant, now: dt.datetime) -> Grant:
    return Grant(
        application=row,
        budget=like.budget,
        state="running",
        changed_at=now,
        recognised_cents=50_000,
        award_cents=45_000,
        starts_on=like.starts_on,
        ends_on=like.ends_on,
        proof_due_on=like.proof_due_on,
        granted_at=now,
    )


def _payout(grant: Grant, now: dt.datetime) -> Payout:
    return Payout(
        grant=grant,
        number=1,
        state="ordered",
        changed_at=now,
        amount_cents=10_000,
        mode=Payout.Mode.ADVANCE,
        holder="Amal Haddad",
        iban="DE89370400440532013000",
        requested_at=now,
    )


def _funded(row: Application, now: dt.datetime) -> FundedProject:
    return FundedProject(
        agency=row.agency,
        programme=row.call.programme,
        application=row,
        title=row.title,
        summary="Wir treffen uns.",
        area=row.area,
        year=row.call.budget_year,
        measure_kind=row.measure_kind,
        amount_cents=45_000,
        granted_on=now.date(),
    )
