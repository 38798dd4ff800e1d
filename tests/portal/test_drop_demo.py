"""From the demo to an installation of one's own: what goes, what stays, and who may not do it."""

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from portal.management.commands.demo import somebody_works_here
from portal.models import User
from tests import factories
from tests.servers import PRODUCTION, manage

TRIED_OUT = """
from django.core.files.base import ContentFile
from django.test import Client
from contacts.models import Agency, Area, Document
from portal.models import User

staff = User.objects.get(email="superuser@demo.example")
visitor = Client(SERVER_NAME="localhost")
visitor.force_login(staff, backend="portal.auth.StaffBackend")
assert visitor.get("/verwaltung/").status_code == 200
paper = Document(slug="probe", agency=Agency.objects.first(), kind="concept", title="Probe")
paper.file.save("probe.pdf", ContentFile(b"%PDF-"), save=True)
town = Area.objects.get(key="14729160")
town.official_kind = "Kurort"
town._history_user = staff
town.save()
"""
COUNTS = """
import json
from django.apps import apps
every = [m for m in apps.get_models(include_auto_created=True) if not m._meta.proxy]
print(json.dumps({m._meta.label: m._base_manager.count() for m in every if m._meta.managed}))
"""
PLACES = {
    "contacts.Area",
    "contacts.Area_neighbours",
    "contacts.Area_postal_codes",
    "contacts.Doubt",
    "contacts.HistoricalArea",
    "contacts.HistoricalArea_postal_codes",
    "contacts.HistoricalPlaceName",
    "contacts.LoadRecord",
    "contacts.PlaceName",
    "contacts.PostalCode",
    "contacts.Source",
}
MADE_BY_MIGRATIONS = {"auth.Permission", "contenttypes.ContentType", "portal.DataVersion"}


@pytest.fixture
def demo(tmp_path: Path, fresh_demo) -> Iterator[dict[str, str]]:
    """The environment of a demo that somebody has tried out."""
    with fresh_demo.copy(tmp_path) as variables:
        run("shell", "-v", "0", "-c", TRIED_OUT, **variables)
        yield variables


def run(*command: str, **variables: str) -> str:
    done = manage(*command, **variables)
    assert done.returncode == 0, done.stderr
    return done.stdout


def counts(variables: dict[str, str]) -> dict[str, int]:
    printed = run("shell", "-v", "0", "-c", COUNTS, **variables)
    return json.loads(printed.splitlines()[-1])


def stored(variables: dict[str, str]) -> list[str]:
    return [p.name for p in (Path(variables["VAR_DIR"]) / "files").rglob("*") if p.is_file()]


def test_nothing_but_the_places_is_left_and_a_county_of_its_own_begins(demo):
    before = counts(demo)
    assert before["sessions.Session"] == 1
    assert len(stored(demo)) == 1
    real = {**demo, **PRODUCTION, "DATABASE_URL": demo["DATABASE_URL"]}
    served = manage("check", "--deploy", "--database", "default", **real)
    assert "active demo accounts, and their password is published" in served.stderr

    said = run("drop_demo", "--yes", **demo)

    assert "The demo is gone, with 1 files." in said
    after = counts(demo)
    left = {label for label, number in after.items() if number}
    assert left == PLACES | MADE_BY_MIGRATIONS
    assert stored(demo) == []
    for label in ("Area", "PlaceName", "PostalCode", "Area_postal_codes", "Area_neighbours"):
        assert after[f"contacts.{label}"] == before[f"contacts.{label}"]
    assert after["contacts.HistoricalArea"] == before["contacts.HistoricalArea"] - 1

    begun = run(
        "setup", "--no-input", "--districts=14522", "--name=Stabsstelle",
        "--email=stelle@lkm.example", "--admin=it@lkm.example", **real,
    )  # fmt: skip
    assert "Agency made: Stabsstelle, for Landkreis Mittelsachsen in Sachsen." in begun
    assert "The first log-in asks to set up the second factor." in begun
    again = run("load_places", **real)
    assert "0 created, 0 updated" in again
    assert "edited here, not updated: municipality 14729160" in again
    demo_again = manage("demo", "--no-serve", **demo)
    assert "Somebody has an account of their own in this database" in demo_again.stderr


@pytest.mark.django_db
class TestRefusals:
    def drop(self, answer: str = "no") -> str:
        output = io.StringIO()
        call_command("drop_demo", yes=answer == "yes", stdout=output)
        return output.getvalue()

    def test_a_database_without_a_demo_is_left_alone(self):
        factories.agency()
        with pytest.raises(CommandError, match="no demo here"):
            self.drop("yes")

    def test_a_database_in_which_somebody_works_is_left_alone_by_both(self):
        factories.user("demo@example.org", is_demo=True, is_staff=True)
        assert not somebody_works_here()
        factories.user("it@lkns.example", is_staff=True)
        assert somebody_works_here()
        with pytest.raises(CommandError, match="Staff have accounts of their own here"):
            self.drop("yes")

    def test_only_a_whole_yes_deletes(self, monkeypatch):
        factories.user("demo@example.org", is_demo=True, is_staff=True)
        monkeypatch.setattr("builtins.input", lambda text: "y")
        with pytest.raises(CommandError, match="Nothing was deleted"):
            self.drop()
        monkeypatch.setattr("builtins.input", nobody)
        with pytest.raises(CommandError, match="Nothing was deleted"):
            self.drop()
        assert User.objects.filter(is_demo=True).exists()


def nobody(text: str) -> str:
    raise EOFError
