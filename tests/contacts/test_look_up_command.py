"""The third face of the look-up: a command for scripts and for checks."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    district = factories.district("Landkreis Muster")
    agency = factories.agency("Koordinierungsstelle", district, phone="03433 1000")
    town = factories.municipality("Musterstadt", district, codes=["04668"])
    office = factories.office(agency, "Markt 1", postal_code="04668", city="Musterstadt")
    post = factories.post(agency, "Koordination", phone="03433 2000", office=office)
    factories.holder(post, "Ada Beispiel")
    factories.rule(post, town)
    return town


def run(*command, **options) -> str:
    output = io.StringIO()
    call_command("look_up", *command, stdout=output, **options)
    return output.getvalue()


def test_one_text_on_the_command_line_is_answered_in_words(town):
    output = run("Musterstadt")

    assert "exact: Musterstadt" in output
    assert "Ada Beispiel · 03433 2000 · post@example.org" in output


def test_towns_of_one_name_are_told_apart_and_nothing_found_is_said(town):
    other = factories.municipality("Musterstadt", factories.district("Anderkreis"), codes=["09111"])

    both, nothing = run("Musterstadt").splitlines(), run("Nirgendwo").splitlines()

    assert both == [
        "choose: Musterstadt, Musterstadt",
        f"  {town.key}: 04668 Musterstadt, Landkreis Muster",
        f"  {other.key}: 09111 Musterstadt, Anderkreis",
    ]
    assert nothing == ["none: Nirgendwo"]


def test_words_without_quotes_are_one_text(town):
    assert "exact: Musterstadt" in run("04668", "Musterstadt")


def test_json_reads_a_text_a_line_and_writes_an_object_a_line(town, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("Musterstadt\n\nNirgendwo\n"))

    answers = [json.loads(line) for line in run(json=True).splitlines()]

    assert [answer["outcome"] for answer in answers] == ["exact", "none", "none"]
    assert answers[0] == {
        "typed": "Musterstadt",
        "outcome": "exact",
        "places": [
            {
                "name": "Musterstadt",
                "kind": "municipality",
                "municipality": "Musterstadt",
                "ags": town.key,
                "district": "Landkreis Muster",
                "postal_codes": ["04668"],
            }
        ],
        "posts": [
            {
                "title": "Koordination",
                "holder": "Ada Beispiel",
                "phone": "03433 2000",
                "email": "post@example.org",
                "office": "Markt 1, 04668 Musterstadt",
                "agency": "Koordinierungsstelle",
                "standing_in_for": "",
            }
        ],
        "contact": None,
        "reason": "Für Musterstadt ist Ada Beispiel zuständig.",
    }


def test_nobody_responsible_gives_the_central_contact(town):
    factories.municipality("Nebenort", town.parent)

    answer = json.loads(run("Nebenort", json=True))

    assert answer["outcome"] == "unassigned"
    assert answer["posts"] == []
    assert answer["contact"] == {
        "agency": "Koordinierungsstelle",
        "phone": "03433 1000",
        "email": "stelle@example.org",
    }


def test_another_day_may_have_another_answer(town):
    town.responsibilities.update(valid_until="2026-12-31")

    assert run("Musterstadt", "--on=2026-12-31").startswith("exact")
    assert run("Musterstadt", "--on=2027-01-01").startswith("unassigned")


def test_a_topic_may_be_named_in_words_and_an_unknown_one_is_refused(town):
    factories.topic("education", "Bildung")

    assert run("Musterstadt", topic="bildung").startswith("exact")
    with pytest.raises(CommandError, match="no topic “sport”"):
        run("Musterstadt", topic="sport")


def test_without_text_it_says_what_it_wants():
    with pytest.raises(CommandError, match="Give a place"):
        run()
