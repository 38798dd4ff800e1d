"""What every answer says to browsers and caches: no cookie, one strict policy, an honest ETag."""

import re

import pytest

from portal.middleware import CONTENT_SECURITY_POLICY
from tests.site.pages import PAGES, PUBLIC_PAGES

FILES = ("/robots.txt", "/sitemap.xml", "/.well-known/security.txt")
ADMIN = (
    "/verwaltung/",
    "/verwaltung/login/",
    "/verwaltung/jsi18n/",
    "/verwaltung/nirgendwo/",
    "/verwaltung/konto/anmelden/",
    "/verwaltung/konto/passwort/vergessen/",
    "/verwaltung/konto/passwort/neu/1-abc/",
)
VCARD = "/de/ansprechpersonen/kik-2-landkreis-leipzig.vcf"
OTHERS = ("/", "/DE/", "/de/zustaendig/", "/de/orte/grimma", VCARD, "/healthz", "/readyz", *FILES)


@pytest.mark.parametrize("page", PUBLIC_PAGES, ids=str)
def test_a_public_page_sets_no_cookie_and_varies_by_nothing_private(site, page):
    answer = site.page(page)

    assert answer.headers.get_all("Set-Cookie") is None
    assert "cookie" not in answer.header("Vary").lower()


@pytest.mark.parametrize("page", PUBLIC_PAGES, ids=str)
def test_a_public_page_may_be_kept_but_is_asked_for_again(site, page):
    answer = site.page(page)

    assert answer.header("Cache-Control") == "public, no-cache"
    assert re.fullmatch(r'W/"[0-9a-f]{20}"', answer.header("ETag"))


@pytest.mark.parametrize("page", PUBLIC_PAGES, ids=str)
def test_a_page_that_the_browser_has_is_not_sent_again(site, page):
    answer = site.ask(page.url(), If_None_Match=site.page(page).header("ETag"))

    assert (answer.status, answer.body) == (304, b"")
    assert answer.headers.get_all("Set-Cookie") is None


@pytest.mark.parametrize("page", [page for page in PAGES if not page.is_public], ids=str)
def test_forms_and_errors_are_kept_nowhere(site, page):
    assert "no-store" in site.page(page).header("Cache-Control")
    assert not site.page(page).header("ETag")


@pytest.mark.parametrize("page", [page for page in PAGES if page.status >= 400], ids=str)
def test_an_error_sets_no_cookie(site, page):
    if not page.is_form:
        assert site.page(page).headers.get_all("Set-Cookie") is None


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_every_page_has_the_one_strict_policy(site, page):
    assert policies(site.page(page)) == [CONTENT_SECURITY_POLICY]


@pytest.mark.parametrize("url", [*ADMIN, *OTHERS])
def test_everything_else_has_it_too(site, url):
    answer = site.ask(url)

    if url not in ("/healthz", "/readyz"):  # one word for a machine, and no markup
        assert policies(answer) == [CONTENT_SECURITY_POLICY]
    assert answer.status < 500


def policies(answer) -> list[str]:
    return answer.headers.get_all("Content-Security-Policy") or []


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_every_page_tells_browsers_to_be_careful(site, page):
    answer = site.page(page)

    assert answer.header("X-Content-Type-Options") == "nosniff"
    assert answer.header("Referrer-Policy") == "same-origin"
    assert answer.header("Cross-Origin-Opener-Policy") == "same-origin"
    assert answer.header("Permissions-Policy")
    assert answer.header("X-Frame-Options") == "DENY"


def test_the_choice_of_language_depends_on_the_browser_and_says_so(site):
    answer = site.ask("/", Accept_Language="en")

    assert (answer.status, answer.header("Location")) == (302, "/en/")
    assert "Accept-Language" in answer.header("Vary")
    assert answer.headers.get_all("Set-Cookie") is None


@pytest.mark.parametrize("url", [url for url in ADMIN if "jsi18n" not in url])  # holds only words
def test_the_administration_is_kept_nowhere(site, url):
    assert "no-store" in site.ask(url).header("Cache-Control")
