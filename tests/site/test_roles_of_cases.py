"""Who gets what of applications in the administration, by every role and in two agencies.

The tables are in access.py. What applicants get of their own and of others' cases is tested with
their pages, in tests/projects.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from contacts.roles import Role
from projects import attachments, drafts, reminding
from projects.models import Application, ProofVersion
from projects.payment_lists import key_of
from projects.states import PayoutState
from projects.terms import Channel
from projects.workflow import amending, objecting
from tests import factories
from tests.contacts.county import county
from tests.portal import uploading
from tests.portal.entering import entered
from tests.projects import cases, grants
from tests.projects import factories as funding
from tests.site.access import CASES, OF_A_CASE, PAYMENTS, STEPS, Level
from tests.site.test_roles import ask, people

pytestmark = pytest.mark.django_db
OWNER = "owner@example.org"
TEXT = "kanarienvogel"

OF_NO_CASE = {"changelist": [], "add": [], "enter": [], "late": [], "export": ["csv"]}
OF_NO_CASE |= {"numbers": [], "numbers_export": ["csv"], "report": [2026], "calendar": []}


OF_A_PROPOSAL = {"decide", "preview", "send_back", "lift_hold", "approve", "reject", "waitlist"}
OF_A_PROPOSAL |= {"call_up"}
OF_A_REFUSAL = {"object", "decide_objection", "withdraw_objection"}
OF_A_PAYOUT = {f"payout_{step}" for step in ("refuse", "paid", "bounced", "certify", "order")}
OF_A_PAYOUT |= {"payout_confirm"}
OF_A_GRANT = {"payout", "ask_amendment", "decline", "check_amendment", "decide_amendment", "extend"}
OF_A_GRANT |= {"waive", *OF_A_PAYOUT}
OF_A_PROOF = {"letter", "letter_posted", "proof_document"}
PROVING = ["proof_query", "proof_check", "proof_send_back", "hear_repayment", "hear_revocation"]
PROVING += ["hearing_answer", "claim", "order_claim", "send_back_claim", "repaid", "revoke"]
OF_A_GRANT |= {"proof_confirm", *OF_A_PROOF, *PROVING}


@dataclass
class Cases:
    """Of one agency: what was sent twice, has a file, and came online; and a draft on paper.

    Beside them one on which a decision is proposed, one that was refused, with an objection to
    that, and one on paper that was granted, with an open change and a payout that is handed over.
    """

    agency: int
    sent: Application
    paper: Application
    proposed: Application
    refused: Application
    granted: Application

    def address(self, name: str) -> str:
        case = self.paper if name in ("section", "submit") else self.sent
        case = self.proposed if name in OF_A_PROPOSAL else case
        case = self.refused if name in OF_A_REFUSAL else case
        case = self.granted if name in OF_A_GRANT else case
        if name in OF_NO_CASE:
            return reverse(f"admin:projects_application_{name}", args=OF_NO_CASE[name])
        file = case.attachments.first()
        more = {"document": [1], "version": [2], "section": ["inhalt"]}
        more["attachment"] = [file.uuid] if file else []
        more |= {key: [1] for key in OF_A_PAYOUT | OF_A_PROOF}
        objection = self.refused.objections.get().pk
        reminder = self.sent.reminders.get().pk
        more |= {key: [reminder] for key in ("reminder_done", "reminder_move")}
        more |= {key: [objection] for key in ("decide_objection", "withdraw_objection")}
        return reverse(f"admin:projects_application_{name}", args=[case.pk, *more.get(name, [])])


def make_cases(agency, owner) -> Cases:
    call = cases.open_call(agency)
    caseworker = funding.staff(agency, Role.CASEWORKER)
    sent = cases.twice_sent(call, owner, caseworker)
    note = {"due_on": cases.ON, "to": caseworker, "on": cases.ON}
    reminding.remind(sent, "Anrufen", by=caseworker, now=cases.NOW, **note)
    paper = drafts.begin(
        call, {"title": ["Fest"]}, channel=Channel.PAPER, **cases.moment(caseworker)
    )
    pdf = uploading.upload("Satzung.pdf", uploading.pdf_bytes())
    attachments.add(paper, [pdf], by=caseworker, now=cases.NOW)
    paper.attachments.update(application=sent)  # as if it had been sent along
    proposed = cases.proposed(call, owner, caseworker)
    decider = funding.staff(agency, Role.DECIDER)
    refused = cases.decided(cases.proposed(call, owner, caseworker, cases.REFUSAL), decider)
    on, letter = cases.ON, refused.letters.get()
    objecting.file(letter, "Nein.", received_on=on, by=caseworker, now=cases.NOW)
    return Cases(agency.pk, sent, paper, proposed, refused, make_grant(agency))


def make_grant(agency) -> Application:
    world = grants.final_in(agency)
    what = amending.Wanted("Regen", award_cents=40_000)
    amending.request(world.case, what, by=world.amal, now=cases.NOW)
    world.bring(world.ask(), PayoutState.EXPORTED)
    Application.objects.filter(pk=world.pk).update(channel=Channel.PAPER)
    key, no_digest = uuid.uuid4(), {"digest": "", "pdf_digest": ""}
    sent = {
        "submission_key": key,
        "submitted_at": cases.NOW,
        "content": {},
        "pdf": b"",
        **no_digest,
    }
    ProofVersion.objects.create(grant=world.grant, number=1, **sent)
    return world.case


@dataclass
class World:
    own: Cases
    foreign: Cases
    everybody: list[tuple[str, Level, Client]]


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker) -> Iterator[World]:
    """One world for all tests of this module, which change nothing; rolled back at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        place = county()
        other = factories.agency("Fremde Stelle", factories.district("Landkreis Fremd"))
        owner = factories.user(OWNER)
        own, foreign = make_cases(place.agency, owner), make_cases(other, factories.user())
        found = [*people(own.agency), ("owner", Level.VISITOR, entered(OWNER))]
        yield World(own, foreign, found)
        transaction.set_rollback(True)


def traces() -> list:
    """Whatever a step leaves: states, who works on it, the files of the cases, what was said."""
    rows = Application.objects.order_by("pk")
    return [
        list(rows.values_list("state", "caseworker", "saved_at")),
        [(row.events.count(), row.messages.count(), row.comments.count()) for row in rows],
        [list(row.reminders.values_list("due_on", "done_at")) for row in rows],
    ]


@pytest.mark.parametrize("name", CASES)
def test_a_page_of_a_case_opens_for_those_who_work_on_it(world, name):
    for who, level, client in world.everybody:
        expected = {200} if who in CASES[name] else {403, 404}
        if level is Level.VISITOR:
            expected = {401}
        assert ask(client, world.own.address(name)) in expected, who


@pytest.mark.parametrize("name", sorted(CASES.keys() - OF_NO_CASE))
def test_a_case_of_another_agency_does_not_exist(world, name):
    for who, level, client in world.everybody:
        if who != "superuser":
            closed = {401} if level is Level.VISITOR else {403, 404}
            assert ask(client, world.foreign.address(name)) in closed, who


def test_no_list_and_no_search_holds_a_case_of_another_agency(world):
    foreign = world.foreign.sent
    for who, _level, client in world.everybody:
        if ask(client, world.own.address("changelist")) != 200 or who == "superuser":
            continue
        for query in ("", f"?q={foreign.reference}", "?next=undecided"):
            answer = client.get(f"{world.own.address('changelist')}{query}")
            assert foreign not in answer.context["cl"].queryset
        saved = client.get(world.own.address("export")).getvalue().decode()
        assert foreign.reference not in saved
        assert (world.own.sent.reference in saved) == (who != Role.COORDINATOR)


@pytest.mark.parametrize("name", STEPS)
def test_a_step_is_taken_by_post_and_by_those_alone_whose_part_it_is(world, name):
    before = traces()
    for who, level, client in world.everybody:
        for case in (world.own, world.foreign):
            address = case.address(name)
            assert ask(client, address) == (401 if level is Level.VISITOR else 405), who
            if who not in STEPS[name] or case is world.foreign:
                answer = client.post(address, {"text": TEXT, "to": ""})
                assert answer.status_code in {302, 403, 404, 422}, who
    assert traces() == before


FORMS = ["changes", "propose", "send_back", "lift_hold", "object", "decide_objection"]
FORMS += PROVING
FORMS += ["section", "submit", "enter", "late"]


@pytest.mark.parametrize("name", FORMS)
def test_a_form_is_refused_to_those_who_do_not_get_it(world, name):
    before = traces()
    fields = {"text": TEXT, "content": TEXT, "title": TEXT, "reference": "MP-1", "revision": "0"}
    for who, _level, client in world.everybody:
        if who not in CASES[name]:
            answer = client.post(world.own.address(name), fields)
            assert answer.status_code in {302, 403, 404}, who
    assert traces() == before


def of_payments(case: Application, name: str) -> str:
    payout = case.grant.payouts.get()
    arguments = {
        "changelist": [],
        "add": [],
        "paid": [],
        "export": ["csv"],
        "hand_over": [case.agency_id],
        "list": [case.agency_id, key_of(payout.exported_at)],
    }
    return reverse(f"admin:projects_payout_{name}", args=arguments.get(name, [payout.pk]))


@pytest.mark.parametrize("name", PAYMENTS)
def test_payments_are_seen_by_those_who_work_on_cases_of_the_whole_agency(world, name):
    readers, status = PAYMENTS[name]
    for who, level, client in world.everybody:
        expected = {status} if who in readers else {403, 404}
        if name == "hand_over":
            expected = {405}
        if level is Level.VISITOR:
            expected = {401}
        assert ask(client, of_payments(world.own.granted, name)) in expected, who
        if who != "superuser" and of_payments(world.foreign.granted, name) != of_payments(
            world.own.granted, name
        ):
            closed = {401} if level is Level.VISITOR else {403, 404, 405}
            assert ask(client, of_payments(world.foreign.granted, name)) in closed, who


def test_no_payment_of_another_agency_is_listed_handed_over_or_marked(world):
    reference = world.foreign.granted.reference
    before = traces()
    for who, level, client in world.everybody:
        if level is Level.VISITOR or who == "superuser":
            continue
        for name in ("changelist", "export"):
            answer = client.get(of_payments(world.own.granted, name))
            body = answer.getvalue() if answer.streaming else answer.content
            assert reference not in body.decode(), who
        row = world.foreign.granted.grant.payouts.get().pk
        paid = client.get(f"{of_payments(world.own.granted, 'paid')}?row={row}")
        assert reference not in paid.text, who
        client.post(of_payments(world.foreign.granted, "hand_over"))
        client.post(
            f"{of_payments(world.own.granted, 'paid')}?row={row}", {"paid_on": "2026-05-04"}
        )
    assert traces() == before


METHODS = ("get", "head", "post", "put", "patch", "delete", "options")


@pytest.mark.parametrize("name", OF_A_CASE)
def test_an_applicant_gets_nothing_of_another_by_any_method(world, name):
    """Neither a page nor a file, and nothing that would tell it from a case that never was."""
    case = world.own.sent
    arguments = {
        "projects:section": ["kosten"],
        "projects:attachment": [case.attachments.get().uuid],
        "projects:attachment_remove": [case.attachments.get().uuid],
        "projects:remove_contributor": [case.contributors.get().pk],
        "projects:take_back_invitation": [1],
        "projects:version": [2],
        "projects:document": [1],
        "projects:letter": [1],
        "projects:letter_document": [1],
        "projects:object_to": [1],
        "projects:withdraw_objection": [1],
        "projects:payout_account": [1],
        "projects:confirm_account": ["x"],
        "projects:receipt_change": [1],
        "projects:receipt_remove": [1],
        "projects:participants_remove": [case.attachments.get().uuid],
        "projects:proof_document": [1],
    }
    address = reverse(name, args=[case.uuid, *arguments.get(name, [])])
    nowhere = address.replace(str(case.uuid), "6f1c3f0e-5d0a-4a53-9a5e-000000000000")
    before = traces()
    stranger = next(client for who, _level, client in world.everybody if who == "applicant")
    for method in METHODS:
        data = {"text": TEXT} if method == "post" else {}
        answers = [getattr(stranger, method)(where, data) for where in (address, nowhere)]
        assert {answer.status_code for answer in answers} in ({404}, {405}), method
        assert method not in ("get", "head", "post") or answers[0].status_code == 404
        for word in ("Sprachcafé", case.reference, TEXT):
            assert word not in answers[0].text
    assert traces() == before
