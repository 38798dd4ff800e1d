"""A convenor's day in a real browser: in by a code, invite, change, upload minutes; who reads them.

The convenor works on a desk, by the keyboard where forms are concerned; the member has a telephone
and no JavaScript.
"""

import datetime as dt
import re
from pathlib import Path

import pytest
from icalendar import Calendar

from contacts.models import GroupPaper, Meeting
from portal import clock
from portal.models import OutboxMessage
from tests import factories
from tests.contacts.county import county
from tests.portal.entering import code_in
from tests.portal.uploading import pdf_bytes
from tests.site.browsing import axe, small_targets, tab_to

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DESK = {"width": 1280, "height": 900}
PHONE = {"width": 360, "height": 740}
CONVENOR, MEMBER, STRANGER = "vera@example.org", "mira@example.org", "fremd@example.org"


@pytest.fixture
def site(live_server, settings, tmp_path) -> str:
    stored = settings.STORAGES["default"]
    options = {**stored["OPTIONS"], "location": tmp_path / "files"}
    settings.STORAGES = {**settings.STORAGES, "default": {**stored, "OPTIONS": options}}
    settings.SITE_URL = live_server.url
    group = factories.group(county().agency, "AG Sprache", slug="ag-sprache")
    factories.member(group, CONVENOR, convenes=True, name="Vera Vorsitz")
    factories.member(group, MEMBER, name="Mira Mitglied")
    return live_server.url


@pytest.fixture
def open_tab(browser):
    contexts = []

    def open_one(**options):
        contexts.append(browser.new_context(locale="en-GB", **options))
        return contexts[-1].new_page()

    yield open_one
    for context in contexts:
        context.close()


def send(page) -> None:
    page.locator("main form.form button[type=submit]").click()


def log_in(page, address: str, email: str) -> None:
    """Open `address`, and come back to it by a code to `email`."""
    page.goto(address)
    page.fill("main [name=email]", email)
    send(page)
    page.wait_for_url("**/anmelden/code/")
    page.fill("[name=code]", code_in(email))
    send(page)
    page.wait_for_url(address)


def is_sound(page) -> None:
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_convenor_invites_changes_and_adds_minutes_that_a_member_reads(
    site, open_tab, tmp_path: Path
):
    day = clock.today() + dt.timedelta(days=30)
    page = open_tab(viewport=DESK)
    log_in(page, f"{site}/en/netzwerk/gruppen/ag-sprache/mitglieder/", CONVENOR)
    is_sound(page)
    page.click("main a[href$='/einladen/']")
    tab_to(page, "[name=title]")
    page.keyboard.type("Sommerfest")
    page.fill("[name=day]", f"{day:%Y-%m-%d}")
    page.fill("[name=starts]", "17:00")
    page.fill("[name=ends]", "16:00")
    page.fill("[name=place]", "Rathaus Borna")
    page.fill("[name=agenda]", "Begrüßung\nHaushalt")
    send(page)
    page.wait_for_selector(".summary")
    assert "The end has to be later" in page.inner_text("main")
    assert page.input_value("[name=agenda]") == "Begrüßung\nHaushalt"
    is_sound(page)
    page.fill("[name=ends]", "19:00")
    send(page)
    page.wait_for_url("**/netzwerk/treffen/**")

    assert "2 people are invited by mail" in page.inner_text("[role=status]")
    is_sound(page)
    address, arranged = page.url, Meeting.objects.get()
    mail = OutboxMessage.objects.get(recipient=MEMBER, about__contains=":invited-")
    assert re.search(r"https?://\S+/netzwerk/treffen/\S+/", mail.body)
    assert "Haushalt" in mail.body

    page.click("main a[href$='/aendern/']")
    page.fill("[name=place]", "Volkshaus Grimma")
    send(page)
    page.wait_for_selector("[role=status]")
    assert "2 people are told what is new by mail" in page.inner_text("[role=status]")
    with page.expect_download() as saved:
        page.click("main a[href$='.ics']")
    (event,) = Calendar.from_ical(Path(saved.value.path()).read_bytes()).walk("VEVENT")
    assert (event["sequence"], str(event["location"])) == (1, "Volkshaus Grimma")
    assert str(event["uid"]) == str(arranged.uuid)

    minutes = tmp_path / "Protokoll.pdf"
    minutes.write_bytes(pdf_bytes("What was said"))
    page.click("main a[href*='/papier/']")
    assert page.locator("[name=meeting] option:checked").inner_text() != "to none"
    page.fill("[name=title]", "Protokoll")
    page.set_input_files("[name=file]", minutes)
    is_sound(page)
    send(page)
    page.wait_for_url(address)
    assert "The paper is there for the members" in page.inner_text("[role=status]")

    phone = open_tab(viewport=PHONE, java_script_enabled=False)
    log_in(phone, f"{site}/en/netzwerk/meine/", MEMBER)
    phone.click("main section a[href$='/mitglieder/']")
    shown = phone.inner_text("main")
    assert "Volkshaus Grimma" in shown
    assert MEMBER not in shown
    with phone.expect_download() as saved:
        phone.click("main a[href$='.pdf']")
    assert saved.value.suggested_filename == "Protokoll.pdf"
    assert b"What was said" in Path(saved.value.path()).read_bytes()

    stranger = open_tab(viewport=PHONE)
    log_in(stranger, f"{site}/en/netzwerk/meine/", STRANGER)
    assert "You belong to no group" in stranger.inner_text("main")
    is_sound(stranger)
    paper = GroupPaper.objects.get()
    for path in (address, f"{site}/en/netzwerk/papiere/{paper.uuid}.pdf"):
        assert stranger.goto(path).status == 404

    page.click("main a[href$='/absagen/']")
    is_sound(page)
    page.locator("main form button").click()
    page.wait_for_url(address)
    assert "It does not take place" in page.inner_text("main")
    assert small_targets(page) == []
