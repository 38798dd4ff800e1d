"""Who changed what when, on every contact model; and the way back."""

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from contacts import history, publishing, responsibilities
from contacts.models import (
    Locality,
    OpeningHours,
    PlaceName,
    Post,
    PostTranslation,
    Responsibility,
    StaffRole,
    Tenure,
)
from portal.history import note_bulk
from tests import factories
from tests.contacts.county import county
from tests.contacts.test_admin import form_of
from tests.contacts.test_visibility import PUBLISHED
from tests.reading import seen_in

pytestmark = pytest.mark.django_db

# Rules are changed by publications only, and these are their history; a rule set is a version; the
# register follows the grants, whose files have the events.
OTHERWISE = {"Responsibility", "RuleSet", "MeasureType", "CostCategory", "Declaration"}
OTHERWISE |= {"FundedProject"}
TRACKED = [model for model in PUBLISHED if model.__name__ not in OTHERWISE]


@pytest.fixture
def place():
    with translation.override("en"):
        yield county()


def page(row, step: str = "history", *args) -> str:
    return reverse(f"admin:contacts_{row._meta.model_name}_{step}", args=[row.pk, *args])


def said(row) -> list[tuple]:
    return [
        (entry.about, entry.kind, [(c.label, c.before, c.after) for c in entry.changes])
        for entry in history.entries_of(row)
    ]


@pytest.mark.parametrize("model", [*TRACKED, PlaceName, PostTranslation], ids=lambda m: m.__name__)
def test_every_contact_model_is_tracked(model):
    assert history.is_tracked(model)


def test_a_new_number_tells_who_when_and_what_it_was(place, editor):
    address = reverse("admin:contacts_post_change", args=[place.richter.pk])
    editor.post(address, form_of(editor, address) | {"phone": "03437 1234"})

    text = seen_in(editor.get(page(place.richter)))

    assert "Eda Editor Field before after Telephone 03433 241-3431 03437 1234" in text


def test_translations_holders_topics_and_what_is_deleted_are_in_the_history(place):
    topic = factories.topic()
    before = len(history.entries_of(place.richter))
    place.richter.set_current_language("en")
    place.richter.title = "Coordinator"
    place.richter.save()
    place.richter.topics.add(topic)
    Tenure.objects.get(post=place.richter).delete()

    new = said(place.richter)[: len(said(place.richter)) - before]

    assert ("translation (English)", "+", [("title", "", "Coordinator")]) in new
    assert ("holder: Martina Richter", "-", []) in new
    assert ("post", "~", [("topics", "", str(topic))]) in new


def test_a_part_of_a_town_edited_through_its_proxy_has_a_history(place):
    part = Locality.objects.get(pk=place.nerchau.pk)
    part.name = "Nerchau-Ost"
    part.save()

    assert said(part)[0] == ("place", "~", [("name", "Nerchau", "Nerchau-Ost")])


def test_an_earlier_version_comes_back(place, editor):
    former = place.richter.history.first()
    place.richter.phone = "03437 1234"
    place.richter.save()

    answer = editor.post(page(place.richter, "restore", "post", former.history_id), follow=True)

    assert "The earlier version is back." in seen_in(answer)
    place.richter.refresh_from_db()
    assert place.richter.phone == "03433 241-3431"
    assert history.entries_of(place.richter)[0].who == "Eda Editor"


def test_a_translation_and_deleted_hours_come_back(place):
    title = place.richter.translations.get(language_code="de")
    former = title.history.first()
    title.title = "Falsch"
    title.save()
    hours = OpeningHours.objects.get(office=place.office)
    pk = hours.pk
    hours.delete()

    history.restore(former, by=None)
    lost = next(
        e
        for e in history.entries_of(place.office)
        if e.model == "openinghours" and e.can_be_restored
    )
    record = history.find(place.office, model=lost.model, version=lost.version)
    history.restore(record, by=None)

    assert Post.objects.get(pk=place.richter.pk).translations.get(language_code="de").title == (
        "Koordinatorin"
    )
    assert OpeningHours.objects.get(pk=pk).opens == dt.time(9)


def test_a_version_that_no_longer_fits_is_refused_in_words(place, editor):
    other = factories.agency("Andere Stelle", factories.district("Landkreis Fremd"))
    foreign = factories.office(other, "Hauptstraße 1")
    record = place.richter.history.first()
    type(record).objects.filter(pk=record.pk).update(office=foreign)

    answer = editor.post(page(place.richter, "restore", "post", record.history_id), follow=True)

    assert "This version no longer fits: This office belongs to another agency." in seen_in(answer)


def test_nobody_restores_what_belongs_to_another_row(place, editor):
    record = place.loth.history.first()
    address = page(place.richter, "restore", "post", record.history_id)

    assert editor.post(address).status_code == 404
    assert editor.get(address).status_code == 405


def test_a_long_history_costs_no_more_queries(place):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            history.entries_of(place.richter)
        return len(captured)

    few = queries()
    for number in range(20):
        place.richter.room = str(number)
        place.richter.save()

    assert queries() == few


def test_the_history_of_a_rule_and_of_a_post_names_the_publications(place, editor):
    rule = Responsibility.objects.select_related("post__agency", "area").get(area=place.grimma)
    editor_user = StaffRole.objects.get().user
    publishing.publish(
        place.agency,
        responsibilities.move([rule], to=place.loth, on=dt.date(2027, 1, 1)),
        by=editor_user,
        reason="New year",
        now=dt.datetime(2026, 11, 23, 10, tzinfo=dt.UTC),
    )

    for row in (rule, place.richter):
        text = seen_in(editor.get(page(row)))
        assert "Publication: New year" in text
        assert "Eda Editor Field before after Grimma Koordinatorin (Martina Richter)" in text
    assert "Kommunale Koordinatorin (Jana Loth) · 1 Jan 2027" in seen_in(
        editor.get(page(place.loth))
    )


def test_what_was_loaded_is_the_first_version_with_its_links(place):
    topic = factories.topic()
    Post.topics.through.objects.bulk_create([Post.topics.through(post=place.richter, topic=topic)])
    note_bulk(Post, [place.richter.pk], is_new=False)
    place.richter.phone = "0341 1"
    place.richter.save()

    assert said(place.richter)[0] == (
        "post",
        "~",
        [("telephone", "03433 241-3431", "0341 1")],
    )


# What somebody may not change ---------------------------------------------------------------------


def restored(client: Client, row, version) -> None:
    model = version.instance_type._meta.model_name
    answer = client.post(page(row, "restore", model, version.history_id))
    assert answer.status_code == 302


def test_an_editor_does_not_get_a_district_back_that_was_taken_from_the_agency(place, editor):
    other = factories.district("Landkreis Nachbar")
    place.agency.districts.add(other)
    with_other = place.agency.history.first()
    place.agency.districts.set([place.district])
    place.agency.phone = "03433 1"
    place.agency.save()

    restored(editor, place.agency, with_other)

    place.agency.refresh_from_db()
    assert place.agency.phone == "03433 241-3431"
    assert list(place.agency.districts.all()) == [place.district]


def test_an_editor_does_not_connect_an_account_by_going_back(place, editor):
    account = factories.user()
    place.person.user = account
    place.person.save()
    connected = place.person.history.first()
    place.person.user = None
    place.person.name = "Martina Neu"
    place.person.save()

    restored(editor, place.person, connected)

    place.person.refresh_from_db()
    assert (place.person.name, place.person.user) == ("Martina Richter", None)


def test_going_back_takes_no_post_out_of_use_that_has_places(place, editor):
    place.richter.archived_on = dt.date(2026, 11, 1)
    place.richter.save()
    out_of_use = place.richter.history.first()
    place.richter.archived_on = None
    place.richter.save()

    restored(editor, place.richter, out_of_use)

    place.richter.refresh_from_db()
    assert place.richter.archived_on is None
