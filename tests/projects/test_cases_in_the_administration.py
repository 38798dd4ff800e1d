"""The office's side of an application: the queue, the page of a case, what came on paper."""

import datetime as dt
import re

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse

from contacts.roles import Role
from portal import files
from portal.models import OutboxMessage
from projects import workflow
from projects.models import Application, Attachment, LatePermit
from projects.states import ApplicationState, CallState
from projects.terms import Channel
from tests import factories
from tests.projects import cases
from tests.projects import factories as funding
from tests.reading import seen_in

pytestmark = pytest.mark.django_db
S = ApplicationState
LIST = "/verwaltung/projects/application/"


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
def sent(call, applicant):
    return cases.submitted(call, applicant)


def logged_in(user) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user, backend="portal.auth.StaffBackend")
    return client


def of_role(agency, role: Role) -> Client:
    return logged_in(funding.staff(agency, role))


@pytest.fixture
def desk(place) -> Client:
    return of_role(place.agency, Role.CASEWORKER)


def to(case: Application, name: str = "change", *arguments) -> str:
    return reverse(f"admin:projects_application_{name}", args=[case.pk, *arguments])


# Who sees what ------------------------------------------------------------------------------------


def test_each_role_sees_its_part_of_the_queue(place, sent, call, applicant):
    """Editors have none; a coordinator sees the list, and of other towns nothing in it."""
    draft = cases.draft(call, applicant)
    expected = dict.fromkeys(Role, 200) | {Role.COORDINATOR: 404, Role.EDITOR: 404}
    for role, status in expected.items():
        client = of_role(place.agency, role)
        answer = client.get(LIST)
        listed = answer.status_code == 200 and sent.reference in seen_in(answer)
        assert listed == (status == 200), role
        assert client.get(to(sent)).status_code == status, role
        assert client.get(to(draft)).status_code in (403, 404), role
    foreign = of_role(factories.agency("Fremde Stelle"), Role.CASEWORKER)
    assert foreign.get(to(sent)).status_code == 404
    assert sent.reference not in foreign.get(LIST).text


def test_a_coordinator_reads_and_notes_the_cases_of_the_own_towns(place, sent):
    user = funding.staff(place.agency, Role.COORDINATOR)
    place.person.user = user
    place.person.save()
    client = logged_in(user)

    assert "Sprachcafé am Markt" in seen_in(client.get(to(sent)))
    client.post(to(sent, "note"), {"text": "Der Saal ist frei."})
    assert sent.comments.get().text == "Der Saal ist frei."
    client.post(to(sent, "take"))
    sent.refresh_from_db()
    assert sent.state == S.SUBMITTED


def test_a_stand_in_sees_them_for_the_time_of_the_absence(place, sent):
    from contacts.models import Absence, Person

    other = funding.staff(place.agency, Role.COORDINATOR)
    jana = Person.objects.get(name="Jana Loth")
    jana.user = other
    jana.save()
    assert logged_in(other).get(to(sent)).status_code == 404

    Absence.objects.create(
        person=place.person,
        valid_from=cases.ON,
        valid_until=cases.ON + dt.timedelta(days=3),
        stand_in=place.loth,
    )

    assert logged_in(other).get(to(sent)).status_code == 200


def test_the_start_page_says_what_waits_for_a_caseworker(place, sent, call, applicant, desk):
    draft = cases.draft(call, applicant)
    workflow.ask_precheck(draft, by=applicant, now=cases.NOW)

    page = seen_in(desk.get("/verwaltung/"))

    assert "1 new application" in page
    assert "1 draft for a preliminary check" in page
    auditor = of_role(place.agency, Role.AUDITOR)
    assert "new application" not in seen_in(auditor.get("/verwaltung/"))


# Steps --------------------------------------------------------------------------------------------


def test_a_caseworker_takes_asks_and_talks(place, sent, desk):
    page = seen_in(desk.get(to(sent)))
    assert "Take it and check it" in page
    assert "Kaffee, Kuchen und Gespräche auf Deutsch." in page

    desk.post(to(sent, "take"))
    sent.refresh_from_db()
    assert (sent.state, sent.caseworker is not None) == (S.IN_REVIEW, True)

    form = desk.get(to(sent, "changes"))
    assert 'value="2026-05-18"' in form.text  # a fortnight, as the rules propose
    assert desk.post(to(sent, "changes"), {"text": "Bitte"}).status_code == 422
    request = {"sections": ["kosten", "anlagen"], "text": "Welcher Saal?", "due_on": "2026-05-20"}
    assert desk.post(to(sent, "changes"), request).url == to(sent)
    assert sent.change_requests.get().sections == ["kosten", "anlagen"]
    assert "still has time" in seen_in(desk.get(to(sent)))

    desk.post(to(sent, "message"), {"text": "Rufen Sie gern an."})
    desk.post(to(sent, "note"), {"text": "Wirkt gut."})
    page = seen_in(desk.get(to(sent)))
    assert "Rufen Sie gern an." in page
    assert "Wirkt gut." in page
    assert not OutboxMessage.objects.filter(body__contains="Wirkt gut.")


def test_an_empty_text_comes_back_with_its_message(sent, desk):
    for name in ("message", "note"):
        answer = desk.post(to(sent, name), {"text": " "})
        assert answer.status_code == 422
        assert "Write at least one sentence." in seen_in(answer)
    assert desk.get(to(sent, "take")).status_code == 405


def test_after_the_day_the_review_goes_on(place, sent, desk):
    desk.post(to(sent, "take"))
    request = {"sections": ["kosten"], "text": "Welcher Saal?", "due_on": "2026-05-20"}
    desk.post(to(sent, "changes"), request)
    with time_machine.travel(dt.datetime(2026, 5, 21, 8, tzinfo=dt.UTC), tick=False):
        desk = of_role(place.agency, Role.CASEWORKER)
        assert "Go on without the changes" in seen_in(desk.get(to(sent)))
        desk.post(to(sent, "end_request"))

    sent.refresh_from_db()
    assert sent.state == S.IN_REVIEW


def test_a_case_is_handed_on_within_the_agency(place, sent, desk):
    colleague = funding.staff(place.agency, Role.CASEWORKER)
    stranger = funding.staff(factories.agency("Fremde"), Role.CASEWORKER)
    desk.post(to(sent, "take"))

    assert desk.post(to(sent, "reassign"), {"to": stranger.pk}).status_code == 422
    desk.post(to(sent, "reassign"), {"to": colleague.pk})

    sent.refresh_from_db()
    assert sent.caseworker == colleague


def test_a_preliminary_check_is_answered_from_the_page(call, applicant, desk):
    draft = cases.draft(call, applicant)
    workflow.ask_precheck(draft, by=applicant, now=cases.NOW)

    assert "Answer the preliminary check" in seen_in(desk.get(to(draft)))
    desk.post(to(draft, "answer"), {"text": "Bitte den Saal begründen."})

    draft.refresh_from_db()
    assert draft.state == S.DRAFT
    assert draft.messages.get().text == "Bitte den Saal begründen."
    assert desk.get(to(draft)).status_code == 404


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.FINANCE, Role.AGENCY_ADMIN])
def test_who_only_reads_takes_no_step(place, sent, role):
    client = of_role(place.agency, role)
    page = client.get(to(sent)).text
    assert "Take it and check it" not in page

    for name in ("take", "end_request", "message", "answer"):
        client.post(to(sent, name), {"text": "x"})
    assert client.get(to(sent, "changes")).status_code == 403

    sent.refresh_from_db()
    assert sent.state == S.SUBMITTED
    assert not sent.messages.exists()


def test_papers_are_saved_and_never_shown_in_place(place, sent, desk, settings):
    name = files.store(ContentFile(b"%PDF-1.7 test"), folder="attachments")
    file = Attachment.objects.create(
        application=sent,
        name="Satzung.pdf",
        content_type="application/pdf",
        size=13,
        digest="0" * 64,
        file=name,
        added_at=cases.NOW,
    )
    foreign = of_role(factories.agency("Fremde Stelle"), Role.CASEWORKER)
    for path in (to(sent, "document", 1), to(sent, "attachment", file.uuid)):
        answer = desk.get(path)
        assert answer["Content-Disposition"].startswith("attachment")
        assert "sandbox" in answer["Content-Security-Policy"]
        assert answer.getvalue()
        assert foreign.get(path).status_code == 404
    assert desk.get(to(sent, "document", 2)).status_code == 404
    assert desk.get(to(sent, "version", 1)).status_code == 404


# Paper and telephone ------------------------------------------------------------------------------


def start(call, **fields) -> dict:
    return {
        "title": "Nachbarschaftsfest",
        "applicant_type": "private",
        "measure_kind": "meeting",
        "channel": Channel.PAPER,
        "received_on": "2026-05-02",
    } | fields


def entered(desk, call, **fields) -> Application:
    answer = desk.post(f"{LIST}enter/?call={call.pk}", start(call, **fields))
    assert answer.status_code == 302, seen_in(answer)
    return Application.objects.get(title="Nachbarschaftsfest")


def type_everything(desk, case: Application) -> None:
    for slug, raw in cases.TYPED.items():
        if slug == "vorhaben":
            raw = raw | {"title": ["Nachbarschaftsfest"]}
        fields = {}
        for name, value in raw.items():
            if isinstance(value[0], dict):
                for number, line in enumerate(value):
                    fields |= {f"{name}-{number}-{key}": texts[0] for key, texts in line.items()}
            else:
                fields[name] = value[0]
        revision = "1" if slug == "vorhaben" else "0"
        assert desk.post(to(case, "section", slug), fields | {"revision": revision}).url


def test_what_came_on_paper_is_entered_and_submitted(place, call, desk):
    assert str(call) in desk.get(f"{LIST}enter/").text
    case = entered(desk, call)
    assert "This is still missing" in seen_in(desk.get(to(case, "submit")))

    type_everything(desk, case)
    ready = desk.get(to(case, "submit"))
    key = re.search(r'name="key" value="([^"]+)"', ready.text)[1]
    desk.post(to(case, "submit"), {"key": key})

    case.refresh_from_db()
    assert (case.state, case.channel) == (S.SUBMITTED, Channel.PAPER)
    assert case.received_on == dt.date(2026, 5, 2)
    for step in (to(case, "section", "kosten"), to(case, "submit")):  # as by a second click
        assert desk.post(step, {"key": key}).url == to(case)
    assert not OutboxMessage.objects.filter(about__contains=":receipt:")


def test_paper_counts_by_the_day_on_which_it_was_received(place, call):
    with time_machine.travel(call.closes_at + dt.timedelta(days=5), tick=False):
        desk = of_role(place.agency, Role.CASEWORKER)
        type(call).objects.filter(pk=call.pk).update(state=CallState.CLOSED)
        for received, state in (("2026-11-02", S.SUBMITTED), ("2026-11-03", S.DRAFT)):
            case = entered(desk, call, received_on=received)
            type_everything(desk, case)
            key = re.search(r'name="key" value="([^"]+)"', desk.get(to(case, "submit")).text)[1]
            desk.post(to(case, "submit"), {"key": key})
            case.refresh_from_db()
            assert case.state == state
            Application.objects.filter(pk=case.pk).update(title="vorbei")


def test_what_is_missing_at_the_beginning_is_said(call, desk):
    answer = desk.post(f"{LIST}enter/?call={call.pk}", start(call, received_on=""))

    assert answer.status_code == 422
    assert "Enter the day on which it was received." in seen_in(answer)
    assert "Nachbarschaftsfest" in answer.text


def test_two_caseworkers_do_not_write_over_each_other(call, desk):
    case = entered(desk, call)
    fields = {"content": "von Anna", "revision": "0"}
    desk.post(to(case, "section", "inhalt"), fields)

    answer = desk.post(to(case, "section", "inhalt"), fields | {"content": "von Ben"})

    assert answer.status_code == 409
    assert "von Ben" in answer.text


def test_only_caseworkers_enter_paper(place, call, sent):
    for role in set(Role) - {Role.CASEWORKER}:
        client = of_role(place.agency, role)
        assert client.get(f"{LIST}enter/?call={call.pk}").status_code == 403
        assert client.get(to(sent, "section", "inhalt")).status_code in (403, 404)


# Late ---------------------------------------------------------------------------------------------


def test_a_late_application_is_allowed_by_its_number(place, call, applicant, desk):
    draft = cases.draft(call, applicant)
    with time_machine.travel(call.closes_at + dt.timedelta(hours=1), tick=False):
        desk = of_role(place.agency, Role.CASEWORKER)
        wrong = desk.post(
            f"{LIST}late/", {"reference": "MP-0000-0000", "reason": "x", "until": "2026-11-05"}
        )
        assert "There is no application with this number." in seen_in(wrong)

        typed = draft.reference.lower().replace("-", " ")
        fields = {"reference": typed, "reason": "Krankheit", "until": "2026-11-05"}
        assert desk.post(f"{LIST}late/", fields).status_code == 302

    permit = LatePermit.objects.get(application=draft)
    assert permit.until == dt.datetime(2026, 11, 5, 23, tzinfo=dt.UTC)
    foreign = of_role(factories.agency("Fremde Stelle"), Role.CASEWORKER)
    assert "no application" in seen_in(foreign.post(f"{LIST}late/", fields))
    assert of_role(place.agency, Role.AUDITOR).get(f"{LIST}late/").status_code == 403
