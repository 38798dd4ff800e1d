"""Who deals with enquiries: coordinators and the administration of the agency, nobody else."""

import pytest
from django.urls import reverse

from contacts.models import Introduction
from contacts.roles import Role
from tests import factories
from tests.contacts.county import county
from tests.contacts.desk import NOW, enquiry
from tests.site.access import (
    DEAL_WITH_ENQUIRIES,
    ENQUIRIES,
    INTERPRETER_STEPS,
    NUMBERS_OF_POOLS,
    Level,
)
from tests.site.test_roles import ask, people

pytestmark = pytest.mark.django_db
OF_NO_ENQUIRY = {"changelist": [], "notices": [], "add": [], "export": ["csv"]}


def lying_with(agency) -> Introduction:
    """Two of the agency as a whole, which every coordinator of it sees."""
    request = enquiry(None, agency=agency, phone="0170 1")
    offer = enquiry(None, agency=agency, kind="help-offered")
    return Introduction.objects.create(offer=offer, request=request, proposed_at=NOW)


def address(pair: Introduction, name: str) -> str:
    more = {"propose": [pair.offer_id], "take_back": [pair.pk]}
    more |= {name: [pair.pk, "offer"] for name in ("agree", "refuse")}
    more |= {name: [1] for name in INTERPRETER_STEPS}
    arguments = OF_NO_ENQUIRY.get(name, [pair.request_id, *more.get(name, [])])
    return reverse(f"admin:contacts_enquiry_{name}", args=arguments)


def test_each_role_gets_the_pages_of_its_own_enquiries_and_no_others():
    place = county()
    own, foreign = lying_with(place.agency), lying_with(factories.agency("Fremde Stelle"))
    wrong = []
    for who, level, client in people(place.agency.pk):
        for name, status in ENQUIRIES.items():
            for pair in (own, foreign):
                has_part = who in DEAL_WITH_ENQUIRIES
                sees = pair is own or who == "superuser" or name in OF_NO_ENQUIRY
                expected = {status} if has_part and sees else {403, 404}
                if status == 405:
                    expected = {405}
                if level is Level.VISITOR:
                    expected = {401}
                answer = ask(client, address(pair, name))
                if answer not in expected:
                    wrong.append((who, name, "own" if pair is own else "foreign", answer))
    assert wrong == []


def test_the_numbers_of_a_pool_are_for_those_who_run_it():
    place = county()
    factories.pool(place.loth)  # whose holder is none of these people
    for who, level, client in people(place.agency.pk):
        runs_it = who in {Role.AGENCY_ADMIN, "superuser"}
        expected = 401 if level is Level.VISITOR else 200 if runs_it else 403
        assert ask(client, reverse(NUMBERS_OF_POOLS)) == expected, who
