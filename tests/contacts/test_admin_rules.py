"""Responsibilities in the administration: refusals, two tabs, what a publication takes away."""

import datetime as dt

import pytest
from django.test import Client

from contacts.models import GoldenCase, Post, Publication, Responsibility, Tenure
from tests import factories
from tests.contacts.county import county
from tests.contacts.test_admin import TODAY, TOMORROW, act, form_of, log_in, saved, text_of, url

YESTERDAY = TODAY - dt.timedelta(days=1)


@pytest.fixture
def place(db):
    return county()


@pytest.fixture
def editor(place) -> Client:
    return log_in(place.agency)


@pytest.fixture
def grimma_rule(place) -> Responsibility:
    return Responsibility.objects.get(area=place.grimma)


def test_a_row_that_is_changed_and_ticked_for_deletion_is_deleted(place, editor):
    address = url("post", f"{place.loth.pk}/change/")
    data = form_of(editor, address) | {
        "responsibilities-0-valid_from": TODAY,
        "responsibilities-0-DELETE": "on",
    }
    saved(editor.post(address, data))
    assert not Responsibility.objects.filter(post=place.loth).exists()
    assert Publication.objects.get().before[0]["valid_from"] is None


def test_what_only_the_database_refuses_is_a_message_and_writes_nothing(place, editor, grimma_rule):
    topic = factories.topic()
    factories.rule(place.richter, place.grimma, topic=topic)
    address = url("post", f"{place.richter.pk}/change/")
    data = form_of(editor, address) | {
        "phone": "03433 999999",
        "responsibilities-0-topic": topic.pk,
        "responsibilities-1-topic": "",
    }
    response = editor.post(address, data, follow=True)
    assert "Please try again" in text_of(response)
    assert not Publication.objects.exists()
    grimma_rule.refresh_from_db()
    assert grimma_rule.topic is None
    assert Post.objects.get(pk=place.richter.pk).phone != "03433 999999"


def test_a_refusal_stays_one_where_there_are_golden_cases(place, editor, grimma_rule):
    GoldenCase.objects.create(agency=place.agency, typed="Grimma", post=place.richter)
    rule = factories.rule(place.loth, place.nerchau, valid_from=TOMORROW)
    page = text_of(act(editor, "end_today", rule, grimma_rule))
    assert "Delete it instead" in page
    assert "has turned" not in page
    grimma_rule.refresh_from_db()
    assert grimma_rule.valid_until is None


def test_warnings_of_one_agency_wait_for_the_others(place, grimma_rule):
    other = factories.agency("Andere Stelle", factories.district("Landkreis Anderswo"))
    town = factories.municipality("Anderstadt", other.districts.get())
    rule = factories.rule(factories.post(other), town, valid_from=TOMORROW)
    page = text_of(act(log_in(is_superuser=True), "end_today", grimma_rule, rule))
    assert "Delete it instead" in page
    assert "nobody answers" not in page
    assert not Publication.objects.exists()


def test_golden_cases_that_stay_wrong_are_told_quietly(place, editor, grimma_rule):
    GoldenCase.objects.create(agency=place.agency, typed="Borna", post=place.richter)
    page = text_of(act(editor, "end_today", grimma_rule))
    assert "Golden cases that were wrong before and still are: “Borna”" in page
    assert "has turned" not in page


def test_an_editor_is_told_whose_town_nobody_answers_for_any_more(place, editor, grimma_rule):
    page = text_of(act(editor, "end_today", grimma_rule))
    assert "nobody answers for Grimma." in page
    address = url("post", f"{place.loth.pk}/change/")
    data = form_of(editor, address) | {"responsibilities-0-DELETE": "on"}
    assert "nobody answers for Borna." in text_of(editor.post(address, data, follow=True))


def test_a_town_that_was_deleted_in_another_tab_keeps_nobody_from_saving(place, editor):
    address = url("post", f"{place.loth.pk}/change/")
    mine = form_of(editor, address) | {
        "phone": "03433 444444",
        "responsibilities-0-valid_until": TOMORROW,
    }
    Responsibility.objects.filter(post=place.loth).delete()
    Tenure.objects.filter(post=place.loth).delete()
    response = editor.post(address, mine, follow=True)
    page = text_of(response)
    assert "Somebody else has deleted 1 row of this page meanwhile." in page
    assert not Responsibility.objects.filter(post=place.loth).exists()
    assert not Tenure.objects.filter(post=place.loth).exists()
    assert Post.objects.get(pk=place.loth.pk).phone == "03433 444444"


def test_a_move_begins_today_at_the_earliest(place, editor, grimma_rule):
    answer = {"post": place.loth.pk, "first_day": YESTERDAY}
    page = text_of(act(editor, "move_to_another_post", grimma_rule, **answer))
    assert "Choose today or a later day" in page
    assert not Publication.objects.exists()


def test_a_move_to_the_same_post_says_that_nothing_changes(place, editor, grimma_rule):
    answer = {"post": place.richter.pk, "first_day": TODAY}
    page = text_of(act(editor, "move_to_another_post", grimma_rule, **answer))
    assert "Nothing changes: Koordinatorin (Martina Richter)" in page
    assert "places moved" not in page


def test_a_move_names_the_person_and_the_day(place, editor, grimma_rule):
    answer = {"post": place.loth.pk, "first_day": TOMORROW}
    page = text_of(act(editor, "move_to_another_post", grimma_rule, **answer))
    assert "1 place moved to Kommunale Koordinatorin (Jana Loth), from" in page
    assert str(TOMORROW.year) in page
