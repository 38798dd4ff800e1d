"""Fifty deciders approve at the same moment, with money for ten."""

import uuid

import pytest
from django.core.exceptions import ValidationError

from contacts.roles import Role
from portal.models import User
from projects import budget, workflow
from projects.models import Application, ApplicationVersion, Budget, Grant, Letter, Proposal
from projects.states import ApplicationState
from tests import at_once, factories
from tests.contacts.county import county
from tests.projects import cases
from tests.projects import factories as funding

DECIDERS, MONEY_FOR, EACH = 50, 10, 45_000


@pytest.fixture
def run(migrated_database, tmp_path):
    """Processes at a database of their own."""
    with at_once.processes(DATABASE_URL=migrated_database, VAR_DIR=str(tmp_path)) as processes:
        yield processes


def prepare() -> list[list[int]]:
    """Each decider with the case and the proposal that they have read."""
    agency = county().agency
    call, anna = cases.open_call(agency), funding.staff(agency, Role.CASEWORKER)
    first = cases.proposed(call, factories.user("amal@example.org"), anna)
    cases.money_for(call, MONEY_FOR * EACH + 44_999)
    found = []
    for number in range(DECIDERS):
        decider, proposal = funding.staff(agency, Role.DECIDER), copied(first, number)
        found.append([decider.pk, proposal.application_id, proposal.pk])
    return found


def copied(case: Application, number: int) -> Proposal:
    """The proposal of another application like `case`; with fewer steps than to send it anew."""
    version, proposal = case.versions.get(), case.proposals.get()
    other = Application.objects.get(pk=case.pk)
    other.pk, other.uuid, other.reference = None, uuid.uuid4(), f"MP-{number:04}-0000"
    other.save(force_insert=True)
    fields = {
        field.name: getattr(version, field.name)
        for field in version._meta.concrete_fields
        if field.name not in ("id", "application", "submission_key")
    }
    new = ApplicationVersion.objects.create(
        application=other, submission_key=uuid.uuid4(), **fields
    )
    proposal.pk, proposal.application, proposal.version = None, other, new
    proposal.save(force_insert=True)
    return proposal


def approve(ready, decider: int, case: int, proposal: int) -> str:
    """ "granted", or what the decider was told instead."""
    application, by = Application.objects.get(pk=case), User.objects.get(pk=decider)
    ready()
    try:
        workflow.approve(application, proposal=proposal, by=by, now=cases.NOW)
    except ValidationError as refused:
        return " ".join(refused.messages)
    return "granted"


def ledger() -> dict:
    pot = Budget.objects.get()
    sums = budget.sums_of(pot)
    entries = list(pot.entries.order_by("number"))
    commitments = [entry for entry in entries if entry.kind == "commitment"]
    approved = Application.objects.filter(state=ApplicationState.APPROVED)
    return {
        "committed": sums.committed,
        "free": sums.free,
        "commitments": len(commitments),
        "last_free_after": commitments[-1].free_after,
        "numbers_without_a_gap": [e.number for e in entries] == list(range(1, len(entries) + 1)),
        "grants": Grant.objects.count(),
        "awarded": sum(grant.award_cents for grant in Grant.objects.all()),
        "letters": Letter.objects.count(),
        "approved": approved.count(),
        "booked_for": len({entry.reference for entry in commitments}),
    }


def test_fifty_approve_at_once_with_money_for_ten_and_exactly_ten_win(run):
    everybody = run.alone(prepare)

    said = run.together(approve, everybody)

    assert said.count("granted") == MONEY_FOR
    told = {words.replace("\xa0", " ") for words in said if words != "granted"}
    # Whoever came first still saw money in their own look, and was told under the lock.
    assert len(told) == 1, told
    assert "449,99 €" in told.pop()
    assert run.alone(ledger) == {
        "committed": MONEY_FOR * EACH,
        "free": 44_999,
        "commitments": MONEY_FOR,
        "last_free_after": 44_999,
        "numbers_without_a_gap": True,
        "grants": MONEY_FOR,
        "awarded": MONEY_FOR * EACH,
        "letters": MONEY_FOR,
        "approved": MONEY_FOR,
        "booked_for": MONEY_FOR,
    }
