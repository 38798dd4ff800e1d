"""The way in, files for machines, and what public pages refuse."""

import datetime as dt
import re

import pytest
from django.test import Client, override_settings

from tests import factories

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("accepts", "language"),
    [("en-GB,en;q=0.9,de;q=0.5", "en"), ("de-AT", "de"), ("fr", "de"), ("", "de")],
)
def test_the_way_in_is_the_language_that_the_browser_asks_for(client, accepts, language):
    response = client.get("/", headers={"Accept-Language": accepts})

    assert response.status_code == 302
    assert response["Location"] == f"/{language}/"
    assert "Accept-Language" in response["Vary"]


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_a_public_page_can_only_be_read(client, method):
    response = getattr(client, method)("/de/")

    assert response.status_code == 405
    assert response["Allow"] == "GET, HEAD"


def test_the_language_switch_keeps_page_and_question(client):
    html = client.get("/de/zustaendig/?ort=Qqqq").content.decode()

    assert re.search(r'class="language" href="/en/zustaendig/\?ort=Qqqq" hreflang="en"', html)


def test_the_demo_says_what_it_is_on_every_page_and_wants_not_to_be_found(client):
    html = client.get("/en/").content.decode()

    assert "No official service." in html
    assert '<meta name="robots" content="noindex">' in html
    assert "Disallow: /\n" in client.get("/robots.txt").content.decode()


@override_settings(DEMO=False)
def test_a_real_site_carries_no_banner_and_may_be_found(client):
    html = client.get("/en/").content.decode()

    assert "No official service." not in html
    assert "noindex" not in html
    assert "Disallow: /verwaltung/" in client.get("/robots.txt").content.decode()


def test_every_page_leads_to_the_legal_pages_and_to_the_form_for_barriers(client):
    html = client.get("/en/").content.decode()

    for address in ("impressum", "datenschutz", "barrierefreiheit", "daten"):
        assert f'href="/en/{address}/"' in html
    assert "/en/anfrage/barriere/?seite=" in html


@override_settings(DEMO=False, SECURITY_CONTACT="mailto:security@example.org")
def test_whoever_finds_a_hole_knows_whom_to_tell_for_less_than_a_year(client):
    lines = client.get("/.well-known/security.txt").content.decode().splitlines()

    expires = next(line.removeprefix("Expires: ") for line in lines if "Expires" in line)
    left = dt.datetime.fromisoformat(expires) - dt.datetime.now(dt.UTC)
    assert dt.timedelta(days=30) < left < dt.timedelta(days=365)
    assert lines[0] == "Contact: mailto:security@example.org"


@pytest.mark.parametrize(
    ("demo", "contact"), [(True, ""), (True, "mailto:security@example.org"), (False, "")]
)
def test_nobody_is_named_who_has_not_agreed_to_it(client, settings, demo, contact):
    factories.agency(email="county@example.org")
    settings.DEMO, settings.SECURITY_CONTACT = demo, contact

    response = client.get("/.well-known/security.txt")

    assert response.status_code == 404
    assert "example.org" not in response.content.decode()


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_a_form_says_which_methods_it_takes_before_it_asks_for_a_token(method):
    strict = Client(enforce_csrf_checks=True)

    response = getattr(strict, method)("/de/hinweis/")

    assert response.status_code == 405
    assert response["Allow"] == "GET, HEAD, POST"
    assert strict.post("/de/hinweis/", {"text": "x"}).status_code == 403


def test_the_cookie_of_a_form_ends_with_the_visit(client):
    cookie = client.get("/de/hinweis/").cookies["csrf"]

    assert (cookie["max-age"], cookie["expires"]) == ("", "")
