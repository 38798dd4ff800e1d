"""Accounts in a real browser and in real processes: TOTP by keyboard, passkeys, limits, time."""

import re
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests import servers
from tests.portal.log_in import PASSWORD, code
from tests.site.browsing import Watch, axe
from tests.site.test_admin_pages import look
from tests.site.web import Site

LOG_IN = "/verwaltung/konto/anmelden/"
STAFF = [f"{number}@example.org" for number in ("first", "second", "third", "fourth")]


@pytest.fixture(scope="module")
def variables(
    prepared, fresh_tables, tmp_path_factory, django_db_blocker
) -> Iterator[dict[str, str]]:
    """The environment of a site without data, where staff need a second factor."""
    folder = tmp_path_factory.mktemp("accounts")
    with (
        django_db_blocker.unblock(),
        servers.empty_database(folder, like=fresh_tables) as url,
    ):
        found = {**prepared, "DATABASE_URL": url, "SECOND_FACTOR_REQUIRED": "true"}
        first, *others = STAFF
        password = {"DJANGO_SUPERUSER_PASSWORD": PASSWORD}
        command = ("createsuperuser", "--noinput", f"--email={first}")
        assert servers.manage(*command, **password, **found).returncode == 0
        create = f"[User.objects.create_superuser(email, {PASSWORD!r}) for email in {others}]"
        code = f"from portal.models import User; {create}"
        assert servers.manage("shell", "--no-imports", "-c", code, **found).returncode == 0
        yield found


@pytest.fixture(scope="module")
def sites(variables) -> Iterator[list[Site]]:
    """Two processes that share nothing but the database."""
    with ExitStack() as stack:
        yield [
            Site(stack.enter_context(servers.gunicorn(workers=1, **variables))) for _ in range(2)
        ]


@pytest.fixture
def staff(browser, sites) -> Iterator:
    """A tab at the site as `localhost`: passkeys belong to a name, not to a number."""
    base = sites[0].base.replace("127.0.0.1", "localhost")
    context = browser.new_context(base_url=base, locale="de-DE")
    page = context.new_page()
    page.watch = Watch(page, base)
    yield page
    context.close()


def type_password(page, email: str) -> None:
    page.goto("/verwaltung/")
    page.fill("[name=login]", email)
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")


def test_limits_hold_across_processes(sites):
    """Five tries in a row are wrong; the sixth is not even looked at, whoever is asked."""
    answers = [
        sites[number % 2].send_form(LOG_IN, login="nobody@example.org", password="wrong").text
        for number in range(7)
    ]

    errors = [re.findall(r"<ul>\s*<li>(.*?)</li>", answer, re.DOTALL)[0] for answer in answers]
    assert len(set(errors[:5])) == 1
    assert errors[5] == errors[6] != errors[0]


@pytest.mark.browser
def test_the_first_administrator_sets_up_an_app_and_logs_in_with_it_by_keyboard(staff):
    staff.goto("/verwaltung/")
    tab_to(staff, "[name=login]")
    staff.keyboard.type(STAFF[0])
    staff.keyboard.press("Tab")
    staff.keyboard.type(PASSWORD)
    staff.keyboard.press("Enter")
    staff.wait_for_url("**/zweiter-faktor/")
    assert look(staff) == {}

    tab_to(staff, "a[href$='/app/']")
    staff.keyboard.press("Enter")
    staff.wait_for_url("**/app/")
    assert look(staff) == {}
    staff.reload()  # `look` has asked for the page again, and each time it has a new key
    secret = staff.locator("code.key").inner_text()
    tab_to(staff, "[name=code]")
    staff.keyboard.type("000")
    staff.keyboard.press("Enter")
    staff.wait_for_selector(".summary")
    assert axe(staff) == []
    tab_to(staff, "[name=code]")
    staff.keyboard.press("ControlOrMeta+a")
    staff.keyboard.type(code(secret))
    staff.keyboard.press("Enter")

    staff.wait_for_url("**/ersatzcodes/")
    recovery = staff.locator(".codes code").all_inner_texts()
    assert len(recovery) == 10
    assert look(staff) == {}
    tab_to(staff, ".codes ~ p a.button")
    staff.keyboard.press("Enter")
    staff.wait_for_url("**/verwaltung/")

    staff.context.clear_cookies()
    type_password(staff, STAFF[0])
    staff.wait_for_url("**/eingeben/")
    assert look(staff) == {}
    tab_to(staff, "[name=code]")
    staff.keyboard.type(recovery[0])
    staff.keyboard.press("Enter")
    staff.wait_for_url("**/verwaltung/")


@pytest.mark.browser
def test_a_passkey_is_set_up_and_opens_without_a_password(staff):
    device = staff.context.new_cdp_session(staff)
    device.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    device.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    type_password(staff, STAFF[1])
    staff.wait_for_url("**/zweiter-faktor/")
    staff.click("a[href$='/passkeys/neu/']")
    assert look(staff) == {}
    staff.fill("[name=name]", "Dienstrechner")
    staff.click("form[data-passkey] button")
    staff.wait_for_url("**/ersatzcodes/")

    staff.goto("/verwaltung/konto/zweiter-faktor/passkeys/")
    assert staff.get_by_role("heading", name="Dienstrechner").is_visible()
    assert look(staff) == {}
    staff.context.clear_cookies()
    staff.goto("/verwaltung/portal/user/")
    staff.click("form[data-passkey] button")
    staff.wait_for_url("**/verwaltung/**")
    staff.wait_for_selector("#logout-form")

    staff.context.clear_cookies()
    type_password(staff, STAFF[1])
    staff.wait_for_url("**/eingeben/")
    staff.click("form[data-passkey] button")
    staff.wait_for_selector("#user-tools")
    assert staff.watch.collect() == []


@pytest.mark.browser
def test_a_device_without_a_passkey_is_told_so_on_the_page(staff):
    staff.goto(LOG_IN)
    device = staff.context.new_cdp_session(staff)
    device.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "automaticPresenceSimulation": True}
    device.send("WebAuthn.addVirtualAuthenticator", {"options": options})

    staff.click("form[data-passkey] button")

    staff.wait_for_selector("[data-failed]:focus")
    assert look(staff) == {}


@pytest.mark.browser
def test_pages_of_an_account_are_accessible(staff, variables):
    type_password(staff, STAFF[2])
    staff.wait_for_url("**/zweiter-faktor/")
    staff.click("a[href$='/app/']")
    secret = staff.locator("code.key").inner_text()
    staff.fill("[name=code]", code(secret))
    staff.keyboard.press("Enter")
    staff.wait_for_url("**/ersatzcodes/")
    found = {}
    for address in (
        "konto/zweiter-faktor/",
        "konto/zweiter-faktor/app/entfernen/",
        "konto/zweiter-faktor/ersatzcodes/",
        "konto/zweiter-faktor/ersatzcodes/neu/",
        "konto/sitzungen/",
        "konto/passwort/",
        "konto/bestaetigen/",
        "konto/passwort/vergessen/",
        "konto/passwort/vergessen/gesendet/",
        "konto/passwort/neu/1-abc/",
        "contacts/staffrole/add/",
        "portal/user/add/",
    ):
        staff.goto(f"/verwaltung/{address}")
        assert staff.locator("h1").count() == 1, address
        found |= {f"{address} {kind}": lines for kind, lines in look(staff).items()}

    assert found == {}


@pytest.mark.browser
def test_before_the_end_a_page_warns_and_one_button_stays(staff, variables):
    """The server's clock cannot be moved, so the session is made older than it is."""
    type_password(staff, STAFF[3])
    staff.wait_for_url("**/zweiter-faktor/")
    staff.clock.install()
    staff.goto("/verwaltung/konto/zweiter-faktor/")
    dialog = staff.locator("[data-session-end]")
    assert not dialog.is_visible()
    key = next(c["value"] for c in staff.context.cookies() if c["name"] == "session")
    make_older(key, 4 * 3600 - 200, variables)

    staff.clock.fast_forward("03:56:00")
    dialog.wait_for(state="visible")
    assert look(staff) == {}
    dialog.get_by_role("button").first.click()
    dialog.wait_for(state="hidden")

    make_older(key, 5 * 3600, variables)
    staff.clock.fast_forward("03:56:00")
    staff.locator("[data-over]").wait_for(state="visible")
    assert look(staff) == {}


def make_older(key: str, seconds: int, variables: dict[str, str]) -> None:
    code = (
        "from django.contrib.sessions.backends.db import SessionStore\n"
        f"session = SessionStore({key!r})\n"
        f"session['seen'] -= {seconds}\n"
        "session.save()\n"
    )
    done = servers.manage("shell", "--no-imports", "-c", code, **variables)
    assert done.returncode == 0, done.stderr


def tab_to(page, selector: str) -> None:
    """Press Tab until what `selector` names has the focus."""
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} cannot be reached by keyboard on {page.url}")
