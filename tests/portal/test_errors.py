"""Error pages work when nothing else does. No test here may use the database."""

import pytest
from django.test import RequestFactory

from portal.views import errors

VIEWS = {
    400: errors.bad_request,
    403: errors.forbidden,
    404: errors.not_found,
    500: errors.server_error,
}


@pytest.mark.parametrize("status", VIEWS)
@pytest.mark.parametrize("language", ["de", "en"])
def test_an_error_page_speaks_the_language_of_its_address(status, language):
    request = RequestFactory().get(f"/{language}/orte/grimma/")
    request.request_id = "abc123"

    response = VIEWS[status](request)

    html = response.content.decode()
    assert response.status_code == status
    assert f'<html lang="{language}" dir="ltr">' in html
    assert html.count("<h1") == 1
    assert ("abc123" in html) == (status == 500)
    assert f'href="/{language}/"' in html


def test_without_a_language_in_the_address_the_page_is_german():
    response = errors.server_error(RequestFactory().get("/nirgends"))

    assert '<html lang="de" dir="ltr">' in response.content.decode()


def test_an_error_page_is_kept_nowhere():
    response = errors.not_found(RequestFactory().get("/de/x/"))

    assert response["Cache-Control"] == "no-store"


def test_an_address_such_as_double_slash_is_no_error_of_its_own():
    assert errors.not_found(RequestFactory().get("//")).status_code == 404
    assert errors.not_found(RequestFactory().get("/de")).status_code == 404
