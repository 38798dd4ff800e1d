"""The loader of offices with the real county: one publication, all or nothing, no edit undone."""

import datetime as dt
import io
import shutil
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import transaction

from contacts.models import Doubt, LegalDetails, Post, Publication, Responsibility

pytestmark = pytest.mark.django_db

COUNTY = settings.BASE_DIR / "data" / "offices" / "landkreis-leipzig"


@pytest.fixture(scope="module", autouse=True)
def real_places(django_db_setup, django_db_blocker) -> Iterator[None]:
    """The bundled places, loaded once for this module and rolled back after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_places", verbosity=0)
        yield
        transaction.set_rollback(True)


def load(folder=COUNTY) -> str:
    output = io.StringIO()
    call_command("load_office", folder, stdout=output)
    return output.getvalue()


def test_an_office_is_loaded_twice_with_one_publication():
    load()
    second = load()

    assert "0 created, 0 updated" in second
    assert Responsibility.objects.count() == 31
    publication = Publication.objects.get()
    assert (len(publication.before), len(publication.after)) == (0, 31)
    doubt = Doubt.objects.get(post__slug="kik-3-landkreis-leipzig", field="email")
    assert doubt.other_value == "integrationshilfe@lk-l.de"


def test_an_office_with_a_bad_row_changes_nothing(tmp_path):
    folder = tmp_path / "office"
    shutil.copytree(COUNTY, folder)
    table = folder / "responsibilities.csv"
    text = table.read_text(encoding="utf-8")
    assert "14729380" in text
    table.write_text(text.replace("14729380", "14729999", 1), encoding="utf-8")

    with pytest.raises(CommandError, match=r"responsibilities.csv, line 2: there is no place"):
        load(folder)

    assert not Post.objects.exists()


def test_an_edited_telephone_number_survives_the_next_load():
    load()
    Post.objects.filter(slug="koi-landkreis-leipzig").update(phone="03433 241 0")

    output = load()

    assert Post.objects.get(slug="koi-landkreis-leipzig").phone == "03433 241 0"
    assert "edited here, not updated: post koi-landkreis-leipzig" in output


@pytest.fixture
def with_a_statement(tmp_path):
    """The folder with one legal field more than before."""
    folder = tmp_path / "office"
    shutil.copytree(COUNTY, folder)
    table = folder / "agency.toml"
    text = table.read_text(encoding="utf-8").replace(
        "[legal]", '[legal]\nstatement_on = "2026-11-23"'
    )
    table.write_text(text, encoding="utf-8")
    return folder


def test_a_field_that_the_file_gives_later_is_filled_in(with_a_statement):
    load()

    output = load(with_a_statement)

    assert "0 created, 1 updated" in output
    assert LegalDetails.objects.get().statement_on == dt.date(2026, 11, 23)


def test_a_field_that_somebody_has_filled_before_the_file_is_left_alone(with_a_statement):
    load()
    LegalDetails.objects.update(statement_on=dt.date(2026, 10, 1))

    output = load(with_a_statement)

    assert LegalDetails.objects.get().statement_on == dt.date(2026, 10, 1)
    assert "edited here, not updated: legaldetails landkreis-leipzig" in output
