"""What each role may see of which agency, asked of the rows themselves: the default is nothing."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.utils import timezone

from contacts.models import (
    Absence,
    Agency,
    Correction,
    Document,
    DocumentedGap,
    Doubt,
    GoldenCase,
    ImportDraft,
    InterpreterPool,
    LegalDetails,
    LoadRecord,
    LookUpCount,
    MissedInput,
    NewsItem,
    NoticeChoice,
    Office,
    OpeningHours,
    Organisation,
    Person,
    Post,
    Publication,
    Responsibility,
    SpokenLanguage,
    StaffRole,
    Tenure,
    WorkingGroup,
)
from contacts.roles import EDITORS, Role, agencies_of
from portal.models import DataVersion, EntranceLink, LoginCode, User
from projects.models import (
    Budget,
    CalendarFeed,
    Call,
    CallNotice,
    CaseSeal,
    CostCategory,
    Declaration,
    FundedProject,
    LatePermit,
    LedgerEntry,
    MeasureType,
    Offer,
    OfferTime,
    Programme,
    Project,
    ProjectContact,
    RuleSet,
    TextBlock,
)
from tests import factories
from tests.projects import factories as funding

pytestmark = pytest.mark.django_db
ANYBODY = AnonymousUser()

# Rows of an agency that the public reads, and rows that only its staff do.
PUBLISHED = [
    Agency,
    Office,
    OpeningHours,
    Post,
    Person,
    SpokenLanguage,
    Tenure,
    Absence,
    Responsibility,
    LegalDetails,
    Programme,
    RuleSet,
    MeasureType,
    CostCategory,
    Declaration,
    Call,
    FundedProject,
    Document,
    NewsItem,
    Organisation,
    WorkingGroup,
    InterpreterPool,
    Project,
    ProjectContact,
    Offer,
    OfferTime,
]
FOR_ITS_STAFF = [
    Publication,
    Doubt,
    Correction,
    DocumentedGap,
    GoldenCase,
    ImportDraft,
    StaffRole,
    CallNotice,
    LatePermit,
    Budget,
    LedgerEntry,
    TextBlock,
    CaseSeal,
]

# Nobody reads these as rows: bookkeeping, and texts that are read through what they belong to.
NOT_READ = {LoadRecord, DataVersion, EntranceLink, LoginCode, CalendarFeed, NoticeChoice}


@dataclass
class World:
    """Two agencies with one row of every kind each; `of[model]` has both rows."""

    ours: Agency
    theirs: Agency
    of: dict


def rows_of(agency: Agency, area) -> dict:
    office = factories.office(agency)
    post = factories.post(agency, office=office)
    person = factories.holder(post, f"Holder of {agency.slug}")
    shared = {"agency": agency}
    return {
        Agency: agency,
        Office: office,
        OpeningHours: OpeningHours.objects.create(
            office=office, weekday=1, opens=dt.time(9), closes=dt.time(12)
        ),
        Post: post,
        Person: person,
        SpokenLanguage: SpokenLanguage.objects.create(person=person, code="ar"),
        Tenure: Tenure.objects.get(post=post),
        Absence: Absence.objects.create(person=person, valid_from=dt.date(2026, 1, 1)),
        Responsibility: factories.rule(post, area, joint=True),
        LegalDetails: LegalDetails.objects.create(body_name="Landkreis", **shared),
        Publication: Publication.objects.create(published_at=timezone.now(), **shared),
        Doubt: Doubt.objects.create(post=post, field="phone", other_value="0341 1", **shared),
        Correction: Correction.objects.create(
            kind="wrong", text="Wrong", contact="a@b.example", received_at=timezone.now(), **shared
        ),
        DocumentedGap: DocumentedGap.objects.create(area=area, reason="Open", **shared),
        GoldenCase: GoldenCase.objects.create(typed="Grimma", post=post, **shared),
        ImportDraft: ImportDraft.objects.create(
            kind="contacts",
            file_name="team.csv",
            effective_on=dt.date(2026, 1, 1),
            uploaded_at=timezone.now(),
            uploaded_by=factories.user(is_staff=True),
            **shared,
        ),
        StaffRole: StaffRole.objects.create(
            user=factories.user(is_staff=True), role=Role.AUDITOR, **shared
        ),
        **funding_of(agency),
        **published_by(agency, area),
    }


def published_by(agency: Agency, area) -> dict:
    """A document, a project with a contact, a released offer, a partner, a group and a pool."""
    shared = {"agency": agency, "title": "Titel"}
    documents, projects, offers = (m.objects.language("de") for m in (Document, Project, Offer))
    document = documents.create(slug=f"d-{agency.slug}", kind="report", **shared)
    project = projects.create(slug=f"p-{agency.slug}", **shared)
    offer = offers.create(
        **shared,
        slug=f"o-{agency.slug}",
        state="published",
        kind="meeting",
        provider="Verein",
        area=area,
    )
    return {
        Document: document,
        NewsItem: NewsItem.objects.language("de").create(
            slug=f"n-{agency.slug}", published_on=dt.date(2026, 1, 1), text="x", **shared
        ),
        Organisation: factories.organisation(agency),
        WorkingGroup: factories.group(agency),
        InterpreterPool: factories.pool(agency.posts.latest("pk")),
        Project: project,
        ProjectContact: ProjectContact.objects.create(project=project, name="x"),
        Offer: offer,
        OfferTime: OfferTime.objects.create(offer=offer, weekday=1, opens=dt.time(9)),
    }


def funding_of(agency: Agency) -> dict:
    """A programme with its rules and an open call, and what its staff have done."""
    programme = funding.programme(agency)
    rules = funding.rule_set(programme)
    call = funding.call(rules)
    budget = Budget.objects.create(programme=programme, year=2026)
    return {
        Programme: programme,
        RuleSet: rules,
        MeasureType: rules.measure_types.first(),
        CostCategory: rules.cost_categories.first(),
        Declaration: rules.declarations.first(),
        Call: call,
        CallNotice: CallNotice.objects.create(call=call, event="paused", at=timezone.now()),
        FundedProject: funding.funded(call),
        Budget: budget,
        LedgerEntry: LedgerEntry.objects.create(
            budget=budget, number=1, kind="release", cents=1, free_after=1, booked_at=timezone.now()
        ),
        TextBlock: TextBlock.objects.create(agency=agency, use="grant", name="x", text="y"),
        CaseSeal: CaseSeal.objects.create(
            number=agency.pk, agency=agency, reference="MP-1", events=0, erased_at=timezone.now()
        ),
        LatePermit: LatePermit.objects.create(
            application=funding.draft(call),
            until=timezone.now(),
            reason="x",
            granted_by=factories.user(is_staff=True),
            granted_at=timezone.now(),
        ),
    }


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker) -> Iterator[World]:
    """One for all tests of this module; what a test adds, and then this, is rolled back."""
    with django_db_blocker.unblock(), transaction.atomic():
        area = factories.municipality("Grimma")
        ours, theirs = factories.agency("Unsere Stelle"), factories.agency("Ihre Stelle")
        own, foreign = rows_of(ours, area), rows_of(theirs, area)
        yield World(ours, theirs, {model: (own[model], foreign[model]) for model in own})
        transaction.set_rollback(True)


def staff(*roles: tuple[Agency, Role], **fields) -> User:
    user = factories.user(is_staff=True, **fields)
    for agency, role in roles:
        StaffRole.objects.create(user=user, agency=agency, role=role)
    return user


def is_history(model) -> bool:
    """Read on the page of the row that it is about."""
    return model.__name__.startswith("Historical")


def is_translation(model) -> bool:
    return model.__name__.endswith("Translation")


OWN_MODELS = [
    model
    for label in ("contacts", "projects", "portal")
    for model in apps.get_app_config(label).get_models()
]


READ_MODELS = [m for m in OWN_MODELS if not (m in NOT_READ or is_translation(m) or is_history(m))]


@pytest.mark.parametrize("model", READ_MODELS, ids=lambda model: model.__name__)
def test_every_model_says_who_sees_its_rows(model):
    assert hasattr(model._default_manager.all(), "visible_to")


def test_this_file_knows_every_model_of_an_agency():
    with_agency = {model for model in OWN_MODELS if hasattr(model, "agency_path")}
    of_a_case = {model for model in with_agency if hasattr(model, "case_path")}
    of_an_enquiry = {model for model in with_agency if hasattr(model, "enquiry_path")}
    of_a_group = {model for model in with_agency if hasattr(model, "group_path")}
    of_a_pool = {model for model in with_agency if hasattr(model, "post_path")}
    # Cases: tests/projects; enquiries: test_enquiry_desk.py; groups: test_group_papers.py; pools:
    # test_interpreters.py.
    elsewhere = of_a_case | of_an_enquiry | of_a_group | of_a_pool
    assert with_agency - elsewhere == {*PUBLISHED, *FOR_ITS_STAFF}


@pytest.mark.parametrize("model", PUBLISHED, ids=lambda model: model.__name__)
def test_the_public_reads_what_is_published_of_every_agency(world, model):
    assert set(world.of[model]) <= set(model._default_manager.visible_to(ANYBODY))


@pytest.mark.parametrize("model", FOR_ITS_STAFF, ids=lambda model: model.__name__)
def test_the_public_reads_nothing_that_is_for_staff(world, model):
    assert not model._default_manager.visible_to(ANYBODY).exists()


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("model", [*PUBLISHED, *FOR_ITS_STAFF], ids=lambda model: model.__name__)
def test_no_role_of_one_agency_sees_a_row_of_another(world, model, role):
    user = staff((world.ours, role))
    own, foreign = world.of[model]
    seen = set(model._default_manager.visible_to(user))
    assert own in seen
    assert foreign not in seen


@pytest.mark.parametrize("model", [*PUBLISHED, *FOR_ITS_STAFF], ids=lambda model: model.__name__)
def test_staff_without_a_role_see_nothing(world, model):
    assert not model._default_manager.visible_to(staff()).exists()


@pytest.mark.parametrize("model", [*PUBLISHED, *FOR_ITS_STAFF], ids=lambda model: model.__name__)
def test_a_switched_off_account_sees_nothing_whatever_its_role(world, model):
    left = staff((world.ours, Role.EDITOR), is_active=False)
    boss = factories.user(is_staff=True, is_superuser=True, is_active=False)
    assert not model._default_manager.visible_to(left).exists()
    assert not model._default_manager.visible_to(boss).exists()


@pytest.mark.parametrize("model", [*PUBLISHED, *FOR_ITS_STAFF], ids=lambda model: model.__name__)
def test_a_superuser_sees_every_agency(world, model):
    boss = factories.user(is_staff=True, is_superuser=True)
    assert set(world.of[model]) <= set(model._default_manager.visible_to(boss))


def test_roles_in_two_agencies_add_up(world):
    user = staff((world.ours, Role.EDITOR), (world.theirs, Role.COORDINATOR))
    assert set(Post.objects.visible_to(user)) == set(world.of[Post])
    assert agencies_of(user, EDITORS) == {world.ours.pk}


@pytest.mark.parametrize("model", [LookUpCount, MissedInput])
def test_what_visitors_typed_is_for_staff_with_a_role_only(world, model):
    LookUpCount.objects.create(day=dt.date(2026, 1, 1), outcome="none", number=1)
    MissedInput.objects.create(week="2026-W01", digest="0" * 64, text="Grima", number=3)
    for user in (ANYBODY, staff(), staff((world.ours, Role.EDITOR), is_active=False)):
        assert not model.objects.visible_to(user).exists()
    assert model.objects.visible_to(staff((world.ours, Role.AUDITOR))).exists()


def test_doubts_and_corrections_about_no_agency_are_for_all_staff_and_nobody_else(world):
    area = factories.municipality("Borna")
    doubt = Doubt.objects.create(area=area, field="postal code")
    correction = Correction.objects.create(
        kind="missing-place", text="Mine is missing", received_at=timezone.now()
    )
    ours = staff((world.ours, Role.EDITOR))
    for row in (doubt, correction):
        rows = type(row).objects
        assert row in rows.visible_to(ours)
        assert row not in rows.visible_to(staff())
        assert row not in rows.visible_to(ANYBODY)


def test_accounts_are_seen_by_their_owner_and_by_superusers(world):
    user, other = staff((world.ours, Role.AGENCY_ADMIN)), staff((world.ours, Role.EDITOR))
    boss = factories.user(is_staff=True, is_superuser=True)
    assert set(User.objects.visible_to(user)) == {user}
    assert {user, other, boss} <= set(User.objects.visible_to(boss))
    assert not User.objects.visible_to(ANYBODY).exists()
