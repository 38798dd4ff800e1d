"""Every page in a real browser: axe, narrow windows, targets, and nothing from or for others."""

import pytest

from tests.site.browsing import (
    NARROW,
    PHONE,
    WIDE,
    Watch,
    axe,
    resize,
    scrolls_sideways,
    small_targets,
    stored,
)
from tests.site.pages import CLOSELY, PAGES, WHOLE_PAGES

pytestmark = pytest.mark.browser
CLOSELY_TOO = (*CLOSELY, *(page for page in PAGES if page.by_post))


@pytest.fixture(scope="module")
def tab(browser, site):
    """One tab for the pages of this module; each test asks for its own page."""
    context = browser.new_context(base_url=site.base, locale="de-DE")
    tab = context.new_page()
    tab.watch = Watch(tab, site.base)
    yield tab
    context.close()


def visit(tab, page, language: str = "de") -> None:
    """Open the page as a newcomer; the page with errors by sending its form."""
    tab.context.clear_cookies()
    tab.goto(page.url(language))
    if page.by_post:
        tab.locator("main form button[type=submit]").click()
        tab.wait_for_selector(".summary")


@pytest.mark.parametrize("page", WHOLE_PAGES, ids=str)
def test_axe_finds_nothing_on_a_wide_and_on_a_narrow_screen(tab, page):
    resize(tab, WIDE)
    visit(tab, page)
    noticed = tab.watch.collect()  # before axe, which is no part of the page
    found = {"noticed": noticed, "wide": axe(tab)}
    resize(tab, NARROW)
    found |= {"narrow": axe(tab), "sideways at 320": scrolls_sideways(tab)}
    found |= {"small at 320": small_targets(tab)}
    resize(tab, PHONE)
    found |= {"sideways at 360": scrolls_sideways(tab)}
    if page.is_public:
        found |= {"stored": stored(tab)}

    assert {kind: lines for kind, lines in found.items() if lines} == {}


@pytest.mark.parametrize("page", CLOSELY_TOO, ids=str)
def test_axe_finds_nothing_in_the_dark(tab, page):
    resize(tab, WIDE)
    tab.emulate_media(color_scheme="dark")
    try:
        visit(tab, page)
        ground = tab.evaluate("getComputedStyle(document.body).backgroundColor")
        found = axe(tab)
    finally:
        tab.emulate_media(color_scheme="light")

    assert ground == "rgb(16, 25, 28)"
    assert found == []


@pytest.mark.parametrize("page", CLOSELY_TOO, ids=str)
def test_axe_finds_nothing_from_right_to_left_and_nothing_sticks_out(tab, page):
    resize(tab, WIDE)
    visit(tab, page, "ar")
    found = {"wide": axe(tab), "direction": tab.locator("html").get_attribute("dir")}
    resize(tab, NARROW)
    found |= {"narrow": axe(tab), "sideways": scrolls_sideways(tab)}

    assert found == {"wide": [], "direction": "rtl", "narrow": [], "sideways": []}


def test_a_page_from_right_to_left_begins_at_the_right(tab):
    resize(tab, WIDE)
    visit(tab, CLOSELY[0], "ar")

    brand = tab.locator(".brand").bounding_box()
    assert brand["x"] > WIDE[0] / 2


@pytest.mark.parametrize("page", CLOSELY, ids=str)
def test_more_space_between_letters_and_lines_loses_nothing(tab, page):
    resize(tab, NARROW)
    visit(tab, page)
    tab.evaluate(  # WCAG 1.4.12; set by a script, since the policy allows no inline style
        """() => {
          const sheet = new CSSStyleSheet();
          sheet.replaceSync("* { line-height: 1.5 !important; letter-spacing: .12em !important;"
            + "word-spacing: .16em !important } p { margin-block-end: 2em !important }");
          document.adoptedStyleSheets = [sheet];
        }"""
    )

    assert scrolls_sideways(tab) == []


# Known-bad samples: each of the checks above has to be able to fail ------------------------------


def show(tab, site, html: str) -> None:
    """Show `html` as if our server had sent it, policy included."""
    policy = site.ask("/de/").header("Content-Security-Policy")
    page = f"<!doctype html><html lang=en><title>Bad</title><main>{html}</main>"
    tab.route(
        "**/known-bad",
        lambda route: route.fulfill(
            body=page,
            content_type="text/html; charset=utf-8",
            headers={"Content-Security-Policy": policy},
        ),
    )
    tab.goto("/known-bad")
    tab.unroute("**/known-bad")


@pytest.mark.parametrize(
    ("html", "rule"),
    [
        ("<h1>A</h1><input>", "label"),
        ("<h1>A</h1><p id=p>pale</p>", "color-contrast"),
        ("<h1>A</h1><button id=b>x</button><button>y</button>", "target-size"),
        ("<h2>A</h2>", "page-has-heading-one"),
    ],
)
def test_axe_would_find_a_known_violation(tab, site, html, rule):
    show(tab, site, html)
    tab.evaluate(
        """() => {
          const sheet = new CSSStyleSheet();
          sheet.replaceSync("#p { color: #999; background: #fff }"
            + "button { padding: 0; border: 0; inline-size: 9px; block-size: 9px }");
          document.adoptedStyleSheets = [sheet];
        }"""
    )

    assert any(line.startswith(f"{rule}:") for line in axe(tab))


def test_the_other_checks_would_find_what_they_look_for(tab, site):
    resize(tab, NARROW)
    show(tab, site, "<h1>A</h1><table><td>" + "x" * 200 + "</table><p><a href=/>x</a></p>")

    assert scrolls_sideways(tab)
    assert small_targets(tab)


def test_the_watch_notices_blocked_code_foreign_hosts_and_memories(tab, site):
    tab.watch.collect()
    show(
        tab,
        site,
        "<h1 style='color: red'>A</h1><script>alert(1)</script>"
        "<img alt='' src='https://other.example/pixel.png'>",
    )
    tab.evaluate("localStorage.setItem('seen', '1')")
    noticed = "\n".join(tab.watch.collect())

    assert "blocked: style-src-attr" in noticed
    assert "blocked: script-src-elem" in noticed
    assert "other.example" in noticed
    assert stored(tab) == ["seen"]
    tab.evaluate("localStorage.clear()")
