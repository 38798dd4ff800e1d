"""A coordinator's morning in the browser: answer, hand on, bring two together, close."""

from collections.abc import Iterator

import pytest

from contacts.demo import PASSWORD, POST
from contacts.models import Area, Enquiry, Post
from portal import clock
from tests import servers
from tests.contacts import desk
from tests.site.browsing import PHONE, WIDE, Watch, axe, resize, scrolls_sideways
from tests.site.web import Site

pytestmark = pytest.mark.browser
INBOX = "/verwaltung/contacts/enquiry/"


def fill_the_post() -> None:
    """Run in the demo: five enquiries at the coordinator's desk, and one at a colleague's."""
    post = Post.objects.get(slug=POST)
    colleague = Post.objects.get(slug="kik-3-landkreis-leipzig")
    towns = {area.name: area for area in Area.objects.filter(kind="municipality")}
    now = clock.now()
    about = {"activities": ["homework"], "languages": ["ar", "de"], "now": now}
    desk.enquiry(
        post,
        area=towns["Markkleeberg"],
        reference="AN-1111-1111",
        text="Unsere Tochter ist neu in der dritten Klasse.\n\nWer kann ihr zweimal in der Woche "
        "bei den Hausaufgaben helfen?",
        **about,
    )
    desk.enquiry(
        post,
        area=towns["Zwenkau"],
        kind="help-offered",
        reference="AN-2222-2222",
        name="Ben Baum",
        email="",
        phone="0341 5550123",
        times="Dienstag und Donnerstag ab 17 Uhr",
        text="Ich habe zwei freie Abende.",
        **about,
    )
    desk.enquiry(
        post,
        area=towns["Zwenkau"],
        reference="AN-3333-3333",
        email="",
        phone="0341 5550124",
        **about,
    )
    desk.enquiry(post, area=towns["Borna"], kind="idea", reference="AN-4444-4444", now=now)
    late = desk.enquiry(post, area=towns["Pegau"], kind="interpreter", reference="AN-7777-7777")
    Enquiry.objects.filter(pk=late.pk).update(answer_by="2026-01-02")
    desk.enquiry(
        colleague, area=towns["Borna"], kind="help-offered", reference="AN-9999-9999", **about
    )


@pytest.fixture(scope="module")
def site(tmp_path_factory, fresh_demo, django_db_blocker) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("coordinator")
    with django_db_blocker.unblock(), fresh_demo.copy(folder) as variables:
        code = "from tests.contacts.test_a_coordinators_post import fill_the_post as f; f()"
        done = servers.manage("shell", "--no-imports", "-c", code, **variables)
        assert done.returncode == 0, done.stderr
        with servers.gunicorn(workers=1, **variables) as base:
            yield Site(base)


@pytest.fixture
def page(browser, site) -> Iterator:
    """The coordinator of the demo, logged in, on a wide screen, in English."""
    context = browser.new_context(base_url=site.base, locale="en-GB")
    page = context.new_page()
    page.watch = Watch(page, site.base)
    page.goto("/verwaltung/")
    page.fill("[name=login]", "coordinator@demo.example")
    page.fill("[name=password]", PASSWORD)
    page.locator("[type=submit]").first.click()
    page.wait_for_url("**/verwaltung/")
    resize(page, WIDE)
    yield page
    context.close()


def look(page) -> dict:
    """What axe and the browser have to say about the page, wide and narrow."""
    found = {"noticed": page.watch.collect(), "wide": axe(page)}
    resize(page, PHONE)
    found |= {"narrow": axe(page), "sideways": scrolls_sideways(page)}
    resize(page, WIDE)
    return {kind: lines for kind, lines in found.items() if lines}


def inbox(page) -> list[str]:
    page.goto(INBOX)
    return page.locator("#result_list th.field-reference").all_inner_texts()


def open_one(page, number: str) -> None:
    page.goto(INBOX)
    page.get_by_role("link", name=number).click()
    assert page.locator("h1").inner_text() == number


def take(page, step: str) -> None:
    page.locator(".case-steps").get_by_role("link", name=step, exact=True).click()


def test_a_coordinators_post(page):
    page.goto("/verwaltung/")
    page.get_by_role("link", name="1 enquiry is overdue").click()
    assert page.locator("#result_list tbody tr").first.inner_text().count("overdue") == 1
    assert sorted(inbox(page)) == [f"AN-{n * 4}-{n * 4}" for n in "12347"]
    assert look(page) == {}

    # Answer one from the case.
    open_one(page, "AN-1111-1111")
    assert look(page) == {}
    take(page, "Answer by mail")
    page.fill("[name=text]", "Guten Tag, ich suche jemanden für Ihre Tochter.")
    assert look(page) == {}
    page.get_by_role("button", name="Send").click()
    assert "The answer has been sent." in page.locator(".messagelist").inner_text()
    assert "ich suche jemanden" in page.locator("#said ~ article").inner_text()
    assert "AN-1111-1111" not in inbox(page)

    # Hand on one that belongs to a colleague.
    open_one(page, "AN-4444-4444")
    take(page, "Hand on")
    page.get_by_role("button", name="Hand on").click()
    page.get_by_text("Say why you hand it on.").first.wait_for()
    assert look(page) == {}
    page.locator("[name=to] option", has_text="Loth").evaluate("each => { each.selected = true }")
    page.fill("[name=reason]", "Borna gehört zu Ihnen.")
    page.get_by_role("button", name="Hand on").click()
    page.wait_for_url(f"**{INBOX}")
    assert "you do not see it any more" in page.locator(".messagelist").inner_text()

    # Two who suit each other, and have given only a telephone number.
    open_one(page, "AN-3333-3333")
    suggested = page.locator(".case-message", has_text="AN-2222-2222")
    assert "same town" in suggested.inner_text()
    assert "both: Help with homework" in suggested.inner_text()
    assert "Ben Baum" not in suggested.inner_text()
    assert "AN-9999-9999" not in page.content()
    suggested.get_by_role("button", name="Ask both").click()
    assert look(page) == {}
    for number in ("AN-2222-2222", "AN-3333-3333"):
        page.get_by_role("button", name=f"Agreed by telephone {number}").click()
    assert "Introduced" in page.locator("#matches ~ article").first.inner_text()
    assert look(page) == {}

    # Done.
    take(page, "Close")
    page.get_by_label("settled").check()
    page.get_by_role("button", name="Close").click()
    assert "The enquiry is closed." in page.locator(".messagelist").inner_text()
    history = page.locator(".case-events").inner_text()
    for said in ("received", "introduction proposed", "introduced", "closed"):
        assert said in history
    page.goto(f"{INBOX}?state=closed")
    assert page.locator("#result_list th.field-reference").all_inner_texts() == ["AN-3333-3333"]


def test_everybody_chooses_how_they_hear_of_enquiries(page):
    page.goto(INBOX)
    page.locator(".object-tools").get_by_role("link", name="How I hear of enquiries").click()
    assert look(page) == {}
    page.get_by_label("one mail in the morning").check()
    page.get_by_role("button", name="Save").click()
    assert "Your choice is stored." in page.locator(".messagelist").inner_text()
