"""Every way to write public data raises the version; this walks over all models and all ways."""

import threading

import pytest
from django.apps import apps
from django.db import connections, models, transaction

from contacts import snapshot
from contacts.models import (
    Absence,
    Agency,
    Area,
    Doubt,
    LegalDetails,
    NewsItem,
    Office,
    OpeningHours,
    Organisation,
    PlaceName,
    Post,
    Source,
    SpokenLanguage,
    WorkingGroup,
)
from portal import data_version
from portal.data_version import PerVersion
from portal.models import Page
from projects.models import OfferTime, ProjectContact
from tests import factories
from tests.contacts.test_visibility import published_by
from tests.projects import factories as funding

PUBLIC_MODELS = [
    model for model in apps.get_models() if hasattr(model, "public_scope") and not model._meta.proxy
]


@pytest.fixture
def one_of_each(transactional_db):
    """A row in every public table."""
    district = factories.district()
    town = factories.municipality("Stadt", district, codes=["04668"])
    agency = factories.agency("Stelle", district)
    office = factories.office(agency)
    office.name = "Büro"
    office.save()
    post = factories.post(agency, office=office)
    person = factories.holder(post, "Ada")
    topic = factories.topic()
    post.topics.add(topic)
    factories.rule(post, town)
    Absence.objects.create(person=person, valid_from="2026-01-01")
    SpokenLanguage.objects.create(person=person, code="ar")
    OpeningHours.objects.create(office=office, weekday=1, opens="09:00", closes="12:00")
    Doubt.objects.create(agency=agency, field="phone")
    LegalDetails.objects.create(agency=agency)
    Source.objects.create(key="s", title="Quelle", licence="CC0", dataset="places")
    Page.objects.language("de").create(kind=Page.Kind.IMPRINT, body="Text")
    funding.funded(funding.call(funding.rule_set(funding.programme(agency))))
    published_by(agency, town)


def number(scope: str) -> int:
    return dict(data_version.read().numbers)[scope]


def plain_field(model) -> models.Field:
    """A field that can be written with the value that it has."""
    return next(
        field
        for field in model._meta.concrete_fields
        if not field.primary_key and not field.is_relation
    )


def by_save(row) -> None:
    row.save()


def by_update(row) -> None:
    field = plain_field(type(row))
    type(row).objects.filter(pk=row.pk).update(**{field.name: getattr(row, field.name)})


def by_bulk_update(row) -> None:
    type(row).objects.bulk_update([row], [plain_field(type(row)).name])


@pytest.mark.parametrize("write", [by_save, by_update, by_bulk_update])
def test_every_write_to_every_public_model_raises_its_version(one_of_each, write):
    raised = {}
    for model in PUBLIC_MODELS:
        row = model._base_manager.first()
        assert row is not None, f"the fixture has to make one: {model}"
        before = number(model.public_scope)

        write(row)

        raised[model] = number(model.public_scope) - before
    assert raised == dict.fromkeys(PUBLIC_MODELS, 1)


def by_delete(row) -> None:
    row.delete()


def by_queryset_delete(row) -> None:
    type(row).objects.filter(pk=row.pk).delete()


# Nothing protects these rows from being deleted; the others end instead.
DELETABLE = [Absence, Doubt, LegalDetails, OpeningHours, Page, PlaceName, Source, SpokenLanguage]
DELETABLE += [NewsItem, OfferTime, ProjectContact, Organisation, WorkingGroup]


@pytest.mark.parametrize("delete", [by_delete, by_queryset_delete])
def test_deleting_and_creating_rows_raises_the_version(one_of_each, delete):
    raised = {}
    for model in DELETABLE:
        row = model._base_manager.first()
        before, pk = number(model.public_scope), row.pk

        delete(row)
        between = number(model.public_scope)
        row.pk = pk
        type(row).objects.bulk_create([row])

        raised[model] = (between - before, number(model.public_scope) - between)
    assert raised == dict.fromkeys(DELETABLE, (1, 1))


def test_a_many_to_many_change_raises_the_version(one_of_each):
    post, agency = Post.objects.get(), Agency.objects.get()
    town, district = Area.objects.get(kind="municipality"), Area.objects.get(kind="district")
    for scope, change in (
        ("contacts", lambda: post.topics.clear()),
        ("contacts", lambda: agency.districts.set([])),
        ("places", lambda: town.postal_codes.set([])),
        ("places", lambda: town.neighbours.add(district)),
    ):
        before = number(scope)
        change()
        assert number(scope) == before + 1


def test_one_transaction_raises_the_version_once(one_of_each):
    before = number("contacts")

    with transaction.atomic():
        for post in [Post.objects.get()] * 3:
            post.save()
        Office.objects.update(city="Grimma")

    assert number("contacts") == before + 1


def test_a_rolled_back_write_raises_nothing(one_of_each):
    before = number("contacts")

    with transaction.atomic():
        Post.objects.update(room="1")
        transaction.set_rollback(True)

    assert number("contacts") == before


def test_a_write_after_a_rolled_back_savepoint_raises_the_version(one_of_each):
    before = number("contacts")

    with transaction.atomic():
        with transaction.atomic():
            Post.objects.update(room="1")
            transaction.set_rollback(True)
        Post.objects.update(room="2")

    assert number("contacts") == before + 1


def test_nothing_is_kept_of_a_transaction_that_is_rolled_back(one_of_each):
    before = snapshot.latest()

    with transaction.atomic():
        Post.objects.update(room="never")
        assert [post.room for post in snapshot.latest().posts.values()] == ["never"]
        transaction.set_rollback(True)
    Post.objects.update(room="then")  # the same number, other content

    assert [post.room for post in snapshot.latest().posts.values()] == ["then"]
    assert [post.room for post in before.posts.values()] == [""]


def room() -> str:
    return snapshot.latest().posts[Post.objects.get().pk].room


@pytest.mark.django_db
def test_a_transaction_sees_what_it_has_written_and_builds_that_once(django_assert_num_queries):
    post = factories.post(factories.agency("Stelle", factories.district()))
    for number in ("1", "2"):
        post.room = number
        post.save()
        assert room() == number
        with django_assert_num_queries(1):  # the numbers
            held = snapshot.latest()
        assert snapshot.latest() is held


@pytest.mark.django_db
def test_a_rolled_back_savepoint_brings_back_what_was_to_be_seen_before():
    """Whatever was kept inside it goes with it, and the next one is no older than its writes."""
    post = factories.post(factories.agency("Stelle", factories.district()), room="before")
    before = snapshot.latest()
    for number in ("1", "2"):
        with transaction.atomic():
            post.room = number
            post.save()
            with transaction.atomic():
                Post.objects.update(room="inside")
                assert room() == "inside"
                transaction.set_rollback(True)
            assert room() == number
            with transaction.atomic():
                Post.objects.update(room="kept")
            assert room() == "kept"
            Post.objects.filter(pk=post.pk).update(room="after")
            assert room() == "after"
            transaction.set_rollback(True)
        assert room() == "before"
        assert snapshot.latest() is before

    with transaction.atomic():
        Post.objects.update(room="released")
    assert room() == "released"


def test_what_a_savepoint_wrote_is_undone_with_the_transaction_around_it(one_of_each):
    with transaction.atomic():
        Post.objects.update(room="outside")
        assert room() == "outside"
        with transaction.atomic():
            Office.objects.update(city="inside")
            assert [office.city for office in snapshot.latest().offices.values()] == ["inside"]
        Post.objects.update(room="again")
        assert room() == "again"
        transaction.set_rollback(True)

    assert room() == ""


def test_what_is_held_is_built_once_per_version_by_all_threads(one_of_each):
    built = []
    held = PerVersion(lambda versions: built.append(versions) or versions, "contacts")
    versions = data_version.read()

    def ask() -> None:
        held.at(versions)
        connections.close_all()

    threads = [threading.Thread(target=ask) for _number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(built) == 1


def test_what_is_read_while_somebody_commits_is_read_again(one_of_each):
    rooms = iter(["first", "second"])

    def build(versions):
        room = next(rooms, None)
        if room is not None:
            Post.objects.update(room=room)  # somebody commits between two tables
        if room == "first":
            raise KeyError("a row that names one that was not there yet")
        return Post.objects.get().room

    assert PerVersion(build, "contacts").at(data_version.read()) == "second"


def test_an_error_of_our_own_is_not_tried_again(one_of_each):
    with pytest.raises(KeyError):
        PerVersion(lambda versions: {}["missing"], "contacts").at(data_version.read())


@pytest.mark.django_db
def test_a_cold_snapshot_costs_the_same_number_of_queries_for_any_number_of_rows(
    django_assert_num_queries,
):
    district = factories.district()
    agency = factories.agency("Stelle", district)

    def add(count: int) -> None:
        for position in range(count):
            town = factories.municipality(f"Ort {factories.number()}", district, codes=["04668"])
            post = factories.post(agency, office=factories.office(agency), rank=position)
            factories.holder(post, "Ada")
            factories.rule(post, town)

    add(1)
    with django_assert_num_queries(24):
        snapshot.latest()
    add(3)
    with django_assert_num_queries(24):
        snapshot.latest()
