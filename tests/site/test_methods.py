"""What may be asked how: public pages are read, and nothing answers to TRACE."""

import pytest

from tests.site.pages import GET_PAGES, PUBLIC_PAGES

ELSEWHERE = ("/", "/verwaltung/", "/verwaltung/login/", "/robots.txt", "/de/gibt-es-nicht/")


SAME = ("Content-Type", "Cache-Control", "ETag", "Content-Security-Policy")


def test_head_has_the_headers_of_the_page_and_no_body(site):
    other = {}
    for page in GET_PAGES:
        head, get = site.ask(page.url(), "HEAD"), site.page(page)
        if (head.status, head.body) != (page.status, b""):
            other[str(page)] = (head.status, head.body)
        for name in SAME:
            if head.header(name) != get.header(name):
                other[f"{page}: {name}"] = (head.header(name), get.header(name))

    assert other == {}


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_a_public_page_cannot_be_written_to(site, method):
    answers = {str(page): site.ask(page.url(), method, body="") for page in PUBLIC_PAGES}
    said = {name: (answer.status, answer.header("Allow")) for name, answer in answers.items()}

    assert {name: answer for name, answer in said.items() if answer != (405, "GET, HEAD")} == {}


def test_trace_is_refused_everywhere(site):
    urls = [*(page.url() for page in GET_PAGES), *ELSEWHERE]
    answers = {url: site.ask(url, "TRACE", X_Secret="must-not-come-back") for url in urls}

    assert {url: a.status for url, a in answers.items() if a.status != 405} == {}
    assert [url for url, a in answers.items() if b"must-not-come-back" in a.body] == []


def test_a_form_without_its_token_is_refused_with_a_page_that_says_what_to_do(site):
    answer = site.ask("/de/hinweis/", "POST", body="text=x")

    assert answer.status == 403
    assert '<html lang="de" dir="ltr">' in answer.text
    assert "<h1>" in answer.text
