"""A change of what was granted: one checks, another decides; plan, grant and ledger agree."""

import datetime as dt
import itertools

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from contacts.models import StaffRole
from contacts.roles import Role
from portal.models import OutboxMessage, User
from projects import budget, events
from projects.models import (
    Amendment,
    Application,
    Call,
    FundedProject,
    Grant,
    LedgerEntry,
    MeasureType,
)
from projects.standing import CHANGEABLE, proof_until
from projects.states import (
    AMENDMENT_STEPS,
    AmendmentState,
    CallState,
    GrantState,
    PayoutState,
    actors_of,
)
from projects.terms import Channel
from projects.workflow import RefusedError, amending
from tests import factories
from tests.projects import factories as funding
from tests.projects import grants
from tests.projects.grants import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]
A = AmendmentState
ALLOWED = {
    (A.REQUESTED, A.GRANTED): {"decider"},
    (A.REQUESTED, A.REFUSED): {"decider"},
    (A.REQUESTED, A.WITHDRAWN): {"applicant", "caseworker"},
}


@pytest.fixture
def world(place):
    return grants.final_in(place.agency)


def ask(world, *, by=None, reason="Der Saal ist teurer.", **what) -> Amendment:
    wanted = amending.Wanted(reason, **what)
    return amending.request(world.case, wanted, by=by or world.amal, now=NOW)


def check(world, asked, *, by=None) -> None:
    amending.check(asked, "Einverstanden.", by=by or world.anna, now=NOW)


def decide(world, asked, *, granted=True, by=None, reason="Begründet."):
    return amending.decide(asked, granted=granted, reason=reason, by=by or world.ben, now=NOW)


def through(world, **what) -> Amendment:
    """Asked, checked and granted."""
    asked = ask(world, **what)
    check(world, asked)
    decide(world, asked)
    asked.refresh_from_db()
    return asked


# The table ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("before", "after"), list(itertools.product(A, A)))
def test_only_the_steps_of_the_procedure_are_allowed(before, after):
    assert actors_of(AMENDMENT_STEPS, before, after) == ALLOWED.get((before, after), set())


def test_every_step_is_taken_by_those_alone_whose_part_it_is(world, place):
    others = set(Role) - {Role.CASEWORKER, Role.DECIDER, Role.FINANCE}
    people = {
        **world.people,
        **{str(role): funding.staff(place.agency, role) for role in others},
        "stranger": factories.user(),
        "foreign": funding.staff(factories.agency("Fremde Stelle"), Role.DECIDER),
    }
    asked = ask(world, ends_on=dt.date(2026, 9, 12))
    check(world, asked)
    verbs = {
        A.GRANTED: lambda by: decide(world, asked, by=by),
        A.REFUSED: lambda by: decide(world, asked, granted=False, by=by),
        A.WITHDRAWN: lambda by: amending.withdraw(asked, by=by, now=NOW),
    }
    for before, (after, verb), (who, by) in itertools.product(A, verbs.items(), people.items()):
        if who not in world.people and before != A.REQUESTED:
            continue  # each letter takes a moment to render
        Amendment.objects.filter(pk=asked.pk).update(state=before)
        # What came online is withdrawn by whoever has written it.
        may = who in ALLOWED.get((before, after), set()) - (
            {"caseworker"} if after == A.WITHDRAWN else set()
        )
        with transaction.atomic():
            try:
                verb(by)
            except RefusedError:
                assert not may, (before, after, who)
            asked.refresh_from_db()
            assert asked.state == (after if may else before), (before, after, who)
            transaction.set_rollback(True)


# Asking -------------------------------------------------------------------------------------------


def test_what_is_asked_for_is_told_and_changes_nothing_yet(world):
    asked = ask(world, ends_on=dt.date(2026, 9, 12), award_cents=45_000, lines={1: 25_500})

    assert (asked.ends_on, asked.award_cents, asked.lines) == (dt.date(2026, 9, 12), None, {})
    assert world.grant.ends_on == dt.date(2026, 9, 5)
    names = OutboxMessage.objects.filter(about__contains="amendment").values_list("subject")
    assert len(names) >= 2
    with pytest.raises(RefusedError, match="already"):
        ask(world, award_cents=44_000)


REFUSED = (
    ({}, "Nothing would be different"),
    ({"award_cents": 45_000, "lines": {1: 25_500, 2: 24_500}}, "Nothing would be different"),
    ({"reason": " ", "award_cents": 44_000}, "Say why"),
    ({"lines": {3: 100}}, "no such line"),
    ({"ends_on": dt.date(2026, 9, 4)}, "before the last one"),
    ({"ends_on": dt.date(2027, 1, 1)}, "the call allows"),
    ({"starts_on": dt.date(2025, 12, 31)}, "the call allows"),
    ({"award_cents": 0}, "decline it"),
    ({"award_cents": 50_001}, r"more than the costs of €500\.00"),
    ({"lines": {2: 19_499}}, r"more than the costs of €449\.99"),
)


def test_what_cannot_be_granted_is_not_even_asked_for(world):
    for what, said in REFUSED:
        with pytest.raises(RefusedError, match=said):
            ask(world, **what)
    assert not Amendment.objects.exists()


def test_the_grant_never_falls_below_what_is_paid_or_asked_for(world):
    world.bring(world.ask(10_000), PayoutState.PAID)
    world.ask(5_000)

    with pytest.raises(RefusedError, match=r"€150\.00 have been paid or asked for"):
        ask(world, award_cents=14_999)
    through(world, award_cents=15_000)

    assert world.sums == (15_000, 10_000, 985_000)


def test_what_was_asked_for_meanwhile_counts_when_it_is_decided(world):
    asked = ask(world, award_cents=10_000)
    check(world, asked)
    world.ask(10_001)

    with pytest.raises(RefusedError, match="cannot be lower"):
        decide(world, asked)
    assert world.grant.award_cents == 45_000


def test_a_grant_is_changed_only_before_the_project_is_over(world):
    for state in set(GrantState) - CHANGEABLE:
        Grant.objects.filter(pk=world.grant.pk).update(state=state)
        with pytest.raises(RefusedError, match="over"):
            ask(world, award_cents=40_000)


def test_a_project_that_has_begun_keeps_its_first_day(world):
    Grant.objects.filter(pk=world.grant.pk).update(state=GrantState.RUNNING)
    with pytest.raises(RefusedError, match="begun already"):
        ask(world, starts_on=dt.date(2026, 9, 4))
    ask(world, ends_on=dt.date(2026, 9, 6))


def test_only_whoever_works_on_the_application_asks(world):
    for somebody in (world.anna, world.ben, world.carla, factories.user()):
        with pytest.raises(RefusedError, match="may not"):
            ask(world, by=somebody, award_cents=40_000)
    Application.objects.filter(pk=world.pk).update(channel=Channel.PAPER)
    asked = ask(world, by=world.anna, award_cents=40_000)
    amending.withdraw(asked, by=world.anna, now=NOW)
    assert world.case.events.last().actor == "caseworker"


# Deciding -----------------------------------------------------------------------------------------


def test_plan_grant_ledger_register_and_letter_change_together(world):
    assert world.sums == (45_000, 0, 955_000)
    due = world.grant.proof_due_on

    asked = through(world, ends_on=dt.date(2026, 9, 26), award_cents=47_000, lines={2: 26_500})

    grant = world.grant
    assert (grant.award_cents, grant.recognised_cents) == (47_000, 52_000)
    assert [line.approved_cents for line in amending.costs_of(grant)] == [25_500, 26_500]
    assert grant.ends_on == dt.date(2026, 9, 26)
    assert (grant.proof_due_on, proof_until(grant)) == (due, dt.date(2026, 11, 23))
    assert world.sums == (47_000, 0, 953_000)
    assert FundedProject.objects.get().amount_cents == 47_000
    assert (asked.state, asked.letter.kind) == (A.GRANTED, "amendment")
    assert "470,00" in str(asked.letter.content)
    assert asked.letter.content["remedy"]
    assert events.broken_at(world.case) is None


def test_what_is_given_back_goes_to_the_pot(world):
    through(world, award_cents=40_000)

    [entry] = LedgerEntry.objects.filter(kind=LedgerEntry.Kind.DECOMMITMENT)
    assert entry.cents == 5_000
    assert world.sums == (40_000, 0, 960_000)


def test_a_refusal_changes_nothing_and_is_a_letter_too(world):
    asked = ask(world, award_cents=47_000)
    check(world, asked)
    before = world.sums

    letter = decide(world, asked, granted=False)

    asked.refresh_from_db()
    assert (asked.state, asked.letter) == (A.REFUSED, letter)
    assert (world.grant.award_cents, world.sums) == (45_000, before)


def nothing_happened(world, asked) -> None:
    asked.refresh_from_db()
    assert asked.state == A.REQUESTED
    assert world.grant.award_cents == 45_000
    assert world.case.letters.count() == 1


def test_it_is_checked_first_and_by_somebody_else(world, place):
    asked = ask(world, award_cents=47_000)
    with pytest.raises(RefusedError, match="check it first"):
        decide(world, asked)
    for somebody in (world.amal, world.ben, world.carla):
        with pytest.raises(RefusedError, match="may not"):
            check(world, asked, by=somebody)
    with pytest.raises(RefusedError, match="one sentence"):
        amending.check(asked, " ", by=world.anna, now=NOW)
    StaffRole.objects.create(user=world.anna, agency=place.agency, role=Role.DECIDER)
    anna = User.objects.get(pk=world.anna.pk)
    check(world, asked, by=anna)
    with pytest.raises(RefusedError, match="does not decide"):
        decide(world, asked, by=anna)
    with pytest.raises(IntegrityError), transaction.atomic():
        Amendment.objects.filter(pk=asked.pk).update(decided_by=anna)
    with pytest.raises(RefusedError, match="Say why"):
        decide(world, asked, reason=" ")
    nothing_happened(world, asked)


def test_a_raise_needs_free_money(world):
    budget.book(world.pot, LedgerEntry.Kind.BLOCK, 953_001, by=None, now=NOW)
    asked = ask(world, award_cents=47_000)
    check(world, asked)

    with pytest.raises(ValidationError, match=r"€19\.99 are free, €20\.00 are needed"):
        decide(world, asked)
    nothing_happened(world, asked)
    budget.book(world.pot, LedgerEntry.Kind.BLOCK, -1, by=None, now=NOW)
    decide(world, asked)
    assert world.sums[2] == 0


def test_a_raise_waits_while_the_call_is_paused_and_a_lower_grant_does_not(world):
    asked = ask(world, award_cents=47_000)
    check(world, asked)
    Call.objects.filter(pk=world.case.call_id).update(state=CallState.PAUSED)
    with pytest.raises(RefusedError, match="paused"):
        decide(world, asked)
    nothing_happened(world, asked)
    amending.withdraw(asked, by=world.amal, now=NOW)

    through(world, award_cents=44_000)


def test_a_raise_stays_below_the_ceiling_of_the_rules(world):
    MeasureType.objects.update(ceiling_cents=46_000)

    with pytest.raises(RefusedError, match=r"€460\.00 at most"):
        ask(world, award_cents=46_001)
    ask(world, award_cents=46_000)


def test_nothing_is_changed_any_more_once_the_project_is_over(world):
    asked = ask(world, award_cents=44_000)
    check(world, asked)
    Grant.objects.filter(pk=world.grant.pk).update(state=GrantState.PROOF_DUE)

    with pytest.raises(RefusedError):
        decide(world, asked)
    decide(world, asked, granted=False)
