"""Out of use: only what nothing needs any more, and it stays for the record."""

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from contacts import publishing, responsibilities
from contacts.models import Absence, Post, Responsibility, Tenure
from tests import factories
from tests.contacts.county import BEFORE_NOON
from tests.reading import seen_in

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 23)


@pytest.fixture(autouse=True)
def on_a_monday():
    with time_machine.travel(BEFORE_NOON, tick=False):
        yield


def press(client: Client, row, step: str = "archive") -> str:
    name = f"admin:contacts_{row._meta.model_name}_{step}"
    return seen_in(client.post(reverse(name, args=[row.pk]), follow=True))


def listed(client: Client, address: str) -> str:
    return seen_in(client.get(address))


def test_a_post_that_is_still_needed_stays_and_says_by_whom(place, editor):
    place.loth.deputy = place.richter
    place.loth.save()
    holder = Tenure.objects.get(post=place.loth).person
    Absence.objects.create(person=holder, valid_from=TODAY, stand_in=place.richter)

    text = press(editor, place.richter)

    assert "It answers for 1 place. Hand that over first." in text
    assert "It is the deputy of “Kommunale Koordinatorin”." in text
    assert "It stands in for Jana Loth." in text
    place.richter.refresh_from_db()
    assert place.richter.archived_on is None


def test_a_post_out_of_use_is_only_found_by_old_links(place, editor):
    Responsibility.objects.filter(post=place.richter).delete()

    assert "Out of use:" in press(editor, place.richter)

    assert Tenure.objects.get(post=place.richter).valid_until == TODAY
    page = Client().get("/en/ansprechpersonen/koi/")
    assert "This contact does not exist any more." in seen_in(page)
    assert "03433 241-3431" not in seen_in(page).partition("Please ask the agency.")[0]
    for address in (
        "/en/ansprechpersonen/",
        "/en/stellen/landkreis-leipzig/",
        "/en/standorte/grimma/",
    ):
        assert "Martina Richter" not in listed(Client(), address)
    assert "/ansprechpersonen/koi/" not in Client().get("/sitemap.xml").content.decode()
    assert "Koordinatorin" in listed(editor, "/verwaltung/contacts/post/?use=not")
    assert "03433 241-3431" not in listed(editor, "/verwaltung/contacts/post/")
    form = editor.get(reverse("admin:contacts_post_hand_over", args=[place.loth.pk])).context[
        "form"
    ]
    assert place.richter not in form.fields["post"].queryset


def test_taking_back_a_hand_over_gives_no_place_to_a_post_out_of_use(place, editor):
    rules = Responsibility.objects.filter(post=place.richter)
    moved = responsibilities.move(rules, to=place.loth, on=TODAY)
    handed_over = publishing.publish(place.agency, moved, by=None, now=BEFORE_NOON)
    assert "Out of use:" in press(editor, place.richter)

    address = reverse("admin:contacts_publication_undo", args=[handed_over.pk])
    page = seen_in(editor.get(address))

    assert "is out of use. Take it into use again first." in page
    press(editor, place.richter, "bring-back")
    assert "is out of use" not in seen_in(editor.get(address))


def test_it_comes_back(place, editor):
    Responsibility.objects.filter(post=place.richter).delete()
    press(editor, place.richter)

    assert "In use again:" in press(editor, place.richter, "bring-back")

    assert Post.objects.get(slug="koi").archived_on is None


def test_an_office_goes_when_nobody_works_there(place, editor):
    assert "1 post works there." in press(editor, place.office)
    Post.objects.filter(office=place.office).update(office=None)

    press(editor, place.office)

    assert "This office is not used any more." in listed(Client(), "/en/standorte/grimma/")
    assert "Südstraße" not in listed(Client(), "/en/stellen/landkreis-leipzig/")


def test_a_topic_that_posts_name_is_not_deleted(place):
    topic = factories.topic()
    place.richter.topics.add(topic)
    client = Client()
    client.force_login(factories.user(is_staff=True, is_superuser=True))
    address = reverse("admin:contacts_topic_delete", args=[topic.pk])

    assert client.get(address).status_code == 403
    place.richter.topics.clear()
    assert client.get(address).status_code == 200


def test_nobody_stands_in_or_deputises_from_a_post_out_of_use(place):
    Post.objects.filter(pk=place.richter.pk).update(archived_on=TODAY)
    place.richter.refresh_from_db()
    holder = Tenure.objects.get(post=place.loth).person
    away = Absence(person=holder, valid_from=TODAY, stand_in=place.richter)
    with pytest.raises(ValidationError, match=r"out of use|nicht mehr in Gebrauch"):
        away.full_clean()
    away.valid_until = TODAY  # over when the post went
    away.full_clean()

    place.loth.deputy = place.richter
    with pytest.raises(ValidationError, match=r"out of use|nicht mehr in Gebrauch"):
        place.loth.full_clean()
