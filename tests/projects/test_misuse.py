"""What somebody does who wants to break it: nothing breaks, and nobody gets what is not theirs."""

import datetime as dt
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from contacts.models import StaffRole
from contacts.roles import Role
from portal import files
from portal.models import LoginCode, User
from projects import actors, calls, drafts, events, sharing, workflow
from projects.models import Application, Attachment, Contributor, Invitation
from projects.sections import BY_SLUG
from projects.states import Actor, ApplicationState
from projects.terms import Channel
from projects.views import shared
from tests import factories
from tests.portal.entering import CODE, code_in, entered
from tests.projects import cases
from tests.projects import factories as funding
from tests.reading import seen_in

pytestmark = pytest.mark.django_db
S = ApplicationState
EMAIL = "amal@example.org"
A_SECOND = dt.timedelta(seconds=1)
LARGE = 99_999_999_999_999_999_999  # more than any database counts


@pytest.fixture(autouse=True)
def at_the_time():
    with time_machine.travel(cases.NOW, tick=False):
        yield


@pytest.fixture
def call(place):
    return cases.open_call(place.agency)


@pytest.fixture
def amal() -> Client:
    return entered(EMAIL)


@pytest.fixture
def applicant(amal) -> User:
    return User.objects.get(email=EMAIL)


@pytest.fixture
def draft(call, applicant) -> Application:
    return cases.draft(call, applicant)


@pytest.fixture
def sent(call, applicant) -> Application:
    return cases.submitted(call, applicant)


@pytest.fixture
def caseworker(place) -> User:
    return funding.staff(place.agency, Role.CASEWORKER)


@pytest.fixture
def asked(sent, caseworker) -> Application:
    """All of it is to be changed."""
    workflow.take(sent, by=caseworker, now=cases.NOW)
    workflow.request_changes(
        sent,
        sections=[*BY_SLUG, "anlagen"],
        text="Bitte ändern.",
        due_on=dt.date(2026, 5, 20),
        by=caseworker,
        now=cases.NOW,
        on=cases.ON,
    )
    return Application.objects.get(pk=sent.pk)


@pytest.fixture
def desk(caseworker) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(caseworker, backend="portal.auth.StaffBackend")
    return client


def page(name: str, case: Application, *arguments) -> str:
    with override("en"):
        return reverse(f"projects:{name}", args=[case.uuid, *arguments])


def office(name: str, case: Application, *arguments) -> str:
    return reverse(f"admin:projects_application_{name}", args=[case.pk, *arguments])


def save(case: Application, slug: str, by: User, revision: int = 1, **changed) -> None:
    raw = cases.typed(**{slug.replace("-", "_"): changed})[slug]
    drafts.save(case, BY_SLUG[slug], raw, revision=revision, **cases.moment(by))


# Changes of what was sent -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("slug", "changed"),
    [
        ("vorhaben", {"title": [""]}),
        ("vorhaben", {"title": ["x" * 121]}),
        ("finanzierung", {"requested_cents": ["99.999,00"]}),
        ("kosten", {"costs": [{"kind": ["rent"], "description": ["Saal"], "price": ["0,01"]}]}),
        ("ort-und-zeit", {"starts_on": ["2026-12-01"]}),
    ],
)
def test_half_a_change_of_what_was_sent_is_kept_and_shows_in_no_list(
    asked, amal, applicant, slug, changed
):
    save(asked, slug, applicant, **changed)

    asked.refresh_from_db()
    assert (asked.title, asked.requested_cents) == ("Sprachcafé am Markt", 45_000)
    stored = asked.sections.get(section=slug).answers
    assert stored == cases.typed(**{slug.replace("-", "_"): changed})[slug]
    for name in ("application", "check"):
        assert amal.get(page(name, asked)).status_code == 200
    with pytest.raises(workflow.IncompleteError):
        workflow.submit(asked, key=uuid.uuid4(), **cases.moment(applicant))


def test_lists_say_what_was_changed_once_it_is_sent_again(asked, applicant):
    save(asked, "vorhaben", applicant, title=["Sprachcafé im Park"])
    save(asked, "ort-und-zeit", applicant, starts_on=["2026-09-12"], ends_on=["2026-09-12"])

    workflow.submit(asked, key=uuid.uuid4(), **cases.moment(applicant))

    asked.refresh_from_db()
    assert (asked.title, asked.starts_on) == ("Sprachcafé im Park", dt.date(2026, 9, 12))
    assert asked.assigned_post is not None


def test_the_office_reads_what_was_sent_and_not_what_is_being_typed(asked, applicant, desk):
    save(asked, "inhalt", applicant, content=["Nur ein Gedanke."])
    save(asked, "finanzierung", applicant, requested_cents=["1"])

    being_written = seen_in(desk.get(office("change", asked)))
    save(asked, "finanzierung", applicant, revision=2)
    workflow.submit(asked, key=uuid.uuid4(), **cases.moment(applicant))
    sent_again = seen_in(desk.get(office("change", asked)))

    assert "Kaffee, Kuchen und Gespräche auf Deutsch." in being_written
    assert "Requested grant 450,00 €" in being_written or "€450.00" in being_written
    assert "Nur ein Gedanke." not in being_written
    assert "Nur ein Gedanke." in sent_again


# Steps at a wrong moment --------------------------------------------------------------------------


def test_no_caseworker_ends_a_request_by_taking_the_case_again(asked, caseworker, desk):
    with pytest.raises(workflow.RefusedError):
        workflow.take(asked, by=caseworker, now=cases.NOW)
    desk.post(office("take", asked))

    asked.refresh_from_db()
    assert asked.state == S.CHANGES_REQUESTED
    assert asked.change_requests.filter(settled_at=None).count() == 1


def test_what_nobody_has_taken_is_in_no_review(sent, caseworker):
    with pytest.raises(workflow.RefusedError):
        workflow.end_request(sent, by=caseworker, now=cases.NOW)

    sent.refresh_from_db()
    assert (sent.state, sent.caseworker) == (S.SUBMITTED, None)


def test_a_page_that_was_sent_just_before_changes_were_asked_may_come_after(asked, applicant):
    workflow.withdraw(asked, by=applicant, now=cases.NOW - A_SECOND)

    asked.refresh_from_db()
    assert asked.state == S.WITHDRAWN
    assert not asked.change_requests.filter(settled_at=None).exists()


def test_the_key_of_one_application_sends_no_other(draft, call, applicant, amal):
    other, key = cases.draft(call, applicant), uuid.uuid4()
    workflow.submit(other, key=key, **cases.moment(applicant))

    answer = amal.post(page("check", draft), {"key": str(key)})

    draft.refresh_from_db()
    assert (answer.status_code, draft.state) == (409, S.DRAFT)


def test_an_old_tab_is_told_that_it_saves_nothing_any_more(sent, amal):
    path = page("section", sent, "inhalt")
    fields = {"content": "Zu spät getippt.", "revision": "1"}

    quiet = amal.post(path, fields, headers={"accept": "application/json"})
    loud = amal.post(path, fields, follow=True)

    assert (quiet.status_code, quiet.json()) == (409, {"closed": True})
    assert "was not saved" in seen_in(loud)
    assert sent.sections.get(section="inhalt").answers["content"] != ["Zu spät getippt."]


@contextmanager
def meanwhile(act: Callable[[], None]) -> Iterator[None]:
    """A transaction during which somebody else acts, and waits for it to end."""
    thread = threading.Thread(target=act)
    with transaction.atomic():
        yield
        thread.start()
        thread.join(timeout=1.5)  # whoever does not wait is through by then
    thread.join(timeout=30)
    assert not thread.is_alive()


@pytest.mark.django_db(transaction=True)
def test_whoever_acts_while_a_draft_is_deleted_finds_nothing(draft, applicant):
    said = []
    case, other = page("delete", draft), entered(EMAIL)

    def delete_again():
        try:
            said.append(other.post(case).status_code)
        finally:
            connection.close()

    with meanwhile(delete_again):
        drafts.delete(draft, by=applicant)

    assert said == [404]


@pytest.mark.django_db(transaction=True)
def test_what_is_sent_while_the_call_goes_on_is_not_left_on_hold(place):
    applicant = factories.user(EMAIL)
    call = cases.open_call(place.agency)
    admin = funding.staff(place.agency, Role.AGENCY_ADMIN)
    calls.pause(call, reasons={"de": "Kein Geld."}, by=admin, now=cases.NOW)
    case = cases.draft(call, applicant)

    def submit():
        try:
            workflow.submit(case, key=uuid.uuid4(), **cases.moment(applicant))
        finally:
            connection.close()

    with meanwhile(submit):
        calls.resume(call, by=admin, now=cases.NOW)

    case.refresh_from_db()
    assert (case.state, case.hold) == (S.SUBMITTED, False)


# People -------------------------------------------------------------------------------------------


def test_who_joins_the_staff_has_no_part_in_the_own_case(place, sent, applicant):
    applicant.is_staff = True
    applicant.save()
    StaffRole.objects.create(user=applicant, agency=place.agency, role=Role.CASEWORKER)
    applicant = User.objects.get(pk=applicant.pk)

    assert actors.actors_for(applicant, sent) == frozenset()
    for verb in (workflow.take, workflow.withdraw):
        with pytest.raises(workflow.RefusedError):
            verb(sent, by=applicant, now=cases.NOW)


def test_who_has_sent_a_case_decides_nothing_of_it_after_they_were_taken_off_it(
    place, call, draft, applicant
):
    asked = sharing.invite(draft, "b@example.org", by=applicant, now=cases.NOW)
    berta = factories.user("b@example.org")
    sharing.accept(asked.pk, berta, now=cases.NOW)
    workflow.submit(draft, key=uuid.uuid4(), **cases.moment(berta))
    sharing.remove(Contributor.objects.get(user=berta), by=applicant, now=cases.NOW)
    User.objects.filter(pk=berta.pk).update(is_staff=True)
    for role in (Role.CASEWORKER, Role.DECIDER, Role.FINANCE):
        StaffRole.objects.create(user=berta, agency=place.agency, role=role)
    berta = User.objects.get(pk=berta.pk)

    assert actors.actors_for(berta, draft) == frozenset()
    assert not actors.decidable(Application.objects.all(), berta)
    with pytest.raises(workflow.RefusedError):
        workflow.take(draft, by=berta, now=cases.NOW)


def test_whoever_has_entered_what_came_on_paper_does_not_decide_it(place, sent):
    hand = funding.staff(place.agency, Role.CASEWORKER)
    StaffRole.objects.create(user=hand, agency=place.agency, role=Role.DECIDER)
    Application.objects.filter(pk=sent.pk).update(channel=Channel.PAPER)
    paper = Application.objects.get(pk=sent.pk)
    events.record(paper, events.Kind.PROOF_SUBMITTED, actor=Actor.APPLICANT, by=hand, now=cases.NOW)

    assert actors.actors_for(hand, paper) == {Actor.CASEWORKER}


def test_whom_a_removed_person_has_asked_stays_outside(sent, applicant):
    first = sharing.invite(sent, "b@example.org", by=applicant, now=cases.NOW)
    berta = factories.user("b@example.org")
    sharing.accept(first.pk, berta, now=cases.NOW)
    second = sharing.invite(sent, "berta2@example.org", by=berta, now=cases.NOW)

    sharing.remove(Contributor.objects.get(user=berta), by=applicant, now=cases.NOW)

    again = factories.user("berta2@example.org")
    assert sharing.accept(second.pk, again, now=cases.NOW) is None
    assert not Application.objects.visible_to(again).exists()


def test_people_can_leave_what_was_withdrawn(sent, applicant, amal):
    first = sharing.invite(sent, "b@example.org", by=applicant, now=cases.NOW)
    sharing.accept(first.pk, factories.user("b@example.org"), now=cases.NOW)
    second = sharing.invite(sent, "c@example.org", by=applicant, now=cases.NOW)
    workflow.withdraw(sent, by=applicant, now=cases.NOW)
    editor = sent.contributors.get(role=Contributor.Role.EDITOR)

    assert amal.post(page("take_back_invitation", sent, second.pk)).status_code == 302
    assert amal.post(page("remove_contributor", sent, editor.pk)).status_code == 302

    assert sent.contributors.count() == 1
    assert not Invitation.objects.exclude(email="").exists()


def test_the_office_gets_thirty_mails_an_hour_from_one_account(sent, amal, monkeypatch):
    monkeypatch.setattr(shared, "MAILS_AN_HOUR", 2)

    codes = [amal.post(page("message", sent), {"text": "Hallo"}).status_code for _n in range(3)]

    assert codes == [302, 302, 429]
    assert sent.messages.count() == 2


# Forms --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("email", ["amal@bücher.example", "amal@exampıe.org", "a" * 300 + "@b.de"])
def test_addresses_that_look_like_others_are_refused_everywhere(call, draft, amal, email):
    fields = {"title": "x", "applicant_type": "private", "measure_kind": "meeting"}

    begun = Client().post(f"/de/antrag/neu/?aufruf={call.slug}", fields | {"email": email})
    invited = amal.post(page("people", draft), {"email": email})

    assert (begun.status_code, invited.status_code) == (422, 422)
    assert not LoginCode.objects.exists()
    assert not Invitation.objects.exists()


def test_more_than_is_asked_for_is_not_carried_through_the_log_in(call):
    visitor, email = Client(), "berta@example.org"
    fields = {"title": ["x" * 15_000] * 3 + ["Sprachcafé"], "summary": "😀" * 20_000}
    fields |= {"applicant_type": "private", "measure_kind": "meeting", "email": email}

    assert visitor.post(f"/de/antrag/neu/?aufruf={call.slug}", fields).status_code == 302
    visitor.post(CODE, {"code": code_in(email)})

    begun = Application.objects.get(contributors__user__email=email)
    assert begun.sections.get().answers == {
        "title": ["Sprachcafé"],
        "applicant_type": ["private"],
        "measure_kind": ["meeting"],
    }


def test_numbers_that_no_database_counts_are_not_found(sent, amal, desk):
    for number in (0, 2**15, 2**31, 2**63, LARGE):
        for name in ("version", "document"):
            assert amal.get(page(name, sent, number)).status_code == 404, (name, number)
            assert desk.get(office(name, sent, number)).status_code == 404, (name, number)
        for name in ("remove_contributor", "take_back_invitation"):
            assert amal.post(page(name, sent, number)).status_code == 404, (name, number)


# The office ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("day", ["9999-12-31", "2027-06-01"])
def test_nobody_gets_time_for_ever(call, sent, applicant, desk, caseworker, day):
    workflow.take(sent, by=caseworker, now=cases.NOW)
    late = cases.draft(call, applicant)
    changes = {"sections": ["kosten"], "text": "x", "due_on": day}
    permit = {"reference": late.reference, "until": day, "reason": "x"}

    for path, fields in (
        (office("changes", sent), changes),
        (reverse("admin:projects_application_late"), permit),
    ):
        answer = desk.post(path, fields)
        assert answer.status_code == 422
        assert "within a year" in seen_in(answer)
    assert desk.get(office("change", sent)).status_code == 200


def test_nothing_has_come_on_a_day_that_is_still_to_come(call, desk):
    fields = {"title": "x", "applicant_type": "private", "measure_kind": "meeting"}
    fields |= {"channel": "paper", "received_on": "2026-05-05"}

    answer = desk.post(f"{reverse('admin:projects_application_enter')}?call={call.pk}", fields)

    assert answer.status_code == 422
    assert "still to come" in seen_in(answer)


def test_the_office_opens_no_file_that_is_locked_away_or_gone(sent, desk):
    stored = files.store(ContentFile(b"%PDF-"), folder="attachments")
    row = {"name": "a.pdf", "content_type": "application/pdf", "size": 5, "added_at": cases.NOW}
    locked = Attachment(**row, application=sent, digest="1", file=stored, scan="quarantined")
    gone = Attachment(**row, application=sent, digest="2", file="attachments/00/00/gone")

    for attachment in (locked, gone):
        attachment.save()
        assert desk.get(office("attachment", sent, attachment.uuid)).status_code == 404
