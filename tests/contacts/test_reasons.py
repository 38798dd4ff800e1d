"""Why an answer is given, in the sentences that people read."""

import datetime as dt

import pytest
from django.utils.translation import override

from contacts.models import PostalCode
from contacts.reasons import listing, why, why_here
from contacts.resolver import look_up, resolve
from contacts.snapshot import latest
from tests import factories
from tests.contacts.county import county

ON = dt.date(2026, 11, 23)


@pytest.fixture(autouse=True)
def _in_english():
    with override("en"):
        yield


@pytest.fixture
def here(db):
    return county()


def reason(text: str, topic: str = "") -> str:
    snapshot = latest()
    return why(look_up(text, snapshot.topic(topic), on=ON, snapshot=snapshot))


def test_a_part_of_a_town_is_explained_by_its_town(here):
    factories.locality("Beucha", here.grimma, codes=["04824"])

    assert reason("Beucha") == (
        "Beucha is a part of Grimma (04824). For Grimma, Martina Richter is responsible."
    )


def test_a_rule_for_the_part_itself_names_the_part(here):
    factories.rule(here.loth, here.nerchau)

    assert "For Nerchau, Jana Loth is responsible." in reason("Nerchau")


def test_a_date_is_only_named_when_it_is_recorded(here):
    assert "(" not in reason("Grimma")

    here.richter.responsibilities.update(valid_from=dt.date(2025, 3, 1))

    assert "Martina Richter is responsible (since 1" in reason("Grimma")


def test_a_postal_code_says_to_which_towns_it_belongs(here):
    colditz = factories.municipality("Colditz", here.district, codes=["04668"])
    factories.rule(here.richter, colditz)

    assert reason("04668") == (
        "The postal code 04668 belongs to Colditz and Grimma. "
        "For all of them Martina Richter is responsible."
    )


def test_a_withdrawn_code_says_which_one_is_in_use(here):
    successor = PostalCode.objects.get(code="04668")
    old = PostalCode.objects.create(code="04685", successor=successor)
    here.nerchau.postal_codes.add(old)

    assert "The postal code 04685 is no longer in use; today it is 04668." in reason("04685")


def test_a_topic_without_a_contact_of_its_own_is_said(here):
    factories.topic("education", "Bildung")

    assert "no contact of its own for the topic “Bildung”" in reason("Grimma", "education")


def test_a_topic_with_a_contact_of_its_own_names_topic_and_area(here):
    topic = factories.topic("education", "Bildung")
    factories.rule(here.loth, here.district, topic=topic)

    assert reason("Grimma", "education") == (
        "For the topic “Bildung” in Landkreis Leipzig, Jana Loth is responsible."
    )


def test_a_post_whose_holder_is_not_recorded_is_named_by_its_title(here):
    here.richter.tenures.all().delete()

    assert "For Grimma, Koordinatorin is responsible." in reason("Grimma")


def test_a_city_of_its_own_is_not_called_part_of_a_district(here):
    city = factories.district("Stadt Chemnitz")
    factories.municipality("Chemnitz", city, official_kind="Kreisfreie Stadt")

    assert "Chemnitz is a city of its own" in reason("Chemnitz")


def test_a_question_has_no_reason(here):
    assert reason("Grima") == ""


def test_the_page_of_a_place_says_why_as_well(here):
    snapshot = latest()
    town = snapshot.gazetteer.municipality_by_slug["borna"]

    assert why_here(resolve(town, on=ON, snapshot=snapshot)) == (
        "For Borna, Jana Loth is responsible."
    )


def test_names_are_listed_as_people_do():
    assert listing([]) == ""
    assert listing(["A"]) == "A"
    assert listing(["A", "B", "C"]) == "A, B and C"
