"""Writing to an agency in a real browser: a volunteer, a family, an association."""

import re

import pytest

from contacts.models import Enquiry
from portal import guarded
from portal.models import OutboxMessage
from tests import factories
from tests.contacts.county import county
from tests.portal.entering import code_in
from tests.site.browsing import axe, small_targets, tab_to

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = {"width": 360, "height": 740}


@pytest.fixture
def site(live_server, monkeypatch) -> str:
    monkeypatch.setattr(guarded, "FASTEST", 0)  # a browser is faster than a person
    place = county()
    for town in (place.grimma, place.borna):
        factories.locality("Beucha", town)
    return live_server.url


@pytest.fixture
def open_tab(browser):
    contexts = []

    def open_one(**options):
        contexts.append(browser.new_context(**options))
        return contexts[-1].new_page()

    yield open_one
    for context in contexts:
        context.close()


def send(page) -> None:
    page.locator("main form.form button[type=submit]").click()


def number_on(page) -> str:
    return page.inner_text("main .number")


def test_a_volunteer_with_two_free_evenings_finds_the_form_and_their_coordinator(site, open_tab):
    page = open_tab(viewport=PHONE, locale="de-DE")
    page.goto(f"{site}/de/")
    page.click("main a[href='/de/anfrage/hilfe-anbieten/']")

    page.check("[name=activities][value=homework]")
    page.check("[name=activities][value=german]")
    page.fill("[name=times]", "dienstags und donnerstags ab 18 Uhr")
    page.check("[name=languages][value=ru]")
    page.fill("[name=place]", "Beucha")
    page.fill("[name=email]", "ehrenamt@example.org")
    send(page)
    page.wait_for_selector(".summary")
    assert page.is_checked("[name=activities][value=german]")
    assert page.input_value("[name=times]") == "dienstags und donnerstags ab 18 Uhr"
    assert axe(page) == []
    assert small_targets(page) == []
    page.locator("[name=chosen]").nth(1).check()
    send(page)

    page.wait_for_url("**/anfrage/gesendet/**")
    stored = Enquiry.objects.get()
    assert number_on(page) == stored.reference
    assert page.locator("main a[href^='tel:']").first.is_visible()
    assert stored.languages == ["ru"]
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_a_family_needs_homework_help_and_has_a_telephone_only(site, open_tab):
    page = open_tab(viewport=PHONE, locale="en-GB", java_script_enabled=False)
    page.goto(f"{site}/en/anfrage/")
    page.click("main a[href='/en/anfrage/hilfe-suchen/']")

    send(page)
    page.wait_for_selector(".summary")
    assert page.locator(".summary a").count() == 3  # what, where, and how to be reached
    page.check("[name=activities][value=homework]")
    page.fill("[name=place]", "Grimma")
    page.fill("[name=phone]", "0151 2345678")
    send(page)

    page.wait_for_url("**/anfrage/gesendet/**")
    shown = page.inner_text("main")
    assert "Martina Richter" in shown
    assert "somebody calls you" in shown
    assert re.search(r"by \d+ \w+ \d{4} at the latest", shown)
    assert not OutboxMessage.objects.filter(about__endswith=":sender").exists()


def test_an_association_follows_its_enquiry_by_number_and_code(site, open_tab):
    page = open_tab(viewport={"width": 1280, "height": 900}, locale="en-GB")
    page.goto(f"{site}/en/anfrage/mitmachen/?ort=Borna")
    tab_to(page, "[name=text]")
    page.keyboard.type("We play football on Tuesdays and look for players.")
    page.fill("[name=organisation]", "SV Borna")
    page.fill("[name=email]", "verein@example.org")
    send(page)
    page.wait_for_url("**/anfrage/gesendet/**")
    number = number_on(page)
    assert "Jana Loth" in page.inner_text("main")

    page.click("main a[href='/en/anfrage/stand/']")
    page.fill("[name=number]", number.lower().replace("-", " "))
    page.fill("[name=email]", "verein@example.org")
    send(page)
    page.wait_for_url("**/anmelden/code/")
    page.fill("[name=code]", code_in("verein@example.org"))
    send(page)

    page.wait_for_selector("main .thread")
    assert number in page.inner_text("main")
    assert axe(page) == []
    page.fill("[name=text]", "Women are welcome, too.")
    page.locator("form[action$='/schreiben/'] button").click()
    page.wait_for_selector("[role=status]")
    assert "Women are welcome, too." in page.inner_text(".thread")
    page.locator("form[action$='/erledigt/'] button").click()
    page.wait_for_selector("form[action$='/erledigt/']", state="detached")
    assert Enquiry.objects.get().outcome == "withdrawn"
