"""The way of an offer in a real browser: entered on a phone, released, and found by a resident."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from contacts.demo import PASSWORD
from tests import servers
from tests.site.browsing import PHONE, WIDE, Watch, axe, resize, scrolls_sideways, small_targets

pytestmark = pytest.mark.browser
TITLE = "Sprachcafé am Brunnen"


@pytest.fixture(scope="module")
def base(tmp_path_factory, fresh_demo, django_db_blocker) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("guide")
    with (
        django_db_blocker.unblock(),
        fresh_demo.copy(folder) as variables,
        servers.gunicorn(workers=1, **variables) as address,
    ):
        yield address


@pytest.fixture
def device(browser, base) -> Iterator[Callable]:
    """Open a browser of its own, with or without scripts."""
    opened = []

    def open_one(size=PHONE, **options):
        context = browser.new_context(base_url=base, locale="en-GB", **options)
        opened.append(context)
        page = context.new_page()
        page.watch = Watch(page, base)
        resize(page, size)
        return page

    yield open_one
    for context in opened:
        context.close()


def look(page) -> list[str]:
    """What axe, the browser and a thumb have to say about the page that is open."""
    return [*axe(page), *scrolls_sideways(page), *small_targets(page), *page.watch.collect()]


def test_an_offer_is_entered_on_a_phone_released_and_found(device):
    provider = device(java_script_enabled=False)
    provider.goto("/en/angebote/")
    provider.get_by_role("link", name="Enter an offer of your own").click()
    provider.get_by_label("Name of the offer").fill(TITLE)
    provider.get_by_label("What is it?").select_option("meeting")
    provider.get_by_label("Who offers it?").fill("Verein am Brunnen e. V.")
    provider.get_by_label("Town, part of a town or postal code").fill("Beucha")
    first = provider.get_by_role("group", name="Time 1")
    first.get_by_label("Day").select_option("6")
    first.get_by_label("From").fill("15:00")
    provider.get_by_label("Until").first.fill("17:00")
    provider.get_by_label("Ukrainian").check()
    provider.get_by_label("No, it is free of charge").check()
    provider.get_by_role("group", name="Can one get in without steps?").get_by_label("Yes").check()
    provider.get_by_label("Telephone").fill("03437 12345")
    provider.get_by_label("Your e-mail address").fill("brunnen@verein.example")
    provider.get_by_role("button", name="Send").click()
    # Several places are called so; what was typed is kept.
    expect(provider.get_by_role("group", name="Which one do you mean?")).to_be_visible()
    expect(provider.get_by_label("Name of the offer")).to_have_value(TITLE)
    provider.get_by_label("Beucha, Brandis").check()
    provider.wait_for_timeout(2100)  # nobody fills a form within two seconds
    provider.get_by_role("button", name="Send").click()
    expect(provider.get_by_role("heading", level=1)).to_have_text("Thank you")

    editor = device(WIDE)
    editor.goto("/verwaltung/")
    editor.fill("[name=login]", "editor@demo.example")
    editor.fill("[name=password]", PASSWORD)
    editor.locator("[type=submit]").first.click()
    editor.get_by_role("link", name="1 offer waits for release").click()
    editor.get_by_role("link", name=TITLE).click()
    assert axe(editor) == []
    editor.get_by_role("button", name="Release").click()
    expect(editor.get_by_text("The offer is public now.")).to_be_visible()

    resident = device()
    resident.goto("/en/angebote/")
    assert look(resident) == []
    resident.get_by_text("More filters").click()
    resident.get_by_label("Language").select_option("uk")
    resident.get_by_label("Day of the week").select_option("6")
    resident.get_by_label("Town, part of a town").fill("Brandis")
    resident.get_by_role("button", name="Show", exact=True).click()
    expect(resident.get_by_role("link", name=TITLE)).to_be_visible()
    assert look(resident) == []
    resident.goto("/en/orte/brandis/")
    resident.get_by_role("link", name=TITLE).click()
    expect(resident.get_by_role("heading", level=1)).to_have_text(TITLE)
    expect(resident.get_by_text("Verein am Brunnen e. V.").first).to_be_visible()
    assert look(resident) == []
    assert "brunnen@" not in resident.content()


@pytest.mark.parametrize("path", ["/en/angebote/eintragen/", "/en/angebote/karte/"])
def test_form_and_map_fit_a_phone(device, path):
    page = device()

    page.goto(path)

    assert look(page) == []
