"""Proposals and decisions: what has to be true, and what follows for money, grant and letter."""

import datetime as dt
from dataclasses import replace

import pytest

from contacts.roles import Role
from portal.models import OutboxMessage
from projects import budget, events, workflow
from projects.budget import sums_of
from projects.events import Kind
from projects.models import Application, Grant, LedgerEntry, Letter, Proposal
from projects.models.grant import PlanLine
from projects.states import ApplicationState, CallState, ObjectionState
from projects.terms import CheckKey, MeasureKind
from projects.workflow import RefusedError, Wanted, objecting, waiting
from tests import factories
from tests.projects import cases
from tests.projects import factories as funding
from tests.projects.cases import REFUSAL, wanted

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]
S = ApplicationState
NOW = cases.NOW
LATER = NOW + dt.timedelta(days=1)


@pytest.fixture
def applicant():
    return factories.user("amal@example.org")


@pytest.fixture
def call(place):
    return cases.open_call(place.agency)


@pytest.fixture
def anna(place):
    """Who checks."""
    return funding.staff(place.agency, Role.CASEWORKER)


@pytest.fixture
def ben(place):
    """Who decides."""
    return funding.staff(place.agency, Role.DECIDER)


@pytest.fixture
def pot(call):
    return cases.money_for(call, 100_000)


@pytest.fixture
def checked(call, applicant, anna):
    return cases.in_review(call, applicant, anna)


@pytest.fixture
def proposed(call, applicant, anna, pot):
    return cases.proposed(call, applicant, anna)


def at(by, now=NOW):
    return {"by": by, "now": now}


def propose(application, what=None, *, by, version=1):
    return workflow.propose(application, what or wanted(), version=version, **at(by))


def decide(application, by, *, verb=workflow.approve, now=NOW):
    key = application.proposals.order_by("pk").last().pk
    return verb(application, proposal=key, **at(by, now))


def booked(pot) -> list[tuple[str, int]]:
    rows = pot.entries.filter(application__isnull=False).order_by("number")
    return list(rows.values_list("kind", "cents"))


def state_of(application) -> str:
    return Application.objects.get(pk=application.pk).state


def pause(call) -> None:
    type(call).objects.filter(pk=call.pk).update(state=CallState.PAUSED)


def leave(pot, cents: int) -> None:
    """Have `cents` of free money in `pot`."""
    admin = funding.staff(pot.programme.agency, Role.AGENCY_ADMIN)
    change = cents - sums_of(pot).free
    budget.enter(pot, LedgerEntry.Kind.RELEASE, change, note="Test", by=admin, now=NOW)


def mails(name: str) -> list[OutboxMessage]:
    return list(OutboxMessage.objects.filter(about__contains=f":{name}").order_by("pk"))


# Proposing ----------------------------------------------------------------------------------------


def test_a_proposal_reserves_its_money_and_says_what_is_recognised(checked, anna, pot):
    lines = [{"approved_cents": 20_000, "note": "ohne Kuchen"}, {"approved_cents": 24_500}]
    proposal = propose(checked, replace(wanted(40_000), lines=lines), by=anna)

    assert (proposal.amount_cents, proposal.recognised_cents) == (40_000, 44_500)
    assert state_of(checked) == S.PROPOSED
    sums = sums_of(pot)
    assert (sums.reserved, sums.free) == (40_000, 100_000)  # shown, and blocks nothing
    event = checked.events.order_by("number").last()
    assert (event.kind, event.actor) == (Kind.PROPOSED, "caseworker")
    assert event.data == {"version": 1, "what": "grant", "cents": 40_000}


def test_without_a_budget_it_can_be_proposed_and_not_approved(checked, anna, ben):
    propose(checked, by=anna)

    with pytest.raises(RefusedError, match="no budget for 2026"):
        decide(checked, ben)
    assert state_of(checked) == S.PROPOSED


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ({"reason": " "}, "Give the reason"),
        ({"checklist": CheckKey.values[1:]}, "checklist"),
        ({"amount_cents": 0}, "more than nothing"),
        ({"amount_cents": 45_001}, "has asked for €450.00"),
        ({"lines": [{"approved_cents": 20_000}, {"approved_cents": 20_000}]}, "costs are €400.00"),
        ({"lines": [{"approved_cents": 25_501}, {"approved_cents": 24_500}]}, "Line 1"),
        ({"lines": [{"approved_cents": 25_500}, {"approved_cents": -1}]}, "Line 2"),
        ({"lines": [{"approved_cents": 50_000}]}, "each line"),
        (
            {"lines": [{"approved_cents": 25_500, "note": "x" * 301}, {"approved_cents": 24_500}]},
            "note is too long",
        ),
    ],
)
def test_what_is_wrong_in_a_proposal_is_refused_in_words(checked, anna, pot, what, said):
    with pytest.raises(RefusedError) as refused:
        propose(checked, replace(wanted(), **what), by=anna)

    assert said in " ".join(refused.value.messages)
    assert (state_of(checked), checked.proposals.count(), booked(pot)) == (S.IN_REVIEW, 0, [])


def test_a_grant_keeps_to_the_ceiling_and_the_minimum_of_the_rules(checked, anna):
    rules = checked.rule_set
    measure = rules.measure_types.filter(kind=MeasureKind.MEETING)

    def refused(said: str) -> None:
        funding.rule_set(rules.programme)  # so that the rules are read once more
        with pytest.raises(RefusedError, match=said):
            propose(checked, by=anna)

    measure.update(ceiling_cents=44_999)
    refused("at most")
    measure.update(ceiling_cents=45_000)
    type(rules).objects.filter(pk=rules.pk).update(minimum_cents=45_001)
    refused("smallest grant")
    measure.delete()
    refused("no projects of this kind")


def test_a_proposal_is_about_the_last_version(place, call, applicant, anna):
    case = cases.twice_sent(call, applicant, anna)

    with pytest.raises(RefusedError, match="has been changed since"):
        propose(case, by=anna, version=1)
    assert propose(case, by=anna, version=2).version.number == 2


def test_a_refusal_needs_a_reason_and_reserves_nothing(checked, anna, pot):
    with pytest.raises(RefusedError):
        propose(checked, Wanted(Proposal.Kind.REFUSAL, " "), by=anna)
    proposal = propose(checked, REFUSAL, by=anna)

    assert (proposal.amount_cents, proposal.lines, booked(pot)) == (0, [], [])


# Approving ----------------------------------------------------------------------------------------


def test_an_approval_commits_the_money_and_makes_grant_plan_and_letter(proposed, ben, pot):
    letter = decide(proposed, ben)

    proposed.refresh_from_db()
    grant = Grant.objects.get(application=proposed)
    assert (proposed.state, proposed.rank) == (S.APPROVED, None)
    assert (grant.award_cents, grant.recognised_cents, grant.budget) == (45_000, 50_000, pot)
    assert (grant.starts_on, grant.ends_on) == (dt.date(2026, 9, 5), dt.date(2026, 9, 5))
    assert grant.proof_due_on == dt.date(2026, 11, 2)  # eight weeks are 31 October, a holiday
    assert [
        (line.side, line.position, line.kind, line.applied_cents, line.approved_cents)
        for line in grant.lines.all()
    ] == [
        (PlanLine.Side.COSTS, 1, "material", 25_500, 25_500),
        (PlanLine.Side.COSTS, 2, "rent", 24_500, 24_500),
        (PlanLine.Side.INCOME, 1, "own", 5_000, 5_000),
    ]
    assert booked(pot) == [
        ("reservation", 45_000),
        ("commitment", 45_000),
        ("reservation", -45_000),
    ]
    sums = sums_of(pot)
    assert (sums.reserved, sums.committed, sums.free) == (0, 45_000, 55_000)
    assert (letter.kind, letter.issued_by) == (Letter.Kind.GRANT, ben)
    assert bytes(letter.pdf).startswith(b"%PDF-")
    assert not proposed.proposals.filter(settled_at=None)
    assert [event.kind for event in proposed.events.all()][-2:] == [
        Kind.APPROVED,
        Kind.LETTER_ISSUED,
    ]
    assert events.broken_at(proposed) is None
    assert [mail.recipient for mail in mails("letter")] == ["amal@example.org"]


def test_less_than_was_asked_for_is_a_partial_grant(call, applicant, anna, ben, pot):
    case = cases.proposed(call, applicant, anna, wanted(40_000, lines=(20_000, 24_500)))

    letter = decide(case, ben)

    assert letter.kind == Letter.Kind.PARTIAL_GRANT
    approved = case.grant.lines.filter(side=PlanLine.Side.COSTS)
    assert [(line.applied_cents, line.approved_cents) for line in approved] == [
        (25_500, 20_000),
        (24_500, 24_500),
    ]


def refused(application, by, said, *, pot=None, verb=workflow.approve):
    """Nothing has happened but the words."""
    before = application.events.count(), pot and booked(pot)
    with pytest.raises(RefusedError, match=said):
        decide(application, by, verb=verb)
    assert state_of(application) == S.PROPOSED
    assert (application.events.count(), pot and booked(pot)) == before
    assert not application.letters.exists()
    assert not Grant.objects.exists()
    assert not mails("letter")


def test_nobody_decides_what_they_have_proposed(place, proposed, anna, ben, pot):
    anna.staff_roles.create(agency=place.agency, role=Role.DECIDER)
    del anna._agency_roles

    refused(proposed, anna, "You have proposed it", pot=pot)

    # Also where the file of the case would say nothing of it.
    proposed.proposals.update(proposed_by=ben)
    refused(proposed, ben, "You have proposed it", pot=pot)


def test_nobody_decides_who_has_worked_on_it_or_is_no_decider(place, proposed, applicant, pot):
    both = funding.staff(place.agency, Role.CASEWORKER)
    both.staff_roles.create(agency=place.agency, role=Role.DECIDER)
    workflow.reassign(proposed, both, by=both, now=NOW)
    own = funding.staff(place.agency, Role.DECIDER)
    proposed.contributors.create(user=own, joined_at=NOW)
    foreign = funding.staff(factories.agency("Fremde Stelle"), Role.DECIDER)
    for person in (both, own, foreign, applicant, funding.staff(place.agency, Role.AUDITOR)):
        refused(proposed, person, "You may not do this", pot=pot)


def test_a_paused_call_and_a_hold_stop_approvals_and_no_refusals(
    call, proposed, applicant, anna, ben, pot
):
    Application.objects.filter(pk=proposed.pk).update(hold=True)
    refused(proposed, ben, "is on hold", pot=pot)
    Application.objects.filter(pk=proposed.pk).update(hold=False)
    pause(call)
    refused(proposed, ben, "The call is paused", pot=pot)

    other = cases.proposed(call, applicant, anna, REFUSAL)
    assert decide(other, ben, verb=workflow.reject).kind == Letter.Kind.REFUSAL


def test_too_little_money_is_told_with_both_amounts(proposed, ben, pot):
    leave(pot, 44_999)
    refused(proposed, ben, "€449.99 are free, €450.00 are needed", pot=pot)

    leave(pot, 45_000)
    assert decide(proposed, ben)


def test_released_money_may_fall_below_what_is_committed_and_then_nothing_is_granted(
    call, applicant, anna, proposed, ben, pot
):
    decide(proposed, ben)
    leave(pot, -20_000)
    other = cases.proposed(call, applicant, anna)

    with pytest.raises(RefusedError, match="−€200"):
        decide(other, ben)
    assert sums_of(pot).free == -20_000
    assert state_of(other) == S.PROPOSED


def test_what_somebody_has_read_is_what_they_decide(proposed, anna, ben):
    read = proposed.proposals.get().pk
    workflow.send_back(proposed, "Bitte weniger.", **at(ben))
    propose(proposed, wanted(40_000), by=anna)

    with pytest.raises(RefusedError, match="Something else is proposed"):
        workflow.approve(proposed, proposal=read, **at(ben))


def test_a_version_that_nobody_has_checked_is_not_granted(proposed, ben, pot):
    last = proposed.versions.get()
    proposed.versions.create(
        number=2,
        submission_key="6f1c3f0e-5d0a-4a53-9a5e-000000000001",
        content=last.content,
        digest=last.digest,
        pdf=last.pdf,
        pdf_digest=last.pdf_digest,
        submitted_at=NOW,
    )

    refused(proposed, ben, "changed since this was proposed", pot=pot)


def test_a_decision_is_taken_once(proposed, ben, pot):
    decide(proposed, ben)
    with pytest.raises(RefusedError, match="moved on"):
        decide(proposed, ben)

    assert sums_of(pot).committed == 45_000
    assert proposed.letters.count() == 1


# Refusing, sending back ---------------------------------------------------------------------------


def test_a_refusal_is_told_by_letter_and_a_proposed_grant_is_not_refused(
    call, applicant, anna, ben, pot, proposed
):
    refused(proposed, ben, "A grant is proposed", pot=pot, verb=workflow.reject)
    case = cases.proposed(call, applicant, anna, REFUSAL)
    with pytest.raises(RefusedError, match="A refusal is proposed"):
        decide(case, ben)
    with pytest.raises(RefusedError, match="You have proposed it"):
        decide(case, anna, verb=workflow.reject)

    letter = decide(case, ben, verb=workflow.reject)

    assert (state_of(case), letter.kind) == (S.REJECTED, Letter.Kind.REFUSAL)
    assert REFUSAL.reason in str(letter.content)
    assert [mail.recipient for mail in mails("letter")] == ["amal@example.org"]


def test_what_is_sent_back_is_reserved_no_more_and_can_be_proposed_again(proposed, anna, ben, pot):
    with pytest.raises(RefusedError, match="Say why"):
        workflow.send_back(proposed, " ", **at(ben))
    workflow.send_back(proposed, "Der Saal ist zu teuer.", **at(ben))

    assert state_of(proposed) == S.IN_REVIEW
    assert (sums_of(pot).reserved, proposed.comments.get().text) == (0, "Der Saal ist zu teuer.")
    with pytest.raises(RefusedError, match="moved on"):
        workflow.send_back(proposed, "Noch einmal", **at(ben))
    propose(proposed, wanted(30_000), by=anna)
    assert sums_of(pot).reserved == 30_000


def test_a_withdrawn_application_is_reserved_no_more(proposed, applicant, pot):
    workflow.withdraw(proposed, **at(applicant))

    assert sums_of(pot).reserved == 0
    assert not proposed.proposals.filter(settled_at=None)


# Waiting ------------------------------------------------------------------------------------------


def test_the_waiting_list_is_for_want_of_money(call, proposed, applicant, anna, ben, pot):
    with pytest.raises(RefusedError, match="enough money"):
        workflow.waitlist(proposed, **at(ben))
    refusal = cases.proposed(call, applicant, anna, REFUSAL)
    leave(pot, 0)
    with pytest.raises(RefusedError, match="waits for no money"):
        workflow.waitlist(refusal, **at(ben))

    workflow.waitlist(proposed, **at(ben))

    proposed.refresh_from_db()
    assert (proposed.state, proposed.rank, sums_of(pot).reserved) == (S.WAITLISTED, 1, 0)
    assert [mail.recipient for mail in mails("waitlisted")] == ["amal@example.org"]
    with pytest.raises(RefusedError, match="moved on"):
        workflow.waitlist(proposed, **at(ben))


def test_in_a_paused_call_whoever_is_ready_waits(call, proposed, ben, pot):
    pause(call)
    workflow.waitlist(proposed, **at(ben))

    assert workflow.call_up_waiting(pot, now=LATER) == 0  # while it is paused
    assert state_of(proposed) == S.WAITLISTED


def test_money_that_is_released_calls_up_in_the_order_of_the_list(call, applicant, anna, ben, pot):
    leave(pot, 0)
    first, second, third, fourth = (
        cases.proposed(call, applicant, anna, wanted(cents))
        for cents in (45_000, 30_000, 20_000, 1_000)
    )
    for case in (second, first, third, fourth):
        workflow.waitlist(case, **at(ben))
    ranks = [Application.objects.get(pk=case.pk).rank for case in (second, first, third, fourth)]
    assert ranks == [1, 2, 3, 4]

    leave(pot, 76_000)
    assert waiting.call_up_everywhere(LATER) == "2 called up"

    # 1.000 would suffice for the last one: but it is not its turn.
    states = [state_of(case) for case in (second, first, third, fourth)]
    assert states == [S.PROPOSED, S.PROPOSED, S.WAITLISTED, S.WAITLISTED]
    assert sums_of(pot).reserved == 75_000
    event = second.events.order_by("number").last()
    assert (event.kind, event.actor, event.user) == (Kind.CALLED_UP, "system", None)
    assert waiting.call_up_everywhere(LATER) == ""
    assert not mails("called-up")

    assert decide(second, ben)  # a person decides
    workflow.call_up(fourth, **at(ben))
    workflow.send_back(third, "Bitte noch einmal rechnen.", **at(ben))
    third.refresh_from_db()
    assert (third.state, third.rank) == (S.IN_REVIEW, None)
    assert not third.proposals.filter(settled_at=None)


def test_whoever_waits_may_withdraw_and_is_not_called_up(proposed, applicant, ben, pot):
    leave(pot, 0)
    workflow.waitlist(proposed, **at(ben))
    workflow.withdraw(proposed, **at(applicant))
    leave(pot, 100_000)

    assert workflow.call_up_waiting(pot, now=LATER) == 0
    with pytest.raises(RefusedError):
        workflow.call_up(proposed, **at(ben))
    assert Application.objects.get(pk=proposed.pk).rank is None


def test_a_hold_is_lifted_by_a_decider_once_the_call_is_paused_no_more(call, proposed, anna, ben):
    Application.objects.filter(pk=proposed.pk).update(hold=True)
    pause(call)
    with pytest.raises(RefusedError, match="paused"):
        workflow.lift_hold(proposed, "Geld ist da.", **at(ben))
    type(call).objects.filter(pk=call.pk).update(state=CallState.CLOSED)
    for person, text, said in ((anna, "Ja", "may not"), (ben, " ", "Say why")):
        with pytest.raises(RefusedError, match=said):
            workflow.lift_hold(proposed, text, **at(person))

    workflow.lift_hold(proposed, "Geld ist da.", **at(ben))

    assert decide(proposed, ben)
    assert proposed.comments.get().text == "Geld ist da."


# Objections ---------------------------------------------------------------------------------------


@pytest.fixture
def rejected(call, applicant, anna, ben, pot):
    return cases.decided(cases.proposed(call, applicant, anna, REFUSAL), ben)


def object_to(case, by, *, now=LATER, received_on=None, text="Wir sind nicht einverstanden."):
    letter = case.letters.order_by("number").last()
    received_on = received_on or now.date()
    return objecting.file(letter, text, received_on=received_on, **at(by, now))


def test_an_objection_that_is_granted_opens_a_refused_application(
    place, rejected, applicant, anna, ben, pot
):
    objection = object_to(rejected, applicant)
    assert (objection.received_on, objection.is_late) == (dt.date(2026, 5, 5), False)
    assert [mail.recipient for mail in mails("objection-")] == ["amal@example.org"]
    assert mails("office-objection-")
    cora = funding.staff(place.agency, Role.DECIDER)
    with pytest.raises(RefusedError, match="reopened when"):
        objecting.reopen(rejected, **at(cora, LATER))

    granted = ObjectionState.GRANTED
    for person, reason, said in (
        (ben, "Richtig", "decided the first time"),
        (anna, "Richtig", "may not"),
        (cora, " ", "Say why"),
    ):
        with pytest.raises(RefusedError, match=said):
            objecting.decide(objection, granted, reason=reason, **at(person, LATER))
    letter = objecting.decide(objection, granted, reason="Richtig.", **at(cora, LATER))

    objection.refresh_from_db()
    assert (objection.state, objection.decided_by) == (granted, cora)
    assert (letter.kind, state_of(rejected)) == (Letter.Kind.OBJECTION, S.IN_REVIEW)
    kinds = [event.kind for event in rejected.events.all()]
    assert kinds[-3:] == [Kind.OBJECTION_DECIDED, Kind.REOPENED, Kind.LETTER_ISSUED]
    with pytest.raises(RefusedError, match="moved on"):
        objecting.decide(objection, granted, reason="Noch einmal", **at(cora, LATER))
    propose(rejected, by=anna)
    assert decide(rejected, ben, now=LATER)


def test_an_objection_that_is_not_granted_leaves_the_decision_as_it_is(place, rejected, applicant):
    objection = object_to(rejected, applicant)
    cora = funding.staff(place.agency, Role.DECIDER)

    objecting.decide(objection, ObjectionState.UPHELD, reason="Es bleibt.", **at(cora, LATER))

    assert state_of(rejected) == S.REJECTED


def test_a_late_objection_is_flagged_and_not_refused(rejected, anna):
    letter = rejected.letters.get()
    last = dt.date(2026, 6, 8)
    letter.deliveries.update(sent_on=NOW.date(), announced_on=NOW, objection_until=last)
    now = dt.datetime(2026, 6, 20, 8, tzinfo=dt.UTC)
    for day, late in ((last, False), (last + dt.timedelta(days=1), True)):
        objection = object_to(rejected, anna, received_on=day, now=now)
        assert objection.is_late is late
        with pytest.raises(RefusedError, match="open objection"):
            object_to(rejected, anna, received_on=day, now=now)
        type(objection).objects.filter(pk=objection.pk).update(state=ObjectionState.UPHELD)


def test_objections_are_filed_by_those_concerned_on_a_day_that_can_be(
    place, rejected, applicant, anna, ben
):
    for day in (dt.date(2026, 5, 3), dt.date(2026, 5, 6)):  # before the letter, after today
        with pytest.raises(RefusedError, match="between"):
            object_to(rejected, anna, received_on=day)
    with pytest.raises(RefusedError, match="one sentence"):
        object_to(rejected, applicant, text=" ")
    for person in (factories.user(), funding.staff(place.agency, Role.FINANCE)):
        with pytest.raises(RefusedError, match="may not"):
            object_to(rejected, person)
    objection = object_to(rejected, applicant)
    objecting.withdraw(objection, **at(applicant, LATER))
    with pytest.raises(RefusedError):
        objecting.withdraw(objection, **at(applicant, LATER))
    assert mails("office-objection-withdrawn")

    cora = funding.staff(place.agency, Role.DECIDER)
    objection = object_to(rejected, applicant)
    objecting.decide(objection, ObjectionState.UPHELD, reason="Nein.", **at(cora, LATER))
    with pytest.raises(RefusedError, match="Nobody can object"):
        object_to(rejected, applicant)  # against the decision on the objection
