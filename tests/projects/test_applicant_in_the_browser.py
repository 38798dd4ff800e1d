"""The whole way of an applicant in a real browser: by keyboard on a phone, and without scripts."""

import datetime as dt
import re
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass

import pytest
from django.db.utils import ConnectionHandler
from environ import Env
from playwright.sync_api import Locator, Page, expect

from tests import servers
from tests.portal import uploading
from tests.projects.test_money import MEANT, REFUSED
from tests.site.browsing import (
    FOCUSED,
    NARROW,
    PHONE,
    Watch,
    axe,
    resize,
    scrolls_sideways,
    small_targets,
    tab_to,
)

pytestmark = pytest.mark.browser
DAY = (dt.date.today() + dt.timedelta(days=60)).isoformat()  # noqa: DTZ011 (some day to come)
FIRST = 60  # stops of the Tab key from the top of a long page to its last field


@dataclass
class Site:
    """A served demo, and the mails that it has written."""

    base: str
    database: str

    def newest_mail(self, email: str) -> str:
        handler = ConnectionHandler({"default": Env.db_url_config(self.database)})
        with closing(handler["default"]) as connection, connection.cursor() as cursor:
            cursor.execute(
                "SELECT body FROM portal_outboxmessage WHERE recipient = %s ORDER BY id DESC",
                [email],
            )
            return cursor.fetchone()[0]

    def code(self, email: str) -> str:
        return re.search(r"^\d{6}$", self.newest_mail(email), re.MULTILINE)[0]

    def link(self, email: str) -> str:
        return re.search(r"/(de|en)/weiter/\S+", self.newest_mail(email))[0]


@pytest.fixture(scope="module")
def site(tmp_path_factory, fresh_demo, django_db_blocker) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("applicant")
    with (
        django_db_blocker.unblock(),
        fresh_demo.copy(folder) as variables,
        servers.gunicorn(workers=2, **variables) as base,
    ):
        yield Site(base, variables["DATABASE_URL"])


@pytest.fixture
def device(browser, site) -> Iterator[Callable]:
    """Open a browser of its own, with a window of a small phone."""
    contexts = []

    def new(language: str = "de", **options):
        width, height = PHONE
        context = browser.new_context(
            base_url=site.base,
            viewport={"width": width, "height": height},
            locale=language,
            reduced_motion="reduce",
            **options,
        )
        contexts.append(context)
        return context

    yield new
    for context in contexts:
        context.close()


class Keys:
    """Fills in pages by keyboard alone; every stop of the Tab key has to be seen."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def go(self, selector: str) -> None:
        tab_to(self.page, selector, FIRST, seen=True)

    def type(self, name: str, text: str) -> None:
        self.go(f"[name={name}]")
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.type(text)

    def choose(self, name: str, value: str) -> None:
        """One of several radio buttons, or an entry of a list."""
        self.go(f"[name={name}]")
        for _number in range(20):
            if self.page.evaluate(f"{FOCUSED}.value") == value:
                break
            self.page.keyboard.press("ArrowDown")
        assert self.page.evaluate(f"{FOCUSED}.value") == value
        if self.page.evaluate(f"{FOCUSED}.type") == "radio":
            self.page.keyboard.press("Space")

    def day(self, name: str, iso: str) -> None:
        """A date is three numbers, in whatever order this browser asks for them."""
        self.go(f"[name={name}]")
        field = self.page.locator(f"[name={name}]")
        year, month, day = iso.split("-")
        for typed in (f"{month}{day}{year}", f"{day}{month}{year}"):
            field.blur()
            field.focus()
            self.page.keyboard.type(typed)
            if field.input_value() == iso:
                return
        raise AssertionError(f"{name} takes no date")

    def tick(self, selector: str) -> None:
        self.go(selector)
        self.page.keyboard.press("Space")

    def press(self, selector: str) -> None:
        self.go(selector)
        self.page.keyboard.press("Enter")


def look(page: Page) -> None:
    """Nothing that is open here may be wrong with axe, on a phone, or for a thumb."""
    found = {"axe": axe(page), "sideways": scrolls_sideways(page), "small": small_targets(page)}
    resize(page, NARROW)
    found["sideways at 320"] = scrolls_sideways(page)
    resize(page, PHONE)
    assert {kind: lines for kind, lines in found.items() if lines} == {}, page.url


def heading(page: Page) -> Locator:
    return page.locator("h1")


NEXT = "main form .button--main"


def test_from_the_check_to_the_receipt_by_keyboard_twice_interrupted(device, site):
    email = "amal@example.org"
    phone = device()
    page = phone.new_page()
    watch, keys = Watch(page, site.base), Keys(page)

    # Two minutes.
    page.goto("/de/foerderung/pruefen/")
    keys.choose("art", "private")
    keys.choose("massnahme", "meeting")
    keys.type("ort", "Grimma")
    keys.type("betrag", "450")
    keys.choose("gefoerdert", "no")
    keys.press(NEXT)
    page.wait_for_url("**?*ort=Grimma*")
    look(page)
    keys.press("main a.button--main")

    # The first questions, with two mistakes, and the code.
    page.wait_for_url("**/antrag/neu/**")
    keys.type("email", "amal@")
    page.keyboard.press("Enter")
    expect(page.locator(".summary:focus")).to_be_visible()
    look(page)
    keys.press(".summary a[href='#id_title']")
    assert page.evaluate(f"{FOCUSED}.id") == "id_title"
    page.keyboard.type("Sprachcafé am Markt 🎉")
    assert page.is_checked("[name=applicant_type][value=private]")  # from the check
    keys.type("email", email)
    page.keyboard.press("Enter")
    page.wait_for_url("**/anmelden/code/")
    keys.type("code", site.code(email))
    page.keyboard.press("Enter")
    expect(heading(page)).to_have_text("Ihr Vorhaben")
    look(page)
    way_back = site.link(email)
    keys.choose("funding_area", "language")
    keys.type("summary", "Wir treffen uns samstags.")
    keys.press(NEXT)

    # Saved without any button; then the tab is gone.
    expect(heading(page)).to_have_text("Wer den Antrag stellt")
    keys.type("name", "Amal Haddad")
    keys.type("street", "Markt 3")
    keys.type("postal_code", "04668")
    keys.type("town", "Grimma")
    saved = page.locator("[data-saved]")
    expect(saved).to_have_text("")
    expect(saved).to_contain_text("Gespeichert um", timeout=15_000)
    assert watch.collect() == []
    page.close()

    page = phone.new_page()
    watch, keys = Watch(page, site.base), Keys(page)
    page.goto("/de/antrag/")
    look(page)
    keys.press("main .choices a")
    page.wait_for_url("**/antrag/*-*/")
    expect(page.locator(".task-state--needs-attention")).to_have_count(0)
    look(page)
    keys.press(".tasks a[href*=antragstellende]")
    expect(page.locator("[name=town]")).to_have_value("Grimma")
    keys.type("phone", "03437 123456")
    keys.press(NEXT)
    expect(heading(page)).to_have_text("Wo und wann")
    keys.day("starts_on", DAY)
    keys.day("ends_on", DAY)
    keys.type("places-0-place", "Grimma")
    page.keyboard.press("Enter")
    expect(heading(page)).to_have_text("Was Sie vorhaben")
    watch_says = watch.collect()
    assert watch_says == []

    # Another device, by the link of the mail.
    other = device()
    page = other.new_page()
    watch, keys = Watch(page, site.base), Keys(page)
    page.goto(way_back)
    look(page)  # a scanner of mails has come so far
    keys.press("main form button")
    page.wait_for_url("**/anmelden/code/")
    keys.type("code", site.code(email))
    page.keyboard.press("Enter")
    page.wait_for_url("**/antrag/*-*/")
    expect(page.locator(".task-state--done")).to_have_count(3)
    keys.press(".tasks a[href*='/inhalt/']")
    expect(heading(page)).to_have_text("Was Sie vorhaben")
    count = page.locator("[name=content] + .count")
    keys.type("content", "Kaffee & Gespräche 🎉👩‍👧")
    text = page.input_value("[name=content]")
    expect(count).to_have_text(re.compile(rf"^{len(text)} / "))  # as Python counts
    keys.type("participants", "20")
    keys.type("with_migration", "30")
    keys.press(NEXT)
    expect(page.locator(".summary:focus")).to_be_visible()  # a part is larger than the whole
    look(page)
    keys.type("with_migration", "12")
    keys.press(NEXT)

    # Money, added up while it is typed.
    expect(heading(page)).to_have_text("Was es kostet")
    keys.choose("costs-0-kind", "material")
    keys.type("costs-0-description", "Kaffee und Kuchen")
    keys.type("costs-0-quantity", "10")
    keys.type("costs-0-price", "25,50")
    expect(page.locator("[data-sum=costs]")).to_have_text(re.compile(r"255,00\s€"))
    keys.press("[name=add]")
    page.wait_for_url("**#last-line")
    expect(page.locator("[name=costs-1-kind]")).to_be_visible()
    keys.choose("costs-1-kind", "rent")
    keys.type("costs-1-description", "Saal")
    keys.type("costs-1-price", "1.245,5")
    expect(page.locator("[data-sum=costs]")).to_have_text(re.compile(r"1\.500,50\s€"))
    look(page)
    keys.press(NEXT)
    expect(heading(page)).to_have_text("Woher das Geld kommt")
    keys.type("requested_cents", "1450,50")
    keys.choose("income-0-kind", "own")
    keys.type("income-0-amount", "50")
    expect(page.locator("[data-balance]")).to_have_class("sums-even")
    look(page)
    keys.press(NEXT)
    expect(heading(page)).to_have_text("Anlagen")
    keys.press(".actions a.button--main")
    expect(heading(page)).to_have_text("Ihre Erklärungen")
    for box in page.locator("main form [type=checkbox]").all():
        keys.tick(f"#{box.get_attribute('id')}")
    keys.press(NEXT)
    expect(page.locator(".task-state--done")).to_have_count(7)

    # Sent, and sent again by the back button: the receipt each time.
    keys.press("main a.button--main[href$='/pruefen/']")
    page.wait_for_url("**/pruefen/")
    look(page)
    keys.press(NEXT)
    page.wait_for_url("**/eingang/")
    number = page.locator(".receipt-number").inner_text()
    look(page)
    assert number in site.newest_mail(email)
    page.go_back()
    page.reload()
    page.wait_for_url("**/eingang/")
    assert page.locator(".receipt-number").inner_text() == number
    assert watch.collect() == []
    page.goto("/de/antrag/")
    expect(page.locator(".choices a")).to_have_count(1)


def test_the_same_way_without_scripts_and_in_english(device, site):
    email = "badr@example.org"
    page = device("en", java_script_enabled=False).new_page()

    page.goto("/en/foerderung/pruefen/")
    page.select_option("[name=art]", "association")
    page.select_option("[name=massnahme]", "language-course")
    page.fill("[name=ort]", "Borna")
    page.check("[name=gefoerdert][value=no]")
    page.click(NEXT)
    page.click("main a[href*='/antrag/neu/']")
    page.fill("[name=title]", "Deutsch am Abend")
    page.fill("[name=email]", email)
    page.click(NEXT)
    page.fill("[name=code]", site.code(email))
    page.click(NEXT)
    expect(heading(page)).to_have_text("Your project")
    assert page.is_checked("[name=measure_kind][value=language-course]")
    page.check("[name=funding_area][value=language]")
    page.fill("[name=summary]", "Ein Kurs am Abend.")
    page.click(NEXT)

    # Incomplete is fine, and the second time shows what is missing.
    expect(heading(page)).to_have_text("Who applies")
    page.fill("[name=name]", "Deutschcafé e. V.")
    page.click("[name=later]")
    page.goto("/en/antrag/")
    page.click("main .choices a")
    page.click("main a.button--main[href$='/pruefen/']")
    page.click(".summary a[href*='antragstellende'] >> nth=0")
    expect(page.locator(".summary")).to_be_visible()
    expect(page.locator("[name=name]")).to_have_value("Deutschcafé e. V.")
    for name, text in {
        "street": "Markt 1",
        "postal_code": "04552",
        "town": "Borna",
        "representative": "Lê Thị Hồng, Vorsitzende",
        "contact_name": "Lê Thị Hồng",
        "phone": "03433 1",
    }.items():
        page.fill(f"[name={name}]", text)
    for paper in ("statutes", "register", "exemption"):
        page.check(f"[name={paper}][value=attached]")
    page.locator("[name=deducts_vat]").last.check()
    page.click(NEXT)
    expect(heading(page)).to_have_text("Where and when")
    page.fill("[name=starts_on]", DAY)
    page.fill("[name=ends_on]", (dt.date.fromisoformat(DAY) + dt.timedelta(days=80)).isoformat())
    page.fill("[name=places-0-place]", "Borna")
    page.click(NEXT)
    expect(heading(page)).to_have_text("What you plan")
    for name in ("content", "target_group", "goal", "frequency", "success"):
        page.fill(f"[name={name}]", "Deutsch üben, zweimal in der Woche.")
    page.fill("[name=participants]", "12")
    page.fill("[name=with_migration]", "12")
    page.click(NEXT)
    expect(heading(page)).to_have_text("Your course")
    for name, text in {
        "units_a_week": "4",
        "units_in_all": "50",
        "weeks": "13",
        "learners": "12",
        "level": "A2",
        "teacher": "Nguyễn Văn An",
    }.items():
        page.fill(f"[name={name}]", text)
    page.click(NEXT)

    expect(heading(page)).to_have_text("What it costs")
    page.select_option("[name=costs-0-kind]", "fees")
    page.fill("[name=costs-0-description]", "Honorar")
    page.fill("[name=costs-0-quantity]", "50")
    page.fill("[name=costs-0-price]", "19.99")
    page.click("[name=add]")
    page.select_option("[name=costs-1-kind]", "material")
    page.fill("[name=costs-1-description]", "Hefte")
    page.fill("[name=costs-1-price]", "1,234")  # which could be two things
    page.click(NEXT)
    expect(page.locator(".summary")).to_be_visible()
    expect(page.locator("[name=costs-1-price]")).to_have_value("1,234")
    page.click("[name=remove][value=costs-1]")
    expect(page.locator("[data-sum=costs]")).to_have_text("€999.50")
    page.click(NEXT)
    page.fill("[name=requested_cents]", "999.50")
    page.click(NEXT)
    expect(heading(page)).to_have_text("Attachments")
    for name in ("statutes.pdf", "wrong.pdf"):
        pdf = uploading.pdf_bytes(name)
        page.set_input_files("#id_files", {"name": name, "mimeType": "", "buffer": pdf})
        page.click(".upload button[type=submit]")
    html = {"name": "page.pdf", "mimeType": "application/pdf", "buffer": b"<html>"}
    page.set_input_files("#id_files", html)
    page.click(".upload button[type=submit]")
    expect(page.locator(".summary")).to_contain_text("page.pdf")
    expect(page.locator(".files li")).to_have_count(2)
    page.click(".files li:has-text('wrong.pdf') .file-remove")
    page.click(NEXT)
    expect(page.locator(".files li")).to_have_count(1)
    with page.expect_download() as download:
        page.click(".files a >> nth=0")
    assert download.value.suggested_filename == "statutes.pdf"
    page.click("a.button--main")
    expect(heading(page)).to_have_text("What you declare")
    for box in page.locator("main form [type=checkbox]").all():
        box.check()
    page.click(NEXT)

    page.click("main a.button--main[href$='/pruefen/']")
    expect(heading(page)).to_have_text("Check and send")
    assert page.locator(".summary").count() == 0, page.locator(".summary").inner_text()
    page.click(NEXT)
    page.wait_for_url("**/eingang/")
    number = page.locator(".receipt-number").inner_text()
    mail = site.newest_mail(email)
    assert mail.index("has arrived") < mail.index("eingegangen")
    assert number in mail
    with page.expect_download() as download:
        page.click("main a[href$='.pdf']")
    assert download.value.suggested_filename == f"{number}-1.pdf"


@pytest.fixture
def draft(device, site) -> Page:
    """The first section of a draft that has just been begun."""
    email = "carla@example.org"
    page = device().new_page()
    page.goto("/de/foerderung/pruefen/?art=private&massnahme=meeting&ort=Grimma&gefoerdert=no")
    page.click("main a.button--main")
    page.fill("[name=title]", "Fest")
    page.fill("[name=email]", email)
    page.click(NEXT)
    page.fill("[name=code]", site.code(email))
    page.click(NEXT)
    expect(heading(page)).to_have_text("Ihr Vorhaben")
    return page


def test_two_tabs_lose_neither_text_and_the_sums_are_those_of_the_server(draft, device, site):
    watch = Watch(draft, site.base)
    address = draft.url.replace("vorhaben", "inhalt")
    draft.goto(address)
    other = draft.context.new_page()
    other.goto(address)
    draft.fill("[name=content]", "Aus dem ersten Fenster")
    draft.click(NEXT)
    expect(heading(draft)).to_have_text("Was es kostet")

    # The second tab notices by itself, and shows both texts when it is sent.
    other.fill("[name=content]", "Aus dem zweiten Fenster")
    expect(other.locator("[data-saved]")).to_contain_text("„Speichern“", timeout=15_000)
    other.click(NEXT)
    expect(other.locator("#conflict-heading")).to_be_visible()
    assert other.evaluate(f"{FOCUSED}.getAttribute('aria-labelledby')") == "conflict-heading"
    expect(other.locator(".notice .answers")).to_contain_text("Aus dem ersten Fenster")
    expect(other.locator("[name=content]")).to_have_value("Aus dem zweiten Fenster")
    look(other)
    other.fill("[name=content]", "Aus beiden Fenstern")
    other.click(NEXT)
    expect(heading(other)).to_have_text("Was es kostet")
    # Saved, back, and on once more: one is not in one's own way.
    other.goto(address)
    other.click(NEXT)
    expect(heading(other)).to_have_text("Was es kostet")
    other.go_back()
    expect(other.locator("[name=content]")).to_have_value("Aus beiden Fenstern")
    other.fill("[name=content]", "Aus beiden Fenstern, zuletzt")
    other.click(NEXT)
    expect(heading(other)).to_have_text("Was es kostet")

    # Without a connection the text stays, and is saved as soon as there is one.
    draft.fill("[name=costs-0-description]", "Kaffee")
    draft.context.set_offline(True)
    draft.fill("[name=costs-0-price]", "12,50")
    saved = draft.locator("[data-saved]")
    expect(saved).to_contain_text("Nicht gespeichert", timeout=15_000)
    draft.context.set_offline(False)
    expect(saved).to_contain_text("Gespeichert um", timeout=15_000)
    draft.reload()
    expect(draft.locator("[name=costs-0-price]")).to_have_value("12,50")

    read = draft.evaluate(
        """async (entries) => {
          const { cents } = await import(document.querySelector("script[src*=sums]").src);
          return entries.map((typed) => { const value = cents(typed);
            return value === null ? null : Number(value); });
        }""",
        [*MEANT, *REFUSED],
    )
    expected = {**MEANT, **dict.fromkeys(REFUSED)}
    assert dict(zip(expected, read, strict=True)) == expected
    # Half a cent goes up, as on the server.
    draft.fill("[name=costs-0-quantity]", "2,5")
    draft.fill("[name=costs-0-price]", "0,33")
    expect(draft.locator("[data-line-total] >> nth=0")).to_have_text(re.compile(r"0,83\s€"))
    draft.select_option("[name=costs-0-kind]", "material")
    draft.click(NEXT)
    expect(draft.locator("[data-sum=costs]")).to_have_text(re.compile(r"0,83\s€"))
    assert watch.collect() == []
