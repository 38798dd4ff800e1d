"""Somebody needs a Tigrinya interpreter next Tuesday in Döbeln: in a real browser, on the demo."""

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from contacts.demo import INTERPRETING, PASSWORD
from portal import clock
from tests import servers
from tests.site.browsing import PHONE, Watch, axe, scrolls_sideways, small_targets

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
INBOX = "/verwaltung/contacts/enquiry/"
# Run in the demo: the code in the last mail to the resident; and the day of the talk, today.
CODE = (
    "import re; from portal.models import OutboxMessage\n"
    "mail = OutboxMessage.objects.filter(recipient='resident@demo.example', body__gt='')\n"
    "print(re.search(r'^\\d{6}$', mail.order_by('-pk')[0].body, re.M)[0])"
)
MAILS = (
    "from portal.models import OutboxMessage\n"
    "print(*OutboxMessage.objects.filter(about__contains='interpreter')"
    ".values_list('body', flat=True), sep='\\n')"
)
TODAY = (
    "from contacts.models import Assignment; from portal import clock\n"
    "Assignment.objects.filter(state='confirmed').update(day=clock.today())"
)


def next_tuesday() -> dt.date:
    today = clock.today()
    return today + dt.timedelta(days=8 - today.weekday())


@pytest.fixture
def demo(tmp_path_factory, fresh_demo, django_db_blocker) -> Iterator[tuple[str, dict]]:
    folder: Path = tmp_path_factory.mktemp("interpreter")
    with (
        django_db_blocker.unblock(),
        fresh_demo.copy(folder) as variables,
        servers.gunicorn(workers=1, **variables) as base,
    ):
        yield base, variables


def in_demo(code: str, variables: dict) -> str:
    return servers.manage("shell", "-v", "0", "-c", code, **variables).stdout.strip()


def tab(browser: Browser, width: int, height: int, locale: str) -> Page:
    context = browser.new_context(viewport={"width": width, "height": height}, locale=locale)
    page = context.new_page()
    page.set_default_timeout(15_000)
    return page


def checked(page: Page) -> None:
    assert axe(page) == []
    assert not scrolls_sideways(page)


def ask(page: Page, base: str) -> str:
    """From the page of the topic to the number of the enquiry, on an old telephone."""
    page.goto(f"{base}/en/themen/interpreting/")
    page.locator("main a[href='/en/sprachmittlung/']").click()
    checked(page)
    page.locator("main ul.tiles a").first.click()
    page.wait_for_url("**/sprachmittlung/sprachmittlung-mittelsachsen/")
    checked(page)
    assert small_targets(page) == []
    page.locator("main a.button[href='/en/anfrage/sprachmittlung/']").click()
    page.wait_for_timeout(2500)  # whoever is faster is no person
    page.select_option("[name=wanted_language]", "ti")
    page.check("[name=talk][value=school]")
    page.fill("[name=talk_on]", next_tuesday().isoformat())
    page.fill("[name=talk_at]", "14:30")
    page.fill("[name=place]", "Döbeln")
    page.fill("[name=email]", "resident@demo.example")
    page.locator("main form.form button[type=submit]").click()
    page.wait_for_url("**/anfrage/gesendet/**")
    shown = page.inner_text("main")
    assert re.search(r"by \d+ \w+ \d{4} at the latest", shown)
    assert INTERPRETING.name in shown
    checked(page)
    return page.inner_text("main .number")


def log_in(page: Page, base: str) -> None:
    page.goto(f"{base}/verwaltung/")
    page.fill("[name=login]", INTERPRETING.email)
    page.fill("[name=password]", PASSWORD)
    page.locator("[type=submit]").first.click()
    page.wait_for_url("**/verwaltung/")


def press(page: Page, name: str) -> None:
    page.locator(f"form[action$='/{name}/'] button").first.click()
    page.wait_for_selector(".messagelist")


def own_page(page: Page, base: str, number: str, variables: dict) -> None:
    page.goto(f"{base}/en/anfrage/stand/")
    page.fill("[name=number]", number)
    page.fill("[name=email]", "resident@demo.example")
    page.locator("main form.form button[type=submit]").click()
    page.wait_for_url("**/anmelden/code/")
    page.fill("[name=code]", in_demo(CODE, variables))
    page.locator("main form.form button[type=submit]").click()
    page.wait_for_selector("main .thread")


def test_a_resident_asks_the_desk_finds_somebody_and_the_page_says_so(browser, demo):
    base, variables = demo
    phone, desk = tab(browser, *PHONE, "en-GB"), tab(browser, 1280, 900, "en-GB")
    number = ask(phone, base)

    log_in(desk, base)
    watch = Watch(desk, base)
    desk.goto(f"{base}{INBOX}?q={number}")
    desk.locator("#result_list tbody th a").first.click()
    desk.wait_for_selector("#interpreter")
    checked(desk)
    press(desk, "ask")  # 1
    press(desk, "confirm")  # 2
    checked(desk)

    own_page(phone, base, number, variables)
    notice = phone.inner_text("main .notice")
    assert "Tigrinya" in notice
    assert str(next_tuesday().year) in notice
    checked(phone)
    mails = in_demo(MAILS, variables)
    assert "Saba" not in mails + phone.inner_text("main")
    assert "resident@demo.example" not in mails

    in_demo(TODAY, variables)
    desk.reload()
    press(desk, "done")  # 3
    phone.reload()
    assert "settled" in phone.inner_text("main")
    desk.goto(f"{base}/verwaltung/sprachmittlung/zahlen/")
    assert "Tigrinya" in desk.inner_text("main")
    checked(desk)
    assert watch.collect() == []
    for page in (phone, desk):
        page.context.close()
