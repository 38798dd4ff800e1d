"""Who sees and books the money of a programme; another agency's budget does not exist."""

import pytest
from django.urls import reverse

from contacts.roles import Role
from projects import budget
from projects.models import LedgerEntry
from tests import factories
from tests.contacts.county import County, county
from tests.projects import factories as funding
from tests.site.access import BUDGETS, Level
from tests.site.test_roles import ask, people

pytestmark = pytest.mark.django_db
OF_NO_BUDGET = {"changelist": [], "add": [], "open": [], "export": ["csv"]}


@pytest.fixture
def place() -> County:
    return county()


def opened(agency):
    boss = funding.staff(agency, Role.AGENCY_ADMIN)
    pot = budget.open_budget(funding.programme(agency), 2026, by=boss)
    kind = LedgerEntry.Kind.RELEASE
    budget.enter(pot, kind, 100, note="x", by=boss, now=funding.NOW)
    return pot


def address(pot, name: str) -> str:
    arguments = OF_NO_BUDGET.get(name, [pot.pk, *([1] if name == "correct" else [])])
    return reverse(f"admin:projects_budget_{name}", args=arguments)


def test_each_role_gets_the_pages_of_its_own_budgets_and_no_others(place):
    own, foreign = opened(place.agency), opened(factories.agency("Fremde Stelle"))
    wrong = []
    for who, level, client in people(place.agency.pk):
        for name, (readers, status) in BUDGETS.items():
            for pot in (own, foreign):
                allowed = who in readers and (
                    pot is own or who == "superuser" or name in OF_NO_BUDGET
                )
                expected = {status} if allowed else {403, 404}
                if name == "enter":
                    expected = {405}
                if level is Level.VISITOR:
                    expected = {401}
                answer = ask(client, address(pot, name))
                if answer not in expected:
                    wrong.append((who, name, "own" if pot is own else "foreign", answer))
    assert wrong == []


def test_nobody_but_the_administration_leaves_a_trace(place):
    own, foreign = opened(place.agency), opened(factories.agency("Fremde Stelle"))
    before = LedgerEntry.objects.count()
    typed = {"kind": "release", "direction": "1", "amount": "5", "note": "x"}
    for who, level, client in people(place.agency.pk):
        for pot in (own, foreign):
            if level is Level.VISITOR or (who in (Role.AGENCY_ADMIN, "superuser")):
                continue
            assert client.post(address(pot, "enter"), typed).status_code in (403, 404), who
            note = {"note": "x"}
            assert client.post(address(pot, "correct"), note).status_code in (403, 404), who
    assert LedgerEntry.objects.count() == before
