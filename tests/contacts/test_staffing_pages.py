"""Handing over, following in a post, being away: seen first, published, taken back."""

import datetime as dt

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from contacts.models import Absence, Person, Publication, Responsibility, StaffRole, Tenure
from contacts.roles import Role
from tests import factories
from tests.contacts.test_admin import form_of
from tests.reading import seen_in

pytestmark = pytest.mark.django_db
SUNDAY = dt.datetime(2026, 11, 22, 10, 30, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def on_a_sunday():
    with time_machine.travel(SUNDAY, tick=False):
        yield


def page(row, step: str) -> str:
    name = f"admin:{row._meta.app_label}_{row._meta.model_name}_{step}"
    return reverse(name, args=[row.pk])


def publish(client: Client, address: str, **data):
    """Look, then publish what was looked at."""
    looked = client.post(address, {**data, "_look": "1"})
    assert looked.status_code == 200, seen_in(looked)
    return client.post(
        address, {**data, "_publish": "1", "looked": looked.context["looked"]}, follow=True
    )


def spans(post) -> list[tuple]:
    rows = Tenure.objects.filter(post=post).order_by("pk")
    return list(rows.values_list("person__name", "valid_from", "valid_until"))


# Hand over ----------------------------------------------------------------------------------------


def test_all_towns_are_ticked_and_next_monday_is_set(place, editor):
    form = editor.get(page(place.richter, "hand_over")).context["form"]

    assert form["first_day"].value() == dt.date(2026, 11, 23)
    assert form["rules"].value() == [Responsibility.objects.get(area=place.grimma).pk]
    assert [str(post) for post in form.fields["post"].queryset] == ["Kommunale Koordinatorin"]


def test_who_answers_is_shown_before_anything_is_written(place, editor):
    rule = Responsibility.objects.get(area=place.grimma)
    data = {"rules": [rule.pk], "post": place.loth.pk, "first_day": "2026-12-01"}

    answer = editor.post(page(place.richter, "hand_over"), {**data, "_look": "1"})

    assert "Grimma Martina Richter Jana Loth" in seen_in(answer)
    assert not Publication.objects.exists()
    assert Responsibility.objects.get(area=place.grimma).valid_until is None


def test_towns_go_over_on_the_day_and_come_back(place, editor):
    rule = Responsibility.objects.get(area=place.grimma)
    data = {"rules": [rule.pk], "post": place.loth.pk, "first_day": "2026-12-01"}

    answer = publish(editor, page(place.richter, "hand_over"), **data, reason="New team")

    assert "Published." in seen_in(answer)
    rules = Responsibility.objects.filter(area=place.grimma).order_by("pk")
    assert list(rules.values_list("post__slug", "valid_from", "valid_until")) == [
        ("koi", None, dt.date(2026, 11, 30)),
        ("kik", dt.date(2026, 12, 1), None),
    ]
    published = Publication.objects.get()
    assert (published.kind, published.reason) == ("hand-over", "New team")

    back = page(published, "undo")
    seen = editor.get(back)
    assert "Who answers on 1 Dec 2026" in seen_in(seen)
    assert "Grimma Jana Loth Martina Richter" in seen_in(seen)
    editor.post(back, {"_publish": "1", "looked": seen.context["looked"]})
    assert list(rules.values_list("post__slug", "valid_until")) == [("koi", None)]


def test_what_was_changed_after_looking_is_shown_again(place, editor):
    rule = Responsibility.objects.get(area=place.grimma)
    address = page(place.richter, "hand_over")
    data = {"rules": [rule.pk], "post": place.loth.pk, "first_day": "2026-12-01"}
    looked = editor.post(address, {**data, "_look": "1"}).context["looked"]

    data["first_day"] = "2026-12-08"
    answer = editor.post(address, {**data, "_publish": "1", "looked": looked})

    assert "You have changed something since you looked." in seen_in(answer)
    assert not Publication.objects.exists()


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"first_day": "2026-11-01"}, "Choose today or a later day"),
        ({"first_day": "soon"}, "Enter a valid date."),
        ({"rules": []}, "Tick at least one place."),
        ({"post": ""}, "This field is required."),
    ],
)
def test_a_hand_over_that_cannot_be_is_explained(place, editor, changed, message):
    rule = Responsibility.objects.get(area=place.grimma)
    data = {"rules": [rule.pk], "post": place.loth.pk, "first_day": "2026-12-01", **changed}

    answer = editor.post(page(place.richter, "hand_over"), {**data, "_look": "1"})

    assert answer.status_code == 422
    assert message in seen_in(answer)


def test_a_town_that_a_colleague_has_moved_meanwhile_is_not_moved_again(place, editor):
    rule = Responsibility.objects.get(area=place.grimma)
    data = {"rules": [rule.pk], "post": place.loth.pk, "first_day": "2026-12-01"}
    address = page(place.richter, "hand_over")
    looked = editor.post(address, {**data, "_look": "1"}).context["looked"]
    Responsibility.objects.filter(pk=rule.pk).update(post=place.loth)

    answer = editor.post(address, {**data, "_publish": "1", "looked": looked})

    assert answer.status_code == 422
    assert "Select a valid choice." in seen_in(answer)
    assert not Publication.objects.exists()


def test_the_public_page_is_seen_as_it_would_be_and_nothing_stays(place, editor):
    rule = Responsibility.objects.get(area=place.grimma)
    data = {
        "rules": [rule.pk],
        "post": place.loth.pk,
        "first_day": "2026-12-01",
        "preview_page": "/de/orte/grimma/",
    }
    for day, holder in (("2026-11-30", "Martina Richter"), ("2026-12-01", "Jana Loth")):
        answer = editor.post(
            page(place.richter, "hand_over"), {**data, "_preview": "1", "preview_on": day}
        )
        assert f"Für Grimma ist {holder} zuständig" in seen_in(answer)
        assert "no-store" in answer["Cache-Control"]

    assert not Publication.objects.exists()
    assert "Für Grimma ist Martina Richter zuständig" in seen_in(Client().get("/de/orte/grimma/"))


@pytest.mark.parametrize("address", ["/verwaltung/", "/de/hinweis/", "//evil.example/", "", "x"])
def test_nothing_but_a_public_page_can_be_previewed(place, editor, address):
    rule = Responsibility.objects.get(area=place.grimma)
    data = {"rules": [rule.pk], "post": place.loth.pk, "first_day": "2026-12-01"}

    answer = editor.post(
        page(place.richter, "hand_over"), {**data, "_preview": "1", "preview_page": address}
    )

    assert (answer.status_code, seen_in(answer)) == (422, "This page cannot be shown.")


# New holder ---------------------------------------------------------------------------------------


def test_one_person_follows_another_at_the_end_of_the_month(place, editor):
    address = page(place.richter, "new_holder")
    form = editor.get(address).context["form"]
    assert form["last_day"].value() == dt.date(2026, 11, 30)
    assert form["leaving"].value() == place.person.pk
    data = {"leaving": place.person.pk, "last_day": "2026-11-30", "new_name": "Nora Neu"}

    looked = seen_in(editor.post(address, {**data, "_look": "1"}))
    assert "Martina Richter Martina Richter · – 30 Nov 2026" in looked
    assert "Koordinatorin (Martina Richter) – Nora Neu · 1 Dec 2026 –" in looked
    publish(editor, address, **data)

    assert spans(place.richter) == [
        ("Martina Richter", None, dt.date(2026, 11, 30)),
        ("Nora Neu", dt.date(2026, 12, 1), None),
    ]
    assert Publication.objects.get().kind == Publication.Kind.REPLACEMENT
    editor.post(page(Publication.objects.get(), "undo"), {"_publish": "1", "looked": ""})
    seen = editor.get(page(Publication.objects.get(), "undo"))
    editor.post(
        page(Publication.objects.get(), "undo"),
        {"_publish": "1", "looked": seen.context["looked"]},
    )
    assert spans(place.richter) == [("Martina Richter", None, None)]
    assert not Person.objects.filter(name="Nora Neu").exists()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({}, "Say who leaves, who follows, or both."),
        ({"leaving": "own", "following": "own"}, "Nobody follows himself or herself."),
        ({"following": "own", "new_name": "Nora"}, "Choose somebody from the list or enter"),
    ],
)
def test_a_change_of_holder_that_makes_no_sense_is_explained(place, editor, data, message):
    data = {name: place.person.pk if value == "own" else value for name, value in data.items()}

    answer = editor.post(
        page(place.richter, "new_holder"), {**data, "last_day": "2026-11-30", "_look": "1"}
    )

    assert answer.status_code == 422
    assert message in seen_in(answer)


# Absence ------------------------------------------------------------------------------------------


def test_a_holiday_names_a_stand_in_and_can_be_previewed(place, editor):
    address = page(place.person, "absence")
    data = {"first_day": "2026-12-21", "last_day": "2027-01-03", "stand_in": place.loth.pk}

    answer = editor.post(
        address, {**data, "_preview": "1", "preview_page": "/de/ansprechpersonen/koi/"}
    )
    assert "Jana Loth" in seen_in(answer)
    assert not Absence.objects.exists()

    publish(editor, address, **data)
    absence = Absence.objects.get()
    assert (absence.person, absence.stand_in) == (place.person, place.loth)
    assert absence.valid_until == dt.date(2027, 1, 3)


def test_nobody_stands_in_for_himself(place, editor):
    form = editor.get(page(place.person, "absence")).context["form"]
    assert place.richter not in form.fields["stand_in"].queryset


# The form of a post -------------------------------------------------------------------------------


def test_a_post_is_previewed_as_it_would_be_saved(place, editor):
    address = reverse("admin:contacts_post_change", args=[place.richter.pk])
    data = form_of(editor, address) | {
        "phone": "03437 1234",
        "_preview": "1",
        "preview_page": "/de/ansprechpersonen/koi/",
        "preview_on": "2026-11-22",
    }

    answer = editor.post(address, data)

    assert "03437 1234" in seen_in(answer)
    place.richter.refresh_from_db()
    assert place.richter.phone == "03433 241-3431"
    assert "erfolgreich" not in seen_in(editor.get(reverse("admin:index")))


def test_other_agencies_and_readers_are_kept_out(place, editor):
    other = factories.agency("Fremde Stelle", factories.district("Landkreis Fremd"))
    foreign = factories.post(other, "Fremder Posten")
    assert editor.get(page(foreign, "hand_over")).status_code == 404

    reader = factories.user(is_staff=True)
    StaffRole.objects.create(user=reader, agency=place.agency, role=Role.AUDITOR)
    client = Client()
    client.force_login(reader)
    assert client.get(page(place.richter, "hand_over")).status_code == 403


# Bodies that no page of ours sends ----------------------------------------------------------------


@pytest.mark.parametrize("key", ["9" * 20, "x", "a\0b"])
def test_a_place_without_a_possible_key_is_an_error_in_the_form(place, editor, key):
    data = {"rules": [key], "post": place.loth.pk, "first_day": "2026-12-01", "_look": "1"}

    assert editor.post(page(place.richter, "hand_over"), data).status_code == 422


def test_the_last_day_of_all_days_has_none_after_it(place, editor):
    data = {"leaving": place.person.pk, "last_day": "9999-12-31", "new_name": "Nora Neu"}

    answer = editor.post(page(place.richter, "new_holder"), {**data, "_look": "1"})

    assert answer.status_code == 422
    assert "Choose an earlier day." in seen_in(answer)


@pytest.mark.parametrize("key", ["9" * 20, "x"])
def test_no_list_and_no_form_breaks_on_an_impossible_key(place, editor, key):
    listed = reverse("admin:contacts_post_changelist")
    answer = editor.post(listed, {"action": "confirm_selected", "_selected_action": [key]})
    assert answer.status_code == 400

    address = page(place.richter, "change")
    answer = editor.post(address, form_of(editor, address) | {"office": key, "topics": key})
    assert "Select a valid choice" in seen_in(answer)


def test_a_form_whose_hidden_field_is_nonsense_is_saved_as_it_stands(place, editor):
    address = page(place.agency, "change")
    data = form_of(editor, address) | {"seen": "[" * 100_000, "phone": "03433 7"}

    assert editor.post(address, data).status_code == 302
    place.agency.refresh_from_db()
    assert place.agency.phone == "03433 7"
