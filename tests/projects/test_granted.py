"""What a recipient does with a grant as a whole, and the time that the office gives."""

import datetime as dt
import itertools

import pytest

from contacts.roles import Role
from portal.models import OutboxMessage
from projects import deliveries, events
from projects.models import Application, Extension, FundedProject, Grant, Objection, Payout
from projects.standing import CHANGEABLE, due_on, proof_until
from projects.states import GRANT_STEPS, AmendmentState, GrantState, PayoutState, actors_of
from projects.status import for_lists, status_of
from projects.terms import Channel
from projects.workflow import RefusedError, amending, granted, turning
from tests import factories
from tests.projects import cases, grants
from tests.projects import factories as funding
from tests.projects.grants import NOW, ON

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]
G = GrantState
DAY = dt.timedelta(days=1)
# What the procedure says, apart from the code. Caseworkers enter what came on paper.
ALLOWED = {
    (G.ANNOUNCED, G.FINAL): {"system", "applicant", "caseworker"},
    (G.FINAL, G.RUNNING): {"system"},
    (G.RUNNING, G.PROOF_DUE): {"system"},
    (G.RUNNING, G.PROOF_SUBMITTED): {"applicant"},
    (G.PROOF_DUE, G.PROOF_SUBMITTED): {"applicant"},
    (G.PROOF_SUBMITTED, G.PROOF_QUERIED): {"caseworker"},
    (G.PROOF_QUERIED, G.PROOF_SUBMITTED): {"applicant"},
    (G.PROOF_SUBMITTED, G.SETTLED): {"caseworker", "decider"},
    (G.SETTLED, G.REPAYMENT_DUE): {"decider"},
    (G.REPAYMENT_DUE, G.REPAID): {"finance"},
    **{(before, G.CLOSED): {"system"} for before in (G.SETTLED, G.REPAID, G.DECLINED, G.REVOKED)},
    **{(before, G.DECLINED): {"applicant", "caseworker"} for before in CHANGEABLE},
    **{
        (before, G.REVOKED): {"decider"}
        for before in (*CHANGEABLE, G.PROOF_DUE, G.PROOF_SUBMITTED, G.PROOF_QUERIED)
    },
    (G.DECLINED, G.REPAYMENT_DUE): {"decider"},
    (G.REVOKED, G.REPAYMENT_DUE): {"decider"},
}


@pytest.mark.parametrize("before", G)
def test_only_the_steps_of_the_procedure_are_allowed(before):
    for after in G:
        assert actors_of(GRANT_STEPS, before, after) == ALLOWED.get((before, after), set())


@pytest.fixture
def world(place):
    return grants.granted_in(place.agency)


def mails(name: str) -> set[str]:
    rows = OutboxMessage.objects.filter(about__contains=f":{name}:")
    return set(rows.values_list("recipient", flat=True))


def put(world, state: str) -> None:
    Grant.objects.filter(pk=world.grant.pk).update(state=state)


def nobody_else(world, place) -> list:
    roles = [funding.staff(place.agency, role) for role in Role]
    foreign = funding.staff(factories.agency("Fremde Stelle"), Role.CASEWORKER)
    return [*roles, world.anna, world.ben, world.carla, factories.user(), foreign]


# Waiver -------------------------------------------------------------------------------------------


def test_whoever_waives_the_objection_has_a_final_decision_at_once(world):
    granted.waive(world.case, by=world.amal, now=NOW)

    grant = world.grant
    assert (grant.state, grant.waived_at, grant.final_on) == (G.FINAL, NOW, ON)
    assert "amal@example.org" in mails("waived")
    assert "mikroprojekte@example.org" in mails("office-waived")
    assert FundedProject.objects.get().amount_cents == 45_000
    assert events.broken_at(world.case) is None
    with pytest.raises(RefusedError):
        granted.waive(world.case, by=world.amal, now=NOW)


def test_a_letter_that_is_fetched_later_does_not_take_the_finality_back(world):
    granted.waive(world.case, by=world.amal, now=NOW)
    deliveries.store(
        world.case, "amendment", {"kind": "amendment"}, b"%PDF-", by=world.ben, now=NOW + DAY
    )
    letter = world.case.letters.get(number=2)
    deliveries.post(letter, posted_on=ON + DAY, by=world.anna, now=NOW + DAY)

    assert world.grant.final_on == ON


def test_nobody_waives_what_they_have_not_read(place):
    amal = factories.user("amal@example.org")
    anna, ben = (funding.staff(place.agency, role) for role in (Role.CASEWORKER, Role.DECIDER))
    call = cases.open_call(place.agency)
    cases.money_for(call)
    case = cases.granted(call, amal, anna, ben)

    with pytest.raises(RefusedError, match="Open the decision first"):
        granted.waive(case, by=amal, now=NOW)


def objected(world) -> Objection:
    return Objection.objects.create(
        application=world.case,
        letter=world.case.letters.first(),
        received_on=ON,
        filed_at=NOW,
        changed_at=NOW,
    )


def test_nobody_waives_what_they_object_to(world):
    objected(world)
    with pytest.raises(RefusedError, match="Withdraw it first"):
        granted.waive(world.case, by=world.amal, now=NOW)


def test_nobody_else_waives_or_declines(world, place):
    for somebody, verb in itertools.product(
        nobody_else(world, place), (granted.waive, granted.decline)
    ):
        with pytest.raises(RefusedError, match="may not"):
            verb(world.case, by=somebody, now=NOW)
    assert world.grant.state == G.ANNOUNCED


def test_caseworkers_enter_what_was_written_on_paper(world):
    Application.objects.filter(pk=world.pk).update(channel=Channel.PAPER)

    granted.waive(world.case, by=world.anna, now=NOW)
    granted.decline(world.case, by=world.anna, now=NOW)

    assert world.case.events.last().actor == "caseworker"
    assert world.grant.state == G.DECLINED


# Declining ----------------------------------------------------------------------------------------


def test_what_is_declined_goes_back_to_the_pot(world):
    assert world.sums == (45_000, 0, 955_000)
    assert granted.decline(world.case, by=world.amal, now=NOW) == 45_000

    assert world.sums == (0, 0, 1_000_000)
    assert world.grant.state == G.DECLINED
    assert mails("declined") == {"amal@example.org"}
    assert mails("office-declined")
    assert turning.turn_all(NOW) == 1  # closed
    with pytest.raises(RefusedError):
        granted.decline(world.case, by=world.amal, now=NOW)


def test_what_was_paid_stays_committed_until_it_comes_back(world):
    granted.waive(world.case, by=world.amal, now=NOW)
    world.bring(world.ask(12_345), PayoutState.PAID)
    asked, certified = world.ask(100), world.ask(200)
    world.bring(certified, PayoutState.CERTIFIED)
    change = amending.Wanted("Kürzer", award_cents=40_000)
    change = amending.request(world.case, change, by=world.amal, now=NOW)

    assert granted.decline(world.case, by=world.amal, now=NOW) == 32_655

    assert world.sums == (12_345, 12_345, 987_655)
    states = dict(world.grant.payouts.values_list("number", "state"))
    assert (states[asked.number], states[certified.number]) == ("refused", "refused")
    change.refresh_from_db()
    assert change.state == AmendmentState.WITHDRAWN
    assert not FundedProject.objects.exists()
    assert turning.turn_all(NOW) == 0  # it has to come back first


def test_nothing_is_declined_while_money_is_on_its_way(world):
    granted.waive(world.case, by=world.amal, now=NOW)
    payout = world.ask()
    for state in (PayoutState.ORDERED, PayoutState.EXPORTED):
        Payout.objects.filter(pk=payout.pk).update(state=state)
        with pytest.raises(RefusedError, match="on its way"):
            granted.decline(world.case, by=world.amal, now=NOW)
    assert world.grant.state == G.FINAL


def test_a_grant_is_declined_only_before_the_project_is_over(world):
    for state in set(G) - CHANGEABLE:
        put(world, state)
        with pytest.raises(RefusedError):
            granted.decline(world.case, by=world.amal, now=NOW)


# More time ----------------------------------------------------------------------------------------


def extend(world, until, *, what=Extension.What.PROOF, reason="Krankheit", by=None, now=NOW):
    by = by or world.anna
    return granted.extend(world.case, what, until, reason=reason, by=by, now=now)


def test_more_time_is_a_row_with_its_reason_and_the_day_that_was_set_stays(world):
    before = world.grant.proof_due_on
    extend(world, before + DAY)
    extend(world, before + 9 * DAY)

    assert world.grant.proof_due_on == before
    assert proof_until(world.grant) == before + 9 * DAY
    assert world.grant.extensions.count() == 2
    assert len(OutboxMessage.objects.filter(about__contains=":extended-")) == 2


def test_more_time_is_later_gives_a_reason_and_comes_from_a_caseworker(world, place):
    before = world.grant.proof_due_on
    for until in (before, before - DAY, ON + 367 * DAY):
        with pytest.raises(RefusedError, match="Give a day"):
            extend(world, until)
    with pytest.raises(RefusedError, match="Say why"):
        extend(world, before + DAY, reason=" ")
    for somebody in (world.amal, world.ben, world.carla, funding.staff(place.agency)):
        with pytest.raises(RefusedError, match="may not"):
            extend(world, before + DAY, by=somebody)
    late = dt.datetime.combine(before + 9 * DAY, dt.time(12), tzinfo=dt.UTC)
    with pytest.raises(RefusedError, match="a day to come"):
        extend(world, before + 5 * DAY, now=late)


def test_more_time_is_given_for_what_is_waited_for(world):
    waited_for = {
        Extension.What.PROOF: {*CHANGEABLE, G.PROOF_DUE},
        Extension.What.QUERY: {G.PROOF_QUERIED},
        Extension.What.REPAYMENT: {G.REPAYMENT_DUE},
    }
    until = world.grant.proof_due_on + DAY
    for what, state in itertools.product(waited_for, G):
        put(world, state)
        if state in waited_for[what]:
            assert extend(world, until, what=what).until == until
            until += DAY
        else:
            with pytest.raises(RefusedError, match="Nothing of this kind"):
                extend(world, until, what=what)


def test_more_time_for_an_answer_ends_with_the_question(world):
    put(world, G.PROOF_QUERIED)
    extend(world, ON + DAY, what=Extension.What.QUERY)
    assert due_on(world.grant, Extension.What.QUERY) == ON + DAY

    Grant.objects.filter(pk=world.grant.pk).update(changed_at=NOW + DAY)  # asked once more

    assert due_on(world.grant, Extension.What.QUERY) is None


# In plain words -----------------------------------------------------------------------------------


def test_every_state_is_one_of_eight_words_with_what_is_next(world):
    told = {}
    for state in G:
        put(world, state)
        status = status_of(for_lists(Application.objects.filter(pk=world.pk)).get())
        told[state] = status.label
        assert status.next
        assert bool(status.who) == (state not in (G.REPAID, G.CLOSED, G.DECLINED, G.REVOKED))
        turn = state in (G.PROOF_DUE, G.PROOF_QUERIED, G.REPAYMENT_DUE)
        assert status.is_your_turn == turn
    # Eight weeks after 5 September is a holiday, and the next working day a Monday.
    assert told[G.RUNNING] == told[G.PROOF_DUE] == "Running – proof of use until 2 Nov 2026"
    assert set(told.values()) - {told[G.RUNNING]} == {
        "Decided",
        "In review",
        "Please complete",
        "Completed",
    }


def test_while_an_objection_is_open_the_status_says_that_payments_wait(world):
    objected(world)

    assert "nothing is paid" in status_of(world.case).next
