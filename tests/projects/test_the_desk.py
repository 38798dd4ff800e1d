"""The caseworker's desk: what is due, reminders, steps with many cases at once."""

import datetime as dt
import re

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from contacts.roles import Role
from projects import due, reminding
from projects.models import Application, Extension, Reminder, TextBlock
from projects.states import GrantState
from tests import factories
from tests.projects import cases, grants
from tests.projects import factories as funding
from tests.reading import seen_in
from tests.site.access import TEXT_BLOCKS, Level
from tests.site.test_roles import ask, people

pytestmark = pytest.mark.django_db
LIST = "/verwaltung/projects/application/"
NOW, ON = cases.NOW, cases.ON
Kind = due.Kind


@pytest.fixture(autouse=True)
def at_the_time():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def call(place):
    return cases.open_call(place.agency)


@pytest.fixture
def anna(place):
    return funding.staff(place.agency, Role.CASEWORKER)


def logged_in(user) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user, backend="portal.auth.StaffBackend")
    return client


def next_due(case, user=None) -> tuple[dt.date, Kind] | None:
    rows = due.with_next(Application.objects.filter(pk=case.pk), user=user)
    found = due.next_of(rows.get())
    return found and (found.day, found.kind)


# What is due --------------------------------------------------------------------------------------


def test_what_is_due_follows_a_case_from_its_draft_to_the_proof_of_use(place, call, anna):
    amal = factories.user("amal@example.org")
    draft = cases.draft(call, amal)
    assert next_due(draft) is None
    sent = cases.submitted(call, amal)
    assert next_due(sent) == (ON, Kind.TAKE)
    asked = cases.in_review(call, amal, anna)
    assert next_due(asked) == (ON, Kind.CHECK)

    found = grants.granted_in(place.agency, call=call)

    proof = found.grant.proof_due_on
    assert next_due(found.case) == (proof, Kind.PROOF)
    later = proof + dt.timedelta(days=30)
    Extension.objects.create(
        grant=found.grant, what="proof", until=later, reason="x", granted_at=NOW, granted_by=anna
    )
    assert next_due(found.case) == (later, Kind.PROOF)
    type(found.grant).objects.filter(pk=found.grant.pk).update(state=GrantState.CLOSED)
    assert next_due(found.case) is None


def test_a_payout_goes_from_hand_to_hand(place, call):
    found = grants.final_in(place.agency, call=call)
    payout = found.ask()
    assert next_due(found.case) == (ON, Kind.CERTIFY)
    line = "Cases with payouts that wait for you: 1"
    pages = [seen_in(logged_in(who).get("/verwaltung/")) for who in (found.anna, found.ben)]
    assert [line in page for page in pages] == [True, False]
    found.bring(payout, "certified")
    assert next_due(found.case) == (ON, Kind.ORDER)


def test_a_letter_for_the_post_is_due_and_so_is_a_reminder_of_one_s_own(place, call, anna):
    amal = factories.user("amal@example.org")
    ben = funding.staff(place.agency, Role.DECIDER)
    refused = cases.decided(cases.proposed(call, amal, anna, cases.REFUSAL), ben)
    assert next_due(refused) == (ON, Kind.POST)
    day = ON + dt.timedelta(days=3)
    case = cases.draft(call, amal)
    reminding.remind(case, "Anrufen", due_on=day, to=anna, by=ben, now=NOW, on=ON)

    assert next_due(case, anna) == (day, Kind.REMINDER)
    assert next_due(case, ben) is None


def test_the_queue_begins_with_what_is_due_first(place, call, anna):
    amal = factories.user("amal@example.org")
    new = cases.submitted(call, amal)
    early = cases.submitted(call, amal, now=NOW - dt.timedelta(days=9))
    later = cases.in_review(call, amal, anna)
    tomorrow = ON + dt.timedelta(days=1)
    reminding.remind(later, "Anrufen", due_on=ON, to=anna, by=anna, now=NOW, on=ON)
    closed = cases.submitted(call, amal)
    Application.objects.filter(pk=closed.pk).update(state="withdrawn")
    client = logged_in(anna)

    shown = [row.pk for row in client.get(LIST).context["cl"].result_list]
    assert (shown[0], shown[-1]) == (early.pk, closed.pk)
    assert set(shown[1:3]) == {new.pk, later.pk}
    page = client.get(f"{LIST}?next=reminders")
    assert [row.pk for row in page.context["cl"].result_list] == [later.pk]
    assert "Reminders that are due: 1" in seen_in(client.get("/verwaltung/"))
    Reminder.objects.update(due_on=ON - dt.timedelta(days=1))
    assert "reminder, overdue" in seen_in(client.get(LIST))
    reminding.move(Reminder.objects.get(), tomorrow, by=anna, on=ON)
    assert not client.get(f"{LIST}?next=reminders").context["cl"].result_list
    for name in ("mine", "letters", "payouts", "proofs", "repayments"):
        assert client.get(f"{LIST}?next={name}").status_code == 200


# Reminders ----------------------------------------------------------------------------------------


def test_a_reminder_is_put_for_a_colleague_moved_and_done(place, call, anna):
    case = cases.submitted(call, factories.user("amal@example.org"))
    ben = funding.staff(place.agency, Role.DECIDER)
    client, colleague = logged_in(anna), logged_in(ben)
    address = f"{LIST}{case.pk}/"

    empty = client.post(f"{address}remind/", {"text": "Anrufen", "to": ben.pk})
    assert empty.status_code == 422
    assert "Anrufen" in empty.text
    late = client.post(f"{address}remind/", {"text": "x", "due_on": "2020-01-01", "to": ben.pk})
    assert "Give today or a day that is still to come." in seen_in(late)
    client.post(f"{address}remind/", {"text": "Anrufen", "due_on": "2026-05-20", "to": ben.pk})
    row = Reminder.objects.get()
    assert (row.user, row.created_by) == (ben, anna)

    assert "Anrufen" in seen_in(colleague.get(f"{address}change/"))
    colleague.post(f"{address}reminder/{row.pk}/move/", {"due_on": "2026-06-01"})
    row.refresh_from_db()
    assert row.due_on == dt.date(2026, 6, 1)
    stranger = logged_in(funding.staff(place.agency, Role.CASEWORKER))
    stranger.post(f"{address}reminder/{row.pk}/done/")
    assert Reminder.objects.filter(done_at=None).exists()
    colleague.post(f"{address}reminder/{row.pk}/done/")
    assert not Reminder.objects.filter(done_at=None).exists()
    assert "Anrufen" not in seen_in(colleague.get(f"{address}change/"))


# Many cases at once -------------------------------------------------------------------------------


def together(client: Client, action: str, chosen, **typed):
    data = {"action": action, "_selected_action": [case.pk for case in chosen], **typed}
    return client.post(LIST, data)


def test_steps_with_many_cases_are_asked_first_and_reported_case_by_case(place, call, anna):
    amal = factories.user("amal@example.org")
    new, taken = cases.submitted(call, amal), cases.in_review(call, amal, anna)
    client = logged_in(anna)

    asked = together(client, "take_together", [new, taken])
    assert new.reference in seen_in(asked)
    assert Application.objects.get(pk=new.pk).state == "submitted"
    report = seen_in(together(client, "take_together", [new, taken], confirmed="1"))
    assert "Done (1)" in report
    assert "Not done (1)" in report
    assert "the application has moved on" in report
    assert Application.objects.get(pk=new.pk).caseworker == anna

    berta = funding.staff(place.agency, Role.CASEWORKER)
    assert together(client, "reassign_together", [new], confirmed="1", to="").status_code == 422
    together(client, "reassign_together", [new, taken], confirmed="1", to=berta.pk)
    assert set(Application.objects.values_list("caseworker", flat=True)) == {berta.pk}
    fields = {"text": "Anrufen", "due_on": "2026-05-20", "to": berta.pk}
    together(client, "remind_together", [new, taken], confirmed="1", **fields)
    assert Reminder.objects.filter(user=berta).count() == 2


def test_proposals_are_granted_together_as_long_as_the_money_lasts(place, call, anna):
    amal, ben = factories.user("amal@example.org"), funding.staff(place.agency, Role.DECIDER)
    cases.money_for(call, 60_000)
    first, second, third = [cases.proposed(call, amal, anna) for _number in range(3)]
    client = logged_in(ben)
    keys = {f"proposal_{case.pk}": case.proposals.get().pk for case in (first, second)}

    page = together(client, "approve_together", [first, second, third])
    assert all(f'name="{name}" value="{key}"' in page.text for name, key in keys.items())
    report = together(client, "approve_together", [first, second, third], confirmed="1", **keys)

    assert "Done (1)" in seen_in(report)
    assert "Not done (2)" in seen_in(report)
    states = [Application.objects.get(pk=case.pk).state for case in (first, second, third)]
    assert states == ["approved", "proposed", "proposed"]
    assert together(logged_in(anna), "approve_together", [second], confirmed="1", **keys)
    assert Application.objects.get(pk=second.pk).state == "proposed"


# Blocks of text -----------------------------------------------------------------------------------


def test_blocks_of_text_are_written_in_the_list_and_put_into_messages_and_requests(
    place, call, anna
):
    client, address = logged_in(anna), "/verwaltung/projects/textblock/"
    for use, text in (("message", "Guten Tag!"), ("changes", "Bitte den Plan ergänzen.")):
        data = {"agency": place.agency.pk, "use": use, "name": "Muster", "text": text}
        assert client.post(f"{address}add/", data).status_code == 302
    message, changes = TextBlock.objects.get(use="message"), TextBlock.objects.get(use="changes")
    assert "Muster" in seen_in(client.get(f"{address}{message.pk}/history/"))
    case = cases.in_review(call, factories.user("amal@example.org"), anna)
    page = f"{LIST}{case.pk}/"

    data = {"text": "Liebe Leute", "insert": "text"}
    shown = client.post(f"{page}message/", {**data, "block_text": message.pk})
    assert shown.status_code == 200
    assert "Liebe Leute\n\nGuten Tag!" in shown.text
    data |= {"sections": ["kosten"], "due_on": "2026-06-01", "block_text": changes.pk}
    shown = client.post(f"{page}changes/", data)
    assert "Liebe Leute\n\nBitte den Plan ergänzen." in shown.text
    assert re.search(r'value="kosten"[^>]*checked', shown.text)
    assert not case.messages.exists()
    assert not case.change_requests.exists()


def test_each_role_gets_the_pages_of_its_own_blocks_of_text_and_no_others(place):
    other = factories.agency("Fremde Stelle", factories.district("Landkreis Fremd"))
    own, foreign = (
        TextBlock.objects.create(agency=agency, use="message", name="x", text="x")
        for agency in (place.agency, other)
    )
    wrong = []
    for who, level, client in people(place.agency.pk):
        for name, readers in TEXT_BLOCKS.items():
            for row in (own, foreign):
                arguments = {"changelist": [], "add": [], "export": ["csv"]}.get(name, [row.pk])
                arguments += ["textblock", 1] if name == "restore" else []
                is_own = row is own or who == "superuser" or len(arguments) == 0
                expected = {200} if who in readers and is_own else {403, 404}
                expected = {200} if name == "export" and who in readers else expected
                expected = {401} if level is Level.VISITOR else expected
                expected = {405} if name == "restore" and level is not Level.VISITOR else expected
                answer = ask(client, reverse(f"admin:projects_textblock_{name}", args=arguments))
                if answer not in expected:
                    wrong.append((who, name, row is own, answer))
    assert wrong == []
