import logging
import re

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from portal.logs import RequestIdFilter
from portal.middleware import (
    HeadMiddleware,
    LanguagePathMiddleware,
    SecurityHeadersMiddleware,
)


def answer(path: str = "/de/", view=lambda request: HttpResponse("page")):
    return SecurityHeadersMiddleware(view)(RequestFactory().get(path))


def test_the_content_security_policy_allows_our_own_files_and_nothing_inline():
    assert answer()["Content-Security-Policy"] == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; "
        "base-uri 'none'; object-src 'none'; manifest-src 'self'"
    )


def test_devices_are_switched_off_and_other_sites_may_not_embed_anything():
    response = answer()
    for feature in ("camera", "microphone", "geolocation", "payment", "usb"):
        assert f"{feature}=()" in response["Permissions-Policy"]
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"


@pytest.mark.parametrize("demo", [True, False])
def test_only_the_demo_hides_from_search_engines(settings, demo):
    settings.DEMO = demo
    assert answer().get("X-Robots-Tag") == ("noindex" if demo else None)


def test_django_adds_its_own_headers_to_ours(client):
    response = client.get("/verwaltung/login/")
    assert "script-src 'self'" in response["Content-Security-Policy"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response["X-Frame-Options"] == "DENY"


def test_every_request_has_an_id_of_its_own_that_the_view_and_the_caller_see():
    seen = []

    def view(request):
        seen.append(request.request_id)
        return HttpResponse()

    first, second = answer(view=view), answer(view=view)
    assert seen == [first["X-Request-ID"], second["X-Request-ID"]]
    assert seen[0] != seen[1]
    assert re.fullmatch(r"[0-9a-f]{12}", seen[0])


def test_head_tells_the_length_and_sends_nothing():
    response = HeadMiddleware(lambda request: HttpResponse("page"))(RequestFactory().head("/de/"))

    assert response.content == b""
    assert response["Content-Length"] == "4"


def test_log_lines_carry_the_id_of_the_request_that_caused_them(caplog):
    caplog.handler.addFilter(RequestIdFilter())

    def view(request):
        logging.getLogger("some.module").warning("something happened")
        return HttpResponse()

    response = answer(view=view)
    logging.getLogger("some.module").warning("between requests")
    assert [record.request_id for record in caplog.records] == [response["X-Request-ID"], "-"]


OFFERED = [("de", "Deutsch"), ("en", "English"), ("fa", "فارسی")]


@pytest.mark.parametrize(
    ("asked", "target"),
    [
        ("/DE/", "/de/"),
        ("/De/orte/borna/?ort=a%26b&x=1", "/de/orte/borna/?ort=a%26b&x=1"),
        ("/EN", "/en"),
        ("/prs/karte/", "/fa/karte/"),
        ("/PRS/", "/fa/"),
        ("/DE//other.example/", "/de//other.example/"),
        ("/DE/gro%C3%9Fp%C3%B6sna/", "/de/gro%C3%9Fp%C3%B6sna/"),
    ],
)
def test_another_spelling_of_a_language_leads_to_its_one_address(settings, asked, target):
    settings.LANGUAGES = OFFERED
    response = LanguagePathMiddleware(lambda request: HttpResponse())(RequestFactory().get(asked))
    assert (response.status_code, response.get("Location")) == (302, target)


@pytest.mark.parametrize(
    "path", ["/", "/de/", "/de", "/no/", "/kmr/", "/xx/", "/DEUTSCH/", "/static/DE/x.css", "//DE/"]
)
def test_what_is_no_offered_language_passes(settings, path):
    settings.LANGUAGES = OFFERED
    response = LanguagePathMiddleware(lambda request: HttpResponse())(RequestFactory().get(path))
    assert response.status_code == 200


@pytest.mark.parametrize(("header", "code"), [("prs", "fa"), ("no, en;q=0.5", "nb"), ("kmr", "de")])
def test_a_browser_that_asks_by_an_alias_gets_the_language(settings, header, code):
    from django.utils.translation import get_language_from_request

    settings.LANGUAGES = [*OFFERED, ("nb", "norsk")]
    request = RequestFactory().get("/", headers={"accept-language": header})
    assert get_language_from_request(request) == code
