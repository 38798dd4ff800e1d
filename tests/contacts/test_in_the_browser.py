"""The look-up and the form in a real browser: keyboard, touch, no script, axe."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.contacts.county import county

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def site(live_server) -> str:
    county()
    return live_server.url


def violations(page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{page.url}: {v['help']}: {v['nodes'][0]['html'][:120]}" for v in found]


def test_one_finds_a_town_with_the_keyboard_alone(site, page):
    page.goto(site + "/en/")
    page.focus("#ort")

    page.keyboard.type("Gri")
    page.wait_for_selector("[role=option]")
    assert page.get_attribute("#ort", "aria-expanded") == "true"
    assert page.inner_text("[role=status]") == "1 place found"
    page.keyboard.press("ArrowDown")
    active = page.get_attribute("#ort", "aria-activedescendant")
    assert page.get_attribute(f"#{active}", "aria-selected") == "true"
    assert violations(page) == []
    page.keyboard.press("Enter")

    page.wait_for_url("**/en/orte/grimma/")
    assert page.inner_text("h1") == "Grimma"


def test_escape_closes_the_list_and_keeps_what_was_typed(site, page):
    page.goto(site + "/en/")
    page.type("#ort", "Gri")
    page.wait_for_selector("[role=option]")

    page.keyboard.press("Escape")

    assert page.locator("[role=option]").count() == 0
    assert page.get_attribute("#ort", "aria-expanded") == "false"
    assert page.input_value("#ort") == "Gri"


def test_suggestions_leave_with_the_focus(site, page):
    page.goto(site + "/en/")
    page.type("#ort", "Gri")
    page.wait_for_selector("[role=option]")

    page.keyboard.press("Tab")

    assert page.evaluate("document.activeElement.type") == "submit"
    assert page.locator("[role=option]").count() == 0
    assert page.get_attribute("#ort", "aria-expanded") == "false"


def test_a_mouse_chooses_a_suggestion(site, page):
    page.goto(site + "/en/")
    page.type("#ort", "Bor")

    page.click("[role=option]", delay=200)

    page.wait_for_url("**/en/orte/borna/")


def test_the_field_is_seen_above_the_keyboard_of_a_phone(site, browser):
    for language in ("de", "en"):
        context = browser.new_context(viewport={"width": 360, "height": 640})
        page = context.new_page()
        page.goto(f"{site}/{language}/")

        assert page.locator("#ort").bounding_box()["y"] < 330
        context.close()


def test_the_menu_of_a_phone_closes_on_escape_and_elsewhere(site, browser):
    context = browser.new_context(viewport={"width": 360, "height": 640})
    page = context.new_page()
    page.goto(site + "/en/orte/grimma/")
    menu = page.locator(".menu-narrow")
    links = menu.get_by_role("link")

    page.click(".menu-narrow summary")
    assert links.first.is_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    assert not links.first.is_visible()
    assert page.evaluate("document.activeElement.textContent") == "Menu"

    page.click(".menu-narrow summary")
    page.mouse.click(10, 620)
    assert not links.first.is_visible()
    context.close()


def test_enter_without_a_choice_sends_what_was_typed(site, page):
    page.goto(site + "/en/")
    page.type("#ort", "Nerchau")
    page.wait_for_selector("[role=option]")

    page.keyboard.press("Enter")

    page.wait_for_url("**/en/zustaendig/?ort=Nerchau*")
    assert "Martina Richter" in page.inner_text("main")


def test_a_finger_chooses_a_suggestion(site, browser):
    context = browser.new_context(viewport={"width": 360, "height": 640}, has_touch=True)
    page = context.new_page()
    page.goto(site + "/en/")
    page.type("#ort", "Bor")

    page.tap("[role=option]")

    page.wait_for_url("**/en/orte/borna/")
    context.close()


def test_without_scripts_the_form_leads_to_the_answer(site, browser):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site + "/en/")

    page.fill("#ort", "Grimma")
    page.click("button[type=submit]")

    assert "Martina Richter" in page.inner_text("main")
    context.close()


def test_name_and_number_are_seen_without_scrolling_on_a_small_phone(site, browser):
    context = browser.new_context(viewport={"width": 360, "height": 640})
    page = context.new_page()
    page.goto(site + "/en/zustaendig/?ort=Grimma")

    for selector in (".card-name", ".button--main"):
        box = page.locator(selector).first.bounding_box()
        assert box["y"] + box["height"] <= 640
    context.close()


@pytest.mark.parametrize(
    ("address", "pages"),
    [("/en/zustaendig/?ort=Grimma", 1), ("/en/aushang/grimma/", 1), ("/en/orte/grimma/", 2)],
)
def test_what_one_prints_fits_on_the_paper(site, page, address, pages):
    page.goto(site + address)

    printed = page.pdf(format="A4", margin=dict.fromkeys(("top", "bottom"), "1.3cm"))

    assert 0 < len(re.findall(rb"/Type /Page\b", printed)) <= pages


def test_an_error_takes_the_reader_to_the_summary_and_on_to_the_field(site, page):
    page.goto(site + "/en/hinweis/")
    page.click("button[type=submit]")
    page.wait_for_selector(".summary")

    assert page.title().startswith("Error: ")
    assert page.evaluate("document.activeElement.className") == "summary"
    assert violations(page) == []
    page.click(".summary a")
    assert page.evaluate("document.activeElement.id") == "id_text"


def test_the_first_tab_stop_leads_to_the_content(site, page):
    page.goto(site + "/en/orte/grimma/")

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")

    assert page.evaluate("document.activeElement.id") == "content"
