"""The administration in a real browser: axe, the policy, no request to anybody else."""

import pytest

from contacts.demo import PASSWORD
from tests.site import markup
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

LISTS = ("post", "responsibility")
FORMS = ("post", "municipality")


@pytest.fixture(scope="module", params=["superuser", "editor"])
def staff(browser, site, request):
    """A tab in which somebody has logged in."""
    context = browser.new_context(base_url=site.base, locale="de-DE")
    page = context.new_page()
    page.watch = Watch(page, site.base)
    page.goto("/verwaltung/")
    page.fill("[name=login]", f"{request.param}@demo.example")
    page.fill("[name=password]", PASSWORD)
    page.locator("[type=submit]").first.click()
    page.wait_for_url("**/verwaltung/")
    yield page
    context.close()


def look(page) -> dict[str, list[str]]:
    """What axe and the browser have to say about the page that is open."""
    resize(page, WIDE)
    noticed = page.watch.collect()
    found = {"noticed": noticed, "wide": axe(page)}
    resize(page, NARROW)
    found["narrow"] = axe(page)
    if not page.locator(".errornote").count():
        sent = page.request.get(page.url).text()  # as sent, before scripts have touched it
        found["markup"] = markup.inline_code(markup.parse(sent))
    return {kind: lines for kind, lines in found.items() if lines}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_log_in_is_accessible(browser, site, scheme):
    context = browser.new_context(base_url=site.base, color_scheme=scheme)
    page = context.new_page()
    page.watch = Watch(page, site.base)
    page.goto("/verwaltung/")

    assert page.locator("[name=password]").is_visible()
    assert look(page) == {}
    context.close()


def test_the_start_page_of_the_administration_is_accessible(staff):
    staff.goto("/verwaltung/")

    assert look(staff) == {}


def test_the_report_on_coverage_and_quality_is_accessible(staff):
    staff.goto("/verwaltung/bericht/")

    assert staff.locator("#doubt .finding").count() > 8
    assert look(staff) == {}
    for fold in staff.locator(".report summary").all():
        fold.click()
    assert axe(staff) == []
    assert [line for line in small_targets(staff) if "finding" in line or "summary" in line] == []
    resize(staff, PHONE)
    assert scrolls_sideways(staff) == []


def test_the_keyboard_leads_from_the_start_page_to_a_finding_and_to_where_it_is_fixed(staff):
    staff.goto("/verwaltung/")
    wanted = staff.locator(".to-do-list a[href*='bericht/#doubt']")
    for _step in range(40):
        staff.keyboard.press("Tab")
        if wanted.evaluate("link => link === document.activeElement"):
            break
    staff.keyboard.press("Enter")
    staff.wait_for_url("**/bericht/#doubt")
    assert staff.locator("#doubt").is_visible()

    fold = staff.locator("#doubt summary")
    fold.focus()
    staff.keyboard.press("Enter")
    staff.keyboard.press("Tab")
    staff.keyboard.press("Enter")
    staff.wait_for_url("**/contacts/doubt/*/change/")


@pytest.mark.parametrize("model", LISTS)
def test_a_list_is_accessible(staff, model):
    staff.goto(f"/verwaltung/contacts/{model}/?all=")

    assert staff.locator("#changelist").count() == 1
    assert look(staff) == {}


@pytest.mark.parametrize("model", FORMS)
def test_a_form_is_accessible(staff, model):
    staff.goto(f"/verwaltung/contacts/{model}/")
    staff.goto(staff.locator("#result_list tbody th a").first.get_attribute("href"))

    assert staff.locator("#content-main form").count() >= 1
    assert look(staff) == {}


def test_a_form_with_errors_is_accessible(staff):
    staff.goto("/verwaltung/contacts/post/add/")
    staff.locator("[name=_save]").click()
    staff.wait_for_selector(".errornote")

    assert look(staff) == {}


def test_the_administration_is_accessible_in_the_dark(staff):
    staff.emulate_media(color_scheme="dark")
    found = {}
    for address in ("", "bericht/", "contacts/post/"):
        staff.goto(f"/verwaltung/{address}")
        found |= {f"{address} {kind}": lines for kind, lines in look(staff).items()}
    staff.emulate_media(color_scheme="light")

    assert found == {}


def test_a_phone_reaches_the_log_out_and_nothing_is_clipped(staff):
    staff.set_viewport_size({"width": 360, "height": 740})
    staff.goto("/verwaltung/contacts/post/")
    staff.goto(staff.locator("#result_list tbody th a").first.get_attribute("href"))

    assert staff.evaluate(
        """() => {
            const button = document.querySelector("#logout-form button");
            const box = button.getBoundingClientRect();
            return button.contains(document.elementFromPoint(
                box.x + box.width / 2, box.y + box.height / 2));
        }"""
    )
    assert (
        staff.evaluate(
            """() => [...document.querySelectorAll(
                "#content fieldset :is(input:not([type=hidden]), select, textarea, .help)")]
                .filter((e) => e.checkVisibility() && !e.closest(".select2-hidden-accessible")
                    && !e.classList.contains("select2-hidden-accessible")
                    && e.getBoundingClientRect().right
                        > e.closest("fieldset").getBoundingClientRect().right + 1)
                .map((e) => e.id || e.outerHTML.slice(0, 80))"""
        )
        == []
    )


def test_a_list_on_a_phone_scrolls_in_its_own_frame(staff):
    staff.set_viewport_size({"width": 360, "height": 740})
    for model in ("post", "doubt"):
        staff.goto(f"/verwaltung/contacts/{model}/")
        wide = "() => document.documentElement.scrollWidth > innerWidth"
        assert not staff.evaluate(wide), model


def test_the_table_of_doubts_fits_a_desk(staff):
    staff.set_viewport_size({"width": 1280, "height": 900})
    staff.goto("/verwaltung/contacts/doubt/")
    assert staff.evaluate(
        """() => { const frame = document.querySelector("#changelist-form .results");
            return !frame || frame.scrollWidth <= frame.clientWidth; }"""
    )
