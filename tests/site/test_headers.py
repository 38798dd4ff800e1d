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


def off(site, pages, holds) -> list[str]:
    """The pages whose answer does not hold."""
    return [str(page) for page in pages if not holds(site.page(page))]


def test_a_public_page_sets_no_cookie_and_varies_by_nothing_private(site):
    assert off(site, PUBLIC_PAGES, lambda a: a.headers.get_all("Set-Cookie") is None) == []
    assert off(site, PUBLIC_PAGES, lambda a: "cookie" not in a.header("Vary").lower()) == []


def test_a_public_page_may_be_kept_but_is_asked_for_again(site):
    said = "public, no-cache"
    assert off(site, PUBLIC_PAGES, lambda a: a.header("Cache-Control") == said) == []
    tag = re.compile(r'W/"[0-9a-f]{20}"')
    assert off(site, PUBLIC_PAGES, lambda a: tag.fullmatch(a.header("ETag"))) == []


def test_a_page_that_the_browser_has_is_not_sent_again(site):
    again = {
        str(page): site.ask(page.url(), If_None_Match=site.page(page).header("ETag"))
        for page in PUBLIC_PAGES
    }
    said = {name: (a.status, a.body, a.header("Set-Cookie")) for name, a in again.items()}

    assert {name: answer for name, answer in said.items() if answer != (304, b"", "")} == {}


def test_forms_and_errors_are_kept_nowhere(site):
    others = [page for page in PAGES if not page.is_public]

    assert off(site, others, lambda a: "no-store" in a.header("Cache-Control")) == []
    assert off(site, others, lambda a: not a.header("ETag")) == []


def test_an_error_sets_no_cookie(site):
    errors = [page for page in PAGES if page.status >= 400 and not page.is_form]

    assert errors
    assert off(site, errors, lambda a: a.headers.get_all("Set-Cookie") is None) == []


def test_every_page_has_the_one_strict_policy(site):
    assert off(site, PAGES, lambda a: policies(a) == [CONTENT_SECURITY_POLICY]) == []


@pytest.mark.parametrize("url", [*ADMIN, *OTHERS])
def test_everything_else_has_it_too(site, url):
    answer = site.ask(url)

    if url not in ("/healthz", "/readyz"):  # one word for a machine, and no markup
        assert policies(answer) == [CONTENT_SECURITY_POLICY]
    assert answer.status < 500


def policies(answer) -> list[str]:
    return answer.headers.get_all("Content-Security-Policy") or []


CAREFUL = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}


def test_every_page_tells_browsers_to_be_careful(site):
    assert off(site, PAGES, lambda a: CAREFUL.items() <= dict(a.headers.items()).items()) == []
    assert off(site, PAGES, lambda a: a.header("Permissions-Policy")) == []


def test_the_choice_of_language_depends_on_the_browser_and_says_so(site):
    answer = site.ask("/", Accept_Language="en")

    assert (answer.status, answer.header("Location")) == (302, "/en/")
    assert "Accept-Language" in answer.header("Vary")
    assert answer.headers.get_all("Set-Cookie") is None


@pytest.mark.parametrize("url", [url for url in ADMIN if "jsi18n" not in url])  # holds only words
def test_the_administration_is_kept_nowhere(site, url):
    assert "no-store" in site.ask(url).header("Cache-Control")
