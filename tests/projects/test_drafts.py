"""Drafts: saved as they are, by several people at once, copied and given up."""

import datetime as dt

import pytest
from django.utils.translation import override

from contacts.roles import Role
from portal.models import OutboxMessage
from projects import drafts, events
from projects.drafts import ClosedError, ConflictError
from projects.events import Kind
from projects.models import Application, Contributor
from projects.sections import ABOUT, BY_SLUG
from projects.states import CallState
from projects.terms import Channel
from tests import factories
from tests.projects import cases
from tests.projects import factories as funding

pytestmark = pytest.mark.django_db
CONTENT = BY_SLUG["inhalt"]


@pytest.fixture
def applicant():
    return factories.user()


@pytest.fixture
def call(place):
    return cases.open_call(place.agency)


@pytest.fixture
def draft(call, applicant):
    return cases.draft(call, applicant)


def save(draft, raw, *, by, revision, now=cases.NOW, section=CONTENT):
    return drafts.save(draft, section, raw, revision=revision, **cases.moment(by, now))


def test_what_is_wrong_is_kept_as_it_was_typed(draft, applicant):
    raw = {"content": ["x" * 5000], "participants": ["viele"]}

    saved = save(draft, raw, by=applicant, revision=1)

    assert saved.revision == 2
    assert draft.sections.get(section="inhalt").answers == raw


def test_of_two_tabs_the_second_one_notices(draft, applicant):
    first, second = {"content": ["vom Telefon"]}, {"content": ["vom Rechner"]}
    save(draft, first, by=applicant, revision=1)

    with pytest.raises(ConflictError) as conflict:
        save(draft, second, by=applicant, revision=1)

    assert conflict.value.stored.answers == first
    assert save(draft, second, by=applicant, revision=conflict.value.stored.revision).revision == 3


def test_the_same_page_sent_twice_is_no_conflict(draft, applicant):
    raw = {"content": ["einmal"]}

    assert save(draft, raw, by=applicant, revision=1) == save(draft, raw, by=applicant, revision=1)


def test_lists_know_what_the_sections_say(place, draft, applicant):
    draft.refresh_from_db()
    assert (draft.title, draft.applicant_name) == ("Sprachcafé am Markt", "Amal Haddad")
    assert (draft.total_cents, draft.requested_cents) == (50_000, 45_000)
    assert draft.assigned_post == place.richter

    schedule = cases.typed()["ort-und-zeit"] | {"places": [{"place": ["Borna"]}]}
    save(draft, schedule, by=applicant, revision=1, section=BY_SLUG["ort-und-zeit"])

    draft.refresh_from_db()
    assert (draft.area, draft.assigned_post) == (place.borna, place.loth)


def test_a_title_that_is_too_long_is_kept_but_not_repeated(draft, applicant):
    raw = cases.typed()["vorhaben"] | {"title": ["x" * 300]}

    save(draft, raw, by=applicant, revision=1, section=ABOUT)

    draft.refresh_from_db()
    assert draft.title == ""
    assert draft.sections.get(section="vorhaben").answers["title"] == ["x" * 300]


def test_no_draft_begins_outside_of_its_call(place, call, applicant):
    late = cases.open_call(place.agency, closes_at=cases.NOW)
    with pytest.raises(ClosedError):
        drafts.begin(late, {}, **cases.moment(applicant))
    with pytest.raises(ClosedError):
        drafts.begin(call, {}, **cases.moment(funding.staff(place.agency, Role.CASEWORKER)))

    type(call).objects.filter(pk=call.pk).update(state=CallState.PAUSED)
    call.refresh_from_db()
    assert drafts.begin(call, {}, **cases.moment(applicant)).state == "draft"


def test_paper_is_entered_by_a_caseworker_of_the_agency(place, call):
    caseworker = funding.staff(place.agency, Role.CASEWORKER)

    entered = drafts.begin(
        call, {"title": ["Fest"]}, channel=Channel.PAPER, **cases.moment(caseworker)
    )

    assert not entered.contributors.exists()
    assert entered.events.get().kind == Kind.ENTERED
    for person in (funding.staff(place.agency, Role.EDITOR), factories.user()):
        with pytest.raises(ClosedError):
            drafts.begin(call, {}, channel=Channel.PAPER, **cases.moment(person))


def test_a_copy_takes_over_what_is_still_true(place, draft, applicant):
    next_year = cases.open_call(place.agency)

    copied = drafts.copy(draft, call=next_year, **cases.moment(applicant))

    slugs = set(copied.sections.values_list("section", flat=True))
    assert {"vorhaben", "inhalt", "kosten", "finanzierung"} <= slugs
    assert not slugs & {"erklaerungen", "ort-und-zeit"}
    assert (copied.title, copied.requested_cents) == (draft.title, draft.requested_cents)
    assert copied.reference != draft.reference
    assert [event.kind for event in copied.events.all()] == [Kind.BEGUN, Kind.COPIED]
    assert events.broken_at(copied) is None


def test_a_draft_is_deleted_with_everything_and_by_its_owner_only(draft, applicant):
    other = factories.user()
    Contributor.objects.create(application=draft, user=other, joined_at=cases.NOW)
    with pytest.raises(ClosedError):
        drafts.delete(draft, by=other)

    drafts.delete(draft, by=applicant)

    assert not Application.objects.exists()


def test_what_was_sent_is_not_deleted(call, applicant):
    with pytest.raises(ClosedError):
        drafts.delete(cases.submitted(call, applicant), by=applicant)


def test_saving_says_when(draft, applicant):
    later = cases.NOW + dt.timedelta(hours=2)

    assert save(draft, {"content": ["neu"]}, by=applicant, revision=1, now=later).at == later
    draft.refresh_from_db()
    assert draft.saved_at == later


def test_the_way_back_is_mailed_in_the_language_of_the_draft_and_in_german(call, applicant):
    with override("en"):
        begun = cases.draft(call, applicant, language="en")

    mail = OutboxMessage.objects.get(recipient=applicant.email)

    assert begun.reference in mail.subject
    assert "the way back to your draft" in mail.subject
    assert "/en/weiter/" in mail.body
    assert "Guten Tag," in mail.body  # below, in German
    assert "Sprachcafé" not in mail.subject
