"""What an editor does in a month, in a real browser on the demo; each click is counted.

A click is a click, a tick, or a choice from a list; typing is none.
"""

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page

from contacts.demo import PASSWORD
from tests import servers
from tests.portal.uploading import pdf_bytes

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


FIRST_ROW = "#result_list tbody th a"


class Editor:
    """A page and the clicks made on it."""

    def __init__(self, page: Page, base: str) -> None:
        self.page, self.base, self.clicks = page, base, 0

    def open(self, path: str) -> None:
        """Go somewhere, and begin to count there."""
        self.page.goto(self.base + path)
        self.clicks = 0

    def click(self, selector: str) -> None:
        self.page.locator(selector).first.click()
        self.clicks += 1

    def choose(self, selector: str, label: str) -> None:
        options = self.page.locator(f"{selector} option").all_inner_texts()
        found = next(option for option in options if label in option)
        self.page.select_option(selector, label=found)
        self.clicks += 2  # one opens the list

    def press(self, name: str) -> None:
        self.click(f"input[name={name}]")
        self.page.wait_for_load_state()

    def reads(self, text: str) -> bool:
        return text in " ".join(self.page.inner_text("body").split())

    def post(self, holder: str) -> None:
        self.open("/verwaltung/contacts/post/?q=" + holder)
        self.click(FIRST_ROW)
        self.clicks = 0


@pytest.fixture(scope="module")
def base(tmp_path_factory, fresh_demo, django_db_blocker) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("day")
    with (
        django_db_blocker.unblock(),
        fresh_demo.copy(folder) as variables,
        servers.gunicorn(workers=1, **variables) as served,
    ):
        yield served


@pytest.fixture(scope="module")
def logged_in(browser, base) -> Iterator[Page]:
    context = browser.new_context(locale="de-DE", viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(15_000)
    page.goto(f"{base}/verwaltung/")
    page.fill("[name=login]", "editor@demo.example")
    page.fill("[name=password]", PASSWORD)
    page.locator("[type=submit]").first.click()
    page.wait_for_url("**/verwaltung/")
    yield page
    context.close()


@pytest.fixture
def editor(logged_in, base) -> Editor:
    return Editor(logged_in, base)


def public(editor: Editor, path: str) -> str:
    """A page as anybody gets it."""
    return re.sub(
        r"\s+", " ", re.sub(r"<[^>]+>", " ", editor.page.request.get(editor.base + path).text())
    )


def followed(editor: Editor, path: str) -> str:
    """Where a link of the administration to a public page leads."""
    return editor.page.request.get(editor.base + path).url.removeprefix(editor.base)


def take_back(editor: Editor) -> None:
    editor.click(".messagelist a[href*='/undo/']")
    editor.press("_publish")


def test_nine_towns_go_to_a_colleague_from_next_monday_in_five_clicks(editor):
    editor.post("Eichardt")

    editor.click(".object-tools a[href*='/hand-over/']")
    assert editor.page.locator("[name=rules]:checked").count() == 9
    editor.choose("[name=post]", "Götschenberg")
    editor.press("_look")
    assert editor.page.locator(".outcome td strong").count() == 9
    editor.press("_publish")

    assert editor.clicks <= 5
    assert editor.page.locator(".messagelist .success").count() == 1
    assert "Manuela Eichardt zuständig" in public(editor, "/de/orte/zwenkau/")  # until then
    take_back(editor)
    assert editor.page.locator(".messagelist .success").count() == 1


def test_a_colleague_leaves_at_the_end_of_the_month_and_another_follows(editor):
    editor.post("Loth")

    editor.click(".object-tools a[href*='/new-holder/']")
    editor.page.fill("[name=new_name]", "Nora Neu")
    editor.press("_look")
    with editor.page.context.expect_page() as seen:
        editor.page.click("input[name=_preview]")
    preview = seen.value
    preview.wait_for_load_state()
    assert "Nora Neu" in preview.inner_text("h1")
    preview.close()
    editor.press("_publish")

    assert editor.clicks == 3
    assert "Jana Loth" in public(editor, "/de/orte/borna/")
    take_back(editor)


def test_a_holiday_names_a_stand_in(editor):
    editor.post("Richter")
    tomorrow = editor.page.evaluate("new Date(Date.now() + 864e5).toISOString().slice(0, 10)")

    editor.click(".object-tools a[href*='/absence/']")
    editor.page.fill("[name=last_day]", tomorrow)
    editor.choose("[name=stand_in]", "Loth")
    editor.press("_look")
    editor.press("_publish")

    assert editor.clicks == 5
    shown = public(editor, "/de/orte/grimma/")
    assert "Vertretung" in shown
    assert shown.index("Jana Loth") < shown.index("Martina Richter")
    editor.open("/verwaltung/contacts/publication/")
    editor.click(FIRST_ROW)
    editor.click(".object-tools a[href*='/undo/']")
    editor.press("_publish")
    assert editor.clicks == 3


def test_a_number_is_put_right_from_what_a_visitor_wrote(editor, browser):
    visitor = browser.new_context(locale="de-DE").new_page()
    visitor.goto(f"{editor.base}/de/orte/wurzen/")
    visitor.click("text=Stimmt das nicht?")
    visitor.fill("[name=phone]", "03433 241-3499")
    visitor.wait_for_timeout(2100)  # whoever is faster is taken for a program
    visitor.click("form.form [type=submit]")
    visitor.wait_for_url("**/danke/")
    visitor.context.close()

    editor.open("/verwaltung/contacts/correction/")
    editor.click(FIRST_ROW)
    editor.click("form.outcome [type=submit]")
    editor.page.wait_for_load_state()

    assert editor.clicks == 2
    assert "03433 241-3499" in public(editor, "/de/orte/wurzen/")


def test_a_changed_spreadsheet_is_imported_and_taken_back(editor, tmp_path):
    editor.open("/verwaltung/contacts/importdraft/add/")
    link = editor.page.locator("a[href*='/table/responsibilities/xlsx/']").first
    saved = editor.page.request.get(editor.base + link.get_attribute("href")).body()
    book = openpyxl.load_workbook(BytesIO(saved))
    for place, _key, _topic, post, *_rest in book.active.iter_rows(min_row=2):
        if place.value in ("Pegau", "Zwenkau"):
            post.value = "kik-2-landkreis-leipzig"
    book.save(tmp_path / "towns.xlsx")

    editor.page.set_input_files("[type=file]", tmp_path / "towns.xlsx")
    editor.clicks += 1
    editor.click("#content [type=radio]")
    editor.click("#content form [type=submit]")
    editor.press("_publish")

    assert editor.clicks == 4
    assert "Christin Götschenberg zuständig" in public(editor, "/de/orte/pegau/")
    take_back(editor)
    assert editor.clicks == 6
    assert "Manuela Eichardt zuständig" in public(editor, "/de/orte/pegau/")


def test_a_document_is_replaced_by_its_next_edition(editor, tmp_path):
    paper = tmp_path / "Zwischenbericht 2026.pdf"
    paper.write_bytes(pdf_bytes())
    editor.open("/verwaltung/contacts/document/?q=zwischenbericht")
    editor.click(FIRST_ROW)
    former = editor.page.locator("a.viewsitelink").get_attribute("href")

    editor.click(".object-tools a[href$='/edition/']")
    editor.page.fill("[name=title]", "Zweiter Zwischenbericht")
    editor.page.fill("[name=issued]", "2026-11")
    editor.page.set_input_files("[name=file]", paper)
    editor.clicks += 1
    editor.click("form.account-form [type=submit]")
    editor.page.wait_for_selector(".messagelist .success")

    assert editor.clicks == 4
    assert "neuere Auflage" in public(editor, followed(editor, former))
    listed = public(editor, "/de/stellen/landkreis-leipzig/")
    assert "Zweiter Zwischenbericht" in listed
    assert "1. Zwischenbericht" not in listed
