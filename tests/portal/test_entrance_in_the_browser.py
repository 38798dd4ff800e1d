"""The entrance on a phone, by keyboard alone and without scripts, looked at by axe."""

import re

import pytest
from django.utils.http import urlencode

from portal.models import User
from tests.portal.entering import code_in
from tests.site.browsing import PHONE, Watch, axe, scrolls_sideways, small_targets, tab_to

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
EMAIL, NEW = "amal@example.org", "neu@example.org"


def looked_at(page) -> list[str]:
    """What axe, the window and thumbs have to say about the page that is open."""
    page.wait_for_load_state()
    assert page.locator("h1").count() == 1
    return [*axe(page), *scrolls_sideways(page), *small_targets(page)]


def type_into(page, selector: str, text: str) -> None:
    """Reach the field with Tab, type, and send the form with Enter."""
    tab_to(page, selector, seen=True)
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def test_from_the_address_to_the_end_by_keyboard_without_scripts(browser, live_server):
    width, height = PHONE
    context = browser.new_context(
        base_url=live_server.url,
        viewport={"width": width, "height": height},
        color_scheme="dark",
        bypass_csp=True,  # axe is a script, too
        locale="de-DE",
    )
    page = context.new_page()
    context.route("**/*.js", lambda route: route.abort())
    found = {}

    def look(name: str) -> None:
        found[name] = looked_at(page)

    page.goto(f"/de/anmelden/?{urlencode({'weiter': '/de/konto/'})}")
    type_into(page, "[name=email]", "amal")
    page.wait_for_selector(".summary")
    look("no address")
    type_into(page, "[name=email]", EMAIL)
    page.wait_for_selector("[name=code]")
    look("code")
    type_into(page, "[name=code]", "000000")
    page.wait_for_selector(".summary")
    look("wrong code")
    page.goto("/de/karte/")
    page.goto("/de/anmelden/code/")  # another tab, another day
    code = code_in(EMAIL)
    type_into(page, "[name=code]", f"{code[:3]} {code[3:]}")
    page.wait_for_url("**/de/konto/")
    look("account")
    page.goto("/de/konto/e-mail/?neu")
    look("new address")
    type_into(page, "[name=email]", NEW)
    page.wait_for_selector("[name=old_code]")
    look("two codes")
    page.fill("[name=old_code]", code_in(EMAIL))
    type_into(page, "[name=new_code]", code_in(NEW))
    page.wait_for_url(re.compile("geaendert"))
    page.goto("/de/abmelden/")
    look("log-out")
    page.goto("/de/konto/loeschen/")
    look("delete")
    tab_to(page, "main form button", seen=True)
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Startseite").first.wait_for()
    look("deleted")

    assert {name: lines for name, lines in found.items() if lines} == {}
    assert User.objects.count() == 0
    context.close()


def test_nothing_is_blocked_or_asked_from_others(page, live_server):
    watch = Watch(page, live_server.url)
    page.goto(f"{live_server.url}/en/anmelden/")
    page.fill("[name=email]", EMAIL)
    page.click("main button[type=submit]")
    page.wait_for_selector("[name=code]")
    assert page.evaluate("document.activeElement.tagName") == "BODY"
    page.fill("[name=code]", "1")
    page.click("main .form button[type=submit]")
    page.wait_for_selector(".summary:focus")

    assert watch.collect() == []
