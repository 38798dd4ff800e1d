"""What may be asked how: public pages are read, and nothing answers to TRACE."""

import pytest

from tests.site.pages import GET_PAGES, PUBLIC_PAGES

ELSEWHERE = ("/", "/verwaltung/", "/verwaltung/login/", "/robots.txt", "/de/gibt-es-nicht/")


@pytest.mark.parametrize("page", GET_PAGES, ids=str)
def test_head_has_the_headers_of_the_page_and_no_body(site, page):
    head, get = site.ask(page.url(), "HEAD"), site.page(page)

    assert (head.status, head.body) == (page.status, b"")
    for name in ("Content-Type", "Cache-Control", "ETag", "Content-Security-Policy"):
        assert head.header(name) == get.header(name)


@pytest.mark.parametrize("page", PUBLIC_PAGES, ids=str)
def test_a_public_page_cannot_be_written_to(site, page):
    answers = [site.ask(page.url(), method, body="") for method in ("POST", "PUT", "DELETE")]

    assert {(a.status, a.header("Allow")) for a in answers} == {(405, "GET, HEAD")}


@pytest.mark.parametrize("url", [*(page.url() for page in GET_PAGES), *ELSEWHERE])
def test_trace_is_refused_everywhere(site, url):
    answer = site.ask(url, "TRACE", X_Secret="must-not-come-back")

    assert answer.status == 405
    assert b"must-not-come-back" not in answer.body


def test_a_form_without_its_token_is_refused_with_a_page_that_says_what_to_do(site):
    answer = site.ask("/de/hinweis/", "POST", body="text=x")

    assert answer.status == 403
    assert '<html lang="de" dir="ltr">' in answer.text
    assert "<h1>" in answer.text
