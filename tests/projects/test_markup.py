"""The markup of every page about an application, of applicants and of the office."""

from collections.abc import Iterator
from copy import deepcopy

import pytest
import time_machine
from django.conf import settings
from django.db import transaction
from django.test import Client, override_settings

from tests.contacts.county import county
from tests.portal.entering import entered
from tests.projects import cases, every_page
from tests.site import markup
from tests.site.test_markup import complaints

pytestmark = pytest.mark.django_db


def pages_of(client: Client, addresses: dict[str, str]) -> dict[str, str]:
    found = {}
    for name, address in addresses.items():
        answer = client.get(address)
        assert answer.status_code == 200, name
        found[name] = answer.text
    return found


@pytest.fixture(scope="module")
def pages(django_db_setup, django_db_blocker) -> Iterator[dict[str, str]]:
    """The text of every page, where a variable that does not exist leaves a mark; rolled back."""
    marking = deepcopy(settings.TEMPLATES)
    marking[0]["OPTIONS"]["string_if_invalid"] = markup.UNDEFINED
    with (
        django_db_blocker.unblock(),
        time_machine.travel(cases.NOW, tick=False),
        transaction.atomic(),
        override_settings(TEMPLATES=marking),
    ):
        place = county()
        made = every_page.make(place.agency, cases.NOW)
        desk = Client()
        desk.force_login(made.desk, backend="portal.auth.StaffBackend")
        yield pages_of(entered(every_page.EMAIL), made.of_applicant) | pages_of(
            desk, made.of_office
        )
        transaction.set_rollback(True)


@pytest.mark.parametrize("check", markup.CHECKS, ids=lambda check: check.__name__)
def test_the_markup_of_every_page_holds_together(pages, check):
    found = {name: check(markup.parse(html)) for name, html in pages.items()}

    assert len(pages) > 50
    assert {name: lines for name, lines in found.items() if lines} == {}


def test_no_template_asks_for_a_variable_that_does_not_exist(pages):
    found = {name: markup.undefined(html) for name, html in pages.items()}

    assert {name: lines for name, lines in found.items() if lines} == {}


def test_no_title_names_anybody_or_what_they_typed(pages):
    titles = {markup.text_of(markup.parse(html).find("head/title")) for html in pages.values()}

    assert not [title for title in titles if "Haddad" in title or every_page.LONG in title]
    assert all("Ansprechbar" in title for title in titles)


def test_every_page_is_valid_html(pages, tmp_path):
    for name, html in pages.items():
        (tmp_path / f"{name}.html").write_text(html, encoding="utf-8")

    assert complaints(tmp_path) == []
