"""Bundled networks: loaded with their office, no edit lost, and a bad file says what is wrong."""

import datetime as dt
import io
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client

from contacts.models import (
    Agency,
    GroupMember,
    Interpreter,
    InterpreterPool,
    Organisation,
    Post,
    WorkingGroup,
)
from contacts.network.demo import CONVENOR, create_network
from tests.reading import seen_in

pytestmark = pytest.mark.django_db
OFFICES = settings.BASE_DIR / "data" / "offices"
WITTENBERG = OFFICES / "wittenberg"
# As some office would write it: every field once.
WHOLE = """
agency = "wittenberg"
[[organisation]]
key = "chor-sonne"
name = "Chor Sonne"
kind = "volunteers"
area = "15091375"
email = "chor@example.org"
website = "https://chor.example/"
listed = true
summary = { de = "Singt dienstags", en = "Sings on Tuesdays" }
[[organisation]]
key = "still"
name = "Verein Still"
kind = "sport"
[[group]]
key = "ag-musik"
kind = "working"
started_on = 2020-01-01
ended_on = 2021-12-31
name = { de = "AG Musik", en = "Group on music" }
tasks = { de = ["Singen", "Tanzen"], en = ["Sing"] }
[[interpreter_pool]]
key = "pool"
post = "koordinierungsstelle-wittenberg"
languages = ["ar", "ti"]
name = { de = "Pool" }
"""


@pytest.fixture(scope="module", autouse=True)
def places(django_db_setup, django_db_blocker) -> Iterator[None]:
    """The bundled places, loaded once for this module and rolled back after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_places", verbosity=0)
        yield
        transaction.set_rollback(True)


def load(folder: Path = WITTENBERG) -> str:
    output = io.StringIO()
    call_command("load_office", folder, stdout=output)
    return output.getvalue()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Wittenberg's, with the network of this test."""
    copied = shutil.copytree(WITTENBERG, tmp_path / "office")
    (copied / "network.toml").write_text(WHOLE, encoding="utf-8")
    return copied


def test_the_bundled_network_of_wittenberg_stands_on_its_page_and_names_nobody():
    load()

    seen = seen_in(Client().get("/en/netzwerk/"))
    groups = (
        "Steering group Working group “Language",
        "Working group “Language – training – work” Standing working group",
        "Working group “Sport – culture – taking part” Standing working group",
        "Working group on vocational school",
    )
    assert [seen.index(group) for group in groups] == sorted(map(seen.index, groups))
    assert "AG „Sprache – Ausbildung – Arbeit“" in seen_in(Client().get("/de/netzwerk/"))
    assert not Organisation.objects.exists()
    assert not GroupMember.objects.exists()


def test_the_bundled_pool_of_mittelsachsen_has_its_desk_and_no_language():
    load(OFFICES / "mittelsachsen")

    pool = InterpreterPool.objects.get()
    assert (pool.slug, pool.run_by) == (
        "sprachmittlung-mittelsachsen",
        "BEGREIFEN Förderverein e. V.",
    )
    assert (pool.post.slug, pool.started_on) == ("dolmetschen-mittelsachsen", dt.date(2017, 2, 1))
    assert pool.languages == []
    assert not Interpreter.objects.exists()


def test_every_field_is_loaded(folder):
    load(folder)

    chor, still = Organisation.objects.order_by("slug")
    assert (chor.kind, chor.area.name, chor.is_listed) == (
        "volunteers",
        "Lutherstadt Wittenberg",
        True,
    )
    assert chor.translations.get(language_code="en").summary == "Sings on Tuesdays"
    assert (still.is_listed, still.area, still.translations.count()) == (False, None, 0)
    group = WorkingGroup.objects.get()
    assert group.ended_on == dt.date(2021, 12, 31)
    assert group.translations.get(language_code="de").tasks == "Singen\nTanzen"
    assert InterpreterPool.objects.get().languages == ["ar", "ti"]
    seen = seen_in(Client().get("/en/netzwerk/"))
    assert "Sings on Tuesdays" in seen
    assert "Verein Still" not in seen


def test_a_second_run_changes_nothing_and_an_edit_stays(folder):
    load(folder)
    Organisation.objects.filter(slug="chor-sonne").update(name="Chor Mond", is_listed=False)

    report = load(folder)

    assert "wittenberg, network: 0 created, 0 updated" in report
    assert "edited here, not updated: organisation chor-sonne" in report
    chor = Organisation.objects.get(slug="chor-sonne")
    assert (chor.name, chor.is_listed) == ("Chor Mond", False)


@pytest.mark.parametrize(
    ("written", "instead", "problem"),
    [
        ('kind = "volunteers"', 'kind = "voluntears"', "voluntears"),
        ('kind = "working"', 'kind = "club"', "club"),
        ('area = "15091375"', 'area = "99999999"', "99999999"),
        ('name = "Chor Sonne"', 'name = ""', "chor-sonne: name is missing"),
        ('name = "Chor Sonne"', 'named = "Chor Sonne"', "has no field called named"),
        ("listed = true", 'listed = "yes"', "listed is true or false"),
        ('name = { de = "Pool" }', 'name = { en = "Pool" }', "name has no text in de"),
        ('name = { de = "Pool" }', 'name = "Pool"', "name needs a text for each language"),
        ("started_on = 2020-01-01", 'started_on = "2020"', "started_on is no date"),
        ("ended_on = 2021-12-31", "ended_on = 2019-12-31", "refuses this row"),
        ('post = "koordinierungsstelle', 'post = "stelle', "is none of this agency"),
        ('["ar", "ti"]', '["arabisch"]', "is no code of a language"),
        ('["ar", "ti"]', "5", "“5” is no code of a language"),
        ("started_on = 2020-01-01", "started_on = 2020-01-01T08:00:00", "started_on is no date"),
        ('agency = "wittenberg"', 'agency = "nobody"', "agency names none"),
        ("[[group]]", "[group]", r"write \[\[group\]\] before each group"),
        ("[[group]]", "[[groups]]", "nothing called groups"),
        ('key = "still"', 'key = "chor-sonne"', "stands here twice"),
        ('email = "chor@example.org"', 'email = "chor"', "email “chor”"),
        ("[[group]]", "[[group", "network.toml"),
    ],
)
def test_a_bad_entry_is_named_and_changes_nothing(folder, written, instead, problem):
    assert written in WHOLE
    text = WHOLE.replace(written, instead, 1)
    (folder / "network.toml").write_text(text, encoding="utf-8")

    with pytest.raises(CommandError, match=problem) as refused:
        load(folder)

    assert "network.toml" in str(refused.value)
    assert not Agency.objects.exists()
    assert not Post.objects.exists()


def test_the_demo_gets_an_invented_group_with_a_convenor_once():
    load()

    first, again = create_network(), create_network()

    assert first == again
    assert first.members.get(role="convenor").email == CONVENOR
    assert first.members.count() == 3
    invented = [str(row) for row in (*Organisation.objects.all(), first)]
    assert all("(Beispiel)" in name for name in invented)
    page = Client().get(f"/de/netzwerk/gruppen/{first.slug}/").text
    assert "Das Nachbarschaftsfest vorbereiten" in page
    assert not [m.name for m in first.members.all() if m.name in page or m.email in page]
