"""The registry of personal fields, and what is made from it."""

import re
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import models

from portal import jobs, privacy, processing
from portal.models import User
from tests import factories

CAN_SAY_SOMETHING = (
    models.CharField,
    models.TextField,
    models.JSONField,
    models.FileField,
    models.BinaryField,
    models.UUIDField,
    models.GenericIPAddressField,
)
# Rows of a history are those of its table, with who has changed it and why.
OF_THE_HISTORY = {"history_user", "history_change_reason", "history_type"}


def telling(model: type[models.Model]) -> Iterator[str]:
    """The names of the fields in which something about a person can stand.

    Dates, numbers and choices say nothing alone: they belong to whatever row they stand in.
    """
    for field in model._meta.local_concrete_fields:
        is_free = isinstance(field, CAN_SAY_SOMETHING) and not field.choices
        if is_free or (field.is_relation and field.related_model is User):
            yield field.name


def tables() -> Iterator[type[models.Model]]:
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed and not model._meta.proxy:
            yield model


def unanswered(model: type[models.Model], said: dict[str, frozenset[str]]) -> set[str]:
    source = getattr(model, "instance_type", model)  # of a row of a history
    known = said.get(source._meta.label_lower, frozenset())
    return set(telling(model)) - known - (OF_THE_HISTORY if source is not model else set())


def everything_said() -> dict[str, frozenset[str]]:
    people, things = processing.about_people(), processing.about_things()
    return {
        table: people.get(table, frozenset()) | things.get(table, frozenset())
        for table in people.keys() | things.keys()
    }


def test_every_field_is_about_a_person_or_about_a_thing():
    said = everything_said()

    missing = {
        f"{model._meta.label_lower}.{name}"
        for model in tables()
        for name in unanswered(model, said)
    }

    assert missing == set()


def test_a_field_that_nobody_has_thought_of_is_found():
    said = everything_said() | {"contacts.person": frozenset({"user"})}

    assert unanswered(apps.get_model("contacts.person"), said) == {"name"}
    assert unanswered(apps.get_model("contacts.historicalperson"), said) == {"name"}


def test_the_registry_names_fields_that_there_are_each_on_one_side():
    people, things = processing.about_people(), processing.about_things()

    for table, names in (*people.items(), *things.items()):
        assert names <= set(telling(apps.get_model(table))), table
    for table in people.keys() & things.keys():
        assert not people[table] & things[table], table


def test_each_activity_agrees_with_what_people_can_download_and_with_the_jobs_that_erase():
    kinds = {kind.name: kind for kind in privacy.registered()}
    known_jobs = jobs.registered()

    for activity in processing.activities():
        assert set(activity.jobs) <= set(known_jobs), activity.key
        assert set(activity.kinds) <= set(kinds), activity.key
        for name in activity.words:
            table, _dot, field = name.rpartition(".")
            assert field in activity.fields[table].split(), name
    named = {name for activity in processing.activities() for name in activity.kinds}
    assert named == set(kinds)
    answered_for = {table for activity in processing.activities() for table in activity.fields}
    assert {
        table
        for kind in kinds.values()
        for table in kind.models
        if any(telling(apps.get_model(table))) and table not in processing.about_things()
    } <= answered_for


@pytest.mark.django_db
def test_the_notice_names_every_activity_with_its_data_and_period(client):
    factories.agency()

    page = client.get("/en/datenschutz/").text

    for activity in processing.activities():
        assert str(activity.situation) in page
    assert "Your contact: 30 days after the matter has been settled." in page
    assert "Grants: 5 years after the file was closed" in page
    assert re.search(r"Stored: [^.]*IBAN", page)


@pytest.mark.django_db
def test_the_record_names_controllers_purposes_and_what_erases(capsys):
    agency = factories.agency()

    call_command("processing_record", language="en")

    record = capsys.readouterr().out
    assert str(agency) in record
    for activity in processing.activities():
        assert str(activity.purpose) in record
    assert "erase-enquiries" in record
