"""The first steps in an empty installation: the agency, the administrator, and what is missing."""

import io
import re

import pytest
from django.core.management import CommandError, call_command

from contacts.models import Agency, LegalDetails
from portal.models import User
from tests import factories

pytestmark = pytest.mark.django_db

GIVEN = {
    "districts": "14730",
    "name": "Koordinierungsstelle für Integration",
    "email": "integration@lkns.example",
    "phone": "03421 758-0",
    "admin": "it@lkns.example",
}


@pytest.fixture(autouse=True)
def nordsachsen(db):
    district = factories.district("Landkreis Nordsachsen", "14730")
    factories.municipality("Torgau", district, codes=["04860"])
    return district


def setup(may_ask: bool = False, **options) -> str:
    output = io.StringIO()
    call_command("setup", may_ask=may_ask, stdout=output, **options)
    return output.getvalue()


def test_one_command_makes_the_agency_and_the_administrator(client, nordsachsen, settings):
    settings.SITE_URL = "https://integration.lkns.example"
    settings.SECOND_FACTOR_REQUIRED = True

    said = setup(**GIVEN)

    agency = Agency.objects.get()
    assert (agency.slug, agency.state) == ("landkreis-nordsachsen", "sachsen")
    assert list(agency.districts.all()) == [nordsachsen]
    assert str(agency) == GIVEN["name"]
    assert "The first log-in asks to set up the second factor." in said
    link = re.search(r"https://integration.lkns.example(/\S+)", said)[1]
    form = client.get(link, follow=True, secure=True)
    password = "vier Pferde ziehen"
    chosen = client.post(
        form.redirect_chain[-1][0], {"password1": password, "password2": password}, secure=True
    )
    assert chosen.status_code == 302
    admin = User.objects.get(email="it@lkns.example")
    assert admin.is_superuser
    assert admin.check_password(password)


def test_what_the_law_wants_and_the_environment_lacks_is_said(settings):
    settings.EMAIL_HOST = settings.DEFAULT_FROM_EMAIL = settings.SECURITY_CONTACT = ""

    said = setup(**GIVEN, languages="de,en,uk", sender="Portal <portal@lkns.example>")

    assert "  LANGUAGES=de,en,uk\n" in said
    assert '  DEFAULT_FROM_EMAIL="Portal <portal@lkns.example>"\n' in said
    assert "  EMAIL_HOST=mail.example.de\n" in said
    assert "There is no catalogue for uk (Ukrainian)" in said
    assert "(/de/impressum/, /de/datenschutz/)" in said
    missing = said.partition("still lack: ")[2].partition("\n")[0]
    assert len(missing.split(", ")) == len(LegalDetails.REQUIRED)


def test_a_second_run_changes_nothing_and_shows_a_fresh_link_until_there_is_a_password():
    setup(**GIVEN)
    again = setup()
    assert "There is an agency: Koordinierungsstelle für Integration." in again
    assert "it@lkns.example. Open this within 24 hours" in again

    admin = User.objects.get()
    admin.set_password("vier Pferde ziehen")
    admin.save()
    assert "There is an administrator already." in setup()
    assert (Agency.objects.count(), User.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ({"districts": "14"}, "--districts: “14” is not the key of a district"),
        ({"districts": "14522"}, "--districts: No district has the key 14522. Load its places"),
        ({"districts": "14730, 15091"}, "lie in one state"),
        ({"districts": "12052"}, "Sachsen (14…), Sachsen-Anhalt (15…)"),
        ({"districts": "15082"}, "No municipality of Landkreis Anhalt-Bitterfeld is loaded"),
        ({"state": "sachsen-anhalt"}, "--state: districts whose keys begin with 14 lie in Sachsen"),
        ({"state": "bayern"}, "not in “bayern”"),
        ({"phone": "ask us"}, "--phone: "),
        ({"phone": None, "email": None}, "Give --email: "),
        ({"email": "integration"}, "--email: "),
        ({"name": None}, "Give --name: Name of the office"),
        ({"admin": "it"}, "--admin: "),
        ({"admin": "helper@lkns.example"}, "has an account already"),
        ({"languages": "en"}, "--languages: de has to be among them"),
        ({"languages": "de,xx"}, "--languages: Not the code of a language, such as uk: xx."),
        ({"sender": "the portal"}, "--sender: A sender is written: Portal <portal@example.de>"),
    ],
)
def test_nonsense_is_refused(wrong, complaint):
    factories.user("helper@lkns.example")
    factories.municipality("Wittenberg", factories.district("Landkreis Wittenberg", "15091"))
    factories.municipality("Cottbus", factories.district("Stadt Cottbus", "12052"))
    factories.district("Landkreis Anhalt-Bitterfeld", "15082")

    with pytest.raises(CommandError) as refused:
        setup(**{**GIVEN, **wrong})

    assert complaint in str(refused.value)
    assert not User.objects.filter(is_superuser=True).exists()


def test_what_is_not_given_is_asked_for_until_it_is_right(monkeypatch):
    typed = iter(["99999", "14730", "", "Koordinierungsstelle", "", "nobody", "a@lkns.example",
                  "it@lkns.example", "", ""])  # fmt: skip
    asked = []
    monkeypatch.setattr("builtins.input", lambda text: asked.append(text) or next(typed))

    said = setup(may_ask=True)

    assert "  No district has the key 99999." in said
    assert "[Landkreis Nordsachsen]" in asked[2]
    agency = Agency.objects.get()
    assert (str(agency), agency.email) == ("Koordinierungsstelle", "a@lkns.example")
    assert User.objects.get().email == "it@lkns.example"


def test_what_the_environment_says_is_not_asked_for(settings, monkeypatch):
    def nobody(text):
        raise AssertionError(text)

    monkeypatch.setattr("builtins.input", nobody)
    monkeypatch.setenv("LANGUAGES", "de,en")
    settings.DEFAULT_FROM_EMAIL = "Portal <portal@lkns.example>"

    said = setup(**GIVEN, region="Nordsachsen", may_ask=True)

    assert "LANGUAGES=" not in said
    assert "DEFAULT_FROM_EMAIL=" not in said


def test_a_terminal_that_nobody_sits_at_is_told_what_to_give(monkeypatch):
    def nobody(text):
        raise EOFError

    monkeypatch.setattr("builtins.input", nobody)
    with pytest.raises(CommandError, match="Give --districts, or all with --no-input"):
        setup(may_ask=True)


def test_a_database_with_a_demo_is_refused():
    factories.user("demo@lkns.example", is_demo=True)
    with pytest.raises(CommandError, match="drop_demo"):
        setup(**GIVEN)
    assert not Agency.objects.exists()


def test_a_county_that_is_known_by_name_only_is_said_so(nordsachsen):
    nordsachsen.children.get().postal_codes.clear()
    assert "Of Landkreis Nordsachsen only names are loaded" in setup(**GIVEN)
