"""Every page about an application in a real browser: axe, phones, the dark, right to left."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests import servers
from tests.site.browsing import (
    NARROW,
    PHONE,
    WIDE,
    Watch,
    axe,
    resize,
    scrolls_sideways,
    small_targets,
)

pytestmark = pytest.mark.browser
CODE = "from tests.projects import every_page; print(every_page.written_for_a_browser())"
# One page of each template.
DARK = {"list", "tasks with trouble", "section kosten with errors", "section erklaerungen"}
DARK |= {"attachments", "check with trouble", "receipt", "changes requested", "people", "version"}
DARK |= {"propose", "proposed case: decide", "refused case", "decide an objection"}
DARK |= {"grant with money", "ask for money", "amendment", "open a letter", "decide_amendment"}
DARK |= {"case to change", "ask for changes", "section kosten of paper", "submit paper"}


@dataclass
class Desk:
    """Somebody's tab, and the pages that they look at."""

    tab: object
    pages: dict[str, str]


@pytest.fixture(scope="module")
def world(tmp_path_factory, fresh_demo, prepared, django_db_blocker) -> Iterator[tuple[str, dict]]:
    """A demo of our own with a case in every state, in three languages: its address, its pages."""
    folder = tmp_path_factory.mktemp("cases")
    languages = {name: prepared[name] for name in ("LANGUAGES", "EXTRA_LOCALE_PATHS")}
    with django_db_blocker.unblock(), fresh_demo.copy(folder) as variables:
        variables = {**languages, **variables}
        done = servers.manage("shell", "--no-imports", "-c", CODE, **variables)
        assert done.returncode == 0, done.stderr
        with servers.gunicorn(workers=2, **variables) as base:
            yield base, json.loads(done.stdout)


def desk_of(browser, world, who: str, pages: str) -> Iterator[Desk]:
    base, made = world
    # Without motion: a colour on its way to the dark is neither light nor dark.
    context = browser.new_context(base_url=base, locale="de-DE", reduced_motion="reduce")
    context.add_cookies([{"name": made["cookie"], "value": made["sessions"][who], "url": base}])
    tab = context.new_page()
    tab.watch = Watch(tab, base)
    yield Desk(tab, made[pages])
    context.close()


@pytest.fixture(scope="module")
def applicant(browser, world) -> Iterator[Desk]:
    yield from desk_of(browser, world, "applicant", "applicant")


@pytest.fixture(scope="module")
def office(browser, world) -> Iterator[Desk]:
    yield from desk_of(browser, world, "desk", "office")


def look(tab) -> dict[str, list[str]]:
    """What is wrong with the page that is open: on a phone, and in wide and narrow windows."""
    resize(tab, PHONE)
    assert tab.locator("h1").count() == 1
    found = {"noticed": tab.watch.collect(), "phone": axe(tab)}
    if not tab.locator("#result_list").count():  # lists of the administration have rows of links
        found |= {"small": small_targets(tab)}
    found |= {"sideways at 360": scrolls_sideways(tab)}
    resize(tab, NARROW)
    found |= {"sideways at 320": scrolls_sideways(tab)}
    resize(tab, WIDE)
    found |= {"sideways at 1280": scrolls_sideways(tab)}
    return {kind: lines for kind, lines in found.items() if lines}


def all_pages(desk: Desk) -> dict[str, dict[str, list[str]]]:
    """By name of the page what is wrong with it; in the dark, too, for one of each template."""
    found = {}
    for name, address in desk.pages.items():
        desk.tab.goto(address)
        found[name] = look(desk.tab)
    desk.tab.emulate_media(color_scheme="dark")
    for name in DARK & desk.pages.keys():
        desk.tab.goto(desk.pages[name])
        found[f"{name} in the dark"] = {"axe": lines} if (lines := axe(desk.tab)) else {}
    desk.tab.emulate_media(color_scheme="light")
    return {name: lines for name, lines in found.items() if lines}


def test_every_page_of_an_applicant_is_accessible(applicant):
    assert all_pages(applicant) == {}


def test_every_page_of_an_applicant_reads_from_right_to_left(applicant):
    found = {}
    for name, address in applicant.pages.items():
        applicant.tab.goto(address.replace("/de/", "/ar/"))
        assert applicant.tab.locator("html").get_attribute("dir") == "rtl"
        resize(applicant.tab, NARROW)
        found[name] = scrolls_sideways(applicant.tab)
        if name in ("section kosten", "changes requested", "tasks"):
            found[name] += axe(applicant.tab)

    assert {name: lines for name, lines in found.items() if lines} == {}


def test_every_page_of_the_office_is_accessible(office):
    assert all_pages(office) == {}
