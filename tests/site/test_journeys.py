"""Ways through the demo in a real browser: with the keyboard alone, on a phone, without scripts."""

from collections.abc import Callable

import pytest

from tests.site.browsing import FOCUSED, PHONE, WIDE, axe, tab_to, unseen_focus

pytestmark = pytest.mark.browser


@pytest.fixture
def open_tab(browser, site) -> Callable:
    """Open a tab as a visitor with a window of `size` and whatever else the browser offers."""
    contexts = []

    def open_one(size: tuple[int, int] = WIDE, **options):
        viewport = {"width": size[0], "height": size[1]}
        context = browser.new_context(
            base_url=site.base, viewport=viewport, locale="de-DE", **options
        )
        contexts.append(context)
        return context.new_page()

    yield open_one
    for context in contexts:
        context.close()


def test_the_keyboard_alone_leads_from_the_start_page_to_a_part_of_a_town(open_tab):
    page = open_tab()
    page.goto("/de/")

    page.keyboard.press("Tab")
    assert page.evaluate(f"{FOCUSED}.getAttribute('href')") == "#content"
    page.keyboard.press("Enter")
    assert page.evaluate(f"{FOCUSED}.localName") == "main"

    tab_to(page, "#ort")
    page.keyboard.type("Beuch")
    page.wait_for_selector("[role=option]")
    page.keyboard.press("ArrowDown")
    chosen = page.locator("[role=option][aria-selected=true]")
    assert chosen.inner_text().startswith("Beucha")
    assert axe(page) == []
    page.keyboard.press("Enter")

    page.wait_for_url("**/beucha/")
    assert page.inner_text("h1").startswith("Beucha")
    assert page.locator("a[href^='tel:']").first.is_visible()


@pytest.mark.parametrize(("language", "scheme"), [("en", "light"), ("ar", "light"), ("de", "dark")])
def test_axe_finds_nothing_on_the_open_list_either(open_tab, language, scheme):
    page = open_tab(PHONE, color_scheme=scheme)
    page.goto(f"/{language}/")
    page.locator("#ort").press_sequentially("Beuch")
    page.wait_for_selector("[role=option]")
    page.keyboard.press("ArrowDown")

    assert axe(page) == []


def test_escape_closes_the_list_and_enter_then_asks_the_server(open_tab):
    page = open_tab()
    page.goto("/de/")
    page.locator("#ort").press_sequentially("Beucha")
    page.wait_for_selector("[role=option]")

    page.keyboard.press("Escape")
    assert page.locator("[role=option]").count() == 0
    assert page.input_value("#ort") == "Beucha"
    assert page.evaluate(f"{FOCUSED}.id") == "ort"

    page.keyboard.press("Enter")
    page.wait_for_url("**/zustaendig/**")
    assert page.locator("main a", has_text="Bad Lausick").count() >= 1


def test_without_scripts_the_same_takes_one_step_more(open_tab):
    page = open_tab(java_script_enabled=False)
    page.goto("/de/")
    page.fill("#ort", "Beucha")
    page.press("#ort", "Enter")

    page.wait_for_url("**/zustaendig/**")
    page.locator(".choices a", has_text="Brandis").click()

    page.wait_for_url("**/orte/brandis/beucha/")
    assert "Götschenberg" in page.inner_text("main")


def test_without_scripts_the_directory_filters_and_the_menu_opens(open_tab):
    page = open_tab(PHONE, java_script_enabled=False)
    page.goto("/de/")
    page.locator(".menu-narrow summary").click()
    page.locator(".menu-narrow a[href='/de/ansprechpersonen/']").click()
    page.wait_for_url("**/ansprechpersonen/")

    page.select_option("select[name=stelle]", "wittenberg")
    page.locator("main form [type=submit]").click()

    page.wait_for_url("**stelle=wittenberg**")
    assert "Götschenberg" not in page.locator("main").inner_text().split("Filter")[-1]
    assert "03491" in page.content()


def test_without_scripts_a_form_with_errors_keeps_what_was_written(open_tab):
    page = open_tab(java_script_enabled=False)
    page.goto("/de/hinweis/?art=missing-place")
    page.fill("[name=contact]", "0151 23456")
    page.locator("main form button[type=submit]").click()

    assert page.locator(".summary a").first.is_visible()
    assert page.input_value("[name=contact]") == "0151 23456"
    assert page.is_checked("[name=kind][value=missing-place]")


@pytest.mark.parametrize("typed", ["Grimma", "04668", "Regis-Breitingen", "D%C3%B6beln"])
def test_name_and_number_stand_on_the_first_screen_of_a_small_phone(open_tab, typed):
    page = open_tab(PHONE)
    page.goto(f"/de/zustaendig/?ort={typed}")

    for selector in ("main .card-name", "main a[href^='tel:']"):
        box = page.locator(selector).first.bounding_box()
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= PHONE[1], selector


def test_the_menu_of_a_phone_opens_with_the_keyboard(open_tab):
    page = open_tab(PHONE)
    page.goto("/de/")
    assert not page.locator(".menu-narrow nav").is_visible()

    tab_to(page, ".menu-narrow summary")
    page.keyboard.press("Enter")
    assert page.locator(".menu-narrow nav").is_visible()
    assert axe(page) == []

    tab_to(page, ".menu-narrow a[href='/de/karte/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/de/karte/")


def test_a_language_is_chosen_with_the_keyboard_and_keeps_the_page(open_tab):
    page = open_tab()
    page.goto("/de/orte/grimma/")

    tab_to(page, ".language-menu summary")
    page.keyboard.press("Enter")
    tab_to(page, ".language-menu a[hreflang=ar]")
    page.keyboard.press("Enter")

    page.wait_for_url("**/ar/orte/grimma/")
    assert page.locator("html").get_attribute("dir") == "rtl"


@pytest.mark.parametrize("address", ["/de/", "/de/zustaendig/?ort=Grimma", "/de/hinweis/"])
def test_every_stop_of_the_tab_key_can_be_seen(open_tab, address):
    page = open_tab(PHONE)
    page.goto(address)
    unseen, stops = [], 0
    while stops < 80:
        page.keyboard.press("Tab")
        if page.evaluate(f"{FOCUSED} === document.body"):
            break
        stops += 1
        unseen += unseen_focus(page)

    assert stops > 8
    assert unseen == []
