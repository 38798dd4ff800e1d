"""Proposing, deciding and objections on the pages of the office."""

import re

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from contacts.roles import Role
from projects import budget, workflow
from projects.models import Application, LedgerEntry, Letter, TextBlock
from projects.states import ApplicationState, CallState, ObjectionState
from projects.terms import CheckKey
from tests import factories
from tests.projects import cases
from tests.projects import factories as funding
from tests.reading import seen_in

pytestmark = pytest.mark.django_db
S = ApplicationState


@pytest.fixture(autouse=True)
def at_the_time():
    with time_machine.travel(cases.NOW, tick=False):
        yield


@pytest.fixture
def call(place):
    return cases.open_call(place.agency)


@pytest.fixture
def applicant():
    return factories.user("amal@example.org")


@pytest.fixture
def anna(place):
    return funding.staff(place.agency, Role.CASEWORKER)


@pytest.fixture
def ben(place):
    return funding.staff(place.agency, Role.DECIDER)


@pytest.fixture
def pot(call):
    return cases.money_for(call, 100_000)


@pytest.fixture
def checked(call, applicant, anna):
    return cases.in_review(call, applicant, anna)


@pytest.fixture
def proposed(call, applicant, anna, pot):
    return cases.proposed(call, applicant, anna, cases.wanted(40_000, lines=(20_000, 24_500)))


def logged_in(user) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user, backend="portal.auth.StaffBackend")
    return client


def to(case: Application, name: str = "change", *arguments) -> str:
    return reverse(f"admin:projects_application_{name}", args=[case.pk, *arguments])


def state_of(case: Application) -> str:
    return Application.objects.get(pk=case.pk).state


def typed(**fields) -> dict:
    return {
        "version": "1",
        "kind": "grant",
        "checklist": CheckKey.values,
        "amount": "400",
        "approved_0": "200,00",
        "note_0": "ohne Kuchen",
        "approved_1": "245",
        "note_1": "",
        "reason": "Gut für alle.",
        "conditions": "",
    } | fields


# Proposing ----------------------------------------------------------------------------------------


def test_a_caseworker_proposes_line_by_line(checked, anna, pot):
    desk = logged_in(anna)
    assert "Propose a decision" in seen_in(desk.get(to(checked)))

    page = desk.get(to(checked, "propose"))
    assert "€255.00 applied for" in seen_in(page)
    assert "Free: €1,000.00" in seen_in(page)
    assert "At most €5,000.00" in seen_in(page)
    assert 'value="450,00"' in page.text  # as it was asked for
    assert desk.post(to(checked, "propose"), typed()).url == to(checked)

    proposal = checked.proposals.get()
    assert (proposal.amount_cents, proposal.recognised_cents) == (40_000, 44_500)
    assert proposal.lines[0] == {"approved_cents": 20_000, "note": "ohne Kuchen"}
    page = seen_in(desk.get(to(checked)))
    assert "Grant of €400.00 (partial: €450.00 were asked for)" in page
    assert "Proposed at the moment: €400.00" in page
    assert "Read and decide: You have proposed it; somebody else decides." in page


def test_what_is_wrong_is_said_and_what_was_typed_stays(checked, anna, pot):
    desk = logged_in(anna)
    wrong = {"checklist": CheckKey.values[1:], "amount": "900", "approved_0": "1.000"}
    answer = desk.post(to(checked, "propose"), typed(**wrong))

    page = seen_in(answer)
    assert answer.status_code == 422
    for said in ("all points of the checklist", "has asked for €450.00", "Line 1: recognise €255"):
        assert said in page, said
    assert 'value="900"' in answer.text
    assert "ohne Kuchen" in answer.text
    for fields, said in (
        ({"kind": ""}, "Choose grant or refusal."),
        ({"amount": ""}, "Enter how much is to be granted."),
        ({"amount": "viel"}, "Enter an amount"),
        ({"reason": " "}, "Give the reason."),
        ({"version": "x" * 20}, "has been changed since"),
        ({"kind": "refusal", "reason": "a\x00b"}, "Null characters"),
    ):
        answer = desk.post(to(checked, "propose"), typed(**fields))
        assert said in seen_in(answer), said
    assert state_of(checked) == S.IN_REVIEW


def test_a_block_of_text_is_put_behind_what_was_typed_without_scripts(place, checked, anna):
    block = TextBlock.objects.create(
        agency=place.agency, use=TextBlock.Use.GRANT, name="Zweck", text="Es dient dem Zweck."
    )
    TextBlock.objects.create(
        agency=factories.agency("Fremde Stelle"), use="grant", name="Fremd", text="Fremder Text"
    )
    desk = logged_in(anna)
    assert "Fremd" not in desk.get(to(checked, "propose")).text

    fields = typed(insert="reason", block_reason=block.pk, amount="123,4x")
    answer = desk.post(to(checked, "propose"), fields)

    assert answer.status_code == 200
    assert "Gut für alle.\n\nEs dient dem Zweck." in answer.text.replace("\r", "")
    assert 'value="123,4x"' in answer.text  # nothing is lost, nothing is judged yet
    assert answer.text.count("checked") >= len(CheckKey.values)
    assert state_of(checked) == S.IN_REVIEW


def test_a_proposal_that_was_sent_back_is_where_the_next_one_begins(proposed, anna, ben):
    workflow.send_back(proposed, "Noch weniger.", by=ben, now=cases.NOW)
    page = logged_in(anna).get(to(proposed, "propose")).text

    assert 'value="400,00"' in page
    assert 'value="200,00"' in page


# Deciding -----------------------------------------------------------------------------------------


def test_a_decider_reads_sees_the_letter_and_grants(proposed, ben, pot):
    desk = logged_in(ben)
    assert "1 proposal to be decided" in seen_in(desk.get("/verwaltung/"))
    assert "Read and decide" in seen_in(desk.get(to(proposed)))

    page = desk.get(to(proposed, "decide"))
    assert "Grant of €400.00 (partial: €450.00 were asked for)" in seen_in(page)
    assert "Grant it" in seen_in(page)
    assert "Put it on the waiting list: There is enough money to decide now." in seen_in(page)
    letter = desk.get(to(proposed, "preview"))
    assert letter.getvalue().startswith(b"%PDF-")
    assert "attachment" in letter["Content-Disposition"]
    assert not Letter.objects.exists()

    key = re.search(r'name="proposal" value="(\d+)"', page.text)[1]
    desk.post(to(proposed, "approve"), {"proposal": key})

    assert state_of(proposed) == S.APPROVED
    assert budget.sums_of(pot).committed == 40_000
    assert "Last proposal" in seen_in(desk.get(to(proposed)))
    assert desk.get(to(proposed, "decide")).status_code == 302
    assert desk.get(to(proposed, "preview")).status_code == 404


def test_a_button_without_its_proposal_decides_nothing(proposed, ben):
    desk = logged_in(ben)
    for key in ("", "x", "9" * 30, "-1"):
        desk.post(to(proposed, "approve"), {"proposal": key})
    assert state_of(proposed) == S.PROPOSED


def test_each_reason_against_a_grant_stands_where_its_button_would(call, proposed, anna, ben, pot):
    desk = logged_in(ben)
    admin = funding.staff(pot.programme.agency, Role.AGENCY_ADMIN)
    budget.enter(pot, LedgerEntry.Kind.RELEASE, -70_000, note="Test", by=admin, now=cases.NOW)
    for page in (to(proposed), to(proposed, "decide")):
        shown = seen_in(desk.get(page))
        assert "Grant it: There is not enough money: €300.00 are free, €400.00" in shown
    assert "Put it on the waiting list" in seen_in(desk.get(to(proposed, "decide")))

    type(call).objects.filter(pk=call.pk).update(state=CallState.PAUSED)
    assert "Grant it: The call is paused." in seen_in(desk.get(to(proposed)))
    answer = desk.post(
        to(proposed, "approve"), {"proposal": proposed.proposals.get().pk}, follow=True
    )
    assert "The call is paused." in seen_in(answer)
    assert state_of(proposed) == S.PROPOSED

    desk.post(to(proposed, "waitlist"))
    page = seen_in(desk.get(to(proposed)))
    assert state_of(proposed) == S.WAITLISTED
    assert "Call it up" in page
    assert "Place 1 on the waiting list." in page
    assert "Call it up, Send it back: You have proposed it" in seen_in(
        logged_in(anna).get(to(proposed))
    )
    desk.post(to(proposed, "call_up"))
    assert state_of(proposed) == S.PROPOSED


def test_a_refusal_is_decided_from_the_page(call, applicant, anna, ben):
    case = cases.proposed(call, applicant, anna, cases.REFUSAL)
    desk = logged_in(ben)
    page = seen_in(desk.get(to(case, "decide")))
    assert "Refuse it" in page
    assert "Grant it" not in page

    desk.post(to(case, "reject"), {"proposal": case.proposals.get().pk})

    assert state_of(case) == S.REJECTED


def test_a_proposal_is_sent_back_with_a_word(proposed, ben):
    desk = logged_in(ben)
    answer = desk.post(to(proposed, "send_back"), {"text": " "})
    assert answer.status_code == 422
    desk.post(to(proposed, "send_back"), {"text": "Der Saal ist zu teuer."})

    assert state_of(proposed) == S.IN_REVIEW
    assert "Der Saal ist zu teuer." in seen_in(desk.get(to(proposed)))


def test_a_hold_is_lifted_once_the_call_has_closed(call, proposed, ben):
    Application.objects.filter(pk=proposed.pk).update(hold=True)
    type(call).objects.filter(pk=call.pk).update(state=CallState.CLOSED)
    desk = logged_in(ben)
    assert "Lift the hold" in seen_in(desk.get(to(proposed)))
    desk.post(to(proposed, "lift_hold"), {"text": "Geld ist da."})

    proposed.refresh_from_db()
    assert not proposed.hold


def test_who_may_not_is_told_so_by_the_page_and_by_the_step(place, proposed, anna, applicant):
    desk = logged_in(anna)
    for name in ("decide", "send_back", "lift_hold"):
        assert desk.get(to(proposed, name)).status_code == 403
    key = proposed.proposals.get().pk
    for name in ("approve", "reject", "waitlist", "call_up"):
        assert desk.get(to(proposed, name)).status_code == 405
        desk.post(to(proposed, name), {"proposal": key})
    auditor = logged_in(funding.staff(place.agency, Role.AUDITOR))
    page = seen_in(auditor.get(to(proposed)))
    assert "Grant of €400.00" in page  # they read
    assert "Read and decide" not in page
    assert auditor.get(to(proposed, "preview")).status_code == 403
    assert state_of(proposed) == S.PROPOSED


# Objections ---------------------------------------------------------------------------------------


def test_an_objection_is_entered_and_decided_by_somebody_else(place, call, applicant, anna, ben):
    case = cases.decided(cases.proposed(call, applicant, anna, cases.REFUSAL), ben)
    desk, cora = logged_in(anna), funding.staff(place.agency, Role.DECIDER)
    fields = {"letter": case.letters.get().pk, "text": "Nein.", "received_on": "2026-05-05"}
    assert "between the day" in seen_in(desk.post(to(case, "object"), fields))
    desk.post(to(case, "object"), fields | {"received_on": "2026-05-04"})
    objection = case.objections.get()

    page = seen_in(logged_in(ben).get(to(case)))
    assert "Decide the objection: You have decided the first time" in page
    desk = logged_in(cora)
    answer = desk.post(to(case, "decide_objection", objection.pk), {"text": "Ja."})
    assert answer.status_code == 422
    desk.post(to(case, "decide_objection", objection.pk), {"outcome": "granted", "text": "Ja."})

    objection.refresh_from_db()
    assert (objection.state, state_of(case)) == (ObjectionState.GRANTED, S.IN_REVIEW)
    assert "Objection granted" in seen_in(desk.get(to(case)))
    assert desk.get(to(case, "decide_objection", 999)).status_code == 404


def test_a_withdrawn_objection_is_entered_too(call, applicant, anna, ben):
    case = cases.decided(cases.proposed(call, applicant, anna, cases.REFUSAL), ben)
    desk = logged_in(anna)
    fields = {"letter": case.letters.get().pk, "text": "Nein.", "received_on": "2026-05-04"}
    desk.post(to(case, "object"), fields)
    number = case.objections.get().pk
    # Online it is the applicant's, who withdraws it; the office enters what came on paper.
    assert "The applicant has withdrawn it" in seen_in(desk.get(to(case)))
    desk.post(to(case, "withdraw_objection", number))

    assert case.objections.get().state == ObjectionState.WITHDRAWN
