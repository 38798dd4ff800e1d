"""No public route without a page that the tests of the site look at."""

from tests.site.pages import NO_PAGE, PAGES
from tests.site.routes import Route, routes


def unlisted(found: list[Route]) -> set[str]:
    seen = {page.route for page in PAGES} | set(NO_PAGE)
    return {route.name for route in found if not route.is_admin and route.name not in seen}


def test_every_public_route_is_looked_at_or_says_why_not():
    assert unlisted(routes()) == set()


def test_no_reason_stands_for_a_route_that_has_gone():
    known = {route.name for route in routes()} | {""}
    assert {page.route for page in PAGES} <= known
    assert set(NO_PAGE) <= known


def test_a_new_route_would_be_noticed():
    assert unlisted([Route("contacts:new", "<language>/neu/")]) == {"contacts:new"}
