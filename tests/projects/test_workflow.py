"""The steps of an application: who may take which, what has to be true, what follows."""

import datetime as dt
import itertools
import uuid

import pytest
from django.db import transaction
from django.db.models import QuerySet

from contacts.roles import Role
from portal import clock
from portal.models import OutboxMessage
from projects import drafts, events, workflow
from projects.events import Kind
from projects.models import (
    Amendment,
    Application,
    ApplicationVersion,
    CaseEvent,
    Grant,
    LatePermit,
    Letter,
    Objection,
    Payout,
)
from projects.sections import BY_SLUG
from projects.states import APPLICATION_STEPS, Actor, ApplicationState, CallState
from projects.workflow import IncompleteError, RefusedError, moving
from tests import factories
from tests.projects import cases
from tests.projects import factories as funding
from tests.projects.test_states import MACHINES

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]
S = ApplicationState
NOW = cases.NOW


@pytest.fixture
def applicant():
    return factories.user("amal@example.org")


@pytest.fixture
def call(place):
    return cases.open_call(place.agency)


@pytest.fixture
def caseworker(place):
    return funding.staff(place.agency, Role.CASEWORKER)


@pytest.fixture
def sent(call, applicant):
    return cases.submitted(call, applicant)


def at(by, now=NOW):
    return {"by": by, "now": now}


def submit(application, by, *, key=None, now=NOW) -> ApplicationVersion:
    return workflow.submit(application, key=key or uuid.uuid4(), **cases.moment(by, now))


def mails(name: str) -> list[OutboxMessage]:
    return list(OutboxMessage.objects.filter(about__contains=f":{name}").order_by("pk"))


# The writer of states -----------------------------------------------------------------------------


def rows_of(application: Application, person) -> dict:
    """One row of each machine that moves with a case: its steps, and what the procedure says."""
    proposal = application.proposals.first()
    decided = Application.objects.get(pk=application.pk)
    grant = Grant.objects.create(
        application=decided,
        budget=cases.money_for(application.call),
        changed_at=NOW,
        recognised_cents=proposal.recognised_cents,
        award_cents=proposal.amount_cents,
        starts_on=application.starts_on,
        ends_on=application.ends_on,
        proof_due_on=application.ends_on,
        granted_at=NOW,
    )
    letter = Letter.objects.create(
        application=application,
        number=1,
        kind=Letter.Kind.GRANT,
        content={},
        pdf=b"%PDF-",
        dated=NOW.date(),
        issued_at=NOW,
        issued_by=person,
    )
    objection = Objection.objects.create(
        application=application,
        letter=letter,
        received_on=NOW.date(),
        filed_at=NOW,
        changed_at=NOW,
    )
    amendment = Amendment.objects.create(
        grant=grant, changed_at=NOW, reason="x", requested_at=NOW, requested_by=person
    )
    payout = Payout.objects.create(
        grant=grant,
        number=1,
        changed_at=NOW,
        amount_cents=100,
        mode=Payout.Mode.ADVANCE,
        holder="x",
        iban="x",
        requested_at=NOW,
        paid_on=NOW.date(),
    )
    return {
        "application": decided,
        "grant": grant,
        "objection": objection,
        "amendment": amendment,
        "payout": payout,
    }


@pytest.mark.parametrize("name", ["application", "grant", "objection", "amendment", "payout"])
def test_the_writer_of_states_takes_no_other_step(place, call, applicant, caseworker, name):
    """Every state × every state × the applicant, each role, the clock, and two strangers."""
    roles = [role for role in Role if role is not Role.CASEWORKER]
    people = {
        "applicant": applicant,
        "caseworker": funding.staff(place.agency, Role.CASEWORKER),
        **{str(role): funding.staff(place.agency, role) for role in roles},
        "system": None,
        "stranger": factories.user(),
        "foreign": funding.staff(factories.agency("Fremde Stelle"), Role.CASEWORKER),
    }
    application = cases.proposed(call, applicant, caseworker)
    row = rows_of(application, caseworker)[name]
    every, steps, allowed = MACHINES[name]
    for before, after, (who, person) in itertools.product(every, every, people.items()):
        type(row)._default_manager.filter(pk=row.pk).update(state=before)
        row.state = before
        may = who in allowed.get((before, after), set())
        with transaction.atomic():
            case = moving.locked(application)
            if may:
                taken = moving.step(row, steps, after, case=case, by=person, now=NOW)
                assert taken == Actor(who)
            else:
                with pytest.raises(RefusedError):
                    moving.step(row, steps, after, case=case, by=person, now=NOW)
        stored = type(row)._default_manager.values_list("state", flat=True).get(pk=row.pk)
        assert stored == (after if may else before)


def test_a_step_is_taken_once_whatever_somebody_has_read(sent, caseworker):
    """The UPDATE names the state before: of two who have read the same, the second is refused."""
    first, second = (Application.objects.get(pk=sent.pk) for _number in range(2))
    step = {"case": sent, "by": caseworker, "now": NOW}
    moving.step(first, APPLICATION_STEPS, S.IN_REVIEW, **step)
    with pytest.raises(RefusedError):
        moving.step(second, APPLICATION_STEPS, S.IN_REVIEW, **step)


# Submitting ---------------------------------------------------------------------------------------


def test_what_is_sent_is_frozen_with_its_document_and_told(place, sent, applicant):
    version = sent.versions.get()

    assert (sent.state, sent.submitted_at, sent.hold) == (S.SUBMITTED, NOW, False)
    assert (sent.total_cents, sent.requested_cents) == (50_000, 45_000)
    assert (sent.area, sent.assigned_post) == (place.grimma, place.richter)
    assert bytes(version.pdf).startswith(b"%PDF-")
    assert version.content["plan"]["requested_cents"] == 45_000
    assert [mail.recipient for mail in mails("receipt")] == ["amal@example.org"]
    assert sent.reference in mails("receipt")[0].subject
    assert {mail.recipient for mail in mails("office-new")} == {
        "mikroprojekte@example.org",
        "post@example.org",
    }
    assert [event.kind for event in sent.events.all()] == [Kind.BEGUN, Kind.SUBMITTED]
    assert events.broken_at(sent) is None


def test_the_same_key_brings_the_same_version(call, applicant):
    application = cases.draft(call, applicant)
    key = uuid.uuid4()

    first = submit(application, applicant, key=key)
    second = submit(application, applicant, key=key, now=NOW + dt.timedelta(minutes=1))

    assert first == second
    assert len(mails("receipt")) == 1


def test_another_key_does_not_send_it_twice(sent, applicant):
    with pytest.raises(RefusedError):
        submit(sent, applicant)
    assert sent.versions.count() == 1


def test_what_is_incomplete_says_what_is_missing(call, applicant):
    content = cases.typed(inhalt={"participants": [""]}, finanzierung={"requested_cents": ["400"]})
    application = cases.draft(call, applicant, content)

    with pytest.raises(IncompleteError) as refused:
        submit(application, applicant)

    assert {problem.section for problem in refused.value.problems} == {"inhalt", "finanzierung"}
    assert Application.objects.get(pk=application.pk).state == S.DRAFT


@pytest.mark.parametrize(
    ("late", "arrives"),
    [
        (dt.timedelta(seconds=-1), True),
        (dt.timedelta(microseconds=-1), True),
        (dt.timedelta(0), False),
        (dt.timedelta(seconds=1), False),
    ],
)
# An end in each half of the hour that comes twice (25 October 2026, 2:30), and an ordinary one.
@pytest.mark.parametrize(
    "closes_at",
    [
        dt.datetime(2026, 10, 25, 0, 30, tzinfo=dt.UTC),
        dt.datetime(2026, 10, 25, 1, 30, tzinfo=dt.UTC),
        dt.datetime(2026, 11, 2, 23, 0, tzinfo=dt.UTC),
    ],
)
def test_the_closing_instant_holds_to_the_second(place, applicant, closes_at, late, arrives):
    call = cases.open_call(place.agency, closes_at=closes_at)
    application = cases.draft(call, applicant)

    if arrives:
        assert submit(application, applicant, now=closes_at + late)
    else:
        with pytest.raises(RefusedError, match="closing date"):
            submit(application, applicant, now=closes_at + late)

    application.refresh_from_db()
    assert application.state == (S.SUBMITTED if arrives else S.DRAFT)
    assert application.sections.count() == len(cases.TYPED)


def test_both_halves_of_the_hour_that_comes_twice_read_alike_on_the_wall():
    first, second = (dt.datetime(2026, 10, 25, hour, 30, tzinfo=dt.UTC) for hour in (0, 1))

    assert clock.local(first).time() == clock.local(second).time() == dt.time(2, 30)


def test_a_late_permit_opens_the_door_for_one_application(call, applicant, caseworker):
    allowed, other = (cases.draft(call, applicant) for _number in range(2))
    now = call.closes_at + dt.timedelta(hours=2)
    LatePermit.objects.create(
        application=allowed,
        until=now + dt.timedelta(hours=1),
        reason="Krankheit",
        granted_by=caseworker,
        granted_at=now,
    )

    assert submit(allowed, applicant, now=now)
    with pytest.raises(RefusedError):
        submit(other, applicant, now=now)


def test_what_comes_while_the_call_is_paused_is_on_hold(place, applicant):
    call = cases.open_call(place.agency)
    application = cases.draft(call, applicant)
    type(call).objects.filter(pk=call.pk).update(state=CallState.PAUSED)

    submit(application, applicant)

    application.refresh_from_db()
    assert (application.state, application.hold) == (S.SUBMITTED, True)
    assert "Entscheidungen müssen warten" in mails("receipt")[0].body


def test_a_mailbox_that_is_several_gets_one_mail(place, applicant):
    place.richter.email = "MIKROPROJEKTE@example.org"
    place.richter.save()
    cases.submitted(cases.open_call(place.agency), applicant)

    assert len(mails("office-new")) == 1


# Preliminary check --------------------------------------------------------------------------------


def test_a_preliminary_check_closes_the_draft_until_it_is_answered(call, applicant, caseworker):
    application = cases.draft(call, applicant)
    workflow.ask_precheck(application, **at(applicant))

    application.refresh_from_db()
    assert drafts.open_sections(application) == frozenset()
    assert mails("office-precheck")

    workflow.answer_precheck(application, "Bitte den Saal begründen.", **at(caseworker))

    application.refresh_from_db()
    assert application.state == S.DRAFT
    assert application.messages.get().is_from_office
    assert [mail.recipient for mail in mails("precheck")] == ["amal@example.org"]


def test_a_preliminary_check_may_be_taken_back_and_asked_again(call, applicant):
    application = cases.draft(call, applicant)
    for _number in range(2):
        workflow.ask_precheck(application, **at(applicant))
        workflow.take_back_precheck(application, **at(applicant))

    assert len({mail.about for mail in mails("office-precheck")}) >= 2


def test_a_preliminary_check_needs_a_title_an_amount_and_a_name(call, applicant):
    application = cases.draft(call, applicant, cases.typed(finanzierung={"requested_cents": [""]}))

    with pytest.raises(RefusedError):
        workflow.ask_precheck(application, **at(applicant))


# Review and changes -------------------------------------------------------------------------------


def asked(application, caseworker, *, sections=("kosten",), due=dt.date(2026, 5, 20)):
    workflow.take(application, **at(caseworker))
    return workflow.request_changes(
        application,
        sections=sections,
        text="Bitte den Saal genauer.",
        due_on=due,
        on=clock.today(NOW),
        **at(caseworker),
    )


def test_only_the_marked_sections_are_open_and_come_back_as_a_version(sent, applicant, caseworker):
    asked(sent, caseworker)
    sent.refresh_from_db()
    assert drafts.open_sections(sent) == {"kosten"}
    with pytest.raises(drafts.ClosedError):
        save(sent, "inhalt", {"content": ["Anders"]}, applicant)

    costs = cases.typed()["kosten"]
    costs["costs"][1]["description"] = ["Saal im Rathaus"]
    save(sent, "kosten", costs, applicant)
    version = submit(sent, applicant)

    sent.refresh_from_db()
    assert (sent.state, version.number) == (S.IN_REVIEW, 2)
    assert sent.change_requests.get().settled_at == NOW
    assert [mail.recipient for mail in mails("changes-received")] == ["amal@example.org"]
    assert caseworker.email in {mail.recipient for mail in mails("office-changes")}
    assert events.broken_at(sent) is None


def save(application, slug, raw, by, *, revision=1):
    section = BY_SLUG[slug]
    return drafts.save(application, section, raw, revision=revision, **cases.moment(by))


def test_changes_need_a_change_or_a_word(sent, applicant, caseworker):
    asked(sent, caseworker)
    with pytest.raises(RefusedError, match="Nothing has been changed"):
        submit(sent, applicant)

    workflow.comment_on_request(sent, "Der Saal kostet wirklich so viel.", **at(applicant))

    assert submit(sent, applicant).number == 2


def test_changes_may_come_after_the_call_has_closed(sent, applicant, caseworker, call):
    asked(sent, caseworker, due=dt.date(2026, 11, 20))
    workflow.comment_on_request(sent, "Es bleibt dabei.", **at(applicant))

    assert submit(sent, applicant, now=call.closes_at + dt.timedelta(days=3))


def test_the_review_goes_on_without_changes_only_after_the_day(sent, applicant, caseworker):
    """What was typed meanwhile and never sent is what was sent once more."""
    asked(sent, caseworker, due=dt.date(2026, 5, 20))
    last = dt.datetime(2026, 5, 20, 21, 59, 59, tzinfo=dt.UTC)  # 23:59:59 in Berlin

    save(sent, "kosten", {"costs": []}, applicant)
    with pytest.raises(RefusedError):
        workflow.end_request(sent, **at(caseworker, last))
    workflow.end_request(sent, **at(caseworker, last + dt.timedelta(seconds=1)))

    sent.refresh_from_db()
    assert sent.state == S.IN_REVIEW
    assert drafts.open_sections(sent) == frozenset()
    assert sent.sections.get(section="kosten").answers == cases.TYPED["kosten"]


@pytest.mark.parametrize(
    "wrong",
    [{"sections": []}, {"sections": ["gibt-es-nicht"]}, {"text": " "}, {"due_on": NOW.date()}],
)
def test_a_request_for_changes_names_sections_a_text_and_a_day_to_come(sent, caseworker, wrong):
    workflow.take(sent, **at(caseworker))
    request = {"sections": ["kosten"], "text": "Bitte", "due_on": dt.date(2026, 6, 1)} | wrong

    with pytest.raises(RefusedError):
        workflow.request_changes(sent, **request, on=clock.today(NOW), **at(caseworker))

    sent.refresh_from_db()
    assert sent.state == S.IN_REVIEW


def test_a_case_is_given_to_caseworkers_of_the_agency_only(place, sent, caseworker):
    colleague = funding.staff(place.agency, Role.CASEWORKER)
    workflow.take(sent, **at(caseworker))
    workflow.reassign(sent, colleague, **at(caseworker))
    with pytest.raises(RefusedError):
        workflow.reassign(sent, funding.staff(place.agency, Role.AUDITOR), **at(caseworker))

    sent.refresh_from_db()
    assert sent.caseworker == colleague


# Ending and talking -------------------------------------------------------------------------------


def test_what_is_withdrawn_stays_withdrawn(sent, applicant, caseworker):
    asked(sent, caseworker)
    workflow.withdraw(sent, **at(applicant))

    sent.refresh_from_db()
    assert sent.state == S.WITHDRAWN
    assert not sent.change_requests.filter(settled_at=None)
    assert mails("office-withdrawn")
    with pytest.raises(RefusedError):
        workflow.withdraw(sent, **at(applicant))


def test_messages_go_to_the_other_side(sent, applicant, caseworker):
    workflow.send_message(sent, "Wann hören wir von Ihnen?", **at(applicant))
    workflow.send_message(sent, "In zwei Wochen.", **at(caseworker))

    assert [message.is_from_office for message in sent.messages.all()] == [False, True]
    assert {mail.recipient for mail in mails("office-message")} >= {"mikroprojekte@example.org"}
    assert [mail.recipient for mail in mails("message")] == ["amal@example.org"]
    for person in (factories.user(), funding.staff(factories.agency("Fremde"), Role.CASEWORKER)):
        with pytest.raises(RefusedError):
            workflow.send_message(sent, "Hallo", **at(person))


# The file of the case -----------------------------------------------------------------------------


def test_rows_of_the_file_cannot_be_changed_or_deleted(sent):
    event, version = sent.events.first(), sent.versions.get()

    for row in (event, version):
        with pytest.raises(TypeError):
            row.save()
        with pytest.raises(TypeError):
            row.delete()
        with pytest.raises(TypeError):
            type(row).objects.filter(pk=row.pk).update(application=sent)
        with pytest.raises(TypeError):
            type(row).objects.all().delete()


@pytest.mark.parametrize("field", ["kind", "actor", "data", "happened_at", "user", "number"])
def test_a_changed_event_breaks_the_chain(sent, field):
    event = sent.events.order_by("number").first()
    changed = {
        "kind": Kind.WITHDRAWN,
        "actor": Actor.SYSTEM,
        "data": {"version": 2},
        "happened_at": NOW + dt.timedelta(microseconds=1),
        "user": factories.user(),
        "number": 9,
    }
    # Past the guard of the model's own QuerySet, as somebody with a database client would.
    QuerySet(CaseEvent).filter(pk=event.pk).update(**{field: changed[field]})

    assert events.broken_at(sent) is not None
