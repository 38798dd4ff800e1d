"""Importing in a real browser: by keyboard, on a phone, with axe looking on."""

import pytest

from contacts.demo import PASSWORD
from portal import sheets
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
UPLOAD = "/verwaltung/contacts/importdraft/add/"


@pytest.fixture(scope="module")
def staff(browser, site):
    context = browser.new_context(base_url=site.base, locale="de-DE")
    page = context.new_page()
    page.watch = Watch(page, site.base)
    page.goto("/verwaltung/")
    page.fill("[name=login]", "editor@demo.example")
    page.fill("[name=password]", PASSWORD)
    page.locator("[type=submit]").first.click()
    page.wait_for_url("**/verwaltung/")
    yield page
    context.close()


def look(page) -> dict[str, list[str]]:
    """What axe and the browser have to say about the page that is open, on a desk and a phone."""
    resize(page, WIDE)
    found = {"noticed": page.watch.collect(), "wide": axe(page)}
    resize(page, NARROW)
    found |= {"narrow": axe(page), "sideways": scrolls_sideways(page)}
    resize(page, PHONE)
    found |= {
        "small": [line for line in small_targets(page) if "import" in line or "choice" in line],
    }
    return {kind: lines for kind, lines in found.items() if lines}


def choose_file(page, content: bytes, name: str) -> None:
    page.goto(UPLOAD)
    kind = sheets.FORMATS[name.rpartition(".")[2]]
    page.set_input_files("[name=file]", {"name": name, "mimeType": kind, "buffer": content})
    page.check("[name=left_out][value=keep]")
    page.keyboard.press("Enter")


def test_the_upload_is_accessible_and_says_what_is_wrong(staff):
    staff.goto(UPLOAD)
    assert look(staff) == {}

    choose_file(staff, b"Ort|Post key\nGrimma|x\n", "team.csv")
    staff.wait_for_selector(".import-problems")
    assert [kind for kind in look(staff) if kind != "noticed"] == []  # 422 is noticed


def test_a_draft_with_everything_in_it_is_accessible(staff):
    text = "Ort;Kennung der Stelle\nGrima;kik-1-landkreis-leipzig\n"
    text += "Wurzen;kik-1-landkreis-leipzig\nBorna;nobody\n"
    choose_file(staff, text.encode(), "team.csv")
    staff.wait_for_selector(".import-unclear")
    assert look(staff) == {}

    staff.select_option("[name=choice-2-place]", label="Grimma")
    staff.select_option("[name=choice-4-post]", value="-")
    staff.focus("[name=_choose]")
    staff.keyboard.press("Enter")
    staff.wait_for_selector("[name=_publish]:enabled")
    assert staff.locator("#changed li").count() == 2
    assert look(staff) == {}
    staff.emulate_media(color_scheme="dark")
    staff.goto(staff.url)
    assert axe(staff) == []
    staff.emulate_media(color_scheme="light")
