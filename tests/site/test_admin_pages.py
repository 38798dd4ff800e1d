"""The administration in a real browser: axe, the policy, no request to anybody else."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from contacts.demo import PASSWORD
from portal.admin_site import verwaltung
from tests import servers
from tests.site import markup
from tests.site.browsing import (
    PHONE,
    WIDE,
    Watch,
    axe,
    resize,
    scrolls_sideways,
    small_targets,
    tab_to,
)
from tests.site.web import Site

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def site(tmp_path_factory, fresh_demo, django_db_blocker) -> Iterator[Site]:
    """A demo of our own with a row in every list: the journey publishes."""
    folder = tmp_path_factory.mktemp("administration")
    with django_db_blocker.unblock(), fresh_demo.copy(folder) as variables:
        code = "from tests.site.many_rows import one_of_everything; one_of_everything()"
        done = servers.manage("shell", "--no-imports", "-c", code, **variables)
        assert done.returncode == 0, done.stderr
        with servers.gunicorn(workers=1, **variables) as base:
            yield Site(base)


@contextmanager
def logged_in(browser, site, who: str) -> Iterator:
    context = browser.new_context(base_url=site.base, locale="de-DE")
    page = context.new_page()
    page.watch = Watch(page, site.base)
    page.goto("/verwaltung/")
    page.fill("[name=login]", f"{who}@demo.example")
    page.fill("[name=password]", PASSWORD)
    page.locator("[type=submit]").first.click()
    page.wait_for_url("**/verwaltung/")
    yield page
    context.close()


@pytest.fixture(scope="module")
def staff(browser, site):
    """A tab in which an editor has logged in."""
    with logged_in(browser, site, "editor") as page:
        yield page


@pytest.fixture(scope="module")
def boss(browser, site):
    """A tab in which a superuser has logged in, to whom every page is open."""
    with logged_in(browser, site, "superuser") as page:
        yield page


def look(page) -> dict[str, list[str]]:
    """What axe and the browser have to say about the page that is open."""
    resize(page, WIDE)
    noticed = page.watch.collect()
    found = {"noticed": noticed, "wide": axe(page)}
    resize(page, PHONE)
    found |= {"narrow": axe(page), "sideways": scrolls_sideways(page)}
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


def test_the_start_page_of_the_administration_is_accessible(staff, boss):
    for page in (staff, boss):
        page.goto("/verwaltung/")

        assert look(page) == {}


@pytest.mark.parametrize("model", verwaltung._registry, ids=lambda model: model._meta.label)
def test_a_list_and_its_forms_are_accessible_on_a_desk_and_on_a_phone(boss, model):
    """Every list of the registry, the form for a new row, and the page of the first row."""
    address = f"/verwaltung/{model._meta.app_label}/{model._meta.model_name}/"
    boss.goto(address)
    assert boss.locator("#changelist").count() == 1
    found = {"list": look(boss)}
    first = boss.locator("#result_list tbody a").first.get_attribute("href")
    add = boss.locator(".object-tools a.addlink").all()
    more = {"row": first} | ({"new": add[0].get_attribute("href")} if add else {})
    for name, page in more.items():
        boss.goto(page)
        assert boss.locator("h1").count() == 1
        found[name] = look(boss)

    assert {name: problems for name, problems in found.items() if problems} == {}


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
    tab_to(staff, ".to-do-list a[href*='bericht/#doubt']", seen=True)
    staff.keyboard.press("Enter")
    staff.wait_for_url("**/bericht/#doubt")
    assert staff.locator("#doubt").is_visible()

    fold = staff.locator("#doubt summary")
    fold.focus()
    staff.keyboard.press("Enter")
    staff.keyboard.press("Tab")
    staff.keyboard.press("Enter")
    staff.wait_for_url("**/contacts/doubt/*/change/")


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


def test_the_table_of_doubts_fits_a_desk(staff):
    staff.set_viewport_size({"width": 1280, "height": 900})
    staff.goto("/verwaltung/contacts/doubt/")
    assert staff.evaluate(
        """() => { const frame = document.querySelector("#changelist-form .results");
            return !frame || frame.scrollWidth <= frame.clientWidth; }"""
    )


def test_the_keyboard_alone_finds_a_post_hands_over_a_town_and_takes_it_back(staff):
    def go(selector: str, key: str = "Enter") -> None:
        tab_to(staff, selector, 120, seen=True)
        staff.keyboard.press(key)

    resize(staff, WIDE)
    staff.goto("/verwaltung/")
    go("#content a[href$='/contacts/post/']")
    staff.wait_for_url("**/contacts/post/")
    tab_to(staff, "#searchbar", 120, seen=True)
    staff.keyboard.type("Eichardt")
    staff.keyboard.press("Enter")
    staff.wait_for_url("**/contacts/post/?q=Eichardt")
    go("#result_list tbody a")
    staff.wait_for_url("**/change/**")
    go("#content a[href*='/hand-over/']")
    staff.wait_for_url("**/hand-over/")

    tab_to(staff, "select[name=post]", 120, seen=True)
    staff.keyboard.press("ArrowDown")
    go("[name=rules]", "Space")  # the first place stays
    before = staff.locator("[name=rules]").count()
    assert staff.locator("[name=rules]:checked").count() == before - 1
    go("[name=_look]")
    staff.wait_for_selector(".outcome")
    assert staff.locator(".outcome td strong").count() == before - 1
    go("[name=_publish]")
    staff.wait_for_selector(".messagelist .success")

    go(".messagelist a[href*='/undo/']")
    staff.wait_for_url("**/undo/")
    go("[name=_publish]")
    staff.wait_for_selector(".messagelist .success")
